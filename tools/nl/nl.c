// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <libmnl/libmnl.h>
#include <linux/genetlink.h>

#include "base/status.h"
#include "nl/nl.h"

#define RECEIVE_SIZE	65536		/* the kernel fills 32 KiB at most */
#define NOTIFICATION_BUFFER	(16 << 20)	/* some 50,000 notifications */
#define GROUPS_MAX	8

struct group {
	char name[GENL_NAMSIZ];
	uint32_t id;
};

struct nl {
	struct mnl_socket *sock;
	uint32_t seq;
	uint16_t family;
	bool interrupted;
	unsigned int group_count;
	struct group group[GROUPS_MAX];
	char extack[256];
	char send[2048] __attribute__((aligned(8)));
	char receive[RECEIVE_SIZE] __attribute__((aligned(8)));
};

/* As nl_cb, but for messages that are not decoded */
typedef int (*raw_cb)(struct nl *nl, const struct nlmsghdr *nlh, void *data);

#define MORE	(-4096)		/* the answer goes on; neither a status nor an errno */

struct decoded {
	nl_cb cb;
	void *data;
};

static int decode(struct nl *nl, const struct nlmsghdr *nlh, void *data)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);
	const struct decoded *d = data;
	struct msg msg;

	if (nlh->nlmsg_type != nl->family || mnl_nlmsg_get_payload_len(nlh) < GENL_HDRLEN)
		return STATUS_OK;
	if (!d->cb)
		return STATUS_OK;
	msg_decode(&msg, genl->cmd, mnl_nlmsg_get_payload_offset(nlh, GENL_HDRLEN),
		   mnl_nlmsg_get_payload_len(nlh) - GENL_HDRLEN);
	return d->cb(&msg, d->data);
}

/* NLMSG_ERROR and NLMSG_DONE end in extended-ack attributes, behind @fixed octets of payload. */
static void extack(struct nl *nl, const struct nlmsghdr *nlh, size_t fixed)
{
	const struct nlattr *attr;

	nl->extack[0] = '\0';
	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	mnl_attr_for_each(attr, nlh, fixed) {
		if (mnl_attr_get_type(attr) == NLMSGERR_ATTR_MSG)
			snprintf(nl->extack, sizeof(nl->extack), "%.*s",
				 (int)mnl_attr_get_payload_len(attr),
				 mnl_attr_get_str(attr));
	}
}

static int on_error(struct nl *nl, const struct nlmsghdr *nlh)
{
	const struct nlmsgerr *err = mnl_nlmsg_get_payload(nlh);
	size_t fixed = sizeof(*err);

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*err))
		return -EBADMSG;
	if (!(nlh->nlmsg_flags & NLM_F_CAPPED))
		fixed += MNL_ALIGN(err->msg.nlmsg_len) - MNL_NLMSG_HDRLEN;
	extack(nl, nlh, fixed);
	return err->error;
}

static int on_done(struct nl *nl, const struct nlmsghdr *nlh)
{
	const int *error = mnl_nlmsg_get_payload(nlh);

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*error))
		return 0;
	extack(nl, nlh, sizeof(*error));
	return *error;
}

/* MORE, or the end: 0, a negative errno, or what @cb returned to stop it. */
static int walk(struct nl *nl, int len, uint32_t seq, raw_cb cb, void *data)
{
	const struct nlmsghdr *nlh;
	int ret;

	for (nlh = (void *)nl->receive; mnl_nlmsg_ok(nlh, len);
	     nlh = mnl_nlmsg_next(nlh, &len)) {
		if (nlh->nlmsg_seq != seq)
			continue;
		if (nlh->nlmsg_flags & NLM_F_DUMP_INTR)
			nl->interrupted = true;
		if (nlh->nlmsg_type == NLMSG_ERROR)
			return on_error(nl, nlh);
		if (nlh->nlmsg_type == NLMSG_DONE)
			return on_done(nl, nlh);
		if (nlh->nlmsg_type < NLMSG_MIN_TYPE)
			continue;
		ret = cb(nl, nlh, data);
		if (ret)
			return ret;
	}
	return MORE;
}

static int receive(struct nl *nl)
{
	int len;

	do
		len = mnl_socket_recvfrom(nl->sock, nl->receive, sizeof(nl->receive));
	while (len < 0 && errno == EINTR);
	return len < 0 ? -errno : len;
}

static int exchange(struct nl *nl, const struct nlmsghdr *request, raw_cb cb, void *data)
{
	int ret;

	nl->interrupted = false;
	nl->extack[0] = '\0';
	if (mnl_socket_sendto(nl->sock, request, request->nlmsg_len) < 0)
		return -errno;
	do {
		ret = receive(nl);
		if (ret < 0)
			return ret;
		ret = walk(nl, ret, request->nlmsg_seq, cb, data);
	} while (ret == MORE);
	return ret;
}

static int refused(const struct nl *nl, const char *what, int error)
{
	if (error == EPERM)
		return fail(STATUS_KERNEL,
			    "%s: needs CAP_NET_ADMIN in the network namespace: run it as root (sudo)",
			    what);
	if (nl->extack[0])
		return fail(STATUS_KERNEL, "%s: %s", what, nl->extack);
	if (error == EOPNOTSUPP)
		return fail(STATUS_KERNEL,
			    "%s: the loaded module does not know this: load the module that came with the tool",
			    what);
	return fail(STATUS_KERNEL, "%s: %s", what, strerror(error));
}

int nl_talk(struct nl *nl, struct nlmsghdr *request, const char *what,
	    nl_cb cb, void *data)
{
	struct decoded d = { cb, data };
	int ret = exchange(nl, request, decode, &d);

	if (ret == STATUS_ENOUGH)
		return STATUS_OK;
	return ret < 0 ? refused(nl, what, -ret) : ret;
}

void nl_note_interrupted(const struct nl *nl)
{
	if (nl->interrupted)
		note("connections came and went meanwhile: some of them may be missing");
}

static struct nlmsghdr *request(struct nl *nl, uint16_t type, uint16_t flags,
				uint8_t cmd, uint8_t version)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(nl->send);
	struct genlmsghdr *genl;

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	nlh->nlmsg_seq = ++nl->seq;
	genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	genl->cmd = cmd;
	genl->version = version;
	return nlh;
}

struct nlmsghdr *nl_request(struct nl *nl, uint8_t cmd)
{
	return request(nl, nl->family, NLM_F_ACK, cmd, TCPFSM_FAMILY_VERSION);
}

/* No NLM_F_ACK: a dump ends with NLMSG_DONE. */
struct nlmsghdr *nl_dump(struct nl *nl, uint8_t cmd)
{
	return request(nl, nl->family, NLM_F_DUMP, cmd, TCPFSM_FAMILY_VERSION);
}

void nl_put(struct nlmsghdr *nlh, uint16_t type, const void *data, size_t len)
{
	mnl_attr_put(nlh, type, len, data);
}

void nl_put_string(struct nlmsghdr *nlh, uint16_t type, const char *str)
{
	mnl_attr_put_strz(nlh, type, str);
}

void *nl_nest(struct nlmsghdr *nlh, uint16_t type)
{
	return mnl_attr_nest_start(nlh, type);
}

void nl_nest_end(struct nlmsghdr *nlh, void *nest)
{
	mnl_attr_nest_end(nlh, nest);
}

/* One entry of CTRL_ATTR_MCAST_GROUPS */
static void learn_group(struct nl *nl, const struct nlattr *nest)
{
	struct group *group = &nl->group[nl->group_count];
	const struct nlattr *attr;

	if (nl->group_count == GROUPS_MAX)
		return;
	mnl_attr_for_each_nested(attr, nest) {
		switch (mnl_attr_get_type(attr)) {
		case CTRL_ATTR_MCAST_GRP_NAME:
			snprintf(group->name, sizeof(group->name), "%s", mnl_attr_get_str(attr));
			break;
		case CTRL_ATTR_MCAST_GRP_ID:
			group->id = mnl_attr_get_u32(attr);
			break;
		}
	}
	nl->group_count++;
}

static int learn_family(struct nl *nl, const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *attr, *group;

	(void)data;
	mnl_attr_for_each(attr, nlh, GENL_HDRLEN) {
		switch (mnl_attr_get_type(attr)) {
		case CTRL_ATTR_FAMILY_ID:
			nl->family = mnl_attr_get_u16(attr);
			break;
		case CTRL_ATTR_MCAST_GROUPS:
			mnl_attr_for_each_nested(group, attr)
				learn_group(nl, group);
			break;
		}
	}
	return STATUS_OK;
}

static bool locked_down(void)
{
	char mode[64] = "";
	FILE *file = fopen("/sys/kernel/security/lockdown", "r");

	if (!file)
		return false;
	if (!fgets(mode, sizeof(mode), file))
		mode[0] = '\0';
	fclose(file);
	return strstr(mode, "[integrity]") || strstr(mode, "[confidentiality]");
}

static int resolve(struct nl *nl)
{
	struct nlmsghdr *nlh = request(nl, GENL_ID_CTRL, NLM_F_ACK, CTRL_CMD_GETFAMILY, 1);
	int ret;

	nl_put_string(nlh, CTRL_ATTR_FAMILY_NAME, TCPFSM_FAMILY_NAME);
	ret = exchange(nl, nlh, learn_family, NULL);
	if (ret == -ENOENT)
		return fail(STATUS_KERNEL,
			    "module not loaded: insmod tcpfsm.ko (or modprobe tcpfsm)%s",
			    locked_down() ? "; kernel lockdown is on: it must be signed" : "");
	return ret < 0 ? refused(nl, "cannot find the module", -ret) : ret;
}

int nl_open(struct nl **nl)
{
	struct nl *new = calloc(1, sizeof(*new));
	int on = 1, ret;

	if (!new)
		return fail(STATUS_KERNEL, "out of memory");
	new->sock = mnl_socket_open(NETLINK_GENERIC);
	if (!new->sock || mnl_socket_bind(new->sock, 0, MNL_SOCKET_AUTOPID) < 0) {
		ret = fail(STATUS_KERNEL, "cannot open a netlink socket: %s", strerror(errno));
	} else {
		/* An old kernel may not know these options; its messages then say less. */
		mnl_socket_setsockopt(new->sock, NETLINK_EXT_ACK, &on, sizeof(on));
		mnl_socket_setsockopt(new->sock, NETLINK_CAP_ACK, &on, sizeof(on));
		ret = resolve(new);
	}
	if (ret) {
		nl_close(new);
		return ret;
	}
	*nl = new;
	return STATUS_OK;
}

void nl_close(struct nl *nl)
{
	if (nl->sock)
		mnl_socket_close(nl->sock);
	free(nl);
}

int nl_join(struct nl *nl, const char *const *groups)
{
	int fd = nl_fd(nl), size = NOTIFICATION_BUFFER;
	unsigned int i;

	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	for (; *groups; groups++) {
		for (i = 0; i < nl->group_count; i++)
			if (!strcmp(nl->group[i].name, *groups))
				break;
		if (i == nl->group_count)
			return refused(nl, "cannot listen", EOPNOTSUPP);
		if (mnl_socket_setsockopt(nl->sock, NETLINK_ADD_MEMBERSHIP,
					  &nl->group[i].id, sizeof(nl->group[i].id)))
			return refused(nl, "cannot listen", errno);
	}
	return STATUS_OK;
}

int nl_notifications(struct nl *nl, bool *lost, nl_cb cb, void *data)
{
	struct decoded d = { cb, data };
	int ret = receive(nl);

	*lost = ret == -ENOBUFS;
	if (*lost)
		return STATUS_OK;
	if (ret >= 0)
		ret = walk(nl, ret, 0, decode, &d);
	if (ret == MORE)
		return STATUS_OK;
	return ret < 0 ? refused(nl, "cannot read events", -ret) : ret;
}

int nl_fd(const struct nl *nl)
{
	return mnl_socket_get_fd(nl->sock);
}

// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include <libmnl/libmnl.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <linux/tcp.h>

#include <uapi/linux/tcpfsm.h>

#include "base/status.h"
#include "base/units.h"
#include "nl/diag.h"

#define RECEIVE_SIZE	65536
#define TIMEWAIT_LEN	60000		/* milliseconds; a constant of Linux */
#define TIMER_RETRANSMIT	1
#define TIMER_TIMEWAIT		3

/* By the kernel's TCP_ESTABLISHED to TCP_NEW_SYN_RECV, which no uapi header has alone */
static const uint8_t states[] = {
	[1]	= TCPFSM_STATE_ESTABLISHED,
	[2]	= TCPFSM_STATE_SYN_SENT,
	[3]	= TCPFSM_STATE_SYN_RECEIVED,
	[4]	= TCPFSM_STATE_FIN_WAIT_1,
	[5]	= TCPFSM_STATE_FIN_WAIT_2,
	[6]	= TCPFSM_STATE_TIME_WAIT,
	[7]	= TCPFSM_STATE_CLOSED,
	[8]	= TCPFSM_STATE_CLOSE_WAIT,
	[9]	= TCPFSM_STATE_LAST_ACK,
	[10]	= TCPFSM_STATE_LISTEN,
	[11]	= TCPFSM_STATE_CLOSING,
	[12]	= TCPFSM_STATE_SYN_RECEIVED,	/* a request sock */
};

#define STATES		(sizeof(states) / sizeof(states[0]))
#define STATE_CLOSE	7
/* A bit for each state but CLOSE: such a socket has no connection */
#define WANTED		(((1u << STATES) - 2) & ~(1u << STATE_CLOSE))

struct attributes {
	struct tcp_info info;
	struct inet_diag_sockopt options;
	uint64_t cgroup;
	bool full;		/* struct tcp_sock: only these have INET_DIAG_SHUTDOWN */
};

/* The struct of an older kernel is shorter, that of a newer one longer. */
static void copy(void *to, size_t size, const struct nlattr *attr)
{
	size_t len = mnl_attr_get_payload_len(attr);

	memcpy(to, mnl_attr_get_payload(attr), len < size ? len : size);
}

static void read_attributes(struct attributes *found, const struct nlmsghdr *nlh)
{
	const struct nlattr *attr;

	memset(found, 0, sizeof(*found));
	mnl_attr_for_each(attr, nlh, sizeof(struct inet_diag_msg)) {
		switch (mnl_attr_get_type(attr)) {
		case INET_DIAG_INFO:
			copy(&found->info, sizeof(found->info), attr);
			break;
		case INET_DIAG_SOCKOPT:
			copy(&found->options, sizeof(found->options), attr);
			break;
		case INET_DIAG_CGROUP_ID:
			copy(&found->cgroup, sizeof(found->cgroup), attr);
			break;
		case INET_DIAG_SHUTDOWN:
			found->full = true;
			break;
		}
	}
}

/* IPv4 over a socket of IPv6 is IPv4, because its segments are. */
static void read_key(struct diag_key *key, const struct inet_diag_msg *msg)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	const uint8_t *src = (const uint8_t *)msg->id.idiag_src;
	const uint8_t *dst = (const uint8_t *)msg->id.idiag_dst;
	bool four = msg->idiag_family == AF_INET;
	size_t skip = 0;

	memset(key, 0, sizeof(*key));
	if (!four && !memcmp(src, mapped, sizeof(mapped)) &&
	    !memcmp(dst, mapped, sizeof(mapped))) {
		four = true;
		skip = sizeof(mapped);
	}
	memcpy(key->address[0], src + skip, four ? 4 : 16);
	memcpy(key->address[1], dst + skip, four ? 4 : 16);
	key->port[0] = msg->id.idiag_sport;
	key->port[1] = msg->id.idiag_dport;
	key->family = four ? AF_INET : AF_INET6;
}

uint64_t diag_fin_timeout(void)
{
	FILE *file = fopen("/proc/sys/net/ipv4/tcp_fin_timeout", "r");
	unsigned int seconds = 60;

	if (file) {
		if (fscanf(file, "%u", &seconds) != 1)
			seconds = 60;
		fclose(file);
	}
	return seconds * MSEC_PER_SEC;
}

static uint64_t elapsed(uint64_t whole, uint64_t left)
{
	return whole > left ? whole - left : 0;
}

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/*
 * Milliseconds since the socket last sent or received. Request and timewait socks do
 * not keep that time. But their timer was started then, for a time that is known, and
 * what is left of it is told.
 */
static uint64_t idle(const struct diag_socket *sock, const struct tcp_info *info)
{
	uint64_t ms;

	switch (sock->kind) {
	case DIAG_TIMEWAIT:
		ms = sock->state == TCPFSM_STATE_TIME_WAIT ? TIMEWAIT_LEN : diag_fin_timeout();
		return elapsed(ms, sock->expires);
	case DIAG_REQUEST:
		return elapsed(MSEC_PER_SEC << sock->retransmits, sock->expires);
	default:
		ms = least(info->tcpi_last_data_sent, info->tcpi_last_data_recv);
		ms = least(ms, info->tcpi_last_ack_recv);
		if (sock->timer == TIMER_RETRANSMIT)
			ms = least(ms, elapsed(info->tcpi_rto / 1000, sock->expires));
		return ms;
	}
}

static void decode(struct diag_socket *sock, const struct nlmsghdr *nlh)
{
	const struct inet_diag_msg *msg = mnl_nlmsg_get_payload(nlh);
	struct attributes found;

	read_attributes(&found, nlh);
	memset(sock, 0, sizeof(*sock));
	read_key(&sock->key, msg);
	sock->state = msg->idiag_state < STATES ? states[msg->idiag_state] : TCPFSM_STATE_CLOSED;
	sock->timer = msg->idiag_timer;
	sock->retransmits = msg->idiag_retrans;
	sock->expires = msg->idiag_expires;
	sock->device = msg->id.idiag_if;
	sock->received = msg->idiag_rqueue;
	sock->backlog = msg->idiag_wqueue;
	sock->uid = msg->idiag_uid;
	sock->inode = msg->idiag_inode;
	sock->cookie = (uint64_t)msg->id.idiag_cookie[1] << 32 | msg->id.idiag_cookie[0];
	if (msg->idiag_timer == TIMER_TIMEWAIT)
		sock->kind = DIAG_TIMEWAIT;
	else if (!found.full)
		sock->kind = DIAG_REQUEST;
	sock->cgroup = found.cgroup;
	sock->unsent = found.info.tcpi_notsent_bytes;
	sock->deferred = found.options.defer_connect;
	sock->idle = idle(sock, &found.info);
}

struct dump {
	diag_cb cb;
	void *data;
	int status;
};

static int take(const struct nlmsghdr *nlh, void *data)
{
	struct dump *dump = data;
	struct diag_socket sock;

	if (nlh->nlmsg_type != SOCK_DIAG_BY_FAMILY ||
	    mnl_nlmsg_get_payload_len(nlh) < sizeof(struct inet_diag_msg))
		return MNL_CB_OK;
	decode(&sock, nlh);
	if (sock.state == TCPFSM_STATE_CLOSED)
		return MNL_CB_OK;
	dump->status = dump->cb(&sock, dump->data);
	return dump->status ? MNL_CB_STOP : MNL_CB_OK;
}

static int ask(struct mnl_socket *sock, uint8_t family)
{
	char buf[MNL_NLMSG_HDRLEN + sizeof(struct inet_diag_req_v2)]
		__attribute__((aligned(8)));
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct inet_diag_req_v2 *req;

	nlh->nlmsg_type = SOCK_DIAG_BY_FAMILY;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	nlh->nlmsg_seq = family;
	req = mnl_nlmsg_put_extra_header(nlh, sizeof(*req));
	req->sdiag_family = family;
	req->sdiag_protocol = IPPROTO_TCP;
	req->idiag_ext = 1 << (INET_DIAG_INFO - 1);
	req->idiag_states = WANTED;
	return mnl_socket_sendto(sock, nlh, nlh->nlmsg_len);
}

/* 0, or a negative errno. */
static int dump_family(struct mnl_socket *sock, uint8_t family, struct dump *dump)
{
	static char buf[RECEIVE_SIZE] __attribute__((aligned(8)));
	int len, ret = MNL_CB_OK;

	if (ask(sock, family) < 0)
		return -errno;
	while (ret > MNL_CB_STOP) {
		len = mnl_socket_recvfrom(sock, buf, sizeof(buf));
		if (len < 0 && errno == EINTR)
			continue;
		if (len < 0)
			return -errno;
		ret = mnl_cb_run(buf, len, family, mnl_socket_get_portid(sock), take, dump);
	}
	return ret < 0 ? -errno : 0;
}

static int refused(int error)
{
	if (error == ENOENT || error == EPROTONOSUPPORT)
		return fail(STATUS_KERNEL,
			    "cannot list the kernel's sockets: it has no inet_diag: modprobe tcp_diag");
	return fail(STATUS_KERNEL, "cannot list the kernel's sockets: %s", strerror(error));
}

int diag_dump(diag_cb cb, void *data)
{
	struct mnl_socket *sock = mnl_socket_open(NETLINK_SOCK_DIAG);
	struct dump dump = { cb, data, STATUS_OK };
	int ret;

	if (!sock)
		return refused(errno);
	ret = mnl_socket_bind(sock, 0, MNL_SOCKET_AUTOPID) < 0 ? -errno : 0;
	if (!ret)
		ret = dump_family(sock, AF_INET, &dump);
	if (!ret && !dump.status)
		ret = dump_family(sock, AF_INET6, &dump);
	mnl_socket_close(sock);
	return ret ? refused(-ret) : dump.status;
}

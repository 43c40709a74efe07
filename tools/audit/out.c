// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <inttypes.h>
#include <string.h>
#include <sys/socket.h>

#include "audit/out.h"
#include "base/cgroup.h"
#include "base/line.h"
#include "base/names.h"
#include "base/options.h"
#include "base/out.h"
#include "base/units.h"
#include "print/resolve.h"

#define STATE_WIDTH	13	/* SYN-RECEIVED? */

/* Where each field of a row begins, in columns from 0 */
struct tabs {
	unsigned int remote;
	unsigned int socket;
	unsigned int ours;
	unsigned int why;
};

static const char *const timers[] = {
	[1] = "retransmit", [2] = "keepalive", [3] = "time-wait", [4] = "probe",
};

static const struct diag_key *key_of(const struct audit_finding *finding)
{
	return finding->end ? &finding->end->key : &finding->sock->key;
}

static void to_endpoint(struct msg_endpoint *end, const struct diag_key *key, int side)
{
	memset(end, 0, sizeof(*end));
	memcpy(end->address, key->address[side], sizeof(end->address));
	end->port = key->port[side];
}

static void put_endpoint(struct line *line, const struct diag_key *key, int side)
{
	struct msg_endpoint end;

	to_endpoint(&end, key, side);
	resolve_endpoint(line, &end, key->family);
}

static unsigned int width(const struct diag_key *key, int side)
{
	struct line line = { .len = 0 };

	put_endpoint(&line, key, side);
	return line.len;
}

static struct tabs measure(const struct audit_finding *finding, size_t count)
{
	unsigned int local = strlen("LOCAL"), remote = strlen("REMOTE"), w;
	struct tabs t;
	size_t i;

	for (i = 0; i < count; i++) {
		w = width(key_of(&finding[i]), 0);
		local = w > local ? w : local;
		w = width(key_of(&finding[i]), 1);
		remote = w > remote ? w : remote;
	}
	t.remote = local + 1;
	t.socket = t.remote + remote + 1;
	t.ours = t.socket + STATE_WIDTH;
	t.why = t.ours + STATE_WIDTH + 1;
	return t;
}

static void header(const struct tabs *t)
{
	struct line line = { .len = 0 };

	line_str(&line, "LOCAL");
	line_tab(&line, t->remote);
	line_str(&line, "REMOTE");
	line_tab(&line, t->socket);
	line_str(&line, "SOCKET");
	line_tab(&line, t->ours);
	line_str(&line, "TCPFSM");
	line_tab(&line, t->why);
	line_str(&line, "DIFFERENCE");
	out_line(&line);
}

static void put_verdict(struct line *line, const struct audit_verdict *verdict)
{
	if (verdict->difference != AUDIT_EQUAL && !verdict->reason)
		line_str(line, "UNEXPLAINED: ");
	line_str(line, audit_difference_name(verdict->difference));
	if (verdict->reason) {
		line_str(line, ": ");
		line_str(line, verdict->reason);
	}
}

static void row(const struct tabs *t, const struct audit_finding *finding)
{
	const struct audit_end *end = finding->end;
	const struct diag_socket *sock = finding->sock;
	struct line line = { .len = 0 };

	put_endpoint(&line, key_of(finding), 0);
	line_tab(&line, t->remote);
	put_endpoint(&line, key_of(finding), 1);
	line_tab(&line, t->socket);
	if (sock)
		names_state_put(&line, sock->state, true);
	else
		line_char(&line, '-');
	line_tab(&line, t->ours);
	if (end)
		names_state_put(&line, end->state, end->confirmed);
	else
		line_char(&line, '-');
	line_tab(&line, t->why);
	put_verdict(&line, &finding->verdict);
	out_line(&line);
}

/* name:value, as ss prints it */
static void put_number(struct line *line, const char *name, uint64_t value)
{
	line_char(line, ' ');
	line_str(line, name);
	line_char(line, ':');
	line_u64(line, value);
}

static const char *timer_name(const struct diag_socket *sock)
{
	return sock->timer < sizeof(timers) / sizeof(timers[0]) ? timers[sock->timer] : NULL;
}

static void details(const struct audit_finding *finding)
{
	const struct diag_socket *sock = finding->sock;
	struct line line = { .len = 0 };

	line_tab(&line, 3);
	if (finding->end) {
		line_char(&line, ' ');
		line_str(&line, names_get(&names_role, finding->end->role));
		put_number(&line, "id", finding->end->id);
	}
	if (sock && sock->kind == DIAG_FULL) {
		put_number(&line, "uid", sock->uid);
		put_number(&line, "inode", sock->inode);
		put_number(&line, "unsent", sock->unsent);
	}
	if (sock && sock->cgroup) {
		line_str(&line, " cgroup:");
		cgroup_put(&line, sock->cgroup);
	}
	if (sock && timer_name(sock)) {
		line_str(&line, " timer:(");
		line_str(&line, timer_name(sock));
		line_str(&line, " expires:");
		line_seconds(&line, sock->expires * NSEC_PER_MSEC, 3);
		line_char(&line, ')');
	}
	out_line(&line);
}

static void json_end(const char *name, const struct diag_key *key, int side)
{
	char address[INET6_ADDRSTRLEN];
	struct msg_endpoint end;

	to_endpoint(&end, key, side);
	out_object(name);
	out_str("address", resolve_address(&end, key->family, address, sizeof(address)));
	out_u64("port", NULL, ntohs(end.port));
	out_object_end();
}

static void json_socket(const struct diag_socket *sock)
{
	out_object("socket");
	out_str("state", names_get(&names_state, sock->state));
	if (sock->kind == DIAG_FULL) {
		out_u64("uid", NULL, sock->uid);
		if (sock->inode)
			out_u64("inode", NULL, sock->inode);
		out_u64("unsent", NULL, sock->unsent);
	}
	if (sock->cgroup)
		out_u64("cgroup", NULL, sock->cgroup);
	if (timer_name(sock)) {
		out_str("timer", timer_name(sock));
		out_seconds("expires", sock->expires * NSEC_PER_MSEC);
	}
	out_object_end();
}

static void json_row(const struct audit_finding *finding)
{
	const struct audit_end *end = finding->end;
	const struct diag_key *key = key_of(finding);

	out_object(NULL);
	if (end)
		out_u64("id", NULL, end->id);
	out_str("family", key->family == AF_INET ? "inet" : "inet6");
	json_end("local", key, 0);
	json_end("remote", key, 1);
	if (end) {
		out_str("endpoint", names_get(&names_role, end->role));
		out_str("state", names_get(&names_state, end->state));
		out_bool("confirmed", end->confirmed);
	}
	if (finding->sock)
		json_socket(finding->sock);
	out_str("difference", audit_difference_name(finding->verdict.difference));
	if (finding->verdict.reason)
		out_str("reason", finding->verdict.reason);
	out_object_end();
}

void audit_print(const struct audit_finding *finding, size_t count,
		 const struct audit_sums *sums)
{
	struct tabs t = { 0 };
	size_t i;

	if (!opt.json && count) {
		t = measure(finding, count);
		header(&t);
	}
	out_object(NULL);
	out_array("endpoints");
	for (i = 0; i < count; i++) {
		if (opt.json)
			json_row(&finding[i]);
		else
			row(&t, &finding[i]);
		if (!opt.json && opt.details)
			details(&finding[i]);
	}
	out_array_end();
	out_u64("passes", NULL, sums->passes);
	out_u64("compared", sums->compared == 1 ? "%" PRIu64 " endpoint compared, " :
						  "%" PRIu64 " endpoints compared, ",
		sums->compared);
	out_u64("equal", "%" PRIu64 " equal, ", sums->equal);
	out_u64("explained", "%" PRIu64 " explained, ", sums->explained);
	out_u64("unexplained", "%" PRIu64 " unexplained\n", sums->unexplained);
	out_object_end();
}

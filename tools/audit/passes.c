// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "audit/audit.h"
#include "audit/facts.h"
#include "audit/out.h"
#include "audit/passes.h"
#include "base/clock.h"
#include "base/options.h"
#include "base/status.h"
#include "base/units.h"
#include "nl/filter.h"
#include "nl/nl.h"

/*
 * Milliseconds between one pass and the next. The last one is long enough for a SYN-ACK
 * to be sent again.
 */
static const unsigned int pauses[] = { 100, 200, 400, 1200 };

#define PAUSES	(sizeof(pauses) / sizeof(pauses[0]))

/* An array that grows */
struct rows {
	void *row;
	size_t size;	/* octets of a row */
	size_t count;
	size_t room;	/* rows that there is memory for */
};

/* What identifies a difference; TCPFSM_STATE_COUNT for the state of what is not there */
struct suspect {
	struct diag_key key;
	uint8_t kernel;
	uint8_t ours;
	uint64_t id;
	uint64_t cookie;
};

struct audit {
	struct nl *nl;
	struct filter filter;
	struct audit_facts facts;
	struct rows ends;
	struct rows before;	/* sockets, listed before the ends */
	struct rows after;
	struct rows listeners;
	struct rows suspects;	/* differences without a reason in the last pass */
	struct rows again;	/* in this one */
	struct rows findings;
	struct audit_sums sums;
};

static int add(struct rows *rows, const void *row)
{
	if (rows->count == rows->room) {
		size_t room = rows->room ? rows->room * 2 : 256;
		void *more = reallocarray(rows->row, room, rows->size);

		if (!more)
			return fail(STATUS_KERNEL, "out of memory");
		rows->row = more;
		rows->room = room;
	}
	memcpy((char *)rows->row + rows->count++ * rows->size, row, rows->size);
	return STATUS_OK;
}

static void swap(struct rows *one, struct rows *two)
{
	struct rows rows = *one;

	*one = *two;
	*two = rows;
}

/* For rows that begin with a struct diag_key */
static int by_key(const void *one, const void *two)
{
	return memcmp(one, two, sizeof(struct diag_key));
}

static int by_suspect(const void *one, const void *two)
{
	return memcmp(one, two, sizeof(struct suspect));
}

static void sort(struct rows *rows, int (*compare)(const void *one, const void *two))
{
	if (rows->count)
		qsort(rows->row, rows->count, rows->size, compare);
}

static void *find(const struct rows *rows, const void *key,
		  int (*compare)(const void *one, const void *two))
{
	if (!rows->count)
		return NULL;
	return bsearch(key, rows->row, rows->count, rows->size, compare);
}

static int take_end(const struct msg *msg, void *data)
{
	struct audit *audit = data;
	struct audit_end end;
	int role, ret = STATUS_OK;

	/* The module was tracking when this connection began */
	if (msg->start && msg->start < audit->facts.tracking)
		audit->facts.tracking = msg->start;
	for (role = TCPFSM_ROLE_CLIENT; role <= TCPFSM_ROLE_SERVER && !ret; role++)
		if (audit_end_of(&end, msg, role))
			ret = add(&audit->ends, &end);
	return ret;
}

static int list_ends(struct audit *audit)
{
	struct nlmsghdr *request = nl_dump(audit->nl, TCPFSM_CMD_CONN_GET);
	int ret;

	audit->ends.count = 0;
	filter_put(&audit->filter, request);
	ret = nl_talk(audit->nl, request, "cannot list connections", take_end, audit);
	sort(&audit->ends, by_key);
	return ret;
}

static int take_socket(const struct diag_socket *sock, void *data)
{
	struct audit *audit = data;

	if (sock->state == TCPFSM_STATE_LISTEN)
		return add(&audit->listeners, sock);
	if (opt.family && sock->key.family != opt.family)
		return STATUS_OK;
	return add(&audit->after, sock);
}

static int list_sockets(struct audit *audit)
{
	int ret;

	swap(&audit->before, &audit->after);
	audit->after.count = 0;
	audit->listeners.count = 0;
	ret = diag_dump(take_socket, audit);
	sort(&audit->after, by_key);
	audit->facts.listener = audit->listeners.row;
	audit->facts.listeners = audit->listeners.count;
	return ret;
}

/*
 * The same addresses and ports may be there twice: on two devices, or in a list that
 * changed meanwhile. The socket with the state of @end counts, if there is one.
 */
static struct diag_socket *find_socket(const struct rows *rows, const struct diag_key *key,
				       const struct audit_end *end)
{
	struct diag_socket *first = rows->row, *sock = find(rows, key, by_key), *fits;

	if (!sock)
		return NULL;
	while (sock > first && !by_key(sock - 1, key))
		sock--;
	for (fits = sock; end && fits < first + rows->count && !by_key(fits, key); fits++)
		if (fits->state == end->state)
			return fits;
	return sock;
}

static bool same_socket(const struct diag_socket *one, const struct diag_socket *two)
{
	if (!one || !two)
		return one == two;
	return one->state == two->state && one->cookie == two->cookie;
}

static void suspect(struct suspect *row, const struct audit_finding *finding)
{
	const struct audit_end *end = finding->end;
	const struct diag_socket *sock = finding->sock;

	memset(row, 0, sizeof(*row));
	row->key = end ? end->key : sock->key;
	row->kernel = sock ? sock->state : TCPFSM_STATE_COUNT;
	row->ours = end ? end->state : TCPFSM_STATE_COUNT;
	row->id = end ? end->id : 0;
	row->cookie = sock ? sock->cookie : 0;
}

/* Count what was found. Without a reason, and not the same as before, it is changing. */
static int settle(struct audit *audit, struct audit_finding *finding)
{
	struct audit_verdict *verdict = &finding->verdict;
	struct suspect row;
	int ret = STATUS_OK;

	if (verdict->difference != AUDIT_EQUAL && !verdict->reason) {
		suspect(&row, finding);
		if (verdict->difference == AUDIT_CHANGING ||
		    !find(&audit->suspects, &row, by_suspect)) {
			verdict->difference = AUDIT_CHANGING;
			verdict->reason = "it changed while it was looked at";
		}
		ret = add(&audit->again, &row);
	}
	audit->sums.compared++;
	if (verdict->difference == AUDIT_EQUAL)
		audit->sums.equal++;
	else if (verdict->reason)
		audit->sums.explained++;
	else
		audit->sums.unexplained++;
	if (verdict->difference == AUDIT_EQUAL && !opt.details)
		return ret;
	return ret ? ret : add(&audit->findings, finding);
}

/* Equal if our state is that of the socket in the list before, or in the one after. */
static int judge(struct audit *audit, const struct audit_end *end,
		 const struct diag_socket *before, const struct diag_socket *after)
{
	struct audit_finding finding = { .end = end, .sock = after ? after : before };
	const struct audit_case c = { end, finding.sock, &audit->facts };

	if (end && (audit_equal(end, before) || audit_equal(end, after)))
		finding.verdict.difference = AUDIT_EQUAL;
	else if (!same_socket(before, after))
		finding.verdict.difference = AUDIT_CHANGING;
	else
		finding.verdict = audit_judge(&c);
	return settle(audit, &finding);
}

static int judge_all(struct audit *audit)
{
	const struct audit_end *end = audit->ends.row;
	const struct diag_socket *sock = audit->after.row, *same;
	size_t i;
	int ret = STATUS_OK;

	audit->sums = (struct audit_sums){ .passes = audit->sums.passes + 1 };
	audit->findings.count = 0;
	audit->again.count = 0;
	for (i = 0; i < audit->ends.count && !ret; i++)
		ret = judge(audit, &end[i], find_socket(&audit->before, &end[i].key, &end[i]),
			    find_socket(&audit->after, &end[i].key, &end[i]));
	for (i = 0; i < audit->after.count && !ret; i++) {
		if (find(&audit->ends, &sock[i].key, by_key))
			continue;
		if (i && !by_key(&sock[i - 1], &sock[i]))
			continue;
		same = find_socket(&audit->before, &sock[i].key, NULL);
		ret = judge(audit, NULL, same, &sock[i]);
	}
	sort(&audit->again, by_suspect);
	return ret;
}

static int look(struct audit *audit)
{
	int ret;

	swap(&audit->suspects, &audit->again);
	audit->facts.tracking = audit->facts.began;
	ret = list_ends(audit);
	audit->facts.now = clock_now();
	if (!ret)
		ret = list_sockets(audit);
	if (!ret)
		ret = audit_read_facts(&audit->facts, audit->nl);
	return ret ? ret : judge_all(audit);
}

static void wait_ms(unsigned int ms)
{
	const struct timespec pause = { ms / MSEC_PER_SEC, ms % MSEC_PER_SEC * NSEC_PER_MSEC };

	nanosleep(&pause, NULL);
}

static int run(struct audit *audit)
{
	unsigned int i;
	int ret;

	audit->facts.began = clock_now();
	ret = list_sockets(audit);
	if (!ret)
		ret = look(audit);
	for (i = 0; i < PAUSES && !ret && audit->again.count; i++) {
		wait_ms(pauses[i]);
		ret = look(audit);
	}
	return ret;
}

static void release(struct audit *audit)
{
	struct rows *all[] = { &audit->ends, &audit->before, &audit->after, &audit->listeners,
			       &audit->suspects, &audit->again, &audit->findings };
	size_t i;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		free(all[i]->row);
}

int audit_run(uint64_t *unexplained)
{
	struct audit audit = {
		.ends.size = sizeof(struct audit_end),
		.before.size = sizeof(struct diag_socket),
		.after.size = sizeof(struct diag_socket),
		.listeners.size = sizeof(struct diag_socket),
		.suspects.size = sizeof(struct suspect),
		.again.size = sizeof(struct suspect),
		.findings.size = sizeof(struct audit_finding),
	};
	int ret;

	filter_init(&audit.filter);
	ret = nl_open(&audit.nl);
	if (ret)
		return ret;
	ret = run(&audit);
	nl_close(audit.nl);
	if (!ret) {
		audit_print(audit.findings.row, audit.findings.count, &audit.sums);
		*unexplained = audit.sums.unexplained;
	}
	release(&audit);
	return ret;
}

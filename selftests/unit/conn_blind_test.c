// SPDX-License-Identifier: GPL-2.0
/*
 * Two small TCPs talk, and the observer does not see all of it. They comply with
 * the RFC, so nothing may be reported as a violation, and the record must follow
 * them again soon.
 */
#include <stdlib.h>
#include "core/conn.h"
#include "core/conn_hole.h"
#include "core/conn_life.h"
#include "ktap.h"
#include "random.h"
#include "talk.h"

#define TALKS		2000
#define OCTETS		4100	/* more than an end has to say */
#define REFUSED_MAX	6
#define TRACE		1000
#define SWAPPED_MAX	4

static const struct sight {
	const char *name;
	u32 missed;	/* percentage */
	u32 runs;	/* percentage of segments where 2 to 10 begin that are missed */
	u32 swapped;	/* percentage that are seen 1 to 3 places late */
	int deaf;	/* the end that is never seen, -1: none */
	int late;	/* ticks: the observer comes at a random time before this */
	enum talk_vantage vantage;
} sights[] = {
	{ "all", .deaf = -1 },
	{ "all but 1 %", .missed = 1, .deaf = -1 },
	{ "all but 5 %", .missed = 5, .deaf = -1 },
	{ "all but 20 %", .missed = 20, .deaf = -1 },
	{ "all but runs of 2 to 10", .runs = 2, .deaf = -1 },
	{ "only the server", .deaf = 0 },
	{ "only the client", .deaf = 1 },
	{ "only the server, but for 5 %", .missed = 5, .deaf = 0 },
	{ "only the client, but for 5 %", .missed = 5, .deaf = 1 },
	{ "from later on", .late = 600, .deaf = -1 },
	{ "from later on, but for 5 %", .missed = 5, .late = 600, .deaf = -1 },
	{ "from later on, at the client", .late = 600, .deaf = -1, .vantage = AT_CLIENT },
	{ "from later on, at the server", .late = 600, .deaf = -1, .vantage = AT_SERVER },
	{ "all, 10 % swapped", .swapped = 10, .deaf = -1 },
	{ "all, 50 % swapped", .swapped = 50, .deaf = -1 },
	{ "all but 5 %, 10 % swapped", .missed = 5, .swapped = 10, .deaf = -1 },
};

struct late {
	struct tcpfsm_segment	seg;
	int			from;
	u32			places;
	bool			there;
};

struct witness {
	const struct sight	*sight;
	struct tcpfsm_conn	conn;
	bool			begun;
	u32			run;
	int			comes_at;
	struct late		late[SWAPPED_MAX];
	bool			seen[2][OCTETS];
	int			refused;
	int			refused_most;
	u32			swaps;
	bool			one_sided;
	u32			missed;
	const char		*broken;
	char			trace[TRACE][120];
	int			traced;
	u64			noted_unseen[2];
	bool			fin_seen[2], fin_true[2], acked[2];
	int			first_covers[2];
	u32			fins[2];
	int			fin_missed[2], ack_missed[2], data_missed[2];
};

static const char *const words[] = {
	[TCPFSM_STATE_CLOSED] = "closed", [TCPFSM_STATE_LISTEN] = "listen",
	[TCPFSM_STATE_SYN_SENT] = "syn-sent", [TCPFSM_STATE_SYN_RECEIVED] = "syn-recv",
	[TCPFSM_STATE_ESTABLISHED] = "estab", [TCPFSM_STATE_FIN_WAIT_1] = "fin-wait-1",
	[TCPFSM_STATE_FIN_WAIT_2] = "fin-wait-2", [TCPFSM_STATE_CLOSE_WAIT] = "close-wait",
	[TCPFSM_STATE_CLOSING] = "closing", [TCPFSM_STATE_LAST_ACK] = "last-ack",
	[TCPFSM_STATE_TIME_WAIT] = "time-wait",
};

static void trace(const struct talk *t, struct witness *w, int from,
		  const struct tcpfsm_segment *seg, const char *what)
{
	char flags[8] = "", *f = flags;

	if (w->traced == TRACE)
		return;
	if (seg->flags & TCPFSM_SYN) *f++ = 'S';
	if (seg->flags & TCPFSM_FIN) *f++ = 'F';
	if (seg->flags & TCPFSM_PSH) *f++ = 'P';
	if (seg->flags & TCPFSM_ACK) *f++ = 'A';
	snprintf(w->trace[w->traced++], sizeof(w->trace[0]), "%5d %c> %s %d %d +%u win=%u | %s %s (%s %s) %s",
		 t->now, "CS"[from], flags, (int)(seg->seq - t->tcp[from].iss),
		 seg->flags & TCPFSM_ACK ? (int)(seg->ack - t->tcp[!from].iss) : 0, seg->len, seg->window,
		 words[w->conn.end[0].state], words[w->conn.end[1].state],
		 words[t->tcp[0].state], words[t->tcp[1].state], what);
	if (getenv("HOLES") && w->traced < TRACE) for (int r = 0; r < 2; r++) if (w->conn.hole[r].missing) snprintf(w->trace[w->traced++], 120, "      hole %d %d %d missing %u acked %d nxt %d", r, (int)(w->conn.hole[r].start - t->tcp[r].iss), (int)(w->conn.hole[r].end - t->tcp[r].iss), w->conn.hole[r].missing, (int)(w->conn.end[!r].ack - t->tcp[r].iss), (int)(w->conn.end[r].nxt-t->tcp[r].iss));
}

static void look(struct talk *t, struct witness *w, int from,
		 const struct tcpfsm_segment *seg)
{
	const struct tcpfsm_view view = {
		.now = 1 + (u64)t->now, .halves = TCPFSM_SENT | TCPFSM_RECEIVED,
		.sender_local = talk_local(t) == from,
		.receiver_local = talk_local(t) == !from,
		.genuine = talk_local(t) == from,
	};
	struct tcpfsm_outcome out;
	struct tcpfsm_claim before;
	char what[80] = "";
	unsigned int i;

	if (!w->begun) {
		if (!tcpfsm_conn_opens(seg))
			return;
		tcpfsm_conn_init(&w->conn, view.now);
		w->begun = true;
	}
	before = w->conn.claim[from];
	tcpfsm_conn_segment(&w->conn, (enum tcpfsm_role)from, seg, &view, &out);
	if (out.reopen)
		w->broken = "a new connection out of nowhere";
	for (i = 0; i < out.notes; i++) {
		const struct tcpfsm_note *n = &out.note[i];

		snprintf(what + strlen(what), sizeof(what) - strlen(what), " %s=%u", tcpfsm_anomaly_names[n->anomaly], n->expected);
		if (n->kind == TCPFSM_KIND_VIOLATION)
			w->broken = tcpfsm_anomaly_names[n->anomaly];
		if (n->anomaly == TCPFSM_ANOMALY_ONE_SIDED)
			w->one_sided = true;
		if (n->anomaly == TCPFSM_ANOMALY_UNSEEN)
			w->noted_unseen[n->role] += n->expected;
	}
	if (out.used)
		w->refused = 0;
	else if (w->conn.claim[from].count > before.count)
		w->refused++;
	else
		strcat(what, " old");
	if (w->conn.claim[from].count > before.count)
		strcat(what, " held");
	w->refused_most = max(w->refused_most, w->refused);
	trace(t, w, from, seg, what);
}

static void let_pass(struct talk *t, struct witness *w)
{
	int i;

	for (i = 0; i < SWAPPED_MAX; i++)
		if (w->late[i].there && !w->late[i].places--) {
			w->late[i].there = false;
			look(t, w, w->late[i].from, &w->late[i].seg);
		}
}

static bool swap(struct witness *w, int from, const struct tcpfsm_segment *seg)
{
	int i;

	if (random_below(100) >= w->sight->swapped)
		return false;
	for (i = 0; i < SWAPPED_MAX; i++)
		if (!w->late[i].there) {
			w->late[i] = (struct late){
				.seg = *seg, .from = from,
				.places = random_below(3), .there = true,
			};
			w->swaps++;
			return true;
		}
	return false;
}

static bool is_missed(const struct talk *t, struct witness *w, int from)
{
	if (t->now < w->comes_at || from == w->sight->deaf)
		return true;
	if (w->run) {
		w->run--;
		return true;
	}
	if (random_below(100) < w->sight->runs) {
		w->run = 1 + random_below(9);
		return true;
	}
	return random_below(100) < w->sight->missed;
}

static bool covers(const struct talk *t, int to, u32 ack)
{
	return !seq_before(ack, t->tcp[to].last + 1);
}

static void see(struct talk *t, int from, const struct tcpfsm_segment *seg)
{
	struct witness *w = t->watcher;
	bool f = seg->flags & TCPFSM_FIN, c = seg->flags & TCPFSM_ACK && covers(t, !from, seg->ack);

	if (f && !w->fins[from]++)
		w->first_covers[from] = c;

	if (is_missed(t, w, from)) {
		w->missed++;
		w->fin_missed[from] += f;
		w->ack_missed[from] += c;
		w->data_missed[from] += seg->len != 0;
		trace(t, w, from, seg, "missed");
		return;
	}
	if (f) {
		w->fin_seen[from] = true;
		w->acked[from] = false;
		w->fin_true[from] |= c == t->tcp[from].second;
	}
	w->acked[!from] |= c;
	if (seg->len)
		memset(&w->seen[from][seg->seq - t->tcp[from].iss], 1, seg->len);
	if (!swap(w, from, seg))
		look(t, w, from, seg);
	let_pass(t, w);
}

static u32 unseen(const struct talk *t, const struct witness *w, int from)
{
	u32 i, octets = 0;

	for (i = 1; i < t->tcp[from].last - t->tcp[from].iss; i++)
		octets += !w->seen[from][i];
	return octets;
}

static int mismatches, ones, most, loud, inexact, over;

static bool run(const struct sight *sight, u32 seed, u32 loss, bool in_order)
{
	static struct witness w;
	static struct talk t;
	int i;

	memset(&w, 0, sizeof(w));
	random_seed(seed);
	w.sight = sight;
	w.comes_at = sight->late ? (int)random_below((u32)sight->late) : 0;
	t.see = see;
	t.watcher = &w;
	talk_begin(&t, sight->vantage, loss, in_order);
	while (t.now < TALK_END && !w.broken && !talk_is_over(&t))
		talk_tick(&t);
	for (i = 0; i < 4; i++)
		let_pass(&t, &w);
	if (w.begun && talk_is_over(&t)) {
		over++;
		if (w.conn.end[0].state != t.tcp[0].state ||
		    w.conn.end[1].state != t.tcp[1].state) {
			mismatches++;
			if (getenv("CLS"))
				ktap_note("CLS fin %d%d true %d%d acked %d%d : we %s %s tcp %s %s", w.fin_seen[0], w.fin_seen[1], w.fin_true[0], w.fin_true[1], w.acked[0], w.acked[1], words[w.conn.end[0].state], words[w.conn.end[1].state],  words[t.tcp[0].state], words[t.tcp[1].state]);
			if (getenv("STATES") && !w.broken)
				w.broken = "states";
		}
		for (i = 0; i < 2; i++) {
			u64 got = tcpfsm_conn_unseen(&w.conn, i);

			if (got > unseen(&t, &w, i) + 1) {
				loud++;
				if (getenv("LOUD") && !w.broken)
					w.broken = "too many unseen";
			}
			if (got != unseen(&t, &w, i)) {
				inexact++;
				if (getenv("EXACT") && !w.broken) {
					ktap_note("%d: unseen %u, told %u", i, unseen(&t, &w, i), (u32)got);
					w.broken = "unseen";
				}
			}
		}
	}
	ones += w.one_sided;
	if (getenv("ONE") && w.one_sided && !w.broken)
		w.broken = "one-sided";
	most = max(most, w.refused_most);
	if (w.refused_most > REFUSED_MAX && !w.broken)
		w.broken = "refused";
	if (w.broken) {
		ktap_note("%s: seed %u, loss %u %d, tick %d: %s: C %s, S %s; we: %s %s", sight->name, seed, loss, in_order, t.now,
			  w.broken, words[t.tcp[0].state], words[t.tcp[1].state],
			  words[w.conn.end[0].state], words[w.conn.end[1].state]);
		if (getenv("TRACE"))
			for (i = 0; i < w.traced; i++)
				ktap_note("%s", w.trace[i]);
	}
	return !w.broken;
}

int main(int argc, char **argv)
{
	unsigned int i;
	char name[100];
	u32 seed;
	int line;

	ktap_plan(ARRAY_SIZE(sights));
	for (i = 0; i < ARRAY_SIZE(sights); i++)
		for (line = 0; line < 3; line++) {
			u32 failed = 0;

			if (argc > 1 && atoi(argv[1]) != (int)i)
				continue;
			if (argc > 2 && atoi(argv[2]) != line)
				continue;
			mismatches = ones = most = loud = inexact = over = 0;
			for (seed = argc > 3 ? atoi(argv[3]) : 1; seed <= (argc > 3 ? atoi(argv[3]) : TALKS); seed++) {
				if (run(&sights[i], seed, line == 2 ? 10 : 0, line == 0))
					continue;
				if (failed++ == 3 && argc <= 1)
					break;
			}
			snprintf(name, sizeof(name), "%s, line %d: failed %u, over %d states %d one %d most %d loud %d inexact %d", sights[i].name, line, failed, over, mismatches, ones, most, loud, inexact);
			ktap_result(!failed, name);
		}
	return ktap_exit();
}

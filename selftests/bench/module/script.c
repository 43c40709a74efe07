// SPDX-License-Identifier: GPL-2.0
#include <linux/hash.h>
#include <linux/mm.h>
#include <linux/prandom.h>
#include <linux/prefetch.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>

#include "clock.h"
#include "script.h"

/**
 * struct step - one segment, or several in a row
 * @from_server: sent by the server, not the client
 * @flags: of the TCP header
 * @burst: as many segments with payload as the job says, not one without
 */
struct step {
	bool	from_server;
	u8	flags;
	bool	burst;
};

struct script {
	const struct step	*steps;
	unsigned int		count;
};

static const struct step open[] = {
	{ .flags = PACKET_SYN },
	{ .flags = PACKET_SYN | PACKET_ACK, .from_server = true },
	{ .flags = PACKET_ACK },
};

static const struct step data[] = {
	{ .flags = PACKET_PSH | PACKET_ACK, .burst = true },
};

static const struct step ack[] = {
	{ .flags = PACKET_ACK, .from_server = true },
};

static const struct step close[] = {
	{ .flags = PACKET_FIN | PACKET_ACK },
	{ .flags = PACKET_ACK, .from_server = true },
	{ .flags = PACKET_FIN | PACKET_ACK, .from_server = true },
	{ .flags = PACKET_ACK },
};

static const struct step syn[] = {
	{ .flags = PACKET_SYN },
};

static const struct script scripts[BENCH_SCRIPTS] = {
	[BENCH_OPEN]	= { open, ARRAY_SIZE(open) },
	[BENCH_DATA]	= { data, ARRAY_SIZE(data) },
	[BENCH_ACK]	= { ack, ARRAY_SIZE(ack) },
	[BENCH_CLOSE]	= { close, ARRAY_SIZE(close) },
	[BENCH_SYN]	= { syn, ARRAY_SIZE(syn) },
};

/**
 * script_init - allocate the packets
 * @runner: the runner, zeroed
 *
 * Return: 0, or -ENOMEM; script_exit() is needed in either case.
 */
int script_init(struct script_runner *runner)
{
	int i;

	for (i = 0; i < BENCH_BATCH; i++) {
		runner->skb[i] = packet_alloc();
		if (!runner->skb[i])
			return -ENOMEM;
	}
	return 0;
}

/**
 * script_exit - undo script_init()
 * @runner: the runner
 */
void script_exit(struct script_runner *runner)
{
	int i;

	for (i = 0; i < BENCH_BATCH; i++)
		kfree_skb(runner->skb[i]);
	kvfree(runner->order);
}

static void shuffle(u32 *order, u32 count)
{
	struct rnd_state rnd;
	u32 i, other;

	prandom_seed_state(&rnd, count);
	for (i = 0; i < count; i++)
		order[i] = i;
	for (i = count - 1; i > 0; i--) {
		other = ((u64)prandom_u32_state(&rnd) * (i + 1)) >> 32;
		swap(order[i], order[other]);
	}
}

static int make_order(struct script_runner *runner, u32 count)
{
	u32 *order;

	if (runner->ordered == count)
		return 0;
	order = kvmalloc_array(count, sizeof(*order), GFP_KERNEL);
	if (!order)
		return -ENOMEM;
	shuffle(order, count);
	kvfree(runner->order);
	runner->order = order;
	runner->ordered = count;
	return 0;
}

static enum packet_way way_of(const struct bench_job *job, bool from_server)
{
	if (job->path == BENCH_FORWARD)
		return PACKET_THROUGH;
	return (job->path == BENCH_OUTPUT) != from_server ? PACKET_OUT :
							    PACKET_IN;
}

/*
 * A second reference keeps a packet that a hook drops, and so frees. Dropping the
 * reference to the conntrack entry is what the consumer of a packet does, and is
 * part of the cost of conntrack. In reality thousands of instructions run between
 * two packets, so the processor must not overlap the loads of two of them here.
 */
static int send_batch(struct script_runner *runner)
{
	unsigned int i;
	int err = 0;

	local_bh_disable();
	for (i = 0; i < runner->pending; i++) {
		struct sk_buff *skb = runner->skb[i];

		if (i + 1 < runner->pending)
			prefetch(runner->skb[i + 1]->data);
		skb_get(skb);
		if (!packet_send(skb, runner->way[i], &runner->host)) {
			err = -EIO;
			continue;
		}
		refcount_dec(&skb->users);
		nf_reset_ct(skb);
		/* Not paired: it only keeps this processor from overlapping loads */
		rmb();
	}
	local_bh_enable();
	return err;
}

static int send(struct script_runner *runner)
{
	u64 begin = runner->watching ? clock_ns() : 0;
	int err = send_batch(runner);

	if (runner->watching)
		runner->worst = max(runner->worst, clock_ns() - begin);
	runner->segments += runner->pending;
	runner->pending = 0;
	cond_resched();
	return err;
}

static int add(struct script_runner *runner, const struct packet *packet)
{
	unsigned int i = runner->pending++;

	packet_build(runner->skb[i], packet, &runner->host);
	runner->way[i] = packet->way;
	return runner->pending == BENCH_BATCH ? send(runner) : 0;
}

/*
 * No state is kept for a connection: its sequence numbers are computed from its number
 * and from what all have sent, so that the bench does not use caches itself.
 */
static void first_numbers(const struct bench_job *job, u32 connection, u32 *nxt)
{
	nxt[0] = hash_32(connection, 32);
	nxt[1] = hash_32(~connection, 32);
	if (job->script == BENCH_OPEN || job->script == BENCH_SYN)
		return;
	nxt[0] += 1 + job->sent;
	nxt[1] += 1;
}

static int talk(struct script_runner *runner, const struct bench_job *job,
		u32 connection)
{
	const struct script *script = &scripts[job->script];
	struct packet packet = {
		.connection = connection,
		.family = job->family,
		.tick = 1 + job->sent / PACKET_DATA,
	};
	unsigned int i, repeat;
	u32 nxt[2];
	int err;

	first_numbers(job, connection, nxt);
	for (i = 0; i < script->count; i++) {
		const struct step *step = &script->steps[i];

		packet.from_server = step->from_server;
		packet.flags = step->flags;
		packet.way = way_of(job, step->from_server);
		packet.len = step->burst ? PACKET_DATA : 0;
		packet.ack = step->flags & PACKET_ACK ?
			     nxt[!step->from_server] : 0;
		for (repeat = step->burst ? job->burst : 1; repeat; repeat--) {
			packet.seq = nxt[step->from_server];
			nxt[step->from_server] += packet.len;
			err = add(runner, &packet);
			if (err)
				return err;
		}
		if (step->flags & (PACKET_SYN | PACKET_FIN))
			nxt[step->from_server]++;
	}
	return 0;
}

static int talk_all(struct script_runner *runner, const struct bench_job *job)
{
	u32 i, repeat, connection;
	int err;

	for (repeat = job->repeat; repeat; repeat--) {
		for (i = 0; i < job->connections; i++) {
			connection = job->shuffled ? runner->order[i] : i;
			err = talk(runner, job, job->first + connection);
			if (err)
				return err;
		}
	}
	return send(runner);
}

/**
 * script_run - send a script for each of many connections
 * @runner: the runner
 * @job: what to send; the results are set
 *
 * Process context. Waits first for objects that earlier runs have freed by RCU.
 *
 * Return: 0, -ENOMEM, or -EIO when a packet was dropped.
 */
int script_run(struct script_runner *runner, struct bench_job *job)
{
	int err = make_order(runner, job->connections);
	u64 begin;

	if (err)
		return err;
	rcu_barrier();
	runner->pending = 0;
	runner->segments = 0;
	runner->watching = job->worst;
	runner->worst = 0;
	begin = clock_ns();
	err = talk_all(runner, job);
	job->ns = clock_ns() - begin;
	job->segments = runner->segments;
	job->worst = runner->worst;
	if (job->script == BENCH_DATA)
		job->sent += (u64)job->burst * PACKET_DATA;
	return err;
}

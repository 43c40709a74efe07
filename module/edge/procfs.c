// SPDX-License-Identifier: GPL-2.0
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/seq_file_net.h>

#include "edge/net.h"
#include "edge/procfs.h"

static int show_group(struct seq_file *seq, enum tcpfsm_group group)
{
	struct tcpfsm_net *tn = tcpfsm_net(seq_file_single_net(seq));
	struct tcpfsm_named named;
	unsigned int i;

	for (i = 0; tcpfsm_tracker_read(&tn->tracker, group, i, &named); i++)
		seq_printf(seq, "%s %llu\n", named.name, named.value);
	return 0;
}

static int show_stats(struct seq_file *seq, void *v)
{
	return show_group(seq, TCPFSM_GROUP_STATS);
}

static int show_anomalies(struct seq_file *seq, void *v)
{
	return show_group(seq, TCPFSM_GROUP_ANOMALIES);
}

static int show_timewait(struct seq_file *seq, void *v)
{
	return show_group(seq, TCPFSM_GROUP_TIMEWAIT);
}

/**
 * struct cursor - position of a reader of connections
 * @p: the namespace; must be the first member, see seq_file_net()
 * @shown: id of the last connection that was shown. An id stays valid whatever
 *	is inserted or removed, and is found again without counting from the
 *	start: reading the whole file takes time linear in its size.
 * @current_id: id of the connection that is being shown
 * @pos: line of the connection @shown, to notice a seek
 *
 * Guarded by seq_file.lock.
 */
struct cursor {
	struct seq_net_private	p;
	u64			shown;
	u64			current_id;
	loff_t			pos;
};

/* The connection after @shown becomes the current one */
static struct tcpfsm_flow *after_shown(struct seq_file *seq)
{
	struct cursor *cursor = seq->private;
	struct tcpfsm_net *tn = tcpfsm_net(seq_file_net(seq));

	cursor->current_id = cursor->shown;
	return tcpfsm_table_next(&tn->tracker.table, &cursor->current_id);
}

static void *connections_start(struct seq_file *seq, loff_t *pos)
	__acquires(RCU)
{
	struct cursor *cursor = seq->private;

	rcu_read_lock();
	if (!*pos) {
		cursor->shown = 0;
		cursor->pos = 0;
		return SEQ_START_TOKEN;
	}
	/* A seek: count from the start */
	if (*pos != cursor->pos + 1) {
		cursor->shown = 0;
		for (cursor->pos = 0; cursor->pos + 1 < *pos; cursor->pos++) {
			if (!after_shown(seq))
				return NULL;
			cursor->shown = cursor->current_id;
		}
	}
	return after_shown(seq);
}

static void *connections_next(struct seq_file *seq, void *v, loff_t *pos)
{
	struct cursor *cursor = seq->private;

	cursor->pos = (*pos)++;
	if (v != SEQ_START_TOKEN)
		cursor->shown = cursor->current_id;
	return after_shown(seq);
}

static void connections_stop(struct seq_file *seq, void *v)
	__releases(RCU)
{
	rcu_read_unlock();
}

/* There may be a million lines, and seq_printf() is much slower */
static void put_ipv4(struct seq_file *seq, const u8 *octet)
{
	seq_put_decimal_ull(seq, " ", octet[0]);
	seq_put_decimal_ull(seq, ".", octet[1]);
	seq_put_decimal_ull(seq, ".", octet[2]);
	seq_put_decimal_ull(seq, ".", octet[3]);
}

static void show_end(struct seq_file *seq, const struct tcpfsm_flow *flow,
		     enum tcpfsm_role role)
{
	const struct tcpfsm_end *end = &flow->conn.end[role];
	unsigned int i = tcpfsm_flow_index(flow, role);
	bool known = end->flags & TCPFSM_END_CONFIRMED;

	if (flow->key.family == TCPFSM_AF_INET)
		put_ipv4(seq, flow->key.addr[i].bytes);
	else
		seq_printf(seq, " [%pI6c]", flow->key.addr[i].v6);
	seq_put_decimal_ull(seq, ":", ntohs(flow->key.port[i]));
	seq_putc(seq, ' ');
	seq_puts(seq, tcpfsm_state_names[end->state]);
	if (!known)
		seq_putc(seq, '?');
}

static int show_connection(struct seq_file *seq, void *v)
{
	struct tcpfsm_flow *flow = v;

	if (v == SEQ_START_TOKEN) {
		seq_puts(seq, "id client client-state server server-state\n");
		return 0;
	}
	spin_lock_bh(&flow->lock);
	if (!flow->dead) {
		seq_put_decimal_ull(seq, "", flow->id);
		show_end(seq, flow, TCPFSM_ROLE_CLIENT);
		show_end(seq, flow, TCPFSM_ROLE_SERVER);
		seq_putc(seq, '\n');
	}
	spin_unlock_bh(&flow->lock);
	return 0;
}

static const struct seq_operations connections_ops = {
	.start	= connections_start,
	.next	= connections_next,
	.stop	= connections_stop,
	.show	= show_connection,
};

/**
 * tcpfsm_procfs_init - make /proc/net/tcpfsm of a namespace
 * @net: the namespace
 *
 * Counters may be read by everyone, but connections only by root: they show
 * who talks to whom.
 *
 * Context: Process; may sleep.
 * Return: 0, or -ENOMEM.
 */
int tcpfsm_procfs_init(struct net *net)
{
	struct proc_dir_entry *dir = proc_net_mkdir(net, "tcpfsm",
						    net->proc_net);

	if (!dir)
		return -ENOMEM;
	if (proc_create_net_single("stats", 0444, dir, show_stats, NULL) &&
	    proc_create_net_single("anomalies", 0444, dir, show_anomalies,
				   NULL) &&
	    proc_create_net_single("timewait", 0444, dir, show_timewait,
				   NULL) &&
	    proc_create_net("connections", 0440, dir, &connections_ops,
			    sizeof(struct cursor)))
		return 0;
	tcpfsm_procfs_exit(net);
	return -ENOMEM;
}

/**
 * tcpfsm_procfs_exit - undo tcpfsm_procfs_init()
 * @net: the namespace
 *
 * Waits for readers that are in one of the files.
 *
 * Context: Process; sleeps.
 */
void tcpfsm_procfs_exit(struct net *net)
{
	remove_proc_subtree("tcpfsm", net->proc_net);
}

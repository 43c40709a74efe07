// SPDX-License-Identifier: GPL-2.0
/*
 * /dev/tcpfsm_bench. Packets are seen in the namespace of the process that opens it;
 * they arrive and leave at the device bench0 there.
 */
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/nsproxy.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <net/net_namespace.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/sock.h>

#include "bench.h"
#include "chase.h"
#include "clock.h"
#include "script.h"

#define DEVICE			"bench0"
#define MAX_CONNECTIONS		(16 * 1024 * 1024)
/* As many full segments as fit into the window that packet.c offers */
#define MAX_BURST		44

struct session {
	struct script_runner	runner;
	struct socket		*socket[2];
	bool			conntrack;
};

static int open_sockets(struct session *session)
{
	struct packet_host *host = &session->runner.host;
	int err;

	err = sock_create_kern(host->net, AF_INET, SOCK_STREAM, IPPROTO_TCP,
			       &session->socket[0]);
	if (err)
		return err;
	host->sk4 = session->socket[0]->sk;
	err = sock_create_kern(host->net, AF_INET6, SOCK_STREAM, IPPROTO_TCP,
			       &session->socket[1]);
	if (err)
		return err;
	host->sk6 = session->socket[1]->sk;
	return 0;
}

static void end(struct session *session)
{
	struct packet_host *host = &session->runner.host;
	int i;

	script_exit(&session->runner);
	for (i = 0; i < ARRAY_SIZE(session->socket); i++)
		if (session->socket[i])
			sock_release(session->socket[i]);
	if (session->conntrack)
		nf_ct_netns_put(host->net, NFPROTO_INET);
	dev_put(host->dev);
	put_net(host->net);
	kfree(session);
}

static int on_open(struct inode *inode, struct file *file)
{
	struct session *session = kzalloc(sizeof(*session), GFP_KERNEL);
	struct packet_host *host;
	int err;

	if (!session)
		return -ENOMEM;
	host = &session->runner.host;
	host->net = get_net(current->nsproxy->net_ns);
	host->dev = dev_get_by_name(host->net, DEVICE);
	err = host->dev ? open_sockets(session) : -ENODEV;
	if (!err)
		err = script_init(&session->runner);
	if (err) {
		end(session);
		return err;
	}
	file->private_data = session;
	return 0;
}

static int on_release(struct inode *inode, struct file *file)
{
	end(file->private_data);
	return 0;
}

static bool is_sane(const struct bench_job *job)
{
	return job->script < BENCH_SCRIPTS && job->path < BENCH_PATHS &&
	       (job->family == 4 || job->family == 6) &&
	       job->connections && job->connections <= MAX_CONNECTIONS &&
	       job->first <= MAX_CONNECTIONS &&
	       job->burst && job->burst <= MAX_BURST &&
	       (job->repeat == 1 || job->script == BENCH_ACK);
}

static int on_send(struct session *session, void __user *arg)
{
	struct bench_job job;
	int err;

	if (copy_from_user(&job, arg, sizeof(job)))
		return -EFAULT;
	if (!is_sane(&job))
		return -EINVAL;
	err = script_run(&session->runner, &job);
	if (err)
		return err;
	return copy_to_user(arg, &job, sizeof(job)) ? -EFAULT : 0;
}

static int on_chase(void __user *arg)
{
	struct bench_chase chase;
	int err;

	if (copy_from_user(&chase, arg, sizeof(chase)))
		return -EFAULT;
	err = chase_run(&chase);
	if (err)
		return err;
	return copy_to_user(arg, &chase, sizeof(chase)) ? -EFAULT : 0;
}

static int on_conntrack(struct session *session, const __u32 __user *arg)
{
	struct net *net = session->runner.host.net;
	int err = 0;
	u32 on;

	if (get_user(on, arg))
		return -EFAULT;
	if (on == session->conntrack)
		return 0;
	if (on)
		err = nf_ct_netns_get(net, NFPROTO_INET);
	else
		nf_ct_netns_put(net, NFPROTO_INET);
	if (!err)
		session->conntrack = on;
	return err;
}

static long on_ioctl(struct file *file, unsigned int command, unsigned long arg)
{
	struct session *session = file->private_data;

	switch (command) {
	case BENCH_SEND:
		return on_send(session, (void __user *)arg);
	case BENCH_CHASE:
		return on_chase((void __user *)arg);
	case BENCH_CLOCK:
		return put_user(clock_ns(), (__u64 __user *)arg);
	case BENCH_CONNTRACK:
		return on_conntrack(session, (const __u32 __user *)arg);
	default:
		return -ENOTTY;
	}
}

static const struct file_operations operations = {
	.owner		= THIS_MODULE,
	.open		= on_open,
	.release	= on_release,
	.unlocked_ioctl	= on_ioctl,
};

static struct miscdevice device = {
	.minor	= MISC_DYNAMIC_MINOR,
	.name	= "tcpfsm_bench",
	.fops	= &operations,
	.mode	= 0600,
};

module_misc_device(device);
MODULE_DESCRIPTION("Segments of many connections, for benchmarks of tcpfsm");
MODULE_LICENSE("GPL");

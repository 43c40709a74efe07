/* SPDX-License-Identifier: GPL-2.0 */
/* One segment as a packet, and its way through the hooks. */
#ifndef _TCPFSM_BENCH_PACKET_H
#define _TCPFSM_BENCH_PACKET_H

#include <linux/netdevice.h>
#include <linux/skbuff.h>

#define PACKET_SYN	0x02
#define PACKET_FIN	0x01
#define PACKET_PSH	0x08
#define PACKET_ACK	0x10

/* Payload of a full segment with timestamps on Ethernet */
#define PACKET_DATA	1448

enum packet_way { PACKET_IN, PACKET_OUT, PACKET_THROUGH };

/**
 * struct packet_host - where packets are seen
 * @net: the namespace
 * @dev: where they arrive and leave
 * @sk4: sends those of IPv4
 * @sk6: sends those of IPv6
 */
struct packet_host {
	struct net		*net;
	struct net_device	*dev;
	struct sock		*sk4;
	struct sock		*sk6;
};

/**
 * struct packet - a segment
 * @connection: number of the connection
 * @family: 4 or 6
 * @from_server: or from the client
 * @flags: of the TCP header
 * @seq: sequence number
 * @ack: acknowledgment number
 * @tick: time of its timestamp
 * @len: payload
 * @way: past which hooks
 */
struct packet {
	u32		connection;
	u8		family;
	bool		from_server;
	u8		flags;
	u32		seq;
	u32		ack;
	u32		tick;
	u32		len;
	enum packet_way	way;
};

struct sk_buff *packet_alloc(void);
void packet_build(struct sk_buff *skb, const struct packet *packet,
		  const struct packet_host *host);
bool packet_send(struct sk_buff *skb, enum packet_way way,
		 const struct packet_host *host);

#endif /* _TCPFSM_BENCH_PACKET_H */

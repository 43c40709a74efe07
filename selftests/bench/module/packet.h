/* SPDX-License-Identifier: GPL-2.0 */
/* Builds packets and passes them through the hooks. */
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
 * @dev: the device at which they arrive and leave
 * @sk4: the socket that sends IPv4 packets
 * @sk6: the socket that sends IPv6 packets
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
 * @from_server: sent by the server, not the client
 * @flags: of the TCP header
 * @seq: sequence number
 * @ack: acknowledgment number
 * @tick: value of its timestamp
 * @len: payload
 * @way: the hooks that it passes
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

// SPDX-License-Identifier: GPL-2.0
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netfilter.h>
#include <linux/tcp.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/tcp.h>

#include "packet.h"

#define SYN_OPTIONS	20
#define OPTIONS		12
#define HEADERS		(sizeof(struct ipv6hdr) + sizeof(struct tcphdr) + \
			 SYN_OPTIONS)

/* The window field of a SYN, and of other segments, scaled by 2^7: both about 63 kB */
#define SYN_WINDOW	64240
#define WINDOW		502
#define WINDOW_SHIFT	7

/* Client ports of an address */
#define PORTS		16384
#define FIRST_PORT	32768
#define SERVER_PORT	443

/**
 * packet_alloc - allocate a packet that packet_build() can fill repeatedly
 *
 * Return: the packet, or NULL.
 */
struct sk_buff *packet_alloc(void)
{
	struct sk_buff *skb = alloc_skb(LL_MAX_HEADER + HEADERS + PACKET_DATA,
					GFP_KERNEL);

	if (!skb)
		return NULL;
	skb_reserve(skb, LL_MAX_HEADER);
	skb_reset_mac_header(skb);
	skb_reset_network_header(skb);
	memset(skb->data, 0, HEADERS + PACKET_DATA);
	return skb;
}

static u32 client_net(const struct packet *packet)
{
	return packet->connection / PORTS;
}

static void build_ipv4(struct sk_buff *skb, const struct packet *packet)
{
	__be32 client = htonl(0x0a000001 + client_net(packet));
	__be32 server = htonl(0xc0000201);
	struct iphdr *ip = ip_hdr(skb);

	ip->version = 4;
	ip->ihl = 5;
	ip->tot_len = htons(skb->len);
	ip->frag_off = htons(IP_DF);
	ip->ttl = 64;
	ip->protocol = IPPROTO_TCP;
	ip->saddr = packet->from_server ? server : client;
	ip->daddr = packet->from_server ? client : server;
	ip_send_check(ip);
	skb->protocol = htons(ETH_P_IP);
}

static void build_ipv6(struct sk_buff *skb, const struct packet *packet)
{
	struct ipv6hdr *ip = ipv6_hdr(skb);
	struct in6_addr *client, *server;

	client = packet->from_server ? &ip->daddr : &ip->saddr;
	server = packet->from_server ? &ip->saddr : &ip->daddr;
	ip6_flow_hdr(ip, 0, 0);
	ip->payload_len = htons(skb->len - sizeof(*ip));
	ip->nexthdr = IPPROTO_TCP;
	ip->hop_limit = 64;
	ipv6_addr_set(client, htonl(0x20010db8), htonl(1), 0,
		      htonl(1 + client_net(packet)));
	ipv6_addr_set(server, htonl(0x20010db8), htonl(2), 0, htonl(1));
	skb->protocol = htons(ETH_P_IPV6);
}

/* The options in the order of Linux, which shares a word for SACK and timestamps */
static void build_options(__be32 *option, const struct packet *packet)
{
	bool first = packet->flags & PACKET_SYN && !(packet->flags & PACKET_ACK);
	u32 echo = first ? 0 : packet->tick;

	if (packet->flags & PACKET_SYN) {
		option[0] = htonl(TCPOPT_MSS << 24 | TCPOLEN_MSS << 16 | 1460);
		option[1] = htonl(TCPOPT_SACK_PERM << 24 |
				  TCPOLEN_SACK_PERM << 16 |
				  TCPOPT_TIMESTAMP << 8 | TCPOLEN_TIMESTAMP);
		option[2] = htonl(packet->tick);
		option[3] = htonl(echo);
		option[4] = htonl(TCPOPT_NOP << 24 | TCPOPT_WINDOW << 16 |
				  TCPOLEN_WINDOW << 8 | WINDOW_SHIFT);
		return;
	}
	option[0] = htonl(TCPOPT_NOP << 24 | TCPOPT_NOP << 16 |
			  TCPOPT_TIMESTAMP << 8 | TCPOLEN_TIMESTAMP);
	option[1] = htonl(packet->tick);
	option[2] = htonl(echo);
}

static void build_tcp(struct tcphdr *tcp, const struct packet *packet)
{
	__be16 client = htons(FIRST_PORT + packet->connection % PORTS);
	__be16 server = htons(SERVER_PORT);
	bool syn = packet->flags & PACKET_SYN;

	tcp->source = packet->from_server ? server : client;
	tcp->dest = packet->from_server ? client : server;
	tcp->seq = htonl(packet->seq);
	tcp->ack_seq = htonl(packet->ack);
	tcp->doff = (sizeof(*tcp) + (syn ? SYN_OPTIONS : OPTIONS)) / 4;
	((u8 *)tcp)[13] = packet->flags;
	tcp->window = htons(syn ? SYN_WINDOW : WINDOW);
	build_options((__be32 *)(tcp + 1), packet);
}

/**
 * packet_build - write a segment into a packet
 * @skb: from packet_alloc(); its contents are overwritten
 * @packet: the segment
 * @host: where it is seen
 *
 * Checksums are left to the NIC: verified on input, to be completed on output.
 */
void packet_build(struct sk_buff *skb, const struct packet *packet,
		  const struct packet_host *host)
{
	u32 ip = packet->family == 4 ? sizeof(struct iphdr) :
				       sizeof(struct ipv6hdr);
	u32 options = packet->flags & PACKET_SYN ? SYN_OPTIONS : OPTIONS;

	skb->len = ip + sizeof(struct tcphdr) + options + packet->len;
	skb_set_tail_pointer(skb, skb->len);
	skb_set_transport_header(skb, ip);
	skb->dev = host->dev;
	if (packet->way == PACKET_OUT) {
		skb->ip_summed = CHECKSUM_PARTIAL;
		skb->csum_start = skb_transport_header(skb) - skb->head;
		skb->csum_offset = offsetof(struct tcphdr, check);
	} else {
		skb->ip_summed = CHECKSUM_UNNECESSARY;
	}
	if (packet->family == 4)
		build_ipv4(skb, packet);
	else
		build_ipv6(skb, packet);
	build_tcp(tcp_hdr(skb), packet);
}

static int not_called(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	WARN_ON_ONCE(1);
	return 0;
}

/**
 * packet_send - pass a packet through the hooks
 * @skb: from packet_build()
 * @way: which hooks
 * @host: where it is seen
 *
 * Runs with bottom halves disabled, as the receive path does.
 *
 * Return: true if no hook dropped it.
 */
bool packet_send(struct sk_buff *skb, enum packet_way way,
		 const struct packet_host *host)
{
	bool ipv4 = skb->protocol == htons(ETH_P_IP);
	struct net_device *dev = host->dev;
	u8 pf = ipv4 ? NFPROTO_IPV4 : NFPROTO_IPV6;
	struct sock *sk = ipv4 ? host->sk4 : host->sk6;
	struct net *net = host->net;

	switch (way) {
	case PACKET_IN:
		return nf_hook(pf, NF_INET_PRE_ROUTING, net, NULL, skb, dev,
			       NULL, not_called) == 1 &&
		       nf_hook(pf, NF_INET_LOCAL_IN, net, NULL, skb, dev, NULL,
			       not_called) == 1;
	case PACKET_OUT:
		return nf_hook(pf, NF_INET_LOCAL_OUT, net, sk, skb, NULL, dev,
			       not_called) == 1 &&
		       nf_hook(pf, NF_INET_POST_ROUTING, net, sk, skb, NULL,
			       dev, not_called) == 1;
	default:
		return nf_hook(pf, NF_INET_PRE_ROUTING, net, NULL, skb, dev,
			       NULL, not_called) == 1 &&
		       nf_hook(pf, NF_INET_FORWARD, net, NULL, skb, dev, dev,
			       not_called) == 1 &&
		       nf_hook(pf, NF_INET_POST_ROUTING, net, NULL, skb, dev,
			       dev, not_called) == 1;
	}
}

// SPDX-License-Identifier: GPL-2.0
#include "core/types.h"
#include "engine/ip_headers.h"
#include "engine/link_headers.h"
#include "engine/protocols.h"
#include "engine/tunnel_headers.h"

static enum step no_tcp(struct walk *walk)
{
	(void)walk;
	return STEP_NO_TCP;
}

/* TCP may be inside, but encrypted, compressed, or in a form that nothing here reads */
static enum step hidden(struct walk *walk)
{
	(void)walk;
	return STEP_HIDDEN;
}

/* Of TCP, which is read together with IP; alone it has no addresses. */
static enum step tcp(struct walk *walk)
{
	(void)walk;
	return STEP_HIDDEN;
}

/* In each table what is most frequent comes first. */

static const struct protocol links[] = {
	{ 1,	"Ethernet",		read_ethernet },
	{ 113,	"Linux cooked",		read_cooked },
	{ 276,	"Linux cooked 2",	read_cooked2 },
	{ 101,	"raw IP",		read_ip },
	{ 12,	"raw IP",		read_ip },	/* as libpcap calls 101 */
	{ 14,	"raw IP",		read_ip },	/* of OpenBSD */
	{ 228,	"IPv4",			read_ipv4 },
	{ 229,	"IPv6",			read_ipv6 },
	{ 0,	"BSD loopback",		read_loopback },
	{ 108,	"BSD loopback",		read_loopback },
	{ 9,	"PPP",			read_hdlc },
	{ 50,	"PPP",			read_hdlc },
	{ 51,	"PPPoE",		read_pppoe },
	{ 104,	"Cisco HDLC",		read_hdlc },
	{ 166,	"PPP",			read_ppp_direction },
	{ 204,	"PPP",			read_ppp_direction },
	{ 239,	"NFLOG",		read_nflog },
	{ 219,	"MPLS",			read_mpls },
	{ 11,	"LLC",			read_llc },	/* as libpcap calls 100 */
	{ 100,	"LLC",			read_llc },	/* RFC 1483 */
};

static const struct protocol ethertypes[] = {
	{ 0x0800, "IPv4",		read_ipv4 },
	{ 0x86dd, "IPv6",		read_ipv6 },
	{ 0x8100, "VLAN",		read_vlan },
	{ 0x88a8, "VLAN",		read_vlan },
	{ 0x9100, "VLAN",		read_vlan },	/* these two: before IEEE 802.1ad */
	{ 0x9200, "VLAN",		read_vlan },
	{ 0x6558, "Ethernet",		read_ethernet },
	{ 0x8847, "MPLS",		read_mpls },
	{ 0x8848, "MPLS",		read_mpls },
	{ 0x8864, "PPPoE",		read_pppoe },
	{ 0x880b, "PPP",		read_ppp },
	{ 0x8870, "LLC",		read_llc },
	{ 0x88e7, "802.1ah",		read_backbone },
	{ 0x893f, "802.1BR",		read_etag },
	{ 0x8926, "VN-tag",		read_tag },
	{ 0x892f, "HSR",		read_tag },
	{ 0x88be, "ERSPAN",		read_erspan2 },
	{ 0x22eb, "ERSPAN",		read_erspan3 },
	{ 0x883e, "WCCP",		read_wccp },
	{ 0x88e5, "MACsec",		hidden },
	{ 0x894f, "NSH",		hidden },
	{ 0x22f3, "TRILL",		hidden },
	{ 0x8903, "FabricPath",		hidden },
	{ 0x8909, "Cisco metadata",	hidden },
	{ 0x4305, "BATMAN",		hidden },
	{ 0x0806, "ARP",		no_tcp },
	{ 0x8035, "RARP",		no_tcp },
	{ 0x88cc, "LLDP",		no_tcp },
	{ 0x888e, "EAPOL",		no_tcp },
	{ 0x8863, "PPPoE discovery",	no_tcp },
	{ 0x8809, "LACP",		no_tcp },
	{ 0x8808, "pause frames",	no_tcp },
	{ 0x8902, "CFM",		no_tcp },
	{ 0x88f7, "PTP",		no_tcp },
	{ 0x9000, "loop test",		no_tcp },
	{ 0x0842, "wake on LAN",	no_tcp },
	{ 0x88e3, "MRP",		no_tcp },
	{ 0x88f5, "MVRP",		no_tcp },
	{ 0x88f6, "MMRP",		no_tcp },
	{ 0x88fb, "PRP",		no_tcp },
	{ 0x893a, "IEEE 1905",		no_tcp },
	{ 0x88e1, "HomePlug",		no_tcp },
	{ 0x8899, "Realtek",		no_tcp },
	{ 0x8892, "PROFINET",		no_tcp },
	{ 0x88a4, "EtherCAT",		no_tcp },
	{ 0x88b8, "GOOSE",		no_tcp },
	{ 0x88ba, "sampled values",	no_tcp },
	{ 0x22f0, "AVTP",		no_tcp },
	{ 0x8906, "FCoE",		no_tcp },
	{ 0x8914, "FCoE",		no_tcp },
	{ 0x8915, "RoCE",		no_tcp },
	{ 0x88a2, "AoE",		no_tcp },
	{ 0x8137, "IPX",		no_tcp },
	{ 0x809b, "AppleTalk",		no_tcp },
	{ 0x80f3, "AppleTalk",		no_tcp },
	/* These are no Ethertypes, but stand for one in Linux cooked headers and in GRE */
	{ 0x0000, "GRE keepalive",	no_tcp },
	{ 0x0001, "IPX",		no_tcp },
	{ 0x0004, "LLC",		read_llc },
	{ 0x000c, "CAN",		no_tcp },
	{ 0x000d, "CAN",		no_tcp },
	{ 0x00fe, "IS-IS",		no_tcp },
	{ 0x2001, "NHRP",		no_tcp },
};

static const struct protocol saps[] = {
	{ 0xaa, "SNAP",			read_snap },
	{ 0x06, "IP",			read_ip },
	{ 0x42, "STP",			no_tcp },
	{ 0xfe, "IS-IS",		no_tcp },
	{ 0xf0, "NetBIOS",		no_tcp },
	{ 0xe0, "IPX",			no_tcp },
	{ 0xff, "IPX",			no_tcp },
	{ 0x00, "LLC",			no_tcp },
};

static const struct protocol ppp_protocols[] = {
	{ 0x0021, "IPv4",		read_ipv4 },
	{ 0x0057, "IPv6",		read_ipv6 },
	{ 0x0281, "MPLS",		read_mpls },
	{ 0x0283, "MPLS",		read_mpls },
	{ 0x002d, "compressed TCP",	hidden },
	{ 0x002f, "compressed TCP",	hidden },
	{ 0x003d, "multilink PPP",	hidden },
	{ 0x0053, "encrypted PPP",	hidden },
	{ 0x00fd, "compressed PPP",	hidden },	/* or encrypted, as MPPE is */
};

static const struct protocol ip_protocols[] = {
	{ PROTO_TCP, "TCP",		tcp },
	{ PROTO_UDP, "UDP",		read_udp },
	{ 4,	"IPv4",			read_ipv4 },
	{ 41,	"IPv6",			read_ipv6 },
	{ 47,	"GRE",			read_gre },
	{ 51,	"AH",			read_ah },
	{ 97,	"EtherIP",		read_etherip },
	{ 137,	"MPLS",			read_mpls },
	{ PROTO_ESP, "ESP",		hidden },
	{ 55,	"IP mobility",		hidden },
	{ 108,	"IPComp",		hidden },
	{ 115,	"L2TPv3",		hidden },
	{ 142,	"ROHC",			hidden },
	{ 1,	"ICMP",			no_tcp },
	{ 2,	"IGMP",			no_tcp },
	{ 58,	"ICMPv6",		no_tcp },
	{ 59,	"no data",		no_tcp },
	{ 8,	"EGP",			no_tcp },
	{ 9,	"IGP",			no_tcp },
	{ 33,	"DCCP",			no_tcp },
	{ 46,	"RSVP",			no_tcp },
	{ 88,	"EIGRP",		no_tcp },
	{ 89,	"OSPF",			no_tcp },
	{ 103,	"PIM",			no_tcp },
	{ 112,	"VRRP",			no_tcp },
	{ 113,	"PGM",			no_tcp },
	{ 124,	"IS-IS",		no_tcp },
	{ 132,	"SCTP",			no_tcp },
	{ 136,	"UDP-Lite",		no_tcp },
	{ 139,	"HIP",			no_tcp },
	{ 140,	"Shim6",		no_tcp },
};

static const struct protocol udp_ports[] = {
	{ 4789,	"VXLAN",		read_vxlan },
	{ 8472,	"VXLAN",		read_vxlan },	/* Linux, before there was a number */
	{ 4790,	"VXLAN-GPE",		read_vxlan },
	{ 6081,	"Geneve",		read_geneve },
	{ 2152,	"GTP-U",		read_gtp },
	{ 4500,	"IPsec over UDP",	read_nat_traversal },
	{ 1701,	"L2TP",			read_l2tp },
	{ 4754,	"GRE",			read_gre },
	{ 6635,	"MPLS",			read_mpls },
};

static const struct protocol faults[] = {
	{ FAULT_CUT,		"cut off before the end of their headers", NULL },
	{ FAULT_MALFORMED,	"malformed",				NULL },
	{ FAULT_DEEP,		"nested too deep",			NULL },
	{ FAULT_INCOMPLETE,	"fragments without the others",		NULL },
	{ FAULT_OVERLAPPING,	"overlapping fragments",		NULL },
	{ FAULT_UNTRACKED,	"TCP of no connection",			NULL },
};

/* With the answer for the numbers that it does not have */
static const struct table {
	const struct protocol *rows;
	unsigned int count;
	enum step unknown;
} tables[SPACES] = {
	[SPACE_LINK]	  = { links,		ARRAY_SIZE(links),	   STEP_HIDDEN },
	[SPACE_ETHERTYPE] = { ethertypes,	ARRAY_SIZE(ethertypes),	   STEP_HIDDEN },
	[SPACE_SAP]	  = { saps,		ARRAY_SIZE(saps),	   STEP_HIDDEN },
	[SPACE_PPP]	  = { ppp_protocols,	ARRAY_SIZE(ppp_protocols), STEP_HIDDEN },
	[SPACE_IP]	  = { ip_protocols,	ARRAY_SIZE(ip_protocols),  STEP_HIDDEN },
	[SPACE_UDP]	  = { udp_ports,	ARRAY_SIZE(udp_ports),	   STEP_NO_TCP },
	[SPACE_FAULT]	  = { faults,		ARRAY_SIZE(faults),	   STEP_HIDDEN },
	[SPACE_REJECT]	  = { NULL,		0,			   STEP_HIDDEN },
};

static const struct protocol *find(const struct table *table, uint32_t number)
{
	unsigned int i;

	for (i = 0; i < table->count; i++)
		if (table->rows[i].number == number)
			return &table->rows[i];
	return NULL;
}

const struct protocol *protocol_find(enum space space, uint32_t number)
{
	const struct table *table = &tables[space];
	const struct protocol *protocol;

	if (space != SPACE_UDP)
		return find(table, number);
	protocol = find(table, number >> 16);
	return protocol ? protocol : find(table, number & 0xffff);
}

enum step protocol_unknown(enum space space)
{
	return tables[space].unknown;
}

bool protocol_is_read(uint8_t ip_protocol)
{
	const struct protocol *protocol = find(&tables[SPACE_IP], ip_protocol);

	return protocol && protocol->read != hidden && protocol->read != no_tcp;
}

// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pcap/pcap.h>

#include "base/status.h"
#include "base/units.h"
#include "engine/capture.h"

/* A link type of files of OpenBSD, which libpcap for Linux has no name for */
#define LINK_RAW_OPENBSD	14

#define ETHERTYPE_IPV4		0x0800
#define ETHERTYPE_IPV6		0x86dd
#define ETHERTYPE_VLAN		0x8100	/* IEEE 802.1Q */
#define ETHERTYPE_VLAN_SERVICE	0x88a8	/* IEEE 802.1ad */
#define ETHERTYPE_VLAN_OLD	0x9100	/* in use before 802.1ad */

#define IPV6_HEADER		40

/* What is left of a packet behind the headers that were skipped */
struct rest {
	const uint8_t *at;
	uint32_t avail;		/* octets in the file */
	uint32_t wire;		/* octets on the wire */
};

struct link {
	int type;
	bool (*to_ip)(struct rest *rest);
};

struct capture {
	pcap_t *pcap;
	FILE *file;
	const char *name;
	const struct link *link;
};

static uint16_t get16(const uint8_t *at)
{
	return at[0] << 8 | at[1];
}

static bool skip(struct rest *rest, uint32_t octets)
{
	if (rest->avail < octets)
		return false;
	rest->at += octets;
	rest->avail -= octets;
	rest->wire -= octets;
	return true;
}

static bool is_version(const struct rest *rest, unsigned int version)
{
	return rest->avail && rest->at[0] >> 4 == version;
}

static bool is_vlan(uint16_t type)
{
	return type == ETHERTYPE_VLAN || type == ETHERTYPE_VLAN_SERVICE ||
	       type == ETHERTYPE_VLAN_OLD;
}

/* @type is that of what follows; each VLAN tag ends with such a type. */
static bool ethertype_to_ip(struct rest *rest, uint16_t type)
{
	while (is_vlan(type)) {
		if (!skip(rest, 4))
			return false;
		type = get16(rest->at - 2);
	}
	return (type == ETHERTYPE_IPV4 && is_version(rest, 4)) ||
	       (type == ETHERTYPE_IPV6 && is_version(rest, 6));
}

static bool ethernet_to_ip(struct rest *rest)
{
	return skip(rest, 14) && ethertype_to_ip(rest, get16(rest->at - 2));
}

static bool cooked_to_ip(struct rest *rest)
{
	return skip(rest, 16) && ethertype_to_ip(rest, get16(rest->at - 2));
}

static bool cooked2_to_ip(struct rest *rest)
{
	return skip(rest, 20) && ethertype_to_ip(rest, get16(rest->at - 20));
}

static bool raw_to_ip(struct rest *rest)
{
	return is_version(rest, 4) || is_version(rest, 6);
}

static bool ipv4_to_ip(struct rest *rest)
{
	return is_version(rest, 4);
}

static bool ipv6_to_ip(struct rest *rest)
{
	return is_version(rest, 6);
}

/*
 * The header is an AF_* of the host that captured, in its byte order (DLT_NULL) or
 * in that of the network (DLT_LOOP). AF_INET is 2 everywhere, AF_INET6 differs.
 */
static bool null_to_ip(struct rest *rest)
{
	uint32_t family;

	if (!skip(rest, 4))
		return false;
	family = get16(rest->at - 4) ? rest->at[-4] | rest->at[-3] << 8 : get16(rest->at - 2);
	switch (family) {
	case 2:
		return is_version(rest, 4);
	case 10:	/* Linux */
	case 24:	/* NetBSD, OpenBSD */
	case 28:	/* FreeBSD */
	case 30:	/* Darwin */
		return is_version(rest, 6);
	default:
		return false;
	}
}

static const struct link links[] = {
	{ DLT_EN10MB,		ethernet_to_ip },
	{ DLT_LINUX_SLL,	cooked_to_ip },
	{ DLT_LINUX_SLL2,	cooked2_to_ip },
	{ DLT_RAW,		raw_to_ip },
	{ LINK_RAW_OPENBSD,	raw_to_ip },
	{ DLT_IPV4,		ipv4_to_ip },
	{ DLT_IPV6,		ipv6_to_ip },
	{ DLT_NULL,		null_to_ip },
	{ DLT_LOOP,		null_to_ip },
};

#define LINKS	(sizeof(links) / sizeof(links[0]))

static int find_link(struct capture *capture)
{
	int type = pcap_datalink(capture->pcap);
	const char *name = pcap_datalink_val_to_name(type);
	unsigned int i;

	for (i = 0; i < LINKS && !capture->link; i++)
		if (links[i].type == type)
			capture->link = &links[i];
	if (capture->link)
		return STATUS_OK;
	return fail(STATUS_USAGE,
		    "%s: no IP is found in link type %d (%s): only in Ethernet, cooked, raw, null",
		    capture->name, type, name ? name : "unknown");
}

static int open_pcap(struct capture *capture)
{
	const unsigned int precision = PCAP_TSTAMP_PRECISION_NANO;
	char reason[PCAP_ERRBUF_SIZE];

	capture->pcap = pcap_fopen_offline_with_tstamp_precision(capture->file, precision, reason);
	if (!capture->pcap)
		return fail(STATUS_USAGE, "%s is not a capture, pcap or pcapng: %s",
			    capture->name, reason);
	capture->file = NULL;	/* belongs to pcap now */
	return find_link(capture);
}

static int open_file(struct capture *capture, const char *name)
{
	bool is_stdin = !strcmp(name, "-");

	capture->name = is_stdin ? "stdin" : name;
	capture->file = is_stdin ? stdin : fopen(name, "rb");
	if (!capture->file)
		return fail(STATUS_USAGE, "cannot open %s: %s", name, strerror(errno));
	return open_pcap(capture);
}

int capture_open(struct capture **capture, const char *name)
{
	int ret;

	*capture = calloc(1, sizeof(**capture));
	if (!*capture)
		return fail(STATUS_KERNEL, "out of memory");
	ret = open_file(*capture, name);
	if (ret)
		capture_close(*capture);
	return ret;
}

void capture_close(struct capture *capture)
{
	if (capture->pcap)
		pcap_close(capture->pcap);
	if (capture->file && capture->file != stdin)
		fclose(capture->file);
	free(capture);
}

/*
 * Octets of the IP packet: the length in its header, because the frame may be
 * padded, but not more than the frame has. A length of 0 is that of a packet that
 * was captured before it was segmented, or of a jumbogram (RFC 2675): all is packet.
 */
static uint32_t ip_length(const struct rest *rest)
{
	uint32_t length = 0;

	if (is_version(rest, 4) && rest->avail >= 4)
		length = get16(rest->at + 2);
	else if (is_version(rest, 6) && rest->avail >= 6 && get16(rest->at + 4))
		length = IPV6_HEADER + get16(rest->at + 4);
	return length && length < rest->wire ? length : rest->wire;
}

/* Nanoseconds since 1970. tv_usec is nanoseconds, because open_pcap() asked for them. */
static uint64_t time_of(const struct pcap_pkthdr *header)
{
	int64_t seconds = header->ts.tv_sec;

	/* A pcap file has unsigned 32 bits, which libpcap takes for signed ones */
	if (seconds < 0)
		seconds = (uint32_t)seconds;
	if (seconds > INT64_MAX / (int64_t)NSEC_PER_SEC)
		return INT64_MAX;
	return seconds * NSEC_PER_SEC + header->ts.tv_usec;
}

int capture_next(struct capture *capture, struct capture_packet *packet)
{
	struct pcap_pkthdr *header;
	struct rest rest;

	switch (pcap_next_ex(capture->pcap, &header, &rest.at)) {
	case 1:
		break;
	case PCAP_ERROR_BREAK:
		return STATUS_ENOUGH;
	default:
		return fail(STATUS_USAGE, "%s: only the beginning can be read: %s",
			    capture->name, pcap_geterr(capture->pcap));
	}
	rest.avail = header->caplen;
	rest.wire = header->len > header->caplen ? header->len : header->caplen;
	packet->time = time_of(header);
	packet->ip = rest.at;
	packet->avail = 0;
	packet->total = 0;
	if (!capture->link->to_ip(&rest))
		return STATUS_OK;
	packet->ip = rest.at;
	packet->total = ip_length(&rest);
	packet->avail = rest.avail < packet->total ? rest.avail : packet->total;
	return STATUS_OK;
}

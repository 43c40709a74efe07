// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pcap/pcap.h>

#include "base/status.h"
#include "base/units.h"
#include "engine/capture.h"

struct capture {
	pcap_t *pcap;
	FILE *file;		/* NULL: belongs to pcap */
	const char *name;
	uint32_t link;		/* of all frames of pcap */
};

static int no_capture(const struct capture *capture, const char *why)
{
	return fail(STATUS_USAGE, "%s is not a capture, pcap or pcapng: %s", capture->name, why);
}

static int open_pcap(struct capture *capture)
{
	const unsigned int precision = PCAP_TSTAMP_PRECISION_NANO;
	char reason[PCAP_ERRBUF_SIZE];

	capture->pcap = pcap_fopen_offline_with_tstamp_precision(capture->file, precision, reason);
	if (!capture->pcap)
		return no_capture(capture, reason);
	capture->file = NULL;
	capture->link = pcap_datalink(capture->pcap);
	return STATUS_OK;
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

static int damaged(const struct capture *capture, const char *why)
{
	return fail(STATUS_USAGE, "%s: only the beginning can be read: %s", capture->name, why);
}

int capture_next(struct capture *capture, struct frame *frame)
{
	struct pcap_pkthdr *header;

	switch (pcap_next_ex(capture->pcap, &header, &frame->bytes)) {
	case 1:
		break;
	case PCAP_ERROR_BREAK:
		return STATUS_ENOUGH;
	default:
		return damaged(capture, pcap_geterr(capture->pcap));
	}
	frame->time = time_of(header);
	frame->link = capture->link;
	/* libpcap turns headers of the other order around */
	frame->big_endian = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;
	frame->avail = header->caplen;
	frame->wire = header->len > header->caplen ? header->len : header->caplen;
	return STATUS_OK;
}

bool capture_link(const struct capture *capture, uint32_t *link)
{
	*link = capture->link;
	return capture->pcap;
}

const char *capture_link_name(uint32_t link)
{
	return pcap_datalink_val_to_name((int)link);
}

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Read a pcapng file (draft-ietf-opsawg-pcapng). Not with libpcap, which has one link
 * type for a file, and refuses a file in which the interfaces differ.
 */
#ifndef _TCPFSM_TOOL_PCAPNG_H
#define _TCPFSM_TOOL_PCAPNG_H

#include <stdbool.h>
#include <stdio.h>

#include "engine/frame.h"

struct pcapng;

/* Each pcapng file begins with this octet, and no pcap file does. */
#define PCAPNG_FIRST	0x0a

/* NULL: no memory. @file stays the caller's. */
struct pcapng *pcapng_new(FILE *file);
void pcapng_free(struct pcapng *pcapng);

/* Whether there is a beginning of a file; to be called first. */
bool pcapng_begin(struct pcapng *pcapng);

/* False: there is no further frame; then pcapng_error(). */
bool pcapng_next(struct pcapng *pcapng, struct frame *frame);

/* Why the file cannot be read further, or NULL: it ends where it should. */
const char *pcapng_error(const struct pcapng *pcapng);

#endif /* _TCPFSM_TOOL_PCAPNG_H */

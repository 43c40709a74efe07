/* SPDX-License-Identifier: GPL-2.0 */
/* Makes a capture file of the input of replay_fuzz. */
#ifndef _TCPFSM_REPLAY_FILE_H
#define _TCPFSM_REPLAY_FILE_H

#include "fuzz.h"

#define FUZZ_LINKS		19

/* First octet of the input: the rest is the file itself. Any other: the link type */
#define FUZZ_WHOLE_FILE		0xff

/**
 * struct replay_file - a capture
 * @bytes: the file
 * @len: octets in it
 */
struct replay_file {
	u8	bytes[1 << 16];
	size_t	len;
};

void replay_file_make(struct replay_file *file, struct input *in);

#endif /* _TCPFSM_REPLAY_FILE_H */

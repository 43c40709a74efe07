/* SPDX-License-Identifier: GPL-2.0 */
/* The input of replay_fuzz: bytes that mean a capture file. */
#ifndef _TCPFSM_REPLAY_FILE_H
#define _TCPFSM_REPLAY_FILE_H

#include "fuzz.h"

/* As the first octet: the rest is a file as it is. Else it is the type of link */
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

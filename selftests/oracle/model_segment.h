/* SPDX-License-Identifier: GPL-2.0 */
/* Feed a segment to the model. */
#ifndef _ORACLE_MODEL_SEGMENT_H
#define _ORACLE_MODEL_SEGMENT_H

#include "model.h"

void model_segment(struct model *m, enum who from, const struct segment *seg,
		   const struct sight *sight, struct verdict *verdict);
/*
 * Begin the next connection on the same tuple. Its SYN is this segment, or, if this is a
 * SYN-ACK, the pending SYN, which is applied here. The segment itself is left to
 * model_segment(). Return: the role of its sender in the next connection.
 */
enum who model_reopen(struct model *m, enum who from, const struct segment *seg,
		      const struct sight *sight, struct verdict *verdict);

#endif /* _ORACLE_MODEL_SEGMENT_H */

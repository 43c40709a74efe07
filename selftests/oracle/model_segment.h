/* SPDX-License-Identifier: GPL-2.0 */
/* A segment comes to the model. */
#ifndef _ORACLE_MODEL_SEGMENT_H
#define _ORACLE_MODEL_SEGMENT_H

#include "model.h"

void model_segment(struct model *m, enum who from, const struct segment *seg,
		   const struct sight *sight, struct verdict *verdict);
enum who model_reopen(struct model *m, enum who from, const struct segment *seg,
		      const struct sight *sight, struct verdict *verdict);

#endif /* _ORACLE_MODEL_SEGMENT_H */

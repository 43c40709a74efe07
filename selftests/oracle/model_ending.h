/* SPDX-License-Identifier: GPL-2.0 */
/* The ends of a connection that are not the work of its own segments. */
#ifndef _ORACLE_MODEL_ENDING_H
#define _ORACLE_MODEL_ENDING_H

#include "model.h"

void model_expire(struct model *m, uint64_t now, struct verdict *verdict);
void model_end(struct model *m, enum cause cause, uint64_t now, struct verdict *verdict);
void model_succeed(struct model *m, enum who from, const struct segment *seg,
		   const struct sight *sight, struct verdict *verdict);
void model_gone(struct model *m, enum who who, enum wait_end end, uint64_t now,
		struct verdict *verdict);

#endif /* _ORACLE_MODEL_ENDING_H */

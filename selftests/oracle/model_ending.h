/* SPDX-License-Identifier: GPL-2.0 */
/* Everything that ends a connection but its own segments. */
#ifndef _ORACLE_MODEL_ENDING_H
#define _ORACLE_MODEL_ENDING_H

#include "model.h"

/* 2MSL are over for each end in TIME-WAIT that has no known socket */
void model_expire(struct model *m, uint64_t now, struct verdict *verdict);
/* The flow is removed: timeout, eviction, flush; BY_SYN: the next connection replaces it */
void model_end(struct model *m, enum cause cause, uint64_t now, struct verdict *verdict);
/* End this connection because the segment opens the next one on the same tuple */
void model_succeed(struct model *m, enum who from, const struct segment *seg,
		   const struct sight *sight, struct verdict *verdict);
/* The kernel's socket of this end no longer exists; "end" counts if it was in TIME-WAIT */
void model_gone(struct model *m, enum who who, enum wait_end end, uint64_t now,
		struct verdict *verdict);

#endif /* _ORACLE_MODEL_ENDING_H */

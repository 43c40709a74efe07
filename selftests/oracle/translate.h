/* SPDX-License-Identifier: GPL-2.0 */
/* From the types of the model to those of the module. */
#ifndef _ORACLE_TRANSLATE_H
#define _ORACLE_TRANSLATE_H

#include "core/conn.h"
#include "model.h"

extern const enum tcpfsm_role module_role[];	/* by enum who */
extern const enum tcpfsm_state module_state[STATES];
extern const enum tcpfsm_cause module_cause[];
extern const enum tcpfsm_opened module_opened[];
extern const enum tcpfsm_closed module_closed[];	/* by enum ended */
extern const enum tcpfsm_tw_end module_tw_end[];	/* by enum wait_end */

struct tcpfsm_segment translate_segment(const struct segment *seg);
struct tcpfsm_view translate_sight(const struct sight *sight);

#endif /* _ORACLE_TRANSLATE_H */

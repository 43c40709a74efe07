/* SPDX-License-Identifier: GPL-2.0 */
/* Names of states and causes in messages: those of ss and of the module. */
#ifndef _ORACLE_NAMES_H
#define _ORACLE_NAMES_H

#include "model.h"

extern const char *const state_names[STATES];
extern const char *const cause_names[];

#endif /* _ORACLE_NAMES_H */

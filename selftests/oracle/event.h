/* SPDX-License-Identifier: GPL-2.0 */
/* What happens between segments, at random. */
#ifndef _ORACLE_EVENT_H
#define _ORACLE_EVENT_H

#include "walk.h"

uint64_t event_pause(const struct walk *walk);
struct step event_step(const struct walk *walk, const struct pair *pair, unsigned int host);

#endif /* _ORACLE_EVENT_H */

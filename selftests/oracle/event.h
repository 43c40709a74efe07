/* SPDX-License-Identifier: GPL-2.0 */
/* What happens between segments, at random. */
#ifndef _ORACLE_EVENT_H
#define _ORACLE_EVENT_H

#include "pair.h"
#include "story.h"

uint64_t event_pause(bool slow);
struct step event_step(bool slow, const struct pair *pair, unsigned int host);

#endif /* _ORACLE_EVENT_H */

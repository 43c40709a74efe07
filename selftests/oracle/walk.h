/* SPDX-License-Identifier: GPL-2.0 */
/* Random stories. */
#ifndef _ORACLE_WALK_H
#define _ORACLE_WALK_H

#include "pair.h"
#include "story.h"

#define FLYING_MAX	4

/* What stays the same for a story, and what is on its way over loopback */
struct walk {
	bool		noise, slow, narrow;
	bool		stamps, sack, scales, cookie;
	uint32_t	isn[2], clock[2];	/* of the hosts */
	unsigned int	made;
	size_t		flying;
	struct step	flight[FLYING_MAX];
};

void walk_begin(struct walk *walk, struct story *story, enum vantage vantage, bool noise);
struct step walk_step(struct walk *walk, const struct pair *pair);

#endif /* _ORACLE_WALK_H */

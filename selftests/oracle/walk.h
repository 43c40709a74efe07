/* SPDX-License-Identifier: GPL-2.0 */
/* Random walks: the steps of a story, one by one, each chosen by the state so far. */
#ifndef _ORACLE_WALK_H
#define _ORACLE_WALK_H

#include "pair.h"
#include "story.h"

#define FLYING_MAX	4

/* The properties of a walk, and its loopback segments in flight */
struct walk {
	bool		noise;		/* mostly meaningless segments */
	bool		slow;		/* long pauses */
	bool		narrow;		/* small windows */
	bool		doubtful;	/* many claims, and answers to them */
	bool		stamps, sack, scales, cookie;	/* options that it mostly has */
	uint32_t	isn[2], clock[2];	/* by host; clock: its timestamps */
	unsigned int	made;		/* segments, for their ids */
	size_t		flying;
	struct step	flight[FLYING_MAX];
	struct pair	*truth;		/* it sees every segment; NULL: there are no holes */
	unsigned int	unseen;		/* so many more segments are not seen, */
	bool		one_way;	/* but only those of this host: */
	unsigned int	unseen_host;
};

/*
 * "truth" is for the use of the walk. In some walks, not every segment is seen: then it has
 * the ends as they are, and the segments are those that these would send.
 */
void walk_begin(struct walk *walk, struct story *story, struct pair *truth,
		enum vantage vantage, bool noise);
struct step walk_step(struct walk *walk, const struct pair *pair);

#endif /* _ORACLE_WALK_H */

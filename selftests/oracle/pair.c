// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "pair.h"

void pair_begin(struct pair *pair, const struct story *story)
{
	pair->vantage = story->vantage;
	pair->rfc1337 = story->rfc1337;
	pair->begun = false;
	pair->compared = 0;
	pair->fast = 0;
	pair->now = 1000;
	pair->role[0] = CLIENT;
	pair->role[1] = SERVER;
	pair->history = (struct tcpfsm_history){
		.record = pair->record, .size = HISTORY_MAX,
	};
	pair->difference[0] = 0;
	pair->just_left = NO_ID;
	forget_flying(pair);
	model_begin(&pair->model, pair->now);
}

void forget_flying(struct pair *pair)
{
	memset(pair->sent, 0, sizeof(pair->sent));
}

bool differ(struct pair *pair, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(pair->difference, sizeof(pair->difference), format, args);
	va_end(args);
	return false;
}

char host_of(const struct pair *pair, enum who who)
{
	return pair->role[0] == who ? 'C' : 'S';
}

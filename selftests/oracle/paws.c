// SPDX-License-Identifier: GPL-2.0
#include "context.h"
#include "opening.h"
#include "paws.h"

/*
 * RFC 7323 section 5.3, PAWS. Choices of Linux: no timestamp of zero is
 * remembered; where there is a full socket, one that is older by one passes; none
 * is too old after 24 days without a segment. A RST is only subject to it before
 * and after there is a full socket, and for a minute (tcp_paws_reject()).
 */
bool is_old_by_clock(const struct context *x)
{
	const uint64_t second = 1000000000, day = 86400 * second;
	uint64_t idle = x->sight->idle;
	bool full = !is_request(x) && receiver(x)->state != TIME_WAIT;
	uint32_t known = last_stamp(x->m, x->from);

	if (!x->sight->receiver_here || !x->seg->stamped || !known || !stamps_are_agreed(x->m))
		return false;
	if (x->seg->rst ? full || idle > 60 * second : idle > 24 * day)
		return false;
	return (int32_t)(known - x->seg->tsval) > full;
}

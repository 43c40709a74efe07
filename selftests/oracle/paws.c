// SPDX-License-Identifier: GPL-2.0
#include "context.h"
#include "opening.h"
#include "paws.h"

/*
 * RFC 7323 section 5.3, as Linux does it (tcp_paws_reject()): a TS.Recent of zero is
 * unset; a full socket tolerates a timestamp that is older by one; after 2^31
 * microseconds of silence, in whole seconds, every timestamp passes. A RST is checked only
 * by a request or a timewait socket, and only within a minute after the last segment.
 */
bool is_old_by_clock(const struct context *x)
{
	const uint64_t second = 1000000000, wrap = (0x7fffffff / 1000000) * second;
	uint64_t idle = x->sight->idle;
	bool full = !is_request(x) && receiver(x)->state != TIME_WAIT;
	uint32_t known = last_stamp(x->m, x->from);

	if (!x->sight->receiver_here || !x->seg->stamped || !known || !stamps_are_agreed(x->m))
		return false;
	if (x->seg->rst ? full || idle > 60 * second : idle > wrap)
		return false;
	return (int32_t)(known - x->seg->tsval) > full;
}

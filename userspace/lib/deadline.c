// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Deadlines: the absolute time that lies so far ahead.
 *
 * Locking: none.  Called by programs.
 */
#include <time.h>

#include "internal.h"

#define NS_PER_S UINT64_C(1000000000)

uint64_t mbox_deadline_in(uint64_t ns)
{
	struct timespec now;
	uint64_t at;

	/* Cannot fail: every Linux has this clock, and now is ours. */
	clock_gettime(CLOCK_MONOTONIC, &now);
	at = (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
	if (ns > INT64_MAX - at)
		return INT64_MAX;
	at += ns;
	/* 0 would mean no deadline; the clock starts at boot, but be sure. */
	return at ? at : 1;
}

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * nth.h: a call with its 1st, 2nd, 3rd ... allocation or copy failing.
 *
 * Owns: what nth.c and fds.c share.  Takes no locks.
 */
#ifndef TESTS_FAULT_NTH_H
#define TESTS_FAULT_NTH_H

#include "fault.h"

enum { MOST = 200 }; /* faults of one call; it must run through before */

/*
 * struct verb - what is tried, again and again
 * @act: the call, on a handle; returns what it returns
 * @undo: after a success, so that all is as before; gets the result
 */
struct verb {
	int (*act)(int fd);
	void (*undo)(int fd, int result);
};

/* fd is a handle on the mailbox in which nothing may change. */
static inline void every_nth(int fd, const struct verb *verb)
{
	struct box_state before;
	int n, ret, err, failed = 0;
	bool hit;

	for (n = 1; n < MOST; n++) {
		box_state_get(fd, &before);
		arm(n);
		ret = verb->act(fd);
		err = errno;
		hit = disarm() == 0;
		if (ret >= 0) {
			/* The kernel has a way round some failures. */
			verb->undo(fd, ret);
			if (!hit)
				break;
			continue;
		}
		failed++;
		if (!hit || (err != ENOMEM && err != EFAULT))
			FAIL("fault %d%s: %s", n, hit ? "" : " (none)",
			     mbt_errno_name(err));
		box_state_same(__FILE__, __LINE__, fd, &before);
		/* And once more, without a fault. */
		ret = verb->act(fd);
		if (ret < 0)
			FAIL("after fault %d: %s", n, mbt_errno_name(errno));
		else
			verb->undo(fd, ret);
	}
	mbt_note("%d faults, %d of them failed the call", n - 1, failed);
	EXPECT_LT(n, MOST);
	EXPECT_GT(failed, 0);
}

#endif

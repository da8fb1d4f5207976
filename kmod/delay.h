/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Delay points: named places between two steps of a protocol where a test
 * can stop a task, so that a race happens on demand.  They exist only in the
 * test build (MBX_TEST); in the module that users load they are no code.
 *
 * Locking: a delay point sleeps, so none stands where a spinlock is held.
 * Called by: the verbs and wait.c, at the places their arguments name.
 */
#ifndef MBX_DELAY_H
#define MBX_DELAY_H

/**
 * enum mbx_delay_point - the places, with the race each one stands for
 * @MBX_DELAY_BEFORE_LOCK_SEND: a send has its message complete, and takes the
 *	mailbox lock next: DESTROY or the last receiver's end comes between
 * @MBX_DELAY_BEFORE_SLEEP: a waiter is in its line, and has not yet looked
 *	whether it is finished: a wake-up that comes now must not be lost
 * @MBX_DELAY_AFTER_SLEEP: a deadline or signal ended a sleep, and the waiter
 *	is still in its line: it may be finished before it has the lock
 * @MBX_DELAY_BEFORE_WAKE: a waiter is READY, and its wake-up has not been
 *	sent: it may have left, returned and exited
 * @MBX_DELAY_WHILE_COPYING: a receiver has a message and has not written it
 *	to user memory: withdrawal, DESTROY, hang-up and new arrivals
 * @MBX_DELAY_BEFORE_PUBLISH: a new mailbox is complete and not yet in the
 *	table of names: somebody else may take the name
 * @MBX_DELAY_BEFORE_ATTACH: an OPEN has found the mailbox, and its handle
 *	does not count yet: the last handle may go
 * @MBX_DELAY_POINTS: how many
 */
enum mbx_delay_point {
	MBX_DELAY_BEFORE_LOCK_SEND,
	MBX_DELAY_BEFORE_SLEEP,
	MBX_DELAY_AFTER_SLEEP,
	MBX_DELAY_BEFORE_WAKE,
	MBX_DELAY_WHILE_COPYING,
	MBX_DELAY_BEFORE_PUBLISH,
	MBX_DELAY_BEFORE_ATTACH,
	MBX_DELAY_POINTS,
};

#ifdef MBX_TEST
#include <linux/jump_label.h>

DECLARE_STATIC_KEY_FALSE(mbx_delay_armed);

void mbx_delay_stop(enum mbx_delay_point point);
void mbx_delay_init(void);
void mbx_delay_exit(void);

/**
 * mbx_delay() - stop here if a test has armed this point
 * @point: which one
 *
 * Context: Sleeps if armed; a patched-out branch if no point is.
 */
static inline void mbx_delay(enum mbx_delay_point point)
{
	if (static_branch_unlikely(&mbx_delay_armed))
		mbx_delay_stop(point);
}

#else
static inline void mbx_delay(enum mbx_delay_point point)
{
}

static inline void mbx_delay_init(void)
{
}

static inline void mbx_delay_exit(void)
{
}
#endif

#endif /* MBX_DELAY_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Delay points: named places between two steps of a protocol where a test
 * can stop a task, so that a race happens on demand.  They exist only in the
 * test build (MBX_TEST); in the module that users load they are no code.
 *
 * Locking: a delay point sleeps, so none stands where a spinlock is held.
 * Called by: the verbs, wait.c, notify.c and proc.c, at the places their arguments
 * name.
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
 * @MBX_DELAY_BEFORE_SIGNAL: a registration was taken for its message, and the
 *	signal has not been sent: the thread may have ended, called exec, or
 *	registered again
 * @MBX_DELAY_WHILE_COPYING: a receiver has a message and has not written it
 *	to user memory: withdrawal, DESTROY, hang-up and new arrivals
 * @MBX_DELAY_WHILE_PEEKING: a peek has found a message and has not written it
 *	to user memory: the message is received, dropped or withdrawn
 * @MBX_DELAY_BEFORE_SERVING: a receiver has looked whether it has served before,
 *	and has dropped the lock: others of its process end what the program
 *	before exec has left
 * @MBX_DELAY_WHILE_SERVING: a receiver has the token of a request, and has not
 *	received it: the caller gives up, or the process closes the handle
 * @MBX_DELAY_BEFORE_REPLY: an answer is complete, and the lock is taken next:
 *	the caller gives up, or somebody else answers
 * @MBX_DELAY_WHILE_ENDING: nobody finds an endpoint any more, and those who wait
 *	at its mailbox have not been told: they give up, or the module goes
 * @MBX_DELAY_WHILE_SEARCHING: a receiver that chooses has looked at as many
 *	messages as one hold of the lock allows, and goes on in the next: others
 *	come and go, and the mailbox ends
 * @MBX_DELAY_BEFORE_PUBLISH: a new mailbox is complete and not yet in the
 *	table of names: somebody else may take the name
 * @MBX_DELAY_BEFORE_ATTACH: an OPEN has found the mailbox, and its handle
 *	does not count yet: the last handle may go
 * @MBX_DELAY_BEFORE_END: a process has died, and what ends with it is taken out
 *	of its list and does not know it: others may use or end it
 * @MBX_DELAY_POINTS: how many
 */
enum mbx_delay_point {
	MBX_DELAY_BEFORE_LOCK_SEND,
	MBX_DELAY_BEFORE_SLEEP,
	MBX_DELAY_AFTER_SLEEP,
	MBX_DELAY_BEFORE_WAKE,
	MBX_DELAY_BEFORE_SIGNAL,
	MBX_DELAY_WHILE_COPYING,
	MBX_DELAY_WHILE_PEEKING,
	MBX_DELAY_BEFORE_SERVING,
	MBX_DELAY_WHILE_SERVING,
	MBX_DELAY_BEFORE_REPLY,
	MBX_DELAY_WHILE_ENDING,
	MBX_DELAY_WHILE_SEARCHING,
	MBX_DELAY_BEFORE_PUBLISH,
	MBX_DELAY_BEFORE_ATTACH,
	MBX_DELAY_BEFORE_END,
	MBX_DELAY_POINTS,
};

#ifdef MBX_TEST
#include <linux/jump_label.h>

DECLARE_STATIC_KEY_FALSE(mbx_delay_armed);

void mbx_delay_stop(enum mbx_delay_point point);
int mbx_delay_init(void);
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

static inline int mbx_delay_init(void)
{
	return 0;
}

static inline void mbx_delay_exit(void)
{
}
#endif

#endif /* MBX_DELAY_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One waiter: a task that sleeps until another one finishes it.
 *
 * This is the only part of the module that calls the scheduler.  It knows no
 * mailbox; who stands in which line, and what a waiter is handed, is box.c's.
 *
 * DOC: The waiting protocol
 *
 * A waiter lies on the stack of its sleeper.  Whoever holds the mailbox lock
 * may take it out of its line and finish it.  From then on the sleeper may
 * return, and the waiter be gone, at any moment.
 *
 *   sleeper                              finisher
 *   -------                              --------
 *   [lock] line up [unlock]
 *   mbx_wait_sleep():                    [lock] take the waiter out of line
 *                                        store result, and what it is handed
 *                                        mbx_wait_finish():
 *   S1 state of task = INTERRUPTIBLE     F1 pin the task
 *   S2 load w->state: READY? return      F2 store w->state = READY
 *   S3 schedule()                        [unlock]
 *   S4 again from S1                     F3 wake the task, F4 unpin it
 *   ended by a signal or the deadline:
 *   [lock] READY? then it is finished
 *   else leave the line [unlock]
 *
 * MBX_WAIT_BARRIER, the pair that makes this work:
 *
 *  - No wake-up is lost.  S1 is a store, S2 a load, and set_current_state()
 *    has a full barrier between them; F2 is a store, and wake_up_process()
 *    has a full barrier before it looks at the state of the task.  So either
 *    S2 sees READY, or F3 sees INTERRUPTIBLE and makes the task run.
 *  - What was handed over is complete.  F2 is a store-release and S2 a
 *    load-acquire: who sees READY sees everything stored before it.
 *  - Nothing is written to a waiter that is gone.  F2 is the last store that
 *    anyone but the sleeper ever makes to it.
 *  - The task to wake is there.  The sleeper may see READY at S2 before F3,
 *    return, and exit.  F1 keeps its task_struct until F4.  (POSIX message
 *    queues had this wrong until 5.13.)
 *  - Nobody is finished twice, or both finished and gone.  Finishing is done
 *    under the mailbox lock, by whoever takes the waiter out of its line; a
 *    sleeper that gives up decides under the same lock, and if it finds
 *    READY then it was finished: a message it was handed is its own, and a
 *    signal or deadline that came at the same moment has come too late.
 *
 * The wake-up is sent after the lock is dropped, so that the task it wakes
 * does not run into it: that is what struct mbx_wakes is for.
 *
 * DOC: The model of the waiting protocol
 *
 * "make model" has spin search tests/model/wait.pml, which is these steps in
 * Promela with the stores of weak machines, and mailbox.pml, which is what
 * line.c does with them; and shows what goes wrong without each guard.
 *
 * Called by: send.c and recv.c (sleep), line.c (finish), box.c (wake).
 */
#ifndef MBX_WAIT_H
#define MBX_WAIT_H

#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/sched/signal.h>
#include <linux/types.h>

/**
 * struct mbx_waiter - a task that sleeps, or is about to
 * @link: in one of the mailbox's lines (protected by the mailbox lock)
 * @task: who sleeps (immutable)
 * @mailbox: the mailbox's number, for tracing only (immutable)
 * @message: the message's id, for tracing only (protected by the mailbox
 *	lock until READY)
 * @what: MBOX_WAIT_* (protected by the mailbox lock until READY)
 * @result: why it was finished: 0 or a negative errno (protected by the
 *	mailbox lock until READY)
 * @state: MBX_WAITING, then MBX_READY for ever (MBX_WAIT_BARRIER)
 */
struct mbx_waiter {
	struct list_head link;
	struct task_struct *task;
	u64 mailbox;
	u64 message;
	u32 what;
	int result;
	int state;
};

/**
 * struct mbx_deadline - until when to wait
 * @at: the time, in the kernel's own clock
 * @clock: CLOCK_MONOTONIC or CLOCK_REALTIME
 * @is_set: false: for ever
 */
struct mbx_deadline {
	ktime_t at;
	clockid_t clock;
	bool is_set;
};

#define MBX_WAKES 32

/**
 * struct mbx_wakes - tasks to be woken once the lock is dropped
 * @n: how many
 * @task: which, each pinned
 */
struct mbx_wakes {
	unsigned int n;
	struct task_struct *task[MBX_WAKES];
};

int mbx_deadline_parse(struct mbx_deadline *d, u64 ns, bool realtime);
bool mbx_deadline_has_passed(const struct mbx_deadline *d);
u64 mbx_deadline_monotonic(const struct mbx_deadline *d);
void mbx_waiter_init(struct mbx_waiter *w, u32 what, u64 mailbox);
bool mbx_waiter_is_ready(const struct mbx_waiter *w);
int mbx_wait_sleep(struct mbx_waiter *w, const struct mbx_deadline *d);
void mbx_wait_finish(struct mbx_waiter *w, int result, struct mbx_wakes *wakes);
void mbx_wakes_send(struct mbx_wakes *wakes);

/**
 * mbx_deadline_set() - a deadline as user space gives it
 * @d: where to
 * @ns: absolute time, or 0: none
 * @realtime: on CLOCK_REALTIME rather than CLOCK_MONOTONIC
 *
 * Return: 0, or -EINVAL for a time no clock can reach or a clock without a
 * time.
 */
static inline int mbx_deadline_set(struct mbx_deadline *d, u64 ns,
				   bool realtime)
{
	d->is_set = false;
	if (likely(!ns && !realtime))
		return 0;
	return mbx_deadline_parse(d, ns, realtime);
}

/**
 * mbx_is_killed() - whether the current task is to end, whatever it does
 *
 * Return: true if it is.
 */
static inline bool mbx_is_killed(void)
{
	/* A signal that comes just now is seen at the next look, or the end. */
	return data_race(fatal_signal_pending(current));
}

#endif /* MBX_WAIT_H */

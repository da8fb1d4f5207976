// SPDX-License-Identifier: GPL-2.0-only
/*
 * One waiter: sleeping, finishing, waking.  The argument is in wait.h.
 *
 * Locking: takes none.  mbx_wait_finish() is called with the lock of the
 * mailbox held, mbx_wait_sleep() and mbx_wakes_send() without.
 */
#include <linux/hrtimer.h>
#include <linux/nsproxy.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/time_namespace.h>

#include "delay.h"
#include "trace.h"
#include "wait.h"

enum {
	MBX_WAITING,
	MBX_READY,
};

/**
 * mbx_deadline_parse() - mbx_deadline_set() where there is something to set
 * @d: where to
 * @ns: absolute time, or 0
 * @realtime: on CLOCK_REALTIME rather than CLOCK_MONOTONIC
 *
 * Time namespaces move the monotonic clock and not the real-time one.
 *
 * Return: see there.
 */
int mbx_deadline_parse(struct mbx_deadline *d, u64 ns, bool realtime)
{
	if (!ns || ns > KTIME_MAX)
		return -EINVAL;
	d->is_set = true;
	d->at = ns;
	d->clock = realtime ? CLOCK_REALTIME : CLOCK_MONOTONIC;
	if (!realtime) {
		struct timespec64 ts = {};
		ktime_t offset;

		timens_add_monotonic(&ts);
		offset = timespec64_to_ktime(ts);
		if (offset < 0 && d->at > KTIME_MAX + offset)
			d->at = KTIME_MAX;
		else
			d->at -= offset;
		/* 0 is special to the timer, and is as past as 1. */
		if (d->at < 1)
			d->at = 1;
	}
	return 0;
}

static ktime_t mbx_deadline_now(const struct mbx_deadline *d)
{
	return d->clock == CLOCK_REALTIME ? ktime_get_real() : ktime_get();
}

/**
 * mbx_deadline_has_passed() - whether it is too late
 * @d: the deadline
 *
 * Return: true if there is a deadline, and it is not in the future.
 */
bool mbx_deadline_has_passed(const struct mbx_deadline *d)
{
	return d->is_set && d->at <= mbx_deadline_now(d);
}

/**
 * mbx_deadline_monotonic() - a deadline on the kernel's CLOCK_MONOTONIC
 * @d: the deadline
 *
 * One on CLOCK_REALTIME is what it is by the clocks of now.
 *
 * Return: ns, or 0: none.
 */
u64 mbx_deadline_monotonic(const struct mbx_deadline *d)
{
	s64 at = d->at;

	if (!d->is_set)
		return 0;
	if (d->clock == CLOCK_REALTIME)
		at = ktime_get() + (d->at - ktime_get_real());
	return max_t(s64, at, 1);
}

/**
 * mbx_waiter_init() - a waiter of the current task
 * @w: the waiter, on its stack
 * @what: MBOX_WAIT_*
 * @mailbox: number of the mailbox, for tracing
 */
void mbx_waiter_init(struct mbx_waiter *w, u32 what, u64 mailbox)
{
	w->task = current;
	w->mailbox = mailbox;
	w->message = 0;
	w->what = what;
	w->result = 0;
	w->state = MBX_WAITING;
}

/**
 * mbx_waiter_is_ready() - whether a waiter was finished
 * @w: one's own waiter
 *
 * Without the mailbox lock a false answer may be old.
 *
 * Return: true if it was; then what it was handed can be read.
 */
bool mbx_waiter_is_ready(const struct mbx_waiter *w)
{
	/* MBX_WAIT_BARRIER, S2 */
	return smp_load_acquire(&w->state) == MBX_READY;
}

/**
 * mbx_wait_sleep() - sleep until finished, deadline or signal
 * @w: one's own waiter, in its line
 * @d: until when
 *
 * Context: Sleeps, interruptibly.  No lock is held.
 * Return: 0 if finished; -ETIMEDOUT or -ERESTARTSYS if not, as far as could
 * be seen without the lock: ask mbx_waiter_is_ready() again under it.
 */
int mbx_wait_sleep(struct mbx_waiter *w, const struct mbx_deadline *d)
{
	ktime_t at = d->at;
	int err = 0;

	mbx_delay(MBX_DELAY_BEFORE_SLEEP);
	for (;;) {
		/* MBX_WAIT_BARRIER, S1 */
		set_current_state(TASK_INTERRUPTIBLE);
		if (mbx_waiter_is_ready(w)) {
			err = 0;
			break;
		}
		if (err)
			break;
		if (signal_pending(current)) {
			err = -ERESTARTSYS;
			break;
		}
		if (!d->is_set)
			schedule();
		else if (!schedule_hrtimeout_range_clock(
				 &at, current->timer_slack_ns, HRTIMER_MODE_ABS,
				 d->clock))
			err = -ETIMEDOUT;
	}
	__set_current_state(TASK_RUNNING);
	if (err)
		mbx_delay(MBX_DELAY_AFTER_SLEEP);
	return err;
}

/**
 * mbx_wait_finish() - finish a waiter
 * @w: the waiter, already out of its line
 * @result: 0 or a negative errno
 * @wakes: collects the wake-up
 *
 * Nobody but its sleeper may touch @w after this.
 *
 * Context: The lock of its mailbox is held.
 */
void mbx_wait_finish(struct mbx_waiter *w, int result, struct mbx_wakes *wakes)
{
	struct task_struct *task = w->task;

	/* Whoever finishes many looks at mbx_work_is_full() in between. */
	if (WARN_ON_ONCE(wakes->n == MBX_WAKES)) {
		struct task_struct *early = wakes->task[--wakes->n];

		wake_up_process(early);
		put_task_struct(early);
	}
	w->result = result;
	trace_mbox_wake(w);
	/* MBX_WAIT_BARRIER, F1 */
	wakes->task[wakes->n++] = get_task_struct(task);
	/* MBX_WAIT_BARRIER, F2 */
	smp_store_release(&w->state, MBX_READY);
}

/**
 * mbx_wakes_send() - send the wake-ups that were collected
 * @wakes: the wake-ups; empty afterwards
 *
 * Context: No lock is held.
 */
void mbx_wakes_send(struct mbx_wakes *wakes)
{
	unsigned int i;

	if (!wakes->n)
		return;
	mbx_delay(MBX_DELAY_BEFORE_WAKE);
	for (i = 0; i < wakes->n; i++) {
		/* MBX_WAIT_BARRIER, F3 and F4 */
		wake_up_process(wakes->task[i]);
		put_task_struct(wakes->task[i]);
	}
	wakes->n = 0;
}

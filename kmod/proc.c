// SPDX-License-Identifier: GPL-2.0-only
/*
 * Processes: taking stamps, and showing ids and times to the current task in
 * its own namespaces.
 *
 * Locking: none.  A struct pid is pinned by its reference count.
 */
#include <linux/cred.h>
#include <linux/nsproxy.h>
#include <linux/sched/signal.h>
#include <linux/time_namespace.h>

#include "proc.h"

static void mbx_stamp_pin(struct mbx_stamp *stamp)
{
	get_pid(stamp->process);
	/* Most processes have one thread; it costs no second reference. */
	if (stamp->thread != stamp->process)
		get_pid(stamp->thread);
}

/**
 * mbx_stamp_current() - take the stamp of the current thread
 * @stamp: where to; give it back with mbx_stamp_put()
 */
void mbx_stamp_current(struct mbx_stamp *stamp)
{
	const struct cred *cred = current_cred();

	stamp->process = task_tgid(current);
	stamp->thread = task_pid(current);
	stamp->start_time = current->group_leader->start_boottime;
	stamp->uid = cred->euid;
	stamp->gid = cred->egid;
	mbx_stamp_pin(stamp);
}

/**
 * mbx_stamp_copy() - copy a stamp
 * @to: where to; give it back with mbx_stamp_put()
 * @from: which
 */
void mbx_stamp_copy(struct mbx_stamp *to, const struct mbx_stamp *from)
{
	*to = *from;
	mbx_stamp_pin(to);
}

/**
 * mbx_stamp_put() - give a stamp back
 * @stamp: which
 *
 * Context: Any.
 */
void mbx_stamp_put(struct mbx_stamp *stamp)
{
	if (stamp->thread != stamp->process)
		put_pid(stamp->thread);
	put_pid(stamp->process);
}

/**
 * mbx_uid_shown() - a user id as the current task sees it
 * @uid: the id
 *
 * Return: its value, or the overflow id if it has none there.
 */
u32 mbx_uid_shown(kuid_t uid)
{
	return from_kuid_munged(current_user_ns(), uid);
}

/**
 * mbx_gid_shown() - a group id as the current task sees it
 * @gid: the id
 *
 * Return: its value, or the overflow id if it has none there.
 */
u32 mbx_gid_shown(kgid_t gid)
{
	return from_kgid_munged(current_user_ns(), gid);
}

/**
 * mbx_boottime_shown() - a time of CLOCK_BOOTTIME as the current task sees it
 * @ns: the kernel's time
 *
 * Return: the time in the task's time namespace.
 */
u64 mbx_boottime_shown(u64 ns)
{
	return timens_add_boottime_ns(ns);
}

/**
 * mbx_monotonic_shown() - a time of CLOCK_MONOTONIC as the current task sees it
 * @ns: the kernel's time, or 0: none
 *
 * Return: the time in the task's time namespace, or 0.
 */
u64 mbx_monotonic_shown(u64 ns)
{
	struct timespec64 ts;

	if (!ns)
		return 0;
	ts = ns_to_timespec64(ns);
	timens_add_monotonic(&ts);
	return timespec64_to_ns(&ts);
}

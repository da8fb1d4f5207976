/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Processes, as messages name them: the stamp of a sender.
 *
 * A stamp is taken from the task that acts, is not to be forged, and is
 * translated only when it is shown, for the namespaces of whom it is shown.
 *
 * Locking: none; a stamp does not change after it was taken.
 * Called by: msg.c, handle.c (the opener's, for plain write), stat.c.
 */
#ifndef MBX_PROC_H
#define MBX_PROC_H

#include <linux/cred.h>
#include <linux/nsproxy.h>
#include <linux/pid.h>
#include <linux/sched/signal.h>
#include <linux/time_namespace.h>
#include <linux/types.h>
#include <linux/uidgid.h>
#include <linux/user_namespace.h>

/**
 * struct mbx_stamp - who sent a message
 * @process: its process (a reference)
 * @thread: its thread (a reference, unless it is @process itself)
 * @start_time: when the process started, ns of CLOCK_BOOTTIME
 * @uid: effective user id
 * @gid: effective group id
 */
struct mbx_stamp {
	struct pid *process;
	struct pid *thread;
	u64 start_time;
	kuid_t uid;
	kgid_t gid;
};

static inline void mbx_stamp_pin(struct mbx_stamp *stamp)
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
static inline void mbx_stamp_current(struct mbx_stamp *stamp)
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
static inline void mbx_stamp_copy(struct mbx_stamp *to,
				  const struct mbx_stamp *from)
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
static inline void mbx_stamp_put(struct mbx_stamp *stamp)
{
	if (stamp->thread != stamp->process)
		put_pid(stamp->thread);
	put_pid(stamp->process);
}

/**
 * mbx_pid_shown() - a process or thread as the current task sees it
 * @pid: which
 *
 * Return: its number, or 0 if it cannot be seen.
 */
static inline pid_t mbx_pid_shown(struct pid *pid)
{
	return pid_nr_ns(pid, ns_of_pid(task_pid(current)));
}

/**
 * mbx_uid_shown() - a user id as the current task sees it
 * @uid: the id
 *
 * In the first user namespace an id is its own name.
 *
 * Return: its value, or the overflow id if it has none there.
 */
static inline u32 mbx_uid_shown(kuid_t uid)
{
	struct user_namespace *ns = current_user_ns();

	return likely(ns == &init_user_ns) ? __kuid_val(uid) :
					     from_kuid_munged(ns, uid);
}

/**
 * mbx_gid_shown() - a group id as the current task sees it
 * @gid: the id
 *
 * Return: its value, or the overflow id if it has none there.
 */
static inline u32 mbx_gid_shown(kgid_t gid)
{
	struct user_namespace *ns = current_user_ns();

	return likely(ns == &init_user_ns) ? __kgid_val(gid) :
					     from_kgid_munged(ns, gid);
}

/**
 * mbx_boottime_shown() - a time of CLOCK_BOOTTIME as the current task sees it
 * @ns: the kernel's time
 *
 * Return: the time in the task's time namespace.
 */
static inline u64 mbx_boottime_shown(u64 ns)
{
	return timens_add_boottime_ns(ns);
}

/**
 * mbx_monotonic_shown() - a time of CLOCK_MONOTONIC as the current task sees it
 * @ns: the kernel's time, or 0: none
 *
 * Return: the time in the task's time namespace, or 0.
 */
static inline u64 mbx_monotonic_shown(u64 ns)
{
	struct timespec64 ts;

	if (!ns)
		return 0;
	ts = ns_to_timespec64(ns);
	timens_add_monotonic(&ts);
	return timespec64_to_ns(&ts);
}

#endif /* MBX_PROC_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Processes, as messages name them: the stamp of a sender; and the death of
 * one, which something else may end with.
 *
 * A stamp is taken from the task that acts, is not to be forged, and is
 * translated only when it is shown, for the namespaces of whom it is shown.
 *
 * Locking: none for a stamp, which does not change after it was taken.  For
 * deaths see proc.c.
 * Called by: msg.c, handle.c (the opener's, for plain write), stat.c; owner.c,
 * box.c, endpoint.c and server.c (deaths); table.c, main.c (unload).
 */
#ifndef MBX_PROC_H
#define MBX_PROC_H

#include <linux/bug.h>
#include <linux/cred.h>
#include <linux/list.h>
#include <linux/nsproxy.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/refcount.h>
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

struct mbx_process;

/**
 * struct mbx_death - what ends with a process; part of a larger structure
 * @link: in the list of its process; empty: not watched, or no longer
 *	(protected by mbx_processes_lock, proc.c)
 * @process: its process, while @link is not empty (likewise)
 * @end: called once, when it is not watched any more (immutable).  @has_died:
 *	because the process has died; then it is a work that calls
 */
struct mbx_death {
	struct list_head link;
	struct mbx_process *process;
	void (*end)(struct mbx_death *death, bool has_died);
};

bool mbx_has_died(struct pid *pid);
int mbx_death_watch(struct mbx_death *death, struct pid *pid);
void mbx_death_unwatch(struct mbx_death *death);
void mbx_death_flush(void);

int mbx_proc_init(void);
void mbx_proc_exit(void);

/**
 * mbx_death_init() - what may be watched later
 * @death: it
 *
 * Whoever watches it sets @end before.
 */
static inline void mbx_death_init(struct mbx_death *death)
{
	INIT_LIST_HEAD(&death->link);
}

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
 * mbx_stamp_is_same() - whether two stamps are of the same thread
 * @a: a stamp
 * @b: another
 *
 * Return: true if so.
 */
static inline bool mbx_stamp_is_same(const struct mbx_stamp *a,
				     const struct mbx_stamp *b)
{
	return a->process == b->process && a->thread == b->thread;
}

/**
 * mbx_stamp_pin_more() - what copies of a stamp hold
 * @stamp: which
 * @n: how many copies are made of it, each to be given back
 */
static inline void mbx_stamp_pin_more(const struct mbx_stamp *stamp, int n)
{
	refcount_add(n, &stamp->process->count);
	if (stamp->thread != stamp->process)
		refcount_add(n, &stamp->thread->count);
}

static inline void mbx_pid_put_some(struct pid *pid, int n)
{
	/* The one that may be the last reference goes alone. */
	WARN_ON_ONCE(refcount_sub_and_test(n - 1, &pid->count));
	put_pid(pid);
}

/**
 * mbx_stamp_put_some() - mbx_stamp_put() for stamps that are the same
 * @stamp: one of them
 * @n: how many, at least 1
 *
 * Context: Any.
 */
static inline void mbx_stamp_put_some(const struct mbx_stamp *stamp, int n)
{
	if (stamp->thread != stamp->process)
		mbx_pid_put_some(stamp->thread, n);
	mbx_pid_put_some(stamp->process, n);
}

/**
 * mbx_pid_shown() - a process or thread as the current task sees it
 * @pid: which
 *
 * In the first pid namespace all can be seen.
 *
 * Return: its number, or 0 if it cannot be seen.
 */
static inline pid_t mbx_pid_shown(struct pid *pid)
{
	struct pid_namespace *ns = ns_of_pid(task_pid(current));

	return likely(ns == &init_pid_ns) ? pid_nr(pid) : pid_nr_ns(pid, ns);
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

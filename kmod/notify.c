// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who is told by a signal: SIGIO and NOTIFY.  Why it is right is argued in
 * notify.h.
 *
 * Locking: the lock of a list of pollers is taken here, alone or under the
 * mailbox lock.  What is called with the mailbox lock held says so.
 */
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>
#include <linux/user_namespace.h>

#include "delay.h"
#include "notify.h"
#include "proc.h"

static int mbx_stand_in(struct wait_queue_entry *entry, unsigned int mode,
			int flags, void *key)
{
	return 0;
}

static void mbx_async_init(struct mbx_async *async,
			   struct wait_queue_head *pollers)
{
	async->pollers = pollers;
	async->files = NULL;
	async->wanted = 0;
	init_waitqueue_func_entry(&async->stand_in, mbx_stand_in);
}

/**
 * mbx_told_init() - nobody is to be told yet
 * @told: where to
 * @readable: who polls for messages
 * @writable: who polls for room
 */
void mbx_told_init(struct mbx_told *told, struct wait_queue_head *readable,
		   struct wait_queue_head *writable)
{
	mbx_async_init(&told->in, readable);
	mbx_async_init(&told->out, writable);
	told->thread = NULL;
}

/* One more, unless there are @most.  Returns false if there are. */
static bool mbx_async_get(struct mbx_async *async, unsigned int most)
{
	bool has_room;

	spin_lock_irq(&async->pollers->lock);
	has_room = async->wanted < most;
	if (has_room && !async->wanted++)
		__add_wait_queue(async->pollers, &async->stand_in);
	spin_unlock_irq(&async->pollers->lock);
	return has_room;
}

static void mbx_async_put(struct mbx_async *async)
{
	spin_lock_irq(&async->pollers->lock);
	if (!--async->wanted)
		__remove_wait_queue(async->pollers, &async->stand_in);
	spin_unlock_irq(&async->pollers->lock);
}

/**
 * mbx_async_set() - a file gets O_ASYNC, or loses it
 * @async: the side it is on
 * @fd: number of its descriptor, for the signal to tell
 * @file: the file
 * @on: which of the two
 *
 * Context: May sleep.
 * Return: 0 or more; -EDQUOT if there are too many; -ENOMEM.
 */
int mbx_async_set(struct mbx_async *async, int fd, struct file *file, int on)
{
	int changed;

	if (on && !mbx_async_get(async, MBX_ASYNC_FILES))
		return -EDQUOT;
	/* More than 0 if it was not yet in the list, or is no longer. */
	changed = fasync_helper(fd, file, on, &async->files);
	if (on ? changed <= 0 : changed > 0)
		mbx_async_put(async);
	return changed;
}

/**
 * mbx_async_tell() - send SIGIO, or what F_SETSIG says, for every file
 * @async: the side
 * @reason: POLL_IN, POLL_OUT or POLL_HUP
 *
 * Context: No lock is held.
 */
void mbx_async_tell(struct mbx_async *async, int reason)
{
	kill_fasync(&async->files, SIGIO, reason);
}

/*
 * The thread that has registered, as it was then.  NULL if it has ended, or is
 * another program now.  The caller holds rcu_read_lock().
 */
static struct task_struct *mbx_registered(struct pid *thread, u64 exec_id)
{
	struct task_struct *task = pid_task(thread, PIDTYPE_PID);

	if (!task || (READ_ONCE(task->flags) & PF_EXITING) ||
	    READ_ONCE(task->self_exec_id) != exec_id)
		return NULL;
	return task;
}

static bool mbx_is_registered(const struct mbx_told *told)
{
	bool is_registered;

	if (!told->thread)
		return false;
	rcu_read_lock();
	is_registered = mbx_registered(told->thread, told->exec_id);
	rcu_read_unlock();
	return is_registered;
}

/**
 * mbx_told_register() - register the current thread
 * @told: where to
 * @handle: through which handle
 * @signo: signal number
 * @value: goes with it
 * @old: who was registered before, for the caller to put_pid(): the current
 *	thread, or one that has ended or is another program now; or NULL
 *
 * Context: The mailbox lock is held.
 * Return: 0, or -EBUSY if another thread has registered.
 */
int mbx_told_register(struct mbx_told *told, const void *handle, u32 signo,
		      u64 value, struct pid **old)
{
	*old = NULL;
	if (told->thread != task_pid(current) && mbx_is_registered(told))
		return -EBUSY;
	*old = told->thread;
	WRITE_ONCE(told->thread, get_pid(task_pid(current)));
	told->handle = handle;
	told->exec_id = current->self_exec_id;
	told->value = value;
	told->signo = signo;
	if (!*old)
		mbx_async_get(&told->in, UINT_MAX);
	return 0;
}

/**
 * mbx_told_forget() - end the registration, whosever it is
 * @told: where
 *
 * Context: The mailbox lock is held.
 * Return: the thread, for the caller to put_pid(), or NULL.
 */
struct pid *mbx_told_forget(struct mbx_told *told)
{
	struct pid *thread = told->thread;

	if (thread) {
		WRITE_ONCE(told->thread, NULL);
		mbx_async_put(&told->in);
	}
	return thread;
}

/**
 * mbx_told_forget_own() - end the registration, if it is the current thread's
 * @told: where
 *
 * Context: The mailbox lock is held.
 * Return: the thread, for the caller to put_pid(), or NULL.
 */
struct pid *mbx_told_forget_own(struct mbx_told *told)
{
	if (told->thread != task_pid(current))
		return NULL;
	return mbx_told_forget(told);
}

/**
 * mbx_told_forget_process() - the current process closes a descriptor
 * @told: where
 * @handle: of this handle
 *
 * Ends the registration if it was made through that handle by a thread of the
 * process, or by one that is no more.
 *
 * Context: The mailbox lock is held.
 * Return: the thread, for the caller to put_pid(), or NULL.
 */
struct pid *mbx_told_forget_process(struct mbx_told *told, const void *handle)
{
	struct task_struct *task;
	bool is_others;

	if (!told->thread || told->handle != handle)
		return NULL;
	rcu_read_lock();
	task = mbx_registered(told->thread, told->exec_id);
	is_others = task && !same_thread_group(task, current);
	rcu_read_unlock();
	return is_others ? NULL : mbx_told_forget(told);
}

/**
 * mbx_told_take() - a message has come: the registration becomes a signal
 * @told: where; somebody has registered
 * @sender: of the message
 * @signal: where to; for the caller to send
 *
 * Context: The mailbox lock is held.
 */
void mbx_told_take(struct mbx_told *told, const struct mbx_stamp *sender,
		   struct mbx_signal *signal)
{
	signal->exec_id = told->exec_id;
	signal->value = told->value;
	signal->signo = told->signo;
	signal->pid = pid_nr_ns(sender->process, ns_of_pid(told->thread));
	signal->uid = sender->uid;
	signal->thread = mbx_told_forget(told);
}

/**
 * mbx_signal_send() - send the signal of a registration
 * @signal: the signal; ends with this
 *
 * What is known of the sender is what RECV will say of the message.  The kernel
 * translates si_uid from the current task's user namespace to the receiver's;
 * an id that the first does not have must stay none on that way.  Where the
 * receiver does not see the current task, the kernel takes si_pid away.
 *
 * If the receiver has too many signals pending, a real-time one is lost and
 * another one comes without its value, as with mq_notify().
 *
 * Context: No lock is held.  May sleep.
 */
void mbx_signal_send(struct mbx_signal *signal)
{
	struct user_namespace *ns = current_user_ns();
	struct kernel_siginfo info;
	struct task_struct *task;

	mbx_delay(MBX_DELAY_BEFORE_SIGNAL);
	clear_siginfo(&info);
	info.si_signo = signal->signo;
	info.si_code = SI_MESGQ;
	info.si_pid = signal->pid;
	info.si_value.sival_ptr = u64_to_user_ptr(signal->value);
	rcu_read_lock();
	task = mbx_registered(signal->thread, signal->exec_id);
	if (task) {
		info.si_uid = task_cred_xxx(task, user_ns) == ns ?
				      from_kuid_munged(ns, signal->uid) :
				      from_kuid(ns, signal->uid);
		send_sig_info(signal->signo, &info, task);
	}
	rcu_read_unlock();
	put_pid(signal->thread);
}

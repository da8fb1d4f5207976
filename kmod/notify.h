/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who is told by a signal: the files that have O_ASYNC (SIGIO), and the one
 * thread that has asked with NOTIFY.
 *
 * DOC: A signal costs nothing where nobody wants one
 *
 * A mailbox has two lists of pollers, and tests them for each message anyway.
 * Where somebody is to be told by a signal, a stand-in that does nothing
 * stands in the list, so that the same test is true, and what comes after it
 * sends the signals too.  The barrier of mbx_is_polled() is thus that of
 * signals: who asks and then looks at the mailbox misses nothing.
 *
 * DOC: SIGIO
 *
 * The kernel's own lists of files with O_ASYNC, one beside each list of
 * pollers.  A file is in at most one: a handle that can receive is told of
 * messages, one that can only send is told of room.  All that such a file
 * causes is done for each message, so there is a limit to how many there are.
 *
 * DOC: NOTIFY
 *
 * One thread has registered for one signal (C29).  It is sent when a message
 * comes into the queue and is alone there: so nobody waits who can have it, and
 * a RECV before would have found nothing.  Registration and arrival are ordered
 * by the mailbox lock: what was there before is found by who looks
 * after it has registered, and what comes later finds the registration.
 *
 * The signal is its receiver's own wish, and needs no permission of the
 * sender's: only the thread itself can register it, and it is not sent to what
 * the thread has become by exec, which may be privileged and knows nothing of
 * it; an exec between that look and the signal is not seen, as with
 * mq_notify(3).  A thread that has ended gets nothing and holds nothing but a
 * struct pid.
 *
 * Locking: struct mbx_async has the lock of its list of pollers; the rest of
 * struct mbx_told is protected by the mailbox lock.
 * Called by: box.c, line.c, handle.c, async.c.
 */
#ifndef MBX_NOTIFY_H
#define MBX_NOTIFY_H

#include <linux/fs.h>
#include <linux/types.h>
#include <linux/uidgid.h>
#include <linux/wait.h>

struct mbx_stamp;
struct pid;

/* Most files with O_ASYNC on each side of a mailbox. */
#define MBX_ASYNC_FILES 1024

/**
 * struct mbx_async - those on one side of a mailbox who are told by a signal
 * @pollers: the list of pollers on that side (immutable)
 * @files: files with O_ASYNC (the VFS has locks for it)
 * @stand_in: in @pollers while @wanted is not 0 (protected by the lock of
 *	@pollers)
 * @wanted: files in @files or about to be, and the registration (likewise)
 */
struct mbx_async {
	struct wait_queue_head *pollers;
	struct fasync_struct *files;
	struct wait_queue_entry stand_in;
	unsigned int wanted;
};

/**
 * struct mbx_told - all who are told by a signal, of one mailbox
 * @in: told of messages
 * @out: told of room
 * @thread: who has registered (a reference), or NULL: nobody, and then what
 *	follows means nothing; mbx_closing() looks whether it is NULL without the
 *	lock
 * @handle: through which handle
 * @exec_id: its self_exec_id then
 * @value: goes with the signal
 * @signo: which signal
 */
struct mbx_told {
	struct mbx_async in;
	struct mbx_async out;
	struct pid *thread;
	const void *handle;
	u64 exec_id;
	u64 value;
	u32 signo;
};

/**
 * struct mbx_signal - the signal of a registration, on its way
 * @thread: who gets it (a reference)
 * @exec_id: its self_exec_id when it registered
 * @value: goes with it
 * @signo: which signal
 * @pid: the sender's process, as @thread sees it
 * @uid: the sender's effective user id
 */
struct mbx_signal {
	struct pid *thread;
	u64 exec_id;
	u64 value;
	u32 signo;
	pid_t pid;
	kuid_t uid;
};

void mbx_told_init(struct mbx_told *told, struct wait_queue_head *readable,
		   struct wait_queue_head *writable);
int mbx_async_set(struct mbx_async *async, int fd, struct file *file, int on);
void mbx_async_tell(struct mbx_async *async, int reason);

int mbx_told_register(struct mbx_told *told, const void *handle, u32 signo,
		      u64 value, struct pid **old);
struct pid *mbx_told_forget(struct mbx_told *told);
struct pid *mbx_told_forget_own(struct mbx_told *told);
struct pid *mbx_told_forget_process(struct mbx_told *told, const void *handle);
void mbx_told_take(struct mbx_told *told, const struct mbx_stamp *sender,
		   struct mbx_signal *signal);
void mbx_signal_send(struct mbx_signal *signal);

#endif /* MBX_NOTIFY_H */

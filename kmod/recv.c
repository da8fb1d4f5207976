// SPDX-License-Identifier: GPL-2.0-only
/*
 * RECV and read(): a message on its way out of a mailbox.
 *
 * Three steps: take a message under the lock, or wait until one is handed
 * over; copy it to user memory without the lock; finish under the lock, or
 * give it back.  Until the end of the third, nothing has happened (C11).
 *
 * Locking: mbx_box.lock, by mbx_box_lock().
 * Called by: chardev.c.
 */
#include <linux/err.h>
#include <linux/sched/signal.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/uio.h>

#include "compat.h"
#include "delay.h"
#include "handle.h"
#include "line.h"
#include "verbs.h"

/* Wait until a message is handed over: 0 with @r->msg.  Drops the lock. */
static noinline int mbx_await(struct mbx_box *box, struct mbx_receiver *r,
			      const struct mbx_deadline *deadline)
	__releases(&box->lock)
{
	struct mbx_work work = {};
	int err;

	mbx_waiter_init(&r->waiter, MBOX_WAIT_RECV, box->id);
	mbx_box_line_up_receiver(box, r, &work);
	mbx_box_unlock(box, &work);

	err = mbx_wait_sleep(&r->waiter, deadline);
	if (err) {
		mbx_box_lock(box, &work);
		if (mbx_waiter_is_ready(&r->waiter))
			err = 0;
		else
			mbx_box_give_up_receiver(box, r);
		mbx_box_unlock(box, &work);
	}
	return err ?: r->waiter.result;
}

/* Take a message, waiting for one if that is wanted: 0 with @r->msg. */
static __always_inline int mbx_fetch(struct mbx_box *box,
				     struct mbx_receiver *r, bool nowait,
				     const struct mbx_deadline *deadline)
{
	int err;

	spin_lock(&box->lock);
	err = mbx_box_take(box, r);
	if (err == -EAGAIN && !nowait)
		return mbx_await(box, r, deadline);
	spin_unlock(&box->lock);
	return err;
}

/* Tell what there is to a message besides its bytes, as the caller sees it. */
static __always_inline int mbx_describe(struct mbox_recv __user *out,
					const struct mbx_msg *msg, u64 drops)
{
	const struct mbx_stamp *stamp = &msg->stamp;
	pid_t pid = mbx_pid_shown(stamp->process);
	pid_t tid = likely(stamp->thread == stamp->process) ?
			    pid :
			    mbx_pid_shown(stamp->thread);
	u64 start_time = mbx_boottime_shown(stamp->start_time);
	u64 sent_time = mbx_monotonic_shown(msg->sent_time);
	u32 uid = mbx_uid_shown(stamp->uid);
	u32 gid = mbx_gid_shown(stamp->gid);

	if (!user_access_begin(out, sizeof(*out)))
		return -EFAULT;
	unsafe_put_user(msg->id, &out->id, err_end);
	unsafe_put_user(msg->tag, &out->tag, err_end);
	unsafe_put_user(start_time, &out->start_time, err_end);
	unsafe_put_user(sent_time, &out->sent_time, err_end);
	unsafe_put_user(drops, &out->drops, err_end);
	unsafe_put_user(msg->len, &out->msg_len, err_end);
	unsafe_put_user(msg->priority, &out->priority, err_end);
	unsafe_put_user(pid, &out->pid, err_end);
	unsafe_put_user(tid, &out->tid, err_end);
	unsafe_put_user(uid, &out->uid, err_end);
	unsafe_put_user(gid, &out->gid, err_end);
	user_access_end();
	return 0;

err_end:
	user_access_end();
	return -EFAULT;
}

static __always_inline int mbx_deliver(const struct mbx_receiver *r,
				       const struct mbox_recv *a,
				       struct mbox_recv __user *out,
				       struct iov_iter *iter)
{
	u32 len = min(r->msg->len, a->len);
	int err;

	mbx_delay(MBX_DELAY_WHILE_COPYING);
	if (unlikely(iter))
		return mbx_msg_copy_iter(r->msg, iter, len);
	err = mbx_msg_copy(r->msg, u64_to_user_ptr(a->data), len);
	return err ?: mbx_describe(out, r->msg, r->drops);
}

/*
 * The third step.  Returns @err, or -EIDRM if the mailbox died meanwhile, or
 * -EAGAIN if the message was withdrawn, and another one must be fetched.
 *
 * A receiver that is killed while it copies has received: its memory may be
 * gone, and the message must not wait for a copy that cannot happen.
 */
static __always_inline int mbx_settle(struct mbx_box *box,
				      struct mbx_receiver *r, int err)
{
	bool has_received = likely(!err) || fatal_signal_pending(current);
	struct mbx_msg *msg = r->msg;
	struct mbx_work work MBX_UNINIT;

again:
	mbx_box_lock(box, &work);
	if (unlikely(box->is_dead)) {
		mbx_box_forsake(box, r, &work);
		err = -EIDRM;
	} else if (unlikely(msg->where == MBX_MSG_WITHDRAWN)) {
		err = -EAGAIN;
	} else if (has_received) {
		mbx_box_finish(box, r, &work);
	} else if (mbx_box_give_back(box, msg, &work)) {
		msg = NULL;
	} else {
		mbx_box_unlock(box, &work);
		goto again;
	}
	mbx_box_unlock(box, &work);
	if (likely(msg))
		mbx_msg_drop(msg);
	return err;
}

/*
 * With -EMSGSIZE, @needed is how long the message is.  Inline, so that the
 * ioctl has no code for an iterator, which read() alone has.
 */
static __always_inline int mbx_do_recv(struct mbx_handle *h,
				       const struct mbox_recv *a,
				       struct mbox_recv __user *out,
				       struct iov_iter *iter, bool nowait,
				       u32 *needed)
{
	struct mbx_deadline deadline MBX_UNINIT;
	struct mbx_receiver r MBX_UNINIT;
	struct iov_iter start MBX_UNINIT;
	int err;

	err = mbx_deadline_set(&deadline, a->deadline,
			       a->flags & MBOX_REALTIME);
	if (unlikely(err))
		return err;
	if (iter)
		start = *iter;
	r.end = &h->end;
	r.room = a->len;
	r.truncates = a->flags & MBOX_TRUNCATE;
	for (;;) {
		err = mbx_fetch(h->box, &r, nowait, &deadline);
		if (unlikely(err)) {
			*needed = err == -EMSGSIZE ? r.needed : 0;
			return err;
		}
		err = mbx_settle(h->box, &r, mbx_deliver(&r, a, out, iter));
		if (likely(err != -EAGAIN))
			return err;
		if (iter)
			*iter = start;
	}
}

/**
 * mbx_recv() - MBOX_IOC_RECV
 * @h: the handle
 * @args: what is asked for
 * @out: where results go
 * @nowait: the file is non-blocking
 *
 * Return: 0 or the errors of RECV.
 */
long mbx_recv(struct mbx_handle *h, const struct mbox_recv *args,
	      struct mbox_recv __user *out, bool nowait)
{
	u32 needed MBX_UNINIT;
	int err;

	if (!(READ_ONCE(h->rights) & MBOX_RIGHT_RECV))
		return -EBADF;
	if ((args->flags & ~MBX_RECV_FLAGS) || args->__reserved0 ||
	    (args->__reserved[0] | args->__reserved[1] | args->__reserved[2] |
	     args->__reserved[3]))
		return -EINVAL;
	err = mbx_do_recv(h, args, out, NULL,
			  nowait || (args->flags & MBOX_NOWAIT), &needed);
	if (err == -EMSGSIZE && put_user(needed, &out->msg_len))
		return -EFAULT;
	return err;
}

/**
 * mbx_read() - read(): one message
 * @h: the handle
 * @to: where to
 * @nowait: fail rather than wait
 *
 * Return: its bytes, 0 at the handle's end, or the errors of RECV.
 */
ssize_t mbx_read(struct mbx_handle *h, struct iov_iter *to, bool nowait)
{
	size_t room = iov_iter_count(to);
	struct mbox_recv args = { .len = min_t(size_t, room, U32_MAX) };
	u32 needed;
	int err;

	mbx_handle_use(h);
	if (!(READ_ONCE(h->rights) & MBOX_RIGHT_RECV))
		return -EBADF;
	if (!room)
		return 0;
	err = mbx_do_recv(h, &args, NULL, to, nowait, &needed);
	if (err)
		return err == -EPIPE ? 0 : err;
	return room - iov_iter_count(to);
}

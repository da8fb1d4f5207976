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
#include <linux/fs.h>
#include <linux/pid_namespace.h>
#include <linux/sched/signal.h>
#include <linux/uio.h>

#include "args.h"
#include "delay.h"
#include "handle.h"
#include "verbs.h"

/**
 * struct mbx_receiving - a receive, however it was asked for
 * @data: where the bytes go, if @iter is NULL
 * @iter: where the bytes go
 * @args: where the rest goes, or NULL
 * @room: bytes of room
 * @truncates: take what fits
 * @nowait: fail rather than wait
 * @deadline: until when to wait
 */
struct mbx_receiving {
	void __user *data;
	struct iov_iter *iter;
	struct mbx_args *args;
	u32 room;
	bool truncates;
	bool nowait;
	struct mbx_deadline deadline;
};

/* Take a message, waiting for one if that is wanted: 0 with @r->msg. */
static int mbx_fetch(struct mbx_handle *h, struct mbx_receiver *r,
		     const struct mbx_receiving *what)
{
	struct mbx_box *box = h->box;
	struct mbx_work work;
	bool waits;
	int err;

	mbx_box_lock(box, &work);
	err = mbx_box_take(box, r);
	waits = err == -EAGAIN && !what->nowait;
	if (waits)
		mbx_box_line_up_receiver(box, r, &work);
	mbx_box_unlock(box, &work);
	if (!waits)
		return err;

	err = mbx_wait_sleep(&r->waiter, &what->deadline);
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

/* What RECV tells of a message besides its bytes, for the current task. */
static void mbx_describe(struct mbox_recv *out, const struct mbx_msg *msg,
			 u64 drops)
{
	struct pid_namespace *ns = task_active_pid_ns(current);

	out->id = msg->id;
	out->tag = msg->tag;
	out->start_time = mbx_boottime_shown(msg->stamp.start_time);
	out->sent_time = mbx_monotonic_shown(msg->sent_time);
	out->drops = drops;
	out->msg_len = msg->len;
	out->priority = msg->priority;
	out->pid = pid_nr_ns(msg->stamp.process, ns);
	out->tid = msg->stamp.thread == msg->stamp.process ?
			   out->pid :
			   pid_nr_ns(msg->stamp.thread, ns);
	out->uid = mbx_uid_shown(msg->stamp.uid);
	out->gid = mbx_gid_shown(msg->stamp.gid);
}

static int mbx_deliver(const struct mbx_receiver *r,
		       const struct mbx_receiving *what)
{
	struct mbx_msg *msg = r->msg;
	u32 len = min(msg->len, what->room);
	int err;

	mbx_delay(MBX_DELAY_WHILE_COPYING);
	if (what->iter)
		return mbx_msg_copy_iter(msg, what->iter, len);
	err = mbx_msg_copy(msg, what->data, len);
	if (err)
		return err;
	mbx_describe(&what->args->recv, msg, r->drops);
	return mbx_args_put_members(what->args, recv, id, gid);
}

/*
 * The third step.  Returns @err, or -EIDRM if the mailbox died meanwhile, or
 * -EAGAIN if the message was withdrawn, and another one must be fetched.
 *
 * A receiver that is killed while it copies has received: its memory may be
 * gone, and the message must not wait for a copy that cannot happen.
 */
static int mbx_settle(struct mbx_box *box, struct mbx_receiver *r, int err)
{
	bool has_received = !err || fatal_signal_pending(current);
	struct mbx_msg *msg = r->msg;
	struct mbx_work work;

again:
	mbx_box_lock(box, &work);
	if (box->is_dead) {
		err = -EIDRM;
	} else if (msg->where == MBX_MSG_WITHDRAWN) {
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
	if (msg)
		mbx_msg_drop(msg);
	return err;
}

static int mbx_do_recv(struct mbx_handle *h, struct mbx_receiver *r,
		       const struct mbx_receiving *what)
{
	struct iov_iter start;
	int err;

	if (!(READ_ONCE(h->rights) & MBOX_RIGHT_RECV))
		return -EBADF;
	if (what->iter)
		start = *what->iter;
	r->room = what->room;
	r->truncates = what->truncates;
	r->end = &h->end;
	for (;;) {
		mbx_waiter_init(&r->waiter, MBOX_WAIT_RECV, h->box->id);
		err = mbx_fetch(h, r, what);
		if (err)
			return err;
		err = mbx_settle(h->box, r, mbx_deliver(r, what));
		if (err != -EAGAIN)
			return err;
		if (what->iter)
			*what->iter = start;
	}
}

/**
 * mbx_recv() - MBOX_IOC_RECV
 * @h: the handle
 * @file: its file
 * @args: struct mbox_recv
 *
 * Return: 0 or the errors of RECV.
 */
long mbx_recv(struct mbx_handle *h, struct file *file, struct mbx_args *args)
{
	struct mbox_recv *a = &args->recv;
	struct mbx_receiving what = {
		.data = u64_to_user_ptr(a->data),
		.args = args,
		.room = a->len,
		.truncates = a->flags & MBOX_TRUNCATE,
		.nowait = (a->flags & MBOX_NOWAIT) ||
			  (file->f_flags & O_NONBLOCK),
	};
	struct mbx_receiver r;
	int err;

	if ((a->flags & ~MBX_RECV_FLAGS) || a->__reserved0 ||
	    memchr_inv(a->__reserved, 0, sizeof(a->__reserved)))
		return -EINVAL;
	err = mbx_deadline_set(&what.deadline, a->deadline,
			       a->flags & MBOX_REALTIME);
	if (err)
		return err;
	err = mbx_do_recv(h, &r, &what);
	if (err == -EMSGSIZE) {
		a->msg_len = r.needed;
		if (mbx_args_put_members(args, recv, msg_len, msg_len))
			return -EFAULT;
	}
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
	struct mbx_receiving what = {
		.iter = to,
		.room = min_t(size_t, room, U32_MAX),
		.nowait = nowait,
	};
	struct mbx_receiver r;
	int err;

	mbx_handle_use(h);
	if (!(READ_ONCE(h->rights) & MBOX_RIGHT_RECV))
		return -EBADF;
	if (!room)
		return 0;
	err = mbx_do_recv(h, &r, &what);
	if (err)
		return err == -EPIPE ? 0 : err;
	return room - iov_iter_count(to);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * SEND and write(): a message on its way into a mailbox.
 *
 * Reads top to bottom: what is asked for is checked, the message is made and
 * filled before the lock, accepted or lined up under it, and waited for
 * without.  Room and receipts are one line each in box.h.
 *
 * Locking: mbx_box.lock, by mbx_box_lock().
 * Called by: chardev.c.
 */
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/uio.h>

#include "args.h"
#include "delay.h"
#include "handle.h"
#include "verbs.h"

/**
 * struct mbx_sending - a send, however it was asked for
 * @data: its bytes, if @iter is NULL
 * @iter: its bytes
 * @as: whose stamp it has, or NULL: the current thread's
 * @tag: for the receiver
 * @len: bytes
 * @priority: higher is received first
 * @is_urgent: to the front of its priority
 * @wants_receipt: wait until it was taken
 * @nowait: fail rather than wait
 * @deadline: until when to wait
 */
struct mbx_sending {
	const void __user *data;
	struct iov_iter *iter;
	const struct mbx_stamp *as;
	u64 tag;
	u32 len;
	u16 priority;
	bool is_urgent;
	bool wants_receipt;
	bool nowait;
	struct mbx_deadline deadline;
};

static int mbx_check_length(const struct mbx_box *box, u32 len)
{
	if (box->attr.attrs & MBOX_ATTR_FIXED)
		return len == box->attr.max_size ? 0 : -EINVAL;
	return len <= box->attr.max_size ? 0 : -EMSGSIZE;
}

/* The message, complete, charged to the caller, and nobody else's yet. */
static struct mbx_msg *mbx_make_message(struct mbx_handle *h,
					const struct mbx_sending *what)
{
	struct mbx_purse *purse = h->purse;
	struct mbx_msg *msg;
	int err;

	if (likely(uid_eq(purse->uid, current_uid()))) {
		msg = mbx_msg_new(purse, what->len);
	} else {
		purse = mbx_purse_get(current_uid());
		if (!purse)
			return ERR_PTR(-ENOMEM);
		msg = mbx_msg_new(purse, what->len);
		mbx_purse_put(purse);
	}
	if (IS_ERR(msg))
		return msg;

	msg->tag = what->tag;
	msg->priority = what->priority;
	msg->is_urgent = what->is_urgent;
	if (what->as)
		mbx_stamp_copy(&msg->stamp, what->as);
	else
		mbx_stamp_current(&msg->stamp);
	err = what->iter ? mbx_msg_fill_iter(msg, what->iter) :
			   mbx_msg_fill(msg, what->data);
	if (err) {
		mbx_msg_drop(msg);
		return ERR_PTR(err);
	}
	return msg;
}

/*
 * Accept @s->msg, line it up, or refuse it.  Returns 0 if it is accepted and
 * nothing is to be waited for, -EINPROGRESS if @s stands in a line now.
 */
static int mbx_post(struct mbx_box *box, struct mbx_sender *s, bool nowait)
{
	struct mbx_msg *msg = s->msg;
	struct mbx_work work;
	int err;

again:
	mbx_box_lock(box, &work);
	err = mbx_box_accepts(box);
	if (err)
		goto out_unlock;
	if (!mbx_box_has_turn(box, msg->len)) {
		err = -EAGAIN;
		if (!nowait) {
			mbx_box_line_up_sender(box, s);
			err = -EINPROGRESS;
		}
		goto out_unlock;
	}
	if (mbx_box_is_over(box, msg->len)) {
		err = -EDQUOT;
		goto out_unlock;
	}
	/* Without waiting, a receiver that waits is the receipt (C15, C19). */
	if (s->wants_receipt && nowait && !mbx_box_has_taker(box, msg->len)) {
		err = -EAGAIN;
		goto out_unlock;
	}
	if (!mbx_box_refuse_small(box, msg->len, &work)) {
		mbx_box_unlock(box, &work);
		goto again;
	}
	if (s->wants_receipt && !nowait) {
		mbx_box_accept(box, msg, s, &work);
		err = -EINPROGRESS;
	} else {
		s->msg = NULL;
		mbx_box_accept(box, msg, NULL, &work);
	}
out_unlock:
	mbx_box_unlock(box, &work);
	return err;
}

/* Sleep until finished; what is left in @s->msg is ours again. */
static int mbx_await(struct mbx_box *box, struct mbx_sender *s,
		     const struct mbx_deadline *deadline)
{
	struct mbx_work work;
	int err;

	err = mbx_wait_sleep(&s->waiter, deadline);
	if (err) {
		mbx_box_lock(box, &work);
		if (mbx_waiter_is_ready(&s->waiter))
			err = 0;
		else
			mbx_box_give_up_sender(box, s, &work);
		mbx_box_unlock(box, &work);
	}
	return err ?: s->waiter.result;
}

static int mbx_do_send(struct mbx_handle *h, const struct mbx_sending *what)
{
	struct mbx_box *box = h->box;
	struct mbx_sender s;
	int err;

	if (!(READ_ONCE(h->rights) & MBOX_RIGHT_SEND))
		return -EBADF;
	err = mbx_check_length(box, what->len);
	if (err)
		return err;

	s.msg = mbx_make_message(h, what);
	if (IS_ERR(s.msg))
		return PTR_ERR(s.msg);
	s.wants_receipt = what->wants_receipt ||
			  box->attr.capacity == MBOX_CAPACITY_ZERO;
	mbx_waiter_init(&s.waiter, MBOX_WAIT_SEND, box->id);

	mbx_delay(MBX_DELAY_BEFORE_LOCK_SEND);
	err = mbx_post(box, &s, what->nowait);
	if (err == -EINPROGRESS)
		err = mbx_await(box, &s, &what->deadline);
	if (s.msg)
		mbx_msg_drop(s.msg);
	return err;
}

/**
 * mbx_send() - MBOX_IOC_SEND
 * @h: the handle
 * @file: its file
 * @args: struct mbox_send
 *
 * Return: 0 or the errors of SEND.
 */
long mbx_send(struct mbx_handle *h, struct file *file, struct mbx_args *args)
{
	const struct mbox_send *a = &args->send;
	struct mbx_sending what = {
		.data = u64_to_user_ptr(a->data),
		.tag = a->tag,
		.len = a->len,
		.priority = a->priority,
		.is_urgent = a->flags & MBOX_URGENT,
		.wants_receipt = a->flags & MBOX_SYNC,
		.nowait = (a->flags & MBOX_NOWAIT) ||
			  (file->f_flags & O_NONBLOCK),
	};
	int err;

	if ((a->flags & ~MBX_SEND_FLAGS) || a->__reserved ||
	    a->priority > MBOX_PRIORITY_MAX)
		return -EINVAL;
	err = mbx_deadline_set(&what.deadline, a->deadline,
			       a->flags & MBOX_REALTIME);
	if (err)
		return err;
	return mbx_do_send(h, &what);
}

/**
 * mbx_write() - write(): the whole of it is one message
 * @h: the handle
 * @from: its bytes
 * @nowait: fail rather than wait
 *
 * The message is stamped with who opened the handle: a privileged program can
 * be made to write to a descriptor that it was given (C8).
 *
 * Return: bytes written, or the errors of SEND.
 */
ssize_t mbx_write(struct mbx_handle *h, struct iov_iter *from, bool nowait)
{
	size_t len = iov_iter_count(from);
	struct mbx_sending what = {
		.iter = from,
		.as = &h->opener,
		.len = len,
		.nowait = nowait,
	};
	int err;

	mbx_handle_use(h);
	if (!(READ_ONCE(h->rights) & MBOX_RIGHT_SEND))
		return -EBADF;
	if (!len)
		return 0;
	if (len > U32_MAX)
		return -EMSGSIZE;
	err = mbx_do_send(h, &what);
	return err ?: len;
}

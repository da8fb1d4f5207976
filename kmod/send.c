// SPDX-License-Identifier: GPL-2.0-only
/*
 * SEND and write(): a message on its way into a mailbox.
 *
 * Reads top to bottom: what is asked for is checked, the message is made and
 * filled before the lock, accepted or lined up under it, and waited for
 * without.  Room and receipts are a line each in line.h.
 *
 * Locking: mbx_box.lock, by mbx_box_lock().
 * Called by: chardev.c.
 */
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/uio.h>

#include "compat.h"
#include "delay.h"
#include "handle.h"
#include "line.h"
#include "verbs.h"

static int mbx_check_send(const struct mbx_box *box, const struct mbox_send *a)
{
	if ((a->flags & ~MBX_SEND_FLAGS) || a->__reserved ||
	    a->priority > MBOX_PRIORITY_MAX)
		return -EINVAL;
	if (unlikely(box->attr.attrs & MBOX_ATTR_FIXED))
		return a->len == box->attr.max_size ? 0 : -EINVAL;
	return a->len <= box->attr.max_size ? 0 : -EMSGSIZE;
}

/*
 * Memory for a message of the caller, charged to its real uid.  Who sends on
 * a handle that another user opened pays with a look into the table of purses.
 */
static __always_inline struct mbx_msg *mbx_new_message(struct mbx_handle *h,
						       u32 len)
{
	struct mbx_purse *purse;
	struct mbx_msg *msg;

	if (likely(uid_eq(h->purse->uid, current_uid())))
		return mbx_msg_new(h->purse, len);
	purse = mbx_purse_get(current_uid());
	if (!purse)
		return ERR_PTR(-ENOMEM);
	msg = mbx_msg_new(purse, len);
	mbx_purse_put(purse);
	return msg;
}

/* The message, complete, and nobody else's yet. */
static __always_inline struct mbx_msg *
mbx_make_message(struct mbx_handle *h, const struct mbox_send *a,
		 struct iov_iter *iter)
{
	struct mbx_msg *msg = mbx_new_message(h, a->len);
	int err;

	if (IS_ERR(msg))
		return msg;
	msg->tag = a->tag;
	msg->priority = a->priority;
	msg->is_urgent = a->flags & MBOX_URGENT;
	if (unlikely(iter)) {
		mbx_stamp_copy(&msg->stamp, &h->opener);
		err = mbx_msg_fill_iter(msg, iter);
	} else {
		mbx_stamp_current(&msg->stamp);
		err = mbx_msg_fill(msg, u64_to_user_ptr(a->data));
	}
	if (unlikely(err)) {
		mbx_msg_drop(msg);
		return ERR_PTR(err);
	}
	return msg;
}

/*
 * Accept @s->msg, line it up, or refuse it.  Returns 0 if it is accepted and
 * nothing is to be waited for, -EINPROGRESS if @s stands in a line now.
 */
static __always_inline int mbx_post(struct mbx_box *box, struct mbx_sender *s,
				    bool nowait)
{
	struct mbx_msg *msg = s->msg;
	struct mbx_work work MBX_UNINIT;
	int err;

again:
	mbx_box_lock(box, &work);
	err = mbx_box_accepts(box);
	if (unlikely(err))
		goto out_unlock;
	if (!mbx_box_has_turn(box, msg->len)) {
		err = -EAGAIN;
		if (!nowait) {
			mbx_waiter_init(&s->waiter, MBOX_WAIT_SEND, box->id);
			mbx_box_line_up_sender(box, s);
			err = -EINPROGRESS;
		}
		goto out_unlock;
	}
	if (unlikely(mbx_box_is_over(box, msg->len))) {
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
		mbx_waiter_init(&s->waiter, MBOX_WAIT_RECEIPT, box->id);
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

/* Inline, so that the ioctl has no code for an iterator. */
static __always_inline int mbx_do_send(struct mbx_handle *h,
				       const struct mbox_send *a,
				       struct iov_iter *iter, bool nowait)
{
	struct mbx_box *box = h->box;
	struct mbx_deadline deadline MBX_UNINIT;
	struct mbx_sender s MBX_UNINIT;
	int err;

	err = mbx_check_send(box, a);
	if (unlikely(err))
		return err;
	err = mbx_deadline_set(&deadline, a->deadline,
			       a->flags & MBOX_REALTIME);
	if (unlikely(err))
		return err;

	s.msg = mbx_make_message(h, a, iter);
	if (IS_ERR(s.msg))
		return PTR_ERR(s.msg);
	s.wants_receipt = (a->flags & MBOX_SYNC) ||
			  box->attr.capacity == MBOX_CAPACITY_ZERO;

	mbx_delay(MBX_DELAY_BEFORE_LOCK_SEND);
	err = mbx_post(box, &s, nowait);
	if (err == -EINPROGRESS)
		err = mbx_await(box, &s, &deadline);
	if (unlikely(s.msg))
		mbx_msg_drop(s.msg);
	return err;
}

/**
 * mbx_send() - MBOX_IOC_SEND
 * @h: the handle
 * @args: what is sent
 * @nowait: the file is non-blocking
 *
 * Return: 0 or the errors of SEND.
 */
long mbx_send(struct mbx_handle *h, const struct mbox_send *args, bool nowait)
{
	if (!(READ_ONCE(h->rights) & MBOX_RIGHT_SEND))
		return -EBADF;
	return mbx_do_send(h, args, NULL,
			   nowait || (args->flags & MBOX_NOWAIT));
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
	struct mbox_send args = { .len = len };
	int err;

	mbx_handle_use(h);
	if (!(READ_ONCE(h->rights) & MBOX_RIGHT_SEND))
		return -EBADF;
	if (!len)
		return 0;
	if (len > U32_MAX)
		return -EMSGSIZE;
	err = mbx_do_send(h, &args, from, nowait);
	return err ?: len;
}

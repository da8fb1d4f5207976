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

#include "call.h"
#include "chardev.h"
#include "compat.h"
#include "delay.h"
#include "fan.h"
#include "handle.h"
#include "line.h"
#include "verbs.h"

/* Attributes by which a send is not as any other. */
#define MBX_SPECIAL_ATTRS (MBOX_ATTR_FIXED | MBOX_ATTR_BROADCAST)

/* mbx_check_send() where there is one of them: 1: this is a broadcast mailbox. */
static noinline int mbx_check_special(const struct mbx_box *box, u32 len,
				      u32 priority, u32 flags)
{
	if (mbx_box_broadcasts(box) &&
	    (priority || (flags & (MBOX_SYNC | MBOX_URGENT))))
		return -EOPNOTSUPP;
	if ((box->attr.attrs & MBOX_ATTR_FIXED) && len != box->attr.max_size)
		return -EINVAL;
	if (len > box->attr.max_size)
		return -EMSGSIZE;
	return mbx_box_broadcasts(box);
}

static __always_inline int mbx_check_send(const struct mbx_box *box,
					  const struct mbox_send *a)
{
	if ((a->flags & ~MBX_SEND_FLAGS) || a->result ||
	    a->priority > MBOX_PRIORITY_MAX)
		return -EINVAL;
	if (unlikely((a->flags & MBOX_SYNC) && mbx_box_drops(box)))
		return -EOPNOTSUPP;
	if (unlikely(box->attr.attrs & MBX_SPECIAL_ATTRS))
		return mbx_check_special(box, a->len, a->priority, a->flags);
	return a->len <= box->attr.max_size ? 0 : -EMSGSIZE;
}

/*
 * Memory for a message of the caller, charged to its purse.  Who sends on a
 * handle that another user opened pays with a look into the table of purses.
 */
static __always_inline struct mbx_msg *mbx_new_message(struct mbx_handle *h,
						       u32 len)
{
	struct mbx_purse *purse;
	struct mbx_msg *msg;

	if (likely(uid_eq(h->purse->payer.uid, current_uid()) &&
		   h->user_ns == current_user_ns()))
		return mbx_msg_new(h->purse, len);
	purse = mbx_purse_get();
	if (!purse)
		return ERR_PTR(-ENOMEM);
	msg = mbx_msg_new(purse, len);
	mbx_purse_put(purse);
	return msg;
}

static bool mbx_is_sender(const struct file *file)
{
	return file->f_op == &mbx_fops &&
	       mbx_handle_is_sender(file->private_data);
}

/* The files it passes; whoever pays for the message pays for them. */
static noinline int mbx_add_files(struct mbx_msg *msg,
				  const struct mbox_send *a, u32 nfds)
{
	struct mbx_files *files = mbx_files_new(
		msg->purse, u64_to_user_ptr(a->fds), nfds, mbx_is_sender);

	if (IS_ERR(files))
		return PTR_ERR(files);
	mbx_msg_attach(msg, files);
	return 0;
}

/* All that is in a message, but its stamp. */
static __always_inline int mbx_fill_message(struct mbx_msg *msg,
					    const struct mbox_send *a,
					    struct iov_iter *iter)
{
	msg->tag = a->tag;
	msg->priority = a->priority;
	msg->is_urgent = a->flags & MBOX_URGENT;
	if (unlikely(iter))
		return mbx_msg_fill_iter(msg, iter);
	return mbx_msg_fill(msg, u64_to_user_ptr(a->data));
}

/* The message, complete, and nobody else's yet. */
static __always_inline struct mbx_msg *
mbx_make_message(struct mbx_handle *h, const struct mbox_send *a,
		 struct iov_iter *iter, u32 nfds)
{
	struct mbx_msg *msg = mbx_new_message(h, a->len);
	int err;

	if (IS_ERR(msg))
		return msg;
	if (unlikely(iter))
		mbx_stamp_copy(&msg->stamp, &h->opener);
	else
		mbx_stamp_current(&msg->stamp);
	err = mbx_fill_message(msg, a, iter);
	if (nfds && !err)
		err = mbx_add_files(msg, a, nfds);
	if (unlikely(err)) {
		mbx_msg_drop(msg);
		return ERR_PTR(err);
	}
	return msg;
}

/*
 * Accept @s->msg at the expense of others, or drop it: the mailbox is full, and
 * its policy drops.  What goes to a receiver that waits takes no room.  What was
 * dropped in an earlier hold of the lock is no effect of an error: the mailbox's
 * limit counts in the first, and later only what ends the mailbox for all
 * messages.  Drops the lock.
 */
static noinline int mbx_post_dropping(struct mbx_box *box, struct mbx_sender *s,
				      struct mbx_work *work)
	__releases(&box->lock)
{
	struct mbx_msg *msg = s->msg;
	int err = mbx_box_is_over(box, msg->len) ? -EDQUOT : 0;

	for (;;) {
		if (!err && !mbx_box_find_taker(box, msg, &s->ask, work))
			err = -EAGAIN;
		if (!err && !s->ask.taker)
			err = mbx_box_make_room(box, msg, work);
		if (err != -EAGAIN)
			break;
		mbx_box_unlock(box, work);
		mbx_box_lock(box, work);
		err = mbx_box_accepts_msg(box, msg);
	}
	if (!err) {
		s->msg = NULL;
		if (msg->nfds)
			mbx_box_count_files(box, msg->files);
		mbx_box_accept(box, msg, NULL, s->ask.taker, work);
	} else if (err == -EXFULL) {
		mbx_box_drop_new(box, msg);
		err = 0;
	}
	mbx_box_unlock(box, work);
	return err;
}

/*
 * Accept @s->msg, line it up, or refuse it.  Returns 0 if it is accepted and
 * nothing is to be waited for, -EINPROGRESS if @s stands in a line now.
 */
static __always_inline int mbx_post(struct mbx_box *box, struct mbx_sender *s,
				    u32 nfds, bool nowait)
{
	struct mbx_sender *receipt = NULL;
	struct mbx_msg *msg = s->msg;
	struct mbx_work work MBX_UNINIT;
	int err;

again:
	mbx_box_lock(box, &work);
	err = nfds ? mbx_box_accepts_msg(box, msg) : mbx_box_accepts(box);
	if (unlikely(err))
		goto out_unlock;
	if (!mbx_box_has_turn(box, msg->len)) {
		if (mbx_box_drops(box))
			return mbx_post_dropping(box, s, &work);
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
	/*
	 * Without waiting, a receiver that waits is the receipt (C15, C19); but
	 * a CALL waits for its answer, once its request has a place (C16).
	 */
	if (s->wants_receipt && nowait &&
	    (!s->call || box->attr.capacity == MBOX_CAPACITY_ZERO) &&
	    !mbx_box_has_taker_of(box, msg)) {
		err = -EAGAIN;
		goto out_unlock;
	}
	if (!mbx_box_find_taker(box, msg, &s->ask, &work)) {
		mbx_box_unlock(box, &work);
		goto again;
	}
	if (unlikely(s->wants_receipt && (!nowait || s->call))) {
		mbx_waiter_init(&s->waiter, MBOX_WAIT_RECEIPT, box->id);
		receipt = s;
		err = -EINPROGRESS;
	} else {
		s->msg = NULL;
	}
	if (nfds)
		mbx_box_count_files(box, msg->files);
	mbx_box_accept(box, msg, receipt, s->ask.taker, &work);
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

/* mbx_do_send() to a broadcast mailbox. */
static noinline int mbx_send_to_all(struct mbx_handle *h,
				    const struct mbox_send *a,
				    struct iov_iter *iter, bool nowait)
{
	struct mbx_deadline deadline;
	struct mbx_sender s;
	int err;

	err = mbx_deadline_set(&deadline, a->deadline,
			       a->flags & MBOX_REALTIME);
	if (err)
		return err;
	s.msg = mbx_make_message(h, a, iter, 0);
	if (IS_ERR(s.msg))
		return PTR_ERR(s.msg);
	s.call = NULL;
	s.wants_receipt = false;
	mbx_delay(MBX_DELAY_BEFORE_LOCK_SEND);
	err = mbx_fan_post(h->box, &s, nowait);
	if (err == -EINPROGRESS)
		err = mbx_await(h->box, &s, &deadline);
	if (s.msg)
		mbx_msg_drop(s.msg);
	return err;
}

/* Apart, so that mbx_write() need not have its arguments in memory. */
static noinline int mbx_write_to_all(struct mbx_handle *h,
				     struct iov_iter *iter, bool nowait)
{
	struct mbox_send args = { .len = iov_iter_count(iter) };

	return mbx_send_to_all(h, &args, iter, nowait);
}

/*
 * After mbx_check_send().  Inline, so that most ioctls have no code for an
 * iterator, nor for files.
 */
static __always_inline int mbx_do_send(struct mbx_handle *h,
				       const struct mbox_send *a,
				       struct iov_iter *iter, u32 nfds,
				       bool nowait)
{
	struct mbx_box *box = h->box;
	struct mbx_deadline deadline MBX_UNINIT;
	struct mbx_sender s MBX_UNINIT;
	int err;

	err = mbx_deadline_set(&deadline, a->deadline,
			       a->flags & MBOX_REALTIME);
	if (unlikely(err))
		return err;

	s.msg = mbx_make_message(h, a, iter, nfds);
	if (IS_ERR(s.msg))
		return PTR_ERR(s.msg);
	s.ask.turn = 0;
	s.call = NULL;
	s.wants_receipt = (a->flags & MBOX_SYNC) ||
			  box->attr.capacity == MBOX_CAPACITY_ZERO;

	mbx_delay(MBX_DELAY_BEFORE_LOCK_SEND);
	err = mbx_post(box, &s, nfds, nowait);
	if (err == -EINPROGRESS)
		err = mbx_await(box, &s, &deadline);
	if (unlikely(s.msg))
		mbx_msg_drop(s.msg);
	return err;
}

/* SEND without descriptors, through a handle that may send. */
static __always_inline int
mbx_send_plain(struct mbx_handle *h, const struct mbox_send *a, bool nowait)
{
	int err = mbx_check_send(h->box, a);

	nowait |= a->flags & MBOX_NOWAIT;
	if (unlikely(err))
		return err < 0 ? err : mbx_send_to_all(h, a, NULL, nowait);
	return mbx_do_send(h, a, NULL, 0, nowait);
}

/**
 * mbx_make_request() - the request of a CALL
 * @h: the handle
 * @a: the request, as SEND has it
 * @call: the call, which gets it
 *
 * Return: 0, and mbx_place_call() comes next; or the errors of SEND.
 */
int mbx_make_request(struct mbx_handle *h, const struct mbox_send *a,
		     struct mbx_call *call)
{
	struct mbx_sender *s = &call->sender;
	int err;

	err = mbx_check_send(h->box, a);
	if (err)
		return err;
	s->msg = mbx_make_message(h, a, NULL, 0);
	if (IS_ERR(s->msg))
		return PTR_ERR(s->msg);
	s->msg->is_call = true;
	s->ask.turn = 0;
	s->call = call;
	s->wants_receipt = true;
	return 0;
}

/**
 * mbx_place_call() - accept the request of a CALL, or line it up
 * @h: the handle
 * @call: the call
 * @nowait: do not wait for room
 *
 * Return: 0: the caller waits now; or the errors of SEND, and the request is
 * still the caller's.
 */
int mbx_place_call(struct mbx_handle *h, struct mbx_call *call, bool nowait)
{
	struct mbx_sender *s = &call->sender;
	int err;

	mbx_delay(MBX_DELAY_BEFORE_LOCK_SEND);
	err = mbx_post(h->box, s, 0, nowait);
	return err == -EINPROGRESS ? 0 : err;
}

/**
 * mbx_check_direct() - what can be said of a SEND_TO before it begins
 * @a: what is sent
 *
 * Return: 0, or an error that mbx_send_via() would give on any endpoint.
 */
int mbx_check_direct(const struct mbox_send *a)
{
	struct mbx_deadline deadline;

	if ((a->flags & ~MBX_SEND_FLAGS) || a->result ||
	    a->nfds > MBOX_FDS_MAX || a->priority > MBOX_PRIORITY_MAX)
		return -EINVAL;
	/* An endpoint is made without MBOX_ATTR_FDS. */
	if (a->nfds)
		return -EOPNOTSUPP;
	if (a->len > MBOX_DEFAULT_SIZE)
		return -EMSGSIZE;
	return mbx_deadline_set(&deadline, a->deadline,
				a->flags & MBOX_REALTIME);
}

/**
 * mbx_send_made() - send a message that is complete
 * @box: the mailbox; the message was made for it
 * @msg: the message, without a receipt; sent or dropped when this returns
 * @deadline: until when to wait
 * @nowait: do not wait
 *
 * Return: 0 or the errors of SEND.
 */
int mbx_send_made(struct mbx_box *box, struct mbx_msg *msg,
		  const struct mbx_deadline *deadline, bool nowait)
{
	struct mbx_sender s = { .msg = msg };
	int err;

	err = mbx_post(box, &s, 0, nowait);
	if (err == -EINPROGRESS)
		err = mbx_await(box, &s, deadline);
	if (s.msg)
		mbx_msg_drop(s.msg);
	return err;
}

/**
 * mbx_send_stock() - memory for messages that mbx_send_make() fills
 * @h: the handle
 * @msgs: where to put it
 * @n: for how many small messages, all or none
 *
 * Return: true, or false: each of them asks for its own.
 */
bool mbx_send_stock(struct mbx_handle *h, struct mbx_msg **msgs, u32 n)
{
	return uid_eq(h->purse->payer.uid, current_uid()) &&
	       h->user_ns == current_user_ns() &&
	       mbx_msg_new_some(h->purse, msgs, n);
}

/**
 * mbx_send_make() - the message of a SEND that makes one and sends it later
 * @h: the handle; its mailbox does not broadcast
 * @a: what is sent
 * @spare: memory for a small message, of mbx_send_stock(), or NULL; used up
 *
 * Return: the message, for mbx_send_made(), or the errors of SEND.
 */
struct mbx_msg *mbx_send_make(struct mbx_handle *h, const struct mbox_send *a,
			      struct mbx_msg *spare)
{
	int err = mbx_check_send(h->box, a);

	if (likely(!err && spare && a->len <= MBX_SMALL)) {
		spare->len = a->len;
		err = mbx_fill_message(spare, a, NULL);
		if (likely(!err))
			return spare;
	}
	if (spare)
		mbx_msg_drop(spare);
	return err ? ERR_PTR(err) : mbx_make_message(h, a, NULL, 0);
}

/**
 * mbx_send_via() - SEND through a handle that may send
 * @h: the handle, or that of the endpoint it goes to
 * @args: what is sent
 * @nowait: the file is non-blocking
 *
 * Return: 0 or the errors of SEND.
 */
int mbx_send_via(struct mbx_handle *h, const struct mbox_send *args,
		 bool nowait)
{
	return mbx_send_plain(h, args, nowait);
}

/**
 * mbx_send() - MBOX_IOC_SEND without descriptors
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
	return mbx_send_plain(h, args, nowait);
}

/**
 * mbx_send_files() - MBOX_IOC_SEND with descriptors
 * @h: the handle
 * @args: what is sent
 * @nfds: with so many descriptors; @args does not tell
 * @nowait: the file is non-blocking
 *
 * Return: 0 or the errors of SEND.
 */
long mbx_send_files(struct mbx_handle *h, const struct mbox_send *args,
		    u32 nfds, bool nowait)
{
	int err;

	if (!(READ_ONCE(h->rights) & MBOX_RIGHT_SEND))
		return -EBADF;
	if (nfds > MBOX_FDS_MAX)
		return -EINVAL;
	/* So it does not broadcast. */
	if (!(h->box->attr.attrs & MBOX_ATTR_FDS))
		return -EOPNOTSUPP;
	err = mbx_check_send(h->box, args);
	if (err)
		return err;
	return mbx_do_send(h, args, NULL, nfds,
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
	err = mbx_check_send(h->box, &args);
	if (likely(!err))
		err = mbx_do_send(h, &args, from, 0, nowait);
	else if (err > 0)
		err = mbx_write_to_all(h, from, nowait);
	return err ?: len;
}

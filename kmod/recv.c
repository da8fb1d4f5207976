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

#include "call.h"
#include "choose.h"
#include "compat.h"
#include "delay.h"
#include "fan.h"
#include "handle.h"
#include "line.h"
#include "verbs.h"

/* Not an error: a subscription receives, by mbx_recv_by_sub(). */
#define MBX_BY_SUB 2

/* Wait until a message is handed over; see mbx_fetch().  Drops the lock. */
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
	err = err ?: r->waiter.result;
	return !err && r->msg->nfds ? MBX_WITH_FILES : err;
}

/*
 * mbx_fetch() for a receiver that does not just take what comes.  Drops the
 * lock.
 */
static noinline int
mbx_fetch_special(struct mbx_handle *h, struct mbx_receiver *r,
		  const struct mbox_recv *a, const struct mbx_from *from,
		  bool nowait, const struct mbx_deadline *deadline)
	__releases(&h->box->lock)
{
	struct mbx_box *box = h->box;
	struct mbx_chooser c MBX_UNINIT;
	int err;

	if (h->end.sub) {
		spin_unlock(&box->lock);
		return a->select ? -EOPNOTSUPP : MBX_BY_SUB;
	}
	/* An endpoint is for its own process, whoever has the descriptor. */
	if (h->process && h->process != task_tgid(current)) {
		spin_unlock(&box->lock);
		return -EACCES;
	}
	mbx_chooser_init(&c, h, from, a->select, a->select_value);
	r->choice = &c.choice;
	for (;;) {
		err = mbx_choose(box, r, &c);
		if (err != -EINPROGRESS)
			break;
		spin_unlock(&box->lock);
		mbx_delay(MBX_DELAY_WHILE_SEARCHING);
		cond_resched();
		spin_lock(&box->lock);
		if (mbx_is_killed()) {
			err = -EINTR;
			break;
		}
	}
	if (err == -EAGAIN && !nowait)
		err = mbx_await(box, r, deadline);
	else
		spin_unlock(&box->lock);
	mbx_filter_put(c.filter);
	return err;
}

/*
 * Take a message, waiting for one if that is wanted: 0 with @r->msg, or
 * MBX_WITH_FILES if that has some; or MBX_BY_SUB.
 */
static __always_inline int mbx_fetch(struct mbx_handle *h,
				     struct mbx_receiver *r,
				     const struct mbox_recv *a,
				     const struct mbx_from *from, bool nowait,
				     const struct mbx_deadline *deadline)
{
	struct mbx_box *box = h->box;
	int err;

	spin_lock(&box->lock);
	if (unlikely(a->select | h->is_special || from))
		return mbx_fetch_special(h, r, a, from, nowait, deadline);
	r->choice = NULL;
	err = mbx_box_take(box, r);
	if (err == -EAGAIN && !nowait)
		return mbx_await(box, r, deadline);
	spin_unlock(&box->lock);
	return err;
}

/* Tell what there is to a message besides its bytes, as the caller sees it. */
static __always_inline int mbx_describe(struct mbox_recv __user *out,
					const struct mbx_msg *msg, u32 nfds,
					u64 drops)
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
	unsafe_put_user(0, &out->token, err_end);
	unsafe_put_user(0, &out->call_deadline, err_end);
	unsafe_put_user(msg->len, &out->msg_len, err_end);
	unsafe_put_user(msg->priority, &out->priority, err_end);
	unsafe_put_user(pid, &out->pid, err_end);
	unsafe_put_user(tid, &out->tid, err_end);
	unsafe_put_user(uid, &out->uid, err_end);
	unsafe_put_user(gid, &out->gid, err_end);
	unsafe_put_user(0, &out->reply_room, err_end);
	unsafe_put_user(nfds, &out->msg_fds, err_end);
	user_access_end();
	return 0;

err_end:
	user_access_end();
	return -EFAULT;
}

/* mbx_deliver() for a request: with what it takes to answer it. */
static noinline int mbx_deliver_call(struct mbx_handle *h,
				     struct mbx_receiver *r,
				     const struct mbox_recv *a,
				     struct mbox_recv __user *out,
				     struct iov_iter *iter)
{
	u32 len = min(r->msg->len, a->len);
	struct mbx_request q;
	int err;

	err = mbx_serve(h, r, iter ? NULL : &q);
	if (err)
		return err;
	mbx_delay(MBX_DELAY_WHILE_SERVING);
	if (iter)
		return mbx_msg_copy_iter(r->msg, iter, len);
	err = mbx_msg_copy(r->msg, u64_to_user_ptr(a->data), len);
	err = err ?: mbx_describe(out, r->msg, 0, r->drops);
	if (err)
		return err;
	if (put_user(q.token, &out->token) ||
	    put_user(q.deadline, &out->call_deadline) ||
	    put_user(q.room, &out->reply_room))
		return -EFAULT;
	return 0;
}

static __always_inline int mbx_deliver(struct mbx_handle *h,
				       struct mbx_receiver *r,
				       const struct mbox_recv *a,
				       struct mbox_recv __user *out,
				       struct iov_iter *iter, bool has_files)
{
	u32 len = min(r->msg->len, a->len);
	u32 nfds = has_files ? r->msg->nfds : 0;
	int err;

	mbx_delay(MBX_DELAY_WHILE_COPYING);
	/* A request passes no descriptors. */
	if (!has_files && unlikely(r->msg->is_call))
		return mbx_deliver_call(h, r, a, out, iter);
	if (unlikely(iter))
		return mbx_msg_copy_iter(r->msg, iter, len);
	err = mbx_msg_copy(r->msg, u64_to_user_ptr(a->data), len);
	err = err ?: mbx_describe(out, r->msg, nfds, r->drops);
	/* Last of all that can fail: until then nobody sees a descriptor. */
	if (has_files && !err)
		err = mbx_files_install(r->msg->files, u64_to_user_ptr(a->fds),
					min(nfds, a->nfds));
	return err;
}

/**
 * mbx_settle_failed() - the third step where the copy failed: the message goes back
 * @box: the mailbox
 * @r: the receiver; its message is not its own any more
 * @err: why
 *
 * Return: @err, or what mbx_settle() does where there is nothing to go back to.
 */
noinline int mbx_settle_failed(struct mbx_box *box, struct mbx_receiver *r,
			       int err)
{
	struct mbx_msg *msg = r->msg;
	struct mbx_ask ask = {};
	struct mbx_work work;

again:
	mbx_box_lock(box, &work);
	if (box->is_dead) {
		mbx_box_forsake(box, r, &work);
		err = -EIDRM;
	} else if (msg->where == MBX_MSG_WITHDRAWN) {
		err = -EAGAIN;
	} else if (mbx_box_give_back(box, msg, &ask, &work)) {
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

/*
 * The third step.  Returns @err, or -EIDRM if the mailbox died meanwhile, or
 * -EAGAIN if the message was withdrawn, and another one must be fetched.
 *
 * A receiver that is killed while it copies has received: its memory may be
 * gone, and the message must not wait for a copy that cannot happen.
 */
static __always_inline int
mbx_settle(struct mbx_box *box, struct mbx_receiver *r, bool has_files, int err)
{
	struct mbx_work work MBX_UNINIT;

	if (unlikely(err) && !mbx_is_killed())
		return mbx_settle_failed(box, r, err);
	mbx_box_lock(box, &work);
	if (unlikely(box->is_dead)) {
		mbx_box_forsake(box, r, &work);
		err = -EIDRM;
	} else if (unlikely(r->msg->where == MBX_MSG_WITHDRAWN)) {
		err = -EAGAIN;
	} else {
		mbx_box_finish(box, r, &work);
		if (has_files)
			mbx_box_discount_files(box, r->msg->files);
	}
	mbx_box_unlock(box, &work);
	if (!has_files) {
		/* As mbx_msg_drop(), which would look for files. */
		mbx_msg_put(r->msg);
		return err;
	}
	if (err)
		mbx_files_uninstall(r->msg->files);
	mbx_msg_drop(r->msg);
	return err;
}

/* The second and third step, for a message with descriptors. */
static noinline int mbx_complete_files(struct mbx_handle *h,
				       struct mbx_receiver *r,
				       const struct mbox_recv *a,
				       struct mbox_recv __user *out,
				       struct iov_iter *iter)
{
	int err = mbx_deliver(h, r, a, out, iter, true);

	return mbx_settle(h->box, r, true, err);
}

/**
 * struct mbx_needed - what a message that did not fit has, with -EMSGSIZE
 * @len: bytes
 * @nfds: descriptors
 */
struct mbx_needed {
	u32 len;
	u32 nfds;
};

static int mbx_put_needed(struct mbox_recv __user *out,
			  const struct mbx_needed *needed)
{
	if (put_user(needed->len, &out->msg_len) ||
	    put_user(needed->nfds, &out->msg_fds))
		return -EFAULT;
	return -EMSGSIZE;
}

static __always_inline int mbx_check_recv_args(const struct mbox_recv *a)
{
	if ((a->flags & ~MBX_RECV_FLAGS) || a->result)
		return -EINVAL;
	if (unlikely(a->select | a->select_value))
		return mbx_check_selection(a->select, a->select_value, false);
	return 0;
}

/* mbx_do_recv() by a subscription. */
static noinline int mbx_recv_by_sub(struct mbx_handle *h,
				    struct mbx_receiver *r,
				    struct mbox_recv __user *out,
				    struct iov_iter *iter, bool nowait,
				    const struct mbx_deadline *deadline)
{
	size_t room = iter ? iov_iter_count(iter) : 0;
	int err;

	r->was_woken = false;
	for (;;) {
		err = mbx_fan_fetch(h->box, r, nowait, deadline);
		if (err)
			return err;
		err = mbx_deliver(h, r, r->args, out, iter, false);
		err = mbx_fan_settle(h->box, r, err);
		if (err != -EAGAIN)
			return err;
		if (iter)
			iov_iter_revert(iter, room - iov_iter_count(iter));
	}
}

/*
 * Inline, so that the ioctl has no code for an iterator, which read() alone
 * has.
 */
static __always_inline int
mbx_do_recv(struct mbx_handle *h, const struct mbox_recv *a,
	    struct mbox_recv __user *out, struct iov_iter *iter,
	    const struct mbx_from *from, bool nowait, struct mbx_needed *needed)
{
	struct mbx_deadline deadline MBX_UNINIT;
	struct mbx_receiver r MBX_UNINIT;
	size_t room = 0;
	int err;

	err = mbx_deadline_set(&deadline, a->deadline,
			       a->flags & MBOX_REALTIME);
	if (unlikely(err))
		return err;
	if (iter)
		room = iov_iter_count(iter);
	r.end = &h->end;
	r.args = a;
	for (;;) {
		err = mbx_fetch(h, &r, a, from, nowait, &deadline);
		if (likely(!err)) {
			err = mbx_deliver(h, &r, a, out, iter, false);
			err = mbx_settle(h->box, &r, false, err);
		} else if (err == MBX_WITH_FILES) {
			err = mbx_complete_files(h, &r, a, out, iter);
		} else {
			if (err == MBX_BY_SUB)
				err = mbx_recv_by_sub(h, &r, out, iter, nowait,
						      &deadline);
			if (err == -EMSGSIZE)
				*needed = (struct mbx_needed){ r.needed,
							       r.needed_fds };
			return err;
		}
		if (likely(err != -EAGAIN))
			return err;
		if (iter)
			iov_iter_revert(iter, room - iov_iter_count(iter));
	}
}

/**
 * mbx_check_recv() - what can be said of a RECV before it begins
 * @args: what is asked for
 *
 * Return: 0 or -EINVAL.
 */
int mbx_check_recv(const struct mbox_recv *args)
{
	struct mbx_deadline deadline;

	return mbx_check_recv_args(args) ?:
		       mbx_deadline_set(&deadline, args->deadline,
					args->flags & MBOX_REALTIME);
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
	struct mbx_needed needed MBX_UNINIT;
	int err;

	if (!(READ_ONCE(h->rights) & MBOX_RIGHT_RECV))
		return -EBADF;
	err = mbx_check_recv_args(args);
	if (unlikely(err))
		return err;
	err = mbx_do_recv(h, args, out, NULL, NULL,
			  nowait || (args->flags & MBOX_NOWAIT), &needed);
	return unlikely(err == -EMSGSIZE) ? mbx_put_needed(out, &needed) : err;
}

/**
 * mbx_copy_out() - the second step, for a message with nothing special
 * @msg: the message, taken
 * @drops: drop count when it was
 * @to: where its bytes go
 * @room: how many there may be
 * @out: where results go
 *
 * Return: 0 or -EFAULT.
 */
int mbx_copy_out(struct mbx_msg *msg, u64 drops, void __user *to, u32 room,
		 struct mbox_recv __user *out)
{
	int err = mbx_msg_copy(msg, to, min(msg->len, room));

	return err ?: mbx_describe(out, msg, 0, drops);
}

/**
 * mbx_recv_chosen() - RECV through a handle that may receive
 * @h: the handle, or that of one's own endpoint
 * @args: what is asked for, checked
 * @out: where results go
 * @from: of whom, or NULL: of anybody
 * @nowait: the file is non-blocking
 *
 * Return: 0 or the errors of RECV_FROM.
 */
int mbx_recv_chosen(struct mbx_handle *h, const struct mbox_recv *args,
		    struct mbox_recv __user *out, const struct mbx_from *from,
		    bool nowait)
{
	struct mbx_needed needed;
	int err;

	err = mbx_do_recv(h, args, out, NULL, from,
			  nowait || (args->flags & MBOX_NOWAIT), &needed);
	return err == -EMSGSIZE ? mbx_put_needed(out, &needed) : err;
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
	struct mbx_needed needed;
	int err;

	mbx_handle_use(h);
	if (!(READ_ONCE(h->rights) & MBOX_RIGHT_RECV))
		return -EBADF;
	if (!room)
		return 0;
	err = mbx_do_recv(h, &args, NULL, to, NULL, nowait, &needed);
	if (err)
		return err == -EPIPE ? 0 : err;
	return room - iov_iter_count(to);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * CALL and REPLY: a request and its answer.
 *
 * CALL reads top to bottom: what is asked for is checked and paid for, answer
 * included; the search for a deadlock; the request is placed, as SEND does it;
 * the caller sleeps until it has its answer, and copies it.  What a call is, and
 * how it ends, stands in call.h.
 *
 * Locking: mbx_box.lock, by mbx_box_lock().
 * Called by: chardev.c.
 */
#include <linux/err.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "args.h"
#include "call.h"
#include "compat.h"
#include "delay.h"
#include "graph.h"
#include "handle.h"
#include "line.h"
#include "verbs.h"

/* Sleep until finished.  -EINTR only if the request was taken: no restart. */
static int mbx_await_reply(struct mbx_box *box, struct mbx_call *call)
{
	struct mbx_sender *s = &call->sender;
	struct mbx_work work;
	int err;

	err = mbx_wait_sleep(&s->waiter, &call->deadline);
	if (!err)
		return s->waiter.result;
	mbx_box_lock(box, &work);
	if (mbx_waiter_is_ready(&s->waiter)) {
		err = s->waiter.result;
	} else if (call->is_taken) {
		mbx_box_leave_callers(box, call);
		if (err == -ERESTARTSYS)
			err = -EINTR;
	} else {
		if (err == -ETIMEDOUT)
			box->expired++;
		mbx_box_give_up_sender(box, s, &work);
	}
	mbx_box_unlock(box, &work);
	return err;
}

/* The answer, or why there is none, into user memory. */
static int mbx_put_reply(struct mbx_args *args, struct mbx_call *call, int err)
{
	struct mbox_call *a = &args->call;
	const struct mbx_msg *msg = call->reply;

	/* Before it was taken, @taken says so already. */
	if (!call->is_taken)
		return err;
	a->taken = 1;
	if (mbx_args_put_members(args, call, taken, taken))
		return -EFAULT;
	if (err)
		return err;
	a->reply_len = msg->len;
	a->reply_tag = msg->tag;
	a->start_time = mbx_boottime_shown(msg->stamp.start_time);
	a->pid = mbx_pid_shown(msg->stamp.process);
	a->tid = mbx_pid_shown(msg->stamp.thread);
	a->uid = mbx_uid_shown(msg->stamp.uid);
	a->gid = mbx_gid_shown(msg->stamp.gid);
	err = mbx_args_put_members(args, call, reply_tag, gid);
	return err   ?:
		       mbx_msg_copy(call->reply, u64_to_user_ptr(a->reply),
				    msg->len);
}

/* Say that the caller waits; not if nobody is left who could answer. */
static int mbx_block(struct mbx_call *call, struct mbx_box *box, bool check)
{
	int err = mbx_graph_block(call->actor, box, check);

	if (!err)
		return 0;
	/* Those who could answer are still there when the mailbox has died. */
	spin_lock(&box->lock);
	if (box->is_dead)
		err = -EIDRM;
	spin_unlock(&box->lock);
	return err;
}

/* Make the request, place it, and take the answer; the caller has paid. */
static int mbx_do_call(struct mbx_handle *h, struct mbx_args *args,
		       struct mbx_call *call, bool nowait)
{
	const struct mbox_call *a = &args->call;
	const struct mbox_send request = {
		.size = sizeof(request),
		.flags = a->flags & MBOX_URGENT,
		.data = a->data,
		.tag = a->tag,
		.len = a->len,
		.priority = a->priority,
	};
	int err;

	err = mbx_make_request(h, &request, call);
	if (err)
		return err;
	if (call->actor) {
		err = mbx_block(call, h->box, !(a->flags & MBOX_NOCHECK));
		if (err)
			goto out_drop;
	}
	err = mbx_place_call(h, call, nowait) ?: mbx_await_reply(h->box, call);
	if (call->actor)
		mbx_graph_unblock(call->actor);
out_drop:
	if (call->sender.msg)
		mbx_msg_drop(call->sender.msg);
	return err;
}

/**
 * mbx_call() - MBOX_IOC_CALL
 * @h: the handle
 * @file: its file
 * @args: struct mbox_call
 *
 * Return: 0 or the errors of CALL.
 */
long mbx_call(struct mbx_handle *h, struct file *file, struct mbx_args *args)
{
	struct mbox_call *a = &args->call;
	bool nowait = mbx_is_nonblocking(file) || (a->flags & MBOX_NOWAIT);
	struct mbx_call call = { .room = a->reply_room };
	struct mbx_purse *purse;
	u32 charge, left;
	int err;

	/*
	 * First of all, so that @taken is never what was there by chance, and
	 * that there is a place for all that comes.
	 */
	memset_startat(a, 0, taken);
	if (mbx_args_put_members(args, call, taken, __reserved))
		return -EFAULT;
	if (!(READ_ONCE(h->rights) & MBOX_RIGHT_SEND))
		return -EBADF;
	if (a->flags & ~MBX_CALL_FLAGS)
		return -EINVAL;
	if (mbx_box_drops(h->box) || mbx_box_broadcasts(h->box))
		return -EOPNOTSUPP;
	/* No answer is longer than the longest message. */
	call.room = min(call.room, h->box->attr.max_size);
	err = mbx_deadline_set(&call.deadline, a->deadline,
			       a->flags & MBOX_REALTIME);
	if (err)
		return err;
	if (mbx_deadline_has_passed(&call.deadline))
		return -ETIMEDOUT;

	purse = mbx_purse_get();
	if (!purse)
		return -ENOMEM;
	charge = mbx_msg_charge(call.room);
	err = mbx_charge_call(purse, charge);
	if (err)
		goto out_put;
	call.purse = purse;
	call.actor = mbx_actor_of_current();
	err = mbx_do_call(h, args, &call, nowait);
	err = mbx_put_reply(args, &call, err);
	left = charge - call.answering;
	if (call.reply)
		mbx_msg_drop(call.reply);
	mbx_refund_call(purse, left, !call.answering);
	if (call.actor)
		mbx_actor_put(call.actor);
out_put:
	mbx_purse_put(purse);
	return err;
}

/* The call that has this token and is not over, or NULL. */
static struct mbx_call *mbx_find_call(struct mbx_handle *h, u64 token)
{
	struct mbx_call *call;

	lockdep_assert_held(&h->box->lock);
	call = h->service ? mbx_call_from(h->service, token) : NULL;
	return call && call->token == token ? call : NULL;
}

/* The call that a token is for, or an error. */
static struct mbx_call *mbx_call_of_token(struct mbx_handle *h,
					  const struct mbox_reply *a)
{
	struct mbx_call *call;

	if (h->box->is_dead)
		return ERR_PTR(-EIDRM);
	call = mbx_find_call(h, a->token);
	if (!call || !mbx_is_server_current(call->server))
		return ERR_PTR(-ESTALE);
	return a->len <= call->room ? call : ERR_PTR(-EMSGSIZE);
}

/*
 * Take over from the call what the answer costs: so no second one is made at the
 * expense of the same call, and this one is paid whatever becomes of the call.
 * Returns a reference on the purse of the caller, who has paid it.
 */
static struct mbx_purse *mbx_begin_answer(struct mbx_handle *h,
					  const struct mbox_reply *a)
{
	struct mbx_purse *purse;
	struct mbx_call *call;

	spin_lock(&h->box->lock);
	call = mbx_call_of_token(h, a);
	if (IS_ERR(call)) {
		purse = ERR_CAST(call);
	} else if (call->answering) {
		purse = ERR_PTR(-ESTALE);
	} else {
		call->answering = mbx_msg_charge(a->len);
		purse = call->purse;
		refcount_inc(&purse->refs);
	}
	spin_unlock(&h->box->lock);
	return purse;
}

/* Undo that: to the call, or if that has ended, to the purse. */
static void mbx_undo_answer(struct mbx_handle *h, const struct mbox_reply *a,
			    struct mbx_purse *purse)
{
	struct mbx_call *call;

	spin_lock(&h->box->lock);
	call = mbx_find_call(h, a->token);
	if (call)
		call->answering = 0;
	spin_unlock(&h->box->lock);
	if (call)
		mbx_purse_put(purse);
	else
		mbx_refund_message(purse, mbx_msg_charge(a->len));
}

/* An answer that the caller will not get. */
static void mbx_drop_answer(struct mbx_handle *h, const struct mbox_reply *a,
			    struct mbx_msg *msg)
{
	struct mbx_purse *purse = msg->purse;

	mbx_msg_free_paid(msg);
	mbx_undo_answer(h, a, purse);
}

/**
 * mbx_check_reply() - what can be said of a REPLY before it begins
 * @h: the handle
 * @a: what is asked for
 *
 * Return: 0 or an error of REPLY.
 */
int mbx_check_reply(struct mbx_handle *h, const struct mbox_reply *a)
{
	if (!(READ_ONCE(h->rights) & MBOX_RIGHT_RECV))
		return -EBADF;
	return a->flags || a->__reserved ? -EINVAL : 0;
}

/* The answer, complete, and paid by the caller. */
static struct mbx_msg *mbx_make_answer(struct mbx_handle *h,
				       const struct mbox_reply *a)
{
	struct mbx_purse *purse = mbx_begin_answer(h, a);
	struct mbx_msg *msg;

	if (IS_ERR(purse))
		return ERR_CAST(purse);
	msg = mbx_msg_new_paid(purse, a->len);
	if (IS_ERR(msg)) {
		mbx_undo_answer(h, a, purse);
		return msg;
	}
	msg->tag = a->tag;
	msg->priority = 0;
	mbx_stamp_current(&msg->stamp);
	if (mbx_msg_fill(msg, u64_to_user_ptr(a->data))) {
		mbx_drop_answer(h, a, msg);
		return ERR_PTR(-EFAULT);
	}
	return msg;
}

/**
 * mbx_answer() - answer a call
 * @h: the handle
 * @a: the answer, checked
 *
 * Return: 0 or the errors of REPLY.
 */
int mbx_answer(struct mbx_handle *h, const struct mbox_reply *a)
{
	struct mbx_box *box = h->box;
	struct mbx_work work;
	struct mbx_call *call;
	struct mbx_msg *msg;

	msg = mbx_make_answer(h, a);
	if (IS_ERR(msg)) {
		/* Perhaps it is one of a program that was here before. */
		if (PTR_ERR(msg) == -ESTALE)
			mbx_service_leave(h, MBX_LEAVE_OLD_PROGRAM, NULL);
		return PTR_ERR(msg);
	}

	mbx_delay(MBX_DELAY_BEFORE_REPLY);
	mbx_box_lock(box, &work);
	call = mbx_call_of_token(h, a);
	if (!IS_ERR(call)) {
		msg->id = call->sender.waiter.message;
		trace_mbox_reply(box, msg);
		mbx_box_leave_callers(box, call);
		call->reply = msg;
		mbx_wait_finish(&call->sender.waiter, 0, &work.wakes);
	}
	mbx_box_unlock(box, &work);
	if (!IS_ERR(call))
		return 0;
	mbx_drop_answer(h, a, msg);
	return PTR_ERR(call);
}

/**
 * mbx_reply() - MBOX_IOC_REPLY
 * @h: the handle
 * @file: its file
 * @args: struct mbox_reply
 *
 * Return: 0 or the errors of REPLY.
 */
long mbx_reply(struct mbx_handle *h, struct file *file, struct mbx_args *args)
{
	const struct mbox_reply *a = &args->reply;
	int err = mbx_check_reply(h, a);

	if (a->recv)
		err = err ?: -EINVAL;
	return err ?: mbx_answer(h, a);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * PEEK and FLUSH: a look at a message, and the end of all that wait.
 *
 * A message that is looked at stays where it is: it is shared while its bytes
 * are copied without the lock, so that whoever receives it meanwhile leaves it
 * to be freed by who knows it last.
 *
 * Locking: mbx_box.lock, by mbx_box_lock() or alone.
 * Called by: chardev.c.
 */
#include <linux/err.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "args.h"
#include "delay.h"
#include "fan.h"
#include "handle.h"
#include "line.h"
#include "verbs.h"

/* A place as a number: the id, and whether it is urgent and had come back. */
#define MBX_PLACE_URGENT 0x1
#define MBX_PLACE_CAME_BACK 0x2
#define MBX_PLACE_SHIFT 2

static struct mbx_place mbx_place_from(const struct mbox_peek *a)
{
	return (struct mbx_place){
		.id = a->place >> MBX_PLACE_SHIFT,
		.priority = a->place_priority,
		.is_urgent = a->place & MBX_PLACE_URGENT,
		.came_back = a->place & MBX_PLACE_CAME_BACK,
	};
}

static void mbx_put_place(struct mbox_peek *a, const struct mbx_place *place)
{
	a->place = place->id << MBX_PLACE_SHIFT;
	if (place->is_urgent)
		a->place |= MBX_PLACE_URGENT;
	if (place->came_back)
		a->place |= MBX_PLACE_CAME_BACK;
	a->place_priority = place->priority;
}

/* The message to look at, shared with the mailbox, or an error. */
static struct mbx_msg *mbx_find(struct mbx_handle *h, struct mbox_peek *a)
{
	struct mbx_place place = mbx_place_from(a);
	const struct mbx_place *from = a->flags & MBOX_BEHIND ? &place : NULL;
	struct mbx_sub *sub = h->end.sub;
	struct mbx_box *box = h->box;
	struct mbx_msg *msg = ERR_PTR(-EIDRM);

	spin_lock(&box->lock);
	if (box->is_dead)
		goto out_unlock;
	msg = sub ? mbx_sub_behind(box, sub, from) :
		    mbx_queue_next(&box->queue, from);
	if (!msg) {
		msg = ERR_PTR(-EAGAIN);
		goto out_unlock;
	}
	mbx_msg_share(msg);
	place = mbx_place_of(msg);
	mbx_put_place(a, &place);
	a->drops = sub ? mbx_sub_missed(box, sub) : box->dropped;
out_unlock:
	spin_unlock(&box->lock);
	return msg;
}

static void mbx_describe(struct mbox_peek *a, const struct mbx_msg *msg)
{
	const struct mbx_stamp *stamp = &msg->stamp;

	a->id = msg->id;
	a->tag = msg->tag;
	a->start_time = mbx_boottime_shown(stamp->start_time);
	a->sent_time = mbx_monotonic_shown(msg->sent_time);
	a->msg_len = msg->len;
	a->pid = mbx_pid_shown(stamp->process);
	a->tid = mbx_pid_shown(stamp->thread);
	a->uid = mbx_uid_shown(stamp->uid);
	a->gid = mbx_gid_shown(stamp->gid);
	a->msg_fds = msg->nfds;
}

/**
 * mbx_peek() - MBOX_IOC_PEEK
 * @h: the handle
 * @file: its file
 * @args: struct mbox_peek
 *
 * Return: 0 or the errors of PEEK.
 */
long mbx_peek(struct mbx_handle *h, struct file *file, struct mbx_args *args)
{
	struct mbox_peek *a = &args->peek;
	void __user *data = u64_to_user_ptr(a->data);
	struct mbx_msg *msg;
	int err;

	err = mbx_handle_may_receive(h);
	if (err)
		return err;
	if ((a->flags & ~MBX_PEEK_FLAGS) || a->__reserved[0] ||
	    a->__reserved[1] || a->place_priority > MBOX_PRIORITY_MAX)
		return -EINVAL;
	if (!(a->flags & MBOX_BEHIND) && (a->place || a->place_priority))
		return -EINVAL;
	msg = mbx_find(h, a);
	if (IS_ERR(msg))
		return PTR_ERR(msg);

	mbx_delay(MBX_DELAY_WHILE_PEEKING);
	mbx_describe(a, msg);
	if (!(a->flags & MBOX_TRUNCATE) && msg->len > a->len) {
		err = mbx_args_put_members(args, peek, msg_len, msg_len);
		err = err ?: -EMSGSIZE;
	} else {
		err = mbx_msg_copy(msg, data, min(msg->len, a->len));
		err = err   ?:
			      mbx_args_put_members(args, peek, place_priority,
						   place);
		err = err ?: mbx_args_put_members(args, peek, id, msg_fds);
	}
	mbx_msg_put(msg);
	return err;
}

/**
 * mbx_flush() - MBOX_IOC_FLUSH
 * @h: the handle
 * @file: its file
 * @args: struct mbox_flush
 *
 * What is sent meanwhile may be among it, but it does not go on for ever: it
 * takes no more than there were.
 *
 * Return: 0 or the errors of FLUSH.
 */
long mbx_flush(struct mbx_handle *h, struct file *file, struct mbx_args *args)
{
	struct mbx_box *box = h->box;
	struct mbx_work work;
	bool is_more = true, is_first = true;
	u64 most = 0, left = 0;
	int err = mbx_handle_may_receive(h);

	if (err)
		return err;
	if (args->flush.flags)
		return -EINVAL;
	/* The answer has a place, before anything is done. */
	args->flush.messages = 0;
	if (mbx_args_put_members(args, flush, messages, messages))
		return -EFAULT;
	if (h->end.sub) {
		err = mbx_fan_flush(box, h->end.sub, &most);
		is_more = false;
	}
	while (is_more) {
		mbx_box_lock(box, &work);
		if (is_first) {
			most = box->messages;
			left = most;
		}
		is_more = false;
		if (!box->is_dead)
			is_more =
				mbx_box_flush_some(box, &h->end, &left, &work);
		else if (is_first)
			err = -EIDRM;
		is_first = false;
		mbx_box_unlock(box, &work);
		cond_resched();
		is_more &= !mbx_is_killed();
	}
	if (err)
		return err;
	/* They are gone: that this can no longer be written is no error. */
	args->flush.messages = most - left;
	mbx_args_put_members(args, flush, messages, messages);
	return 0;
}

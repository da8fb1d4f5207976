// SPDX-License-Identifier: GPL-2.0-only
/*
 * Receivers in a broadcast mailbox: the lines they stand in, who is woken for a
 * message, and the three steps of receiving.  Why it is right is argued in
 * fan.h; how a waiter sleeps, in wait.h.
 *
 * Locking: mbx_box.lock; what is not static says in fan.h whether it takes it.
 */
#include <linux/sched/signal.h>

#include "fan.h"
#include "line.h"

static struct mbx_receiver *mbx_first_in_line(struct mbx_sub *sub)
{
	return list_first_entry_or_null(&sub->line, struct mbx_receiver,
					waiter.link);
}

/**
 * mbx_fan_next_receiver() - one that waits
 * @box: the mailbox
 *
 * Return: the receiver, or NULL.
 */
struct mbx_receiver *mbx_fan_next_receiver(struct mbx_box *box)
{
	struct mbx_sub *sub;

	lockdep_assert_held(&box->lock);
	sub = list_first_entry_or_null(&box->fan.sleeping, struct mbx_sub,
				       sleeping);
	return sub ? mbx_first_in_line(sub) : NULL;
}

/**
 * mbx_fan_leave() - out of the line of a subscription
 * @box: the mailbox
 * @r: the receiver
 */
void mbx_fan_leave(struct mbx_box *box, struct mbx_receiver *r)
{
	struct mbx_sub *sub = r->end->sub;

	lockdep_assert_held(&box->lock);
	list_del(&r->waiter.link);
	if (list_empty(&sub->line))
		list_del_init(&sub->sleeping);
	if (r->end->is_wanted)
		list_del(&r->end_link);
	box->receivers_waiting--;
}

static void mbx_fan_wake(struct mbx_box *box, struct mbx_receiver *r,
			 struct mbx_work *work)
{
	mbx_fan_leave(box, r);
	mbx_wait_finish(&r->waiter, 0, &work->wakes);
}

/* One of each line for each message that has come.  True if there may be more. */
static bool mbx_fan_wake_some(struct mbx_box *box, struct mbx_work *work)
{
	struct list_head *sleeping = &box->fan.sleeping;
	struct mbx_sub *sub;

	lockdep_assert_held(&box->lock);
	while (!list_empty(sleeping)) {
		sub = list_first_entry(sleeping, struct mbx_sub, sleeping);
		if (sub->told == box->last_id)
			return false;
		if (mbx_work_is_full(work))
			return true;
		work->steps++;
		sub->told++;
		/* Who did not wait has had it already. */
		if (!mbx_sub_first(box, sub))
			sub->told = box->last_id;
		else
			mbx_fan_wake(box, mbx_first_in_line(sub), work);
		if (!list_empty(&sub->line) && sub->told == box->last_id)
			list_move_tail(&sub->sleeping, sleeping);
	}
	return false;
}

/**
 * mbx_fan_tell() - tell those in line what they wait for
 * @box: the mailbox, not dead
 * @work: collects
 *
 * One of each line is woken for each message that has come; and those at their
 * end, which is not that of all where messages are left for others.
 *
 * Return: true if the lock must be dropped before going on.
 */
bool mbx_fan_tell(struct mbx_box *box, struct mbx_work *work)
{
	bool is_more = mbx_fan_wake_some(box, work);

	if (!box->send_handles)
		is_more |= mbx_box_end_some(box, work);
	return is_more;
}

/* Tell who registered with a subscription, if somebody did. */
static void mbx_fan_signal(struct mbx_box *box, const struct mbx_sub *sub,
			   const struct mbx_msg *msg, struct mbx_work *work)
{
	if (!box->told.thread || box->fan.registered != sub)
		return;
	mbx_told_take(&box->told, &msg->stamp, &work->signal);
	work->news |= MBX_SIGNAL;
}

/**
 * mbx_fan_notify() - a message was accepted: tell who registered
 * @box: the mailbox
 * @msg: the message
 * @work: collects the signal
 *
 * Only if it is alone among those that the subscription has still to receive,
 * and nobody waits there.
 */
void mbx_fan_notify(struct mbx_box *box, const struct mbx_msg *msg,
		    struct mbx_work *work)
{
	struct mbx_sub *sub = box->fan.registered;
	bool is_alone;

	lockdep_assert_held(&box->lock);
	if (!sub || !list_empty(&sub->line))
		return;
	/* Without slots, who was overtaken had something before. */
	is_alone = sub->slots ?
			   sub->used == 1 && mbx_sub_first(box, sub) == msg :
			   sub->next_id == msg->id;
	if (is_alone)
		mbx_fan_signal(box, sub, msg, work);
}

/*
 * A receiver leaves that was woken, or has found the end: it tells the next, or,
 * if that was all who waited, who registered: nobody has the message.
 */
static void mbx_fan_wake_next(struct mbx_box *box, struct mbx_sub *sub,
			      struct mbx_work *work)
{
	struct mbx_receiver *r = mbx_first_in_line(sub);
	struct mbx_msg *msg;

	if (box->is_dead)
		return;
	msg = mbx_sub_first(box, sub);
	if (r && (msg || mbx_box_is_at_end(box, sub->end)))
		mbx_fan_wake(box, r, work);
	else if (!r && msg)
		mbx_fan_signal(box, sub, msg, work);
}

/* A subscription has had a message: if it was the last, its others are told. */
static void mbx_fan_may_end(struct mbx_box *box, struct mbx_sub *sub,
			    struct mbx_work *work)
{
	if (!mbx_box_is_at_end(box, sub->end))
		return;
	work->news |= MBX_CHANGED;
	mbx_fan_wake_next(box, sub, work);
}

/* Who was woken, and found that another was faster, keeps its turn. */
static void mbx_fan_line_up(struct mbx_box *box, struct mbx_receiver *r)
{
	struct mbx_sub *sub = r->end->sub;

	if (r->was_woken)
		list_add(&r->waiter.link, &sub->line);
	else
		list_add_tail(&r->waiter.link, &sub->line);
	r->was_woken = false;
	if (list_empty(&sub->sleeping)) {
		sub->told = box->last_id;
		list_add_tail(&sub->sleeping, &box->fan.sleeping);
	}
	if (r->end->is_wanted)
		list_add_tail(&r->end_link, &box->enders);
	box->receivers_waiting++;
	trace_mbox_wait(&r->waiter);
}

/* The first step: 0 with @r->msg, shared; or an error of RECV. */
static int mbx_fan_find(struct mbx_box *box, struct mbx_receiver *r)
{
	struct mbx_sub *sub = r->end->sub;
	struct mbx_msg *msg;

	if (box->is_dead)
		return -EIDRM;
	msg = mbx_sub_first(box, sub);
	if (!msg)
		return mbx_box_has_nothing(box, r);
	if (!mbx_fits_receiver(r, msg->len, 0)) {
		mbx_tell_needed(r, msg);
		return -EMSGSIZE;
	}
	mbx_msg_share(msg);
	r->msg = msg;
	r->drops = mbx_sub_missed(box, sub);
	return 0;
}

/* Wait until there may be something: 0, or why not.  Drops the lock. */
static int mbx_fan_await(struct mbx_box *box, struct mbx_receiver *r,
			 const struct mbx_deadline *deadline,
			 struct mbx_work *work) __releases(&box->lock)
{
	int err;

	mbx_waiter_init(&r->waiter, MBOX_WAIT_RECV, box->id);
	mbx_fan_line_up(box, r);
	mbx_box_unlock(box, work);

	err = mbx_wait_sleep(&r->waiter, deadline);
	if (err) {
		mbx_box_lock(box, work);
		if (mbx_waiter_is_ready(&r->waiter))
			err = 0;
		else
			mbx_fan_leave(box, r);
		mbx_box_unlock(box, work);
	}
	if (err)
		return err;
	r->was_woken = true;
	return r->waiter.result;
}

/**
 * mbx_fan_fetch() - find the next message, waiting for one if that is wanted
 * @box: the mailbox
 * @r: the receiver
 * @nowait: rather fail
 * @deadline: until when to wait
 *
 * Takes the lock.  A task that is killed before it looks takes nothing.
 *
 * Return: 0 with @r->msg, shared, for mbx_fan_settle(); or an error of RECV.
 */
int mbx_fan_fetch(struct mbx_box *box, struct mbx_receiver *r, bool nowait,
		  const struct mbx_deadline *deadline)
{
	struct mbx_work work;
	int err;

	for (;;) {
		mbx_box_lock(box, &work);
		err = mbx_is_killed() ? -EINTR : mbx_fan_find(box, r);
		if (err != -EAGAIN || nowait)
			break;
		err = mbx_fan_await(box, r, deadline, &work);
		if (err)
			return err;
	}
	if (err && r->was_woken)
		mbx_fan_wake_next(box, r->end->sub, &work);
	mbx_box_unlock(box, &work);
	return err;
}

/* Whether the message that was copied is still the next, with those drops. */
static bool mbx_fan_is_next(struct mbx_box *box, const struct mbx_receiver *r)
{
	const struct mbx_sub *sub = r->end->sub;

	if (sub->next_id > r->msg->id)
		return false;
	return sub->slots ||
	       r->drops == sub->missed + r->msg->id - sub->next_id;
}

/**
 * mbx_fan_settle() - a message was copied, or could not be
 * @box: the mailbox
 * @r: the receiver, with its message; it knows it no more
 * @err: of the copy
 *
 * Takes the lock.  A receiver that is killed while it copies has received.
 *
 * Return: @err; -EIDRM if the mailbox died meanwhile; -EAGAIN if another thread
 * with this handle was faster, and the next message must be fetched.
 */
int mbx_fan_settle(struct mbx_box *box, struct mbx_receiver *r, int err)
{
	struct mbx_sub *sub = r->end->sub;
	struct mbx_work work;

	mbx_box_lock(box, &work);
	if (box->is_dead) {
		err = -EIDRM;
	} else if (err && !mbx_is_killed()) {
		if (r->was_woken)
			mbx_fan_wake_next(box, sub, &work);
	} else if (!mbx_fan_is_next(box, r)) {
		err = -EAGAIN;
	} else {
		trace_mbox_receive(box, r->msg);
		mbx_sub_move(box, sub, r->msg, &work);
		r->end->has_seen = true;
		mbx_fan_may_end(box, sub, &work);
	}
	mbx_box_unlock(box, &work);
	mbx_msg_put(r->msg);
	return err;
}

/**
 * mbx_fan_flush() - FLUSH: have all that waits for a subscription
 * @box: the mailbox
 * @sub: the subscription
 * @messages: where to tell how many there were
 *
 * Takes the lock.
 *
 * Return: 0 or -EIDRM.
 */
int mbx_fan_flush(struct mbx_box *box, struct mbx_sub *sub, u64 *messages)
{
	struct mbx_work work;
	int err = 0;

	mbx_box_lock(box, &work);
	if (box->is_dead) {
		err = -EIDRM;
	} else {
		*messages = mbx_sub_pending(box, sub);
		mbx_sub_skip(box, sub, &work);
		sub->end->has_seen |= *messages > 0;
		mbx_fan_may_end(box, sub, &work);
	}
	mbx_box_unlock(box, &work);
	return err;
}

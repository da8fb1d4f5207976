// SPDX-License-Identifier: GPL-2.0-only
/*
 * The mailbox at work: what only some messages go through; see line.h.
 *
 * Locking: every function here is called with mbx_box.lock held, and neither
 * sleeps nor allocates, copies or frees.
 * Called by: the inline functions of line.h, send.c, recv.c, box.c.
 */
#include "call.h"
#include "fan.h"
#include "graph.h"
#include "line.h"

#define mbx_first_sender(line) \
	list_first_entry_or_null(line, struct mbx_sender, waiter.link)

static void mbx_leave_senders(struct mbx_box *box, struct mbx_sender *s)
{
	list_del(&s->waiter.link);
	if (unlikely(s->msg && s->msg->nfds))
		list_del_init(&s->msg->files->link);
	box->senders_waiting--;
}

/* Finish a sender whose message was not taken; it is in no line. */
static void mbx_refuse(struct mbx_sender *s, int err, struct mbx_work *work)
{
	if (s->call && s->call->actor)
		mbx_graph_unblock(s->call->actor);
	mbx_wait_finish(&s->waiter, err, &work->wakes);
}

/**
 * mbx_work_drop() - free a message when the lock is dropped
 * @work: collects
 * @msg: the message, in no mailbox
 */
void mbx_work_drop(struct mbx_work *work, struct mbx_msg *msg)
{
	if (!(work->news & MBX_DROPPED)) {
		work->news |= MBX_DROPPED;
		INIT_LIST_HEAD(&work->dropped);
	}
	list_add_tail(&msg->link, &work->dropped);
	msg->where = MBX_MSG_OUTSIDE;
}

/**
 * mbx_box_discard() - take a message out of the queue, to be freed
 * @box: the mailbox
 * @msg: the message
 * @work: collects
 */
void mbx_box_discard(struct mbx_box *box, struct mbx_msg *msg,
		     struct mbx_work *work)
{
	lockdep_assert_held(&box->lock);
	mbx_queue_remove(&box->queue, msg);
	mbx_work_drop(work, msg);
}

/**
 * mbx_box_drop() - a message that is queued is lost
 * @box: the mailbox
 * @msg: the message; in a broadcast mailbox the first
 * @work: collects it
 */
void mbx_box_drop(struct mbx_box *box, struct mbx_msg *msg,
		  struct mbx_work *work)
{
	if (mbx_box_broadcasts(box))
		mbx_fan_overtake(box, msg);
	mbx_box_discard(box, msg, work);
	mbx_box_discount(box, msg);
	if (msg->nfds)
		mbx_box_discount_files(box, msg->files);
	box->dropped++;
	trace_mbox_drop(box, msg);
}

/**
 * mbx_box_make_room() - a message does not fit beside those that are there
 * @box: the mailbox; its policy drops
 * @msg: the message, which is not accepted yet
 * @work: collects what is dropped
 *
 * One after the other gives way, the oldest of the lowest priority first, and
 * stays dropped should @msg turn out to be the next.
 *
 * Return: 0 if there is room now; -EXFULL if @msg itself is to be dropped;
 * -EAGAIN if the lock must be dropped before going on.
 */
int mbx_box_make_room(struct mbx_box *box, const struct mbx_msg *msg,
		      struct mbx_work *work)
{
	struct mbx_msg *least;

	lockdep_assert_held(&box->lock);
	while (!mbx_fits(&box->attr.bounds, box->messages - box->taken,
			 box->bytes - box->taken_bytes, msg->len)) {
		if (box->attr.policy == MBOX_POLICY_DROP_NEWEST)
			return -EXFULL;
		least = mbx_queue_least(&box->queue);
		if (least->priority > msg->priority)
			return -EXFULL;
		if (mbx_work_is_full(work))
			return -EAGAIN;
		work->steps++;
		mbx_box_drop(box, least, work);
	}
	return 0;
}

/**
 * mbx_box_drop_new() - the policy drops a message that has just been sent
 * @box: the mailbox
 * @msg: the message, the caller's to free
 */
void mbx_box_drop_new(struct mbx_box *box, struct mbx_msg *msg)
{
	lockdep_assert_held(&box->lock);
	msg->id = ++box->last_id;
	box->sent++;
	box->dropped++;
	trace_mbox_send(box, msg);
	trace_mbox_drop(box, msg);
}

/**
 * mbx_box_line_up_receipt() - wait until a message is taken
 * @box: the mailbox
 * @s: the sender, in no line
 * @msg: its message, which is being accepted
 */
void mbx_box_line_up_receipt(struct mbx_box *box, struct mbx_sender *s,
			     struct mbx_msg *msg)
{
	lockdep_assert_held(&box->lock);
	s->waiter.what = s->call ? MBOX_WAIT_CALL : MBOX_WAIT_RECEIPT;
	s->waiter.message = msg->id;
	list_add_tail(&s->waiter.link, &box->receipts);
	box->senders_waiting++;
	trace_mbox_wait(&s->waiter);
	if (s->call)
		trace_mbox_call(box, msg);
}

/* The first bucket ends at 2^MBOX_TIMES_SHIFT ns, each other at twice that. */
static unsigned int mbx_times_bucket(u64 ns)
{
	return min_t(unsigned int, fls64(ns >> MBOX_TIMES_SHIFT),
		     MBOX_TIMES_BUCKETS - 1);
}

/**
 * mbx_box_tell_received() - what only some messages leave behind them
 * @box: the mailbox
 * @msg: a message that has been received
 * @r: who received it, or NULL: it was flushed
 * @work: collects: the receipt
 *
 * With MBOX_ATTR_TIMES, how long it lay; and who waits is told that it was
 * taken.
 */
void mbx_box_tell_received(struct mbx_box *box, struct mbx_msg *msg,
			   const struct mbx_receiver *r, struct mbx_work *work)
{
	struct mbx_sender *s = msg->receipt;
	u64 lay;

	lockdep_assert_held(&box->lock);
	if (msg->sent_time) {
		lay = ktime_get_ns() - msg->sent_time;
		box->times->count[mbx_times_bucket(lay)]++;
	}
	if (!s)
		return;
	s->msg = NULL;
	mbx_leave_senders(box, s);
	if (s->call)
		mbx_box_call_taken(box, s->call, r, work);
	else
		mbx_wait_finish(&s->waiter, 0, &work->wakes);
}

/**
 * mbx_box_line_up_sender() - wait for room, behind all who do
 * @box: the mailbox
 * @s: the sender, with its message
 */
void mbx_box_line_up_sender(struct mbx_box *box, struct mbx_sender *s)
{
	lockdep_assert_held(&box->lock);
	s->ask.turn = 0;
	list_add_tail(&s->waiter.link, &box->senders);
	box->senders_waiting++;
	if (s->msg->nfds) {
		s->msg->files->sender = s;
		list_add_tail(&s->msg->files->link, &box->with_files);
	}
	trace_mbox_wait(&s->waiter);
}

/*
 * Take back the accepted message of a sender that waits for its receipt.  In
 * the queue, it is the sender's again; with a receiver, the receiver finds
 * out when it has copied it, and drops it.
 */
static void mbx_withdraw(struct mbx_box *box, struct mbx_sender *s,
			 struct mbx_work *work)
{
	struct mbx_msg *msg = s->msg;

	mbx_leave_senders(box, s);
	mbx_box_uncount(box, msg, work);
	if (msg->nfds)
		mbx_box_discount_files(box, msg->files);
	box->sent--;
	msg->receipt = NULL;
	trace_mbox_drop(box, msg);
	if (msg->where == MBX_MSG_TAKEN) {
		msg->where = MBX_MSG_WITHDRAWN;
		s->msg = NULL;
	} else {
		mbx_queue_remove(&box->queue, msg);
		msg->where = MBX_MSG_OUTSIDE;
	}
}

/**
 * mbx_box_give_up_sender() - leave the line without having been finished
 * @box: the mailbox
 * @s: the sender, not READY; what is left in its @msg is its own again
 * @work: collects: whoever is next may fit
 */
void mbx_box_give_up_sender(struct mbx_box *box, struct mbx_sender *s,
			    struct mbx_work *work)
{
	lockdep_assert_held(&box->lock);
	if (s->waiter.what != MBOX_WAIT_SEND)
		mbx_withdraw(box, s, work);
	else
		mbx_leave_senders(box, s);
	work->news |= MBX_FREED;
}

/**
 * mbx_box_expire() - a receiver finds that a caller's deadline has passed
 * @box: the mailbox
 * @call: the call, whose request that receiver has
 * @work: collects
 *
 * The caller's own clock will say so at any moment.
 */
void mbx_box_expire(struct mbx_box *box, struct mbx_call *call,
		    struct mbx_work *work)
{
	lockdep_assert_held(&box->lock);
	box->expired++;
	mbx_withdraw(box, &call->sender, work);
	mbx_refuse(&call->sender, -ETIMEDOUT, work);
}

/**
 * mbx_box_notify() - a message has come into the queue: tell who registered
 * @box: the mailbox
 * @work: collects the signal
 *
 * Only if it is alone there (see notify.h).  Broadcast mailboxes have their own:
 * mbx_fan_accept().
 */
void mbx_box_notify(struct mbx_box *box, struct mbx_work *work)
{
	const struct mbx_msg *msg = mbx_queue_first(&box->queue);
	struct mbx_place place;

	lockdep_assert_held(&box->lock);
	if (!box->told.thread || !msg || mbx_box_broadcasts(box))
		return;
	place = mbx_place_of(msg);
	if (mbx_queue_next(&box->queue, &place))
		return;
	mbx_told_take(&box->told, &msg->stamp, &work->signal);
	work->news |= MBX_SIGNAL;
}

/**
 * mbx_box_admit() - give free room to the senders in line
 * @box: the mailbox
 * @work: collects
 *
 * In their order, as many as fit; stops at the first that does not.
 *
 * Return: true if the lock must be dropped before going on.
 */
bool mbx_box_admit(struct mbx_box *box, struct mbx_work *work)
{
	struct mbx_sender *s;

	lockdep_assert_held(&box->lock);
	if (mbx_box_accepts(box))
		return false;
	while ((s = mbx_first_sender(&box->senders))) {
		struct mbx_msg *msg = s->msg;
		int err = mbx_box_accepts_msg(box, msg);

		if (!err && mbx_box_is_over(box, msg->len))
			err = -EDQUOT;
		if (!mbx_box_has_room(box, msg->len))
			return false;
		if (mbx_work_is_full(work))
			return true;
		if (!err && !mbx_box_find_taker(box, msg, &s->ask, work))
			return true;
		work->steps++;
		mbx_leave_senders(box, s);
		if (!err && msg->nfds)
			mbx_box_count_files(box, msg->files);
		if (err) {
			mbx_refuse(s, err, work);
		} else if (s->wants_receipt) {
			mbx_box_accept(box, msg, s, s->ask.taker, work);
		} else {
			s->msg = NULL;
			if (mbx_box_broadcasts(box))
				mbx_fan_accept(box, msg, work);
			else
				mbx_box_accept(box, msg, NULL, s->ask.taker,
					       work);
			s->waiter.message = msg->id;
			mbx_wait_finish(&s->waiter, 0, &work->wakes);
		}
		if (!err && mbx_queue_first(&box->queue) == msg)
			mbx_box_notify(box, work);
	}
	return false;
}

/**
 * mbx_box_forsake() - a receiver drops its message: the mailbox has died
 * @box: the mailbox, dead
 * @r: the receiver; its message is the caller's to drop
 * @work: collects
 *
 * A sender that waits for its receipt may still stand in line, and point to
 * the message: mbx_box_bury() has not come to it.
 */
void mbx_box_forsake(struct mbx_box *box, struct mbx_receiver *r,
		     struct mbx_work *work)
{
	struct mbx_sender *s = r->msg->receipt;

	lockdep_assert_held(&box->lock);
	if (s) {
		mbx_withdraw(box, s, work);
		mbx_refuse(s, -EIDRM, work);
	} else if (r->msg->where != MBX_MSG_WITHDRAWN) {
		trace_mbox_drop(box, r->msg);
	}
	if (r->msg->nfds)
		list_del_init(&r->msg->files->link);
}

/**
 * mbx_box_flush_some() - receive what is queued, and drop it
 * @box: the mailbox, not dead
 * @end: of the handle that receives
 * @left: how many to receive at most; counts down
 * @work: collects: what is dropped, receipts, and the room
 *
 * Return: true if the lock must be dropped before going on.
 */
bool mbx_box_flush_some(struct mbx_box *box, struct mbx_end *end, u64 *left,
			struct mbx_work *work)
{
	struct mbx_msg *msg;

	lockdep_assert_held(&box->lock);
	for (; *left; --*left) {
		msg = mbx_queue_first(&box->queue);
		if (!msg)
			return false;
		if (mbx_work_is_full(work))
			return true;
		work->steps++;
		mbx_box_discard(box, msg, work);
		mbx_box_received(box, msg, end, NULL, work);
		if (msg->nfds)
			mbx_box_discount_files(box, msg->files);
	}
	return false;
}

/**
 * mbx_box_give_back() - a message could not be copied
 * @box: the mailbox, not dead
 * @msg: the message, not withdrawn; the mailbox's again if this returns true
 * @ask: whom it was offered to in earlier holds of the lock
 * @work: collects
 *
 * To the receiver that waits longest, or back to its place in the queue.
 *
 * Return: false if the lock must be dropped before trying again.
 */
bool mbx_box_give_back(struct mbx_box *box, struct mbx_msg *msg,
		       struct mbx_ask *ask, struct mbx_work *work)
{
	lockdep_assert_held(&box->lock);
	if (!mbx_box_find_taker(box, msg, ask, work))
		return false;
	mbx_box_was_given(box, msg);
	if (ask->taker) {
		mbx_box_hand_over(box, msg, ask->taker, work);
		return true;
	}
	mbx_queue_return(&box->queue, msg);
	work->news |= MBX_READABLE;
	return true;
}

/**
 * mbx_box_turn_out() - wake everybody with an error
 * @box: the mailbox
 * @err: which
 * @receivers: also receivers
 * @work: collects
 *
 * Return: true if the lock must be dropped before going on.
 */
bool mbx_box_turn_out(struct mbx_box *box, int err, bool receivers,
		      struct mbx_work *work)
{
	struct mbx_receiver *r;
	struct mbx_sender *s;

	lockdep_assert_held(&box->lock);
	for (; !mbx_work_is_full(work); work->steps++) {
		s = mbx_first_sender(&box->senders);
		if (s) {
			mbx_leave_senders(box, s);
			mbx_refuse(s, err, work);
			continue;
		}
		s = mbx_first_sender(&box->receipts);
		if (s) {
			mbx_withdraw(box, s, work);
			mbx_refuse(s, err, work);
			continue;
		}
		r = receivers ? mbx_box_next_receiver(box, 0) : NULL;
		if (receivers && !r)
			r = mbx_fan_next_receiver(box);
		if (!r)
			return false;
		mbx_box_leave_line(box, r);
		mbx_wait_finish(&r->waiter, err, &work->wakes);
	}
	return true;
}

/**
 * mbx_box_is_readable() - whether a RECV would find something now
 * @box: the mailbox
 *
 * Return: true if a message is queued.
 */
bool mbx_box_is_readable(struct mbx_box *box)
{
	return mbx_queue_first(&box->queue);
}

/**
 * mbx_box_is_writable() - whether a SEND of the largest message would not wait
 * @box: the mailbox
 *
 * Return: true if so.
 */
bool mbx_box_is_writable(struct mbx_box *box)
{
	if (mbx_box_drops(box))
		return true;
	if (box->attr.capacity == MBOX_CAPACITY_ZERO)
		return mbx_box_has_taker(box, box->attr.max_size, 0);
	return mbx_box_has_turn(box, box->attr.max_size);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * The mailbox at work: what only some messages go through; see line.h.
 *
 * Locking: every function here is called with mbx_box.lock held, and neither
 * sleeps nor allocates, copies or frees.
 * Called by: the inline functions of line.h, send.c, recv.c, box.c.
 */
#include "line.h"

#define mbx_first_sender(line) \
	list_first_entry_or_null(line, struct mbx_sender, waiter.link)
#define mbx_first_receiver(line) \
	list_first_entry_or_null(line, struct mbx_receiver, waiter.link)

static bool mbx_has_room_for(const struct mbx_receiver *r, u32 len)
{
	return r->truncates || len <= r->room;
}

static void mbx_leave_senders(struct mbx_box *box, struct mbx_sender *s)
{
	list_del(&s->waiter.link);
	box->senders_waiting--;
}

static void mbx_leave_receivers(struct mbx_box *box, struct mbx_receiver *r)
{
	list_del(&r->waiter.link);
	if (r->end->is_wanted)
		list_del(&r->end_link);
	box->receivers_waiting--;
}

/**
 * mbx_box_hand_over() - give a message to the first receiver in line
 * @box: the mailbox; mbx_box_refuse_small() came before, somebody waits
 * @msg: the message
 * @work: collects
 */
void mbx_box_hand_over(struct mbx_box *box, struct mbx_msg *msg,
		       struct mbx_work *work)
{
	struct mbx_receiver *r = mbx_first_receiver(&box->receivers);

	lockdep_assert_held(&box->lock);
	mbx_leave_receivers(box, r);
	mbx_box_give(box, r, msg);
	r->waiter.message = msg->id;
	mbx_wait_finish(&r->waiter, 0, &work->wakes);
}

/**
 * mbx_box_refuse_some() - mbx_box_refuse_small() where there are receivers
 * @box: the mailbox
 * @len: bytes of the message that is about to be accepted
 * @work: collects
 *
 * Return: see there.
 */
bool mbx_box_refuse_some(struct mbx_box *box, u32 len, struct mbx_work *work)
{
	struct mbx_receiver *r;

	lockdep_assert_held(&box->lock);
	while ((r = mbx_first_receiver(&box->receivers))) {
		if (mbx_has_room_for(r, len))
			return true;
		if (mbx_work_is_full(work))
			return false;
		work->steps++;
		box->steps++;
		mbx_leave_receivers(box, r);
		r->needed = len;
		mbx_wait_finish(&r->waiter, -EMSGSIZE, &work->wakes);
	}
	return true;
}

/**
 * mbx_box_has_taker() - whether a receiver waits who has room for a message
 * @box: the mailbox
 * @len: bytes of the message
 *
 * Looks at the first MBX_STEPS receivers in line.
 *
 * Return: true if so.
 */
bool mbx_box_has_taker(struct mbx_box *box, u32 len)
{
	struct mbx_receiver *r;
	unsigned int n = 0;

	lockdep_assert_held(&box->lock);
	list_for_each_entry(r, &box->receivers, waiter.link) {
		if (mbx_has_room_for(r, len))
			return true;
		if (++n == MBX_STEPS)
			break;
	}
	box->steps += n;
	return false;
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
	s->waiter.what = MBOX_WAIT_RECEIPT;
	s->waiter.message = msg->id;
	list_add_tail(&s->waiter.link, &box->receipts);
	box->senders_waiting++;
	trace_mbox_wait(&s->waiter);
}

/**
 * mbx_box_pass_receipt() - a sender's message was taken
 * @box: the mailbox
 * @s: the sender
 * @work: collects
 */
void mbx_box_pass_receipt(struct mbx_box *box, struct mbx_sender *s,
			  struct mbx_work *work)
{
	lockdep_assert_held(&box->lock);
	s->msg = NULL;
	mbx_leave_senders(box, s);
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
	list_add_tail(&s->waiter.link, &box->senders);
	box->senders_waiting++;
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
	if (s->waiter.what == MBOX_WAIT_RECEIPT)
		mbx_withdraw(box, s, work);
	else
		mbx_leave_senders(box, s);
	work->news |= MBX_FREED;
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
		bool is_over = mbx_box_is_over(box, msg->len);

		if (!mbx_box_has_room(box, msg->len))
			return false;
		if (mbx_work_is_full(work))
			return true;
		if (!is_over && !mbx_box_refuse_small(box, msg->len, work))
			return true;
		work->steps++;
		mbx_leave_senders(box, s);
		if (is_over) {
			mbx_wait_finish(&s->waiter, -EDQUOT, &work->wakes);
		} else if (s->wants_receipt) {
			mbx_box_accept(box, msg, s, work);
		} else {
			s->msg = NULL;
			mbx_box_accept(box, msg, NULL, work);
			s->waiter.message = msg->id;
			mbx_wait_finish(&s->waiter, 0, &work->wakes);
		}
	}
	return false;
}

/**
 * mbx_box_line_up_receiver() - wait for a message, behind all who do
 * @box: the mailbox; mbx_box_take() gave -EAGAIN under this hold of the lock
 * @r: the receiver
 * @work: collects
 */
void mbx_box_line_up_receiver(struct mbx_box *box, struct mbx_receiver *r,
			      struct mbx_work *work)
{
	lockdep_assert_held(&box->lock);
	list_add_tail(&r->waiter.link, &box->receivers);
	if (r->end->is_wanted)
		list_add_tail(&r->end_link, &box->enders);
	box->receivers_waiting++;
	if (box->attr.capacity == MBOX_CAPACITY_ZERO &&
	    mbx_has_room_for(r, box->attr.max_size))
		work->news |= MBX_WRITABLE;
	trace_mbox_wait(&r->waiter);
}

/**
 * mbx_box_give_up_receiver() - leave the line without having been finished
 * @box: the mailbox
 * @r: the receiver, not READY
 */
void mbx_box_give_up_receiver(struct mbx_box *box, struct mbx_receiver *r)
{
	lockdep_assert_held(&box->lock);
	mbx_leave_receivers(box, r);
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
		mbx_wait_finish(&s->waiter, -EIDRM, &work->wakes);
	} else if (r->msg->where != MBX_MSG_WITHDRAWN) {
		trace_mbox_drop(box, r->msg);
	}
}

/**
 * mbx_box_give_back() - a message could not be copied
 * @box: the mailbox, not dead
 * @msg: the message, not withdrawn; the mailbox's again if this returns true
 * @work: collects
 *
 * To the receiver that waits longest, or back to its place in the queue.
 *
 * Return: false if the lock must be dropped before trying again.
 */
bool mbx_box_give_back(struct mbx_box *box, struct mbx_msg *msg,
		       struct mbx_work *work)
{
	lockdep_assert_held(&box->lock);
	if (!mbx_box_refuse_small(box, msg->len, work))
		return false;
	if (!list_empty(&box->receivers)) {
		mbx_box_hand_over(box, msg, work);
		return true;
	}
	mbx_queue_return(&box->queue, msg);
	work->news |= MBX_READABLE;
	return true;
}

/**
 * mbx_box_may_end() - receivers that could not be at their end now may be
 * @box: the mailbox: a sender has come, or a handle received its first message
 */
void mbx_box_may_end(struct mbx_box *box)
{
	lockdep_assert_held(&box->lock);
	list_splice_init(&box->not_yet, &box->enders);
}

/**
 * mbx_box_end_some() - wake receivers that are at their end
 * @box: the mailbox
 * @work: collects
 *
 * Each one looked at leaves @enders, so that coming again goes on from there.
 *
 * Return: true if the lock must be dropped before going on.
 */
bool mbx_box_end_some(struct mbx_box *box, struct mbx_work *work)
{
	struct mbx_receiver *r;

	lockdep_assert_held(&box->lock);
	while (!list_empty(&box->enders)) {
		if (mbx_work_is_full(work))
			return true;
		work->steps++;
		r = list_first_entry(&box->enders, struct mbx_receiver,
				     end_link);
		if (!mbx_box_is_at_end(box, r->end)) {
			list_move(&r->end_link, &box->not_yet);
			continue;
		}
		mbx_leave_receivers(box, r);
		mbx_wait_finish(&r->waiter, -EPIPE, &work->wakes);
	}
	return false;
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
			mbx_wait_finish(&s->waiter, err, &work->wakes);
			continue;
		}
		s = mbx_first_sender(&box->receipts);
		if (s) {
			mbx_withdraw(box, s, work);
			mbx_wait_finish(&s->waiter, err, &work->wakes);
			continue;
		}
		r = receivers ? mbx_first_receiver(&box->receivers) : NULL;
		if (!r)
			return false;
		mbx_leave_receivers(box, r);
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
	if (box->attr.capacity == MBOX_CAPACITY_ZERO)
		return mbx_box_has_taker(box, box->attr.max_size);
	return mbx_box_has_turn(box, box->attr.max_size);
}

/**
 * mbx_box_is_at_end() - whether a handle with HANGUP is at its end
 * @box: the mailbox
 * @end: what the handle knows
 *
 * Return: true if nothing is there, nobody can send, and somebody could
 * since the handle was opened.
 */
bool mbx_box_is_at_end(const struct mbx_box *box, const struct mbx_end *end)
{
	return end->is_wanted && !box->messages && !box->send_handles &&
	       (end->has_seen || box->send_opens != end->opens);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * The mailbox at work: who stands in which line, hand-off, taking, finishing,
 * withdrawing.  Why it is right is argued in box.h and wait.h.
 *
 * Locking: every function here is called with mbx_box.lock held, and neither
 * sleeps nor allocates, copies or frees.
 * Called by: send.c, recv.c, handle.c (poll) and box.c.
 */
#include <linux/ktime.h>
#include <linux/lockdep.h>

#include "box.h"
#include "trace.h"

#define mbx_first_sender(line) \
	list_first_entry_or_null(line, struct mbx_sender, waiter.link)
#define mbx_first_receiver(line) \
	list_first_entry_or_null(line, struct mbx_receiver, waiter.link)

/* Count a message in. */
static void mbx_count(struct mbx_box *box, const struct mbx_msg *msg)
{
	box->messages++;
	box->bytes += msg->len;
	box->charged += msg->charge;
	if (box->messages > box->peak)
		box->peak = box->messages;
}

/* Count a message out; its room can be passed on. */
static void mbx_uncount(struct mbx_box *box, const struct mbx_msg *msg,
			struct mbx_work *work)
{
	box->messages--;
	box->bytes -= msg->len;
	box->charged -= msg->charge;
	work->has_freed = true;
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

/* A receiver has @msg from now on; it keeps its place until finished. */
static void mbx_give(struct mbx_box *box, struct mbx_receiver *r,
		     struct mbx_msg *msg)
{
	msg->where = MBX_MSG_TAKEN;
	r->msg = msg;
	r->drops = box->dropped;
}

/* To the first receiver in line, whose room it fits, or into the queue. */
static bool mbx_hand_over(struct mbx_box *box, struct mbx_msg *msg,
			  struct mbx_work *work)
{
	struct mbx_receiver *r = mbx_first_receiver(&box->receivers);

	if (!r)
		return false;
	mbx_leave_receivers(box, r);
	mbx_give(box, r, msg);
	r->waiter.message = msg->id;
	mbx_wait_finish(&r->waiter, 0, &work->wakes);
	return true;
}

/**
 * mbx_box_accepts() - whether a mailbox takes messages at all
 * @box: the mailbox
 *
 * Return: 0, -EIDRM or -EPIPE.
 */
int mbx_box_accepts(const struct mbx_box *box)
{
	if (box->is_dead)
		return -EIDRM;
	return mbx_box_is_unreachable(box) ? -EPIPE : 0;
}

static bool mbx_has_room(const struct mbx_box *box, u32 len)
{
	return box->attr.capacity != MBOX_CAPACITY_BOUNDED ||
	       mbx_fits(&box->attr.bounds, box->messages, box->bytes, len);
}

/**
 * mbx_box_has_turn() - whether a new sender need not stand in line
 * @box: the mailbox
 * @len: bytes of its message
 *
 * Return: true if nobody waits before it, and there is room.
 */
bool mbx_box_has_turn(const struct mbx_box *box, u32 len)
{
	return list_empty(&box->senders) && mbx_has_room(box, len);
}

/**
 * mbx_box_is_over() - whether a message passes the limit of a mailbox
 * @box: the mailbox
 * @len: bytes of the message
 *
 * Return: true if it does, which is -EDQUOT whatever the capacity.
 */
bool mbx_box_is_over(const struct mbx_box *box, u32 len)
{
	return box->bytes + len > READ_ONCE(mbx_mailbox_bytes);
}

/**
 * mbx_box_refuse_small() - send receivers away who have not enough room
 * @box: the mailbox
 * @len: bytes of the message that is about to be accepted
 * @work: collects
 *
 * Those at the head of the line whose room it does not fit get EMSGSIZE.
 *
 * Return: true if the first receiver, if any, can have the message; false if
 * the lock must be dropped before going on.
 */
bool mbx_box_refuse_small(struct mbx_box *box, u32 len, struct mbx_work *work)
{
	struct mbx_receiver *r;

	lockdep_assert_held(&box->lock);
	while ((r = mbx_first_receiver(&box->receivers))) {
		if (r->truncates || len <= r->room)
			return true;
		if (work->steps >= MBX_STEPS)
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
		if (r->truncates || len <= r->room)
			return true;
		if (++n == MBX_STEPS)
			break;
	}
	box->steps += n;
	return false;
}

/**
 * mbx_box_accept() - accept a message: hand it over, or queue it
 * @box: the mailbox; mbx_box_refuse_small() came before
 * @msg: the message, the mailbox's from now on
 * @receipt: its sender, in no line, if it waits until @msg is taken, or NULL
 * @work: collects
 */
void mbx_box_accept(struct mbx_box *box, struct mbx_msg *msg,
		    struct mbx_sender *receipt, struct mbx_work *work)
{
	lockdep_assert_held(&box->lock);
	msg->id = ++box->last_id;
	if (box->attr.attrs & MBOX_ATTR_TIMES)
		msg->sent_time = ktime_get_ns();
	msg->receipt = receipt;
	box->sent++;
	mbx_count(box, msg);
	trace_mbox_send(box, msg);

	if (receipt) {
		receipt->waiter.what = MBOX_WAIT_RECEIPT;
		receipt->waiter.message = msg->id;
		list_add_tail(&receipt->waiter.link, &box->receipts);
		box->senders_waiting++;
		trace_mbox_wait(&receipt->waiter);
	}
	if (mbx_hand_over(box, msg, work))
		return;
	msg->where = MBX_MSG_QUEUED;
	mbx_queue_add(&box->queue, msg);
	work->is_readable = true;
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
	mbx_uncount(box, msg, work);
	box->sent--;
	msg->receipt = NULL;
	trace_mbox_drop(box, msg);
	if (msg->where == MBX_MSG_QUEUED) {
		mbx_queue_remove(&box->queue, msg);
		msg->where = MBX_MSG_OUTSIDE;
	} else {
		msg->where = MBX_MSG_WITHDRAWN;
		s->msg = NULL;
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
	work->has_freed = true;
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

		if (!mbx_has_room(box, msg->len))
			return false;
		if (work->steps >= MBX_STEPS)
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
 * mbx_box_take() - take the next message, if there is one
 * @box: the mailbox
 * @r: the receiver, in no line
 *
 * Return: 0 with @r->msg; -EIDRM; -EMSGSIZE with @r->needed; -EPIPE at the
 * handle's end; -EAGAIN if there is none.
 */
int mbx_box_take(struct mbx_box *box, struct mbx_receiver *r)
{
	struct mbx_msg *msg = box->queue.first;

	lockdep_assert_held(&box->lock);
	if (box->is_dead)
		return -EIDRM;
	if (!msg)
		return mbx_box_is_at_end(box, r->end) ? -EPIPE : -EAGAIN;
	if (!r->truncates && msg->len > r->room) {
		r->needed = msg->len;
		return -EMSGSIZE;
	}
	mbx_queue_remove(&box->queue, msg);
	mbx_give(box, r, msg);
	return 0;
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
	if (box->attr.capacity == MBOX_CAPACITY_ZERO)
		work->is_writable = true;
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
 * mbx_box_finish() - a receiver has its message, in its memory
 * @box: the mailbox, not dead
 * @r: the receiver; its message, not withdrawn, is the caller's to drop
 * @work: collects: the receipt, and the room
 */
void mbx_box_finish(struct mbx_box *box, struct mbx_receiver *r,
		    struct mbx_work *work)
{
	struct mbx_msg *msg = r->msg;
	struct mbx_sender *s = msg->receipt;

	lockdep_assert_held(&box->lock);
	mbx_uncount(box, msg, work);
	msg->where = MBX_MSG_OUTSIDE;
	box->received++;
	if (!r->end->has_seen) {
		r->end->has_seen = true;
		mbx_box_may_end(box);
	}
	trace_mbox_receive(box, msg);
	if (!s)
		return;
	msg->receipt = NULL;
	s->msg = NULL;
	mbx_leave_senders(box, s);
	mbx_wait_finish(&s->waiter, 0, &work->wakes);
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
	if (mbx_hand_over(box, msg, work))
		return true;
	msg->where = MBX_MSG_QUEUED;
	box->steps += mbx_queue_return(&box->queue, msg);
	work->is_readable = true;
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
		if (work->steps >= MBX_STEPS)
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
	for (; work->steps < MBX_STEPS; work->steps++) {
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
bool mbx_box_is_readable(const struct mbx_box *box)
{
	return box->queue.first;
}

/**
 * mbx_box_is_writable() - whether a SEND of the largest message would not wait
 * @box: the mailbox
 *
 * Return: true if so.
 */
bool mbx_box_is_writable(const struct mbx_box *box)
{
	if (box->attr.capacity == MBOX_CAPACITY_ZERO)
		return !list_empty(&box->receivers);
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

/**
 * mbx_box_is_unreachable() - whether nobody can ever receive
 * @box: the mailbox
 *
 * Return: true if it has no name and no RECV handle.
 */
bool mbx_box_is_unreachable(const struct mbx_box *box)
{
	return !box->is_named && !box->recv_handles;
}

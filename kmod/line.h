/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The mailbox at work: who stands in which line, hand-off, taking, finishing,
 * withdrawing.  What every message goes through is here, inline; what only
 * some go through is in line.c.  Why it is right is argued in box.h and
 * wait.h.
 *
 * Locking: every function here is called with mbx_box.lock held, and neither
 * sleeps nor allocates, copies or frees.
 * Called by: send.c, recv.c, box.c, handle.c (poll), names.c.
 */
#ifndef MBX_LINE_H
#define MBX_LINE_H

#include <linux/ktime.h>
#include <linux/lockdep.h>

#include "box.h"
#include "trace.h"

/* Sending (line.c); the lock is held */
void mbx_box_line_up_receipt(struct mbx_box *box, struct mbx_sender *s,
			     struct mbx_msg *msg);
void mbx_box_hand_over(struct mbx_box *box, struct mbx_msg *msg,
		       struct mbx_work *work);
bool mbx_box_has_taker(struct mbx_box *box, u32 len);
bool mbx_box_refuse_some(struct mbx_box *box, u32 len, struct mbx_work *work);
void mbx_box_line_up_sender(struct mbx_box *box, struct mbx_sender *s);
void mbx_box_give_up_sender(struct mbx_box *box, struct mbx_sender *s,
			    struct mbx_work *work);
bool mbx_box_admit(struct mbx_box *box, struct mbx_work *work);

/* Receiving (line.c); the lock is held */
void mbx_box_line_up_receiver(struct mbx_box *box, struct mbx_receiver *r,
			      struct mbx_work *work);
void mbx_box_give_up_receiver(struct mbx_box *box, struct mbx_receiver *r);
void mbx_box_pass_receipt(struct mbx_box *box, struct mbx_sender *s,
			  struct mbx_work *work);
void mbx_box_forsake(struct mbx_box *box, struct mbx_receiver *r,
		     struct mbx_work *work);
bool mbx_box_give_back(struct mbx_box *box, struct mbx_msg *msg,
		       struct mbx_work *work);
void mbx_box_may_end(struct mbx_box *box);
bool mbx_box_end_some(struct mbx_box *box, struct mbx_work *work);
bool mbx_box_turn_out(struct mbx_box *box, int err, bool receivers,
		      struct mbx_work *work);

/* What poll may say (line.c); the lock is held */
bool mbx_box_is_readable(struct mbx_box *box);
bool mbx_box_is_writable(struct mbx_box *box);
bool mbx_box_is_at_end(const struct mbx_box *box, const struct mbx_end *end);

/**
 * mbx_box_is_unreachable() - whether nobody can ever receive
 * @box: the mailbox
 *
 * Return: true if it has no name and no RECV handle.
 */
static inline bool mbx_box_is_unreachable(const struct mbx_box *box)
{
	return !box->recv_handles && !box->is_named;
}

/**
 * mbx_box_accepts() - whether a mailbox takes messages at all
 * @box: the mailbox
 *
 * Return: 0, -EIDRM or -EPIPE.
 */
static inline int mbx_box_accepts(const struct mbx_box *box)
{
	if (unlikely(box->is_dead))
		return -EIDRM;
	return unlikely(mbx_box_is_unreachable(box)) ? -EPIPE : 0;
}

/**
 * mbx_box_has_room() - whether a message fits beside those that are there
 * @box: the mailbox
 * @len: bytes of the message
 *
 * Return: true if so.
 */
static inline bool mbx_box_has_room(const struct mbx_box *box, u32 len)
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
static inline bool mbx_box_has_turn(const struct mbx_box *box, u32 len)
{
	return list_empty(&box->senders) && mbx_box_has_room(box, len);
}

/**
 * mbx_box_is_over() - whether a message passes the limit of a mailbox
 * @box: the mailbox
 * @len: bytes of the message
 *
 * Return: true if it does, which is -EDQUOT whatever the capacity.
 */
static inline bool mbx_box_is_over(const struct mbx_box *box, u32 len)
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
static inline bool mbx_box_refuse_small(struct mbx_box *box, u32 len,
					struct mbx_work *work)
{
	return likely(list_empty(&box->receivers)) ||
	       mbx_box_refuse_some(box, len, work);
}

/* Count a message in. */
static inline void mbx_box_count(struct mbx_box *box, const struct mbx_msg *msg)
{
	box->messages++;
	box->bytes += msg->len;
	box->charged += mbx_msg_charge(msg->len);
	if (box->messages > box->peak)
		box->peak = box->messages;
}

/* Count a message out; its room can be passed on. */
static inline void mbx_box_uncount(struct mbx_box *box,
				   const struct mbx_msg *msg,
				   struct mbx_work *work)
{
	box->messages--;
	box->bytes -= msg->len;
	box->charged -= mbx_msg_charge(msg->len);
	work->news |= MBX_FREED;
}

/**
 * mbx_box_accept() - accept a message: hand it over, or queue it
 * @box: the mailbox; mbx_box_refuse_small() came before
 * @msg: the message, the mailbox's from now on
 * @receipt: its sender, in no line, if it waits until @msg is taken, or NULL
 * @work: collects
 */
static inline void mbx_box_accept(struct mbx_box *box, struct mbx_msg *msg,
				  struct mbx_sender *receipt,
				  struct mbx_work *work)
{
	lockdep_assert_held(&box->lock);
	msg->id = ++box->last_id;
	if (box->attr.attrs & MBOX_ATTR_TIMES)
		msg->sent_time = ktime_get_ns();
	msg->receipt = receipt;
	box->sent++;
	mbx_box_count(box, msg);
	trace_mbox_send(box, msg);

	if (receipt)
		mbx_box_line_up_receipt(box, receipt, msg);
	if (unlikely(!list_empty(&box->receivers))) {
		mbx_box_hand_over(box, msg, work);
		return;
	}
	mbx_queue_add(&box->queue, msg);
	work->news |= MBX_READABLE;
}

/**
 * mbx_box_give() - a receiver has a message; it keeps its place until finished
 * @box: the mailbox
 * @r: the receiver
 * @msg: the message, out of the queue
 */
static inline void mbx_box_give(const struct mbx_box *box,
				struct mbx_receiver *r, struct mbx_msg *msg)
{
	msg->where = MBX_MSG_TAKEN;
	r->msg = msg;
	r->drops = box->dropped;
}

/**
 * mbx_box_take() - take the next message, if there is one
 * @box: the mailbox
 * @r: the receiver, in no line
 *
 * Return: 0 with @r->msg; -EIDRM; -EMSGSIZE with @r->needed; -EPIPE at the
 * handle's end; -EAGAIN if there is none.
 */
static inline int mbx_box_take(struct mbx_box *box, struct mbx_receiver *r)
{
	struct mbx_msg *msg = mbx_queue_first(&box->queue);

	if (unlikely(box->is_dead))
		return -EIDRM;
	if (!msg)
		return mbx_box_is_at_end(box, r->end) ? -EPIPE : -EAGAIN;
	if (unlikely(!r->truncates && msg->len > r->room)) {
		r->needed = msg->len;
		return -EMSGSIZE;
	}
	mbx_queue_remove(&box->queue, msg);
	mbx_box_give(box, r, msg);
	return 0;
}

/**
 * mbx_box_finish() - a receiver has its message, in its memory
 * @box: the mailbox, not dead
 * @r: the receiver; its message, not withdrawn, is the caller's to drop
 * @work: collects: the receipt, and the room
 */
static inline void mbx_box_finish(struct mbx_box *box, struct mbx_receiver *r,
				  struct mbx_work *work)
{
	struct mbx_msg *msg = r->msg;

	lockdep_assert_held(&box->lock);
	mbx_box_uncount(box, msg, work);
	msg->where = MBX_MSG_OUTSIDE;
	box->received++;
	if (unlikely(!r->end->has_seen)) {
		r->end->has_seen = true;
		mbx_box_may_end(box);
	}
	trace_mbox_receive(box, msg);
	if (unlikely(msg->receipt))
		mbx_box_pass_receipt(box, msg->receipt, work);
}

#endif /* MBX_LINE_H */

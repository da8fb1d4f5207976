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

/* Receivers in line (receivers.c); the lock is held */
struct mbx_receiver *mbx_box_next_receiver(struct mbx_box *box, u64 turn);
bool mbx_box_ask(struct mbx_box *box, const struct mbx_msg *msg,
		 struct mbx_ask *ask, struct mbx_work *work);
void mbx_box_hand_over(struct mbx_box *box, struct mbx_msg *msg,
		       struct mbx_receiver *r, struct mbx_work *work);
bool mbx_box_has_taker(struct mbx_box *box, u32 len, u32 nfds);
bool mbx_box_has_taker_of(struct mbx_box *box, const struct mbx_msg *msg);
void mbx_box_line_up_receiver(struct mbx_box *box, struct mbx_receiver *r,
			      struct mbx_work *work);
void mbx_box_leave_receivers(struct mbx_box *box, struct mbx_receiver *r);
void mbx_box_give_up_receiver(struct mbx_box *box, struct mbx_receiver *r);
bool mbx_box_turn_out_from(struct mbx_box *box, const struct pid *process,
			   u64 *turn, struct mbx_work *work);
void mbx_box_may_end(struct mbx_box *box);
bool mbx_box_end_some(struct mbx_box *box, struct mbx_work *work);
void mbx_box_leave_line(struct mbx_box *box, struct mbx_receiver *r);
bool mbx_box_is_at_end(struct mbx_box *box, const struct mbx_end *end);

/* What is dropped (line.c); the lock is held */
void mbx_work_drop(struct mbx_work *work, struct mbx_msg *msg);
void mbx_box_discard(struct mbx_box *box, struct mbx_msg *msg,
		     struct mbx_work *work);

/* Sending (line.c); the lock is held */
void mbx_box_line_up_receipt(struct mbx_box *box, struct mbx_sender *s,
			     struct mbx_msg *msg);
int mbx_box_make_room(struct mbx_box *box, const struct mbx_msg *msg,
		      struct mbx_work *work);
void mbx_box_drop(struct mbx_box *box, struct mbx_msg *msg,
		  struct mbx_work *work);
void mbx_box_drop_new(struct mbx_box *box, struct mbx_msg *msg);
void mbx_box_line_up_sender(struct mbx_box *box, struct mbx_sender *s);
void mbx_box_give_up_sender(struct mbx_box *box, struct mbx_sender *s,
			    struct mbx_work *work);
bool mbx_box_admit(struct mbx_box *box, struct mbx_work *work);
void mbx_box_notify(struct mbx_box *box, struct mbx_work *work);

/* Receiving (line.c); the lock is held */
void mbx_box_expire(struct mbx_box *box, struct mbx_call *call,
		    struct mbx_work *work);
void mbx_box_tell_received(struct mbx_box *box, struct mbx_msg *msg,
			   const struct mbx_receiver *r, struct mbx_work *work);
void mbx_box_forsake(struct mbx_box *box, struct mbx_receiver *r,
		     struct mbx_work *work);
bool mbx_box_flush_some(struct mbx_box *box, struct mbx_end *end, u64 *left,
			struct mbx_work *work);
bool mbx_box_give_back(struct mbx_box *box, struct mbx_msg *msg,
		       struct mbx_ask *ask, struct mbx_work *work);
bool mbx_box_turn_out(struct mbx_box *box, int err, bool receivers,
		      struct mbx_work *work);

/*
 * Messages with descriptors (passing.c); the lock is held.  The functions above
 * and below do not look for any, but for those that wait, are dropped or
 * withdrawn: most messages have none, and who knows better says so.
 */
#define MBX_WITH_FILES 1
int mbx_box_take_files(struct mbx_box *box, struct mbx_receiver *r,
		       struct mbx_msg *msg);
void mbx_box_count_files(struct mbx_box *box, struct mbx_files *files);
void mbx_box_discount_files(struct mbx_box *box, struct mbx_files *files);
bool mbx_box_close_some(struct mbx_box *box, struct mbx_work *work);

/* What poll may say (line.c); the lock is held */
bool mbx_box_is_readable(struct mbx_box *box);
bool mbx_box_is_writable(struct mbx_box *box);

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
 * mbx_box_accepts_msg() - whether a mailbox takes a message
 * @box: the mailbox
 * @msg: the message
 *
 * Return: 0, -EIDRM or -EPIPE.
 */
static inline int mbx_box_accepts_msg(const struct mbx_box *box,
				      const struct mbx_msg *msg)
{
	int err = mbx_box_accepts(box);

	if (unlikely(msg->nfds) && !err && !box->recv_handles)
		return -EPIPE;
	return err;
}

/**
 * mbx_box_drops() - whether the policy drops messages
 * @box: the mailbox
 *
 * Return: false if senders wait.
 */
static inline bool mbx_box_drops(const struct mbx_box *box)
{
	return box->attr.policy != MBOX_POLICY_BLOCK;
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
 * mbx_fits_receiver() - whether a receiver has room for a message
 * @r: the receiver
 * @len: bytes of the message
 * @nfds: descriptors it passes
 *
 * Return: true if so.
 */
static inline bool mbx_fits_receiver(const struct mbx_receiver *r, u32 len,
				     u32 nfds)
{
	const struct mbox_recv *a = r->args;

	return likely(len <= a->len &&
		      (!nfds || !a->nfds || nfds <= a->nfds)) ||
	       (a->flags & MBOX_TRUNCATE);
}

/* What a receiver without room is told: @msg did not fit. */
static inline void mbx_tell_needed(struct mbx_receiver *r,
				   const struct mbx_msg *msg)
{
	r->needed = msg->len;
	r->needed_fds = msg->nfds;
}

/**
 * mbx_box_find_taker() - which receiver in line gets a message
 * @box: the mailbox
 * @msg: the message that is about to be accepted
 * @ask: its @turn is that of an earlier hold of the lock, or 0; afterwards
 *	@taker is the receiver, or NULL if nobody waits for it
 * @work: collects
 *
 * It is the one that waits longest and wants the message.  Those before it that
 * want it and have not enough room get EMSGSIZE.
 *
 * Return: true if that is clear; false if the lock must be dropped before going
 * on.
 */
static inline bool mbx_box_find_taker(struct mbx_box *box,
				      const struct mbx_msg *msg,
				      struct mbx_ask *ask,
				      struct mbx_work *work)
{
	ask->taker = NULL;
	return likely(!box->receivers_waiting) ||
	       mbx_box_ask(box, msg, ask, work);
}

/* Count a message in. */
static __always_inline void mbx_box_count(struct mbx_box *box,
					  const struct mbx_msg *msg)
{
	box->messages++;
	box->bytes += msg->len;
	box->charged += mbx_msg_charge(msg->len);
	if (box->messages > box->peak)
		box->peak = box->messages;
}

/* Count a message out. */
static inline void mbx_box_discount(struct mbx_box *box,
				    const struct mbx_msg *msg)
{
	box->messages--;
	box->bytes -= msg->len;
	box->charged -= mbx_msg_charge(msg->len);
}

/* Count a message out; its room can be passed on. */
static inline void mbx_box_uncount(struct mbx_box *box,
				   const struct mbx_msg *msg,
				   struct mbx_work *work)
{
	mbx_box_discount(box, msg);
	work->news |= MBX_FREED;
}

/**
 * mbx_box_accept() - accept a message: hand it over, or queue it
 * @box: the mailbox; with descriptors mbx_box_count_files() came before
 * @msg: the message, the mailbox's from now on
 * @receipt: its sender, in no line, if it waits until @msg is taken, or NULL
 * @taker: whom mbx_box_find_taker() found under this hold, or NULL
 * @work: collects
 */
static __always_inline void mbx_box_accept(struct mbx_box *box,
					   struct mbx_msg *msg,
					   struct mbx_sender *receipt,
					   struct mbx_receiver *taker,
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
	if (unlikely(taker)) {
		mbx_box_hand_over(box, msg, taker, work);
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
static __always_inline void
mbx_box_give(struct mbx_box *box, struct mbx_receiver *r, struct mbx_msg *msg)
{
	msg->where = MBX_MSG_TAKEN;
	r->msg = msg;
	r->drops = box->dropped;
	if (unlikely(mbx_box_drops(box))) {
		box->taken++;
		box->taken_bytes += msg->len;
	}
}

/* A message that was given is received, or back in the queue. */
static inline void mbx_box_was_given(struct mbx_box *box,
				     const struct mbx_msg *msg)
{
	if (unlikely(mbx_box_drops(box))) {
		box->taken--;
		box->taken_bytes -= msg->len;
	}
}

/*
 * Take a message that is queued: 0, or MBX_WITH_FILES if it has some; or
 * -EMSGSIZE with @r->needed and @r->needed_fds.
 */
static __always_inline int mbx_box_take_this(struct mbx_box *box,
					     struct mbx_receiver *r,
					     struct mbx_msg *msg)
{
	if (unlikely(msg->nfds))
		return mbx_box_take_files(box, r, msg);
	if (unlikely(!mbx_fits_receiver(r, msg->len, 0))) {
		mbx_tell_needed(r, msg);
		return -EMSGSIZE;
	}
	mbx_queue_remove(&box->queue, msg);
	mbx_box_give(box, r, msg);
	return 0;
}

/* Nothing is there for @r: -EPIPE at its handle's end, else -EAGAIN. */
static inline int mbx_box_has_nothing(struct mbx_box *box,
				      const struct mbx_receiver *r)
{
	return mbx_box_is_at_end(box, r->end) ? -EPIPE : -EAGAIN;
}

/**
 * mbx_box_take() - take the next message, if there is one
 * @box: the mailbox
 * @r: the receiver, in no line
 *
 * Return: 0 with @r->msg, or MBX_WITH_FILES if that has some; -EIDRM;
 * -EMSGSIZE with @r->needed and @r->needed_fds; -EPIPE at the handle's end;
 * -EAGAIN if there is none.
 */
static __always_inline int mbx_box_take(struct mbx_box *box,
					struct mbx_receiver *r)
{
	struct mbx_msg *msg = mbx_queue_first(&box->queue);

	if (unlikely(box->is_dead))
		return -EIDRM;
	if (!msg)
		return mbx_box_has_nothing(box, r);
	return mbx_box_take_this(box, r, msg);
}

/*
 * A message has been received, by @r or by being flushed: count it, and pass on
 * receipt and room.
 */
static __always_inline void
mbx_box_received(struct mbx_box *box, struct mbx_msg *msg, struct mbx_end *end,
		 const struct mbx_receiver *r, struct mbx_work *work)
{
	mbx_box_uncount(box, msg, work);
	msg->where = MBX_MSG_OUTSIDE;
	box->received++;
	if (unlikely(!end->has_seen)) {
		end->has_seen = true;
		mbx_box_may_end(box);
	}
	trace_mbox_receive(box, msg);
	if (unlikely(msg->receipt || msg->sent_time))
		mbx_box_tell_received(box, msg, r, work);
}

/**
 * mbx_box_finish() - a receiver has its message, in its memory
 * @box: the mailbox, not dead
 * @r: the receiver; its message, not withdrawn, is the caller's to drop
 * @work: collects: the receipt, and the room
 */
static __always_inline void mbx_box_finish(struct mbx_box *box,
					   struct mbx_receiver *r,
					   struct mbx_work *work)
{
	lockdep_assert_held(&box->lock);
	mbx_box_was_given(box, r->msg);
	mbx_box_received(box, r->msg, r->end, r, work);
}

#endif /* MBX_LINE_H */

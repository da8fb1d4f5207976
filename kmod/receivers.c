// SPDX-License-Identifier: GPL-2.0-only
/*
 * The line of receivers: who gets a message, and who is at the end.
 *
 * Those who take whatever comes stand in a list.  Those who choose stand in a
 * tree beside it, by their turn: a message that has been offered to all choosers
 * up to some turn, and not yet to the others, goes on from there.  It goes to
 * the one with the lowest turn who wants it.
 *
 * Locking: every function here is called with mbx_box.lock held, and neither
 * sleeps nor allocates, copies or frees.
 * Called by: the inline functions of line.h, line.c, recv.c, box.c.
 */
#include "fan.h"
#include "line.h"
#include "select.h"

#define mbx_chooser_of(node) rb_entry(node, struct mbx_receiver, chooser)

/* Whether @r wants @msg, whatever its room. */
static bool mbx_wants(const struct mbx_receiver *r, const struct mbx_msg *msg)
{
	return !r->choice || mbx_chooses(r->choice, msg);
}

/* The first chooser whose turn comes after @turn, or NULL. */
static struct mbx_receiver *mbx_chooser_after(const struct mbx_box *box,
					      u64 turn)
{
	struct rb_node *node = box->choosers.rb_node;
	struct mbx_receiver *found = NULL;

	while (node) {
		if (mbx_chooser_of(node)->turn > turn) {
			found = mbx_chooser_of(node);
			node = node->rb_left;
		} else {
			node = node->rb_right;
		}
	}
	return found;
}

static void mbx_add_chooser(struct mbx_box *box, struct mbx_receiver *r)
{
	struct rb_node **link = &box->choosers.rb_node, *parent = NULL;

	/* The newest has the last turn. */
	while (*link) {
		parent = *link;
		link = &parent->rb_right;
	}
	rb_link_node(&r->chooser, parent, link);
	rb_insert_color(&r->chooser, &box->choosers);
}

/**
 * mbx_box_leave_receivers() - out of the line
 * @box: the mailbox
 * @r: the receiver
 */
void mbx_box_leave_receivers(struct mbx_box *box, struct mbx_receiver *r)
{
	lockdep_assert_held(&box->lock);
	if (unlikely(r->choice))
		rb_erase(&r->chooser, &box->choosers);
	else
		list_del(&r->waiter.link);
	if (r->end->is_wanted)
		list_del(&r->end_link);
	box->receivers_waiting--;
}

/**
 * mbx_box_hand_over() - give a message to a receiver that waits
 * @box: the mailbox
 * @msg: the message
 * @r: the receiver, whom mbx_box_find_taker() found under this hold
 * @work: collects
 */
void mbx_box_hand_over(struct mbx_box *box, struct mbx_msg *msg,
		       struct mbx_receiver *r, struct mbx_work *work)
{
	lockdep_assert_held(&box->lock);
	mbx_box_leave_receivers(box, r);
	mbx_box_give(box, r, msg);
	r->waiter.message = msg->id;
	work->news |= MBX_HANDED;
	mbx_wait_finish(&r->waiter, 0, &work->wakes);
}

/**
 * mbx_box_next_receiver() - whose turn it is
 * @box: the mailbox
 * @turn: the choosers up to this turn were asked, and do not want it
 *
 * Return: the receiver that waits longest, without those; or NULL.
 */
struct mbx_receiver *mbx_box_next_receiver(struct mbx_box *box, u64 turn)
{
	struct mbx_receiver *plain, *chooser;

	lockdep_assert_held(&box->lock);
	plain = list_first_entry_or_null(&box->receivers, struct mbx_receiver,
					 waiter.link);
	if (likely(RB_EMPTY_ROOT(&box->choosers)))
		return plain;
	chooser = mbx_chooser_after(box, turn);
	if (!plain || !chooser)
		return plain ?: chooser;
	return plain->turn < chooser->turn ? plain : chooser;
}

/**
 * mbx_box_ask() - mbx_box_find_taker() where there are receivers
 * @box: the mailbox
 * @msg: the message that is about to be accepted
 * @ask: whom it goes to
 * @work: collects
 *
 * Return: see there.
 */
bool mbx_box_ask(struct mbx_box *box, const struct mbx_msg *msg,
		 struct mbx_ask *ask, struct mbx_work *work)
{
	struct mbx_receiver *r;

	lockdep_assert_held(&box->lock);
	while ((r = mbx_box_next_receiver(box, ask->turn))) {
		bool wants = mbx_wants(r, msg);

		if (wants && mbx_fits_receiver(r, msg->len, msg->nfds)) {
			ask->taker = r;
			return true;
		}
		if (mbx_work_is_full(work))
			return false;
		work->steps++;
		box->steps++;
		if (!wants) {
			ask->turn = r->turn;
			continue;
		}
		mbx_box_leave_receivers(box, r);
		mbx_tell_needed(r, msg);
		mbx_wait_finish(&r->waiter, -EMSGSIZE, &work->wakes);
	}
	return true;
}

/**
 * mbx_box_has_taker() - whether a receiver waits who would take any message
 * @box: the mailbox
 * @len: bytes of the message
 * @nfds: descriptors it passes
 *
 * Looks at the first MBX_STEPS receivers in line who do not choose.
 *
 * Return: true if so.
 */
bool mbx_box_has_taker(struct mbx_box *box, u32 len, u32 nfds)
{
	struct mbx_receiver *r;
	unsigned int n = 0;

	lockdep_assert_held(&box->lock);
	list_for_each_entry(r, &box->receivers, waiter.link) {
		if (mbx_fits_receiver(r, len, nfds))
			return true;
		if (++n == MBX_STEPS)
			break;
	}
	box->steps += n;
	return false;
}

/**
 * mbx_box_has_taker_of() - whether a receiver waits who takes a message
 * @box: the mailbox
 * @msg: the message
 *
 * Looks at the first MBX_STEPS receivers who do not choose, and at as many who
 * do.
 *
 * Return: true if so.
 */
bool mbx_box_has_taker_of(struct mbx_box *box, const struct mbx_msg *msg)
{
	struct rb_node *node;
	unsigned int n = 0;

	if (mbx_box_has_taker(box, msg->len, msg->nfds))
		return true;
	for (node = rb_first(&box->choosers); node && n < MBX_STEPS;
	     node = rb_next(node), n++) {
		const struct mbx_receiver *r = mbx_chooser_of(node);

		if (mbx_fits_receiver(r, msg->len, msg->nfds) &&
		    mbx_wants(r, msg))
			return true;
	}
	box->steps += n;
	return false;
}

/**
 * mbx_box_line_up_receiver() - wait for a message, behind all who do
 * @box: the mailbox; nothing is there for @r under this hold of the lock
 * @r: the receiver
 * @work: collects
 */
void mbx_box_line_up_receiver(struct mbx_box *box, struct mbx_receiver *r,
			      struct mbx_work *work)
{
	lockdep_assert_held(&box->lock);
	r->turn = ++box->turns;
	if (unlikely(r->choice))
		mbx_add_chooser(box, r);
	else
		list_add_tail(&r->waiter.link, &box->receivers);
	if (r->end->is_wanted)
		list_add_tail(&r->end_link, &box->enders);
	box->receivers_waiting++;
	if (box->attr.capacity == MBOX_CAPACITY_ZERO && !r->choice &&
	    mbx_fits_receiver(r, box->attr.max_size, 0))
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
	mbx_box_leave_receivers(box, r);
}

/**
 * mbx_box_turn_out_from() - wake those who wait for one process, which has died
 * @box: the mailbox; nothing that the process has sent is in it for them
 * @process: the process
 * @turn: of the last one looked at; moves on
 * @work: collects
 *
 * Return: true if the lock must be dropped before going on.
 */
bool mbx_box_turn_out_from(struct mbx_box *box, const struct pid *process,
			   u64 *turn, struct mbx_work *work)
{
	struct mbx_receiver *r;

	lockdep_assert_held(&box->lock);
	while ((r = mbx_chooser_after(box, *turn))) {
		if (mbx_work_is_full(work))
			return true;
		work->steps++;
		*turn = r->turn;
		if (r->choice->filter.kind != MBX_SELECT_PROCESS ||
		    r->choice->filter.process != process)
			continue;
		mbx_box_leave_receivers(box, r);
		mbx_wait_finish(&r->waiter, -ESRCH, &work->wakes);
	}
	return false;
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
		mbx_box_leave_line(box, r);
		mbx_wait_finish(&r->waiter, -EPIPE, &work->wakes);
	}
	return false;
}

/**
 * mbx_box_leave_line() - mbx_box_leave_receivers(), or that of a subscription
 * @box: the mailbox
 * @r: the receiver
 */
void mbx_box_leave_line(struct mbx_box *box, struct mbx_receiver *r)
{
	if (r->end->sub)
		mbx_fan_leave(box, r);
	else
		mbx_box_leave_receivers(box, r);
}

/**
 * mbx_box_is_at_end() - whether a handle with HANGUP is at its end
 * @box: the mailbox
 * @end: what the handle knows
 *
 * Return: true if nothing is there for it, nobody can send, and somebody could
 * since the handle was opened.
 */
bool mbx_box_is_at_end(struct mbx_box *box, const struct mbx_end *end)
{
	bool has_seen = end->has_seen || box->send_opens != end->opens;

	if (end->sub)
		return end->is_wanted && !box->send_handles && has_seen &&
		       !mbx_sub_first(box, end->sub);
	return end->is_wanted && !box->messages && !box->send_handles &&
	       has_seen;
}

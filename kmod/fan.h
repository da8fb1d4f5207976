/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A broadcast mailbox: one log of messages, and how far each subscription has
 * come in it.
 *
 * DOC: The log
 *
 * What is sent is stored once, in the mailbox's queue, in the order of sending:
 * the log.  A subscription is a position in it, the number of the first message
 * it has not had.  To receive is to move the position; a receiver finds the
 * message at it under the lock, copies it without, and moves on under the lock,
 * unless another thread with the same handle did so meanwhile: then it looks
 * again.  So a receiver that fails has done nothing (C11), and whoever shares a
 * handle, each message comes once and in order.
 *
 * DOC: Where subscriptions stand
 *
 * Each stands at the first message in the log that it has not had, or behind the
 * last.  Those at one place form a ring, to which the message points:
 *
 *  - a message is sent: those behind the last now stand at it;
 *  - a subscription has a message, or is closed: it leaves its ring;
 *  - the first message is dropped: its ring joins that of the next;
 *  - nobody stands at the first: all have had it, and it leaves the log;
 *  - somebody does: this is one of those that hold the others back.
 *
 * None of this depends on how many subscriptions or messages there are.  A
 * subscription knows its message by a pointer, which is good unless the log
 * begins behind its position: then it was overtaken, and goes on from there.
 *
 * DOC: DROP_OLDEST is per subscription
 *
 * If each subscription had a queue of its own with the bounds of the mailbox, a
 * message that comes would drop from each the oldest, until it fits: whoever
 * stood at q would stand at max(q, p) then, where p is the first place from
 * which all that follows fits the bounds.  The log drops its first messages
 * until it fits, so that it begins at max(p, lowest q), and whoever stood at q
 * stands at the later of the two, which is max(q, p) again: no q is below the
 * lowest.  What a subscription missed is the gap in the numbers it sees, for
 * every message that was sent since it began was put into the log.
 *
 * DOC: DROP_NEWEST is per subscription, too
 *
 * There a subscription that is full misses what others get, and has gaps
 * anywhere.  So it has slots of its own, pointers to its messages, and each
 * message counts in how many slots it is.  To send is to look at all of them,
 * under one hold of the lock, so that all see one order: hence the limit on
 * their number.
 *
 * DOC: Waking
 *
 * Nothing is handed over: the position decides who gets what.  Receivers that
 * found nothing stand in the line of their subscription, and for each message
 * that comes one of each line is woken, and looks.  A subscription with a line
 * knows up to which message its line was told, and those that have a line stand
 * in a list in this order: who joins it was told of all there is.  So if telling
 * takes more than one hold of the lock, the next one, or the next sender, goes
 * on at the front of the list, and nobody is forgotten.
 *
 * While somebody is in line, there are no more messages for a subscription than
 * receivers that were woken and have not moved the position: one more of both
 * with a message that comes; one less of both when a woken one receives; and
 * whoever joins the line has seen that there is no message.  A woken receiver
 * that takes nothing, because its room is too small, its memory bad or its task
 * killed, wakes the next in its place; and so does one that finds the end.  So no
 * wake-up is lost.
 *
 * Who has registered (notify.h) did so with one subscription, and is told of a
 * message that is alone there while its line is empty; and, as the last in line,
 * of one that a woken receiver did not take.
 *
 * Locking: mbx_box.lock; every function says whether it takes it.
 * Called by: send.c, recv.c, peek.c, stat.c, handle.c, choose.c; and below them
 * box.c, line.c and receivers.c.
 */
#ifndef MBX_FAN_H
#define MBX_FAN_H

#include "box.h"

/*
 * With DROP_NEWEST: most subscriptions of a mailbox, and most messages that one
 * has.  One hold of the lock handles each of them.
 */
#define MBX_FAN_MOST MBOX_BROADCAST_MAX

/*
 * With DROP_NEWEST each subscription may have messages that no other has, and
 * the sender pays for all of them: most of them together.
 */
#define MBX_FAN_SLOTS MBOX_BROADCAST_SLOTS

/**
 * struct mbx_sub - a subscription: what a RECV handle on a broadcast mailbox has
 * @end: of its handle
 * @process: who opened it; the handle keeps it (immutable)
 * @purse: whom @slots are charged to; the handle keeps it (immutable)
 * @link: in the mailbox's @fan.subs (protected by mbx_box.lock)
 * @ring: those that stand where it stands (protected by mbx_box.lock)
 * @at: the message it stands at, if it is known and the log begins before its
 *	position; else old, or NULL (protected by mbx_box.lock)
 * @next_id: its position: the first message that it has not had (protected by
 *	mbx_box.lock)
 * @missed: messages it did not get, up to its position, or with @slots all
 *	(protected by mbx_box.lock)
 * @line: its receivers that wait (protected by mbx_box.lock)
 * @sleeping: in the mailbox's @fan.sleeping while it has a line, else empty
 *	(protected by mbx_box.lock)
 * @told: the last message its line was told of (protected by mbx_box.lock)
 * @slots: with DROP_NEWEST, its messages: a ring of as many as the mailbox
 *	holds; or NULL (protected by mbx_box.lock)
 * @first: the first used of them (protected by mbx_box.lock)
 * @used: how many are used (protected by mbx_box.lock)
 * @bytes: of the messages in them (protected by mbx_box.lock)
 */
struct mbx_sub {
	struct mbx_end *end;
	struct pid *process;
	struct mbx_purse *purse;
	struct list_head link;
	struct list_head ring;
	struct mbx_msg *at;
	u64 next_id;
	u64 missed;
	struct list_head line;
	struct list_head sleeping;
	u64 told;
	struct mbx_msg **slots;
	u32 first;
	u32 used;
	u64 bytes;
};

/* Life; the lock is taken where it is needed */
struct mbx_sub *mbx_sub_new(const struct mbx_box *box, struct mbx_purse *purse,
			    struct mbx_end *end, struct pid *process);
void mbx_sub_free(struct mbx_sub *sub, const struct mbx_box *box);
int mbx_fan_subscribe(struct mbx_box *box, struct mbx_sub *sub);
void mbx_fan_unsubscribe(struct mbx_box *box, struct mbx_sub *sub);

/* Verbs; the lock is taken */
int mbx_fan_post(struct mbx_box *box, struct mbx_sender *s, bool nowait);
int mbx_fan_fetch(struct mbx_box *box, struct mbx_receiver *r, bool nowait,
		  const struct mbx_deadline *deadline);
int mbx_fan_settle(struct mbx_box *box, struct mbx_receiver *r, int err);
int mbx_fan_flush(struct mbx_box *box, struct mbx_sub *sub, u64 *messages);

/* Moving; the lock is held */
void mbx_sub_move(struct mbx_box *box, struct mbx_sub *sub, struct mbx_msg *msg,
		  struct mbx_work *work);
void mbx_sub_skip(struct mbx_box *box, struct mbx_sub *sub,
		  struct mbx_work *work);

/* Looking; the lock is held */
struct mbx_msg *mbx_sub_first(struct mbx_box *box, struct mbx_sub *sub);
struct mbx_msg *mbx_sub_behind(struct mbx_box *box, struct mbx_sub *sub,
			       const struct mbx_place *place);
u64 mbx_sub_pending(struct mbx_box *box, struct mbx_sub *sub);
u64 mbx_sub_missed(struct mbx_box *box, struct mbx_sub *sub);
struct mbx_sub *mbx_fan_slowest(struct mbx_box *box);

/* Parts of what box.c, line.c and receivers.c do; the lock is held */
void mbx_fan_accept(struct mbx_box *box, struct mbx_msg *msg,
		    struct mbx_work *work);
void mbx_fan_notify(struct mbx_box *box, const struct mbx_msg *msg,
		    struct mbx_work *work);
void mbx_fan_overtake(struct mbx_box *box, struct mbx_msg *msg);
bool mbx_fan_trim(struct mbx_box *box, struct mbx_work *work);
bool mbx_fan_tell(struct mbx_box *box, struct mbx_work *work);
struct mbx_receiver *mbx_fan_next_receiver(struct mbx_box *box);
void mbx_fan_leave(struct mbx_box *box, struct mbx_receiver *r);

int mbx_fan_init(void);
void mbx_fan_exit(void);

/**
 * mbx_fan_has_slots() - whether subscriptions have slots of their own
 * @attr: of the mailbox
 *
 * Return: true with DROP_NEWEST, if there are bounds.
 */
static inline bool mbx_fan_has_slots(const struct mbx_attr *attr)
{
	return (attr->attrs & MBOX_ATTR_BROADCAST) &&
	       attr->policy == MBOX_POLICY_DROP_NEWEST &&
	       attr->capacity == MBOX_CAPACITY_BOUNDED;
}

#endif /* MBX_FAN_H */

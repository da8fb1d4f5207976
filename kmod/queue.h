/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The order of messages in a mailbox.  Pure: knows messages, and nothing of
 * mailboxes, tasks, users or memory; it runs in user space in the host tests.
 *
 * Higher priority first; within one priority first in, first out; an urgent
 * message goes to the front of its priority.
 *
 * DOC: Levels and rings
 *
 * A priority is two levels: its urgent messages, last in, first out, and below
 * it the others, first in, first out.  Most messages are of the lowest level,
 * of priority 0 and not urgent: they stand in a plain list.  The other levels
 * that are present stand in a tree, each as a ring of messages.
 *
 * A ring has no head of its own.  Its first message, the leader, stands in
 * the tree; "before the leader" is at once the end of the ring and, if the
 * newcomer is made leader, its front.  So a level costs no memory beside its
 * messages, adding to and taking from the lowest or the highest level is a
 * few stores however many messages wait, and another level costs a walk over
 * the levels present, not over messages.
 *
 * DOC: Messages that come back
 *
 * A message that was taken and could not be delivered goes back to its place:
 * in its level it is ahead of everything younger.  It was the first of its
 * level when it was taken, so it is the first again, but for others that came
 * back: those stand in a tree of their own, by level and age, and come before
 * the rest of their level.  However many come back, none is searched for.
 *
 * DOC: Places and milestones
 *
 * A search that stops on its way (of a peek, or because it would take too long
 * under the lock) remembers a place: a level and an id.  It goes on behind that
 * place, whether the message that stood there still does or not.  So that it is
 * found without a walk, one message in MBX_MILESTONE of a level is a milestone:
 * it stands in a tree as well, by its place.  One that goes passes this on to
 * its neighbour, so the way from a milestone to any place stays short.  What
 * came back is in a tree anyway.
 *
 * Locking: the caller holds the lock that guards the queue.
 * Called by: box.c and line.c.
 */
#ifndef MBX_QUEUE_H
#define MBX_QUEUE_H

#include <linux/list.h>
#include <linux/rbtree.h>

#include "msg.h"

/**
 * struct mbx_queue - messages in the order they will be received
 * @plain: the messages of the lowest level
 * @levels: the leader of each other level present, the highest leftmost
 * @top: leader of the highest level in that tree, or NULL
 * @milestones: every so many messages, in the order of receiving
 * @plain_since: messages added to @plain since its last milestone
 * @returned: messages that came back, highest level and oldest leftmost
 * @front: the leftmost of @returned, or NULL
 * @returns: how many came back so far
 */
struct mbx_queue {
	struct list_head plain;
	struct rb_root levels;
	struct mbx_msg *top;
	struct rb_root milestones;
	u32 plain_since;
	struct rb_root returned;
	struct mbx_msg *front;
	u64 returns;
};

/* Messages of a level from one milestone to the next; less in unit tests. */
#ifndef MBX_MILESTONE
#define MBX_MILESTONE 64
#endif

/**
 * struct mbx_place - a place in the order of a queue, with or without a message
 * @id: of the message that stood there
 * @priority: its priority
 * @is_urgent: it was urgent
 * @came_back: it had come back
 */
struct mbx_place {
	u64 id;
	u16 priority;
	bool is_urgent;
	bool came_back;
};

void mbx_queue_add_level(struct mbx_queue *q, struct mbx_msg *msg);
void mbx_queue_remove_level(struct mbx_queue *q, struct mbx_msg *msg);
void mbx_queue_return(struct mbx_queue *q, struct mbx_msg *msg);
void mbx_queue_remove_special(struct mbx_queue *q, struct mbx_msg *msg);
struct mbx_msg *mbx_queue_least(struct mbx_queue *q);
struct mbx_place mbx_place_of(const struct mbx_msg *msg);
struct mbx_msg *mbx_queue_next(struct mbx_queue *q,
			       const struct mbx_place *place);
struct mbx_msg *mbx_queue_after(struct mbx_queue *q, struct mbx_msg *msg);
struct mbx_msg *mbx_queue_at(struct mbx_queue *q,
			     const struct mbx_place *place);
bool mbx_place_is_before(const struct mbx_place *a, const struct mbx_place *b);
void mbx_milestone_add(struct mbx_queue *q, struct mbx_msg *msg);
void mbx_milestone_plain(struct mbx_queue *q, struct mbx_msg *msg);
void mbx_milestone_pass_on(struct mbx_queue *q, struct mbx_msg *msg);
void mbx_milestone_remove(struct mbx_queue *q, struct mbx_msg *msg);
void mbx_queue_move(struct mbx_queue *to, struct mbx_queue *from);

/**
 * mbx_queue_init() - make a queue empty
 * @q: the queue
 */
static inline void mbx_queue_init(struct mbx_queue *q)
{
	INIT_LIST_HEAD(&q->plain);
	q->levels = RB_ROOT;
	q->top = NULL;
	q->milestones = RB_ROOT;
	q->plain_since = 0;
	q->returned = RB_ROOT;
	q->front = NULL;
	q->returns = 0;
}

static inline u32 mbx_level_of(const struct mbx_msg *msg)
{
	return msg->priority << 1 | msg->is_urgent;
}

static inline bool mbx_is_plain(const struct mbx_msg *msg)
{
	return !mbx_level_of(msg);
}

/* It stands in the tree for its level, which is not the lowest. */
static inline bool mbx_is_leader(const struct mbx_msg *msg)
{
	return msg->where == MBX_MSG_QUEUED && !mbx_is_plain(msg) &&
	       !RB_EMPTY_NODE(&msg->level);
}

/**
 * mbx_queue_first() - the next message to be received
 * @q: the queue
 *
 * Return: the message, still in the queue, or NULL.
 */
static inline struct mbx_msg *mbx_queue_first(struct mbx_queue *q)
{
	struct mbx_msg *first = q->top;

	if (!first)
		first = list_first_entry_or_null(&q->plain, struct mbx_msg,
						 link);
	if (unlikely(q->front) &&
	    (!first || mbx_level_of(q->front) >= mbx_level_of(first)))
		return q->front;
	return first;
}

/**
 * mbx_queue_add() - put a new message into the queue
 * @q: the queue
 * @msg: the message: its priority and is_urgent say where to
 */
static inline void mbx_queue_add(struct mbx_queue *q, struct mbx_msg *msg)
{
	msg->where = MBX_MSG_QUEUED;
	if (!mbx_is_plain(msg)) {
		mbx_queue_add_level(q, msg);
		return;
	}
	list_add_tail(&msg->link, &q->plain);
	if (unlikely(++q->plain_since >= MBX_MILESTONE))
		mbx_milestone_plain(q, msg);
}

/**
 * mbx_queue_remove() - take a message out of the queue, from anywhere
 * @q: the queue
 * @msg: a message in it
 */
static inline void mbx_queue_remove(struct mbx_queue *q, struct mbx_msg *msg)
{
	if (unlikely(msg->where != MBX_MSG_QUEUED))
		mbx_queue_remove_special(q, msg);
	else if (mbx_is_plain(msg))
		list_del(&msg->link);
	else
		mbx_queue_remove_level(q, msg);
}

#endif /* MBX_QUEUE_H */

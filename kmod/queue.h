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
 * @returned: messages that came back, highest level and oldest leftmost
 * @front: the leftmost of @returned, or NULL
 */
struct mbx_queue {
	struct list_head plain;
	struct rb_root levels;
	struct mbx_msg *top;
	struct rb_root returned;
	struct mbx_msg *front;
};

void mbx_queue_add_level(struct mbx_queue *q, struct mbx_msg *msg);
void mbx_queue_remove_level(struct mbx_queue *q, struct mbx_msg *msg);
void mbx_queue_return(struct mbx_queue *q, struct mbx_msg *msg);
void mbx_queue_remove_returned(struct mbx_queue *q, struct mbx_msg *msg);
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
	q->returned = RB_ROOT;
	q->front = NULL;
}

static inline u32 mbx_level_of(const struct mbx_msg *msg)
{
	return msg->priority << 1 | msg->is_urgent;
}

static inline bool mbx_is_plain(const struct mbx_msg *msg)
{
	return !mbx_level_of(msg);
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
	if (mbx_is_plain(msg))
		list_add_tail(&msg->link, &q->plain);
	else
		mbx_queue_add_level(q, msg);
}

/**
 * mbx_queue_remove() - take a message out of the queue, from anywhere
 * @q: the queue
 * @msg: a message in it
 */
static inline void mbx_queue_remove(struct mbx_queue *q, struct mbx_msg *msg)
{
	if (unlikely(msg->where == MBX_MSG_RETURNED))
		mbx_queue_remove_returned(q, msg);
	else if (mbx_is_plain(msg))
		list_del(&msg->link);
	else
		mbx_queue_remove_level(q, msg);
}

#endif /* MBX_QUEUE_H */

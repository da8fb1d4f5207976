// SPDX-License-Identifier: GPL-2.0-only
/*
 * The order of messages: the levels that are not plain, and putting messages
 * back.  How it works is told in queue.h.
 *
 * Locking: the caller holds the lock that guards the queue.
 */
#include "queue.h"

#define mbx_msg_of(node) rb_entry(node, struct mbx_msg, level)

static bool mbx_is_leader(const struct mbx_msg *msg)
{
	return !RB_EMPTY_NODE(&msg->level);
}

/* Make @msg the leader where @old was. */
static void mbx_lead(struct mbx_queue *q, struct mbx_msg *old,
		     struct mbx_msg *msg)
{
	rb_replace_node(&old->level, &msg->level, &q->levels);
	RB_CLEAR_NODE(&old->level);
	if (q->top == old)
		q->top = msg;
}

/*
 * The leader of @msg's level; NULL if @msg is now the first and leader of a
 * level that was not there.
 */
static struct mbx_msg *mbx_find_or_lead(struct mbx_queue *q,
					struct mbx_msg *msg)
{
	struct rb_node **link = &q->levels.rb_node, *parent = NULL;
	u32 level = mbx_level_of(msg);

	if (q->top && mbx_level_of(q->top) == level)
		return q->top;

	while (*link) {
		struct mbx_msg *leader = mbx_msg_of(*link);

		if (mbx_level_of(leader) == level)
			return leader;
		parent = *link;
		link = level > mbx_level_of(leader) ? &parent->rb_left :
						      &parent->rb_right;
	}
	INIT_LIST_HEAD(&msg->link);
	rb_link_node(&msg->level, parent, link);
	rb_insert_color(&msg->level, &q->levels);
	if (!q->top || level > mbx_level_of(q->top))
		q->top = msg;
	return NULL;
}

/* Put @msg into its ring before @pos; "before the leader" needs @to_front. */
static void mbx_insert(struct mbx_queue *q, struct mbx_msg *msg,
		       struct mbx_msg *pos, bool to_front)
{
	list_add_tail(&msg->link, &pos->link);
	RB_CLEAR_NODE(&msg->level);
	if (to_front)
		mbx_lead(q, pos, msg);
}

/**
 * mbx_queue_add_level() - mbx_queue_add() for all but the lowest level
 * @q: the queue
 * @msg: the message
 */
void mbx_queue_add_level(struct mbx_queue *q, struct mbx_msg *msg)
{
	struct mbx_msg *leader = mbx_find_or_lead(q, msg);

	if (leader)
		mbx_insert(q, msg, leader, msg->is_urgent);
}

/* Whether @a comes before @b among the messages that came back. */
static bool mbx_is_before(const struct mbx_msg *a, const struct mbx_msg *b)
{
	u32 level_a = mbx_level_of(a), level_b = mbx_level_of(b);

	return level_a != level_b ? level_a > level_b : a->id < b->id;
}

/**
 * mbx_queue_return() - put a message back that was taken from the queue
 * @q: the queue
 * @msg: the message, with the id it had
 */
void mbx_queue_return(struct mbx_queue *q, struct mbx_msg *msg)
{
	struct rb_node **link = &q->returned.rb_node, *parent = NULL;

	while (*link) {
		parent = *link;
		link = mbx_is_before(msg, mbx_msg_of(parent)) ?
			       &parent->rb_left :
			       &parent->rb_right;
	}
	rb_link_node(&msg->level, parent, link);
	rb_insert_color(&msg->level, &q->returned);
	if (!q->front || mbx_is_before(msg, q->front))
		q->front = msg;
	msg->where = MBX_MSG_RETURNED;
}

/**
 * mbx_queue_remove_returned() - mbx_queue_remove() for one that came back
 * @q: the queue
 * @msg: the message
 */
void mbx_queue_remove_returned(struct mbx_queue *q, struct mbx_msg *msg)
{
	if (q->front == msg) {
		struct rb_node *next = rb_next(&msg->level);

		q->front = next ? mbx_msg_of(next) : NULL;
	}
	rb_erase(&msg->level, &q->returned);
}

/**
 * mbx_queue_move() - move all messages to another queue
 * @to: where to; what it was does not matter
 * @from: where from; empty afterwards
 */
void mbx_queue_move(struct mbx_queue *to, struct mbx_queue *from)
{
	mbx_queue_init(to);
	list_splice(&from->plain, &to->plain);
	to->levels = from->levels;
	to->top = from->top;
	to->returned = from->returned;
	to->front = from->front;
	mbx_queue_init(from);
}

/**
 * mbx_queue_remove_level() - mbx_queue_remove() for all but the lowest level
 * @q: the queue
 * @msg: a message in it
 */
void mbx_queue_remove_level(struct mbx_queue *q, struct mbx_msg *msg)
{
	if (!mbx_is_leader(msg)) {
		list_del(&msg->link);
		return;
	}
	if (!list_empty(&msg->link)) {
		mbx_lead(q, msg, list_next_entry(msg, link));
		list_del(&msg->link);
		return;
	}
	if (q->top == msg) {
		struct rb_node *next = rb_next(&msg->level);

		q->top = next ? mbx_msg_of(next) : NULL;
	}
	rb_erase(&msg->level, &q->levels);
	RB_CLEAR_NODE(&msg->level);
}

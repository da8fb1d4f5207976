// SPDX-License-Identifier: GPL-2.0-only
/*
 * The order of messages: the levels that are not plain, and putting messages
 * back.  How it works is told in queue.h.
 *
 * Locking: the caller holds the lock that guards the queue.
 */
#include "queue.h"

#define mbx_msg_of(node) rb_entry(node, struct mbx_msg, level)

/* How far the last milestone is, or the leader, which is as good as one. */
static u32 mbx_since(const struct mbx_msg *msg)
{
	return RB_EMPTY_NODE(&msg->level) ? msg->since : 0;
}

/* A message that leads nobody is so far behind the last milestone. */
static void mbx_set_since(struct mbx_queue *q, struct mbx_msg *msg, u32 since)
{
	RB_CLEAR_NODE(&msg->level);
	msg->since = since;
	if (since >= MBX_MILESTONE)
		mbx_milestone_add(q, msg);
}

/* Make @msg the leader where @old was. */
static void mbx_lead(struct mbx_queue *q, struct mbx_msg *old,
		     struct mbx_msg *msg)
{
	if (msg->where == MBX_MSG_MILESTONE)
		mbx_milestone_remove(q, msg);
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

/* Put @msg behind all others of its level. */
static void mbx_append(struct mbx_queue *q, struct mbx_msg *msg,
		       struct mbx_msg *leader)
{
	struct mbx_msg *last = list_prev_entry(leader, link);

	list_add_tail(&msg->link, &leader->link);
	mbx_set_since(q, msg, mbx_since(last) + 1);
}

/* Put @msg before all others of its level; distances are from behind there. */
static void mbx_prepend(struct mbx_queue *q, struct mbx_msg *msg,
			struct mbx_msg *leader)
{
	struct mbx_msg *next = list_next_entry(leader, link);
	u32 since = next == leader ? 0 : mbx_since(next);

	list_add_tail(&msg->link, &leader->link);
	mbx_lead(q, leader, msg);
	mbx_set_since(q, leader, since + 1);
}

/**
 * mbx_queue_add_level() - mbx_queue_add() for all but the lowest level
 * @q: the queue
 * @msg: the message
 */
void mbx_queue_add_level(struct mbx_queue *q, struct mbx_msg *msg)
{
	struct mbx_msg *leader = mbx_find_or_lead(q, msg);

	if (!leader)
		return;
	if (msg->is_urgent)
		mbx_prepend(q, msg, leader);
	else
		mbx_append(q, msg, leader);
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
	q->returns++;
}

/**
 * mbx_queue_remove_special() - mbx_queue_remove() for what is in a tree of its own
 * @q: the queue
 * @msg: a milestone, or one that came back
 */
void mbx_queue_remove_special(struct mbx_queue *q, struct mbx_msg *msg)
{
	if (msg->where == MBX_MSG_MILESTONE) {
		mbx_milestone_pass_on(q, msg);
		list_del(&msg->link);
		return;
	}
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
	to->milestones = from->milestones;
	to->plain_since = from->plain_since;
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

/* The first of those that came back whose level is @level, or lower. */
static struct mbx_msg *mbx_find_returned(const struct mbx_queue *q, u32 level)
{
	struct rb_node *node = q->returned.rb_node;
	struct mbx_msg *found = NULL;

	while (node) {
		if (mbx_level_of(mbx_msg_of(node)) <= level) {
			found = mbx_msg_of(node);
			node = node->rb_left;
		} else {
			node = node->rb_right;
		}
	}
	return found;
}

/* Whichever is the less: of lower priority, or as low and older. */
static struct mbx_msg *mbx_lesser(struct mbx_msg *a, struct mbx_msg *b)
{
	if (!a || !b)
		return a ?: b;
	if (a->priority != b->priority)
		return a->priority < b->priority ? a : b;
	return a->id < b->id ? a : b;
}

/**
 * mbx_queue_least() - the oldest message of the lowest priority present
 * @q: the queue
 *
 * Return: the message, still in the queue, or NULL.
 */
struct mbx_msg *mbx_queue_least(struct mbx_queue *q)
{
	struct mbx_msg *least =
		list_first_entry_or_null(&q->plain, struct mbx_msg, link);
	struct rb_node *node = rb_last(&q->levels);
	unsigned int i;

	/* A priority is two levels at most; the last urgent one is the oldest. */
	for (i = 0; i < 2 && node; i++, node = rb_prev(node)) {
		struct mbx_msg *msg = mbx_msg_of(node);

		if (msg->is_urgent && !list_empty(&msg->link))
			msg = list_prev_entry(msg, link);
		least = mbx_lesser(least, msg);
	}
	node = rb_last(&q->returned);
	if (node) {
		u32 level = mbx_msg_of(node)->priority << 1;

		least = mbx_lesser(least, mbx_find_returned(q, level));
		least = mbx_lesser(least, mbx_find_returned(q, level | 1));
	}
	return least;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * The order of messages: a tree of the levels that are present, and in each
 * level a ring of messages.  A priority is two levels: its urgent messages,
 * last in, first out, and below it the others, first in, first out.
 *
 * The ring has no head of its own.  Its first message, the leader, stands in
 * the tree; "before the leader" is at once the end of the ring and, if the
 * newcomer is made leader, its front.  So a level costs no memory beside its
 * messages, adding to and taking from the highest level is a few stores
 * however many messages wait, and another level costs a walk over the levels
 * present, not over messages.
 *
 * Locking: the caller holds the lock that guards the queue.
 */
#include "queue.h"

#define mbx_leader(node) rb_entry(node, struct mbx_msg, level)

/**
 * mbx_queue_init() - make a queue empty
 * @q: the queue
 */
void mbx_queue_init(struct mbx_queue *q)
{
	q->levels = RB_ROOT;
	q->first = NULL;
}

static u32 mbx_level_of(const struct mbx_msg *msg)
{
	return msg->priority << 1 | msg->is_urgent;
}

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
	if (q->first == old)
		q->first = msg;
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

	if (q->first && mbx_level_of(q->first) == level)
		return q->first;

	while (*link) {
		struct mbx_msg *leader = mbx_leader(*link);

		if (mbx_level_of(leader) == level)
			return leader;
		parent = *link;
		link = level > mbx_level_of(leader) ? &parent->rb_left :
						      &parent->rb_right;
	}
	INIT_LIST_HEAD(&msg->link);
	rb_link_node(&msg->level, parent, link);
	rb_insert_color(&msg->level, &q->levels);
	if (!q->first || level > mbx_level_of(q->first))
		q->first = msg;
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
 * mbx_queue_add() - put a new message into the queue
 * @q: the queue
 * @msg: the message: its priority and is_urgent say where to
 */
void mbx_queue_add(struct mbx_queue *q, struct mbx_msg *msg)
{
	struct mbx_msg *leader = mbx_find_or_lead(q, msg);

	if (leader)
		mbx_insert(q, msg, leader, msg->is_urgent);
}

/**
 * mbx_queue_return() - put a message back that was taken from the queue
 * @q: the queue
 * @msg: the message, with the id it had
 *
 * It goes back to its place in its level: ahead of everything younger; an
 * urgent one, which stood at the front when it was taken, to the front.  The
 * messages it passes on the way are older ones, and they can only be there
 * because they were taken and put back as well.
 *
 * Return: the number of messages passed.
 */
unsigned int mbx_queue_return(struct mbx_queue *q, struct mbx_msg *msg)
{
	struct mbx_msg *leader = mbx_find_or_lead(q, msg);
	struct mbx_msg *pos = leader;
	unsigned int steps = 0;

	if (!leader)
		return 0;
	if (!msg->is_urgent) {
		while (pos->id < msg->id) {
			steps++;
			pos = list_next_entry(pos, link);
			if (pos == leader)
				break;
		}
	}
	mbx_insert(q, msg, pos, pos == leader && (msg->is_urgent || !steps));
	return steps;
}

/**
 * mbx_queue_remove() - take a message out of the queue, from anywhere
 * @q: the queue
 * @msg: a message in it
 */
void mbx_queue_remove(struct mbx_queue *q, struct mbx_msg *msg)
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
	if (q->first == msg) {
		struct rb_node *next = rb_next(&msg->level);

		q->first = next ? mbx_leader(next) : NULL;
	}
	rb_erase(&msg->level, &q->levels);
	RB_CLEAR_NODE(&msg->level);
}

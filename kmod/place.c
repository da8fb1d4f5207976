// SPDX-License-Identifier: GPL-2.0-only
/*
 * Places in the order of messages, and finding them again: milestones, and what
 * comes after a place.  How it works is told in queue.h.
 *
 * Locking: the caller holds the lock that guards the queue.
 */
#include "queue.h"

#define mbx_msg_of(node) rb_entry(node, struct mbx_msg, level)

static u32 mbx_level_at(const struct mbx_place *place)
{
	return place->priority << 1 | place->is_urgent;
}

/* Among those of a level that did not come back: newest first, or last. */
static bool mbx_is_behind(const struct mbx_msg *msg, u64 id)
{
	return msg->is_urgent ? msg->id < id : msg->id > id;
}

/**
 * mbx_place_of() - where a message stands
 * @msg: the message, in a queue
 *
 * Return: its place, which stays one when the message has gone.
 */
struct mbx_place mbx_place_of(const struct mbx_msg *msg)
{
	return (struct mbx_place){
		.id = msg->id,
		.priority = msg->priority,
		.is_urgent = msg->is_urgent,
		.came_back = msg->where == MBX_MSG_RETURNED,
	};
}

/**
 * mbx_place_is_before() - the order of places
 * @a: a place
 * @b: another
 *
 * In a level, what came back is before the others.
 *
 * Return: true if @a comes before @b.
 */
bool mbx_place_is_before(const struct mbx_place *a, const struct mbx_place *b)
{
	if (mbx_level_at(a) != mbx_level_at(b))
		return mbx_level_at(a) > mbx_level_at(b);
	if (a->came_back != b->came_back)
		return a->came_back;
	return a->is_urgent && !a->came_back ? a->id > b->id : a->id < b->id;
}

/**
 * mbx_milestone_add() - make a message a milestone
 * @q: the queue
 * @msg: a message in it that leads nobody and did not come back
 */
void mbx_milestone_add(struct mbx_queue *q, struct mbx_msg *msg)
{
	struct rb_node **link = &q->milestones.rb_node, *parent = NULL;
	u32 level = mbx_level_of(msg);

	while (*link) {
		struct mbx_msg *other = mbx_msg_of(*link);
		bool is_after = mbx_level_of(other) != level ?
					mbx_level_of(other) > level :
					mbx_is_behind(msg, other->id);

		parent = *link;
		link = is_after ? &parent->rb_right : &parent->rb_left;
	}
	rb_link_node(&msg->level, parent, link);
	rb_insert_color(&msg->level, &q->milestones);
	msg->where = MBX_MSG_MILESTONE;
}

/**
 * mbx_milestone_remove() - make a milestone a message as others
 * @q: the queue
 * @msg: a milestone in it
 */
void mbx_milestone_remove(struct mbx_queue *q, struct mbx_msg *msg)
{
	rb_erase(&msg->level, &q->milestones);
	RB_CLEAR_NODE(&msg->level);
	msg->since = 0;
	msg->where = MBX_MSG_QUEUED;
}

/**
 * mbx_milestone_pass_on() - a milestone is about to go
 * @q: the queue
 * @msg: the milestone, still in its list
 *
 * The message before it becomes one, unless a search would begin there anyway:
 * at another milestone, at a leader, or at the first of the lowest level.
 */
void mbx_milestone_pass_on(struct mbx_queue *q, struct mbx_msg *msg)
{
	struct mbx_msg *heir = list_prev_entry(msg, link);

	if (&heir->link == &q->plain || heir->where == MBX_MSG_MILESTONE ||
	    (!mbx_is_plain(heir) && !RB_EMPTY_NODE(&heir->level))) {
		rb_erase(&msg->level, &q->milestones);
		return;
	}
	rb_replace_node(&msg->level, &heir->level, &q->milestones);
	heir->where = MBX_MSG_MILESTONE;
}

/**
 * mbx_milestone_plain() - a milestone in the lowest level, if it is long
 * @q: the queue
 * @msg: the last message there
 */
void mbx_milestone_plain(struct mbx_queue *q, struct mbx_msg *msg)
{
	q->plain_since = 0;
	if (msg->id - list_first_entry(&q->plain, struct mbx_msg, link)->id >=
	    MBX_MILESTONE)
		mbx_milestone_add(q, msg);
}

/* The leader of the highest level that is not above @level; NULL: plain. */
static struct mbx_msg *mbx_leader_from(const struct mbx_queue *q, u32 level)
{
	struct rb_node *node = q->levels.rb_node;
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

/* The first that did not come back, of the highest level not above @level. */
static struct mbx_msg *mbx_first_from(struct mbx_queue *q, u32 level)
{
	struct mbx_msg *leader = mbx_leader_from(q, level);

	return leader ?:
			list_first_entry_or_null(&q->plain, struct mbx_msg,
						 link);
}

/* The last milestone of the level that is not behind the place. */
static struct mbx_msg *mbx_milestone_at(const struct mbx_queue *q, u32 level,
					u64 id)
{
	struct rb_node *node = q->milestones.rb_node;
	struct mbx_msg *found = NULL;

	while (node) {
		struct mbx_msg *msg = mbx_msg_of(node);

		if (mbx_level_of(msg) < level ||
		    (mbx_level_of(msg) == level && mbx_is_behind(msg, id))) {
			node = node->rb_left;
		} else {
			found = msg;
			node = node->rb_right;
		}
	}
	return found && mbx_level_of(found) == level ? found : NULL;
}

/* The first behind a place, of those that did not come back. */
static struct mbx_msg *mbx_next_queued(struct mbx_queue *q, u32 level, u64 id)
{
	struct mbx_msg *first = mbx_first_from(q, level), *msg;

	if (!first || mbx_level_of(first) != level)
		return first;
	msg = mbx_milestone_at(q, level, id) ?: first;
	do {
		if (mbx_is_behind(msg, id))
			return msg;
		msg = list_next_entry(msg, link);
	} while (msg != first && &msg->link != &q->plain);
	return level ? mbx_first_from(q, level - 1) : NULL;
}

/* The first behind a place, of those that came back. */
static struct mbx_msg *mbx_next_returned(const struct mbx_queue *q, u32 level,
					 u64 id)
{
	struct rb_node *node = q->returned.rb_node;
	struct mbx_msg *found = NULL;

	while (node) {
		struct mbx_msg *msg = mbx_msg_of(node);

		if (mbx_level_of(msg) < level ||
		    (mbx_level_of(msg) == level && msg->id > id)) {
			found = msg;
			node = node->rb_left;
		} else {
			node = node->rb_right;
		}
	}
	return found;
}

/**
 * mbx_queue_next() - the next message behind a place, in the order of receiving
 * @q: the queue
 * @place: the place, or NULL: the beginning
 *
 * Return: the message, still in the queue, or NULL.
 */
struct mbx_msg *mbx_queue_next(struct mbx_queue *q,
			       const struct mbx_place *place)
{
	struct mbx_msg *returned, *queued;
	u32 level;

	if (!place)
		return mbx_queue_first(q);
	level = mbx_level_at(place);
	/* In a level, those that came back are before the others. */
	if (place->came_back) {
		returned = mbx_next_returned(q, level, place->id);
		queued = mbx_first_from(q, level);
	} else {
		returned = mbx_next_returned(q, level, U64_MAX);
		queued = mbx_next_queued(q, level, place->id);
	}
	if (!returned || !queued)
		return returned ?: queued;
	return mbx_level_of(returned) >= mbx_level_of(queued) ? returned :
								queued;
}

/* Whether no other message of its level follows, of those that were never taken. */
static bool mbx_is_last_of_level(const struct mbx_queue *q,
				 const struct mbx_msg *msg)
{
	const struct mbx_msg *next = list_next_entry(msg, link);

	if (mbx_is_plain(msg))
		return &next->link == &q->plain;
	return mbx_is_leader(next);
}

/**
 * mbx_queue_after() - the next message behind one that is there
 * @q: the queue
 * @msg: a message in it
 *
 * As mbx_queue_next(), without a search unless a level ends.
 *
 * Return: the message, still in the queue, or NULL.
 */
struct mbx_msg *mbx_queue_after(struct mbx_queue *q, struct mbx_msg *msg)
{
	struct mbx_place place;

	if (msg->where != MBX_MSG_RETURNED && !mbx_is_last_of_level(q, msg))
		return list_next_entry(msg, link);
	place = mbx_place_of(msg);
	/* The end of the level: the others are older, if they are urgent. */
	if (!place.came_back)
		place.id = place.is_urgent ? 0 : U64_MAX;
	return mbx_queue_next(q, &place);
}

/**
 * mbx_queue_at() - the message at a place
 * @q: the queue
 * @place: the place
 *
 * Return: the message, still in the queue, or NULL if it has gone from there.
 */
struct mbx_msg *mbx_queue_at(struct mbx_queue *q, const struct mbx_place *place)
{
	struct mbx_place before = *place;
	struct mbx_msg *msg;

	/* Ids begin with 1, and end before U64_MAX. */
	before.id += place->is_urgent && !place->came_back ? 1 : -1;
	msg = mbx_queue_next(q, &before);
	if (!msg || msg->id != place->id)
		return NULL;
	return (msg->where == MBX_MSG_RETURNED) == place->came_back ? msg :
								      NULL;
}

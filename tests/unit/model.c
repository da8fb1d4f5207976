// SPDX-License-Identifier: GPL-2.0-only
/*
 * The queue under test beside a naive sorted array: each step is done to both,
 * and then the queue is taken apart.  Its tree, its rings and its order must
 * be what kmod/queue.h promises.
 *
 * Locking: none.  Used by: queue.c.
 */
#include "model.h"

struct mbx_queue queue;
struct model_entry model[MODEL_ROOM];
unsigned int model_len;
u64 q_random_state;
static u64 last_id;

/* -- The naive sorted array ---------------------------------------------- */

static unsigned int rank(const struct mbx_msg *msg)
{
	return msg->priority * 2U + msg->is_urgent;
}

/*
 * The order in one sentence each: higher priority first; within it urgent
 * ones first; there those that came back first, oldest first; then urgent
 * ones newest first, others oldest first.
 */
static bool is_before(const struct model_entry *a, const struct model_entry *b)
{
	if (a->msg->priority != b->msg->priority)
		return a->msg->priority > b->msg->priority;
	if (a->msg->is_urgent != b->msg->is_urgent)
		return a->msg->is_urgent;
	if (a->came_back != b->came_back)
		return a->came_back;
	if (a->msg->is_urgent && !a->came_back)
		return a->msg->id > b->msg->id;
	return a->msg->id < b->msg->id;
}

void model_add(struct mbx_msg *msg, bool came_back)
{
	const struct model_entry entry = { msg, came_back };
	unsigned int at = 0;

	unit_true(model_len < MODEL_ROOM);
	while (at < model_len && is_before(&model[at], &entry))
		at++;
	memmove(&model[at + 1], &model[at],
		(model_len - at) * sizeof(model[0]));
	model[at] = entry;
	model_len++;
}

void model_remove(const struct mbx_msg *msg)
{
	unsigned int at = 0;

	while (at < model_len && model[at].msg != msg)
		at++;
	unit_true(at < model_len);
	model_len--;
	memmove(&model[at], &model[at + 1],
		(model_len - at) * sizeof(model[0]));
}

/* Of the lowest priority the one that was sent first. */
static const struct mbx_msg *model_least(void)
{
	const struct mbx_msg *least = NULL;
	unsigned int i;

	for (i = 0; i < model_len; i++) {
		const struct mbx_msg *msg = model[i].msg;

		if (!least || msg->priority < least->priority ||
		    (msg->priority == least->priority && msg->id < least->id))
			least = msg;
	}
	return least;
}

/* Whatever came back: among the others of a priority first in is first out. */
static void model_is_fair(void)
{
	u64 last = 0;
	unsigned int i;

	for (i = 0; i < model_len; i++) {
		const struct mbx_msg *msg = model[i].msg;

		if (i && rank(model[i - 1].msg) != rank(msg))
			last = 0;
		if (msg->is_urgent)
			continue;
		unit_true(msg->id > last);
		last = msg->id;
	}
}

/* -- Taking the queue apart ----------------------------------------------- */

/* What was found, in the order of one of the places where messages stand. */
struct found {
	const struct mbx_msg *msg[MODEL_ROOM];
	unsigned int n;
};

static void find(struct found *f, const struct mbx_msg *msg)
{
	unit_true(f->n < model_len);
	f->msg[f->n++] = msg;
}

static bool is_milestone(const struct mbx_msg *msg)
{
	return msg->where == MBX_MSG_MILESTONE;
}

/*
 * Ordinary messages one after the other, so far: a search would walk over all
 * of them.  It begins at a milestone, or at the first of its level.
 */
static void walk(unsigned int *way, const struct mbx_msg *msg)
{
	*way = is_milestone(msg) ? 0 : *way + 1;
	unit_true(*way <= 2 * MBX_MILESTONE);
	if (!is_milestone(msg))
		unit_eq(msg->where, MBX_MSG_QUEUED);
}

static void find_ring(struct found *f, const struct mbx_msg *leader)
{
	const struct mbx_msg *msg = leader;
	unsigned int way = 0;

	unit_false(is_milestone(leader));
	do {
		find(f, msg);
		walk(&way, msg);
		unit_ptr_eq(msg->link.next->prev, &msg->link);
		unit_ptr_eq(msg->link.prev->next, &msg->link);
		/* One leader stands for all of a level. */
		unit_eq(rank(msg), rank(leader));
		unit_eq(RB_EMPTY_NODE(&msg->level),
			msg != leader && !is_milestone(msg));
		msg = list_next_entry(msg, link);
	} while (msg != leader);
}

static void find_tree(struct found *f, const struct rb_node *node,
		      const struct rb_node *parent, bool came_back)
{
	const struct mbx_msg *msg;

	if (!node)
		return;
	unit_ptr_eq(rb_parent(node), parent);
	find_tree(f, node->rb_left, node, came_back);
	msg = rb_entry(node, const struct mbx_msg, level);
	if (came_back) {
		find(f, msg);
		unit_eq(msg->where, MBX_MSG_RETURNED);
	} else {
		find_ring(f, msg);
	}
	find_tree(f, node->rb_right, node, came_back);
}

/* The lowest level has a list of its own, and nobody of it is in a ring. */
static void find_plain(struct found *f)
{
	const struct list_head *link;
	unsigned int way = 0;

	list_for_each(link, &queue.plain) {
		find(f, list_entry(link, struct mbx_msg, link));
		walk(&way, f->msg[f->n - 1]);
		unit_eq(rank(f->msg[f->n - 1]), 0);
		unit_ptr_eq(link->next->prev, link);
	}
	unit_ptr_eq(queue.plain.next->prev, &queue.plain);
}

/* What was found is what the array has, of those that came back or not. */
static void compare(const struct found *f, bool came_back)
{
	unsigned int i, n = 0;

	for (i = 0; i < model_len; i++)
		if (model[i].came_back == came_back) {
			unit_true(n < f->n);
			unit_ptr_eq(f->msg[n++], model[i].msg);
		}
	unit_eq(n, f->n);
}

/* -- Places ---------------------------------------------------------------- */

/* Where messages stood that have gone, the last few of them. */
#define GONE 8

static struct {
	char msg[sizeof(struct mbx_msg)] __aligned(8);
	bool came_back;
} gone[GONE];
static unsigned int gone_next;

/* What is left of it is its head. */
static struct mbx_msg *gone_msg(unsigned int i)
{
	return (struct mbx_msg *)gone[i % GONE].msg;
}

static void remember(const struct mbx_msg *msg)
{
	memcpy(gone_msg(gone_next), msg, sizeof(*msg));
	gone[gone_next % GONE].came_back = msg->where == MBX_MSG_RETURNED;
	gone_next++;
}

/* The first of the array that comes after a message, there or not. */
static struct mbx_msg *model_next(struct mbx_msg *msg, bool came_back)
{
	const struct model_entry entry = { msg, came_back };
	unsigned int i;

	for (i = 0; i < model_len; i++)
		if (is_before(&entry, &model[i]))
			return model[i].msg;
	return NULL;
}

/* The message of the array that stands where one stood; or NULL. */
static struct mbx_msg *model_at(const struct mbx_msg *msg, bool came_back)
{
	unsigned int i;

	for (i = 0; i < model_len; i++)
		if (model[i].msg->id == msg->id &&
		    model[i].came_back == came_back)
			return model[i].msg;
	return NULL;
}

static void check_places(void)
{
	struct mbx_msg *msg = mbx_queue_next(&queue, NULL);
	struct mbx_place place;
	unsigned int i;

	/* A walk of the queue, from place to place. */
	for (i = 0; i < model_len; i++) {
		unit_ptr_eq(msg, model[i].msg);
		place = mbx_place_of(msg);
		unit_eq(place.came_back, model[i].came_back);
		unit_ptr_eq(mbx_queue_at(&queue, &place), msg);
		unit_ptr_eq(mbx_queue_after(&queue, msg),
			    mbx_queue_next(&queue, &place));
		msg = mbx_queue_next(&queue, &place);
	}
	unit_null(msg);
	for (i = 0; i < GONE && i < gone_next; i++) {
		place = mbx_place_of(gone_msg(i));
		place.came_back = gone[i].came_back;
		unit_ptr_eq(mbx_queue_next(&queue, &place),
			    model_next(gone_msg(i), gone[i].came_back));
		unit_ptr_eq(mbx_queue_at(&queue, &place),
			    model_at(gone_msg(i), gone[i].came_back));
	}
}

/* Milestones are in their tree in the order of receiving, and no others. */
static void find_milestones(struct found *f, const struct rb_node *node)
{
	if (!node)
		return;
	find_milestones(f, node->rb_left);
	find(f, rb_entry(node, const struct mbx_msg, level));
	find_milestones(f, node->rb_right);
}

static void check_milestones(struct found *f)
{
	unsigned int i, n = 0;

	f->n = 0;
	find_milestones(f, queue.milestones.rb_node);
	for (i = 0; i < model_len; i++)
		if (is_milestone(model[i].msg)) {
			unit_true(n < f->n);
			unit_ptr_eq(f->msg[n++], model[i].msg);
		}
	unit_eq(n, f->n);
}

void q_check(void)
{
	static struct found f;

	model_is_fair();
	unit_ptr_eq(mbx_queue_least(&queue), model_least());
	f.n = 0;
	find_tree(&f, queue.returned.rb_node, NULL, true);
	unit_ptr_eq(queue.front, f.n ? f.msg[0] : NULL);
	compare(&f, true);
	f.n = 0;
	find_tree(&f, queue.levels.rb_node, NULL, false);
	unit_ptr_eq(queue.top, f.n ? f.msg[0] : NULL);
	find_plain(&f);
	compare(&f, false);
	check_milestones(&f);
	check_places();
	unit_ptr_eq(mbx_queue_first(&queue), model_len ? model[0].msg : NULL);
}

bool q_is_empty(void)
{
	return !queue.levels.rb_node && !queue.returned.rb_node &&
	       !queue.milestones.rb_node && list_empty(&queue.plain) &&
	       !mbx_queue_first(&queue);
}

u64 q_last_id(void)
{
	return last_id;
}

unsigned int q_random(unsigned int n)
{
	q_random_state = q_random_state * 6364136223846793005ULL + 1;
	return (q_random_state >> 33) % n;
}

/* -- Steps, each done to both --------------------------------------------- */

/* Memory as a slab gives it: what the queue does not set is not 0. */
struct mbx_msg *q_new(u16 priority, bool is_urgent)
{
	struct mbx_msg *msg = unit_alloc(sizeof(*msg));

	unit_not_null(msg);
	memset(msg, 0xa5, sizeof(*msg));
	msg->id = ++last_id;
	msg->priority = priority;
	msg->is_urgent = is_urgent;
	return msg;
}

struct mbx_msg *q_add(u16 priority, bool is_urgent)
{
	struct mbx_msg *msg = q_new(priority, is_urgent);

	mbx_queue_add(&queue, msg);
	model_add(msg, false);
	q_check();
	return msg;
}

struct mbx_msg *q_send(u16 priority)
{
	return q_add(priority, false);
}

struct mbx_msg *q_send_urgent(u16 priority)
{
	return q_add(priority, true);
}

void q_withdraw(struct mbx_msg *msg)
{
	remember(msg);
	mbx_queue_remove(&queue, msg);
	model_remove(msg);
	q_check();
}

struct mbx_msg *q_take(void)
{
	struct mbx_msg *msg = mbx_queue_first(&queue);

	unit_not_null(msg);
	q_withdraw(msg);
	return msg;
}

void q_give_back(struct mbx_msg *msg)
{
	mbx_queue_return(&queue, msg);
	model_add(msg, true);
	q_check();
}

void q_expect(struct mbx_msg *msg)
{
	unit_ptr_eq(q_take(), msg);
	unit_free(msg);
}

void q_begin(void)
{
	mbx_queue_init(&queue);
	model_len = 0;
	last_id = 0;
	gone_next = 0;
}

/* A case that failed half way leaves messages: they are no leak to report. */
void q_end(void)
{
	while (model_len)
		unit_free(model[--model_len].msg);
}

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

static void find(struct found *f, const struct mbx_msg *msg, u8 where)
{
	unit_true(f->n < model_len);
	unit_eq(msg->where, where);
	f->msg[f->n++] = msg;
}

static void find_ring(struct found *f, const struct mbx_msg *leader)
{
	const struct mbx_msg *msg = leader;

	do {
		find(f, msg, MBX_MSG_QUEUED);
		unit_ptr_eq(msg->link.next->prev, &msg->link);
		unit_ptr_eq(msg->link.prev->next, &msg->link);
		/* One leader stands for all of a level. */
		unit_eq(rank(msg), rank(leader));
		unit_eq(RB_EMPTY_NODE(&msg->level), msg != leader);
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
	if (came_back)
		find(f, msg, MBX_MSG_RETURNED);
	else
		find_ring(f, msg);
	find_tree(f, node->rb_right, node, came_back);
}

/* The lowest level has a list of its own, and nobody of it is in a ring. */
static void find_plain(struct found *f)
{
	const struct list_head *link;

	list_for_each(link, &queue.plain) {
		find(f, list_entry(link, struct mbx_msg, link), MBX_MSG_QUEUED);
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

void q_check(void)
{
	static struct found f;

	model_is_fair();
	f.n = 0;
	find_tree(&f, queue.returned.rb_node, NULL, true);
	unit_ptr_eq(queue.front, f.n ? f.msg[0] : NULL);
	compare(&f, true);
	f.n = 0;
	find_tree(&f, queue.levels.rb_node, NULL, false);
	unit_ptr_eq(queue.top, f.n ? f.msg[0] : NULL);
	find_plain(&f);
	compare(&f, false);
	unit_ptr_eq(mbx_queue_first(&queue), model_len ? model[0].msg : NULL);
}

bool q_is_empty(void)
{
	return !queue.levels.rb_node && !queue.returned.rb_node &&
	       list_empty(&queue.plain) && !mbx_queue_first(&queue);
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
}

/* A case that failed half way leaves messages: they are no leak to report. */
void q_end(void)
{
	while (model_len)
		unit_free(model[--model_len].msg);
}

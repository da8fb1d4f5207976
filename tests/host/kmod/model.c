// SPDX-License-Identifier: GPL-2.0-only
/*
 * The queue under test beside a naive sorted array: each step is done to both,
 * and then the queue is taken apart.  Its tree, its rings and its order must
 * be what kmod/queue.h promises.
 *
 * Locking: none.  Used by: queue.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model.h"

struct mbx_queue queue;
struct mbx_msg *model[MODEL_ROOM];
unsigned int model_len;
static u64 last_id;

/* -- The naive sorted array ---------------------------------------------- */

static unsigned int rank(const struct mbx_msg *msg)
{
	return msg->priority * 2U + msg->is_urgent;
}

static void model_insert(unsigned int at, struct mbx_msg *msg)
{
	assert_true(model_len < MODEL_ROOM);
	memmove(&model[at + 1], &model[at],
		(model_len - at) * sizeof(model[0]));
	model[at] = msg;
	model_len++;
}

static unsigned int model_find(const struct mbx_msg *msg)
{
	unsigned int i = 0;

	while (i < model_len && model[i] != msg)
		i++;
	assert_true(i < model_len);
	return i;
}

static void model_remove(const struct mbx_msg *msg)
{
	unsigned int at = model_find(msg);

	model_len--;
	memmove(&model[at], &model[at + 1],
		(model_len - at) * sizeof(model[0]));
}

/* An urgent message before its like, another one where its id says. */
void model_add(struct mbx_msg *msg)
{
	unsigned int i = 0;

	while (i < model_len && (rank(model[i]) > rank(msg) ||
				 (rank(model[i]) == rank(msg) &&
				  !msg->is_urgent && model[i]->id < msg->id)))
		i++;
	model_insert(i, msg);
}

/* How many a returned message must be led past: older ones of its priority. */
static unsigned int model_steps(const struct mbx_msg *msg)
{
	unsigned int i, n = 0;

	for (i = 0; i < model_len; i++)
		if (!msg->is_urgent && rank(model[i]) == rank(msg) &&
		    model[i]->id < msg->id)
			n++;
	return n;
}

/* -- Taking the queue apart ----------------------------------------------- */

/* Adds a leader and its ring to the order found. */
static void check_ring(const struct mbx_msg *leader, unsigned int *found)
{
	const struct mbx_msg *msg = leader;

	do {
		assert_true(*found < model_len);
		assert_ptr_equal(msg, model[*found]);
		(*found)++;
		assert_ptr_equal(msg->link.next->prev, &msg->link);
		assert_ptr_equal(msg->link.prev->next, &msg->link);
		/* One leader stands for all of a level. */
		assert_int_equal(rank(msg), rank(leader));
		assert_int_equal(RB_EMPTY_NODE(&msg->level), msg != leader);
		msg = list_next_entry(msg, link);
	} while (msg != leader);
}

static void check_tree(const struct rb_node *node, const struct rb_node *parent,
		       unsigned int *found)
{
	if (!node)
		return;
	assert_ptr_equal(node->parent, parent);
	check_tree(node->rb_left, node, found);
	check_ring(rb_entry(node, const struct mbx_msg, level), found);
	check_tree(node->rb_right, node, found);
}

/* The lowest level has a list of its own, and nobody of it is in the tree. */
static void check_plain(unsigned int *found)
{
	const struct list_head *link;

	list_for_each(link, &queue.plain) {
		assert_true(*found < model_len);
		assert_ptr_equal(list_entry(link, struct mbx_msg, link),
				 model[*found]);
		assert_int_equal(rank(model[*found]), 0);
		assert_ptr_equal(link->next->prev, link);
		(*found)++;
	}
	assert_ptr_equal(queue.plain.next->prev, &queue.plain);
}

void q_check(void)
{
	unsigned int found = 0;

	check_tree(queue.levels.rb_node, NULL, &found);
	assert_ptr_equal(queue.top, found ? model[0] : NULL);
	check_plain(&found);
	assert_int_equal(found, model_len);
	assert_ptr_equal(mbx_queue_first(&queue), model_len ? model[0] : NULL);
}

bool q_is_empty(void)
{
	return !queue.levels.rb_node && list_empty(&queue.plain) &&
	       !mbx_queue_first(&queue);
}

/* -- Steps, each done to both --------------------------------------------- */

/* Memory as a slab gives it: what the queue does not set is not 0. */
struct mbx_msg *q_new(u16 priority, bool is_urgent)
{
	struct mbx_msg *msg = malloc(sizeof(*msg));

	assert_non_null(msg);
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
	model_add(msg);
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

	assert_non_null(msg);
	q_withdraw(msg);
	return msg;
}

void q_give_back(struct mbx_msg *msg)
{
	unsigned int steps = model_steps(msg);

	assert_int_equal(mbx_queue_return(&queue, msg), steps);
	model_add(msg);
	q_check();
}

void q_expect(struct mbx_msg *msg)
{
	assert_ptr_equal(q_take(), msg);
	free(msg);
}

int q_begin(void **state)
{
	(void)state;
	mbx_queue_init(&queue);
	model_len = 0;
	last_id = 0;
	return 0;
}

/* A test that failed half way leaves messages: they are no leak to report. */
int q_end(void **state)
{
	(void)state;
	while (model_len)
		free(model[--model_len]);
	return 0;
}

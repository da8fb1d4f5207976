// SPDX-License-Identifier: GPL-2.0-only
/*
 * The order of messages: kmod/queue.c as it is, beside a naive sorted array.
 *
 * After each step the queue is taken apart: its tree, its rings and its
 * order must be what queue.h promises.  A message that is dropped is freed,
 * so that the sanitizer sees whoever still points to it.
 *
 * MBX_SEED=N repeats a random run.  Locking: none.  Run by the host tier.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include <cmocka.h>

#include "queue.h"

#define MODEL_ROOM 4096

/* The queue under test, and what should be in it, first to be received first. */
static struct mbx_queue queue;
static struct mbx_msg *model[MODEL_ROOM];
static unsigned int model_len;
static u64 last_id;

/*
 * The priority at which a test stands that is made at two of them: the lowest
 * is stored in another way than the rest.
 */
static u16 here;

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
static void model_add(struct mbx_msg *msg)
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

static void check_all(void)
{
	unsigned int found = 0;

	check_tree(queue.levels.rb_node, NULL, &found);
	assert_ptr_equal(queue.top, found ? model[0] : NULL);
	check_plain(&found);
	assert_int_equal(found, model_len);
	assert_ptr_equal(mbx_queue_first(&queue), model_len ? model[0] : NULL);
}

static bool is_empty(void)
{
	return !queue.levels.rb_node && list_empty(&queue.plain) &&
	       !mbx_queue_first(&queue);
}

/* -- Steps, each done to both --------------------------------------------- */

/* Memory as a slab gives it: what the queue does not set is not 0. */
static struct mbx_msg *new_message(u16 priority, bool is_urgent)
{
	struct mbx_msg *msg = malloc(sizeof(*msg));

	assert_non_null(msg);
	memset(msg, 0xa5, sizeof(*msg));
	msg->id = ++last_id;
	msg->priority = priority;
	msg->is_urgent = is_urgent;
	return msg;
}

static struct mbx_msg *add(u16 priority, bool is_urgent)
{
	struct mbx_msg *msg = new_message(priority, is_urgent);

	mbx_queue_add(&queue, msg);
	model_add(msg);
	check_all();
	return msg;
}

static struct mbx_msg *send(u16 priority)
{
	return add(priority, false);
}

static struct mbx_msg *send_urgent(u16 priority)
{
	return add(priority, true);
}

static void withdraw(struct mbx_msg *msg)
{
	mbx_queue_remove(&queue, msg);
	model_remove(msg);
	check_all();
}

static struct mbx_msg *take(void)
{
	struct mbx_msg *msg = mbx_queue_first(&queue);

	assert_non_null(msg);
	withdraw(msg);
	return msg;
}

static void give_back(struct mbx_msg *msg)
{
	unsigned int steps = model_steps(msg);

	assert_int_equal(mbx_queue_return(&queue, msg), steps);
	model_add(msg);
	check_all();
}

/* The next message is @msg; it leaves for good. */
static void expect(struct mbx_msg *msg)
{
	assert_ptr_equal(take(), msg);
	free(msg);
}

static int begin(void **state)
{
	(void)state;
	mbx_queue_init(&queue);
	model_len = 0;
	last_id = 0;
	return 0;
}

/* A test that failed half way leaves messages: they are no leak to report. */
static int end(void **state)
{
	(void)state;
	while (model_len)
		free(model[--model_len]);
	return 0;
}

/* -- Order ----------------------------------------------------------------- */

static void higher_priority_comes_first(void **state)
{
	struct mbx_msg *low = send(0), *high = send(32767), *mid = send(7);

	(void)state;
	expect(high);
	expect(mid);
	expect(low);
	assert_true(is_empty());
}

static void first_in_is_first_out(void **state)
{
	struct mbx_msg *msg[100];
	unsigned int i;

	(void)state;
	for (i = 0; i < 100; i++)
		msg[i] = send(i % 3 * 5);
	for (i = 2; i < 100; i += 3)
		expect(msg[i]);
	for (i = 1; i < 100; i += 3)
		expect(msg[i]);
	for (i = 0; i < 100; i += 3)
		expect(msg[i]);
}

static void urgent_goes_to_the_front_of_its_priority(void **state)
{
	(void)state;
	for (here = 0; here <= 9; here += 9) {
		struct mbx_msg *old = send(here), *high = send(here + 1);
		struct mbx_msg *first = send_urgent(here),
			       *second = send_urgent(here);
		struct mbx_msg *late = send(here);

		expect(high);
		expect(second);
		expect(first);
		expect(old);
		expect(late);
	}
}

static void urgent_alone_is_as_any_other(void **state)
{
	struct mbx_msg *urgent = send_urgent(3), *after = send(3);
	struct mbx_msg *high = send(4);

	(void)state;
	expect(high);
	expect(urgent);
	expect(after);
}

/* -- Back to its place ------------------------------------------------------ */

static void a_returned_message_is_first_again(void **state)
{
	(void)state;
	for (here = 0; here <= 9; here += 9) {
		struct mbx_msg *a = send(here), *b = send(here),
			       *c = send(here);

		assert_ptr_equal(take(), a);
		give_back(a);
		assert_ptr_equal(take(), a);
		give_back(a);
		expect(a);
		expect(b);
		expect(c);
	}
}

static void several_return_in_any_order(void **state)
{
	static const unsigned char orders[][4] = {
		{ 0, 1, 2, 3 }, { 3, 2, 1, 0 }, { 1, 3, 0, 2 },
		{ 2, 0, 3, 1 }, { 3, 0, 1, 2 }, { 1, 0, 3, 2 },
	};

	(void)state;
	for (here = 0; here <= 9; here += 9) {
		struct mbx_msg *msg[4], *rest, *late;
		unsigned int i, o;

		for (o = 0; o < sizeof(orders) / sizeof(orders[0]); o++) {
			for (i = 0; i < 4; i++)
				msg[i] = send(here);
			rest = send(here);
			for (i = 0; i < 4; i++)
				assert_ptr_equal(take(), msg[i]);
			late = send(here);
			for (i = 0; i < 4; i++)
				give_back(msg[orders[o][i]]);
			for (i = 0; i < 4; i++)
				expect(msg[i]);
			expect(rest);
			expect(late);
		}
	}
}

static void a_returned_message_finds_only_older_ones(void **state)
{
	(void)state;
	for (here = 0; here <= 9; here += 9) {
		struct mbx_msg *a = send(here), *b = send(here),
			       *c = send(here);

		assert_ptr_equal(take(), a);
		assert_ptr_equal(take(), b);
		assert_ptr_equal(take(), c);
		give_back(a);
		give_back(b);
		/* All that is left is older: it goes to the end, and leads nobody. */
		give_back(c);
		expect(a);
		expect(b);
		expect(c);
	}
}

static void a_returned_message_finds_its_priority_gone(void **state)
{
	struct mbx_msg *a = send(2), *low = send(1), *high;

	(void)state;
	assert_ptr_equal(take(), a);
	high = send(3);
	give_back(a);
	expect(high);
	expect(a);
	expect(low);
}

static void what_others_took_meanwhile_stays_taken(void **state)
{
	(void)state;
	for (here = 0; here <= 9; here += 9) {
		struct mbx_msg *a = send(here), *b = send(here),
			       *c = send(here);

		assert_ptr_equal(take(), a);
		expect(b);
		give_back(a);
		expect(a);
		expect(c);
	}
}

static void urgent_does_not_break_first_in_first_out(void **state)
{
	(void)state;
	for (here = 0; here <= 9; here += 9) {
		struct mbx_msg *a = send(here), *b = send(here),
			       *c = send(here), *urgent;

		assert_ptr_equal(take(), a);
		assert_ptr_equal(take(), b);
		give_back(a);
		urgent = send_urgent(here);
		give_back(b);
		expect(urgent);
		expect(a);
		expect(b);
		expect(c);
	}
}

static void a_returned_urgent_message_goes_to_the_front(void **state)
{
	(void)state;
	for (here = 0; here <= 9; here += 9) {
		struct mbx_msg *old = send(here), *urgent = send_urgent(here),
			       *newer, *high;

		assert_ptr_equal(take(), urgent);
		newer = send_urgent(here);
		high = send(here + 1);
		give_back(urgent);
		expect(high);
		expect(urgent);
		expect(newer);
		expect(old);
	}
}

/* -- Removing from anywhere -------------------------------------------------- */

/* Fill a queue of three levels, and take out the message at each place. */
static void any_message_can_be_removed(void **state)
{
	static const struct {
		u16 priority;
		bool is_urgent;
	} shape[] = { { 5, false }, { 5, false }, { 5, true },	{ 5, true },
		      { 9, false }, { 1, true },  { 1, false }, { 1, false },
		      { 1, false }, { 3, false } };
	const unsigned int n = sizeof(shape) / sizeof(shape[0]);
	unsigned int at, i;

	(void)state;
	for (at = 0; at < n; at++) {
		struct mbx_msg *victim;

		for (i = 0; i < n; i++)
			add(shape[i].priority, shape[i].is_urgent);
		victim = model[at];
		withdraw(victim);
		free(victim);
		while (model_len)
			expect(model[0]);
	}
}

static void a_leader_leaves_its_level_to_the_next(void **state)
{
	struct mbx_msg *high = send(8), *a = send(4), *b = send(4);
	struct mbx_msg *c = send(4), *low = send(2);

	(void)state;
	/* The leader of a level in the middle, with others behind it. */
	withdraw(a);
	free(a);
	assert_false(RB_EMPTY_NODE(&b->level));
	assert_true(RB_EMPTY_NODE(&c->level));
	/* Then alone in its level, which goes with it. */
	withdraw(c);
	free(c);
	withdraw(b);
	free(b);
	expect(high);
	expect(low);
	assert_true(is_empty());
}

static void a_level_comes_again_after_it_went(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; i < 50; i++) {
		struct mbx_msg *high = send(2), *low = send(1);

		expect(high);
		expect(low);
		assert_true(is_empty());
	}
}

static void all_priorities_at_once(void **state)
{
	unsigned int i;

	(void)state;
	/* 211 is prime to 2048: each priority once, in no order. */
	for (i = 0; i < 2048; i++) {
		struct mbx_msg *msg = new_message(i * 211 % 2048 * 16, false);

		mbx_queue_add(&queue, msg);
		model_add(msg);
	}
	check_all();
	for (i = 2048; i-- > 0;) {
		assert_int_equal(mbx_queue_first(&queue)->priority, i * 16);
		expect(model[0]);
	}
}

/* -- All at once ------------------------------------------------------------- */

/* Move what lies here, in this shape, to a queue that was used before. */
static void move_away(const unsigned char *priorities, unsigned int n)
{
	struct mbx_queue to;
	unsigned int i;

	memset(&to, 0xa5, sizeof(to));
	for (i = 0; i < n; i++)
		send(priorities[i]);
	mbx_queue_move(&to, &queue);
	assert_true(is_empty());
	mbx_queue_move(&queue, &to);
	check_all();
	mbx_queue_move(&to, &queue);
	for (i = 0; i < model_len; i++) {
		assert_ptr_equal(mbx_queue_first(&to), model[i]);
		mbx_queue_remove(&to, model[i]);
		free(model[i]);
	}
	assert_null(mbx_queue_first(&to));
	model_len = 0;
	/* The old one is as good as new. */
	for (i = 0; i < n; i++)
		send(priorities[i]);
	while (model_len)
		expect(model[0]);
}

static void all_messages_can_be_moved(void **state)
{
	(void)state;
	move_away((const unsigned char[]){ 0 }, 0);
	move_away((const unsigned char[]){ 0 }, 1);
	move_away((const unsigned char[]){ 0, 0, 0 }, 3);
	move_away((const unsigned char[]){ 7 }, 1);
	move_away((const unsigned char[]){ 7, 9, 7, 8, 9 }, 5);
	move_away((const unsigned char[]){ 0, 5, 0, 5, 3, 0 }, 6);
}

/* -- At random --------------------------------------------------------------- */

static u64 random_state;

static unsigned int random_below(unsigned int n)
{
	random_state = random_state * 6364136223846793005ULL + 1;
	return (random_state >> 33) % n;
}

static u64 choose_seed(void)
{
	const char *text = getenv("MBX_SEED");
	u64 seed = 0;

	if (text)
		return strtoull(text, NULL, 0);
	assert_int_equal(getrandom(&seed, sizeof(seed), 0), sizeof(seed));
	return seed;
}

#define MOST_TAKEN 16

static void random_run(unsigned int steps, unsigned int priorities)
{
	struct mbx_msg *taken[MOST_TAKEN], *msg;
	unsigned int ntaken = 0, i;

	while (steps--) {
		switch (random_below(8)) {
		case 0:
		case 1:
		case 2:
			/* About a hundred at most, and empty now and then. */
			if (random_below(100) >= model_len)
				add(random_below(priorities), !random_below(4));
			break;
		case 3:
		case 4:
			if (model_len && ntaken < MOST_TAKEN)
				taken[ntaken++] = take();
			break;
		case 5:
			if (model_len)
				expect(model[0]);
			break;
		case 6:
			if (ntaken) {
				i = random_below(ntaken);
				msg = taken[i];
				taken[i] = taken[--ntaken];
				give_back(msg);
			}
			break;
		case 7:
			if (model_len) {
				msg = model[random_below(model_len)];
				withdraw(msg);
				free(msg);
			}
			break;
		}
	}
	while (ntaken)
		give_back(taken[--ntaken]);
	while (model_len)
		expect(model[0]);
	assert_true(is_empty());
}

static void random_steps_keep_the_order(void **state)
{
	u64 seed = choose_seed();

	(void)state;
	random_state = seed;
	printf("# again: MBX_SEED=%llu\n", (unsigned long long)seed);
	fflush(stdout);
	random_run(40000, 1);
	random_run(40000, 3);
	random_run(40000, 32768);
}

#define SENTENCE(fn, text)                 \
	{                                  \
		text, fn, begin, end, NULL \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SENTENCE(higher_priority_comes_first,
			 "higher priority comes first [C9.1]"),
		SENTENCE(first_in_is_first_out,
			 "within a priority first in is first out [C9.2]"),
		SENTENCE(urgent_goes_to_the_front_of_its_priority,
			 "urgent goes to the front [C9.3]"),
		SENTENCE(urgent_alone_is_as_any_other,
			 "urgent does not pass a higher priority [C9.1 C9.3]"),
		SENTENCE(a_returned_message_is_first_again,
			 "a returned message is first again [C11.5]"),
		SENTENCE(
			several_return_in_any_order,
			"several messages return to their places in any order [C11.5 C9.2]"),
		SENTENCE(
			a_returned_message_finds_only_older_ones,
			"a returned message that finds only older ones is last [C9.2]"),
		SENTENCE(
			a_returned_message_finds_its_priority_gone,
			"a returned message whose priority has gone founds it again [C9.1]"),
		SENTENCE(what_others_took_meanwhile_stays_taken,
			 "what others took meanwhile stays taken [C11.7]"),
		SENTENCE(
			urgent_does_not_break_first_in_first_out,
			"urgent ones do not upset the order of those that return [C9.2 C9.3]"),
		SENTENCE(a_returned_urgent_message_goes_to_the_front,
			 "a returned urgent message goes to the front [C9.3]"),
		SENTENCE(any_message_can_be_removed,
			 "a message can be removed from any place"),
		SENTENCE(a_leader_leaves_its_level_to_the_next,
			 "a leader that goes leaves its level to the next"),
		SENTENCE(a_level_comes_again_after_it_went,
			 "a level that went comes again"),
		SENTENCE(all_priorities_at_once,
			 "2048 priorities at once are kept apart [C9.1]"),
		SENTENCE(
			all_messages_can_be_moved,
			"all messages can be moved to another queue in their order"),
		SENTENCE(
			random_steps_keep_the_order,
			"random steps keep the order of a sorted array [C9.1 C9.2 C9.3 C11.5]"),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * The order of messages: kmod/queue.c as it is, step by step beside a naive
 * sorted array (model.h).  A message that is dropped is freed, so that the
 * sanitizer, or KASAN, sees whoever still points to it.
 *
 * Locking: none.  Run by cmocka and by KUnit; see unit.h.
 */
#include "model.h"

/*
 * The priority at which a test stands that is made at two of them: the lowest
 * is stored in another way than the rest.
 */
static u16 here;

/* -- Order ----------------------------------------------------------------- */

UNIT_CASE(higher_priority_comes_first, "higher priority comes first [C9.1]")
{
	struct mbx_msg *low = q_send(0), *high = q_send(32767),
		       *mid = q_send(7);

	q_expect(high);
	q_expect(mid);
	q_expect(low);
	unit_true(q_is_empty());
}

UNIT_CASE(first_in_is_first_out,
	  "within a priority first in is first out [C9.2]")
{
	struct mbx_msg *msg[100];
	unsigned int i;

	for (i = 0; i < 100; i++)
		msg[i] = q_send(i % 3 * 5);
	for (i = 2; i < 100; i += 3)
		q_expect(msg[i]);
	for (i = 1; i < 100; i += 3)
		q_expect(msg[i]);
	for (i = 0; i < 100; i += 3)
		q_expect(msg[i]);
}

UNIT_CASE(urgent_goes_to_the_front_of_its_priority,
	  "urgent goes to the front [C9.3]")
{
	for (here = 0; here <= 9; here += 9) {
		struct mbx_msg *old = q_send(here), *high = q_send(here + 1);
		struct mbx_msg *first = q_send_urgent(here),
			       *second = q_send_urgent(here);
		struct mbx_msg *late = q_send(here);

		q_expect(high);
		q_expect(second);
		q_expect(first);
		q_expect(old);
		q_expect(late);
	}
}

UNIT_CASE(urgent_alone_is_as_any_other,
	  "urgent does not pass a higher priority [C9.1 C9.3]")
{
	struct mbx_msg *urgent = q_send_urgent(3), *after = q_send(3);
	struct mbx_msg *high = q_send(4);

	q_expect(high);
	q_expect(urgent);
	q_expect(after);
}

/* -- Back to its place ------------------------------------------------------ */

UNIT_CASE(a_returned_message_is_first_again,
	  "a returned message is first again [C11.5]")
{
	for (here = 0; here <= 9; here += 9) {
		struct mbx_msg *a = q_send(here), *b = q_send(here),
			       *c = q_send(here);

		unit_ptr_eq(q_take(), a);
		q_give_back(a);
		unit_ptr_eq(q_take(), a);
		q_give_back(a);
		q_expect(a);
		q_expect(b);
		q_expect(c);
	}
}

UNIT_CASE(several_return_in_any_order,
	  "several messages return to their places in any order [C11.5 C9.2]")
{
	static const unsigned char orders[][4] = {
		{ 0, 1, 2, 3 }, { 3, 2, 1, 0 }, { 1, 3, 0, 2 },
		{ 2, 0, 3, 1 }, { 3, 0, 1, 2 }, { 1, 0, 3, 2 },
	};

	for (here = 0; here <= 9; here += 9) {
		struct mbx_msg *msg[4], *rest, *late;
		unsigned int i, o;

		for (o = 0; o < sizeof(orders) / sizeof(orders[0]); o++) {
			for (i = 0; i < 4; i++)
				msg[i] = q_send(here);
			rest = q_send(here);
			for (i = 0; i < 4; i++)
				unit_ptr_eq(q_take(), msg[i]);
			late = q_send(here);
			for (i = 0; i < 4; i++)
				q_give_back(msg[orders[o][i]]);
			for (i = 0; i < 4; i++)
				q_expect(msg[i]);
			q_expect(rest);
			q_expect(late);
		}
	}
}

UNIT_CASE(a_returned_message_finds_only_older_ones,
	  "a returned message that finds only older ones is last [C9.2]")
{
	for (here = 0; here <= 9; here += 9) {
		struct mbx_msg *a = q_send(here), *b = q_send(here),
			       *c = q_send(here);

		unit_ptr_eq(q_take(), a);
		unit_ptr_eq(q_take(), b);
		unit_ptr_eq(q_take(), c);
		q_give_back(a);
		q_give_back(b);
		/* All that is left is older: it goes to the end, and leads nobody. */
		q_give_back(c);
		q_expect(a);
		q_expect(b);
		q_expect(c);
	}
}

UNIT_CASE(a_returned_message_finds_its_priority_gone,
	  "a returned message whose priority has gone founds it again [C9.1]")
{
	struct mbx_msg *a = q_send(2), *low = q_send(1), *high;

	unit_ptr_eq(q_take(), a);
	high = q_send(3);
	q_give_back(a);
	q_expect(high);
	q_expect(a);
	q_expect(low);
}

UNIT_CASE(what_others_took_meanwhile_stays_taken,
	  "what others took meanwhile stays taken [C11.7]")
{
	for (here = 0; here <= 9; here += 9) {
		struct mbx_msg *a = q_send(here), *b = q_send(here),
			       *c = q_send(here);

		unit_ptr_eq(q_take(), a);
		q_expect(b);
		q_give_back(a);
		q_expect(a);
		q_expect(c);
	}
}

UNIT_CASE(urgent_does_not_break_first_in_first_out,
	  "urgent ones do not upset the order of those that return [C9.2 C9.3]")
{
	for (here = 0; here <= 9; here += 9) {
		struct mbx_msg *a = q_send(here), *b = q_send(here),
			       *c = q_send(here), *urgent;

		unit_ptr_eq(q_take(), a);
		unit_ptr_eq(q_take(), b);
		q_give_back(a);
		urgent = q_send_urgent(here);
		q_give_back(b);
		q_expect(urgent);
		q_expect(a);
		q_expect(b);
		q_expect(c);
	}
}

UNIT_CASE(a_returned_urgent_message_goes_to_the_front,
	  "a returned urgent message goes to the front [C9.3]")
{
	for (here = 0; here <= 9; here += 9) {
		struct mbx_msg *old = q_send(here),
			       *urgent = q_send_urgent(here), *newer, *high;

		unit_ptr_eq(q_take(), urgent);
		newer = q_send_urgent(here);
		high = q_send(here + 1);
		q_give_back(urgent);
		q_expect(high);
		q_expect(urgent);
		q_expect(newer);
		q_expect(old);
	}
}

UNIT_CASE(urgent_goes_behind_those_that_came_back,
	  "urgent ones that return are ahead of newer ones [C11.5 C9.3]")
{
	for (here = 0; here <= 9; here += 9) {
		struct mbx_msg *old = q_send(here);
		struct mbx_msg *a = q_send_urgent(here);
		struct mbx_msg *b = q_send_urgent(here), *newer;

		unit_ptr_eq(q_take(), b);
		unit_ptr_eq(q_take(), a);
		q_give_back(b);
		newer = q_send_urgent(here);
		q_give_back(a);
		/* Oldest first; then it is as if they had not been taken. */
		q_expect(a);
		q_expect(b);
		q_expect(newer);
		q_expect(old);
	}
}

UNIT_CASE(a_returned_message_can_be_taken_and_return_again,
	  "a returned message can be taken and return again [C11.5 C9.1]")
{
	struct mbx_msg *a = q_send(4), *b = q_send(4), *high;
	unsigned int i;

	for (i = 0; i < 10; i++) {
		unit_ptr_eq(q_take(), a);
		unit_ptr_eq(q_take(), b);
		q_give_back(i % 2 ? a : b);
		q_give_back(i % 2 ? b : a);
	}
	/* Those that came back do not pass a higher priority. */
	high = q_send(5);
	q_expect(high);
	q_expect(a);
	high = q_send_urgent(4);
	q_expect(high);
	q_expect(b);
}

/* -- Giving way -------------------------------------------------------------- */

static void q_gives_way(struct mbx_msg *msg)
{
	unit_ptr_eq(mbx_queue_least(&queue), msg);
	q_withdraw(msg);
	unit_free(msg);
}

UNIT_CASE(the_oldest_of_the_lowest_priority_gives_way,
	  "the oldest of the lowest priority present gives way first [C13.3]")
{
	for (here = 0; here <= 9; here += 9) {
		struct mbx_msg *high = q_send(here + 1), *a = q_send(here);
		struct mbx_msg *urgent = q_send_urgent(here);
		struct mbx_msg *newer = q_send_urgent(here), *b = q_send(here);

		q_gives_way(a);
		q_gives_way(urgent);
		q_gives_way(newer);
		q_gives_way(b);
		q_gives_way(high);
		unit_null(mbx_queue_least(&queue));
	}
}

UNIT_CASE(who_came_back_gives_way_as_the_old_one_it_is,
	  "a message that came back gives way by its age [C13.3 C11.5]")
{
	for (here = 0; here <= 9; here += 9) {
		struct mbx_msg *urgent = q_send_urgent(here), *a = q_send(here);
		struct mbx_msg *b = q_send(here), *c;

		unit_ptr_eq(q_take(), urgent);
		unit_ptr_eq(q_take(), a);
		c = q_send(here);
		q_give_back(a);
		q_give_back(urgent);
		q_gives_way(urgent);
		q_gives_way(a);
		q_gives_way(b);
		q_gives_way(c);
	}
}

/* -- Removing from anywhere -------------------------------------------------- */

/* Fill a queue of many levels, and take out the message at each place. */
static void remove_each(unsigned int came_back)
{
	static const struct {
		u16 priority;
		bool is_urgent;
	} shape[] = { { 5, false }, { 5, false }, { 5, true },	{ 5, true },
		      { 9, false }, { 1, true },  { 1, false }, { 1, false },
		      { 1, false }, { 0, false }, { 0, true },	{ 0, false } };
	const unsigned int n = sizeof(shape) / sizeof(shape[0]);
	struct mbx_msg *msg[sizeof(shape) / sizeof(shape[0])];
	unsigned int at, i;

	for (at = 0; at < n; at++) {
		struct mbx_msg *victim;

		for (i = 0; i < n; i++)
			q_add(shape[i].priority, shape[i].is_urgent);
		for (i = 0; i < came_back; i++)
			msg[i] = q_take();
		/* 5 is prime to all that is passed: each once, in no order. */
		for (i = 0; i < came_back; i++)
			q_give_back(msg[i * 5 % came_back]);
		victim = model[at].msg;
		q_withdraw(victim);
		unit_free(victim);
		while (model_len)
			q_expect(model[0].msg);
	}
}

UNIT_CASE(any_message_can_be_removed, "a message can be removed from any place")
{
	remove_each(0);
	remove_each(1);
	remove_each(7);
	remove_each(12);
}

UNIT_CASE(a_leader_leaves_its_level_to_the_next,
	  "a leader that goes leaves its level to the next")
{
	struct mbx_msg *high = q_send(8), *a = q_send(4), *b = q_send(4);
	struct mbx_msg *c = q_send(4), *low = q_send(2);

	/* The leader of a level in the middle, with others behind it. */
	q_withdraw(a);
	unit_free(a);
	unit_false(RB_EMPTY_NODE(&b->level));
	unit_true(RB_EMPTY_NODE(&c->level));
	/* Then alone in its level, which goes with it. */
	q_withdraw(c);
	unit_free(c);
	q_withdraw(b);
	unit_free(b);
	q_expect(high);
	q_expect(low);
	unit_true(q_is_empty());
}

UNIT_CASE(a_level_comes_again_after_it_went, "a level that went comes again")
{
	unsigned int i;

	for (i = 0; i < 50; i++) {
		struct mbx_msg *high = q_send(2), *low = q_send(1);

		q_expect(high);
		q_expect(low);
		unit_true(q_is_empty());
	}
}

UNIT_CASE(all_priorities_at_once,
	  "2048 priorities at once are kept apart [C9.1]")
{
	unsigned int i;

	/* 211 is prime to 2048: each priority once, in no order. */
	for (i = 0; i < 2048; i++) {
		struct mbx_msg *msg = q_new(i * 211 % 2048 * 16, false);

		mbx_queue_add(&queue, msg);
		model_add(msg, false);
	}
	q_check();
	for (i = 2048; i-- > 0;) {
		struct mbx_msg *msg = mbx_queue_first(&queue);

		unit_eq(msg->priority, i * 16);
		mbx_queue_remove(&queue, msg);
		model_remove(msg);
		/* A look at all that are there takes a while. */
		if (i % 64 == 0)
			q_check();
		unit_free(msg);
	}
}

/* -- All at once ------------------------------------------------------------- */

/* Messages of these priorities; the first two came back. */
static void fill(const unsigned char *priorities, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		q_send(priorities[i]);
	if (n > 1) {
		struct mbx_msg *a = q_take(), *b = q_take();

		q_give_back(b);
		q_give_back(a);
	}
}

/* Move them to a queue that was used before, back and there again. */
static void move_away(const unsigned char *priorities, unsigned int n)
{
	struct mbx_queue to;

	memset(&to, 0xa5, sizeof(to));
	fill(priorities, n);
	mbx_queue_move(&to, &queue);
	unit_true(q_is_empty());
	mbx_queue_move(&queue, &to);
	q_check();
	mbx_queue_move(&to, &queue);
	while (model_len) {
		struct mbx_msg *msg = model[0].msg;

		unit_ptr_eq(mbx_queue_first(&to), msg);
		mbx_queue_remove(&to, msg);
		model_remove(msg);
		unit_free(msg);
	}
	unit_null(mbx_queue_first(&to));
	/* The old one is as good as new. */
	fill(priorities, n);
	while (model_len)
		q_expect(model[0].msg);
}

UNIT_CASE(all_messages_can_be_moved,
	  "all messages can be moved to another queue in their order")
{
	move_away((const unsigned char[]){ 0 }, 0);
	move_away((const unsigned char[]){ 0 }, 1);
	move_away((const unsigned char[]){ 0, 0, 0 }, 3);
	move_away((const unsigned char[]){ 7 }, 1);
	move_away((const unsigned char[]){ 7, 9, 7, 8, 9 }, 5);
	move_away((const unsigned char[]){ 0, 5, 0, 5, 3, 0 }, 6);
}

/* -- At random --------------------------------------------------------------- */

#define MOST_TAKEN 16

static void random_run(unsigned int steps, unsigned int priorities)
{
	struct mbx_msg *taken[MOST_TAKEN], *msg;
	unsigned int ntaken = 0, i;

	while (steps--) {
		switch (q_random(8)) {
		case 0:
		case 1:
		case 2:
			/* About a hundred at most, and empty now and then. */
			if (q_random(100) >= model_len)
				q_add(q_random(priorities), !q_random(4));
			break;
		case 3:
		case 4:
			if (model_len && ntaken < MOST_TAKEN)
				taken[ntaken++] = q_take();
			break;
		case 5:
			if (model_len)
				q_expect(model[0].msg);
			break;
		case 6:
			if (ntaken) {
				i = q_random(ntaken);
				msg = taken[i];
				taken[i] = taken[--ntaken];
				q_give_back(msg);
			}
			break;
		case 7:
			if (model_len) {
				msg = model[q_random(model_len)].msg;
				q_withdraw(msg);
				unit_free(msg);
			}
			break;
		}
	}
	while (ntaken)
		q_give_back(taken[--ntaken]);
	while (model_len)
		q_expect(model[0].msg);
	unit_true(q_is_empty());
}

UNIT_CASE(random_steps_keep_the_order,
	  "random steps keep the order of a sorted array [C9.1 C9.2 C9.3 C11.5]")
{
	q_random_state = unit_seed();
	random_run(UNIT_ROUNDS(40000), 1);
	random_run(UNIT_ROUNDS(40000), 3);
	random_run(UNIT_ROUNDS(40000), 32768);
}

UNIT_CASES = {
	UNIT(higher_priority_comes_first),
	UNIT(first_in_is_first_out),
	UNIT(urgent_goes_to_the_front_of_its_priority),
	UNIT(urgent_alone_is_as_any_other),
	UNIT(a_returned_message_is_first_again),
	UNIT(several_return_in_any_order),
	UNIT(a_returned_message_finds_only_older_ones),
	UNIT(a_returned_message_finds_its_priority_gone),
	UNIT(what_others_took_meanwhile_stays_taken),
	UNIT(urgent_does_not_break_first_in_first_out),
	UNIT(a_returned_urgent_message_goes_to_the_front),
	UNIT(urgent_goes_behind_those_that_came_back),
	UNIT(a_returned_message_can_be_taken_and_return_again),
	UNIT(the_oldest_of_the_lowest_priority_gives_way),
	UNIT(who_came_back_gives_way_as_the_old_one_it_is),
	UNIT(any_message_can_be_removed),
	UNIT(a_leader_leaves_its_level_to_the_next),
	UNIT(a_level_comes_again_after_it_went),
	UNIT(all_priorities_at_once),
	UNIT(all_messages_can_be_moved),
	UNIT(random_steps_keep_the_order),
	UNIT_END,
};

UNIT_SUITE(queue, q_begin, q_end);

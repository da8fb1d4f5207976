// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unit tests of kmod/search.c: what a search finds is the first message of the
 * sorted array that is wanted, and it looks at each message once.
 *
 * Locking: none.  Runs on the host and in the kernel (unit.h).
 */
#include "select.h"

#include "model.h"

#define MINE 7
#define OTHER 8
#define NO_LIMIT (1U << 30)

static const struct mbx_choice mine = {
	.call = { .kind = MBOX_SELECT_TAG, .value = MINE },
};

static struct mbx_looked looked;

/* How many steps the last search took. */
static unsigned int took;

static struct mbx_msg *send_tag(u16 priority, bool is_urgent, u64 tag)
{
	struct mbx_msg *msg = q_add(priority, is_urgent);

	msg->tag = tag;
	return msg;
}

static void send_others(unsigned int n, u16 priority)
{
	while (n--)
		send_tag(priority, false, OTHER);
}

static struct mbx_msg *first_wanted(const struct mbx_choice *c)
{
	unsigned int i;

	for (i = 0; i < model_len; i++)
		if (mbx_chooses(c, model[i].msg))
			return model[i].msg;
	return NULL;
}

/* One search of so many steps; true if it came to an end. */
static bool search(const struct mbx_choice *c, unsigned int most)
{
	unsigned int steps = most;
	struct mbx_msg *msg;

	msg = mbx_search(&queue, c, &looked, q_last_id(), &steps);
	took = most - steps;
	if (!msg && !steps)
		return false;
	unit_ptr_eq(msg, first_wanted(c));
	return true;
}

static void begin(void)
{
	q_begin();
	mbx_looked_init(&looked);
}

static void empty(void)
{
	while (model_len)
		q_expect(model[0].msg);
}

UNIT_CASE(the_first_that_is_wanted_is_found,
	  "the first message that is wanted is found [C21.1]")
{
	send_others(5, 3);
	send_tag(3, false, MINE);
	send_tag(9, false, MINE);
	unit_true(search(&mine, NO_LIMIT));
	empty();
}

UNIT_CASE(nothing_is_found_where_nothing_is_wanted,
	  "nothing is found where nothing is wanted")
{
	unit_true(search(&mine, NO_LIMIT));
	send_others(5, 0);
	unit_true(search(&mine, NO_LIMIT));
	empty();
}

UNIT_CASE(both_selections_count,
	  "a message must be wanted by the call and by the handle [C21.5]")
{
	struct mbx_choice c = {
		.call = { .kind = MBOX_SELECT_LOWEST_TAG, .value = OTHER },
		.filter = { .kind = MBOX_SELECT_NOT_TAG, .value = MINE },
	};
	struct mbx_msg *last;

	send_tag(0, false, MINE);
	send_tag(0, false, OTHER + 1);
	last = send_tag(0, false, OTHER);
	unit_ptr_eq(first_wanted(&c), last);
	unit_true(search(&c, NO_LIMIT));
	empty();
}

UNIT_CASE(what_was_looked_at_is_not_looked_at_again,
	  "what was looked at is not looked at again [C36.7]")
{
	send_others(200, 0);
	unit_true(search(&mine, NO_LIMIT));
	unit_eq(took, 200);
	send_others(10, 0);
	unit_true(search(&mine, NO_LIMIT));
	/* One step over what is known. */
	unit_eq(took, 11);
	send_tag(0, false, MINE);
	unit_true(search(&mine, NO_LIMIT));
	unit_eq(took, 2);
	empty();
}

UNIT_CASE(
	a_new_message_before_the_place_is_found,
	"a new message of a higher priority is found without a look at the old")
{
	struct mbx_msg *msg;

	send_others(200, 1);
	send_others(200, 0);
	unit_true(search(&mine, NO_LIMIT));
	msg = send_tag(1, false, MINE);
	unit_true(search(&mine, NO_LIMIT));
	unit_true(took <= 3);
	q_withdraw(msg);
	unit_free(msg);
	unit_true(search(&mine, NO_LIMIT));
	unit_true(took <= 3);
	msg = send_tag(1, true, MINE);
	unit_true(search(&mine, NO_LIMIT));
	unit_true(took <= 3);
	empty();
}

UNIT_CASE(who_came_back_is_looked_at_again,
	  "a message that came back is looked at, wherever it is")
{
	struct mbx_msg *msg = send_tag(0, false, MINE), *taken;

	send_others(10, 0);
	taken = q_take();
	unit_ptr_eq(taken, msg);
	unit_true(search(&mine, NO_LIMIT));
	q_give_back(taken);
	unit_true(search(&mine, NO_LIMIT));
	empty();
}

UNIT_CASE(a_search_goes_on_where_it_stopped,
	  "a search goes on where it stopped, and looks once at each message")
{
	unsigned int all = 0, n = 0;
	bool is_done;

	send_others(100, 2);
	send_others(100, 0);
	do {
		is_done = search(&mine, 10);
		all += took;
		unit_true(++n < 200);
	} while (!is_done);
	/* At most a step over each level, for each of the holds. */
	unit_true(all <= 200 + 2 * n);
	empty();
}

/* Searches of ten steps each, until one comes to an end; false: none does. */
static bool search_in_tens(unsigned int most)
{
	while (most--)
		if (search(&mine, 10))
			return true;
	return false;
}

UNIT_CASE(more_levels_than_steps_are_searched,
	  "a search comes to an end where there are more levels than steps")
{
	unsigned int i;

	for (i = 0; i < 45; i++)
		send_others(1, i);
	unit_true(search_in_tens(5));
	send_tag(0, false, MINE);
	unit_true(search_in_tens(5));
	/* And what comes meanwhile where the search has been is found. */
	mbx_looked_init(&looked);
	unit_false(search(&mine, 10));
	send_tag(44, false, MINE);
	unit_true(search_in_tens(10));
	empty();
}

UNIT_CASE(more_that_came_back_than_steps_are_searched,
	  "a search comes to an end where more came back than there are steps")
{
	static struct mbx_msg *taken[45];
	unsigned int i;

	send_others(45, 0);
	for (i = 0; i < 45; i++)
		taken[i] = q_take();
	for (i = 0; i < 45; i++)
		q_give_back(taken[i]);
	unit_true(search_in_tens(5));
	/* One that comes back meanwhile where the search has been is found. */
	send_tag(9, false, MINE);
	taken[0] = q_take();
	mbx_looked_init(&looked);
	unit_false(search(&mine, 10));
	q_give_back(taken[0]);
	unit_true(search_in_tens(10));
	empty();
}

UNIT_CASE(a_search_after_a_find_goes_on_behind_it,
	  "where nothing is new, what was passed before a find costs no step")
{
	struct mbx_msg *msg;
	unsigned int i;

	for (i = 1; i <= 45; i++)
		send_others(1, i);
	msg = send_tag(0, false, MINE);
	send_tag(0, false, MINE);
	unit_true(search(&mine, NO_LIMIT));
	unit_eq(took, 46);
	q_withdraw(msg);
	unit_free(msg);
	unit_true(search(&mine, NO_LIMIT));
	unit_eq(took, 1);
	empty();
}

UNIT_CASE(matches_of_several_priorities_cost_no_second_look,
	  "that messages of several priorities are wanted costs no second look")
{
	unsigned int all = 0, n;

	send_others(100, 0);
	send_others(60, 5);
	for (n = 0; n < 100; n++) {
		struct mbx_msg *high = send_tag(9, false, MINE);
		struct mbx_msg *low = send_tag(3, false, MINE);

		send_others(1, 5);
		unit_true(search(&mine, NO_LIMIT));
		all += took;
		q_withdraw(high);
		unit_free(high);
		unit_true(search(&mine, NO_LIMIT));
		all += took;
		q_withdraw(low);
		unit_free(low);
	}
	/* All once, and a few steps for each search. */
	unit_true(all <= 60 + n * (2 + 2 * 4));
	empty();
}

/* Steps of all kinds between searches of a few steps, with fresh tags. */
static void random_run(unsigned int rounds, unsigned int priorities,
		       unsigned int tags)
{
	struct mbx_msg *taken[4], *msg;
	unsigned int ntaken = 0;

	while (rounds--) {
		switch (q_random(8)) {
		case 0:
		case 1:
		case 2:
			if (q_random(100) >= model_len)
				send_tag(q_random(priorities), !q_random(4),
					 MINE + q_random(tags));
			break;
		case 3:
			if (model_len && ntaken < 4)
				taken[ntaken++] = q_take();
			break;
		case 4:
			if (ntaken)
				q_give_back(taken[--ntaken]);
			break;
		case 5:
			if (model_len && !q_random(3)) {
				msg = model[q_random(model_len)].msg;
				q_withdraw(msg);
				unit_free(msg);
			}
			break;
		default:
			search(&mine, 1 + q_random(12));
			break;
		}
	}
	unit_true(search(&mine, NO_LIMIT));
	while (ntaken)
		q_give_back(taken[--ntaken]);
	empty();
	mbx_looked_init(&looked);
}

UNIT_CASE(random_searches_find_what_the_array_has,
	  "random searches find what a search of a sorted array finds [C21.1]")
{
	q_random_state = unit_seed();
	random_run(UNIT_ROUNDS(10000), 1, 20);
	random_run(UNIT_ROUNDS(10000), 3, 20);
	random_run(UNIT_ROUNDS(10000), 3, 3);
	random_run(UNIT_ROUNDS(10000), 40, 60);
}

UNIT_CASES = {
	UNIT(the_first_that_is_wanted_is_found),
	UNIT(nothing_is_found_where_nothing_is_wanted),
	UNIT(both_selections_count),
	UNIT(what_was_looked_at_is_not_looked_at_again),
	UNIT(a_new_message_before_the_place_is_found),
	UNIT(who_came_back_is_looked_at_again),
	UNIT(a_search_goes_on_where_it_stopped),
	UNIT(more_levels_than_steps_are_searched),
	UNIT(more_that_came_back_than_steps_are_searched),
	UNIT(a_search_after_a_find_goes_on_behind_it),
	UNIT(matches_of_several_priorities_cost_no_second_look),
	UNIT(random_searches_find_what_the_array_has),
	UNIT_END,
};

UNIT_SUITE(search, begin, q_end);

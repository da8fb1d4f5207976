// SPDX-License-Identifier: GPL-2.0-only
/*
 * The arithmetic of kmod/limits.h: taking from a counter that has a limit,
 * and whether one more message fits.
 *
 * Locking: none.  Threads race on a counter on purpose.  Run by cmocka and by
 * KUnit; see unit.h.
 */
#include "limits.h"
#include "unit.h"

#define GIB 1073741824ULL

static bool take(u64 used, u64 n, u64 limit)
{
	atomic64_t counter = ATOMIC64_INIT((s64)used);
	bool taken = mbx_take(&counter, n, limit);

	/* A take that fails never shows. */
	unit_eq((u64)atomic64_read(&counter), taken ? used + n : used);
	return taken;
}

UNIT_CASE(a_limit_can_be_reached_and_not_passed,
	  "a limit can be reached and not passed")
{
	unit_true(take(0, 10, 10));
	unit_false(take(0, 11, 10));
	unit_true(take(9, 1, 10));
	unit_false(take(9, 2, 10));
	unit_false(take(10, 1, 10));
	unit_true(take(GIB * 7, GIB, GIB * 8));
	unit_false(take(GIB * 7, GIB + 1, GIB * 8));
}

UNIT_CASE(one_by_one_up_to_the_limit,
	  "taken one by one, exactly the limit is given")
{
	atomic64_t counter = ATOMIC64_INIT(0);
	unsigned int i;

	for (i = 0; i < 1000; i++)
		unit_true(mbx_take(&counter, 1, 1000));
	for (i = 0; i < 3; i++)
		unit_false(mbx_take(&counter, 1, 1000));
	unit_eq(atomic64_read(&counter), 1000);
}

UNIT_CASE(taking_nothing_needs_only_a_kept_limit,
	  "taking nothing works while the limit is kept")
{
	unit_true(take(0, 0, 0));
	unit_true(take(10, 0, 10));
	unit_false(take(11, 0, 10));
}

UNIT_CASE(a_limit_of_0_lets_nothing_in, "a limit of 0 lets nothing in")
{
	unit_false(take(0, 1, 0));
	unit_false(take(0, U64_MAX, 0));
}

UNIT_CASE(amounts_that_would_wrap_are_refused,
	  "an amount that would wrap the counter is refused")
{
	unit_false(take(1, U64_MAX, 10));
	unit_false(take(10, U64_MAX - 9, 10));
	unit_false(take(10, U64_MAX - 10, 20));
	unit_false(take(1, U64_MAX, U64_MAX));
	unit_false(take(2, U64_MAX - 1, U64_MAX));
	unit_false(take(S64_MAX, (u64)S64_MAX + 2, U64_MAX));
}

UNIT_CASE(the_largest_limit_is_no_limit, "the largest limit is no limit")
{
	unit_true(take(0, U64_MAX, U64_MAX));
	unit_true(take(1, U64_MAX - 1, U64_MAX));
	unit_true(take(S64_MAX, 1, U64_MAX));
	unit_true(take((u64)S64_MAX + 1, S64_MAX, U64_MAX));
	unit_false(take(U64_MAX, 1, U64_MAX));
}

UNIT_CASE(a_limit_below_what_is_used_stops_all,
	  "a limit lowered below what is used stops all until it is kept again")
{
	atomic64_t counter = ATOMIC64_INIT(0);

	unit_true(mbx_take(&counter, 100, 100));
	/* Root lowers it: nothing more, until enough was paid back. */
	unit_false(mbx_take(&counter, 1, 50));
	unit_false(mbx_take(&counter, 0, 99));
	unit_eq(atomic64_read(&counter), 100);
	atomic64_sub(51, &counter);
	unit_true(mbx_take(&counter, 1, 50));
	unit_false(mbx_take(&counter, 1, 50));
	/* And raises it again. */
	unit_true(mbx_take(&counter, 50, 100));
	unit_eq(atomic64_read(&counter), 100);
}

/* -- Threads ------------------------------------------------------------------ */

#define THREADS 4
#define TRIES 50000

static atomic64_t shared;
static atomic64_t highest;
static atomic64_t may_begin;

struct taker {
	struct unit_thread thread;
	u64 n;
	u64 limit;
	u64 times;
	bool pays_back;
};

static void run_taker(void *arg)
{
	struct taker *t = arg;
	unsigned int i;

	while (!atomic64_read(&may_begin))
		unit_yield();
	for (i = 0; i < TRIES; i++) {
		s64 seen, old;

		if (!mbx_take(&shared, t->n, t->limit))
			continue;
		t->times++;
		seen = atomic64_read(&shared);
		old = atomic64_read(&highest);
		while (seen > old &&
		       !atomic64_try_cmpxchg(&highest, &old, seen))
			;
		if (t->pays_back)
			atomic64_sub((s64)t->n, &shared);
	}
}

static void run_takers(struct taker *t)
{
	unsigned int i, started = 0, joined = 0;

	atomic64_set(&shared, 0);
	atomic64_set(&highest, 0);
	atomic64_set(&may_begin, 0);
	for (i = 0; i < THREADS; i++)
		started += unit_start(&t[i].thread, run_taker, &t[i]);
	/* Else one is done before the next is made, and they do not meet. */
	atomic64_set(&may_begin, 1);
	for (i = 0; i < THREADS; i++)
		joined += unit_join(&t[i].thread);
	/* Not before none of them runs: what they use is the case's. */
	unit_eq(started, THREADS);
	unit_eq(joined, THREADS);
}

UNIT_CASE(threads_take_exactly_the_limit,
	  "threads together take exactly the limit")
{
	/* Seven less than they try: seven takes must be refused. */
	const u64 limit = THREADS * TRIES - 7;
	struct taker t[THREADS];
	u64 sum = 0;
	unsigned int i;

	for (i = 0; i < THREADS; i++)
		t[i] = (struct taker){ .n = 1, .limit = limit };
	run_takers(t);
	for (i = 0; i < THREADS; i++)
		sum += t[i].times;
	unit_eq(sum, limit);
	unit_eq(atomic64_read(&shared), limit);
	unit_eq(atomic64_read(&highest), limit);
}

UNIT_CASE(
	threads_that_pay_back_leave_nothing,
	"threads that pay back leave the counter at 0 and never pass the limit")
{
	struct taker t[THREADS];
	u64 times = 0;
	unsigned int i;

	for (i = 0; i < THREADS; i++)
		t[i] = (struct taker){ .n = i + 1,
				       .limit = 5,
				       .pays_back = true };
	run_takers(t);
	unit_eq(atomic64_read(&shared), 0);
	unit_true(atomic64_read(&highest) <= 5);
	/* Who gets how much is the scheduler's; somebody always does. */
	for (i = 0; i < THREADS; i++)
		times += t[i].times;
	unit_true(times);
}

/*
 * One asks for more than there ever is; the others ask for what is there.  If
 * a refused take showed for a moment, some of theirs would be refused too.
 */
UNIT_CASE(a_refused_take_makes_no_other_fail,
	  "a take that is refused makes no other one fail")
{
	struct taker t[THREADS];
	unsigned int i;

	for (i = 0; i < THREADS; i++)
		t[i] = (struct taker){ .n = i ? 1 : 1000,
				       .limit = THREADS - 1,
				       .pays_back = true };
	run_takers(t);
	unit_eq(t[0].times, 0);
	for (i = 1; i < THREADS; i++)
		unit_eq(t[i].times, TRIES);
	unit_eq(atomic64_read(&shared), 0);
}

/* -- Mailboxes ------------------------------------------------------------------ */

static bool fits(u64 max_messages, u64 max_bytes, u64 messages, u64 bytes,
		 u64 len)
{
	const struct mbx_bounds b = { max_messages, max_bytes };

	return mbx_fits(&b, messages, bytes, len);
}

UNIT_CASE(messages_fit_up_to_their_bound, "messages fit up to their bound")
{
	unit_true(fits(1, U64_MAX, 0, 0, 0));
	unit_false(fits(1, U64_MAX, 1, 0, 0));
	unit_true(fits(16, U64_MAX, 15, 15 * 65536, 65536));
	unit_false(fits(16, U64_MAX, 16, 0, 0));
	/* More than the bound cannot be, and would not fit. */
	unit_false(fits(16, U64_MAX, 17, 0, 0));
	unit_false(fits(16, U64_MAX, U64_MAX, 0, 0));
}

UNIT_CASE(bytes_fit_up_to_their_bound, "bytes fit up to their bound")
{
	unit_true(fits(U64_MAX, 100, 0, 0, 100));
	unit_false(fits(U64_MAX, 100, 0, 0, 101));
	unit_true(fits(U64_MAX, 100, 7, 99, 1));
	unit_false(fits(U64_MAX, 100, 7, 99, 2));
	unit_false(fits(U64_MAX, 100, 7, 100, 1));
	/* A message of no bytes needs no room for bytes. */
	unit_true(fits(U64_MAX, 100, 7, 100, 0));
	unit_false(fits(U64_MAX, 100, 7, 101, 0));
}

UNIT_CASE(both_bounds_count, "with both bounds both count")
{
	unit_true(fits(2, 100, 1, 50, 50));
	unit_false(fits(2, 100, 2, 50, 50));
	unit_false(fits(2, 100, 1, 50, 51));
	unit_false(fits(2, 100, 2, 50, 51));
}

UNIT_CASE(a_bound_that_is_not_set_bounds_nothing,
	  "a bound that is not set bounds nothing")
{
	unit_true(fits(U64_MAX, U64_MAX, 0, 0, U64_MAX));
	unit_true(fits(U64_MAX, U64_MAX, U64_MAX - 1, GIB, GIB));
	unit_true(fits(U64_MAX, U64_MAX, 1, U64_MAX - 1, 1));
}

UNIT_CASE(lengths_that_would_wrap_do_not_fit,
	  "a length that would wrap the count does not fit")
{
	unit_false(fits(U64_MAX, 100, 1, 1, U64_MAX));
	unit_false(fits(U64_MAX, 100, 1, 50, U64_MAX - 49));
	unit_false(fits(U64_MAX, U64_MAX, 1, 1, U64_MAX));
	unit_false(fits(U64_MAX, U64_MAX, 1, U64_MAX, 1));
	unit_true(fits(U64_MAX, U64_MAX, 1, U64_MAX, 0));
}

UNIT_CASES = {
	UNIT(a_limit_can_be_reached_and_not_passed),
	UNIT(one_by_one_up_to_the_limit),
	UNIT(taking_nothing_needs_only_a_kept_limit),
	UNIT(a_limit_of_0_lets_nothing_in),
	UNIT(amounts_that_would_wrap_are_refused),
	UNIT(the_largest_limit_is_no_limit),
	UNIT(a_limit_below_what_is_used_stops_all),
	UNIT(threads_take_exactly_the_limit),
	UNIT(threads_that_pay_back_leave_nothing),
	UNIT(a_refused_take_makes_no_other_fail),
	UNIT(messages_fit_up_to_their_bound),
	UNIT(bytes_fit_up_to_their_bound),
	UNIT(both_bounds_count),
	UNIT(a_bound_that_is_not_set_bounds_nothing),
	UNIT(lengths_that_would_wrap_do_not_fit),
	UNIT_END,
};

UNIT_SUITE(limits, NULL, NULL);

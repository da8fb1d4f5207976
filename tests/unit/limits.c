// SPDX-License-Identifier: GPL-2.0-only
/*
 * The arithmetic of kmod/limits.h: taking from a counter that has a limit,
 * and whether one more message fits.
 *
 * Locking: none.  Threads race on a counter on purpose.  Run by the host tier.
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "limits.h"

#define GIB 1073741824ULL

static bool take(u64 used, u64 n, u64 limit)
{
	atomic64_t counter = { (s64)used };
	bool taken = mbx_take(&counter, n, limit);

	/* A take that fails never shows. */
	assert_int_equal((u64)atomic64_read(&counter), taken ? used + n : used);
	return taken;
}

static void a_limit_can_be_reached_and_not_passed(void **state)
{
	(void)state;
	assert_true(take(0, 10, 10));
	assert_false(take(0, 11, 10));
	assert_true(take(9, 1, 10));
	assert_false(take(9, 2, 10));
	assert_false(take(10, 1, 10));
	assert_true(take(GIB * 7, GIB, GIB * 8));
	assert_false(take(GIB * 7, GIB + 1, GIB * 8));
}

static void one_by_one_up_to_the_limit(void **state)
{
	atomic64_t counter = { 0 };
	unsigned int i;

	(void)state;
	for (i = 0; i < 1000; i++)
		assert_true(mbx_take(&counter, 1, 1000));
	for (i = 0; i < 3; i++)
		assert_false(mbx_take(&counter, 1, 1000));
	assert_int_equal(atomic64_read(&counter), 1000);
}

static void taking_nothing_needs_only_a_kept_limit(void **state)
{
	(void)state;
	assert_true(take(0, 0, 0));
	assert_true(take(10, 0, 10));
	assert_false(take(11, 0, 10));
}

static void a_limit_of_0_lets_nothing_in(void **state)
{
	(void)state;
	assert_false(take(0, 1, 0));
	assert_false(take(0, U64_MAX, 0));
}

static void amounts_that_would_wrap_are_refused(void **state)
{
	(void)state;
	assert_false(take(1, U64_MAX, 10));
	assert_false(take(10, U64_MAX - 9, 10));
	assert_false(take(10, U64_MAX - 10, 20));
	assert_false(take(1, U64_MAX, U64_MAX));
	assert_false(take(2, U64_MAX - 1, U64_MAX));
	assert_false(take(S64_MAX, (u64)S64_MAX + 2, U64_MAX));
}

static void the_largest_limit_is_no_limit(void **state)
{
	(void)state;
	assert_true(take(0, U64_MAX, U64_MAX));
	assert_true(take(1, U64_MAX - 1, U64_MAX));
	assert_true(take(S64_MAX, 1, U64_MAX));
	assert_true(take((u64)S64_MAX + 1, S64_MAX, U64_MAX));
	assert_false(take(U64_MAX, 1, U64_MAX));
}

static void a_limit_below_what_is_used_stops_all(void **state)
{
	atomic64_t counter = { 0 };

	(void)state;
	assert_true(mbx_take(&counter, 100, 100));
	/* Root lowers it: nothing more, until enough was paid back. */
	assert_false(mbx_take(&counter, 1, 50));
	assert_false(mbx_take(&counter, 0, 99));
	assert_int_equal(atomic64_read(&counter), 100);
	counter.counter -= 51;
	assert_true(mbx_take(&counter, 1, 50));
	assert_false(mbx_take(&counter, 1, 50));
	/* And raises it again. */
	assert_true(mbx_take(&counter, 50, 100));
	assert_int_equal(atomic64_read(&counter), 100);
}

/* -- Threads ------------------------------------------------------------------ */

#define THREADS 4
#define TRIES 50000

static atomic64_t shared;
static s64 highest;

struct taker {
	pthread_t thread;
	u64 n;
	u64 limit;
	u64 times;
	bool pays_back;
};

static void *run_taker(void *arg)
{
	struct taker *t = arg;
	unsigned int i;

	for (i = 0; i < TRIES; i++) {
		s64 seen, old;

		if (!mbx_take(&shared, t->n, t->limit))
			continue;
		t->times++;
		seen = atomic64_read(&shared);
		old = __atomic_load_n(&highest, __ATOMIC_RELAXED);
		while (seen > old &&
		       !__atomic_compare_exchange_n(&highest, &old, seen, false,
						    __ATOMIC_RELAXED,
						    __ATOMIC_RELAXED))
			;
		if (t->pays_back)
			__atomic_fetch_sub(&shared.counter, (s64)t->n,
					   __ATOMIC_SEQ_CST);
	}
	return NULL;
}

static void run_takers(struct taker *t)
{
	unsigned int i;

	shared.counter = 0;
	highest = 0;
	for (i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&t[i].thread, NULL, run_taker,
						&t[i]),
				 0);
	for (i = 0; i < THREADS; i++)
		assert_int_equal(pthread_join(t[i].thread, NULL), 0);
}

static void threads_take_exactly_the_limit(void **state)
{
	/* Seven less than they try: seven takes must be refused. */
	const u64 limit = THREADS * TRIES - 7;
	struct taker t[THREADS];
	u64 sum = 0;
	unsigned int i;

	(void)state;
	for (i = 0; i < THREADS; i++)
		t[i] = (struct taker){ .n = 1, .limit = limit };
	run_takers(t);
	for (i = 0; i < THREADS; i++)
		sum += t[i].times;
	assert_int_equal(sum, limit);
	assert_int_equal(shared.counter, limit);
	assert_int_equal(highest, limit);
}

static void threads_that_pay_back_leave_nothing(void **state)
{
	struct taker t[THREADS];
	u64 times = 0;
	unsigned int i;

	(void)state;
	for (i = 0; i < THREADS; i++)
		t[i] = (struct taker){ .n = i + 1,
				       .limit = 5,
				       .pays_back = true };
	run_takers(t);
	assert_int_equal(shared.counter, 0);
	assert_true(highest <= 5);
	/* Who gets how much is the scheduler's; somebody always does. */
	for (i = 0; i < THREADS; i++)
		times += t[i].times;
	assert_true(times);
}

/*
 * One asks for more than there ever is; the others ask for what is there.  If
 * a refused take showed for a moment, some of theirs would be refused too.
 */
static void a_refused_take_makes_no_other_fail(void **state)
{
	struct taker t[THREADS];
	unsigned int i;

	(void)state;
	for (i = 0; i < THREADS; i++)
		t[i] = (struct taker){ .n = i ? 1 : 1000,
				       .limit = THREADS - 1,
				       .pays_back = true };
	run_takers(t);
	assert_int_equal(t[0].times, 0);
	for (i = 1; i < THREADS; i++)
		assert_int_equal(t[i].times, TRIES);
	assert_int_equal(shared.counter, 0);
}

/* -- Mailboxes ------------------------------------------------------------------ */

static bool fits(u64 max_messages, u64 max_bytes, u64 messages, u64 bytes,
		 u64 len)
{
	const struct mbx_bounds b = { max_messages, max_bytes };

	return mbx_fits(&b, messages, bytes, len);
}

static void messages_fit_up_to_their_bound(void **state)
{
	(void)state;
	assert_true(fits(1, U64_MAX, 0, 0, 0));
	assert_false(fits(1, U64_MAX, 1, 0, 0));
	assert_true(fits(16, U64_MAX, 15, 15 * 65536, 65536));
	assert_false(fits(16, U64_MAX, 16, 0, 0));
	/* More than the bound cannot be, and would not fit. */
	assert_false(fits(16, U64_MAX, 17, 0, 0));
	assert_false(fits(16, U64_MAX, U64_MAX, 0, 0));
}

static void bytes_fit_up_to_their_bound(void **state)
{
	(void)state;
	assert_true(fits(U64_MAX, 100, 0, 0, 100));
	assert_false(fits(U64_MAX, 100, 0, 0, 101));
	assert_true(fits(U64_MAX, 100, 7, 99, 1));
	assert_false(fits(U64_MAX, 100, 7, 99, 2));
	assert_false(fits(U64_MAX, 100, 7, 100, 1));
	/* A message of no bytes needs no room for bytes. */
	assert_true(fits(U64_MAX, 100, 7, 100, 0));
	assert_false(fits(U64_MAX, 100, 7, 101, 0));
}

static void both_bounds_count(void **state)
{
	(void)state;
	assert_true(fits(2, 100, 1, 50, 50));
	assert_false(fits(2, 100, 2, 50, 50));
	assert_false(fits(2, 100, 1, 50, 51));
	assert_false(fits(2, 100, 2, 50, 51));
}

static void a_bound_that_is_not_set_bounds_nothing(void **state)
{
	(void)state;
	assert_true(fits(U64_MAX, U64_MAX, 0, 0, U64_MAX));
	assert_true(fits(U64_MAX, U64_MAX, U64_MAX - 1, GIB, GIB));
	assert_true(fits(U64_MAX, U64_MAX, 1, U64_MAX - 1, 1));
}

static void lengths_that_would_wrap_do_not_fit(void **state)
{
	(void)state;
	assert_false(fits(U64_MAX, 100, 1, 1, U64_MAX));
	assert_false(fits(U64_MAX, 100, 1, 50, U64_MAX - 49));
	assert_false(fits(U64_MAX, U64_MAX, 1, 1, U64_MAX));
	assert_false(fits(U64_MAX, U64_MAX, 1, U64_MAX, 1));
	assert_true(fits(U64_MAX, U64_MAX, 1, U64_MAX, 0));
}

#define SENTENCE(fn, text)                 \
	{                                  \
		text, fn, NULL, NULL, NULL \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SENTENCE(a_limit_can_be_reached_and_not_passed,
			 "a limit can be reached and not passed"),
		SENTENCE(one_by_one_up_to_the_limit,
			 "taken one by one, exactly the limit is given"),
		SENTENCE(taking_nothing_needs_only_a_kept_limit,
			 "taking nothing works while the limit is kept"),
		SENTENCE(a_limit_of_0_lets_nothing_in,
			 "a limit of 0 lets nothing in"),
		SENTENCE(amounts_that_would_wrap_are_refused,
			 "an amount that would wrap the counter is refused"),
		SENTENCE(the_largest_limit_is_no_limit,
			 "the largest limit is no limit"),
		SENTENCE(
			a_limit_below_what_is_used_stops_all,
			"a limit lowered below what is used stops all until it is kept again"),
		SENTENCE(threads_take_exactly_the_limit,
			 "threads together take exactly the limit"),
		SENTENCE(
			threads_that_pay_back_leave_nothing,
			"threads that pay back leave the counter at 0 and never pass the limit"),
		SENTENCE(a_refused_take_makes_no_other_fail,
			 "a take that is refused makes no other one fail"),
		SENTENCE(messages_fit_up_to_their_bound,
			 "messages fit up to their bound"),
		SENTENCE(bytes_fit_up_to_their_bound,
			 "bytes fit up to their bound"),
		SENTENCE(both_bounds_count, "with both bounds both count"),
		SENTENCE(a_bound_that_is_not_set_bounds_nothing,
			 "a bound that is not set bounds nothing"),
		SENTENCE(lengths_that_would_wrap_do_not_fit,
			 "a length that would wrap the count does not fit"),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

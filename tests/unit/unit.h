/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The words in which the unit tests of the pure files of kmod/ are written.
 * One source of cases, two runners: on the host cmocka (cmocka.c), under the
 * sanitizers and over the few kernel headers in tests/host/kmod/shim; in the
 * kernel KUnit (kunit.c), over the kernel's own lists, trees and atomics.
 *
 *	UNIT_CASE(a_new_queue_is_empty, "a new queue is empty [C1.2]")
 *	{
 *		unit_true(q_is_empty());
 *	}
 *
 *	UNIT_CASES = { UNIT(a_new_queue_is_empty), UNIT_END };
 *	UNIT_SUITE(queue, q_begin, q_end);
 *
 * A file of cases has one UNIT_SUITE, whose last two arguments run before and
 * after each case, or are NULL.  The sentence of a case is its name in the
 * results of both; a case that is not listed does not compile.  A check that
 * fails ends the case, and evaluates its arguments once.
 *
 * Locking: cases run one at a time; only the thread of the case checks, and
 * allocates.  Used by: the files of cases in tests/unit.
 */
#ifndef TEST_UNIT_H
#define TEST_UNIT_H

#ifdef __KERNEL__
#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/string.h>
#include <linux/types.h>
#else
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include <linux/types.h>
#endif

/* Memory, not cleared.  Each case frees what it has allocated. */
void *unit_alloc(size_t size);
void unit_free(void *mem);

/* Where a random case begins; said in its results, and can be given again. */
u64 unit_seed(void);

/*
 * How many rounds a random case makes.  The kernels that watch every access
 * are hundreds of times slower than a host, and say of a task that waits for
 * a minute, as insmod does here, that it hangs.
 */
#ifdef __KERNEL__
#define UNIT_ROUNDS(n) ((n) / 10)
#else
#define UNIT_ROUNDS(n) (n)
#endif

/**
 * struct unit_thread - a thread beside that of the case
 * @run: what it does; it neither checks nor allocates
 * @arg: for @run
 * @started: it runs, or has run, and must be joined
 */
struct unit_thread {
	void (*run)(void *arg);
	void *arg;
	bool started;
#ifdef __KERNEL__
	struct completion done;
#else
	pthread_t thread;
#endif
};

/* Both are true if that worked; joining one that was not started is false. */
bool unit_start(struct unit_thread *t, void (*run)(void *arg), void *arg);
bool unit_join(struct unit_thread *t);
/* Lets others run; for who waits in a loop. */
void unit_yield(void);

#ifdef __KERNEL__

/* The case that runs: checks stand in functions that are not told. */
extern struct kunit *unit_now;

void unit_begin(struct kunit *test, void (*begin)(void));
void unit_end(struct kunit *test, void (*end)(void));

#define UNIT_CASE(name_, sentence_)                       \
	static const char name_##_sentence[] = sentence_; \
	static void name_(struct kunit *unit_test_)
#define UNIT_CASES static struct kunit_case unit_cases[]
#define UNIT(name_)                                          \
	{                                                    \
		.run_case = name_, .name = name_##_sentence, \
	}
#define UNIT_END \
	{        \
	}
#define UNIT_SUITE(name_, begin_, end_)                 \
	static int unit_suite_begin(struct kunit *test) \
	{                                               \
		unit_begin(test, begin_);               \
		return 0;                               \
	}                                               \
	static void unit_suite_end(struct kunit *test)  \
	{                                               \
		unit_end(test, end_);                   \
	}                                               \
	static struct kunit_suite unit_suite = {        \
		.name = "mbox-" #name_,                 \
		.init = unit_suite_begin,               \
		.exit = unit_suite_end,                 \
		.test_cases = unit_cases,               \
	};                                              \
	kunit_test_suite(unit_suite)

#define unit_true(cond) KUNIT_ASSERT_TRUE(unit_now, cond)
#define unit_false(cond) KUNIT_ASSERT_FALSE(unit_now, cond)
#define unit_eq(a, b) KUNIT_ASSERT_EQ(unit_now, a, b)
#define unit_ptr_eq(a, b) KUNIT_ASSERT_PTR_EQ(unit_now, a, b)
#define unit_not_null(ptr) KUNIT_ASSERT_NOT_NULL(unit_now, ptr)
#define unit_null(ptr) KUNIT_ASSERT_NULL(unit_now, ptr)

#else /* on the host */

int unit_run(struct CMUnitTest *cases, void (*begin)(void), void (*end)(void));

#define UNIT_CASE(name_, sentence_)                       \
	static const char name_##_sentence[] = sentence_; \
	static void name_(void **unit_state_ __attribute__((unused)))
#define UNIT_CASES static struct CMUnitTest unit_cases[]
#define UNIT(name_)                                           \
	{                                                     \
		.name = name_##_sentence, .test_func = name_, \
	}
#define UNIT_END              \
	{                     \
		.name = NULL, \
	}
#define UNIT_SUITE(name_, begin_, end_)                    \
	int main(void)                                     \
	{                                                  \
		return unit_run(unit_cases, begin_, end_); \
	}                                                  \
	/* for the semicolon */                            \
	struct unit_suite_##name_

#define unit_true(cond) assert_true(cond)
#define unit_false(cond) assert_false(cond)
#define unit_eq(a, b) assert_int_equal(a, b)
#define unit_ptr_eq(a, b) assert_ptr_equal(a, b)
#define unit_not_null(ptr) assert_non_null(ptr)
#define unit_null(ptr) assert_null(ptr)

#endif

#endif /* TEST_UNIT_H */

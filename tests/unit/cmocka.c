// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the words of unit.h do on the host: a program for each file of cases,
 * run by cmocka, which prints TAP.  What is wrong with memory is seen by the
 * sanitizers it is built with, a leak when the program ends.
 *
 * MBX_SEED=N in the environment repeats a random case.
 *
 * Locking: none.  Linked with each file of cases by tests/host/kmod; the
 * kernel has kunit.c instead.
 */
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

#include "unit.h"

static void (*begin_case)(void);
static void (*end_case)(void);

static int set_up(void **state)
{
	(void)state;
	if (begin_case)
		begin_case();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	if (end_case)
		end_case();
	return 0;
}

int unit_run(struct CMUnitTest *cases, void (*begin)(void), void (*end)(void))
{
	size_t n;

	begin_case = begin;
	end_case = end;
	for (n = 0; cases[n].name; n++) {
		cases[n].setup_func = set_up;
		cases[n].teardown_func = tear_down;
	}
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return _cmocka_run_group_tests("tests", cases, n, NULL, NULL);
}

void *unit_alloc(size_t size)
{
	return malloc(size);
}

void unit_free(void *mem)
{
	free(mem);
}

u64 unit_seed(void)
{
	const char *text = getenv("MBX_SEED");
	u64 seed = 0;

	if (text)
		seed = strtoull(text, NULL, 0);
	else
		assert_int_equal(getrandom(&seed, sizeof(seed), 0),
				 sizeof(seed));
	printf("# again: MBX_SEED=%llu\n", (unsigned long long)seed);
	fflush(stdout);
	return seed;
}

static void *run_thread(void *arg)
{
	struct unit_thread *t = arg;

	t->run(t->arg);
	return NULL;
}

bool unit_start(struct unit_thread *t, void (*run)(void *arg), void *arg)
{
	t->run = run;
	t->arg = arg;
	t->started = !pthread_create(&t->thread, NULL, run_thread, t);
	return t->started;
}

bool unit_join(struct unit_thread *t)
{
	return t->started && !pthread_join(t->thread, NULL);
}

void unit_yield(void)
{
	sched_yield();
}

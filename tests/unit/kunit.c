// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the words of unit.h do in the kernel: mbox_unit.ko, which has a KUnit
 * suite for each file of cases.  They run while the module is loaded; their
 * results are in /sys/kernel/debug/kunit until it is unloaded.
 *
 * A case that has not freed what it allocated fails.  The parameter seed=N
 * repeats a random case.
 *
 * Locking: none.  Loaded by kunit.sh; the host has cmocka.c instead.
 */
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/random.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "unit.h"

/* The file under test; here it is not to be confused with its cases. */
#include <kmod/queue.c>
#include <kmod/place.c>
#include <kmod/search.c>

static unsigned long seed;
module_param(seed, ulong, 0444);
MODULE_PARM_DESC(seed, "Where the random cases begin (0: anywhere)");

struct kunit *unit_now;
/* Allocations that the case has not freed. */
static int unit_held;

void unit_begin(struct kunit *test, void (*begin)(void))
{
	unit_now = test;
	unit_held = 0;
	if (begin)
		begin();
}

/* A case that failed half way has left what it left. */
void unit_end(struct kunit *test, void (*end)(void))
{
	if (end)
		end();
	if (READ_ONCE(test->status) != KUNIT_FAILURE)
		KUNIT_EXPECT_EQ_MSG(test, unit_held, 0, "never freed");
}

void *unit_alloc(size_t size)
{
	void *mem = kmalloc(size, GFP_KERNEL);

	/* The long cases come by here often; no case may hog a processor. */
	cond_resched();
	unit_held += !!mem;
	return mem;
}

void unit_free(void *mem)
{
	unit_held -= !!mem;
	kfree(mem);
}

u64 unit_seed(void)
{
	u64 chosen = seed;

	while (!chosen)
		chosen = get_random_u64();
	kunit_info(unit_now, "again: seed=%llu\n", chosen);
	return chosen;
}

/* Once it says that it is done, none of its code runs: it can be unloaded. */
static int unit_run_thread(void *data)
{
	struct unit_thread *t = data;

	t->run(t->arg);
	kthread_complete_and_exit(&t->done, 0);
}

bool unit_start(struct unit_thread *t, void (*run)(void *arg), void *arg)
{
	t->run = run;
	t->arg = arg;
	init_completion(&t->done);
	t->started = !IS_ERR(kthread_run(unit_run_thread, t, "mbox-unit"));
	return t->started;
}

bool unit_join(struct unit_thread *t)
{
	if (t->started)
		wait_for_completion(&t->done);
	return t->started;
}

void unit_yield(void)
{
	cond_resched();
}

MODULE_DESCRIPTION("Unit tests of the mailbox module");
MODULE_LICENSE("GPL");

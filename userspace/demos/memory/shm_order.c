// SPDX-License-Identifier: GPL-2.0-only
/*
 * shm_order: shared memory keeps no order between two writers.
 *
 * Notes: S147 (001:152)
 * Watch: each writer takes the next sequence number, then the next free slot.
 *        The first is stopped in between, while the second comes.
 * See:   number 2 lies before number 1. If taking and storing is one step
 *        under a lock, the second must wait, and the order holds.
 */
#include "../check.h"
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#define ROUNDS 4

struct region {
	pthread_mutex_t mutex;
	int numbers_taken, slots_taken;
	int slot[2 * ROUNDS];
};

static void store_next(struct region *region, int use_lock, int stop_between)
{
	int number;

	if (use_lock)
		need0(pthread_mutex_lock(&region->mutex));
	number = ++region->numbers_taken;
	if (stop_between)
		raise(SIGSTOP);
	region->slot[region->slots_taken++] = number;
	if (use_lock)
		need0(pthread_mutex_unlock(&region->mutex));
	_exit(0);
}

/* Returns how often a number came after a higher one. */
static int write_and_count(struct region *region, int use_lock)
{
	int wrong = 0, status;
	char text[64] = "";

	region->numbers_taken = region->slots_taken = 0;
	for (int i = 0; i < ROUNDS; i++) {
		pid_t first, second;

		first = need(fork());
		if (!first)
			store_next(region, use_lock, 1);
		need(waitpid(first, &status, WUNTRACED));
		second = need(fork());
		if (!second)
			store_next(region, use_lock, 0);
		until(state_of(second) == 'Z' || asleep_in(second, SYS_futex));
		need(kill(first, SIGCONT));
		ended(first);
		ended(second);
	}
	for (int i = 0; i < 2 * ROUNDS; i++) {
		wrong += i > 0 && region->slot[i] < region->slot[i - 1];
		sprintf(text + strlen(text), " %d", region->slot[i]);
	}
	say("%s:%s", use_lock ? "with a lock" : "without", text);
	return wrong;
}

int main(void)
{
	struct region *region;
	pthread_mutexattr_t attr;
	int without, with;

	region = need_ptr(mmap(NULL, sizeof(*region), PROT_READ | PROT_WRITE,
			       MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	need0(pthread_mutexattr_init(&attr));
	need0(pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED));
	need0(pthread_mutex_init(&region->mutex, &attr));

	without = write_and_count(region, 0);
	check(without == ROUNDS, "S147",
	      "two writers without a protocol: numbers lie out of order");
	with = write_and_count(region, 1);
	check(with == 0 && region->slot[2 * ROUNDS - 1] == 2 * ROUNDS, "S147",
	      "with a lock around both steps they lie in order");
	return done();
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * shm_lost_update: two processes add to one counter, and additions get lost.
 *
 * Notes: S35 (001:63), S117 (004:100)
 * Watch: c = c + 1 is a load, an addition and a store. First one process is
 *        stopped between load and store while the other adds; then both add a
 *        million times each, as they like.
 * See:   less than two million, a different number each time. shm_open() and
 *        mmap() give memory, they put no lock around it. With an atomic
 *        addition it is two million every time.
 */
#include "../check.h"
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>

#define NAME "/shm_lost_update"
#define TIMES 1000000
#define MAX_TRIES 50

struct region {
	volatile long plain;
	atomic_long atomic;
};

/* WRONG with more than one process: the store does away with what came in. */
static void add_plain(struct region *region)
{
	for (int i = 0; i < TIMES; i++) {
		long seen = region->plain;

		/* Now and then the scheduler steps in here; help it. */
		if (i % 1000 == 0)
			sched_yield();
		region->plain = seen + 1;
	}
}

static void add_atomic(struct region *region)
{
	for (int i = 0; i < TIMES; i++)
		atomic_fetch_add(&region->atomic, 1);
}

static void run_two(void (*add)(struct region *), struct region *region)
{
	pid_t pid[2];

	for (int i = 0; i < 2; i++) {
		pid[i] = need(fork());
		if (!pid[i]) {
			add(region);
			_exit(0);
		}
	}
	for (int i = 0; i < 2; i++)
		ended(pid[i]);
}

int main(void)
{
	int fd = need(shm_open(NAME, O_CREAT | O_RDWR, 0600));
	struct region *region;
	int tries = 0, status;
	pid_t child;

	need(ftruncate(fd, sizeof(*region)));
	region = need_ptr(mmap(NULL, sizeof(*region), PROT_READ | PROT_WRITE,
			       MAP_SHARED, fd, 0));
	child = need(fork());
	if (!child) {
		long seen = region->plain;

		raise(SIGSTOP);
		region->plain = seen + 1;
		_exit(0);
	}
	need(waitpid(child, &status, WUNTRACED));
	region->plain = region->plain + 1;
	need(kill(child, SIGCONT));
	ended(child);
	say("two additions to 0, one within the other: %ld", region->plain);
	check(region->plain == 1, "S35 S117",
	      "of two additions to one address the later store wins");

	do {
		region->plain = 0;
		run_two(add_plain, region);
		tries++;
	} while (region->plain == 2 * TIMES && tries < MAX_TRIES);
	say("two times %d additions: %ld (run %d; it varies)", TIMES,
	    region->plain, tries);
	check(region->plain < 2 * TIMES, "S35 S117",
	      "the calls that share the memory do not guard what is in it");

	run_two(add_atomic, region);
	say("with atomic additions: %ld", region->atomic);
	check(region->atomic == 2 * TIMES, "S35",
	      "with an atomic addition nothing is lost");
	need(shm_unlink(NAME));
	return done();
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * watch_concurrent: producer and consumer run at the same time.
 *
 * Notes: S48 (000:26; 004:13)
 * Watch: a producer and a consumer that share a buffer of four items in
 *        memory, each on a processor of its own if there are two. Each counts
 *        the context switches while a hundred items go through.
 * See:   with two processors both work on the same hundred and neither is
 *        switched away: they run at once. With one they take turns, often:
 *        the consumer does not wait until all is produced.
 */
#include "../check.h"
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/resource.h>

#define SLOTS 4
#define ROUNDS 50
#define ITEMS 100 /* in a round */

/* The numbers only rise; an item is in the slot of its number modulo SLOTS. */
struct shared {
	atomic_int put, taken;
	int slot[SLOTS];
	long sum;
	struct round {
		uint64_t begin, end;
		long switches; /* how often it was switched away */
	} produced[ROUNDS], consumed[ROUNDS];
};

static long switches(void)
{
	struct rusage usage;

	need(getrusage(RUSAGE_SELF, &usage));
	return usage.ru_nvcsw + usage.ru_nivcsw;
}

static uint64_t now(void)
{
	struct timespec t;

	need(clock_gettime(CLOCK_MONOTONIC, &t));
	return t.tv_sec * 1000000000ULL + t.tv_nsec;
}

static void run_on(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	need(sched_setaffinity(0, sizeof(set), &set));
}

static void produce(struct shared *s)
{
	for (int round = 0; round < ROUNDS; round++) {
		struct round *r = &s->produced[round];

		r->begin = now();
		r->switches = -switches();
		for (int i = 0; i < ITEMS; i++) {
			while (s->put - s->taken == SLOTS)
				sched_yield();
			s->slot[s->put % SLOTS] = s->put;
			s->put++;
		}
		r->switches += switches();
		r->end = now();
	}
}

static void consume(struct shared *s)
{
	for (int round = 0; round < ROUNDS; round++) {
		struct round *r = &s->consumed[round];

		r->begin = now();
		r->switches = -switches();
		for (int i = 0; i < ITEMS; i++) {
			while (s->put == s->taken)
				sched_yield();
			s->sum += s->slot[s->taken % SLOTS];
			s->taken++;
		}
		r->switches += switches();
		r->end = now();
	}
}

int main(void)
{
	struct shared *s =
		need_ptr(mmap(NULL, sizeof(*s), PROT_READ | PROT_WRITE,
			      MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	int cpus = need(sysconf(_SC_NPROCESSORS_ONLN));
	const long all = ROUNDS * ITEMS;
	char picture[ROUNDS + 1] = "";
	int at_once = 0;
	long turns = 0;
	pid_t child[2];

	for (int who = 0; who < 2; who++) {
		child[who] = need(fork());
		if (!child[who]) {
			run_on(who ? cpus - 1 : 0);
			if (who)
				consume(s);
			else
				produce(s);
			_exit(0);
		}
	}
	need0(ended(child[0]));
	need0(ended(child[1]));

	for (int round = 0; round < ROUNDS; round++) {
		const struct round *p = &s->produced[round];
		const struct round *c = &s->consumed[round];
		int both = !p->switches && !c->switches && p->begin < c->end &&
			   c->begin < p->end;

		picture[round] = both ? '=' : '/';
		at_once += both;
		turns += p->switches + c->switches;
	}
	say("%d CPU; a sign for each hundred items: = both ran at once all the",
	    cpus);
	say("time, / one or both were switched away:");
	say("%s", picture);
	say("context switches in all: %ld", turns);
	check(s->sum == all * (all - 1) / 2, "S48",
	      "all items went through a buffer that holds four");
	check(cpus > 1 ? at_once > 0 : turns > all / 20, "S48",
	      "they ran at the same time, or took turns on the only processor");
	return done();
}

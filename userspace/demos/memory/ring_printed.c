// SPDX-License-Identifier: GPL-2.0-only
/*
 * ring_printed: the notes' producer and consumer, between two processes and
 * between two threads.
 *
 * Notes: S59 (000:54), S60 (000:69), S187 (000:75), S304 (000:57)
 * Watch: 50 items go through the ten slots of ring_printed.h, in order; then
 *        the same without the step that produces, as it is printed.
 * See:   it works, but only because this program is compiled with -O0, and for
 *        a CPU that keeps the order of stores (x86); see ring_hangs for what
 *        else may happen. Who never produces sends the same item again and
 *        again.
 */
#include "../check.h"
#include "ring_printed.h"
#include <pthread.h>
#include <sys/mman.h>

#define ITEMS 50

/* WRONG: as printed in 000:57, nothing is ever produced in the loop. */
static void producer_without_produce(struct shared *s, int items)
{
	item next_produced = produce(1);

	for (int i = 1; i <= items; i++) {
		while (((s->in + 1) % BUFFER_SIZE) == s->out)
			; /* do nothing */
		s->buffer[s->in] = next_produced;
		s->in = (s->in + 1) % BUFFER_SIZE;
	}
}

static void *producer_thread(void *shared)
{
	producer(shared, ITEMS);
	return NULL;
}

int main(void)
{
	static struct shared global; /* threads share all variables anyway */
	struct shared *region;
	pthread_t thread;
	int right;
	pid_t child;

	region = need_ptr(mmap(NULL, sizeof(*region), PROT_READ | PROT_WRITE,
			       MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	child = need(fork());
	if (!child) {
		producer(region, ITEMS);
		_exit(0);
	}
	right = consumer(region, ITEMS);
	ended(child);
	say("processes: %d of %d items right; in %d, out %d at the end", right,
	    ITEMS, region->in, region->out);
	check(right == ITEMS && region->in == region->out, "S59 S60 S187",
	      "at -O0, as two processes, they hand over all items in order");

	need0(pthread_create(&thread, NULL, producer_thread, &global));
	right = consumer(&global, ITEMS);
	need0(pthread_join(thread, NULL));
	say("threads:   %d of %d items right; in %d, out %d at the end", right,
	    ITEMS, global.in, global.out);
	check(right == ITEMS && global.in == global.out, "S59 S60",
	      "as two threads with global variables too");

	child = need(fork());
	if (!child) {
		producer_without_produce(region, ITEMS);
		_exit(0);
	}
	right = consumer(region, ITEMS);
	ended(child);
	say("without the produce step: %d of %d items right", right, ITEMS);
	check(right == 1, "S304",
	      "without a produce step the same item comes each time");
	return done();
}

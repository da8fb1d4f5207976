// SPDX-License-Identifier: GPL-2.0-only
/*
 * ring_all_slots: a bounded buffer that uses all of its slots.
 *
 * Notes: S57 (000:67)
 * Watch: "in" and "out" count up and never start again; only the slot is taken
 *        modulo 10.
 * See:   ten items fit into ten slots, for in - out is how many there are: 0 is
 *        empty, 10 is full, and the two look different.
 */
#include "../check.h"
#include <sched.h>
#include <stdatomic.h>
#include <sys/mman.h>

#define BUFFER_SIZE 10
#define ITEMS 2000

struct ring {
	int buffer[BUFFER_SIZE];
	atomic_ulong in; /* 64 bits: will not overflow in our time */
	atomic_ulong out;
};

static int try_put(struct ring *ring, int number)
{
	unsigned long in = ring->in;

	if (in - ring->out == BUFFER_SIZE)
		return 0;
	ring->buffer[in % BUFFER_SIZE] = number;
	ring->in = in + 1;
	return 1;
}

static int try_take(struct ring *ring, int *number)
{
	unsigned long out = ring->out;

	if (ring->in == out)
		return 0;
	*number = ring->buffer[out % BUFFER_SIZE];
	ring->out = out + 1;
	return 1;
}

int main(void)
{
	int accepted = 0, taken = 0, right = 0, number;
	struct ring *ring;
	pid_t producer;

	ring = need_ptr(mmap(NULL, sizeof(*ring), PROT_READ | PROT_WRITE,
			     MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	while (try_put(ring, accepted))
		accepted++;
	say("BUFFER_SIZE %d accepts %d: in %lu, out %lu", BUFFER_SIZE, accepted,
	    ring->in, ring->out);
	while (try_take(ring, &number))
		taken += number == taken;
	say("took %d of them in order: in %lu, out %lu", taken, ring->in,
	    ring->out);
	check(accepted == BUFFER_SIZE && taken == accepted, "S57",
	      "all ten of ten slots can be used");

	producer = need(fork());
	if (!producer) {
		for (int i = 0; i < ITEMS; i++)
			while (!try_put(ring, i))
				sched_yield();
		_exit(0);
	}
	for (int i = 0; i < ITEMS; i++) {
		while (!try_take(ring, &number))
			sched_yield();
		right += number == i;
	}
	ended(producer);
	say("between two processes: %d of %d in order", right, ITEMS);
	check(right == ITEMS && ring->in == ring->out, "S57",
	      "between two processes nothing is lost or doubled");
	return done();
}

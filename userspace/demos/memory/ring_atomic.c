// SPDX-License-Identifier: GPL-2.0-only
/*
 * ring_atomic: the bounded buffer of the notes put right with C11 atomics, for
 * one producer and one consumer.
 *
 * Notes: S187 (000:60), S304 (000:57)
 * Watch: 2000 items go through the ten slots, at -O2.
 * See:   all of them, in order. Each index has one writer. A release store of
 *        it says "the slot is done", an acquire load sees that and the slot.
 */
#include "../check.h"
#include <sched.h>
#include <stdatomic.h>
#include <sys/mman.h>

#define BUFFER_SIZE 10
#define ITEMS 2000

typedef struct {
	int number;
	int square;
} item;

struct ring {
	item buffer[BUFFER_SIZE];
	atomic_int in; /* written by the producer only */
	atomic_int out; /* written by the consumer only */
};

static void put(struct ring *ring, item next_produced)
{
	int in = atomic_load_explicit(&ring->in, memory_order_relaxed);
	int next = (in + 1) % BUFFER_SIZE;

	while (next == atomic_load_explicit(&ring->out, memory_order_acquire))
		sched_yield(); /* full */
	ring->buffer[in] = next_produced;
	atomic_store_explicit(&ring->in, next, memory_order_release);
}

static item take(struct ring *ring)
{
	int out = atomic_load_explicit(&ring->out, memory_order_relaxed);
	item next_consumed;

	while (out == atomic_load_explicit(&ring->in, memory_order_acquire))
		sched_yield(); /* empty */
	next_consumed = ring->buffer[out];
	atomic_store_explicit(&ring->out, (out + 1) % BUFFER_SIZE,
			      memory_order_release);
	return next_consumed;
}

int main(void)
{
	int right = 0, left;
	struct ring *ring;
	pid_t producer;

	ring = need_ptr(mmap(NULL, sizeof(*ring), PROT_READ | PROT_WRITE,
			     MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	producer = need(fork());
	if (!producer) {
		for (int i = 0; i < ITEMS; i++)
			put(ring, (item){ i, i * i });
		_exit(0);
	}
	for (int i = 0; i < ITEMS; i++) {
		item next_consumed = take(ring);

		right += next_consumed.number == i &&
			 next_consumed.square == i * i;
	}
	ended(producer);
	left = (ring->in - ring->out + BUFFER_SIZE) % BUFFER_SIZE;
	say("%d of %d items arrived whole and in order, %d left over", right,
	    ITEMS, left);
	check(right == ITEMS && left == 0, "S187 S304",
	      "with C11 atomics the ring hands over all items at -O2");
	return done();
}

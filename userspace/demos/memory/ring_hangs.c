// SPDX-License-Identifier: GPL-2.0-only
/*
 * ring_hangs: the same ring compiled with -O2: the consumer waits for ever.
 *
 * Notes: S187 (000:75), S304 (000:72)
 * Watch: a consumer waits at an empty ring until it has used some CPU time; the
 *        producer stores an item and moves "in"; the consumer is watched for
 *        200 ms more of its CPU time.
 * See:   it goes on looking at the "in" it read once, for nothing in its loop
 *        changes it, so the compiler read it before the loop. With atomic
 *        indexes (C11) it has to look each time, and finds the item.
 */
#include "../check.h"
#include "ring_printed.h"
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>

struct atomic_ring {
	item buffer[BUFFER_SIZE];
	atomic_int in;
	atomic_int out;
};

static struct region {
	struct shared wrong;
	struct atomic_ring right;
	atomic_int ready;
} * region;

static void consume_wrong(void)
{
	region->ready = 1;
	_exit(consumer(&region->wrong, 1) == 1 ? 0 : 1);
}

static void produce_wrong(void)
{
	producer(&region->wrong, 1);
}

static void consume_right(void)
{
	struct atomic_ring *s = &region->right;
	item next_consumed;

	region->ready = 1;
	while (s->in == s->out)
		; /* do nothing */
	next_consumed = s->buffer[s->out];
	s->out = (s->out + 1) % BUFFER_SIZE;
	_exit(consume(next_consumed, 1) ? 0 : 1);
}

static void produce_right(void)
{
	region->right.buffer[0] = produce(1);
	region->right.in = 1;
}

/* Waits until the child has used so much CPU time more, or has ended. */
static void let_run(pid_t child, long ms)
{
	struct timespec t;
	clockid_t clock;
	long now, end = 0;

	need0(clock_getcpuclockid(child, &clock));
	do {
		sleep_ms(1);
		need(clock_gettime(clock, &t));
		now = t.tv_sec * 1000 + t.tv_nsec / 1000000;
		end = end ? end : now + ms;
	} while (now < end && state_of(child) != 'Z');
}

/*
 * Returns the state of the consumer, some time after its item was there, or
 * when it has ended, if that is what it should do.
 */
static char try(void (*consume_one)(void), void (*produce_one)(void),
		int should_end, int *end)
{
	pid_t child;
	char state;

	region->ready = 0;
	child = need(fork());
	if (!child)
		consume_one();
	until(region->ready);
	let_run(child, 50); /* it is in the loop now */
	produce_one();
	if (should_end)
		until(state_of(child) == 'Z');
	else
		let_run(child, 200);
	state = state_of(child);
	need(kill(child, SIGKILL)); /* no matter if it has ended */
	*end = ended(child);
	return state;
}

int main(void)
{
	int end_wrong, end_right;
	char wrong, right;

	region = need_ptr(mmap(NULL, sizeof(*region), PROT_READ | PROT_WRITE,
			       MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	wrong = try(consume_wrong, produce_wrong, 0, &end_wrong);
	say("as printed: in %d, out %d; consumer in state %c, killed (%d)",
	    region->wrong.in, region->wrong.out, wrong, end_wrong);
	check(region->wrong.in == 1 && region->wrong.out == 0 && wrong == 'R' &&
		      end_wrong == 128 + SIGKILL,
	      "S187 S304",
	      "at -O2 the loop on a plain variable never sees the change");

	right = try(consume_right, produce_right, 1, &end_right);
	say("C11 atomics: in %d, out %d; consumer in state %c, ended with %d",
	    region->right.in, region->right.out, right, end_right);
	check(region->right.out == 1 && right == 'Z' && end_right == 0,
	      "S187 S304", "at -O2 the loop on an atomic variable ends");
	return done();
}

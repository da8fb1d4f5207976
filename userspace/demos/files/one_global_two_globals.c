// SPDX-License-Identifier: GPL-2.0-only
/*
 * one_global_two_globals: one variable carries one way, two carry both ways.
 *
 * Notes: S185 (002:21,41)
 * Watch: threads A and B write a letter each, then both read. Once they have
 *        one variable for both directions, once a variable for each.
 * See:   with one variable the later letter covers the earlier one, and its
 *        writer reads his own; with two each reads the other's. With two they
 *        also play ping-pong; the waiting is busy waiting.
 */
#include "../check.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#define ROUNDS 100

struct line {
	atomic_int *to_a, *to_b;
	char b_read;
};

static pthread_barrier_t both;

static void *thread_b(void *arg)
{
	struct line *line = arg;

	atomic_store(line->to_a, 'b');
	pthread_barrier_wait(&both);
	line->b_read = (char)atomic_load(line->to_b);
	pthread_barrier_wait(&both);
	return NULL;
}

/* A and B send at once: how many of the two letters arrive? */
static int exchange(atomic_int *to_a, atomic_int *to_b)
{
	struct line line = { .to_a = to_a, .to_b = to_b };
	pthread_t b;
	char a_read;

	need0(pthread_create(&b, NULL, thread_b, &line));
	atomic_store(to_b, 'a');
	pthread_barrier_wait(&both);
	a_read = (char)atomic_load(to_a);
	pthread_barrier_wait(&both);
	need0(pthread_join(b, NULL));
	say("A wrote 'a' and read '%c', B wrote 'b' and read '%c'", a_read,
	    line.b_read);
	return (a_read == 'b') + (line.b_read == 'a');
}

/* B sends each ball back as twice its number. */
static void *ponger(void *arg)
{
	struct line *line = arg;
	int ball = 0;

	for (int i = 1; i <= ROUNDS; i++) {
		while (atomic_load(line->to_b) == ball)
			sched_yield();
		ball = atomic_load(line->to_b);
		atomic_store(line->to_a, 2 * ball);
	}
	return NULL;
}

int main(void)
{
	static atomic_int one, first, second;
	struct line line = { .to_a = &first, .to_b = &second };
	int arrived, ball = 0, sum = 0;
	pthread_t b;

	need0(pthread_barrier_init(&both, NULL, 2));
	say("one variable for both:");
	arrived = exchange(&one, &one);
	check(arrived == 1, "S185",
	      "through one variable only one of two letters arrives");
	say("a variable for each way:");
	arrived = exchange(&first, &second);
	check(arrived == 2, "S185", "through two variables both arrive");

	atomic_store(&first, 0);
	atomic_store(&second, 0);
	need0(pthread_create(&b, NULL, ponger, &line));
	for (int i = 1; i <= ROUNDS; i++) {
		atomic_store(&second, i);
		while (atomic_load(&first) == ball)
			sched_yield();
		ball = atomic_load(&first);
		sum += ball;
	}
	need0(pthread_join(b, NULL));
	say("ping-pong: %d balls there and back; their sum is %d", ROUNDS, sum);
	check(sum == ROUNDS * (ROUNDS + 1), "S185",
	      "ping-pong with two variables: each ball comes back doubled");
	need0(pthread_barrier_destroy(&both));
	return done();
}

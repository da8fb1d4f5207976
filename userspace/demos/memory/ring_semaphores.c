// SPDX-License-Identifier: GPL-2.0-only
/*
 * ring_semaphores: the bounded buffer whose waiters sleep.
 *
 * Notes: S304 (000:60), S136 (001:152)
 * Watch: two semaphores count the free and the used slots of ten. The producer
 *        finds the buffer full, then the consumer finds it empty; beside it
 *        another one waits as in the notes: busy waiting.
 * See:   both sleep in the kernel while they wait. Busy waiting uses 200 ms of
 *        CPU for nothing in the time in which the sleeper uses none.
 */
#include "../check.h"
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#define BUFFER_SIZE 10
#define ITEMS 1000

static struct ring {
	sem_t free_slots, used_slots;
	int buffer[BUFFER_SIZE];
	int in, out;
	atomic_int put; /* only for watching */
	atomic_int nothing;
} * ring;

static void put(int number)
{
	need(sem_wait(&ring->free_slots));
	ring->buffer[ring->in] = number;
	ring->in = (ring->in + 1) % BUFFER_SIZE;
	ring->put++;
	need(sem_post(&ring->used_slots));
}

static int take(void)
{
	int number;

	need(sem_wait(&ring->used_slots));
	number = ring->buffer[ring->out];
	ring->out = (ring->out + 1) % BUFFER_SIZE;
	need(sem_post(&ring->free_slots));
	return number;
}

static void produce_all(void)
{
	for (int i = 0; i < ITEMS; i++)
		put(i);
	_exit(0);
}

static void sleep_for_item(void)
{
	_exit(take() == 7 ? 0 : 1);
}

static void spin_for_item(void)
{
	while (!ring->nothing)
		; /* do nothing */
	_exit(0);
}

static pid_t start(void (*function)(void))
{
	pid_t child = need(fork());

	if (!child)
		function();
	return child;
}

static double cpu_ms(pid_t pid)
{
	struct timespec t;
	clockid_t clock;

	need0(clock_getcpuclockid(pid, &clock));
	need(clock_gettime(clock, &t));
	return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

int main(void)
{
	int put_alone, right = 0, end;
	pid_t producer, sleeper, spinner;
	double slept, spun;

	ring = need_ptr(mmap(NULL, sizeof(*ring), PROT_READ | PROT_WRITE,
			     MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	need(sem_init(&ring->free_slots, 1, BUFFER_SIZE));
	need(sem_init(&ring->used_slots, 1, 0));

	producer = start(produce_all);
	until(state_of(producer) == 'Z' || asleep_in(producer, SYS_futex));
	put_alone = ring->put;
	say("producer alone: %d items put, then it sleeps", put_alone);
	for (int i = 0; i < ITEMS; i++)
		right += take() == i;
	ended(producer);
	say("with a consumer: %d of %d items in order", right, ITEMS);
	check(put_alone == BUFFER_SIZE && right == ITEMS, "S136 S304",
	      "with semaphores all slots are used, and who finds it full sleeps");

	sleeper = start(sleep_for_item);
	until(asleep_in(sleeper, SYS_futex));
	slept = cpu_ms(sleeper);
	spinner = start(spin_for_item);
	until(cpu_ms(spinner) >= 200);
	spun = cpu_ms(spinner);
	slept = cpu_ms(sleeper) - slept;
	say("CPU time of waiting: %.1f ms busy, %.1f ms at the semaphore", spun,
	    slept);
	check(spun >= 200 && slept * 10 < spun, "S304",
	      "busy waiting costs CPU time, waiting at a semaphore does not");
	put(7);
	end = ended(sleeper);
	check(end == 0, "S136", "an item wakes the consumer that slept");
	need(kill(spinner, SIGKILL));
	ended(spinner);
	return done();
}

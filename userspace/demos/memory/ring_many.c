// SPDX-License-Identifier: GPL-2.0-only
/*
 * ring_many: many producers and consumers, with a mutex and two semaphores.
 *
 * Notes: S62 (004:26), S304 (000:57)
 * Watch: the same trap as in ring_two_producers: A is stopped between storing
 *        its item and moving "in". Then 4 producers and 4 consumers pass 4000
 *        items.
 * See:   B sleeps at the mutex until A has moved on. Each item arrives once.
 */
#include "../check.h"
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#define BUFFER_SIZE 10
#define WORKERS 4
#define ITEMS 1000 /* of each producer */

static struct ring {
	pthread_mutex_t mutex; /* one at a time moves an index */
	sem_t free_slots, used_slots; /* wait while full, while empty */
	int buffer[BUFFER_SIZE];
	int in, out;
	atomic_int arrived[WORKERS * ITEMS];
} * ring;

static void put(int number, int stop_between)
{
	need(sem_wait(&ring->free_slots));
	need0(pthread_mutex_lock(&ring->mutex));
	ring->buffer[ring->in] = number;
	if (stop_between)
		raise(SIGSTOP);
	ring->in = (ring->in + 1) % BUFFER_SIZE;
	need0(pthread_mutex_unlock(&ring->mutex));
	need(sem_post(&ring->used_slots));
}

static int take(void)
{
	int number;

	need(sem_wait(&ring->used_slots));
	need0(pthread_mutex_lock(&ring->mutex));
	number = ring->buffer[ring->out];
	ring->out = (ring->out + 1) % BUFFER_SIZE;
	need0(pthread_mutex_unlock(&ring->mutex));
	need(sem_post(&ring->free_slots));
	return number;
}

static pid_t start_producer(int first, int n, int stop_between)
{
	pid_t child = need(fork());

	if (child)
		return child;
	for (int i = 0; i < n; i++)
		put(first + i, stop_between);
	_exit(0);
}

static pid_t start_consumer(void)
{
	pid_t child = need(fork());

	if (child)
		return child;
	for (int i = 0; i < ITEMS; i++)
		ring->arrived[take()]++;
	_exit(0);
}

int main(void)
{
	int b_slept, got[3], once = 0, status;
	pid_t a, b, worker[2 * WORKERS];
	pthread_mutexattr_t attr;

	ring = need_ptr(mmap(NULL, sizeof(*ring), PROT_READ | PROT_WRITE,
			     MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	need0(pthread_mutexattr_init(&attr));
	need0(pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED));
	need0(pthread_mutex_init(&ring->mutex, &attr));
	need(sem_init(&ring->free_slots, 1, BUFFER_SIZE));
	need(sem_init(&ring->used_slots, 1, 0));

	a = start_producer(1, 1, 1);
	need(waitpid(a, &status, WUNTRACED));
	b = start_producer(2, 2, 0);
	until(state_of(b) == 'Z' || asleep_in(b, SYS_futex));
	b_slept = asleep_in(b, SYS_futex);
	need(kill(a, SIGCONT));
	ended(a);
	ended(b);
	for (int i = 0; i < 3; i++)
		got[i] = take();
	say("B slept while A was stopped: %s; got %d %d %d",
	    b_slept ? "yes" : "no", got[0], got[1], got[2]);
	check(b_slept && got[0] == 1 && got[1] == 2 && got[2] == 3, "S62 S304",
	      "with a mutex, storing and moving on are one step");

	for (int i = 0; i < WORKERS; i++) {
		worker[i] = start_producer(i * ITEMS, ITEMS, 0);
		worker[WORKERS + i] = start_consumer();
	}
	for (int i = 0; i < 2 * WORKERS; i++)
		ended(worker[i]);
	for (int i = 0; i < WORKERS * ITEMS; i++)
		once += ring->arrived[i] == 1;
	say("%d producers, %d consumers: %d of %d items arrived once", WORKERS,
	    WORKERS, once, WORKERS * ITEMS);
	check(once == WORKERS * ITEMS, "S62",
	      "many producers and consumers: no item is lost or doubled");
	return done();
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * shm_torn: who reads while another writes sees half of it, unless both lock.
 *
 * Notes: S136 (001:88)
 * Watch: a writer stores the two halves of a record; a reader comes in
 *        between, twenty times: without a lock, with a mutex that processes
 *        may share, with a semaphore.
 * See:   without a lock every read is torn; with either lock the reader sleeps
 *        until the record is whole.
 */
#include "../check.h"
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#define ROUNDS 20

enum kind { NO_LOCK, MUTEX, SEMAPHORE };

struct region {
	pthread_mutex_t mutex;
	sem_t semaphore;
	volatile int first, second; /* the record: both are always equal */
	atomic_int looked, torn;
};

static void lock(struct region *region, enum kind kind)
{
	if (kind == MUTEX)
		need0(pthread_mutex_lock(&region->mutex));
	if (kind == SEMAPHORE)
		need(sem_wait(&region->semaphore));
}

static void unlock(struct region *region, enum kind kind)
{
	if (kind == MUTEX)
		need0(pthread_mutex_unlock(&region->mutex));
	if (kind == SEMAPHORE)
		need(sem_post(&region->semaphore));
}

static void reader(struct region *region, enum kind kind, int start)
{
	char byte;

	while (read(start, &byte, 1) == 1) {
		lock(region, kind);
		if (region->first != region->second)
			region->torn++;
		unlock(region, kind);
		region->looked++;
	}
	_exit(0);
}

static int count_torn(struct region *region, enum kind kind)
{
	int start[2];
	pid_t child;

	region->looked = region->torn = 0;
	need(pipe(start));
	child = need(fork());
	if (!child) {
		close(start[1]);
		reader(region, kind, start[0]);
	}
	close(start[0]);
	for (int i = 1; i <= ROUNDS; i++) {
		lock(region, kind);
		region->first = i;
		/* Let the reader come in now: it looks, or sleeps. */
		need(write(start[1], "", 1));
		until(region->looked == i || asleep_in(child, SYS_futex));
		region->second = i;
		unlock(region, kind);
		until(region->looked == i);
	}
	close(start[1]);
	ended(child);
	return region->torn;
}

int main(void)
{
	struct region *region;
	pthread_mutexattr_t attr;
	int without, mutex, semaphore;

	region = need_ptr(mmap(NULL, sizeof(*region), PROT_READ | PROT_WRITE,
			       MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	need0(pthread_mutexattr_init(&attr));
	need0(pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED));
	need0(pthread_mutex_init(&region->mutex, &attr));
	need(sem_init(&region->semaphore, 1, 1));

	without = count_torn(region, NO_LOCK);
	mutex = count_torn(region, MUTEX);
	semaphore = count_torn(region, SEMAPHORE);
	say("torn reads of %d: no lock %d, mutex %d, semaphore %d", ROUNDS,
	    without, mutex, semaphore);
	check(without == ROUNDS, "S136",
	      "without a lock the reader sees half a record");
	check(mutex == 0, "S136", "with a process-shared mutex it never does");
	check(semaphore == 0, "S136", "nor with a semaphore");
	return done();
}

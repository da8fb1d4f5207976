// SPDX-License-Identifier: GPL-2.0-only
/*
 * lock_without_alarm: mutual exclusion does not tell that data has arrived.
 *
 * Notes: S188 (002:28-29,85)
 * Watch: a box and a receiver. First the box has a lock and nothing else,
 *        then also an alarm (an eventfd) that the sender rings.
 * See:   the lock is free, so the receiver gets it at once and finds the box
 *        empty, again and again. With the alarm it sleeps and looks once.
 *        The other half of the story is alarm_without_lock.
 */
#include "../check.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int box; /* 0 is empty; only under the lock */
static int alarm_fd = -1; /* -1: no alarm */
static atomic_int empty, receiver_tid;

static int take_out(void)
{
	int found;

	pthread_mutex_lock(&lock);
	found = box;
	box = 0;
	pthread_mutex_unlock(&lock);
	return found;
}

static void *receiver(void *got)
{
	uint64_t rings;

	atomic_store(&receiver_tid, gettid());
	if (alarm_fd >= 0)
		need(read(alarm_fd, &rings, sizeof(rings)));
	while (!(*(int *)got = take_out()))
		atomic_fetch_add(&empty, 1);
	return NULL;
}

static void send(int what)
{
	pthread_mutex_lock(&lock);
	box = what;
	pthread_mutex_unlock(&lock);
	if (alarm_fd >= 0)
		need(write(alarm_fd, &(uint64_t){ 1 }, sizeof(uint64_t)));
}

int main(void)
{
	int got, in_vain;
	pthread_t thread;

	need0(pthread_create(&thread, NULL, receiver, &got));
	until(atomic_load(&empty) >= 100);
	in_vain = atomic_load(&empty);
	send(42);
	need0(pthread_join(thread, NULL));
	say("a lock alone: the receiver took it %d times, the box was empty",
	    in_vain);
	check(got == 42 && in_vain >= 100, "S188",
	      "a lock keeps nobody waiting for data that is not there yet");

	atomic_store(&empty, 0);
	atomic_store(&receiver_tid, 0);
	alarm_fd = need(eventfd(0, 0));
	need0(pthread_create(&thread, NULL, receiver, &got));
	until(asleep_in(atomic_load(&receiver_tid), SYS_read) ||
	      atomic_load(&empty) >= 100);
	send(43);
	need0(pthread_join(thread, NULL));
	say("with an alarm: the box was empty %d times", atomic_load(&empty));
	check(got == 43 && atomic_load(&empty) == 0, "S188",
	      "notification: the receiver sleeps and looks when there is data");
	close(alarm_fd);
	return done();
}

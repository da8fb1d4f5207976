// SPDX-License-Identifier: GPL-2.0-only
/*
 * alarm_without_lock: a notification does not protect what two processes share.
 *
 * Notes: S188 (002:28-29,85)
 * Watch: two threads add 1 to a counter each. An alarm (an eventfd) tells the
 *        second to start while the first is between reading and writing.
 *        First without a lock, then with one.
 * See:   every alarm arrives, and yet 0 + 1 + 1 = 1: an update is lost. With
 *        the lock the second sleeps until the first has written.
 *        The other half of the story is lock_without_alarm.
 */
#include "../check.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int use_lock, start_second;
static volatile int counter;
static atomic_int alarms, second_tid, second_done;

static void enter(void)
{
	if (use_lock)
		pthread_mutex_lock(&lock);
}

static void leave(void)
{
	if (use_lock)
		pthread_mutex_unlock(&lock);
}

static void *first(void *unused)
{
	int seen;

	enter();
	seen = counter;
	need(write(start_second, &(uint64_t){ 1 }, sizeof(uint64_t)));
	/* Chance could let the second run here as well; we make it. */
	until(atomic_load(&second_done) ||
	      asleep_in(atomic_load(&second_tid), SYS_futex));
	counter = seen + 1;
	leave();
	return unused;
}

static void *second(void *unused)
{
	uint64_t rings;

	atomic_store(&second_tid, gettid());
	need(read(start_second, &rings, sizeof(rings)));
	atomic_fetch_add(&alarms, (int)rings);
	enter();
	counter = counter + 1;
	leave();
	atomic_store(&second_done, 1);
	return unused;
}

static int both_add_one(void)
{
	pthread_t thread[2];

	counter = 0;
	atomic_store(&alarms, 0);
	atomic_store(&second_tid, 0);
	atomic_store(&second_done, 0);
	start_second = need(eventfd(0, 0));
	need0(pthread_create(&thread[1], NULL, second, NULL));
	need0(pthread_create(&thread[0], NULL, first, NULL));
	need0(pthread_join(thread[0], NULL));
	need0(pthread_join(thread[1], NULL));
	close(start_second);
	say("%s lock: %d alarm rang, the counter is %d",
	    use_lock ? "with a" : "without", atomic_load(&alarms), counter);
	return counter;
}

int main(void)
{
	int sum;

	use_lock = 0;
	sum = both_add_one();
	check(atomic_load(&alarms) == 1 && sum == 1, "S188",
	      "WRONG: the alarm was heard, and an update is lost all the same");
	use_lock = 1;
	sum = both_add_one();
	check(atomic_load(&alarms) == 1 && sum == 2, "S188",
	      "mutual exclusion: with a lock no update is lost");
	return done();
}

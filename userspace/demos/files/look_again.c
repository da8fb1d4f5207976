// SPDX-License-Identifier: GPL-2.0-only
/*
 * look_again: who waits for a global variable has to look again and again.
 *
 * Notes: S186 (002:26-27)
 * Watch: a receiver looks into a global variable: once; in a loop; and with
 *        a condition variable, which the sender signals.
 * See:   one look is too early. The loop finds the value after thousands of
 *        looks (how many is chance). Told by the sender, it looks twice.
 */
#include "../check.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/syscall.h>

static atomic_int data, looks, receiver_tid;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t has_come = PTHREAD_COND_INITIALIZER;

static int look(void)
{
	atomic_fetch_add(&looks, 1);
	return atomic_load(&data);
}

static void *look_once(void *got)
{
	*(int *)got = look();
	return NULL;
}

static void *look_in_loop(void *got)
{
	while (!(*(int *)got = look()))
		;
	return NULL;
}

static void *wait_to_be_told(void *got)
{
	atomic_store(&receiver_tid, gettid());
	pthread_mutex_lock(&lock);
	while (!(*(int *)got = look()))
		pthread_cond_wait(&has_come, &lock);
	pthread_mutex_unlock(&lock);
	return NULL;
}

static pthread_t start(void *(*receiver)(void *), int *got)
{
	pthread_t thread;

	atomic_store(&data, 0);
	atomic_store(&looks, 0);
	need0(pthread_create(&thread, NULL, receiver, got));
	return thread;
}

int main(void)
{
	int got, in_vain;
	pthread_t thread;

	thread = start(look_once, &got);
	need0(pthread_join(thread, NULL));
	atomic_store(&data, 42);
	say("one look: got %d; then the sender sent %d", got,
	    atomic_load(&data));
	check(got == 0 && atomic_load(&data) == 42, "S186",
	      "the receiver cannot know when: one look has been too early");

	thread = start(look_in_loop, &got);
	until(atomic_load(&looks) > 1000); /* the sender is busy elsewhere */
	in_vain = atomic_load(&looks);
	atomic_store(&data, 42);
	need0(pthread_join(thread, NULL));
	say("a loop:   got %d after %d looks", got, atomic_load(&looks));
	check(got == 42 && in_vain > 1000 && atomic_load(&looks) >= in_vain,
	      "S186", "a loop finds it after many looks in vain");

	thread = start(wait_to_be_told, &got);
	until(asleep_in(atomic_load(&receiver_tid), SYS_futex) ||
	      atomic_load(&looks) > 1000);
	pthread_mutex_lock(&lock);
	atomic_store(&data, 42);
	pthread_cond_signal(&has_come);
	pthread_mutex_unlock(&lock);
	need0(pthread_join(thread, NULL));
	say("told:     got %d after %d looks, asleep in between", got,
	    atomic_load(&looks));
	check(got == 42 && atomic_load(&looks) < 10, "S186",
	      "a receiver that is told sleeps instead of looking again and again");
	return done();
}

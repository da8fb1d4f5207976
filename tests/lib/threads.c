// SPDX-License-Identifier: GPL-2.0-only
/*
 * Many threads on one handle of libmbox: what is sent is received once, and
 * making and closing mailboxes side by side loses nothing.
 *
 * Locking: none but the library's own promise to need none.  Run by the vm
 * tier.
 */
#include "lib.h"

#include <pthread.h>

#define THREADS 4
#define EACH 2000

static struct mbox *shared;
static unsigned char seen[THREADS * EACH];
static unsigned int failures;

static void *send_many(void *arg)
{
	unsigned int first = (unsigned int)(uintptr_t)arg * EACH;

	for (unsigned int i = first; i < first + EACH; i++) {
		if (mbox_send(shared, &i, sizeof(i)))
			__atomic_add_fetch(&failures, 1, __ATOMIC_RELAXED);
	}
	return NULL;
}

static void *recv_many(void *arg)
{
	unsigned int number;

	(void)arg;
	for (int i = 0; i < EACH; i++) {
		if (mbox_recv(shared, &number, sizeof(number)) !=
			    sizeof(number) ||
		    number >= THREADS * EACH ||
		    __atomic_add_fetch(&seen[number], 1, __ATOMIC_RELAXED) != 1)
			__atomic_add_fetch(&failures, 1, __ATOMIC_RELAXED);
	}
	return NULL;
}

TEST_FOR(threads_share_one_handle, "C18.1", 60)
{
	pthread_t threads[2 * THREADS];

	shared = lib_new(NULL);
	for (uintptr_t i = 0; i < THREADS; i++) {
		ASSERT_EQ(pthread_create(&threads[i], NULL, send_many,
					 (void *)i),
			  0);
		ASSERT_EQ(pthread_create(&threads[THREADS + i], NULL, recv_many,
					 NULL),
			  0);
	}
	for (int i = 0; i < 2 * THREADS; i++)
		ASSERT_EQ(pthread_join(threads[i], NULL), 0);
	EXPECT_EQ(failures, 0);
	for (int i = 0; i < THREADS * EACH; i++) {
		if (seen[i] != 1)
			FAIL("message %d was received %d times", i, seen[i]);
	}
	EXPECT_EQ(lib_status(shared).sent, THREADS * EACH);
	EXPECT_EQ(lib_status(shared).received, THREADS * EACH);
	mbox_close(shared);
}

static void *make_many(void *arg)
{
	char name[32], byte;

	for (int i = 0; i < 100; i++) {
		struct mbox *mb, *copy;

		snprintf(name, sizeof(name), "made-%lu-%d",
			 (unsigned long)(uintptr_t)arg, i);
		mb = mbox_create(name, ALL | MBOX_EXCL, 0600, NULL);
		copy = mbox_open(name, MBOX_SEND);
		if (!mb || !copy || mbox_send(copy, "x", 1) ||
		    mbox_recv(mb, &byte, 1) != 1)
			__atomic_add_fetch(&failures, 1, __ATOMIC_RELAXED);
		mbox_close(copy);
		mbox_close(mb);
	}
	return NULL;
}

static void *list_many(void *arg)
{
	struct mbox_name_entry entry;

	for (int i = 0; i < 100; i++) {
		struct mbox_listing *listing = mbox_list_open();
		int ret, found = 0;

		/* default is there all the time. */
		while ((ret = mbox_list_next(listing, &entry)) == 1)
			found += !strcmp(entry.name, "default");
		if (ret || found != 1)
			__atomic_add_fetch(&failures, 1, __ATOMIC_RELAXED);
		mbox_list_close(listing);
	}
	return arg;
}

TEST_FOR(threads_make_list_and_close_side_by_side, "", 60)
{
	pthread_t threads[2 * THREADS];

	for (uintptr_t i = 0; i < THREADS; i++) {
		ASSERT_EQ(pthread_create(&threads[i], NULL, make_many,
					 (void *)i),
			  0);
		ASSERT_EQ(pthread_create(&threads[THREADS + i], NULL, list_many,
					 NULL),
			  0);
	}
	for (int i = 0; i < 2 * THREADS; i++)
		ASSERT_EQ(pthread_join(threads[i], NULL), 0);
	EXPECT_EQ(failures, 0);
}

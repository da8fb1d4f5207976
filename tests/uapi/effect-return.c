// SPDX-License-Identifier: GPL-2.0-only
/*
 * effect-return.c: many messages that return at once find their places, and
 * none of them is searched for.
 *
 * Owns: claims of C11.5, part of the program uapi-effect.  Takes no locks;
 * run by the guest runner.
 */
#include "trap.h"

#include <pthread.h>

enum { TAKEN = 96, STAY = 12, LEVELS = 3 };

struct taker {
	pthread_t thread;
	struct trap trap;
	int fd;
	int ret, err;
};

static void *take(void *arg)
{
	struct taker *t = arg;
	struct mbox_recv r;

	t->ret = do_recv(t->fd, &r, t->trap.page, page_size());
	t->err = t->ret < 0 ? errno : 0;
	return NULL;
}

/*
 * Sends the messages: their tags are the order in which they will be
 * received, were nothing ever taken.
 */
static void send_all(int fd, int n, int levels)
{
	int i;

	for (i = 0; i < n; i++) {
		int level = i % levels;

		ASSERT_OK(do_send(
			fd, "m", 1, .priority = (__u32)level * 7,
			.tag = (__u64)((levels - 1 - level) * (n / levels) +
				       i / levels)));
	}
}

static void many_return(int step, int levels)
{
	static struct taker takers[TAKEN];
	int fd = box_new(.capacity = MBOX_CAPACITY_UNBOUNDED), i, n;
	struct mbox_stat before, now;
	pthread_attr_t attr;
	struct mbox_recv r;
	char c;

	ASSERT_EQ(pthread_attr_init(&attr), 0);
	ASSERT_EQ(pthread_attr_setstacksize(&attr, 65536), 0);
	send_all(fd, TAKEN + STAY, levels);
	/* Each of the first ones is stopped on its way into user memory. */
	for (i = 0; i < TAKEN; i++) {
		struct taker *t = &takers[i];

		t->fd = fd;
		trap_set(&t->trap);
		ASSERT_EQ(pthread_create(&t->thread, &attr, take, t), 0);
		trap_wait(&t->trap);
	}
	before = stat_of(fd);
	EXPECT_EQ(before.messages, TAKEN + STAY);
	for (i = 0, n = 0; i < TAKEN; i++, n = (n + step) % TAKEN) {
		struct taker *t = &takers[n];

		trap_take(&t->trap);
		ASSERT_EQ(pthread_join(t->thread, NULL), 0);
		EXPECT_EQ(t->ret, -1);
		EXPECT_EQ(t->err, EFAULT);
		close(t->trap.uffd);
	}
	now = stat_of(fd);
	EXPECT_EQ(now.messages, TAKEN + STAY);
	EXPECT_EQ(now.received, 0);
	/* Were each to pass the others one by one, it would be many times that. */
	EXPECT_LE(now.search_steps - before.search_steps, TAKEN);
	for (i = 0; i < TAKEN + STAY; i++) {
		ASSERT_OK(do_recv(fd, &r, &c, 1, .flags = MBOX_NOWAIT));
		ASSERT_EQ(r.tag, i);
	}
	expect_empty(fd);
	EXPECT_LE(stat_of(fd).search_steps - before.search_steps, TAKEN);
	close(fd);
}

TEST(many_messages_that_return_oldest_first_are_not_searched_for, "C11.5 C9.2")
{
	many_return(1, 1);
}

TEST(many_messages_that_return_in_disorder_are_in_order_again, "C11.5 C9.2")
{
	/* Backwards, and back and forth: both steps reach all of them. */
	many_return(TAKEN - 1, 1);
	many_return(37, 1);
}

TEST(many_messages_of_several_priorities_return_in_order, "C11.5 C9.1 C9.2")
{
	many_return(1, LEVELS);
	many_return(TAKEN - 1, LEVELS);
	many_return(37, LEVELS);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * pairs.c: each verb beside each other verb, on two processors, at one mailbox.
 *
 * Owns: the proof that no two verbs touch the same memory without a lock or an
 * atomic operation. It is KCSAN that sees it, so this runs in the race kernel;
 * what the verbs return is looked at elsewhere. Two threads; what they share
 * is three mailboxes, and two counters that are changed with atomic operations.
 *
 * opts: module=prod timeout=300 kernels=race
 */
#include "pairs.h"
#include "../uapi/fan.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>

/* How often each does its part; who is done goes on until both are. */
enum { TIMES = 1000 };

/* -- Two at a time ------------------------------------------------------------ */

struct side {
	void (*act)(int fd);
	int fd;
	int cpu;
	unsigned int *done; /* how many of the two are */
};

static void *play(void *arg)
{
	struct side *side = arg;
	cpu_set_t cpu;
	int i;

	CPU_ZERO(&cpu);
	CPU_SET(side->cpu, &cpu);
	sched_setaffinity(0, sizeof(cpu), &cpu);
	for (i = 0; i < TIMES; i++)
		side->act(side->fd);
	__atomic_add_fetch(side->done, 1, __ATOMIC_SEQ_CST);
	while (__atomic_load_n(side->done, __ATOMIC_SEQ_CST) < 2)
		side->act(side->fd);
	return NULL;
}

static void beside(int fd, unsigned int a, unsigned int b)
{
	unsigned int done = 0;
	struct side side[2] = {
		{ pair_verbs[a].act, fd, 0, &done },
		{ pair_verbs[b].act, fd, 1, &done },
	};
	pthread_t thread[2];
	int i;

	for (i = 0; i < 2; i++)
		ASSERT_EQ(pthread_create(&thread[i], NULL, play, &side[i]), 0);
	for (i = 0; i < 2; i++)
		ASSERT_EQ(pthread_join(thread[i], NULL), 0);
}

/* With itself and those before it: so each two are beside each other once. */
static void beside_others(const char *name)
{
	int fd = box_named("pair", .max_messages = 4, .attrs = MBOX_ATTR_TIMES);
	unsigned int a, b;

	pair_fan = fan_new(.max_messages = 4, NEWEST);
	pair_passes = box_new(.attrs = MBOX_ATTR_FDS);
	pair_sender = ASSERT_OK(do_copy(fd, R_SEND));
	ASSERT_OK(fcntl(fd, F_SETFL, O_NONBLOCK));
	for (a = 0; a < pair_verbs_n && strcmp(pair_verbs[a].name, name); a++)
		;
	ASSERT_LT(a, pair_verbs_n);
	for (b = 0; b <= a; b++)
		beside(fd, a, b);
	EXPECT_EQ(stat_of(fd).senders_waiting, 0);
	EXPECT_EQ(stat_of(fd).receivers_waiting, 0);
}

TEST_FOR(send_races_with_nothing, "C36.1", 60)
{
	beside_others("send");
}

TEST_FOR(sync_races_with_nothing, "C36.1", 60)
{
	beside_others("sync");
}

TEST_FOR(write_races_with_nothing, "C36.1", 60)
{
	beside_others("write");
}

TEST_FOR(recv_races_with_nothing, "C36.1", 60)
{
	beside_others("recv");
}

TEST_FOR(wait_races_with_nothing, "C36.1", 60)
{
	beside_others("wait");
}

TEST_FOR(read_races_with_nothing, "C36.1", 60)
{
	beside_others("read");
}

TEST_FOR(choose_races_with_nothing, "C36.1", 60)
{
	beside_others("choose");
}

TEST_FOR(filter_races_with_nothing, "C36.1", 60)
{
	beside_others("filter");
}

TEST_FOR(poll_races_with_nothing, "C36.1", 60)
{
	beside_others("poll");
}

TEST_FOR(stat_races_with_nothing, "C36.1", 60)
{
	beside_others("stat");
}

TEST_FOR(fdinfo_races_with_nothing, "C36.1", 60)
{
	beside_others("fdinfo");
}

TEST_FOR(list_races_with_nothing, "C36.1", 60)
{
	beside_others("list");
}

TEST_FOR(info_races_with_nothing, "C36.1", 60)
{
	beside_others("info");
}

TEST_FOR(copy_races_with_nothing, "C36.1", 60)
{
	beside_others("copy");
}

TEST_FOR(open_races_with_nothing, "C36.1", 60)
{
	beside_others("open");
}

TEST_FOR(default_races_with_nothing, "C36.1", 60)
{
	beside_others("default");
}

TEST_FOR(destroy_races_with_nothing, "C36.1", 60)
{
	beside_others("destroy");
}

TEST_FOR(unlink_races_with_nothing, "C36.1", 60)
{
	beside_others("unlink");
}

TEST_FOR(limit_races_with_nothing, "C36.1", 60)
{
	beside_others("limit");
}

TEST_FOR(peek_races_with_nothing, "C36.1", 60)
{
	beside_others("peek");
}

TEST_FOR(flush_races_with_nothing, "C36.1", 60)
{
	beside_others("flush");
}

TEST_FOR(sendv_races_with_nothing, "C36.1", 60)
{
	beside_others("sendv");
}

TEST_FOR(recvv_races_with_nothing, "C36.1", 60)
{
	beside_others("recvv");
}

TEST_FOR(call_races_with_nothing, "C36.1", 60)
{
	beside_others("call");
}

TEST_FOR(reply_races_with_nothing, "C36.1", 60)
{
	beside_others("reply");
}

TEST_FOR(notify_races_with_nothing, "C36.1", 60)
{
	beside_others("notify");
}

TEST_FOR(async_races_with_nothing, "C36.1", 60)
{
	beside_others("async");
}

TEST_FOR(send_to_races_with_nothing, "C36.1", 60)
{
	beside_others("send_to");
}

TEST_FOR(recv_from_races_with_nothing, "C36.1", 60)
{
	beside_others("recv_from");
}

TEST_FOR(links_races_with_nothing, "C36.1", 60)
{
	beside_others("links");
}

TEST_FOR(publish_races_with_nothing, "C36.1", 60)
{
	beside_others("publish");
}

TEST_FOR(subscribe_races_with_nothing, "C36.1", 60)
{
	beside_others("subscribe");
}

TEST_FOR(pass_races_with_nothing, "C36.1", 60)
{
	beside_others("pass");
}

TEST_FOR(flags_race_with_nothing, "C36.1", 60)
{
	beside_others("flags");
}

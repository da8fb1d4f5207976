// SPDX-License-Identifier: GPL-2.0-only
/*
 * pairs.c: each verb beside each other verb, on two processors, at one mailbox.
 *
 * Owns: the proof that no two verbs touch the same memory without a lock or an
 * atomic operation. It is KCSAN that sees it, so this runs in the race kernel;
 * what the verbs return is looked at elsewhere. Two threads; what they share
 * is a mailbox, and two counters that are changed with atomic operations.
 *
 * opts: module=prod timeout=300 kernels=race
 */
#include "../uapi/box.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>

/* How often each does its part; who is done goes on until both are. */
enum { TIMES = 1500 };

static uint64_t soon(void)
{
	return (uint64_t)mbt_now() + 100000;
}

/* -- The verbs, each of which leaves as many handles as there were ----------- */

static int try_send(int fd)
{
	return do_send(fd, "one", 3, .flags = MBOX_NOWAIT);
}

static int try_receive(int fd)
{
	struct mbox_recv r;
	char buf[8];

	return do_recv(fd, &r, buf, sizeof(buf), .flags = MBOX_NOWAIT);
}

/* Full and empty mailboxes change nothing: make it the other one's turn. */
static void send_one(int fd)
{
	if (try_send(fd))
		try_receive(fd);
}

static void receive_one(int fd)
{
	if (try_receive(fd))
		try_send(fd);
}

static void write_one(int fd)
{
	if (write(fd, "one", 3) < 0)
		try_receive(fd);
}

static void read_one(int fd)
{
	char buf[8];

	if (read(fd, buf, sizeof(buf)) < 0)
		try_send(fd);
}

static void send_and_wait(int fd)
{
	do_send(fd, "one", 3, .flags = MBOX_SYNC, .deadline = soon());
}

static void wait_for_one(int fd)
{
	struct mbox_recv r;
	char buf[8];

	do_recv(fd, &r, buf, sizeof(buf), .deadline = soon());
}

static void poll_it(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLL_ALL };

	poll(&p, 1, 0);
}

static void look_at_it(int fd)
{
	struct mbox_waiter waiters[2];
	struct mbox_stat st = { .size = sizeof(st),
				.waiters = PTR(waiters),
				.nwaiters = 2 };

	box_ioctl(fd, MBOX_IOC_STAT, &st);
}

static void look_at_the_handle(int fd)
{
	char path[64], text[512];

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	mbt_read_file(path, text, sizeof(text));
}

static void list_names(int fd)
{
	struct mbox_list_entry entries[4];
	struct mbox_list list = { .size = sizeof(list),
				  .entries = PTR(entries),
				  .entry_size = sizeof(entries[0]),
				  .count = 4 };

	box_ioctl(fd, MBOX_IOC_LIST, &list);
}

static void ask_what_is_used(int fd)
{
	struct mbox_info info;

	do_info(fd, &info);
}

static void copy_the_handle(int fd)
{
	int copy = do_copy(fd, R_SEND);

	if (copy >= 0)
		close(copy);
}

static void open_it(int fd)
{
	int other = box_open_at(fd, .rights = R_ALL, NAMED("pair"));

	if (other >= 0)
		close(other);
}

static void open_default(int fd)
{
	int plain = open(DEV, O_RDWR | O_NONBLOCK | O_CLOEXEC);

	(void)fd;
	if (plain < 0)
		return;
	write_one(plain);
	read_one(plain);
	close(plain);
}

static void create_and_destroy(int fd)
{
	int other = box_open_at(fd, .flags = MBOX_OPEN_CREATE, .rights = R_ALL,
				.mode = 0600, NAMED("comes-and-goes"));

	if (other < 0)
		return;
	send_one(other);
	do_destroy(other);
	close(other);
}

static void create_and_unlink(int fd)
{
	int other = box_open_at(fd, .flags = MBOX_OPEN_CREATE, .rights = R_ALL,
				.mode = 0600, NAMED("comes-and-goes"));

	if (other < 0)
		return;
	do_unlink(other);
	receive_one(other);
	close(other);
}

static void change_a_limit(int fd)
{
	(void)fd;
	mbt_write_file("/sys/module/mbox/parameters/user_messages", "1000000");
}

static const struct {
	const char *name;
	void (*act)(int fd);
} verbs[] = {
	{ "send", send_one },
	{ "sync", send_and_wait },
	{ "write", write_one },
	{ "recv", receive_one },
	{ "wait", wait_for_one },
	{ "read", read_one },
	{ "poll", poll_it },
	{ "stat", look_at_it },
	{ "fdinfo", look_at_the_handle },
	{ "list", list_names },
	{ "info", ask_what_is_used },
	{ "copy", copy_the_handle },
	{ "open", open_it },
	{ "default", open_default },
	{ "destroy", create_and_destroy },
	{ "unlink", create_and_unlink },
	{ "limit", change_a_limit },
};

enum { VERBS = sizeof(verbs) / sizeof(verbs[0]) };

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
		{ verbs[a].act, fd, 0, &done },
		{ verbs[b].act, fd, 1, &done },
	};
	pthread_t thread[2];
	int i;

	for (i = 0; i < 2; i++)
		ASSERT_EQ(pthread_create(&thread[i], NULL, play, &side[i]), 0);
	for (i = 0; i < 2; i++)
		ASSERT_EQ(pthread_join(thread[i], NULL), 0);
}

static void beside_all(const char *name)
{
	int fd = box_named("pair", .max_messages = 4);
	unsigned int a, b;

	ASSERT_OK(fcntl(fd, F_SETFL, O_NONBLOCK));
	for (a = 0; a < VERBS && strcmp(verbs[a].name, name); a++)
		;
	ASSERT_LT(a, VERBS);
	for (b = 0; b < VERBS; b++)
		beside(fd, a, b);
	EXPECT_EQ(stat_of(fd).senders_waiting, 0);
	EXPECT_EQ(stat_of(fd).receivers_waiting, 0);
}

TEST_FOR(send_races_with_nothing, "C36.1", 60)
{
	beside_all("send");
}

TEST_FOR(sync_races_with_nothing, "C36.1", 60)
{
	beside_all("sync");
}

TEST_FOR(write_races_with_nothing, "C36.1", 60)
{
	beside_all("write");
}

TEST_FOR(recv_races_with_nothing, "C36.1", 60)
{
	beside_all("recv");
}

TEST_FOR(wait_races_with_nothing, "C36.1", 60)
{
	beside_all("wait");
}

TEST_FOR(read_races_with_nothing, "C36.1", 60)
{
	beside_all("read");
}

TEST_FOR(poll_races_with_nothing, "C36.1", 60)
{
	beside_all("poll");
}

TEST_FOR(stat_races_with_nothing, "C36.1", 60)
{
	beside_all("stat");
}

TEST_FOR(fdinfo_races_with_nothing, "C36.1", 60)
{
	beside_all("fdinfo");
}

TEST_FOR(list_races_with_nothing, "C36.1", 60)
{
	beside_all("list");
}

TEST_FOR(info_races_with_nothing, "C36.1", 60)
{
	beside_all("info");
}

TEST_FOR(copy_races_with_nothing, "C36.1", 60)
{
	beside_all("copy");
}

TEST_FOR(open_races_with_nothing, "C36.1", 60)
{
	beside_all("open");
}

TEST_FOR(default_races_with_nothing, "C36.1", 60)
{
	beside_all("default");
}

TEST_FOR(destroy_races_with_nothing, "C36.1", 60)
{
	beside_all("destroy");
}

TEST_FOR(unlink_races_with_nothing, "C36.1", 60)
{
	beside_all("unlink");
}

TEST_FOR(limit_races_with_nothing, "C36.1", 60)
{
	beside_all("limit");
}

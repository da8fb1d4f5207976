// SPDX-License-Identifier: GPL-2.0-only
/*
 * long.c: the module is loaded, used and unloaded 200 times, and ten million
 * messages go through; then the memory of the machine is what it was.
 *
 * Owns: the proof that a long life costs nothing (make test-long; some minutes,
 * so it is no part of make test). One thread; no locks.
 *
 *	long [loads=N] [messages=N]
 */
#include "../uapi/module.h"
#include "stress.h"

/* What may come and go with whatever else the kernel does meanwhile. */
enum { SLACK_KIB = 1024 };

static long long meminfo(const char *name)
{
	char text[8192], *at;

	ASSERT_GT(mbt_read_file("/proc/meminfo", text, sizeof(text)), 0);
	at = strstr(text, name);
	ASSERT_TRUE(at);
	return atoll(at + strlen(name));
}

/* In KiB: what is not free, without what the kernel keeps to be quick. */
static long long used(void)
{
	int fd = open("/proc/sys/vm/drop_caches", O_WRONLY | O_CLOEXEC);

	ASSERT_OK(fd);
	ASSERT_EQ(write(fd, "3", 1), 1);
	close(fd);
	/* Freed by RCU and by workers: soon, but not at once. */
	mbt_sleep_ms(500);
	return meminfo("MemTotal:") - meminfo("MemFree:") -
	       meminfo("\nCached:") - meminfo("Buffers:");
}

/* A new handle: not that of box_dev(), which would hold the module. */
static int open_box(void)
{
	struct mbox_open o = { .size = sizeof(o),
			       .flags = MBOX_OPEN_CREATE,
			       .rights = R_ALL,
			       .mode = 0600,
			       .lifetime = MBOX_LIFETIME_PERSISTENT,
			       NAMED("long") };
	int dev = device(O_RDWR), fd;

	fd = box_ioctl(dev, MBOX_IOC_OPEN, &o);
	ASSERT_OK(fd);
	close(dev);
	return fd;
}

static void use(int fd, unsigned long long messages)
{
	static char data[4096];
	struct mbox_recv r = { 0 };
	unsigned long long i;

	for (i = 0; i < messages; i++) {
		int len = (int)(i % sizeof(data));

		if (do_send(fd, data, len) ||
		    do_recv(fd, &r, data, sizeof(data)) ||
		    (int)r.msg_len != len) {
			FAIL("message %llu", i);
			return;
		}
	}
	mbt_checked();
}

static void live(void)
{
	int fd;

	ASSERT_OK(load_module(""));
	fd = open_box();
	use(fd, 200);
	/* The module drops it, and the mailbox. */
	ASSERT_OK(do_send(fd, "left", 4));
	close(fd);
	must_unload();
}

/* Else the silence of the other two would say nothing. */
TEST(memory_that_is_lost_would_be_seen, "")
{
	int fds[2], i;
	long long before = used();

	/* Kernel memory: 4 MiB in pipes. */
	for (i = 0; i < 4; i++) {
		char data[65536] = "";
		int n;

		ASSERT_OK(pipe2(fds, O_NONBLOCK));
		ASSERT_OK(fcntl(fds[1], F_SETPIPE_SZ, 1 << 20));
		for (n = 0; n < 16; n++)
			ASSERT_EQ(write(fds[1], data, sizeof(data)),
				  (ssize_t)sizeof(data));
	}
	EXPECT_GT(used(), before + 4 * 1024 - SLACK_KIB);
}

TEST_FOR(loading_200_times_leaves_nothing_behind, "", 900)
{
	unsigned long long loads = setting("loads", 200), i;
	long long before, after;

	for (i = 0; i < 20; i++)
		live();
	before = used();
	for (i = 0; i < loads; i++)
		live();
	after = used();
	mbt_note("%llu loads: %lld KiB before, %lld after", loads, before,
		 after);
	EXPECT_LT(after, before + SLACK_KIB);
}

TEST_FOR(ten_million_messages_leave_nothing_behind, "", 1800)
{
	unsigned long long messages = setting("messages", 10000000);
	long long before, after;
	int fd;

	ASSERT_OK(load_module(""));
	fd = open_box();
	use(fd, 100000);
	before = used();
	use(fd, messages);
	after = used();
	mbt_note("%llu messages: %lld KiB before, %lld after", messages, before,
		 after);
	EXPECT_LT(after, before + SLACK_KIB);
	close(fd);
	must_unload();
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * unload.c: loading and unloading the module, and what is left of it.
 *
 * Owns: the claims of C4.5 and C5.  It loads the module itself, so it works
 * without box.c's descriptor; it takes no locks.  Run by the guest runner in
 * a guest without the module.
 *
 * opts: module=none timeout=120 kernels=any,strict,race
 */
#include "box.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#define MODULE "/lib/mbox/mbox.ko"

/* Tells box.c that the tests here open the device themselves. */
extern const bool box_loads_module;
const bool box_loads_module = true;

static int load(const char *params)
{
	int fd = ASSERT_OK(open(MODULE, O_RDONLY | O_CLOEXEC));
	int ret = (int)syscall(SYS_finit_module, fd, params, 0);

	close(fd);
	return ret;
}

static int unload(void)
{
	return (int)syscall(SYS_delete_module, "mbox", O_NONBLOCK);
}

/* Unloading is refused as long as anything is held, and only so long. */
static void must_unload(void)
{
	int64_t end = mbt_now() + mbt_slow() * 10 * MBT_SECOND;

	mbt_checked();
	while (unload()) {
		if (mbt_now() > end) {
			FAIL("rmmod: %s", mbt_errno_name(errno));
			_exit(1);
		}
		mbt_sleep_ms(5);
	}
	expect_unloaded();
}

static int device(int flags)
{
	int64_t end = mbt_now() + mbt_slow() * 5 * MBT_SECOND;
	int fd;

	while ((fd = open(DEV, flags | O_CLOEXEC)) < 0 && mbt_now() < end)
		mbt_sleep_ms(2);
	ASSERT_OK(fd);
	return fd;
}

/* Looks at each of the module's caches; returns how many there are. */
static int caches_in_use(void)
{
	static char text[65536];
	char *line, *save, name[64];
	long used;
	int n = 0;

	ASSERT_GT(mbt_read_file("/proc/slabinfo", text, sizeof(text)), 0);
	for (line = strtok_r(text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		if (sscanf(line, "%63s %ld", name, &used) != 2 ||
		    strncmp(name, "mbx_", 4))
			continue;
		n++;
		mbt_checked();
		if (used < 1)
			FAIL("cache %s: %ld objects in use", name, used);
	}
	return n;
}

TEST(the_module_loads_and_unloads_with_nothing_left, "C5.2 C36.2")
{
	int i;

	for (i = 0; i < 5; i++) {
		ASSERT_OK(load(""));
		close(device(O_RDONLY));
		must_unload();
	}
}

TEST(every_cache_is_private, "C5.2")
{
	static char big[65536];
	int dev, fd;

	ASSERT_OK(load(""));
	dev = device(O_RDWR);
	fd = ASSERT_OK(
		box_open_at(dev, .flags = MBOX_OPEN_CREATE, .rights = R_ALL));
	ASSERT_OK(do_send(fd, big, 1));
	ASSERT_OK(do_send(fd, big, 1000));
	ASSERT_OK(do_send(fd, big, 4000));
	ASSERT_OK(do_send(fd, big, 65536));
	/*
	 * Mailboxes, handles, users, names, messages of several sizes and
	 * their segments.  One that was merged with another is not listed.
	 */
	EXPECT_GE(caches_in_use(), 7);
	close(fd);
	close(dev);
	must_unload();
}

TEST(rmmod_is_refused_while_a_handle_exists, "C5.1")
{
	int dev, fd, copy;
	pid_t pid;

	ASSERT_OK(load(""));
	dev = device(O_RDWR);
	EXPECT_ERRNO(unload(), EWOULDBLOCK);
	fd = ASSERT_OK(
		box_open_at(dev, .flags = MBOX_OPEN_CREATE, .rights = R_ALL));
	close(dev);
	EXPECT_ERRNO(unload(), EWOULDBLOCK);
	copy = ASSERT_OK(do_copy(fd, 0));
	close(fd);
	EXPECT_ERRNO(unload(), EWOULDBLOCK);
	CHILD(pid)
	{
		close(copy);
		pause();
	}
	EXPECT_ERRNO(unload(), EWOULDBLOCK);
	close(copy);
	kill(pid, SIGKILL);
	mbt_reap(__FILE__, __LINE__, pid);
	must_unload();
}

TEST(rmmod_is_refused_while_somebody_sleeps, "C5.1")
{
	pid_t pid;

	ASSERT_OK(load(""));
	device(O_RDONLY);
	CHILD(pid)
	{
		char c;

		EXPECT_EQ(read(device(O_RDONLY), &c, 1), 1);
	}
	wait_until_blocked(pid);
	EXPECT_ERRNO(unload(), EWOULDBLOCK);
	kill(pid, SIGKILL);
	mbt_reap(__FILE__, __LINE__, pid);
	EXPECT_ERRNO(unload(), EWOULDBLOCK); /* the first open */
}

TEST(the_module_can_go_when_a_process_has_gone, "C5.1 C5.2")
{
	/* The test before left the module loaded, and ended. */
	must_unload();
}

TEST(a_persistent_mailbox_does_not_hold_the_module, "C4.5 C5.2")
{
	static char big[65536];
	int dev, fd, i;

	ASSERT_OK(load(""));
	dev = device(O_RDWR);
	fd = ASSERT_OK(box_open_at(dev, .flags = MBOX_OPEN_CREATE,
				   .rights = R_ALL, NAMED("keep"),
				   .lifetime = MBOX_LIFETIME_PERSISTENT));
	for (i = 0; i < 10; i++)
		ASSERT_OK(do_send(fd, big, 65536));
	close(fd);
	fd = device(O_WRONLY);
	ASSERT_EQ(write(fd, "left in default", 15), 15);
	close(fd);
	close(dev);
	must_unload();
	/* Nothing of it is there after the next load. */
	ASSERT_OK(load(""));
	dev = device(O_RDWR);
	EXPECT_ERRNO(box_open_at(dev, .rights = R_RECV, NAMED("keep")), ENOENT);
	close(dev);
	must_unload();
}

TEST(network_namespaces_do_not_hold_the_module, "C4.5 C4.15 C5.2")
{
	int made[2];
	pid_t pid;
	char c;

	ASSERT_OK(load(""));
	close(device(O_RDONLY));
	ASSERT_OK(pipe(made));
	CHILD(pid)
	{
		int dev;

		ASSERT_OK(unshare(CLONE_NEWNET));
		dev = device(O_RDWR);
		ASSERT_OK(box_open_at(dev, .flags = MBOX_OPEN_CREATE,
				      .rights = 0, NAMED("there"),
				      .lifetime = MBOX_LIFETIME_PERSISTENT));
		ASSERT_EQ(write(made[1], "x", 1), 1);
		pause();
	}
	ASSERT_EQ(read(made[0], &c, 1), 1);
	EXPECT_ERRNO(unload(), EWOULDBLOCK);
	kill(pid, SIGKILL);
	mbt_reap(__FILE__, __LINE__, pid);
	must_unload();
}

TEST(a_namespace_may_outlive_the_module, "C4.5 C5.2")
{
	int made[2], go[2];
	pid_t pid;
	char c;

	ASSERT_OK(load(""));
	close(device(O_RDONLY));
	ASSERT_OK(pipe(made));
	ASSERT_OK(pipe(go));
	CHILD(pid)
	{
		int dev, fd;

		ASSERT_OK(unshare(CLONE_NEWNET));
		dev = device(O_RDWR);
		fd = ASSERT_OK(box_open_at(
			dev, .flags = MBOX_OPEN_CREATE, .rights = R_SEND,
			NAMED("there"), .lifetime = MBOX_LIFETIME_PERSISTENT));
		put(fd, "x");
		close(fd);
		close(dev);
		ASSERT_EQ(write(made[1], "x", 1), 1);
		ASSERT_EQ(read(go[0], &c, 1), 1);
		/* The module came back; the namespace starts afresh. */
		dev = device(O_RDWR);
		EXPECT_ERRNO(box_open_at(dev, .rights = R_RECV, NAMED("there")),
			     ENOENT);
	}
	ASSERT_EQ(read(made[0], &c, 1), 1);
	must_unload();
	ASSERT_OK(load(""));
	ASSERT_EQ(write(go[1], "x", 1), 1);
	EXPECT_CHILD_OK(pid);
	must_unload();
}

TEST(parameters_can_be_given_when_loading, "C6.4 C14.12")
{
	struct mbox_info info;
	int dev, fd;

	ASSERT_OK(load(
		"default_mode=0620 user_messages=7 mailbox_bytes=2000000"));
	dev = device(O_RDWR);
	ASSERT_OK(do_info(dev, &info));
	EXPECT_EQ(info.user_messages, 7);
	EXPECT_EQ(info.mailbox_bytes, 2000000);
	fd = ASSERT_OK(box_open_at(dev, .rights = 0, NAMED("default")));
	EXPECT_EQ(stat_of(fd).mode, 0620);
	close(fd);
	close(dev);
	must_unload();
}

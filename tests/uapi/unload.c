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
#include "module.h"

#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/wait.h>

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

static int direct(int dev, unsigned int verb, pid_t pid, void *args)
{
	struct mbox_direct d = { .size = sizeof(d),
				 .pid = pid,
				 .args = PTR(args) };

	return box_ioctl(dev, verb, &d);
}

static int send_x(int dev, pid_t pid)
{
	struct mbox_send s = { .size = sizeof(s), .data = PTR("x"), .len = 1 };

	return direct(dev, MBOX_IOC_SEND_TO, pid, &s);
}

/* A child that does nothing until it is killed. */
static pid_t idler(void)
{
	pid_t pid;

	CHILD(pid)
	{
		for (;;)
			pause();
	}
	return pid;
}

TEST(the_module_loads_and_unloads_with_nothing_left, "C5.2 C36.2")
{
	int i;

	for (i = 0; i < 5; i++) {
		ASSERT_OK(load_module(""));
		close(device(O_RDONLY));
		must_unload();
	}
}

TEST(every_cache_is_private, "C5.2")
{
	static char big[65536];
	struct mbox_recv r;
	int dev, fd, calls, many, event;
	pid_t pid;

	ASSERT_OK(load_module(""));
	event = ASSERT_OK(eventfd(0, EFD_CLOEXEC));
	dev = device(O_RDWR);
	calls = ASSERT_OK(
		box_open_at(dev, .flags = MBOX_OPEN_CREATE, .rights = R_ALL));
	CHILD(pid)
	{
		struct mbox_call c = { .size = sizeof(c) };

		box_ioctl(calls, MBOX_IOC_CALL, &c);
	}
	ASSERT_OK(do_recv(calls, &r, NULL, 0));
	ASSERT_OK(do_filter(calls, MBOX_SELECT_TAG, 0));
	ASSERT_OK(send_x(dev, pid));
	many = ASSERT_OK(box_open_at(dev, .flags = MBOX_OPEN_CREATE,
				     .rights = R_ALL,
				     .attrs = MBOX_ATTR_BROADCAST));
	fd = ASSERT_OK(box_open_at(dev, .flags = MBOX_OPEN_CREATE,
				   .rights = R_ALL,
				   .attrs = MBOX_ATTR_TIMES | MBOX_ATTR_FDS,
				   .lifetime = MBOX_LIFETIME_OWNER));
	ASSERT_OK(do_send(fd, big, 1, .nfds = 1, .fds = PTR(&event)));
	ASSERT_OK(do_send(fd, big, 1));
	ASSERT_OK(do_send(fd, big, 1000));
	ASSERT_OK(do_send(fd, big, 4000));
	ASSERT_OK(do_send(fd, big, 65536));
	/*
	 * Mailboxes, what some of them have beside, handles, users, names,
	 * processes, messages of several sizes and their segments, what they
	 * pass; filters, those who answer calls, endpoints, links and
	 * subscriptions.  One that was merged with another is not listed.
	 */
	EXPECT_GE(caches_in_use(), 19);
	close(event);
	close(many);
	close(fd);
	close(calls);
	EXPECT_CHILD_OK(pid);
	close(dev);
	must_unload();
}

TEST(rmmod_is_refused_while_a_handle_exists, "C5.1")
{
	int dev, fd, copy;
	pid_t pid;

	ASSERT_OK(load_module(""));
	dev = device(O_RDWR);
	EXPECT_ERRNO(unload_module(), EWOULDBLOCK);
	fd = ASSERT_OK(
		box_open_at(dev, .flags = MBOX_OPEN_CREATE, .rights = R_ALL));
	close(dev);
	EXPECT_ERRNO(unload_module(), EWOULDBLOCK);
	copy = ASSERT_OK(do_copy(fd, 0));
	close(fd);
	EXPECT_ERRNO(unload_module(), EWOULDBLOCK);
	CHILD(pid)
	{
		close(copy);
		pause();
	}
	EXPECT_ERRNO(unload_module(), EWOULDBLOCK);
	close(copy);
	kill(pid, SIGKILL);
	mbt_reap(__FILE__, __LINE__, pid);
	must_unload();
}

TEST(rmmod_is_refused_while_somebody_sleeps, "C5.1")
{
	pid_t pid;

	ASSERT_OK(load_module(""));
	device(O_RDONLY);
	CHILD(pid)
	{
		char c;

		EXPECT_EQ(read(device(O_RDONLY), &c, 1), 1);
	}
	wait_until_blocked(pid);
	EXPECT_ERRNO(unload_module(), EWOULDBLOCK);
	kill(pid, SIGKILL);
	mbt_reap(__FILE__, __LINE__, pid);
	EXPECT_ERRNO(unload_module(), EWOULDBLOCK); /* the first open */
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

	ASSERT_OK(load_module(""));
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
	ASSERT_OK(load_module(""));
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

	ASSERT_OK(load_module(""));
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
	EXPECT_ERRNO(unload_module(), EWOULDBLOCK);
	kill(pid, SIGKILL);
	mbt_reap(__FILE__, __LINE__, pid);
	must_unload();
}

TEST(a_namespace_may_outlive_the_module, "C4.5 C5.2")
{
	int made[2], go[2];
	pid_t pid;
	char c;

	ASSERT_OK(load_module(""));
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
	ASSERT_OK(load_module(""));
	ASSERT_EQ(write(go[1], "x", 1), 1);
	EXPECT_CHILD_OK(pid);
	must_unload();
}

/* A child that has made a mailbox "owned", and has no handle any more. */
static pid_t start_bare_owner(void)
{
	int made[2];
	pid_t pid;
	char c;

	ASSERT_OK(pipe(made));
	CHILD(pid)
	{
		int dev = device(O_RDWR);

		close(ASSERT_OK(box_open_at(dev, .flags = MBOX_OPEN_CREATE,
					    .rights = R_ALL, NAMED("owned"),
					    .lifetime = MBOX_LIFETIME_OWNER)));
		close(dev);
		ASSERT_EQ(write(made[1], "x", 1), 1);
		pause();
	}
	ASSERT_EQ(read(made[0], &c, 1), 1);
	close(made[0]);
	close(made[1]);
	return pid;
}

TEST(an_owner_does_not_hold_the_module_and_may_outlive_it, "C4.2 C5.2")
{
	pid_t pid;
	int dev;

	ASSERT_OK(load_module(""));
	pid = start_bare_owner();
	must_unload();
	ASSERT_OK(load_module(""));
	dev = device(O_RDWR);
	EXPECT_ERRNO(box_open_at(dev, .rights = 0, NAMED("owned")), ENOENT);
	/* Nobody of ours is in its wait queue any more. */
	ASSERT_OK(kill(pid, SIGKILL));
	mbt_reap(__FILE__, __LINE__, pid);
	close(dev);
	must_unload();
}

TEST(of_a_mailbox_that_its_owner_has_closed_nothing_is_left, "C4.2 C5.2")
{
	int dev, i;

	ASSERT_OK(load_module(""));
	dev = device(O_RDWR);
	for (i = 0; i < 20; i++)
		close(ASSERT_OK(box_open_at(dev, .flags = MBOX_OPEN_CREATE,
					    .rights = R_ALL,
					    .lifetime = MBOX_LIFETIME_OWNER)));
	close(dev);
	/* Though the owner lives. */
	must_unload();
}

/* Not forced: the end of the owner comes at any time of the unloading. */
TEST(the_module_can_go_while_an_owner_ends, "C4.2 C5.2")
{
	int i;

	/* Where loading takes seconds, fewer times. */
	for (i = 0; i < 20 / mbt_slow() + 1; i++) {
		pid_t pid;

		ASSERT_OK(load_module(""));
		pid = start_bare_owner();
		ASSERT_OK(kill(pid, SIGKILL));
		must_unload();
		mbt_reap(__FILE__, __LINE__, pid);
	}
}

TEST(parameters_can_be_given_when_loading, "C6.4 C14.12")
{
	struct mbox_info info;
	int dev, fd;

	ASSERT_OK(load_module(
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

/* -- Endpoints of processes that live on ---------------------------------------- */

TEST(endpoints_of_living_processes_do_not_hold_the_module, "C5.2 C23.2")
{
	enum { MANY = 20 };
	struct mbox_recv r = { .size = sizeof(r), .flags = MBOX_NOWAIT };
	pid_t pids[MANY];
	int dev, i;

	for (i = 0; i < MANY; i++)
		pids[i] = idler();
	ASSERT_OK(load_module(""));
	dev = device(O_RDWR);
	for (i = 0; i < MANY; i++) {
		ASSERT_OK(send_x(dev, pids[i]));
		/* Its own holds so many. */
		if (i < MBOX_DEFAULT_MESSAGES)
			ASSERT_OK(send_x(dev, getpid()));
	}
	close(dev);
	must_unload();
	/* The same processes, and nothing of what was. */
	ASSERT_OK(load_module(""));
	dev = device(O_RDWR);
	EXPECT_ERRNO(direct(dev, MBOX_IOC_RECV_FROM, 0, &r), EAGAIN);
	ASSERT_OK(send_x(dev, pids[0]));
	close(dev);
	kill(pids[0], SIGKILL);
	mbt_reap(__FILE__, __LINE__, pids[0]);
	must_unload();
}

TEST(the_module_goes_while_processes_with_endpoints_die, "C5.2 C24.5")
{
	enum { ROUNDS = 20, MANY = 10 };
	int dev, i, round;

	for (round = 0; round < ROUNDS; round++) {
		pid_t pids[MANY];

		ASSERT_OK(load_module(""));
		dev = device(O_RDWR);
		for (i = 0; i < MANY; i++) {
			pids[i] = idler();
			ASSERT_OK(send_x(dev, pids[i]));
		}
		close(dev);
		for (i = 0; i < MANY; i++)
			kill(pids[i], SIGKILL);
		must_unload();
		for (i = 0; i < MANY; i++)
			mbt_reap(__FILE__, __LINE__, pids[i]);
	}
}

TEST(the_module_waits_for_an_end_that_is_at_work, "C5.2 C24.5")
{
	pid_t pid;
	int dev;

	ASSERT_OK(load_file(TEST_BUILD, ""));
	dev = device(O_RDWR);
	pid = idler();
	ASSERT_OK(send_x(dev, pid));
	close(dev);
	mbt_delay_arm("while-ending");
	kill(pid, SIGKILL);
	mbt_delay_wait("while-ending");
	/* It is in no table any more; unload lets it go on, and waits. */
	must_unload();
	mbt_reap(__FILE__, __LINE__, pid);
}

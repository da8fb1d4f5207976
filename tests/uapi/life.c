// SPDX-License-Identifier: GPL-2.0-only
/*
 * life.c: how long mailboxes and names last: handles, UNLINK, DESTROY,
 * namespaces, the module.
 *
 * Owns: the claims of C4 and C5, and the cells of UNLINK, DESTROY and *:EIDRM.
 * Takes no locks; run by the guest runner.
 *
 * opts: timeout=120
 */
#include "box.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>

TEST(a_mailbox_is_gone_with_its_last_handle, "C4.1")
{
	int fd = box_named("short"), copy = ASSERT_OK(do_copy(fd, R_SEND));
	unsigned long long id = stat_of(fd).id;

	put(fd, "left behind");
	close(fd);
	fd = ASSERT_OK(box_open(.rights = R_RECV, NAMED("short")));
	EXPECT_EQ(stat_of(fd).id, id);
	close(fd);
	close(copy);
	EXPECT_ERRNO(box_open(.rights = R_RECV, NAMED("short")), ENOENT);
	fd = box_named("short");
	EXPECT_NE(stat_of(fd).id, id);
	expect_empty(fd);
}

TEST(the_end_of_a_process_closes_its_handles, "C4.1")
{
	pid_t pid;
	int go[2];
	char c;

	ASSERT_OK(pipe(go));
	CHILD(pid)
	{
		box_named("orphan");
		ASSERT_EQ(write(go[1], "x", 1), 1);
		pause();
	}
	ASSERT_EQ(read(go[0], &c, 1), 1);
	ASSERT_OK(kill(pid, SIGKILL));
	EXPECT_CHILD_KILLED(pid, SIGKILL);
	EXPECT_ERRNO(box_open(.rights = R_RECV, NAMED("orphan")), ENOENT);
}

TEST(a_persistent_mailbox_stays_without_handles, "C4.4")
{
	int fd = box_named("keep", .lifetime = MBOX_LIFETIME_PERSISTENT);
	unsigned long long id = stat_of(fd).id;

	EXPECT_EQ(stat_of(fd).lifetime, MBOX_LIFETIME_PERSISTENT);
	put(fd, "kept");
	close(fd);
	fd = ASSERT_OK(box_open(.rights = R_ALL, NAMED("keep")));
	EXPECT_EQ(stat_of(fd).id, id);
	expect_next(fd, "kept");
	put(fd, "dropped at last");
	ASSERT_OK(do_unlink(fd));
	close(fd);
	EXPECT_ERRNO(box_open(.rights = R_ALL, NAMED("keep")), ENOENT);
}

TEST(unlink_takes_the_name_and_handles_go_on, "C4.7 C4.8 UNLINK:ENOENT C2.7")
{
	int fd = box_named("name", .lifetime = MBOX_LIFETIME_PERSISTENT), other;
	struct mbox_info before, after;
	unsigned long long id = stat_of(fd).id;

	put(fd, "still here");
	ASSERT_OK(do_unlink(fd));
	EXPECT_ERRNO(box_open(.rights = R_ALL, NAMED("name")), ENOENT);
	EXPECT_STR(stat_of(fd).name, "");
	expect_next(fd, "still here");
	put(fd, "and on");
	expect_refused(fd, do_unlink(fd), ENOENT);
	other = box_named("name");
	EXPECT_NE(stat_of(other).id, id);
	expect_empty(other);
	expect_next(fd, "and on");
	put(fd, "lost");
	before = info_of();
	close(fd);
	after = info_of();
	EXPECT_EQ(after.used_mailboxes, before.used_mailboxes - 1);
	EXPECT_EQ(after.used_messages, before.used_messages - 1);
	fd = box_new();
	expect_refused(fd, do_unlink(fd), ENOENT);
}

TEST(destroy_takes_the_name_and_drops_what_is_queued, "C4.10 C4.11 C14.13")
{
	struct mbox_info before, after;
	int fd = box_named("gone", .lifetime = MBOX_LIFETIME_PERSISTENT), i;

	before = info_of();
	for (i = 0; i < 10; i++)
		put(fd, "queued");
	EXPECT_EQ(info_of().used_messages, before.used_messages + 10);
	ASSERT_OK(do_destroy(fd));
	EXPECT_ERRNO(box_open(.rights = R_ALL, NAMED("gone")), ENOENT);
	after = info_of();
	EXPECT_EQ(after.used_messages, before.used_messages);
	close(fd);
	after = info_of();
	EXPECT_EQ(after.used_mailboxes, before.used_mailboxes - 1);
}

TEST(after_destroy_every_use_of_a_handle_is_eidrm,
     "C4.13 SEND:EIDRM RECV:EIDRM STAT:EIDRM COPY:EIDRM UNLINK:EIDRM DESTROY:EIDRM")
{
	int fd = box_named("gone"), send, recv, none;
	struct mbox_info info;
	struct mbox_stat st;
	struct mbox_recv r;
	char c;

	send = ASSERT_OK(do_copy(fd, R_SEND));
	recv = ASSERT_OK(do_copy(fd, R_RECV));
	none = ASSERT_OK(do_copy(fd, 0));
	ASSERT_OK(do_destroy(fd));
	info = info_of();
	EXPECT_ERRNO(do_send(fd, "x", 1), EIDRM);
	EXPECT_ERRNO(do_send(send, "x", 1, .flags = MBOX_NOWAIT), EIDRM);
	EXPECT_ERRNO(do_send(send, "x", 1, .flags = MBOX_SYNC), EIDRM);
	EXPECT_ERRNO(write(send, "x", 1), EIDRM);
	EXPECT_ERRNO(do_recv(fd, &r, &c, 1), EIDRM);
	EXPECT_ERRNO(do_recv(recv, &r, &c, 1, .flags = MBOX_NOWAIT), EIDRM);
	EXPECT_ERRNO(read(recv, &c, 1), EIDRM);
	EXPECT_ERRNO(do_stat(fd, &st), EIDRM);
	EXPECT_ERRNO(do_stat(none, &st), EIDRM);
	EXPECT_ERRNO(do_copy(fd, R_SEND), EIDRM);
	EXPECT_ERRNO(do_copy(fd, 0), EIDRM);
	EXPECT_ERRNO(do_unlink(fd), EIDRM);
	EXPECT_ERRNO(do_destroy(fd), EIDRM);
	EXPECT_EQ(info_of().used_bytes, info.used_bytes);
	EXPECT_EQ(info_of().used_messages, info.used_messages);
	/* The device behind it still answers for itself. */
	EXPECT_OK(do_info(fd, &info));
}

enum sleeper { BY_SEND, BY_SYNC, BY_WRITE, BY_RECV, BY_READ, BY_ZERO };

static pid_t sleeper(int fd, enum sleeper how, int err)
{
	pid_t pid;

	CHILD(pid)
	{
		struct mbox_recv r;
		char c;

		switch (how) {
		case BY_SEND:
		case BY_ZERO:
			EXPECT_ERRNO(do_send(fd, "x", 1), err);
			break;
		case BY_SYNC:
			EXPECT_ERRNO(do_send(fd, "x", 1, .flags = MBOX_SYNC),
				     err);
			break;
		case BY_WRITE:
			EXPECT_ERRNO(write(fd, "x", 1), err);
			break;
		case BY_RECV:
			EXPECT_ERRNO(do_recv(fd, &r, &c, 1), err);
			break;
		case BY_READ:
			EXPECT_ERRNO(read(fd, &c, 1), err);
			break;
		}
	}
	wait_until_blocked(pid);
	return pid;
}

TEST(destroy_wakes_every_sleeper, "C4.12 SEND:EIDRM RECV:EIDRM C19.9")
{
	int full = box_new(.max_messages = 1), empty = box_new();
	int zero = box_new(.capacity = MBOX_CAPACITY_ZERO);
	int roomy = box_new();
	pid_t pid[8];
	int i;

	put(full, "x");
	pid[0] = sleeper(full, BY_SEND, EIDRM);
	pid[1] = sleeper(full, BY_WRITE, EIDRM);
	pid[2] = sleeper(full, BY_SYNC, EIDRM);
	pid[3] = sleeper(empty, BY_RECV, EIDRM);
	pid[4] = sleeper(empty, BY_READ, EIDRM);
	pid[5] = sleeper(zero, BY_ZERO, EIDRM);
	pid[6] = sleeper(roomy, BY_SYNC, EIDRM);
	pid[7] = sleeper(zero, BY_ZERO, EIDRM);
	ASSERT_OK(do_destroy(full));
	ASSERT_OK(do_destroy(empty));
	ASSERT_OK(do_destroy(zero));
	ASSERT_OK(do_destroy(roomy));
	for (i = 0; i < 8; i++)
		EXPECT_CHILD_OK(pid[i]);
}

TEST(destroy_wakes_pollers, "C4.12 C20.7")
{
	int fd = box_new();
	pid_t pid;

	CHILD(pid)
	{
		struct pollfd p = { .fd = fd, .events = POLLIN };

		ASSERT_EQ(poll(&p, 1, 20000), 1);
		EXPECT_EQ(p.revents & (POLLHUP | POLLERR), POLLHUP | POLLERR);
	}
	wait_until_sleeping(pid, "poll");
	ASSERT_OK(do_destroy(fd));
	EXPECT_CHILD_OK(pid);
}

/*
 * Both on one processor: a mailbox that is half empty can only be seen by
 * another one if DESTROY yields while it empties it, and what that one does
 * to the mailbox then it can only do if DESTROY does not hold the lock.
 */
TEST_FOR(destroy_of_many_messages_lets_others_go_on, "C36.6 C36.3", 60)
{
	int fd = box_new(.capacity = MBOX_CAPACITY_UNBOUNDED), other;
	/* So many that emptying it takes longer than a turn of a task. */
	unsigned long long messages = 200000 / (unsigned int)mbt_slow(), i;
	unsigned long long before = info_of().used_messages, left;
	unsigned long long last = 0;
	struct mbox_stat st;
	cpu_set_t one;
	int half = 0;
	pid_t pid;

	for (i = 0; i < messages; i++)
		ASSERT_OK(do_send(fd, "x", 1, .flags = MBOX_NOWAIT));
	other = box_new();
	CPU_ZERO(&one);
	CPU_SET(0, &one);
	ASSERT_OK(sched_setaffinity(0, sizeof(one), &one));
	CHILD(pid)
	ASSERT_OK(do_destroy(fd));
	do {
		left = info_of().used_messages - before;
		if (left && left < messages && left != last) {
			last = left;
			half++;
			EXPECT_ERRNO(do_stat(fd, &st), EIDRM);
			EXPECT_ERRNO(do_send(fd, "x", 1), EIDRM);
			put(other, "x");
			expect_next(other, "x");
		}
	} while (left);
	EXPECT_CHILD_OK(pid);
	mbt_note("seen %d times while it was being emptied", half);
	EXPECT_GE(half, 2);
}

TEST(taking_the_name_needs_admin, "C4.14 UNLINK:EPERM DESTROY:EPERM")
{
	int fd = box_named("admin");
	int weak = ASSERT_OK(do_copy(fd, R_SEND | R_RECV));

	put(fd, "x");
	expect_refused(fd, do_unlink(weak), EPERM);
	expect_refused(fd, do_destroy(weak), EPERM);
	expect_next(weak, "x");
	EXPECT_OK(do_unlink(fd));
	EXPECT_OK(do_destroy(fd));
}

/* -- Namespaces --------------------------------------------------------------- */

/* A process that sits in a network namespace of its own until it is killed. */
static pid_t in_new_netns(int *dev, void (*fn)(int dev))
{
	int done[2];
	pid_t pid;
	char c;

	ASSERT_OK(pipe(done));
	CHILD(pid)
	{
		ASSERT_OK(unshare(CLONE_NEWNET));
		if (fn)
			fn(box_dev_here());
		ASSERT_EQ(write(done[1], "x", 1), 1);
		pause();
	}
	close(done[1]);
	ASSERT_EQ(read(done[0], &c, 1), 1);
	close(done[0]);
	if (dev)
		*dev = box_dev_of(pid);
	return pid;
}

static void make_inside(int dev)
{
	int fd = box_open_at(dev, .flags = MBOX_OPEN_CREATE, .rights = R_ALL,
			     .mode = 0600, NAMED("inside"));

	ASSERT_OK(fd);
	put(fd, "in there");
}

TEST(names_live_in_a_network_namespace, "C2.3 C2.4")
{
	int here = box_named("inside"), dev, there;
	pid_t pid = in_new_netns(&dev, make_inside);

	there = ASSERT_OK(box_open_at(dev, .rights = R_ALL, NAMED("inside")));
	EXPECT_NE(stat_of(there).id, stat_of(here).id);
	expect_empty(here);
	expect_next(there, "in there");
	EXPECT_ERRNO(box_open_at(dev, .rights = R_ALL, NAMED("outside")),
		     ENOENT);
	box_named("outside");
	EXPECT_ERRNO(box_open_at(dev, .rights = R_ALL, NAMED("outside")),
		     ENOENT);
	kill(pid, SIGKILL);
}

TEST(the_namespace_travels_with_the_descriptor, "C2.4")
{
	int dev = box_dev_here(), fd = box_named("home");
	pid_t pid;

	CHILD(pid)
	{
		int got;

		ASSERT_OK(unshare(CLONE_NEWNET));
		EXPECT_ERRNO(box_open_at(box_dev_here(), .rights = R_ALL,
					 NAMED("home")),
			     ENOENT);
		got = ASSERT_OK(
			box_open_at(dev, .rights = R_ALL, NAMED("home")));
		put(got, "from afar");
		/* OPEN on a handle: the namespace it was opened through. */
		ASSERT_OK(box_open_at(got, .rights = R_ALL, NAMED("home")));
	}
	ASSERT_CHILD_OK(pid);
	expect_next(fd, "from afar");
}

static void wait_for_end(int dev)
{
	int64_t end = mbt_now() + mbt_slow() * 20 * MBT_SECOND;
	int fd;

	mbt_checked();
	for (;;) {
		fd = box_open_at(dev, .rights = R_ALL, NAMED("inside"));
		if (fd >= 0)
			close(fd);
		else if (errno == ENXIO)
			return;
		if (mbt_now() > end) {
			FAIL("OPEN never gave ENXIO after the namespace's end: %s",
			     fd < 0 ? mbt_errno_name(errno) : "success");
			_exit(1);
		}
		mbt_sleep_ms(5);
	}
}

static void make_persistent(int dev)
{
	int fd = box_open_at(dev, .flags = MBOX_OPEN_CREATE, .rights = R_ALL,
			     .mode = 0600, NAMED("inside"),
			     .lifetime = MBOX_LIFETIME_PERSISTENT);

	ASSERT_OK(fd);
	put(fd, "kept");
	close(fd);
}

TEST(the_end_of_the_namespace_takes_names_but_not_handles,
     "C4.6 C4.9 C4.15 OPEN:ENXIO LIST:ENXIO")
{
	struct mbox_list_entry e;
	struct mbox_list l = { .size = sizeof(l),
			       .entries = PTR(&e),
			       .count = 1,
			       .entry_size = sizeof(e) };
	struct mbox_info before = info_of();
	int dev, fd, watch = box_new();
	pid_t pid = in_new_netns(&dev, make_persistent);

	EXPECT_EQ(info_of().used_mailboxes, before.used_mailboxes + 2);
	fd = ASSERT_OK(box_open_at(dev, .rights = R_ALL, NAMED("inside")));
	/* Neither the device's descriptor nor the handle holds it back. */
	ASSERT_OK(kill(pid, SIGKILL));
	EXPECT_CHILD_KILLED(pid, SIGKILL);
	wait_for_end(dev);
	EXPECT_STR(stat_of(fd).name, "");
	expect_next(fd, "kept");
	put(fd, "goes on");
	expect_next(fd, "goes on");
	expect_refused(fd, do_unlink(fd), ENOENT);
	expect_refused(watch, box_ioctl(dev, MBOX_IOC_LIST, &l), ENXIO);
	expect_refused(watch,
		       box_open_at(dev, .flags = MBOX_OPEN_CREATE,
				   .rights = R_ALL, NAMED("late")),
		       ENXIO);
	close(fd);
	WAIT_FOR(info_of().used_mailboxes == before.used_mailboxes + 1);
}

TEST(the_end_of_the_namespace_removes_persistent_mailboxes, "C4.6 C14.13")
{
	struct mbox_info before = info_of();
	pid_t pid = in_new_netns(NULL, make_persistent);

	EXPECT_EQ(info_of().used_mailboxes, before.used_mailboxes + 1);
	EXPECT_EQ(info_of().used_messages, before.used_messages + 1);
	ASSERT_OK(kill(pid, SIGKILL));
	WAIT_FOR(info_of().used_mailboxes == before.used_mailboxes);
	EXPECT_EQ(info_of().used_messages, before.used_messages);
}

static void sleep_inside(int dev)
{
	int fd = box_open_at(dev, .flags = MBOX_OPEN_CREATE, .rights = R_ALL,
			     .mode = 0600, NAMED("inside"));

	ASSERT_OK(fd);
}

TEST(a_sleeper_outlives_the_namespace, "C4.9 C4.15")
{
	int dev, fd;
	pid_t pid = in_new_netns(&dev, sleep_inside), waiter;

	fd = ASSERT_OK(box_open_at(dev, .rights = R_ALL, NAMED("inside")));
	CHILD(waiter)
	{
		char c;

		ASSERT_EQ(read(fd, &c, 1), 1);
	}
	wait_until_blocked(waiter);
	ASSERT_OK(kill(pid, SIGKILL));
	EXPECT_CHILD_KILLED(pid, SIGKILL);
	wait_for_end(dev);
	put(fd, "x");
	EXPECT_CHILD_OK(waiter);
}

/* -- The module --------------------------------------------------------------- */

static int unload(void)
{
	return (int)syscall(SYS_delete_module, "mbox", O_NONBLOCK);
}

TEST(the_module_stays_while_a_handle_is_open, "C5.1")
{
	int fd = box_new();

	put(fd, "x");
	/* The kernel says EWOULDBLOCK for a module that is in use. */
	EXPECT_ERRNO(unload(), EWOULDBLOCK);
	expect_next(fd, "x");
	put(fd, "the module still works");
	expect_next(fd, "the module still works");
}

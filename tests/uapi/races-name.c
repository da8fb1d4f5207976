// SPDX-License-Identifier: GPL-2.0-only
/*
 * races-name.c: an OPEN that has found a name which then goes.
 *
 * Owns: who was told that nobody can ever receive is not proven wrong; part
 * of the program uapi-races.  The delay point before-attach forces it all:
 * OPEN has found the mailbox, and its handle does not count yet.  Takes no
 * locks; run by the guest runner with the test build of the module.
 */
#include "races.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/wait.h>

/* A sender in line at a full mailbox that only its name keeps reachable. */
struct named {
	int send, admin;
	pid_t waits;
};

static struct named full_named(int dev)
{
	struct named n;
	int all = ASSERT_OK(box_open_at(dev, .flags = MBOX_OPEN_CREATE,
					.rights = R_ALL, .mode = 0600,
					.max_messages = 1, NAMED("found")));

	n.send = ASSERT_OK(do_copy(all, R_SEND));
	n.admin = ASSERT_OK(do_copy(all, R_ADMIN));
	put(all, "kept");
	close(all);
	n.waits = start_sender(n.send, "x", 0, EPIPE, 0);
	wait_until_blocked(n.waits);
	return n;
}

/* Everybody was told EPIPE, and that is how it stays. */
static void stays_unreachable(struct named n)
{
	expect_refused(n.send, do_send(n.send, "x", 1), EPIPE);
	EXPECT_EQ(stat_of(n.send).receivers, 0);
	EXPECT_EQ(stat_of(n.send).handles, 2);
	EXPECT_STR(stat_of(n.send).name, "");
	close(n.send);
	close(n.admin);
}

TEST(who_found_a_name_that_unlink_took_does_not_open_it,
     "C4.7 C7.1 OPEN:ENOENT SEND:EPIPE")
{
	static const __u32 rights[] = { R_RECV, R_SEND | R_RECV, R_ALL, 0 };
	size_t i;

	need_delays();
	for (i = 0; i < 4; i++) {
		struct named n = full_named(box_dev());
		pid_t pid;

		mbt_delay_arm("before-attach");
		CHILD(pid)
		EXPECT_ERRNO(box_open(.rights = rights[i], NAMED("found")),
			     ENOENT);
		mbt_delay_wait("before-attach");
		ASSERT_OK(do_unlink(n.admin));
		EXPECT_CHILD_OK(n.waits);
		EXPECT_ERRNO(do_send(n.send, "x", 1), EPIPE);
		mbt_delay_release("before-attach");
		EXPECT_CHILD_OK(pid);
		stays_unreachable(n);
	}
}

TEST(with_create_one_whose_name_unlink_took_is_made_anew, "C4.7 C7.1")
{
	struct named n = full_named(box_dev());
	pid_t pid;

	need_delays();
	mbt_delay_arm("before-attach");
	CHILD(pid)
	{
		int mine = box_named("found");

		/* Not the old one, which is full. */
		EXPECT_NE(stat_of(mine).id, stat_of(n.send).id);
		expect_empty(mine);
		put(mine, "new");
		expect_next(mine, "new");
	}
	mbt_delay_wait("before-attach");
	ASSERT_OK(do_unlink(n.admin));
	EXPECT_CHILD_OK(n.waits);
	mbt_delay_release("before-attach");
	EXPECT_CHILD_OK(pid);
	stays_unreachable(n);
}

TEST(who_found_a_name_that_its_namespace_took_does_not_open_it,
     "C4.9 C7.1 OPEN:ENXIO SEND:EPIPE")
{
	int home = ASSERT_OK(open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC));
	int ends[2], dev;
	struct named n;
	pid_t ns, pid;
	char c;

	need_delays();
	ASSERT_OK(pipe(ends));
	ASSERT_OK(unshare(CLONE_NEWNET));
	dev = box_dev_here();
	/* Holds the namespace until it is killed; all others go home. */
	CHILD(ns)
	read(ends[0], &c, 1);
	ASSERT_OK(setns(home, CLONE_NEWNET));
	n = full_named(dev);
	mbt_delay_arm("before-attach");
	CHILD(pid)
	EXPECT_ERRNO(box_open_at(dev, .rights = R_RECV, NAMED("found")), ENXIO);
	mbt_delay_wait("before-attach");
	ASSERT_OK(kill(ns, SIGKILL));
	EXPECT_CHILD_KILLED(ns, SIGKILL);
	/* The end comes some time after its last process. */
	EXPECT_CHILD_OK(n.waits);
	EXPECT_ERRNO(do_send(n.send, "x", 1), EPIPE);
	mbt_delay_release("before-attach");
	EXPECT_CHILD_OK(pid);
	stays_unreachable(n);
}

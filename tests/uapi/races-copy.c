// SPDX-License-Identifier: GPL-2.0-only
/*
 * races-copy.c: races with a copy, with a post, and over names.
 *
 * Owns: the delay points while-copying, before-lock-send, before-publish and
 * before-attach; part of the program uapi-races.  Takes no locks; run by the
 * guest runner with the test build of the module.
 */
#include "races.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/wait.h>

/* -- while-copying: taken, and not yet in user memory ---------------------------- */

/* What is being received is withdrawn: who receives has the next instead. */
static void withdraw_while_copying(pid_t (*receive_next)(int fd))
{
	int fd = box_new();
	pid_t sync, pid;

	need_delays();
	sync = start_sender(fd, "withdrawn", MBOX_SYNC, EINTR, 0);
	wait_until_blocked(sync);
	mbt_delay_arm("while-copying");
	pid = receive_next(fd);
	mbt_delay_wait("while-copying");
	ASSERT_OK(kill(sync, SIGUSR1));
	EXPECT_CHILD_OK(sync);
	EXPECT_EQ(stat_of(fd).messages, 0);
	mbt_delay_release("while-copying");
	wait_until_blocked(pid);
	put(fd, "the next");
	EXPECT_CHILD_OK(pid);
	settled(fd, 1, 1);
}

static pid_t by_recv(int fd)
{
	return start_receiver(fd, "the next", 0, 0);
}

static pid_t by_read(int fd)
{
	pid_t pid;

	CHILD(pid)
	{
		char buf[10];

		EXPECT_EQ(read(fd, buf, sizeof(buf)), 8);
		EXPECT_MEM(buf, "the next", 8);
	}
	return pid;
}

TEST(withdrawal_while_copying_leaves_nothing_received, "C19.2 C11.1")
{
	withdraw_while_copying(by_recv);
}

TEST(read_writes_the_next_where_a_withdrawn_message_was, "C19.2 C11.1")
{
	withdraw_while_copying(by_read);
}

TEST(destroy_while_copying_is_eidrm_and_frees_the_message, "C4.11 C4.12 C11.1")
{
	struct mbox_info before = info_of();
	int fd = box_new();
	pid_t sync, pid;

	need_delays();
	sync = start_sender(fd, "x", MBOX_SYNC, EIDRM, 0);
	wait_until_blocked(sync);
	mbt_delay_arm("while-copying");
	pid = start_receiver(fd, "", EIDRM, 0);
	mbt_delay_wait("while-copying");
	ASSERT_OK(do_destroy(fd));
	EXPECT_CHILD_OK(sync);
	mbt_delay_release("while-copying");
	EXPECT_CHILD_OK(pid);
	EXPECT_EQ(info_of().used_messages, before.used_messages);
}

TEST(the_last_receiver_that_is_copying_still_gives_the_receipt,
     "C19.3 C19.8 C7.1")
{
	int all = box_new(), look = ASSERT_OK(do_copy(all, R_ADMIN));
	int send = ASSERT_OK(do_copy(all, R_SEND));
	pid_t sync, pid;

	need_delays();
	CHILD(sync)
	{
		close(all);
		EXPECT_OK(do_send(send, "x", 1, .flags = MBOX_SYNC));
	}
	wait_until_blocked(sync);
	mbt_delay_arm("while-copying");
	pid = start_receiver(all, "x", 0, 0);
	mbt_delay_wait("while-copying");
	/* The child's call holds the last RECV handle. */
	close(all);
	mbt_sleep_ms(10);
	EXPECT_TRUE(mbt_is_blocked(sync));
	mbt_delay_release("while-copying");
	EXPECT_CHILD_OK(pid);
	EXPECT_CHILD_OK(sync);
	settled(look, 1, 1);
}

TEST(what_arrives_while_copying_stays_behind, "C11.3 C11.7 C9.2")
{
	int fd = box_new();
	pid_t pid;

	need_delays();
	put(fd, "a");
	mbt_delay_arm("while-copying");
	pid = start_receiver(fd, "a", 0, 0);
	mbt_delay_wait("while-copying");
	put(fd, "b");
	put(fd, "c");
	expect_next(fd, "b");
	EXPECT_EQ(stat_of(fd).messages, 2);
	mbt_delay_release("while-copying");
	EXPECT_CHILD_OK(pid);
	expect_next(fd, "c");
	settled(fd, 3, 3);
}

/*
 * One hold of the lock may wake so many tasks and no more. The room that the
 * copy leaves lets a sender in, whose message is too long for all who wait but
 * the last: each number of them around the most, so that one of the runs has
 * the last place taken when receiver and sender are still to be woken.
 */
static void crowd_and_one(int small)
{
	pid_t copying, taker, sender, crowd[40];
	int fd = full_box(), i;

	mbt_delay_arm("while-copying");
	copying = start_receiver(fd, "first", 0, 0);
	mbt_delay_wait("while-copying");
	for (i = 0; i < small; i++) {
		CHILD(crowd[i])
		{
			struct mbox_recv r;
			char byte;

			EXPECT_ERRNO(do_recv(fd, &r, &byte, 1), EMSGSIZE);
		}
		wait_until_blocked(crowd[i]);
	}
	taker = start_receiver(fd, "second", 0, 0);
	wait_until_blocked(taker);
	sender = start_sender(fd, "second", 0, 0, 0);
	wait_until_blocked(sender);
	mbt_delay_release("while-copying");
	EXPECT_CHILD_OK(copying);
	EXPECT_CHILD_OK(taker);
	EXPECT_CHILD_OK(sender);
	for (i = 0; i < small; i++)
		EXPECT_CHILD_OK(crowd[i]);
	settled(fd, 2, 2);
	close(fd);
}

TEST_FOR(no_hold_of_the_lock_wakes_more_than_it_can, "C36.1 C18.5", 60)
{
	int small;

	need_delays();
	for (small = 27; small < 35; small++)
		crowd_and_one(small);
}

TEST(hang_up_while_copying_is_the_end_only_afterwards, "C6.8 C6.9 C11.3")
{
	int all = box_new(.flags = MBOX_OPEN_CREATE | MBOX_OPEN_HANGUP);
	int recv = ASSERT_OK(do_copy(all, R_RECV));
	pid_t pid, other;

	need_delays();
	put(all, "last");
	mbt_delay_arm("while-copying");
	CHILD(pid)
	{
		char buf[8];

		close(all);
		EXPECT_EQ(read(recv, buf, 8), 4);
		EXPECT_EQ(read(recv, buf, 8), 0);
	}
	mbt_delay_wait("while-copying");
	CHILD(other)
	{
		char buf[8];

		close(all);
		EXPECT_EQ(read(recv, buf, 8), 0);
	}
	wait_until_blocked(other);
	close(all);
	mbt_sleep_ms(10);
	EXPECT_TRUE(mbt_is_blocked(other));
	EXPECT_EQ(ready(recv, POLLIN), 0);
	mbt_delay_release("while-copying");
	EXPECT_CHILD_OK(pid);
	EXPECT_CHILD_OK(other);
	EXPECT_EQ(ready(recv, POLLIN), POLLHUP);
}

/* -- before-lock-send: the message is made, the mailbox not yet looked at -------- */

TEST(destroy_before_the_message_is_posted_is_eidrm, "C4.13 C11.1 C14.13")
{
	struct mbox_info before = info_of();
	int fd = box_new();
	pid_t pid;

	need_delays();
	mbt_delay_arm("before-lock-send");
	pid = start_sender(fd, "late", 0, EIDRM, 0);
	mbt_delay_wait("before-lock-send");
	EXPECT_EQ(info_of().used_messages, before.used_messages + 1);
	ASSERT_OK(do_destroy(fd));
	mbt_delay_release("before-lock-send");
	EXPECT_CHILD_OK(pid);
	EXPECT_EQ(info_of().used_messages, before.used_messages);
}

TEST(the_last_receivers_end_before_the_message_is_posted_is_epipe, "C7.1 C11.1")
{
	int all = box_new(), look = ASSERT_OK(do_copy(all, R_ADMIN));
	int send = ASSERT_OK(do_copy(all, R_SEND));
	pid_t pid;

	need_delays();
	mbt_delay_arm("before-lock-send");
	CHILD(pid)
	{
		close(all);
		EXPECT_ERRNO(do_send(send, "late", 4), EPIPE);
	}
	mbt_delay_wait("before-lock-send");
	close(all);
	mbt_delay_release("before-lock-send");
	EXPECT_CHILD_OK(pid);
	settled(look, 0, 0);
}

TEST(room_that_is_gone_before_the_message_is_posted_is_waited_for,
     "C18.7 C16.1")
{
	int fd = box_new(.max_messages = 1);
	pid_t pid;

	need_delays();
	mbt_delay_arm("before-lock-send");
	pid = start_sender(fd, "slow", 0, 0, 0);
	mbt_delay_wait("before-lock-send");
	put(fd, "quick");
	mbt_delay_release("before-lock-send");
	wait_until_blocked(pid);
	expect_next(fd, "quick");
	EXPECT_CHILD_OK(pid);
	expect_next(fd, "slow");
	settled(fd, 2, 2);
}

/*
 * The structure and the bytes lie in memory that others write to. What was
 * checked is what counts, whatever is there when the call goes on.
 */
TEST(what_changes_in_memory_while_a_message_is_sent_does_not_count, "C34.8")
{
	struct {
		struct mbox_send s;
		char data[8];
	} *sent = mbt_shared(sizeof(*sent));
	int fd = box_new();
	struct mbox_recv r;
	char buf[64];
	pid_t pid;

	need_delays();
	memcpy(sent->data, "as it was", sizeof(sent->data));
	sent->s = (struct mbox_send){ .size = sizeof(sent->s),
				      .data = PTR(sent->data),
				      .len = 5,
				      .priority = 7,
				      .tag = 11 };
	mbt_delay_arm("before-lock-send");
	CHILD(pid)
	EXPECT_OK(box_ioctl(fd, MBOX_IOC_SEND, &sent->s));
	mbt_delay_wait("before-lock-send");
	memset(sent, 0xff, sizeof(*sent));
	mbt_delay_release("before-lock-send");
	EXPECT_CHILD_OK(pid);
	ASSERT_OK(do_recv(fd, &r, buf, sizeof(buf), .flags = MBOX_NOWAIT));
	EXPECT_EQ(r.msg_len, 5);
	EXPECT_EQ(memcmp(buf, "as it", 5), 0);
	EXPECT_EQ(r.priority, 7);
	EXPECT_EQ(r.tag, 11);
}

TEST(what_changes_in_memory_while_a_mailbox_is_opened_does_not_count, "C34.8")
{
	struct {
		struct mbox_open o;
		char name[16];
	} *opened = mbt_shared(sizeof(*opened));
	struct mbox_stat st;
	pid_t pid;
	int fd;

	need_delays();
	strcpy(opened->name, "as-it-was");
	opened->o = (struct mbox_open){ .size = sizeof(opened->o),
					.flags = MBOX_OPEN_CREATE,
					.rights = R_ALL,
					.mode = 0600,
					.lifetime = MBOX_LIFETIME_PERSISTENT,
					.name = PTR(opened->name),
					.name_len = 9,
					.max_size = 77 };
	mbt_delay_arm("before-publish");
	CHILD(pid)
	EXPECT_OK(box_ioctl(box_dev(), MBOX_IOC_OPEN, &opened->o));
	mbt_delay_wait("before-publish");
	memset(opened, 0xff, sizeof(*opened));
	mbt_delay_release("before-publish");
	EXPECT_CHILD_OK(pid);
	fd = ASSERT_OK(box_open(.rights = R_ALL, NAMED("as-it-was")));
	st = stat_of(fd);
	EXPECT_EQ(st.max_size, 77);
	EXPECT_EQ(st.mode, 0600);
	ASSERT_OK(do_destroy(fd));
}

/* -- before-publish and before-attach: names ------------------------------------- */

static pid_t start_create(const char *name, __u32 flags, int err)
{
	pid_t pid;

	CHILD(pid)
	{
		int fd = box_open(.flags = MBOX_OPEN_CREATE | flags,
				  .rights = R_ALL, .mode = 0600, NAMED(name));

		if (err) {
			EXPECT_EQ(fd, -1);
			EXPECT_EQ(errno, err);
		} else {
			ASSERT_OK(fd);
			put(fd, "from the loser");
		}
	}
	return pid;
}

TEST(a_name_is_not_seen_before_its_mailbox_is_complete, "C2.6")
{
	pid_t pid;

	need_delays();
	mbt_delay_arm("before-publish");
	pid = start_create("unborn", 0, 0);
	mbt_delay_wait("before-publish");
	EXPECT_ERRNO(box_open(.rights = R_SEND, NAMED("unborn")), ENOENT);
	mbt_delay_release("before-publish");
	EXPECT_CHILD_OK(pid);
}

TEST(of_two_creators_the_second_opens_the_firsts_mailbox,
     "C2.6 C3.1 C3.2 OPEN:EEXIST")
{
	struct mbox_info before = info_of();
	pid_t pid;
	int fd;

	need_delays();
	mbt_delay_arm("before-publish");
	pid = start_create("twice", 0, 0);
	mbt_delay_wait("before-publish");
	fd = box_named("twice");
	mbt_delay_release("before-publish");
	EXPECT_CHILD_OK(pid);
	expect_next(fd, "from the loser");
	EXPECT_EQ(stat_of(fd).handles, 1);
	/* With EXCL it must not have it, and nothing is left of its try. */
	mbt_delay_arm("before-publish");
	pid = start_create("other", MBOX_OPEN_EXCL, EEXIST);
	mbt_delay_wait("before-publish");
	box_named("other");
	mbt_delay_release("before-publish");
	EXPECT_CHILD_OK(pid);
	EXPECT_EQ(info_of().used_mailboxes, before.used_mailboxes + 2);
}

TEST(a_mailbox_that_dies_while_it_is_opened_is_not_there, "C4.1 C4.10")
{
	int fd, round;
	pid_t pid;

	need_delays();
	for (round = 0; round < 2; round++) {
		fd = box_named("dying");
		mbt_delay_arm("before-attach");
		CHILD(pid)
		{
			close(fd);
			EXPECT_ERRNO(box_open(.rights = R_SEND, NAMED("dying")),
				     ENOENT);
		}
		mbt_delay_wait("before-attach");
		if (round)
			ASSERT_OK(do_destroy(fd));
		close(fd);
		mbt_delay_release("before-attach");
		EXPECT_CHILD_OK(pid);
	}
}

TEST(with_create_one_that_dies_while_it_is_opened_is_made_anew, "C3.1 C4.1")
{
	int fd = box_named("dying");
	pid_t pid;

	need_delays();
	put(fd, "old");
	mbt_delay_arm("before-attach");
	CHILD(pid)
	{
		int mine;

		close(fd);
		mine = box_named("dying");
		expect_empty(mine);
		put(mine, "new");
		expect_next(mine, "new");
	}
	mbt_delay_wait("before-attach");
	close(fd);
	mbt_delay_release("before-attach");
	EXPECT_CHILD_OK(pid);
	EXPECT_ERRNO(box_open(.rights = R_SEND, NAMED("dying")), ENOENT);
}

TEST(a_namespace_that_ends_before_the_name_is_published_is_enxio,
     "C4.9 C4.15 OPEN:ENXIO")
{
	struct mbox_info before = info_of();
	int made[2], dev;
	pid_t ns, pid;
	char c;

	need_delays();
	ASSERT_OK(pipe(made));
	CHILD(ns)
	{
		ASSERT_OK(unshare(CLONE_NEWNET));
		ASSERT_EQ(write(made[1], "x", 1), 1);
		pause();
	}
	ASSERT_EQ(read(made[0], &c, 1), 1);
	dev = box_dev_of(ns);
	mbt_delay_arm("before-publish");
	CHILD(pid)
	EXPECT_ERRNO(box_open_at(dev, .flags = MBOX_OPEN_CREATE,
				 .rights = R_ALL, NAMED("late"),
				 .lifetime = MBOX_LIFETIME_PERSISTENT),
		     ENXIO);
	mbt_delay_wait("before-publish");
	ASSERT_OK(kill(ns, SIGKILL));
	EXPECT_CHILD_KILLED(ns, SIGKILL);
	{
		int64_t end = mbt_now() + mbt_slow() * 15 * MBT_SECOND;

		while (mbt_now() < end) {
			int fd =
				box_open_at(dev, .rights = 0, NAMED("default"));

			if (fd < 0 && errno == ENXIO)
				break;
			close(fd);
			mbt_sleep_ms(5);
		}
	}
	mbt_delay_release("before-publish");
	EXPECT_CHILD_OK(pid);
	EXPECT_EQ(info_of().used_mailboxes, before.used_mailboxes);
}

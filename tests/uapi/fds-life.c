// SPDX-License-Identifier: GPL-2.0-only
/*
 * fds-life.c: how long descriptors in flight live: with the last handle that
 * could receive them, and with the message.
 *
 * Owns: the claims of C30.3; part of the program uapi-fds.  Takes no locks; run
 * by the guest runner with the test build of the module.
 */
#include "fds.h"

#include <pthread.h>
#include <sched.h>
#include <sys/wait.h>

TEST(the_last_receiver_takes_descriptors_in_flight_with_it, "C30.3 C14.13")
{
	struct trio t = trio_of(fds_box());
	struct mbox_info before = info_of();
	struct witness w = witness();

	ASSERT_OK(send_fd(t.send, "with", w.file));
	put(t.send, "without");
	expect_in_flight(&w);
	EXPECT_EQ(info_of().used_fds, before.used_fds + 1);
	close(t.recv);
	expect_closed(&w);
	EXPECT_EQ(info_of().used_fds, before.used_fds);
	EXPECT_EQ(stat_of(t.look).dropped, 1);
	/* What has none stays, though nobody can receive it any more. */
	settled(t.look, 2, 0);
	EXPECT_EQ(stat_of(t.look).messages, 1);
}

TEST(a_name_does_not_keep_descriptors_in_flight, "C30.3")
{
	struct trio t = trio_of(
		fds_named("kept", .lifetime = MBOX_LIFETIME_PERSISTENT));
	struct witness w = witness();
	int again;

	ASSERT_OK(send_fd(t.send, "with", w.file));
	put(t.send, "without");
	expect_in_flight(&w);
	close(t.recv);
	expect_closed(&w);
	settled(t.look, 2, 0);
	again = ASSERT_OK(box_open(.rights = R_RECV, NAMED("kept")));
	expect_next(again, "without");
	expect_empty(again);
	EXPECT_EQ(stat_of(again).dropped, 1);
	ASSERT_OK(do_destroy(t.look));
}

TEST(one_of_two_receivers_is_not_the_last, "C30.3")
{
	int all = fds_box(), other = ASSERT_OK(do_copy(all, R_RECV)), got;
	struct witness w = witness();
	struct trio t = trio_of(all);
	struct mbox_recv r;

	ASSERT_OK(send_fd(t.send, "x", w.file));
	expect_in_flight(&w);
	close(t.recv);
	EXPECT_TRUE(is_open_somewhere(&w));
	ASSERT_OK(recv_fds(other, &r, 1, &got));
	EXPECT_TRUE(is_open_somewhere(&w));
	close(got);
	expect_closed(&w);
}

TEST(without_a_receiver_descriptors_cannot_be_sent, "C30.3 SEND:EPIPE")
{
	struct trio t = trio_of(fds_named("named"));
	struct witness w = witness();

	close(t.recv);
	expect_refused(t.look, send_fd(t.send, "x", w.file), EPIPE);
	expect_refused(t.look,
		       send_fd(t.send, "x", w.file,
			       .flags = MBOX_SYNC | MBOX_NOWAIT),
		       EPIPE);
	close(w.file);
	expect_closed(&w);
	/* A message without waits for who may come. */
	put(t.send, "x");
	expect_next(ASSERT_OK(box_open(.rights = R_RECV, NAMED("named"))), "x");
}

TEST(without_a_receiver_a_full_mailbox_that_drops_is_EPIPE_too,
     "C30.3 SEND:EPIPE C11.1")
{
	struct trio t = trio_of(fds_named("drops", .max_messages = 1,
					  .policy = MBOX_POLICY_DROP_OLDEST));
	int file = file_at(0);

	close(t.recv);
	put(t.send, "x");
	expect_refused(t.look, send_fd(t.send, "y", file), EPIPE);
}

/* A child that sends a descriptor, and waits; it gets err. */
static pid_t start_fd_sender(int fd, int close_first, int err, __u32 flags)
{
	pid_t pid;

	CHILD(pid)
	{
		struct witness w = witness();
		int before;

		close(close_first);
		catch_signal(SIGUSR1, 0);
		before = open_fds();
		if (err)
			EXPECT_ERRNO(send_fd(fd, "with", w.file,
					     .flags = flags),
				     err);
		else
			EXPECT_OK(send_fd(fd, "with", w.file, .flags = flags));
		EXPECT_EQ(open_fds(), before);
		close(w.file);
		if (err)
			expect_closed(&w);
	}
	wait_until_blocked(pid);
	return pid;
}

TEST(who_waits_for_room_with_descriptors_is_told_EPIPE, "C30.3 SEND:EPIPE")
{
	struct trio t = trio_of(fds_named("full", .max_messages = 1));
	pid_t with, without, again;
	int recv;

	put(t.send, "first");
	with = start_fd_sender(t.send, t.recv, EPIPE, 0);
	CHILD(without)
	{
		close(t.recv);
		ASSERT_OK(do_send(t.send, "without", 7));
	}
	wait_until_blocked(without);
	again = start_fd_sender(t.send, t.recv, EPIPE, 0);
	close(t.recv);
	EXPECT_CHILD_OK(with);
	EXPECT_CHILD_OK(again);
	/* The other one still waits, for whoever opens the name. */
	wait_until_blocked(without);
	EXPECT_EQ(stat_of(t.look).senders_waiting, 1);
	recv = ASSERT_OK(box_open(.rights = R_RECV, NAMED("full")));
	expect_next(recv, "first");
	EXPECT_CHILD_OK(without);
	expect_next(recv, "without");
	settled(t.look, 2, 2);
	EXPECT_EQ(stat_of(t.look).dropped, 0);
}

TEST(room_that_dropping_makes_is_not_for_more_of_them, "C30.3 SEND:EPIPE")
{
	struct trio t = trio_of(fds_named("room", .max_messages = 1));
	struct witness w = witness();
	pid_t with, without;

	ASSERT_OK(send_fd(t.send, "in flight", w.file));
	expect_in_flight(&w);
	with = start_fd_sender(t.send, t.recv, EPIPE, 0);
	CHILD(without)
	{
		close(t.recv);
		ASSERT_OK(do_send(t.send, "without", 7));
	}
	wait_until_blocked(without);
	close(t.recv);
	expect_closed(&w);
	EXPECT_CHILD_OK(with);
	EXPECT_CHILD_OK(without);
	EXPECT_EQ(stat_of(t.look).dropped, 1);
	expect_next(ASSERT_OK(box_open(.rights = R_RECV, NAMED("room"))),
		    "without");
	settled(t.look, 2, 1);
}

TEST(who_waits_for_a_receipt_has_its_message_back_with_EPIPE,
     "C30.3 C19.8 SEND:EPIPE")
{
	struct trio t = trio_of(fds_named("sync"));
	pid_t sync = start_fd_sender(t.send, t.recv, EPIPE, MBOX_SYNC);

	EXPECT_EQ(stat_of(t.look).messages, 1);
	close(t.recv);
	EXPECT_CHILD_OK(sync);
	settled(t.look, 0, 0);
	EXPECT_EQ(stat_of(t.look).dropped, 0);
}

TEST(who_gives_up_has_its_descriptors_back, "C17.1 C19.2 C11.1 SEND:EINTR")
{
	struct trio t = trio_of(fds_box(.max_messages = 1));
	pid_t sync = start_fd_sender(t.send, t.recv, EINTR, MBOX_SYNC);
	pid_t waits = start_fd_sender(t.send, t.recv, EINTR, 0);

	ASSERT_OK(kill(waits, SIGUSR1));
	EXPECT_CHILD_OK(waits);
	ASSERT_OK(kill(sync, SIGUSR1));
	EXPECT_CHILD_OK(sync);
	settled(t.look, 0, 0);
	EXPECT_EQ(stat_of(t.look).charged, 0);
}

/* Far more than one hold of a lock handles, among as many that stay. */
TEST_FOR(thousands_are_dropped_among_thousands, "C30.3 C36.3 C36.5", 60)
{
	enum { MANY = 3000 };
	struct trio t =
		trio_of(fds_named("many", .capacity = MBOX_CAPACITY_UNBOUNDED));
	struct witness w = witness();
	int i;

	for (i = 0; i < MANY; i++) {
		ASSERT_OK(do_send(t.send, "x", 1, .priority = (__u32)i % 7));
		ASSERT_OK(
			send_fd(t.send, "y", w.file, .priority = (__u32)i % 5));
	}
	expect_in_flight(&w);
	close(t.recv);
	expect_closed(&w);
	EXPECT_EQ(stat_of(t.look).dropped, MANY);
	EXPECT_EQ(stat_of(t.look).messages, MANY);
	EXPECT_EQ(info_of().used_fds, 0);
	ASSERT_OK(do_destroy(t.look));
}

/* More than one hold of a lock wakes. */
TEST_FOR(a_crowd_that_waits_is_told, "C30.3 C36.5 SEND:EPIPE", 60)
{
	enum { MANY = 40 };
	struct trio t = trio_of(fds_named("queue", .max_messages = 1));
	pid_t pid[MANY];
	int i;

	put(t.send, "first");
	for (i = 0; i < MANY; i++)
		pid[i] = start_fd_sender(t.send, t.recv, EPIPE, 0);
	close(t.recv);
	for (i = 0; i < MANY; i++)
		EXPECT_CHILD_OK(pid[i]);
	settled(t.look, 1, 0);
}

/* -- whatever ends the message closes them --------------------------------------- */

TEST(destroy_closes_descriptors_in_flight, "C4.11 C30.3 C14.13")
{
	int fd = fds_box(), list[2];
	struct witness a = witness(), b = witness();

	list[0] = a.file;
	list[1] = b.file;
	ASSERT_OK(send_fds(fd, "x", 2, list));
	expect_in_flight(&a);
	expect_in_flight(&b);
	ASSERT_OK(do_destroy(fd));
	expect_closed(&a);
	expect_closed(&b);
	EXPECT_EQ(info_of().used_fds, 0);
	EXPECT_ERRNO(send_fd(fd, "x", file_at(0)), EIDRM);
}

TEST(flush_closes_descriptors_in_flight, "C22.5 C30.4")
{
	struct mbox_flush f = { .size = sizeof(f) };
	struct witness w = witness();
	int fd = fds_box();

	ASSERT_OK(send_fd(fd, "x", w.file));
	put(fd, "y");
	expect_in_flight(&w);
	ASSERT_OK(box_ioctl(fd, MBOX_IOC_FLUSH, &f));
	EXPECT_EQ(f.messages, 2);
	expect_closed(&w);
	EXPECT_EQ(stat_of(fd).charged, 0);
	EXPECT_EQ(stat_of(fd).received, 2);
}

TEST(a_policy_that_drops_closes_them, "C13.2 C13.3 C30.1")
{
	struct witness old = witness(), new = witness();
	int fd = fds_box(.max_messages = 1, .policy = MBOX_POLICY_DROP_OLDEST);

	ASSERT_OK(send_fd(fd, "old", old.file));
	expect_in_flight(&old);
	ASSERT_OK(send_fd(fd, "new", new.file));
	expect_in_flight(&new);
	expect_closed(&old);
	expect_next(fd, "new");
	expect_closed(&new);

	fd = fds_box(.max_messages = 1, .policy = MBOX_POLICY_DROP_NEWEST);
	put(fd, "old");
	new = witness();
	ASSERT_OK(send_fd(fd, "new", new.file));
	close(new.file);
	expect_closed(&new);
	EXPECT_EQ(stat_of(fd).dropped, 1);
	expect_next(fd, "old");
}

TEST(peek_tells_their_number_and_gives_none, "C22.3 C30.1")
{
	int fd = fds_box(), list[2] = { file_at(1), file_at(2) }, got[2],
	    before;
	struct mbox_peek p = { .size = sizeof(p), .flags = MBOX_TRUNCATE };
	struct mbox_recv r;

	ASSERT_OK(send_fds(fd, "x", 2, list));
	before = open_fds();
	ASSERT_OK(box_ioctl(fd, MBOX_IOC_PEEK, &p));
	EXPECT_EQ(p.msg_fds, 2);
	EXPECT_EQ(open_fds(), before);
	ASSERT_OK(recv_fds(fd, &r, 2, got));
	expect_file_at(got[1], 2);
}

TEST(peeking_keeps_no_file_open, "C22.3 C30.4")
{
	struct witness w = witness();
	int fd = fds_box();
	pid_t pid;

	need_delays();
	ASSERT_OK(send_fd(fd, "x", w.file));
	expect_in_flight(&w);
	mbt_delay_arm("while-peeking");
	CHILD(pid)
	{
		struct mbox_peek p = { .size = sizeof(p),
				       .flags = MBOX_TRUNCATE };

		ASSERT_OK(box_ioctl(fd, MBOX_IOC_PEEK, &p));
		EXPECT_EQ(p.msg_fds, 1);
	}
	mbt_delay_wait("while-peeking");
	expect_next(fd, "x");
	expect_closed(&w);
	EXPECT_EQ(info_of().used_fds, 0);
	mbt_delay_release("while-peeking");
	EXPECT_CHILD_OK(pid);
}

TEST(descriptors_outlive_their_sender, "C30.1")
{
	int fd = fds_box(), got;
	struct mbox_recv r;
	pid_t pid;

	CHILD(pid)
	{
		ASSERT_OK(send_fd(fd, "x", file_at(11)));
		ASSERT_OK(kill(getpid(), SIGKILL));
	}
	EXPECT_CHILD_KILLED(pid, SIGKILL);
	EXPECT_EQ(info_of().used_fds, 1);
	ASSERT_OK(recv_fds(fd, &r, 1, &got));
	expect_file_at(got, 11);
	EXPECT_EQ(r.pid, pid);
}

TEST(descriptors_go_with_a_killed_receiver, "C30.3 C36.2")
{
	struct trio t = trio_of(fds_named("killed"));
	struct witness w = witness();
	pid_t pid;

	CHILD(pid)
	{
		close(w.file);
		pause();
	}
	close(t.recv);
	ASSERT_OK(send_fd(t.send, "x", w.file));
	expect_in_flight(&w);
	ASSERT_OK(kill(pid, SIGKILL));
	EXPECT_CHILD_KILLED(pid, SIGKILL);
	expect_closed(&w);
	EXPECT_EQ(stat_of(t.look).dropped, 1);
}

TEST(descriptors_reach_another_namespace, "C30.1")
{
	int fd = fds_box();
	pid_t pid;

	ASSERT_OK(send_fd(fd, "x", file_at(12)));
	CHILD(pid)
	{
		struct mbox_recv r;
		int got;

		mbt_become(ALICE, ALICE);
		enter_user_ns(CLONE_NEWNET, 0);
		ASSERT_OK(recv_fds(fd, &r, 1, &got));
		expect_file_at(got, 12);
	}
	EXPECT_CHILD_OK(pid);
}

/* -- races --------------------------------------------------------------------------- */

struct sending {
	int fd;
	int file;
};

static void *send_one(void *arg)
{
	struct sending *s = arg;

	EXPECT_OK(send_fd(s->fd, "x", s->file));
	return NULL;
}

TEST(closing_a_descriptor_meanwhile_does_not_take_it_back, "C30.1")
{
	struct sending s = { .fd = fds_box(), .file = file_at(13) };
	struct mbox_recv r;
	pthread_t thread;
	int got;

	need_delays();
	mbt_delay_arm("before-lock-send");
	ASSERT_EQ(pthread_create(&thread, NULL, send_one, &s), 0);
	mbt_delay_wait("before-lock-send");
	close(s.file);
	mbt_delay_release("before-lock-send");
	pthread_join(thread, NULL);
	ASSERT_OK(recv_fds(s.fd, &r, 1, &got));
	expect_file_at(got, 13);
}

TEST(the_last_receiver_goes_before_the_message_is_posted, "C30.3 SEND:EPIPE")
{
	struct trio t = trio_of(fds_named("posted"));
	pid_t pid;

	need_delays();
	mbt_delay_arm("before-lock-send");
	CHILD(pid)
	{
		struct witness w = witness();

		close(t.recv);
		EXPECT_ERRNO(send_fd(t.send, "x", w.file), EPIPE);
		close(w.file);
		expect_closed(&w);
	}
	mbt_delay_wait("before-lock-send");
	close(t.recv);
	mbt_delay_release("before-lock-send");
	EXPECT_CHILD_OK(pid);
	settled(t.look, 0, 0);
}

/* A receiver that is stopped before it copies; then it gets err, or all. */
static pid_t start_copying(int fd, int err)
{
	pid_t pid;

	mbt_delay_arm("while-copying");
	CHILD(pid)
	{
		int got[2] = { -1, -1 }, before = open_fds();
		struct mbox_recv r;

		catch_signal(SIGUSR1, 0);
		if (err)
			EXPECT_ERRNO(recv_fds(fd, &r, 2, got), err);
		else
			ASSERT_OK(recv_fds(fd, &r, 2, got));
		EXPECT_EQ(open_fds(), before + (err ? 0 : 1));
	}
	mbt_delay_wait("while-copying");
	return pid;
}

TEST(destroyed_while_copying_nothing_is_installed, "C4.12 C30.5 RECV:EIDRM")
{
	struct witness w = witness();
	int fd = fds_box();
	pid_t pid;

	need_delays();
	ASSERT_OK(send_fd(fd, "x", w.file));
	pid = start_copying(fd, EIDRM);
	ASSERT_OK(do_destroy(fd));
	mbt_delay_release("while-copying");
	EXPECT_CHILD_OK(pid);
	close(w.file);
	expect_closed(&w);
}

TEST(withdrawn_while_copying_nothing_is_installed, "C19.2 C30.5")
{
	struct trio t = trio_of(fds_box());
	struct witness w = witness();
	pid_t sync, pid;

	need_delays();
	CHILD(sync)
	{
		catch_signal(SIGUSR1, 0);
		EXPECT_ERRNO(send_fd(t.send, "x", w.file, .flags = MBOX_SYNC),
			     EINTR);
	}
	wait_until_blocked(sync);
	pid = start_copying(t.recv, EINTR);
	close(w.file);
	ASSERT_OK(kill(sync, SIGUSR1));
	WAIT_FOR(!stat_of(t.look).messages);
	mbt_delay_release("while-copying");
	EXPECT_CHILD_OK(sync);
	wait_until_blocked(pid);
	ASSERT_OK(kill(pid, SIGUSR1));
	EXPECT_CHILD_OK(pid);
	expect_closed(&w);
	settled(t.look, 0, 0);
	EXPECT_EQ(stat_of(t.look).charged, 0);
}

TEST(who_is_copying_is_the_last_receiver_until_it_has_finished, "C30.3")
{
	struct trio t = trio_of(fds_named("copying"));
	pid_t pid;

	need_delays();
	ASSERT_OK(send_fd(t.send, "x", file_at(0)));
	pid = start_copying(t.recv, 0);
	close(t.recv);
	EXPECT_EQ(stat_of(t.look).receivers, 1);
	EXPECT_OK(send_fd(t.send, "y", file_at(0)));
	mbt_delay_release("while-copying");
	EXPECT_CHILD_OK(pid);
	WAIT_FOR(!stat_of(t.look).receivers);
	WAIT_FOR(stat_of(t.look).dropped == 1);
	settled(t.look, 2, 1);
}

TEST(a_receiver_killed_while_copying_leaves_nothing_open, "C11.8 C36.2")
{
	struct trio t = trio_of(fds_box());
	struct witness w = witness();
	pid_t pid;

	need_delays();
	ASSERT_OK(send_fd(t.send, "x", w.file));
	pid = start_copying(t.recv, 0);
	close(w.file);
	ASSERT_OK(kill(pid, SIGKILL));
	EXPECT_CHILD_KILLED(pid, SIGKILL);
	expect_closed(&w);
	settled(t.look, 1, 1);
	mbt_delay_release("while-copying");
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * plain.c: the mailbox "default" through plain open, read, write and poll, as
 * stock tools use it; hang-up and the end of file.
 *
 * Owns: the claims of C6 and C7.  Takes no locks; run by the guest runner.
 *
 * opts: timeout=120
 */
#include "box.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

static int plain(int flags)
{
	return ASSERT_OK(open(DEV, flags | O_CLOEXEC));
}

/* A handle on default that is no sender, receiver or plain open: to look. */
static int watch_default(void)
{
	return ASSERT_OK(box_open(.rights = 0, NAMED("default")));
}

TEST(plain_opens_are_handles_on_default, "C6.1 C6.2")
{
	int w = watch_default(), in, out;
	char buf[64];

	EXPECT_STR(stat_of(w).name, "default");
	in = plain(O_RDONLY);
	EXPECT_EQ(stat_of(w).receivers, 1);
	EXPECT_EQ(stat_of(w).senders, 0);
	EXPECT_EQ(stat_of(in).rights, R_RECV);
	out = plain(O_WRONLY);
	EXPECT_EQ(stat_of(w).senders, 1);
	EXPECT_EQ(stat_of(out).rights, R_SEND);
	EXPECT_EQ(stat_of(out).id, stat_of(w).id);
	EXPECT_EQ(write(out, "hello\n", 6), 6);
	EXPECT_EQ(read(in, buf, sizeof(buf)), 6);
	EXPECT_MEM(buf, "hello\n", 6);
	EXPECT_ERRNO(read(out, buf, 1), EBADF);
	EXPECT_ERRNO(write(in, buf, 1), EBADF);
	close(in);
	close(out);
	EXPECT_EQ(stat_of(w).receivers, 0);
	EXPECT_EQ(stat_of(w).senders, 0);
}

TEST(default_is_that_of_the_openers_namespace, "C6.1 C2.3")
{
	int out = plain(O_WRONLY), in = plain(O_RDONLY);
	pid_t pid;
	char c;

	ASSERT_EQ(write(out, "x", 1), 1);
	CHILD(pid)
	{
		ASSERT_OK(unshare(CLONE_NEWNET));
		EXPECT_ERRNO(read(plain(O_RDONLY | O_NONBLOCK), &c, 1), EAGAIN);
		EXPECT_EQ(write(plain(O_WRONLY), "y", 1), 1);
		EXPECT_EQ(read(plain(O_RDONLY), &c, 1), 1);
		EXPECT_EQ(c, 'y');
		/* An open from before goes where it always went. */
		EXPECT_EQ(read(in, &c, 1), 1);
		EXPECT_EQ(c, 'x');
	}
	ASSERT_CHILD_OK(pid);
}

TEST(a_program_that_only_wants_ioctls_is_no_sender, "C6.3")
{
	int w = watch_default(), fd = plain(O_RDWR), in = plain(O_RDONLY);
	struct mbox_info info;
	struct mbox_recv r;
	char c;

	EXPECT_OK(do_info(fd, &info));
	EXPECT_OK(box_open_at(fd, .rights = 0, NAMED("default")));
	EXPECT_EQ(stat_of(w).senders, 0);
	EXPECT_EQ(stat_of(w).receivers, 1);
	expect_refused(w, do_send(fd, "x", 1), EBADF);
	expect_refused(w, do_recv(fd, &r, &c, 1), EBADF);
	EXPECT_EQ(stat_of(w).senders, 0);
	EXPECT_EQ(write(fd, "x", 1), 1);
	EXPECT_EQ(stat_of(w).senders, 1);
	EXPECT_EQ(stat_of(w).receivers, 2);
	EXPECT_EQ(stat_of(fd).rights, R_SEND | R_RECV);
	EXPECT_EQ(read(in, &c, 1), 1);
	EXPECT_OK(do_send(fd, "y", 1, .flags = MBOX_NOWAIT));
	EXPECT_EQ(read(fd, &c, 1), 1);
}

TEST(read_write_or_poll_attaches_a_plain_open, "C6.3")
{
	int w = watch_default(), by_read, by_write, by_poll;
	char c;

	by_read = plain(O_RDWR | O_NONBLOCK);
	EXPECT_EQ(stat_of(w).senders, 0);
	EXPECT_ERRNO(read(by_read, &c, 1), EAGAIN);
	EXPECT_EQ(stat_of(w).senders, 1);
	by_poll = plain(O_RDWR);
	EXPECT_EQ(ready(by_poll, POLL_ALL), POLLOUT);
	EXPECT_EQ(stat_of(w).senders, 2);
	by_write = plain(O_RDWR);
	EXPECT_EQ(write(by_write, "x", 1), 1);
	EXPECT_EQ(stat_of(w).senders, 3);
	EXPECT_EQ(stat_of(w).receivers, 3);
	EXPECT_EQ(read(by_poll, &c, 1), 1);
}

TEST(default_belongs_to_root_and_everyone_may_use_it, "C6.4")
{
	int w = watch_default();
	struct mbox_stat st = stat_of(w);
	char text[16];
	pid_t pid;

	EXPECT_EQ(st.uid, 0);
	EXPECT_EQ(st.gid, 0);
	EXPECT_EQ(st.mode, 0666);
	EXPECT_EQ(st.lifetime, MBOX_LIFETIME_PERSISTENT);
	EXPECT_GT(mbt_read_file("/sys/module/mbox/parameters/default_mode",
				text, sizeof(text)),
		  0);
	CHILD(pid)
	{
		char c;

		mbt_become(ALICE, ALICE);
		EXPECT_EQ(write(plain(O_WRONLY), "a", 1), 1);
		EXPECT_EQ(read(plain(O_RDONLY), &c, 1), 1);
		EXPECT_ERRNO(box_open(.rights = R_ADMIN, NAMED("default")),
			     EPERM);
	}
	ASSERT_CHILD_OK(pid);
}

/* A device node that everybody may use: udev or the runner makes it 0666. */
TEST(default_obeys_the_module_parameter, "C6.4 OPEN:EACCES")
{
	const char *param = "/sys/module/mbox/parameters/default_mode";
	pid_t pid;

	/* Taken when default is made: look in a namespace made afterwards. */
	ASSERT_OK(mbt_write_file(param, "0640"));
	CHILD(pid)
	{
		pid_t bob;

		ASSERT_OK(unshare(CLONE_NEWNET));
		EXPECT_EQ(stat_of(plain(O_RDONLY)).mode, 0640);
		CHILD(bob)
		{
			mbt_become(BOB, BOB);
			EXPECT_ERRNO(open(DEV, O_RDONLY), EACCES);
			EXPECT_ERRNO(open(DEV, O_WRONLY), EACCES);
			/* For ioctls it opens; its first write is refused. */
			EXPECT_OK(open(DEV, O_RDWR));
			EXPECT_ERRNO(box_open_at(box_dev_here(),
						 .rights = R_SEND,
						 NAMED("default")),
				     EACCES);
		}
		EXPECT_CHILD_OK(bob);
	}
	mbt_reap(__FILE__, __LINE__, pid);
	ASSERT_OK(mbt_write_file(param, "0666"));
	EXPECT_EQ(mbt_last_status(), 0);
}

TEST(default_takes_messages_up_to_a_mebibyte, "C6.5 SEND:EMSGSIZE")
{
	static char big[(1 << 20) + 1], got[(1 << 20) + 1];
	int in = plain(O_RDONLY), out = plain(O_WRONLY);
	size_t i;

	EXPECT_EQ(stat_of(in).max_size, 1 << 20);
	for (i = 0; i < sizeof(big); i++)
		big[i] = (char)(i * 7 + i / 4096);
	expect_refused(in, write(out, big, (1 << 20) + 1), EMSGSIZE);
	EXPECT_EQ(write(out, big, 1 << 20), 1 << 20);
	EXPECT_EQ(read(in, got, sizeof(got)), 1 << 20);
	EXPECT_MEM(got, big, 1 << 20);
}

/* CREATE opens what is there, and default is always there. */
TEST(default_is_always_there_and_nobody_can_create_it, "C6.6 OPEN:EEXIST")
{
	int w = watch_default();
	pid_t pid;

	EXPECT_EQ(stat_of(w).lifetime, MBOX_LIFETIME_PERSISTENT);
	expect_refused(w,
		       box_open(.flags = MBOX_OPEN_CREATE | MBOX_OPEN_EXCL,
				.rights = R_ALL, NAMED("default")),
		       EEXIST);
	/* In a namespace of its own, so that this default stays as it is. */
	CHILD(pid)
	{
		int dev, fd, again, alice;

		ASSERT_OK(unshare(CLONE_NEWNET));
		dev = box_dev_here();
		fd = ASSERT_OK(
			box_open_at(dev, .rights = R_ALL, NAMED("default")));
		put(fd, "dropped");
		ASSERT_OK(do_destroy(fd));
		/* It is made again when it is asked for, by the module. */
		EXPECT_ERRNO(box_open_at(dev,
					 .flags = MBOX_OPEN_CREATE |
						  MBOX_OPEN_EXCL,
					 .rights = R_ALL, NAMED("default")),
			     EEXIST);
		CHILD(alice)
		{
			struct mbox_stat st;

			mbt_become(ALICE, ALICE);
			again = ASSERT_OK(box_open_at(
				dev, .flags = MBOX_OPEN_CREATE,
				.rights = R_SEND, .mode = 0600,
				.max_messages = 1, NAMED("default")));
			st = stat_of(again);
			EXPECT_EQ(st.uid, 0);
			EXPECT_EQ(st.mode, 0666);
			EXPECT_NE(st.max_messages, 1);
			EXPECT_EQ(st.max_size, 1 << 20);
			put(again, "x");
		}
		EXPECT_CHILD_OK(alice);
		again = ASSERT_OK(
			box_open_at(dev, .rights = R_ALL, NAMED("default")));
		expect_next(again, "x");
	}
	ASSERT_CHILD_OK(pid);
}

/* -- Hang-up ------------------------------------------------------------------ */

TEST(a_reader_comes_to_its_end_when_the_last_writer_goes, "C6.7 C6.8 C6.9")
{
	int in = plain(O_RDONLY), out = plain(O_WRONLY);
	struct mbox_recv r;
	char buf[8];

	EXPECT_EQ(write(out, "1", 1), 1);
	EXPECT_EQ(write(out, "2", 1), 1);
	close(out);
	EXPECT_EQ(ready(in, POLLIN), POLLIN);
	EXPECT_EQ(read(in, buf, 8), 1);
	EXPECT_EQ(ready(in, POLLIN), POLLIN);
	EXPECT_EQ(read(in, buf, 8), 1);
	EXPECT_EQ(read(in, buf, 8), 0);
	EXPECT_EQ(read(in, buf, 8), 0);
	EXPECT_ERRNO(do_recv(in, &r, buf, 8), EPIPE);
	EXPECT_EQ(ready(in, POLLIN) & POLLHUP, POLLHUP);
}

TEST(a_reader_waits_for_its_first_writer, "C6.8 C6.11")
{
	int in = plain(O_RDONLY), out;
	pid_t pid;
	char c;

	/* Nothing received and no sender seen: not at its end. */
	EXPECT_EQ(ready(in, POLLIN), 0);
	ASSERT_OK(fcntl(in, F_SETFL, O_NONBLOCK));
	EXPECT_ERRNO(read(in, &c, 1), EAGAIN);
	ASSERT_OK(fcntl(in, F_SETFL, 0));
	CHILD(pid)
	{
		EXPECT_EQ(read(in, &c, 1), 1);
		EXPECT_EQ(read(in, &c, 1), 0);
	}
	wait_until_blocked(pid);
	out = plain(O_WRONLY);
	EXPECT_EQ(write(out, "x", 1), 1);
	wait_until_blocked(pid);
	close(out);
	ASSERT_CHILD_OK(pid);
}

TEST(a_sender_that_came_and_went_is_an_end_too, "C6.8 C6.9")
{
	int in = plain(O_RDONLY), out = plain(O_WRONLY);
	char c;

	close(out);
	EXPECT_EQ(read(in, &c, 1), 0);
	/* A sender that was there when it was opened counts as well. */
	out = plain(O_WRONLY);
	close(in);
	in = plain(O_RDONLY);
	close(out);
	EXPECT_EQ(read(in, &c, 1), 0);
	/* One that had gone before does not. */
	close(in);
	in = plain(O_RDONLY | O_NONBLOCK);
	EXPECT_ERRNO(read(in, &c, 1), EAGAIN);
}

TEST(having_received_is_enough_for_the_end, "C6.8")
{
	int out = plain(O_WRONLY), in;
	char c;

	EXPECT_EQ(write(out, "x", 1), 1);
	close(out);
	in = plain(O_RDONLY);
	EXPECT_EQ(read(in, &c, 1), 1);
	EXPECT_EQ(read(in, &c, 1), 0);
}

TEST(a_sleeping_reader_is_woken_by_the_end, "C6.9 C6.8")
{
	int in = plain(O_RDONLY), out = plain(O_WRONLY), hang;
	pid_t pid[3];
	int i;

	hang = ASSERT_OK(box_open(.flags = MBOX_OPEN_HANGUP, .rights = R_RECV,
				  NAMED("default")));
	CHILD(pid[0])
	{
		char c;

		close(out);
		EXPECT_EQ(read(in, &c, 1), 0);
	}
	CHILD(pid[1])
	{
		struct mbox_recv r;
		char c;

		close(out);
		EXPECT_ERRNO(do_recv(hang, &r, &c, 1), EPIPE);
	}
	CHILD(pid[2])
	{
		struct pollfd p = { .fd = in, .events = POLLIN };

		close(out);
		EXPECT_EQ(poll(&p, 1, 15000), 1);
		EXPECT_EQ(p.revents & POLLHUP, POLLHUP);
	}
	wait_until_blocked(pid[0]);
	wait_until_blocked(pid[1]);
	wait_until_sleeping(pid[2], "poll");
	close(out);
	for (i = 0; i < 3; i++)
		EXPECT_CHILD_OK(pid[i]);
}

TEST(a_new_sender_ends_the_end, "C6.10 C20.4")
{
	int in = plain(O_RDONLY), out = plain(O_WRONLY);
	char c;

	close(out);
	EXPECT_EQ(read(in, &c, 1), 0);
	EXPECT_EQ(ready(in, POLLIN) & POLLHUP, POLLHUP);
	out = plain(O_WRONLY);
	EXPECT_EQ(ready(in, POLLIN) & POLLHUP, 0);
	ASSERT_OK(fcntl(in, F_SETFL, O_NONBLOCK));
	EXPECT_ERRNO(read(in, &c, 1), EAGAIN);
	EXPECT_EQ(write(out, "x", 1), 1);
	EXPECT_EQ(read(in, &c, 1), 1);
}

TEST(hangup_is_chosen_at_open_and_copied, "C6.7 RECV:EPIPE")
{
	int all = box_new(.flags = MBOX_OPEN_CREATE | MBOX_OPEN_HANGUP);
	int send = ASSERT_OK(do_copy(all, R_SEND));
	int recv = ASSERT_OK(do_copy(all, R_RECV));
	struct mbox_recv r;
	char c;

	put(send, "x");
	expect_next(recv, "x");
	close(all);
	close(send);
	EXPECT_EQ(read(recv, &c, 1), 0);
	expect_refused(recv, do_recv(recv, &r, &c, 1), EPIPE);
	expect_refused(recv, do_recv(recv, &r, &c, 1, .flags = MBOX_NOWAIT),
		       EPIPE);
	/* A copy of one that is at its end has not seen a sender itself. */
	EXPECT_OK(do_copy(recv, R_RECV));
}

TEST(handles_without_hangup_wait_on, "C6.11 RECV:EAGAIN RECV:ETIMEDOUT")
{
	int all = box_named("wait"), send, recv;
	struct mbox_recv r;
	char c;

	recv = ASSERT_OK(do_copy(all, R_RECV));
	send = ASSERT_OK(do_copy(all, R_SEND));
	put(send, "x");
	expect_next(recv, "x");
	close(send);
	close(all);
	expect_refused(recv, do_recv(recv, &r, &c, 1, .flags = MBOX_NOWAIT),
		       EAGAIN);
	expect_refused(recv,
		       do_recv(recv, &r, &c, 1, .deadline = mbt_in_ms(30)),
		       ETIMEDOUT);
	EXPECT_EQ(ready(recv, POLLIN), 0);
}

TEST(the_end_of_one_handle_is_not_that_of_another, "C6.8")
{
	int box = box_named("mixed"), waits, hangs, send;
	char c;

	send = ASSERT_OK(do_copy(box, R_SEND));
	waits = ASSERT_OK(do_copy(box, R_RECV, .flags = MBOX_OPEN_NONBLOCK));
	hangs = ASSERT_OK(box_open(.flags = MBOX_OPEN_HANGUP, .rights = R_RECV,
				   NAMED("mixed")));
	close(box);
	close(send);
	EXPECT_EQ(read(hangs, &c, 1), 0);
	EXPECT_ERRNO(read(waits, &c, 1), EAGAIN);
}

/* -- Nobody can ever receive --------------------------------------------------- */

TEST(sending_where_nobody_can_ever_receive_is_epipe,
     "C7.1 C7.2 SEND:EPIPE C20.6")
{
	int all = box_new(), send = ASSERT_OK(do_copy(all, R_SEND));
	int look = ASSERT_OK(do_copy(all, 0));

	put(send, "somebody could still");
	close(all);
	/* SIGPIPE would end this process: it has the default action. */
	expect_refused(look, do_send(send, "x", 1), EPIPE);
	expect_refused(look, do_send(send, "x", 1, .flags = MBOX_NOWAIT),
		       EPIPE);
	expect_refused(look, do_send(send, "x", 1, .flags = MBOX_SYNC), EPIPE);
	expect_refused(look, do_send(send, "x", 1, .deadline = mbt_in_ms(1000)),
		       EPIPE);
	expect_refused(look, write(send, "x", 1), EPIPE);
	EXPECT_EQ(ready(send, POLLOUT) & POLLERR, POLLERR);
}

TEST(a_name_or_a_receiver_is_hope_enough, "C7.1")
{
	int all = box_named("hope"), send = ASSERT_OK(do_copy(all, R_SEND));
	int recv, admin;

	admin = ASSERT_OK(do_copy(all, R_ADMIN));
	close(all);
	/* No receiver, but a name by which one may come. */
	put(send, "for later");
	recv = ASSERT_OK(box_open(.rights = R_RECV, NAMED("hope")));
	expect_next(recv, "for later");
	ASSERT_OK(do_unlink(admin));
	/* No name, but a receiver. */
	put(send, "still");
	expect_next(recv, "still");
	close(recv);
	EXPECT_ERRNO(do_send(send, "x", 1, .flags = MBOX_NOWAIT), EPIPE);
}

static pid_t waiting_sender(int send, int except)
{
	pid_t pid;

	CHILD(pid)
	{
		close(except);
		EXPECT_ERRNO(do_send(send, "waits", 5), EPIPE);
	}
	wait_until_blocked(pid);
	return pid;
}

TEST(waiting_senders_are_told_when_the_last_receiver_goes, "C7.1 SEND:EPIPE")
{
	int all = box_new(.max_messages = 1);
	int send = ASSERT_OK(do_copy(all, R_SEND));
	pid_t pid[2], writer;

	put(send, "x");
	pid[0] = waiting_sender(send, all);
	pid[1] = waiting_sender(send, all);
	CHILD(writer)
	{
		close(all);
		EXPECT_ERRNO(write(send, "y", 1), EPIPE);
	}
	wait_until_blocked(writer);
	close(all);
	EXPECT_CHILD_OK(pid[0]);
	EXPECT_CHILD_OK(pid[1]);
	EXPECT_CHILD_OK(writer);
}

TEST(unlink_can_make_a_mailbox_hopeless, "C7.1 SEND:EPIPE")
{
	int all = box_named("hope", .max_messages = 1), send, admin;
	pid_t pid;

	send = ASSERT_OK(do_copy(all, R_SEND));
	admin = ASSERT_OK(do_copy(all, R_ADMIN));
	put(send, "x");
	close(all);
	CHILD(pid)
	EXPECT_ERRNO(do_send(send, "y", 1), EPIPE);
	wait_until_blocked(pid);
	ASSERT_OK(do_unlink(admin));
	EXPECT_CHILD_OK(pid);
	EXPECT_EQ(ready(send, POLLOUT) & POLLERR, POLLERR);
}

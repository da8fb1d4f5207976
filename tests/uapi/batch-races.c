// SPDX-License-Identifier: GPL-2.0-only
/*
 * batch-races.c: what happens while a batch has taken or made several messages.
 *
 * Owns: the claims of C11 for batches, part of the program uapi-batch.  Takes no
 * locks; run by the guest runner with the test build of the module.
 */
#include "batch.h"

#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>

#include "trap.h"

/*
 * A thread that receives a batch of four; the message of one entry goes into a
 * page that stops it.
 */
struct copier {
	pthread_t thread;
	struct trap trap;
	int fd;
	int ret, err;
};

static void *copy_out(void *arg)
{
	struct copier *c = arg;

	c->ret = do_recvv(c->fd, 4, .flags = MBOX_NOWAIT);
	c->err = c->ret < 0 ? errno : 0;
	return NULL;
}

static void copier_stopped(struct copier *c, int fd, int entry)
{
	memset(c, 0, sizeof(*c));
	c->fd = fd;
	trap_set(&c->trap);
	lay_in(5);
	in[entry].data = PTR(c->trap.page);
	ASSERT_EQ(pthread_create(&c->thread, NULL, copy_out, c), 0);
	trap_wait(&c->trap);
}

static void copier_ends(struct copier *c, int ret, int err)
{
	ASSERT_EQ(pthread_join(c->thread, NULL), 0);
	EXPECT_EQ(c->ret, ret);
	EXPECT_EQ(c->err, err);
	close(c->trap.uffd);
}

TEST(what_a_batch_has_taken_keeps_its_place_until_it_is_written, "C11.3 C11.4")
{
	int fd = box_new(.max_messages = 3);
	pid_t pid, sender;

	need_delays();
	put_numbers(fd, 3);
	mbt_delay_arm("while-copying");
	CHILD(pid)
	{
		lay_in(4);
		EXPECT_EQ(do_recvv(fd, 3), 3);
		expect_numbers(0, 3);
	}
	mbt_delay_wait("while-copying");
	EXPECT_EQ(stat_of(fd).messages, 3);
	EXPECT_EQ(stat_of(fd).received, 0);
	expect_empty(fd);
	sender = start_sender(fd, "3", 0, 0, 0);
	wait_until_blocked(sender);
	mbt_delay_release("while-copying");
	EXPECT_CHILD_OK(pid);
	EXPECT_CHILD_OK(sender);
	expect_next(fd, "3");
	settled(fd, 4, 4);
}

TEST(destroy_while_a_batch_is_copied_is_eidrm_and_frees_all, "C4.12 C11.1")
{
	struct mbox_info before = info_of();
	int fd = box_new();
	pid_t pid;

	need_delays();
	put_numbers(fd, 3);
	mbt_delay_arm("while-copying");
	CHILD(pid)
	{
		lay_in(4);
		EXPECT_ERRNO(do_recvv(fd, 3), EIDRM);
	}
	mbt_delay_wait("while-copying");
	ASSERT_OK(do_destroy(fd));
	mbt_delay_release("while-copying");
	EXPECT_CHILD_OK(pid);
	EXPECT_EQ(info_of().used_messages, before.used_messages);
}

TEST(a_fault_gives_back_what_was_not_written_in_order, "C11.5 C11.7 C11.9")
{
	int fd = box_new(), i;
	struct copier c;

	put_numbers(fd, 6);
	copier_stopped(&c, fd, 1);
	EXPECT_EQ(stat_of(fd).messages, 6);
	/* What others take meanwhile stays taken. */
	expect_next(fd, "4");
	put(fd, "6");
	trap_take(&c.trap);
	copier_ends(&c, 1, 0);
	expect_reason(in, 1, EFAULT);
	lay_in(6);
	ASSERT_EQ(do_recvv(fd, 6), 5);
	for (i = 0; i < 5; i++) {
		EXPECT_EQ(in[i].id, i < 3 ? i + 2 : i + 3);
		EXPECT_EQ(in_text[i][0], '0' + (i < 3 ? i + 1 : i + 2));
	}
	settled(fd, 7, 7);
}

TEST(a_fault_in_the_first_entry_gives_all_back, "C11.5 C11.1")
{
	int fd = box_new();
	struct copier c;

	put_numbers(fd, 5);
	copier_stopped(&c, fd, 0);
	trap_take(&c.trap);
	copier_ends(&c, -1, EFAULT);
	EXPECT_EQ(in[0].result, UNTOUCHED);
	settled(fd, 5, 0);
	lay_in(6);
	ASSERT_EQ(do_recvv(fd, 5), 5);
	expect_numbers(0, 5);
}

TEST(what_a_fault_gives_back_goes_to_those_who_wait, "C11.5 C18.3")
{
	int fd = box_new(), i;
	struct copier c;
	pid_t pid[2];

	put_numbers(fd, 4);
	copier_stopped(&c, fd, 1);
	for (i = 0; i < 2; i++) {
		pid[i] = start_receiver(fd, i ? "2" : "1", 0, 0);
		wait_until_blocked(pid[i]);
	}
	trap_take(&c.trap);
	copier_ends(&c, 1, 0);
	for (i = 0; i < 2; i++)
		EXPECT_CHILD_OK(pid[i]);
	expect_next(fd, "3");
	settled(fd, 4, 4);
}

TEST(destroy_while_the_copy_of_a_batch_faults_is_eidrm, "C4.12 C11.5")
{
	struct mbox_info before = info_of();
	int fd = box_new();
	struct copier c;

	put_numbers(fd, 4);
	copier_stopped(&c, fd, 2);
	ASSERT_OK(do_destroy(fd));
	trap_take(&c.trap);
	copier_ends(&c, -1, EIDRM);
	EXPECT_EQ(info_of().used_messages, before.used_messages);
}

TEST(a_batch_that_is_given_its_page_goes_on, "C11.3")
{
	int fd = box_new();
	struct copier c;

	put_numbers(fd, 4);
	copier_stopped(&c, fd, 1);
	trap_give(&c.trap);
	copier_ends(&c, 4, 0);
	EXPECT_STR(c.trap.page, "1");
	EXPECT_STR(in_text[3], "3");
	settled(fd, 4, 4);
}

TEST(a_batch_killed_while_copying_has_received_all_it_took, "C11.8 C17.4")
{
	int fd = box_new(), at[2];
	pid_t pid;
	char byte;

	ASSERT_OK(pipe(at));
	put_numbers(fd, 6);
	CHILD(pid)
	{
		struct copier c;

		copier_stopped(&c, fd, 1);
		ASSERT_EQ(write(at[1], "x", 1), 1);
		pause();
	}
	ASSERT_EQ(read(at[0], &byte, 1), 1);
	EXPECT_EQ(stat_of(fd).messages, 6);
	ASSERT_OK(kill(pid, SIGKILL));
	EXPECT_CHILD_KILLED(pid, SIGKILL);
	WAIT_FOR(stat_of(fd).received == 4);
	EXPECT_EQ(stat_of(fd).messages, 2);
	expect_next(fd, "4");
	expect_next(fd, "5");
}

TEST(what_a_policy_has_dropped_meanwhile_leaves_a_batch_what_it_took, "C13.3")
{
	int fd = box_new(.max_messages = 4, .policy = MBOX_POLICY_DROP_OLDEST);
	struct copier c;

	put_numbers(fd, 4);
	copier_stopped(&c, fd, 1);
	put_numbers(fd, 6);
	EXPECT_EQ(stat_of(fd).dropped, 2);
	trap_take(&c.trap);
	copier_ends(&c, 1, 0);
	/* Those that came back are beside those that came meanwhile. */
	EXPECT_EQ(stat_of(fd).messages, 7);
	lay_in(8);
	ASSERT_EQ(do_recvv(fd, 7), 7);
	EXPECT_STR(in_text[0], "1");
	EXPECT_STR(in_text[3], "2");
	settled(fd, 10, 8);
}

TEST(a_message_withdrawn_while_a_batch_is_copied_is_not_in_it, "C19.2 C11.1")
{
	int fd = box_new();
	pid_t sync, pid;

	need_delays();
	put(fd, "0");
	sync = start_sender(fd, "gone", MBOX_SYNC, EINTR, 0);
	wait_until_blocked(sync);
	put(fd, "1");
	mbt_delay_arm("while-copying");
	CHILD(pid)
	{
		lay_in(4);
		EXPECT_EQ(do_recvv(fd, 3), 2);
		expect_numbers(0, 2);
		expect_reason(in, 2, EAGAIN);
	}
	mbt_delay_wait("while-copying");
	ASSERT_OK(kill(sync, SIGUSR1));
	EXPECT_CHILD_OK(sync);
	mbt_delay_release("while-copying");
	EXPECT_CHILD_OK(pid);
	settled(fd, 2, 2);
}

/* -- before-lock-send: the messages are made ------------------------------- */

TEST(destroy_before_a_batch_is_posted_frees_what_was_made, "C4.13 C11.1 C14.13")
{
	struct mbox_info before = info_of();
	int fd = box_new();
	pid_t pid;

	need_delays();
	mbt_delay_arm("before-lock-send");
	CHILD(pid)
	{
		lay_out(5);
		EXPECT_ERRNO(do_sendv(fd, 5), EIDRM);
	}
	mbt_delay_wait("before-lock-send");
	EXPECT_EQ(info_of().used_messages, before.used_messages + 5);
	ASSERT_OK(do_destroy(fd));
	mbt_delay_release("before-lock-send");
	EXPECT_CHILD_OK(pid);
	EXPECT_EQ(info_of().used_messages, before.used_messages);
}

TEST(a_batch_that_is_killed_goes_no_further, "C17.4")
{
	struct mbox_info before = info_of();
	int fd = box_new(.capacity = MBOX_CAPACITY_UNBOUNDED);
	unsigned long long sent;
	pid_t pid;

	need_delays();
	mbt_delay_arm("before-lock-send");
	CHILD(pid)
	{
		lay_out(1000);
		do_sendv(fd, 1000);
	}
	mbt_delay_wait("before-lock-send");
	ASSERT_OK(kill(pid, SIGKILL));
	EXPECT_CHILD_KILLED(pid, SIGKILL);
	mbt_delay_release("before-lock-send");
	/* What it had begun by then was sent, and nothing else. */
	sent = stat_of(fd).sent;
	EXPECT_GT(sent, 0);
	EXPECT_LT(sent, 100);
	EXPECT_EQ(info_of().used_messages, before.used_messages + sent);
}

TEST(others_may_send_between_the_messages_of_a_batch, "C31.1 C18.7")
{
	int fd = box_new(.max_messages = 2);
	pid_t batch, other;

	CHILD(batch)
	{
		lay_out(4);
		EXPECT_EQ(do_sendv(fd, 4), 4);
	}
	wait_until_blocked(batch);
	other = start_sender(fd, "other", 0, 0, 0);
	wait_until_blocked(other);
	expect_next(fd, "0");
	WAIT_FOR(stat_of(fd).sent == 3);
	wait_until_blocked(batch);
	expect_next(fd, "1");
	EXPECT_CHILD_OK(other);
	expect_next(fd, "2");
	EXPECT_CHILD_OK(batch);
	expect_next(fd, "other");
	expect_next(fd, "3");
	settled(fd, 5, 5);
}

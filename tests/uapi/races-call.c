// SPDX-License-Identifier: GPL-2.0-only
/*
 * races-call.c: races of calls, forced at delay points.
 *
 * Owns: claims of C26 and C27 where two things happen at once; part of the
 * program uapi-races.  Takes no locks; run by the guest runner.
 */
#include "call.h"
#include "races.h"

#include <sys/wait.h>

static void *take(void *arg)
{
	int fd = *(int *)arg;

	return (void *)(uintptr_t)take_call(fd);
}

/* A child that receives a call and answers, or finds that it is too late. */
static pid_t server(int fd, int err)
{
	pid_t pid;

	CHILD(pid)
	{
		__u64 token = take_call(fd);

		if (err)
			EXPECT_ERRNO(do_reply(fd, token, "answer"), err);
		else
			ASSERT_OK(do_reply(fd, token, "answer"));
	}
	return pid;
}

/* -- while-serving: told the token, and not received yet ---------------------- */

TEST(a_caller_that_gives_up_while_its_request_is_received_was_not_taken,
     "C26.6 C26.7 C17.1 CALL:EINTR")
{
	int fd = box_new();
	pid_t pid, other;

	need_delays();
	pid = failing_caller(fd, EINTR, 0);
	wait_until_blocked(pid);
	mbt_delay_arm("while-serving");
	other = server(fd, 0);
	mbt_delay_wait("while-serving");
	ASSERT_OK(kill(pid, SIGUSR1));
	EXPECT_CHILD_OK(pid);
	EXPECT_EQ(stat_of(fd).messages, 0);
	mbt_delay_release("while-serving");
	/* The server goes on with the next. */
	EXPECT_CHILD_OK(caller(fd, "question", "answer"));
	EXPECT_CHILD_OK(other);
	settled(fd, 1, 1);
}

TEST(destroy_while_a_request_is_received_says_that_it_was_not_taken,
     "C27.4 C26.6 CALL:EIDRM RECV:EIDRM")
{
	int fd = box_new();
	pid_t pid, other;

	need_delays();
	pid = failing_caller(fd, EIDRM, 0);
	wait_until_blocked(pid);
	mbt_delay_arm("while-serving");
	other = start_receiver(fd, "", EIDRM, 0);
	mbt_delay_wait("while-serving");
	ASSERT_OK(do_destroy(fd));
	EXPECT_CHILD_OK(pid);
	mbt_delay_release("while-serving");
	EXPECT_CHILD_OK(other);
}

TEST(a_server_that_is_killed_while_it_receives_has_received,
     "C27.1 C11.8 CALL:EPIPE")
{
	int fd = box_new();
	pid_t pid, other;

	need_delays();
	pid = failing_caller(fd, EPIPE, 1);
	wait_until_blocked(pid);
	mbt_delay_arm("while-serving");
	other = server(fd, 0);
	mbt_delay_wait("while-serving");
	ASSERT_OK(kill(other, SIGKILL));
	EXPECT_CHILD_KILLED(other, SIGKILL);
	EXPECT_CHILD_OK(pid);
	mbt_delay_release("while-serving");
	settled(fd, 1, 1);
}

TEST(a_descriptor_that_is_closed_while_a_request_is_received_ends_the_call,
     "C27.1 C26.6 CALL:EPIPE REPLY:ESTALE")
{
	int fd = box_new(), copy = ASSERT_OK(dup(fd));
	pthread_t t;
	void *token;
	pid_t pid;

	need_delays();
	/* Once before, so that it is known as a server. */
	become_server(fd);
	pid = failing_caller(fd, EPIPE, 1);
	wait_until_blocked(pid);
	mbt_delay_arm("while-serving");
	ASSERT_EQ(pthread_create(&t, NULL, take, &fd), 0);
	mbt_delay_wait("while-serving");
	close(copy);
	EXPECT_TRUE(mbt_is_blocked(pid));
	mbt_delay_release("while-serving");
	ASSERT_EQ(pthread_join(t, &token), 0);
	EXPECT_CHILD_OK(pid);
	EXPECT_ERRNO(do_reply(fd, (uintptr_t)token, "late"), ESTALE);
	/* From now on it serves as before. */
	become_server(fd);
}

TEST(a_receiver_whose_process_has_closed_the_handle_answers_nobody,
     "C27.1 C26.6 CALL:EPIPE")
{
	int is_known;

	need_delays();
	for (is_known = 0; is_known < 2; is_known++) {
		int fd = box_new(), client = ASSERT_OK(do_copy(fd, R_SEND));
		pid_t other, holder;

		/* The handle lives on in another process. */
		CHILD(holder)
		pause();
		CHILD(other)
		{
			int mine = fd;
			pthread_t t;
			void *token;
			pid_t pid;

			if (is_known)
				become_server(fd);
			mbt_delay_arm("before-sleep");
			ASSERT_EQ(pthread_create(&t, NULL, take, &mine), 0);
			mbt_delay_wait("before-sleep");
			close(fd);
			mbt_delay_release("before-sleep");
			pid = failing_caller(client, EPIPE, 1);
			EXPECT_CHILD_OK(pid);
			ASSERT_EQ(pthread_join(t, &token), 0);
		}
		EXPECT_CHILD_OK(other);
		ASSERT_OK(kill(holder, SIGKILL));
		EXPECT_CHILD_KILLED(holder, SIGKILL);
		/* Who has it still can serve. */
		become_server(fd);
		close(fd);
		close(client);
	}
}

/* -- after-sleep: the wait is over, and the caller has not gone --------------- */

TEST(an_expired_call_is_never_delivered_and_is_counted,
     "C27.3 C26.6 CALL:ETIMEDOUT")
{
	int fd = box_new();
	pid_t pid;

	need_delays();
	CHILD(pid)
	{
		struct mbox_call c;
		char buf[8];

		mbt_delay_arm("after-sleep");
		EXPECT_ERRNO(do_call(fd, &c, "late", buf, sizeof(buf),
				     .deadline = mbt_in_ms(300 * mbt_slow())),
			     ETIMEDOUT);
		EXPECT_EQ(c.taken, 0);
	}
	mbt_delay_wait("after-sleep");
	put(fd, "next");
	EXPECT_EQ(stat_of(fd).messages, 2);
	EXPECT_EQ(stat_of(fd).expired, 0);
	expect_next(fd, "next");
	EXPECT_EQ(stat_of(fd).expired, 1);
	mbt_delay_release("after-sleep");
	EXPECT_CHILD_OK(pid);
	EXPECT_EQ(stat_of(fd).expired, 1);
	settled(fd, 1, 1);
}

TEST(an_expired_call_is_not_read_either, "C27.3 CALL:ETIMEDOUT")
{
	int fd = box_new();
	char buf[8];
	pid_t pid;

	need_delays();
	CHILD(pid)
	{
		struct mbox_call c;

		mbt_delay_arm("after-sleep");
		EXPECT_ERRNO(do_call(fd, &c, "late", buf, sizeof(buf),
				     .deadline = mbt_in_ms(300 * mbt_slow())),
			     ETIMEDOUT);
		EXPECT_EQ(c.taken, 0);
	}
	mbt_delay_wait("after-sleep");
	put(fd, "next");
	ASSERT_EQ(read(fd, buf, sizeof(buf)), 4);
	EXPECT_MEM(buf, "next", 4);
	EXPECT_EQ(stat_of(fd).expired, 1);
	mbt_delay_release("after-sleep");
	EXPECT_CHILD_OK(pid);
}

TEST(an_answer_that_comes_before_the_caller_has_gone_is_its_answer,
     "C26.1 C26.6 C18.1")
{
	int is_signal;

	need_delays();
	for (is_signal = 0; is_signal < 2; is_signal++) {
		int fd = box_new();
		__u64 token;
		pid_t pid;

		CHILD(pid)
		{
			struct mbox_call c;
			char buf[8];

			catch_signal(SIGUSR1, 0);
			ASSERT_OK(do_call(
				fd, &c, "x", buf, sizeof(buf),
				.deadline = is_signal ? 0 :
							mbt_in_ms(2000 *
								  mbt_slow())));
			EXPECT_MEM(buf, "answer", 6);
			EXPECT_EQ(c.taken, 1);
		}
		token = take_call(fd);
		mbt_delay_arm("after-sleep");
		if (is_signal) {
			wait_until_blocked(pid);
			ASSERT_OK(kill(pid, SIGUSR1));
		}
		mbt_delay_wait("after-sleep");
		ASSERT_OK(do_reply(fd, token, "answer"));
		mbt_delay_release("after-sleep");
		EXPECT_CHILD_OK(pid);
		close(fd);
	}
}

TEST(a_request_that_is_taken_while_its_caller_gives_up_is_taken,
     "C26.6 C26.9 C27.2 CALL:EINTR REPLY:ESTALE")
{
	int fd = box_new();
	__u64 token;
	pid_t pid;

	need_delays();
	pid = failing_caller(fd, EINTR, 1);
	wait_until_blocked(pid);
	mbt_delay_arm("after-sleep");
	ASSERT_OK(kill(pid, SIGUSR1));
	mbt_delay_wait("after-sleep");
	token = take_call(fd);
	mbt_delay_release("after-sleep");
	EXPECT_CHILD_OK(pid);
	EXPECT_ERRNO(do_reply(fd, token, "late"), ESTALE);
	settled(fd, 1, 1);
}

/* -- before-reply: the answer is complete, and not given yet ------------------ */

TEST(a_caller_that_gives_up_while_it_is_answered_makes_the_token_stale,
     "C27.2 C26.9 REPLY:ESTALE")
{
	int fd = box_new();
	pid_t pid, other;

	need_delays();
	pid = failing_caller(fd, EINTR, 1);
	mbt_delay_arm("before-reply");
	other = server(fd, ESTALE);
	mbt_delay_wait("before-reply");
	wait_until_blocked(pid);
	ASSERT_OK(kill(pid, SIGUSR1));
	EXPECT_CHILD_OK(pid);
	mbt_delay_release("before-reply");
	EXPECT_CHILD_OK(other);
	EXPECT_EQ(info_of().used_calls, 0);
}

TEST(an_answer_that_is_not_given_yet_stays_charged, "C14.2 C14.8 REPLY:ESTALE")
{
	int fd = box_new();
	pid_t pid, other;

	need_delays();
	pid = failing_caller(fd, EINTR, 1);
	mbt_delay_arm("before-reply");
	other = server(fd, ESTALE);
	mbt_delay_wait("before-reply");
	wait_until_blocked(pid);
	ASSERT_OK(kill(pid, SIGUSR1));
	EXPECT_CHILD_OK(pid);
	/* The call is over, and its answer is still there. */
	EXPECT_EQ(info_of().used_calls, 0);
	EXPECT_EQ(info_of().used_messages, 1);
	mbt_delay_release("before-reply");
	EXPECT_CHILD_OK(other);
	EXPECT_EQ(info_of().used_messages, 0);
}

TEST(a_caller_that_is_killed_while_it_is_answered_is_left_alone,
     "C27.2 C17.4 REPLY:ESTALE")
{
	int fd = box_new();
	pid_t pid, other;

	need_delays();
	pid = failing_caller(fd, EINTR, 1);
	mbt_delay_arm("before-reply");
	other = server(fd, ESTALE);
	mbt_delay_wait("before-reply");
	ASSERT_OK(kill(pid, SIGKILL));
	EXPECT_CHILD_KILLED(pid, SIGKILL);
	mbt_delay_release("before-reply");
	EXPECT_CHILD_OK(other);
}

TEST(destroy_while_a_call_is_answered_comes_first, "C27.4 REPLY:EIDRM")
{
	int fd = box_new();
	pid_t pid, other;

	need_delays();
	pid = failing_caller(fd, EIDRM, 1);
	mbt_delay_arm("before-reply");
	other = server(fd, EIDRM);
	mbt_delay_wait("before-reply");
	ASSERT_OK(do_destroy(fd));
	EXPECT_CHILD_OK(pid);
	mbt_delay_release("before-reply");
	EXPECT_CHILD_OK(other);
}

struct answer {
	int fd;
	__u64 token;
	const char *text;
	int err;
};

static void *answer(void *arg)
{
	struct answer *a = arg;

	if (a->err)
		EXPECT_ERRNO(do_reply(a->fd, a->token, a->text), a->err);
	else
		EXPECT_OK(do_reply(a->fd, a->token, a->text));
	return NULL;
}

TEST(of_two_threads_that_answer_one_does, "C26.5 C26.2 REPLY:ESTALE")
{
	struct answer a = { .fd = box_new(), .text = "first" };
	pid_t pid;
	pthread_t t;

	need_delays();
	pid = caller(a.fd, "question", "first");
	a.token = take_call(a.fd);
	mbt_delay_arm("before-reply");
	ASSERT_EQ(pthread_create(&t, NULL, answer, &a), 0);
	mbt_delay_wait("before-reply");
	EXPECT_ERRNO(do_reply(a.fd, a.token, "second"), ESTALE);
	mbt_delay_release("before-reply");
	ASSERT_EQ(pthread_join(t, NULL), 0);
	EXPECT_CHILD_OK(pid);
}

TEST(a_descriptor_that_is_closed_while_a_call_is_answered_ends_it,
     "C27.1 CALL:EPIPE REPLY:ESTALE")
{
	struct answer a = { .fd = box_new(), .text = "late", .err = ESTALE };
	int copy = ASSERT_OK(dup(a.fd));
	pid_t pid;
	pthread_t t;

	need_delays();
	pid = failing_caller(a.fd, EPIPE, 1);
	a.token = take_call(a.fd);
	mbt_delay_arm("before-reply");
	ASSERT_EQ(pthread_create(&t, NULL, answer, &a), 0);
	mbt_delay_wait("before-reply");
	close(copy);
	EXPECT_CHILD_OK(pid);
	mbt_delay_release("before-reply");
	ASSERT_EQ(pthread_join(t, NULL), 0);
}

/* -- before-wake: finished, and not woken yet --------------------------------- */

TEST(a_caller_that_has_left_before_it_is_woken_is_left_alone,
     "C26.1 C18.1 C17.4")
{
	int fd = box_new();
	pid_t pid, other;

	need_delays();
	CHILD(pid)
	{
		struct mbox_call c;
		char buf[8];

		catch_signal(SIGUSR1, 0);
		ASSERT_OK(do_call(fd, &c, "x", buf, sizeof(buf)));
		EXPECT_MEM(buf, "answer", 6);
	}
	CHILD(other)
	{
		__u64 token = take_call(fd);

		wait_until_blocked(pid);
		mbt_delay_arm("before-wake");
		ASSERT_OK(do_reply(fd, token, "answer"));
	}
	mbt_delay_wait("before-wake");
	/* It is answered, and finds that out by itself. */
	ASSERT_OK(kill(pid, SIGUSR1));
	EXPECT_CHILD_OK(pid);
	mbt_delay_release("before-wake");
	EXPECT_CHILD_OK(other);
}

/* -- before-lock-send: complete, and not in the mailbox yet ------------------- */

TEST(destroy_before_a_request_is_placed_comes_first, "C27.4 C26.6 CALL:EIDRM")
{
	int fd = box_new();
	pid_t pid;

	need_delays();
	mbt_delay_arm("before-lock-send");
	pid = failing_caller(fd, EIDRM, 0);
	mbt_delay_wait("before-lock-send");
	ASSERT_OK(do_destroy(fd));
	mbt_delay_release("before-lock-send");
	EXPECT_CHILD_OK(pid);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests and answers through libmbox in the guest: who is told what, how a
 * call ends, and how far a failed one came.
 *
 * Locking: none.  Run by the vm tier.
 */
#include "lib.h"

#include <signal.h>

#define CALL_WITH(mb, text, reply, room, answer, ...)       \
	mbox_call_with(mb, text, strlen(text), reply, room, \
		       &(struct mbox_call_options){ __VA_ARGS__ }, answer)

/* A child that calls, and expects this answer. */
static pid_t caller(struct mbox *mb, const char *text, const char *expected)
{
	pid_t pid;

	CHILD(pid)
	{
		char reply[64];
		ssize_t len = mbox_call(mb, text, strlen(text), reply,
					sizeof(reply) - 1);

		ASSERT_EQ(len, strlen(expected));
		EXPECT_MEM(reply, expected, len);
	}
	return pid;
}

/* A child whose call fails with err; taken says how far it came. */
static pid_t failing_caller(struct mbox *mb, int err, uint32_t taken)
{
	pid_t pid;

	CHILD(pid)
	{
		struct mbox_answer answer = { .taken = 7 };
		char reply[8];

		EXPECT_ERRNO(mbox_call_with(mb, "x", 1, reply, sizeof(reply),
					    NULL, &answer),
			     err);
		EXPECT_EQ(answer.taken, taken);
	}
	return pid;
}

/* Receives a request, and returns its token. */
static uint64_t take(struct mbox *mb)
{
	struct mbox_message request;
	char buf[64];

	ASSERT_OK(mbox_recv_with(mb, buf, sizeof(buf), NULL, &request));
	ASSERT_NE(request.token, 0);
	return request.token;
}

TEST(a_call_gets_the_answer_and_learns_who_gave_it, "C26.1 C26.2")
{
	struct mbox *mb = lib_new(NULL);
	pid_t server;

	CHILD(server)
	{
		const struct mbox_reply_options options = { .tag = 8 };
		struct mbox_message request;
		char buf[8];

		mbt_become(ALICE, ALICE);
		ASSERT_EQ(mbox_recv_with(mb, buf, sizeof(buf), NULL, &request),
			  3);
		EXPECT_MEM(buf, "two", 3);
		EXPECT_EQ(request.tag, 7);
		EXPECT_EQ(request.priority, 5);
		EXPECT_EQ(request.pid, getppid());
		EXPECT_EQ(request.reply_room, 6);
		EXPECT_GT(request.call_deadline, (uint64_t)mbt_now());
		ASSERT_EQ(mbox_reply_with(mb, request.token, "four", 4,
					  &options),
			  0);
	}
	struct mbox_answer answer;
	char reply[6] = ".....";

	EXPECT_EQ(CALL_WITH(mb, "two", reply, sizeof(reply), &answer, .tag = 7,
			    .priority = 5,
			    .deadline = mbox_deadline_in(20 * MBT_SECOND)),
		  4);
	EXPECT_STR(reply, "four.");
	EXPECT_EQ(answer.tag, 8);
	EXPECT_EQ(answer.len, 4);
	EXPECT_EQ(answer.taken, 1);
	EXPECT_EQ(answer.pid, server);
	EXPECT_EQ(answer.tid, server);
	EXPECT_NE(answer.start_time, 0);
	EXPECT_EQ(answer.uid, ALICE);
	EXPECT_EQ(answer.gid, ALICE);
	EXPECT_CHILD_OK(server);
	mbox_close(mb);
}

TEST(a_message_that_is_no_request_has_no_token, "C26.2")
{
	struct mbox *mb = lib_new(NULL);
	struct mbox_message message;
	char buf[8];

	memset(&message, 0x55, sizeof(message));
	ASSERT_EQ(mbox_send(mb, "x", 1), 0);
	ASSERT_EQ(mbox_recv_with(mb, buf, sizeof(buf), NULL, &message), 1);
	EXPECT_EQ(message.token, 0);
	EXPECT_EQ(message.reply_room, 0);
	EXPECT_EQ(message.call_deadline, 0);
	mbox_close(mb);
}

TEST(an_answer_may_be_empty, "C26.1")
{
	struct mbox *mb = lib_new(NULL);
	pid_t pid = caller(mb, "", "");

	ASSERT_EQ(mbox_reply(mb, take(mb), NULL, 0), 0);
	EXPECT_CHILD_OK(pid);
	mbox_close(mb);
}

TEST(a_token_is_good_once, "C26.5")
{
	struct mbox *mb = lib_new(NULL);
	pid_t pid = caller(mb, "x", "once");
	uint64_t token = take(mb);

	ASSERT_EQ(mbox_reply(mb, token, "once", 4), 0);
	EXPECT_ERRNO(mbox_reply(mb, token, "once", 4), ESTALE);
	EXPECT_ERRNO(mbox_reply(mb, 0, "once", 4), ESTALE);
	EXPECT_CHILD_OK(pid);
	mbox_close(mb);
}

TEST(an_answer_that_does_not_fit_has_no_effect, "C26.3")
{
	struct mbox *mb = lib_new(NULL);
	pid_t pid = caller(mb, "x", "short");
	uint64_t token = take(mb);
	static const char text[64];

	EXPECT_ERRNO(mbox_reply(mb, token, text, sizeof(text)), EMSGSIZE);
	EXPECT_ERRNO(mbox_reply(mb, token, text, SIZE_MAX), EMSGSIZE);
	EXPECT_ERRNO(mbox_reply(mb, token, (void *)8, 4), EFAULT);
	ASSERT_EQ(mbox_reply(mb, token, "short", 5), 0);
	EXPECT_CHILD_OK(pid);
	mbox_close(mb);
}

TEST(the_death_of_the_server_ends_the_call, "C27.1 C26.6")
{
	struct mbox *mb = lib_new(NULL);
	pid_t pid = failing_caller(mb, EPIPE, 1), server;

	CHILD(server)
	take(mb);
	EXPECT_CHILD_OK(server);
	EXPECT_CHILD_OK(pid);
	mbox_close(mb);
}

TEST(a_call_that_nobody_took_is_withdrawn, "C26.6 C26.7")
{
	struct mbox *mb = lib_new(NULL);
	struct mbox_answer answer = { .taken = 7 };
	char reply[8];

	EXPECT_ERRNO(CALL_WITH(mb, "x", reply, sizeof(reply), &answer,
			       .deadline = mbox_deadline_in(30 * MBT_MS)),
		     ETIMEDOUT);
	EXPECT_EQ(answer.taken, 0);
	EXPECT_EQ(lib_status(mb).messages, 0);
	answer.taken = 7;
	EXPECT_ERRNO(CALL_WITH(mb, "x", reply, sizeof(reply), &answer,
			       .deadline = 1),
		     ETIMEDOUT);
	EXPECT_EQ(answer.taken, 0);
	mbox_close(mb);
}

static void on_signal(int sig)
{
	(void)sig;
}

TEST(a_signal_ends_a_call_that_was_taken_and_the_answer_is_stale, "C27.2 C26.6")
{
	const struct sigaction restart = { .sa_handler = on_signal,
					   .sa_flags = SA_RESTART };
	struct mbox *mb = lib_new(NULL);
	uint64_t token;
	pid_t pid;

	/* The child inherits the handler. */
	ASSERT_OK(sigaction(SIGUSR1, &restart, NULL));
	pid = failing_caller(mb, EINTR, 1);
	token = take(mb);
	wait_until_blocked(pid);
	ASSERT_OK(kill(pid, SIGUSR1));
	EXPECT_CHILD_OK(pid);
	EXPECT_ERRNO(mbox_reply(mb, token, NULL, 0), ESTALE);
	mbox_close(mb);
}

TEST(calls_that_are_not_valid_are_not_sent, "C11.1")
{
	struct mbox_attr newest = { .policy = MBOX_POLICY_DROP_NEWEST };
	struct mbox *mb = lib_new(NULL), *drops = lib_new(&newest);
	struct mbox *recv = ASSERT_PTR(mbox_copy(mb, MBOX_RECV));
	struct mbox *send = ASSERT_PTR(mbox_copy(mb, MBOX_SEND));
	char reply[8];

	EXPECT_ERRNO(CALL_WITH(mb, "x", reply, 8, NULL, .flags = MBOX_SYNC),
		     EINVAL);
	EXPECT_ERRNO(CALL_WITH(mb, "x", reply, 8, NULL, .flags = MBOX_TRUNCATE),
		     EINVAL);
	EXPECT_ERRNO(CALL_WITH(mb, "x", reply, 8, NULL, .priority = 32768),
		     EINVAL);
	EXPECT_ERRNO(CALL_WITH(mb, "x", reply, 8, NULL, .reserved = { 1 }),
		     EINVAL);
	EXPECT_ERRNO(mbox_call(drops, "x", 1, reply, 8), EOPNOTSUPP);
	EXPECT_ERRNO(mbox_call(recv, "x", 1, reply, 8), EBADF);
	EXPECT_ERRNO(mbox_call(mb, (void *)8, 1, reply, 8), EFAULT);
	EXPECT_ERRNO(mbox_call(mb, reply, MBOX_DEFAULT_SIZE + 1, reply, 8),
		     EMSGSIZE);
	EXPECT_ERRNO(mbox_reply(send, 1, "x", 1), EBADF);
	EXPECT_EQ(lib_status(mb).sent, 0);
	mbox_close(send);
	mbox_close(recv);
	mbox_close(drops);
	mbox_close(mb);
}

TEST(a_server_answers_and_receives_in_one_loop, "C26.4")
{
	struct mbox *mb = lib_new(NULL);
	pid_t server;

	CHILD(server)
	{
		struct mbox_message request = { .token = 0 };
		char buf[16];
		ssize_t len = 0;

		do {
			len = mbox_reply_recv(mb, buf, (size_t)len, buf,
					      sizeof(buf), &request);
			ASSERT_OK(len);
			ASSERT_NE(request.token, 0);
			for (ssize_t i = 0; i < len; i++)
				buf[i]++;
		} while (len);
		ASSERT_EQ(mbox_reply(mb, request.token, "end", 3), 0);
	}
	char reply[16];

	for (int i = 0; i < 100; i++) {
		ASSERT_EQ(mbox_call(mb, "HAL", 3, reply, sizeof(reply)), 3);
		ASSERT_MEM(reply, "IBM", 3);
	}
	EXPECT_EQ(mbox_call(mb, NULL, 0, reply, sizeof(reply)), 3);
	EXPECT_MEM(reply, "end", 3);
	EXPECT_CHILD_OK(server);
	mbox_close(mb);
}

TEST(reply_recv_tells_by_the_token_how_far_it_came, "C26.8")
{
	struct mbox *mb = lib_new(NULL);
	const struct mbox_recv_options nowait = { .flags = MBOX_NOWAIT };
	pid_t pid = caller(mb, "x", "good");
	struct mbox_message message;
	char buf[128] = "good";
	uint64_t token;

	ASSERT_OK(mbox_recv_with(mb, buf + 64, 64, NULL, &message));
	token = message.token;

	/* Refused before anything was done. */
	EXPECT_ERRNO(mbox_reply_recv(mb, buf, 128, buf, 64, &message),
		     EMSGSIZE);
	EXPECT_EQ(message.token, token);
	EXPECT_EQ(message.len, 1);

	/* The answer is out, and there is nothing to receive. */
	EXPECT_ERRNO(mbox_reply_recv_with(mb, buf, 4, NULL, buf, 64, &nowait,
					  &message),
		     EAGAIN);
	EXPECT_EQ(message.token, 0);
	EXPECT_CHILD_OK(pid);

	/* The same again only receives. */
	ASSERT_EQ(mbox_send(mb, "next", 4), 0);
	EXPECT_ERRNO(mbox_reply_recv(mb, buf, 4, buf, 3, &message), EMSGSIZE);
	EXPECT_EQ(message.token, 0);
	EXPECT_EQ(message.len, 4);
	EXPECT_EQ(mbox_reply_recv(mb, buf, 4, buf, 64, &message), 4);
	EXPECT_MEM(buf, "next", 4);
	mbox_close(mb);
}

TEST(a_stale_token_stops_reply_recv_before_it_receives, "C26.5")
{
	struct mbox *mb = lib_new(NULL);
	struct mbox_message message = { .token = 12345 };
	char buf[8];

	ASSERT_EQ(mbox_send(mb, "x", 1), 0);
	EXPECT_ERRNO(mbox_reply_recv(mb, "y", 1, buf, 8, &message), ESTALE);
	EXPECT_EQ(message.token, 12345);
	EXPECT_EQ(lib_status(mb).messages, 1);
	mbox_close(mb);
}

TEST(who_waits_for_an_answer_is_shown, "")
{
	struct mbox *mb = lib_new(NULL);
	struct mbox_waiter_entry waiters[2];
	pid_t pid = caller(mb, "abc", "done");
	uint64_t token;

	wait_until_blocked(pid);
	ASSERT_EQ(mbox_waiters(mb, waiters, 2), 1);
	EXPECT_EQ(waiters[0].what, MBOX_WAIT_CALL);
	EXPECT_EQ(waiters[0].pid, pid);
	token = take(mb);
	ASSERT_EQ(mbox_waiters(mb, waiters, 2), 1);
	EXPECT_EQ(waiters[0].what, MBOX_WAIT_REPLY);
	EXPECT_EQ(waiters[0].pid, pid);
	ASSERT_EQ(mbox_reply(mb, token, "done", 4), 0);
	EXPECT_CHILD_OK(pid);
	mbox_close(mb);
}

TEST(calls_that_are_pending_and_those_that_expired_are_counted, "C14.5 C27.3")
{
	struct mbox *mb = lib_new(NULL);
	struct mbox_limits limits;
	struct mbox_status status;
	char reply[8];
	uint64_t token;
	pid_t pid;

	EXPECT_ERRNO(CALL_WITH(mb, "x", reply, sizeof(reply), NULL,
			       .deadline = mbox_deadline_in(30 * MBT_MS)),
		     ETIMEDOUT);
	ASSERT_OK(mbox_status(mb, &status));
	EXPECT_EQ(status.expired, 1);
	pid = caller(mb, "abc", "done");
	token = take(mb);
	ASSERT_OK(mbox_limits(&limits));
	EXPECT_EQ(limits.used_calls, 1);
	EXPECT_EQ(limits.user_calls, 128);
	ASSERT_EQ(mbox_reply(mb, token, "done", 4), 0);
	EXPECT_CHILD_OK(pid);
	ASSERT_OK(mbox_status(mb, &status));
	EXPECT_EQ(status.expired, 1);
	mbox_close(mb);
}

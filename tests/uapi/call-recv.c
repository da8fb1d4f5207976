// SPDX-License-Identifier: GPL-2.0-only
/*
 * call-recv.c: REPLY_RECV, an answer and the next request in one call.
 *
 * Owns: the sentences of C26 on REPLY_RECV; part of the program uapi-call.
 * Takes no locks; run by the guest runner.
 */
#include "call.h"

TEST(reply_recv_answers_and_receives, "C26.4 C26.8")
{
	int fd = box_new();
	pid_t one = caller(fd, "one", "first"), two;
	struct mbox_recv r = { .size = sizeof(r) };
	struct mbox_reply p;
	char buf[64];
	__u64 token = take_call(fd);

	two = caller(fd, "two", "second");
	wait_until_blocked(two);
	r.data = PTR(buf);
	r.len = sizeof(buf);
	ASSERT_OK(do_reply_recv(fd, &p, token, "first", &r));
	EXPECT_EQ(p.token, 0);
	EXPECT_MEM(buf, "two", 3);
	EXPECT_CHILD_OK(one);
	ASSERT_OK(do_reply(fd, r.token, "second"));
	EXPECT_CHILD_OK(two);
}

TEST(reply_recv_with_token_0_only_receives, "C26.4 C26.8")
{
	int fd = box_new();
	char buf[64];
	struct mbox_recv r = { .size = sizeof(r),
			       .data = PTR(buf),
			       .len = sizeof(buf) };
	struct mbox_reply p;
	pid_t pid = caller(fd, "question", "answer");

	ASSERT_OK(do_reply_recv(fd, &p, 0, "", &r));
	ASSERT_OK(do_reply(fd, r.token, "answer"));
	EXPECT_CHILD_OK(pid);
}

TEST(what_reply_recv_refuses_answers_nothing, "C26.4 C11.1 ANY:EINVAL")
{
	int fd = box_new();
	pid_t pid = caller(fd, "question", "answer");
	char buf[64];
	struct mbox_recv good = { .size = sizeof(good),
				  .data = PTR(buf),
				  .len = sizeof(buf) },
			 bad[6];
	struct mbox_reply p;
	__u64 token = take_call(fd);
	size_t i;

	for (i = 0; i < 6; i++)
		bad[i] = good;
	bad[0].size = 8;
	bad[1].flags = MBOX_SYNC;
	bad[2].result = 1;
	bad[3].select = 77;
	bad[4].deadline = 1ULL << 63;
	bad[5].flags = MBOX_REALTIME;
	for (i = 0; i < 6; i++) {
		expect_refused(fd,
			       do_reply_recv(fd, &p, token, "answer", &bad[i]),
			       EINVAL);
		EXPECT_EQ(p.token, token);
	}
	expect_refused(fd, do_reply_recv(fd, &p, token, "answer", nowhere()),
		       EFAULT);
	expect_refused(fd, do_reply_recv(fd, &p, token + 1, "answer", &good),
		       ESTALE);
	EXPECT_EQ(p.token, token + 1);
	ASSERT_OK(do_reply(fd, token, "answer"));
	EXPECT_CHILD_OK(pid);
}

TEST(reply_recv_where_no_0_can_be_stored_answers_nothing,
     "C26.8 C11.1 ANY:EFAULT")
{
	int fd = box_new();
	pid_t pid = caller(fd, "question", "answer");
	char buf[64];
	struct mbox_recv r = { .size = sizeof(r),
			       .flags = MBOX_NOWAIT,
			       .data = PTR(buf),
			       .len = sizeof(buf) };
	struct mbox_reply p = { .size = sizeof(p),
				.token = take_call(fd),
				.data = PTR("answer"),
				.len = 6,
				.recv = PTR(&r) };

	expect_refused(fd,
		       box_ioctl(fd, MBOX_IOC_REPLY_RECV,
				 read_only(&p, sizeof(p))),
		       EFAULT);
	ASSERT_OK(do_reply(fd, p.token, "answer"));
	EXPECT_CHILD_OK(pid);
}

TEST(the_second_half_of_reply_recv_fails_and_the_answer_is_out,
     "C11.9 C26.4 C26.8 RECV:EAGAIN RECV:ETIMEDOUT")
{
	int fd = box_new(), i;
	char buf[64];

	for (i = 0; i < 2; i++) {
		pid_t pid = caller(fd, "question", "answer");
		struct mbox_recv r = { .size = sizeof(r),
				       .flags = i ? 0 : MBOX_NOWAIT,
				       .deadline = i ? 1 : 0,
				       .data = PTR(buf),
				       .len = sizeof(buf) };
		struct mbox_reply p;
		__u64 token = take_call(fd);

		EXPECT_ERRNO(do_reply_recv(fd, &p, token, "answer", &r),
			     i ? ETIMEDOUT : EAGAIN);
		EXPECT_EQ(p.token, 0);
		EXPECT_CHILD_OK(pid);
	}
}

TEST(a_reply_recv_that_is_restarted_only_receives, "C26.8 C17.2")
{
	int fd = box_new();
	pid_t one = caller(fd, "one", "first"), two, server;

	CHILD(server)
	{
		char buf[64];
		struct mbox_recv r = { .size = sizeof(r),
				       .data = PTR(buf),
				       .len = sizeof(buf) };
		struct mbox_reply p;

		catch_signal(SIGUSR1, SA_RESTART);
		ASSERT_OK(do_reply_recv(fd, &p, take_call(fd), "first", &r));
		EXPECT_GE(signals_caught, 1);
		EXPECT_EQ(p.token, 0);
		ASSERT_OK(do_reply(fd, r.token, "second"));
	}
	EXPECT_CHILD_OK(one);
	wait_until_blocked(server);
	ASSERT_OK(kill(server, SIGUSR1));
	mbt_sleep_ms(20);
	wait_until_blocked(server);
	two = caller(fd, "two", "second");
	EXPECT_CHILD_OK(two);
	EXPECT_CHILD_OK(server);
}

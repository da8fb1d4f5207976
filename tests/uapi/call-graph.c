// SPDX-License-Identifier: GPL-2.0-only
/*
 * call-graph.c: who waits for whom, and when that is a deadlock.
 *
 * Owns: the sentences of C28; part of the program uapi-call.  Takes no locks;
 * run by the guest runner.
 */
#include "call.h"

#include <sys/stat.h>
#include <sys/wait.h>

/* A call that ends by itself: it was not refused, nor answered. */
#define EXPECT_NO_DEADLOCK(fd, ...)                                    \
	do {                                                           \
		struct mbox_call c_;                                   \
		char buf_[8];                                          \
		EXPECT_ERRNO(do_call(fd, &c_, "x", buf_, sizeof(buf_), \
				     .deadline = mbt_in_ms(30),        \
				     ##__VA_ARGS__),                   \
			     ETIMEDOUT);                               \
	} while (0)

#define EXPECT_DEADLOCK(fd)                                                   \
	do {                                                                  \
		struct mbox_call c_;                                          \
		char buf_[8];                                                 \
		expect_refused(fd, do_call(fd, &c_, "x", buf_, sizeof(buf_)), \
			       EDEADLK);                                      \
		EXPECT_EQ(c_.taken, 0);                                       \
	} while (0)

/* A child that serves one mailbox, and then calls another, which dies. */
static pid_t server_that_calls(int serves, int calls)
{
	pid_t pid;

	CHILD(pid)
	{
		struct mbox_call c;
		char buf[8];

		become_server(serves);
		EXPECT_ERRNO(do_call(calls, &c, "x", buf, sizeof(buf)), EIDRM);
	}
	WAIT_FOR(stat_of(calls).messages == 1);
	wait_until_blocked(pid);
	return pid;
}

TEST(a_thread_that_calls_itself_is_refused, "C28.1 CALL:EDEADLK")
{
	int fd = box_new(), copy = ASSERT_OK(do_copy(fd, R_SEND));

	become_server(fd);
	EXPECT_DEADLOCK(fd);
	EXPECT_DEADLOCK(fd);
	/* By whatever handle. */
	EXPECT_DEADLOCK(copy);
	/* It still serves. */
	become_server(fd);
}

TEST(two_who_call_each_other_are_refused, "C28.1 CALL:EDEADLK")
{
	int a = box_new(), b = box_new();
	pid_t other;

	become_server(a);
	other = server_that_calls(b, a);
	EXPECT_DEADLOCK(b);
	ASSERT_OK(do_destroy(a));
	EXPECT_CHILD_OK(other);
}

TEST(three_who_call_each_other_are_refused, "C28.1 CALL:EDEADLK")
{
	int a = box_new(), b = box_new(), c = box_new();
	pid_t one, two;

	become_server(a);
	one = server_that_calls(b, a);
	two = server_that_calls(c, b);
	EXPECT_DEADLOCK(c);
	ASSERT_OK(do_destroy(b));
	EXPECT_CHILD_OK(two);
	/* One of them has left the circle. */
	EXPECT_NO_DEADLOCK(c);
	ASSERT_OK(do_destroy(a));
	EXPECT_CHILD_OK(one);
}

TEST(who_has_taken_a_request_cannot_call_the_one_who_waits_for_it,
     "C28.1 CALL:EDEADLK")
{
	int a = box_new(), b = box_new();
	__u64 token;
	pid_t pid;

	CHILD(pid)
	{
		struct mbox_call c;
		char buf[8];

		/* Serves a, and asks b. */
		become_server(a);
		ASSERT_OK(do_call(b, &c, "x", buf, sizeof(buf)));
	}
	token = take_call(b);
	EXPECT_DEADLOCK(a);
	ASSERT_OK(do_reply(b, token, ""));
	EXPECT_CHILD_OK(pid);
}

/* A server that calls where another thread of its process serves. */
static void *serve_and_call(void *arg)
{
	struct call_thread *t = arg;

	become_server(t->fd);
	return run_call_thread(t);
}

TEST(a_thread_that_is_free_is_enough, "C28.3")
{
	int fd = box_new(), told[2], go[2];
	struct call_thread t = { .fd = fd, .text = "x", .taken = 1 };
	pid_t other;
	char c;

	ASSERT_OK(pipe(told));
	ASSERT_OK(pipe(go));
	become_server(fd);
	/* Both have received from it; one calls, and the other does no such. */
	CHILD(other)
	{
		become_server(fd);
		ASSERT_EQ(write(told[1], "x", 1), 1);
		ASSERT_EQ(read(go[0], &c, 1), 1);
	}
	ASSERT_EQ(read(told[0], &c, 1), 1);
	EXPECT_NO_DEADLOCK(fd);
	ASSERT_EQ(write(go[1], "x", 1), 1);
	EXPECT_CHILD_OK(other);
	/* A thread of the same process is another one, too. */
	ASSERT_EQ(pthread_create(&t.thread, NULL, serve_and_call, &t), 0);
	WAIT_FOR(t.tid);
	wait_until_blocked(t.tid);
	ASSERT_OK(do_reply(fd, take_call(fd), "x"));
	end_call(&t);
}

TEST(a_thread_that_sleeps_in_RECV_is_enough, "C28.3")
{
	int fd = box_new();
	struct mbox_call c;
	pid_t other;
	char buf[8];

	become_server(fd);
	/* It has had no request yet. */
	CHILD(other)
	ASSERT_OK(do_reply(fd, take_call(fd), "x"));
	wait_until_blocked(other);
	ASSERT_OK(do_call(fd, &c, "x", buf, sizeof(buf)));
	EXPECT_CHILD_OK(other);
}

TEST(a_server_that_is_free_again_is_no_deadlock, "C28.3 C28.1")
{
	int a = box_new(), b = box_new();
	pid_t other;

	become_server(a);
	other = server_that_calls(b, a);
	EXPECT_DEADLOCK(b);
	/* Its call is over; the process stays, as b is open here. */
	ASSERT_OK(do_destroy(a));
	EXPECT_CHILD_OK(other);
	EXPECT_NO_DEADLOCK(b);
}

TEST(a_mailbox_that_nobody_has_received_from_is_waited_for, "C28.3")
{
	int fd = box_new(), other = box_new();

	EXPECT_NO_DEADLOCK(fd);
	/* Also by one who has received elsewhere. */
	become_server(other);
	EXPECT_NO_DEADLOCK(fd);
}

TEST(a_handle_that_is_closed_does_not_count, "C28.3")
{
	int fd = box_new(), copy = ASSERT_OK(do_copy(fd, R_RECV));
	pid_t pid = caller(fd, "question", "answer");

	ASSERT_OK(do_reply(copy, take_call(copy), "answer"));
	EXPECT_CHILD_OK(pid);
	EXPECT_DEADLOCK(fd);
	close(copy);
	EXPECT_NO_DEADLOCK(fd);
}

/* pthread_join() returns when a thread has ended, but it is there a bit longer. */
static bool is_alone(void)
{
	struct stat st;

	ASSERT_OK(stat("/proc/self/task", &st));
	return st.st_nlink == 3;
}

static void *serve_one(void *arg)
{
	become_server(*(int *)arg);
	return NULL;
}

TEST(a_thread_that_has_ended_does_not_count, "C28.3 C28.1")
{
	int fd = box_new(), other = box_new();
	pthread_t t;

	become_server(other);
	ASSERT_EQ(pthread_create(&t, NULL, serve_one, &fd), 0);
	ASSERT_EQ(pthread_join(t, NULL), 0);
	WAIT_FOR(is_alone());
	EXPECT_NO_DEADLOCK(fd);
	become_server(fd);
	EXPECT_DEADLOCK(fd);
}

TEST(nocheck_opts_out, "C28.2 CALL:ETIMEDOUT")
{
	int fd = box_new();

	become_server(fd);
	EXPECT_DEADLOCK(fd);
	EXPECT_NO_DEADLOCK(fd, .flags = MBOX_NOCHECK);
	EXPECT_DEADLOCK(fd);
}

TEST(a_destroyed_mailbox_is_no_deadlock, "C4.8 CALL:EIDRM")
{
	int fd = box_new();
	struct mbox_call c;
	char buf[8];

	become_server(fd);
	EXPECT_DEADLOCK(fd);
	ASSERT_OK(do_destroy(fd));
	EXPECT_ERRNO(do_call(fd, &c, "x", buf, sizeof(buf)), EIDRM);
}

TEST(a_call_that_is_refused_for_another_reason_leaves_nobody_blocked, "C28.3")
{
	int a = box_new(.max_messages = 1), b = box_new(), told[2], go[2];
	struct mbox_call c;
	char buf[8];
	pid_t other;

	ASSERT_OK(pipe(told));
	ASSERT_OK(pipe(go));
	CHILD(other)
	{
		become_server(a);
		/* Whatever came of its own call, it is free after it. */
		EXPECT_ERRNO(do_call(b, &c, "x", buf, sizeof(buf),
				     .deadline = mbt_in_ms(20)),
			     ETIMEDOUT);
		put(a, "full");
		EXPECT_ERRNO(do_call(a, &c, "x", buf, sizeof(buf),
				     .flags = MBOX_NOCHECK | MBOX_NOWAIT),
			     EAGAIN);
		expect_next(a, "full");
		ASSERT_EQ(write(told[1], "x", 1), 1);
		ASSERT_EQ(read(go[0], buf, 1), 1);
	}
	become_server(b);
	ASSERT_EQ(read(told[0], buf, 1), 1);
	EXPECT_NO_DEADLOCK(a);
	ASSERT_EQ(write(go[1], "x", 1), 1);
	EXPECT_CHILD_OK(other);
}

/* -- The bound -------------------------------------------------------------- */

enum { EDGES = 256, MANY = EDGES + 8 };

static int crowded;

/* Takes the request that is first, and answers it: this is a server now. */
static void greet(void)
{
	ASSERT_OK(do_reply(crowded, take_call(crowded), "hello"));
}

/* Receives a request, and calls where only such as itself could answer. */
static void *crowd(void *arg)
{
	struct mbox_call c;
	char buf[8];

	greet();
	EXPECT_ERRNO(do_call(crowded, &c, "x", buf, sizeof(buf),
			     .flags = MBOX_NOCHECK),
		     EIDRM);
	return arg;
}

TEST_FOR(a_search_gives_up_without_an_error, "C28.5 C28.1", 120)
{
	pthread_t t[MANY];
	pid_t greeter;
	int i;

	param_set("user_calls", 10000);
	crowded = box_new(.capacity = MBOX_CAPACITY_UNBOUNDED);
	/* Before there are threads, whose stacks a fork would have to copy. */
	CHILD(greeter)
	{
		struct mbox_call c;
		char buf[8];

		while (!do_call(crowded, &c, "hello", buf, sizeof(buf),
				.priority = MBOX_PRIORITY_MAX))
			;
		EXPECT_EQ(errno, EIDRM);
	}
	greet();
	for (i = 0; i < MANY; i++) {
		/* The next of the greeter's, and the calls of the crowd. */
		WAIT_FOR(stat_of(crowded).messages == (__u64)i + 1);
		/* As many edges as are followed: these, and its own. */
		if (i == EDGES - 1)
			EXPECT_DEADLOCK(crowded);
		if (i == EDGES)
			EXPECT_NO_DEADLOCK(crowded);
		ASSERT_EQ(pthread_create(&t[i], NULL, crowd, NULL), 0);
	}
	WAIT_FOR(stat_of(crowded).messages == MANY + 1);
	ASSERT_OK(do_destroy(crowded));
	EXPECT_CHILD_OK(greeter);
	for (i = 0; i < MANY; i++)
		ASSERT_EQ(pthread_join(t[i], NULL), 0);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * call-tokens.c: for whom a token is good, and how often.
 *
 * Owns: the sentences of C26 on tokens; part of the program uapi-call.  What an
 * exec leaves is seen by this program when it is run again, with
 * CALL_AFTER_EXEC in its environment.  Takes no locks; run by the guest runner.
 */
#include "call.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/wait.h>

TEST(a_token_is_good_once, "C26.2 C26.5 REPLY:ESTALE")
{
	int fd = box_new();
	pid_t pid = caller(fd, "question", "answer");
	__u64 token = take_call(fd);

	ASSERT_OK(do_reply(fd, token, "answer"));
	EXPECT_ERRNO(do_reply(fd, token, "again"), ESTALE);
	EXPECT_CHILD_OK(pid);
	EXPECT_ERRNO(do_reply(fd, token, "again"), ESTALE);
}

TEST(a_token_that_was_guessed_is_stale, "C26.5 REPLY:ESTALE")
{
	int fd = box_new();
	pid_t pid;
	__u64 token;

	/* Before the handle has received any request, and after. */
	EXPECT_ERRNO(do_reply(fd, 0, "x"), ESTALE);
	EXPECT_ERRNO(do_reply(fd, 1, "x"), ESTALE);
	pid = caller(fd, "question", "answer");
	token = take_call(fd);
	expect_refused(fd, do_reply(fd, 0, "x"), ESTALE);
	expect_refused(fd, do_reply(fd, token - 1, "x"), ESTALE);
	expect_refused(fd, do_reply(fd, token + 1, "x"), ESTALE);
	expect_refused(fd, do_reply(fd, ~0ULL, "x"), ESTALE);
	ASSERT_OK(do_reply(fd, token, "answer"));
	EXPECT_CHILD_OK(pid);
}

TEST(a_token_of_another_handle_is_stale, "C26.5 REPLY:ESTALE")
{
	int fd = box_new(), copy = ASSERT_OK(do_copy(fd, R_RECV));
	int other = box_new();
	pid_t pid = caller(fd, "question", "answer");
	__u64 token = take_call(fd);

	expect_refused(fd, do_reply(copy, token, "x"), ESTALE);
	expect_refused(fd, do_reply(other, token, "x"), ESTALE);
	ASSERT_OK(do_reply(fd, token, "answer"));
	EXPECT_CHILD_OK(pid);
}

TEST(a_token_is_good_on_a_dup_of_the_descriptor, "C26.5 C1.7")
{
	int fd = box_new(), copy = ASSERT_OK(dup(fd));
	pid_t pid = caller(fd, "question", "answer");

	ASSERT_OK(do_reply(copy, take_call(fd), "answer"));
	EXPECT_CHILD_OK(pid);
}

TEST(a_token_is_stale_for_a_child_and_goes_on_being_good, "C26.5 REPLY:ESTALE")
{
	int fd = box_new();
	pid_t pid = caller(fd, "question", "answer"), child;
	__u64 token = take_call(fd);

	CHILD(child)
	expect_refused(fd, do_reply(fd, token, "x"), ESTALE);
	EXPECT_CHILD_OK(child);
	ASSERT_OK(do_reply(fd, token, "answer"));
	EXPECT_CHILD_OK(pid);
}

TEST(a_token_of_a_child_is_stale_for_its_parent, "C26.5 REPLY:ESTALE")
{
	__u64 *token = mbt_shared(sizeof(*token));
	int fd = box_new(), done[2];
	pid_t pid = caller(fd, "question", "answer"), child;
	char c;

	ASSERT_OK(pipe(done));
	CHILD(child)
	{
		*token = take_call(fd);
		/* Until the parent has tried. */
		ASSERT_EQ(read(done[0], &c, 1), 1);
		ASSERT_OK(do_reply(fd, *token, "answer"));
	}
	wait_until_sleeping(child, "pipe");
	expect_refused(fd, do_reply(fd, *token, "x"), ESTALE);
	ASSERT_EQ(write(done[1], "x", 1), 1);
	EXPECT_CHILD_OK(child);
	EXPECT_CHILD_OK(pid);
}

struct answer {
	int fd;
	__u64 token;
};

static void *answer(void *arg)
{
	struct answer *a = arg;

	EXPECT_OK(do_reply(a->fd, a->token, "answer"));
	return NULL;
}

static void *take(void *arg)
{
	struct answer *a = arg;

	a->token = take_call(a->fd);
	return NULL;
}

TEST(a_token_is_good_for_any_thread_of_the_process, "C26.5")
{
	struct answer a = { .fd = box_new() };
	pid_t pid = caller(a.fd, "question", "answer");
	pthread_t t;

	a.token = take_call(a.fd);
	ASSERT_EQ(pthread_create(&t, NULL, answer, &a), 0);
	ASSERT_EQ(pthread_join(t, NULL), 0);
	EXPECT_CHILD_OK(pid);
	/* Also if the one that has received is there no more. */
	pid = caller(a.fd, "question", "answer");
	ASSERT_EQ(pthread_create(&t, NULL, take, &a), 0);
	ASSERT_EQ(pthread_join(t, NULL), 0);
	answer(&a);
	EXPECT_CHILD_OK(pid);
}

TEST(threads_come_and_go_and_each_answers, "C26.5 C36.3")
{
	struct answer a = { .fd = box_new() };
	pthread_t t;
	int i;

	for (i = 0; i < 20; i++) {
		pid_t pid = caller(a.fd, "question", "answer");

		ASSERT_EQ(pthread_create(&t, NULL, take, &a), 0);
		ASSERT_EQ(pthread_join(t, NULL), 0);
		ASSERT_OK(do_reply(a.fd, a.token, "answer"));
		EXPECT_CHILD_OK(pid);
	}
}

TEST(a_process_answers_in_any_order, "C26.5 C26.2")
{
	enum { CALLS = 8 };
	int fd = box_new(), i;
	pid_t pid[CALLS];
	__u64 token[CALLS];
	char text[2] = { 0, 0 };

	for (i = 0; i < CALLS; i++) {
		text[0] = (char)('a' + i);
		pid[i] = caller(fd, "question", text);
		token[i] = take_call(fd);
	}
	for (i = 0; i < CALLS; i++) {
		int which = (i * 5 + 3) % CALLS;

		text[0] = (char)('a' + which);
		ASSERT_OK(do_reply(fd, token[which], text));
		EXPECT_CHILD_OK(pid[which]);
	}
}

/* -- exec ------------------------------------------------------------------ */

/*
 * What this program is after exec: "pause"; "FD" to receive a request and keep
 * it; or "FD TOKEN" to try a token.
 */
__attribute__((constructor)) static void after_exec(void)
{
	const char *what = getenv("CALL_AFTER_EXEC");
	struct mbox_reply p = { .size = sizeof(p) };
	char *end;
	int fd;

	if (!what)
		return;
	if (strcmp(what, "pause") == 0) {
		pause();
		_exit(1);
	}
	fd = (int)strtol(what, &end, 10);
	if (!*end) {
		char buf[64];
		struct mbox_recv r = { .size = sizeof(r),
				       .data = PTR(buf),
				       .len = sizeof(buf) };

		if (ioctl(fd, MBOX_IOC_RECV, &r) || !r.token)
			_exit(1);
		pause();
	}
	p.token = strtoull(end, NULL, 10);
	_exit(ioctl(fd, MBOX_IOC_REPLY, &p) == -1 && errno == ESTALE ? 0 : 1);
}

static void exec_again(const char *what)
{
	ASSERT_OK(setenv("CALL_AFTER_EXEC", what, 1));
	execl("/proc/self/exe", "call", NULL);
	FAIL("exec: %s", mbt_errno_name(errno));
}

TEST(exec_closes_the_handle_and_ends_the_call, "C27.1 C1.2 CALL:EPIPE")
{
	int fd = box_new();
	pid_t pid = failing_caller(fd, EPIPE, 1), server;

	CHILD(server)
	{
		take_call(fd);
		exec_again("pause");
	}
	EXPECT_CHILD_OK(pid);
	/* That was exec and not its end. */
	EXPECT_EQ(waitpid(server, NULL, WNOHANG), 0);
	ASSERT_OK(kill(server, SIGKILL));
	EXPECT_CHILD_KILLED(server, SIGKILL);
}

TEST(a_token_is_stale_for_the_program_that_comes_after_exec,
     "C26.5 C27.1 REPLY:ESTALE")
{
	int fd = box_new();
	pid_t pid = failing_caller(fd, EPIPE, 1), server;

	CHILD(server)
	{
		char what[64];

		/* It is left open. */
		ASSERT_OK(fcntl(fd, F_SETFD, 0));
		snprintf(what, sizeof(what), "%d %llu", fd,
			 (unsigned long long)take_call(fd));
		exec_again(what);
	}
	EXPECT_CHILD_OK(server);
	EXPECT_CHILD_OK(pid);
}

TEST(a_program_that_serves_after_exec_ends_the_calls_of_the_one_before,
     "C26.5 C27.1 CALL:EPIPE")
{
	int fd = box_new();
	pid_t pid = failing_caller(fd, EPIPE, 1), server, next;

	CHILD(server)
	{
		struct answer a = { .fd = fd };
		char what[16];
		pthread_t t;

		/* By a thread that is not there any more after exec. */
		ASSERT_EQ(pthread_create(&t, NULL, take, &a), 0);
		ASSERT_EQ(pthread_join(t, NULL), 0);
		ASSERT_OK(fcntl(fd, F_SETFD, 0));
		snprintf(what, sizeof(what), "%d", fd);
		exec_again(what);
	}
	WAIT_FOR(stat_of(fd).received == 1);
	next = failing_caller(fd, EPIPE, 1);
	EXPECT_CHILD_OK(pid);
	EXPECT_EQ(waitpid(server, NULL, WNOHANG), 0);
	ASSERT_OK(kill(server, SIGKILL));
	EXPECT_CHILD_KILLED(server, SIGKILL);
	EXPECT_CHILD_OK(next);
}

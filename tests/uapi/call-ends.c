// SPDX-License-Identifier: GPL-2.0-only
/*
 * call-ends.c: how a call ends that is not answered, in each of its states.
 *
 * Owns: the sentences of C26 and C27 on errors; part of the program uapi-call.
 * Takes no locks; run by the guest runner.
 */
#include "call.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/wait.h>

/* How far a call has come when something happens to it. */
enum state { IN_LINE, QUEUED, TAKEN, STATES };

struct scene {
	int fd; /* all rights */
	int client; /* SEND */
	pid_t caller;
	__u64 token; /* TAKEN */
	__u64 sent;
};

/* A call by a child that is in this state, and is to fail with err. */
static struct scene scene(enum state state, int err, int ms)
{
	struct scene s;

	s.fd = box_new(.max_messages = 1);
	s.client = ASSERT_OK(do_copy(s.fd, R_SEND));
	if (state == IN_LINE)
		put(s.fd, "first");
	s.sent = stat_of(s.fd).sent;
	CHILD(s.caller)
	{
		struct mbox_call c;
		char buf[8];

		close(s.fd);
		catch_signal(SIGUSR1, 0);
		EXPECT_ERRNO(do_call(s.client, &c, "call", buf, sizeof(buf),
				     .deadline = ms ? mbt_in_ms(ms) : 0),
			     err);
		EXPECT_EQ(c.taken, state == TAKEN);
	}
	if (state == TAKEN)
		s.token = take_call(s.fd);
	if (!ms)
		wait_until_blocked(s.caller);
	return s;
}

/* After the end: the books, and who may still be there. */
static void ended(struct scene *s, enum state state)
{
	struct mbox_stat st = stat_of(s->fd);

	EXPECT_EQ(st.senders_waiting, 0);
	EXPECT_EQ(st.sent, s->sent + (state == TAKEN));
	EXPECT_EQ(st.sent, st.received + st.dropped + st.messages);
	if (state == TAKEN)
		EXPECT_ERRNO(do_reply(s->fd, s->token, "late"), ESTALE);
	if (state == IN_LINE)
		expect_next(s->fd, "first");
	expect_empty(s->fd);
	/* And it goes on. */
	become_server(s->fd);
	close(s->fd);
	close(s->client);
}

TEST(a_signal_ends_a_call_in_each_state,
     "C26.6 C26.7 C26.9 C27.2 C17.1 CALL:EINTR")
{
	int state;

	for (state = 0; state < STATES; state++) {
		struct scene s = scene(state, EINTR, 0);

		ASSERT_OK(kill(s.caller, SIGUSR1));
		EXPECT_CHILD_OK(s.caller);
		ended(&s, state);
	}
}

TEST(a_deadline_ends_a_call_in_each_state,
     "C26.6 C26.7 C26.9 C27.2 C27.3 CALL:ETIMEDOUT")
{
	int state;

	for (state = 0; state < STATES; state++) {
		struct scene s = scene(state, ETIMEDOUT, 1000 * mbt_slow());

		EXPECT_CHILD_OK(s.caller);
		/* Those that nobody had received are counted. */
		EXPECT_EQ(stat_of(s.fd).expired, state != TAKEN);
		ended(&s, state);
	}
}

TEST(a_caller_that_is_killed_makes_its_token_stale, "C27.2 C17.4 REPLY:ESTALE")
{
	int state;

	for (state = 0; state < STATES; state++) {
		struct scene s = scene(state, 0, 0);

		ASSERT_OK(kill(s.caller, SIGKILL));
		EXPECT_CHILD_KILLED(s.caller, SIGKILL);
		ended(&s, state);
	}
}

TEST(destroy_ends_a_call_in_each_state, "C27.4 C26.6 C26.9 CALL:EIDRM")
{
	int state;

	for (state = 0; state < STATES; state++) {
		struct scene s = scene(state, EIDRM, 0);

		ASSERT_OK(do_destroy(s.fd));
		EXPECT_CHILD_OK(s.caller);
		close(s.fd);
		close(s.client);
	}
}

TEST(the_last_receiver_ends_a_call_in_each_state,
     "C7.1 C26.6 C26.7 C27.1 CALL:EPIPE")
{
	int state;

	for (state = 0; state < STATES; state++) {
		struct scene s = scene(state, EPIPE, 0);

		close(s.fd);
		EXPECT_CHILD_OK(s.caller);
		EXPECT_EQ(stat_of(s.client).sent, s.sent + (state == TAKEN));
		close(s.client);
	}
}

/* -- The server's side ----------------------------------------------------- */

TEST(a_server_that_exits_ends_the_call, "C27.1 CALL:EPIPE")
{
	int fd = box_new();
	pid_t pid = failing_caller(fd, EPIPE, 1), server;

	CHILD(server)
	take_call(fd);
	EXPECT_CHILD_OK(server);
	EXPECT_CHILD_OK(pid);
	become_server(fd);
}

TEST(a_server_that_is_killed_ends_the_call, "C27.1 C17.4 CALL:EPIPE")
{
	int fd = box_new();
	pid_t pid = failing_caller(fd, EPIPE, 1), server;

	CHILD(server)
	{
		take_call(fd);
		/* Waiting for the next one, too. */
		take_call(fd);
	}
	WAIT_FOR(stat_of(fd).received == 1);
	wait_until_blocked(server);
	ASSERT_OK(kill(server, SIGKILL));
	EXPECT_CHILD_KILLED(server, SIGKILL);
	EXPECT_CHILD_OK(pid);
	become_server(fd);
}

TEST(a_server_that_closes_a_descriptor_ends_the_call,
     "C27.1 CALL:EPIPE REPLY:ESTALE")
{
	int fd = box_new(), copy = ASSERT_OK(dup(fd));
	pid_t pid = failing_caller(fd, EPIPE, 1);
	__u64 token = take_call(fd);

	close(copy);
	EXPECT_CHILD_OK(pid);
	expect_refused(fd, do_reply(fd, token, "late"), ESTALE);
	/* The handle is as good as before. */
	become_server(fd);
}

TEST(a_server_that_dies_and_leaves_its_table_ends_the_call, "C27.1 CALL:EPIPE")
{
	int fd = box_new();
	pid_t pid = failing_caller(fd, EPIPE, 1), server;

	/* No descriptor is closed: they are this process's too. */
	CHILD_WITH_FILES(server)
	take_call(fd);
	EXPECT_CHILD_OK(server);
	EXPECT_CHILD_OK(pid);
	become_server(fd);
}

TEST(a_descriptor_closed_in_a_shared_table_ends_the_call,
     "C27.1 CALL:EPIPE REPLY:ESTALE")
{
	int fd = box_new(), copy = ASSERT_OK(dup(fd));
	pid_t pid = failing_caller(fd, EPIPE, 1), closer;
	__u64 token = take_call(fd);

	CHILD_WITH_FILES(closer)
	close(copy);
	EXPECT_CHILD_OK(closer);
	EXPECT_CHILD_OK(pid);
	expect_refused(fd, do_reply(fd, token, "late"), ESTALE);
	become_server(fd);
}

/* Keeps the table of descriptors that it shares, until it can read. */
static void *keep_table(void *arg)
{
	char c;

	EXPECT_EQ(read(*(int *)arg, &c, 1), 1);
	return NULL;
}

TEST(what_is_closed_in_a_table_that_a_server_has_since_ends_the_call,
     "C27.1 CALL:EPIPE")
{
	int fd = box_new(), closed[2], done[2];
	struct mbox_recv r;
	pid_t pid, closer;
	pthread_t t;
	char buf[8];

	ASSERT_OK(pipe(closed));
	ASSERT_OK(pipe(done));
	CHILD(pid)
	{
		struct mbox_call c;

		ASSERT_EQ(read(closed[0], buf, 1), 1);
		EXPECT_ERRNO(do_call(fd, &c, "x", buf, sizeof(buf)), EPIPE);
		EXPECT_EQ(c.taken, 1);
	}
	become_server(fd);
	/* The thread has the table, and so the handle, that this one leaves. */
	ASSERT_EQ(pthread_create(&t, NULL, keep_table, &done[0]), 0);
	ASSERT_OK(unshare(CLONE_FILES));
	CHILD_WITH_FILES(closer)
	{
		wait_until_blocked(getppid());
		close(fd);
		ASSERT_EQ(write(closed[1], "x", 1), 1);
	}
	ASSERT_OK(do_recv(fd, &r, buf, sizeof(buf)));
	EXPECT_CHILD_OK(pid);
	EXPECT_CHILD_OK(closer);
	ASSERT_EQ(write(done[1], "x", 1), 1);
	ASSERT_EQ(pthread_join(t, NULL), 0);
}

/* Receives two requests in one system call. */
static void *take_two(void *arg)
{
	static char text[2][64];
	struct mbox_recv in[2] = {
		{ .size = sizeof(in[0]), .data = PTR(text[0]), .len = 64 },
		{ .size = sizeof(in[1]), .data = PTR(text[1]), .len = 64 },
	};
	struct mbox_batch b = { .size = sizeof(b),
				.entries = PTR(in),
				.count = 2,
				.entry_size = sizeof(in[0]),
				.min = 2 };

	EXPECT_EQ(box_ioctl(*(int *)arg, MBOX_IOC_RECVV, &b), 2);
	return NULL;
}

TEST(a_server_that_has_closed_answers_nothing_that_it_still_receives,
     "C27.1 C31.1 CALL:EPIPE")
{
	int fd = box_new(), closed[2];
	pid_t server;
	char c;

	ASSERT_OK(pipe(closed));
	CHILD(server)
	{
		pthread_t t;

		ASSERT_EQ(pthread_create(&t, NULL, take_two, &fd), 0);
		WAIT_FOR(stat_of(fd).receivers_waiting == 1);
		close(fd);
		ASSERT_EQ(write(closed[1], "x", 1), 1);
		ASSERT_EQ(pthread_join(t, NULL), 0);
		/* It lives on, and cannot answer. */
		pause();
	}
	ASSERT_EQ(read(closed[0], &c, 1), 1);
	EXPECT_CHILD_OK(failing_caller(fd, EPIPE, 1));
	EXPECT_CHILD_OK(failing_caller(fd, EPIPE, 1));
	ASSERT_OK(kill(server, SIGKILL));
	EXPECT_CHILD_KILLED(server, SIGKILL);
}

TEST(a_child_that_closes_its_descriptor_ends_nothing, "C27.1")
{
	int fd = box_new();
	pid_t pid = caller(fd, "question", "answer"), child;
	__u64 token = take_call(fd);

	CHILD(child)
	close(fd);
	EXPECT_CHILD_OK(child);
	wait_until_blocked(pid);
	ASSERT_OK(do_reply(fd, token, "answer"));
	EXPECT_CHILD_OK(pid);
}

TEST(closing_another_handle_on_the_mailbox_ends_nothing, "C27.1 C26.5")
{
	int fd = box_new(), copy = ASSERT_OK(do_copy(fd, R_RECV));
	pid_t pid = caller(fd, "question", "answer");
	__u64 token = take_call(fd);

	close(copy);
	wait_until_blocked(pid);
	ASSERT_OK(do_reply(fd, token, "answer"));
	EXPECT_CHILD_OK(pid);
}

TEST(reading_a_request_ends_the_call, "C27.1 CALL:EPIPE")
{
	int fd = box_new();
	pid_t pid = failing_caller(fd, EPIPE, 1);
	char buf[64];

	ASSERT_EQ(read(fd, buf, sizeof(buf)), 4);
	EXPECT_CHILD_OK(pid);
	EXPECT_EQ(stat_of(fd).received, 1);
}

TEST(flushing_a_request_ends_the_call, "C27.1 CALL:EPIPE")
{
	struct mbox_flush f = { .size = sizeof(f) };
	int fd = box_new();
	pid_t pid = failing_caller(fd, EPIPE, 1);

	wait_until_blocked(pid);
	ASSERT_OK(box_ioctl(fd, MBOX_IOC_FLUSH, &f));
	EXPECT_EQ(f.messages, 1);
	EXPECT_CHILD_OK(pid);
	EXPECT_EQ(stat_of(fd).received, 1);
}

TEST(flushing_leaves_a_request_that_was_taken, "C27.1")
{
	struct mbox_flush f = { .size = sizeof(f) };
	int fd = box_new();
	pid_t pid = caller(fd, "question", "answer");
	__u64 token = take_call(fd);

	ASSERT_OK(box_ioctl(fd, MBOX_IOC_FLUSH, &f));
	EXPECT_EQ(f.messages, 0);
	ASSERT_OK(do_reply(fd, token, "answer"));
	EXPECT_CHILD_OK(pid);
}

/* -- Restarts -------------------------------------------------------------- */

/* The number of the message that is there, or 0. */
static __u64 id_of_next(int fd)
{
	struct mbox_peek k = { .size = sizeof(k), .flags = MBOX_TRUNCATE };

	return box_ioctl(fd, MBOX_IOC_PEEK, &k) ? 0 : k.id;
}

TEST(a_call_that_nobody_has_taken_is_restarted, "C17.2 C26.7")
{
	int fd = box_new();
	pid_t pid;

	CHILD(pid)
	{
		struct mbox_call c;
		char buf[8];

		catch_signal(SIGUSR1, SA_RESTART);
		ASSERT_OK(do_call(fd, &c, "once", buf, sizeof(buf)));
		EXPECT_EQ(signals_caught, 1);
		EXPECT_EQ(c.taken, 1);
	}
	wait_until_blocked(pid);
	ASSERT_OK(kill(pid, SIGUSR1));
	/* It was withdrawn, and is there again. */
	WAIT_FOR(id_of_next(fd) == 2);
	EXPECT_EQ(stat_of(fd).sent, 1);
	EXPECT_EQ(stat_of(fd).messages, 1);
	ASSERT_OK(do_reply(fd, take_call(fd), "yes"));
	EXPECT_CHILD_OK(pid);
	expect_empty(fd);
}

TEST(a_call_that_was_taken_is_never_restarted, "C17.3 C26.9 CALL:EINTR")
{
	int fd = box_new();
	__u64 token;
	pid_t pid;

	CHILD(pid)
	{
		struct mbox_call c;
		char buf[8];

		catch_signal(SIGUSR1, SA_RESTART);
		EXPECT_ERRNO(do_call(fd, &c, "once", buf, sizeof(buf)), EINTR);
		EXPECT_EQ(signals_caught, 1);
		EXPECT_EQ(c.taken, 1);
	}
	token = take_call(fd);
	wait_until_blocked(pid);
	ASSERT_OK(kill(pid, SIGUSR1));
	EXPECT_CHILD_OK(pid);
	EXPECT_ERRNO(do_reply(fd, token, "late"), ESTALE);
	EXPECT_EQ(stat_of(fd).sent, 1);
	expect_empty(fd);
}

/* -- Faults ---------------------------------------------------------------- */

TEST(a_caller_without_a_place_for_its_answer_is_told_that_it_was_taken,
     "C26.9 C26.6 ANY:EFAULT")
{
	int fd = box_new();
	pid_t pid;

	CHILD(pid)
	{
		struct mbox_call c;
		/* The last byte of the answer has no place. */
		char *end = (char *)pages_before_hole(1) + page_size();

		EXPECT_ERRNO(do_call(fd, &c, "x", end - 5, 64), EFAULT);
		EXPECT_EQ(c.taken, 1);
		/* A shorter answer would have one. */
		ASSERT_OK(do_call(fd, &c, "x", end - 5, 64));
		EXPECT_EQ(c.reply_len, 5);
		EXPECT_MEM(end - 5, "short", 5);
	}
	ASSERT_OK(do_reply(fd, take_call(fd), "longer"));
	ASSERT_OK(do_reply(fd, take_call(fd), "short"));
	EXPECT_CHILD_OK(pid);
	EXPECT_EQ(info_of().used_calls, 0);
}

/* -- Deadlines that travel ------------------------------------------------- */

static __u64 deadline_of_next(int fd)
{
	struct mbox_recv r;
	char buf[8];

	ASSERT_OK(do_recv(fd, &r, buf, sizeof(buf)));
	ASSERT_OK(do_reply(fd, r.token, ""));
	return r.call_deadline;
}

static pid_t caller_until(int fd, __u64 deadline, __u32 flags)
{
	pid_t pid;

	CHILD(pid)
	{
		struct mbox_call c;
		char buf[8];

		ASSERT_OK(do_call(fd, &c, "x", buf, sizeof(buf),
				  .deadline = deadline, .flags = flags));
	}
	return pid;
}

/* How far the clock of the day is ahead, read without a stop in between. */
static int64_t ahead(void)
{
	int64_t before, real;

	do {
		before = mbt_now();
		real = mbt_now_real();
	} while (mbt_now() - before > 100 * MBT_MS);
	return real - before;
}

TEST(the_deadline_of_the_caller_is_shown_to_the_server, "C27.3")
{
	__u64 at = mbt_in_ms(1000000), real = mbt_real_in_ms(1000000);
	int64_t shown;
	int fd = box_new();
	pid_t pid = caller_until(fd, at, 0);

	EXPECT_EQ(deadline_of_next(fd), at);
	EXPECT_CHILD_OK(pid);
	/* The farthest that can be asked for is shown as that. */
	pid = caller_until(fd, INT64_MAX, 0);
	EXPECT_EQ(deadline_of_next(fd), INT64_MAX);
	EXPECT_CHILD_OK(pid);
	/* On the other clock: as far away as it is there. */
	pid = caller_until(fd, real, MBOX_REALTIME);
	shown = (int64_t)deadline_of_next(fd);
	EXPECT_LE(shown, (int64_t)real - ahead() + MBT_SECOND);
	EXPECT_GE(shown, (int64_t)real - ahead() - MBT_SECOND);
	EXPECT_CHILD_OK(pid);
}

TEST(the_deadline_is_shown_by_the_clock_of_the_server, "C27.3 C16.6")
{
	__u64 at = mbt_in_ms(1000000);
	int fd = box_new();
	pid_t pid = caller_until(fd, at, 0), outer;

	CHILD(outer)
	{
		pid_t inner;

		ASSERT_OK(unshare(CLONE_NEWTIME));
		ASSERT_OK(mbt_write_file("/proc/self/timens_offsets",
					 "monotonic 5000 0"));
		CHILD(inner)
		EXPECT_EQ(deadline_of_next(fd), at + 5000 * MBT_SECOND);
		EXPECT_CHILD_OK(inner);
	}
	EXPECT_CHILD_OK(outer);
	EXPECT_CHILD_OK(pid);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * call.c: a request and its answer.
 *
 * Owns: the sentences of C26 on CALL and REPLY where all goes well, or is
 * refused.  REPLY_RECV is in call-recv.c, tokens are in call-tokens.c, how a
 * call ends in call-ends.c, deadlocks in call-graph.c, who pays in call-quota.c,
 * many at once in call-crowd.c; races that must be forced in races-call.c.
 * Takes no locks; run by the guest runner.
 *
 * opts: timeout=240
 */
#include "call.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>

TEST(a_call_is_answered, "C26.1 C26.2 C26.6")
{
	int fd = box_new();
	struct mbox_recv r;
	char buf[64];
	pid_t pid = caller(fd, "question", "answer");

	ASSERT_OK(do_recv(fd, &r, buf, sizeof(buf)));
	EXPECT_EQ(r.msg_len, strlen("question"));
	EXPECT_NE(r.token, 0);
	EXPECT_EQ(r.reply_room, 63);
	EXPECT_EQ(r.call_deadline, 0);
	ASSERT_OK(do_reply(fd, r.token, "answer"));
	EXPECT_CHILD_OK(pid);
}

TEST(a_call_without_a_byte_is_answered_without_one, "C26.1")
{
	int fd = box_new();
	struct mbox_recv r;
	pid_t pid;

	CHILD(pid)
	{
		struct mbox_call c;

		ASSERT_OK(do_call(fd, &c, "", nowhere(), 0, .tag = 7));
		EXPECT_EQ(c.reply_len, 0);
		EXPECT_EQ(c.reply_tag, 8);
	}
	ASSERT_OK(do_recv(fd, &r, nowhere(), 0));
	EXPECT_EQ(r.tag, 7);
	EXPECT_EQ(r.reply_room, 0);
	ASSERT_OK(do_reply(fd, r.token, "", .tag = 8));
	EXPECT_CHILD_OK(pid);
}

static char big[60000], big_got[sizeof(big)];

TEST(a_large_request_has_a_large_answer, "C26.1 C8.1")
{
	int fd = box_new();
	struct mbox_recv r;
	pid_t pid;

	memset(big, 'q', sizeof(big) - 1);
	CHILD(pid)
	{
		struct mbox_call c;

		ASSERT_OK(do_call(fd, &c, big, big_got, sizeof(big_got)));
		EXPECT_EQ(c.reply_len, sizeof(big) - 2);
		EXPECT_MEM(big_got, big + 1, sizeof(big) - 2);
	}
	ASSERT_OK(do_recv(fd, &r, big_got, sizeof(big_got)));
	EXPECT_EQ(r.msg_len, sizeof(big) - 1);
	EXPECT_MEM(big_got, big, sizeof(big) - 1);
	ASSERT_OK(do_reply(fd, r.token, big + 1));
	EXPECT_CHILD_OK(pid);
}

TEST(an_answer_is_no_longer_than_the_longest_message, "C26.2 REPLY:EMSGSIZE")
{
	int fd = box_new(.max_size = 8);
	struct mbox_recv r;
	char buf[8];
	pid_t pid = caller(fd, "question", "answered");

	ASSERT_OK(do_recv(fd, &r, buf, sizeof(buf)));
	EXPECT_EQ(r.reply_room, 8);
	EXPECT_ERRNO(do_reply(fd, r.token, "answered!"), EMSGSIZE);
	ASSERT_OK(do_reply(fd, r.token, "answered"));
	EXPECT_CHILD_OK(pid);
}

TEST(an_answer_that_is_too_long_has_no_effect, "C26.3 C11.1 REPLY:EMSGSIZE")
{
	char text[128];
	int fd = box_new();
	pid_t pid = caller(fd, "question", "short");
	__u64 token = take_call(fd);

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = 0;
	expect_refused(fd, do_reply(fd, token, text), EMSGSIZE);
	ASSERT_OK(do_reply(fd, token, "short"));
	EXPECT_CHILD_OK(pid);
}

TEST(an_answer_that_cannot_be_read_has_no_effect, "C11.1 ANY:EFAULT")
{
	struct mbox_reply p = { .size = sizeof(p),
				.data = PTR(nowhere()),
				.len = 6 };
	int fd = box_new();
	pid_t pid = caller(fd, "question", "answer");
	__u64 token = take_call(fd);

	p.token = token;
	expect_refused(fd, box_ioctl(fd, MBOX_IOC_REPLY, &p), EFAULT);
	ASSERT_OK(do_reply(fd, token, "answer"));
	EXPECT_CHILD_OK(pid);
}

struct stamps {
	pid_t pid, tid;
	struct mbox_call c;
};

TEST(call_and_reply_stamp_the_calling_thread, "C8.13 C8.9 C8.5 C8.7")
{
	struct stamps *s = mbt_shared(sizeof(*s));
	int fd = box_new();
	struct mbox_recv r;
	char buf[64];
	pid_t pid;

	CHILD(pid)
	{
		ASSERT_OK(setresgid(0, ALICE, 0));
		ASSERT_OK(setresuid(0, ALICE, 0));
		s->pid = getpid();
		s->tid = mbt_gettid();
		ASSERT_OK(do_call(fd, &s->c, "who?", buf, sizeof(buf)));
	}
	ASSERT_OK(do_recv(fd, &r, buf, sizeof(buf)));
	EXPECT_EQ(r.pid, s->pid);
	EXPECT_EQ(r.tid, s->tid);
	EXPECT_EQ(r.uid, ALICE);
	EXPECT_EQ(r.gid, ALICE);
	ASSERT_OK(setresgid(0, BOB, 0));
	ASSERT_OK(setresuid(0, BOB, 0));
	ASSERT_OK(do_reply(fd, r.token, "me", .tag = 77));
	ASSERT_OK(setresuid(0, 0, 0));
	ASSERT_OK(setresgid(0, 0, 0));
	EXPECT_CHILD_OK(pid);
	EXPECT_EQ(s->c.pid, getpid());
	EXPECT_EQ(s->c.tid, mbt_gettid());
	EXPECT_EQ(s->c.uid, BOB);
	EXPECT_EQ(s->c.gid, BOB);
	EXPECT_EQ(s->c.reply_tag, 77);
	EXPECT_NE(s->c.start_time, 0);
	EXPECT_EQ(s->c.__reserved, 0);
}

TEST(a_request_has_a_priority_a_tag_and_may_be_urgent, "C26.1 C9.1 C9.3")
{
	int fd = box_new();
	struct mbox_recv r;
	pid_t pid[3];
	char buf[8];
	int i;

	for (i = 0; i < 3; i++) {
		CHILD(pid[i])
		{
			struct mbox_call c;

			ASSERT_OK(do_call(fd, &c, "x", buf, sizeof(buf),
					  .tag = (__u64)i,
					  .priority = i ? 5 : 0,
					  .flags = i == 2 ? MBOX_URGENT : 0));
		}
		wait_until_blocked(pid[i]);
	}
	for (i = 2; i >= 0; i--) {
		ASSERT_OK(do_recv(fd, &r, buf, sizeof(buf)));
		EXPECT_EQ(r.tag, i);
		ASSERT_OK(do_reply(fd, r.token, ""));
		EXPECT_CHILD_OK(pid[i]);
	}
}

TEST(a_receiver_that_chooses_gets_the_call_it_wants, "C26.1 C21.1")
{
	int fd = box_new(), i;
	struct mbox_recv r;
	pid_t pid[2];
	char buf[8];

	for (i = 0; i < 2; i++) {
		CHILD(pid[i])
		{
			struct mbox_call c;

			ASSERT_OK(do_call(fd, &c, "x", buf, sizeof(buf),
					  .tag = (__u64)i));
			EXPECT_EQ(c.reply_tag, i + 10);
		}
		wait_until_blocked(pid[i]);
	}
	for (i = 1; i >= 0; i--) {
		ASSERT_OK(do_recv(fd, &r, buf, sizeof(buf),
				  .select = MBOX_SELECT_TAG,
				  .select_value = (__u64)i));
		ASSERT_OK(do_reply(fd, r.token, "", .tag = r.tag + 10));
		EXPECT_CHILD_OK(pid[i]);
	}
}

TEST(a_rendezvous_call_meets_its_server, "C26.1 C15.1")
{
	int fd = box_new(.capacity = MBOX_CAPACITY_ZERO);
	pid_t pid = caller(fd, "question", "answer"), server;

	/* The caller is there first. */
	wait_until_blocked(pid);
	ASSERT_OK(do_reply(fd, take_call(fd), "answer"));
	EXPECT_CHILD_OK(pid);
	/* The server is. */
	CHILD(server)
	ASSERT_OK(do_reply(fd, take_call(fd), "answer"));
	wait_until_blocked(server);
	EXPECT_CHILD_OK(caller(fd, "question", "answer"));
	EXPECT_CHILD_OK(server);
}

TEST(without_a_sleeping_server_a_rendezvous_call_must_not_wait,
     "C16.9 C15.2 CALL:EAGAIN")
{
	int fd = box_new(.capacity = MBOX_CAPACITY_ZERO);
	struct mbox_call c;
	char buf[8];
	pid_t server;

	expect_refused(fd,
		       do_call(fd, &c, "x", buf, sizeof(buf),
			       .flags = MBOX_NOWAIT),
		       EAGAIN);
	CHILD(server)
	ASSERT_OK(do_reply(fd, take_call(fd), "y"));
	wait_until_blocked(server);
	EXPECT_OK(do_call(fd, &c, "x", buf, sizeof(buf), .flags = MBOX_NOWAIT));
	EXPECT_CHILD_OK(server);
}

TEST(a_call_in_line_is_placed_when_there_is_room, "C26.1 C18.5")
{
	int fd = box_new(.max_messages = 1);
	pid_t pid;

	put(fd, "first");
	pid = caller(fd, "question", "answer");
	wait_until_blocked(pid);
	expect_next(fd, "first");
	ASSERT_OK(do_reply(fd, take_call(fd), "answer"));
	EXPECT_CHILD_OK(pid);
}

/* -- Waiting or not -------------------------------------------------------- */

TEST(nowait_is_for_the_room_and_not_for_the_answer, "C16.9 CALL:EAGAIN")
{
	int fd = box_new(.max_messages = 1);
	struct call_thread t = {
		.fd = fd, .text = "x", .flags = MBOX_NOWAIT, .taken = 1
	};
	struct mbox_call c;
	char buf[8];

	/* Before this thread has answered anybody, who would be itself. */
	put(fd, "first");
	expect_refused(fd,
		       do_call(fd, &c, "x", buf, sizeof(buf),
			       .flags = MBOX_NOWAIT),
		       EAGAIN);
	EXPECT_EQ(c.taken, 0);
	ASSERT_OK(fcntl(fd, F_SETFL, O_NONBLOCK));
	expect_refused(fd, do_call(fd, &c, "x", buf, sizeof(buf)), EAGAIN);
	ASSERT_OK(fcntl(fd, F_SETFL, 0));
	expect_next(fd, "first");
	start_call(&t);
	ASSERT_OK(do_reply(fd, take_call(fd), "x"));
	end_call(&t);
	ASSERT_OK(fcntl(fd, F_SETFL, O_NONBLOCK));
	t.flags = 0;
	start_call(&t);
	ASSERT_OK(do_reply(fd, take_call(fd), "x"));
	end_call(&t);
}

TEST(a_call_whose_deadline_has_passed_is_not_queued, "C16.10 CALL:ETIMEDOUT")
{
	int fd = box_new();
	struct mbox_call c;
	char buf[8];

	expect_refused(fd,
		       do_call(fd, &c, "x", buf, sizeof(buf), .deadline = 1),
		       ETIMEDOUT);
	EXPECT_EQ(c.taken, 0);
	expect_refused(fd,
		       do_call(fd, &c, "x", buf, sizeof(buf), .deadline = 1,
			       .flags = MBOX_NOWAIT),
		       ETIMEDOUT);
	expect_refused(fd,
		       do_call(fd, &c, "x", buf, sizeof(buf), .deadline = 1,
			       .flags = MBOX_REALTIME),
		       ETIMEDOUT);
	/* It would have been the first message, had it been one. */
	put(fd, "first");
	{
		struct mbox_recv r;

		ASSERT_OK(do_recv(fd, &r, buf, sizeof(buf)));
		EXPECT_EQ(r.id, 1);
	}
}

TEST(a_mailbox_that_drops_takes_no_calls, "C19.11 CALL:EOPNOTSUPP")
{
	static const __u32 policies[] = { MBOX_POLICY_DROP_NEWEST,
					  MBOX_POLICY_DROP_OLDEST };
	struct mbox_call c;
	char buf[8];
	int i;

	for (i = 0; i < 2; i++) {
		int fd = box_new(.policy = policies[i]);

		expect_refused(fd, do_call(fd, &c, "x", buf, sizeof(buf)),
			       EOPNOTSUPP);
	}
}

/* -- Refused --------------------------------------------------------------- */

TEST(an_error_of_a_call_that_is_refused_says_that_it_was_not_taken,
     "C26.6 CALL:EBADF CALL:EMSGSIZE CALL:EPIPE CALL:EIDRM ANY:EINVAL")
{
	int fd = box_new(.max_size = 8), mute = ASSERT_OK(do_copy(fd, R_RECV));
	int deaf = ASSERT_OK(do_copy(fd, R_SEND | R_ADMIN));
	struct mbox_call c;
	char buf[8];

	/* Whatever stood there. */
#define REFUSED(fd_, text_, err_, ...)                                   \
	do {                                                             \
		EXPECT_ERRNO(do_call(fd_, &c, text_, buf, 8, .taken = 5, \
				     ##__VA_ARGS__),                     \
			     err_);                                      \
		EXPECT_EQ(c.taken, 0);                                   \
	} while (0)
	REFUSED(mute, "x", EBADF);
	REFUSED(fd, "x", EINVAL, .flags = MBOX_SYNC);
	REFUSED(fd, "x", EINVAL, .flags = 1u << 31);
	REFUSED(fd, "x", EINVAL, .flags = MBOX_TRUNCATE);
	REFUSED(fd, "x", EINVAL, .priority = MBOX_PRIORITY_MAX + 1);
	REFUSED(fd, "x", EINVAL, .deadline = 1ULL << 63);
	REFUSED(fd, "x", EINVAL, .flags = MBOX_REALTIME);
	REFUSED(fd, "too long!", EMSGSIZE);
	c = (struct mbox_call){
		.size = sizeof(c), .data = PTR(nowhere()), .len = 1, .taken = 5
	};
	EXPECT_ERRNO(box_ioctl(fd, MBOX_IOC_CALL, &c), EFAULT);
	EXPECT_EQ(c.taken, 0);
	EXPECT_EQ(stat_of(fd).sent, 0);
	close(mute);
	close(fd);
	REFUSED(deaf, "x", EPIPE);
	ASSERT_OK(do_destroy(deaf));
	REFUSED(deaf, "x", EIDRM);
#undef REFUSED
}

TEST(a_fixed_mailbox_takes_requests_of_its_size_only, "C10.3 ANY:EINVAL")
{
	int fd = box_new(.attrs = MBOX_ATTR_FIXED, .max_size = 4);
	struct mbox_call c;
	char buf[8];
	pid_t pid;

	expect_refused(fd, do_call(fd, &c, "abc", buf, 4), EINVAL);
	/* The answer may be shorter. */
	pid = caller(fd, "abcd", "ok");
	ASSERT_OK(do_reply(fd, take_call(fd), "ok"));
	EXPECT_CHILD_OK(pid);
}

TEST(a_call_that_cannot_be_written_to_is_refused_before_anything_happens,
     "C26.10 ANY:EFAULT")
{
	int fd = box_new();
	char buf[8];
	struct mbox_call c = { .size = sizeof(c),
			       .data = PTR("x"),
			       .len = 1,
			       .reply = PTR(buf),
			       .reply_room = 8 };

	expect_refused(fd,
		       box_ioctl(fd, MBOX_IOC_CALL, read_only(&c, sizeof(c))),
		       EFAULT);
	expect_empty(fd);
}

TEST(a_call_of_which_a_part_cannot_be_written_to_is_refused_too,
     "C26.10 ANY:EFAULT")
{
	int fd = box_new();
	char *page = mmap(NULL, 2 * page_size(), PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct mbox_call *c;

	ASSERT_TRUE(page != MAP_FAILED);
	/* What is behind @taken is in the second page. */
	c = (void *)(page + page_size() -
		     offsetof(struct mbox_call, reply_tag));
	c->size = sizeof(*c);
	ASSERT_OK(mprotect(page + page_size(), page_size(), PROT_READ));
	expect_refused(fd, box_ioctl(fd, MBOX_IOC_CALL, c), EFAULT);
	expect_empty(fd);
}

TEST(the_size_of_each_structure_is_checked, "C34.4 ANY:EINVAL ANY:E2BIG")
{
	static const struct {
		unsigned int cmd, size;
	} verbs[] = { { MBOX_IOC_CALL, sizeof(struct mbox_call) },
		      { MBOX_IOC_REPLY, sizeof(struct mbox_reply) },
		      { MBOX_IOC_REPLY_RECV, sizeof(struct mbox_reply) } };
	int fd = box_new(), i;
	__u32 words[64];

	for (i = 0; i < 3; i++) {
		memset(words, 0, sizeof(words));
		words[0] = verbs[i].size - 1;
		expect_refused(fd, box_ioctl(fd, verbs[i].cmd, words), EINVAL);
		words[0] = 4097;
		expect_refused(fd, box_ioctl(fd, verbs[i].cmd, words), E2BIG);
		words[0] = verbs[i].size + 4;
		words[verbs[i].size / 4] = 1;
		expect_refused(fd, box_ioctl(fd, verbs[i].cmd, words), E2BIG);
	}
	/* A tail of zeros is nothing that is not known. */
	words[verbs[1].size / 4] = 0;
	expect_refused(fd, box_ioctl(fd, MBOX_IOC_REPLY, words), ESTALE);
}

TEST(reply_is_refused_with_unknown_flags_or_a_place_to_receive,
     "ANY:EINVAL REPLY:EBADF")
{
	int fd = box_new(), deaf = ASSERT_OK(do_copy(fd, R_SEND));
	pid_t pid = caller(fd, "question", "answer");
	__u64 token = take_call(fd);
	struct mbox_recv r = { .size = sizeof(r) };

	expect_refused(fd, do_reply(fd, token, "x", .flags = 1), EINVAL);
	expect_refused(fd, do_reply(fd, token, "x", .__reserved = 1), EINVAL);
	expect_refused(fd, do_reply(fd, token, "x", .recv = PTR(&r)), EINVAL);
	expect_refused(deaf, do_reply(deaf, token, "x"), EBADF);
	ASSERT_OK(do_reply(fd, token, "answer"));
	EXPECT_CHILD_OK(pid);
}

TEST(an_answer_to_a_destroyed_mailbox_is_refused, "C27.4 REPLY:EIDRM")
{
	int fd = box_new();
	pid_t pid = failing_caller(fd, EIDRM, 1);
	__u64 token = take_call(fd);

	ASSERT_OK(do_destroy(fd));
	EXPECT_ERRNO(do_reply(fd, token, "late"), EIDRM);
	EXPECT_CHILD_OK(pid);
}

/* -- Looking --------------------------------------------------------------- */

TEST(stat_shows_callers_before_and_after_their_request_is_taken, "C33.5 C33.6")
{
	struct mbox_waiter w[4];
	struct mbox_stat st = { .size = sizeof(st), .waiters = PTR(w) };
	int fd = box_new();
	pid_t pid = caller(fd, "four", "");
	__u64 token;

	wait_until_blocked(pid);
	st.nwaiters = 4;
	ASSERT_OK(box_ioctl(fd, MBOX_IOC_STAT, &st));
	EXPECT_EQ(st.nwaiters, 1);
	EXPECT_EQ(st.senders_waiting, 1);
	EXPECT_EQ(w[0].what, MBOX_WAIT_CALL);
	EXPECT_EQ(w[0].pid, pid);
	EXPECT_EQ(w[0].len, 4);
	token = take_call(fd);
	st.nwaiters = 4;
	ASSERT_OK(box_ioctl(fd, MBOX_IOC_STAT, &st));
	EXPECT_EQ(st.nwaiters, 1);
	EXPECT_EQ(st.senders_waiting, 1);
	EXPECT_EQ(w[0].what, MBOX_WAIT_REPLY);
	EXPECT_EQ(w[0].len, 63);
	EXPECT_EQ(st.messages, 0);
	EXPECT_EQ(st.received, 1);
	ASSERT_OK(do_reply(fd, token, ""));
	EXPECT_CHILD_OK(pid);
	EXPECT_EQ(stat_of(fd).senders_waiting, 0);
}

TEST(peek_shows_a_request_and_leaves_it, "C19.10 C22.1")
{
	int fd = box_new();
	char buf[64];
	struct mbox_peek k = { .size = sizeof(k),
			       .data = PTR(buf),
			       .len = sizeof(buf) };
	pid_t pid = caller(fd, "question", "answer");

	wait_until_blocked(pid);
	ASSERT_OK(box_ioctl(fd, MBOX_IOC_PEEK, &k));
	EXPECT_EQ(k.msg_len, 8);
	EXPECT_TRUE(mbt_is_blocked(pid));
	ASSERT_OK(do_reply(fd, take_call(fd), "answer"));
	EXPECT_CHILD_OK(pid);
}

TEST(a_receive_that_faults_leaves_the_request_to_others, "C19.7 C11.5")
{
	int fd = box_new();
	struct mbox_recv r;
	char buf[64];
	pid_t pid;

	/* From now on it is known as one, and paid for. */
	become_server(fd);
	pid = caller(fd, "question", "answer");
	wait_until_blocked(pid);
	expect_refused(fd, do_recv(fd, &r, nowhere(), 64), EFAULT);
	expect_refused(fd, do_recv(fd, &r, buf, 3), EMSGSIZE);
	r = (struct mbox_recv){ .size = sizeof(r),
				.data = PTR(buf),
				.len = sizeof(buf) };
	expect_refused(fd,
		       box_ioctl(fd, MBOX_IOC_RECV, read_only(&r, sizeof(r))),
		       EFAULT);
	EXPECT_TRUE(mbt_is_blocked(pid));
	ASSERT_OK(do_reply(fd, take_call(fd), "answer"));
	EXPECT_CHILD_OK(pid);
}

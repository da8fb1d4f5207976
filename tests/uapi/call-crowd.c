// SPDX-License-Identifier: GPL-2.0-only
/*
 * call-crowd.c: many callers and many servers at one mailbox.
 *
 * Owns: the sentences of C26 and C27 where many come at once; part of the
 * program uapi-call.  Workers are processes; what they share are counters in
 * shared memory, changed with atomic operations.  Takes no locks; run by the
 * guest runner.
 */
#include "call.h"

#include <sys/wait.h>

enum { WORKERS = 4, CALLERS = 32 };

struct tally {
	unsigned long answered, ended;
	unsigned int stop;
	int64_t killed; /* when the last worker was */
	int64_t latest; /* ns from there until a caller was told */
};

static struct tally *tally;

static unsigned long add(unsigned long *p)
{
	return __atomic_add_fetch(p, 1, __ATOMIC_SEQ_CST);
}

static unsigned long load(const unsigned long *p)
{
	return __atomic_load_n(p, __ATOMIC_SEQ_CST);
}

/* Answers each request with itself, and the number of its caller as a tag. */
static void serve(int fd)
{
	char buf[64];
	struct mbox_recv r = { .size = sizeof(r),
			       .data = PTR(buf),
			       .len = sizeof(buf) };
	struct mbox_reply p = { .size = sizeof(p), .recv = PTR(&r) };

	for (;;) {
		ASSERT_OK(box_ioctl(fd, MBOX_IOC_REPLY_RECV, &p));
		p.token = r.token;
		p.tag = r.tag;
		p.data = PTR(buf);
		p.len = r.msg_len;
	}
}

/* One call after the other until nobody is left to answer. */
static void call_on_and_on(int fd, int who)
{
	__u64 n;

	for (n = (__u64)who << 32;; n++) {
		struct mbox_call c;
		char text[64], buf[64];
		int64_t ns;
		int err;

		snprintf(text, sizeof(text), "caller %d, call %llx", who,
			 (unsigned long long)n);
		err = do_call(fd, &c, text, buf, sizeof(buf), .tag = n);
		if (!err) {
			ASSERT_EQ(c.reply_tag, n);
			ASSERT_EQ(c.reply_len, strlen(text));
			ASSERT_MEM(buf, text, strlen(text));
			add(&tally->answered);
			continue;
		}
		ASSERT_EQ(errno, EPIPE);
		if (!c.taken)
			return;
		ns = mbt_now() -
		     __atomic_load_n(&tally->killed, __ATOMIC_SEQ_CST);
		/* At most one for each worker: hardly ever two at once. */
		if (ns > __atomic_load_n(&tally->latest, __ATOMIC_SEQ_CST))
			__atomic_store_n(&tally->latest, ns, __ATOMIC_SEQ_CST);
		add(&tally->ended);
	}
}

TEST_FOR(workers_are_killed_and_every_caller_has_its_answer_or_an_error,
	 "C27.1 C26.5 C26.6 C17.4 C7.1", 120)
{
	pid_t worker[WORKERS], caller[CALLERS];
	int fd = box_new(), client = ASSERT_OK(do_copy(fd, R_SEND | R_ADMIN));
	struct mbox_stat st;
	int i;

	tally = mbt_shared(sizeof(*tally));
	for (i = 0; i < WORKERS; i++) {
		CHILD(worker[i])
		{
			close(client);
			serve(fd);
		}
	}
	for (i = 0; i < WORKERS; i++)
		wait_until_blocked(worker[i]);
	/* Only they can receive from now on. */
	close(fd);
	for (i = 0; i < CALLERS; i++) {
		CHILD(caller[i])
		call_on_and_on(client, i);
	}
	for (i = 0; i < WORKERS; i++) {
		unsigned long before = load(&tally->answered);

		WAIT_FOR(load(&tally->answered) > before + 100);
		__atomic_store_n(&tally->killed, mbt_now(), __ATOMIC_SEQ_CST);
		ASSERT_OK(kill(worker[i], SIGKILL));
		EXPECT_CHILD_KILLED(worker[i], SIGKILL);
	}
	for (i = 0; i < CALLERS; i++)
		EXPECT_CHILD_OK(caller[i]);
	mbt_note(
		"%lu answered, %lu ended with their worker, %lld us after it at the latest",
		load(&tally->answered), load(&tally->ended),
		(long long)(tally->latest / 1000));
	/* A worker has one request at a time. */
	EXPECT_LE(load(&tally->ended), WORKERS);
	st = stat_of(client);
	EXPECT_EQ(st.senders_waiting, 0);
	EXPECT_EQ(st.messages, 0);
	EXPECT_EQ(st.sent, st.received);
	EXPECT_GE(st.received, load(&tally->answered) + load(&tally->ended));
	EXPECT_EQ(info_of().used_calls, 0);
}

/* Calls until told to stop, with deadlines and signals. */
static void call_impatiently(int fd, unsigned int seed)
{
	catch_signal(SIGUSR1, seed % 2 ? SA_RESTART : 0);
	while (!__atomic_load_n(&tally->stop, __ATOMIC_SEQ_CST)) {
		struct mbox_call c;
		char text[64], buf[64];
		__u64 tag = (__u64)rand_r(&seed);
		int err;

		snprintf(text, sizeof(text), "%llx", (unsigned long long)tag);
		err = do_call(fd, &c, text, buf, sizeof(buf), .tag = tag,
			      .deadline = (__u64)mbt_now() +
					  (__u64)rand_r(&seed) % 3000000);
		if (!err) {
			ASSERT_EQ(c.reply_tag, tag);
			ASSERT_MEM(buf, text, strlen(text));
			add(&tally->answered);
			continue;
		}
		if (errno != ETIMEDOUT && errno != EINTR && errno != EPIPE)
			FAIL("call: %s", mbt_errno_name(errno));
		add(&tally->ended);
	}
}

static void serve_somehow(int fd, unsigned int seed)
{
	while (!__atomic_load_n(&tally->stop, __ATOMIC_SEQ_CST)) {
		struct mbox_recv r;
		char buf[64];
		int copy, err;

		err = do_recv(fd, &r, buf, sizeof(buf),
			      .deadline = mbt_in_ms(50));
		if (err) {
			EXPECT_EQ(errno, ETIMEDOUT);
			continue;
		}
		switch (rand_r(&seed) % 8) {
		case 0:
			/* Forgets it. */
			copy = ASSERT_OK(dup(fd));
			close(copy);
			break;
		case 1:
			mbt_sleep_ms(2);
			/* fallthrough */
		default:
			buf[r.msg_len] = 0;
			err = do_reply(fd, r.token, buf, .tag = r.tag);
			if (err)
				EXPECT_EQ(errno, ESTALE);
			break;
		}
	}
}

TEST_FOR(impatient_callers_and_forgetful_servers_leave_nothing_behind,
	 "C27.1 C27.2 C27.3 C26.5 C36.1 C36.2", 120)
{
	pid_t server[WORKERS], caller[8];
	int fd = box_new(.max_messages = 4), i, n;
	unsigned int seed = (unsigned int)mbt_now();
	struct mbox_stat st;

	mbt_note("seed=%u", seed);
	catch_signal(SIGUSR1, 0);
	tally = mbt_shared(sizeof(*tally));
	for (i = 0; i < WORKERS; i++) {
		CHILD(server[i])
		serve_somehow(fd, seed + (unsigned int)i);
	}
	for (i = 0; i < 8; i++) {
		CHILD(caller[i])
		call_impatiently(fd, seed + 100 + (unsigned int)i);
	}
	for (n = 0; n < 1000; n++) {
		kill(caller[rand_r(&seed) % 8], SIGUSR1);
		st = stat_of(fd);
		EXPECT_EQ(st.sent, st.received + st.dropped + st.messages);
		mbt_sleep_ms(1);
	}
	__atomic_store_n(&tally->stop, 1, __ATOMIC_SEQ_CST);
	for (i = 0; i < 8; i++)
		EXPECT_CHILD_OK(caller[i]);
	for (i = 0; i < WORKERS; i++)
		EXPECT_CHILD_OK(server[i]);
	mbt_note("%lu answered, %lu not", load(&tally->answered),
		 load(&tally->ended));
	st = stat_of(fd);
	EXPECT_EQ(st.senders_waiting, 0);
	EXPECT_EQ(st.messages, 0);
	EXPECT_EQ(st.sent, st.received);
	EXPECT_GE(st.received, load(&tally->answered));
	EXPECT_EQ(info_of().used_calls, 0);
}

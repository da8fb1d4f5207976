/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * call.h: short forms of CALL and REPLY, and the actors of the call tests.
 *
 * Owns: what the programs about calls share.  Takes no locks.
 */
#ifndef TESTS_UAPI_CALL_H
#define TESTS_UAPI_CALL_H

#include "box.h"

#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>

/* Fills *c with the call's structure, and so with what came. */
#define do_call(fd_, c_, text_, reply_, room_, ...)                          \
	({                                                                   \
		struct mbox_call *call_c_ = (c_);                            \
		*call_c_ =                                                   \
			(struct mbox_call){ .size = sizeof(*call_c_),        \
					    .data = PTR(text_),              \
					    .len = (uint32_t)strlen(text_),  \
					    .reply = PTR(reply_),            \
					    .reply_room = (uint32_t)(room_), \
					    ##__VA_ARGS__ };                 \
		box_ioctl(fd_, MBOX_IOC_CALL, call_c_);                      \
	})
#define do_reply(fd_, token_, text_, ...)                                     \
	({                                                                    \
		struct mbox_reply call_p_ = { .size = sizeof(call_p_),        \
					      .token = (token_),              \
					      .data = PTR(text_),             \
					      .len = (uint32_t)strlen(text_), \
					      ##__VA_ARGS__ };                \
		box_ioctl(fd_, MBOX_IOC_REPLY, &call_p_);                     \
	})

/* Answers token with text, if that is not 0, and receives into *r. */
#define do_reply_recv(fd_, p_, token_, text_, r_)                            \
	({                                                                   \
		struct mbox_reply *call_p_ = (p_);                           \
		*call_p_ =                                                   \
			(struct mbox_reply){ .size = sizeof(*call_p_),       \
					     .token = (token_),              \
					     .data = PTR(text_),             \
					     .len = (uint32_t)strlen(text_), \
					     .recv = PTR(r_) };              \
		box_ioctl(fd_, MBOX_IOC_REPLY_RECV, call_p_);                \
	})

/* A child that calls with text and expects this answer. */
static inline pid_t caller(int fd, const char *text, const char *answer)
{
	pid_t pid;

	CHILD(pid)
	{
		struct mbox_call c;
		char buf[64];

		ASSERT_OK(do_call(fd, &c, text, buf, sizeof(buf) - 1));
		buf[c.reply_len] = 0;
		EXPECT_STR(buf, answer);
		EXPECT_EQ(c.taken, 1);
	}
	return pid;
}

/* A child that calls, and fails with err; taken says how far it came. */
static inline pid_t failing_caller(int fd, int err, int taken)
{
	pid_t pid;

	CHILD(pid)
	{
		struct mbox_call c;
		char buf[64];

		catch_signal(SIGUSR1, 0);
		EXPECT_ERRNO(do_call(fd, &c, "call", buf, sizeof(buf)), err);
		EXPECT_EQ(c.taken, taken);
	}
	return pid;
}

/* Receives a request that is there, or comes; it must be a call. */
static inline __u64 take_call(int fd)
{
	struct mbox_recv r;
	char buf[64];

	ASSERT_OK(do_recv(fd, &r, buf, sizeof(buf)));
	EXPECT_NE(r.token, 0);
	return r.token;
}

/*
 * Makes the calling thread one that has received a request from fd, whatever
 * else is there.
 */
static inline void become_server(int fd)
{
	pid_t pid;

	CHILD(pid)
	{
		struct mbox_call c;
		char buf[8];

		ASSERT_OK(do_call(fd, &c, "hello", buf, sizeof(buf),
				  .priority = MBOX_PRIORITY_MAX));
		EXPECT_MEM(buf, "hello", 5);
	}
	wait_until_blocked(pid);
	ASSERT_OK(do_reply(fd, take_call(fd), "hello"));
	EXPECT_CHILD_OK(pid);
}

/*
 * struct call_thread - a thread that calls
 * @fd: where
 * @text: the request
 * @flags: of the call
 * @err: what is to come of it, or 0: the answer is @text again
 * @taken: whether it is to be taken
 */
struct call_thread {
	int fd;
	const char *text;
	__u32 flags;
	int err;
	int taken;
	pthread_t thread;
	volatile pid_t tid;
};

static inline void *run_call_thread(void *arg)
{
	struct call_thread *t = arg;
	struct mbox_call c;
	char buf[64];

	t->tid = mbt_gettid();
	if (t->err) {
		EXPECT_ERRNO(do_call(t->fd, &c, t->text, buf, sizeof(buf),
				     .flags = t->flags),
			     t->err);
	} else {
		ASSERT_OK(do_call(t->fd, &c, t->text, buf, sizeof(buf) - 1,
				  .flags = t->flags));
		buf[c.reply_len] = 0;
		EXPECT_STR(buf, t->text);
	}
	EXPECT_EQ(c.taken, t->taken);
	return NULL;
}

/* Returns when it waits. */
static inline void start_call(struct call_thread *t)
{
	t->tid = 0;
	ASSERT_EQ(pthread_create(&t->thread, NULL, run_call_thread, t), 0);
	WAIT_FOR(t->tid);
	wait_until_blocked(t->tid);
}

static inline void end_call(struct call_thread *t)
{
	ASSERT_EQ(pthread_join(t->thread, NULL), 0);
}

/* A page with a copy of this in its middle that can only be read. */
static inline void *read_only(const void *what, size_t len)
{
	char *page = mmap(NULL, page_size(), PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	ASSERT_TRUE(page != MAP_FAILED);
	memcpy(page + 64, what, len);
	ASSERT_OK(mprotect(page, page_size(), PROT_READ));
	return page + 64;
}

#endif /* TESTS_UAPI_CALL_H */

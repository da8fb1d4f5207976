/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * select.h: messages with tags, and those who choose among them.
 *
 * Owns: what select.c and its parts share.  Takes no locks.
 */
#ifndef TESTS_UAPI_SELECT_H
#define TESTS_UAPI_SELECT_H

#include "races.h"

#include <poll.h>

#define TAG MBOX_SELECT_TAG
#define NOT_TAG MBOX_SELECT_NOT_TAG
#define LOWEST MBOX_SELECT_LOWEST_TAG
#define BY_PID MBOX_SELECT_PID

/* Without waiting: a text with a tag, of priority 0 unless told otherwise. */
#define put_tag(fd_, text_, tag_, ...)                                        \
	ASSERT_OK(do_send(fd_, text_, strlen(text_), .tag = (uint64_t)(tag_), \
			  .flags = MBOX_NOWAIT, ##__VA_ARGS__))

/* Without waiting: the message that is chosen is this text. */
#define expect_chosen(fd, kind, value, text) \
	check_chosen(__FILE__, __LINE__, fd, kind, value, text)
static inline void check_chosen(const char *file, int line, int fd, __u32 kind,
				uint64_t value, const char *text)
{
	struct mbox_recv r;
	char buf[64] = "";
	int ret = do_recv(fd, &r, buf, sizeof(buf) - 1, .flags = MBOX_NOWAIT,
			  .select = kind, .select_value = value);

	if (mbt_check_ok(file, line, "RECV with a selection", ret, errno))
		mbt_check_str(file, line, "what was chosen", buf, text);
}

/* Nothing that is there is chosen. */
#define expect_none(fd_, kind_, value_)                                     \
	({                                                                  \
		struct mbox_recv none_;                                     \
		expect_refused(fd_,                                         \
			       do_recv(fd_, &none_, NULL, 0,                \
				       .flags = MBOX_NOWAIT,                \
				       .select = (kind_),                   \
				       .select_value = (uint64_t)(value_)), \
			       EAGAIN);                                     \
	})

/*
 * A child that receives what it chooses: this text, or gets err; with a
 * deadline in ms, or 0.
 */
static inline pid_t start_chooser(int fd, __u32 kind, uint64_t value,
				  const char *text, int err, int ms)
{
	pid_t pid;

	CHILD(pid)
	{
		struct mbox_recv r;
		char buf[64] = "";
		int ret;

		catch_signal(SIGUSR1, 0);
		ret = do_recv(fd, &r, buf, sizeof(buf) - 1,
			      .deadline = ms ? mbt_in_ms(ms) : 0,
			      .select = kind, .select_value = value);
		EXPECT_EQ(ret < 0 ? errno : 0, err);
		EXPECT_STR(buf, err ? "" : text);
	}
	return pid;
}

/* The same, asleep when this returns. */
static inline pid_t chooser(int fd, __u32 kind, uint64_t value,
			    const char *text)
{
	pid_t pid = start_chooser(fd, kind, value, text, 0, 0);

	wait_until_blocked(pid);
	return pid;
}

/* One that takes whatever comes, asleep when this returns. */
static inline pid_t taker(int fd, const char *text)
{
	pid_t pid = start_receiver(fd, text, 0, 0);

	wait_until_blocked(pid);
	return pid;
}

#endif /* TESTS_UAPI_SELECT_H */

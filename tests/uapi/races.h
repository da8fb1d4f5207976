/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * races.h: the actors of the race tests: receivers, senders, and the books.
 *
 * Owns: what races.c and races-copy.c share.  Takes no locks.
 */
#ifndef TESTS_UAPI_RACES_H
#define TESTS_UAPI_RACES_H

#include "box.h"

#include <signal.h>

static inline void need_delays(void)
{
	/* Without them nothing below would be forced: that is a failure. */
	if (!mbt_has_delays()) {
		FAIL("this module has no delay points: load the test build");
		_exit(1);
	}
	mbt_checked();
}

/* A child that receives text, or gets err; with a deadline in ms, or 0. */
static inline pid_t start_receiver(int fd, const char *text, int err, int ms)
{
	pid_t pid;

	CHILD(pid)
	{
		struct mbox_recv r;
		char buf[64];

		catch_signal(SIGUSR1, 0);
		if (err) {
			EXPECT_ERRNO(do_recv(fd, &r, buf, sizeof(buf),
					     .deadline = ms ? mbt_in_ms(ms) :
							      0),
				     err);
		} else {
			ASSERT_OK(do_recv(fd, &r, buf, sizeof(buf) - 1,
					  .deadline = ms ? mbt_in_ms(ms) : 0));
			buf[r.msg_len] = 0;
			EXPECT_STR(buf, text);
		}
	}
	return pid;
}

/* A child that sends text, and succeeds or gets err. */
static inline pid_t start_sender(int fd, const char *text, __u32 flags, int err,
				 int ms)
{
	pid_t pid;

	CHILD(pid)
	{
		catch_signal(SIGUSR1, 0);
		if (err)
			EXPECT_ERRNO(
				do_send(fd, text, strlen(text), .flags = flags,
					.deadline = ms ? mbt_in_ms(ms) : 0),
				err);
		else
			EXPECT_OK(do_send(fd, text, strlen(text),
					  .flags = flags,
					  .deadline = ms ? mbt_in_ms(ms) : 0));
	}
	return pid;
}

static inline int full_box(void)
{
	int fd = box_new(.max_messages = 1);

	put(fd, "first");
	return fd;
}

/* The books of a mailbox balance, and nobody waits at it. */
static inline void settled(int fd, int sent, int received)
{
	struct mbox_stat st = stat_of(fd);

	EXPECT_EQ(st.sent, sent);
	EXPECT_EQ(st.received, received);
	EXPECT_EQ(st.sent, st.received + st.dropped + st.messages);
	EXPECT_EQ(st.senders_waiting, 0);
	EXPECT_EQ(st.receivers_waiting, 0);
}

#endif /* TESTS_UAPI_RACES_H */

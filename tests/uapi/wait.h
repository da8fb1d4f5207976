/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * wait.h: the actors of the waiting tests: a full mailbox, one who receives,
 * one who sends.
 *
 * Owns: what wait.c and wait-order.c share.  Takes no locks.
 */
#ifndef TESTS_UAPI_WAIT_H
#define TESTS_UAPI_WAIT_H

#include "box.h"

static inline int full_box(void)
{
	int fd = box_new(.max_messages = 1);

	put(fd, "first");
	return fd;
}

/* A child that receives one message and expects this text. */
static inline pid_t receiver(int fd, const char *text)
{
	pid_t pid;

	CHILD(pid)
	{
		struct mbox_recv r;
		char buf[64];

		ASSERT_OK(do_recv(fd, &r, buf, sizeof(buf) - 1));
		buf[r.msg_len] = 0;
		EXPECT_STR(buf, text);
	}
	wait_until_blocked(pid);
	return pid;
}

/* A child that sends one message. */
static inline pid_t sender(int fd, const char *text)
{
	pid_t pid;

	CHILD(pid)
	ASSERT_OK(do_send(fd, text, strlen(text)));
	wait_until_blocked(pid);
	return pid;
}

#endif /* TESTS_UAPI_WAIT_H */

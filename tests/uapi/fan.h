/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fan.h: the actors of the tests of broadcast mailboxes.
 *
 * Owns: what fan.c, fan-policy.c, fan-wait.c and fan-races.c share.  Takes no
 * locks.
 */
#ifndef TESTS_UAPI_FAN_H
#define TESTS_UAPI_FAN_H

#include "races.h"

#define BLOCK .policy = MBOX_POLICY_BLOCK
#define OLDEST .policy = MBOX_POLICY_DROP_OLDEST
#define NEWEST .policy = MBOX_POLICY_DROP_NEWEST

/* A broadcast mailbox: a handle that sends and looks, and is no subscription. */
#define fan_new(...)                                                   \
	ASSERT_OK(box_open(.flags = MBOX_OPEN_CREATE | MBOX_OPEN_EXCL, \
			   .rights = R_SEND | R_ADMIN, .mode = 0600,   \
			   NAMED("fan"), .attrs = MBOX_ATTR_BROADCAST, \
			   ##__VA_ARGS__))
/* A subscription of it. */
#define subscribe(...) \
	ASSERT_OK(box_open(.rights = R_RECV, NAMED("fan"), ##__VA_ARGS__))

#define expect_drops(fd, text, drops) \
	check_drops(__FILE__, __LINE__, fd, text, drops)
/* The next message is text, and so many were missed when it was received. */
static inline void check_drops(const char *file, int line, int fd,
			       const char *text, uint64_t drops)
{
	struct mbox_recv r;
	char buf[64] = "";
	int ret = do_recv(fd, &r, buf, sizeof(buf) - 1, .flags = MBOX_NOWAIT);

	if (!mbt_check_ok(file, line, "RECV", ret, errno))
		return;
	mbt_check_str(file, line, "next message", buf, text);
	mbt_compare(file, line, "its drops", (long long)r.drops, "==", "drops",
		    (long long)drops, r.drops == drops);
}

/* The books balance. */
#define balanced(fd) check_books(__FILE__, __LINE__, fd)
static inline void check_books(const char *file, int line, int fd)
{
	struct mbox_stat st = stat_of(fd);
	uint64_t gone = st.received + st.dropped + st.messages;

	mbt_compare(file, line, "sent", (long long)st.sent,
		    "==", "received + dropped + messages", (long long)gone,
		    st.sent == gone);
}

#endif /* TESTS_UAPI_FAN_H */

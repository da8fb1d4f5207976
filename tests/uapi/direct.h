/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * direct.h: short forms of SEND_TO, RECV_FROM, ENDPOINT and LINKS.
 *
 * Owns: what the programs about direct addressing share.  Takes no locks.
 */
#ifndef TESTS_UAPI_DIRECT_H
#define TESTS_UAPI_DIRECT_H

#include "races.h"

#include <sys/wait.h>

#define NOWAIT .flags = MBOX_NOWAIT

/* Sends text to a process, with fields of struct mbox_send as given. */
#define send_to(pid_, text_, ...) \
	send_by(box_dev(), 0, pid_, text_, ##__VA_ARGS__)
#define send_one_way(pid_, text_, ...) \
	send_by(box_dev(), MBOX_ONEWAY, pid_, text_, ##__VA_ARGS__)
#define send_by(fd_, flags_, pid_, text_, ...)                              \
	({                                                                  \
		struct mbox_send box_s_ = { .size = sizeof(box_s_),         \
					    .data = PTR(text_),             \
					    .len = (uint32_t)strlen(text_), \
					    ##__VA_ARGS__ };                \
		struct mbox_direct box_d_ = { .size = sizeof(box_d_),       \
					      .flags = (flags_),            \
					      .pid = (pid_),                \
					      .args = PTR(&box_s_) };       \
		box_ioctl(fd_, MBOX_IOC_SEND_TO, &box_d_);                  \
	})
/* Fills *r with the call's structure, and so with what came. */
#define recv_from(pid_, r_, buf_, room_, ...) \
	recv_by(box_dev(), pid_, r_, buf_, room_, ##__VA_ARGS__)
#define recv_by(fd_, pid_, r_, buf_, room_, ...)                        \
	({                                                              \
		struct mbox_recv *box_r_ = (r_);                        \
		struct mbox_direct box_d_ = { .size = sizeof(box_d_),   \
					      .pid = (pid_),            \
					      .args = PTR(box_r_) };    \
		*box_r_ = (struct mbox_recv){ .size = sizeof(*box_r_),  \
					      .data = PTR(buf_),        \
					      .len = (uint32_t)(room_), \
					      ##__VA_ARGS__ };          \
		box_ioctl(fd_, MBOX_IOC_RECV_FROM, &box_d_);            \
	})
/* The same where only the result counts. */
#define try_from(pid_, ...)                                          \
	({                                                           \
		struct mbox_recv try_r_;                             \
		char try_buf_[64];                                   \
		recv_from(pid_, &try_r_, try_buf_, sizeof(try_buf_), \
			  ##__VA_ARGS__);                            \
	})

/* The next message of a process, or of any with 0, is this text. */
#define expect_from(pid_, text_)                               \
	do {                                                   \
		struct mbox_recv from_r_;                      \
		char from_buf_[64];                            \
		ASSERT_OK(recv_from(pid_, &from_r_, from_buf_, \
				    sizeof(from_buf_) - 1));   \
		from_buf_[from_r_.msg_len] = 0;                \
		EXPECT_STR(from_buf_, text_);                  \
	} while (0)

/* A descriptor of one's own endpoint. */
static inline int do_endpoint(__u32 flags)
{
	struct mbox_endpoint e = { .size = sizeof(e), .flags = flags };

	return box_ioctl(box_dev(), MBOX_IOC_ENDPOINT, &e);
}

/* The links the caller is shown: how many were put into e. */
static inline unsigned int links_of(pid_t pid, struct mbox_link_entry *e,
				    unsigned int room)
{
	struct mbox_links l = { .size = sizeof(l),
				.entries = PTR(e),
				.count = room,
				.entry_size = sizeof(*e),
				.pid = pid };

	ASSERT_OK(box_ioctl(box_dev(), MBOX_IOC_LINKS, &l));
	return l.count;
}

/* How many links of a process the caller is shown. */
static inline unsigned int count_links(pid_t pid)
{
	struct mbox_link_entry e[8];

	return links_of(pid, e, 8);
}

/* A child that does nothing until it is killed. */
static inline pid_t idler(void)
{
	pid_t pid;

	CHILD(pid)
	{
		for (;;)
			pause();
	}
	return pid;
}

/* Dead, and still a zombie. */
static inline void kill_unreaped(pid_t pid)
{
	siginfo_t info;

	ASSERT_OK(kill(pid, SIGKILL));
	ASSERT_OK(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT));
}

/* Dead, and its number is free. */
static inline void kill_and_reap(pid_t pid)
{
	ASSERT_OK(kill(pid, SIGKILL));
	EXPECT_CHILD_KILLED(pid, SIGKILL);
}

/* A child that waits for a message of a process and gets err. */
static inline pid_t waiter_for(pid_t from, int err)
{
	pid_t pid;

	CHILD(pid)
	{
		catch_signal(SIGUSR1, 0);
		EXPECT_ERRNO(try_from(from), err);
	}
	wait_until_blocked(pid);
	return pid;
}

/* Fills the endpoint of a process, which holds so many, to the last message. */
static inline void fill_beside(pid_t pid, int held)
{
	pid_t filler;
	int i;

	/* Of a process of its own, that no link of the caller is left. */
	CHILD(filler)
	{
		for (i = held; i < MBOX_DEFAULT_MESSAGES; i++)
			ASSERT_OK(send_to(pid, "full", NOWAIT));
		EXPECT_ERRNO(send_to(pid, "full", NOWAIT), EAGAIN);
	}
	EXPECT_CHILD_OK(filler);
}

static inline void fill(pid_t pid)
{
	fill_beside(pid, 0);
}

/* Pipes to tell each other that it is time. */
static inline void tell(const int *p)
{
	ASSERT_EQ(write(p[1], "x", 1), 1);
}

static inline void hear(const int *p)
{
	char c;

	ASSERT_EQ(read(p[0], &c, 1), 1);
}

#endif /* TESTS_UAPI_DIRECT_H */

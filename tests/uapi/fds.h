/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fds.h: the actors of the tests of passed descriptors.
 *
 * Owns: short forms for sending and receiving descriptors; a mailbox by its
 * handles; and a witness that tells whether an open file is still open: a pipe
 * whose end to write is the file.  Takes no locks.
 */
#ifndef TESTS_UAPI_FDS_H
#define TESTS_UAPI_FDS_H

#include "races.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>

#define fds_box(...) box_new(.attrs = MBOX_ATTR_FDS, ##__VA_ARGS__)
#define fds_named(s, ...) box_named(s, .attrs = MBOX_ATTR_FDS, ##__VA_ARGS__)

/* Sends text with n descriptors, without waiting unless flags say so. */
#define send_fds(fd, text, n, list, ...)                               \
	do_send(fd, text, strlen(text), .nfds = (n), .fds = PTR(list), \
		##__VA_ARGS__)
#define send_fd(fd, text, one, ...)                          \
	({                                                   \
		int one_ = (one);                            \
		send_fds(fd, text, 1, &one_, ##__VA_ARGS__); \
	})

/* Receives with room for n descriptors at list. */
#define recv_fds(fd, r, n, list, ...)                             \
	({                                                        \
		static char text_[64];                            \
		do_recv(fd, r, text_, sizeof(text_), .nfds = (n), \
			.fds = PTR(list), ##__VA_ARGS__);         \
	})

/* A mailbox by its handles: to receive, to send, and to look at. */
struct trio {
	int recv;
	int send;
	int look;
};

static inline struct trio trio_of(int all)
{
	struct trio t = { .recv = ASSERT_OK(do_copy(all, R_RECV)),
			  .send = ASSERT_OK(do_copy(all, R_SEND)),
			  .look = ASSERT_OK(do_copy(all, R_ADMIN)) };

	close(all);
	return t;
}

/* A file that is open as long as somebody has it, and how to tell. */
struct witness {
	int file; /* the end to write */
	int end; /* the end to read */
};

static inline struct witness witness(void)
{
	struct witness w;
	int p[2];

	ASSERT_OK(pipe2(p, O_CLOEXEC | O_NONBLOCK));
	w.file = p[1];
	w.end = p[0];
	return w;
}

static inline bool is_open_somewhere(const struct witness *w)
{
	char c;
	ssize_t n = read(w->end, &c, 1);

	if (n > 0)
		FAIL("somebody wrote to the witness");
	return n < 0 && errno == EAGAIN;
}

/* The test's own descriptor is closed: whether others are is the question. */
#define expect_in_flight(w)                        \
	({                                         \
		close((w)->file);                  \
		EXPECT_TRUE(is_open_somewhere(w)); \
	})
#define expect_closed(w) EXPECT_FALSE(is_open_somewhere(w))

/* How many descriptors this process has. */
static inline int open_fds(void)
{
	DIR *d = opendir("/proc/self/fd");
	int n = 0;

	ASSERT_TRUE(d);
	while (readdir(d))
		n++;
	closedir(d);
	return n;
}

/* An open file with a position that tells it from others. */
static inline int file_at(int position)
{
	int fd = ASSERT_OK(memfd_create("travels", MFD_CLOEXEC));

	ASSERT_EQ(lseek(fd, position, SEEK_SET), position);
	return fd;
}

#define expect_file_at(fd, position) EXPECT_EQ(lseek(fd, 0, SEEK_CUR), position)

#endif /* TESTS_UAPI_FDS_H */

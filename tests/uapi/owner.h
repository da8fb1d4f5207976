/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * owner.h: a process that has made a mailbox of owner lifetime, and sits.
 *
 * Owns: what owner.c, races-owner.c and unload.c share.  Takes no locks.
 */
#ifndef TESTS_UAPI_OWNER_H
#define TESTS_UAPI_OWNER_H

#include "box.h"

#include <signal.h>
#include <sys/syscall.h>

/* A descriptor of another process, as one of our own. */
static inline int take_fd(pid_t pid, int fd)
{
	int pidfd = ASSERT_OK((int)syscall(SYS_pidfd_open, pid, 0)), got;

	got = ASSERT_OK((int)syscall(SYS_pidfd_getfd, pidfd, fd, 0));
	close(pidfd);
	return got;
}

/*
 * A child that makes such a mailbox, with a name or without (NULL), and then
 * does nothing until it is killed.  *fd is a handle of ours on it, beside the
 * child's own.
 */
static inline pid_t start_owner(const char *name, int *fd)
{
	int ends[2], its = -1;
	pid_t pid;

	ASSERT_OK(pipe(ends));
	CHILD(pid)
	{
		if (name)
			its = box_named(name, .lifetime = MBOX_LIFETIME_OWNER);
		else
			its = box_new(.lifetime = MBOX_LIFETIME_OWNER);
		ASSERT_EQ(write(ends[1], &its, sizeof(its)), sizeof(its));
		for (;;)
			pause();
	}
	close(ends[1]);
	ASSERT_EQ(read(ends[0], &its, sizeof(its)), sizeof(its));
	close(ends[0]);
	*fd = take_fd(pid, its);
	return pid;
}

/* It is killed, and waited for. */
static inline void end_owner(pid_t pid)
{
	ASSERT_OK(kill(pid, SIGKILL));
	EXPECT_CHILD_KILLED(pid, SIGKILL);
}

/* STAT says that the mailbox behind a handle is gone. */
static inline bool is_destroyed(int fd)
{
	struct mbox_stat st;

	return do_stat(fd, &st) && errno == EIDRM;
}

#endif /* TESTS_UAPI_OWNER_H */

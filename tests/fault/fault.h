/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fault.h: the kernel makes the n-th allocation or copy of this task fail.
 *
 * Owns: the settings of fault injection (fault-injection.rst, in particular
 * /proc/PID/fail-nth), which these programs share.  Takes no locks.
 */
#ifndef TESTS_FAULT_FAULT_H
#define TESTS_FAULT_FAULT_H

#include "../uapi/box.h"

#include <fcntl.h>

#define FAILSLAB "/sys/kernel/debug/failslab/"
#define FAIL_PAGE_ALLOC "/sys/kernel/debug/fail_page_alloc/"

/*
 * The file that arms, open, with faults as every test wants them: for
 * every allocation, also if it may sleep, and without a line in the log.
 */
static inline int fail_nth(void)
{
	static int fd = -1;

	if (fd >= 0)
		return fd;
	ASSERT_OK(mbt_write_file(FAILSLAB "ignore-gfp-wait", "N"));
	ASSERT_OK(mbt_write_file(FAILSLAB "verbose", "0"));
	ASSERT_OK(mbt_write_file(FAIL_PAGE_ALLOC "ignore-gfp-wait", "N"));
	ASSERT_OK(mbt_write_file(FAIL_PAGE_ALLOC "min-order", "0"));
	ASSERT_OK(mbt_write_file(FAIL_PAGE_ALLOC "verbose", "0"));
	ASSERT_OK(
		mbt_write_file("/sys/kernel/debug/fail_usercopy/verbose", "0"));
	fd = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	ASSERT_OK(fd);
	return fd;
}

/* The n-th from now on. */
static inline void arm(int n)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", n);
	ASSERT_OK(pwrite(fail_nth(), text, strlen(text), 0));
}

/* Takes it back; returns how many were left to go: none if there was a fault. */
static inline int disarm(void)
{
	char text[16] = "";
	int left = -1;

	/* To read it, and to write, is a copy as well, which may be the n-th. */
	if (pread(fail_nth(), text, sizeof(text) - 1, 0) > 0)
		left = atoi(text);
	if (pwrite(fail_nth(), "0", 1, 0) < 0)
		ASSERT_OK(pwrite(fail_nth(), "0", 1, 0));
	return left;
}

#endif

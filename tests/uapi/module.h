/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * module.h: loading and unloading the module, for programs that do so
 * themselves ("opts: module=none").
 *
 * Owns: what unload.c, stress/long.c and stress/torture.c share.  Takes no locks.
 */
#ifndef TESTS_UAPI_MODULE_H
#define TESTS_UAPI_MODULE_H

#include "box.h"

#include <fcntl.h>
#include <sys/syscall.h>

#define MODULE "/lib/mbox/mbox.ko"
#define TEST_BUILD "/lib/mbox-test/mbox.ko"

/* Tells box.c that the tests here open the device themselves. */
extern const bool box_loads_module;
const bool box_loads_module = true;

static inline int load_file(const char *path, const char *params)
{
	int fd = ASSERT_OK(open(path, O_RDONLY | O_CLOEXEC));
	int ret = (int)syscall(SYS_finit_module, fd, params, 0);

	close(fd);
	return ret;
}

static inline int load_module(const char *params)
{
	return load_file(MODULE, params);
}

static inline int unload_module(void)
{
	return (int)syscall(SYS_delete_module, "mbox", O_NONBLOCK);
}

/* Unloading is refused as long as anything is held, and only so long. */
static inline void must_unload(void)
{
	int64_t end = mbt_now() + mbt_slow() * 10 * MBT_SECOND;

	mbt_checked();
	while (unload_module()) {
		if (mbt_now() > end) {
			FAIL("rmmod: %s", mbt_errno_name(errno));
			_exit(1);
		}
		mbt_sleep_ms(5);
	}
	expect_unloaded();
}

/* A descriptor of the device, which is there a moment after the load. */
static inline int device(int flags)
{
	int64_t end = mbt_now() + mbt_slow() * 5 * MBT_SECOND;
	int fd;

	while ((fd = open(DEV, flags | O_CLOEXEC)) < 0 && mbt_now() < end)
		mbt_sleep_ms(2);
	ASSERT_OK(fd);
	return fd;
}

#endif /* TESTS_UAPI_MODULE_H */

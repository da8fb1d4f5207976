// SPDX-License-Identifier: GPL-2.0-only
/*
 * load.c: loading the module fails in its last step.
 *
 * Owns: the proof that a load that fails leaves nothing.  Loads the module
 * itself.  Not every step: where a slab cache cannot be made the kernel prints
 * its stack, and a stack would be a finding anywhere else.
 *
 * opts: module=none timeout=200 kernels=strict
 */
#include "fault.h"

#include <sys/syscall.h>

/* The build with delay points has one step more to undo. */
#define MODULE "/lib/mbox-test/mbox.ko"

/* Tells box.c that the tests here open the device themselves. */
extern const bool box_loads_module;
const bool box_loads_module = true;

enum { FAR = 1000000 }; /* more than a load allocates and copies */
enum { MORE = 8 }; /* so many more it may be the next time */

static void nothing_is_left(void)
{
	expect_unloaded();
	EXPECT_ERRNO(access("/sys/kernel/debug/mbox", F_OK), ENOENT);
}

/* Loads with the n-th failing; 0 and unloaded again, or an errno. */
static int load(int fd, int n, int *left)
{
	int err;

	arm(n);
	err = syscall(SYS_finit_module, fd, "", 0) ? errno : 0;
	*left = disarm();
	if (err)
		return err;
	WAIT_FOR(access(DEV, F_OK) == 0);
	WAIT_FOR(syscall(SYS_delete_module, "mbox", O_NONBLOCK) == 0);
	return 0;
}

TEST_FOR(a_load_that_fails_in_its_last_step_leaves_nothing, "C5.2 C11.1", 90)
{
	int fd = ASSERT_OK(open(MODULE, O_RDONLY | O_CLOEXEC));
	int left, all = 0, n, before, err = 0;

	/* The first of them finds caches empty that the others do not. */
	do {
		before = all;
		ASSERT_EQ(load(fd, FAR, &left), 0);
		all = FAR - left;
	} while (all != before);
	/* From the last one back to the first that the load cannot do without. */
	for (n = all + MORE; n > 0; n--) {
		err = load(fd, n, &left);
		nothing_is_left();
		if (err)
			break;
	}
	mbt_note("of %d that can fail, number %d matters", all, n);
	EXPECT_EQ(err, ENOMEM);
	EXPECT_EQ(left, 0);
	EXPECT_EQ(load(fd, FAR, &left), 0);
}

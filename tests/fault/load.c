// SPDX-License-Identifier: GPL-2.0-only
/*
 * load.c: loading the module fails in its last step.
 *
 * Owns: the proof that a load that fails leaves nothing.  Loads the module
 * itself.  Not every step: where a slab cache cannot be made the kernel prints
 * its stack, and a stack would be a finding anywhere else.
 *
 * opts: module=none kernels=strict
 */
#include "../uapi/module.h"
#include "where.h"

/*
 * The last step of a load registers the device, and what makes the device for
 * it, in drivers/base/core.c, allocates before it does anything else.
 */
#define LAST_STEP "device_create_with_groups"

TEST(a_load_that_fails_in_its_last_step_leaves_nothing, "C5.2 C11.1")
{
	fail_in(LAST_STEP);
	/* The build with delay points has one step more to undo. */
	EXPECT_ERRNO(load_file(TEST_BUILD, ""), ENOMEM);
	EXPECT_EQ(times(), 0);
	fail_no_more();
	expect_unloaded();
	EXPECT_ERRNO(access("/sys/kernel/debug/mbox", F_OK), ENOENT);
	EXPECT_OK(load_file(TEST_BUILD, ""));
	must_unload();
}

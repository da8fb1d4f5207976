// SPDX-License-Identifier: GPL-2.0-only
/*
 * load.c: loading the module fails in its last step.
 *
 * Owns: the proof that a load that fails leaves nothing.  Loads the module
 * itself.  What fails is told by a function in the stack: the number of an
 * allocation is another one with each load.
 * Not every step: where a slab cache cannot be made the kernel prints
 * its stack, and a stack would be a finding anywhere else.
 *
 * opts: module=none kernels=strict
 */
#include "../uapi/module.h"
#include "fault.h"

#include <limits.h>

/*
 * The last step of a load registers the device, and what makes the device for
 * it, in drivers/base/core.c, allocates before it does anything else.
 */
#define LAST_STEP "device_create_with_groups"

/* Where a function of the kernel begins, and where the next one does. */
static void find_function(const char *name, unsigned long *start,
			  unsigned long *end)
{
	FILE *f = fopen("/proc/kallsyms", "re");
	char line[256], symbol[128];

	ASSERT_TRUE(f);
	*start = *end = 0;
	while (*end == *start && fgets(line, sizeof(line), f)) {
		ASSERT_EQ(sscanf(line, "%lx %*c %127s", end, symbol), 2);
		if (strcmp(symbol, name) == 0)
			*start = *end;
		else if (*start == 0)
			*end = 0;
	}
	ASSERT_GT(*end, *start);
	fclose(f);
}

static void set(const char *file, unsigned long value)
{
	char path[64], text[24];

	snprintf(path, sizeof(path), FAILSLAB "%s", file);
	snprintf(text, sizeof(text), "%#lx", value);
	ASSERT_OK(mbt_write_file(path, text));
}

/* What is left of FAILSLAB "times": 1 is armed, 0 has failed. */
static int times(void)
{
	char text[16];

	ASSERT_TRUE(mbt_read_file(FAILSLAB "times", text, sizeof(text)) > 0);
	return atoi(text);
}

/* The next allocation that this function, or what it calls, makes will fail. */
static void fail_in(const char *function)
{
	unsigned long start, end;

	find_function(function, &start, &end);
	set("ignore-gfp-wait", 0);
	set("verbose", 0);
	set("require-start", start);
	set("require-end", end);
	set("times", 1);
	set("probability", 100);
}

static void fail_no_more(void)
{
	set("probability", 0);
	set("require-start", 0);
	set("require-end", ULONG_MAX);
}

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

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * where.h: the kernel makes an allocation fail that is told by its place: the
 * function that makes it, itself or by what it calls.
 *
 * For what has no number that stays: how much a load allocates differs from
 * one to the next, and what a worker frees may be there the next time.
 *
 * Owns: the settings of failslab for that (fault-injection.rst, require-start),
 * which stand until fail_no_more(), for all tasks.  Takes no locks.
 */
#ifndef TESTS_FAULT_WHERE_H
#define TESTS_FAULT_WHERE_H

#include "fault.h"

#include <limits.h>

/* The next symbol in memory ends a function: those of modules have no order. */
static inline void find_function(const char *name, unsigned long *start,
				 unsigned long *end)
{
	FILE *f = fopen("/proc/kallsyms", "re");
	char line[256], symbol[128];
	unsigned long at;

	ASSERT_TRUE(f);
	*start = 0;
	while (*start == 0 && fgets(line, sizeof(line), f))
		if (sscanf(line, "%lx %*c %127s", &at, symbol) == 2 &&
		    strcmp(symbol, name) == 0)
			*start = at;
	ASSERT_NE(*start, 0);
	rewind(f);
	*end = ULONG_MAX;
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, "%lx", &at) == 1 && at > *start && at < *end)
			*end = at;
	fclose(f);
}

static inline void set(const char *file, unsigned long value)
{
	char path[64], text[24];

	snprintf(path, sizeof(path), FAILSLAB "%s", file);
	snprintf(text, sizeof(text), "%#lx", value);
	ASSERT_OK(mbt_write_file(path, text));
}

/* What is left of FAILSLAB "times": 1 is armed, 0 has failed. */
static inline int times(void)
{
	char text[16];

	ASSERT_TRUE(mbt_read_file(FAILSLAB "times", text, sizeof(text)) > 0);
	return atoi(text);
}

/* The next allocation that this function, or what it calls, makes will fail. */
static inline void fail_in(const char *function)
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

static inline void fail_no_more(void)
{
	set("probability", 0);
	set("require-start", 0);
	set("require-end", ULONG_MAX);
}

#endif

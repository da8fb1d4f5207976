/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * levels.h: user namespaces for the tests of who pays at which level.
 *
 * Owns: how a child gets a namespace of its own with ids in it, as newuidmap(1)
 * gives them to containers.  Takes no locks.  Used by the programs uapi-quota and
 * fault-where.
 */
#ifndef TESTS_UAPI_LEVELS_H
#define TESTS_UAPI_LEVELS_H

#include "box.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/prctl.h>

/* The uids that are hers inside: N is this many more outside. */
#define INSIDE(n) (100000 + (n))

static int made[2], go[2];

/* What root does for her: pid's namespace gets these ids. */
static inline void map_ids(pid_t pid, const char *map)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/uid_map", (int)pid);
	ASSERT_OK(mbt_write_file(path, map));
	snprintf(path, sizeof(path), "/proc/%d/gid_map", (int)pid);
	ASSERT_OK(mbt_write_file(path, map));
}

/* In a child: a namespace of its own, and wait until it has its ids. */
static inline void enter_and_wait(void)
{
	char c;

	ASSERT_OK(unshare(CLONE_NEWUSER));
	ASSERT_OK(prctl(PR_SET_DUMPABLE, 1));
	ASSERT_EQ(write(made[1], "x", 1), 1);
	ASSERT_EQ(read(go[0], &c, 1), 1);
}

static inline void let_in(pid_t pid, const char *map)
{
	char c;

	ASSERT_EQ(read(made[0], &c, 1), 1);
	map_ids(pid, map);
	ASSERT_EQ(write(go[1], "x", 1), 1);
}

static inline void be(uid_t uid)
{
	ASSERT_OK(setresgid(uid, uid, uid));
	ASSERT_OK(setresuid(uid, uid, uid));
	/* Or the next namespace could not be given its ids. */
	ASSERT_OK(prctl(PR_SET_DUMPABLE, 1));
}

static inline void begin(void)
{
	ASSERT_OK(pipe(made));
	ASSERT_OK(pipe(go));
}

#define ALICES_IDS "0 1000 1\n1 100001 9\n"

#endif /* TESTS_UAPI_LEVELS_H */

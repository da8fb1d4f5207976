// SPDX-License-Identifier: GPL-2.0-only
/*
 * where.c: no memory at one place of a call.
 *
 * Owns: the proof for places that fault-nth reaches by luck: it depends on what
 * was freed before.  Takes no locks.
 *
 * opts: kernels=strict
 */
#include "../uapi/levels.h"
#include "where.h"

static int create_owned(void)
{
	return box_open(.flags = MBOX_OPEN_CREATE | MBOX_OPEN_EXCL,
			.rights = R_ALL, .mode = 0600, NAMED("owned"),
			.lifetime = MBOX_LIFETIME_OWNER);
}

TEST(create_without_memory_to_watch_the_owner_fails_with_ENOMEM,
     "C11.1 C4.2 OPEN:ENOMEM")
{
	fail_in("mbx_owner_watch");
	EXPECT_ERRNO(create_owned(), ENOMEM);
	EXPECT_EQ(times(), 0);
	fail_no_more();
	EXPECT_OK(create_owned());
}

/* Of the two who pay, the maker of the namespace has a purse already. */
TEST(an_open_without_memory_for_a_purse_below_others_fails_with_ENOMEM,
     "C11.1 C14.3 OPEN:ENOMEM")
{
	int fd = box_new();
	pid_t pid;

	begin();
	fail_in("mbx_purse_get");
	CHILD(pid)
	{
		enter_and_wait();
		be(1);
		EXPECT_ERRNO(open(DEV, O_RDWR | O_CLOEXEC), ENOMEM);
		EXPECT_OK(open(DEV, O_RDWR | O_CLOEXEC));
	}
	let_in(pid, ALICES_IDS);
	EXPECT_CHILD_OK(pid);
	EXPECT_EQ(times(), 0);
	fail_no_more();
	EXPECT_OK(do_send(fd, "x", 1));
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * quota-levels.c: what is done in a user namespace is paid by its maker too,
 * and by the maker of the one around it.
 *
 * Owns: the claims of C14.7. Alice makes a namespace in which she is root and
 * many more uids are hers, as newuidmap(1) does for containers; takes no locks.
 * Part of the program uapi-quota.
 */
#include "levels.h"

#include <signal.h>
#include <sys/mman.h>

/* What a user outside is charged now. */
static void expect_used(uid_t uid, unsigned int messages,
			unsigned int mailboxes)
{
	pid_t pid;

	CHILD(pid)
	{
		mbt_become(uid, uid);
		EXPECT_EQ(info_of().used_messages, messages);
		EXPECT_EQ(info_of().used_mailboxes, mailboxes);
	}
	EXPECT_CHILD_OK(pid);
}

TEST(messages_of_a_namespace_are_paid_by_its_maker_too,
     "C14.7 C14.3 C14.13 SEND:EDQUOT")
{
	int fd = box_new(.capacity = MBOX_CAPACITY_UNBOUNDED), i;
	pid_t pid, one;

	begin();
	param_set("user_messages", 10);
	CHILD(pid)
	{
		mbt_become(ALICE, ALICE);
		enter_and_wait();
		for (i = 1; i <= 3; i++) {
			CHILD(one)
			{
				int n;

				be((uid_t)i);
				for (n = 0; n < (i < 3 ? 5 : 0); n++)
					ASSERT_OK(do_send(fd, "x", 1));
				EXPECT_EQ(info_of().used_messages, n);
				/* His own share is not used up: hers is. */
				if (i > 1)
					expect_refused(fd, do_send(fd, "x", 1),
						       EDQUOT);
			}
			EXPECT_CHILD_OK(one);
		}
		EXPECT_EQ(info_of().used_messages, 10);
	}
	let_in(pid, ALICES_IDS);
	EXPECT_CHILD_OK(pid);
	expect_used(ALICE, 10, 0);
	expect_used(BOB, 0, 0);
	/* The same uid outside is another user, and nobody's. */
	expect_used(INSIDE(1), 0, 0);
	CHILD(pid)
	{
		mbt_become(ALICE, ALICE);
		expect_refused(fd, do_send(fd, "x", 1), EDQUOT);
	}
	EXPECT_CHILD_OK(pid);
	for (i = 0; i < 10; i++)
		expect_next(fd, "x");
	expect_used(ALICE, 0, 0);
}

TEST(mailboxes_and_bytes_of_a_namespace_are_paid_by_its_maker_too,
     "C14.7 C14.4 C14.2 OPEN:EDQUOT")
{
	static char bytes[65536];
	int watch = box_new();
	pid_t pid;

	begin();
	param_set("user_mailboxes", 2);
	param_set("user_bytes", 100000);
	CHILD(pid)
	{
		int fd;

		mbt_become(ALICE, ALICE);
		fd = box_new();
		enter_and_wait();
		be(1);
		box_new();
		expect_refused(watch,
			       box_open(.flags = MBOX_OPEN_CREATE, .rights = 0),
			       EDQUOT);
		ASSERT_OK(do_send(fd, bytes, 65536));
		expect_refused(fd, do_send(fd, bytes, 65536), EDQUOT);
		EXPECT_EQ(info_of().used_mailboxes, 1);
	}
	let_in(pid, ALICES_IDS);
	EXPECT_CHILD_OK(pid);
	expect_used(ALICE, 0, 0);
}

TEST(descriptors_in_flight_of_a_namespace_are_paid_by_its_maker_too,
     "C14.7 C14.6 C14.13 SEND:EDQUOT")
{
	int fd = box_new(.attrs = MBOX_ATTR_FDS), file, list[2];
	struct mbox_info before = info_of();
	pid_t pid, one;

	begin();
	param_set("user_fds", 3);
	file = ASSERT_OK(memfd_create("travels", 0));
	list[0] = file;
	list[1] = file;
	CHILD(pid)
	{
		mbt_become(ALICE, ALICE);
		enter_and_wait();
		CHILD(one)
		{
			be(1);
			ASSERT_OK(do_send(fd, "x", 1, .nfds = 2,
					  .fds = PTR(list)));
			EXPECT_EQ(info_of().used_fds, 2);
		}
		EXPECT_CHILD_OK(one);
		EXPECT_EQ(info_of().used_fds, 2);
		expect_refused(fd,
			       do_send(fd, "x", 1, .nfds = 2, .fds = PTR(list)),
			       EDQUOT);
		CHILD(one)
		{
			be(2);
			expect_refused(fd,
				       do_send(fd, "x", 1, .nfds = 2,
					       .fds = PTR(list)),
				       EDQUOT);
			/* His own share is not used up: hers is. */
			EXPECT_EQ(info_of().used_fds, 0);
			ASSERT_OK(do_send(fd, "x", 1, .nfds = 1,
					  .fds = PTR(list)));
		}
		EXPECT_CHILD_OK(one);
		EXPECT_EQ(info_of().used_fds, 3);
	}
	let_in(pid, ALICES_IDS);
	EXPECT_CHILD_OK(pid);
	expect_next(fd, "x");
	expect_next(fd, "x");
	EXPECT_EQ(info_of().used_bytes, before.used_bytes);
}

TEST(every_level_pays, "C14.7 C14.13")
{
	int fd = box_new(.capacity = MBOX_CAPACITY_UNBOUNDED), i;
	pid_t pid, inner, one;

	begin();
	param_set("user_messages", 5);
	CHILD(pid)
	{
		char c;

		mbt_become(ALICE, ALICE);
		enter_and_wait();
		CHILD(inner)
		{
			be(1);
			enter_and_wait();
			be(2);
			for (i = 0; i < 4; i++)
				ASSERT_OK(do_send(fd, "x", 1));
			EXPECT_EQ(info_of().used_messages, 4);
			ASSERT_EQ(write(made[1], "x", 1), 1);
			ASSERT_EQ(read(go[0], &c, 1), 1);
			/* Meanwhile who pays for him has used up the rest. */
			expect_refused(fd, do_send(fd, "x", 1), EDQUOT);
		}
		ASSERT_EQ(read(made[0], &c, 1), 1);
		map_ids(inner, "2 2 1\n");
		ASSERT_EQ(write(go[1], "x", 1), 1);
		ASSERT_EQ(read(made[0], &c, 1), 1);
		CHILD(one)
		{
			be(1);
			EXPECT_EQ(info_of().used_messages, 4);
			ASSERT_OK(do_send(fd, "x", 1));
			expect_refused(fd, do_send(fd, "x", 1), EDQUOT);
		}
		EXPECT_CHILD_OK(one);
		EXPECT_EQ(info_of().used_messages, 5);
		ASSERT_EQ(write(go[1], "x", 1), 1);
		EXPECT_CHILD_OK(inner);
	}
	let_in(pid, ALICES_IDS);
	EXPECT_CHILD_OK(pid);
	expect_used(ALICE, 5, 0);
	for (i = 0; i < 5; i++)
		expect_next(fd, "x");
	expect_used(ALICE, 0, 0);
}

/* The one who made it has left; what lies in the kernel is still hers. */
TEST(a_namespace_that_has_ended_still_pays, "C14.7 C14.13")
{
	int fd = box_new();
	pid_t pid;

	begin();
	CHILD(pid)
	{
		mbt_become(ALICE, ALICE);
		enter_and_wait();
		be(1);
		ASSERT_OK(do_send(fd, "x", 1));
	}
	let_in(pid, ALICES_IDS);
	EXPECT_CHILD_OK(pid);
	expect_used(ALICE, 1, 0);
	expect_next(fd, "x");
	expect_used(ALICE, 0, 0);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * races-owner.c: the end of an owner, and whatever else comes just then.
 *
 * Owns: the time between the death of a process and the end of what ends with
 * it; part of the program uapi-races.  The delay point before-end forces it
 * all: the work has found the process dead, and the mailbox does not know.
 * Takes no locks; run by the guest runner with the test build of the module.
 */
#include "owner.h"
#include "races.h"

#include <sys/wait.h>

/* The owner of *fd is dead, and the work is stopped before it says so. */
static void owner_died(const char *name, int *fd)
{
	pid_t pid = start_owner(name, fd);

	need_delays();
	mbt_delay_arm("before-end");
	end_owner(pid);
	mbt_delay_wait("before-end");
}

TEST(destroy_that_comes_before_the_owners_end_is_the_one_that_counts,
     "C4.2 C4.10 C14.13")
{
	struct mbox_info before = info_of();
	int fd, mine;

	owner_died("owned", &fd);
	put(fd, "dropped");
	ASSERT_OK(do_destroy(fd));
	close(fd);
	/* The name is another's before the work goes on. */
	mine = box_named("owned");
	put(mine, "mine");
	mbt_delay_release("before-end");
	WAIT_FOR(info_of().used_mailboxes == before.used_mailboxes + 1);
	expect_next(mine, "mine");
	EXPECT_STR(stat_of(mine).name, "owned");
}

TEST(the_last_handle_that_goes_before_the_owners_end_is_the_end, "C4.2 C14.13")
{
	struct mbox_info before = info_of();
	int fd;

	owner_died(NULL, &fd);
	put(fd, "dropped");
	close(fd);
	EXPECT_EQ(info_of().used_messages, before.used_messages);
	mbt_delay_release("before-end");
	WAIT_FOR(info_of().used_mailboxes == before.used_mailboxes);
}

TEST(unlink_that_comes_before_the_owners_end_ends_it_too, "C4.2 C4.8 C14.13")
{
	struct mbox_info before = info_of();
	int fd;

	owner_died("owned", &fd);
	ASSERT_OK(do_unlink(fd));
	close(fd);
	mbt_delay_release("before-end");
	WAIT_FOR(info_of().used_mailboxes == before.used_mailboxes);
}

TEST(who_opens_it_before_the_owners_end_is_told_of_that, "C4.2 RECV:EIDRM")
{
	int fd, late;
	pid_t pid;

	owner_died("owned", &fd);
	late = ASSERT_OK(box_open(.rights = R_ALL, NAMED("owned")));
	put(late, "x");
	expect_next(fd, "x");
	pid = start_receiver(late, "", EIDRM, 0);
	wait_until_blocked(pid);
	mbt_delay_release("before-end");
	EXPECT_CHILD_OK(pid);
	EXPECT_ERRNO(box_open(.rights = R_ALL, NAMED("owned")), ENOENT);
}

TEST(who_found_it_and_not_yet_opened_it_does_not_open_it, "C4.2 OPEN:ENOENT")
{
	pid_t owner, pid;
	int fd;

	need_delays();
	owner = start_owner("owned", &fd);
	mbt_delay_arm("before-attach");
	CHILD(pid)
	EXPECT_ERRNO(box_open(.rights = R_ALL, NAMED("owned")), ENOENT);
	mbt_delay_wait("before-attach");
	end_owner(owner);
	WAIT_FOR(is_destroyed(fd));
	mbt_delay_release("before-attach");
	EXPECT_CHILD_OK(pid);
}

TEST(an_owner_that_is_killed_while_it_creates_leaves_nothing, "C4.2 C2.6")
{
	static const char *const points[] = { "before-attach",
					      "before-publish" };
	struct mbox_info before = info_of();
	size_t i;

	need_delays();
	for (i = 0; i < 2; i++) {
		pid_t pid;

		mbt_delay_arm(points[i]);
		CHILD(pid)
		box_named("owned", .lifetime = MBOX_LIFETIME_OWNER);
		mbt_delay_wait(points[i]);
		end_owner(pid);
		mbt_delay_release(points[i]);
		WAIT_FOR(info_of().used_mailboxes == before.used_mailboxes);
		EXPECT_ERRNO(box_open(.rights = 0, NAMED("owned")), ENOENT);
	}
}

TEST(one_that_lost_its_name_to_another_in_create_is_not_watched, "C4.2 C2.6")
{
	struct mbox_info before = info_of();
	pid_t pid;
	int fd;

	need_delays();
	mbt_delay_arm("before-publish");
	CHILD(pid)
	{
		/* Opens the other's, since EXCL was not asked for. */
		fd = box_named("owned", .lifetime = MBOX_LIFETIME_OWNER);
		EXPECT_EQ(stat_of(fd).lifetime, MBOX_LIFETIME_DESCRIPTOR);
	}
	mbt_delay_wait("before-publish");
	fd = box_named("owned");
	mbt_delay_release("before-publish");
	EXPECT_CHILD_OK(pid);
	WAIT_FOR(info_of().used_mailboxes == before.used_mailboxes + 1);
	put(fd, "x");
	expect_next(fd, "x");
}

/*
 * The work has taken the first of two from its list.  Somebody else ends the
 * second, and so the list is empty: the work is queued while it runs.
 */
TEST(what_is_unwatched_while_its_process_is_told_dead_is_told_once,
     "C4.2 C14.13")
{
	struct mbox_info before = info_of();
	int ends[2], its[2], fd;
	pid_t pid;

	need_delays();
	ASSERT_OK(pipe(ends));
	CHILD(pid)
	{
		its[0] = box_named("first", .lifetime = MBOX_LIFETIME_OWNER);
		its[1] = box_named("second", .lifetime = MBOX_LIFETIME_OWNER);
		ASSERT_EQ(write(ends[1], its, sizeof(its)), sizeof(its));
		pause();
	}
	ASSERT_EQ(read(ends[0], its, sizeof(its)), sizeof(its));
	fd = take_fd(pid, its[1]);
	mbt_delay_arm("before-end");
	end_owner(pid);
	mbt_delay_wait("before-end");
	ASSERT_OK(do_destroy(fd));
	close(fd);
	fd = ASSERT_OK(box_open(.rights = 0, NAMED("first")));
	mbt_delay_release("before-end");
	WAIT_FOR(is_destroyed(fd));
	EXPECT_ERRNO(box_open(.rights = 0, NAMED("first")), ENOENT);
	close(fd);
	WAIT_FOR(info_of().used_mailboxes == before.used_mailboxes);
}

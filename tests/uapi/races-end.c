// SPDX-License-Identifier: GPL-2.0-only
/*
 * races-end.c: DESTROY of a crowd, and what others do when it is half done.
 *
 * Owns: the time between a mailbox's death and its last sleeper's; part of
 * the program uapi-races.  DESTROY marks the mailbox dead, and wakes those who
 * sleep by the dozen, without the lock: stopped before the first wake-up of
 * the first dozens, it has left the rest in their lines, and the lock is free.
 * Takes no locks; run by the guest runner with the test build of the module.
 */
#include "races.h"

#include <sys/wait.h>

/*
 * More than DESTROY finishes in one hold of the lock (MBX_WAKES in
 * kmod/wait.h).  Were it to finish them all, the tests below would not see
 * what they expect of those behind, and fail.
 */
enum { CROWD = 40, BIG = 60, SMALL = 10 };

static pid_t destroyer(int fd)
{
	pid_t pid;

	CHILD(pid)
	ASSERT_OK(do_destroy(fd));
	return pid;
}

static pid_t line_up(int fd, size_t len, __u32 flags, int err)
{
	static char bytes[BIG];
	pid_t pid;

	CHILD(pid)
	{
		catch_signal(SIGUSR1, 0);
		EXPECT_ERRNO(do_send(fd, bytes, len, .flags = flags), err);
	}
	wait_until_blocked(pid);
	return pid;
}

/*
 * The head of the line is too big for what room there is, the others would
 * fit once it has gone; one that leaves its line makes the mailbox look for
 * whom to let in.  Forced is that one leaves after the mailbox's death, when
 * the head has gone, and before DESTROY comes to it: it gets EINTR, which
 * DESTROY would have turned to EIDRM.  Nobody must be let in then.  Not forced
 * is how many stand before it still: as many as one hold has left.
 */
TEST(a_sender_that_gives_up_while_destroy_is_at_work_lets_nobody_in,
     "C4.12 SEND:EIDRM")
{
	int fd = box_new(.max_bytes = 100, .max_size = BIG), i;
	struct mbox_info before = info_of();
	pid_t head, crowd[CROWD], gives_up, pid;
	static char bytes[BIG];

	need_delays();
	ASSERT_OK(do_send(fd, bytes, BIG));
	head = line_up(fd, BIG, 0, EIDRM);
	for (i = 0; i < CROWD; i++)
		crowd[i] = line_up(fd, SMALL, 0, EIDRM);
	gives_up = line_up(fd, SMALL, 0, EINTR);
	mbt_delay_arm("after-sleep");
	ASSERT_OK(kill(gives_up, SIGUSR1));
	mbt_delay_wait("after-sleep");
	mbt_delay_arm("before-wake");
	pid = destroyer(fd);
	mbt_delay_wait("before-wake");
	mbt_delay_release("after-sleep");
	EXPECT_CHILD_OK(gives_up);
	EXPECT_TRUE(mbt_is_blocked(crowd[CROWD - 1]));
	mbt_delay_release("before-wake");
	EXPECT_CHILD_OK(pid);
	EXPECT_CHILD_OK(head);
	for (i = 0; i < CROWD; i++)
		EXPECT_CHILD_OK(crowd[i]);
	EXPECT_EQ(info_of().used_messages, before.used_messages);
}

/*
 * The receiver has the message of a SYNC sender, and finds the mailbox dead
 * when it has copied it, while DESTROY has not come to that sender: the
 * receiver drops the message, so it must send its sender away itself.
 */
TEST(a_receiver_that_drops_its_message_first_sends_the_sender_away,
     "C4.12 C19.9 RECV:EIDRM SEND:EIDRM")
{
	int kinds[] = { MBOX_CAPACITY_BOUNDED, MBOX_CAPACITY_ZERO }, kind;

	need_delays();
	for (kind = 0; kind < 2; kind++) {
		struct mbox_info before = info_of();
		int fd, i;
		pid_t crowd[CROWD], sync, copies, pid;

		/* Who waits for room is turned out before who is waited for. */
		if (kinds[kind] == MBOX_CAPACITY_ZERO)
			fd = box_new(.capacity = MBOX_CAPACITY_ZERO);
		else
			fd = box_new(.max_messages = 1);
		for (i = 0; kind && i < CROWD; i++)
			crowd[i] = line_up(fd, SMALL, 0, EIDRM);
		sync = line_up(fd, SMALL, MBOX_SYNC | (kind ? MBOX_URGENT : 0),
			       EIDRM);
		for (i = 0; !kind && i < CROWD; i++)
			crowd[i] = line_up(fd, SMALL, 0, EIDRM);
		mbt_delay_arm("while-copying");
		copies = start_receiver(fd, "", EIDRM, 0);
		mbt_delay_wait("while-copying");
		mbt_delay_arm("before-wake");
		pid = destroyer(fd);
		mbt_delay_wait("before-wake");
		EXPECT_TRUE(mbt_is_blocked(sync));
		mbt_delay_release("while-copying");
		EXPECT_CHILD_OK(copies);
		EXPECT_CHILD_OK(sync);
		mbt_delay_release("before-wake");
		EXPECT_CHILD_OK(pid);
		for (i = 0; i < CROWD; i++)
			EXPECT_CHILD_OK(crowd[i]);
		WAIT_FOR(info_of().used_messages == before.used_messages);
		close(fd);
	}
}

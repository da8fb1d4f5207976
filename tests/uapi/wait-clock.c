// SPDX-License-Identifier: GPL-2.0-only
/*
 * wait-clock.c: deadlines at the ends of the clock, where the caller's time
 * namespace shifts it back.
 *
 * Owns: claims of C16.6, part of the program uapi-wait.  Takes no locks; run
 * by the guest runner.
 */
#include "box.h"

#include <sched.h>
#include <sys/wait.h>

static void receive_by(int fd, __u64 deadline)
{
	struct mbox_recv r;
	char c;

	ASSERT_OK(do_recv(fd, &r, &c, 1, .deadline = deadline));
	EXPECT_EQ(c, 'x');
}

/* What runs in a namespace whose clock is 1 s behind the kernel's. */
static void in_the_past(int fd, int full)
{
	/* Where the kernel's own time would not fit a signed number any more. */
	const __u64 far[] = { INT64_MAX,
			      INT64_MAX - 1,
			      INT64_MAX - MBT_SECOND / 2,
			      INT64_MAX - MBT_SECOND + 1,
			      INT64_MAX - MBT_SECOND,
			      INT64_MAX - MBT_SECOND - 1 };
	struct mbox_recv r;
	int64_t at, late = INT64_MAX;
	size_t i;
	pid_t pid;
	char c;

	for (i = 0; i < sizeof(far) / sizeof(far[0]); i++) {
		CHILD(pid)
		receive_by(fd, far[i]);
		wait_until_blocked(pid);
		put(fd, "x");
		EXPECT_CHILD_OK(pid);
	}
	CHILD(pid)
	ASSERT_OK(do_send(full, "y", 1, .deadline = INT64_MAX));
	wait_until_blocked(pid);
	expect_next(full, "x");
	EXPECT_CHILD_OK(pid);
	expect_next(full, "y");
	/*
	 * Near ones are as near in here as they say: one of several is, where a
	 * processor may stand still.
	 */
	for (i = 0; i < 10 && late > 900 * MBT_MS; i++) {
		at = mbt_now() + 300 * MBT_MS;
		expect_refused(fd,
			       do_recv(fd, &r, &c, 1, .deadline = (__u64)at),
			       ETIMEDOUT);
		late = mbt_now() - at;
		EXPECT_GE(late, 0);
	}
	EXPECT_LE(late, 900 * MBT_MS);
	CHILD(pid)
	receive_by(fd, mbt_in_ms(15000));
	wait_until_blocked(pid);
	put(fd, "x");
	EXPECT_CHILD_OK(pid);
	/* And what has passed has passed. */
	expect_refused(fd, do_recv(fd, &r, &c, 1, .deadline = 1), ETIMEDOUT);
	expect_refused(fd, do_recv(fd, &r, &c, 1, .deadline = (__u64)mbt_now()),
		       ETIMEDOUT);
}

TEST(the_farthest_deadline_sleeps_also_where_the_clock_was_set_back,
     "C16.4 C16.6")
{
	int fd = box_new(), full = box_new(.max_messages = 1);
	int64_t outside = mbt_now();
	pid_t pid;

	put(full, "x");
	ASSERT_GT(outside, 2 * MBT_SECOND);
	CHILD(pid)
	{
		pid_t inner;

		ASSERT_OK(unshare(CLONE_NEWTIME));
		ASSERT_OK(mbt_write_file("/proc/self/timens_offsets",
					 "monotonic -1 0"));
		CHILD(inner)
		in_the_past(fd, full);
		EXPECT_CHILD_OK(inner);
	}
	EXPECT_CHILD_OK(pid);
}

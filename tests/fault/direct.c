// SPDX-License-Identifier: GPL-2.0-only
/*
 * direct.c: SEND_TO, RECV_FROM, ENDPOINT and LINKS with their 1st, 2nd, 3rd ...
 * allocation or copy failing, until they run through.
 *
 * As nth.c, but each time with a process that has no endpoint yet: what a failed
 * call has made of endpoints stays until their processes end, and nothing else
 * may.  Takes no locks.
 *
 * opts: module=prod timeout=120 kernels=strict
 */
#include "../uapi/direct.h"
#include "fault.h"

enum { MOST = 100 }; /* faults of one call; it must run through before */

static int send_it(pid_t pid)
{
	return send_to(pid, "words", NOWAIT);
}

static int receive_it(pid_t pid)
{
	/* Of nobody: that it runs through is EAGAIN. */
	return try_from(pid, NOWAIT) && errno == EAGAIN ? 0 : -1;
}

/* Runs it in a child without an endpoint; how many faults it had. */
static void every_nth(int (*act)(pid_t pid))
{
	unsigned long long mailboxes = info_of().used_mailboxes;
	unsigned long long messages = info_of().used_messages;
	unsigned long long bytes = info_of().used_bytes;
	int n, failed = 0;
	bool *done = mbt_shared(sizeof(*done));

	for (n = 1; n < MOST && !*done; n++) {
		pid_t mate = idler(), pid;

		CHILD(pid)
		{
			int ret, err;
			bool hit;

			arm(n);
			ret = act(mate);
			err = errno;
			hit = disarm() == 0;
			*done = !hit;
			if (!ret)
				_exit(0);
			if (!hit || (err != ENOMEM && err != EFAULT))
				FAIL("fault %d%s: %s", n, hit ? "" : " (none)",
				     mbt_errno_name(err));
			EXPECT_EQ(count_links(getpid()), 0);
			EXPECT_EQ(info_of().used_messages, messages);
			/* And once more, without a fault. */
			EXPECT_OK(act(mate));
			_exit(7);
		}
		mbt_reap(__FILE__, __LINE__, pid);
		failed += mbt_last_status() == 7 << 8;
		if (mbt_last_status() && mbt_last_status() != 7 << 8)
			FAIL("fault %d: status %d", n, mbt_last_status());
		kill_and_reap(mate);
		WAIT_FOR(info_of().used_mailboxes == mailboxes);
		WAIT_FOR(info_of().used_bytes == bytes);
		EXPECT_EQ(info_of().used_messages, messages);
	}
	mbt_note("%d faults, %d of them failed the call", n - 1, failed);
	EXPECT_LT(n, MOST);
	EXPECT_GT(failed, 0);
}

TEST(send_to_survives_every_nth_failure,
     "C11.1 C23.1 SEND_TO:ENOMEM ANY:EFAULT")
{
	every_nth(send_it);
}

TEST(recv_from_survives_every_nth_failure,
     "C11.1 C23.1 RECV_FROM:ENOMEM ANY:EFAULT")
{
	every_nth(receive_it);
}

static int open_it(pid_t pid)
{
	struct mbox_endpoint e = { .size = sizeof(e) };
	int fd = box_ioctl(box_dev(), MBOX_IOC_ENDPOINT, &e);

	(void)pid;
	if (fd < 0)
		return -1;
	close(fd);
	return 0;
}

TEST(endpoint_survives_every_nth_failure,
     "C11.1 C23.1 ENDPOINT:ENOMEM ANY:EFAULT")
{
	every_nth(open_it);
}

static int list_it(pid_t pid)
{
	struct mbox_link_entry e[4];
	struct mbox_links l = { .size = sizeof(l),
				.entries = PTR(e),
				.count = 4,
				.entry_size = sizeof(e[0]) };

	(void)pid;
	return box_ioctl(box_dev(), MBOX_IOC_LINKS, &l);
}

TEST(links_survives_every_nth_failure, "C23.6 ANY:EFAULT")
{
	pid_t mate = idler();

	/* One that can be seen by all. */
	ASSERT_OK(send_to(mate, "x"));
	every_nth(list_it);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * quota.c: who pays for what lies in the kernel, and what happens when it is
 * too much for a user's share: EDQUOT.  ENOMEM is in quota-memory.c.
 *
 * Owns: the claims of C14 on quotas, and the cells EDQUOT.  Module
 * parameters are put back after every test by box.c.  Takes no locks; run by
 * the guest runner.
 *
 * opts: timeout=120
 */
#include "box.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>

static char bytes[65536];

static int owned_box(void)
{
	return box_new(.capacity = MBOX_CAPACITY_UNBOUNDED);
}

/* -- Quotas ----------------------------------------------------------------- */

TEST(messages_are_counted_for_the_sender, "C14.3 C14.9 C14.13 SEND:EDQUOT")
{
	int fd = owned_box(), i;
	pid_t pid;

	param_set("user_messages", 5);
	CHILD(pid)
	{
		mbt_become(ALICE, ALICE);
		EXPECT_EQ(info_of().user_messages, 5);
		for (i = 0; i < 5; i++) {
			ASSERT_OK(do_send(fd, "x", 1));
			EXPECT_EQ(info_of().used_messages, i + 1);
		}
		expect_refused(fd, do_send(fd, "x", 1), EDQUOT);
		expect_refused(fd, do_send(fd, "x", 1, .flags = MBOX_NOWAIT),
			       EDQUOT);
		expect_refused(fd, do_send(fd, NULL, 0), EDQUOT);
		expect_refused(fd,
			       do_send(fd, "x", 1, .flags = MBOX_SYNC,
				       .deadline = mbt_in_ms(10000)),
			       EDQUOT);
		expect_next(fd, "x");
		EXPECT_EQ(info_of().used_messages, 4);
		ASSERT_OK(do_send(fd, "x", 1));
		expect_refused(fd, do_send(fd, "x", 1), EDQUOT);
	}
	EXPECT_CHILD_OK(pid);
	/* Root has a share of its own. */
	ASSERT_OK(do_send(fd, "root", 4));
	/* Alice's is hers until they are received, by whoever it may be. */
	for (i = 0; i < 5; i++)
		expect_next(fd, "x");
	CHILD(pid)
	{
		mbt_become(ALICE, ALICE);
		EXPECT_EQ(info_of().used_messages, 0);
		EXPECT_EQ(info_of().used_bytes, 0);
	}
	EXPECT_CHILD_OK(pid);
}

TEST(bytes_are_counted_at_their_real_size, "C14.2 C14.9 C14.13 SEND:EDQUOT")
{
	static const unsigned int lens[] = { 0, 1, 64, 128, 129, 4096, 65536 };
	int fd = owned_box(), n;
	pid_t pid;
	size_t i;

	for (i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
		struct mbox_info before = info_of();
		unsigned long long took;

		ASSERT_OK(do_send(fd, bytes, lens[i]));
		took = info_of().used_bytes - before.used_bytes;
		EXPECT_GT(took, lens[i]);
		EXPECT_LT(took, lens[i] * 2 + 1024);
		EXPECT_EQ(stat_of(fd).charged, took);
		{
			struct mbox_recv r;

			ASSERT_OK(do_recv(fd, &r, bytes, sizeof(bytes)));
		}
		EXPECT_EQ(info_of().used_bytes, before.used_bytes);
		EXPECT_EQ(stat_of(fd).charged, 0);
	}
	param_set("user_bytes", 1 << 20);
	CHILD(pid)
	{
		mbt_become(ALICE, ALICE);
		for (n = 0; do_send(fd, bytes, 65536) == 0; n++)
			;
		EXPECT_EQ(errno, EDQUOT);
		EXPECT_GE(n, 14);
		EXPECT_LT(n, 16);
		EXPECT_LE(info_of().used_bytes, 1 << 20);
		expect_refused(fd, do_send(fd, bytes, 65536), EDQUOT);
		expect_refused(fd,
			       do_send(fd, bytes, 65536, .flags = MBOX_NOWAIT),
			       EDQUOT);
		expect_refused(fd, write(fd, bytes, 65536), EDQUOT);
		/* A small one still fits. */
		ASSERT_OK(do_send(fd, "x", 1));
	}
	EXPECT_CHILD_OK(pid);
}

TEST(mailboxes_are_counted_for_their_maker, "C14.4 C14.9 C14.13 OPEN:EDQUOT")
{
	int watch = owned_box();
	pid_t pid;

	umask(0);
	param_set("user_mailboxes", 3);
	CHILD(pid)
	{
		int fd[3], i;

		mbt_become(ALICE, ALICE);
		for (i = 0; i < 3; i++)
			fd[i] = box_new();
		EXPECT_EQ(info_of().used_mailboxes, 3);
		expect_refused(watch,
			       box_open(.flags = MBOX_OPEN_CREATE,
					.rights = R_ALL),
			       EDQUOT);
		expect_refused(watch,
			       box_open(.flags = MBOX_OPEN_CREATE,
					.rights = R_ALL, NAMED("never")),
			       EDQUOT);
		EXPECT_ERRNO(box_open(.rights = R_ALL, NAMED("never")), ENOENT);
		/* A second handle is no second mailbox. */
		EXPECT_OK(do_copy(fd[0], R_SEND));
		close(fd[1]);
		fd[1] = box_new();
		ASSERT_OK(do_destroy(fd[2]));
		close(fd[2]);
		box_new();
	}
	EXPECT_CHILD_OK(pid);
}

TEST(a_mailbox_that_has_ended_is_charged_to_nobody, "C14.4 C4.4")
{
	struct mbox_info before = info_of();
	int fd = box_new();

	EXPECT_EQ(info_of().used_mailboxes, before.used_mailboxes + 1);
	ASSERT_OK(do_destroy(fd));
	/* Though fd is open. */
	EXPECT_EQ(info_of().used_mailboxes, before.used_mailboxes);
	EXPECT_EQ(info_of().used_bytes, before.used_bytes);
}

TEST(mailboxes_cost_bytes_too, "C14.2 OPEN:EDQUOT")
{
	struct mbox_info before = info_of();
	int watch = owned_box();
	pid_t pid;

	EXPECT_GT(info_of().used_bytes, before.used_bytes);
	param_set("user_bytes", 100);
	CHILD(pid)
	{
		mbt_become(ALICE, ALICE);
		expect_refused(watch,
			       box_open(.flags = MBOX_OPEN_CREATE,
					.rights = R_ALL),
			       EDQUOT);
		expect_refused(watch, do_send(watch, "x", 1), EDQUOT);
	}
	EXPECT_CHILD_OK(pid);
}

TEST(the_real_uid_pays_not_the_effective_one, "C14.2 C14.3 C14.4")
{
	int fd = owned_box();
	pid_t pid;

	CHILD(pid)
	{
		struct mbox_info before;

		ASSERT_OK(setresuid(ALICE, 0, 0));
		before = info_of();
		put(fd, "x");
		box_new();
		EXPECT_EQ(info_of().used_messages, before.used_messages + 1);
		EXPECT_EQ(info_of().used_mailboxes, before.used_mailboxes + 1);
		ASSERT_OK(setresuid(BOB, 0, 0));
		EXPECT_EQ(info_of().used_messages, 0);
	}
	EXPECT_CHILD_OK(pid);
	CHILD(pid)
	{
		mbt_become(ALICE, ALICE);
		EXPECT_EQ(info_of().used_messages, 1);
		EXPECT_EQ(info_of().used_mailboxes, 0);
	}
	EXPECT_CHILD_OK(pid);
	expect_next(fd, "x");
}

TEST(a_message_that_waits_for_room_is_paid_for, "C14.3 C14.13")
{
	struct mbox_info before;
	int fd = box_new(.max_messages = 1);
	pid_t pid;

	put(fd, "x");
	before = info_of();
	CHILD(pid)
	do_send(fd, "y", 1);
	wait_until_blocked(pid);
	EXPECT_EQ(info_of().used_messages, before.used_messages + 1);
	ASSERT_OK(kill(pid, SIGKILL));
	EXPECT_CHILD_KILLED(pid, SIGKILL);
	EXPECT_EQ(info_of().used_messages, before.used_messages);
	EXPECT_EQ(info_of().used_bytes, before.used_bytes);
}

TEST(a_mailbox_has_a_limit_of_its_own, "C14.11 C14.12 SEND:EDQUOT")
{
	int fd, bounded, waits;
	pid_t pid;

	EXPECT_EQ(info_of().mailbox_bytes, 16 << 20);
	param_set("mailbox_bytes", 100000);
	EXPECT_EQ(info_of().mailbox_bytes, 100000);
	fd = owned_box();
	ASSERT_OK(do_send(fd, bytes, 60000));
	ASSERT_OK(do_send(fd, bytes, 40000));
	expect_refused(fd, do_send(fd, bytes, 1), EDQUOT);
	expect_refused(fd, do_send(fd, bytes, 1, .flags = MBOX_NOWAIT), EDQUOT);
	/* Also where the bound is on the number of messages. */
	bounded = box_new(.max_messages = 100);
	ASSERT_OK(do_send(bounded, bytes, 60000));
	expect_refused(bounded, do_send(bounded, bytes, 60000), EDQUOT);
	/* One that is simply full waits. */
	waits = box_new(.max_messages = 1);
	ASSERT_OK(do_send(waits, bytes, 60000));
	CHILD(pid)
	ASSERT_OK(do_send(waits, bytes, 60000));
	wait_until_blocked(pid);
	{
		struct mbox_recv r;

		ASSERT_OK(do_recv(waits, &r, bytes, sizeof(bytes)));
	}
	EXPECT_CHILD_OK(pid);
}

TEST(a_sender_that_waits_is_over_a_limit_that_has_become_less,
     "C14.11 C14.12 SEND:EDQUOT")
{
	int fd = box_new(.max_messages = 1);
	pid_t pid;

	put(fd, "first");
	CHILD(pid)
	EXPECT_ERRNO(do_send(fd, bytes, 60000), EDQUOT);
	wait_until_blocked(pid);
	param_set("mailbox_bytes", 50000);
	expect_next(fd, "first");
	EXPECT_CHILD_OK(pid);
	expect_empty(fd);
	EXPECT_EQ(stat_of(fd).sent, 1);
}

TEST(only_root_changes_the_limits, "C14.12")
{
	static const char *const names[] = { "user_bytes", "user_messages",
					     "user_mailboxes",
					     "mailbox_bytes" };
	pid_t pid;
	size_t i;

	for (i = 0; i < 4; i++) {
		unsigned long long old = param_get(names[i]);

		EXPECT_GT(old, 0);
		param_set(names[i], old - 1);
		EXPECT_EQ(param_get(names[i]), old - 1);
	}
	CHILD(pid)
	{
		mbt_become(ALICE, ALICE);
		for (i = 0; i < 4; i++) {
			char path[100];

			snprintf(path, sizeof(path),
				 "/sys/module/mbox/parameters/%s", names[i]);
			EXPECT_ERRNO(open(path, O_WRONLY), EACCES);
		}
	}
	EXPECT_CHILD_OK(pid);
}

struct flood {
	int fd;
	int sent;
};

static void *flood(void *arg)
{
	struct flood *f = arg;

	while (do_send(f->fd, "x", 1, .flags = MBOX_NOWAIT) == 0)
		f->sent++;
	EXPECT_EQ(errno, EDQUOT);
	return NULL;
}

TEST(the_share_is_exact_when_many_send_at_once, "C14.3")
{
	int fd = owned_box();
	pid_t pid;

	param_set("user_messages", 1000);
	CHILD(pid)
	{
		struct flood f[4];
		pthread_t t[4];
		int i, sum = 0;

		mbt_become(ALICE, ALICE);
		for (i = 0; i < 4; i++) {
			f[i] = (struct flood){ fd, 0 };
			ASSERT_EQ(pthread_create(&t[i], NULL, flood, &f[i]), 0);
		}
		for (i = 0; i < 4; i++) {
			pthread_join(t[i], NULL);
			sum += f[i].sent;
		}
		EXPECT_EQ(sum, 1000);
		EXPECT_EQ(info_of().used_messages, 1000);
	}
	EXPECT_CHILD_OK(pid);
	EXPECT_EQ(stat_of(fd).messages, 1000);
}

TEST(each_user_namespace_pays_by_the_uid_outside, "C14.2 C14.3")
{
	int fd = owned_box();
	pid_t pid;

	CHILD(pid)
	{
		ASSERT_OK(setresgid(ALICE, ALICE, ALICE));
		ASSERT_OK(setresuid(ALICE, ALICE, ALICE));
		put(fd, "outside");
		enter_user_ns(0, 0);
		ASSERT_EQ(getuid(), 0);
		EXPECT_EQ(info_of().used_messages, 1);
		put(fd, "inside");
		EXPECT_EQ(info_of().used_messages, 2);
	}
	EXPECT_CHILD_OK(pid);
}

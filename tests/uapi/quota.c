// SPDX-License-Identifier: GPL-2.0-only
/*
 * quota.c: who pays for what lies in the kernel, and what happens when it is
 * too much: EDQUOT for a user's share, ENOMEM for a full memory cgroup.
 *
 * Owns: the claims of C14, and the cells EDQUOT and ENOMEM.  Module
 * parameters are put back after every test by box.c.  Takes no locks; run by
 * the guest runner.
 *
 * opts: timeout=120
 */
#include "box.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>

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
		enter_user_ns(0);
		ASSERT_EQ(getuid(), 0);
		EXPECT_EQ(info_of().used_messages, 1);
		put(fd, "inside");
		EXPECT_EQ(info_of().used_messages, 2);
	}
	EXPECT_CHILD_OK(pid);
}

/* -- The memory cgroup ---------------------------------------------------------- */

#define CGROUP "/sys/fs/cgroup"
#define MINE CGROUP "/mbox-test"

static void cgroup_make(const char *max)
{
	char type[64];

	ASSERT_OK(mbt_read_file(CGROUP "/cgroup.controllers", type,
				sizeof(type)));
	ASSERT_TRUE(strstr(type, "memory"));
	ASSERT_OK(mbt_write_file(CGROUP "/cgroup.subtree_control", "+memory"));
	rmdir(MINE);
	ASSERT_OK(mkdir(MINE, 0755));
	ASSERT_OK(mbt_write_file(MINE "/memory.max", max));
}

static void cgroup_move(const char *where, pid_t pid)
{
	char path[100], text[16];

	snprintf(path, sizeof(path), "%s/cgroup.procs", where);
	snprintf(text, sizeof(text), "%d", (int)pid);
	ASSERT_OK(mbt_write_file(path, text));
}

static unsigned long long cgroup_value(const char *file, const char *key)
{
	char path[100], text[8192], *p;

	snprintf(path, sizeof(path), MINE "/%s", file);
	ASSERT_GT(mbt_read_file(path, text, sizeof(text)), 0);
	p = text;
	if (key) {
		size_t n = strlen(key);

		for (; p && (strncmp(p, key, n) || p[n] != ' ');
		     p = strchr(p, '\n') ? strchr(p, '\n') + 1 : NULL)
			;
		ASSERT_TRUE(p);
		p += n;
	}
	return strtoull(p, NULL, 10);
}

/*
 * What the child in the cgroup and its parent share.  The child must not
 * print or touch new pages there: that memory would be charged as well.
 */
struct cell {
	volatile int step; /* set by the parent */
	volatile int at; /* set by the child */
	int n;
	struct {
		int ret, err;
	} got[16];
};

static void cell_wait(struct cell *c, int step)
{
	while (c->step < step)
		mbt_sleep_ms(1);
}

#define TRY(c, call)                                           \
	do {                                                   \
		int try_ = (call);                             \
		(c)->got[(c)->n].ret = try_;                   \
		(c)->got[(c)->n++].err = try_ < 0 ? errno : 0; \
	} while (0)

TEST(what_is_sent_is_charged_to_the_senders_cgroup, "C14.1 C14.13")
{
	struct cell *c = mbt_shared(sizeof(*c));
	int fd = owned_box(), i;
	unsigned long long before, after;
	struct mbox_recv r;
	pid_t pid;

	cgroup_make("max");
	CHILD(pid)
	{
		c->at = 1;
		cell_wait(c, 1);
		/* 4 MiB, from one user page. */
		for (i = 0; i < 64; i++)
			ASSERT_OK(do_send(fd, bytes, 65536));
		c->at = 2;
		cell_wait(c, 2);
	}
	WAIT_FOR(c->at == 1);
	cgroup_move(MINE, pid);
	before = cgroup_value("memory.current", NULL);
	c->step = 1;
	WAIT_FOR(c->at == 2);
	after = cgroup_value("memory.current", NULL);
	EXPECT_GE(after - before, 4 << 20);
	EXPECT_LT(after - before, 8 << 20);
	EXPECT_GE(cgroup_value("memory.stat", "slab"), 4 << 20);
	c->step = 2;
	EXPECT_CHILD_OK(pid);
	/* Received from outside the cgroup: the charge is given back. */
	for (i = 0; i < 64; i++)
		ASSERT_OK(do_recv(fd, &r, bytes, sizeof(bytes)));
	WAIT_FOR(cgroup_value("memory.current", NULL) < before + (1 << 20));
	WAIT_FOR(rmdir(MINE) == 0);
}

TEST(a_full_cgroup_is_enomem_and_no_oom_kill, "C14.10 SEND:ENOMEM C11.1")
{
	struct cell *c = mbt_shared(sizeof(*c));
	int fd = owned_box(), i;
	struct mbox_recv r;
	pid_t pid;

	cgroup_make("4M");
	CHILD(pid)
	{
		ASSERT_OK(mlockall(MCL_CURRENT | MCL_FUTURE));
		c->at = 1;
		cell_wait(c, 1);
		for (i = 0; i < 200; i++) {
			if (do_send(fd, bytes, 65536))
				break;
		}
		c->n = 0;
		c->got[15].ret = i;
		TRY(c, do_send(fd, bytes, 65536));
		TRY(c, do_send(fd, bytes, 65536, .flags = MBOX_NOWAIT));
		TRY(c, (int)write(fd, bytes, 65536));
		c->at = 2;
		cell_wait(c, 2);
		/* There is room again. */
		TRY(c, do_send(fd, bytes, 65536));
		c->at = 3;
		cell_wait(c, 3);
	}
	WAIT_FOR(c->at == 1);
	cgroup_move(MINE, pid);
	c->step = 1;
	WAIT_FOR(c->at == 2);
	mbt_note("%d messages of 64 KiB fitted into 4 MiB", c->got[15].ret);
	EXPECT_GE(c->got[15].ret, 20);
	EXPECT_LE(c->got[15].ret, 64);
	for (i = 0; i < 3; i++) {
		EXPECT_EQ(c->got[i].ret, -1);
		EXPECT_EQ(c->got[i].err, ENOMEM);
	}
	EXPECT_EQ(stat_of(fd).messages, c->got[15].ret);
	EXPECT_EQ(stat_of(fd).bytes, c->got[15].ret * 65536);
	EXPECT_EQ(info_of().used_messages, c->got[15].ret);
	for (i = 0; i < 8; i++)
		ASSERT_OK(do_recv(fd, &r, bytes, sizeof(bytes)));
	c->step = 2;
	WAIT_FOR(c->at == 3);
	EXPECT_EQ(c->got[3].ret, 0);
	EXPECT_EQ(cgroup_value("memory.events", "oom_kill"), 0);
	cgroup_move(CGROUP, pid);
	c->step = 3;
	EXPECT_CHILD_OK(pid);
	close(fd);
	WAIT_FOR(rmdir(MINE) == 0);
}

/*
 * A cgroup that has no byte left: the first thing each verb allocates fails.
 */
TEST(every_verb_survives_without_memory,
     "C14.10 OPEN:ENOMEM COPY:ENOMEM SEND:ENOMEM STAT:ENOMEM LIST:ENOMEM")
{
	static struct mbox_list_entry e[8];
	static struct mbox_waiter w[8];
	struct cell *c = mbt_shared(sizeof(*c));
	int fd = box_named("poor"), i;
	struct box_state before;
	pid_t pid;

	put(fd, "still there");
	box_state_get(fd, &before);
	cgroup_make("0");
	CHILD(pid)
	{
		struct mbox_list l = { .size = sizeof(l),
				       .entries = PTR(e),
				       .count = 8,
				       .entry_size = sizeof(e[0]) };
		struct mbox_stat st = { .size = sizeof(st),
					.waiters = PTR(w),
					.nwaiters = 8 };

		ASSERT_OK(mlockall(MCL_CURRENT | MCL_FUTURE));
		c->at = 1;
		cell_wait(c, 1);
		TRY(c, do_send(fd, bytes, 10));
		TRY(c, do_send(fd, bytes, 65536, .flags = MBOX_NOWAIT));
		TRY(c, do_copy(fd, R_SEND));
		TRY(c, box_open(.flags = MBOX_OPEN_CREATE, .rights = R_ALL));
		TRY(c, box_open(.flags = MBOX_OPEN_CREATE, .rights = R_ALL,
				NAMED("never")));
		TRY(c, box_open(.rights = R_ALL, NAMED("poor")));
		TRY(c, box_ioctl(fd, MBOX_IOC_STAT, &st));
		TRY(c, box_ioctl(box_dev(), MBOX_IOC_LIST, &l));
		c->at = 2;
		cell_wait(c, 2);
	}
	WAIT_FOR(c->at == 1);
	cgroup_move(MINE, pid);
	c->step = 1;
	WAIT_FOR(c->at == 2);
	ASSERT_EQ(c->n, 8);
	for (i = 0; i < c->n; i++) {
		if (c->got[i].ret != -1 || c->got[i].err != ENOMEM)
			FAIL("call %d gave %d %s, expected ENOMEM", i,
			     c->got[i].ret, mbt_errno_name(c->got[i].err));
	}
	EXPECT_EQ(cgroup_value("memory.events", "oom_kill"), 0);
	box_state_same(__FILE__, __LINE__, fd, &before);
	EXPECT_ERRNO(box_open(.rights = R_ALL, NAMED("never")), ENOENT);
	expect_next(fd, "still there");
	cgroup_move(CGROUP, pid);
	c->step = 2;
	EXPECT_CHILD_OK(pid);
	WAIT_FOR(rmdir(MINE) == 0);
}

TEST(info_needs_no_memory_for_a_user_to_whom_nothing_was_ever_charged, "")
{
	static struct mbox_info info;
	struct cell *c = mbt_shared(sizeof(*c));
	pid_t pid;

	cgroup_make("0");
	CHILD(pid)
	{
		ASSERT_OK(mlockall(MCL_CURRENT | MCL_FUTURE));
		mbt_become(4321, 4321);
		c->at = 1;
		cell_wait(c, 1);
		TRY(c, do_info(box_dev(), &info));
		c->at = 2;
		cell_wait(c, 2);
		EXPECT_EQ(info.abi, MBOX_ABI);
		EXPECT_EQ(info.used_bytes, 0);
		EXPECT_EQ(info.used_mailboxes, 0);
	}
	WAIT_FOR(c->at == 1);
	cgroup_move(MINE, pid);
	c->step = 1;
	WAIT_FOR(c->at == 2);
	EXPECT_EQ(c->got[0].ret, 0);
	EXPECT_EQ(c->got[0].err, 0);
	cgroup_move(CGROUP, pid);
	c->step = 2;
	EXPECT_CHILD_OK(pid);
	WAIT_FOR(rmdir(MINE) == 0);
}

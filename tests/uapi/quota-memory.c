// SPDX-License-Identifier: GPL-2.0-only
/*
 * quota-memory.c: the memory cgroup pays, and what happens when it is full.
 *
 * Owns: the claims of C14 on memory, and the cells ENOMEM; part of the program
 * uapi-quota.  Takes no locks; run by the guest runner.
 */
#include "call.h"
#include "direct.h"

#include <sched.h>
#include <sys/mman.h>
#include <sys/stat.h>

static char bytes[65536];

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

/*
 * The child's side: nothing more is to be paid for but what it tries.  It stays
 * on its processor: each has pages charged in advance, and to take back those of
 * another one the kernel does not wait.
 */
static void cell_enter(struct cell *c)
{
	cpu_set_t here;

	CPU_ZERO(&here);
	CPU_SET((size_t)ASSERT_OK(sched_getcpu()), &here);
	ASSERT_OK(sched_setaffinity(0, sizeof(here), &here));
	ASSERT_OK(mlockall(MCL_CURRENT | MCL_FUTURE));
	c->at = 1;
	cell_wait(c, 1);
}

/* And its parent's: until it has tried, in the cgroup. */
static void cell_run(struct cell *c, pid_t pid)
{
	WAIT_FOR(c->at == 1);
	cgroup_move(MINE, pid);
	c->step = 1;
	WAIT_FOR(c->at == 2);
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
	int fd = box_new(.capacity = MBOX_CAPACITY_UNBOUNDED), i;
	unsigned long long before, after;
	struct mbox_recv r;
	pid_t pid;

	cgroup_make("max");
	CHILD(pid)
	{
		cell_enter(c);
		/* 4 MiB, from the same user pages. */
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
	/* The kernel adds it up every two seconds. */
	WAIT_FOR(cgroup_value("memory.stat", "slab") >= 4 << 20);
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
	int fd = box_new(.capacity = MBOX_CAPACITY_UNBOUNDED), i;
	struct mbox_recv r;
	pid_t pid;

	cgroup_make("4M");
	CHILD(pid)
	{
		cell_enter(c);
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
	cell_run(c, pid);
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
     "C14.10 OPEN:ENOMEM COPY:ENOMEM SEND:ENOMEM STAT:ENOMEM LIST:ENOMEM "
     "SEND_TO:ENOMEM RECV_FROM:ENOMEM ENDPOINT:ENOMEM FILTER:ENOMEM "
     "CALL:ENOMEM RECV:ENOMEM REPLY:ENOMEM")
{
	static struct mbox_list_entry e[8];
	static struct mbox_waiter w[8];
	struct cell *c = mbt_shared(sizeof(*c));
	int fd = box_named("poor"), i;
	int taken = box_new(), queued = box_new();
	pid_t pid, first = failing_caller(taken, EPIPE, 1),
		   second = failing_caller(queued, EIDRM, 0);
	struct box_state before;

	wait_until_blocked(first);
	wait_until_blocked(second);
	put(fd, "still there");
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
		__u64 token = take_call(taken);
		struct mbox_call call;
		struct mbox_recv r;

		cell_enter(c);
		TRY(c, do_send(fd, bytes, 10));
		TRY(c, do_send(fd, bytes, 65536, .flags = MBOX_NOWAIT));
		TRY(c, do_filter(fd, MBOX_SELECT_TAG, 0));
		TRY(c, do_call(fd, &call, "x", NULL, 0));
		TRY(c, do_recv(queued, &r, bytes, sizeof(bytes)));
		TRY(c, do_reply(taken, token, "x"));
		TRY(c, do_copy(fd, R_SEND));
		TRY(c, box_open(.flags = MBOX_OPEN_CREATE, .rights = R_ALL));
		TRY(c, box_open(.flags = MBOX_OPEN_CREATE, .rights = R_ALL,
				NAMED("never")));
		TRY(c, box_open(.rights = R_ALL, NAMED("poor")));
		TRY(c, box_ioctl(fd, MBOX_IOC_STAT, &st));
		TRY(c, box_ioctl(box_dev(), MBOX_IOC_LIST, &l));
		TRY(c, send_to(getpid(), "x"));
		TRY(c, try_from(0, NOWAIT));
		TRY(c, do_endpoint(0));
		c->at = 2;
		cell_wait(c, 2);
	}
	/* It has received the request, and paid it back. */
	WAIT_FOR(c->at == 1);
	box_state_get(fd, &before);
	cell_run(c, pid);
	ASSERT_EQ(c->n, 15);
	for (i = 0; i < c->n; i++) {
		if (c->got[i].ret != -1 || c->got[i].err != ENOMEM)
			FAIL("call %d gave %d %s, expected ENOMEM", i,
			     c->got[i].ret, mbt_errno_name(c->got[i].err));
	}
	EXPECT_EQ(cgroup_value("memory.events", "oom_kill"), 0);
	box_state_same(__FILE__, __LINE__, fd, &before);
	EXPECT_ERRNO(box_open(.rights = R_ALL, NAMED("never")), ENOENT);
	ASSERT_OK(do_destroy(queued));
	EXPECT_CHILD_OK(second);
	expect_next(fd, "still there");
	cgroup_move(CGROUP, pid);
	c->step = 2;
	EXPECT_CHILD_OK(pid);
	EXPECT_CHILD_OK(first);
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
	cell_run(c, pid);
	EXPECT_EQ(c->got[0].ret, 0);
	EXPECT_EQ(c->got[0].err, 0);
	cgroup_move(CGROUP, pid);
	c->step = 2;
	EXPECT_CHILD_OK(pid);
	WAIT_FOR(rmdir(MINE) == 0);
}

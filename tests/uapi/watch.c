// SPDX-License-Identifier: GPL-2.0-only
/*
 * watch.c: STAT, LIST and the tracepoints.
 *
 * Owns: the claims of C33.  Takes no locks; run by the guest runner.
 *
 * opts: timeout=120 cpus=1
 */
#include "box.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

static pid_t receiver(int fd, unsigned int room)
{
	pid_t pid;

	CHILD(pid)
	{
		struct mbox_recv r;
		char *buf = malloc(room + 1);

		do_recv(fd, &r, buf, room);
	}
	wait_until_blocked(pid);
	return pid;
}

static pid_t sender(int fd, unsigned int len, __u32 flags)
{
	pid_t pid;

	CHILD(pid)
	{
		char *buf = calloc(1, len + 1);

		do_send(fd, buf, len, .flags = flags);
	}
	wait_until_blocked(pid);
	return pid;
}

/* -- STAT ------------------------------------------------------------------- */

TEST(stat_shows_what_the_mailbox_is, "C33.5")
{
	struct mbox_stat st;
	int fd, copy;

	umask(0);
	fd = box_named("shown", .mode = 0640, .max_messages = 7,
		       .max_bytes = 700, .max_size = 70,
		       .attrs = MBOX_ATTR_TIMES,
		       .lifetime = MBOX_LIFETIME_DESCRIPTOR);
	copy = ASSERT_OK(do_copy(fd, R_SEND));
	st = stat_of(fd);
	EXPECT_STR(st.name, "shown");
	EXPECT_EQ(st.rights, R_ALL);
	EXPECT_EQ(st.uid, 0);
	EXPECT_EQ(st.gid, 0);
	EXPECT_EQ(st.mode, 0640);
	EXPECT_EQ(st.lifetime, MBOX_LIFETIME_DESCRIPTOR);
	EXPECT_EQ(st.capacity, MBOX_CAPACITY_BOUNDED);
	EXPECT_EQ(st.attrs, MBOX_ATTR_TIMES);
	EXPECT_EQ(st.max_size, 70);
	EXPECT_EQ(st.max_messages, 7);
	EXPECT_EQ(st.max_bytes, 700);
	EXPECT_EQ(st.handles, 2);
	EXPECT_EQ(st.senders, 2);
	EXPECT_EQ(st.receivers, 1);
	EXPECT_EQ(st.senders_waiting, 0);
	EXPECT_EQ(st.receivers_waiting, 0);
	EXPECT_GT(st.id, 0);
	EXPECT_EQ(stat_of(copy).id, st.id);
	EXPECT_EQ(stat_of(copy).rights, R_SEND);
	EXPECT_NE(stat_of(box_new()).id, st.id);
}

TEST(stat_counts_what_goes_through, "C33.5")
{
	int fd = box_new();
	struct mbox_stat st;
	int i;

	for (i = 0; i < 5; i++)
		put(fd, "12345");
	for (i = 0; i < 3; i++)
		expect_next(fd, "12345");
	put(fd, "1");
	st = stat_of(fd);
	EXPECT_EQ(st.messages, 3);
	EXPECT_EQ(st.bytes, 11);
	EXPECT_EQ(st.peak_messages, 5);
	EXPECT_EQ(st.sent, 6);
	EXPECT_EQ(st.received, 3);
	EXPECT_EQ(st.dropped, 0);
	EXPECT_GT(st.charged, 11);
	EXPECT_EQ(st.sent, st.received + st.dropped + st.messages);
}

TEST(stat_counts_search_steps, "C33.5 C36.5")
{
	int fd = box_new(.capacity = MBOX_CAPACITY_UNBOUNDED), i;
	pid_t pid[3];

	/* Plain traffic searches for nothing, however much is queued. */
	for (i = 0; i < 500; i++)
		ASSERT_OK(do_send(fd, "x", 1, .priority = (__u32)i % 50));
	for (i = 0; i < 500; i++)
		expect_next(fd, "x");
	EXPECT_EQ(stat_of(fd).search_steps, 0);
	/* Receivers whose room is too small are passed over. */
	for (i = 0; i < 3; i++)
		pid[i] = receiver(fd, 1);
	put(fd, "too long");
	EXPECT_EQ(stat_of(fd).search_steps, 3);
	for (i = 0; i < 3; i++)
		EXPECT_CHILD_OK(pid[i]);
}

TEST(stat_needs_a_handle, "C33.5")
{
	struct mbox_stat st;
	int fd = box_new(), none = ASSERT_OK(do_copy(fd, 0));

	/* A descriptor that is none of the mailbox's cannot ask about it. */
	EXPECT_ERRNO(do_stat(STDIN_FILENO, &st), ENOTTY);
	/* Any handle can, even without a right. */
	EXPECT_OK(do_stat(none, &st));
}

TEST(stat_shows_waiters_in_their_order, "C33.6")
{
	int full = box_new(.max_messages = 1), empty = box_new();
	struct mbox_waiter w[8];
	struct mbox_stat st = { .size = sizeof(st), .waiters = PTR(w) };
	pid_t s[3], r[2];
	int i;

	put(full, "x");
	for (i = 0; i < 3; i++)
		s[i] = sender(full, 10 + (unsigned int)i, 0);
	for (i = 0; i < 2; i++)
		r[i] = receiver(empty, 20 + (unsigned int)i);
	st.nwaiters = 8;
	ASSERT_OK(box_ioctl(full, MBOX_IOC_STAT, &st));
	EXPECT_EQ(st.senders_waiting, 3);
	EXPECT_EQ(st.receivers_waiting, 0);
	ASSERT_EQ(st.nwaiters, 3);
	for (i = 0; i < 3; i++) {
		EXPECT_EQ(w[i].pid, s[i]);
		EXPECT_EQ(w[i].tid, s[i]);
		EXPECT_EQ(w[i].what, MBOX_WAIT_SEND);
		EXPECT_EQ(w[i].len, 10 + i);
	}
	/* Less room: the first ones. */
	st.nwaiters = 2;
	w[2].pid = -7;
	ASSERT_OK(box_ioctl(full, MBOX_IOC_STAT, &st));
	EXPECT_EQ(st.nwaiters, 2);
	EXPECT_EQ(st.senders_waiting, 3);
	EXPECT_EQ(w[1].pid, s[1]);
	EXPECT_EQ(w[2].pid, -7);
	st.nwaiters = 8;
	ASSERT_OK(box_ioctl(empty, MBOX_IOC_STAT, &st));
	ASSERT_EQ(st.nwaiters, 2);
	EXPECT_EQ(st.receivers_waiting, 2);
	for (i = 0; i < 2; i++) {
		EXPECT_EQ(w[i].pid, r[i]);
		EXPECT_EQ(w[i].what, MBOX_WAIT_RECV);
		EXPECT_EQ(w[i].len, 20 + i);
	}
}

TEST(stat_shows_waiters_to_admin_only, "C33.6 STAT:EPERM")
{
	struct mbox_waiter w[8];
	struct mbox_stat st = { .size = sizeof(st),
				.waiters = PTR(w),
				.nwaiters = 8 };
	int fd = box_new(), weak;

	receiver(fd, 5);
	weak = ASSERT_OK(do_copy(fd, R_SEND | R_RECV));
	expect_refused(fd, box_ioctl(weak, MBOX_IOC_STAT, &st), EPERM);
	EXPECT_EQ(stat_of(weak).senders_waiting, MBOX_HIDDEN);
	EXPECT_EQ(stat_of(weak).receivers_waiting, MBOX_HIDDEN);
	EXPECT_EQ(stat_of(weak).nwaiters, 0);
	EXPECT_EQ(stat_of(fd).receivers_waiting, 1);
}

TEST(stat_shows_pids_in_the_callers_namespace, "C33.7")
{
	struct mbox_waiter w[8];
	int fd = box_new();
	pid_t outside = receiver(fd, 5), pid;

	ASSERT_OK(unshare(CLONE_NEWPID));
	CHILD(pid)
	{
		struct mbox_stat st = { .size = sizeof(st),
					.waiters = PTR(w),
					.nwaiters = 8 };
		pid_t inner;

		ASSERT_EQ(getpid(), 1);
		/* wait_until_blocked() reads /proc of the outer namespace. */
		inner = mbt_fork();
		if (inner == 0) {
			struct mbox_recv r;
			char c;

			do_recv(fd, &r, &c, 1);
			_exit(0);
		}
		WAIT_FOR(stat_of(fd).receivers_waiting == 2);
		ASSERT_OK(box_ioctl(fd, MBOX_IOC_STAT, &st));
		ASSERT_EQ(st.nwaiters, 2);
		EXPECT_EQ(w[0].pid, 0);
		EXPECT_EQ(w[0].tid, 0);
		EXPECT_EQ(w[1].pid, inner);
		EXPECT_EQ(w[1].tid, inner);
	}
	EXPECT_CHILD_OK(pid);
	(void)outside;
}

TEST(stat_shows_owners_in_the_callers_user_namespace, "C33.5")
{
	struct mbox_stat st;
	pid_t pid;

	CHILD(pid)
	{
		int fd;

		ASSERT_OK(setresgid(ALICE, ALICE, ALICE));
		ASSERT_OK(setresuid(ALICE, ALICE, ALICE));
		fd = box_named("hers");
		st = stat_of(fd);
		EXPECT_EQ(st.uid, ALICE);
		enter_user_ns(0, 0);
		st = stat_of(fd);
		EXPECT_EQ(st.uid, 0);
		EXPECT_EQ(st.gid, 0);
		fd = ASSERT_OK(box_open(.rights = 0, NAMED("default")));
		EXPECT_EQ(stat_of(fd).uid, 65534);
	}
	EXPECT_CHILD_OK(pid);
}

TEST(stat_with_bad_room_is_refused, "ANY:EINVAL")
{
	struct mbox_stat st = { .size = sizeof(st), .nwaiters = 3 };
	int fd = box_new();

	expect_refused(fd, box_ioctl(fd, MBOX_IOC_STAT, &st), EINVAL);
}

static void *wait_at(void *fd)
{
	struct mbox_recv r;
	char c;

	do_recv(*(const int *)fd, &r, &c, 1);
	return NULL;
}

/* Threads: the ends of so many processes at once take a slow kernel a minute. */
TEST(stat_of_thousands_of_waiters_fills_a_batch, "C33.6 C36.5")
{
	enum { N = 1100 };
	static struct mbox_waiter w[N];
	static pthread_t thread[N];
	struct mbox_stat st = { .size = sizeof(st),
				.waiters = PTR(w),
				.nwaiters = N };
	int fd = box_new(), i;
	pthread_attr_t attr;

	ASSERT_EQ(pthread_attr_init(&attr), 0);
	ASSERT_EQ(pthread_attr_setstacksize(&attr, 65536), 0);
	for (i = 0; i < N; i++)
		ASSERT_EQ(pthread_create(&thread[i], &attr, wait_at, &fd), 0);
	WAIT_FOR(stat_of(fd).receivers_waiting == N);
	ASSERT_OK(box_ioctl(fd, MBOX_IOC_STAT, &st));
	EXPECT_EQ(st.nwaiters, MBOX_BATCH_MAX);
	EXPECT_EQ(w[MBOX_BATCH_MAX - 1].what, MBOX_WAIT_RECV);
	EXPECT_EQ(w[MBOX_BATCH_MAX].what, 0);
	ASSERT_OK(do_destroy(fd));
	for (i = 0; i < N; i++)
		ASSERT_EQ(pthread_join(thread[i], NULL), 0);
}

/* -- LIST ------------------------------------------------------------------- */

static int list(struct mbox_list_entry *e, unsigned int room, const char *after,
		unsigned int *count)
{
	struct mbox_list l = { .size = sizeof(l),
			       .entries = PTR(e),
			       .count = room,
			       .entry_size = sizeof(*e) };
	int ret;

	strcpy(l.after, after);
	ret = box_ioctl(box_dev(), MBOX_IOC_LIST, &l);
	*count = l.count;
	return ret;
}

TEST(list_shows_names_in_order_page_by_page, "C33.4")
{
	static const char *const names[] = { "A",   "B-2", "_u", "a",
					     "a.b", "a0",  "aa", "zz" };
	struct mbox_list_entry e[16];
	char after[MBOX_NAME_SIZE] = "", prev[MBOX_NAME_SIZE] = "";
	unsigned int n, i, total = 0;
	int fd[8], page;

	for (i = 0; i < 8; i++)
		fd[i] = box_named(names[7 - i]);
	put(fd[0], "12");
	put(fd[0], "3");
	for (page = 1; page <= 4; page++) {
		total = 0;
		after[0] = 0;
		prev[0] = 0;
		for (;;) {
			ASSERT_OK(list(e, (unsigned int)page, after, &n));
			if (!n)
				break;
			ASSERT_LE(n, page);
			for (i = 0; i < n; i++) {
				EXPECT_GT(strcmp(e[i].name, prev), 0);
				strcpy(prev, e[i].name);
			}
			strcpy(after, e[n - 1].name);
			total += n;
		}
		EXPECT_EQ(total, 9); /* and default */
	}
	ASSERT_OK(list(e, 16, "", &n));
	EXPECT_EQ(n, 9);
	EXPECT_STR(e[0].name, "A");
	EXPECT_STR(e[8].name, "zz");
	EXPECT_EQ(e[8].messages, 2);
	EXPECT_EQ(e[8].bytes, 3);
	EXPECT_EQ(e[8].id, stat_of(fd[0]).id);
	EXPECT_EQ(e[8].mode, 0600);
	EXPECT_EQ(e[8].rights, R_ALL);
	/* The name to go on from need not be there any more. */
	ASSERT_OK(list(e, 16, "a1", &n));
	EXPECT_STR(e[0].name, "aa");
	ASSERT_OK(list(e, 0, "", &n));
	EXPECT_EQ(n, 0);
	ASSERT_OK(list(e, 16, "zzz", &n));
	EXPECT_EQ(n, 0);
}

static bool listed(const struct mbox_list_entry *e, unsigned int n,
		   const char *name, unsigned int *rights)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		if (strcmp(e[i].name, name) == 0) {
			*rights = e[i].rights;
			return true;
		}
	return false;
}

TEST(list_shows_what_the_caller_could_open, "C33.4")
{
	pid_t pid;

	umask(0);
	box_named("x-none", .mode = 0600);
	box_named("x-recv", .mode = 0604);
	box_named("x-send", .mode = 0602);
	CHILD(pid)
	{
		struct mbox_list_entry e[16];
		unsigned int n, rights = 0;

		mbt_become(BOB, BOB);
		box_named("x-mine", .mode = 0400);
		ASSERT_OK(list(e, 16, "", &n));
		EXPECT_FALSE(listed(e, n, "x-none", &rights));
		EXPECT_TRUE(listed(e, n, "x-recv", &rights));
		EXPECT_EQ(rights, R_RECV);
		EXPECT_TRUE(listed(e, n, "x-send", &rights));
		EXPECT_EQ(rights, R_SEND);
		EXPECT_TRUE(listed(e, n, "x-mine", &rights));
		EXPECT_EQ(rights, R_RECV | R_ADMIN);
		EXPECT_TRUE(listed(e, n, "default", &rights));
		EXPECT_EQ(rights, R_RECV | R_SEND);
	}
	EXPECT_CHILD_OK(pid);
}

TEST(list_of_many_names_is_complete, "C33.4 C36.5")
{
	enum { N = 1500 };
	static struct mbox_list_entry e[N];
	struct mbox_list l = { .size = sizeof(l),
			       .entries = PTR(e),
			       .count = N,
			       .entry_size = sizeof(e[0]) };
	unsigned int n = 0, i;
	struct rlimit rl = { N + 100, N + 100 };
	char name[32];
	pid_t pid;

	ASSERT_OK(setrlimit(RLIMIT_NOFILE, &rl));
	for (i = 0; i < N; i++) {
		snprintf(name, sizeof(name), "many-%04u", i);
		ASSERT_OK(box_open(.flags = MBOX_OPEN_CREATE, .rights = 0,
				   .mode = 0600, NAMED(name)));
	}
	ASSERT_OK(box_ioctl(box_dev(), MBOX_IOC_LIST, &l));
	EXPECT_EQ(l.count, MBOX_BATCH_MAX);
	for (;;) {
		n += l.count;
		if (!l.count)
			break;
		strcpy(l.after, e[l.count - 1].name);
		l.count = N;
		ASSERT_OK(box_ioctl(box_dev(), MBOX_IOC_LIST, &l));
	}
	EXPECT_EQ(n, N + 1);
	/* One who may open none of them still gets to the end. */
	CHILD(pid)
	{
		unsigned int count, rights;

		mbt_become(BOB, BOB);
		box_named("zz-last", .mode = 0600);
		n = 0;
		l.after[0] = 0;
		do {
			ASSERT_OK(list(e, 8, l.after, &count));
			if (count)
				strcpy(l.after, e[count - 1].name);
			n += count;
		} while (count);
		EXPECT_EQ(n, 2);
		EXPECT_TRUE(listed(e, 1, "zz-last", &rights) ||
			    strcmp(l.after, "zz-last") == 0);
	}
	EXPECT_CHILD_OK(pid);
}

TEST(list_with_a_bad_cursor_is_refused, "ANY:EINVAL")
{
	struct mbox_list_entry e[4];
	struct mbox_list l = { .size = sizeof(l),
			       .entries = PTR(e),
			       .count = 4,
			       .entry_size = sizeof(e[0]) };
	int fd = box_new();

	memset(l.after, 'a', sizeof(l.after)); /* no zero byte */
	expect_refused(fd, box_ioctl(fd, MBOX_IOC_LIST, &l), EINVAL);
}

TEST(names_that_come_and_go_do_not_disturb_a_walk, "C33.4")
{
	struct mbox_list_entry e[4];
	char after[MBOX_NAME_SIZE], name[16];
	int stay[5], i, round;
	pid_t pid;

	for (i = 0; i < 5; i++) {
		snprintf(name, sizeof(name), "stay-%d", i);
		stay[i] = box_named(name);
	}
	CHILD(pid)
	{
		for (i = 0;; i++) {
			snprintf(name, sizeof(name), "stay-%d-x", i % 7);
			close(box_named(name));
		}
	}
	for (round = 0; round < 200; round++) {
		int seen[5] = { 0 };
		unsigned int n, j;

		after[0] = 0;
		for (;;) {
			ASSERT_OK(list(e, 2, after, &n));
			if (!n)
				break;
			for (j = 0; j < n; j++)
				if (strlen(e[j].name) == 6)
					seen[e[j].name[5] - '0']++;
			strcpy(after, e[n - 1].name);
		}
		for (i = 0; i < 5; i++)
			ASSERT_EQ(seen[i], 1);
	}
	kill(pid, SIGKILL);
	mbt_reap(__FILE__, __LINE__, pid);
	(void)stay;
}

/* -- Tracepoints -------------------------------------------------------------- */

static void trace_on(void)
{
	ASSERT_OK(mbt_write_file(TRACE "/tracing_on", "0"));
	ASSERT_OK(truncate(TRACE "/trace", 0));
	ASSERT_OK(mbt_write_file(TRACE "/events/mbox/enable", "1"));
	ASSERT_OK(mbt_write_file(TRACE "/tracing_on", "1"));
}

/* A line with this event, this mailbox and this message. */
static bool traced(const char *text, const char *event,
		   unsigned long long mailbox, const char *rest)
{
	char want[128];
	const char *p = text;

	snprintf(want, sizeof(want), " %s: mailbox=%llu %s", event, mailbox,
		 rest);
	p = strstr(p, want);
	mbt_checked();
	if (!p)
		mbt_note("no line with \"%s\"", want);
	return p;
}

TEST(tracepoints_show_mailbox_and_message, "C33.1")
{
	static const char *const events[] = { "mbox_send", "mbox_receive",
					      "mbox_wait", "mbox_wake",
					      "mbox_drop", "mbox_destroy" };
	static char text[65536];
	char path[128];
	int fd = box_new();
	unsigned long long id = stat_of(fd).id;
	pid_t pid;
	size_t i;

	for (i = 0; i < 6; i++) {
		snprintf(path, sizeof(path), TRACE "/events/mbox/%s/format",
			 events[i]);
		ASSERT_GT(mbt_read_file(path, text, sizeof(text)), 0);
		EXPECT_TRUE(strstr(text, "u64 mailbox;"));
		if (i < 5)
			EXPECT_TRUE(strstr(text, "u64 message;"));
	}
	trace_on();
	put(fd, "one");
	expect_next(fd, "one");
	pid = receiver(fd, 8);
	put(fd, "two");
	EXPECT_CHILD_OK(pid);
	put(fd, "three");
	ASSERT_OK(do_destroy(fd));
	ASSERT_OK(mbt_write_file(TRACE "/events/mbox/enable", "0"));
	ASSERT_GT(mbt_read_file(TRACE "/trace", text, sizeof(text)), 0);
	EXPECT_TRUE(traced(text, "mbox_send", id, "message=1 len=3"));
	EXPECT_TRUE(traced(text, "mbox_receive", id, "message=1 len=3"));
	EXPECT_TRUE(traced(text, "mbox_wait", id, "message=0 what=recv"));
	EXPECT_TRUE(traced(text, "mbox_wake", id, "message=2 what=recv"));
	EXPECT_TRUE(traced(text, "mbox_receive", id, "message=2 len=3"));
	EXPECT_TRUE(traced(text, "mbox_drop", id, "message=3 len=5"));
	EXPECT_TRUE(traced(text, "mbox_destroy", id, "messages=1"));
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * direct.c: messages from process to process, and the links between them.
 *
 * Owns: the claims of C23.  Who may send to whom, and what a number means, is in
 * direct-who.c, death in direct-end.c, waiting and paying in direct-wait.c, the
 * descriptor of an endpoint in direct-fd.c.  Takes no locks; run by the guest
 * runner.
 *
 * opts: module=test timeout=240
 */
#include "direct.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/syscall.h>

/* -- Endpoints --------------------------------------------------------------- */

TEST(a_message_goes_from_process_to_process_and_back, "C23.3 C23.4")
{
	pid_t parent = getpid(), child;

	CHILD(child)
	{
		expect_from(parent, "hello");
		ASSERT_OK(send_to(parent, "hello, too"));
	}
	ASSERT_OK(send_to(child, "hello"));
	expect_from(child, "hello, too");
	EXPECT_CHILD_OK(child);
}

TEST(any_descriptor_of_the_device_serves, "C23.3")
{
	int all = box_new(), fds[4], i;

	fds[0] = ASSERT_OK(open(DEV, O_RDONLY | O_CLOEXEC));
	fds[1] = ASSERT_OK(open(DEV, O_WRONLY | O_CLOEXEC));
	fds[2] = ASSERT_OK(do_copy(all, R_SEND));
	fds[3] = ASSERT_OK(do_copy(all, 0));
	for (i = 0; i < 4; i++) {
		struct mbox_recv r;
		char buf[8] = "";

		ASSERT_OK(send_by(fds[i], 0, getpid(), "self"));
		ASSERT_OK(recv_by(fds[3 - i], 0, &r, buf, 8, NOWAIT));
		EXPECT_STR(buf, "self");
	}
	EXPECT_EQ(stat_of(all).sent, 0);
}

TEST(the_first_message_makes_the_endpoint, "C23.1 C24.3")
{
	unsigned long long before = info_of().used_mailboxes;
	pid_t child = idler(), third;

	ASSERT_OK(send_to(child, "x"));
	/* The sender's own, too: somebody may answer. */
	EXPECT_EQ(info_of().used_mailboxes, before + 2);
	CHILD(third)
	ASSERT_OK(send_to(child, "y"));
	EXPECT_CHILD_OK(third);
	WAIT_FOR(info_of().used_mailboxes == before + 2);
	kill_and_reap(child);
	WAIT_FOR(info_of().used_mailboxes == before + 1);
}

TEST(the_first_receive_makes_the_endpoint, "C23.1")
{
	unsigned long long before = info_of().used_mailboxes;

	EXPECT_ERRNO(try_from(0, NOWAIT), EAGAIN);
	EXPECT_EQ(info_of().used_mailboxes, before + 1);
	EXPECT_ERRNO(try_from(0, NOWAIT), EAGAIN);
	EXPECT_EQ(info_of().used_mailboxes, before + 1);
}

struct talk {
	pid_t tid, parent;
	int ready[2];
};

static void *talk_from_thread(void *arg)
{
	struct talk *t = arg;
	struct mbox_recv r;
	char buf[8] = "";

	t->tid = mbt_gettid();
	ASSERT_OK(recv_from(t->parent, &r, buf, 7));
	EXPECT_STR(buf, "for all");
	ASSERT_OK(send_to(t->parent, "of all"));
	return NULL;
}

TEST(all_threads_of_a_process_have_one_endpoint, "C23.1 C24.2")
{
	pid_t child, parent = getpid();
	struct mbox_recv r;
	char buf[8] = "";

	CHILD(child)
	{
		struct talk t = { .parent = parent };
		pthread_t thread;

		ASSERT_EQ(pthread_create(&thread, NULL, talk_from_thread, &t),
			  0);
		ASSERT_EQ(pthread_join(thread, NULL), 0);
		/* It is not the first thread's alone. */
		expect_from(parent, "more");
		ASSERT_OK(send_to(parent, "end", .tag = (uint64_t)t.tid));
	}
	ASSERT_OK(send_to(child, "for all"));
	ASSERT_OK(recv_from(child, &r, buf, 7));
	EXPECT_STR(buf, "of all");
	EXPECT_EQ(r.pid, child);
	EXPECT_NE(r.tid, child);
	EXPECT_EQ(count_links(child), 1);
	ASSERT_OK(send_to(child, "more"));
	EXPECT_CHILD_OK(child);
}

TEST(an_endpoint_is_not_inherited_by_fork, "C23.2")
{
	pid_t child;

	ASSERT_OK(send_to(getpid(), "for the parent"));
	CHILD(child)
	{
		EXPECT_ERRNO(try_from(0, NOWAIT), EAGAIN);
		ASSERT_OK(send_to(getpid(), "for the child"));
		expect_from(0, "for the child");
		EXPECT_EQ(count_links(getpid()), 1);
	}
	EXPECT_CHILD_OK(child);
	expect_from(0, "for the parent");
	EXPECT_ERRNO(try_from(0, NOWAIT), EAGAIN);
}

/* A thread that execs takes its leader's place, which ends. */
static bool is_shell(pid_t pid)
{
	char path[64], comm[32];
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%d/comm", (int)pid);
	n = mbt_read_file(path, comm, sizeof(comm));
	return n > 0 && strncmp(comm, "sh\n", 3) == 0;
}

static void *exec_from_thread(void *unused)
{
	(void)unused;
	execl("/bin/sh", "sh", "-c", "read line", NULL);
	return NULL;
}

TEST(an_endpoint_is_kept_over_exec, "C23.2")
{
	int from_thread, out[2];

	for (from_thread = 0; from_thread < 2; from_thread++) {
		pid_t child;

		ASSERT_OK(pipe(out));
		CHILD(child)
		{
			pthread_t thread;

			expect_from(0, "go");
			close(out[1]);
			dup2(out[0], 0);
			if (!from_thread)
				exec_from_thread(NULL);
			ASSERT_EQ(pthread_create(&thread, NULL,
						 exec_from_thread, NULL),
				  0);
			pause();
		}
		ASSERT_OK(send_to(child, "go"));
		WAIT_FOR(is_shell(child));
		wait_until_sleeping(child, "poll");
		/* It is the same one: its link is there. */
		EXPECT_EQ(count_links(child), 1);
		fill(child);
		WAIT_FOR(count_links(child) == 1);
		close(out[1]);
		mbt_reap(__FILE__, __LINE__, child);
		close(out[0]);
	}
}

TEST(what_waits_before_exec_waits_after_it, "C23.2")
{
	pid_t child;
	int in[2];

	ASSERT_OK(pipe(in));
	CHILD(child)
	{
		hear(in);
		dup2(in[0], 0);
		close(in[1]);
		exec_from_thread(NULL);
	}
	fill(child);
	tell(in);
	wait_until_sleeping(child, "poll");
	EXPECT_ERRNO(send_to(child, "more", NOWAIT), EAGAIN);
	kill_and_reap(child);
}

TEST(a_message_to_oneself_comes_back, "C23.3 C23.4")
{
	struct mbox_link_entry e[2];
	struct mbox_recv r;
	char buf[8] = "";

	ASSERT_OK(send_to(getpid(), "note"));
	ASSERT_EQ(links_of(getpid(), e, 2), 1);
	EXPECT_EQ(e[0].pid, getpid());
	EXPECT_EQ(e[0].peer, getpid());
	EXPECT_EQ(e[0].sent + e[0].peer_sent, 1);
	ASSERT_OK(recv_from(getpid(), &r, buf, 7, NOWAIT));
	EXPECT_STR(buf, "note");
	EXPECT_EQ(r.pid, getpid());
	EXPECT_ERRNO(try_from(getpid(), NOWAIT), EAGAIN);
}

TEST(from_whom_and_which_are_chosen_together, "C23.3 C21.2")
{
	pid_t parent = getpid(), other;

	CHILD(other)
	{
		ASSERT_OK(send_to(parent, "other 7", .tag = 7));
		ASSERT_OK(send_to(parent, "other 8", .tag = 8));
		ASSERT_OK(send_to(parent, "other high", .priority = 5));
	}
	EXPECT_CHILD_OK(other);
	ASSERT_OK(send_to(parent, "own 7", .tag = 7));
	EXPECT_ERRNO(try_from(parent, NOWAIT, .select = MBOX_SELECT_TAG,
			      .select_value = 8),
		     EAGAIN);
	expect_from(parent, "own 7");
	ASSERT_OK(try_from(other, NOWAIT, .select = MBOX_SELECT_TAG,
			   .select_value = 8));
	/* The order is that of a mailbox. */
	expect_from(0, "other high");
	expect_from(other, "other 7");
	EXPECT_ERRNO(try_from(0, NOWAIT), EAGAIN);
}

TEST(a_refused_call_does_nothing, "ANY:EINVAL ANY:EFAULT ANY:E2BIG")
{
	struct mbox_send s = { .size = sizeof(s) };
	struct mbox_recv r = { .size = sizeof(r) };
	struct mbox_direct d = { .size = sizeof(d),
				 .pid = getpid(),
				 .args = PTR(&s) };
	unsigned long long before = info_of().used_mailboxes;

#define bad(verb, err) EXPECT_ERRNO(box_ioctl(box_dev(), verb, &d), err)
	d.flags = MBOX_NOWAIT;
	bad(MBOX_IOC_SEND_TO, EINVAL);
	d.flags = 0;
	d.__reserved = 1;
	bad(MBOX_IOC_SEND_TO, EINVAL);
	d.__reserved = 0;
	s.flags = MBOX_ONEWAY;
	bad(MBOX_IOC_SEND_TO, EINVAL);
	s.flags = 0;
	s.priority = MBOX_PRIORITY_MAX + 1;
	bad(MBOX_IOC_SEND_TO, EINVAL);
	s.priority = 0;
	s.size = 8;
	bad(MBOX_IOC_SEND_TO, EINVAL);
	s.size = 5000;
	bad(MBOX_IOC_SEND_TO, E2BIG);
	d.args = PTR(nowhere());
	bad(MBOX_IOC_SEND_TO, EFAULT);
	bad(MBOX_IOC_RECV_FROM, EFAULT);
	d.args = PTR(&r);
	d.flags = MBOX_ONEWAY;
	bad(MBOX_IOC_RECV_FROM, EINVAL);
	d.flags = 0;
	r.flags = MBOX_SYNC;
	bad(MBOX_IOC_RECV_FROM, EINVAL);
	r.flags = 0;
	r.select = MBOX_SELECT_PID + 1;
	bad(MBOX_IOC_RECV_FROM, EINVAL);
#undef bad
	EXPECT_EQ(info_of().used_mailboxes, before);
	EXPECT_EQ(count_links(getpid()), 0);
}

/* -- Links ------------------------------------------------------------------- */

TEST(the_first_message_makes_a_link, "C23.4 C23.6")
{
	struct mbox_link_entry e[4];
	pid_t child = idler();

	EXPECT_EQ(links_of(getpid(), e, 4), 0);
	ASSERT_OK(send_to(child, "one"));
	ASSERT_OK(send_to(child, "two"));
	ASSERT_EQ(links_of(getpid(), e, 4), 1);
	EXPECT_EQ(e[0].pid, getpid());
	EXPECT_EQ(e[0].peer, child);
	EXPECT_EQ(e[0].sent, 2);
	EXPECT_EQ(e[0].peer_sent, 0);
	EXPECT_EQ(e[0].flags, 0);
}

TEST(to_wait_for_a_process_makes_no_link, "C23.4")
{
	pid_t child = idler();

	EXPECT_ERRNO(try_from(child, NOWAIT), EAGAIN);
	EXPECT_EQ(count_links(getpid()), 0);
	EXPECT_EQ(count_links(child), 0);
}

TEST(there_is_one_link_for_a_pair_whoever_sends_first, "C23.4 C23.6")
{
	struct mbox_link_entry mine[4], theirs[4];
	pid_t parent = getpid(), child;
	int go[2];

	ASSERT_OK(pipe(go));
	CHILD(child)
	{
		struct mbox_link_entry e[4];

		ASSERT_OK(send_to(parent, "up"));
		expect_from(parent, "down");
		expect_from(parent, "down again");
		/* Its end is shown first to whoever asks for it. */
		ASSERT_EQ(links_of(getpid(), e, 4), 1);
		EXPECT_EQ(e[0].pid, getpid());
		EXPECT_EQ(e[0].peer, parent);
		EXPECT_EQ(e[0].sent, 1);
		EXPECT_EQ(e[0].peer_sent, 2);
		tell(go);
		pause();
	}
	ASSERT_OK(send_to(child, "down"));
	ASSERT_OK(send_to(child, "down again"));
	expect_from(child, "up");
	hear(go);
	ASSERT_EQ(links_of(parent, mine, 4), 1);
	ASSERT_EQ(links_of(child, theirs, 4), 1);
	EXPECT_EQ(mine[0].id, theirs[0].id);
	EXPECT_EQ(mine[0].pid, theirs[0].peer);
	EXPECT_EQ(mine[0].sent, 2);
	EXPECT_EQ(mine[0].peer_sent, 1);
	/* Asked for all, it is shown once. */
	EXPECT_EQ(count_links(0), 1);
}

TEST(a_link_ends_with_either_process, "C23.6")
{
	pid_t parent = getpid(), first = idler(), second;
	struct mbox_link_entry e[2];
	int go[2];

	ASSERT_OK(pipe(go));
	CHILD(second)
	{
		expect_from(0, "who is there");
		ASSERT_OK(send_to(first, "me"));
		tell(go);
		pause();
	}
	ASSERT_OK(send_to(first, "hello"));
	ASSERT_OK(send_to(second, "who is there"));
	hear(go);
	EXPECT_EQ(count_links(0), 3);
	kill_and_reap(first);
	WAIT_FOR(count_links(0) == 1);
	ASSERT_EQ(links_of(0, e, 2), 1);
	EXPECT_EQ(e[0].pid + e[0].peer, parent + second);
	kill_unreaped(second);
	WAIT_FOR(count_links(0) == 0);
}

TEST(a_one_way_link_refuses_the_other_way, "C23.5 SEND_TO:EACCES")
{
	struct mbox_link_entry e[4];
	pid_t parent = getpid(), child;

	CHILD(child)
	{
		expect_from(parent, "listen");
		EXPECT_ERRNO(send_to(parent, "but"), EACCES);
		EXPECT_ERRNO(send_one_way(parent, "but"), EACCES);
		EXPECT_EQ(links_of(getpid(), e, 4), 1);
		EXPECT_EQ(e[0].flags, MBOX_LINK_MUTE);
		expect_from(parent, "again");
		expect_from(parent, "and again");
	}
	ASSERT_OK(send_one_way(child, "listen"));
	EXPECT_EQ(links_of(parent, e, 4), 1);
	EXPECT_EQ(e[0].flags, MBOX_LINK_PEER_MUTE);
	ASSERT_OK(send_to(child, "again"));
	ASSERT_OK(send_one_way(child, "and again"));
	EXPECT_CHILD_OK(child);
	EXPECT_ERRNO(try_from(0, NOWAIT), EAGAIN);
}

TEST(a_link_that_carries_both_ways_stays_so, "C23.5 SEND_TO:EEXIST")
{
	pid_t parent = getpid(), child;
	struct mbox_link_entry e[2];

	CHILD(child)
	{
		expect_from(parent, "both ways");
		EXPECT_ERRNO(send_one_way(parent, "one"), EEXIST);
		ASSERT_OK(send_to(parent, "back"));
		pause();
	}
	ASSERT_OK(send_to(child, "both ways"));
	expect_from(child, "back");
	EXPECT_ERRNO(send_one_way(child, "one"), EEXIST);
	ASSERT_EQ(links_of(parent, e, 2), 1);
	EXPECT_EQ(e[0].flags, 0);
	EXPECT_EQ(e[0].sent, 1);
	EXPECT_EQ(e[0].peer_sent, 1);
}

TEST(a_failed_first_message_leaves_no_link, "C23.4 C11.1")
{
	unsigned long long bytes = info_of().used_messages;
	pid_t parent = getpid(), child = idler();

	EXPECT_ERRNO(send_by(box_dev(), MBOX_ONEWAY, child, "x",
			     .data = PTR(nowhere())),
		     EFAULT);
	EXPECT_ERRNO(send_to(child, "x", .flags = MBOX_SYNC | MBOX_NOWAIT),
		     EAGAIN);
	EXPECT_EQ(count_links(parent), 0);
	EXPECT_EQ(count_links(child), 0);
	EXPECT_EQ(info_of().used_messages, bytes);
	/* Nor is it one-way: it was not made so. */
	ASSERT_OK(send_to(child, "x"));
	EXPECT_EQ(count_links(child), 1);
}

struct sends {
	pid_t to, tid;
	unsigned int flags;
	int err;
};

static void *send_from_thread(void *arg)
{
	struct sends *s = arg;

	__atomic_store_n(&s->tid, mbt_gettid(), __ATOMIC_RELEASE);
	s->err = send_by(box_dev(), s->flags, s->to, "x") ? errno : 0;
	return NULL;
}

static pid_t tid_of(struct sends *s)
{
	WAIT_FOR(__atomic_load_n(&s->tid, __ATOMIC_ACQUIRE));
	return s->tid;
}

TEST(a_one_way_message_that_fails_leaves_the_other_way_open, "C23.5 C11.1")
{
	pid_t parent = getpid(), child;
	int i, go[2];

	ASSERT_OK(pipe(go));
	CHILD(child)
	{
		hear(go);
		for (i = 0; i < MBOX_DEFAULT_MESSAGES; i++)
			expect_from(0, "full");
		expect_from(parent, "x");
		ASSERT_OK(send_to(parent, "and yours?"));
	}
	fill(child);
	{
		struct sends one = { .to = child, .flags = MBOX_ONEWAY };
		struct sends plain = { .to = child };
		pthread_t threads[2];

		catch_signal(SIGUSR1, 0);
		ASSERT_EQ(pthread_create(&threads[0], NULL, send_from_thread,
					 &one),
			  0);
		wait_until_blocked(tid_of(&one));
		ASSERT_EQ(pthread_create(&threads[1], NULL, send_from_thread,
					 &plain),
			  0);
		wait_until_blocked(tid_of(&plain));
		ASSERT_OK(syscall(SYS_tgkill, parent, one.tid, SIGUSR1));
		ASSERT_EQ(pthread_join(threads[0], NULL), 0);
		EXPECT_EQ(one.err, EINTR);
		tell(go);
		ASSERT_EQ(pthread_join(threads[1], NULL), 0);
		EXPECT_EQ(plain.err, 0);
	}
	expect_from(child, "and yours?");
	EXPECT_CHILD_OK(child);
}

/* -- LINKS -------------------------------------------------------------------- */

TEST(a_walk_over_many_links_shows_each_once, "C23.6")
{
	enum { MANY = 70 };
	struct mbox_link_entry e[9];
	struct mbox_links l = { .size = sizeof(l),
				.entries = PTR(e),
				.entry_size = sizeof(e[0]) };
	unsigned int seen = 0, i;
	pid_t pids[MANY];
	__u64 last = 0;

	for (i = 0; i < MANY; i++) {
		pids[i] = idler();
		ASSERT_OK(send_to(pids[i], "x"));
		/* Those without a message are passed. */
		if (i % 2)
			EXPECT_ERRNO(try_from(pids[i / 2], NOWAIT), EAGAIN);
	}
	for (;;) {
		l.count = 9;
		ASSERT_OK(box_ioctl(box_dev(), MBOX_IOC_LINKS, &l));
		if (!l.count)
			break;
		ASSERT_LE(l.count, 9);
		for (i = 0; i < l.count; i++) {
			EXPECT_GT(e[i].id, last);
			last = e[i].id;
			EXPECT_EQ(e[i].pid + e[i].peer, getpid() + pids[seen]);
			seen++;
		}
		EXPECT_GE(l.after, last);
	}
	EXPECT_EQ(seen, MANY);
	/* One that is in the middle of a walk when it ends is left out. */
	kill_and_reap(pids[0]);
	WAIT_FOR(count_links(pids[0]) == 0);
}

TEST(longer_entries_are_cleared_behind_what_is_known, "C34.5 ANY:EINVAL")
{
	static const char zeros[24];
	struct mbox_links l = { .size = sizeof(l), .count = 2 };
	struct {
		struct mbox_link_entry e;
		char more[24];
	} far[2];
	pid_t child = idler();

	ASSERT_OK(send_to(child, "x"));
	memset(far, 0x55, sizeof(far));
	l.entries = PTR(far);
	l.entry_size = sizeof(far[0]);
	ASSERT_OK(box_ioctl(box_dev(), MBOX_IOC_LINKS, &l));
	EXPECT_EQ(l.count, 1);
	EXPECT_MEM(far[0].more, zeros, sizeof(zeros));
	EXPECT_EQ(far[1].more[0], 0x55);

#define bad(member, value, err)                                               \
	do {                                                                  \
		struct mbox_links b_ = l;                                     \
		b_.count = 2;                                                 \
		b_.after = 0;                                                 \
		b_.member = (value);                                          \
		EXPECT_ERRNO(box_ioctl(box_dev(), MBOX_IOC_LINKS, &b_), err); \
	} while (0)
	bad(entry_size, sizeof(far[0].e) - 8, EINVAL);
	bad(entry_size, 8192, EINVAL);
	bad(flags, 1, EINVAL);
	bad(__reserved, 1, EINVAL);
	bad(pid, -1, EINVAL);
	bad(entries, PTR(nowhere()), EFAULT);
#undef bad
}

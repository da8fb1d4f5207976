// SPDX-License-Identifier: GPL-2.0-only
/*
 * direct-who.c: who may send to whom, who is shown what, and which process a
 * number means.
 *
 * Owns: the claims C24.1, C24.2 and C24.6; part of the program uapi-direct.
 * Takes no locks; run by the guest runner.
 */
#include "direct.h"

#include <grp.h>
#include <limits.h>
#include <linux/sched.h>
#include <pthread.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

/* -- Who may send: kill(2) says it -------------------------------------------- */

/* Real, effective and saved. */
struct ids {
	uid_t r, e, s;
};

static const struct ids people[] = {
	{ 0, 0, 0 },	       { ALICE, ALICE, ALICE }, { BOB, BOB, BOB },
	{ ALICE, 0, 0 }, /* a setuid program of root's that alice has started */
	{ ALICE, ALICE, 0 }, /* which has become alice for a while */
	{ ALICE, BOB, BOB }, /* and one of bob's */
	{ ALICE, BOB, ALICE }, { 0, BOB, 0 },		{ 0, BOB, BOB },
};

#define PEOPLE (sizeof(people) / sizeof(people[0]))

/* The capabilities go where no id is root's, as in life. */
static void become(const struct ids *who)
{
	ASSERT_OK(setgroups(0, NULL));
	ASSERT_OK(setresgid(ALICE, ALICE, ALICE));
	ASSERT_OK(setresuid(who->r, who->e, who->s));
}

static pid_t idler_as(const struct ids *who, const int *ready_)
{
	pid_t pid;

	CHILD(pid)
	{
		become(who);
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		tell(ready_);
		for (;;)
			pause();
	}
	hear(ready_);
	return pid;
}

/* Sends to all of them, and compares; how many may be sent to. */
static int compare(const struct ids *who, const pid_t *target)
{
	int may, ret, allowed = 0;
	size_t i;

	become(who);
	for (i = 0; i < PEOPLE; i++) {
		may = kill(target[i], 0) ? errno : 0;
		ret = send_to(target[i], "x", NOWAIT) ? errno : 0;
		if (ret != may)
			FAIL("to %zu: kill gave %d, SEND_TO %d", i, may, ret);
		allowed += !ret;
	}
	return allowed;
}

TEST(who_may_send_a_signal_may_send_a_message_and_nobody_else,
     "C24.1 SEND_TO:EPERM")
{
	int *allowed = mbt_shared(PEOPLE * sizeof(*allowed)), go[2];
	pid_t target[PEOPLE], pid;
	size_t i;

	ASSERT_OK(pipe(go));
	for (i = 0; i < PEOPLE; i++)
		target[i] = idler_as(&people[i], go);
	for (i = 0; i < PEOPLE; i++) {
		CHILD(pid)
		allowed[i] = compare(&people[i], target);
		EXPECT_CHILD_OK(pid);
	}
	EXPECT_EQ(allowed[0], PEOPLE);
	/* Bob: himself, and who has his real or saved id. */
	EXPECT_EQ(allowed[2], 3);
}

TEST(a_refusal_charges_nobody, "C24.1 C11.1 SEND_TO:EPERM")
{
	pid_t root = getpid(), alice;

	CHILD(alice)
	{
		unsigned long long before;

		mbt_become(ALICE, ALICE);
		before = info_of().used_mailboxes;
		EXPECT_ERRNO(send_to(root, "x"), EPERM);
		EXPECT_EQ(info_of().used_mailboxes, before);
	}
	EXPECT_CHILD_OK(alice);
	EXPECT_EQ(count_links(root), 0);
}

TEST(cap_kill_counts_in_the_user_namespace_of_the_target, "C24.1 SEND_TO:EPERM")
{
	static const struct ids bob = { BOB, BOB, BOB };
	static const char map[] = "0 1000 1\n1 1001 1\n";
	int made[2], go[2];
	pid_t outside, root, pid;
	char path[64];

	ASSERT_OK(pipe(made));
	ASSERT_OK(pipe(go));
	outside = idler_as(&bob, made);
	CHILD(root)
	{
		mbt_become(ALICE, ALICE);
		ASSERT_OK(unshare(CLONE_NEWUSER));
		ASSERT_OK(prctl(PR_SET_DUMPABLE, 1));
		tell(made);
		hear(go);
		/* Alice is root in there, and bob is one of hers. */
		CHILD(pid)
		{
			ASSERT_OK(setresuid(1, 1, 1));
			tell(made);
			for (;;)
				pause();
		}
		hear(made);
		EXPECT_OK(kill(pid, 0));
		EXPECT_OK(send_to(pid, "x"));
		EXPECT_ERRNO(kill(outside, 0), EPERM);
		EXPECT_ERRNO(send_to(outside, "x"), EPERM);
	}
	hear(made);
	snprintf(path, sizeof(path), "/proc/%d/uid_map", (int)root);
	ASSERT_OK(mbt_write_file(path, map));
	tell(go);
	EXPECT_CHILD_OK(root);
}

/* -- Who is shown a link -------------------------------------------------------- */

TEST(a_link_is_shown_to_who_may_signal_an_end, "C23.6")
{
	static const struct ids bob = { BOB, BOB, BOB };
	pid_t parent = getpid(), target, pid;
	int go[2];

	ASSERT_OK(pipe(go));
	target = idler_as(&bob, go);
	ASSERT_OK(send_to(target, "x"));
	CHILD(pid)
	{
		mbt_become(ALICE, ALICE);
		EXPECT_EQ(count_links(0), 0);
		EXPECT_EQ(count_links(target), 0);
		EXPECT_EQ(count_links(parent), 0);
	}
	EXPECT_CHILD_OK(pid);
	CHILD(pid)
	{
		struct mbox_link_entry e[2];

		mbt_become(BOB, BOB);
		ASSERT_EQ(links_of(target, e, 2), 1);
		EXPECT_EQ(e[0].peer, parent);
		EXPECT_EQ(count_links(parent), 1);
	}
	EXPECT_CHILD_OK(pid);
}

TEST(a_link_of_processes_that_have_no_number_here_is_not_shown, "C23.6 C8.8")
{
	pid_t parent = getpid(), target = idler(), inner;
	int go[2];

	ASSERT_OK(pipe(go));
	ASSERT_OK(send_to(target, "x"));
	ASSERT_OK(unshare(CLONE_NEWPID));
	CHILD(inner)
	{
		struct mbox_link_entry e[2];

		EXPECT_EQ(getpid(), 1);
		EXPECT_EQ(count_links(0), 0);
		tell(go);
		expect_from(0, "come in");
		/* Its own is, though the other end is nobody to it. */
		ASSERT_EQ(links_of(0, e, 2), 1);
		EXPECT_EQ(e[0].pid + e[0].peer, 1);
		ASSERT_EQ(links_of(1, e, 2), 1);
		EXPECT_EQ(e[0].pid, 1);
		EXPECT_EQ(e[0].peer, 0);
		EXPECT_EQ(e[0].peer_sent, 1);
	}
	hear(go);
	ASSERT_OK(send_to(inner, "come in"));
	EXPECT_CHILD_OK(inner);
	WAIT_FOR(count_links(parent) == 1);
}

/* -- What a number means -------------------------------------------------------- */

TEST(there_is_no_process_0_none_below_it_and_none_that_is_dead,
     "C24.2 SEND_TO:ESRCH RECV_FROM:ESRCH")
{
	static const int none[] = { -1, INT_MIN, INT_MAX, 4000000 };
	pid_t zombie = idler(), gone = idler();
	size_t i;

	EXPECT_ERRNO(send_to(0, "x"), ESRCH);
	for (i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		EXPECT_ERRNO(send_to(none[i], "x"), ESRCH);
		EXPECT_ERRNO(try_from(none[i]), ESRCH);
	}
	kill_unreaped(zombie);
	EXPECT_ERRNO(send_to(zombie, "x"), ESRCH);
	EXPECT_ERRNO(try_from(zombie), ESRCH);
	kill_and_reap(gone);
	EXPECT_ERRNO(send_to(gone, "x"), ESRCH);
	EXPECT_ERRNO(try_from(gone), ESRCH);
}

struct tid_pipe {
	pid_t tid;
	int go[2], end[2];
};

static void *show_tid(void *arg)
{
	struct tid_pipe *t = arg;

	t->tid = mbt_gettid();
	tell(t->go);
	hear(t->end);
	return NULL;
}

TEST(a_thread_is_no_process, "C24.2 SEND_TO:ESRCH RECV_FROM:ESRCH")
{
	struct tid_pipe t;
	pthread_t thread;

	ASSERT_OK(pipe(t.go));
	ASSERT_OK(pipe(t.end));
	ASSERT_EQ(pthread_create(&thread, NULL, show_tid, &t), 0);
	hear(t.go);
	EXPECT_OK(kill(t.tid, 0)); /* which takes it for its process */
	EXPECT_ERRNO(send_to(t.tid, "x"), ESRCH);
	EXPECT_ERRNO(try_from(t.tid), ESRCH);
	tell(t.end);
	ASSERT_EQ(pthread_join(thread, NULL), 0);
}

/* Whether its first thread has ended, and not been waited for. */
static bool is_zombie(pid_t pid)
{
	char path[64], text[512], *p;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	ASSERT_GT(mbt_read_file(path, text, sizeof(text)), 0);
	p = strrchr(text, ')');
	return p && p[1] == ' ' && p[2] == 'Z';
}

static void *outlive_main(void *arg)
{
	expect_from(*(pid_t *)arg, "are you there?");
	ASSERT_OK(send_to(*(pid_t *)arg, "still"));
	exit(0);
}

TEST(a_process_lives_as_long_as_its_last_thread, "C24.2 C23.1")
{
	static pid_t parent;
	pid_t child;

	parent = getpid();
	CHILD(child)
	{
		pthread_t thread;

		ASSERT_EQ(pthread_create(&thread, NULL, outlive_main, &parent),
			  0);
		pthread_exit(NULL);
	}
	/* The first thread is a zombie now. */
	WAIT_FOR(is_zombie(child));
	ASSERT_OK(send_to(child, "are you there?"));
	expect_from(child, "still");
	EXPECT_CHILD_OK(child);
}

TEST(a_number_is_one_of_the_callers_pid_namespace, "C24.2 C8.8")
{
	pid_t parent = getpid(), inner;
	struct mbox_recv r;
	char buf[16] = "";
	int go[2];

	ASSERT_OK(pipe(go));
	ASSERT_OK(unshare(CLONE_NEWPID));
	CHILD(inner)
	{
		pid_t second;

		ASSERT_EQ(getpid(), 1);
		/* Who is outside has no number, and cannot be sent to. */
		EXPECT_ERRNO(send_to(parent, "x"), ESRCH);
		ASSERT_OK(recv_from(0, &r, buf, 15));
		EXPECT_STR(buf, "from outside");
		EXPECT_EQ(r.pid, 0);
		CHILD(second)
		{
			EXPECT_NE(getpid(), 1);
			ASSERT_OK(send_to(1, "from inside"));
		}
		memset(buf, 0, sizeof(buf));
		ASSERT_OK(recv_from(second, &r, buf, 15));
		EXPECT_STR(buf, "from inside");
		EXPECT_EQ(r.pid, second);
		EXPECT_CHILD_OK(second);
		ASSERT_OK(send_to(1, "own"));
		expect_from(1, "own");
		tell(go);
		pause();
	}
	ASSERT_OK(send_to(inner, "from outside"));
	hear(go);
	/* Nobody outside is meant by the numbers inside. */
	EXPECT_EQ(count_links(1), 0);
}

/*
 * fork() whose child has this number, which is free.  The kernel gives a number
 * out again when all the others have had their turn; a test cannot wait so long.
 */
static pid_t fork_as(pid_t nr)
{
	struct clone_args args = { .exit_signal = SIGCHLD,
				   .set_tid = PTR(&nr),
				   .set_tid_size = 1 };
	pid_t pid = (pid_t)syscall(SYS_clone3, &args, sizeof(args));

	ASSERT_OK(pid);
	if (!pid)
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	return pid;
}

#define CHILD_AS(pid, nr) \
	for ((pid) = fork_as(nr); (pid) == 0; mbt_child_exit())

TEST(a_number_means_the_process_that_lives_else_the_last_dead_one_that_has_sent,
     "C24.6 C24.4 RECV_FROM:ESRCH")
{
	pid_t parent = getpid(), nr, pid;
	int go[2];

	ASSERT_OK(pipe(go));
	CHILD(nr)
	{
		ASSERT_OK(send_to(parent, "first"));
		ASSERT_OK(send_to(parent, "first again"));
	}
	EXPECT_CHILD_OK(nr);
	CHILD_AS(pid, nr)
	ASSERT_OK(send_to(parent, "second"));
	ASSERT_EQ(pid, nr);
	EXPECT_CHILD_OK(pid);
	CHILD_AS(pid, nr)
	{
		expect_from(parent, "third, to be sure");
		EXPECT_ERRNO(try_from(0, NOWAIT), EAGAIN);
		ASSERT_OK(send_to(parent, "third"));
		tell(go);
		pause();
	}
	/* It lives: so it is meant, though dead ones' messages are older. */
	ASSERT_OK(send_to(nr, "third, to be sure"));
	hear(go);
	expect_from(nr, "third");
	EXPECT_ERRNO(try_from(nr, NOWAIT), EAGAIN);
	/* Those of the dead ones go when they have been told. */
	WAIT_FOR(count_links(nr) == 1);
	kill_and_reap(pid);
	/* Of two dead ones the last is meant. */
	expect_from(nr, "second");
	expect_from(nr, "first");
	expect_from(nr, "first again");
	EXPECT_ERRNO(try_from(nr), ESRCH);
}

TEST(who_waits_for_a_process_does_not_take_its_successor_for_it,
     "C24.6 C24.5 RECV_FROM:ESRCH")
{
	pid_t nr = idler(), pid, waiter;

	need_delays();
	waiter = waiter_for(nr, ESRCH);
	/* The waiter is not told yet when the number is used again. */
	mbt_delay_arm("before-end");
	kill_and_reap(nr);
	mbt_delay_wait("before-end");
	CHILD_AS(pid, nr)
	ASSERT_OK(send_to(waiter, "I am not who you wait for"));
	ASSERT_EQ(pid, nr);
	EXPECT_CHILD_OK(pid);
	EXPECT_TRUE(mbt_is_blocked(waiter));
	mbt_delay_release("before-end");
	EXPECT_CHILD_OK(waiter);
}

TEST(a_successor_has_an_endpoint_and_links_of_its_own, "C24.6 C23.2")
{
	pid_t parent = getpid(), nr = idler(), pid;
	struct mbox_link_entry e[2];
	int go[2];
	__u64 old;

	need_delays();
	ASSERT_OK(pipe(go));
	ASSERT_OK(send_to(nr, "for the first"));
	ASSERT_EQ(links_of(parent, e, 2), 1);
	old = e[0].id;
	mbt_delay_arm("before-end");
	kill_and_reap(nr);
	mbt_delay_wait("before-end");
	CHILD_AS(pid, nr)
	{
		EXPECT_ERRNO(try_from(0, NOWAIT), EAGAIN);
		tell(go);
		expect_from(parent, "for the second");
		pause();
	}
	ASSERT_EQ(pid, nr);
	hear(go);
	ASSERT_OK(send_to(pid, "for the second"));
	EXPECT_EQ(links_of(parent, e, 2), 2);
	mbt_delay_release("before-end");
	WAIT_FOR(count_links(parent) == 1);
	ASSERT_EQ(links_of(parent, e, 2), 1);
	EXPECT_GT(e[0].id, old);
	kill_and_reap(pid);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * direct-end.c: what is left of a process that has ended, and what becomes of
 * those who deal with it.
 *
 * Owns: the claims C24.4 and C24.5, and the races of death with sending,
 * receiving and linking; part of the program uapi-direct.  Takes no locks; run
 * by the guest runner with the test build of the module.
 */
#include "direct.h"

#include <pthread.h>

TEST(what_a_process_sent_outlives_it, "C24.4 RECV_FROM:ESRCH")
{
	pid_t parent = getpid(), child;

	CHILD(child)
	{
		ASSERT_OK(send_to(parent, "last"));
		ASSERT_OK(send_to(parent, "words", .priority = 1));
	}
	EXPECT_CHILD_OK(child);
	WAIT_FOR(count_links(parent) == 0);
	expect_from(child, "words");
	expect_from(child, "last");
	EXPECT_ERRNO(try_from(child), ESRCH);
	EXPECT_ERRNO(try_from(child, NOWAIT), ESRCH);
}

TEST(what_a_killed_process_sent_is_received_by_anybody_who_asks_for_all,
     "C24.4")
{
	pid_t parent = getpid(), child;
	int go[2];

	ASSERT_OK(pipe(go));
	CHILD(child)
	{
		ASSERT_OK(send_to(parent, "from the grave"));
		tell(go);
		pause();
	}
	hear(go);
	kill_unreaped(child);
	expect_from(0, "from the grave");
	EXPECT_ERRNO(try_from(child), ESRCH);
}

TEST(what_a_process_had_not_received_dies_with_it, "C24.5 C24.3")
{
	unsigned long long messages = info_of().used_messages,
			   bytes = info_of().used_bytes;
	pid_t child = idler();

	fill(child);
	EXPECT_EQ(info_of().used_messages, messages + MBOX_DEFAULT_MESSAGES);
	/* A zombie that nobody waits for is as dead as any. */
	kill_unreaped(child);
	WAIT_FOR(info_of().used_messages == messages);
	/* What is left is the caller's own endpoint. */
	EXPECT_LT(info_of().used_bytes, bytes + 4096);
}

TEST(who_waits_for_a_process_that_dies_is_told, "C24.5 RECV_FROM:ESRCH")
{
	/* More than one hold of the mailbox lock wakes. */
	enum { CROWD = 40 };
	pid_t victim = idler(), crowd[CROWD];
	int i;

	for (i = 0; i < CROWD; i++)
		crowd[i] = waiter_for(victim, ESRCH);
	kill_unreaped(victim);
	for (i = 0; i < CROWD; i++)
		EXPECT_CHILD_OK(crowd[i]);
}

struct wants {
	pid_t from, tid;
	int err;
	unsigned int select;
};

static void *want_from_thread(void *arg)
{
	struct wants *w = arg;

	__atomic_store_n(&w->tid, mbt_gettid(), __ATOMIC_RELEASE);
	w->err = try_from(w->from, .select = w->select) ? errno : 0;
	return NULL;
}

static pthread_t start_wanting(struct wants *w)
{
	pthread_t thread;

	ASSERT_EQ(pthread_create(&thread, NULL, want_from_thread, w), 0);
	WAIT_FOR(__atomic_load_n(&w->tid, __ATOMIC_ACQUIRE));
	wait_until_blocked(w->tid);
	return thread;
}

TEST(only_who_waits_for_the_dead_one_is_told, "C24.5 RECV_FROM:ESRCH")
{
	enum { CROWD = 40 };
	struct wants dead[CROWD] = { 0 }, alive = { 0 }, any = { 0 };
	pthread_t threads[CROWD], for_alive, for_any;
	pid_t parent = getpid(), victim = idler(), other;
	int go[2], i;

	ASSERT_OK(pipe(go));
	CHILD(other)
	{
		hear(go);
		ASSERT_OK(send_to(parent, "for one"));
		ASSERT_OK(send_to(parent, "for the other"));
	}
	any.from = 0;
	alive.from = other;
	for_alive = start_wanting(&alive);
	/* All threads of one process: so they stand in one line. */
	for (i = 0; i < CROWD; i++) {
		dead[i].from = victim;
		threads[i] = start_wanting(&dead[i]);
	}
	for_any = start_wanting(&any);
	kill_and_reap(victim);
	for (i = 0; i < CROWD; i++) {
		ASSERT_EQ(pthread_join(threads[i], NULL), 0);
		EXPECT_EQ(dead[i].err, ESRCH);
	}
	EXPECT_TRUE(mbt_is_blocked(alive.tid));
	EXPECT_TRUE(mbt_is_blocked(any.tid));
	tell(go);
	ASSERT_EQ(pthread_join(for_alive, NULL), 0);
	EXPECT_EQ(alive.err, 0);
	ASSERT_EQ(pthread_join(for_any, NULL), 0);
	EXPECT_EQ(any.err, 0);
	EXPECT_CHILD_OK(other);
}

/* A child that sends to a process, sleeps, and gets err. */
static pid_t sender_to(pid_t to, __u32 flags, int err)
{
	pid_t pid;

	CHILD(pid)
	{
		catch_signal(SIGUSR1, 0);
		EXPECT_ERRNO(send_to(to, "x", .flags = flags), err);
		EXPECT_EQ(count_links(getpid()), 0);
	}
	wait_until_blocked(pid);
	return pid;
}

TEST(who_sends_to_a_process_that_dies_is_told, "C24.5 SEND_TO:ESRCH")
{
	unsigned long long messages = info_of().used_messages;
	enum { CROWD = 20 };
	pid_t victim = idler(), sync[CROWD], room[CROWD];
	int i;

	for (i = 0; i < CROWD; i++)
		sync[i] = i < MBOX_DEFAULT_MESSAGES ?
				  sender_to(victim, MBOX_SYNC, ESRCH) :
				  0;
	for (i = 0; i < CROWD; i++)
		room[i] = sender_to(victim, 0, ESRCH);
	kill_unreaped(victim);
	for (i = 0; i < CROWD; i++) {
		if (sync[i])
			EXPECT_CHILD_OK(sync[i]);
		EXPECT_CHILD_OK(room[i]);
	}
	WAIT_FOR(info_of().used_messages == messages);
}

TEST(a_receipt_tells_that_the_process_has_the_message, "C24.3 C19.1")
{
	pid_t parent = getpid(), child;

	CHILD(child)
	{
		expect_from(0, "first");
		EXPECT_EQ(count_links(parent), 1);
		expect_from(parent, "second");
	}
	ASSERT_OK(send_to(child, "first", .flags = MBOX_SYNC));
	ASSERT_OK(send_to(child, "second", .flags = MBOX_SYNC));
	EXPECT_CHILD_OK(child);
}

/* -- Races, forced ------------------------------------------------------------- */

TEST(a_process_is_dead_before_anybody_was_told,
     "C24.5 C24.2 SEND_TO:ESRCH RECV_FROM:ESRCH")
{
	pid_t parent = getpid(), victim, waiter;
	int go[2];

	need_delays();
	ASSERT_OK(pipe(go));
	CHILD(victim)
	{
		ASSERT_OK(send_to(parent, "last words"));
		tell(go);
		pause();
	}
	hear(go);
	waiter = waiter_for(victim, ESRCH);
	mbt_delay_arm("before-end");
	kill_unreaped(victim);
	mbt_delay_wait("before-end");
	EXPECT_ERRNO(send_to(victim, "x"), ESRCH);
	expect_from(victim, "last words");
	EXPECT_ERRNO(try_from(victim), ESRCH);
	EXPECT_TRUE(mbt_is_blocked(waiter));
	mbt_delay_release("before-end");
	EXPECT_CHILD_OK(waiter);
	WAIT_FOR(count_links(parent) == 0);
}

TEST(a_message_on_its_way_to_a_process_that_dies_is_not_sent,
     "C24.5 SEND_TO:ESRCH C11.1")
{
	unsigned long long messages = info_of().used_messages, mailboxes;
	unsigned int flags;

	need_delays();
	EXPECT_ERRNO(try_from(0, NOWAIT), EAGAIN);
	mailboxes = info_of().used_mailboxes;
	for (flags = 0; flags <= MBOX_SYNC; flags += MBOX_SYNC) {
		pid_t victim = idler(), pid;

		/* Told: its mailbox has gone before the sender has the lock. */
		ASSERT_OK(send_to(victim, "so that there is a link to see"));
		mbt_delay_arm("before-lock-send");
		CHILD(pid)
		EXPECT_ERRNO(send_to(victim, "x", .flags = flags), ESRCH);
		mbt_delay_wait("before-lock-send");
		kill_unreaped(victim);
		WAIT_FOR(count_links(victim) == 0);
		mbt_delay_release("before-lock-send");
		EXPECT_CHILD_OK(pid);
		WAIT_FOR(info_of().used_mailboxes == mailboxes);
		/* Not told yet: it waits there, and is told then. */
		victim = idler();
		ASSERT_OK(send_to(victim, "so that it is watched"));
		mbt_delay_arm("before-lock-send");
		CHILD(pid)
		EXPECT_ERRNO(send_to(victim, "x", .flags = MBOX_SYNC), ESRCH);
		mbt_delay_wait("before-lock-send");
		mbt_delay_arm("before-end");
		kill_unreaped(victim);
		mbt_delay_wait("before-end");
		mbt_delay_release("before-lock-send");
		wait_until_blocked(pid);
		mbt_delay_release("before-end");
		EXPECT_CHILD_OK(pid);
		WAIT_FOR(info_of().used_mailboxes == mailboxes);
	}
	WAIT_FOR(info_of().used_messages == messages);
}

TEST(a_sender_gives_up_while_the_end_is_at_work, "C24.5 SEND_TO:EINTR")
{
	unsigned long long messages = info_of().used_messages, mailboxes;
	pid_t victim = idler(), room, sync;

	need_delays();
	sync = sender_to(victim, MBOX_SYNC, ESRCH);
	mailboxes = info_of().used_mailboxes;
	fill_beside(victim, 1);
	/* Who did that has gone, and does not stop where the victim is to. */
	WAIT_FOR(info_of().used_mailboxes == mailboxes);
	room = sender_to(victim, 0, EINTR);
	mbt_delay_arm("while-ending");
	kill_unreaped(victim);
	mbt_delay_wait("while-ending");
	/* The mailbox is dead, and has not sent its sleepers away. */
	EXPECT_EQ(count_links(victim), 0);
	EXPECT_TRUE(mbt_is_blocked(sync));
	ASSERT_OK(kill(room, SIGUSR1));
	EXPECT_CHILD_OK(room);
	mbt_delay_release("while-ending");
	EXPECT_CHILD_OK(sync);
	WAIT_FOR(info_of().used_messages == messages);
}

TEST(who_begins_to_wait_while_the_end_is_at_work_is_told,
     "C24.5 RECV_FROM:ESRCH")
{
	pid_t victim = idler(), before, late;

	need_delays();
	/* It is in line, and has not looked whether it is finished. */
	mbt_delay_arm("before-sleep");
	CHILD(before)
	EXPECT_ERRNO(try_from(victim), ESRCH);
	mbt_delay_wait("before-sleep");
	mbt_delay_arm("while-ending");
	kill_unreaped(victim);
	mbt_delay_wait("while-ending");
	CHILD(late)
	EXPECT_ERRNO(try_from(victim), ESRCH);
	EXPECT_CHILD_OK(late);
	mbt_delay_release("before-sleep");
	EXPECT_CHILD_OK(before);
	mbt_delay_release("while-ending");
}

TEST(a_message_that_is_being_copied_when_its_sender_dies_is_received,
     "C24.4 RECV_FROM:ESRCH")
{
	pid_t parent = getpid(), sender, receiver;
	int go[2];

	need_delays();
	ASSERT_OK(pipe(go));
	CHILD(receiver)
	{
		expect_from(0, "start");
		mbt_delay_arm("while-copying");
		expect_from(0, "last words");
		EXPECT_ERRNO(try_from(0, NOWAIT), EAGAIN);
	}
	ASSERT_OK(send_to(receiver, "start"));
	CHILD(sender)
	{
		ASSERT_OK(send_to(receiver, "last words"));
		tell(go);
		pause();
	}
	hear(go);
	(void)parent;
	mbt_delay_wait("while-copying");
	kill_and_reap(sender);
	WAIT_FOR(count_links(receiver) == 1);
	mbt_delay_release("while-copying");
	EXPECT_CHILD_OK(receiver);
}

TEST(many_pairs_come_and_go_at_once, "C23.4 C24.5 C36.1")
{
	enum { ROUNDS = 15, EACH = 8 };
	pid_t parent = getpid(), pids[EACH] = { 0 };
	int round, i;

	for (round = 0; round < ROUNDS; round++) {
		for (i = 0; i < EACH; i++) {
			pid_t mate = i ? pids[i - 1] : parent;

			CHILD(pids[i])
			{
				/* Whoever it is may be gone by now. */
				send_to(mate, "x", NOWAIT);
				try_from(mate, NOWAIT);
				send_to(parent, "x", NOWAIT);
			}
		}
		for (i = 0; i < EACH; i++)
			EXPECT_CHILD_OK(pids[i]);
		while (!try_from(0, NOWAIT))
			;
	}
	WAIT_FOR(count_links(0) == 0);
}

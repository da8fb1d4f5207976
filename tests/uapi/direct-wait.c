// SPDX-License-Identifier: GPL-2.0-only
/*
 * direct-wait.c: waiting for a process's message or room, its end by time and
 * signal, and who pays.
 *
 * Owns: the claim C24.3, and what C10, C14, C16 and C17 say where a process is
 * addressed; part of the program uapi-direct.  Takes no locks; run by the guest
 * runner.
 */
#include "direct.h"

#include <fcntl.h>

static char bytes[MBOX_DEFAULT_SIZE + 1];

TEST(a_process_that_never_asked_gets_what_was_sent_to_it, "C24.3")
{
	pid_t parent = getpid(), child;
	int go[2];

	ASSERT_OK(pipe(go));
	CHILD(child)
	{
		hear(go);
		expect_from(parent, "you did not ask");
		expect_from(0, "for this");
	}
	ASSERT_OK(send_to(child, "you did not ask"));
	ASSERT_OK(send_to(child, "for this"));
	tell(go);
	EXPECT_CHILD_OK(child);
}

TEST(what_waits_is_at_the_senders_charge, "C24.3 C14.3 SEND_TO:EDQUOT")
{
	unsigned long long root = info_of().used_messages;
	pid_t target, pid;
	int go[2], i;

	ASSERT_OK(pipe(go));
	param_set("user_messages", 3);
	CHILD(target)
	{
		mbt_become(ALICE, ALICE);
		tell(go);
		pause();
	}
	hear(go);
	CHILD(pid)
	{
		/* Alice's share is not what root's message takes. */
		ASSERT_OK(send_to(target, "from root"));
		mbt_become(ALICE, ALICE);
		for (i = 0; i < 3; i++) {
			ASSERT_OK(send_to(target, "x"));
			EXPECT_EQ(info_of().used_messages, i + 1);
		}
		EXPECT_ERRNO(send_to(target, "x"), EDQUOT);
		EXPECT_ERRNO(send_to(target, "x", NOWAIT), EDQUOT);
		EXPECT_EQ(info_of().used_messages, 3);
	}
	EXPECT_CHILD_OK(pid);
	EXPECT_EQ(info_of().used_messages, root + 1);
	kill_and_reap(target);
	WAIT_FOR(info_of().used_messages == root);
}

/* What a process had goes a moment after its parent has reaped it. */
static void await_bob_has_nothing(void)
{
	pid_t pid;

	CHILD(pid)
	{
		mbt_become(BOB, BOB);
		WAIT_FOR(!info_of().used_mailboxes && !info_of().used_bytes);
	}
	EXPECT_CHILD_OK(pid);
}

TEST(an_endpoint_counts_as_mailbox_of_who_caused_it,
     "C24.3 C14.4 SEND_TO:EDQUOT RECV_FROM:EDQUOT ENDPOINT:EDQUOT")
{
	pid_t other = idler(), pid;

	param_set("user_mailboxes", 1);
	CHILD(pid)
	{
		mbt_become(BOB, BOB);
		ASSERT_OK(send_to(getpid(), "x"));
		EXPECT_EQ(info_of().used_mailboxes, 1);
		EXPECT_ERRNO(try_from(other, NOWAIT), EDQUOT);
		/* What there is can be used. */
		expect_from(0, "x");
	}
	EXPECT_CHILD_OK(pid);
	await_bob_has_nothing();
	param_set("user_mailboxes", 0);
	CHILD(pid)
	{
		mbt_become(BOB, BOB);
		EXPECT_ERRNO(send_to(getpid(), "x"), EDQUOT);
		EXPECT_ERRNO(try_from(0, NOWAIT), EDQUOT);
		EXPECT_ERRNO(do_endpoint(0), EDQUOT);
		EXPECT_EQ(info_of().used_mailboxes, 0);
		EXPECT_EQ(info_of().used_bytes, 0);
	}
	EXPECT_CHILD_OK(pid);
}

TEST(a_link_takes_bytes_of_who_caused_it,
     "C14.2 SEND_TO:EDQUOT RECV_FROM:EDQUOT")
{
	unsigned long long *used = mbt_shared(sizeof(*used));
	int ready_[2], go[2], i;
	pid_t pid, mates[3];

	await_bob_has_nothing();
	ASSERT_OK(pipe(ready_));
	ASSERT_OK(pipe(go));
	for (i = 0; i < 3; i++) {
		CHILD(mates[i])
		{
			mbt_become(BOB, BOB);
			/* Endpoints are there: it is about links alone. */
			EXPECT_ERRNO(try_from(0, NOWAIT), EAGAIN);
			tell(ready_);
			pause();
		}
		hear(ready_);
	}
	CHILD(pid)
	{
		unsigned long long before, one;

		mbt_become(BOB, BOB);
		EXPECT_ERRNO(try_from(0, NOWAIT), EAGAIN);
		before = info_of().used_bytes;
		EXPECT_ERRNO(try_from(mates[0], NOWAIT), EAGAIN);
		one = info_of().used_bytes - before;
		EXPECT_GT(one, 100);
		EXPECT_LT(one, 1000);
		EXPECT_ERRNO(try_from(mates[0], NOWAIT), EAGAIN);
		EXPECT_EQ(info_of().used_bytes, before + one);
		EXPECT_ERRNO(try_from(mates[1], NOWAIT), EAGAIN);
		EXPECT_EQ(info_of().used_bytes, before + 2 * one);
		*used = info_of().used_bytes;
		tell(ready_);
		hear(go);
		EXPECT_ERRNO(try_from(mates[2], NOWAIT), EDQUOT);
		EXPECT_ERRNO(send_to(mates[2], "", NOWAIT), EDQUOT);
		EXPECT_EQ(info_of().used_bytes, *used);
		/* The links that are there can be used. */
		EXPECT_ERRNO(try_from(mates[1], NOWAIT), EAGAIN);
	}
	hear(ready_);
	param_set("user_bytes", *used);
	tell(go);
	EXPECT_CHILD_OK(pid);
}

TEST(a_message_that_is_too_long_is_refused, "C10.1 SEND_TO:EMSGSIZE")
{
	struct mbox_recv r;

	EXPECT_ERRNO(send_to(getpid(), "", .data = PTR(bytes),
			     .len = MBOX_DEFAULT_SIZE + 1),
		     EMSGSIZE);
	EXPECT_EQ(count_links(getpid()), 0);
	ASSERT_OK(send_to(getpid(), "", .data = PTR(bytes),
			  .len = MBOX_DEFAULT_SIZE));
	ASSERT_OK(recv_from(0, &r, bytes, sizeof(bytes)));
	EXPECT_EQ(r.msg_len, MBOX_DEFAULT_SIZE);
}

TEST(room_that_is_too_small_is_told_and_the_message_stays,
     "C10.1 RECV_FROM:EMSGSIZE")
{
	struct mbox_recv r;
	char buf[8] = "";

	ASSERT_OK(send_to(getpid(), "12345"));
	EXPECT_ERRNO(recv_from(getpid(), &r, buf, 4), EMSGSIZE);
	EXPECT_EQ(r.msg_len, 5);
	EXPECT_ERRNO(recv_from(0, &r, buf, 4), EMSGSIZE);
	EXPECT_STR(buf, "");
	EXPECT_ERRNO(recv_from(getpid(), &r, nowhere(), 64), EFAULT);
	ASSERT_OK(recv_from(getpid(), &r, buf, 3, .flags = MBOX_TRUNCATE));
	EXPECT_EQ(r.msg_len, 5);
	EXPECT_STR(buf, "123");
	EXPECT_ERRNO(try_from(0, NOWAIT), EAGAIN);
}

TEST(who_must_not_wait_is_told, "C16.1 SEND_TO:EAGAIN RECV_FROM:EAGAIN")
{
	int fd = ASSERT_OK(open(DEV, O_RDWR | O_NONBLOCK | O_CLOEXEC));
	pid_t child = idler();
	struct mbox_recv r;
	char c;

	EXPECT_ERRNO(try_from(0, NOWAIT), EAGAIN);
	EXPECT_ERRNO(try_from(child, NOWAIT), EAGAIN);
	EXPECT_ERRNO(recv_by(fd, child, &r, &c, 1), EAGAIN);
	EXPECT_ERRNO(recv_by(fd, 0, &r, &c, 1), EAGAIN);
	fill(child);
	EXPECT_ERRNO(send_by(fd, 0, child, "x"), EAGAIN);
	EXPECT_ERRNO(send_to(child, "x", .flags = MBOX_NOWAIT | MBOX_SYNC),
		     EAGAIN);
	/* The first descriptor's way does not bind the others. */
	EXPECT_ERRNO(try_from(0, .deadline = 1), ETIMEDOUT);
}

TEST(who_waits_is_let_go_by_its_deadline,
     "C16.4 SEND_TO:ETIMEDOUT RECV_FROM:ETIMEDOUT")
{
	unsigned long long messages = info_of().used_messages;
	pid_t child = idler();

	fill(child);
	EXPECT_ERRNO(send_to(child, "x", .deadline = mbt_in_ms(20)), ETIMEDOUT);
	EXPECT_ERRNO(send_to(child, "x", .deadline = 1), ETIMEDOUT);
	EXPECT_ERRNO(send_to(child, "x", .deadline = mbt_real_in_ms(20),
			     .flags = MBOX_REALTIME),
		     ETIMEDOUT);
	EXPECT_ERRNO(try_from(child, .deadline = mbt_in_ms(20)), ETIMEDOUT);
	EXPECT_ERRNO(try_from(0, .deadline = mbt_in_ms(20)), ETIMEDOUT);
	/* None of them was sent, and none has made a link. */
	EXPECT_EQ(count_links(getpid()), 0);
	EXPECT_EQ(info_of().used_messages, messages + MBOX_DEFAULT_MESSAGES);
}

TEST(who_waits_is_let_go_by_a_signal, "C17.1 SEND_TO:EINTR RECV_FROM:EINTR")
{
	pid_t child = idler(), pid[4];
	int i;

	fill(child);
	for (i = 0; i < 4; i++) {
		CHILD(pid[i])
		{
			catch_signal(SIGUSR1, 0);
			if (i < 2)
				EXPECT_ERRNO(try_from(i ? child : 0), EINTR);
			else
				EXPECT_ERRNO(
					send_to(child, "x",
						.flags = i == 2 ? 0 :
								  MBOX_SYNC),
					EINTR);
			EXPECT_EQ(count_links(getpid()), 0);
		}
		wait_until_blocked(pid[i]);
	}
	for (i = 0; i < 4; i++) {
		ASSERT_OK(kill(pid[i], SIGUSR1));
		EXPECT_CHILD_OK(pid[i]);
	}
}

TEST(a_restarted_wait_goes_on, "C17.2")
{
	pid_t parent = getpid(), receiver, sender;
	int go[2];

	ASSERT_OK(pipe(go));
	CHILD(receiver)
	{
		catch_signal(SIGUSR1, SA_RESTART);
		expect_from(parent, "after the signal");
		EXPECT_EQ(signals_caught, 1);
	}
	wait_until_blocked(receiver);
	ASSERT_OK(kill(receiver, SIGUSR1));
	wait_until_blocked(receiver);
	ASSERT_OK(send_to(receiver, "after the signal"));
	EXPECT_CHILD_OK(receiver);

	CHILD(receiver)
	{
		int i;

		hear(go);
		for (i = 0; i < MBOX_DEFAULT_MESSAGES; i++)
			expect_from(0, "full");
		expect_from(0, "late");
	}
	fill(receiver);
	CHILD(sender)
	{
		catch_signal(SIGUSR1, SA_RESTART);
		ASSERT_OK(send_to(receiver, "late"));
		EXPECT_EQ(signals_caught, 1);
	}
	wait_until_blocked(sender);
	ASSERT_OK(kill(sender, SIGUSR1));
	wait_until_blocked(sender);
	tell(go);
	EXPECT_CHILD_OK(receiver);
	EXPECT_CHILD_OK(sender);
}

TEST(senders_to_one_process_are_let_in_in_their_order, "C18.5 C24.3")
{
	pid_t child, senders[3];
	char text[8];
	int go[2], i;

	ASSERT_OK(pipe(go));
	CHILD(child)
	{
		hear(go);
		for (i = 0; i < MBOX_DEFAULT_MESSAGES; i++)
			expect_from(0, "full");
		for (i = 0; i < 3; i++) {
			snprintf(text, sizeof(text), "%d", i);
			expect_from(0, text);
		}
	}
	fill(child);
	for (i = 0; i < 3; i++) {
		CHILD(senders[i])
		{
			snprintf(text, sizeof(text), "%d", i);
			ASSERT_OK(send_to(child, text));
		}
		wait_until_blocked(senders[i]);
	}
	tell(go);
	EXPECT_CHILD_OK(child);
	for (i = 0; i < 3; i++)
		EXPECT_CHILD_OK(senders[i]);
}

TEST(who_waits_for_one_process_leaves_the_others_messages, "C18.9 C23.3")
{
	pid_t parent = getpid(), child, other;

	CHILD(child)
	{
		expect_from(parent, "whom you want");
		expect_from(0, "who came before");
	}
	wait_until_blocked(child);
	CHILD(other)
	ASSERT_OK(send_to(child, "who came before"));
	EXPECT_CHILD_OK(other);
	EXPECT_TRUE(mbt_is_blocked(child));
	ASSERT_OK(send_to(child, "whom you want"));
	EXPECT_CHILD_OK(child);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Messages through libmbox in the guest: bytes, order, stamps, waiting, and
 * every error with nothing changed by it.
 *
 * Locking: none.  Run by the vm tier.
 */
#include "lib.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>

TEST(a_message_keeps_its_bytes_and_its_boundary, "C8.1")
{
	struct mbox *mb = lib_new(NULL);
	static char data[MBOX_DEFAULT_SIZE], buf[sizeof(data) + 1];
	static const size_t lengths[] = { 0,	1,    63,   64,
					  4095, 4096, 4097, sizeof(data) };

	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (char)(i * 31 + 7);
	for (size_t i = 0; i < sizeof(lengths) / sizeof(*lengths); i++)
		ASSERT_EQ(mbox_send(mb, data, lengths[i]), 0);
	for (size_t i = 0; i < sizeof(lengths) / sizeof(*lengths); i++) {
		memset(buf, 0x55, sizeof(buf));
		ASSERT_EQ(mbox_recv(mb, buf, sizeof(buf)), lengths[i]);
		ASSERT_MEM(buf, data, lengths[i]);
		ASSERT_EQ(buf[lengths[i]], 0x55);
	}
	/* Neither pointer is looked at for no bytes. */
	EXPECT_EQ(mbox_send(mb, NULL, 0), 0);
	EXPECT_EQ(mbox_recv(mb, NULL, 0), 0);
	EXPECT_EQ(lib_status(mb).messages, 0);
	mbox_close(mb);
}

TEST(priority_then_age_then_urgent_decide_the_order, "C9.1 C9.2 C9.3")
{
	struct mbox *mb = lib_new(NULL);
	struct mbox_message message;
	char buf[2] = "";

	ASSERT_EQ(SEND_WITH(mb, "c", 1, .priority = 0), 0);
	ASSERT_EQ(SEND_WITH(mb, "b", 1, .priority = 5), 0);
	ASSERT_EQ(SEND_WITH(mb, "d", 1, .priority = 0), 0);
	ASSERT_EQ(SEND_WITH(mb, "a", 1, .priority = MBOX_PRIORITY_MAX), 0);
	ASSERT_EQ(SEND_WITH(mb, "0", 1, .flags = MBOX_URGENT), 0);
	for (const char *next = "ab0cd"; *next; next++) {
		ASSERT_EQ(mbox_recv_with(mb, buf, 1, NULL, &message), 1);
		EXPECT_EQ(buf[0], *next);
		EXPECT_EQ(message.priority, *next == 'a' ? MBOX_PRIORITY_MAX :
					    *next == 'b' ? 5 :
							   0);
	}
	mbox_close(mb);
}

TEST(a_message_tells_who_sent_it, "C8.3 C8.4 C8.5 C8.6 C8.7 C8.11")
{
	struct mbox_attr attr = { .flags = MBOX_TIMES };
	struct mbox *mb = lib_new(NULL), *timed = lib_new(&attr);
	struct mbox_message first, second;
	int64_t before = mbt_now();
	char buf[8];
	pid_t pid;

	CHILD(pid)
	{
		mbt_become(ALICE, BOB);
		ASSERT_EQ(SEND_WITH(mb, "x", 1, .tag = UINT64_MAX), 0);
		ASSERT_EQ(mbox_send(timed, "y", 1), 0);
		ASSERT_EQ(mbox_send(mb, "zz", 2), 0);
	}
	ASSERT_CHILD_OK(pid);
	memset(&first, 0x55, sizeof(first));
	ASSERT_EQ(mbox_recv_with(mb, buf, 8, NULL, &first), 1);
	ASSERT_EQ(mbox_recv_with(mb, buf, 8, NULL, &second), 2);
	EXPECT_EQ(first.id, 1);
	EXPECT_EQ(second.id, 2);
	EXPECT_EQ(first.tag, UINT64_MAX);
	EXPECT_EQ(second.tag, 0);
	EXPECT_EQ(first.pid, pid);
	EXPECT_EQ(first.tid, pid);
	EXPECT_EQ(first.uid, ALICE);
	EXPECT_EQ(first.gid, BOB);
	EXPECT_NE(first.start_time, 0);
	EXPECT_EQ(first.start_time, second.start_time);
	EXPECT_EQ(first.sent_time, 0);
	EXPECT_EQ(first.drops, 0);
	EXPECT_EQ(first.len, 1);
	EXPECT_EQ(second.len, 2);
	EXPECT_EQ(first.token, 0);
	EXPECT_EQ(first.nfds, 0);
	EXPECT_EQ(first.reserved[0], 0);
	ASSERT_EQ(mbox_recv_with(timed, buf, 8, NULL, &first), 1);
	EXPECT_GE(first.sent_time, before);
	EXPECT_LE(first.sent_time, mbt_now());
	mbox_close(timed);
	mbox_close(mb);
}

TEST(too_little_room_tells_the_length_and_keeps_the_message,
     "C10.1 RECV:EMSGSIZE C11.1")
{
	struct mbox *mb = lib_new(NULL);
	struct mbox_message message, untouched;
	char buf[10] = "untouched";

	ASSERT_EQ(mbox_send(mb, "0123456789", 10), 0);
	memset(&message, 0x55, sizeof(message));
	untouched = message;
	EXPECT_ERRNO(mbox_recv_with(mb, buf, 9, NULL, &message), EMSGSIZE);
	EXPECT_EQ(message.len, 10);
	EXPECT_EQ(message.nfds, 0);
	message.len = untouched.len;
	message.nfds = untouched.nfds;
	EXPECT_MEM(&message, &untouched, sizeof(message));
	EXPECT_STR(buf, "untouched");
	EXPECT_ERRNO(mbox_recv(mb, NULL, 0), EMSGSIZE);
	EXPECT_EQ(lib_status(mb).messages, 1);
	ASSERT_EQ(mbox_recv_with(mb, buf, 10, NULL, &message), 10);
	EXPECT_EQ(message.id, 1);
	EXPECT_MEM(buf, "0123456789", 10);
	mbox_close(mb);
}

TEST(truncate_takes_what_fits_and_tells_the_whole_length, "C10.2")
{
	struct mbox *mb = lib_new(NULL);
	struct mbox_message message;
	char buf[6] = "....?";

	ASSERT_EQ(mbox_send(mb, "0123456789", 10), 0);
	ASSERT_EQ(mbox_send(mb, "next", 4), 0);
	EXPECT_EQ(RECV_WITH(mb, buf, 4, &message, .flags = MBOX_TRUNCATE), 4);
	EXPECT_EQ(message.len, 10);
	EXPECT_STR(buf, "0123?");
	EXPECT_EQ(RECV_WITH(mb, NULL, 0, &message, .flags = MBOX_TRUNCATE), 0);
	EXPECT_EQ(message.len, 4);
	EXPECT_EQ(lib_status(mb).messages, 0);
	mbox_close(mb);
}

TEST(lengths_that_do_not_fit_are_refused, "C10.3 C10.4 SEND:EMSGSIZE C11.1")
{
	struct mbox_attr fixed = { .flags = MBOX_FIXED, .max_size = 8 };
	struct mbox *mb = lib_new(NULL), *exact = lib_new(&fixed);
	static char data[MBOX_DEFAULT_SIZE + 1];

	EXPECT_ERRNO(mbox_send(mb, data, MBOX_DEFAULT_SIZE + 1), EMSGSIZE);
	EXPECT_ERRNO(mbox_send(mb, data, UINT32_MAX), EMSGSIZE);
#if SIZE_MAX > UINT32_MAX
	EXPECT_ERRNO(mbox_send(mb, data, (size_t)UINT32_MAX + 1), EMSGSIZE);
	EXPECT_ERRNO(mbox_send(mb, data, (size_t)UINT32_MAX + 2), EMSGSIZE);
#endif
	EXPECT_ERRNO(mbox_send(mb, data, SIZE_MAX), EMSGSIZE);
	EXPECT_EQ(lib_status(mb).sent, 0);

	EXPECT_ERRNO(mbox_send(exact, data, 7), EINVAL);
	EXPECT_ERRNO(mbox_send(exact, data, 0), EINVAL);
	EXPECT_ERRNO(mbox_send(exact, data, 9), EINVAL);
	EXPECT_EQ(mbox_send(exact, data, 8), 0);
	EXPECT_EQ(lib_status(exact).sent, 1);

	/* More room than any message needs is fine. */
	ASSERT_EQ(mbox_send(mb, "abc", 3), 0);
	EXPECT_EQ(mbox_recv(mb, data, UINT32_MAX), 3);
	ASSERT_EQ(mbox_send(mb, "abc", 3), 0);
	EXPECT_EQ(mbox_recv(mb, data, SIZE_MAX), 3);
	EXPECT_MEM(data, "abc", 3);
	mbox_close(exact);
	mbox_close(mb);
}

TEST(pointers_to_nowhere_change_nothing, "C11.1 ANY:EFAULT")
{
	struct mbox *mb = lib_new(NULL);
	char *page =
		mmap(NULL, 8192, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct mbox_message message, untouched;
	char buf[4096];

	ASSERT_TRUE(page != MAP_FAILED);
	ASSERT_OK(munmap(page + 4096, 4096));
	memset(&message, 0x55, sizeof(message));
	untouched = message;

	EXPECT_ERRNO(mbox_send(mb, NULL, 1), EFAULT);
	EXPECT_ERRNO(mbox_send(mb, (void *)8, 1), EFAULT);
	EXPECT_ERRNO(mbox_send(mb, (void *)-8, 4), EFAULT);
	EXPECT_ERRNO(mbox_send(mb, page + 4095, 2), EFAULT);
	EXPECT_EQ(lib_status(mb).sent, 0);

	memset(buf, 1, sizeof(buf));
	ASSERT_EQ(mbox_send(mb, buf, sizeof(buf)), 0);
	EXPECT_ERRNO(mbox_recv(mb, NULL, 4096), EFAULT);
	EXPECT_ERRNO(mbox_recv_with(mb, page, 4096, NULL, &message), EFAULT);
	EXPECT_ERRNO(mbox_recv(mb, (void *)-8192, 8192), EFAULT);
	EXPECT_ERRNO(mbox_recv(mb, buf + sizeof(buf), 0), EMSGSIZE);
	EXPECT_MEM(&message, &untouched, sizeof(message));
	EXPECT_EQ(lib_status(mb).messages, 1);
	EXPECT_EQ(lib_status(mb).received, 0);
	EXPECT_EQ(mbox_recv(mb, buf, sizeof(buf)), 4096);
	mbox_close(mb);
}

TEST(options_that_are_not_valid_change_nothing, "ANY:EINVAL C11.1")
{
	struct mbox *mb = lib_new(NULL);
	char buf[4];

	EXPECT_ERRNO(SEND_WITH(mb, "x", 1, .flags = 0x20), EINVAL);
	EXPECT_ERRNO(SEND_WITH(mb, "x", 1, .flags = 0x80000000), EINVAL);
	EXPECT_ERRNO(SEND_WITH(mb, "x", 1, .flags = MBOX_TRUNCATE), EINVAL);
	EXPECT_ERRNO(SEND_WITH(mb, "x", 1, .flags = MBOX_REALTIME), EINVAL);
	EXPECT_ERRNO(SEND_WITH(mb, "x", 1, .priority = MBOX_PRIORITY_MAX + 1),
		     EINVAL);
	EXPECT_ERRNO(SEND_WITH(mb, "x", 1, .priority = UINT32_MAX), EINVAL);
	EXPECT_ERRNO(SEND_WITH(mb, "x", 1, .deadline = UINT64_MAX), EINVAL);
	EXPECT_ERRNO(SEND_WITH(mb, "x", 1, .reserved0 = 1), EINVAL);
	EXPECT_ERRNO(SEND_WITH(mb, "x", 1, .reserved = { 0, 1 }), EINVAL);
	EXPECT_ERRNO(SEND_WITH(mb, "x", 1, .nfds = MBOX_FDS_MAX + 1), EINVAL);
	EXPECT_EQ(lib_status(mb).sent, 0);

	ASSERT_EQ(mbox_send(mb, "x", 1), 0);
	EXPECT_ERRNO(RECV_WITH(mb, buf, 4, NULL, .flags = 0x20), EINVAL);
	EXPECT_ERRNO(RECV_WITH(mb, buf, 4, NULL, .flags = MBOX_SYNC), EINVAL);
	EXPECT_ERRNO(RECV_WITH(mb, buf, 4, NULL, .flags = MBOX_URGENT), EINVAL);
	EXPECT_ERRNO(RECV_WITH(mb, buf, 4, NULL, .flags = MBOX_REALTIME),
		     EINVAL);
	EXPECT_ERRNO(RECV_WITH(mb, buf, 4, NULL, .deadline = UINT64_MAX),
		     EINVAL);
	EXPECT_ERRNO(RECV_WITH(mb, buf, 4, NULL, .reserved0 = 1), EINVAL);
	EXPECT_ERRNO(RECV_WITH(mb, buf, 4, NULL, .select = 5), EINVAL);
	EXPECT_ERRNO(RECV_WITH(mb, buf, 4, NULL, .select_value = 1), EINVAL);
	EXPECT_ERRNO(RECV_WITH(mb, buf, 4, NULL, .select = MBOX_SELECT_PID),
		     EINVAL);
	EXPECT_ERRNO(mbox_filter(mb, MBOX_SELECT_LOWEST_TAG, 1), EINVAL);
	EXPECT_ERRNO(mbox_filter(mb, MBOX_SELECT_ANY, 1), EINVAL);
	EXPECT_ERRNO(RECV_WITH(mb, buf, 4, NULL, .reserved = { 1 }), EINVAL);
	EXPECT_EQ(lib_status(mb).messages, 1);
	mbox_close(mb);
}

/* A mailbox that holds one message, and holds it. */
static struct mbox *full_mailbox(void)
{
	struct mbox_attr attr = { .max_messages = 1 };
	struct mbox *mb = lib_new(&attr);

	ASSERT_EQ(mbox_send(mb, "first", 5), 0);
	return mb;
}

TEST(who_must_not_wait_gets_EAGAIN, "C16.2 C16.3 C16.8 SEND:EAGAIN RECV:EAGAIN")
{
	struct mbox *full = full_mailbox(), *empty = lib_new(NULL);
	uint64_t past = 1, ahead = mbox_deadline_in(60 * MBT_SECOND);
	char buf[8];

	EXPECT_ERRNO(SEND_WITH(full, "x", 1, .flags = MBOX_NOWAIT), EAGAIN);
	EXPECT_ERRNO(SEND_WITH(full, "x", 1, .flags = MBOX_NOWAIT,
			       .deadline = ahead),
		     EAGAIN);
	EXPECT_ERRNO(SEND_WITH(full, "x", 1, .flags = MBOX_NOWAIT,
			       .deadline = past),
		     EAGAIN);
	EXPECT_ERRNO(RECV_WITH(empty, buf, 8, NULL, .flags = MBOX_NOWAIT),
		     EAGAIN);
	EXPECT_ERRNO(RECV_WITH(empty, buf, 8, NULL, .flags = MBOX_NOWAIT,
			       .deadline = ahead),
		     EAGAIN);
	ASSERT_OK(fcntl(mbox_fd(full), F_SETFL, O_NONBLOCK));
	ASSERT_OK(fcntl(mbox_fd(empty), F_SETFL, O_NONBLOCK));
	EXPECT_ERRNO(mbox_send(full, "x", 1), EAGAIN);
	EXPECT_ERRNO(mbox_recv(empty, buf, 8), EAGAIN);
	EXPECT_EQ(lib_status(full).messages, 1);
	EXPECT_EQ(lib_status(full).sent, 1);
	mbox_close(empty);
	mbox_close(full);
}

TEST(a_deadline_ends_the_wait_on_either_clock,
     "C16.4 C16.5 C16.7 SEND:ETIMEDOUT RECV:ETIMEDOUT")
{
	struct mbox *full = full_mailbox(), *empty = lib_new(NULL);
	int64_t start = mbt_now();
	char buf[8];

	EXPECT_ERRNO(SEND_WITH(full, "x", 1,
			       .deadline = mbox_deadline_in(30 * MBT_MS)),
		     ETIMEDOUT);
	EXPECT_ERRNO(RECV_WITH(empty, buf, 8, NULL,
			       .deadline = mbox_deadline_in(30 * MBT_MS)),
		     ETIMEDOUT);
	EXPECT_ERRNO(RECV_WITH(empty, buf, 8, NULL, .flags = MBOX_REALTIME,
			       .deadline = mbt_real_in_ms(30)),
		     ETIMEDOUT);
	EXPECT_GE(mbt_now() - start, 90 * MBT_MS);

	/* In the past: only if it would have to wait. */
	EXPECT_ERRNO(SEND_WITH(full, "x", 1, .deadline = 1), ETIMEDOUT);
	EXPECT_ERRNO(RECV_WITH(empty, buf, 8, NULL, .deadline = 1), ETIMEDOUT);
	EXPECT_EQ(SEND_WITH(empty, "x", 1, .deadline = 1), 0);
	EXPECT_EQ(RECV_WITH(full, buf, 8, NULL, .deadline = 1), 5);
	EXPECT_EQ(lib_status(full).sent, 1);
	mbox_close(empty);
	mbox_close(full);
}

TEST(a_blocked_sender_goes_on_when_there_is_room, "C16.1 C18.5")
{
	struct mbox *mb = full_mailbox();
	struct lib_call call = { .mb = mb, .data = "second", .len = 6 };
	char buf[8];

	lib_block_send(&call);
	EXPECT_EQ(lib_status(mb).senders_waiting, 1);
	EXPECT_EQ(mbox_recv(mb, buf, 8), 5);
	lib_finish(&call);
	EXPECT_EQ(call.ret, 0);
	EXPECT_EQ(mbox_recv(mb, buf, 8), 6);
	EXPECT_MEM(buf, "second", 6);
	mbox_close(mb);
}

TEST(a_blocked_receiver_gets_the_next_message, "C16.1")
{
	struct mbox *mb = lib_new(NULL);
	char buf[8];
	struct lib_call call = { .mb = mb, .buf = buf, .len = sizeof(buf) };

	lib_block_recv(&call);
	EXPECT_EQ(lib_status(mb).receivers_waiting, 1);
	EXPECT_EQ(mbox_send(mb, "hello", 5), 0);
	lib_finish(&call);
	EXPECT_EQ(call.ret, 5);
	EXPECT_EQ(call.message.pid, getpid());
	EXPECT_MEM(buf, "hello", 5);
	mbox_close(mb);
}

static void do_nothing(int sig)
{
	(void)sig;
}

static void handle_USR1(int flags)
{
	struct sigaction action = { .sa_handler = do_nothing,
				    .sa_flags = flags };

	ASSERT_OK(sigaction(SIGUSR1, &action, NULL));
}

TEST(a_signal_ends_the_wait_with_EINTR, "C17.1 SEND:EINTR RECV:EINTR")
{
	struct mbox *full = full_mailbox(), *empty = lib_new(NULL);
	char buf[8];
	struct lib_call send = { .mb = full, .data = "x", .len = 1 };
	struct lib_call recv = { .mb = empty, .buf = buf, .len = 8 };

	handle_USR1(0);
	lib_block_send(&send);
	lib_block_recv(&recv);
	ASSERT_EQ(pthread_kill(send.thread, SIGUSR1), 0);
	ASSERT_EQ(pthread_kill(recv.thread, SIGUSR1), 0);
	lib_finish(&send);
	lib_finish(&recv);
	EXPECT_EQ(send.ret, -1);
	EXPECT_EQ(send.err, EINTR);
	EXPECT_EQ(recv.ret, -1);
	EXPECT_EQ(recv.err, EINTR);
	EXPECT_EQ(lib_status(full).sent, 1);
	EXPECT_EQ(lib_status(full).senders_waiting, 0);
	EXPECT_EQ(lib_status(empty).receivers_waiting, 0);
	mbox_close(empty);
	mbox_close(full);
}

TEST(under_SA_RESTART_a_signal_is_not_seen, "C17.2")
{
	struct mbox *mb = lib_new(NULL);
	char buf[8];
	struct mbox_recv_options options = {
		.deadline = mbox_deadline_in(20 * MBT_SECOND),
	};
	struct lib_call call = {
		.mb = mb, .buf = buf, .len = 8, .recv_options = &options
	};

	handle_USR1(SA_RESTART);
	lib_block_recv(&call);
	for (int i = 0; i < 5; i++) {
		ASSERT_EQ(pthread_kill(call.thread, SIGUSR1), 0);
		mbt_sleep_ms(5);
	}
	wait_until_blocked(call.tid);
	ASSERT_EQ(mbox_send(mb, "late", 4), 0);
	lib_finish(&call);
	EXPECT_EQ(call.ret, 4);
	mbox_close(mb);
}

TEST(where_nobody_can_receive_a_send_is_EPIPE_without_a_signal,
     "C7.1 C7.2 SEND:EPIPE")
{
	struct mbox *mb = lib_new(NULL);
	struct mbox *sender = ASSERT_PTR(mbox_copy(mb, MBOX_SEND));

	EXPECT_EQ(mbox_send(sender, "x", 1), 0);
	mbox_close(mb);
	/* SIGPIPE has its default action here: it would kill. */
	EXPECT_ERRNO(mbox_send(sender, "x", 1), EPIPE);
	mbox_close(sender);
}

TEST(with_HANGUP_the_last_sender_s_end_is_EPIPE, "C6.8 C6.9 C6.10 RECV:EPIPE")
{
	struct mbox *owner = lib_named("ends", 0600, 0), *sender, *receiver;
	char buf[8];

	receiver = ASSERT_PTR(
		mbox_open("ends", MBOX_RECV | MBOX_HANGUP | MBOX_NONBLOCK));
	mbox_close(owner);
	sender = ASSERT_PTR(mbox_open("ends", MBOX_SEND));
	ASSERT_EQ(mbox_send(sender, "last", 4), 0);
	mbox_close(sender);
	EXPECT_EQ(mbox_recv(receiver, buf, 8), 4);
	EXPECT_ERRNO(mbox_recv(receiver, buf, 8), EPIPE);
	EXPECT_EQ(read(mbox_fd(receiver), buf, 8), 0);
	sender = ASSERT_PTR(mbox_open("ends", MBOX_SEND));
	EXPECT_ERRNO(mbox_recv(receiver, buf, 8), EAGAIN);
	mbox_close(sender);
	mbox_close(receiver);
}

TEST(a_SYNC_send_returns_when_it_was_taken_or_withdrawn, "C19.1 C19.2")
{
	struct mbox *mb = lib_new(NULL);
	struct mbox_send_options options = { .flags = MBOX_SYNC };
	struct lib_call call = {
		.mb = mb,
		.data = "sync",
		.len = 4,
		.send_options = &options,
	};
	char buf[8];

	lib_block_send(&call);
	EXPECT_EQ(mbox_recv(mb, buf, 8), 4);
	lib_finish(&call);
	EXPECT_EQ(call.ret, 0);

	options.deadline = mbox_deadline_in(20 * MBT_MS);
	EXPECT_ERRNO(mbox_send_with(mb, "sync", 4, &options), ETIMEDOUT);
	EXPECT_EQ(lib_status(mb).messages, 0);
	EXPECT_EQ(lib_status(mb).sent, 1);
	mbox_close(mb);
}

TEST(a_rendezvous_meets_its_receiver, "C15.1 C15.2")
{
	struct mbox_attr attr = { .capacity = MBOX_RENDEZVOUS };
	struct mbox *mb = lib_new(&attr);
	char buf[8];
	struct lib_call call = { .mb = mb, .buf = buf, .len = 8 };

	EXPECT_ERRNO(SEND_WITH(mb, "x", 1, .flags = MBOX_NOWAIT), EAGAIN);
	lib_block_recv(&call);
	EXPECT_EQ(SEND_WITH(mb, "met", 3, .flags = MBOX_NOWAIT), 0);
	lib_finish(&call);
	EXPECT_EQ(call.ret, 3);
	EXPECT_MEM(buf, "met", 3);
	mbox_close(mb);
}

TEST(a_receiver_chooses_among_the_messages, "C21.2 C21.3 C21.4")
{
	struct mbox *mb = lib_new(NULL);
	struct mbox_message message;
	char buf[2] = "";

	for (uint64_t tag = 5; tag < 9; tag++)
		ASSERT_EQ(SEND_WITH(mb, "x", 1, .tag = tag), 0);
#define CHOOSE(kind, value)                                           \
	RECV_WITH(mb, buf, 1, &message, .select = MBOX_SELECT_##kind, \
		  .flags = MBOX_NOWAIT, .select_value = (value))
	EXPECT_EQ(CHOOSE(TAG, 7), 1);
	EXPECT_EQ(message.tag, 7);
	EXPECT_ERRNO(CHOOSE(TAG, 7), EAGAIN);
	EXPECT_EQ(CHOOSE(NOT_TAG, 5), 1);
	EXPECT_EQ(message.tag, 6);
	EXPECT_ERRNO(CHOOSE(LOWEST_TAG, 4), EAGAIN);
	EXPECT_EQ(CHOOSE(LOWEST_TAG, UINT64_MAX), 1);
	EXPECT_EQ(message.tag, 5);
	EXPECT_ERRNO(CHOOSE(PID, (uint64_t)getppid()), EAGAIN);
	EXPECT_EQ(CHOOSE(PID, (uint64_t)getpid()), 1);
	EXPECT_EQ(message.tag, 8);
#undef CHOOSE
	mbox_close(mb);
}

TEST(a_filter_is_for_receiving_and_polling, "C21.5 C20.8")
{
	struct mbox *mb = lib_new(NULL), *send = mbox_copy(mb, MBOX_SEND);
	struct pollfd pollfd = { .fd = mbox_fd(mb), .events = POLLIN };
	char buf[2] = "";

	ASSERT_EQ(SEND_WITH(mb, "5", 1, .tag = 5), 0);
	ASSERT_EQ(mbox_filter(mb, MBOX_SELECT_NOT_TAG, 5), 0);
	EXPECT_EQ(poll(&pollfd, 1, 0), 0);
	EXPECT_ERRNO(RECV_WITH(mb, buf, 1, NULL, .flags = MBOX_NOWAIT), EAGAIN);
	ASSERT_EQ(SEND_WITH(mb, "6", 1, .tag = 6), 0);
	EXPECT_EQ(poll(&pollfd, 1, 0), 1);
	EXPECT_EQ(mbox_recv(mb, buf, 1), 1);
	EXPECT_STR(buf, "6");
	ASSERT_EQ(mbox_filter(mb, MBOX_SELECT_ANY, 0), 0);
	EXPECT_EQ(mbox_recv(mb, buf, 1), 1);
	EXPECT_STR(buf, "5");
	EXPECT_ERRNO(mbox_filter(send, MBOX_SELECT_TAG, 5), EBADF);
	ASSERT_EQ(mbox_destroy(mb), 0);
	EXPECT_ERRNO(mbox_filter(mb, MBOX_SELECT_TAG, 5), EIDRM);
	mbox_close(send);
	mbox_close(mb);
}

TEST(the_descriptor_can_be_polled_read_and_written, "C1.4 C1.5")
{
	struct mbox *mb = lib_new(NULL);
	struct pollfd pollfd = { .fd = mbox_fd(mb), .events = POLLIN };
	char buf[8];

	EXPECT_EQ(poll(&pollfd, 1, 0), 0);
	EXPECT_EQ(write(mbox_fd(mb), "abc", 3), 3);
	EXPECT_EQ(poll(&pollfd, 1, 0), 1);
	EXPECT_EQ(pollfd.revents, POLLIN);
	EXPECT_EQ(mbox_recv(mb, buf, 8), 3);
	EXPECT_EQ(mbox_send(mb, "de", 2), 0);
	EXPECT_EQ(read(mbox_fd(mb), buf, 8), 2);
	EXPECT_MEM(buf, "de", 2);
	mbox_close(mb);
}

TEST(what_is_over_the_limit_of_a_mailbox_is_EDQUOT, "C14.9 SEND:EDQUOT C11.1")
{
	struct mbox_attr attr = { .capacity = MBOX_UNBOUNDED,
				  .max_size = 1 << 20 };
	struct mbox *mb = lib_new(&attr);
	struct mbox_limits limits;
	uint64_t fit = 0;
	char *data;

	ASSERT_EQ(mbox_limits(&limits), 0);
	data = calloc(1, 1 << 20);
	ASSERT_TRUE(data);
	while (fit <= limits.mailbox_bytes && !mbox_send(mb, data, 1 << 20))
		fit += 1 << 20;
	EXPECT_EQ(errno, EDQUOT);
	EXPECT_EQ(fit, limits.mailbox_bytes >> 20 << 20);
	EXPECT_EQ(lib_status(mb).bytes, fit);
	free(data);
	mbox_close(mb);
}

TEST(notify_tells_its_thread_of_one_message, "C29.2 C29.5")
{
	const struct timespec now = { 0 };
	struct mbox *mb = lib_new(NULL);
	siginfo_t info;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	ASSERT_OK(sigprocmask(SIG_BLOCK, &set, NULL));
	EXPECT_EQ(mbox_notify(mb, SIGUSR1, 7), 0);
	EXPECT_ERRNO(mbox_notify(mb, -1, 0), EINVAL);
	EXPECT_ERRNO(mbox_notify(NULL, SIGUSR1, 0), EBADF);
	EXPECT_EQ(mbox_send(mb, "abc", 3), 0);
	ASSERT_EQ(sigtimedwait(&set, &info, &now), SIGUSR1);
	EXPECT_EQ(info.si_code, SI_MESGQ);
	EXPECT_EQ((uintptr_t)info.si_value.sival_ptr, 7);
	EXPECT_EQ(mbox_notify(mb, SIGUSR1, 7), 0);
	EXPECT_EQ(mbox_notify(mb, 0, 0), 0);
	mbox_close(mb);
}

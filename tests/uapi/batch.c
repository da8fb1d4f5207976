// SPDX-License-Identifier: GPL-2.0-only
/*
 * batch.c: SENDV and RECVV: what they move, and in which order.
 *
 * Owns: the claims of C31 that need nobody to wait.  Takes no locks; run by the
 * guest runner with the test build of the module.
 *
 * opts: module=test timeout=120
 */
#include "batch.h"

#include <sys/mman.h>

#include "call.h"
#include "told.h"

/* -- What is moved --------------------------------------------------------- */

TEST(a_batch_moves_1024_messages_in_one_call, "C31.1 C9.2")
{
	int fd = box_new(.capacity = MBOX_CAPACITY_UNBOUNDED), i;

	lay_out(MBOX_BATCH_MAX);
	lay_in(MBOX_BATCH_MAX);
	ASSERT_EQ(do_sendv(fd, MBOX_BATCH_MAX), MBOX_BATCH_MAX);
	EXPECT_EQ(stat_of(fd).messages, MBOX_BATCH_MAX);
	ASSERT_EQ(do_recvv(fd, MBOX_BATCH_MAX), MBOX_BATCH_MAX);
	expect_numbers(0, MBOX_BATCH_MAX);
	for (i = 0; i < MBOX_BATCH_MAX; i++) {
		ASSERT_EQ(in[i].id, i + 1);
		ASSERT_EQ(in[i].tag, i);
		ASSERT_EQ(in[i].pid, getpid());
		ASSERT_EQ(out[i].result, UNTOUCHED);
	}
	settled(fd, MBOX_BATCH_MAX, MBOX_BATCH_MAX);
	expect_empty(fd);
}

TEST(a_batch_of_one_is_a_message, "C31.1")
{
	int fd = box_new();

	put_numbers(fd, 1);
	expect_next(fd, "0");
	put(fd, "0");
	lay_in(1);
	ASSERT_EQ(do_recvv(fd, 1), 1);
	expect_numbers(0, 1);
}

TEST(a_batch_takes_what_is_there_and_no_more_than_its_size, "C31.2")
{
	int fd = box_new();

	put_numbers(fd, 5);
	lay_in(10);
	ASSERT_EQ(do_recvv(fd, 3), 3);
	expect_numbers(0, 3);
	EXPECT_EQ(in[3].result, UNTOUCHED);
	ASSERT_EQ(do_recvv(fd, 10), 2);
	expect_numbers(3, 2);
	expect_reason(in, 2, EAGAIN);
	settled(fd, 5, 5);
}

TEST(a_batch_keeps_to_the_order_of_the_mailbox, "C31.1 C9.1 C9.3")
{
	int fd = box_new();

	lay_out(4);
	out[1].priority = 7;
	out[2].priority = 7;
	out[3].flags = MBOX_URGENT;
	ASSERT_EQ(do_sendv(fd, 4), 4);
	lay_in(4);
	ASSERT_EQ(do_recvv(fd, 4), 4);
	EXPECT_STR(in_text[0], "1");
	EXPECT_STR(in_text[1], "2");
	EXPECT_STR(in_text[2], "3");
	EXPECT_STR(in_text[3], "0");
	EXPECT_EQ(in[0].priority, 7);
}

TEST(entries_lie_as_far_apart_as_the_caller_says, "C31.1")
{
	enum { APART = 512, N = 40 };
	static char sends[N * APART], recvs[N * APART], was[N * APART];
	int fd = box_new(.capacity = MBOX_CAPACITY_UNBOUNDED), i;

	lay_out(N);
	lay_in(N);
	memset(sends, 0xa5, sizeof(sends));
	memset(recvs, 0xa5, sizeof(recvs));
	for (i = 0; i < N; i++) {
		memcpy(sends + i * APART, &out[i], sizeof(out[i]));
		memcpy(recvs + i * APART, &in[i], sizeof(in[i]));
	}
	memcpy(was, sends, sizeof(was));
	ASSERT_EQ(do_batch(fd, MBOX_IOC_SENDV, sends, N, .entry_size = APART),
		  N);
	EXPECT_MEM(sends, was, sizeof(was));
	ASSERT_EQ(do_batch(fd, MBOX_IOC_RECVV, recvs, N, .entry_size = APART),
		  N);
	expect_numbers(0, N);
	for (i = 0; i < N; i++)
		ASSERT_MEM(recvs + i * APART + sizeof(in[0]),
			   was + i * APART + sizeof(in[0]),
			   APART - sizeof(in[0]));
}

TEST(long_messages_go_in_a_batch_like_short_ones, "C31.1 C8.1")
{
	enum { N = 5, LEN = 60000 };
	static char from[N][LEN], to[N][LEN];
	int fd = box_new(), i;

	lay_out(N);
	lay_in(N);
	for (i = 0; i < N; i++) {
		memset(from[i], 'a' + i, LEN);
		out[i].data = PTR(from[i]);
		out[i].len = LEN - (unsigned int)i;
		in[i].data = PTR(to[i]);
		in[i].len = LEN;
	}
	ASSERT_EQ(do_sendv(fd, N), N);
	ASSERT_EQ(do_recvv(fd, N), N);
	for (i = 0; i < N; i++) {
		EXPECT_EQ(in[i].msg_len, LEN - i);
		EXPECT_MEM(to[i], from[i], (size_t)(LEN - i));
	}
}

/* -- What goes alone ------------------------------------------------------- */

TEST(entries_of_a_batch_may_select, "C31.2 C21.1")
{
	int fd = box_new();

	put_numbers(fd, 5);
	lay_in(5);
	in[1].select = MBOX_SELECT_TAG;
	in[1].select_value = 4;
	in[3].select = MBOX_SELECT_TAG;
	in[3].select_value = 4;
	ASSERT_EQ(do_recvv(fd, 4), 3);
	EXPECT_STR(in_text[0], "0");
	EXPECT_STR(in_text[1], "4");
	EXPECT_STR(in_text[2], "1");
	expect_reason(in, 3, EAGAIN);
	expect_next(fd, "2");
	expect_next(fd, "3");
}

TEST(a_batch_honours_the_filter_of_its_handle, "C31.2 C21.5")
{
	int fd = box_new();

	put_numbers(fd, 4);
	ASSERT_OK(do_filter(fd, MBOX_SELECT_NOT_TAG, 1));
	lay_in(5);
	ASSERT_EQ(do_recvv(fd, 4), 3);
	EXPECT_STR(in_text[0], "0");
	EXPECT_STR(in_text[1], "2");
	EXPECT_STR(in_text[2], "3");
	expect_reason(in, 3, EAGAIN);
	EXPECT_EQ(stat_of(fd).messages, 1);
}

TEST(messages_with_a_receipt_come_in_a_batch_among_others, "C31.2 C19.1")
{
	int fd = box_new(.max_messages = 10);
	pid_t sync[2];
	int i;

	put_numbers(fd, 2);
	for (i = 0; i < 2; i++) {
		sync[i] = start_sender(fd, i ? "3" : "2", MBOX_SYNC, 0, 0);
		wait_until_blocked(sync[i]);
	}
	put(fd, "4");
	lay_in(6);
	ASSERT_EQ(do_recvv(fd, 6), 5);
	expect_numbers(0, 5);
	for (i = 0; i < 2; i++)
		EXPECT_CHILD_OK(sync[i]);
	settled(fd, 5, 5);
}

TEST(requests_come_in_a_batch_with_their_tokens, "C31.2 C26.2")
{
	int fd = box_new();
	pid_t pid;

	put(fd, "0");
	pid = caller(fd, "1", "answer");
	wait_until_blocked(pid);
	put(fd, "2");
	lay_in(4);
	ASSERT_EQ(do_recvv(fd, 4), 3);
	expect_numbers(0, 3);
	EXPECT_EQ(in[0].token, 0);
	ASSERT_NE(in[1].token, 0);
	EXPECT_EQ(in[2].token, 0);
	ASSERT_OK(do_reply(fd, in[1].token, "answer"));
	EXPECT_CHILD_OK(pid);
}

TEST(descriptors_come_in_a_batch_with_their_messages, "C31.2 C30.1 C30.4")
{
	int fd = box_new(.attrs = MBOX_ATTR_FDS), ends[2];
	__s32 passed, got = -1;
	char byte = 0;

	ASSERT_OK(pipe(ends));
	passed = ends[1];
	lay_out(4);
	out[1].fds = PTR(&passed);
	out[1].nfds = 1;
	out[3].fds = PTR(&passed);
	out[3].nfds = 1;
	ASSERT_EQ(do_sendv(fd, 4), 4);
	lay_in(5);
	in[1].fds = PTR(&got);
	in[1].nfds = 1;
	/* Those of the last are not asked for. */
	ASSERT_EQ(do_recvv(fd, 4), 4);
	expect_numbers(0, 4);
	EXPECT_EQ(in[0].msg_fds, 0);
	EXPECT_EQ(in[1].msg_fds, 1);
	EXPECT_EQ(in[2].msg_fds, 0);
	EXPECT_EQ(in[3].msg_fds, 1);
	ASSERT_EQ(write(got, "x", 1), 1);
	EXPECT_EQ(read(ends[0], &byte, 1), 1);
	EXPECT_EQ(byte, 'x');
	close(got);
	close(ends[0]);
	close(ends[1]);
}

TEST(a_batch_into_a_mailbox_that_drops_never_waits, "C31.1 C13.3")
{
	int fd = box_new(.max_messages = 2, .policy = MBOX_POLICY_DROP_OLDEST);

	put_numbers(fd, 50);
	EXPECT_EQ(stat_of(fd).dropped, 48);
	lay_in(3);
	ASSERT_EQ(do_recvv(fd, 3), 2);
	expect_numbers(48, 2);
	EXPECT_EQ(in[0].drops, 48);
	EXPECT_EQ(in[1].drops, 48);
	EXPECT_EQ(stat_of(fd).messages, 0);
}

TEST(a_batch_of_sync_sends_waits_for_each, "C31.1 C19.1")
{
	int fd = box_new(), i;
	pid_t pid;

	CHILD(pid)
	{
		lay_out(3);
		for (i = 0; i < 3; i++)
			out[i].flags = MBOX_SYNC;
		EXPECT_EQ(do_sendv(fd, 3), 3);
	}
	for (i = 0; i < 3; i++) {
		wait_until_blocked(pid);
		EXPECT_EQ(stat_of(fd).messages, 1);
		expect_next(fd, i == 0 ? "0" : i == 1 ? "1" : "2");
	}
	EXPECT_CHILD_OK(pid);
	settled(fd, 3, 3);
}

TEST(batches_meet_in_a_mailbox_without_room, "C31.1 C31.2 C15.1")
{
	int fd = box_new(.capacity = MBOX_CAPACITY_ZERO);
	pid_t pid;

	lay_in(5);
	CHILD(pid)
	{
		lay_out(5);
		EXPECT_EQ(do_sendv(fd, 5), 5);
	}
	ASSERT_EQ(do_recvv(fd, 5, .min = 5), 5);
	expect_numbers(0, 5);
	EXPECT_CHILD_OK(pid);
	settled(fd, 5, 5);
}

/* -- Who hears of it ------------------------------------------------------- */

TEST(a_batch_into_an_empty_mailbox_gives_the_signal_of_notify, "C29.5 C31.1")
{
	int fd = box_new();
	siginfo_t info;

	hold_signal(SIGRTMIN);
	ASSERT_OK(do_notify(fd, (__u32)SIGRTMIN, 5));
	put_numbers(fd, 3);
	expect_signal(SIGRTMIN, &info);
	EXPECT_EQ(value_of(&info), 5);
	expect_no_signal(SIGRTMIN);
	/* It is not empty any more. */
	ASSERT_OK(do_notify(fd, (__u32)SIGRTMIN, 6));
	put_numbers(fd, 3);
	expect_no_signal(SIGRTMIN);
}

TEST(a_batch_that_goes_to_a_receiver_gives_no_signal_for_that, "C29.5")
{
	int fd = box_new();
	pid_t pid = start_receiver(fd, "0", 0, 0);

	wait_until_blocked(pid);
	hold_signal(SIGRTMIN);
	ASSERT_OK(do_notify(fd, (__u32)SIGRTMIN, 5));
	put_numbers(fd, 1);
	EXPECT_CHILD_OK(pid);
	expect_no_signal(SIGRTMIN);
	put_numbers(fd, 2);
	expect_signal(SIGRTMIN, NULL);
}

/* -- What is refused ------------------------------------------------------- */

#define BOTH(fd, n, err, ...)                                            \
	do {                                                             \
		expect_refused(fd, do_sendv(fd, n, ##__VA_ARGS__), err); \
		expect_refused(fd, do_recvv(fd, n, ##__VA_ARGS__), err); \
	} while (0)

TEST(a_batch_that_makes_no_sense_is_einval, "C31.1 ANY:EINVAL C11.1")
{
	int fd = box_new();

	put(fd, "x");
	lay_out(MBOX_BATCH_MAX + 1);
	lay_in(MBOX_BATCH_MAX + 1);
	BOTH(fd, 0, EINVAL);
	BOTH(fd, MBOX_BATCH_MAX + 1, EINVAL);
	BOTH(fd, 0xffffffff, EINVAL);
	BOTH(fd, 1, EINVAL, .__reserved = 1);
	BOTH(fd, 1, EINVAL, .flags = MBOX_SYNC);
	BOTH(fd, 1, EINVAL, .flags = MBOX_TRUNCATE);
	BOTH(fd, 1, EINVAL, .flags = MBOX_REALTIME);
	BOTH(fd, 1, EINVAL, .deadline = 1ULL << 63);
	BOTH(fd, 1, EINVAL, .min = 2);
	expect_refused(fd, do_sendv(fd, 1, .min = 1), EINVAL);
	BOTH(fd, 1, EINVAL, .entry_size = 0);
	BOTH(fd, 1, EINVAL, .entry_size = 4104);
	BOTH(fd, 1, EINVAL, .entry_size = sizeof(in[0]) + 4);
	expect_refused(fd, do_sendv(fd, 1, .entry_size = sizeof(out[0]) - 8),
		       EINVAL);
	expect_refused(fd, do_recvv(fd, 1, .entry_size = sizeof(in[0]) - 8),
		       EINVAL);
	EXPECT_EQ(out[0].result, UNTOUCHED);
	EXPECT_EQ(in[0].result, UNTOUCHED);
}

TEST(a_batch_without_the_right_is_ebadf, "C31.1 SEND:EBADF RECV:EBADF")
{
	int fd = box_new();

	lay_out(1);
	lay_in(1);
	EXPECT_ERRNO(do_sendv(ASSERT_OK(do_copy(fd, R_RECV)), 1), EBADF);
	EXPECT_ERRNO(do_recvv(ASSERT_OK(do_copy(fd, R_SEND)), 1), EBADF);
}

TEST(an_entry_that_makes_no_sense_is_einval, "C31.3 ANY:EINVAL ANY:E2BIG")
{
	static struct {
		struct mbox_send send;
		char tail[8];
	} longer = { .send = { .size = sizeof(longer) } };
	int fd = box_new();

	put(fd, "x");
#define SENDS(err, ...)                                              \
	do {                                                         \
		out[0] = (struct mbox_send){ .size = sizeof(out[0]), \
					     ##__VA_ARGS__ };        \
		expect_refused(fd, do_sendv(fd, 1), err);            \
	} while (0)
#define RECEIVES(err, ...)                                           \
	do {                                                         \
		in[0] = (struct mbox_recv){ .size = sizeof(in[0]),   \
					    .data = PTR(in_text[0]), \
					    .len = 7,                \
					    ##__VA_ARGS__ };         \
		expect_refused(fd, do_recvv(fd, 1), err);            \
	} while (0)
	SENDS(EINVAL, .flags = MBOX_NOWAIT);
	SENDS(EINVAL, .flags = MBOX_REALTIME);
	SENDS(EINVAL, .flags = 0x80000000);
	SENDS(EINVAL, .deadline = (uint64_t)mbt_now() + MBT_SECOND);
	SENDS(EINVAL, .priority = MBOX_PRIORITY_MAX + 1);
	SENDS(EINVAL, .nfds = MBOX_FDS_MAX + 1);
	SENDS(EOPNOTSUPP, .nfds = 1);
	SENDS(EMSGSIZE, .len = MBOX_DEFAULT_SIZE + 1, .data = PTR(nowhere()));
	SENDS(EFAULT, .len = 1, .data = PTR(nowhere()));
	RECEIVES(EINVAL, .flags = MBOX_NOWAIT);
	RECEIVES(EINVAL, .flags = MBOX_REALTIME);
	RECEIVES(EINVAL, .flags = 0x80000000);
	RECEIVES(EINVAL, .deadline = (uint64_t)mbt_now() + MBT_SECOND);
	RECEIVES(EINVAL, .select = 99);
	RECEIVES(EFAULT, .data = PTR(nowhere()));
	RECEIVES(EMSGSIZE, .len = 0);
	EXPECT_EQ(in[0].msg_len, 1);
	/* Its own size is not more than the way to the next one. */
	expect_refused(fd,
		       do_batch(fd, MBOX_IOC_SENDV, &longer, 1,
				.entry_size = sizeof(longer.send)),
		       EINVAL);
	EXPECT_EQ(do_batch(fd, MBOX_IOC_SENDV, &longer, 1), 1);
	longer.tail[0] = 1;
	expect_refused(fd, do_batch(fd, MBOX_IOC_SENDV, &longer, 1), E2BIG);
	longer.send.size = sizeof(longer.send) - 8;
	expect_refused(fd, do_batch(fd, MBOX_IOC_SENDV, &longer, 1), EINVAL);
}

TEST(entries_of_a_newer_program_are_taken_if_they_ask_for_nothing_new,
     "C31.1 C31.2 ANY:E2BIG")
{
	enum { N = 3 };
	static struct {
		struct mbox_send send;
		char tail[16];
	} sends[N];
	static struct {
		struct mbox_recv recv;
		char tail[16];
	} recvs[N];
	int fd = box_new(.capacity = MBOX_CAPACITY_UNBOUNDED), i;

	lay_out(N);
	lay_in(N);
	for (i = 0; i < N; i++) {
		sends[i].send = out[i];
		sends[i].send.size = sizeof(sends[i]);
		recvs[i].recv = in[i];
		recvs[i].recv.size = sizeof(recvs[i]);
	}
	EXPECT_EQ(do_batch(fd, MBOX_IOC_SENDV, sends, N), N);
	recvs[2].tail[15] = 1;
	EXPECT_EQ(do_batch(fd, MBOX_IOC_RECVV, recvs, N), 2);
	EXPECT_EQ(recvs[2].recv.result, -E2BIG);
	EXPECT_STR(in_text[0], "0");
	EXPECT_STR(in_text[1], "1");
	EXPECT_EQ(recvs[1].recv.msg_len, 1);
	EXPECT_EQ(recvs[1].recv.tag, 1);
	expect_next(fd, "2");
}

TEST(a_batch_ends_before_an_entry_that_is_bad, "C31.3 C11.9")
{
	int fd = box_new(.capacity = MBOX_CAPACITY_UNBOUNDED);

	lay_out(1000);
	out[499].priority = MBOX_PRIORITY_MAX + 1;
	out[700].size = 0;
	ASSERT_EQ(do_sendv(fd, 1000), 499);
	expect_reason(out, 499, EINVAL);
	EXPECT_EQ(stat_of(fd).messages, 499);

	lay_in(1000);
	in[450].select = 99;
	ASSERT_EQ(do_recvv(fd, 1000), 450);
	expect_reason(in, 450, EINVAL);
	expect_numbers(0, 450);
	expect_next(fd, "450");
}

TEST(each_kind_of_reason_stands_in_the_entry_it_is_about, "C31.3 C11.9")
{
	int fd = box_new(), fixed, drops;

	fixed = box_new(.attrs = MBOX_ATTR_FIXED, .max_size = 1);
	drops = box_new(.max_messages = 9, .policy = MBOX_POLICY_DROP_NEWEST);
	lay_out(3);
	out[1].len = MBOX_DEFAULT_SIZE + 1;
	EXPECT_EQ(do_sendv(fd, 3), 1);
	expect_reason(out, 1, EMSGSIZE);
	lay_out(3);
	out[1].data = PTR(nowhere());
	EXPECT_EQ(do_sendv(fd, 3), 1);
	expect_reason(out, 1, EFAULT);
	lay_out(3);
	out[1].len = 0;
	EXPECT_EQ(do_sendv(fixed, 3), 1);
	expect_reason(out, 1, EINVAL);
	lay_out(3);
	out[1].flags = MBOX_SYNC;
	EXPECT_EQ(do_sendv(drops, 3), 1);
	expect_reason(out, 1, EOPNOTSUPP);
	lay_out(3);
	out[1].flags = MBOX_SYNC;
	EXPECT_EQ(do_sendv(fd, 3, .flags = MBOX_NOWAIT), 1);
	expect_reason(out, 1, EAGAIN);
	settled(fd, 3, 0);

	lay_in(3);
	in[1].len = 0;
	EXPECT_EQ(do_recvv(fd, 3), 1);
	expect_reason(in, 1, EMSGSIZE);
	EXPECT_EQ(in[1].msg_len, 1);
	lay_in(3);
	in[1].data = PTR(nowhere());
	EXPECT_EQ(do_recvv(fd, 3), 1);
	expect_reason(in, 1, EFAULT);
	lay_in(3);
	in[0].len = 0;
	in[0].flags = MBOX_TRUNCATE;
	EXPECT_EQ(do_recvv(fd, 3), 1);
	EXPECT_EQ(in[0].msg_len, 1);
	expect_reason(in, 1, EAGAIN);
	settled(fd, 3, 3);
}

TEST(entries_behind_the_end_of_memory_end_a_batch, "C31.3 ANY:EFAULT C11.9")
{
	char *page = pages_before_hole(1), *end = page + page_size();
	struct mbox_send *sends = (struct mbox_send *)end - 3;
	struct mbox_recv *recvs = (struct mbox_recv *)end - 2;
	int fd = box_new();

	lay_out(3);
	memcpy(sends, out, 3 * sizeof(out[0]));
	EXPECT_EQ(do_batch(fd, MBOX_IOC_SENDV, sends, 5), 3);
	lay_in(2);
	memcpy(recvs, in, 2 * sizeof(in[0]));
	EXPECT_EQ(do_batch(fd, MBOX_IOC_RECVV, recvs, 3), 2);
	EXPECT_STR(in_text[1], "1");
	expect_refused(fd, do_batch(fd, MBOX_IOC_SENDV, sends + 3, 5), EFAULT);
	expect_refused(fd, do_batch(fd, MBOX_IOC_RECVV, recvs + 2, 3), EFAULT);
	expect_next(fd, "2");
}

TEST(a_reason_that_cannot_be_written_changes_nothing, "C31.3 C11.9")
{
	struct mbox_send *sends = pages_before_hole(1);
	struct mbox_recv *recvs = pages_before_hole(1);
	int fd = box_new(.max_messages = 2);

	lay_out(3);
	memcpy(sends, out, 3 * sizeof(out[0]));
	ASSERT_OK(mprotect(sends, page_size(), PROT_READ));
	EXPECT_EQ(do_batch(fd, MBOX_IOC_SENDV, sends, 3, .flags = MBOX_NOWAIT),
		  2);
	settled(fd, 2, 0);
	/* A structure that cannot be written has not received. */
	lay_in(3);
	memcpy(recvs, in, 3 * sizeof(in[0]));
	ASSERT_OK(mprotect(recvs, page_size(), PROT_READ));
	expect_refused(fd, do_batch(fd, MBOX_IOC_RECVV, recvs, 3), EFAULT);
	expect_next(fd, "0");
	expect_next(fd, "1");
}

TEST(batches_that_must_not_wait_move_what_they_can, "C31.3 C16.2 C16.3 C11.9")
{
	int fd = box_new(.max_messages = 4), i;
	int nonblock = ASSERT_OK(
		do_copy(fd, R_SEND | R_RECV, .flags = MBOX_OPEN_NONBLOCK));

	for (i = 0; i < 2; i++) {
		int via = i ? nonblock : fd;
		__u32 flags = i ? 0 : MBOX_NOWAIT;

		lay_out(6);
		lay_in(6);
		ASSERT_EQ(do_sendv(via, 6, .flags = flags), 4);
		expect_reason(out, 4, EAGAIN);
		expect_refused(fd, do_sendv(via, 6, .flags = flags), EAGAIN);
		ASSERT_EQ(do_recvv(via, 6, .min = 6, .flags = flags), 4);
		expect_numbers(0, 4);
		expect_reason(in, 4, EAGAIN);
		expect_refused(fd, do_recvv(via, 6, .flags = flags), EAGAIN);
	}
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * select.c: a receiver chooses among the messages that are there.
 *
 * Owns: the claims of C21 about RECV.  Takes no locks; run by the guest runner.
 *
 * opts: module=test timeout=180
 */
#include "select.h"

#include <pthread.h>
#include <sched.h>

/* -- By tag --------------------------------------------------------------------- */

TEST(a_message_is_chosen_by_its_tag, "C21.2")
{
	int fd = box_new();

	put_tag(fd, "a7", 7);
	put_tag(fd, "a8", 8);
	put_tag(fd, "b8", 8);
	put_tag(fd, "b7", 7);
	put_tag(fd, "largest", UINT64_MAX);
	expect_none(fd, TAG, 9);
	expect_chosen(fd, TAG, UINT64_MAX, "largest");
	expect_chosen(fd, TAG, 8, "a8");
	expect_chosen(fd, TAG, 8, "b8");
	expect_none(fd, TAG, 8);
	expect_chosen(fd, TAG, 7, "a7");
	expect_next(fd, "b7");
	expect_empty(fd);
}

TEST(a_message_is_chosen_by_another_tag, "C21.2")
{
	int fd = box_new();

	put_tag(fd, "a7", 7);
	put_tag(fd, "b8", 8);
	put_tag(fd, "c7", 7);
	expect_chosen(fd, NOT_TAG, 7, "b8");
	expect_none(fd, NOT_TAG, 7);
	expect_chosen(fd, NOT_TAG, 0, "a7");
	expect_chosen(fd, NOT_TAG, UINT64_MAX, "c7");
}

TEST(a_selection_of_any_takes_the_first, "C21.1")
{
	int fd = box_new();

	put_tag(fd, "a", 7);
	put_tag(fd, "b", 0);
	put_tag(fd, "first", 9, .priority = 1);
	expect_chosen(fd, MBOX_SELECT_ANY, 0, "first");
	expect_chosen(fd, MBOX_SELECT_ANY, 0, "a");
	expect_chosen(fd, MBOX_SELECT_ANY, 0, "b");
}

TEST(of_those_that_fit_the_order_of_receiving_counts, "C21.2 C9.1 C9.2")
{
	static const char *const order[] = { "u9", "a9", "b9", "u5",
					     "a5", "u0", "a0", "b0" };
	int fd = box_new();
	size_t i;

	put_tag(fd, "a0", 7);
	put_tag(fd, "-", 8);
	put_tag(fd, "b0", 7);
	put_tag(fd, "a5", 7, .priority = 5);
	put_tag(fd, "-", 8, .priority = 5);
	put_tag(fd, "a9", 7, .priority = 9);
	put_tag(fd, "-", 8, .priority = 9);
	put_tag(fd, "b9", 7, .priority = 9);
	ASSERT_OK(do_send(fd, "u9", 2, .tag = 7, .priority = 9,
			  .flags = MBOX_URGENT));
	ASSERT_OK(do_send(fd, "-", 1, .tag = 8, .priority = 9,
			  .flags = MBOX_URGENT));
	ASSERT_OK(do_send(fd, "u5", 2, .tag = 7, .priority = 5,
			  .flags = MBOX_URGENT));
	ASSERT_OK(do_send(fd, "u0", 2, .tag = 7, .flags = MBOX_URGENT));
	for (i = 0; i < 8; i++)
		expect_chosen(fd, TAG, 7, order[i]);
	expect_none(fd, TAG, 7);
	for (i = 0; i < 4; i++)
		expect_next(fd, "-");
}

TEST(the_lowest_tag_is_chosen_if_it_is_not_above_a_value, "C21.3")
{
	int fd = box_new();

	put_tag(fd, "8", 8, .priority = 9);
	put_tag(fd, "5", 5);
	put_tag(fd, "6", 6, .priority = 3);
	put_tag(fd, "largest", UINT64_MAX);
	expect_none(fd, LOWEST, 4);
	expect_none(fd, LOWEST, 0);
	expect_chosen(fd, LOWEST, 5, "5");
	expect_none(fd, LOWEST, 5);
	expect_chosen(fd, LOWEST, 100, "6");
	expect_chosen(fd, LOWEST, UINT64_MAX, "8");
	expect_none(fd, LOWEST, UINT64_MAX - 1);
	expect_chosen(fd, LOWEST, UINT64_MAX, "largest");
}

TEST(of_the_lowest_tag_the_first_to_be_received_is_chosen, "C21.3 C9.1 C9.2")
{
	static const char *const order[] = { "u", "high", "a", "b" };
	uint64_t low;
	size_t i;

	for (low = 0; low < 2; low++) {
		int fd = box_new();

		put_tag(fd, "a", low);
		put_tag(fd, "-", low + 1, .priority = 9);
		put_tag(fd, "b", low);
		put_tag(fd, "high", low, .priority = 3);
		ASSERT_OK(do_send(fd, "u", 1, .tag = low, .priority = 3,
				  .flags = MBOX_URGENT));
		for (i = 0; i < 4; i++)
			expect_chosen(fd, LOWEST, 9, order[i]);
		expect_chosen(fd, LOWEST, 9, "-");
	}
}

/* -- By process ------------------------------------------------------------------ */

TEST(a_message_is_chosen_by_who_sent_it, "C21.4 C8.5")
{
	int fd = box_new();
	pid_t pid;

	put(fd, "mine");
	CHILD(pid)
	{
		put(fd, "a");
		put(fd, "b");
	}
	EXPECT_CHILD_OK(pid);
	/* It has ended, and its messages are its own all the same. */
	expect_none(fd, BY_PID, getppid());
	expect_chosen(fd, BY_PID, pid, "a");
	expect_chosen(fd, BY_PID, pid, "b");
	expect_none(fd, BY_PID, pid);
	expect_chosen(fd, BY_PID, getpid(), "mine");
}

static void *put_from_thread(void *arg)
{
	static pid_t tid;

	put(*(int *)arg, "x");
	tid = mbt_gettid();
	return &tid;
}

TEST(what_a_thread_sends_is_of_its_process, "C21.4 C8.5")
{
	int fd = box_new();
	pthread_t thread;
	void *tid;

	ASSERT_EQ(pthread_create(&thread, NULL, put_from_thread, &fd), 0);
	ASSERT_EQ(pthread_join(thread, &tid), 0);
	expect_none(fd, BY_PID, *(pid_t *)tid);
	expect_chosen(fd, BY_PID, getpid(), "x");
}

TEST(a_process_id_is_that_of_the_receivers_namespace, "C21.4 C8.8")
{
	int fd = box_new();
	pid_t pid;

	put(fd, "from outside");
	ASSERT_OK(unshare(CLONE_NEWPID));
	CHILD(pid)
	{
		EXPECT_EQ(getpid(), 1);
		/* Who is outside has no number here. */
		expect_none(fd, BY_PID, 1);
		put(fd, "a");
		put(fd, "b");
		expect_chosen(fd, BY_PID, 1, "a");
	}
	EXPECT_CHILD_OK(pid);
	expect_none(fd, BY_PID, 1);
	expect_chosen(fd, BY_PID, pid, "b");
	expect_chosen(fd, BY_PID, getpid(), "from outside");
}

/* -- Errors ----------------------------------------------------------------------- */

#define recv_nowait(fd_, kind_, value_)                               \
	({                                                            \
		struct mbox_recv bad_;                                \
		do_recv(fd_, &bad_, NULL, 0, .flags = MBOX_NOWAIT,    \
			.select = (kind_), .select_value = (value_)); \
	})

TEST(a_selection_without_sense_is_einval, "ANY:EINVAL C34.6")
{
	int fd = box_new();
	struct mbox_filter f = { .size = sizeof(f), .flags = 1 };

	put_tag(fd, "x", 7);
	expect_refused(fd, recv_nowait(fd, MBOX_SELECT_ANY, 1), EINVAL);
	expect_refused(fd, recv_nowait(fd, BY_PID + 1, 0), EINVAL);
	expect_refused(fd, recv_nowait(fd, ~0U, 0), EINVAL);
	expect_refused(fd, recv_nowait(fd, BY_PID, 0), EINVAL);
	expect_refused(fd, recv_nowait(fd, BY_PID, 1ULL << 31), EINVAL);
	expect_refused(fd, recv_nowait(fd, BY_PID, 1ULL << 32 | 1), EINVAL);
	expect_refused(fd, recv_nowait(fd, BY_PID, UINT64_MAX), EINVAL);
	expect_refused(fd, recv_nowait(fd, BY_PID, INT32_MAX), EAGAIN);

	expect_refused(fd, do_filter(fd, MBOX_SELECT_ANY, 1), EINVAL);
	expect_refused(fd, do_filter(fd, LOWEST, 7), EINVAL);
	expect_refused(fd, do_filter(fd, BY_PID + 1, 0), EINVAL);
	expect_refused(fd, do_filter(fd, BY_PID, 0), EINVAL);
	expect_refused(fd, do_filter(fd, BY_PID, 1ULL << 31), EINVAL);
	expect_refused(fd, box_ioctl(fd, MBOX_IOC_FILTER, &f), EINVAL);
	f.flags = 0;
	f.__reserved = 1;
	expect_refused(fd, box_ioctl(fd, MBOX_IOC_FILTER, &f), EINVAL);
	/* None of them has become the filter. */
	expect_next(fd, "x");
}

TEST(a_chosen_message_that_is_too_long_stays, "C10.1 C21.2 RECV:EMSGSIZE")
{
	int fd = box_new();
	struct mbox_recv r;
	char buf[8] = "";

	put_tag(fd, "-", 8);
	put_tag(fd, "12345", 7);
	expect_refused(fd,
		       do_recv(fd, &r, buf, 4, .flags = MBOX_NOWAIT,
			       .select = TAG, .select_value = 7),
		       EMSGSIZE);
	EXPECT_EQ(r.msg_len, 5);
	ASSERT_OK(do_recv(fd, &r, buf, 4, .flags = MBOX_NOWAIT | MBOX_TRUNCATE,
			  .select = LOWEST, .select_value = 7));
	EXPECT_EQ(r.msg_len, 5);
	EXPECT_STR(buf, "1234");
}

TEST(a_chosen_message_that_cannot_be_copied_keeps_its_place,
     "C11.1 C11.5 C21.2 ANY:EFAULT")
{
	static const __u32 kinds[] = { TAG, NOT_TAG, LOWEST, BY_PID };
	uint64_t values[] = { 7, 8, 7, (uint64_t)getpid() };
	struct mbox_recv r;
	size_t i;

	for (i = 0; i < 4; i++) {
		int fd = box_new();

		put_tag(fd, "other", 9);
		put_tag(fd, "first", 7);
		put_tag(fd, "second", 7);
		/* Of any process the first is another. */
		if (kinds[i] == BY_PID || kinds[i] == NOT_TAG)
			expect_next(fd, "other");
		expect_refused(fd,
			       do_recv(fd, &r, nowhere(), 64,
				       .flags = MBOX_NOWAIT, .select = kinds[i],
				       .select_value = values[i]),
			       EFAULT);
		expect_chosen(fd, kinds[i], values[i], "first");
		expect_chosen(fd, kinds[i], values[i], "second");
		close(fd);
	}
}

TEST(one_that_came_back_is_found_by_a_filter_that_had_passed_it,
     "C11.5 C21.5 C36.7")
{
	int fd = box_new(), all = ASSERT_OK(do_copy(fd, R_RECV | R_SEND));
	struct mbox_recv r;

	ASSERT_OK(do_filter(fd, TAG, 7));
	put_tag(fd, "-", 8);
	expect_none(fd, MBOX_SELECT_ANY, 0);
	/* It is taken from behind the place, and comes back. */
	put_tag(fd, "mine", 7);
	expect_refused(all,
		       do_recv(all, &r, nowhere(), 64, .flags = MBOX_NOWAIT,
			       .select = TAG, .select_value = 7),
		       EFAULT);
	expect_next(fd, "mine");
	expect_next(all, "-");
}

TEST(to_choose_needs_recv, "C3.3 RECV:EBADF FILTER:EBADF")
{
	int all = box_new(), fd = ASSERT_OK(do_copy(all, R_SEND | R_ADMIN));

	put_tag(all, "x", 7);
	expect_refused(all, recv_nowait(fd, TAG, 7), EBADF);
	expect_refused(all, do_filter(fd, TAG, 7), EBADF);
}

TEST(to_choose_from_a_destroyed_mailbox_fails_with_EIDRM,
     "C4.13 RECV:EIDRM FILTER:EIDRM")
{
	int fd = box_new();

	put_tag(fd, "x", 7);
	ASSERT_OK(do_destroy(fd));
	EXPECT_ERRNO(recv_nowait(fd, TAG, 7), EIDRM);
	EXPECT_ERRNO(do_filter(fd, TAG, 7), EIDRM);
	EXPECT_ERRNO(do_filter(fd, MBOX_SELECT_ANY, 0), EIDRM);
}

TEST(a_deadline_in_the_past_counts_where_nothing_fits, "C16.7 RECV:ETIMEDOUT")
{
	int fd = box_new();
	struct mbox_recv r;
	char c;

	put_tag(fd, "x", 7);
	expect_refused(fd,
		       do_recv(fd, &r, &c, 1, .deadline = 1, .select = TAG,
			       .select_value = 8),
		       ETIMEDOUT);
	EXPECT_OK(do_recv(fd, &r, &c, 1, .deadline = 1, .select = TAG,
			  .select_value = 7));
}

TEST(a_handle_is_at_its_end_only_when_nothing_at_all_is_left,
     "C6.8 C6.9 C21.5 RECV:EPIPE")
{
	int all = box_new(.flags = MBOX_OPEN_CREATE | MBOX_OPEN_HANGUP);
	int recv = ASSERT_OK(do_copy(all, R_RECV));
	char c;

	put_tag(all, "x", 7);
	ASSERT_OK(do_filter(recv, TAG, 8));
	close(all);
	/* Somebody else may come, and take what is left. */
	expect_none(recv, TAG, 8);
	EXPECT_EQ(ready(recv, POLLIN), 0);
	ASSERT_OK(do_filter(recv, MBOX_SELECT_ANY, 0));
	expect_next(recv, "x");
	ASSERT_OK(do_filter(recv, TAG, 8));
	EXPECT_ERRNO(recv_nowait(recv, TAG, 8), EPIPE);
	EXPECT_EQ(read(recv, &c, 1), 0);
	EXPECT_EQ(ready(recv, POLLIN), POLLHUP);
}

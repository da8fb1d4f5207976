// SPDX-License-Identifier: GPL-2.0-only
/*
 * peek.c: to look at what would be received, and to empty a mailbox.
 *
 * Owns: the claims of C22.  Takes no locks; run by the guest runner.
 *
 * opts: module=test timeout=60
 */
#include "races.h"

#include <poll.h>
#include <string.h>
#include <sys/wait.h>

/* Without waiting, at a priority. */
static void put_at(int fd, const char *text, unsigned int priority, __u32 flags)
{
	ASSERT_OK(do_send(fd, text, strlen(text), .priority = priority,
			  .flags = MBOX_NOWAIT | flags));
}

/* What is behind p's place is this text; p is its place then. */
#define expect_behind(fd, p, text) \
	check_behind(__FILE__, __LINE__, fd, p, MBOX_BEHIND, text)
#define expect_first(fd, p, text) \
	check_behind(__FILE__, __LINE__, fd, p, 0, text)
static void check_behind(const char *file, int line, int fd,
			 struct mbox_peek *p, __u32 flags, const char *text)
{
	struct mbox_peek before = *p;
	char buf[64] = "";
	int ret;

	if (flags)
		ret = do_peek(fd, p, buf, sizeof(buf) - 1, .flags = flags,
			      .place = before.place,
			      .place_priority = before.place_priority);
	else
		ret = do_peek(fd, p, buf, sizeof(buf) - 1);
	if (mbt_check_ok(file, line, "PEEK", ret, errno))
		mbt_check_str(file, line, "what was seen", buf, text);
}

#define expect_end(fd, p)                                                      \
	({                                                                     \
		struct mbox_peek end_ = *(p);                                  \
		EXPECT_ERRNO(do_peek(fd, &end_, NULL, 0, .flags = MBOX_BEHIND, \
				     .place = (p)->place,                      \
				     .place_priority = (p)->place_priority),   \
			     EAGAIN);                                          \
	})

TEST(peek_shows_the_next_message_and_leaves_it, "C22.1 C8.4")
{
	int fd = box_new(), i;
	struct mbox_peek p;
	struct mbox_recv r;
	char buf[16] = "";

	put_at(fd, "low", 1, 0);
	ASSERT_OK(do_send(fd, "high", 4, .priority = 5, .tag = 77));
	for (i = 0; i < 3; i++) {
		ASSERT_OK(do_peek(fd, &p, buf, sizeof(buf)));
		EXPECT_MEM(buf, "high", 4);
		EXPECT_EQ(stat_of(fd).messages, 2);
		EXPECT_EQ(stat_of(fd).received, 0);
	}
	ASSERT_OK(do_recv(fd, &r, buf, sizeof(buf)));
	EXPECT_EQ(p.id, r.id);
	EXPECT_EQ(p.tag, 77);
	EXPECT_EQ(p.place_priority, 5);
	EXPECT_EQ(p.msg_len, 4);
	EXPECT_EQ(p.start_time, r.start_time);
	EXPECT_EQ(p.sent_time, r.sent_time);
	EXPECT_EQ(p.drops, r.drops);
	EXPECT_EQ(p.pid, getpid());
	EXPECT_EQ(p.tid, r.tid);
	EXPECT_EQ(p.uid, geteuid());
	EXPECT_EQ(p.gid, getegid());
	expect_next(fd, "low");
}

TEST(peek_never_waits, "C22.1 PEEK:EAGAIN")
{
	int fd = box_new();
	struct mbox_peek p = { 0 };

	expect_refused(fd, do_peek(fd, &p, NULL, 0), EAGAIN);
	put(fd, "x");
	expect_first(fd, &p, "x");
	expect_end(fd, &p);
}

TEST(a_walk_shows_every_message_in_the_order_of_receiving, "C22.2 C22.4")
{
	int fd = box_new();
	static const char *const order[] = { "u9", "a9", "b9", "u5b", "u5a",
					     "a5", "u0", "a0", "b0" };
	struct mbox_peek p = { 0 };
	size_t i;

	put_at(fd, "a0", 0, 0);
	put_at(fd, "a5", 5, 0);
	put_at(fd, "u5a", 5, MBOX_URGENT);
	put_at(fd, "a9", 9, 0);
	put_at(fd, "u9", 9, MBOX_URGENT);
	put_at(fd, "u5b", 5, MBOX_URGENT);
	put_at(fd, "b0", 0, 0);
	put_at(fd, "u0", 0, MBOX_URGENT);
	put_at(fd, "b9", 9, 0);
	expect_first(fd, &p, order[0]);
	for (i = 1; i < 9; i++)
		expect_behind(fd, &p, order[i]);
	expect_end(fd, &p);
	for (i = 0; i < 9; i++)
		expect_next(fd, order[i]);
}

TEST(a_place_stays_one_when_its_message_has_gone, "C22.2 C22.4")
{
	int fd = box_new();
	struct mbox_peek p = { 0 };

	put(fd, "a");
	put(fd, "b");
	put(fd, "c");
	expect_first(fd, &p, "a");
	expect_behind(fd, &p, "b");
	/* Both that were seen leave, and one that nobody has seen comes. */
	expect_next(fd, "a");
	expect_next(fd, "b");
	put(fd, "d");
	put_at(fd, "high", 3, 0);
	expect_behind(fd, &p, "c");
	expect_behind(fd, &p, "d");
	expect_end(fd, &p);
}

/* Of many, others take some from anywhere; the walk sees all that stay. */
TEST(a_long_walk_misses_nothing_that_stays, "C22.4 C36.3")
{
	enum { MANY = 5000 };
	int fd = box_new(.capacity = MBOX_CAPACITY_UNBOUNDED), seen = 0;
	struct mbox_peek p = { 0 };
	struct mbox_recv r;
	uint32_t i, n, last = 0;
	int err;

	for (i = 1; i <= MANY; i++)
		ASSERT_OK(do_send(fd, &i, sizeof(i), .priority = i % 3 * 7));
	ASSERT_OK(do_peek(fd, &p, &n, sizeof(n)));
	for (;;) {
		seen++;
		last = n;
		/* One that was seen goes, the first. */
		if (seen % 2)
			ASSERT_OK(do_recv(fd, &r, &n, sizeof(n)));
		err = do_peek(fd, &p, &n, sizeof(n), .flags = MBOX_BEHIND,
			      .place = p.place,
			      .place_priority = p.place_priority);
		if (err)
			break;
		/* Within a priority, first in is first seen. */
		if (n % 3 == last % 3)
			EXPECT_EQ(n, last + 3);
	}
	EXPECT_EQ(errno, EAGAIN);
	EXPECT_EQ(seen, MANY);
}

TEST(a_place_that_never_was_is_a_number_as_any, "C22.2 ANY:EINVAL PEEK:EAGAIN")
{
	int fd = box_new();
	struct mbox_peek p = { 0 };

	put_at(fd, "a", 5, 0);
	p.place_priority = 6;
	p.place = ~(uint64_t)0;
	expect_behind(fd, &p, "a");
	p.place_priority = 5;
	p.place = 0;
	expect_behind(fd, &p, "a");
	expect_refused(fd,
		       do_peek(fd, &p, NULL, 0, .flags = MBOX_BEHIND,
			       .place_priority = 4),
		       EAGAIN);
	expect_refused(fd,
		       do_peek(fd, &p, NULL, 0, .flags = MBOX_BEHIND,
			       .place_priority = MBOX_PRIORITY_MAX + 1),
		       EINVAL);
	/* A place that is not asked for must be none. */
	expect_refused(fd, do_peek(fd, &p, NULL, 0, .place = 1), EINVAL);
	expect_refused(fd, do_peek(fd, &p, NULL, 0, .place_priority = 1),
		       EINVAL);
	expect_refused(fd, do_peek(fd, &p, NULL, 0, .flags = MBOX_NOWAIT),
		       EINVAL);
}

TEST(peek_without_room_tells_how_much_is_needed, "C10.1 PEEK:EMSGSIZE")
{
	int fd = box_new();
	struct mbox_peek p;
	char buf[8] = "";

	put(fd, "12345");
	expect_refused(fd, do_peek(fd, &p, buf, 4), EMSGSIZE);
	EXPECT_EQ(p.msg_len, 5);
	EXPECT_EQ(buf[0], 0);
	ASSERT_OK(do_peek(fd, &p, buf, 4, .flags = MBOX_TRUNCATE));
	EXPECT_EQ(p.msg_len, 5);
	EXPECT_STR(buf, "1234");
}

TEST(peek_needs_recv, "C3.3 PEEK:EBADF FLUSH:EBADF")
{
	int all = box_new(), fd = ASSERT_OK(do_copy(all, R_SEND | R_ADMIN));
	struct mbox_peek p;
	uint64_t n;

	put(all, "x");
	expect_refused(all, do_peek(fd, &p, NULL, 0), EBADF);
	expect_refused(all, do_flush(fd, &n), EBADF);
}

TEST(peek_into_bad_memory_changes_nothing, "ANY:EFAULT C11.1")
{
	int fd = box_new();
	struct mbox_peek p;

	put(fd, "x");
	expect_refused(fd, do_peek(fd, &p, nowhere(), 10), EFAULT);
	expect_next(fd, "x");
}

TEST(peek_gives_no_receipt, "C19.10 C22.1")
{
	int fd = box_new();
	struct mbox_peek p = { 0 };
	pid_t pid = start_sender(fd, "x", MBOX_SYNC, 0, 0);

	wait_until_blocked(pid);
	expect_first(fd, &p, "x");
	wait_until_blocked(pid);
	expect_next(fd, "x");
	EXPECT_CHILD_OK(pid);
}

TEST(flush_empties_without_destroying, "C22.5")
{
	int fd = box_new(.max_messages = 3);
	struct mbox_info before = info_of();
	struct mbox_stat st;
	uint64_t n;

	ASSERT_OK(do_flush(fd, &n));
	EXPECT_EQ(n, 0);
	put(fd, "a");
	put_at(fd, "b", 5, 0);
	put_at(fd, "c", 5, MBOX_URGENT);
	ASSERT_OK(do_flush(fd, &n));
	EXPECT_EQ(n, 3);
	st = stat_of(fd);
	EXPECT_EQ(st.messages, 0);
	EXPECT_EQ(st.bytes, 0);
	EXPECT_EQ(st.received, 3);
	EXPECT_EQ(st.dropped, 0);
	EXPECT_EQ(info_of().used_messages, before.used_messages);
	EXPECT_EQ(ready(fd, POLL_ALL), POLLOUT);
	put(fd, "d");
	expect_next(fd, "d");
}

TEST(flush_passes_room_and_receipts_on, "C22.5 C18.4 C19.1")
{
	int fd = box_new(.max_messages = 1);
	pid_t sync, waits;
	uint64_t n;

	sync = start_sender(fd, "sync", MBOX_SYNC, 0, 0);
	wait_until_blocked(sync);
	waits = start_sender(fd, "waits", 0, 0, 0);
	wait_until_blocked(waits);
	ASSERT_OK(do_flush(fd, &n));
	EXPECT_EQ(n, 1);
	EXPECT_CHILD_OK(sync);
	EXPECT_CHILD_OK(waits);
	expect_next(fd, "waits");
}

TEST(flush_of_thousands_takes_what_there_is, "C22.5 C36.3")
{
	int fd = box_new(.capacity = MBOX_CAPACITY_UNBOUNDED), i;
	uint64_t n;

	for (i = 0; i < 5000; i++)
		ASSERT_OK(do_send(fd, "x", 1, .priority = (__u32)i % 50));
	ASSERT_OK(do_flush(fd, &n));
	EXPECT_EQ(n, 5000);
	expect_empty(fd);
}

TEST(flush_into_bad_memory_changes_nothing, "ANY:EFAULT C11.1")
{
	int fd = box_new();
	char *page = pages_before_hole(1);
	struct mbox_flush *f = (void *)(page + page_size() - 8);

	f->size = sizeof(*f);
	f->flags = 0;
	put(fd, "x");
	expect_refused(fd, box_ioctl(fd, MBOX_IOC_FLUSH, f), EFAULT);
	expect_next(fd, "x");
}

TEST(peek_and_flush_of_a_destroyed_mailbox_fail_with_EIDRM,
     "C4.12 PEEK:EIDRM FLUSH:EIDRM")
{
	int fd = box_new();
	struct mbox_peek p;
	uint64_t n;

	put(fd, "x");
	ASSERT_OK(do_destroy(fd));
	EXPECT_ERRNO(do_peek(fd, &p, NULL, 0), EIDRM);
	EXPECT_ERRNO(do_flush(fd, &n), EIDRM);
}

/* -- while-peeking: found, and not yet in user memory -------------------------- */

/* A child that peeks at "x", and sees it whatever happens meanwhile. */
static pid_t start_peek(int fd)
{
	pid_t pid;

	mbt_delay_arm("while-peeking");
	CHILD(pid)
	{
		struct mbox_peek p = { 0 };

		expect_first(fd, &p, "x");
	}
	mbt_delay_wait("while-peeking");
	return pid;
}

TEST(what_is_peeked_at_can_be_received_meanwhile, "C22.1 C14.13")
{
	int fd = box_new();
	struct mbox_info before = info_of();
	pid_t pid;

	need_delays();
	put(fd, "x");
	pid = start_peek(fd);
	expect_next(fd, "x");
	expect_empty(fd);
	mbt_delay_release("while-peeking");
	EXPECT_CHILD_OK(pid);
	EXPECT_EQ(info_of().used_messages, before.used_messages);
}

TEST(what_is_peeked_at_can_be_destroyed_meanwhile, "C22.1 C4.12 C14.13")
{
	struct mbox_info before = info_of();
	int fd = box_new();
	pid_t pid;

	need_delays();
	put(fd, "x");
	pid = start_peek(fd);
	ASSERT_OK(do_destroy(fd));
	mbt_delay_release("while-peeking");
	EXPECT_CHILD_OK(pid);
	EXPECT_EQ(info_of().used_messages, before.used_messages);
}

TEST(what_is_peeked_at_can_be_withdrawn_meanwhile, "C22.1 C19.2 C14.13")
{
	int fd = box_new();
	pid_t pid, sync;

	need_delays();
	sync = start_sender(fd, "x", MBOX_SYNC, EINTR, 0);
	wait_until_blocked(sync);
	pid = start_peek(fd);
	ASSERT_OK(kill(sync, SIGUSR1));
	EXPECT_CHILD_OK(sync);
	expect_empty(fd);
	mbt_delay_release("while-peeking");
	EXPECT_CHILD_OK(pid);
}

TEST(what_is_peeked_at_can_be_dropped_and_flushed_meanwhile,
     "C22.1 C22.5 C13.3")
{
	int fd = box_new(.max_messages = 1, .policy = MBOX_POLICY_DROP_OLDEST);
	uint64_t n;
	pid_t pid;

	need_delays();
	put(fd, "x");
	pid = start_peek(fd);
	put(fd, "y");
	mbt_delay_release("while-peeking");
	EXPECT_CHILD_OK(pid);
	expect_next(fd, "y");
	put(fd, "x");
	pid = start_peek(fd);
	ASSERT_OK(do_flush(fd, &n));
	EXPECT_EQ(n, 1);
	mbt_delay_release("while-peeking");
	EXPECT_CHILD_OK(pid);
}

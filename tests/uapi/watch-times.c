// SPDX-License-Identifier: GPL-2.0-only
/*
 * watch-times.c: how long messages lie in a mailbox, as STAT counts it.
 *
 * Owns: the claim C33.8; part of the program uapi-watch.  A message lay from
 * its time of sending, which it carries, until some time between just before
 * and just after the call that received it.  Takes no locks; run by the guest
 * runner.
 */
#include "box.h"

static int box_with_times(void)
{
	return box_new(.attrs = MBOX_ATTR_TIMES, .max_messages = 100);
}

/* The bucket of a message that lay so long, as the header describes it. */
static int bucket_of(uint64_t ns)
{
	int i = 0;

	while (i < MBOX_TIMES_BUCKETS - 1 && ns >= 1ULL << (i + 10))
		i++;
	return i;
}

static unsigned long long sum(const struct mbox_stat *st)
{
	unsigned long long n = 0;
	int i;

	for (i = 0; i < MBOX_TIMES_BUCKETS; i++)
		n += st->times[i];
	return n;
}

/* The only message of a mailbox is received, and stands in its bucket. */
static void receive_and_look(int fd)
{
	uint64_t before = (uint64_t)mbt_now(), after;
	struct mbox_stat st;
	struct mbox_recv r;
	int i, at = -1;
	char c;

	ASSERT_OK(do_recv(fd, &r, &c, 1));
	after = (uint64_t)mbt_now();
	st = stat_of(fd);
	ASSERT_EQ(sum(&st), 1);
	for (i = 0; i < MBOX_TIMES_BUCKETS; i++)
		if (st.times[i])
			at = i;
	EXPECT_GE(at, bucket_of(before - r.sent_time));
	EXPECT_LE(at, bucket_of(after - r.sent_time));
}

TEST(a_message_is_counted_by_how_long_it_lay, "C33.8")
{
	int fd = box_with_times();
	struct mbox_peek p = { .size = sizeof(p), .flags = MBOX_TRUNCATE };

	/* At once, and after a time that is several buckets longer. */
	put(fd, "x");
	receive_and_look(fd);
	fd = box_with_times();
	put(fd, "x");
	ASSERT_OK(box_ioctl(fd, MBOX_IOC_PEEK, &p));
	while ((uint64_t)mbt_now() < p.sent_time + 20 * MBT_MS)
		mbt_sleep_ms(1);
	receive_and_look(fd);
}

TEST(every_message_received_is_counted_once, "C33.8")
{
	int fd = box_with_times(), i;
	struct mbox_stat st;

	st = stat_of(fd);
	EXPECT_EQ(sum(&st), 0);
	for (i = 0; i < 20; i++)
		put(fd, "12345");
	st = stat_of(fd);
	EXPECT_EQ(sum(&st), 0);
	for (i = 0; i < 15; i++)
		expect_next(fd, "12345");
	st = stat_of(fd);
	EXPECT_EQ(st.received, 15);
	EXPECT_EQ(sum(&st), 15);
}

TEST(a_message_that_was_handed_over_is_counted, "C33.8")
{
	int kinds[] = { MBOX_CAPACITY_BOUNDED, MBOX_CAPACITY_ZERO }, kind;

	for (kind = 0; kind < 2; kind++) {
		int fd = box_new(.attrs = MBOX_ATTR_TIMES,
				 .capacity = (__u32)kinds[kind]);
		struct mbox_stat st;
		struct mbox_recv r;
		pid_t pid;
		char c;

		CHILD(pid)
		ASSERT_OK(do_recv(fd, &r, &c, 1));
		wait_until_blocked(pid);
		ASSERT_OK(do_send(fd, "x", 1, .flags = MBOX_SYNC));
		EXPECT_CHILD_OK(pid);
		st = stat_of(fd);
		EXPECT_EQ(st.received, 1);
		EXPECT_EQ(sum(&st), 1);
	}
}

TEST(what_flush_receives_is_counted_and_what_is_dropped_is_not, "C33.8")
{
	int fd = box_new(.attrs = MBOX_ATTR_TIMES, .max_messages = 3,
			 .policy = MBOX_POLICY_DROP_OLDEST);
	struct mbox_flush f = { .size = sizeof(f) };
	struct mbox_recv r;
	struct mbox_stat st;
	int i;

	for (i = 0; i < 5; i++)
		put(fd, "x");
	/* A receive that fails is none. */
	EXPECT_ERRNO(do_recv(fd, &r, nowhere(), 1), EFAULT);
	EXPECT_ERRNO(do_recv(fd, &r, NULL, 0), EMSGSIZE);
	st = stat_of(fd);
	EXPECT_EQ(st.dropped, 2);
	EXPECT_EQ(sum(&st), 0);
	ASSERT_OK(box_ioctl(fd, MBOX_IOC_FLUSH, &f));
	st = stat_of(fd);
	EXPECT_EQ(st.received, 3);
	EXPECT_EQ(sum(&st), 3);
}

TEST(without_times_nothing_is_counted, "C33.8")
{
	int fd = box_new();
	struct mbox_stat st;

	put(fd, "x");
	expect_next(fd, "x");
	st = stat_of(fd);
	EXPECT_EQ(st.received, 1);
	EXPECT_EQ(sum(&st), 0);
}

TEST(a_program_that_knows_no_times_gets_none, "C34.4")
{
	struct {
		struct mbox_stat st;
		char after[8];
	} old = { .st.size = offsetof(struct mbox_stat, times) };
	int fd = box_with_times();

	memset(old.st.times, 0x55, sizeof(old.st.times));
	put(fd, "x");
	expect_next(fd, "x");
	ASSERT_OK(box_ioctl(fd, MBOX_IOC_STAT, &old.st));
	EXPECT_EQ(old.st.received, 1);
	EXPECT_EQ(old.st.times[0], 0x5555555555555555);
	EXPECT_EQ(old.st.times[MBOX_TIMES_BUCKETS - 1], 0x5555555555555555);
}

/* It and the watch on an owner are part of what a mailbox takes. */
TEST(what_a_mailbox_keeps_beside_its_messages_is_charged, "C14.2 C14.13")
{
	unsigned long long plain, with;
	struct mbox_info before = info_of();
	int fd = box_new();

	plain = info_of().used_bytes - before.used_bytes;
	close(fd);
	fd = box_with_times();
	with = info_of().used_bytes - before.used_bytes;
	EXPECT_GE(with, plain + sizeof(((struct mbox_stat *)NULL)->times));
	close(fd);
	fd = box_new(.lifetime = MBOX_LIFETIME_OWNER);
	with = info_of().used_bytes - before.used_bytes;
	EXPECT_GT(with, plain);
	close(fd);
	EXPECT_EQ(info_of().used_bytes, before.used_bytes);
}

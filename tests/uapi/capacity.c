// SPDX-License-Identifier: GPL-2.0-only
/*
 * capacity.c: how much a mailbox holds, and which attributes make sense.
 *
 * Owns: the claims of C12.  Takes no locks; run by the guest runner.
 *
 * opts: timeout=60
 */
#include "box.h"

#include <fcntl.h>
#include <sys/wait.h>

static char bytes[65536];

TEST(capacity_0_has_no_buffer, "C12.1 SEND:EAGAIN RECV:EAGAIN")
{
	int fd = box_new(.capacity = MBOX_CAPACITY_ZERO);
	struct mbox_stat st = stat_of(fd);
	struct mbox_recv r;
	char c;

	EXPECT_EQ(st.capacity, MBOX_CAPACITY_ZERO);
	expect_refused(fd, do_send(fd, "x", 1, .flags = MBOX_NOWAIT), EAGAIN);
	expect_refused(fd, do_send(fd, "", 0, .flags = MBOX_NOWAIT), EAGAIN);
	expect_refused(fd, do_recv(fd, &r, &c, 1, .flags = MBOX_NOWAIT),
		       EAGAIN);
}

TEST(capacity_is_bounded_by_messages, "C12.2 SEND:EAGAIN")
{
	static const int counts[] = { 1, 2, 16, 17, 300 };
	size_t i;
	int n;

	for (i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		int fd = box_new(.max_messages = (__u64)counts[i]);

		EXPECT_EQ(stat_of(fd).max_messages, counts[i]);
		EXPECT_EQ(stat_of(fd).max_bytes, 0);
		for (n = 0; n < counts[i]; n++)
			put(fd, n % 2 ? "" : "abc");
		expect_refused(fd, do_send(fd, "", 0, .flags = MBOX_NOWAIT),
			       EAGAIN);
		expect_next(fd, "abc");
		put(fd, "");
		expect_refused(fd, do_send(fd, "", 0, .flags = MBOX_NOWAIT),
			       EAGAIN);
		EXPECT_EQ(stat_of(fd).peak_messages, counts[i]);
		close(fd);
	}
}

TEST(capacity_is_bounded_by_bytes, "C12.3 SEND:EAGAIN")
{
	int fd = box_new(.max_bytes = 100, .max_size = 60), i;

	EXPECT_EQ(stat_of(fd).max_messages, 0);
	EXPECT_EQ(stat_of(fd).max_bytes, 100);
	ASSERT_OK(do_send(fd, bytes, 60, .flags = MBOX_NOWAIT));
	expect_refused(fd, do_send(fd, bytes, 41, .flags = MBOX_NOWAIT),
		       EAGAIN);
	ASSERT_OK(do_send(fd, bytes, 40, .flags = MBOX_NOWAIT));
	EXPECT_EQ(stat_of(fd).bytes, 100);
	expect_refused(fd, do_send(fd, bytes, 1, .flags = MBOX_NOWAIT), EAGAIN);
	/* Messages without bytes are not bounded by bytes. */
	for (i = 0; i < 50; i++)
		ASSERT_OK(do_send(fd, NULL, 0, .flags = MBOX_NOWAIT));
}

TEST(capacity_is_bounded_by_messages_and_bytes_at_once, "C12.4 SEND:EAGAIN")
{
	int fd = box_new(.max_messages = 3, .max_bytes = 100, .max_size = 90);

	ASSERT_OK(do_send(fd, bytes, 90, .flags = MBOX_NOWAIT));
	expect_refused(fd, do_send(fd, bytes, 11, .flags = MBOX_NOWAIT),
		       EAGAIN);
	ASSERT_OK(do_send(fd, bytes, 5, .flags = MBOX_NOWAIT));
	ASSERT_OK(do_send(fd, bytes, 1, .flags = MBOX_NOWAIT));
	expect_refused(fd, do_send(fd, bytes, 1, .flags = MBOX_NOWAIT), EAGAIN);
	EXPECT_EQ(stat_of(fd).messages, 3);
	EXPECT_EQ(stat_of(fd).bytes, 96);
}

TEST(the_default_is_16_messages_of_64_kib, "C12.5")
{
	int fd = box_new(), i;
	struct mbox_stat st = stat_of(fd);

	EXPECT_EQ(st.capacity, MBOX_CAPACITY_BOUNDED);
	EXPECT_EQ(st.max_messages, 16);
	EXPECT_EQ(st.max_bytes, 0);
	EXPECT_EQ(st.max_size, 65536);
	EXPECT_EQ(st.attrs, 0);
	EXPECT_EQ(st.lifetime, MBOX_LIFETIME_DESCRIPTOR);
	for (i = 0; i < 16; i++)
		ASSERT_OK(do_send(fd, bytes, 65536, .flags = MBOX_NOWAIT));
	expect_refused(fd, do_send(fd, bytes, 0, .flags = MBOX_NOWAIT), EAGAIN);
	/* With a bound on bytes alone the largest message is no larger. */
	EXPECT_EQ(stat_of(box_new(.max_bytes = 1000)).max_size, 1000);
	EXPECT_EQ(stat_of(box_new(.max_bytes = 1 << 20)).max_size, 65536);
}

TEST(unbounded_is_limited_by_quotas_alone, "C12.6 SEND:EDQUOT C14.9")
{
	int fd = box_new(.capacity = MBOX_CAPACITY_UNBOUNDED), i;

	EXPECT_EQ(stat_of(fd).capacity, MBOX_CAPACITY_UNBOUNDED);
	for (i = 0; i < 2000; i++)
		ASSERT_OK(do_send(fd, bytes, 1, .flags = MBOX_NOWAIT));
	EXPECT_EQ(stat_of(fd).messages, 2000);
	/* Up to the limit of a mailbox, 16 MiB. */
	for (i = 0; i < 255; i++)
		ASSERT_OK(do_send(fd, bytes, 65536));
	expect_refused(fd, do_send(fd, bytes, 65536), EDQUOT);
	expect_refused(fd, do_send(fd, bytes, 65536, .flags = MBOX_NOWAIT),
		       EDQUOT);
	ASSERT_OK(do_send(fd, bytes, 65536 - 2000));
	expect_refused(fd, do_send(fd, bytes, 1), EDQUOT);
	ASSERT_OK(do_send(fd, bytes, 0));
	EXPECT_EQ(stat_of(fd).bytes, 16 << 20);
}

#define REFUSED(...)                                                        \
	expect_refused(watch,                                               \
		       box_open(.flags = MBOX_OPEN_CREATE, .rights = R_ALL, \
				__VA_ARGS__),                               \
		       EINVAL)

TEST(attributes_without_a_meaning_are_refused, "C12.7 C12.8 ANY:EINVAL")
{
	int watch = box_new();

	/* Fewer bytes than the largest message has. */
	REFUSED(.max_bytes = 99, .max_size = 100);
	REFUSED(.max_bytes = 1, .max_size = 2);
	REFUSED(.max_bytes = 99, .max_size = 100, .max_messages = 5);
	ASSERT_OK(box_open(.flags = MBOX_OPEN_CREATE, .rights = R_ALL,
			   .max_bytes = 100, .max_size = 100));
	/* Persistent without a name. */
	REFUSED(.lifetime = MBOX_LIFETIME_PERSISTENT);
	/* Bounds on what has none. */
	REFUSED(.capacity = MBOX_CAPACITY_ZERO, .max_messages = 1);
	REFUSED(.capacity = MBOX_CAPACITY_ZERO, .max_bytes = 65536);
	REFUSED(.capacity = MBOX_CAPACITY_UNBOUNDED, .max_messages = 1);
	REFUSED(.capacity = MBOX_CAPACITY_UNBOUNDED, .max_bytes = 1 << 20);
	/* A message that no mailbox could ever hold. */
	REFUSED(.max_size = (16 << 20) + 1);
	REFUSED(.max_size = 0xffffffff);
	/* All messages of one length, and none said. */
	REFUSED(.attrs = MBOX_ATTR_FIXED);
	/* They must make sense even if the mailbox is there already. */
	box_named("there");
	REFUSED(NAMED("there"), .mode = 0600, .max_bytes = 1, .max_size = 2);
}

TEST(absurd_bounds_do_not_overflow, "C12.2 C12.3")
{
	int fd = box_new(.max_messages = ~0ULL, .max_bytes = ~0ULL,
			 .max_size = 16 << 20);

	put(fd, "x");
	put(fd, "y");
	expect_next(fd, "x");
	fd = box_new(.max_messages = ~0ULL >> 1);
	put(fd, "x");
	fd = box_new(.max_messages = 1ULL << 32, .max_bytes = 1ULL << 32);
	put(fd, "x");
	put(fd, "y");
	EXPECT_EQ(stat_of(fd).messages, 2);
}

TEST(attributes_are_fixed_at_creation, "C12.9")
{
	int fd = box_named("fixed", .max_messages = 5, .max_size = 50,
			   .attrs = MBOX_ATTR_TIMES, .mode = 0640);
	struct mbox_stat before = stat_of(fd), after;
	int again = ASSERT_OK(box_open(.flags = MBOX_OPEN_CREATE,
				       .rights = R_ALL, .mode = 0666,
				       NAMED("fixed"), .max_messages = 7,
				       .max_size = 70, .attrs = MBOX_ATTR_FIXED,
				       .lifetime = MBOX_LIFETIME_PERSISTENT));

	after = stat_of(again);
	EXPECT_EQ(after.max_messages, before.max_messages);
	EXPECT_EQ(after.max_size, before.max_size);
	EXPECT_EQ(after.max_bytes, before.max_bytes);
	EXPECT_EQ(after.attrs, before.attrs);
	EXPECT_EQ(after.mode, before.mode);
	EXPECT_EQ(after.capacity, before.capacity);
	EXPECT_EQ(after.lifetime, before.lifetime);
	close(fd);
	close(again);
	EXPECT_ERRNO(box_open(.rights = R_ALL, NAMED("fixed")), ENOENT);
}

TEST(what_a_receiver_is_copying_still_takes_its_room, "C11.3")
{
	/* Shown in effect.c with a receiver that stops in the middle. */
	int fd = box_new(.max_messages = 1);
	struct mbox_recv r;
	char c;

	put(fd, "x");
	EXPECT_ERRNO(do_recv(fd, &r, NULL, 1), EFAULT);
	expect_refused(fd, do_send(fd, "y", 1, .flags = MBOX_NOWAIT), EAGAIN);
	ASSERT_OK(do_recv(fd, &r, &c, 1));
	put(fd, "y");
}

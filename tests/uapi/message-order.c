// SPDX-License-Identifier: GPL-2.0-only
/*
 * message-order.c: in which order messages come, and how long they may be.
 *
 * Owns: the claims of C9 and C10; part of the program uapi-message.  Takes no
 * locks; run by the guest runner.
 */
#include "box.h"

#include <fcntl.h>
#include <sys/wait.h>

static void pattern(char *buf, size_t len, unsigned int seed)
{
	size_t i;

	for (i = 0; i < len; i++)
		buf[i] = (char)(i * 31 + i / 251 + seed);
}

/* -- Order -------------------------------------------------------------------- */

TEST(higher_priority_comes_first, "C9.1")
{
	int fd = box_new(.max_messages = 100);
	static const struct {
		const char *text;
		__u32 priority;
	} m[] = { { "d", 5 },	  { "f", 0 }, { "b", 32766 },
		  { "a", 32767 }, { "e", 4 }, { "c", 6 } };
	size_t i;

	for (i = 0; i < sizeof(m) / sizeof(m[0]); i++)
		ASSERT_OK(do_send(fd, m[i].text, 1, .priority = m[i].priority));
	expect_next(fd, "a");
	expect_next(fd, "b");
	expect_next(fd, "c");
	expect_next(fd, "d");
	expect_next(fd, "e");
	expect_next(fd, "f");
	expect_empty(fd);
}

TEST(within_a_priority_it_is_first_in_first_out, "C9.2")
{
	int fd = box_new(.max_messages = 100), i;
	char text[8];

	for (i = 0; i < 30; i++) {
		snprintf(text, sizeof(text), "%d.%d", i % 3, i / 3);
		ASSERT_OK(do_send(fd, text, strlen(text),
				  .priority = (__u32)(i % 3)));
	}
	for (i = 0; i < 30; i++) {
		snprintf(text, sizeof(text), "%d.%d", 2 - i / 10, i % 10);
		expect_next(fd, text);
	}
}

TEST(urgent_goes_to_the_front_of_its_priority, "C9.3")
{
	int fd = box_new(.max_messages = 100);

	ASSERT_OK(do_send(fd, "p2", 2, .priority = 2));
	ASSERT_OK(do_send(fd, "p1a", 3, .priority = 1));
	ASSERT_OK(do_send(fd, "p1b", 3, .priority = 1));
	ASSERT_OK(do_send(fd, "u1", 2, .priority = 1, .flags = MBOX_URGENT));
	ASSERT_OK(do_send(fd, "u1'", 3, .priority = 1, .flags = MBOX_URGENT));
	ASSERT_OK(do_send(fd, "u0", 2, .priority = 0, .flags = MBOX_URGENT));
	ASSERT_OK(do_send(fd, "p1c", 3, .priority = 1));
	expect_next(fd, "p2");
	expect_next(fd, "u1'");
	expect_next(fd, "u1");
	expect_next(fd, "p1a");
	expect_next(fd, "p1b");
	expect_next(fd, "p1c");
	expect_next(fd, "u0");
	ASSERT_OK(do_send(fd, "alone", 5, .flags = MBOX_URGENT));
	expect_next(fd, "alone");
}

/* A reference queue in user space, and the mailbox beside it. */
TEST(a_long_random_sequence_keeps_the_order, "C9.1 C9.2 C9.3")
{
	struct model {
		__u32 priority;
		int64_t key; /* small is early; urgent ones count down */
		__u64 tag;
	} *q = calloc(2000, sizeof(*q));
	int fd = box_new(.capacity = MBOX_CAPACITY_UNBOUNDED);
	int n = 0, round, i, best;
	unsigned int seed = 20261121;
	int64_t back = 0, front = 0;
	struct mbox_recv r;

	ASSERT_TRUE(q);
	for (round = 0; round < 6000; round++) {
		bool send = rand_r(&seed) % 100 < (round < 3000 ? 60 : 45);

		if (send && n < 2000) {
			bool urgent = rand_r(&seed) % 4 == 0;
			struct model m = { .priority = (__u32)(rand_r(&seed) %
							       5 * 8000),
					   .key = urgent ? --front : ++back,
					   .tag = (__u64)round };

			ASSERT_OK(do_send(fd, "", 0, .tag = m.tag,
					  .priority = m.priority,
					  .flags = MBOX_NOWAIT |
						   (urgent ? MBOX_URGENT : 0)));
			q[n++] = m;
		} else if (n) {
			for (best = 0, i = 1; i < n; i++)
				if (q[i].priority > q[best].priority ||
				    (q[i].priority == q[best].priority &&
				     q[i].key < q[best].key))
					best = i;
			ASSERT_OK(
				do_recv(fd, &r, NULL, 0, .flags = MBOX_NOWAIT));
			ASSERT_EQ(r.tag, q[best].tag);
			q[best] = q[--n];
		}
	}
	EXPECT_EQ(stat_of(fd).messages, n);
	free(q);
}

/* -- Size --------------------------------------------------------------------- */

TEST(a_buffer_that_is_too_small_leaves_the_message, "C10.1 RECV:EMSGSIZE")
{
	int fd = box_new(), room;
	char buf[16];
	struct mbox_recv r = { 0 };

	put(fd, "0123456789");
	put(fd, "next");
	for (room = 0; room < 10; room++) {
		memset(buf, 'u', sizeof(buf));
		expect_refused(fd, do_recv(fd, &r, buf, room), EMSGSIZE);
		EXPECT_EQ(r.msg_len, 10);
		expect_refused(fd,
			       do_recv(fd, &r, buf, room, .flags = MBOX_NOWAIT),
			       EMSGSIZE);
		EXPECT_MEM(buf, "uuuuuuuuuuuuuuuu", 16);
		/* What the error speaks of is all that it tells. */
		EXPECT_EQ(r.id, 0);
		EXPECT_EQ(r.pid, 0);
		if (room) {
			expect_refused(fd, read(fd, buf, (size_t)room),
				       EMSGSIZE);
		}
	}
	ASSERT_OK(do_recv(fd, &r, buf, 10));
	EXPECT_EQ(r.id, 1);
	expect_next(fd, "next");
}

TEST(truncate_takes_what_fits_and_tells_the_length, "C10.2")
{
	static char big[20000], got[20000];
	int fd = box_new();
	struct mbox_recv r;

	pattern(big, sizeof(big), 3);
	ASSERT_OK(do_send(fd, big, sizeof(big)));
	memset(got, 'u', sizeof(got));
	ASSERT_OK(do_recv(fd, &r, got, 9000, .flags = MBOX_TRUNCATE));
	EXPECT_EQ(r.msg_len, sizeof(big));
	EXPECT_MEM(got, big, 9000);
	EXPECT_EQ(got[9000], 'u');
	expect_empty(fd);
	put(fd, "abc");
	ASSERT_OK(do_recv(fd, &r, nowhere(), 0, .flags = MBOX_TRUNCATE));
	EXPECT_EQ(r.msg_len, 3);
	expect_empty(fd);
	put(fd, "abc");
	ASSERT_OK(do_recv(fd, &r, got, 100, .flags = MBOX_TRUNCATE));
	EXPECT_EQ(r.msg_len, 3);
}

TEST(a_fixed_size_mailbox_refuses_any_other_length, "C10.3 ANY:EINVAL")
{
	int fd = box_new(.attrs = MBOX_ATTR_FIXED, .max_size = 8);
	char buf[16] = "0123456789";
	struct mbox_recv r;
	__u32 len;

	for (len = 0; len < 8; len++)
		expect_refused(fd, do_send(fd, buf, len), EINVAL);
	expect_refused(fd, write(fd, buf, 7), EINVAL);
	/* Longer is over max_size, and says so. */
	EXPECT_EQ(do_send(fd, buf, 9), -1);
	EXPECT_TRUE(errno == EMSGSIZE || errno == EINVAL);
	EXPECT_EQ(stat_of(fd).sent, 0);
	ASSERT_OK(do_send(fd, buf, 8));
	ASSERT_EQ(write(fd, buf, 8), 8);
	EXPECT_EQ(write(fd, buf, 0), 0);
	ASSERT_OK(do_recv(fd, &r, buf, 8));
	EXPECT_EQ(read(fd, buf, 8), 8);
}

TEST(a_message_over_max_size_is_refused, "C10.4 SEND:EMSGSIZE")
{
	static char buf[65537];
	int fd = box_new(.max_size = 100), whole = box_new();
	static const __u32 bad[] = { 101, 65536, 0x7fffffff, 0x80000000,
				     0xffffffff };
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		expect_refused(fd,
			       do_send(fd, buf, bad[i], .flags = MBOX_NOWAIT),
			       EMSGSIZE);
	expect_refused(fd, write(fd, buf, 101), EMSGSIZE);
	expect_refused(whole, do_send(whole, buf, 65537), EMSGSIZE);
	ASSERT_OK(do_send(fd, buf, 100));
	ASSERT_OK(do_send(whole, buf, 65536));
	/* It can never fit, so it does not wait for room either. */
	expect_refused(fd, do_send(fd, buf, 101, .deadline = mbt_in_ms(5000)),
		       EMSGSIZE);
}

TEST(send_returns_0_and_nothing_else, "C11.2")
{
	struct mbox_send s = { .size = sizeof(s),
			       .tag = 3,
			       .priority = 2,
			       .flags = MBOX_NOWAIT,
			       .deadline = 7 };
	struct mbox_send before = s;
	int fd = box_new();

	EXPECT_EQ(box_ioctl(fd, MBOX_IOC_SEND, &s), 0);
	EXPECT_MEM(&s, &before, sizeof(s));
}

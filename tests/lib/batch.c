// SPDX-License-Identifier: GPL-2.0-only
/*
 * Batches through libmbox in the guest.
 *
 * Locking: none.  Run by the vm tier.
 */
#include "lib.h"

#include <string.h>

#define OPTIONS(...) (&(struct mbox_batch_options){ __VA_ARGS__ })

static struct mbox_send_entry out[MBOX_BATCH_MAX];
static struct mbox_recv_entry in[MBOX_BATCH_MAX];
static char bytes[MBOX_BATCH_MAX][8];

/* n messages of one letter, with their numbers as tags, and room for them. */
static void lay(size_t n)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz";

	memset(out, 0, sizeof(out));
	memset(in, 0, sizeof(in));
	memset(bytes, 0, sizeof(bytes));
	for (size_t i = 0; i < n; i++) {
		out[i].data = &letters[i % 26];
		out[i].len = 1;
		out[i].tag = i;
		in[i].buf = bytes[i];
		in[i].room = sizeof(bytes[i]);
	}
}

TEST(batches_of_any_size_move_all_their_messages, "C31.1 C31.2")
{
	struct mbox_attr attr = { .capacity = MBOX_UNBOUNDED };
	static const size_t sizes[] = { 1, 2, 31, 32, 33, 500, MBOX_BATCH_MAX };
	struct mbox *mb = lib_new(&attr);

	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		size_t n = sizes[i];

		lay(n);
		ASSERT_EQ(mbox_sendv(mb, out, n, NULL), n);
		ASSERT_EQ(mbox_recvv(mb, in, n, NULL), n);
		for (size_t k = 0; k < n; k++) {
			ASSERT_EQ(in[k].message.tag, k);
			ASSERT_EQ(in[k].message.len, 1);
			ASSERT_EQ(in[k].message.pid, getpid());
			ASSERT_EQ(bytes[k][0], 'a' + (int)(k % 26));
		}
	}
	mbox_close(mb);
}

TEST(what_ends_a_batch_is_told_in_its_next_entry, "C31.3 C11.9")
{
	struct mbox_attr attr = { .max_messages = 3 };
	struct mbox *mb = lib_new(&attr);

	lay(6);
	EXPECT_EQ(mbox_sendv(mb, out, 5, OPTIONS(.flags = MBOX_NOWAIT)), 3);
	EXPECT_EQ(out[2].error, 0);
	EXPECT_EQ(out[3].error, EAGAIN);
	EXPECT_EQ(out[4].error, 0);
	EXPECT_ERRNO(mbox_sendv(mb, out, 5, OPTIONS(.flags = MBOX_NOWAIT)),
		     EAGAIN);

	in[1].room = 0;
	EXPECT_EQ(mbox_recvv(mb, in, 5, NULL), 1);
	EXPECT_EQ(in[1].error, EMSGSIZE);
	EXPECT_EQ(in[1].message.len, 1);
	EXPECT_ERRNO(mbox_recvv(mb, in + 1, 4, NULL), EMSGSIZE);
	in[1].flags = MBOX_TRUNCATE;
	EXPECT_EQ(mbox_recvv(mb, in + 1, 5,
			     OPTIONS(.min = 3,
				     .deadline = mbox_deadline_in(20000000))),
		  2);
	EXPECT_EQ(in[1].message.len, 1);
	EXPECT_STR(bytes[2], "c");
	EXPECT_EQ(in[3].error, ETIMEDOUT);
	mbox_close(mb);
}

TEST(entries_of_a_batch_may_select, "C31.2 C21.1")
{
	struct mbox *mb = lib_new(NULL);

	lay(3);
	ASSERT_EQ(mbox_sendv(mb, out, 3, NULL), 3);
	in[0].select = MBOX_SELECT_TAG;
	in[0].select_value = 2;
	EXPECT_EQ(mbox_recvv(mb, in, 3, NULL), 3);
	EXPECT_STR(bytes[0], "c");
	EXPECT_STR(bytes[1], "a");
	EXPECT_STR(bytes[2], "b");
	mbox_close(mb);
}

TEST(batches_wait_for_each_other, "C31.1 C31.2")
{
	struct mbox *mb = lib_new(NULL);
	pid_t pid;

	lay(200);
	CHILD(pid)
	ASSERT_EQ(mbox_sendv(mb, out, 200, NULL), 200);
	ASSERT_EQ(mbox_recvv(mb, in, 200, OPTIONS(.min = 200)), 200);
	for (size_t i = 0; i < 200; i++)
		ASSERT_EQ(in[i].message.tag, i);
	EXPECT_CHILD_OK(pid);
	mbox_close(mb);
}

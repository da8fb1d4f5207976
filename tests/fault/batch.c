// SPDX-License-Identifier: GPL-2.0-only
/*
 * batch.c: SENDV and RECVV with each allocation and each copy failing.
 *
 * Owns: that what was moved before stays moved, and nothing else has happened.
 * Takes no locks; run by the guest runner in the strict kernel.
 *
 * opts: module=prod timeout=120 kernels=strict
 */
#include "nth.h"

static char data[5000];

enum { BATCH = 3 };
static const __u32 batch_len[BATCH] = { 64, 5000, 10 };
static char batch_got[BATCH][5000];

/* Of a batch that was cut short, the entry behind it says that a fault did. */
static void is_cut_short(int moved, int result)
{
	if (moved > 0 && moved < BATCH && result != -ENOMEM &&
	    result != -EFAULT)
		FAIL("%d moved, and then %d", moved, result);
}

static int send_batch(int fd)
{
	struct mbox_send s[BATCH];
	struct mbox_batch b = { .size = sizeof(b),
				.flags = MBOX_NOWAIT,
				.entries = PTR(s),
				.count = BATCH,
				.entry_size = sizeof(s[0]) };
	int i, sent;

	for (i = 0; i < BATCH; i++)
		s[i] = (struct mbox_send){ .size = sizeof(s[i]),
					   .data = PTR(data),
					   .len = batch_len[i] };
	sent = box_ioctl(fd, MBOX_IOC_SENDV, &b);
	is_cut_short(sent, sent > 0 && sent < BATCH ? s[sent].result : 0);
	return sent;
}

static void receive_sent(int fd, int sent)
{
	struct mbox_recv r;
	int i;

	for (i = 0; i < sent; i++) {
		ASSERT_OK(do_recv(fd, &r, batch_got[0], sizeof(batch_got[0]),
				  .flags = MBOX_NOWAIT));
		EXPECT_EQ(r.msg_len, batch_len[i]);
	}
	EXPECT_EQ(stat_of(fd).messages, 0);
}

TEST(sendv_survives_every_nth_failure, "C11.9 C31.3 SEND:ENOMEM SEND:EFAULT")
{
	every_nth(box_new(), &(struct verb){ send_batch, receive_sent });
}

static int recv_batch(int fd)
{
	struct mbox_recv r[BATCH];
	struct mbox_batch b = { .size = sizeof(b),
				.flags = MBOX_NOWAIT,
				.entries = PTR(r),
				.count = BATCH,
				.entry_size = sizeof(r[0]) };
	int i, moved;

	for (i = 0; i < BATCH; i++)
		r[i] = (struct mbox_recv){ .size = sizeof(r[i]),
					   .data = PTR(batch_got[i]),
					   .len = sizeof(batch_got[i]) };
	moved = box_ioctl(fd, MBOX_IOC_RECVV, &b);
	is_cut_short(moved, moved > 0 && moved < BATCH ? r[moved].result : 0);
	return moved;
}

/* As many again, behind those that are there. */
static void send_received(int fd, int received)
{
	EXPECT_EQ(stat_of(fd).messages, BATCH - received);
	while (received-- > 0)
		ASSERT_OK(do_send(fd, data, 5000));
}

TEST(recvv_survives_every_nth_failure, "C11.9 C31.3 C11.5 RECV:EFAULT")
{
	int fd = box_new(), i;

	for (i = 0; i < BATCH; i++)
		ASSERT_OK(do_send(fd, data, 5000));
	every_nth(fd, &(struct verb){ recv_batch, send_received });
}

/* -- Broadcast --------------------------------------------------------------- */

TEST(sendv_to_all_survives_every_nth_failure, "C11.9 C31.3 C25.1")
{
	every_nth(box_new(.attrs = MBOX_ATTR_BROADCAST),
		  &(struct verb){ send_batch, receive_sent });
}

TEST(recvv_of_what_is_for_all_survives_every_nth_failure, "C11.9 C31.3 C25.1")
{
	int fd = box_new(.attrs = MBOX_ATTR_BROADCAST), i;

	for (i = 0; i < BATCH; i++)
		ASSERT_OK(do_send(fd, data, 5000));
	every_nth(fd, &(struct verb){ recv_batch, send_received });
}

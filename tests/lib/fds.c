// SPDX-License-Identifier: GPL-2.0-only
/*
 * Descriptors in messages, through libmbox in the guest.
 *
 * Locking: none.  Run by the vm tier.
 */
#include "lib.h"

#include <fcntl.h>
#include <sys/mman.h>

TEST(descriptors_travel_with_a_message, "C30.1 C30.4 C30.5")
{
	struct mbox_attr attr = { .flags = MBOX_FDS };
	struct mbox *mb = lib_new(&attr), *send = mbox_copy(mb, MBOX_SEND);
	int list[2] = { mbox_fd(send), -1 }, got[2] = { -1, -1 };
	struct mbox_message message;
	struct mbox *passed;
	char buf[8];

	list[1] = ASSERT_OK(memfd_create("travels", MFD_CLOEXEC));
	ASSERT_EQ(SEND_WITH(mb, "two", 3, .fds = list, .nfds = 2), 0);
	EXPECT_EQ(mbox_peek(mb, buf, 8, 0, NULL, &message), 3);
	EXPECT_EQ(message.nfds, 2);
	EXPECT_ERRNO(RECV_WITH(mb, buf, 8, &message, .fds = got, .nfds = 1),
		     EMSGSIZE);
	EXPECT_EQ(message.len, 3);
	EXPECT_EQ(message.nfds, 2);
	ASSERT_EQ(RECV_WITH(mb, buf, 8, &message, .fds = got, .nfds = 2), 3);
	EXPECT_EQ(message.nfds, 2);
	/* What arrived is a handle as any. */
	passed = mbox_adopt(got[0]);
	ASSERT_TRUE(passed);
	EXPECT_EQ(mbox_send(passed, "back", 4), 0);
	EXPECT_EQ(mbox_recv(mb, buf, 8), 4);
	EXPECT_EQ(fcntl(got[1], F_GETFD), FD_CLOEXEC);
	mbox_close(passed);
	close(got[1]);
	close(list[1]);
	mbox_close(send);
	mbox_close(mb);
}

TEST(descriptors_that_cannot_travel_are_told_apart,
     "SEND:EBADFD SEND:EPERM SEND:EOPNOTSUPP SEND:EPIPE")
{
	struct mbox_attr attr = { .flags = MBOX_FDS };
	struct mbox *mb = lib_new(&attr), *plain = lib_new(NULL), *send;
	int bad = -1, good = ASSERT_OK(memfd_create("travels", MFD_CLOEXEC));

	EXPECT_ERRNO(SEND_WITH(mb, "x", 1, .fds = &bad, .nfds = 1), EBADFD);
	bad = mbox_fd(mb);
	EXPECT_ERRNO(SEND_WITH(mb, "x", 1, .fds = &bad, .nfds = 1), EPERM);
	EXPECT_ERRNO(SEND_WITH(plain, "x", 1, .fds = &good, .nfds = 1),
		     EOPNOTSUPP);
	send = mbox_copy(mb, MBOX_SEND);
	mbox_close(mb);
	EXPECT_ERRNO(SEND_WITH(send, "x", 1, .fds = &good, .nfds = 1), EPIPE);
	close(good);
	mbox_close(send);
	mbox_close(plain);
}

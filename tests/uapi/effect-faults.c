// SPDX-License-Identifier: GPL-2.0-only
/*
 * effect-faults.c: pointers that fault at once: nothing is sent or received.
 *
 * Owns: more claims of C11 and EFAULT; part of the program uapi-effect.  Takes
 * no locks; run by the guest runner.
 */
#include "box.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>

/* -- Pointers that fault at once ------------------------------------------------ */

TEST(a_receive_buffer_that_cannot_be_written_takes_nothing,
     "C11.5 C11.1 ANY:EFAULT")
{
	static char big[10000];
	char *page = pages_before_hole(3), *end = page + 3 * page_size();
	char *ro = pages_before_hole(1);
	int fd = box_new();
	struct mbox_recv r;
	struct iovec iov[2];
	int i;

	ASSERT_OK(mprotect(ro, page_size(), PROT_READ));
	memset(big, 'b', sizeof(big));
	ASSERT_OK(do_send(fd, big, sizeof(big)));
	put(fd, "next");
	for (i = 0; i < 3; i++) {
		expect_refused(fd, do_recv(fd, &r, NULL, 20000), EFAULT);
		expect_refused(fd, do_recv(fd, &r, nowhere(), 20000), EFAULT);
		expect_refused(fd, do_recv(fd, &r, ro, 20000), EFAULT);
		/* The first bytes fit, the last ones do not. */
		expect_refused(fd, do_recv(fd, &r, end - 9999, 10000), EFAULT);
		expect_refused(fd, do_recv(fd, &r, end - 5000, 10000), EFAULT);
		expect_refused(fd,
			       do_recv(fd, &r, end - 1, 20000,
				       .flags = MBOX_NOWAIT),
			       EFAULT);
		expect_refused(fd,
			       do_recv(fd, &r, end - 8, 100,
				       .flags = MBOX_TRUNCATE),
			       EFAULT);
		expect_refused(fd, read(fd, end - 9999, 10000), EFAULT);
		iov[0] = (struct iovec){ page, 100 };
		iov[1] = (struct iovec){ end - 100, 10000 };
		expect_refused(fd, readv(fd, iov, 2), EFAULT);
	}
	ASSERT_OK(do_recv(fd, &r, end - 10000, 10000));
	EXPECT_EQ(r.id, 1);
	EXPECT_MEM(end - 10000, big, 10000);
	expect_next(fd, "next");
}

TEST(a_structure_that_cannot_be_written_takes_nothing, "C11.5 C11.1 ANY:EFAULT")
{
	struct mbox_recv *r = pages_before_hole(1);
	int fd = box_new();
	char buf[8];

	put(fd, "x");
	put(fd, "next");
	*r = (struct mbox_recv){ .size = sizeof(*r),
				 .data = PTR(buf),
				 .len = 8 };
	ASSERT_OK(mprotect(r, page_size(), PROT_READ));
	expect_refused(fd, box_ioctl(fd, MBOX_IOC_RECV, r), EFAULT);
	/* EMSGSIZE has something to tell as well, and cannot. */
	ASSERT_OK(mprotect(r, page_size(), PROT_READ | PROT_WRITE));
	r->len = 0;
	ASSERT_OK(mprotect(r, page_size(), PROT_READ));
	expect_refused(fd, box_ioctl(fd, MBOX_IOC_RECV, r), EFAULT);
	ASSERT_OK(mprotect(r, page_size(), PROT_READ | PROT_WRITE));
	r->len = 8;
	ASSERT_OK(box_ioctl(fd, MBOX_IOC_RECV, r));
	EXPECT_EQ(r->id, 1);
	expect_next(fd, "next");
}

TEST(message_bytes_that_cannot_be_read_send_nothing, "C11.1 ANY:EFAULT")
{
	char *page = pages_before_hole(3), *end = page + 3 * page_size();
	int fd = box_new();
	struct iovec iov[2];

	expect_refused(fd, do_send(fd, NULL, 1), EFAULT);
	expect_refused(fd, do_send(fd, nowhere(), 60000), EFAULT);
	expect_refused(fd, do_send(fd, end, 1), EFAULT);
	expect_refused(fd, do_send(fd, end - 9999, 10000), EFAULT);
	expect_refused(fd, do_send(fd, end - 100, 101), EFAULT);
	expect_refused(fd, write(fd, end - 100, 101), EFAULT);
	iov[0] = (struct iovec){ page, 100 };
	iov[1] = (struct iovec){ end - 100, 101 };
	expect_refused(fd, writev(fd, iov, 2), EFAULT);
	expect_empty(fd);
	ASSERT_OK(do_send(fd, end - 10000, 10000));
	EXPECT_EQ(stat_of(fd).bytes, 10000);
}

TEST(a_faulting_receiver_does_not_wake_waiting_senders, "C11.1 C11.4")
{
	int fd = box_new(.max_messages = 1);
	struct mbox_recv r;
	pid_t pid;
	int i;

	put(fd, "stays");
	CHILD(pid)
	ASSERT_OK(do_send(fd, "waits", 5));
	wait_until_blocked(pid);
	for (i = 0; i < 10; i++)
		expect_refused(fd, do_recv(fd, &r, NULL, 100), EFAULT);
	EXPECT_TRUE(mbt_is_blocked(pid));
	expect_next(fd, "stays");
	EXPECT_CHILD_OK(pid);
	expect_next(fd, "waits");
}

/* STAT and LIST with room that cannot be written. */
TEST(lists_that_cannot_be_written_change_nothing, "ANY:EFAULT C11.1")
{
	struct mbox_list_entry *e = pages_before_hole(1);
	char *hole = (char *)e + page_size();
	int fd = box_named("seen");
	struct mbox_list l = { .size = sizeof(l),
			       .count = 8,
			       .entry_size = sizeof(*e) };
	struct mbox_stat st = { .size = sizeof(st), .nwaiters = 4 };
	pid_t pid;

	l.entries = PTR(nowhere());
	expect_refused(fd, box_ioctl(fd, MBOX_IOC_LIST, &l), EFAULT);
	l.entries = PTR(hole - sizeof(*e) - 8);
	expect_refused(fd, box_ioctl(fd, MBOX_IOC_LIST, &l), EFAULT);
	l.entries = PTR(hole - 2 * sizeof(*e));
	EXPECT_OK(box_ioctl(fd, MBOX_IOC_LIST, &l));
	EXPECT_EQ(l.count, 2);
	CHILD(pid)
	{
		struct mbox_recv r;

		do_recv(fd, &r, NULL, 0);
	}
	wait_until_blocked(pid);
	st.waiters = PTR(nowhere());
	expect_refused(fd, box_ioctl(fd, MBOX_IOC_STAT, &st), EFAULT);
	kill(pid, SIGKILL);
	mbt_reap(__FILE__, __LINE__, pid);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * fds.c: SEND and RECV of descriptors with their 1st, 2nd, 3rd ... allocation or
 * copy failing; see nth.c.
 *
 * opts: module=prod timeout=120 kernels=strict
 */
#include "nth.h"

#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/wait.h>

static char data[5000], got[sizeof(data)];

static void receive_it(int fd, int result)
{
	struct mbox_recv r;

	(void)result;
	ASSERT_OK(do_recv(fd, &r, got, sizeof(got)));
}

static int list[4], arrived[4];

static int send_files(int fd)
{
	return do_send(fd, data, 5000, .flags = MBOX_NOWAIT, .nfds = 4,
		       .fds = PTR(list));
}

static int recv_files(int fd)
{
	struct mbox_recv r;

	return do_recv(fd, &r, got, sizeof(got), .flags = MBOX_NOWAIT,
		       .nfds = 4, .fds = PTR(arrived));
}

static void send_files_again(int fd, int result)
{
	int i;

	(void)result;
	for (i = 0; i < 4; i++)
		close(arrived[i]);
	ASSERT_OK(send_files(fd));
}

static int open_files(void)
{
	int fd = box_new(.attrs = MBOX_ATTR_FDS), i;

	for (i = 0; i < 4; i++)
		list[i] = ASSERT_OK(eventfd(0, EFD_CLOEXEC));
	return fd;
}

TEST(send_with_descriptors_survives_every_nth_failure,
     "C11.2 C30.1 SEND:ENOMEM SEND:EFAULT")
{
	every_nth(open_files(), &(struct verb){ send_files, receive_it });
}

/* Whatever fails, none of the four is installed, or all are. */
TEST(recv_with_descriptors_survives_every_nth_failure,
     "C11.3 C11.5 C30.5 RECV:EFAULT")
{
	int fd = open_files(), before, i, after;

	fail_nth();
	before = ASSERT_OK(dup(fd));
	close(before);
	for (i = 0; i < 3; i++)
		ASSERT_OK(send_files(fd));
	every_nth(fd, &(struct verb){ recv_files, send_files_again });
	after = ASSERT_OK(dup(fd));
	EXPECT_EQ(after, before);
}

/*
 * A process whose table of descriptors is full receives: the table must grow,
 * and the nth allocation or copy fails. Ends with the errno.
 */
static pid_t start_growing(int fd, int n, bool *hit)
{
	pid_t pid;

	CHILD(pid)
	{
		int before, err;

		fail_nth();
		do {
			before = ASSERT_OK(fcntl(fd, F_DUPFD_CLOEXEC, 0));
		} while (before < 63);
		arm(n);
		err = recv_files(fd) ? errno : 0;
		*hit = disarm() == 0;
		if (err)
			EXPECT_EQ(fcntl(63 + 1, F_GETFD), -1);
		_exit(err);
	}
	return pid;
}

TEST(recv_into_a_full_table_survives_every_nth_failure,
     "C11.3 C30.5 RECV:ENOMEM")
{
	bool *hit = mbt_shared(sizeof(*hit));
	int fd = open_files(), n, err, no_memory = 0;

	ASSERT_OK(send_files(fd));
	for (n = 1; n < MOST; n++) {
		err = mbt_reap(__FILE__, __LINE__, start_growing(fd, n, hit));
		err = WIFEXITED(err) ? WEXITSTATUS(err) : -1;
		if (err) {
			EXPECT_TRUE(err == ENOMEM || err == EFAULT);
			EXPECT_EQ(stat_of(fd).messages, 1);
			no_memory += err == ENOMEM;
			continue;
		}
		if (!*hit)
			break;
		ASSERT_OK(send_files(fd));
	}
	EXPECT_LT(n, MOST);
	EXPECT_GT(no_memory, 0);
}

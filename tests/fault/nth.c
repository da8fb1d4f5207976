// SPDX-License-Identifier: GPL-2.0-only
/*
 * nth.c: every verb with its 1st, 2nd, 3rd ... allocation or copy failing,
 * until it runs through.
 *
 * The kernel counts allocations (failslab, fail_page_alloc) and copies from
 * and to user memory (fail_usercopy) of this task and makes the one fail that
 * was asked for: fault-injection.rst, /proc/PID/fail-nth. A verb that was hit
 * must say so with an errno of its table, change nothing, and work when it is
 * called again. What leaks is found when the module is unloaded after this
 * program, and by kmemleak.
 *
 * The fetches of SEND's and RECV's structures are not counted by the kernel;
 * uapi-badinput has bad pointers for each of them.
 *
 * opts: module=prod timeout=120 kernels=strict
 */
#include "fault.h"

#include <poll.h>
#include <sys/epoll.h>
#include <sys/uio.h>

enum { MOST = 200 }; /* faults of one call; it must run through before */

static char data[65536];

/*
 * struct verb - what is tried, again and again
 * @act: the call, on a handle; returns what it returns
 * @undo: after a success, so that all is as before; gets the result
 */
struct verb {
	int (*act)(int fd);
	void (*undo)(int fd, int result);
};

/* fd is a handle on the mailbox in which nothing may change. */
static void every_nth(int fd, const struct verb *verb)
{
	struct box_state before;
	int n, ret, err, failed = 0;
	bool hit;

	for (n = 1; n < MOST; n++) {
		box_state_get(fd, &before);
		arm(n);
		ret = verb->act(fd);
		err = errno;
		hit = disarm() == 0;
		if (ret >= 0) {
			/* The kernel has a way round some failures. */
			verb->undo(fd, ret);
			if (!hit)
				break;
			continue;
		}
		failed++;
		if (!hit || (err != ENOMEM && err != EFAULT))
			FAIL("fault %d%s: %s", n, hit ? "" : " (none)",
			     mbt_errno_name(err));
		box_state_same(__FILE__, __LINE__, fd, &before);
		/* And once more, without a fault. */
		ret = verb->act(fd);
		if (ret < 0)
			FAIL("after fault %d: %s", n, mbt_errno_name(errno));
		else
			verb->undo(fd, ret);
	}
	mbt_note("%d faults, %d of them failed the call", n - 1, failed);
	EXPECT_LT(n, MOST);
	EXPECT_GT(failed, 0);
}

static void close_it(int fd, int result)
{
	(void)fd;
	close(result);
}

static void nothing(int fd, int result)
{
	(void)fd;
	(void)result;
}

/* -- OPEN, COPY ----------------------------------------------------------- */

static int open_nameless(int fd)
{
	(void)fd;
	return box_open(.flags = MBOX_OPEN_CREATE, .rights = R_ALL);
}

TEST(create_without_a_name_survives_every_nth_failure, "C11.1 OPEN:ENOMEM")
{
	every_nth(box_new(), &(struct verb){ open_nameless, close_it });
}

static int create_named(int fd)
{
	(void)fd;
	return box_open(.flags = MBOX_OPEN_CREATE | MBOX_OPEN_EXCL,
			.rights = R_ALL, .mode = 0600, NAMED("nth"));
}

TEST(create_with_a_name_survives_every_nth_failure,
     "C11.1 C2.6 OPEN:ENOMEM OPEN:EFAULT")
{
	every_nth(box_new(), &(struct verb){ create_named, close_it });
	EXPECT_ERRNO(box_open(.rights = R_ALL, NAMED("nth")), ENOENT);
}

static int open_named(int fd)
{
	(void)fd;
	return box_open(.rights = R_SEND, NAMED("known"));
}

TEST(open_by_name_survives_every_nth_failure, "C11.1 OPEN:EFAULT")
{
	every_nth(box_named("known"), &(struct verb){ open_named, close_it });
}

static int copy(int fd)
{
	return do_copy(fd, R_RECV);
}

TEST(copy_survives_every_nth_failure, "C11.1 COPY:ENOMEM")
{
	every_nth(box_new(), &(struct verb){ copy, close_it });
}

static int open_device(int fd)
{
	(void)fd;
	return open(DEV, O_RDONLY | O_CLOEXEC);
}

TEST(a_plain_open_survives_every_nth_failure, "C6.1")
{
	every_nth(box_new(), &(struct verb){ open_device, close_it });
}

/* Somebody new: there is no purse for him yet. */
TEST(a_plain_open_by_a_new_user_survives_every_nth_failure, "C6.1 C14.3")
{
	int fd = box_new();
	pid_t pid;

	CHILD(pid)
	{
		/* Opened as root, who may. */
		fail_nth();
		mbt_become(4711, 4711);
		every_nth(fd, &(struct verb){ open_device, close_it });
	}
	EXPECT_CHILD_OK(pid);
}

/* -- SEND, RECV ----------------------------------------------------------- */

static int send_short(int fd)
{
	return do_send(fd, data, 64, .flags = MBOX_NOWAIT);
}

static int send_page(int fd)
{
	return do_send(fd, data, 5000, .flags = MBOX_NOWAIT);
}

static int send_long(int fd)
{
	return do_send(fd, data, sizeof(data), .flags = MBOX_NOWAIT);
}

static int send_urgent(int fd)
{
	return do_send(fd, data, 64, .priority = 7,
		       .flags = MBOX_NOWAIT | MBOX_URGENT);
}

static int write_it(int fd)
{
	struct iovec iov[] = { { data, 10 }, { data + 100, 20 } };

	return (int)writev(fd, iov, 2);
}

/* Takes it out again: the books show both, so the state is taken anew. */
static void receive_it(int fd, int result)
{
	struct mbox_recv r;

	(void)result;
	ASSERT_OK(do_recv(fd, &r, data, sizeof(data), .flags = MBOX_NOWAIT));
}

TEST(send_survives_every_nth_failure, "C11.2 SEND:ENOMEM SEND:EFAULT")
{
	every_nth(box_new(), &(struct verb){ send_short, receive_it });
}

TEST(send_of_more_than_a_page_survives_every_nth_failure, "C11.2 SEND:ENOMEM")
{
	every_nth(box_new(), &(struct verb){ send_page, receive_it });
}

TEST(send_of_the_most_survives_every_nth_failure, "C11.2 SEND:ENOMEM")
{
	every_nth(box_new(), &(struct verb){ send_long, receive_it });
}

TEST(send_at_another_priority_survives_every_nth_failure, "C11.2 SEND:ENOMEM")
{
	int fd = box_new();

	ASSERT_OK(do_send(fd, data, 1));
	every_nth(fd, &(struct verb){ send_urgent, receive_it });
}

TEST(write_survives_every_nth_failure, "C11.2")
{
	every_nth(box_new(), &(struct verb){ write_it, receive_it });
}

static char got[sizeof(data)];

static int recv_it(int fd)
{
	struct mbox_recv r;

	return do_recv(fd, &r, got, sizeof(got), .flags = MBOX_NOWAIT);
}

static int read_it(int fd)
{
	struct iovec iov[] = { { got, 10 }, { got + 100, sizeof(got) - 100 } };

	return (int)readv(fd, iov, 2);
}

/* The same message again, behind those that are there. */
static void send_again(int fd, int result)
{
	(void)result;
	ASSERT_OK(do_send(fd, data, 5000));
}

static void with_three(const struct verb *verb)
{
	int fd = box_new(), i;

	for (i = 0; i < 3; i++)
		ASSERT_OK(do_send(fd, data, 5000));
	every_nth(fd, verb);
}

TEST(recv_survives_every_nth_failure, "C11.3 C11.5 RECV:EFAULT")
{
	with_three(&(struct verb){ recv_it, send_again });
}

TEST(read_survives_every_nth_failure, "C11.3 C11.5")
{
	with_three(&(struct verb){ read_it, send_again });
}

/* -- STAT, LIST, INFO, removal -------------------------------------------- */

static int stat_it(int fd)
{
	static struct mbox_waiter w[8];
	struct mbox_stat st = { .size = sizeof(st),
				.waiters = PTR(w),
				.nwaiters = 8 };

	return box_ioctl(fd, MBOX_IOC_STAT, &st);
}

TEST(stat_survives_every_nth_failure, "STAT:ENOMEM STAT:EFAULT")
{
	every_nth(box_new(), &(struct verb){ stat_it, nothing });
}

static int list_it(int fd)
{
	static struct mbox_list_entry e[8];
	struct mbox_list l = { .size = sizeof(l),
			       .entries = PTR(e),
			       .count = 8,
			       .entry_size = sizeof(e[0]) };

	(void)fd;
	return box_ioctl(box_dev(), MBOX_IOC_LIST, &l);
}

TEST(list_survives_every_nth_failure, "LIST:ENOMEM LIST:EFAULT")
{
	every_nth(box_named("listed"), &(struct verb){ list_it, nothing });
}

static int info_it(int fd)
{
	struct mbox_info info = { .size = sizeof(info) };

	return box_ioctl(fd, MBOX_IOC_INFO, &info);
}

TEST(info_survives_every_nth_failure, "INFO:EFAULT")
{
	every_nth(box_new(), &(struct verb){ info_it, nothing });
}

/* A handle on a mailbox that is made for each try, and ends with it. */
static int removed;

static int unlink_it(int fd)
{
	(void)fd;
	return do_unlink(removed);
}

static int destroy_it(int fd)
{
	(void)fd;
	return do_destroy(removed);
}

static void make_removed(int fd, int result)
{
	(void)fd;
	(void)result;
	close(removed);
	removed = box_named("removed");
}

TEST(unlink_survives_every_nth_failure, "UNLINK:EFAULT")
{
	removed = box_named("removed");
	every_nth(box_new(), &(struct verb){ unlink_it, make_removed });
}

TEST(destroy_survives_every_nth_failure, "DESTROY:EFAULT")
{
	removed = box_named("removed");
	every_nth(box_new(), &(struct verb){ destroy_it, make_removed });
}

/* -- poll ------------------------------------------------------------------ */

static int poll_it(int fd)
{
	struct pollfd p = { fd, POLLIN, 0 };

	return poll(&p, 1, 0);
}

TEST(poll_survives_every_nth_failure, "C20.1")
{
	every_nth(box_new(), &(struct verb){ poll_it, nothing });
}

static int epoll_it(int fd)
{
	struct epoll_event event = { .events = EPOLLIN };
	int epoll = epoll_create1(EPOLL_CLOEXEC), ret, err;

	if (epoll < 0)
		return -1;
	ret = epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
	err = errno;
	close(epoll);
	errno = err;
	return ret;
}

TEST(epoll_survives_every_nth_failure, "C20.1")
{
	every_nth(box_new(), &(struct verb){ epoll_it, nothing });
}

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
#include "nth.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/uio.h>
#include <sys/wait.h>

static char data[65536];

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

/* With all that a mailbox can have beside itself. */
static int create_rich(int fd)
{
	(void)fd;
	return box_open(.flags = MBOX_OPEN_CREATE | MBOX_OPEN_EXCL,
			.rights = R_ALL, .mode = 0600, NAMED("rich"),
			.lifetime = MBOX_LIFETIME_OWNER,
			.attrs = MBOX_ATTR_TIMES);
}

static void destroy_and_close(int fd, int result)
{
	(void)fd;
	ASSERT_OK(do_destroy(result));
	close(result);
}

TEST(create_with_an_owner_and_times_survives_every_nth_failure,
     "C11.1 C4.2 OPEN:ENOMEM OPEN:EFAULT")
{
	every_nth(box_new(), &(struct verb){ create_rich, destroy_and_close });
	EXPECT_ERRNO(box_open(.rights = R_ALL, NAMED("rich")), ENOENT);
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

static int filter_it(int fd)
{
	struct mbox_filter f = { .size = sizeof(f),
				 .select = MBOX_SELECT_TAG,
				 .select_value = 7 };

	return box_ioctl(fd, MBOX_IOC_FILTER, &f);
}

TEST(filter_survives_every_nth_failure, "FILTER:ENOMEM FILTER:EFAULT C21.5")
{
	every_nth(box_new(), &(struct verb){ filter_it, nothing });
}

TEST(read_survives_every_nth_failure, "C11.3 C11.5")
{
	with_three(&(struct verb){ read_it, send_again });
}

/* -- Broadcast ------------------------------------------------------------ */

static int subscribe_it(int fd)
{
	(void)fd;
	return box_open(.rights = R_RECV, NAMED("fan"));
}

TEST(a_subscription_survives_every_nth_failure, "C11.1 OPEN:ENOMEM")
{
	static const __u32 policies[] = { MBOX_POLICY_DROP_OLDEST,
					  MBOX_POLICY_DROP_NEWEST };
	size_t i;

	for (i = 0; i < 2; i++) {
		int fd = box_named("fan", .attrs = MBOX_ATTR_BROADCAST,
				   .policy = policies[i]);

		every_nth(fd, &(struct verb){ subscribe_it, close_it });
		ASSERT_OK(do_destroy(fd));
	}
}

TEST(send_to_all_survives_every_nth_failure, "C11.2 SEND:ENOMEM SEND:EFAULT")
{
	int fd = box_new(.attrs = MBOX_ATTR_BROADCAST);

	every_nth(fd, &(struct verb){ send_page, receive_it });
}

TEST(recv_of_what_is_for_all_survives_every_nth_failure, "C11.3 RECV:EFAULT")
{
	int fd = box_new(.attrs = MBOX_ATTR_BROADCAST), other, i;

	other = ASSERT_OK(do_copy(fd, R_RECV));
	for (i = 0; i < 3; i++)
		ASSERT_OK(do_send(fd, data, 5000));
	every_nth(fd, &(struct verb){ recv_it, send_again });
	every_nth(other, &(struct verb){ recv_it, nothing });
}

/* -- CALL, REPLY, REPLY_RECV ------------------------------------------------- */

static pid_t echo(int fd)
{
	pid_t pid;

	CHILD(pid)
	{
		struct mbox_recv r = { .size = sizeof(r),
				       .data = PTR(got),
				       .len = sizeof(got) };
		struct mbox_reply p = { .size = sizeof(p), .recv = PTR(&r) };

		for (;;) {
			ASSERT_OK(box_ioctl(fd, MBOX_IOC_REPLY_RECV, &p));
			p.token = r.token;
			p.data = PTR(got);
			p.len = r.msg_len;
		}
	}
	wait_until_blocked(pid);
	return pid;
}

static __u64 served;

static void until_it_waits(int fd, int result)
{
	(void)result;
	WAIT_FOR(stat_of(fd).receivers_waiting == 1);
	served = stat_of(fd).received;
}

static int call_it(int fd)
{
	struct mbox_call c = { .size = sizeof(c),
			       .data = PTR(data),
			       .len = 5000,
			       .reply = PTR(got),
			       .reply_room = sizeof(got) };
	int ret = box_ioctl(fd, MBOX_IOC_CALL, &c), err = errno;

	/* Even that it was taken may be what could not be written. */
	if (ret && err == EFAULT && stat_of(fd).received > served)
		return 0;
	errno = err;
	return ret;
}

TEST(call_survives_every_nth_failure, "C26.7 C26.9 C11.1 CALL:ENOMEM")
{
	int fd = box_new();
	pid_t pid = echo(fd);

	every_nth(fd, &(struct verb){ call_it, until_it_waits });
	kill(pid, SIGKILL);
}

/* The token of a call by a child, for each try a new one. */
static __u64 token;
static pid_t waiting_caller;

static void new_call(int fd, int result)
{
	struct mbox_recv r;

	(void)result;
	if (waiting_caller)
		EXPECT_CHILD_OK(waiting_caller);
	CHILD(waiting_caller)
	ASSERT_OK(call_it(fd));
	ASSERT_OK(do_recv(fd, &r, got, sizeof(got)));
	token = r.token;
	wait_until_blocked(waiting_caller);
}

static int reply_it(int fd)
{
	struct mbox_reply p = { .size = sizeof(p),
				.token = token,
				.data = PTR(data),
				.len = 5000 };

	return box_ioctl(fd, MBOX_IOC_REPLY, &p);
}

TEST(reply_survives_every_nth_failure, "C26.5 C11.1 REPLY:ENOMEM")
{
	int fd = box_new();

	new_call(fd, 0);
	every_nth(fd, &(struct verb){ reply_it, new_call });
	ASSERT_OK(reply_it(fd));
	EXPECT_CHILD_OK(waiting_caller);
}

/* A receiver that has not served yet, on a handle that has not. */
static int serve_for_the_first_time(int fd)
{
	struct mbox_recv r;
	int copy = do_copy(fd, R_RECV), ret, err;

	if (copy < 0)
		return -1;
	ret = do_recv(copy, &r, got, sizeof(got), .flags = MBOX_NOWAIT);
	err = errno;
	/* Its caller is told, and calls again. */
	close(copy);
	errno = err;
	return ret;
}

static void wait_for_call(int fd, int result)
{
	(void)result;
	WAIT_FOR(stat_of(fd).messages == 1);
}

TEST(receiving_a_request_survives_every_nth_failure,
     "C11.3 C11.5 C26.7 RECV:ENOMEM RECV:EFAULT")
{
	int fd = box_new();
	pid_t pid;

	CHILD(pid)
	{
		struct mbox_call c = { .size = sizeof(c),
				       .data = PTR(data),
				       .len = 5000 };

		for (;;)
			EXPECT_ERRNO(box_ioctl(fd, MBOX_IOC_CALL, &c), EPIPE);
	}
	wait_for_call(fd, 0);
	every_nth(fd,
		  &(struct verb){ serve_for_the_first_time, wait_for_call });
	kill(pid, SIGKILL);
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

/* -- Signals --------------------------------------------------------------- */

static int notify_it(int fd)
{
	struct mbox_notify a = { .size = sizeof(a), .signo = SIGURG };

	return box_ioctl(fd, MBOX_IOC_NOTIFY, &a);
}

static void notify_no_more(int fd, int result)
{
	struct mbox_notify a = { .size = sizeof(a) };

	(void)result;
	EXPECT_OK(box_ioctl(fd, MBOX_IOC_NOTIFY, &a));
}

TEST(notify_survives_every_nth_failure, "C11.1 NOTIFY:EFAULT")
{
	every_nth(box_new(), &(struct verb){ notify_it, notify_no_more });
}

static int async_it(int fd)
{
	return fcntl(fd, F_SETFL, O_ASYNC);
}

static void async_no_more(int fd, int result)
{
	(void)result;
	EXPECT_OK(fcntl(fd, F_SETFL, 0));
}

TEST(o_async_survives_every_nth_failure, "C29.1")
{
	every_nth(box_new(), &(struct verb){ async_it, async_no_more });
}

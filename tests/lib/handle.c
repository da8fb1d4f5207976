// SPDX-License-Identifier: GPL-2.0-only
/*
 * Handles of libmbox in the guest: create, open, copy, unlink, destroy, and
 * what becomes of them with users, rights and limits.
 *
 * Locking: none.  Run by the vm tier.
 */
#include "lib.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>

TEST(what_one_program_creates_another_opens, "C2.1 C3.1")
{
	struct mbox *mb = lib_named("between-two", 0600, 0);
	char buf[8];
	pid_t pid;

	CHILD(pid)
	{
		struct mbox *sender;

		sender = ASSERT_PTR(mbox_open("between-two", MBOX_SEND));
		ASSERT_EQ(mbox_send(sender, "hello", 6), 0);
		mbox_close(sender);
	}
	ASSERT_CHILD_OK(pid);
	ASSERT_EQ(mbox_recv(mb, buf, sizeof(buf)), 6);
	EXPECT_STR(buf, "hello");
	mbox_close(mb);
	/* It was not persistent. */
	EXPECT_NULL(mbox_open("between-two", 0), ENOENT);
}

TEST(handles_are_close_on_exec_and_nonblocking_only_if_asked, "C1.2")
{
	struct mbox *plain = lib_new(NULL);
	struct mbox *copy = ASSERT_PTR(mbox_copy(plain, MBOX_NONBLOCK));
	struct mbox *nonblock;

	nonblock = ASSERT_PTR(mbox_create(NULL, MBOX_NONBLOCK, 0, NULL));
	EXPECT_EQ(fcntl(mbox_fd(plain), F_GETFD), FD_CLOEXEC);
	EXPECT_EQ(fcntl(mbox_fd(copy), F_GETFD), FD_CLOEXEC);
	EXPECT_EQ(fcntl(mbox_fd(nonblock), F_GETFD), FD_CLOEXEC);
	EXPECT_EQ(fcntl(mbox_fd(plain), F_GETFL) & O_NONBLOCK, 0);
	EXPECT_EQ(fcntl(mbox_fd(copy), F_GETFL) & O_NONBLOCK, O_NONBLOCK);
	EXPECT_EQ(fcntl(mbox_fd(nonblock), F_GETFL) & O_NONBLOCK, O_NONBLOCK);
	mbox_close(plain);
	mbox_close(copy);
	mbox_close(nonblock);
}

TEST(create_opens_what_is_there_unless_EXCL, "C3.1 C3.2 C12.9 OPEN:EEXIST")
{
	struct mbox *mb = lib_named("taken", 0600, 0);
	struct mbox_attr attr = { .max_messages = 3, .max_size = 5 };
	struct mbox *again;

	EXPECT_NULL(mbox_create("taken", ALL | MBOX_EXCL, 0600, NULL), EEXIST);
	again = ASSERT_PTR(mbox_create("taken", MBOX_SEND, 0666, &attr));
	EXPECT_EQ(lib_status(again).id, lib_status(mb).id);
	EXPECT_EQ(lib_status(again).max_messages, MBOX_DEFAULT_MESSAGES);
	EXPECT_EQ(lib_status(again).mode, 0600);
	EXPECT_EQ(lib_status(mb).handles, 2);
	mbox_close(again);
	mbox_close(mb);
}

TEST(names_that_are_not_valid_are_refused, "C2.1 C2.2 OPEN:ENAMETOOLONG")
{
	static const char *const bad[] = {
		"", ".", ".a", "a b", "a/b", "a\n", "a\\b", "a\x80", "\xc3\xa4",
	};
	char name[4096];
	struct mbox *mb;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		mbt_note("name '%s'", bad[i]);
		EXPECT_NULL(mbox_create(bad[i], ALL, 0600, NULL), EINVAL);
		EXPECT_NULL(mbox_open(bad[i], 0), EINVAL);
	}
	EXPECT_NULL(mbox_open(NULL, 0), EINVAL);
	EXPECT_NULL(mbox_open_owned(NULL, 0, 0), EINVAL);

	memset(name, 'n', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	EXPECT_NULL(mbox_create(name, ALL, 0600, NULL), ENAMETOOLONG);
	EXPECT_NULL(mbox_open(name, 0), ENAMETOOLONG);
	name[MBOX_NAME_MAX + 1] = '\0';
	EXPECT_NULL(mbox_create(name, ALL, 0600, NULL), ENAMETOOLONG);
	name[MBOX_NAME_MAX] = '\0';
	EXPECT_NULL(mbox_open(name, 0), ENOENT);
	mb = lib_named(name, 0600, 0);
	EXPECT_STR(lib_status(mb).name, name);
	mbox_close(mb);
	mb = lib_named("A-z_0.9", 0600, 0);
	mbox_close(mb);
}

TEST(default_cannot_be_created_but_is_there, "C6.6")
{
	struct mbox *mb;

	EXPECT_NULL(mbox_create("default", ALL | MBOX_EXCL, 0600, NULL),
		    EEXIST);
	mb = ASSERT_PTR(mbox_create("default", ALL, 0600, NULL));
	EXPECT_STR(lib_status(mb).name, "default");
	EXPECT_EQ(lib_status(mb).mode, 0666);
	mbox_close(mb);
}

TEST(attributes_without_a_meaning_are_refused, "C12.7 C12.8")
{
	static const struct mbox_attr bad[] = {
		{ .capacity = 3 },
		{ .capacity = UINT32_MAX },
		{ .flags = 0x40 },
		{ .max_bytes = 10, .max_size = 11 },
		{ .flags = MBOX_PERSISTENT },
		{ .flags = MBOX_PERSISTENT | MBOX_OWNER },
		{ .flags = MBOX_FDS | MBOX_BROADCAST },
		{ .policy = 4 },
		{ .capacity = MBOX_RENDEZVOUS,
		  .policy = MBOX_POLICY_DROP_OLDEST },
		{ .reserved = { 1 } },
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		mbt_note("attribute case %zu", i);
		EXPECT_NULL(mbox_create(NULL, ALL, 0, &bad[i]), EINVAL);
	}
	EXPECT_NULL(mbox_create("mode", ALL, 0700, NULL), EINVAL);
	EXPECT_NULL(mbox_create("mode", ALL, 01000, NULL), EINVAL);
	EXPECT_NULL(mbox_create("flag", 0x8, 0600, NULL), EINVAL);
	EXPECT_NULL(mbox_create("flag", 0x80000000, 0600, NULL), EINVAL);
	EXPECT_NULL(mbox_open("mode", 0), ENOENT);
	EXPECT_NULL(mbox_open("flag", 0), ENOENT);
}

TEST(attributes_reach_the_mailbox, "C12.2 C12.3 C12.5 C12.6")
{
	struct mbox_attr attr = {
		.max_messages = 3,
		.max_bytes = 1000,
		.max_size = 500,
		.flags = MBOX_FIXED | MBOX_TIMES,
	};
	struct mbox *mb = lib_new(&attr);
	struct mbox_status status = lib_status(mb);

	EXPECT_EQ(status.capacity, MBOX_BOUNDED);
	EXPECT_EQ(status.max_messages, 3);
	EXPECT_EQ(status.max_bytes, 1000);
	EXPECT_EQ(status.max_size, 500);
	EXPECT_EQ(status.attr_flags, MBOX_FIXED | MBOX_TIMES);
	EXPECT_EQ(status.rights, ALL);
	EXPECT_STR(status.name, "");
	mbox_close(mb);

	mb = lib_new(NULL);
	status = lib_status(mb);
	EXPECT_EQ(status.capacity, MBOX_BOUNDED);
	EXPECT_EQ(status.max_messages, MBOX_DEFAULT_MESSAGES);
	EXPECT_EQ(status.max_bytes, 0);
	EXPECT_EQ(status.max_size, MBOX_DEFAULT_SIZE);
	EXPECT_EQ(status.attr_flags, 0);
	mbox_close(mb);

	attr = (struct mbox_attr){ .max_bytes = 1000 };
	mb = lib_new(&attr);
	EXPECT_EQ(lib_status(mb).max_size, 1000);
	EXPECT_EQ(lib_status(mb).max_messages, 0);
	mbox_close(mb);

	attr = (struct mbox_attr){ .capacity = MBOX_UNBOUNDED };
	mb = lib_new(&attr);
	EXPECT_EQ(lib_status(mb).capacity, MBOX_UNBOUNDED);
	mbox_close(mb);

	attr = (struct mbox_attr){ .capacity = MBOX_RENDEZVOUS };
	mb = lib_new(&attr);
	EXPECT_EQ(lib_status(mb).capacity, MBOX_RENDEZVOUS);
	mbox_close(mb);
}

TEST(a_persistent_mailbox_stays_until_it_is_unlinked, "C4.1 C4.4 C4.7 C4.8")
{
	struct mbox *mb = lib_named("stays", 0600, MBOX_PERSISTENT);
	struct mbox *other;

	ASSERT_EQ(mbox_send(mb, "kept", 4), 0);
	mbox_close(mb);

	mb = ASSERT_PTR(mbox_open("stays", ALL));
	EXPECT_EQ(lib_status(mb).attr_flags, MBOX_PERSISTENT);
	EXPECT_EQ(lib_status(mb).messages, 1);
	other = ASSERT_PTR(mbox_open("stays", MBOX_RECV));
	EXPECT_EQ(mbox_unlink(mb), 0);
	EXPECT_NULL(mbox_open("stays", 0), ENOENT);
	EXPECT_ERRNO(mbox_unlink(mb), ENOENT);
	EXPECT_STR(lib_status(other).name, "");
	EXPECT_EQ(mbox_recv(other, NULL, 0), -1);
	EXPECT_EQ(errno, EMSGSIZE);
	mbox_close(other);
	mbox_close(mb);
}

TEST(a_mailbox_ends_with_the_process_that_is_its_owner, "C4.2")
{
	struct mbox_status status;
	struct mbox *mb;
	int ends[2];
	pid_t pid;
	char c;

	ASSERT_OK(pipe(ends));
	CHILD(pid)
	{
		lib_named("owned", 0600, MBOX_OWNER);
		ASSERT_EQ(write(ends[1], "x", 1), 1);
		for (;;)
			pause();
	}
	ASSERT_EQ(read(ends[0], &c, 1), 1);
	mb = ASSERT_PTR(mbox_open("owned", ALL));
	EXPECT_EQ(lib_status(mb).attr_flags, MBOX_OWNER);
	EXPECT_EQ(lib_status(mb).owner_pid, pid);
	ASSERT_OK(kill(pid, SIGKILL));
	EXPECT_CHILD_KILLED(pid, SIGKILL);
	WAIT_FOR(mbox_status(mb, &status));
	EXPECT_EQ(errno, EIDRM);
	EXPECT_NULL(mbox_open("owned", ALL), ENOENT);
	mbox_close(mb);
}

TEST(others_get_what_the_mode_grants, "C3.4 C3.8 OPEN:EACCES OPEN:EPERM")
{
	struct mbox *mb;
	pid_t pid;

	umask(0);
	mb = lib_named("drop-box", 0622, 0);
	CHILD(pid)
	{
		struct mbox *sender;

		mbt_become(ALICE, ALICE);
		sender = ASSERT_PTR(mbox_open("drop-box", MBOX_SEND));
		EXPECT_NULL(mbox_open("drop-box", MBOX_RECV), EACCES);
		EXPECT_NULL(mbox_open("drop-box", MBOX_SEND | MBOX_RECV),
			    EACCES);
		EXPECT_NULL(mbox_open("drop-box", MBOX_ADMIN), EPERM);
		EXPECT_NULL(mbox_create("drop-box", MBOX_RECV, 0600, NULL),
			    EACCES);
		EXPECT_NULL(mbox_copy(sender, MBOX_RECV), EACCES);
		EXPECT_ERRNO(mbox_unlink(sender), EPERM);
		EXPECT_ERRNO(mbox_destroy(sender), EPERM);
		EXPECT_ERRNO(mbox_recv(sender, NULL, 0), EBADF);
		EXPECT_EQ(mbox_send(sender, "x", 1), 0);
	}
	EXPECT_CHILD_OK(pid);
	EXPECT_EQ(lib_status(mb).messages, 1);
	EXPECT_EQ(lib_status(mb).handles, 1);
	mbox_close(mb);
}

TEST(the_umask_is_taken_off, "C3.5")
{
	struct mbox *mb;

	umask(027);
	mb = lib_named("masked", 0666, 0);
	EXPECT_EQ(lib_status(mb).mode, 0640);
	mbox_close(mb);
}

TEST(a_squatted_name_is_told_by_its_owner, "C3.10 C3.11 OPEN:EACCES")
{
	int ready[2];
	struct mbox *mb;
	char byte;
	pid_t pid;

	ASSERT_OK(pipe(ready));
	CHILD(pid)
	{
		mbt_become(ALICE, ALICE);
		umask(0);
		mb = lib_named("squatted", 0666, 0);
		EXPECT_EQ(lib_status(mb).uid, ALICE);
		ASSERT_EQ(write(ready[1], "x", 1), 1);
		mbt_sleep_ms(20000);
	}
	ASSERT_EQ(read(ready[0], &byte, 1), 1);
	EXPECT_NULL(mbox_open_owned("squatted", MBOX_SEND, 0), EACCES);
	EXPECT_NULL(mbox_open_owned("squatted", MBOX_SEND, BOB), EACCES);
	mb = ASSERT_PTR(mbox_open_owned("squatted", MBOX_SEND, ALICE));
	EXPECT_EQ(lib_status(mb).uid, ALICE);
	EXPECT_EQ(lib_status(mb).gid, ALICE);
	mbox_close(mb);
	EXPECT_NULL(mbox_open_owned("nowhere", MBOX_SEND, 0), ENOENT);
}

TEST(a_handle_without_rights_can_only_look, "C3.3 SEND:EBADF RECV:EBADF")
{
	struct mbox *mb = lib_named("looked-at", 0600, 0);
	struct mbox *looker = ASSERT_PTR(mbox_open("looked-at", 0));
	struct mbox_waiter_entry waiter;

	EXPECT_EQ(lib_status(looker).rights, 0);
	EXPECT_ERRNO(mbox_send(looker, "x", 1), EBADF);
	EXPECT_ERRNO(mbox_recv(looker, NULL, 0), EBADF);
	EXPECT_ERRNO(mbox_unlink(looker), EPERM);
	EXPECT_ERRNO(mbox_destroy(looker), EPERM);
	EXPECT_ERRNO(mbox_waiters(looker, &waiter, 1), EPERM);
	EXPECT_NULL(mbox_copy(looker, MBOX_SEND), EACCES);
	EXPECT_EQ(lib_status(mb).messages, 0);
	mbox_close(looker);
	mbox_close(mb);
}

TEST(a_copy_has_fewer_rights_never_more, "C3.7 COPY:EACCES")
{
	struct mbox *mb = lib_new(NULL);
	struct mbox *sender = ASSERT_PTR(mbox_copy(mb, MBOX_SEND));
	struct mbox *none = ASSERT_PTR(mbox_copy(sender, 0));

	EXPECT_EQ(lib_status(sender).rights, MBOX_SEND);
	EXPECT_EQ(lib_status(none).rights, 0);
	EXPECT_NULL(mbox_copy(sender, MBOX_RECV), EACCES);
	EXPECT_NULL(mbox_copy(sender, ALL), EACCES);
	EXPECT_NULL(mbox_copy(none, MBOX_SEND), EACCES);
	EXPECT_NULL(mbox_copy(mb, MBOX_HANGUP), EINVAL);
	EXPECT_NULL(mbox_copy(mb, MBOX_EXCL), EINVAL);
	EXPECT_EQ(lib_status(mb).handles, 3);
	EXPECT_EQ(lib_status(mb).senders, 2);
	EXPECT_EQ(lib_status(mb).receivers, 1);
	mbox_close(none);
	mbox_close(sender);
	EXPECT_EQ(lib_status(mb).handles, 1);
	mbox_close(mb);
}

TEST(destroy_ends_the_mailbox_for_every_handle,
     "C4.10 C4.12 C4.13 COPY:EIDRM UNLINK:EIDRM DESTROY:EIDRM STAT:EIDRM")
{
	struct mbox *mb = lib_named("doomed", 0600, 0);
	struct mbox_waiter_entry waiter;
	struct mbox_status status;
	char buf[8];
	struct lib_call call = { .mb = mb, .buf = buf, .len = sizeof(buf) };

	lib_block_recv(&call);
	EXPECT_EQ(mbox_destroy(mb), 0);
	lib_finish(&call);
	EXPECT_EQ(call.ret, -1);
	EXPECT_EQ(call.err, EIDRM);

	EXPECT_NULL(mbox_open("doomed", 0), ENOENT);
	EXPECT_ERRNO(mbox_send(mb, "x", 1), EIDRM);
	EXPECT_ERRNO(mbox_recv(mb, buf, sizeof(buf)), EIDRM);
	EXPECT_ERRNO(mbox_status(mb, &status), EIDRM);
	EXPECT_ERRNO(mbox_waiters(mb, &waiter, 1), EIDRM);
	EXPECT_ERRNO(mbox_unlink(mb), EIDRM);
	EXPECT_ERRNO(mbox_destroy(mb), EIDRM);
	EXPECT_NULL(mbox_copy(mb, MBOX_SEND), EIDRM);
	mbox_close(mb);
}

/* Each function that takes a handle, on one that is none any more. */
static void expect_all_fail(struct mbox *mb, int err)
{
	struct mbox_waiter_entry waiter;
	struct mbox_message message;
	struct mbox_status status;
	char buf[8];

	EXPECT_NULL(mbox_copy(mb, MBOX_SEND), err);
	EXPECT_ERRNO(mbox_unlink(mb), err);
	EXPECT_ERRNO(mbox_destroy(mb), err);
	EXPECT_ERRNO(mbox_send(mb, "x", 1), err);
	EXPECT_ERRNO(mbox_send_with(mb, "x", 1, NULL), err);
	EXPECT_ERRNO(mbox_recv(mb, buf, sizeof(buf)), err);
	EXPECT_ERRNO(mbox_recv_with(mb, buf, sizeof(buf), NULL, &message), err);
	EXPECT_ERRNO(mbox_status(mb, &status), err);
	EXPECT_ERRNO(mbox_waiters(mb, &waiter, 1), err);
}

TEST(a_NULL_handle_is_a_closed_descriptor, "")
{
	expect_all_fail(NULL, EBADF);
	EXPECT_ERRNO(mbox_fd(NULL), EBADF);
	errno = 4711;
	mbox_close(NULL);
	EXPECT_EQ(errno, 4711);
}

TEST(a_handle_whose_descriptor_was_closed_fails_with_EBADF, "")
{
	struct mbox *mb = lib_new(NULL);

	ASSERT_OK(close(mbox_fd(mb)));
	expect_all_fail(mb, EBADF);
	errno = 4711;
	mbox_close(mb);
	EXPECT_EQ(errno, 4711);
}

TEST(a_handle_over_a_foreign_descriptor_fails_with_ENOTTY, "")
{
	struct mbox *mb = lib_new(NULL);
	int null = ASSERT_OK(open("/dev/null", O_RDWR | O_CLOEXEC));

	ASSERT_OK(dup2(null, mbox_fd(mb)));
	expect_all_fail(mb, ENOTTY);
	mbox_close(mb);
}

TEST(adopt_takes_only_descriptors_of_the_device, "")
{
	int fds[2], sockets[2], fd;
	struct mbox *mb;

	ASSERT_OK(pipe(fds));
	ASSERT_OK(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets));
	EXPECT_NULL(mbox_adopt(-1), EBADF);
	EXPECT_NULL(mbox_adopt(INT32_MAX), EBADF);
	EXPECT_NULL(mbox_adopt(fds[0]), ENOTTY);
	EXPECT_NULL(mbox_adopt(sockets[0]), ENOTTY);
	fd = ASSERT_OK(open("/dev/null", O_RDWR));
	EXPECT_NULL(mbox_adopt(fd), ENOTTY);
	EXPECT_OK(fcntl(fd, F_GETFD));
	fd = ASSERT_OK(open("/", O_RDONLY));
	EXPECT_NULL(mbox_adopt(fd), ENOTTY);
	fd = ASSERT_OK(open("/dev/mbox", O_RDONLY | O_PATH));
	EXPECT_NULL(mbox_adopt(fd), EBADF);
	fd = ASSERT_OK(open("/dev/mbox", O_RDONLY));
	close(fd);
	EXPECT_NULL(mbox_adopt(fd), EBADF);

	/* A plain open is a handle on the mailbox default. */
	fd = ASSERT_OK(open("/dev/mbox", O_WRONLY));
	mb = ASSERT_PTR(mbox_adopt(fd));
	EXPECT_EQ(mbox_fd(mb), fd);
	EXPECT_STR(lib_status(mb).name, "default");
	EXPECT_EQ(lib_status(mb).rights, MBOX_SEND);
	mbox_close(mb);
	EXPECT_ERRNO(fcntl(fd, F_GETFD), EBADF);
}

TEST(a_handle_can_be_passed_over_a_socket_and_adopted, "C1.9")
{
	struct mbox *mb = lib_new(NULL), *passed, *sender;
	char control[CMSG_SPACE(sizeof(int))] = { 0 }, byte = 0;
	struct iovec iov = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);
	int sockets[2], fd;

	ASSERT_OK(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets));
	sender = ASSERT_PTR(mbox_copy(mb, MBOX_SEND));
	fd = mbox_fd(sender);
	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	cmsg->cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(cmsg), &fd, sizeof(fd));
	ASSERT_EQ(sendmsg(sockets[0], &msg, 0), 1);
	mbox_close(sender);

	msg.msg_controllen = sizeof(control);
	ASSERT_EQ(recvmsg(sockets[1], &msg, 0), 1);
	cmsg = CMSG_FIRSTHDR(&msg);
	ASSERT_TRUE(cmsg);
	memcpy(&fd, CMSG_DATA(cmsg), sizeof(fd));
	passed = ASSERT_PTR(mbox_adopt(fd));
	EXPECT_EQ(lib_status(passed).id, lib_status(mb).id);
	EXPECT_EQ(mbox_send(passed, "x", 1), 0);
	EXPECT_ERRNO(mbox_recv(passed, &byte, 1), EBADF);
	EXPECT_EQ(mbox_recv(mb, &byte, 1), 1);
	EXPECT_EQ(byte, 'x');
	mbox_close(passed);
	mbox_close(mb);
}

TEST(without_a_free_descriptor_nothing_is_made, "OPEN:EMFILE COPY:EMFILE C11.1")
{
	struct mbox *mb = lib_new(NULL);
	struct mbox_limits before, after;
	struct rlimit limit, old;
	int next;

	ASSERT_EQ(mbox_limits(&before), 0);
	ASSERT_OK(getrlimit(RLIMIT_NOFILE, &old));
	next = ASSERT_OK(dup(0));
	close(next);
	/* None left for the device, then none left for the handle. */
	for (int left = 0; left < 2; left++) {
		limit = old;
		limit.rlim_cur = next + left;
		ASSERT_OK(setrlimit(RLIMIT_NOFILE, &limit));
		EXPECT_NULL(mbox_create("unmade", ALL, 0600, NULL), EMFILE);
		EXPECT_NULL(mbox_open("default", MBOX_SEND), EMFILE);
	}
	limit.rlim_cur = next;
	ASSERT_OK(setrlimit(RLIMIT_NOFILE, &limit));
	EXPECT_NULL(mbox_list_open(), EMFILE);
	EXPECT_NULL(mbox_copy(mb, 0), EMFILE);
	EXPECT_ERRNO(mbox_limits(&after), EMFILE);
	ASSERT_OK(setrlimit(RLIMIT_NOFILE, &old));
	EXPECT_NULL(mbox_open("unmade", 0), ENOENT);
	ASSERT_EQ(mbox_limits(&after), 0);
	EXPECT_EQ(after.used_mailboxes, before.used_mailboxes);
	EXPECT_EQ(lib_status(mb).handles, 1);
	/* No descriptor was left open on the way. */
	EXPECT_EQ(dup(0), next);
	mbox_close(mb);
}

TEST(names_are_those_of_the_network_namespace_of_the_call, "C2.3 C2.4")
{
	struct mbox *mb = lib_named("at-home", 0600, 0);
	struct mbox_listing *listing = ASSERT_PTR(mbox_list_open());
	struct mbox_name_entry entry;

	ASSERT_OK(unshare(CLONE_NEWNET));
	EXPECT_NULL(mbox_open("at-home", 0), ENOENT);
	/* The walk began outside and stays there; so does the handle. */
	ASSERT_EQ(mbox_list_next(listing, &entry), 1);
	EXPECT_STR(entry.name, "at-home");
	EXPECT_STR(lib_status(mb).name, "at-home");
	mbox_list_close(listing);
	mbox_close(mb);
}

TEST(a_device_that_may_not_be_opened_is_EACCES, "")
{
	struct stat device;
	pid_t pid;

	ASSERT_OK(stat("/dev/mbox", &device));
	ASSERT_OK(chmod("/dev/mbox", 0600));
	CHILD(pid)
	{
		struct mbox_limits limits;

		mbt_become(ALICE, ALICE);
		EXPECT_NULL(mbox_create("x", ALL, 0600, NULL), EACCES);
		EXPECT_NULL(mbox_open("default", MBOX_SEND), EACCES);
		EXPECT_NULL(mbox_list_open(), EACCES);
		EXPECT_ERRNO(mbox_limits(&limits), EACCES);
	}
	EXPECT_CHILD_OK(pid);
	ASSERT_OK(chmod("/dev/mbox", device.st_mode & 0777));
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * abi-layout.c: the layout of the structures, and what other programs and
 * other threads make of them.
 *
 * Owns: the claims C34.1 to C34.3 and C34.8; part of the program uapi-abi.
 * Takes no locks; run by the guest runner.
 */
#include "box.h"

#include <pthread.h>
#include <sys/wait.h>

/* -- Layout ----------------------------------------------------------------- */

#define FIELD(s, f, at, bytes)                                             \
	do {                                                               \
		_Static_assert(offsetof(struct s, f) == (at), #f);         \
		_Static_assert(sizeof(((struct s *)0)->f) == (bytes), #f); \
		EXPECT_EQ(offsetof(struct s, f), sum);                     \
		sum += (bytes);                                            \
	} while (0)

TEST(structures_have_the_same_layout_everywhere_and_no_holes, "C34.1 C34.2")
{
	size_t sum = 0;

	FIELD(mbox_info, size, 0, 4);
	FIELD(mbox_info, flags, 4, 4);
	FIELD(mbox_info, abi, 8, 4);
	FIELD(mbox_info, name_max, 12, 4);
	FIELD(mbox_info, priority_max, 16, 4);
	FIELD(mbox_info, default_size, 20, 4);
	FIELD(mbox_info, default_messages, 24, 8);
	FIELD(mbox_info, features, 32, 8);
	FIELD(mbox_info, open_flags, 40, 4);
	FIELD(mbox_info, send_flags, 44, 4);
	FIELD(mbox_info, recv_flags, 48, 4);
	FIELD(mbox_info, attrs, 52, 4);
	FIELD(mbox_info, mailbox_bytes, 56, 8);
	FIELD(mbox_info, user_bytes, 64, 8);
	FIELD(mbox_info, user_messages, 72, 8);
	FIELD(mbox_info, user_mailboxes, 80, 8);
	FIELD(mbox_info, used_bytes, 88, 8);
	FIELD(mbox_info, used_messages, 96, 8);
	FIELD(mbox_info, used_mailboxes, 104, 8);
	FIELD(mbox_info, user_calls, 112, 8);
	FIELD(mbox_info, used_calls, 120, 8);
	FIELD(mbox_info, user_fds, 128, 8);
	FIELD(mbox_info, used_fds, 136, 8);
	EXPECT_EQ(sizeof(struct mbox_info), sum);

	sum = 0;
	FIELD(mbox_open, size, 0, 4);
	FIELD(mbox_open, flags, 4, 4);
	FIELD(mbox_open, name, 8, 8);
	FIELD(mbox_open, name_len, 16, 4);
	FIELD(mbox_open, rights, 20, 4);
	FIELD(mbox_open, uid, 24, 4);
	FIELD(mbox_open, gid, 28, 4);
	FIELD(mbox_open, mode, 32, 4);
	FIELD(mbox_open, lifetime, 36, 4);
	FIELD(mbox_open, capacity, 40, 4);
	FIELD(mbox_open, attrs, 44, 4);
	FIELD(mbox_open, max_messages, 48, 8);
	FIELD(mbox_open, max_bytes, 56, 8);
	FIELD(mbox_open, max_size, 64, 4);
	FIELD(mbox_open, policy, 68, 4);
	EXPECT_EQ(sizeof(struct mbox_open), sum);

	sum = 0;
	FIELD(mbox_copy, size, 0, 4);
	FIELD(mbox_copy, flags, 4, 4);
	FIELD(mbox_copy, rights, 8, 4);
	FIELD(mbox_copy, __reserved, 12, 4);
	EXPECT_EQ(sizeof(struct mbox_copy), sum);

	sum = 0;
	FIELD(mbox_remove, size, 0, 4);
	FIELD(mbox_remove, flags, 4, 4);
	EXPECT_EQ(sizeof(struct mbox_remove), sum);

	sum = 0;
	FIELD(mbox_send, size, 0, 4);
	FIELD(mbox_send, flags, 4, 4);
	FIELD(mbox_send, data, 8, 8);
	FIELD(mbox_send, tag, 16, 8);
	FIELD(mbox_send, deadline, 24, 8);
	FIELD(mbox_send, len, 32, 4);
	FIELD(mbox_send, priority, 36, 4);
	FIELD(mbox_send, fds, 40, 8);
	FIELD(mbox_send, nfds, 48, 4);
	FIELD(mbox_send, result, 52, 4);
	EXPECT_EQ(sizeof(struct mbox_send), sum);

	sum = 0;
	FIELD(mbox_recv, size, 0, 4);
	FIELD(mbox_recv, flags, 4, 4);
	FIELD(mbox_recv, data, 8, 8);
	FIELD(mbox_recv, deadline, 16, 8);
	FIELD(mbox_recv, len, 24, 4);
	FIELD(mbox_recv, select, 28, 4);
	FIELD(mbox_recv, select_value, 32, 8);
	FIELD(mbox_recv, fds, 40, 8);
	FIELD(mbox_recv, nfds, 48, 4);
	FIELD(mbox_recv, result, 52, 4);
	FIELD(mbox_recv, id, 56, 8);
	FIELD(mbox_recv, tag, 64, 8);
	FIELD(mbox_recv, start_time, 72, 8);
	FIELD(mbox_recv, sent_time, 80, 8);
	FIELD(mbox_recv, drops, 88, 8);
	FIELD(mbox_recv, token, 96, 8);
	FIELD(mbox_recv, call_deadline, 104, 8);
	FIELD(mbox_recv, msg_len, 112, 4);
	FIELD(mbox_recv, priority, 116, 4);
	FIELD(mbox_recv, pid, 120, 4);
	FIELD(mbox_recv, tid, 124, 4);
	FIELD(mbox_recv, uid, 128, 4);
	FIELD(mbox_recv, gid, 132, 4);
	FIELD(mbox_recv, reply_room, 136, 4);
	FIELD(mbox_recv, msg_fds, 140, 4);
	EXPECT_EQ(sizeof(struct mbox_recv), sum);

	sum = 0;
	FIELD(mbox_batch, size, 0, 4);
	FIELD(mbox_batch, flags, 4, 4);
	FIELD(mbox_batch, entries, 8, 8);
	FIELD(mbox_batch, count, 16, 4);
	FIELD(mbox_batch, entry_size, 20, 4);
	FIELD(mbox_batch, deadline, 24, 8);
	FIELD(mbox_batch, min, 32, 4);
	FIELD(mbox_batch, __reserved, 36, 4);
	EXPECT_EQ(sizeof(struct mbox_batch), sum);

	sum = 0;
	FIELD(mbox_peek, size, 0, 4);
	FIELD(mbox_peek, flags, 4, 4);
	FIELD(mbox_peek, data, 8, 8);
	FIELD(mbox_peek, len, 16, 4);
	FIELD(mbox_peek, place_priority, 20, 4);
	FIELD(mbox_peek, place, 24, 8);
	FIELD(mbox_peek, __reserved, 32, 16);
	FIELD(mbox_peek, id, 48, 8);
	FIELD(mbox_peek, tag, 56, 8);
	FIELD(mbox_peek, start_time, 64, 8);
	FIELD(mbox_peek, sent_time, 72, 8);
	FIELD(mbox_peek, drops, 80, 8);
	FIELD(mbox_peek, msg_len, 88, 4);
	FIELD(mbox_peek, pid, 92, 4);
	FIELD(mbox_peek, tid, 96, 4);
	FIELD(mbox_peek, uid, 100, 4);
	FIELD(mbox_peek, gid, 104, 4);
	FIELD(mbox_peek, msg_fds, 108, 4);
	EXPECT_EQ(sizeof(struct mbox_peek), sum);

	sum = 0;
	FIELD(mbox_flush, size, 0, 4);
	FIELD(mbox_flush, flags, 4, 4);
	FIELD(mbox_flush, messages, 8, 8);
	EXPECT_EQ(sizeof(struct mbox_flush), sum);

	sum = 0;
	FIELD(mbox_filter, size, 0, 4);
	FIELD(mbox_filter, flags, 4, 4);
	FIELD(mbox_filter, select, 8, 4);
	FIELD(mbox_filter, __reserved, 12, 4);
	FIELD(mbox_filter, select_value, 16, 8);
	EXPECT_EQ(sizeof(struct mbox_filter), sum);

	sum = 0;
	FIELD(mbox_notify, size, 0, 4);
	FIELD(mbox_notify, flags, 4, 4);
	FIELD(mbox_notify, signo, 8, 4);
	FIELD(mbox_notify, __reserved, 12, 4);
	FIELD(mbox_notify, value, 16, 8);
	EXPECT_EQ(sizeof(struct mbox_notify), sum);

	sum = 0;
	FIELD(mbox_call, size, 0, 4);
	FIELD(mbox_call, flags, 4, 4);
	FIELD(mbox_call, data, 8, 8);
	FIELD(mbox_call, tag, 16, 8);
	FIELD(mbox_call, deadline, 24, 8);
	FIELD(mbox_call, len, 32, 4);
	FIELD(mbox_call, priority, 36, 4);
	FIELD(mbox_call, reply, 40, 8);
	FIELD(mbox_call, reply_room, 48, 4);
	FIELD(mbox_call, taken, 52, 4);
	FIELD(mbox_call, reply_tag, 56, 8);
	FIELD(mbox_call, start_time, 64, 8);
	FIELD(mbox_call, reply_len, 72, 4);
	FIELD(mbox_call, pid, 76, 4);
	FIELD(mbox_call, tid, 80, 4);
	FIELD(mbox_call, uid, 84, 4);
	FIELD(mbox_call, gid, 88, 4);
	FIELD(mbox_call, __reserved, 92, 4);
	EXPECT_EQ(sizeof(struct mbox_call), sum);

	sum = 0;
	FIELD(mbox_reply, size, 0, 4);
	FIELD(mbox_reply, flags, 4, 4);
	FIELD(mbox_reply, token, 8, 8);
	FIELD(mbox_reply, data, 16, 8);
	FIELD(mbox_reply, tag, 24, 8);
	FIELD(mbox_reply, len, 32, 4);
	FIELD(mbox_reply, __reserved, 36, 4);
	FIELD(mbox_reply, recv, 40, 8);
	EXPECT_EQ(sizeof(struct mbox_reply), sum);

	sum = 0;
	FIELD(mbox_waiter, pid, 0, 4);
	FIELD(mbox_waiter, tid, 4, 4);
	FIELD(mbox_waiter, what, 8, 4);
	FIELD(mbox_waiter, len, 12, 4);
	EXPECT_EQ(sizeof(struct mbox_waiter), sum);

	sum = 0;
	FIELD(mbox_stat, size, 0, 4);
	FIELD(mbox_stat, flags, 4, 4);
	FIELD(mbox_stat, waiters, 8, 8);
	FIELD(mbox_stat, nwaiters, 16, 4);
	FIELD(mbox_stat, rights, 20, 4);
	FIELD(mbox_stat, id, 24, 8);
	FIELD(mbox_stat, name, 32, 64);
	FIELD(mbox_stat, uid, 96, 4);
	FIELD(mbox_stat, gid, 100, 4);
	FIELD(mbox_stat, mode, 104, 4);
	FIELD(mbox_stat, lifetime, 108, 4);
	FIELD(mbox_stat, capacity, 112, 4);
	FIELD(mbox_stat, attrs, 116, 4);
	FIELD(mbox_stat, max_size, 120, 4);
	FIELD(mbox_stat, handles, 124, 4);
	FIELD(mbox_stat, senders, 128, 4);
	FIELD(mbox_stat, receivers, 132, 4);
	FIELD(mbox_stat, senders_waiting, 136, 4);
	FIELD(mbox_stat, receivers_waiting, 140, 4);
	FIELD(mbox_stat, max_messages, 144, 8);
	FIELD(mbox_stat, max_bytes, 152, 8);
	FIELD(mbox_stat, messages, 160, 8);
	FIELD(mbox_stat, bytes, 168, 8);
	FIELD(mbox_stat, peak_messages, 176, 8);
	FIELD(mbox_stat, charged, 184, 8);
	FIELD(mbox_stat, sent, 192, 8);
	FIELD(mbox_stat, received, 200, 8);
	FIELD(mbox_stat, dropped, 208, 8);
	FIELD(mbox_stat, search_steps, 216, 8);
	FIELD(mbox_stat, policy, 224, 4);
	FIELD(mbox_stat, owner_pid, 228, 4);
	FIELD(mbox_stat, times, 232, 256);
	FIELD(mbox_stat, expired, 488, 8);
	FIELD(mbox_stat, slowest_pid, 496, 4);
	FIELD(mbox_stat, __reserved, 500, 4);
	FIELD(mbox_stat, pending, 504, 8);
	FIELD(mbox_stat, missed, 512, 8);
	FIELD(mbox_stat, slowest_pending, 520, 8);
	EXPECT_EQ(sizeof(struct mbox_stat), sum);

	sum = 0;
	FIELD(mbox_list_entry, name, 0, 64);
	FIELD(mbox_list_entry, id, 64, 8);
	FIELD(mbox_list_entry, uid, 72, 4);
	FIELD(mbox_list_entry, gid, 76, 4);
	FIELD(mbox_list_entry, mode, 80, 4);
	FIELD(mbox_list_entry, rights, 84, 4);
	FIELD(mbox_list_entry, messages, 88, 8);
	FIELD(mbox_list_entry, bytes, 96, 8);
	EXPECT_EQ(sizeof(struct mbox_list_entry), sum);

	sum = 0;
	FIELD(mbox_list, size, 0, 4);
	FIELD(mbox_list, flags, 4, 4);
	FIELD(mbox_list, entries, 8, 8);
	FIELD(mbox_list, count, 16, 4);
	FIELD(mbox_list, entry_size, 20, 4);
	FIELD(mbox_list, after, 24, 64);
	EXPECT_EQ(sizeof(struct mbox_list), sum);
}

/* -- Fetched once ----------------------------------------------------------- */

static volatile bool stop;

struct flipper {
	volatile __u32 *word;
	__u32 a, b;
};

static void *flip(void *arg)
{
	struct flipper *f = arg;

	while (!stop) {
		*f->word = f->a;
		*f->word = f->b;
	}
	return NULL;
}

/*
 * Another thread changes the structure all the time.  Each call must behave
 * as one of the two values says, all through.
 */
TEST_FOR(a_structure_that_changes_under_the_call_is_read_once, "C34.8", 60)
{
	static char data[4096];
	static struct mbox_send s;
	static struct mbox_open o;
	static char name[8];
	struct flipper f = { &s.len, 8, sizeof(data) };
	char got[4096];
	struct mbox_recv r;
	pthread_t t;
	int fd = box_new(), i, ok = 0;

	s = (struct mbox_send){ .size = sizeof(s),
				.flags = MBOX_NOWAIT,
				.data = PTR(data),
				.len = 8 };
	memset(data, 'x', sizeof(data));
	stop = false;
	ASSERT_EQ(pthread_create(&t, NULL, flip, &f), 0);
	for (i = 0; i < 3000; i++) {
		ASSERT_OK(box_ioctl(fd, MBOX_IOC_SEND, &s));
		memset(got, 0, sizeof(got));
		ASSERT_OK(do_recv(fd, &r, got, sizeof(got),
				  .flags = MBOX_NOWAIT));
		if (r.msg_len != 8 && r.msg_len != sizeof(data))
			FAIL("message of %u bytes, neither 8 nor 4096",
			     r.msg_len);
		ASSERT_MEM(got, data, r.msg_len);
	}
	stop = true;
	pthread_join(t, NULL);

	/* A size that is now right, now absurd. */
	s.len = 8;
	f = (struct flipper){ &s.size, sizeof(s), 0xfffffff0 };
	stop = false;
	ASSERT_EQ(pthread_create(&t, NULL, flip, &f), 0);
	for (i = 0; i < 3000; i++) {
		if (box_ioctl(fd, MBOX_IOC_SEND, &s)) {
			if (errno != E2BIG && errno != EFAULT)
				FAIL("SEND gave %s", mbt_errno_name(errno));
			continue;
		}
		ok++;
		ASSERT_OK(do_recv(fd, &r, got, sizeof(got),
				  .flags = MBOX_NOWAIT));
		ASSERT_EQ(r.msg_len, 8);
	}
	stop = true;
	pthread_join(t, NULL);
	expect_empty(fd);

	/* A name that is now allowed, now not. */
	memcpy(name, "fetch__", 8);
	o = (struct mbox_open){ .size = sizeof(o),
				.flags = MBOX_OPEN_CREATE,
				.rights = R_ALL,
				.mode = 0600,
				.name = PTR(name),
				.name_len = 7 };
	f = (struct flipper){ (__u32 *)name, 0x63746566 /* "fetc" */,
			      0x2f2f2f2f /* "////" */ };
	stop = false;
	ASSERT_EQ(pthread_create(&t, NULL, flip, &f), 0);
	for (i = 0; i < 3000; i++) {
		int made = box_ioctl(box_dev(), MBOX_IOC_OPEN, &o);
		struct mbox_stat st;

		if (made < 0) {
			if (errno != EINVAL)
				FAIL("OPEN gave %s", mbt_errno_name(errno));
			continue;
		}
		st = stat_of(made);
		ASSERT_STR(st.name, "fetch__");
		close(made);
	}
	stop = true;
	pthread_join(t, NULL);
	mbt_note("%d sends saw the right size", ok);
}

TEST(an_x32_program_sends_and_receives, "C34.3")
{
	static const char prog[] = "/usr/lib/mbox/tests/abi-x32";
	char cmdline[4096];
	pid_t pid;
	int status;

	ASSERT_OK(access(prog, X_OK));
	pid = mbt_fork();
	if (pid == 0) {
		execl(prog, prog, NULL);
		_exit(errno == ENOEXEC ? 100 : 101);
	}
	status = mbt_reap(__FILE__, __LINE__, pid);
	ASSERT_GT(mbt_read_file("/proc/cmdline", cmdline, sizeof(cmdline)), 0);
	/* A kernel that was booted without x32 kills or refuses it. */
	if (status && !strstr(cmdline, "syscall.x32=y"))
		SKIP("the kernel was booted without syscall.x32=y");
	EXPECT_EQ(status, 0);
}

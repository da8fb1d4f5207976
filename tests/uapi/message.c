// SPDX-License-Identifier: GPL-2.0-only
/*
 * message.c: what a message carries, and in which order messages come.
 *
 * Owns: the claims of C8, C9 and C10.  Takes no locks; run by the guest
 * runner.
 *
 * opts: timeout=120
 */
#include "box.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static void pattern(char *buf, size_t len, unsigned int seed)
{
	size_t i;

	for (i = 0; i < len; i++)
		buf[i] = (char)(i * 31 + i / 251 + seed);
}

/* Lengths around every boundary of the kernel's memory for messages. */
static const unsigned int lengths[] = { 0,    1,    2,	  7,	 8,    63,
					64,   127,  128,  129,	 255,  256,
					1023, 1024, 1025, 4000,	 4087, 4088,
					4089, 4095, 4096, 4097,	 8183, 8184,
					8185, 8192, 9000, 65535, 65536 };

TEST(a_message_of_every_length_comes_out_as_it_went_in, "C8.1")
{
	static char out[65536], in[65536 + 8];
	int fd = box_new();
	struct mbox_recv r;
	size_t i;

	for (i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		unsigned int len = lengths[i];

		pattern(out, len, len);
		ASSERT_OK(do_send(fd, out, len, .flags = MBOX_NOWAIT));
		EXPECT_EQ(stat_of(fd).bytes, len);
		memset(in, 0x55, sizeof(in));
		ASSERT_OK(
			do_recv(fd, &r, in, sizeof(in), .flags = MBOX_NOWAIT));
		EXPECT_EQ(r.msg_len, len);
		EXPECT_MEM(in, out, len);
		EXPECT_MEM(in + len, "\x55\x55\x55\x55\x55\x55\x55\x55", 8);
		/* Room of just the length; and the same by write and read. */
		if (len) {
			ASSERT_EQ(write(fd, out, len), len);
			EXPECT_EQ(read(fd, in, len), len);
			EXPECT_MEM(in, out, len);
		}
	}
	EXPECT_EQ(stat_of(fd).bytes, 0);
}

TEST(a_message_of_no_bytes_is_a_message, "C8.1")
{
	int fd = box_new();
	struct mbox_recv r;
	char c = 'u';

	/* No bytes, so the pointer is not looked at. */
	ASSERT_OK(do_send(fd, nowhere(), 0, .tag = 5));
	EXPECT_EQ(stat_of(fd).messages, 1);
	ASSERT_OK(do_recv(fd, &r, nowhere(), 0));
	EXPECT_EQ(r.msg_len, 0);
	EXPECT_EQ(r.tag, 5);
	ASSERT_OK(do_send(fd, NULL, 0));
	EXPECT_EQ(read(fd, &c, 1), 0);
	EXPECT_EQ(stat_of(fd).received, 2);
	EXPECT_EQ(c, 'u');
}

TEST(a_message_carries_its_priority, "C8.2 ANY:EINVAL")
{
	static const __u32 good[] = { 0, 1, 31, 32, 1000, 32766, 32767 };
	static const __u32 bad[] = { 32768, 65536, 0x80000000, 0xffffffff };
	int fd = box_new();
	struct mbox_recv r;
	size_t i;
	char c;

	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		ASSERT_OK(do_send(fd, "x", 1, .priority = good[i]));
		ASSERT_OK(do_recv(fd, &r, &c, 1));
		EXPECT_EQ(r.priority, good[i]);
	}
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		expect_refused(fd, do_send(fd, "x", 1, .priority = bad[i]),
			       EINVAL);
	EXPECT_EQ(write(fd, "x", 1), 1);
	ASSERT_OK(do_recv(fd, &r, &c, 1));
	EXPECT_EQ(r.priority, 0);
	EXPECT_EQ(r.tag, 0);
}

TEST(a_message_carries_its_tag, "C8.3")
{
	static const __u64 tags[] = { 0, 1, 0x123456789abcdef0ULL,
				      0xffffffffffffffffULL, 1ULL << 63 };
	int fd = box_new();
	struct mbox_recv r;
	size_t i;
	char c;

	for (i = 0; i < sizeof(tags) / sizeof(tags[0]); i++) {
		ASSERT_OK(do_send(fd, "x", 1, .tag = tags[i]));
		ASSERT_OK(do_recv(fd, &r, &c, 1));
		EXPECT_TRUE(r.tag == tags[i]);
	}
}

TEST(ids_count_the_messages_of_a_mailbox, "C8.4")
{
	int fd = box_new(), other = box_new(), i;
	struct mbox_recv r;
	char c;

	for (i = 1; i <= 5; i++) {
		put(other, "x");
		put(fd, "x");
	}
	for (i = 1; i <= 5; i++) {
		ASSERT_OK(do_recv(fd, &r, &c, 1));
		EXPECT_EQ(r.id, i);
	}
	/* A send that is refused takes no number. */
	ASSERT_OK(fcntl(fd, F_SETFL, O_NONBLOCK));
	EXPECT_ERRNO(do_send(fd, "x", 1, .priority = 32768), EINVAL);
	put(fd, "x");
	ASSERT_OK(do_recv(fd, &r, &c, 1));
	EXPECT_EQ(r.id, 6);
	EXPECT_EQ(r.drops, 0);
}

/* starttime of /proc/PID/stat, field 22, in ns. */
static unsigned long long start_of(pid_t pid)
{
	char path[64], text[1024], *p;
	unsigned long long ticks;
	int i;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	ASSERT_GT(mbt_read_file(path, text, sizeof(text)), 0);
	p = strrchr(text, ')') + 2;
	for (i = 3; i < 22; i++)
		p = strchr(p, ' ') + 1;
	ticks = strtoull(p, NULL, 10);
	return ticks *
	       (1000000000ULL / (unsigned long long)sysconf(_SC_CLK_TCK));
}

struct sender {
	int fd;
	pid_t tid;
};

static void *send_from_thread(void *arg)
{
	struct sender *s = arg;

	s->tid = mbt_gettid();
	ASSERT_OK(do_send(s->fd, "t", 1));
	return NULL;
}

TEST(process_thread_and_start_time_are_stamped, "C8.5 C8.6 C8.9")
{
	struct sender s = { .fd = box_new() };
	struct mbox_recv r;
	unsigned long long start = start_of(getpid());
	unsigned long long tick =
		1000000000ULL / (unsigned long long)sysconf(_SC_CLK_TCK);
	pthread_t t;
	pid_t pid;
	char c;

	put(s.fd, "x");
	ASSERT_OK(do_recv(s.fd, &r, &c, 1));
	EXPECT_EQ(r.pid, getpid());
	EXPECT_EQ(r.tid, getpid());
	EXPECT_EQ(r.uid, 0);
	EXPECT_EQ(r.gid, 0);
	EXPECT_EQ(r.start_time / tick * tick, start);
	ASSERT_EQ(pthread_create(&t, NULL, send_from_thread, &s), 0);
	ASSERT_OK(do_recv(s.fd, &r, &c, 1));
	pthread_join(t, NULL);
	EXPECT_EQ(r.pid, getpid());
	EXPECT_EQ(r.tid, s.tid);
	EXPECT_NE(r.tid, r.pid);
	/* The process's start, not the thread's. */
	EXPECT_EQ(r.start_time / tick * tick, start);
	CHILD(pid)
	put(s.fd, "x");
	start = 0;
	EXPECT_CHILD_OK(pid);
	ASSERT_OK(do_recv(s.fd, &r, &c, 1));
	/* It is gone by now, and still named. */
	EXPECT_EQ(r.pid, pid);
	EXPECT_GT(r.start_time, 0);
}

TEST(effective_ids_are_stamped, "C8.7 C8.9")
{
	int fd = box_new();
	struct mbox_recv r;
	pid_t pid;
	char c;

	CHILD(pid)
	{
		ASSERT_OK(setresgid(1, BOB, 2));
		ASSERT_OK(setresuid(3, ALICE, 4));
		put(fd, "x");
	}
	EXPECT_CHILD_OK(pid);
	ASSERT_OK(do_recv(fd, &r, &c, 1));
	EXPECT_EQ(r.uid, ALICE);
	EXPECT_EQ(r.gid, BOB);
}

TEST(a_plain_write_stamps_whoever_opened_the_handle, "C8.10")
{
	int recv = box_named("opener", .mode = 0600), to_root[2];
	struct mbox_recv r;
	pid_t pid;
	char c;

	ASSERT_OK(pipe(to_root));
	/* Root opened, alice writes: the stamp says root and this process. */
	CHILD(pid)
	{
		mbt_become(ALICE, ALICE);
		ASSERT_EQ(write(recv, "w", 1), 1);
		put(recv, "s");
	}
	EXPECT_CHILD_OK(pid);
	ASSERT_OK(do_recv(recv, &r, &c, 1));
	EXPECT_EQ(r.uid, 0);
	EXPECT_EQ(r.gid, 0);
	EXPECT_EQ(r.pid, getpid());
	EXPECT_EQ(r.tid, getpid());
	/* SEND is the caller's own deed. */
	ASSERT_OK(do_recv(recv, &r, &c, 1));
	EXPECT_EQ(r.uid, ALICE);
	EXPECT_EQ(r.pid, pid);
}

TEST(a_plain_open_stamps_its_opener, "C8.10 C8.12")
{
	int in = ASSERT_OK(open(DEV, O_RDONLY | O_CLOEXEC)), out;
	struct mbox_recv r;
	pid_t pid;
	char c;

	/*
	 * Alice opens, a privileged program writes to what it was given: the
	 * message must not look like root's.
	 */
	ASSERT_OK(setresgid(ALICE, ALICE, 0));
	ASSERT_OK(setresuid(0, ALICE, 0));
	out = ASSERT_OK(open(DEV, O_WRONLY | O_CLOEXEC));
	ASSERT_OK(setresuid(0, 0, 0));
	ASSERT_OK(setresgid(0, 0, 0));
	CHILD(pid)
	ASSERT_EQ(write(out, "x", 1), 1);
	EXPECT_CHILD_OK(pid);
	ASSERT_OK(do_recv(in, &r, &c, 1));
	EXPECT_EQ(r.uid, ALICE);
	EXPECT_EQ(r.gid, ALICE);
	EXPECT_EQ(r.pid, getpid());
}

TEST(a_sender_cannot_forge_its_stamp, "C8.12")
{
	struct mbox_send s[2] = { { .size = sizeof(s[0]), .tag = 1 } };
	int fd = box_new();
	struct mbox_recv r;
	pid_t pid;
	char c;

	/*
	 * What a sender says is data, tag, priority, length; all of it at the
	 * receiver's, and nothing it puts there changes the stamp.
	 */
	CHILD(pid)
	{
		mbt_become(BOB, BOB);
		s[0].tag = ~0ULL;
		s[0].priority = MBOX_PRIORITY_MAX;
		ASSERT_OK(box_ioctl(fd, MBOX_IOC_SEND, s));
		s[0].size = 2 * sizeof(s[0]);
		s[1].tag = 0;
		s[1].size = 1;
		EXPECT_ERRNO(box_ioctl(fd, MBOX_IOC_SEND, s), E2BIG);
	}
	EXPECT_CHILD_OK(pid);
	ASSERT_OK(do_recv(fd, &r, &c, 1, .pid = 1, .tid = 1, .uid = 0, .gid = 0,
			  .id = 77, .start_time = 1));
	EXPECT_EQ(r.pid, pid);
	EXPECT_EQ(r.tid, pid);
	EXPECT_EQ(r.uid, BOB);
	EXPECT_EQ(r.gid, BOB);
	EXPECT_EQ(r.id, 1);
	expect_empty(fd);
}

TEST(stamps_are_translated_for_the_receivers_pid_namespace, "C8.8")
{
	int to_child = box_new(), to_parent = box_new();
	struct mbox_recv r;
	pid_t pid;
	char c;

	put(to_child, "x");
	ASSERT_OK(unshare(CLONE_NEWPID));
	CHILD(pid)
	{
		pid_t inner;

		ASSERT_EQ(getpid(), 1);
		/* From outside: no number for it here. */
		ASSERT_OK(do_recv(to_child, &r, &c, 1));
		EXPECT_EQ(r.pid, 0);
		EXPECT_EQ(r.tid, 0);
		EXPECT_GT(r.start_time, 0);
		CHILD(inner)
		{
			put(to_child, "y");
			put(to_parent, "z");
		}
		EXPECT_CHILD_OK(inner);
		ASSERT_OK(do_recv(to_child, &r, &c, 1));
		EXPECT_EQ(r.pid, inner);
		EXPECT_EQ(r.tid, inner);
		put(to_parent, "w");
	}
	EXPECT_CHILD_OK(pid);
	ASSERT_OK(do_recv(to_parent, &r, &c, 1));
	EXPECT_GT(r.pid, pid); /* the inner child, by its number out here */
	ASSERT_OK(do_recv(to_parent, &r, &c, 1));
	EXPECT_EQ(r.pid, pid);
	EXPECT_EQ(r.tid, pid);
}

TEST(stamps_are_translated_for_the_receivers_user_namespace, "C8.8")
{
	int fd = box_new(), back = box_new();
	struct mbox_recv r;
	pid_t pid;
	char c;

	CHILD(pid)
	{
		mbt_become(ALICE, ALICE);
		put(fd, "x");
	}
	EXPECT_CHILD_OK(pid);
	put(fd, "y");
	CHILD(pid)
	{
		ASSERT_OK(setresgid(ALICE, ALICE, ALICE));
		ASSERT_OK(setresuid(ALICE, ALICE, ALICE));
		enter_user_ns(0);
		ASSERT_OK(do_recv(fd, &r, &c, 1));
		EXPECT_EQ(r.uid, 0); /* alice is root in there */
		EXPECT_EQ(r.gid, 0);
		ASSERT_OK(do_recv(fd, &r, &c, 1));
		EXPECT_EQ(r.uid, 65534); /* root has no number in there */
		EXPECT_EQ(r.gid, 65534);
		put(back, "z");
	}
	EXPECT_CHILD_OK(pid);
	ASSERT_OK(do_recv(back, &r, &c, 1));
	EXPECT_EQ(r.uid, ALICE);
	EXPECT_EQ(r.gid, ALICE);
}

TEST(times_are_stamped_where_they_were_asked_for, "C8.11")
{
	int fd = box_new(.attrs = MBOX_ATTR_TIMES), plain = box_new();
	struct mbox_recv r;
	int64_t before, after;
	pid_t pid;
	char c;

	before = mbt_now();
	put(fd, "x");
	after = mbt_now();
	ASSERT_OK(do_recv(fd, &r, &c, 1));
	EXPECT_GE(r.sent_time, before);
	EXPECT_LE(r.sent_time, after);
	put(plain, "x");
	ASSERT_OK(do_recv(plain, &r, &c, 1, .sent_time = 5));
	EXPECT_EQ(r.sent_time, 0);
	/* Handed over to a sleeper: stamped just the same. */
	CHILD(pid)
	{
		ASSERT_OK(do_recv(fd, &r, &c, 1));
		EXPECT_GE(r.sent_time, after);
		EXPECT_LE(r.sent_time, mbt_now());
	}
	wait_until_blocked(pid);
	put(fd, "x");
	EXPECT_CHILD_OK(pid);
}

TEST(a_time_namespace_shifts_the_times_that_are_shown, "C8.8 C8.11")
{
	int fd = box_new(.attrs = MBOX_ATTR_TIMES);
	struct mbox_recv here;
	pid_t pid;
	char c;

	put(fd, "x");
	put(fd, "x");
	ASSERT_OK(do_recv(fd, &here, &c, 1));
	CHILD(pid)
	{
		pid_t inner;

		ASSERT_OK(unshare(CLONE_NEWTIME));
		ASSERT_OK(mbt_write_file("/proc/self/timens_offsets",
					 "monotonic 1000 0\nboottime 5000 0"));
		CHILD(inner)
		{
			struct mbox_recv r;

			ASSERT_OK(do_recv(fd, &r, &c, 1));
			EXPECT_GE(r.sent_time,
				  here.sent_time + 1000 * MBT_SECOND);
			EXPECT_LE(r.sent_time,
				  here.sent_time + 1030 * MBT_SECOND);
			EXPECT_EQ(r.start_time,
				  here.start_time + 5000 * MBT_SECOND);
		}
		EXPECT_CHILD_OK(inner);
	}
	EXPECT_CHILD_OK(pid);
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
	struct mbox_recv r;

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

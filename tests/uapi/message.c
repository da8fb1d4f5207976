// SPDX-License-Identifier: GPL-2.0-only
/*
 * message.c: what a message carries.
 *
 * Owns: the claims of C8.  Takes no locks; run by the guest
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

TEST(a_message_of_five_megabytes_comes_out_as_it_went_in, "C8.1")
{
	enum { LEN = 5 << 20 };
	char *out = malloc(LEN), *in = calloc(1, LEN);
	int fd = box_new(.max_size = LEN);
	struct mbox_recv r;

	pattern(out, LEN, 5);
	ASSERT_OK(do_send(fd, out, LEN, .flags = MBOX_NOWAIT));
	ASSERT_OK(do_recv(fd, &r, in, LEN, .flags = MBOX_NOWAIT));
	EXPECT_EQ(r.msg_len, LEN);
	EXPECT_EQ(memcmp(in, out, LEN), 0);
	free(in);
	free(out);
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
	EXPECT_GT(r.pid, 2); /* the inner child, by its number out here */
	EXPECT_NE(r.pid, pid);
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
		enter_user_ns(0, 0);
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

// SPDX-License-Identifier: GPL-2.0-only
/*
 * badinput.c: what no program should do, done on purpose, and what is left in
 * the kernel afterwards.
 *
 * Owns: the claims of C35 and of C36.1 to C36.5 that need no test build; the
 * bad input of the other files' verbs is tested beside the good one.  Takes
 * no locks; run by the guest runner.
 *
 * opts: timeout=180
 */
#include "box.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

static const unsigned int verbs[] = {
	MBOX_IOC_INFO, MBOX_IOC_STAT,	MBOX_IOC_LIST,	  MBOX_IOC_OPEN,
	MBOX_IOC_COPY, MBOX_IOC_UNLINK, MBOX_IOC_DESTROY, MBOX_IOC_SEND,
	MBOX_IOC_RECV, MBOX_IOC_PEEK,	MBOX_IOC_FLUSH,	  MBOX_IOC_FILTER
};

#define VERBS (sizeof(verbs) / sizeof(verbs[0]))

TEST(foreign_and_closed_descriptors_are_refused, "C34.7")
{
	int null = ASSERT_OK(open("/dev/null", O_RDWR));
	int file = ASSERT_OK(open("/proc/self/exe", O_RDONLY));
	char buf[512] = "";
	int p[2], closed;
	size_t i;

	ASSERT_OK(pipe(p));
	closed = ASSERT_OK(dup(null));
	close(closed);
	for (i = 0; i < VERBS; i++) {
		EXPECT_ERRNO(ioctl(null, verbs[i], buf), ENOTTY);
		EXPECT_ERRNO(ioctl(file, verbs[i], buf), ENOTTY);
		EXPECT_ERRNO(ioctl(p[0], verbs[i], buf), ENOTTY);
		EXPECT_ERRNO(ioctl(closed, verbs[i], buf), EBADF);
		EXPECT_ERRNO(ioctl(-1, verbs[i], buf), EBADF);
	}
}

TEST(a_handle_is_no_file_to_seek_map_or_truncate, "C35.2")
{
	int fd = box_new();
	char c;

	put(fd, "x");
	EXPECT_ERRNO(lseek(fd, 0, SEEK_SET), ESPIPE);
	EXPECT_ERRNO(pread(fd, &c, 1, 0), ESPIPE);
	EXPECT_ERRNO(pwrite(fd, &c, 1, 0), ESPIPE);
	EXPECT_ERRNO(ftruncate(fd, 0), EINVAL);
	EXPECT_TRUE(mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0) ==
		    MAP_FAILED);
	EXPECT_EQ(errno, ENODEV);
	expect_next(fd, "x");
}

/*
 * Random structures to every verb, in many threads, with descriptors that
 * come and go.  box.c looks at the errors and the log when it is over.
 */
struct mess {
	unsigned int seed;
	const int *fds;
	int rounds;
};

static void *make_a_mess(void *arg)
{
	struct mess *m = arg;
	/* Where a hole follows: a random size may ask for more than is here. */
	unsigned char buf[1024], *data = pages_before_hole(32);
	unsigned int i;
	int n;

	for (n = 0; n < m->rounds; n++) {
		unsigned int v = (unsigned int)rand_r(&m->seed) % VERBS;
		int fd = m->fds[rand_r(&m->seed) % 4], ret;
		__u32 *w = (__u32 *)buf;

		/* DESTROY and UNLINK would end the fun too soon. */
		if (verbs[v] == MBOX_IOC_DESTROY || verbs[v] == MBOX_IOC_UNLINK)
			continue;
		memset(buf, 0, sizeof(buf));
		w[0] = 256;
		if (verbs[v] == MBOX_IOC_SEND)
			w[0] = sizeof(struct mbox_send);
		else if (verbs[v] == MBOX_IOC_RECV)
			w[0] = sizeof(struct mbox_recv);
		else if (verbs[v] == MBOX_IOC_OPEN)
			w[0] = sizeof(struct mbox_open);
		else if (verbs[v] == MBOX_IOC_COPY)
			w[0] = sizeof(struct mbox_copy);
		w[1] = (__u32)rand_r(&m->seed) & 0x1f;
		if (verbs[v] == MBOX_IOC_SEND || verbs[v] == MBOX_IOC_RECV)
			w[1] |= MBOX_NOWAIT;
		w[2] = (__u32)(uintptr_t)data;
		w[3] = (__u32)(PTR(data) >> 32);
		for (i = 4; i < w[0] / 4; i++)
			if (rand_r(&m->seed) % 4 == 0)
				w[i] = rand_r(&m->seed) % 3 ?
					       (__u32)rand_r(&m->seed) % 100 :
					       (__u32)rand_r(&m->seed);
		ret = box_ioctl(fd, verbs[v], buf);
		if (ret > 2)
			close(ret);
	}
	return NULL;
}

TEST_FOR(random_structures_do_no_harm, "C36.1 C36.2 C35.2", 60)
{
	struct mbox_info before = info_of();
	int fds[4] = { box_new(), box_new(.max_messages = 3), box_named("mess"),
		       box_new(.capacity = MBOX_CAPACITY_UNBOUNDED) };
	unsigned int seed = (unsigned int)mbt_now();
	struct mess m[4];
	pthread_t t[4];
	int i;

	mbt_note("seed %u", seed);
	for (i = 0; i < 4; i++) {
		m[i] = (struct mess){ seed + (unsigned int)i, fds, 20000 };
		ASSERT_EQ(pthread_create(&t[i], NULL, make_a_mess, &m[i]), 0);
	}
	for (i = 0; i < 4; i++)
		pthread_join(t[i], NULL);
	for (i = 0; i < 4; i++) {
		struct mbox_stat st = stat_of(fds[i]);

		EXPECT_EQ(st.sent, st.received + st.dropped + st.messages);
		close(fds[i]);
	}
	EXPECT_EQ(info_of().used_mailboxes, before.used_mailboxes);
	EXPECT_EQ(info_of().used_messages, before.used_messages);
	EXPECT_EQ(info_of().used_bytes, before.used_bytes);
}

TEST(message_memory_never_shows_what_was_there_before, "C36.4")
{
	static unsigned char buf[70000];
	static const unsigned int lens[] = { 0, 1, 100, 200, 5000, 65536 };
	int fd = box_new();
	struct mbox_recv r;
	size_t i, j;

	/* Fill the caches with something to be seen. */
	memset(buf, 0xee, sizeof(buf));
	for (i = 0; i < 16; i++)
		ASSERT_OK(do_send(fd, buf, 65536));
	for (i = 0; i < 16; i++)
		ASSERT_OK(do_recv(fd, &r, buf, sizeof(buf)));
	for (i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
		memset(buf, 0x11, sizeof(buf));
		ASSERT_OK(do_send(fd, buf, lens[i]));
		memset(buf, 0x22, sizeof(buf));
		memset(&r, 0x33, sizeof(r));
		ASSERT_OK(do_recv(fd, &r, buf, sizeof(buf)));
		for (j = 0; j < sizeof(buf); j++)
			if (buf[j] != (j < lens[i] ? 0x11 : 0x22))
				break;
		EXPECT_EQ(j, sizeof(buf));
	}
}

/* -- Nothing stalls ----------------------------------------------------------- */

struct crowd {
	int fd;
	bool hangup;
	int err;
};

static void *wait_in_crowd(void *arg)
{
	struct crowd *c = arg;
	char b;

	if (read(c->fd, &b, 1) < 0 && errno != c->err)
		FAIL("read gave %s", mbt_errno_name(errno));
	return NULL;
}

static void gather(struct crowd *c, pthread_t *t, int n)
{
	pthread_attr_t attr;
	int i;

	ASSERT_EQ(pthread_attr_init(&attr), 0);
	ASSERT_EQ(pthread_attr_setstacksize(&attr, 65536), 0);
	for (i = 0; i < n; i++)
		ASSERT_EQ(pthread_create(&t[i], &attr, wait_in_crowd, c), 0);
}

enum { CROWD = 1300 };

TEST_FOR(hangup_receivers_that_cannot_end_do_not_stall_the_kernel,
	 "C36.3 C36.5", 60)
{
	static pthread_t t[CROWD];
	int all = box_named("crowd"), admin, i;
	struct crowd c = { .err = EIDRM };
	int64_t start;

	admin = ASSERT_OK(do_copy(all, R_ADMIN));
	close(all);
	/* Opened when no sender was there: none of them is at its end. */
	c.fd = ASSERT_OK(box_open(.flags = MBOX_OPEN_HANGUP, .rights = R_RECV,
				  NAMED("crowd")));
	gather(&c, t, CROWD);
	WAIT_FOR(stat_of(admin).receivers_waiting == CROWD);
	start = mbt_now();
	ASSERT_OK(do_unlink(admin));
	EXPECT_LT(mbt_now() - start, 10 * MBT_SECOND);
	EXPECT_EQ(stat_of(admin).receivers_waiting, CROWD);
	ASSERT_OK(do_destroy(admin));
	for (i = 0; i < CROWD; i++)
		pthread_join(t[i], NULL);
}

TEST_FOR(a_crowd_at_its_end_is_woken_to_the_last, "C36.5 C6.9", 60)
{
	static pthread_t t[CROWD];
	int all = box_named("crowd"), send, i;
	struct crowd c = { .err = 0 };

	c.fd = ASSERT_OK(box_open(.flags = MBOX_OPEN_HANGUP, .rights = R_RECV,
				  NAMED("crowd")));
	send = ASSERT_OK(do_copy(all, R_SEND));
	gather(&c, t, CROWD);
	WAIT_FOR(stat_of(all).receivers_waiting == CROWD);
	close(all);
	close(send);
	for (i = 0; i < CROWD; i++)
		pthread_join(t[i], NULL);
	EXPECT_EQ(stat_of(c.fd).receivers, 1);
}

struct crowd_sender {
	int fd;
	int err;
};

static void *send_in_crowd(void *arg)
{
	struct crowd_sender *c = arg;

	if (do_send(c->fd, "x", 1) < 0 && errno != c->err)
		FAIL("send gave %s", mbt_errno_name(errno));
	return NULL;
}

TEST_FOR(a_crowd_of_senders_is_let_in_or_sent_away_to_the_last,
	 "C36.5 C18.5 C4.12", 60)
{
	static pthread_t t[CROWD];
	pthread_attr_t attr;
	int round, i;

	ASSERT_EQ(pthread_attr_init(&attr), 0);
	ASSERT_EQ(pthread_attr_setstacksize(&attr, 65536), 0);
	for (round = 0; round < 3; round++) {
		int fd = box_new(.max_bytes = 2 * CROWD, .max_size = 2 * CROWD);
		struct crowd_sender c = { fd, EIDRM };
		char *big = calloc(1, 2 * CROWD);
		struct mbox_recv r;

		ASSERT_OK(do_send(fd, big, 2 * CROWD));
		for (i = 0; i < CROWD; i++)
			ASSERT_EQ(pthread_create(&t[i], &attr, send_in_crowd,
						 &c),
				  0);
		WAIT_FOR(stat_of(fd).senders_waiting == CROWD);
		/* All fit at once, or all are sent away. */
		if (round == 0)
			ASSERT_OK(do_recv(fd, &r, big, 2 * CROWD));
		else if (round == 1)
			ASSERT_OK(do_destroy(fd));
		else
			for (i = 0; i < CROWD + 1; i++)
				ASSERT_OK(do_recv(fd, &r, big, 2 * CROWD));
		for (i = 0; i < CROWD; i++)
			pthread_join(t[i], NULL);
		if (round == 0)
			EXPECT_EQ(stat_of(fd).messages, CROWD);
		if (round == 2)
			EXPECT_EQ(stat_of(fd).messages, 0);
		free(big);
		close(fd);
	}
}

TEST_FOR(a_crowd_of_small_receivers_is_refused_to_the_last, "C36.5 C18.4", 60)
{
	static pthread_t t[CROWD];
	int fd = box_new(), i;
	struct crowd c = { .fd = fd, .err = EMSGSIZE };

	gather(&c, t, CROWD);
	WAIT_FOR(stat_of(fd).receivers_waiting == CROWD);
	put(fd, "too long for all of them");
	for (i = 0; i < CROWD; i++)
		pthread_join(t[i], NULL);
	expect_next(fd, "too long for all of them");
	EXPECT_GE(stat_of(fd).search_steps, CROWD);
}

/* The time of 5000 pairs; in one of the rounds no processor stands still. */
static int64_t best_of_three(int fd)
{
	int64_t t, best = INT64_MAX;
	struct mbox_recv r;
	int i, round;
	char c;

	for (round = 0; round < 3; round++) {
		t = mbt_now();
		for (i = 0; i < 5000; i++) {
			ASSERT_OK(
				do_send(fd, "x", 1, .priority = (__u32)i % 8));
			ASSERT_OK(do_recv(fd, &r, &c, 1));
		}
		t = mbt_now() - t;
		best = t < best ? t : best;
	}
	return best;
}

TEST_FOR(a_deep_queue_is_as_quick_as_a_short_one, "C36.5 C36.3", 120)
{
	int fd = box_new(.capacity = MBOX_CAPACITY_UNBOUNDED), i;
	int64_t shallow, deep;

	for (i = 0; i < 100; i++)
		ASSERT_OK(do_send(fd, "x", 1, .priority = (__u32)i % 8));
	shallow = best_of_three(fd);
	for (i = 0; i < 100000; i++)
		ASSERT_OK(do_send(fd, "x", 1, .priority = (__u32)i % 8));
	deep = best_of_three(fd);
	mbt_note("5000 pairs: %lld ms with 100 queued, %lld ms with 100,000",
		 (long long)(shallow / MBT_MS), (long long)(deep / MBT_MS));
	EXPECT_LT(deep, 4 * shallow + 200 * MBT_MS);
	EXPECT_EQ(stat_of(fd).search_steps, 0);
}

/* The log was looked at after every test of every program; here by name. */
TEST(every_error_of_every_verb_stands_in_the_table, "C35.1 C35.2")
{
	static const struct {
		unsigned int cmd;
		size_t size;
	} v[] = { { MBOX_IOC_INFO, sizeof(struct mbox_info) },
		  { MBOX_IOC_STAT, sizeof(struct mbox_stat) },
		  { MBOX_IOC_LIST, sizeof(struct mbox_list) },
		  { MBOX_IOC_OPEN, sizeof(struct mbox_open) },
		  { MBOX_IOC_COPY, sizeof(struct mbox_copy) },
		  { MBOX_IOC_SEND, sizeof(struct mbox_send) },
		  { MBOX_IOC_RECV, sizeof(struct mbox_recv) } };
	int fds[3] = { ASSERT_OK(open(DEV, O_RDONLY | O_NONBLOCK)),
		       ASSERT_OK(open(DEV, O_WRONLY | O_NONBLOCK)),
		       ASSERT_OK(open(DEV, O_RDWR | O_NONBLOCK)) };
	size_t i, f, word;
	__u32 buf[256];

	/*
	 * One word at a time set to something absurd.  box.c compares every
	 * errno with the table when the test is over.
	 */
	for (i = 0; i < sizeof(v) / sizeof(v[0]); i++)
		for (f = 0; f < 3; f++)
			for (word = 0; word < v[i].size / 4; word++) {
				int ret;

				memset(buf, 0, sizeof(buf));
				buf[0] = (__u32)v[i].size;
				buf[word] = 0xdeadbeef;
				ret = box_ioctl(fds[f], v[i].cmd, buf);
				mbt_checked();
				if (ret > 2)
					close(ret);
			}
}

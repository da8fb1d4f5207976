// SPDX-License-Identifier: GPL-2.0-only
/*
 * life-crowd.c: the end of a mailbox, of its senders and of its receivers,
 * with more sleepers than are woken in one hold of its lock.
 *
 * Owns: that each of them gets its errno; part of the program uapi-life.
 * Takes no locks; run by the guest runner.
 */
#include "box.h"

#include <poll.h>
#include <pthread.h>

enum { CROWD = 200 };

struct sleeper {
	pthread_t thread;
	int fd;
	bool sends;
	bool reads; /* read() rather than RECV */
	int ret, err;
};

static void *sleep_in_line(void *arg)
{
	struct sleeper *s = arg;
	struct mbox_recv r;
	char c;

	if (s->sends)
		s->ret = do_send(s->fd, "x", 1);
	else if (s->reads)
		s->ret = (int)read(s->fd, &c, 1);
	else
		s->ret = do_recv(s->fd, &r, &c, 1);
	s->err = s->ret < 0 ? errno : 0;
	return NULL;
}

static struct sleeper crowd[CROWD];

/* Half of those that receive do it with read(). */
static void gather(int fd, int look, bool sends)
{
	pthread_attr_t attr;
	int i;

	ASSERT_EQ(pthread_attr_init(&attr), 0);
	ASSERT_EQ(pthread_attr_setstacksize(&attr, 65536), 0);
	for (i = 0; i < CROWD; i++) {
		crowd[i] = (struct sleeper){
			.fd = fd, .sends = sends, .reads = i & 1, .ret = 99
		};
		ASSERT_EQ(pthread_create(&crowd[i].thread, &attr, sleep_in_line,
					 &crowd[i]),
			  0);
	}
	WAIT_FOR(sends ? stat_of(look).senders_waiting == CROWD :
			 stat_of(look).receivers_waiting == CROWD);
}

/* Each has come back with its errno; read() at its end is 0. */
static void all_got(int err)
{
	int64_t end = mbt_now() + mbt_slow() * 15 * MBT_SECOND;
	int i;

	for (i = 0; i < CROWD; i++) {
		struct sleeper *s = &crowd[i];
		bool at_end = err == EPIPE && !s->sends && s->reads;

		while (pthread_tryjoin_np(s->thread, NULL)) {
			if (mbt_now() > end) {
				FAIL("sleeper %d of %d was never woken", i,
				     CROWD);
				_exit(1);
			}
			mbt_sleep_ms(1);
		}
		ASSERT_EQ(s->ret, at_end ? 0 : -1);
		ASSERT_EQ(s->err, at_end ? 0 : err);
	}
}

TEST(destroy_wakes_a_crowd_with_eidrm, "C4.12 SEND:EIDRM RECV:EIDRM")
{
	int round;

	for (round = 0; round < 3; round++) {
		int fd = round == 2 ? box_new(.capacity = MBOX_CAPACITY_ZERO) :
				      box_new(.max_messages = 1);

		if (round == 1)
			put(fd, "full");
		gather(fd, fd, round);
		ASSERT_OK(do_destroy(fd));
		all_got(EIDRM);
		close(fd);
	}
}

TEST(the_end_of_the_last_sender_is_the_end_for_a_crowd, "C6.9 RECV:EPIPE")
{
	int all = box_new(.flags = MBOX_OPEN_CREATE | MBOX_OPEN_HANGUP);
	int recv = ASSERT_OK(do_copy(all, R_RECV));
	int look = ASSERT_OK(do_copy(all, R_ADMIN));

	gather(recv, look, false);
	close(all);
	all_got(EPIPE);
	EXPECT_EQ(ready(recv, POLLIN), POLLHUP);
	EXPECT_EQ(stat_of(look).receivers_waiting, 0);
}

TEST(the_end_of_the_last_receiver_is_epipe_for_a_crowd, "C7.1 SEND:EPIPE")
{
	int round;

	for (round = 0; round < 2; round++) {
		int all = round ? box_named("crowd", .max_messages = 1) :
				  box_new(.max_messages = 1);
		int send = ASSERT_OK(do_copy(all, R_SEND));
		int look = ASSERT_OK(do_copy(all, R_ADMIN));

		put(all, "full");
		gather(send, look, true);
		close(all);
		/* By a name somebody may come; UNLINK takes it. */
		if (round) {
			EXPECT_EQ(stat_of(look).senders_waiting, CROWD);
			ASSERT_OK(do_unlink(look));
		}
		all_got(EPIPE);
		EXPECT_EQ(stat_of(look).senders_waiting, 0);
		EXPECT_EQ(stat_of(look).messages, 1);
		close(send);
		close(look);
	}
}

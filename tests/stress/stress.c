// SPDX-License-Identifier: GPL-2.0-only
/*
 * stress.c: messages with checksum and number from 4 senders to 4 receivers,
 * while signals, kills and deadlines hit them at random.
 *
 * Owns: the proof that nothing is lost, doubled or reordered: every attempt
 * to send is written down before and after, every message is marked when it
 * is received, and in the end the marks, the attempts and the kernel's
 * counters must agree.  Somebody looks all the while: what STAT says must add
 * up at every moment.  Workers are processes; what they share are counters
 * in shared memory, changed with atomic operations; no locks.
 *
 *	stress [messages=N] [seed=N] [test names]
 *
 * messages is for each capacity: 250000 if not given, which makes a million
 * for the four; 1000000 takes some five minutes.
 *
 * opts: timeout=300
 */
#include "../uapi/box.h"
#include "stress.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>

enum { SENDERS = 4, RECEIVERS = 4, LENGTH = 64 };
/* Of each capacity on average: together a million in "make test". */
enum { DEFAULT_MESSAGES = 250000 };

struct message {
	uint32_t crc; /* of all that follows */
	uint32_t sender;
	uint64_t number;
	unsigned char rest[LENGTH - 16];
};

_Static_assert(sizeof(struct message) == LENGTH, "a message has 64 bytes");

/* What became of an attempt to send. */
enum { NOT_TRIED, TRYING, SENT, FAILED };

struct sender_state {
	uint64_t next; /* number of the next attempt */
	uint64_t sent; /* attempts that succeeded */
	unsigned char *attempt; /* what became of each */
	unsigned char *received; /* how often each came out */
};

struct run {
	struct sender_state senders[SENDERS];
	uint64_t total; /* sent by all */
	uint64_t goal;
	uint64_t room; /* in attempt[] and received[] */
	uint64_t received;
	uint64_t refused; /* attempts that failed */
	unsigned int stop;
};

static struct run *run;

static uint32_t checksum(const struct message *m)
{
	return crc_of((const unsigned char *)m + sizeof(m->crc),
		      sizeof(*m) - sizeof(m->crc));
}

/* -- Workers ------------------------------------------------------------------ */

static void restart_at_random(unsigned int *seed)
{
	catch_signal(SIGUSR1, rand_r(seed) % 2 ? SA_RESTART : 0);
}

static int send_somehow(int fd, const struct message *m, unsigned int *seed)
{
	switch (rand_r(seed) % 16) {
	case 0:
		return do_send(fd, m, LENGTH, .flags = MBOX_NOWAIT);
	case 1:
		return do_send(fd, m, LENGTH,
			       .deadline = (uint64_t)mbt_now() +
					   (uint64_t)rand_r(seed) % 2000000);
	case 2:
		return do_send(fd, m, LENGTH, .flags = MBOX_SYNC,
			       .deadline = (uint64_t)mbt_now() +
					   (uint64_t)rand_r(seed) % 2000000);
	case 3:
		return do_send(fd, m, LENGTH, .flags = MBOX_SYNC);
	case 4:
		return do_send(fd, m, LENGTH, .flags = MBOX_SYNC | MBOX_NOWAIT);
	case 5:
		return write(fd, m, LENGTH) == LENGTH ? 0 : -1;
	default:
		return do_send(fd, m, LENGTH);
	}
}

static void sender(int fd, uint32_t who, unsigned int seed)
{
	struct sender_state *s = &run->senders[who];
	struct message m = { .sender = who };

	restart_at_random(&seed);
	while (load(&run->total) < run->goal) {
		uint64_t n = s->next;
		int ret;

		if (n >= run->room) {
			FAIL("sender %u has used up %llu attempts", who,
			     (unsigned long long)n);
			_exit(1);
		}
		m.number = n;
		memset(m.rest, (int)(n * 7 + who), sizeof(m.rest));
		m.crc = checksum(&m);
		/* Written down first: a kill must not make it look unsent. */
		s->attempt[n] = TRYING;
		__atomic_store_n(&s->next, n + 1, __ATOMIC_SEQ_CST);
		ret = send_somehow(fd, &m, &seed);
		if (ret == 0) {
			s->attempt[n] = SENT;
			add(&s->sent, 1);
			add(&run->total, 1);
			continue;
		}
		s->attempt[n] = FAILED;
		add(&run->refused, 1);
		if (errno == EDQUOT)
			mbt_sleep_ms(1);
		else if (errno != EAGAIN && errno != EINTR &&
			 errno != ETIMEDOUT)
			FAIL("send: %s", mbt_errno_name(errno));
		else if (errno == EAGAIN)
			sched_yield();
	}
}

static void take(const struct message *m, uint64_t *last)
{
	struct sender_state *s;

	if (m->crc != checksum(m)) {
		FAIL("a message with a wrong checksum");
		return;
	}
	if (m->sender >= SENDERS || m->number >= run->room) {
		FAIL("message %llu of sender %u", (unsigned long long)m->number,
		     m->sender);
		return;
	}
	s = &run->senders[m->sender];
	if (m->number < last[m->sender])
		FAIL("number %llu of sender %u came after %llu",
		     (unsigned long long)m->number, m->sender,
		     (unsigned long long)last[m->sender] - 1);
	last[m->sender] = m->number + 1;
	__atomic_fetch_add(&s->received[m->number], 1, __ATOMIC_SEQ_CST);
	add(&run->received, 1);
}

static ssize_t receive_somehow(int fd, struct message *m, unsigned int *seed)
{
	struct mbox_recv r;
	int ret;

	switch (rand_r(seed) % 16) {
	case 0:
		ret = do_recv(fd, &r, m, LENGTH, .flags = MBOX_NOWAIT);
		break;
	case 1:
		ret = do_recv(fd, &r, m, LENGTH,
			      .deadline = (uint64_t)mbt_now() +
					  (uint64_t)rand_r(seed) % 2000000);
		break;
	case 2:
		/* Too small: refused, and the message stays for others. */
		ret = do_recv(fd, &r, m, LENGTH - 1, .deadline = mbt_in_ms(50));
		if (ret == 0)
			FAIL("64 bytes fitted into 63");
		break;
	case 3:
		return read(fd, m, LENGTH);
	case 4:
		ret = do_recv(fd, &r, m, LENGTH, .flags = MBOX_TRUNCATE,
			      .deadline = mbt_in_ms(50));
		break;
	case 5:
		/* All of them are wanted, by one who chooses. */
		ret = do_recv(fd, &r, m, LENGTH, .deadline = mbt_in_ms(50),
			      .select = MBOX_SELECT_NOT_TAG, .select_value = 1);
		break;
	case 6:
		ret = do_recv(fd, &r, m, LENGTH, .deadline = mbt_in_ms(50),
			      .select = MBOX_SELECT_LOWEST_TAG,
			      .select_value = 1);
		break;
	default:
		/* Not for ever: this is also where the end is seen. */
		ret = do_recv(fd, &r, m, LENGTH, .deadline = mbt_in_ms(100));
		break;
	}
	return ret ? -1 : (ssize_t)r.msg_len;
}

static void receiver(int fd, unsigned int seed)
{
	uint64_t last[SENDERS] = { 0 };
	struct message m;

	restart_at_random(&seed);
	for (;;) {
		ssize_t n = receive_somehow(fd, &m, &seed);

		if (n == LENGTH)
			take(&m, last);
		else if (n >= 0)
			FAIL("a message of %zd bytes", n);
		else if (errno != EAGAIN && errno != ETIMEDOUT &&
			 errno != EINTR && errno != EMSGSIZE)
			FAIL("receive: %s", mbt_errno_name(errno));
		else if ((errno == EAGAIN || errno == ETIMEDOUT) &&
			 __atomic_load_n(&run->stop, __ATOMIC_SEQ_CST))
			return;
		else if (errno == EAGAIN)
			sched_yield();
	}
}

static void looker(int fd)
{
	while (!__atomic_load_n(&run->stop, __ATOMIC_SEQ_CST)) {
		struct mbox_waiter waiters[SENDERS + RECEIVERS];
		struct mbox_stat st = { .size = sizeof(st),
					.waiters = PTR(waiters),
					.nwaiters = SENDERS + RECEIVERS };

		ASSERT_OK(box_ioctl(fd, MBOX_IOC_STAT, &st));
		if (st.sent != st.received + st.dropped + st.messages ||
		    st.bytes != st.messages * LENGTH ||
		    st.nwaiters != st.senders_waiting + st.receivers_waiting)
			FAIL("a look that does not add up: %llu sent, %llu received, %llu left, %u of %u waiters",
			     (unsigned long long)st.sent,
			     (unsigned long long)st.received,
			     (unsigned long long)st.messages, st.nwaiters,
			     st.senders_waiting + st.receivers_waiting);
		mbt_sleep_ms(1);
	}
}

static pid_t start(int fd, int who, unsigned int seed)
{
	pid_t pid;

	CHILD(pid)
	{
		if (who < SENDERS)
			sender(fd, (uint32_t)who, seed);
		else
			receiver(fd, seed);
	}
	return pid;
}

/* -- The run ------------------------------------------------------------------- */

static void *big_shared(size_t size)
{
	void *mem = mmap(NULL, size, PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	ASSERT_TRUE(mem != MAP_FAILED);
	return mem;
}

struct tally {
	unsigned int killed_senders, killed_receivers, signals;
};

/*
 * Until the senders are done: signals to any, kills now and then.  Returns
 * with all senders ended and the receivers running.
 */
static void harass(int fd, pid_t *pid, unsigned int *seed, struct tally *t)
{
	int left = SENDERS, i, status;
	unsigned int n = 0;
	bool done[SENDERS] = { false };

	while (left) {
		mbt_sleep_ms(1);
		i = rand_r(seed) % (SENDERS + RECEIVERS);
		if (i >= SENDERS || !done[i]) {
			kill(pid[i], SIGUSR1);
			t->signals++;
		}
		if (++n % 20 == 0) {
			i = rand_r(seed) % (SENDERS + RECEIVERS);
			if (i >= SENDERS || !done[i]) {
				ASSERT_OK(kill(pid[i], SIGKILL));
				status = mbt_reap(__FILE__, __LINE__, pid[i]);
				if (i < SENDERS && status == 0) {
					done[i] = true;
					left--;
					continue;
				}
				ASSERT_EQ(status, SIGKILL);
				if (i < SENDERS)
					t->killed_senders++;
				else
					t->killed_receivers++;
				pid[i] = start(fd, i,
					       (unsigned int)rand_r(seed));
			}
		}
		for (i = 0; i < SENDERS; i++) {
			if (done[i] || waitpid(pid[i], &status, WNOHANG) == 0)
				continue;
			ASSERT_EQ(status, 0);
			done[i] = true;
			left--;
		}
	}
}

/*
 * Nothing more will come.  A read() that sleeps has no deadline: a signal
 * makes it return, or start again and find that it must not wait.
 */
static void wind_up(int fd, const pid_t *receivers)
{
	int64_t end = mbt_now() + mbt_slow() * 30 * MBT_SECOND;
	bool ended[RECEIVERS] = { false };
	int left = RECEIVERS, i, status;

	__atomic_store_n(&run->stop, 1, __ATOMIC_SEQ_CST);
	ASSERT_OK(fcntl(fd, F_SETFL, O_NONBLOCK));
	while (left) {
		for (i = 0; i < RECEIVERS; i++) {
			if (ended[i])
				continue;
			if (waitpid(receivers[i], &status, WNOHANG) == 0) {
				kill(receivers[i], SIGUSR1);
				continue;
			}
			EXPECT_EQ(status, 0);
			ended[i] = true;
			left--;
		}
		if (mbt_now() > end) {
			FAIL("%d receivers do not come to an end", left);
			_exit(1);
		}
		mbt_sleep_ms(10);
	}
}

/* Every attempt against what came out. */
static void compare(struct tally *t, const struct mbox_stat *st)
{
	uint64_t lost = 0, doubled = 0, ghosts = 0, unknown = 0, sent = 0;
	uint64_t unknown_received = 0, n;
	int i;

	for (i = 0; i < SENDERS; i++) {
		struct sender_state *s = &run->senders[i];

		for (n = 0; n < s->next; n++) {
			unsigned int got = s->received[n];

			doubled += got > 1;
			switch (s->attempt[n]) {
			case SENT:
				sent++;
				lost += got == 0;
				break;
			case TRYING:
				unknown++;
				unknown_received += got;
				break;
			default:
				ghosts += got;
				break;
			}
		}
	}
	mbt_note(
		"%llu sent, %llu refused, %llu received; %u signals, %u senders and %u receivers killed",
		(unsigned long long)sent, (unsigned long long)run->refused,
		(unsigned long long)run->received, t->signals,
		t->killed_senders, t->killed_receivers);
	mbt_note(
		"kernel: sent %llu, received %llu, dropped %llu, left %llu; with killed receivers %llu",
		(unsigned long long)st->sent, (unsigned long long)st->received,
		(unsigned long long)st->dropped,
		(unsigned long long)st->messages, (unsigned long long)lost);
	EXPECT_EQ(doubled, 0);
	/* What a failed send was to send never came out. */
	EXPECT_EQ(ghosts, 0);
	/* A killed sender had at most one attempt under way. */
	EXPECT_LE(unknown, t->killed_senders);
	/* Sent = received + dropped + left, by the kernel's counters ... */
	EXPECT_EQ(st->sent, st->received + st->dropped + st->messages);
	EXPECT_EQ(st->dropped, 0);
	EXPECT_EQ(st->messages, 0);
	/* ... which are those of the workers, but for one of each killed. */
	EXPECT_GE(st->sent, sent + unknown_received);
	EXPECT_LE(st->sent, sent + unknown);
	EXPECT_GE(st->received, run->received);
	EXPECT_LE(st->received, run->received + t->killed_receivers);
	EXPECT_LE(lost, t->killed_receivers);
	EXPECT_EQ(st->senders_waiting, 0);
	EXPECT_EQ(st->receivers_waiting, 0);
	EXPECT_EQ(st->bytes, 0);
	EXPECT_EQ(st->charged, 0);
	EXPECT_GE(sent, run->goal);
}

static void stress(unsigned int capacity, unsigned long long max_messages)
{
	unsigned int seed =
		(unsigned int)setting("seed", (uint64_t)mbt_now_real());
	struct tally t = { 0, 0, 0 };
	pid_t pid[SENDERS + RECEIVERS];
	struct mbox_stat st;
	int64_t start_time;
	pid_t looks;
	int fd, i;

	/* Inherited: a signal may come before a worker's first line. */
	catch_signal(SIGUSR1, 0);
	crc_init();
	run = mbt_shared(sizeof(*run));
	run->goal = setting("messages", DEFAULT_MESSAGES);
	/* Less where each one is a switch of tasks, as hardly any can wait. */
	if (capacity == MBOX_CAPACITY_ZERO || max_messages == 1)
		run->goal = run->goal * 2 / 5;
	else
		run->goal = run->goal * 8 / 5;
	/* Refused attempts take numbers too; pages never touched are free. */
	run->room = run->goal * 20 + 1000000;
	for (i = 0; i < SENDERS; i++) {
		run->senders[i].attempt = big_shared(run->room);
		run->senders[i].received = big_shared(run->room);
	}
	mbt_note("seed=%u messages=%llu", seed, (unsigned long long)run->goal);
	fd = box_new(.capacity = capacity, .max_messages = max_messages,
		     .max_size = LENGTH);
	start_time = mbt_now();
	for (i = 0; i < SENDERS + RECEIVERS; i++)
		pid[i] = start(fd, i, (unsigned int)rand_r(&seed));
	CHILD(looks)
	looker(fd);
	harass(fd, pid, &seed, &t);
	wind_up(fd, pid + SENDERS);
	EXPECT_CHILD_OK(looks);
	mbt_note("%lld messages a second",
		 (long long)(run->goal * MBT_SECOND /
			     (uint64_t)(mbt_now() - start_time)));
	st = stat_of(fd);
	compare(&t, &st);
}

TEST_FOR(messages_survive_signals_kills_and_deadlines_at_capacity_0,
	 "C18.1 C17.4 C15.1 C36.1 C36.2 C36.3", 1200)
{
	stress(MBOX_CAPACITY_ZERO, 0);
}

TEST_FOR(messages_survive_signals_kills_and_deadlines_at_capacity_1,
	 "C18.1 C17.4 C11.1 C36.1 C36.2 C36.3", 1200)
{
	stress(MBOX_CAPACITY_BOUNDED, 1);
}

TEST_FOR(messages_survive_signals_kills_and_deadlines_at_capacity_16,
	 "C18.1 C17.4 C11.1 C36.1 C36.2 C36.3", 1200)
{
	stress(MBOX_CAPACITY_BOUNDED, 16);
}

TEST_FOR(messages_survive_signals_kills_and_deadlines_unbounded,
	 "C18.1 C17.4 C9.2 C36.1 C36.2 C36.3", 1200)
{
	stress(MBOX_CAPACITY_UNBOUNDED, 0);
}

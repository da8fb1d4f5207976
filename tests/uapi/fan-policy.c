// SPDX-License-Identifier: GPL-2.0-only
/*
 * fan-policy.c: what becomes of a message where a subscription is full; peek and
 * flush of one.
 *
 * Owns: C25.3 to C25.5; part of the program uapi-fan.  Takes no locks; run by
 * the guest runner with the test build of the module.
 */
#include "fan.h"

#include <sys/resource.h>
#include <sys/wait.h>

TEST(the_default_policy_drops_the_oldest_of_who_is_slow, "C25.3 C13.5")
{
	int fan = fan_new(.max_messages = 2), slow = subscribe();
	int fast = subscribe();

	EXPECT_EQ(stat_of(fan).policy, MBOX_POLICY_DROP_OLDEST);
	put(fan, "a");
	expect_drops(fast, "a", 0);
	put(fan, "b");
	expect_drops(fast, "b", 0);
	put(fan, "c");
	expect_drops(fast, "c", 0);
	/* Nothing was dropped from who keeps up. */
	expect_drops(slow, "b", 1);
	put(fan, "d");
	put(fan, "e");
	expect_drops(slow, "d", 2);
	expect_drops(slow, "e", 2);
	expect_drops(fast, "d", 0);
	expect_drops(fast, "e", 0);
	EXPECT_EQ(stat_of(slow).missed, 2);
	EXPECT_EQ(stat_of(fast).missed, 0);
	balanced(fan);
	/* A message that somebody missed was dropped, if others had it or not. */
	EXPECT_EQ(stat_of(fan).dropped, 2);
	EXPECT_EQ(stat_of(fan).received, 3);
}

TEST(a_sender_never_waits_for_who_is_slow, "C25.3")
{
	int fan = fan_new(.max_messages = 3), slow = subscribe(), i;
	char text[16];

	for (i = 1; i <= 1000; i++) {
		snprintf(text, sizeof(text), "%d", i);
		ASSERT_OK(do_send(fan, text, strlen(text)));
	}
	expect_drops(slow, "998", 997);
	expect_drops(slow, "999", 997);
	expect_drops(slow, "1000", 997);
	expect_empty(slow);
	EXPECT_EQ(stat_of(fan).peak_messages, 3);
}

TEST(one_large_message_drops_thousands_of_small_ones, "C25.3 C36.3")
{
	static char bytes[5000];
	int fan = fan_new(.max_bytes = 5000, .max_size = 5000), i;
	int slow = subscribe(), late;
	struct mbox_recv r;

	for (i = 0; i < 4990; i++)
		ASSERT_OK(do_send(fan, bytes, 1));
	late = subscribe();
	for (i = 0; i < 10; i++)
		ASSERT_OK(do_send(fan, bytes, 1));
	ASSERT_OK(do_send(fan, bytes, 4995));
	EXPECT_EQ(stat_of(fan).messages, 6);
	ASSERT_OK(do_recv(slow, &r, bytes, sizeof(bytes)));
	EXPECT_EQ(r.drops, 4995);
	EXPECT_EQ(r.id, 4996);
	ASSERT_OK(do_recv(late, &r, bytes, sizeof(bytes)));
	EXPECT_EQ(r.drops, 5);
	EXPECT_EQ(r.id, 4996);
	/* All of them go for the largest. */
	ASSERT_OK(do_send(fan, bytes, 5000));
	EXPECT_EQ(stat_of(fan).messages, 1);
	EXPECT_EQ(stat_of(slow).pending, 1);
	EXPECT_EQ(stat_of(slow).missed, 5000);
	balanced(fan);
}

TEST(unbounded_nobody_misses_anything, "C25.3 C12.6")
{
	static const __u32 policies[] = { MBOX_POLICY_DEFAULT,
					  MBOX_POLICY_DROP_NEWEST };
	size_t i;
	int n;

	for (i = 0; i < 2; i++) {
		int fan = fan_new(.capacity = MBOX_CAPACITY_UNBOUNDED,
				  .policy = policies[i]);
		int sub = subscribe();

		for (n = 0; n < 5000; n++)
			ASSERT_OK(do_send(fan, &n, sizeof(n)));
		EXPECT_EQ(stat_of(sub).pending, 5000);
		EXPECT_EQ(stat_of(sub).missed, 0);
		ASSERT_OK(do_destroy(fan));
	}
}

/* -- DROP_NEWEST -------------------------------------------------------------- */

TEST(drop_newest_is_for_each_subscription, "C13.2 C25.3")
{
	int fan = fan_new(.max_messages = 2, NEWEST), slow = subscribe();
	int fast = subscribe();

	put(fan, "a");
	put(fan, "b");
	expect_drops(fast, "a", 0);
	put(fan, "c");
	expect_drops(fast, "b", 0);
	put(fan, "d");
	expect_drops(slow, "a", 2);
	put(fan, "e");
	expect_drops(fast, "c", 1);
	expect_drops(fast, "d", 1);
	expect_empty(fast);
	expect_drops(slow, "b", 2);
	expect_drops(slow, "e", 2);
	expect_empty(slow);
	balanced(fan);
	EXPECT_EQ(stat_of(fan).dropped, 0);
	EXPECT_EQ(stat_of(fan).received, 5);
	EXPECT_EQ(stat_of(fan).slowest_pid, 0);
}

TEST(drop_newest_drops_what_nobody_has_room_for, "C13.2 C25.3")
{
	int fan = fan_new(.max_messages = 1, NEWEST), a = subscribe();
	int b = subscribe();

	put(fan, "x");
	put(fan, "y");
	EXPECT_EQ(stat_of(fan).dropped, 1);
	EXPECT_EQ(stat_of(fan).messages, 1);
	expect_drops(a, "x", 1);
	close(b);
	EXPECT_EQ(stat_of(fan).messages, 0);
	put(fan, "z");
	expect_drops(a, "z", 1);
}

TEST(drop_newest_counts_the_bytes_of_each, "C13.2 C12.4")
{
	static char bytes[1000];
	int fan = fan_new(.max_messages = 10, .max_bytes = 1000,
			  .max_size = 1000, NEWEST);
	int sub = subscribe(), late;
	struct mbox_recv r;

	ASSERT_OK(do_send(fan, bytes, 600));
	late = subscribe();
	ASSERT_OK(do_send(fan, bytes, 500));
	ASSERT_OK(do_send(fan, bytes, 400));
	EXPECT_EQ(stat_of(sub).pending, 2);
	EXPECT_EQ(stat_of(sub).missed, 1);
	EXPECT_EQ(stat_of(late).pending, 2);
	EXPECT_EQ(stat_of(fan).messages, 3);
	ASSERT_OK(do_recv(sub, &r, bytes, sizeof(bytes)));
	EXPECT_EQ(r.msg_len, 600);
	ASSERT_OK(do_recv(sub, &r, bytes, sizeof(bytes)));
	EXPECT_EQ(r.msg_len, 400);
	EXPECT_EQ(r.drops, 1);
}

TEST(drop_newest_needs_a_bound_on_messages, "C12.10 ANY:EINVAL")
{
	int box = box_new();

#define TRY(...)                                                     \
	box_open(.flags = MBOX_OPEN_CREATE, .rights = R_ALL, NEWEST, \
		 .attrs = MBOX_ATTR_BROADCAST, ##__VA_ARGS__)
	expect_refused(box, TRY(.max_messages = MBOX_BROADCAST_MAX + 1),
		       EINVAL);
	expect_refused(box, TRY(.max_bytes = 100000), EINVAL);
	EXPECT_OK(TRY(.max_messages = MBOX_BROADCAST_MAX));
	EXPECT_OK(TRY());
#undef TRY
}

TEST(drop_newest_has_a_thousand_subscriptions_at_most,
     "OPEN:EUSERS COPY:EUSERS C36.3")
{
	const struct rlimit rl = { 1100, 1100 };
	int fan, sub[MBOX_BROADCAST_MAX], i;

	ASSERT_OK(setrlimit(RLIMIT_NOFILE, &rl));
	fan = fan_new(NEWEST, .max_messages = 2);
	for (i = 0; i < MBOX_BROADCAST_MAX; i++)
		sub[i] = subscribe();
	expect_refused(fan, box_open(.rights = R_RECV, NAMED("fan")), EUSERS);
	expect_refused(fan, do_copy(sub[0], R_RECV), EUSERS);
	EXPECT_OK(do_copy(fan, R_SEND));
	put(fan, "a");
	put(fan, "b");
	for (i = 0; i < MBOX_BROADCAST_MAX; i++)
		expect_next(sub[i], "a");
	close(sub[0]);
	EXPECT_OK(do_copy(sub[1], R_RECV));
}

TEST(the_longer_the_queues_the_fewer_subscriptions_drop_newest_has,
     "OPEN:EUSERS C36.3")
{
	enum { FEW = MBOX_BROADCAST_SLOTS / MBOX_BROADCAST_MAX };
	int fan = fan_new(NEWEST, .max_messages = MBOX_BROADCAST_MAX), i;

	for (i = 0; i < FEW; i++)
		subscribe();
	expect_refused(fan, box_open(.rights = R_RECV, NAMED("fan")), EUSERS);
}

TEST(who_does_not_read_leaves_drop_newest_no_sender_without_room, "C13.2 C36.3")
{
	static char big[1000];
	int fan = fan_new(NEWEST, .max_messages = 2, .max_size = 1000), first,
	    second;

	first = subscribe();
	ASSERT_OK(do_send(fan, big, 1000));
	ASSERT_OK(do_send(fan, big, 1000));
	second = subscribe();
	/* The first is full; what only the second has is over the limit. */
	param_set("mailbox_bytes", 2500);
	EXPECT_OK(do_send(fan, big, 1000));
	EXPECT_EQ(stat_of(first).missed, 1);
	EXPECT_EQ(stat_of(second).missed, 1);
	EXPECT_EQ(stat_of(second).pending, 0);
	EXPECT_EQ(stat_of(fan).messages, 2);
	EXPECT_OK(do_send(fan, big, 500));
	EXPECT_EQ(stat_of(second).pending, 1);
}

TEST(the_slots_of_a_subscription_are_charged, "C14.2 COPY:EDQUOT OPEN:EDQUOT")
{
	struct mbox_info before;
	int fan = fan_new(NEWEST, .max_messages = 1000), sub;

	before = info_of();
	sub = subscribe();
	EXPECT_EQ(info_of().used_bytes, before.used_bytes + 8000);
	param_set("user_bytes", info_of().used_bytes + 7999);
	expect_refused(fan, do_copy(sub, R_RECV), EDQUOT);
	expect_refused(fan, box_open(.rights = R_RECV, NAMED("fan")), EDQUOT);
	EXPECT_OK(do_copy(fan, R_SEND));
	close(sub);
	EXPECT_EQ(info_of().used_bytes, before.used_bytes);
}

/* -- BLOCK -------------------------------------------------------------------- */

TEST(with_block_the_slowest_holds_the_rest_back, "C25.4")
{
	int fan = fan_new(BLOCK, .max_messages = 2), fast = subscribe();
	pid_t slow, pid;

	CHILD(slow)
	{
		int mine = subscribe();

		ASSERT_OK(kill(getpid(), SIGSTOP));
		expect_next(mine, "a");
		ASSERT_OK(kill(getpid(), SIGSTOP));
	}
	ASSERT_EQ(waitpid(slow, NULL, WUNTRACED), slow);
	EXPECT_EQ(stat_of(fan).receivers, 2);
	put(fan, "a");
	put(fan, "b");
	expect_next(fast, "a");
	expect_next(fast, "b");
	EXPECT_EQ(stat_of(fan).slowest_pid, slow);
	EXPECT_EQ(stat_of(fan).slowest_pending, 2);
	pid = start_sender(fan, "c", 0, 0, 0);
	wait_until_blocked(pid);
	expect_empty(fast);
	ASSERT_OK(kill(slow, SIGCONT));
	EXPECT_CHILD_OK(pid);
	expect_next(fast, "c");
	EXPECT_EQ(stat_of(fan).slowest_pid, slow);
	EXPECT_EQ(stat_of(fan).slowest_pending, 2);
	/* And when it is gone nobody does. */
	ASSERT_OK(kill(slow, SIGKILL));
	EXPECT_CHILD_KILLED(slow, SIGKILL);
	WAIT_FOR(stat_of(fan).receivers == 1);
	EXPECT_EQ(stat_of(fan).slowest_pid, 0);
	EXPECT_EQ(stat_of(fan).slowest_pending, 0);
}

TEST(who_has_ended_is_not_named_as_the_slowest, "C25.4 C33.6")
{
	int fan = fan_new(BLOCK), said[2];
	pid_t pid, heir = 0;

	ASSERT_OK(pipe(said));
	CHILD(pid)
	{
		subscribe();
		heir = fork();
		if (!heir)
			pause();
		ASSERT_EQ(write(said[1], &heir, sizeof(heir)), sizeof(heir));
	}
	EXPECT_CHILD_OK(pid);
	ASSERT_EQ(read(said[0], &heir, sizeof(heir)), sizeof(heir));
	put(fan, "a");
	EXPECT_EQ(stat_of(fan).slowest_pid, 0);
	EXPECT_EQ(stat_of(fan).slowest_pending, 1);
	ASSERT_OK(kill(heir, SIGKILL));
	WAIT_FOR(stat_of(fan).receivers == 0);
}

TEST(only_admin_is_told_who_is_the_slowest, "C25.4 C33.6")
{
	int fan = fan_new(BLOCK), sub = subscribe();

	put(fan, "a");
	EXPECT_EQ(stat_of(fan).slowest_pid, getpid());
	EXPECT_EQ(stat_of(sub).slowest_pid, 0);
	EXPECT_EQ(stat_of(sub).slowest_pending, 0);
}

TEST(nowait_is_all_or_nothing, "C25.5 SEND:EAGAIN C11.1")
{
	int fan = fan_new(BLOCK, .max_messages = 1), slow = subscribe();
	int fast = subscribe();

	put(fan, "a");
	expect_next(fast, "a");
	expect_refused(fan, do_send(fan, "b", 1, .flags = MBOX_NOWAIT), EAGAIN);
	expect_empty(fast);
	expect_next(slow, "a");
	put(fan, "b");
	expect_next(fast, "b");
	expect_next(slow, "b");
}

TEST(a_sender_waits_no_longer_than_its_deadline, "C16.7 SEND:ETIMEDOUT")
{
	int fan = fan_new(BLOCK, .max_messages = 1), sub = subscribe();

	put(fan, "a");
	expect_refused(fan, do_send(fan, "b", 1, .deadline = 1), ETIMEDOUT);
	expect_next(sub, "a");
	expect_empty(sub);
}

TEST(senders_come_in_in_their_order, "C18.5 C25.1 C25.4")
{
	int fan = fan_new(BLOCK, .max_messages = 1), sub = subscribe();
	int other = subscribe(), i;
	static const char *const text[] = { "a", "b", "c", "d" };
	pid_t pid[4];

	put(fan, text[0]);
	for (i = 1; i < 4; i++) {
		pid[i] = start_sender(fan, text[i], 0, 0, 0);
		wait_until_blocked(pid[i]);
	}
	for (i = 0; i < 4; i++) {
		expect_next(sub, text[i]);
		expect_next(other, text[i]);
		if (i < 3)
			EXPECT_CHILD_OK(pid[i + 1]);
	}
	balanced(fan);
}

TEST(when_the_last_subscription_goes_senders_are_let_in, "C25.6 C18.5")
{
	int fan = fan_new(BLOCK, .max_messages = 1), i;
	struct mbox_stat st;
	pid_t pid[40], last;

	CHILD(last)
	{
		subscribe();
		pause();
	}
	WAIT_FOR(stat_of(fan).receivers == 1);
	put(fan, "a");
	for (i = 0; i < 40; i++) {
		pid[i] = start_sender(fan, "b", 0, 0, 0);
		wait_until_blocked(pid[i]);
	}
	ASSERT_OK(kill(last, SIGKILL));
	EXPECT_CHILD_KILLED(last, SIGKILL);
	for (i = 0; i < 40; i++)
		EXPECT_CHILD_OK(pid[i]);
	st = stat_of(fan);
	EXPECT_EQ(st.sent, 41);
	EXPECT_EQ(st.received, 1);
	EXPECT_EQ(st.dropped, 40);
}

/* -- Against queues of their own ------------------------------------------------ */

enum { SUBS = 4, OPS = 6000, ROOM = 4000 };

/* What a queue of one subscription would do. */
struct model {
	int fd; /* or -1 */
	uint64_t missed, bytes;
	unsigned int first, n;
	uint64_t id[64];
	unsigned int len[64];
};

static void model_push(struct model *m, uint64_t id, unsigned int len,
		       unsigned int max, bool oldest)
{
	while (m->n == max || m->bytes + len > ROOM) {
		m->missed++;
		if (!oldest)
			return;
		m->bytes -= m->len[m->first % 64];
		m->first++;
		m->n--;
	}
	m->id[(m->first + m->n) % 64] = id;
	m->len[(m->first + m->n) % 64] = len;
	m->bytes += len;
	m->n++;
}

static void model_recv(struct model *m)
{
	static char bytes[ROOM];
	struct mbox_recv r;
	int ret =
		do_recv(m->fd, &r, bytes, sizeof(bytes), .flags = MBOX_NOWAIT);

	if (!m->n) {
		ASSERT_EQ(ret, -1);
		ASSERT_EQ(errno, EAGAIN);
		return;
	}
	ASSERT_OK(ret);
	ASSERT_EQ(r.id, m->id[m->first % 64]);
	ASSERT_EQ(r.msg_len, m->len[m->first % 64]);
	ASSERT_EQ(r.drops, m->missed);
	m->bytes -= r.msg_len;
	m->first++;
	m->n--;
}

/* A peek behind a place somewhere shows what the model has there. */
static void model_peek(const struct model *m, unsigned int behind)
{
	struct mbox_peek p;
	uint64_t id = m->n ? m->id[m->first % 64] + behind % 16 : behind;
	unsigned int i;
	int ret = do_peek(m->fd, &p, NULL, 0,
			  .flags = MBOX_BEHIND | MBOX_TRUNCATE,
			  .place = id << 2);

	for (i = 0; i < m->n && m->id[(m->first + i) % 64] <= id; i++)
		;
	if (i == m->n) {
		ASSERT_EQ(ret, -1);
		ASSERT_EQ(errno, EAGAIN);
		return;
	}
	ASSERT_OK(ret);
	ASSERT_EQ(p.id, m->id[(m->first + i) % 64]);
	ASSERT_EQ(p.drops, m->missed);
}

static void against_model(bool oldest, unsigned int max, unsigned int seed)
{
	static char bytes[ROOM];
	int fan = fan_new(.policy = oldest ? MBOX_POLICY_DROP_OLDEST :
					     MBOX_POLICY_DROP_NEWEST,
			  .max_messages = max, .max_bytes = ROOM,
			  .max_size = ROOM);
	struct model m[SUBS] = {
		{ .fd = -1 }, { .fd = -1 }, { .fd = -1 }, { .fd = -1 }
	};
	unsigned int op, len;
	uint64_t id = 0, n;
	int i;

	for (op = 0; op < OPS; op++) {
		struct model *one = &m[rand_r(&seed) % SUBS];
		unsigned int what = (unsigned int)rand_r(&seed) % 100;

		if (one->fd < 0 && what < 50) {
			*one = (struct model){ .fd = subscribe() };
		} else if (what < 45 || one->fd < 0) {
			len = (unsigned int)rand_r(&seed) % 500;
			if (what == 7)
				len = ROOM - len;
			ASSERT_OK(do_send(fan, bytes, len));
			id++;
			for (i = 0; i < SUBS; i++)
				if (m[i].fd >= 0)
					model_push(&m[i], id, len, max, oldest);
		} else if (what < 90) {
			model_recv(one);
		} else if (what < 96) {
			model_peek(one, (unsigned int)rand_r(&seed));
		} else if (what < 98) {
			ASSERT_OK(do_flush(one->fd, &n));
			ASSERT_EQ(n, one->n);
			one->n = 0;
			one->bytes = 0;
		} else {
			close(one->fd);
			one->fd = -1;
		}
		if (one->fd < 0)
			continue;
		ASSERT_EQ(stat_of(one->fd).pending, one->n);
		ASSERT_EQ(stat_of(one->fd).missed, one->missed);
	}
	balanced(fan);
	for (i = 0; i < SUBS; i++)
		if (m[i].fd >= 0)
			close(m[i].fd);
	EXPECT_EQ(stat_of(fan).messages, 0);
	ASSERT_OK(do_destroy(fan));
}

TEST_FOR(drop_oldest_is_as_if_each_had_its_own_queue, "C25.3 C25.1 C13.3", 60)
{
	against_model(true, 1, 1);
	against_model(true, 3, 2);
	against_model(true, 50, 3);
}

TEST_FOR(drop_newest_is_as_if_each_had_its_own_queue, "C25.3 C25.1 C13.2", 60)
{
	against_model(false, 1, 4);
	against_model(false, 3, 5);
	against_model(false, 50, 6);
}

/* -- PEEK and FLUSH ------------------------------------------------------------- */

TEST(peek_shows_what_the_subscription_has_not_had, "C22.1 C22.2 PEEK:EAGAIN")
{
	int fan = fan_new(), a = subscribe(), b = subscribe();
	struct mbox_peek p;
	char buf[8] = "";

	put(fan, "1");
	put(fan, "2");
	expect_next(a, "1");
	ASSERT_OK(do_peek(a, &p, buf, sizeof(buf)));
	EXPECT_STR(buf, "2");
	EXPECT_EQ(stat_of(a).pending, 1);
	EXPECT_ERRNO(do_peek(a, &p, buf, sizeof(buf), .flags = MBOX_BEHIND,
			     .place = p.place),
		     EAGAIN);
	ASSERT_OK(do_peek(b, &p, buf, sizeof(buf)));
	EXPECT_STR(buf, "1");
	/* A place of another kind is before all there is. */
	ASSERT_OK(do_peek(a, &p, buf, sizeof(buf), .flags = MBOX_BEHIND,
			  .place = ~0ULL, .place_priority = 3));
	EXPECT_STR(buf, "2");
	expect_next(a, "2");
	expect_refused(a, do_peek(a, &p, buf, sizeof(buf)), EAGAIN);
}

TEST(flush_is_for_the_one_subscription, "C22.5")
{
	int fan = fan_new(BLOCK, .max_messages = 2), a = subscribe();
	int b = subscribe();
	uint64_t n;
	pid_t pid;

	put(fan, "1");
	put(fan, "2");
	pid = start_sender(fan, "3", 0, 0, 0);
	wait_until_blocked(pid);
	ASSERT_OK(do_flush(a, &n));
	EXPECT_EQ(n, 2);
	expect_empty(a);
	EXPECT_EQ(stat_of(fan).messages, 2);
	/* Now nobody holds the sender back. */
	ASSERT_OK(do_flush(b, &n));
	EXPECT_EQ(n, 2);
	EXPECT_CHILD_OK(pid);
	expect_next(a, "3");
	expect_next(b, "3");
	ASSERT_OK(do_destroy(fan));
	EXPECT_ERRNO(do_flush(a, &n), EIDRM);
}

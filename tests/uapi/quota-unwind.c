// SPDX-License-Identifier: GPL-2.0-only
/*
 * quota-unwind.c: whichever limit refuses, and at whichever level: what had been
 * charged by then is paid back, everywhere.
 *
 * Owns: the claims of C14.7 and C14.13 on what was charged in part.  Three
 * processes, each a payer above the next, do as the test tells them; takes no
 * locks.  Part of the program uapi-quota.
 */
#include "batch.h"
#include "call.h"
#include "fds.h"
#include "levels.h"

/* Alice; a user of her namespace; a user of the one that he has made. */
#define LEVELS 3

#define BIG 60000

/**
 * struct level - one who pays
 * @ask: orders go in
 * @tell: a byte comes out when he is ready for one
 * @used: what he is charged, as he saw it last
 * @mailbox: his, if he has made one
 * @call: a process that calls for him, or 0
 */
struct level {
	int ask[2], tell[2];
	struct mbox_info used;
	int mailbox;
	pid_t call;
};

/**
 * struct limit - what may run out
 * @tries: what needs more of it than @spare, up to NULL
 * @param: the parameter of the module
 * @used: where struct mbox_info has what is charged of it
 * @spare: so much more than a level has is allowed
 * @hold: takes some of it
 * @give: gives that back, besides receiving what was sent
 */
struct limit {
	int (*tries[5])(void);
	const char *param;
	size_t used;
	unsigned int spare;
	void (*hold)(struct level *l);
	void (*give)(struct level *l);
};

static struct level *levels;
static const struct limit *limit;
static int plain, with_files, file;
static char big[BIG];

/* -- What takes some, and what needs more ----------------------------------- */

static void nothing(struct level *l)
{
	(void)l;
}

static void hold_message(struct level *l)
{
	(void)l;
	ASSERT_OK(do_send(plain, "x", 1));
}

static void hold_bytes(struct level *l)
{
	(void)l;
	ASSERT_OK(do_send(plain, big, BIG));
}

static void hold_mailbox(struct level *l)
{
	l->mailbox = box_new();
}

static void give_mailbox(struct level *l)
{
	close(l->mailbox);
}

static void hold_file(struct level *l)
{
	(void)l;
	ASSERT_OK(send_fd(with_files, "x", file));
}

static void hold_call(struct level *l)
{
	pid_t pid;

	CHILD(pid)
	{
		struct mbox_call c;
		char answer[8];

		do_call(plain, &c, "x", answer, sizeof(answer));
	}
	l->call = pid;
}

static void give_call(struct level *l)
{
	ASSERT_OK(kill(l->call, SIGKILL));
	EXPECT_CHILD_KILLED(l->call, SIGKILL);
	l->call = 0;
}

static int try_send(void)
{
	return do_send(plain, "x", 1);
}

static int try_send_big(void)
{
	return do_send(plain, big, BIG);
}

static int try_batch(void)
{
	lay_out(3);
	return do_sendv(plain, 3);
}

static int try_open(void)
{
	return box_open(.flags = MBOX_OPEN_CREATE, .rights = 0);
}

/* It pays for a place for each message there can be. */
static int try_subscribe(void)
{
	return box_open(.flags = MBOX_OPEN_CREATE, .rights = MBOX_RIGHT_RECV,
			.attrs = MBOX_ATTR_BROADCAST,
			.policy = MBOX_POLICY_DROP_NEWEST,
			.max_messages = MBOX_BROADCAST_MAX);
}

static int try_send_file(void)
{
	return send_fd(with_files, "x", file);
}

static int try_send_big_with_file(void)
{
	return do_send(with_files, big, BIG, .nfds = 1, .fds = PTR(&file));
}

static int try_call(void)
{
	struct mbox_call c;
	static char answer[BIG];

	return do_call(plain, &c, "x", answer, BIG);
}

/* -- The levels ------------------------------------------------------------- */

/*
 * One byte: 'h'old, 'g'ive, 'i'nfo, 'b'atch, 's'ubscribe, 'l'eave, 'q'uit, or the
 * number of a try.
 */
static void carry_out(struct level *l, char order)
{
	switch (order) {
	case 'h':
		limit->hold(l);
		break;
	case 'g':
		limit->give(l);
		break;
	case 'b':
		ASSERT_OK(try_batch());
		break;
	case 's':
		l->mailbox = ASSERT_OK(try_subscribe());
		break;
	case 'l':
		close(l->mailbox);
		break;
	case 'i':
		l->used = info_of();
		break;
	case 'q':
		break;
	default:
		EXPECT_ERRNO(limit->tries[order - '0'](), EDQUOT);
	}
}

static void serve(struct level *l)
{
	char order;

	do {
		ASSERT_EQ(write(l->tell[1], "", 1), 1);
		ASSERT_EQ(read(l->ask[0], &order, 1), 1);
		carry_out(l, order);
	} while (order != 'q');
}

static void wait_for(int n)
{
	char c;

	ASSERT_EQ(read(levels[n].tell[0], &c, 1), 1);
}

static void tell(int n, char order)
{
	ASSERT_EQ(write(levels[n].ask[1], &order, 1), 1);
	wait_for(n);
}

static void be_alice_and_those_below(void)
{
	pid_t user, below;
	char c;

	mbt_become(ALICE, ALICE);
	enter_and_wait();
	CHILD(user)
	{
		be(1);
		enter_and_wait();
		CHILD(below)
		{
			be(2);
			/* What nothing is charged to is forgotten. */
			box_new();
			serve(&levels[2]);
		}
		serve(&levels[1]);
		EXPECT_CHILD_OK(below);
	}
	ASSERT_EQ(read(made[0], &c, 1), 1);
	map_ids(user, "2 2 1\n");
	ASSERT_EQ(write(go[1], "x", 1), 1);
	serve(&levels[0]);
	EXPECT_CHILD_OK(user);
}

static pid_t start_levels(void)
{
	pid_t pid;
	int i;

	plain = box_new(.capacity = MBOX_CAPACITY_UNBOUNDED);
	with_files = fds_box(.capacity = MBOX_CAPACITY_UNBOUNDED);
	file = file_at(0);
	levels = mbt_shared(LEVELS * sizeof(*levels));
	begin();
	for (i = 0; i < LEVELS; i++) {
		ASSERT_OK(pipe(levels[i].ask));
		ASSERT_OK(pipe(levels[i].tell));
	}
	CHILD(pid)
	{
		be_alice_and_those_below();
	}
	let_in(pid, ALICES_IDS);
	for (i = 0; i < LEVELS; i++)
		wait_for(i);
	return pid;
}

static void stop_levels(pid_t pid)
{
	int i;

	for (i = 0; i < LEVELS; i++)
		ASSERT_EQ(write(levels[i].ask[1], "q", 1), 1);
	EXPECT_CHILD_OK(pid);
}

static void receive_all(int fd)
{
	struct mbox_recv r;

	while (!do_recv(fd, &r, big, BIG, .flags = MBOX_NOWAIT))
		;
	EXPECT_EQ(errno, EAGAIN);
}

static void look(struct mbox_info *used)
{
	int i;

	for (i = 0; i < LEVELS; i++) {
		tell(i, 'i');
		used[i] = levels[i].used;
	}
}

static void expect_same(const struct mbox_info *before)
{
	struct mbox_info now[LEVELS];
	int i;

	look(now);
	for (i = 0; i < LEVELS; i++) {
		EXPECT_EQ(now[i].used_bytes, before[i].used_bytes);
		EXPECT_EQ(now[i].used_messages, before[i].used_messages);
		EXPECT_EQ(now[i].used_mailboxes, before[i].used_mailboxes);
		EXPECT_EQ(now[i].used_fds, before[i].used_fds);
		EXPECT_EQ(now[i].used_calls, before[i].used_calls);
	}
}

/*
 * The lowest asks; one of the three has nothing left, nor have those above him,
 * who pay for what he has.  Those below him have.
 */
static void refused_by(int who)
{
	unsigned long long all = param_get(limit->param);
	struct mbox_info before[LEVELS];
	__u64 used;
	char i;

	tell(who, 'h');
	if (levels[who].call)
		wait_until_blocked(levels[who].call);
	look(before);
	memcpy(&used, (char *)&before[who] + limit->used, sizeof(used));
	param_set(limit->param, used + limit->spare);
	for (i = 0; limit->tries[(int)i]; i++) {
		tell(LEVELS - 1, (char)('0' + i));
		expect_same(before);
	}
	param_set(limit->param, all);
	tell(who, 'g');
	receive_all(plain);
	receive_all(with_files);
}

static void refused_at_each_level(const struct limit *l)
{
	pid_t pid;
	int who;

	limit = l;
	pid = start_levels();
	for (who = 0; who < LEVELS; who++)
		refused_by(who);
	stop_levels(pid);
}

#define USED(member) offsetof(struct mbox_info, used_##member)

static const struct limit messages = {
	.param = "user_messages",
	.used = USED(messages),
	.tries = { try_send, try_batch, try_call },
	.hold = hold_message,
	.give = nothing,
};

TEST(a_message_too_many_at_any_level_is_paid_at_none,
     "C14.7 C14.13 C14.3 SEND:EDQUOT CALL:EDQUOT")
{
	refused_at_each_level(&messages);
}

TEST(of_a_batch_too_many_what_was_sent_is_paid, "C14.7 C14.13 C14.3")
{
	unsigned long long all = param_get(messages.param);
	struct mbox_info before[LEVELS], now[LEVELS];
	pid_t pid;
	int who;

	limit = &messages;
	pid = start_levels();
	for (who = 0; who < LEVELS; who++) {
		look(before);
		tell(who, 'h');
		/* Three are asked for, and two fit. */
		param_set(messages.param, before[who].used_messages + 3);
		tell(LEVELS - 1, 'b');
		look(now);
		EXPECT_EQ(now[who].used_messages, 3);
		EXPECT_EQ(now[LEVELS - 1].used_messages,
			  who == LEVELS - 1 ? 3 : 2);
		param_set(messages.param, all);
		receive_all(plain);
		expect_same(before);
	}
	stop_levels(pid);
}

TEST(bytes_too_many_at_any_level_are_paid_at_none,
     "C14.7 C14.13 C14.2 SEND:EDQUOT CALL:EDQUOT OPEN:EDQUOT")
{
	static const struct limit bytes = {
		.param = "user_bytes",
		.used = USED(bytes),
		.spare = 4000,
		.tries = { try_send_big, try_send_big_with_file, try_call,
			   try_subscribe },
		.hold = hold_bytes,
		.give = nothing,
	};

	refused_at_each_level(&bytes);
}

TEST(a_mailbox_too_many_at_any_level_is_paid_at_none,
     "C14.7 C14.13 C14.4 OPEN:EDQUOT")
{
	static const struct limit mailboxes = {
		.param = "user_mailboxes",
		.used = USED(mailboxes),
		.tries = { try_open },
		.hold = hold_mailbox,
		.give = give_mailbox,
	};

	refused_at_each_level(&mailboxes);
}

TEST(a_descriptor_too_many_at_any_level_is_paid_at_none,
     "C14.7 C14.13 C14.6 SEND:EDQUOT")
{
	static const struct limit fds = {
		.param = "user_fds",
		.used = USED(fds),
		.tries = { try_send_file },
		.hold = hold_file,
		.give = nothing,
	};

	refused_at_each_level(&fds);
}

TEST(a_call_too_many_at_any_level_is_paid_at_none,
     "C14.7 C14.13 C14.5 CALL:EDQUOT")
{
	static const struct limit calls = {
		.param = "user_calls",
		.used = USED(calls),
		.tries = { try_call },
		.hold = hold_call,
		.give = give_call,
	};

	refused_at_each_level(&calls);
}

TEST(a_batch_is_paid_back_at_every_level, "C14.7 C14.13")
{
	struct mbox_info before[LEVELS], between[LEVELS];
	pid_t pid = start_levels();
	int i;

	look(before);
	tell(LEVELS - 1, 'b');
	look(between);
	for (i = 0; i < LEVELS; i++)
		EXPECT_EQ(between[i].used_messages, 3);
	lay_in(3);
	EXPECT_EQ(do_recvv(plain, 3), 3);
	expect_same(before);
	stop_levels(pid);
}

TEST(a_subscription_is_paid_back_at_every_level, "C14.7 C14.13")
{
	struct mbox_info before[LEVELS], between[LEVELS];
	pid_t pid = start_levels();
	int i;

	look(before);
	tell(LEVELS - 1, 's');
	look(between);
	for (i = 0; i < LEVELS; i++)
		EXPECT_GE(between[i].used_bytes,
			  before[i].used_bytes + MBOX_BROADCAST_MAX * 8);
	tell(LEVELS - 1, 'l');
	expect_same(before);
	stop_levels(pid);
}

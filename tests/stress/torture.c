// SPDX-License-Identifier: GPL-2.0-only
/*
 * torture.c: sixteen processes do everything at random, while they are
 * signalled, killed and started anew; afterwards nothing is stuck, lost or left.
 *
 * Owns: the parent, which loads the module, hits the workers, ends them, closes
 * the books and unloads it again.  The seed gives what each worker does; when it
 * does it is up to the scheduler.  Takes no locks; see torture.h.
 *
 *	torture [seconds=N] [seed=N]
 *
 * Eight seconds in "make test"; make torture takes SECONDS=300.
 *
 * opts: module=none timeout=180 kernels=any,strict,race
 */
#include "torture.h"

#include "../uapi/module.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define PID_MAX "/proc/sys/kernel/pid_max"

/* From here on a run must have done everything. */
enum { FULL_RUN = 60 };
/* file-nr is a sum that each processor is a little behind with. */
enum { FILES_SLACK = 192 };
/* Of numbers and threads there is room for so many a second. */
enum { NUMBERS = 200000, SEATS = 4000 };

static const char *const events[EVENTS] = {
	[N_SIGNALS] = "signals",
	[N_KILLS] = "kills",
	[N_STARTS] = "workers",
	[N_EXITS] = "exits",
	[N_FORKS] = "forks",
	[N_CHILD_KILLS] = "children killed",
	[N_EXECS] = "execs",
	[N_THREADS] = "threads",
	[N_SHARED] = "children with the same descriptors",
	[N_CUT] = "closed under a thread",
	[N_CLOSES] = "closes",
	[N_DUPS] = "dups",
	[N_POSTED] = "handles posted",
	[N_FETCHED] = "handles fetched",
	[N_PASSED] = "descriptors passed",
	[N_CAUGHT] = "signals caught",
	[N_ANSWERS] = "calls answered",
	[N_LOOKS] = "looks that added up",
	[N_RESTS] = "rests",
};

/* The parent's own place, to receive what is left. */
static struct me judge;
static uint64_t seconds, starts;

static long open_files(void)
{
	char text[64];

	ASSERT_GT(mbt_read_file("/proc/sys/fs/file-nr", text, sizeof(text)), 0);
	return strtol(text, NULL, 10);
}

/* -- Beginning ---------------------------------------------------------------- */

/* They stay from the beginning to the end, and nobody empties them. */
static void make_kept(void)
{
	static const struct mbox_open like[KEPT] = {
		{ .max_messages = 16 },
		{ .capacity = MBOX_CAPACITY_ZERO },
		{ .capacity = MBOX_CAPACITY_UNBOUNDED,
		  .attrs = MBOX_ATTR_TIMES },
		{ .max_messages = 8, .policy = MBOX_POLICY_DROP_OLDEST },
		{ .max_messages = 8, .policy = MBOX_POLICY_DROP_NEWEST },
	};
	int i;

	for (i = 0; i < KEPT; i++) {
		struct mbox_open o = like[i];
		char name[16];

		snprintf(name, sizeof(name), "kept-%d", i);
		o.size = sizeof(o);
		o.flags = MBOX_OPEN_CREATE | MBOX_OPEN_EXCL;
		o.rights = R_ALL;
		o.mode = 0666;
		o.lifetime = MBOX_LIFETIME_PERSISTENT;
		o.max_size = 2048;
		o.name = PTR(name);
		o.name_len = (uint32_t)strlen(name);
		ASSERT_TRUE(keep(&judge, verb_do(V_OPEN, judge.dev, &o)));
		run->kept_id[i] = judge.handle[i].id;
		judge.handle[i].family = F_KEPT + (uint32_t)i;
	}
}

static void start_worker(int i)
{
	uint64_t seed = run->seed + ++starts * 1000003;
	pid_t pid = fork();

	if (pid == 0)
		work(seed, i >= WORKERS - ALICES);
	ASSERT_GT(pid, 0);
	run->worker[i] = pid;
}

static void begin(void)
{
	int pair[2], i;

	umask(0);
	ASSERT_OK(prctl(PR_SET_CHILD_SUBREAPER, 1));
	ASSERT_TRUE(
		run_make(seconds * NUMBERS + 4000000, seconds * SEATS + 65536));
	run->parent = getpid();
	run->seed = setting("seed", (uint64_t)mbt_now_real() % 1000000);
	mbt_note("seed=%llu seconds=%llu", (unsigned long long)run->seed,
		 (unsigned long long)seconds);
	judge.rng = run->seed | 1;
	sit_down(&judge);
	judge.dev = device(O_RDWR);
	make_kept();
	ASSERT_OK(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair));
	ASSERT_OK(dup2(pair[0], POST_IN));
	ASSERT_OK(dup2(pair[1], POST_OUT));
	close(pair[0]);
	close(pair[1]);
	/* Inherited: a signal may come before a worker's first line. */
	catch_signals(false);
	for (i = 0; i < WORKERS; i++)
		start_worker(i);
}

/* -- The run ------------------------------------------------------------------ */

/* Who has ended, also of those whose parents have; true if nobody is left. */
static bool reap(void)
{
	int status, i;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		check_end(status);
		for (i = 0; i < WORKERS; i++) {
			if (run->worker[i] != pid)
				continue;
			run->worker[i] = 0;
			if (!is_over())
				start_worker(i);
		}
	}
	return pid < 0 && errno == ECHILD;
}

static void look_at_kept(void)
{
	struct mbox_waiter waiters[128];
	int i;

	for (i = 0; i < KEPT; i++) {
		struct mbox_stat st = { .size = sizeof(st),
					.waiters = PTR(waiters),
					.nwaiters = 128 };

		if (verb_do(V_STAT, judge.handle[i].fd, &st))
			broken("a kept mailbox: %s", mbt_errno_name(errno));
		else
			check_stat(&st, 128);
	}
}

static void harass(void)
{
	int64_t end = mbt_now() + (int64_t)seconds * MBT_SECOND;
	int64_t next_rest = mbt_now() + MBT_SECOND;
	unsigned int n;

	for (n = 1; mbt_now() < end && !load(&run->broken); n++) {
		pid_t pid = run->worker[rnd(&judge) % WORKERS];

		mbt_sleep_ms(1);
		if (n % 24 == 0) {
			kill(pid, SIGKILL);
			happened(N_KILLS);
		} else if (n % 64 == 1) {
			kill(0, SIGUSR1);
			happened(N_SIGNALS);
		} else {
			kill(pid, SIGUSR1);
			happened(N_SIGNALS);
		}
		if (n % 16 == 0)
			look_at_kept();
		reap();
		if (mbt_now() > next_rest) {
			rest(&judge);
			next_rest = mbt_now() + MBT_SECOND;
		}
	}
}

static void kill_one(pid_t pid)
{
	kill(pid, SIGKILL);
}

/* Signals end what waits for ever, and the flag what acts. */
static void wind_up(void)
{
	int64_t start = mbt_now();
	int64_t end = start + mbt_slow() * 20 * MBT_SECOND;

	add(&run->stop, 1);
	while (!reap() && mbt_now() < end) {
		kill(0, SIGUSR2);
		mbt_sleep_ms(10);
	}
	if (reap()) {
		mbt_note("all have ended after %lld ms",
			 (long long)((mbt_now() - start) / MBT_MS));
		return;
	}
	FAIL("these have not ended by themselves:");
	mbt_each_descendant(mbt_show_tasks);
	end = mbt_now() + mbt_slow() * 10 * MBT_SECOND;
	while (!reap() && mbt_now() < end) {
		mbt_each_descendant(kill_one);
		mbt_sleep_ms(10);
	}
	if (reap())
		return;
	FAIL("these do not die:");
	mbt_each_descendant(mbt_show_tasks);
	_exit(1);
}

/* -- The books ---------------------------------------------------------------- */

struct book {
	uint64_t sent, failed, unknown; /* attempts */
	uint64_t got, lost; /* of them received; sent and not received */
	uint64_t got_unknown; /* received, of those who were killed */
	uint64_t ghosts; /* failed, and received */
	uint64_t excused; /* that a killed receiver may have taken along */
};

static void read_books(struct book *book)
{
	uint64_t last = run->next_number, n;

	memset(book, 0, FAMILIES * sizeof(*book));
	for (n = 1; n <= last && n < run->room; n++) {
		struct book *b = &book[attempts[n] >> 2];
		unsigned int got = receipts[n];

		b->got += got;
		switch (attempts[n] & 3) {
		case SENT:
			b->sent++;
			b->lost += !got;
			break;
		case FAILED:
			b->failed++;
			b->ghosts += got;
			if (got)
				mbt_note(
					"number %llu was received, and its sender told that it failed",
					(unsigned long long)n);
			break;
		default:
			b->unknown++;
			b->got_unknown += got;
			break;
		}
	}
	for (n = 0; n <= run->next_seat && n < run->seats_room; n++)
		book[seats[n].family].excused += seats[n].taking;
}

/* What is left in a kept mailbox is received like all the rest. */
static void drain(struct handle *h)
{
	struct mbox_recv r;

	for (;;) {
		r = (struct mbox_recv){ .size = sizeof(r),
					.flags = MBOX_NOWAIT,
					.data = PTR(judge.in),
					.len = IN_ROOM };
		if (verb_do(V_RECV, h->fd, &r))
			break;
		arrived(&judge, &(struct arrival){ h, judge.in, IN_ROOM,
						   r.msg_len, &r });
	}
	EXPECT_EQ(errno, EAGAIN);
}

static void close_book(const struct handle *h, const struct book *b)
{
	struct mbox_stat st = stat_of(h->fd);

	mbt_note(
		"kept mailbox %llu: %llu sent, %llu perhaps, %llu received, %llu perhaps; kernel: %llu, %llu received, %llu dropped, %llu expired",
		(unsigned long long)h->id, (unsigned long long)b->sent,
		(unsigned long long)b->unknown, (unsigned long long)b->got,
		(unsigned long long)b->excused, (unsigned long long)st.sent,
		(unsigned long long)st.received, (unsigned long long)st.dropped,
		(unsigned long long)st.expired);
	check_stat(&st, 0);
	EXPECT_EQ(st.messages, 0);
	EXPECT_EQ(st.bytes, 0);
	EXPECT_EQ(st.charged, 0);
	EXPECT_EQ(st.senders_waiting, 0);
	EXPECT_EQ(st.receivers_waiting, 0);
	/* The kernel counts as the workers do, but for one that was killed. */
	EXPECT_GE(st.sent, b->sent + b->got_unknown);
	EXPECT_LE(st.sent, b->sent + b->unknown);
	EXPECT_GE(st.received, b->got);
	EXPECT_LE(st.received, b->got + b->excused);
	/* Nothing is lost but what was dropped or died with its receiver. */
	EXPECT_LE(b->lost, st.dropped + b->excused);
	if (st.policy == MBOX_POLICY_BLOCK)
		EXPECT_EQ(st.dropped, 0);
}

static void close_books(void)
{
	static struct book book[FAMILIES];
	int i;

	for (i = 0; i < KEPT; i++)
		drain(&judge.handle[i]);
	read_books(book);
	for (i = 0; i < KEPT; i++)
		close_book(&judge.handle[i], &book[F_KEPT + i]);
	for (i = 0; i < FAMILIES; i++)
		EXPECT_EQ(book[i].ghosts, 0);
	mbt_note(
		"others: %llu sent, %llu failed, %llu perhaps, %llu received, %llu gone with their mailbox, process or receiver, or dropped; to many: %llu sent",
		(unsigned long long)book[F_OTHER].sent,
		(unsigned long long)book[F_OTHER].failed,
		(unsigned long long)book[F_OTHER].unknown,
		(unsigned long long)book[F_OTHER].got,
		(unsigned long long)book[F_OTHER].lost,
		(unsigned long long)book[F_MANY].sent);
}

/* -- The end ------------------------------------------------------------------ */

/* Destroys the first name that is not default; false if there is none. */
static bool destroy_first(void)
{
	struct mbox_list_entry e[2];
	struct mbox_list l = { .size = sizeof(l),
			       .entries = PTR(e),
			       .count = 2,
			       .entry_size = sizeof(e[0]) };
	unsigned int i;
	int fd;

	ASSERT_OK(verb_do(V_LIST, judge.dev, &l));
	for (i = 0; i < l.count && !strcmp(e[i].name, "default"); i++)
		;
	if (i == l.count)
		return false;
	fd = ASSERT_OK(
		box_open_at(judge.dev, .rights = R_ADMIN, NAMED(e[i].name)));
	ASSERT_OK(do_destroy(fd));
	close(fd);
	return true;
}

static bool is_charged(int dev)
{
	struct mbox_info i;

	ASSERT_OK(do_info(dev, &i));
	return i.used_bytes || i.used_messages || i.used_mailboxes ||
	       i.used_calls || i.used_fds;
}

static void expect_uncharged(int dev)
{
	int64_t end = mbt_now() + MBT_PATIENCE;
	struct mbox_info i;

	while (is_charged(dev) && mbt_now() < end)
		mbt_sleep_ms(5);
	ASSERT_OK(do_info(dev, &i));
	EXPECT_EQ(i.used_bytes, 0);
	EXPECT_EQ(i.used_messages, 0);
	EXPECT_EQ(i.used_mailboxes, 0);
	EXPECT_EQ(i.used_calls, 0);
	EXPECT_EQ(i.used_fds, 0);
}

static void leave_nothing(void)
{
	struct mbox_flush f = { .size = sizeof(f) };
	int fd;
	pid_t pid;

	close(POST_IN);
	close(POST_OUT);
	while (destroy_first())
		;
	fd = ASSERT_OK(open(DEV, O_RDONLY | O_CLOEXEC));
	ASSERT_OK(verb_do(V_FLUSH, fd, &f));
	close(fd);
	while (judge.nr_handles)
		let_go(&judge, &judge.handle[0]);
	expect_uncharged(judge.dev);
	CHILD(pid)
	{
		mbt_become(ALICE, ALICE);
		expect_uncharged(judge.dev);
	}
	EXPECT_CHILD_OK(pid);
	close(judge.dev);
}

static void report_verb(enum verb v)
{
	uint64_t calls = 0;
	char text[600] = "";
	size_t n = 0;
	int e;

	for (e = 0; e < ERRNOS; e++) {
		calls += run->count[v][e];
		if (e && run->count[v][e] && n < sizeof(text) - 40)
			n += (size_t)snprintf(
				text + n, sizeof(text) - n, " %s:%llu",
				mbt_errno_name(e),
				(unsigned long long)run->count[v][e]);
	}
	mbt_note("%-10s %9llu calls %9llu succeeded %s", verb_name(v),
		 (unsigned long long)calls,
		 (unsigned long long)run->count[v][0], text);
	if (!run->count[v][0] && seconds >= FULL_RUN)
		FAIL("%s has never succeeded", verb_name(v));
}

static void report(void)
{
	char text[800] = "";
	size_t n = 0;
	int i;

	for (i = 0; i < VERBS; i++)
		report_verb((enum verb)i);
	for (i = 0; i < EVENTS; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%llu %s",
				      i ? ", " : "",
				      (unsigned long long)run->event[i],
				      events[i]);
	mbt_note("%s", text);
	for (i = 0; i < (int)run->broken && i < TEXTS; i++)
		FAIL("%s", run->text[i]);
	if (run->broken > TEXTS)
		FAIL("and %llu more", (unsigned long long)run->broken - TEXTS);
}

/* How long is for make torture and the runner to say, not for the harness. */
TEST_FOR(nothing_is_stuck_lost_or_left_after_all_verbs_at_random,
	 "C5.2 C11.1 C17.4 C36.1 C36.2 C36.3 C36.4", 1000000)
{
	long files = open_files();
	char pid_max[32];

	seconds = setting("seconds", 8);
	/* In a long run each number is that of one process after the other. */
	ASSERT_GT(mbt_read_file(PID_MAX, pid_max, sizeof(pid_max)), 0);
	if (seconds >= FULL_RUN)
		ASSERT_OK(mbt_write_file(PID_MAX, "1000"));
	ASSERT_OK(load_module(""));
	begin();
	harass();
	wind_up();
	close_books();
	leave_nothing();
	report();
	must_unload();
	ASSERT_OK(mbt_write_file(PID_MAX, pid_max));
	WAIT_FOR(open_files() < files + FILES_SLACK);
	mbt_note("open files: %ld before, %ld after", files, open_files());
}

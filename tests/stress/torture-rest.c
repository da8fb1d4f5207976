// SPDX-License-Identifier: GPL-2.0-only
/*
 * torture-rest.c: now and then nobody begins anything, and whoever still sleeps
 * must have a reason.
 *
 * Owns: what a wake-up that was lost looks like.  At random nobody would see
 * one: a signal or a kill ends every sleep soon.  Takes no locks; the workers
 * wait in is_over() meanwhile.  Called by the parent in torture.c.
 */
#include "torture.h"

#include <signal.h>

/*
 * True if nobody sleeps at a kept mailbox who could go on.  It is true only
 * when all are at rest: who is about to go on has been woken, but may not have
 * run yet.
 */
static bool sleeps_rightly(const struct handle *h, char *why, size_t size)
{
	struct mbox_waiter waiters[128];
	struct mbox_stat st = { .size = sizeof(st),
				.waiters = PTR(waiters),
				.nwaiters = 128 };
	unsigned int n[MBOX_WAIT_REPLY + 1] = { 0 }, placed, j;

	ASSERT_OK(verb_do(V_STAT, h->fd, &st));
	for (j = 0; j < st.nwaiters; j++)
		n[waiters[j].what]++;
	snprintf(
		why, size,
		"mailbox %llu: %llu messages, but %u wait to send, %u for a receipt, %u to receive, %u to be received, %u for an answer",
		(unsigned long long)h->id, (unsigned long long)st.messages,
		n[MBOX_WAIT_SEND], n[MBOX_WAIT_RECEIPT], n[MBOX_WAIT_RECV],
		n[MBOX_WAIT_CALL], n[MBOX_WAIT_REPLY]);
	placed = n[MBOX_WAIT_RECEIPT] + n[MBOX_WAIT_CALL];
	if (n[MBOX_WAIT_RECV] && (st.messages || placed || n[MBOX_WAIT_SEND]))
		return false;
	if (st.capacity == MBOX_CAPACITY_ZERO)
		return true;
	if (n[MBOX_WAIT_SEND] &&
	    (!st.max_messages || st.messages < st.max_messages))
		return false;
	return placed <= st.messages;
}

static bool has_ended(pid_t pid)
{
	return pid == DROPPED || (kill(pid, 0) && errno == ESRCH);
}

/* The thread sleeps in the module, and has no other seat since. */
static bool is_seated(uint64_t i)
{
	uint64_t last = load(&run->next_seat), n;

	for (n = i + 1; n <= last; n++)
		if (seats[n].tid == seats[i].tid)
			return false;
	return mbt_is_blocked(seats[i].tid);
}

/* True if nobody waits for the answer, or the message, of one who has ended. */
static bool waits_for_the_living(char *why, size_t size)
{
	uint64_t last = load(&run->next_seat), i;

	for (i = 1; i <= last; i++) {
		uint64_t number = load(&seats[i].calling);
		pid_t of = seats[i].from;
		struct holder h;

		if (number) {
			h = run->holder[number % HOLDERS];
			of = h.number == number ? h.pid : 0;
		}
		if (!of || !has_ended(of) || !is_seated(i))
			continue;
		snprintf(
			why, size,
			"thread %d waits for process %d, which has ended or let go; call %llu",
			seats[i].tid, of, (unsigned long long)number);
		return false;
	}
	return true;
}

void rest(struct me *judge)
{
	int64_t end = mbt_now() + MBT_PATIENCE;
	char why[240];
	int i;

	__atomic_store_n(&run->pause, 1, __ATOMIC_SEQ_CST);
	/* The deadlines of most are over by then. */
	mbt_sleep_ms(50);
	for (i = 0; i < KEPT; i++) {
		struct handle *h = &judge->handle[i];

		while (!sleeps_rightly(h, why, sizeof(why)) && mbt_now() < end)
			mbt_sleep_ms(5);
		if (!sleeps_rightly(h, why, sizeof(why)))
			broken("%s", why);
	}
	while (!waits_for_the_living(why, sizeof(why)) && mbt_now() < end)
		mbt_sleep_ms(5);
	if (!waits_for_the_living(why, sizeof(why)))
		broken("%s", why);
	happened(N_RESTS);
	__atomic_store_n(&run->pause, 0, __ATOMIC_SEQ_CST);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * unbounded_flood: the unbounded buffer, whose producer never waits: realistic?
 *
 * Notes: S53 (003:77)
 * Watch: root lowers the quota of memory to 4 MiB for each user; then alice
 *        sends to a mailbox without a bound, and nobody receives.
 * See:   she never waits, until her share is used up: EDQUOT. Others, and the
 *        machine, go on. No buffer is without a bound.
 */
#include "../check.h"

#include <mbox.h>
#include <sys/resource.h>

#define ALICE 1000
#define BOB 1001
#define QUOTA (4 << 20)

static char data[4096];

/* The module's parameter; returns what it was. */
static long long set_quota(long long bytes)
{
	FILE *file =
		need_ptr(fopen("/sys/module/mbox/parameters/user_bytes", "r+"));
	long long was = 0;

	if (fscanf(file, "%lld", &was) != 1)
		say("no number");
	rewind(file);
	fprintf(file, "%lld\n", bytes);
	fclose(file);
	return was;
}

/*
 * As that user: sends up to this many messages of 4 KiB. Ends with the errno,
 * or 0; with 255 if it had to wait and therefore slept.
 */
static int flood_once(uid_t user, struct mbox *mb, int count)
{
	struct rusage before, after;
	pid_t pid = need(fork());
	int err = 0;

	if (pid)
		return ended(pid);
	need(setuid(user));
	getrusage(RUSAGE_SELF, &before);
	while (!err && count--)
		if (mbox_send(mb, data, sizeof(data)))
			err = errno;
	getrusage(RUSAGE_SELF, &after);
	_exit(after.ru_nvcsw == before.ru_nvcsw ? err : 255);
}

static int flood(uid_t user, struct mbox *mb, int count)
{
	struct mbox_status was, box;
	int err;

	need(mbox_status(mb, &was));
	err = flood_once(user, mb, count);
	/* There the locks of the kernel's memory can put to sleep, too. */
	for (int i = 0; i < 20 && err == 255 && is_realtime(); i++) {
		need(mbox_status(mb, &box));
		for (; box.messages > was.messages; box.messages--)
			need(mbox_recv(mb, data, sizeof(data)));
		err = flood_once(user, mb, count);
	}
	return err;
}

int main(void)
{
	const struct mbox_attr unbounded = { .capacity = MBOX_UNBOUNDED };
	struct mbox_status box;
	struct mbox *mb;
	long long was;
	int alice, bob, later;

	mb = need_ptr(mbox_create(NULL, MBOX_SEND | MBOX_RECV, 0, &unbounded));
	alice = flood(ALICE, mb, 100);
	need(mbox_status(mb, &box));
	say("no quota in sight: %d messages, %s", (int)box.messages,
	    alice ? "trouble" : "and alice never had to wait");
	check(alice == 0 && box.messages == 100, "S53",
	      "unbounded: the producer can always produce, without waiting");

	was = set_quota(QUOTA);
	alice = flood(ALICE, mb, QUOTA / 4096);
	need(mbox_status(mb, &box));
	say("quota %d MiB: stopped by \"%s\" at %d messages", QUOTA >> 20,
	    strerror(alice), (int)box.messages);
	check(alice == EDQUOT && box.charged <= QUOTA, "S53",
	      "not for ever: the kernel's memory has a bound, EDQUOT");

	bob = flood(BOB, mb, 10);
	say("bob sends 10 more: %s", strerror(bob));
	check(bob == 0, "S53", "others have a share of their own");
	need(mbox_status(mb, &box));
	while (box.messages--)
		need(mbox_recv(mb, data, sizeof(data)));
	later = flood(ALICE, mb, 10);
	set_quota(was);
	say("all received; alice again: %s", strerror(later));
	check(later == 0, "S53", "what is received, she can send anew");
	mbox_close(mb);
	return done();
}

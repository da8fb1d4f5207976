// SPDX-License-Identifier: GPL-2.0-only
/*
 * unique_ids: each mailbox has a unique ID.
 *
 * Notes: S76 (003:220)
 * Watch: eight processes create 40 mailboxes each, at the same time, and all
 *        try to be the one that creates "prize".
 * See:   320 different numbers; the name goes to one, EEXIST to seven.
 */
#include "../check.h"

#include <mbox.h>
#include <stdint.h>

#define CREATORS 8
#define EACH 40

/* Ends with 0 if it created the name, else with the errno. */
static void create(const int *start, const int *end, struct mbox *ids)
{
	struct mbox_status box;
	int err = 0;
	char byte;

	/* Wait until the parent closes the pipe: all go at once. */
	close(start[1]);
	close(end[1]);
	need(read(start[0], &byte, 1));
	if (!mbox_create("prize", MBOX_SEND | MBOX_EXCL, 0600, NULL))
		err = errno;
	for (int i = 0; i < EACH; i++) {
		need(mbox_status(need_ptr(mbox_create(NULL, 0, 0, NULL)),
				 &box));
		need(mbox_send(ids, &box.id, sizeof(box.id)));
	}
	/* Keep them all until the end. */
	need(read(end[0], &byte, 1));
	_exit(err);
}

int main(void)
{
	static uint64_t id[CREATORS * EACH];
	int start[2], end[2], twice = 0, created = 0, refused = 0;
	struct mbox *ids;
	pid_t pid[CREATORS];

	ids = need_ptr(mbox_create(NULL, MBOX_SEND | MBOX_RECV, 0, NULL));
	need(pipe(start));
	need(pipe(end));
	for (int i = 0; i < CREATORS; i++) {
		pid[i] = need(fork());
		if (!pid[i])
			create(start, end, ids);
	}
	close(start[1]);
	for (int i = 0; i < CREATORS * EACH; i++) {
		need(mbox_recv(ids, &id[i], sizeof(id[i])));
		for (int k = 0; k < i; k++)
			twice += id[k] == id[i];
	}
	say("%d mailboxes, all there at once; numbers seen twice: %d",
	    CREATORS * EACH, twice);
	check(twice == 0, "S76", "created in parallel, all have different IDs");

	close(end[1]);
	for (int i = 0; i < CREATORS; i++) {
		int ret = ended(pid[i]);

		created += ret == 0;
		refused += ret == EEXIST;
	}
	say("\"prize\": %d created it, %d were told that it exists", created,
	    refused);
	check(created == 1 && refused == CREATORS - 1, "S76",
	      "a name is taken by one: for all others it exists already");
	mbox_close(ids);
	return done();
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * two_takers: a reason to cooperate: two processes use one producer's data.
 *
 * Notes: S3 (003:19)
 * Watch: one process measures, two others take the readings from one mailbox.
 *        A reading is sent when both wait for one.
 * See:   the two take turns; together they have all readings, each once.
 */
#include "../check.h"

#include <mbox.h>

#define READINGS 10

struct note {
	int taker;
	int reading;
};

static void take(int taker, struct mbox *data, struct mbox *notes)
{
	struct note note = { .taker = taker };

	for (int i = 0; i < READINGS / 2; i++) {
		need(mbox_recv(data, &note.reading, sizeof(note.reading)));
		need(mbox_send(notes, &note, sizeof(note)));
	}
	_exit(0);
}

int main(void)
{
	const unsigned int flags = MBOX_SEND | MBOX_RECV | MBOX_ADMIN;
	int times_seen[READINGS] = { 0 }, once = 0, in_turn = 0, last = -1;
	struct mbox *data, *notes;
	struct mbox_status box;
	pid_t taker[2];

	data = need_ptr(mbox_create(NULL, flags, 0, NULL));
	notes = need_ptr(mbox_create(NULL, flags, 0, NULL));
	for (int i = 0; i < 2; i++) {
		taker[i] = need(fork());
		if (!taker[i])
			take(i, data, notes);
	}
	for (int reading = 0; reading < READINGS; reading++) {
		struct note note;

		/* For the last one, the other has all that it wanted. */
		until(mbox_status(data, &box) == 0 &&
		      box.receivers_waiting ==
			      (reading < READINGS - 1 ? 2 : 1));
		need(mbox_send(data, &reading, sizeof(reading)));
		need(mbox_recv(notes, &note, sizeof(note)));
		say("reading %d: receiver %d", note.reading, note.taker);
		in_turn += note.taker != last;
		last = note.taker;
		once += ++times_seen[note.reading] == 1;
	}
	check(once == READINGS, "S3",
	      "two receivers share one producer's data, each item goes to one");
	check(in_turn == READINGS, "S3",
	      "they take turns: who has waited longest is next");
	check(ended(taker[0]) == 0 && ended(taker[1]) == 0, "S3",
	      "and both came to their end");
	mbox_close(data);
	mbox_close(notes);
	return done();
}

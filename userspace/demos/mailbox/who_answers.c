// SPDX-License-Identifier: GPL-2.0-only
/*
 * who_answers: and from whom should you receive an answer?
 *
 * Notes: S125 (003:326)
 * Watch: alice's bank is not open yet. Bob makes the mailbox "bank" and answers
 *        what comes. A client asks for its balance, three times: as anybody
 *        would; with a look at who answered; and expecting alice.
 * See:   a name can be taken by anyone. The answer's user is stamped by the
 *        kernel, so the client sees that it was bob. Who expects alice finds no
 *        bank, and tells bob nothing.
 */
#include "../check.h"

#include <mbox.h>

#define ALICE 1000
#define BOB 1001

/* Bob: poses as the bank for so many questions. */
static void pose(int questions)
{
	struct mbox_message question = { .token = 0 };
	struct mbox *mb;
	char text[20];

	need(setuid(BOB));
	mb = need_ptr(mbox_create("bank", MBOX_RECV, 0666, NULL));
	while (questions--) {
		need(mbox_recv_with(mb, text, sizeof(text), NULL, &question));
		need(mbox_reply(mb, question.token, "a million", 9));
	}
	_exit(0);
}

int main(void)
{
	struct mbox_answer answer = { .uid = 0 };
	struct mbox *mb, *alices;
	char text[20] = "", again[20] = "";
	pid_t bob;
	int error;

	bob = need(fork());
	if (!bob)
		pose(2);
	until((mb = mbox_open("bank", MBOX_SEND)));

	need(mbox_call(mb, "my balance?", 11, text, sizeof(text)));
	say("the bank says: %s", text);
	check(!strcmp(text, "a million"), "S125",
	      "WRONG: a client that trusts the name believes bob");

	need(mbox_call_with(mb, "my balance?", 11, again, sizeof(again), NULL,
			    &answer));
	say("user %u says: %s", (unsigned int)answer.uid, again);
	check(answer.uid == BOB && answer.pid == bob, "S125",
	      "the kernel has stamped the answer: it is bob's");

	alices = mbox_open_owned("bank", MBOX_SEND, ALICE);
	error = errno;
	say("a bank of alice's: %s", alices ? "there is one" : strerror(error));
	check(!alices && error == EACCES, "S125",
	      "who expects alice does not even ask bob");
	ended(bob);
	mbox_close(mb);
	return done();
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * ask_and_answer: client and server, with one system call on each side.
 *
 * Notes: S37 (001:45)
 * Watch: four clients ask one mailbox for a square at once. Each waits in
 *        mbox_call() until its answer is there; the server answers one and
 *        receives the next in one mbox_reply_recv().
 * See:   each gets the answer to its own question, since the kernel knows who
 *        waits for which, and no client needs a mailbox for the way back.
 */
#include "../check.h"

#include <mbox.h>

#define CLIENTS 4

/* Answers so many questions; the number of calls of the kernel it took. */
static int serve(struct mbox *mb, int questions)
{
	struct mbox_message question = { .token =
						 0 }; /* nobody to answer yet */
	int number, square = 0, calls = 0;

	while (questions--) {
		need(mbox_reply_recv(mb, &square, sizeof(square), &number,
				     sizeof(number), &question));
		calls++;
		square = number * number;
	}
	need(mbox_reply(mb, question.token, &square, sizeof(square)));
	return calls + 1;
}

/* Ends with 0 if the answer is right and came from the server. */
static void ask(struct mbox *mb, int number, pid_t server)
{
	struct mbox_answer answer;
	int square = 0;

	need(mbox_call_with(mb, &number, sizeof(number), &square,
			    sizeof(square), NULL, &answer));
	say("process %d says that the square of %d is %d", (int)answer.pid,
	    number, square);
	_exit(square != number * number || answer.pid != server);
}

int main(void)
{
	struct mbox *mb =
		need_ptr(mbox_create(NULL, MBOX_SEND | MBOX_RECV, 0, NULL));
	struct mbox_limits limits;
	pid_t client[CLIENTS];
	int calls, right = 0;

	for (int i = 0; i < CLIENTS; i++) {
		client[i] = need(fork());
		if (!client[i])
			ask(mb, 11 * (i + 1), getppid());
	}
	calls = serve(mb, CLIENTS);
	for (int i = 0; i < CLIENTS; i++)
		right += ended(client[i]) == 0;
	check(right == CLIENTS, "S37",
	      "each client got the answer to its own question");
	check(calls == CLIENTS + 1, "S37",
	      "the server made one call of the kernel for each, and a last one");
	need(mbox_limits(&limits));
	check(limits.used_mailboxes == 1, "S37",
	      "there is one mailbox, and none for the way back");
	mbox_close(mb);
	return done();
}

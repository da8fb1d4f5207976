// SPDX-License-Identifier: GPL-2.0-only
/*
 * asked_in_a_circle: who waits for an answer must not be asked for it.
 *
 * Notes: S89 (000:146)
 * Watch: a client asks A. To answer, A asks B, and B, to answer A, asks A. First
 *        B forbids the kernel to look (MBOX_NOCHECK), then not.
 * See:   blocking is synchronous, "completion guaranteed", but here nothing can
 *        complete: A waits for B and B for A. The kernel knows who receives from
 *        which mailbox and who waits, and says EDEADLK at once. B can then answer
 *        A without A's help. Without that only a deadline ends it.
 */
#include "../check.h"

#include <mbox.h>

static struct mbox *mailbox_a, *mailbox_b;

/* B: asks A back, with these flags; answers with the errno that it got. */
static void be_b(unsigned int flags)
{
	const struct mbox_call_options how = {
		.flags = flags,
		.deadline = mbox_deadline_in(flags ? 100000000 : 20000000000),
	};
	struct mbox_message question;
	int error = 0;
	char text[20];

	need(mbox_recv_with(mailbox_b, text, sizeof(text), NULL, &question));
	if (mbox_call_with(mailbox_a, "and you?", 8, text, sizeof(text), &how,
			   NULL) < 0)
		error = errno;
	need(mbox_reply(mailbox_b, question.token, &error, sizeof(error)));
	_exit(0);
}

/* A: asks B, and passes its answer on. */
static void be_a(void)
{
	struct mbox_message question;
	char text[20];
	int error;

	need(mbox_recv_with(mailbox_a, text, sizeof(text), NULL, &question));
	need(mbox_call(mailbox_b, "what do you say?", 16, &error,
		       sizeof(error)));
	need(mbox_reply(mailbox_a, question.token, &error, sizeof(error)));
	_exit(0);
}

/* The client's answer: what B heard when it asked A. */
static int ask(unsigned int flags)
{
	int error = -1;
	pid_t a, b;

	mailbox_a = need_ptr(mbox_create(NULL, MBOX_SEND | MBOX_RECV, 0, NULL));
	mailbox_b = need_ptr(mbox_create(NULL, MBOX_SEND | MBOX_RECV, 0, NULL));
	a = need(fork());
	if (!a)
		be_a();
	b = need(fork());
	if (!b)
		be_b(flags);
	need(mbox_call(mailbox_a, "well?", 5, &error, sizeof(error)));
	say("client asks A, A asks B, B asks A: %s", strerror(error));
	ended(a);
	ended(b);
	mbox_close(mailbox_a);
	mbox_close(mailbox_b);
	return error;
}

int main(void)
{
	check(ask(MBOX_NOCHECK) == ETIMEDOUT, "S89",
	      "WRONG: unlooked at, they wait until a deadline ends it");
	check(ask(0) == EDEADLK, "S89",
	      "the kernel refuses the question that nobody could answer");
	return done();
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * post_and_go: a non-blocking send: post it, go on; the system does the rest.
 *
 * Notes: S84 (000:143)
 * Watch: a sender posts a message that nobody waits for, uses its buffer for
 *        something else at once, and ends.
 * See:   it did not sleep; later a receiver gets what was posted.
 */
#include "../check.h"

#include <mbox.h>
#include <sys/resource.h>

/* Ends with 0 if it was posted without going to sleep. */
static void post(struct mbox *mb)
{
	const struct mbox_send_options how = { .flags = MBOX_NOWAIT };
	struct timespec start, end;
	struct rusage before, after;
	char card[] = "greetings from the beach";
	long slept;

	getrusage(RUSAGE_SELF, &before);
	clock_gettime(CLOCK_MONOTONIC, &start);
	need(mbox_send_with(mb, card, sizeof(card), &how));
	memset(card, '#', sizeof(card) - 1); /* it is mine again */
	clock_gettime(CLOCK_MONOTONIC, &end);
	getrusage(RUSAGE_SELF, &after);
	slept = after.ru_nvcsw - before.ru_nvcsw;
	say("posted in %.1f us, slept %ld times; my buffer is now \"%s\"",
	    (double)(end.tv_sec - start.tv_sec) * 1e6 +
		    (double)(end.tv_nsec - start.tv_nsec) / 1e3,
	    slept, card);
	_exit(slept == 0 ? 0 : 1);
}

int main(void)
{
	struct mbox_status box;
	struct mbox *mb;
	pid_t sender;
	char text[100] = "";
	int ret;

	mb = need_ptr(mbox_create(NULL, MBOX_SEND | MBOX_RECV, 0, NULL));
	sender = need(fork());
	if (!sender)
		post(mb);
	ret = ended(sender);
	need(mbox_status(mb, &box));
	check(ret == 0 && box.received == 0, "S84",
	      "without any receiver the sender posts, does not wait, goes on");

	need(mbox_recv(mb, text, sizeof(text)));
	say("long after, the receiver reads \"%s\"", text);
	check(!strcmp(text, "greetings from the beach"), "S84",
	      "the system keeps its own copy, and delivers it later");
	mbox_close(mb);
	return done();
}

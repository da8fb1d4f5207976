// SPDX-License-Identifier: GPL-2.0-only
/*
 * null_message: a non-blocking receive gets a valid message or a null message.
 *
 * Notes: S86 (000:145)
 * Watch: receiving without waiting: nothing there, an empty message there, a
 *        message there.
 * See:   "null" is the error EAGAIN, and no message of length 0.
 */
#include "../check.h"

#include <mbox.h>
#include <sys/resource.h>

/* Bytes of the message, or minus the errno. */
static int look(struct mbox *mb, char *text, size_t room)
{
	ssize_t len = mbox_recv(mb, text, room);

	if (len < 0) {
		say("receive: null message (%s)", strerror(errno));
		return -errno;
	}
	say("receive: a valid message, %zd bytes: \"%.*s\"", len, (int)len,
	    text);
	return (int)len;
}

int main(void)
{
	int nothing, empty, hello, end;
	struct rusage before, after;
	struct mbox *mb;
	char text[100];

	mb = need_ptr(mbox_create(NULL, MBOX_SEND | MBOX_RECV | MBOX_NONBLOCK,
				  0, NULL));
	getrusage(RUSAGE_SELF, &before);
	nothing = mbox_recv(mb, text, sizeof(text)) < 0 ? errno : 0;
	getrusage(RUSAGE_SELF, &after);
	say("receive: null message (%s)", strerror(nothing));
	check(nothing == EAGAIN && after.ru_nvcsw == before.ru_nvcsw, "S86",
	      "nothing there: the null message, at once and without sleeping");

	need(mbox_send(mb, NULL, 0));
	need(mbox_send(mb, "hello", 5));
	empty = look(mb, text, sizeof(text));
	hello = look(mb, text, sizeof(text));
	end = look(mb, text, sizeof(text));
	check(hello == 5 && !memcmp(text, "hello", 5), "S86",
	      "something there: a valid message");
	check(empty == 0 && end == -EAGAIN, "S86",
	      "an empty message is valid: null is something else");
	mbox_close(mb);
	return done();
}

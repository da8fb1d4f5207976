// SPDX-License-Identifier: GPL-2.0-only
/*
 * enough_space: the receiver must allocate enough space.
 *
 * Notes: S91 (003:187)
 * Watch: 11 bytes are sent, the receiver has room for 4.
 * See:   EMSGSIZE, the length that is needed, and the message stays; who
 *        would rather have a part of it says so.
 */
#include "../check.h"

#include <mbox.h>

int main(void)
{
	const struct mbox_recv_options cut = { .flags = MBOX_TRUNCATE };
	struct mbox_message message;
	struct mbox_status box;
	char small[4], *large;
	struct mbox *mb;
	ssize_t len;
	int err;

	mb = need_ptr(mbox_create(NULL, MBOX_SEND | MBOX_RECV | MBOX_NONBLOCK,
				  0, NULL));
	need(mbox_send(mb, "eleven long", 11));
	len = mbox_recv_with(mb, small, sizeof(small), NULL, &message);
	err = len < 0 ? errno : 0;
	need(mbox_status(mb, &box));
	say("room for 4: %s; %u bytes are needed; the mailbox still holds %d",
	    strerror(err), message.len, (int)box.messages);
	check(err == EMSGSIZE && message.len == 11, "S91",
	      "too little space is an error that says how much is needed");
	check(box.messages == 1, "S91", "and the message stays");

	large = need_ptr(malloc(message.len));
	len = need(mbox_recv(mb, large, message.len));
	say("room for %zd: \"%.*s\"", len, (int)len, large);
	check(len == 11 && !memcmp(large, "eleven long", 11), "S91",
	      "with enough space it is received whole");
	free(large);

	need(mbox_send(mb, "eleven long", 11));
	len = need(mbox_recv_with(mb, small, sizeof(small), &cut, &message));
	need(mbox_status(mb, &box));
	say("truncated on demand: \"%.*s\", %zd of %u bytes", (int)len, small,
	    len, message.len);
	check(len == 4 && message.len == 11 && box.messages == 0, "S91",
	      "or cut, if the receiver asks for that: the rest is gone");
	mbox_close(mb);
	return done();
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * create_use_delete: what the system must offer: create, send, receive, delete.
 *
 * Notes: S78 (000:138)
 * Watch: a mailbox is created, used, and deleted while one process waits in
 *        it for a message and, in another one, one for room.
 * See:   both wake and learn that it is gone (EIDRM); nothing is left.
 */
#include "../check.h"

#include <mbox.h>
#include <sys/syscall.h>

int main(void)
{
	const unsigned int flags = MBOX_SEND | MBOX_RECV | MBOX_ADMIN;
	const struct mbox_attr one = { .max_messages = 1 };
	int err_receiver, err_sender, err_later;
	struct mbox_limits before, during, after;
	struct mbox *empty, *full;
	pid_t receiver, sender;
	char text[100];
	ssize_t len;

	need(mbox_limits(&before));
	empty = need_ptr(mbox_create("empty", flags, 0600, &one));
	full = need_ptr(mbox_create("full", flags, 0600, &one));
	need(mbox_send(empty, "hello", 5));
	len = need(mbox_recv(empty, text, sizeof(text)));
	say("created, sent, received: \"%.*s\"", (int)len, text);
	check(len == 5 && !memcmp(text, "hello", 5), "S78",
	      "create, send and receive are enough to communicate");

	need(mbox_send(full, "x", 1));
	receiver = need(fork());
	if (!receiver)
		_exit(mbox_recv(empty, text, sizeof(text)) < 0 ? errno : 0);
	sender = need(fork());
	if (!sender)
		_exit(mbox_send(full, "y", 1) ? errno : 0);
	until(asleep_in(receiver, SYS_ioctl) && asleep_in(sender, SYS_ioctl));
	need(mbox_limits(&during));
	need(mbox_destroy(empty));
	need(mbox_destroy(full));
	err_receiver = ended(receiver);
	err_sender = ended(sender);
	say("deleted: the receiver was told \"%s\", the sender \"%s\"",
	    strerror(err_receiver), strerror(err_sender));
	check(err_receiver == EIDRM && err_sender == EIDRM, "S78",
	      "delete wakes all who sleep in the mailbox");
	err_later = mbox_send(full, "z", 1) ? errno : 0;
	check(err_later == EIDRM && !mbox_open("full", 0) && errno == ENOENT,
	      "S78", "handles are of no use any more, and the name is free");

	mbox_close(empty);
	mbox_close(full);
	need(mbox_limits(&after));
	say("mailboxes and bytes in use: %d and %d, now %d and %d",
	    (int)during.used_mailboxes, (int)during.used_bytes,
	    (int)after.used_mailboxes, (int)after.used_bytes);
	check(during.used_bytes > before.used_bytes &&
		      after.used_bytes == before.used_bytes &&
		      after.used_mailboxes == before.used_mailboxes,
	      "S78", "the kernel has all its memory back");
	return done();
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * open_first: a channel must be opened before messages can be exchanged.
 *
 * Notes: S20 (003:42)
 * Watch: receiving without a channel; then it is opened, and used.
 * See:   EBADF and ENOENT before, the message after.
 */
#include "../check.h"

#include <fcntl.h>
#include <mbox.h>

int main(void)
{
	struct mbox *mb;
	char text[100];
	int fd, err, err_recv;
	ssize_t len;

	/* A descriptor that is certainly not open. */
	fd = (int)need(open("/dev/null", O_RDONLY));
	need(close(fd));
	err = read(fd, text, sizeof(text)) < 0 ? errno : 0;
	say("read() from descriptor %d, never opened: %s", fd, strerror(err));
	check(err == EBADF, "S20", "read() without open() is refused: EBADF");

	mb = mbox_open("channel", MBOX_RECV);
	err = mb ? 0 : errno;
	say("mbox_open() of a mailbox nobody made: %s", strerror(err));
	err_recv = mbox_recv(mb, text, sizeof(text)) < 0 ? errno : 0;
	say("mbox_recv() all the same: %s", strerror(err_recv));
	check(err == ENOENT && err_recv == EBADF, "S20",
	      "without a channel nothing can be received");

	mb = need_ptr(
		mbox_create("channel", MBOX_SEND | MBOX_RECV, 0600, NULL));
	need(mbox_send(mb, "hello", 5));
	len = need(mbox_recv(mb, text, sizeof(text)));
	say("created, opened: \"%.*s\" went through", (int)len, text);
	check(len == 5 && !memcmp(text, "hello", 5), "S20",
	      "once it is open, messages are exchanged");
	mbox_close(mb);
	return done();
}

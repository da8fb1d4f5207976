// SPDX-License-Identifier: GPL-2.0-only
/*
 * two_links: a pair with several links, and links of one or two directions.
 *
 * Notes: S74 (000:137), S75 (003:217)
 * Watch: parent and child share two mailboxes; then handles that may only
 *        send or only receive are used the other way round.
 * See:   the mailboxes are kept apart; a wrong direction is EBADF.
 */
#include "../check.h"

#include <fcntl.h>
#include <mbox.h>

/* The errno of a call that must fail; 0 if it does not. */
static int error_of(const char *what, long ret)
{
	int err = ret < 0 ? errno : 0;

	say("%s: %s", what, err ? strerror(err) : "done");
	return err;
}

int main(void)
{
	struct mbox *orders, *news, *sends, *receives;
	char text[100], from_news, from_orders[2];
	int fd_r, fd_w, e[4];
	pid_t child;
	char echo;

	orders = need_ptr(mbox_create(NULL, MBOX_SEND | MBOX_RECV, 0, NULL));
	news = need_ptr(mbox_create(NULL, MBOX_SEND | MBOX_RECV, 0, NULL));
	child = need(fork());
	if (!child) {
		need(mbox_send(orders, "1", 1));
		need(mbox_send(news, "N", 1));
		need(mbox_send(orders, "2", 1));
		_exit(0);
	}
	ended(child);
	need(mbox_recv(news, &from_news, 1));
	need(mbox_recv(orders, &from_orders[0], 1));
	need(mbox_recv(orders, &from_orders[1], 1));
	say("sent 1, N, 2 by two links; from one: %c, from the other: %.2s",
	    from_news, from_orders);
	check(from_news == 'N' && !memcmp(from_orders, "12", 2), "S74",
	      "a pair may share several links, each with its own messages");

	child = need(fork());
	if (!child) {
		need(mbox_recv(orders, &echo, 1));
		need(mbox_send(orders, &echo, 1));
		_exit(echo);
	}
	need(mbox_send(orders, "?", 1));
	check(ended(child) == '?' && mbox_recv(orders, &echo, 1) == 1 &&
		      echo == '?',
	      "S75",
	      "both directions: one mailbox carries question and answer");

	sends = need_ptr(mbox_copy(orders, MBOX_SEND));
	receives = need_ptr(mbox_copy(orders, MBOX_RECV));
	e[0] = error_of("receive by a handle to send",
			mbox_recv(sends, text, sizeof(text)));
	e[1] = error_of("send by a handle to receive",
			mbox_send(receives, "x", 1));
	fd_r = (int)need(open("/dev/mbox", O_RDONLY));
	fd_w = (int)need(open("/dev/mbox", O_WRONLY));
	e[2] = error_of("write() to what is open O_RDONLY",
			write(fd_r, "x", 1));
	e[3] = error_of("read() from what is open O_WRONLY",
			read(fd_w, text, sizeof(text)));
	check(e[0] == EBADF && e[1] == EBADF && e[2] == EBADF && e[3] == EBADF,
	      "S75", "one direction: the other one is refused");
	check(mbox_send(sends, "x", 1) == 0 &&
		      mbox_recv(receives, text, sizeof(text)) == 1,
	      "S75", "its own direction works");
	close(fd_r);
	close(fd_w);
	mbox_close(sends);
	mbox_close(receives);
	mbox_close(orders);
	mbox_close(news);
	return done();
}

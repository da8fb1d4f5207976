// SPDX-License-Identifier: GPL-2.0-only
/*
 * when_ready: asynchronous: send and receive when it is ready.
 *
 * Notes: S93 (003:210)
 * Watch: one process, one loop, three mailboxes, epoll; another process sends
 *        to them in an order that the first does not know.
 * See:   the loop is told which mailbox can be received from, and which can
 *        be sent to; it never waits in one while another is ready.
 */
#include "../check.h"

#include <mbox.h>
#include <sys/epoll.h>

#define BOXES 3

static struct mbox *box[BOXES];

/* Sends to mailbox 2, 0, 1, 2, each when it is told to go on. */
static void send_here_and_there(int go)
{
	static const int order[] = { 2, 0, 1, 2 };
	char byte;

	for (int i = 0; i < 4; i++) {
		need(read(go, &byte, 1));
		need(mbox_send(box[order[i]], &order[i], sizeof(int)));
	}
	_exit(0);
}

/* Is anything ready? Its number, or -1 if nothing comes in that time. */
static int ready(int ep, int timeout_ms, unsigned int *events)
{
	struct epoll_event event;

	if (need(epoll_wait(ep, &event, 1, timeout_ms)) == 0)
		return -1;
	*events = event.events;
	return (int)event.data.u32;
}

static void watch(int ep, int op, int i, unsigned int events)
{
	struct epoll_event event = { .events = events,
				     .data.u32 = (unsigned int)i };

	need(epoll_ctl(ep, op, mbox_fd(box[i]), &event));
}

int main(void)
{
	const struct mbox_attr one = { .max_messages = 1 };
	int ep, go[2], number, right = 0, none_yet, full, room, i;
	unsigned int events = 0;
	char seen[8] = "";
	pid_t child;

	ep = (int)need(epoll_create1(0));
	need(pipe(go));
	for (i = 0; i < BOXES; i++) {
		box[i] = need_ptr(mbox_create(
			NULL, MBOX_SEND | MBOX_RECV | MBOX_NONBLOCK, 0, &one));
		watch(ep, EPOLL_CTL_ADD, i, EPOLLIN);
	}
	none_yet = ready(ep, 0, &events);
	say("nothing was sent: epoll says that %s is ready",
	    none_yet < 0 ? "none" : "one");
	child = need(fork());
	if (!child)
		send_here_and_there(go[0]);
	for (int n = 0; n < 4; n++) {
		need(write(go[1], "", 1));
		i = ready(ep, 20000, &events);
		if (i < 0 || mbox_recv(box[i], &number, sizeof(number)) < 0)
			break;
		say("mailbox %d is ready: received %d", i, number);
		right += i == number;
		seen[n] = (char)('0' + i);
	}
	ended(child);
	check(none_yet == -1 && right == 4 && !strcmp(seen, "2012"), "S93",
	      "receive when ready: the loop takes each where it arrives");

	watch(ep, EPOLL_CTL_MOD, 0, EPOLLOUT);
	room = ready(ep, 0, &events) == 0 && events == EPOLLOUT;
	need(mbox_send(box[0], "full", 4));
	full = ready(ep, 0, &events);
	say("mailbox 0: %s for sending; one sent: %s", room ? "ready" : "busy",
	    full < 0 ? "busy" : "ready");
	check(room && full == -1, "S93",
	      "send when ready: not while it is full");
	for (i = 0; i < BOXES; i++)
		mbox_close(box[i]);
	return done();
}

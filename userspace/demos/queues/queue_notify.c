// SPDX-License-Identifier: GPL-2.0-only
/*
 * queue_notify: a queue can tell that a message has come, without being asked.
 *
 * Notes: S188 (002:28-29,85)
 * Watch: mq_notify() asks for a signal. Messages are sent to the empty queue,
 *        to one that is not empty, and to one where a receiver sleeps. Then
 *        epoll watches a mailbox; it also tells of what was there before.
 * See:   one signal for each request, when the queue is empty no more, and
 *        only if nobody sleeps in a receive. It tells that something came,
 *        and excludes nobody: notification is not mutual exclusion.
 */
#include "../check.h"
#include <fcntl.h>
#include <mbox.h>
#include <mqueue.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/syscall.h>

static mqd_t queue;

static void ask(void)
{
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL,
				  .sigev_signo = SIGUSR1 };

	need(mq_notify(queue, &event));
}

static void put(void)
{
	need(mq_send(queue, "m", 1, 0));
}

static void take(void)
{
	char text;

	need(mq_receive(queue, &text, 1, NULL));
}

/* Takes a signal that is pending: was there one, from mq_send()? */
static int told(void)
{
	struct timespec now = { 0 };
	siginfo_t info;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	return sigtimedwait(&set, &info, &now) == SIGUSR1 &&
	       info.si_code == SI_MESGQ && info.si_pid == getpid();
}

static void notify_posix(void)
{
	struct mq_attr attr = { .mq_maxmsg = 10, .mq_msgsize = 1 };
	int first, second, not_empty, empty_again, waited, after;
	pid_t child;

	queue = need(mq_open("/queue_notify", O_RDWR | O_CREAT | O_EXCL, 0600,
			     &attr));
	need(mq_unlink("/queue_notify"));
	ask();
	put();
	first = told();
	take();
	put();
	second = told();
	say("asked once; signals: %d for the first message, %d for the second",
	    first, second);
	check(first, "S188", "a message in the empty queue gives a signal");
	check(first && !second, "S188", "one request gives one signal");

	ask(); /* the second message is still there */
	put();
	not_empty = told();
	take();
	take();
	put();
	empty_again = told();
	take();
	say("asked again; signals: %d while not empty, %d when it was empty",
	    not_empty, empty_again);
	check(!not_empty && empty_again, "S188",
	      "there is no signal for a queue that is not empty");

	ask();
	child = need(fork());
	if (!child) {
		take();
		_exit(0);
	}
	until(asleep_in(child, SYS_mq_timedreceive));
	put();
	waited = told();
	need0(ended(child));
	put();
	after = told();
	say("asked again; signals: %d with a receiver asleep, %d then without",
	    waited, after);
	check(!waited && after, "S188",
	      "a sleeping receiver takes the message, there is no signal");
	mq_close(queue);
}

static void notify_mailbox(void)
{
	struct mbox *box =
		need_ptr(mbox_create(NULL, MBOX_SEND | MBOX_RECV, 0, NULL));
	struct epoll_event event = { .events = EPOLLIN | EPOLLONESHOT };
	int epoll = need(epoll_create1(0)), told[4];
	char text;

	need(epoll_ctl(epoll, EPOLL_CTL_ADD, mbox_fd(box), &event));
	told[0] = need(epoll_wait(epoll, &event, 1, 0));
	need(mbox_send(box, "m", 1));
	told[1] = need(epoll_wait(epoll, &event, 1, 0));
	need(mbox_recv(box, &text, 1));
	need(mbox_send(box, "m", 1));
	told[2] = need(epoll_wait(epoll, &event, 1, 0));
	event.events = EPOLLIN | EPOLLONESHOT;
	need(epoll_ctl(epoll, EPOLL_CTL_MOD, mbox_fd(box), &event));
	told[3] = need(epoll_wait(epoll, &event, 1, 0));
	say("mailbox with epoll, asked once: %d while empty, %d for the first "
	    "message, %d for the second; asked again: %d",
	    told[0], told[1], told[2], told[3]);
	check(!told[0] && told[1] && !told[2], "S188",
	      "mailbox: epoll tells of a message, with EPOLLONESHOT once");
	check(told[3], "S188",
	      "mailbox: asked again, epoll tells of the one that is still there");
	close(epoll);
	mbox_close(box);
}

int main(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	need(sigprocmask(SIG_BLOCK, &set, NULL));
	notify_posix();
	notify_mailbox();
	return done();
}

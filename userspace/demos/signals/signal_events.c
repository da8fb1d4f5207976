// SPDX-License-Identifier: GPL-2.0-only
/*
 * signal_events: signals without handlers: as bytes of a descriptor, by epoll.
 *
 * Notes: S217 (gap)
 * Watch: a child sends SIGUSR1, adds to an eventfd, writes into a pipe that
 *        reports by SIGIO, and sends a message to a mailbox; then one loop
 *        waits for all of it in one place.
 * See:   four events in one loop, as records that read() returns. No code
 *        is interrupted anywhere, so printf() and malloc() are allowed.
 */
#include "../check.h"
#include <fcntl.h>
#include <mbox.h>
#include <signal.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>

static void watch(int epoll, int fd)
{
	struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };

	need(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event));
}

static void sender(int counter, int pipe_end, struct mbox *box)
{
	const uint64_t seven = 7;

	need(kill(getppid(), SIGUSR1));
	need(write(counter, &seven, sizeof(seven)));
	need(write(pipe_end, "data", 4));
	need(mbox_send(box, "message", 7));
	_exit(0);
}

int main(void)
{
	int usr1_from = 0, sigio = 0, text_len = 0;
	struct signalfd_siginfo info;
	struct epoll_event event;
	int signals, counter, epoll, fd[2];
	uint64_t added = 0;
	char text[100] = "";
	struct mbox *box;
	sigset_t hold;
	pid_t child;

	/* Held, or they would be handled and never reach the descriptor. */
	sigemptyset(&hold);
	sigaddset(&hold, SIGUSR1);
	sigaddset(&hold, SIGIO);
	need(sigprocmask(SIG_BLOCK, &hold, NULL));
	signals = need(signalfd(-1, &hold, 0));
	counter = need(eventfd(0, 0));
	box = need_ptr(mbox_create(NULL, MBOX_SEND | MBOX_RECV, 0, NULL));
	need(pipe(fd));
	need(fcntl(fd[0], F_SETOWN, getpid()));
	need(fcntl(fd[0], F_SETFL, O_ASYNC));
	epoll = need(epoll_create1(0));
	watch(epoll, signals);
	watch(epoll, counter);
	watch(epoll, mbox_fd(box));

	child = need(fork());
	if (!child)
		sender(counter, fd[1], box);
	if (ended(child) != 0)
		return 1;

	while (need(epoll_wait(epoll, &event, 1, 0)) == 1) {
		if (event.data.fd == signals) {
			need(read(signals, &info, sizeof(info)));
			say("signalfd: signal %u (%s) from process %u%s",
			    info.ssi_signo,
			    info.ssi_signo == SIGUSR1 ? "SIGUSR1" : "SIGIO",
			    info.ssi_pid, info.ssi_pid ? "" : ", the kernel");
			if (info.ssi_signo == SIGUSR1)
				usr1_from = info.ssi_pid;
			else
				sigio++;
		} else if (event.data.fd == counter) {
			need(read(counter, &added, sizeof(added)));
			say("eventfd:  %llu was added",
			    (unsigned long long)added);
		} else {
			text_len = need(mbox_recv(box, text, sizeof(text)));
			say("mailbox:  \"%.*s\"", text_len, text);
		}
	}
	check(usr1_from == child, "S217",
	      "signalfd: the signal is read, with its sender");
	check(sigio == 1, "S217",
	      "SIGIO tells that something has come into the pipe");
	check(added == 7, "S217",
	      "eventfd: a number is added, no signal is needed");
	check(text_len == 7 && !memcmp(text, "message", 7), "S217",
	      "a mailbox is waited for in the same loop");
	mbox_close(box);
	return done();
}

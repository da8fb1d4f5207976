// SPDX-License-Identifier: GPL-2.0-only
/*
 * told_by_signal: a mailbox can tell that mail has come, without being asked.
 *
 * Notes: S190 (002:32), S209 (001:131), S217
 * Watch: a process counts. It has asked for a signal when mail comes, and never
 *        looks by itself. A child sends one letter, then two at once; then the
 *        process asks for a signal for every letter.
 * See:   the signal says which mailbox and who has sent. Two letters may give
 *        one signal, so who is told asks again first, and then takes all there
 *        is: a letter that comes in between gives another signal.
 */
#include "../check.h"

#include <mbox.h>
#include <signal.h>

#define BOX 7

static struct mbox *box;
static int looks; /* how often this process has looked for mail */
static volatile sig_atomic_t signals, number, sender;

static void handler(int signo, siginfo_t *info, void *context)
{
	(void)signo;
	(void)context;
	signals++;
	number = (int)(uintptr_t)info->si_value.sival_ptr;
	sender = info->si_pid;
}

/* Sends letters when it is told to go on, and tells when they are sent. */
static pid_t start_sender(int go, int sent)
{
	static const int letters[] = { 1, 2 };
	pid_t child = need(fork());
	char byte;

	if (child)
		return child;
	for (int i = 0; i < 2; i++) {
		need(read(go, &byte, 1));
		for (int k = 0; k < letters[i]; k++)
			need(mbox_send(box, "a letter", 8));
		need(write(sent, "s", 1));
	}
	_exit(0);
}

/* All letters that are there. */
static int take_all(void)
{
	char letter[16];
	int n = 0;

	while (looks++, mbox_recv(box, letter, sizeof(letter)) >= 0)
		n++;
	if (errno != EAGAIN)
		give_up(__FILE__, __LINE__, "mbox_recv", strerror(errno));
	return n;
}

static void by_notify(void)
{
	int go[2], sent[2], first, both, last;
	unsigned long counted = 0;
	pid_t child;
	char byte;

	need(pipe(go));
	need(pipe(sent));
	child = start_sender(go[0], sent[1]);
	need(mbox_notify(box, SIGUSR1, BOX));
	need(write(go[1], "g", 1));
	/* Its work, without a look at the mailbox. */
	while (!signals)
		counted++;
	say("counted to %lu, then a signal: mail in box %d, from process %d",
	    counted, (int)number, (int)sender);
	check(number == BOX && sender == child, "S217",
	      "NOTIFY: a signal tells of mail: in which mailbox, from whom");
	need(mbox_notify(box, SIGUSR1, BOX));
	first = take_all();
	check(first == 1 && looks == 2, "S190",
	      "NOTIFY: it never looked in vain but to see that this was all");

	need(read(sent[0], &byte, 1));
	need(write(go[1], "g", 1));
	need(read(sent[0], &byte, 1));
	both = signals - 1;
	need(mbox_notify(box, SIGUSR1, BOX));
	last = take_all();
	say("two letters at once: %d signal, and then %d letters are there",
	    both, last);
	check(both == 1 && last == 2, "S209",
	      "one signal for two letters: it tells a state and carries no data");
	need0(ended(child));
	need(mbox_notify(box, 0, 0));
}

static void by_sigio(void)
{
	int fd = mbox_fd(box), before = signals;

	need(fcntl(fd, F_SETOWN, getpid()));
	need(fcntl(fd, F_SETSIG, SIGRTMIN));
	need(fcntl(fd, F_SETFL, O_NONBLOCK | O_ASYNC));
	for (int i = 0; i < 3; i++)
		need(mbox_send(box, "a letter", 8));
	say("O_ASYNC: %d signals for three letters", signals - before);
	check(signals - before == 3, "S217",
	      "O_ASYNC: a real-time signal for every letter");
}

int main(void)
{
	struct sigaction action = { .sa_sigaction = handler,
				    .sa_flags = SA_SIGINFO | SA_RESTART };

	box = need_ptr(mbox_create(NULL, MBOX_SEND | MBOX_RECV | MBOX_NONBLOCK,
				   0, NULL));
	need(sigaction(SIGUSR1, &action, NULL));
	need(sigaction(SIGRTMIN, &action, NULL));
	by_notify();
	by_sigio();
	mbox_close(box);
	return done();
}

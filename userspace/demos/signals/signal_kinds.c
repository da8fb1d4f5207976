// SPDX-License-Identifier: GPL-2.0-only
/*
 * signal_kinds: a signal tells a process that an event of one kind happened.
 *
 * Notes: S198 (001:118)
 * Watch: a child has a handler for every kind of signal that can have one;
 *        its parent sends each kind once.
 * See:   the kinds of <signal.h>, as this system lists them, and that the
 *        child was told of every kind it was sent, and of no other.
 */
#include "../check.h"
#include <signal.h>

static int report[2]; /* from the child's handler to the parent */

static void handler(int kind)
{
	unsigned char byte = kind;
	int saved = errno;

	if (write(report[1], &byte, 1) != 1)
		_exit(1);
	errno = saved;
}

static void receiver(void)
{
	struct sigaction action = { .sa_handler = handler };
	unsigned char can[65] = { 0 };

	for (int kind = 1; kind <= SIGRTMAX; kind++)
		can[kind] = !sigaction(kind, &action, NULL);
	need(write(report[1], can, sizeof(can)));
	for (;;)
		pause();
}

int main(void)
{
	unsigned char can[65], told;
	int named = 0, sent = 0, right = 0;
	char line[80] = "";
	pid_t child;

	for (int kind = 1; kind < 32; kind++) {
		if (!sigabbrev_np(kind))
			continue;
		named++;
		snprintf(line + strlen(line), sizeof(line) - strlen(line),
			 "%2d %-7s", kind, sigabbrev_np(kind));
		if (kind % 6 == 0 || kind == 31) {
			say("%s", line);
			line[0] = 0;
		}
	}
	say("%d to %d: the real-time signals, free for programs", SIGRTMIN,
	    SIGRTMAX);

	need(pipe(report));
	child = need(fork());
	if (!child)
		receiver();
	need(read(report[0], can, sizeof(can)));
	for (int kind = 1; kind <= SIGRTMAX; kind++) {
		if (!can[kind])
			continue;
		need(kill(child, kind));
		need(read(report[0], &told, 1));
		sent++;
		right += told == kind;
	}
	say("sent %d kinds to process %d; %d arrived as what was sent", sent,
	    child, right);
	need(kill(child, SIGKILL));
	check(named == 31, "S198", "<signal.h> names 31 kinds of events");
	check(sent == 29 + SIGRTMAX - SIGRTMIN + 1 && right == sent, "S198",
	      "each kind of event that is sent arrives as just that kind");
	check(ended(child) == 128 + SIGKILL, "S198",
	      "the event that was sent last ended the process");
	return done();
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * never_caught: nobody can handle, ignore or hold SIGKILL and SIGSTOP.
 *
 * Notes: S207 (001:128)
 * Watch: a program tries to handle and to ignore each signal, then to hold
 *        all of them; then its parent sends it SIGTERM, SIGSTOP and SIGKILL.
 * See:   it is not that there is no handler for SIGKILL: there cannot be one.
 */
#include "../check.h"
#include <signal.h>
#include <sys/syscall.h>

static void handler(int number)
{
	(void)number;
}

/* Tries it with each signal, and lists those that refuse with EINVAL. */
static void refusing(void (*how)(int), int *count, int list[64])
{
	struct sigaction action = { .sa_handler = how }, old;

	*count = 0;
	for (int n = 1; n <= SIGRTMAX; n++) {
		if (n > 31 && n < SIGRTMIN)
			continue; /* the C library keeps these to itself */
		if (sigaction(n, &action, &old) == 0)
			need(sigaction(n, &old, NULL));
		else if (errno == EINVAL)
			list[(*count)++] = n;
	}
}

static void stubborn(int ready)
{
	sigset_t all;

	sigfillset(&all);
	need(sigprocmask(SIG_BLOCK, &all, NULL));
	need(write(ready, "r", 1));
	for (;;)
		pause();
}

int main(void)
{
	int count, list[64] = { 0 }, ready[2], survived, status, stopped, end;
	sigset_t all, old, held;
	pid_t child;
	char byte;

	refusing(handler, &count, list);
	say("no handler possible: %d signals, %s and %s", count,
	    sigabbrev_np(list[0]), sigabbrev_np(list[1]));
	check(count == 2 && list[0] == SIGKILL && list[1] == SIGSTOP, "S207",
	      "of all signals, only KILL and STOP cannot have a handler");
	refusing(SIG_IGN, &count, list);
	check(count == 2 && list[0] == SIGKILL && list[1] == SIGSTOP, "S207",
	      "nor can these two be ignored");

	sigfillset(&all);
	need(sigprocmask(SIG_BLOCK, &all, &old));
	need(sigprocmask(SIG_SETMASK, &old, &held));
	say("hold all: TERM held %d, KILL held %d, STOP held %d",
	    sigismember(&held, SIGTERM), sigismember(&held, SIGKILL),
	    sigismember(&held, SIGSTOP));
	check(sigismember(&held, SIGTERM) && !sigismember(&held, SIGKILL) &&
		      !sigismember(&held, SIGSTOP),
	      "S207", "nor held: the mask takes all signals but these two");

	need(pipe(ready));
	child = need(fork());
	if (!child)
		stubborn(ready[1]);
	need(read(ready[0], &byte, 1));
	until(asleep_in(child, SYS_pause));
	need(kill(child, SIGTERM));
	survived = asleep_in(child, SYS_pause);
	say("SIGTERM to a process that holds all: state %c", state_of(child));
	need(kill(child, SIGSTOP));
	need(waitpid(child, &status, WUNTRACED));
	stopped = WIFSTOPPED(status);
	say("SIGSTOP: state %c", state_of(child));
	need(kill(child, SIGKILL));
	end = ended(child);
	say("SIGKILL: it ended with %d = 128 + %d", end, end - 128);
	check(survived, "S207", "a process can defend itself against SIGTERM");
	check(stopped && end == 128 + SIGKILL, "S207",
	      "but not against SIGSTOP and SIGKILL");
	return done();
}

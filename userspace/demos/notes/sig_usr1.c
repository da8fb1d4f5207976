// SPDX-License-Identifier: GPL-2.0-only
/*
 * sig_usr1: the notes' signal program, corrected: no race, and no sleep(3).
 *
 * Notes: S218 (001:272), S322 (001:303), S323 (001:303), S325 (001:295)
 * Watch: a parent sends SIGUSR1 to its child at once. SIGUSR1 is held before
 *        the fork(), and sigsuspend() lets it in while it waits. Two
 *        hundred runs; in half of them the child waits only after the signal.
 * See:   "signal handler" each time. The program as printed is in
 *        sig_usr1.printed; printed_race shows how it fails.
 */
#include "../check.h"
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>

#define RUNS 200

static int out; /* where the handler prints */

/* write(), as printf() may not be called here. */
static void SignalHandlerChild(int signo)
{
	(void)signo;
	if (write(out, "signal handler\n", 15) != 15)
		_exit(1);
}

static bool is_pending(void)
{
	sigset_t set;

	need(sigpending(&set));
	return sigismember(&set, SIGUSR1);
}

/* The program of the notes; returns how the child ended. */
static int run(bool late)
{
	pid_t pid;
	struct sigaction act_child;
	sigset_t usr1, before;

	/* Before the fork(), so the child is never without protection. */
	sigemptyset(&usr1);
	sigaddset(&usr1, SIGUSR1);
	need(sigprocmask(SIG_BLOCK, &usr1, &before));
	switch (pid = need(fork())) {
	case 0: // child
		/* Only here: the parent does not need the handler. */
		act_child.sa_handler = SignalHandlerChild;
		act_child.sa_flags = 0;
		sigemptyset(&act_child.sa_mask);
		need(sigaction(SIGUSR1, &act_child, 0));
		alarm(20); /* the end of one who would sleep for ever */
		if (late)
			until(is_pending());
		sigsuspend(&before); /* opens the mask and sleeps, in one */
		_exit(0);

	default: // parent
		need(kill(pid, SIGUSR1));
		need(sigprocmask(SIG_SETMASK, &before, NULL));
		return ended(pid);
	}
}

static int good_runs(bool late)
{
	int good = 0;

	for (int i = 0; i < RUNS / 2; i++) {
		if (run(late) != 0)
			break;
		good++;
	}
	return good;
}

int main(void)
{
	struct sigaction ours;
	int fd[2], early, late, failed;
	static char text[16 * RUNS];
	ssize_t len;

	need(pipe(fd));
	out = fd[1];
	early = good_runs(false);
	late = early == RUNS / 2 ? good_runs(true) : 0;
	close(out);
	len = need(read(fd[0], text, sizeof(text)));
	say("the first run printed \"%.14s\"", text);
	say("%d of %d runs ended well, and %d of %d with a late child", early,
	    RUNS / 2, late, RUNS / 2);
	say("together they printed it %zd times", len / 15);
	check(early + late == RUNS && len == 15L * RUNS, "S218 S322",
	      "\"signal handler\" comes in each run, without any sleep");
	check(late == RUNS / 2, "S323",
	      "a signal that comes before sigsuspend() is not lost");

	need(sigaction(SIGUSR1, NULL, &ours));
	check(ours.sa_handler == SIG_DFL, "S325",
	      "the parent does not have the child's handler");
	out = need(open("/dev/full", O_WRONLY));
	failed = late ? run(false) : 0;
	say("printing to a full device: the child's status is %d", failed);
	check(failed == 1, "S325", "a failure is noticed and reported");
	return done();
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * kernel_signals: not only processes create signals; the kernel does too.
 *
 * Notes: S201 (001:122)
 * Watch: a null pointer, a child that ends, a pipe without reader and a timer.
 *        Nobody calls kill(), until the end.
 * See:   four signals arrive all the same: SIGSEGV in the child, SIGCHLD,
 *        SIGPIPE and SIGALRM here. The si_code tells the timer's SIGALRM (128,
 *        SI_KERNEL) from that of kill() (0, SI_USER). Not always: SIGPIPE has
 *        0 too, as the kernel sends it in the name of the process that writes.
 */
#include "../check.h"
#include <signal.h>
#include <sys/time.h>

/* Takes a signal that is held; gives up after 20 s. */
static siginfo_t take(int number)
{
	siginfo_t info = { 0 };
	sigset_t one;

	sigemptyset(&one);
	sigaddset(&one, number);
	if (sigtimedwait(&one, &info, &(struct timespec){ 20, 0 }) == number)
		say("  SIG%s arrives, its si_code is %d", sigabbrev_np(number),
		    info.si_code);
	return info;
}

int main(void)
{
	const struct itimerval soon = { .it_value.tv_usec = 1000 };
	volatile int *volatile null = NULL;
	int fd[2], error;
	sigset_t hold;
	siginfo_t info;
	pid_t child;

	sigemptyset(&hold);
	sigaddset(&hold, SIGCHLD);
	sigaddset(&hold, SIGPIPE);
	sigaddset(&hold, SIGALRM);
	need(sigprocmask(SIG_BLOCK, &hold, NULL));

	say("a child writes through a null pointer");
	child = need(fork());
	if (!child) {
		*null = 1; /* NOLINT: wrong, as it shall be */
		_exit(0);
	}
	info = take(SIGCHLD);
	check(ended(child) == 128 + SIGSEGV, "S201",
	      "the kernel sent SIGSEGV to a process that nobody signalled");
	check((info.si_code == CLD_KILLED || info.si_code == CLD_DUMPED) &&
		      info.si_pid == child && info.si_status == SIGSEGV,
	      "S201", "the kernel sent SIGCHLD: this child ended by SIGSEGV");

	say("write to a pipe that has no reader");
	need(pipe(fd));
	need(close(fd[0]));
	error = write(fd[1], "x", 1) < 0 ? errno : 0;
	info = take(SIGPIPE);
	check(error == EPIPE && info.si_signo == SIGPIPE, "S201",
	      "the kernel sent SIGPIPE while write() failed");

	say("set a timer");
	need(setitimer(ITIMER_REAL, &soon, NULL));
	info = take(SIGALRM);
	check(info.si_signo == SIGALRM && info.si_code == SI_KERNEL, "S201",
	      "the kernel sent SIGALRM when the time had come");

	say("send a signal of the same kind with kill()");
	need(kill(getpid(), SIGALRM));
	info = take(SIGALRM);
	check(info.si_code == SI_USER && info.si_pid == getpid(), "S201",
	      "a signal that a process creates looks different");
	return done();
}

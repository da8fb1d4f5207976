// SPDX-License-Identifier: GPL-2.0-only
/*
 * signal_any_state: a signal can be sent whatever the receiver is doing.
 *
 * Notes: S200 (001:121)
 * Watch: SIGUSR1 is sent to a process that runs, to one that sleeps, to one
 *        that is stopped, and to one that has ended.
 * See:   kill() succeeds each time. The stopped process only keeps the signal
 *        (ShdPnd in its status) and handles it when it is continued.
 */
#include "../check.h"
#include <signal.h>
#include <sys/syscall.h>

static int report[2]; /* from the child's handler to the parent */

static void handler(int number)
{
	(void)number;
	if (write(report[1], "h", 1) != 1)
		_exit(1);
}

static pid_t start(int runs)
{
	struct sigaction action = { .sa_handler = handler };
	pid_t child = need(fork());
	char byte;

	if (!child) {
		need(sigaction(SIGUSR1, &action, NULL));
		need(write(report[1], "r", 1));
		for (;;)
			if (!runs)
				pause();
	}
	need(read(report[0], &byte, 1));
	return child;
}

/* The set of signals that wait for the process, from its status. */
static unsigned long long pending(pid_t pid)
{
	unsigned long long set = 0;
	char path[64], line[256];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	file = need_ptr(fopen(path, "r"));
	while (fgets(line, sizeof(line), file))
		if (!strncmp(line, "ShdPnd:", 7))
			set = strtoull(line + 7, NULL, 16);
	fclose(file);
	return set;
}

static int was_handled(void)
{
	char byte = 0;

	need(read(report[0], &byte, 1));
	return byte == 'h';
}

int main(void)
{
	pid_t runner, sleeper;
	int sent, handled;

	need(pipe(report));

	runner = start(1);
	until(state_of(runner) == 'R');
	sent = kill(runner, SIGUSR1);
	handled = was_handled();
	say("running process:  kill() returned %d, handler ran", sent);
	check(!sent && handled, "S200", "a running process can be signalled");

	sleeper = start(0);
	until(asleep_in(sleeper, SYS_pause));
	sent = kill(sleeper, SIGUSR1);
	handled = was_handled();
	say("sleeping process: kill() returned %d, handler ran", sent);
	check(!sent && handled, "S200", "a sleeping process can be signalled");

	need(kill(runner, SIGSTOP));
	until(state_of(runner) == 'T');
	sent = kill(runner, SIGUSR1);
	say("stopped process:  kill() returned %d, ShdPnd %llx", sent,
	    pending(runner));
	check(!sent && state_of(runner) == 'T' &&
		      pending(runner) == 1ULL << (SIGUSR1 - 1),
	      "S200", "a stopped process keeps the signal, and stays stopped");
	need(kill(runner, SIGCONT));
	handled = was_handled();
	say("  after SIGCONT:  ShdPnd %llx, handler ran", pending(runner));
	check(handled && !pending(runner), "S200",
	      "it handles the signal when it is continued");

	need(kill(runner, SIGKILL));
	until(state_of(runner) == 'Z');
	sent = kill(runner, SIGUSR1);
	say("zombie:           kill() returned %d", sent);
	check(!sent, "S200", "a process that ended can still be signalled");
	ended(runner);
	sent = kill(runner, SIGUSR1) ? errno : 0;
	say("no such process:  kill() says %s", strerror(sent));
	check(sent == ESRCH, "S200",
	      "only one that is not there cannot be signalled");

	need(kill(sleeper, SIGKILL));
	ended(sleeper);
	return done();
}

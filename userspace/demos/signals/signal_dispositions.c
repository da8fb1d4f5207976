// SPDX-License-Identifier: GPL-2.0-only
/*
 * signal_dispositions: the receiver decides: ignore, hold, or run a handler.
 *
 * Notes: S203 (001:124), S204 (001:125), S205 (001:126)
 * Watch: three children treat SIGUSR1 differently. Each sleeps in read() when
 *        its parent sends the signal.
 * See:   the first sleeps on as if nothing had happened; the second has the
 *        signal pending until it lets it in; in the third the handler runs.
 */
#include "../check.h"
#include <signal.h>
#include <sys/syscall.h>

static volatile sig_atomic_t runs;

static void handler(int number)
{
	(void)number;
	runs++;
}

static int is_pending(void)
{
	sigset_t set;

	need(sigpending(&set));
	return sigismember(&set, SIGUSR1);
}

/* What the child has seen: runs of the handler before and after, pending. */
struct seen {
	int result, pending, runs, runs_after;
};

static void receiver(const char *how, int orders, int report)
{
	struct sigaction action = { .sa_handler = handler };
	struct seen s = { 0 };
	sigset_t usr1;
	char byte;

	sigemptyset(&usr1);
	sigaddset(&usr1, SIGUSR1);
	if (!strcmp(how, "ignore"))
		action.sa_handler = SIG_IGN;
	if (!strcmp(how, "hold"))
		need(sigprocmask(SIG_BLOCK, &usr1, NULL));
	need(sigaction(SIGUSR1, &action, NULL));

	s.result = read(orders, &byte, 1);
	s.pending = is_pending();
	s.runs = runs;
	need(sigprocmask(SIG_UNBLOCK, &usr1, NULL));
	s.runs_after = runs;
	need(write(report, &s, sizeof(s)));
	_exit(0);
}

static struct seen try(const char *how)
{
	int orders[2], report[2];
	struct seen s;
	pid_t child;

	need(pipe(orders));
	need(pipe(report));
	child = need(fork());
	if (!child)
		receiver(how, orders[0], report[1]);
	until(asleep_in(child, SYS_read));
	need(kill(child, SIGUSR1));
	need(write(orders[1], "g", 1));
	need(read(report[0], &s, sizeof(s)));
	say("%-6s  pending %d, handler ran %d times; let in: %d; status %d",
	    how, s.pending, s.runs, s.runs_after, ended(child));
	return s;
}

int main(void)
{
	struct seen s;

	s = try("ignore");
	check(s.result == 1 && !s.pending && !s.runs_after, "S203",
	      "ignored: the sleep goes on and the signal leaves no trace");
	s = try("hold");
	check(s.result == 1 && s.pending && !s.runs, "S204",
	      "held: the sleep goes on and the signal waits");
	check(s.runs_after == 1, "S204", "let in, it is handled");
	s = try("handle");
	check(s.runs == 1, "S205",
	      "handled: the handler has run before the program goes on");
	return done();
}

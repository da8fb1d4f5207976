// SPDX-License-Identifier: GPL-2.0-only
/*
 * signal_dispositions: the receiver decides: ignore, hold, or run a handler.
 *
 * Notes: S203 (001:124), S204 (001:125), S205 (001:126)
 * Watch: three children treat SIGUSR1 differently. Each sleeps in read() when
 *        its parent sends the signal.
 * See:   the first sleeps on as if nothing had happened; the second has the
 *        signal pending until it lets it in; in the third the handler runs,
 *        and cuts the read() short.
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

/* What the child has seen; slept_on is what its parent has seen of it. */
struct seen {
	int result, pending, runs, runs_after, slept_on;
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
	int orders[2], report[2], slept_on;
	struct seen s;
	pid_t child;

	need(pipe(orders));
	need(pipe(report));
	child = need(fork());
	if (!child)
		receiver(how, orders[0], report[1]);
	until(asleep_in(child, SYS_read));
	need(kill(child, SIGUSR1));
	slept_on = asleep_in(child, SYS_read);
	if (slept_on)
		need(write(orders[1], "g", 1));
	need(read(report[0], &s, sizeof(s)));
	s.slept_on = slept_on;
	ended(child);
	say("%-6s sleeps on: %-3s  pending: %d  runs: %d, after letting in: %d",
	    how, slept_on ? "yes" : "no", s.pending, s.runs, s.runs_after);
	return s;
}

int main(void)
{
	struct seen s;

	s = try("ignore");
	check(s.slept_on && !s.pending && !s.runs_after, "S203",
	      "ignored: the sleep goes on and the signal leaves no trace");
	s = try("hold");
	check(s.slept_on && s.pending && !s.runs, "S204",
	      "held: the sleep goes on and the signal waits");
	check(s.runs_after == 1, "S204", "let in, it is handled");
	s = try("handle");
	check(!s.slept_on && s.result == -1 && s.runs == 1, "S205",
	      "handled: the handler has run before the program goes on");
	return done();
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * signal_coalesce: a standard signal is a mark; real-time signals queue.
 *
 * Notes: S105 (001:140), S215 (gap)
 * Watch: a child that holds both kinds gets SIGUSR1 a hundred times, and
 *        SIGRTMIN a hundred times, then lets them in.
 * See:   the handler of SIGUSR1 runs once, that of SIGRTMIN a hundred times;
 *        the numbers these carry come in the order in which they were sent.
 */
#include "../check.h"
#include <signal.h>

#define TIMES 100

static int standard, realtime, in_order;

static void handler(int number, siginfo_t *info, void *context)
{
	(void)context;
	if (number == SIGUSR1) {
		standard++;
	} else {
		realtime++;
		in_order += info->si_value.sival_int == realtime;
	}
}

static void receiver(int orders, int report)
{
	struct sigaction action = { .sa_sigaction = handler,
				    .sa_flags = SA_SIGINFO };
	int counts[3];
	sigset_t both;
	char byte;

	/* Each handler holds the other kind, and its own as always. */
	sigemptyset(&both);
	sigaddset(&both, SIGUSR1);
	sigaddset(&both, SIGRTMIN);
	action.sa_mask = both;
	need(sigprocmask(SIG_BLOCK, &both, NULL));
	need(sigaction(SIGUSR1, &action, NULL));
	need(sigaction(SIGRTMIN, &action, NULL));
	need(write(report, "r", 1));
	need(read(orders, &byte, 1));
	need(sigprocmask(SIG_UNBLOCK, &both, NULL));
	counts[0] = standard;
	counts[1] = realtime;
	counts[2] = in_order;
	need(write(report, counts, sizeof(counts)));
	_exit(0);
}

int main(void)
{
	int orders[2], report[2], counts[3];
	pid_t child;
	char byte;

	need(pipe(orders));
	need(pipe(report));
	child = need(fork());
	if (!child)
		receiver(orders[0], report[1]);
	need(read(report[0], &byte, 1));
	for (int i = 1; i <= TIMES; i++) {
		need(kill(child, SIGUSR1));
		need(sigqueue(child, SIGRTMIN, (union sigval){ i }));
	}
	need(write(orders[1], "g", 1));
	need(read(report[0], counts, sizeof(counts)));
	ended(child);
	say("SIGUSR1:  sent %d, handled %d", TIMES, counts[0]);
	say("SIGRTMIN: sent %d, handled %d, of these %d in order", TIMES,
	    counts[1], counts[2]);
	check(counts[0] == 1, "S105 S215",
	      "a standard signal that waits already is not queued again");
	check(counts[1] == TIMES && counts[2] == TIMES, "S105 S215",
	      "real-time signals queue: all arrive, in order");
	return done();
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * watch_no_switch: a signal is delivered on return to user mode.
 *
 * Notes: S212 (001:135)
 * Watch: a process sends itself a signal; then its timer sends it one while
 *        it computes. The kernel records sending and delivery, and the
 *        process counts its context switches.
 * See:   both are delivered without any context switch: on the return from
 *        the system call, and on the return from the interrupt. The notes say
 *        that a signal is looked for when a context switch happens.
 */
#include "../check.h"
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/time.h>

static volatile sig_atomic_t handled;
static volatile long before, after;

/* Context switches of this process so far, of its own will or not. */
static long switches(void)
{
	struct rusage usage;

	/* On Linux a plain system call, so the handler may call it. */
	getrusage(RUSAGE_SELF, &usage); /* NOLINT(*signal*,cert-sig30-c) */
	return usage.ru_nvcsw + usage.ru_nivcsw;
}

static void handle(int signal)
{
	after = switches();
	handled = signal;
}

static void by_call(void)
{
	before = switches();
	need(kill(getpid(), SIGUSR1));
}

static void by_timer(void)
{
	struct itimerval soon = { .it_value = { .tv_usec = 1000 } };

	before = switches();
	need(setitimer(ITIMER_REAL, &soon, NULL));
	while (!handled)
		;
}

/*
 * Gets a signal; again if another process came in between by chance. Returns
 * whether it was sent as it should be, and delivered without a switch.
 */
static int deliver(void (*get_signal)(void), int in_interrupt)
{
	int sent, delivered, was_in_interrupt, tries = 0, me = getpid();

	do {
		trace_set("trace", " ");
		handled = 0;
		get_signal();
		trace_load();
	} while (before != after && ++tries < 50);
	sent = event_find(0, me, "signal_generate:");
	delivered = event_find(sent, me, "signal_deliver:");
	if (delivered < 0)
		return 0;
	was_in_interrupt = event_in_interrupt(sent);
	event_tell(sent, was_in_interrupt ?
				 "the signal is sent, in an interrupt" :
				 "the signal is sent, in a system call");
	event_tell(delivered, "the signal is delivered");
	say("context switches meanwhile: %ld (try %d)", after - before,
	    tries + 1);
	return was_in_interrupt == in_interrupt && before == after;
}

int main(void)
{
	struct sched_param first = { .sched_priority = 1 };

	/* A real-time process: hardly any other takes its place. */
	need(sched_setscheduler(0, SCHED_FIFO, &first));
	signal(SIGUSR1, handle);
	signal(SIGALRM, handle);
	trace_begin();
	trace_set("events/signal/enable", "1");
	check(deliver(by_call, 0), "S212",
	      "delivered on return from a system call, without a switch");
	/* There a thread does what is left to do of the interrupt: a switch. */
	if (!is_realtime())
		check(deliver(by_timer, 1), "S212",
		      "delivered on return from an interrupt, without a switch");
	trace_end();
	return done();
}

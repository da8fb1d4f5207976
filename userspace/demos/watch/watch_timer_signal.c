// SPDX-License-Identifier: GPL-2.0-only
/*
 * watch_timer_signal: an interrupt is for the kernel, a signal for a process.
 *
 * Notes: S106 (001:143-144)
 * Watch: a process computes; its timer expires, and it gets SIGALRM. Then it
 *        sends itself SIGUSR1. The kernel records both signals, and counts
 *        the interrupts of the timer.
 * See:   the kernel sends SIGALRM in an interrupt of the device; it is
 *        delivered later, and the handler runs in user mode. SIGUSR1 needs no
 *        interrupt, and most interrupts of the timer bring no signal.
 */
#include "../check.h"
#include <signal.h>
#include <sys/time.h>

static int marker; /* what is written here becomes an event */
static volatile sig_atomic_t alarms, ring; /* ring 3 is user mode */

static void handle(int signal)
{
	char text[] = "the handler runs";
	unsigned long cs;

	__asm__("mov %%cs, %0" : "=r"(cs));
	ring = cs & 3;
	alarms += signal == SIGALRM;
	if (write(marker, text, strlen(text)) < 0)
		_exit(1);
}

/* Interrupts so far by each processor's timer, and by the machine's. */
static unsigned long interrupts(void)
{
	FILE *f = need_ptr(fopen("/proc/interrupts", "r"));
	unsigned long sum = 0, n;
	char line[1000], *at;
	int used;

	while (fgets(line, sizeof(line), f)) {
		at = strchr(line, ':');
		if (!at || !(strstr(line, "LOC:") || strstr(line, " timer\n")))
			continue;
		for (at++; sscanf(at, "%lu%n", &n, &used) == 1; at += used)
			sum += n;
	}
	fclose(f);
	return sum;
}

int main(void)
{
	struct itimerval soon = { .it_value = { .tv_usec = 40000 } };
	int sent, delivered, handled, user, me = getpid();
	unsigned long before, after;

	signal(SIGALRM, handle);
	signal(SIGUSR1, handle);
	trace_begin();
	marker = need(open(TRACE "/trace_marker", O_WRONLY));
	trace_set("events/signal/enable", "1");
	before = interrupts();
	need(setitimer(ITIMER_REAL, &soon, NULL));
	while (!alarms)
		;
	until(interrupts() > before + 3);
	after = interrupts();
	need(kill(me, SIGUSR1));
	trace_load();
	close(marker);
	trace_end();

	sent = event_find(0, 0, "signal_generate: sig=14");
	delivered = event_find(sent, me, "signal_deliver: sig=14");
	handled = event_find(delivered, me, "the handler runs");
	user = event_find(handled, me, "signal_generate: sig=10");
	event_tell(sent, "the kernel, in an interrupt, sends SIGALRM");
	event_tell(delivered, "the interrupt is over: SIGALRM is delivered");
	event_tell(handled, "the handler of the process runs");
	event_tell(user, "kill(): SIGUSR1 is sent, by a system call");
	say("timer interrupts meanwhile: %lu", after - before);
	check(event_in_interrupt(sent), "S106",
	      "in an interrupt, the kernel sends the signal of a timer");
	check(handled >= 0 && !event_in_interrupt(delivered), "S106",
	      "it is delivered when the interrupt is over, and handled");
	check(alarms == 1 && ring == 3, "S106",
	      "the handler of a signal runs in user mode");
	check(user >= 0 && !event_in_interrupt(user), "S106",
	      "kill() sends a signal without any interrupt");
	check(alarms == 1 && after - before > 3, "S106",
	      "there are more interrupts of the timer than signals");
	return done();
}

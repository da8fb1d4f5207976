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
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/time.h>

#define TRACE "/sys/kernel/tracing/instances/watch_timer_signal"

#define MOST 500

/* A line of the trace: what a process did, on which processor. */
static struct event {
	int pid, cpu;
	char flags[8]; /* h or H: in an interrupt */
	double time;
	char text[200];
} events[MOST];
static int count;

/* Writes to a file of our instance of tracefs. */
#define set(file, ...)                                                    \
	do {                                                              \
		int fd_ = need(open(TRACE "/" file, O_WRONLY | O_TRUNC)); \
		need(dprintf(fd_, __VA_ARGS__));                          \
		need(close(fd_));                                         \
	} while (0)

static void load(void)
{
	FILE *f = need_ptr(fopen(TRACE "/trace", "r"));
	char line[400];

	count = 0;
	while (count < MOST && fgets(line, sizeof(line), f)) {
		struct event *e = &events[count];

		/* "NAME-PID [CPU] FLAGS TIME: TEXT"; NAME has 16 columns */
		if (line[0] != '#' && strlen(line) > 17 &&
		    sscanf(line + 17, "%d [%d] %7s %lf: %199[^\n]", &e->pid,
			   &e->cpu, e->flags, &e->time, e->text) == 5)
			count++;
	}
	fclose(f);
}

/* The next event with this text from there on, by this process (0: by any). */
static int find(int from, int pid, const char *text)
{
	for (int i = from; from >= 0 && i < count; i++)
		if ((!pid || events[i].pid == pid) &&
		    strstr(events[i].text, text))
			return i;
	return -1;
}

static void tell(int i, const char *what)
{
	if (i >= 0)
		say("%8.3f ms  CPU %d  %-15.*s %s",
		    (events[i].time - events[0].time) * 1000, events[i].cpu,
		    (int)strcspn(events[i].text, ":("), events[i].text, what);
}

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

static int in_interrupt(int i)
{
	return i >= 0 && strpbrk(events[i].flags, "hH");
}

int main(void)
{
	struct itimerval soon = { .it_value = { .tv_usec = 40000 } };
	int sent, delivered, handled, user, me = getpid();
	unsigned long before, after;

	signal(SIGALRM, handle);
	signal(SIGUSR1, handle);
	rmdir(TRACE);
	need(mkdir(TRACE, 0700));
	set("trace_clock", "global");
	marker = need(open(TRACE "/trace_marker", O_WRONLY));
	set("events/signal/enable", "1");
	before = interrupts();
	need(setitimer(ITIMER_REAL, &soon, NULL));
	while (!alarms)
		;
	after = interrupts();
	need(kill(me, SIGUSR1));
	load();
	close(marker);
	need(rmdir(TRACE));

	sent = find(0, 0, "signal_generate: sig=14");
	delivered = find(sent, me, "signal_deliver: sig=14");
	handled = find(delivered, me, "the handler runs");
	user = find(handled, me, "signal_generate: sig=10");
	tell(sent, "the kernel, in an interrupt, sends SIGALRM");
	tell(delivered, "the interrupt is over: SIGALRM is delivered");
	tell(handled, "the handler of the process runs");
	tell(user, "kill(): SIGUSR1 is sent, by a system call");
	say("timer interrupts meanwhile: %lu", after - before);
	check(in_interrupt(sent), "S106",
	      "in an interrupt, the kernel sends the signal of a timer");
	check(handled >= 0 && !in_interrupt(delivered), "S106",
	      "it is delivered when the interrupt is over, and handled");
	check(alarms == 1 && ring == 3, "S106",
	      "the handler of a signal runs in user mode");
	check(user >= 0 && !in_interrupt(user), "S106",
	      "kill() sends a signal without any interrupt");
	check(after - before > 1, "S106",
	      "there are more interrupts of the timer than signals");
	return done();
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * watch_timer_signal: an interrupt is for the kernel, a signal for a process.
 *
 * Notes: S106 (001:143-144)
 * Watch: a process computes; its timer expires, and it gets SIGALRM. Then it
 *        sends itself SIGUSR1. The kernel records both.
 * See:   the device interrupts the processor; the kernel, still in interrupt
 *        context, sends the signal; it is delivered later, and the handler
 *        runs in user mode. SIGUSR1 needs no interrupt, and most interrupts
 *        bring no signal.
 */
#include "../check.h"
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/time.h>

#define TRACE "/sys/kernel/tracing/instances/watch_timer_signal"
#define MOST 2000

/* A line of the trace: what a process did, on which processor. */
static struct event {
	int pid, cpu;
	char flags[8];
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

/* Is an event marked as one in interrupt context? */
static int in_interrupt(int i)
{
	return i >= 0 && strpbrk(events[i].flags, "hH");
}

int main(void)
{
	struct itimerval soon = { .it_value = { .tv_usec = 40000 } };
	int irq, sent, left, delivered, handled, user, n, tries = 0;
	int me = getpid();

	signal(SIGALRM, handle);
	signal(SIGUSR1, handle);
	rmdir(TRACE);
	need(mkdir(TRACE, 0700));
	marker = need(open(TRACE "/trace_marker", O_WRONLY));
	set("trace_clock", "global");
	set("set_event_pid", "%d", me);
	/* The timer of the processor, or that of the machine. */
	set("events/irq_vectors/local_timer_entry/enable", "1");
	set("events/irq_vectors/local_timer_exit/enable", "1");
	set("events/irq/irq_handler_entry/filter", "irq == 0");
	set("events/irq/irq_handler_entry/enable", "1");
	set("events/irq/irq_handler_exit/enable", "1");
	set("events/signal/enable", "1");
	/* Again if another process ran just when the timer expired. */
	do {
		set("trace", " ");
		alarms = 0;
		need(setitimer(ITIMER_REAL, &soon, NULL));
		while (!alarms)
			;
		need(kill(me, SIGUSR1));
		load();
		sent = find(0, me, "signal_generate: sig=14");
	} while (!in_interrupt(sent) && ++tries < 50);
	close(marker);
	need(rmdir(TRACE));

	for (irq = sent; irq >= 0; irq--)
		if (strstr(events[irq].text, "_entry:"))
			break;
	n = 0;
	for (int i = 0; i < count; i++)
		n += strstr(events[i].text, "_entry:") != NULL;
	left = find(sent, me, "_exit:");
	delivered = find(sent, me, "signal_deliver: sig=14");
	handled = find(delivered, me, "the handler runs");
	user = find(handled, me, "signal_generate: sig=10");
	tell(irq, "the timer interrupts the processor");
	tell(sent, "the kernel, in the interrupt, sends SIGALRM");
	tell(left, "the interrupt is over");
	tell(delivered, "on the way back to the program: delivered");
	tell(handled, "the handler of the process runs");
	tell(user, "kill(): SIGUSR1, sent by a system call");
	say("timer interrupts meanwhile: %d", n);
	check(irq >= 0 && in_interrupt(sent), "S106",
	      "the timer's interrupt makes the kernel send a signal");
	check(left >= 0 && delivered > left && !in_interrupt(delivered) &&
		      handled >= 0,
	      "S106", "delivered when the interrupt is over, then handled");
	check(alarms && ring == 3, "S106",
	      "the handler of a signal runs in user mode");
	check(user >= 0 && !in_interrupt(user), "S106",
	      "kill() sends a signal without any interrupt");
	check(n > 1, "S106", "not every interrupt becomes a signal");
	return done();
}

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
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>

#define TRACE "/sys/kernel/tracing/instances/watch_no_switch"

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
		set("trace", " ");
		handled = 0;
		get_signal();
		load();
	} while (before != after && ++tries < 50);
	sent = find(0, me, "signal_generate:");
	delivered = find(sent, me, "signal_deliver:");
	if (delivered < 0)
		return 0;
	was_in_interrupt = strpbrk(events[sent].flags, "hH") != NULL;
	tell(sent, was_in_interrupt ? "the signal is sent, in an interrupt" :
				      "the signal is sent, in a system call");
	tell(delivered, "the signal is delivered");
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
	rmdir(TRACE);
	need(mkdir(TRACE, 0700));
	set("trace_clock", "global");
	set("events/signal/enable", "1");
	check(deliver(by_call, 0), "S212",
	      "delivered on return from a system call, without a switch");
	check(deliver(by_timer, 1), "S212",
	      "delivered on return from an interrupt, without a switch");
	need(rmdir(TRACE));
	return done();
}

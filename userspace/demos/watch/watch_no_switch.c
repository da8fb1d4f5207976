// SPDX-License-Identifier: GPL-2.0-only
/*
 * watch_no_switch: a signal is delivered on return to user mode.
 *
 * Notes: S212 (001:135)
 * Watch: a process sends itself a signal; then its timer sends it one while
 *        it computes. The kernel records sending, delivery and every context
 *        switch of the process.
 * See:   both are delivered without any context switch: on the return from
 *        the system call, and on the return from the interrupt. The notes say
 *        that a signal is looked for when a context switch happens.
 */
#include "../check.h"
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/time.h>

#define TRACE "/sys/kernel/tracing/instances/watch_no_switch"
#define MOST 2000

/* A line of the trace: what a process did, on which processor. */
static struct event {
	int pid, cpu;
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
		    sscanf(line + 17, "%d [%d] %*s %lf: %199[^\n]", &e->pid,
			   &e->cpu, &e->time, e->text) == 4)
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

static void handle(int signal)
{
	handled = signal;
}

static void by_call(void)
{
	need(kill(getpid(), SIGUSR1));
}

static void by_timer(void)
{
	struct itimerval soon = { .it_value = { .tv_usec = 1000 } };

	need(setitimer(ITIMER_REAL, &soon, NULL));
	while (!handled)
		;
}

/*
 * Tries until nothing came in between by chance. Returns how many
 * context switches there were between sending and delivery, -1 if there was
 * no signal.
 */
static int switches(void (*get_signal)(void), const char *way)
{
	int n, sent, back, delivered, tries = 0, me = getpid();

	do {
		set("trace", " ");
		handled = 0;
		get_signal();
		load();
		sent = find(0, me, "signal_generate:");
		back = find(sent, me, way);
		delivered = find(back, me, "signal_deliver:");
		n = delivered < 0 ? -1 : 0;
		for (int i = sent; i >= 0 && i < delivered; i++)
			n += strstr(events[i].text, "sched_switch:") != NULL;
	} while (n && ++tries < 50);
	tell(sent, "the signal is sent");
	tell(back, "the kernel is done, and about to return");
	tell(delivered, "the signal is delivered");
	say("context switches between sending and delivery: %d", n);
	return handled ? n : -1;
}

int main(void)
{
	struct sched_param first = { .sched_priority = 1 };

	/* A real-time process: no other takes its place just then. */
	need(sched_setscheduler(0, SCHED_FIFO, &first));
	signal(SIGUSR1, handle);
	signal(SIGALRM, handle);
	rmdir(TRACE);
	need(mkdir(TRACE, 0700));
	set("trace_clock", "global");
	set("set_event_pid", "%d", getpid());
	set("events/sched/sched_switch/enable", "1");
	set("events/signal/enable", "1");
	set("events/syscalls/sys_exit_kill/enable", "1");
	/* The timer of the processor, or that of the machine. */
	set("events/irq_vectors/local_timer_exit/enable", "1");
	set("events/irq/irq_handler_exit/enable", "1");
	check(switches(by_call, "sys_kill -> 0x0") == 0, "S212",
	      "delivered on return from a system call, without a switch");
	check(switches(by_timer, "_exit:") == 0, "S212",
	      "delivered on return from an interrupt, without a switch");
	need(rmdir(TRACE));
	return done();
}

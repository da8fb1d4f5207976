// SPDX-License-Identifier: GPL-2.0-only
/*
 * watch_signal_late: a signal is handled only when its process is scheduled.
 *
 * Notes: S208 (001:129-130)
 * Watch: A and B share one processor, and A goes first. A sends B a signal and
 *        works on; then A sleeps.
 * See:   while A works, B is ready and its signal is pending. It is delivered
 *        when B is switched to, not before.
 */
#include "../check.h"
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>

#define TRACE "/sys/kernel/tracing/instances/watch_signal_late"
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

static int marker; /* what is written here becomes an event */
static volatile struct shared {
	int b_runs, handled;
} * shared;

static void handle(int signal)
{
	char text[] = "the handler of B";

	shared->handled = signal;
	if (write(marker, text, strlen(text)) < 0)
		_exit(1);
}

/* Is this signal pending for a process? */
static int is_pending(pid_t pid, int signal)
{
	char path[64], line[128];
	unsigned long long set = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	f = need_ptr(fopen(path, "r"));
	while (!set && fgets(line, sizeof(line), f))
		sscanf(line, "ShdPnd: %llx", &set);
	fclose(f);
	return set >> (signal - 1) & 1;
}

int main(void)
{
	struct sched_param first = { .sched_priority = 1 };
	int sent, worked, to_b, delivered, handled, pending, ready,
		a = getpid();
	char working[] = "A works on", next[32];
	cpu_set_t set = { { 1 } }; /* CPU 0 */
	pid_t b;

	shared = need_ptr(mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
			       MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	need(sched_setaffinity(0, sizeof(set), &set));
	signal(SIGUSR1, handle);
	rmdir(TRACE);
	need(mkdir(TRACE, 0700));
	marker = need(open(TRACE "/trace_marker", O_WRONLY));
	b = need(fork());
	while (!b && !shared->handled)
		shared->b_runs = 1;
	if (!b)
		_exit(0);
	/* A real-time process: B runs only while A sleeps. */
	need(sched_setscheduler(0, SCHED_FIFO, &first));
	until(shared->b_runs);
	set("trace_clock", "global");
	set("events/sched/sched_switch/enable", "1");
	set("events/signal/enable", "1");

	need(kill(b, SIGUSR1));
	for (volatile int i = 0; i < 1000000; i++)
		;
	pending = is_pending(b, SIGUSR1) && !shared->handled;
	ready = state_of(b) == 'R';
	need(write(marker, working, strlen(working)));
	need0(ended(b)); /* sleeps, and B can run */
	load();
	close(marker);
	need(rmdir(TRACE));

	snprintf(next, sizeof(next), "next_pid=%d ", b);
	sent = find(0, a, "signal_generate: sig=10");
	worked = find(sent, a, "A works on");
	to_b = find(worked, 0, next);
	delivered = find(sent, b, "signal_deliver: sig=10");
	handled = find(delivered, b, "the handler of B");
	tell(sent, "A sends the signal");
	tell(worked, "A works on");
	tell(to_b, "A sleeps; B is switched to");
	tell(delivered, "the signal is delivered to B");
	tell(handled, "the handler of B runs");
	check(pending && ready, "S208",
	      "sent, but pending: the receiver is ready, and does not run");
	check(worked >= 0 && to_b >= 0 && find(sent, 0, next) == to_b, "S208",
	      "the sender does not wait for the receiver");
	check(handled >= 0 && delivered > to_b, "S208",
	      "it is delivered and handled when the receiver is scheduled");
	return done();
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * watch_signal_late: a signal is handled only when its process is scheduled.
 *
 * Notes: S208 (001:129-130)
 * Watch: A and B share one processor, and A goes first. A sends B a signal and
 *        works on; then A sleeps.
 * See:   while A works, B is ready, and the signal is not handled. It is
 *        delivered when the scheduler lets B run, not before.
 */
#include "../check.h"
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>

#define TRACE "/sys/kernel/tracing/instances/watch_signal_late"

#define MOST 500

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

static volatile struct shared {
	int b_runs, handled;
} * shared;

static void handle(int signal)
{
	shared->handled = signal;
}

/* How often the scheduler has let a process run. */
static unsigned long times_run(pid_t pid)
{
	unsigned long times = 0;
	char path[64];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/schedstat", pid);
	f = need_ptr(fopen(path, "r"));
	need(fscanf(f, "%*s %*s %lu", &times) == 1 ? 0 : -1);
	fclose(f);
	return times;
}

int main(void)
{
	struct sched_param first = { .sched_priority = 1 };
	int sent, worked, delivered, early, ready, marker, a = getpid();
	unsigned long before, working, after;
	cpu_set_t set = { { 1 } }; /* CPU 0 */
	pid_t b;

	shared = need_ptr(mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
			       MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	need(sched_setaffinity(0, sizeof(set), &set));
	signal(SIGUSR1, handle);
	rmdir(TRACE);
	need(mkdir(TRACE, 0700));
	set("trace_clock", "global");
	marker = need(open(TRACE "/trace_marker", O_WRONLY));
	set("events/signal/enable", "1");
	b = need(fork());
	while (!b) /* NOLINT(bugprone-infinite-loop): B runs until it is killed */
		shared->b_runs = 1;
	/* A real-time process: B runs only while A sleeps. */
	need(sched_setscheduler(0, SCHED_FIFO, &first));
	until(shared->b_runs);

	before = times_run(b);
	need(kill(b, SIGUSR1));
	for (volatile int i = 0; i < 1000000; i++)
		;
	early = shared->handled;
	ready = state_of(b) == 'R';
	need(write(marker, "A works on", 10)); /* becomes an event */
	working = times_run(b);
	until(shared->handled); /* sleeps, and B can run */
	after = times_run(b);
	load();
	need(kill(b, SIGKILL));
	ended(b);
	close(marker);
	need(rmdir(TRACE));

	sent = find(0, a, "signal_generate: sig=10");
	worked = find(sent, a, "A works on");
	delivered = find(sent, b, "signal_deliver: sig=10");
	tell(sent, "A sends the signal");
	tell(worked, "A works on");
	tell(delivered, "A sleeps: the signal is delivered to B");
	say("B was let run: %lu times meanwhile, %lu times when A slept",
	    working - before, after - working);
	check(!early && ready && working == before, "S208",
	      "sent, not handled: the receiver is ready, and does not run");
	check(worked >= 0 && delivered > worked, "S208",
	      "the sender does not wait for the receiver");
	check(delivered >= 0 && after > working, "S208",
	      "it is delivered and handled when the receiver is scheduled");
	return done();
}

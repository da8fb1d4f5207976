// SPDX-License-Identifier: GPL-2.0-only
/*
 * watch_concurrent: producer and consumer run at the same time.
 *
 * Notes: S48 (000:26; 004:13)
 * Watch: a producer and a consumer that share a buffer of four items in
 *        memory, each on a processor of its own if there are two; and when
 *        the scheduler let each of them run.
 * See:   with two processors both run at once. With one they take turns, many
 *        times: the consumer does not wait until all is produced.
 */
#include "../check.h"
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/stat.h>

#define TRACE "/sys/kernel/tracing/instances/watch_concurrent"
#define MOST 2000
#define SLOTS 4
#define ITEMS 400
#define COLUMNS 60

/* The numbers only rise; an item is in the slot of its number modulo SLOTS. */
struct buffer {
	atomic_int put, taken;
	int slot[SLOTS];
	long sum;
};

/* A context switch: who was switched to, and away from. */
static struct event {
	int away, to;
	double time;
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
	char line[400], *next;

	while (count < MOST && fgets(line, sizeof(line), f)) {
		struct event *e = &events[count];

		/* "NAME-PID [CPU] FLAGS TIME: TEXT"; NAME has 16 columns */
		next = strstr(line, "next_pid=");
		if (next && sscanf(next, "next_pid=%d", &e->to) == 1 &&
		    sscanf(line + 17, "%d %*s %*s %lf", &e->away, &e->time) ==
			    2)
			count++;
	}
	fclose(f);
}

static void produce(struct buffer *b)
{
	for (int i = 0; i < ITEMS; i++) {
		while (b->put - b->taken == SLOTS)
			sched_yield();
		b->slot[i % SLOTS] = i;
		b->put++;
	}
}

static void consume(struct buffer *b)
{
	for (int i = 0; i < ITEMS; i++) {
		while (b->put == b->taken)
			sched_yield();
		b->sum += b->slot[i % SLOTS];
		b->taken++;
	}
}

/* A process that is stopped, and will do this when it goes on. */
static pid_t prepare(int cpu, void (*act)(struct buffer *), struct buffer *b)
{
	pid_t pid = need(fork());
	cpu_set_t set;

	if (!pid) {
		CPU_ZERO(&set);
		CPU_SET(cpu, &set);
		need(sched_setaffinity(0, sizeof(set), &set));
		raise(SIGSTOP);
		act(b);
		_exit(0);
	}
	until(state_of(pid) == 'T');
	return pid;
}

int main(void)
{
	struct buffer *b =
		need_ptr(mmap(NULL, sizeof(*b), PROT_READ | PROT_WRITE,
			      MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	int cpus = need(sysconf(_SC_NPROCESSORS_ONLN));
	int runs[2] = { 0, 0 }, turns[2] = { 0, 0 };
	char bar[2][COLUMNS];
	double both = 0, all;
	pid_t pid[2];

	pid[0] = prepare(0, produce, b);
	pid[1] = prepare(cpus - 1, consume, b);
	rmdir(TRACE);
	need(mkdir(TRACE, 0700));
	set("trace_clock", "global");
	set("events/sched/sched_switch/filter",
	    "prev_pid==%d || next_pid==%d || prev_pid==%d || next_pid==%d",
	    pid[0], pid[0], pid[1], pid[1]);
	set("events/sched/sched_switch/enable", "1");
	need(kill(pid[0], SIGCONT));
	need(kill(pid[1], SIGCONT));
	need0(ended(pid[0]));
	need0(ended(pid[1]));
	load();
	need(rmdir(TRACE));

	memset(bar, ' ', sizeof(bar));
	all = events[count - 1].time - events[0].time;
	for (int i = 0; i < count - 1; i++) {
		double begin = (events[i].time - events[0].time) / all;
		double end = (events[i + 1].time - events[0].time) / all;

		for (int who = 0; who < 2; who++) {
			turns[who] += events[i].to == pid[who];
			runs[who] = events[i].to == pid[who] ||
				    (runs[who] && events[i].away != pid[who]);
			for (int c = 0; c < COLUMNS; c++)
				if (runs[who] && c >= begin * COLUMNS &&
				    c < end * COLUMNS)
					bar[who][c] = '#';
		}
		if (runs[0] && runs[1])
			both += end - begin;
	}
	say("%d CPU, %.1f ms; # is when a process ran", cpus, all * 1000);
	say("producer |%.*s| switched to %d times", COLUMNS, bar[0], turns[0]);
	say("consumer |%.*s| switched to %d times", COLUMNS, bar[1], turns[1]);
	say("both ran at once in %.0f %% of the time", both * 100);
	check(b->sum == (long)ITEMS * (ITEMS - 1) / 2, "S48",
	      "all items went through a buffer that holds four");
	check(cpus > 1 ? both > 0.1 : turns[0] > 10 && turns[1] > 10, "S48",
	      "they ran at the same time, or took turns on the only processor");
	return done();
}

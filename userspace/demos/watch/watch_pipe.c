// SPDX-License-Identifier: GPL-2.0-only
/*
 * watch_pipe: a reader waits until the writer writes; the write releases it.
 *
 * Notes: S168 (002:66)
 * Watch: the kernel's record of a read from an empty pipe and of the write
 *        that comes later.
 * See:   the read begins first and ends last. In between the reader sleeps,
 *        and it is the write that wakes it: the two are synchronised.
 */
#include "../check.h"
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#define TRACE "/sys/kernel/tracing/instances/watch_pipe"
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

int main(void)
{
	int enter, away, wrote, wake, back, leave, fd[2];
	char next[32], text[8];
	pid_t reader;

	need(pipe(fd));
	reader = need(fork());
	if (!reader) {
		raise(SIGSTOP); /* until the kernel is being watched */
		_exit(read(fd[0], text, sizeof(text)) == 5 ? 0 : 1);
	}
	until(state_of(reader) == 'T');

	rmdir(TRACE);
	need(mkdir(TRACE, 0700));
	set("trace_clock", "global");
	set("events/syscalls/sys_enter_read/filter", "common_pid==%d", reader);
	set("events/syscalls/sys_exit_read/filter", "common_pid==%d", reader);
	set("events/syscalls/sys_enter_write/filter", "fd==%d", fd[1]);
	set("events/sched/sched_switch/filter", "prev_pid==%d || next_pid==%d",
	    reader, reader);
	set("events/sched/sched_waking/filter", "pid==%d", reader);
	set("events/syscalls/sys_enter_read/enable", "1");
	set("events/syscalls/sys_exit_read/enable", "1");
	set("events/syscalls/sys_enter_write/enable", "1");
	set("events/sched/sched_switch/enable", "1");
	set("events/sched/sched_waking/enable", "1");
	need(kill(reader, SIGCONT));
	until(asleep_in(reader, SYS_read));
	need(write(fd[1], "hello", 5));
	need0(ended(reader));
	load();
	need(rmdir(TRACE));

	snprintf(next, sizeof(next), "next_pid=%d ", reader);
	enter = find(0, reader, "sys_read(");
	away = find(enter, reader, "prev_state=S ");
	wrote = find(away, getpid(), "sys_write(");
	wake = find(wrote, getpid(), "sched_waking:");
	back = find(wake, 0, next);
	leave = find(back, reader, "sys_read -> 0x5");
	tell(enter, "the reader calls read()");
	tell(away, "the pipe is empty: it is switched away, asleep");
	tell(wrote, "the writer calls write()");
	tell(wake, "and wakes the reader in it");
	tell(back, "the reader is switched to");
	tell(leave, "and its read() returns");
	check(away >= 0, "S168", "a reader of an empty pipe sleeps");
	check(wake >= 0, "S168", "the write wakes it");
	check(leave >= 0, "S168",
	      "its read returns after the write, not before");
	return done();
}

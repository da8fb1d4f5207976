/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * check.h: the few words that demos share. A demo says what it does and checks
 * what it sees; include this header before any other. It takes no locks and
 * starts nothing.
 *
 *   say("read %zd bytes", n);        tells the class
 *   check(n == 4, "S160", "two writes arrive as one read");
 *                                    one line of result, with the rows of
 *                                    docs/notes.md that it proves, at most three
 *   need(pipe(fd));                  a system call that must not return -1
 *   need0(pthread_create(...));      a call that must return 0
 *   need_ptr(mmap(...));             one that must not return NULL or MAP_FAILED
 *   ended(pid)                       waits; exit status, or 128 + signal
 *   state_of(pid)                    'R' runs, 'S' sleeps, 'T' is stopped ...
 *   asleep_in(pid, SYS_read)         true if it sleeps in this system call
 *   until(state_of(pid) == 'S');     waits for something; gives up after 20 s
 *   is_realtime()                    true if the kernel has PREEMPT_RT: there
 *                                    spinlocks sleep and interrupts are threads
 *   return done();                   ends main(): 0 if all checks held
 *
 * Some demos watch what the kernel records while they run (it has the folder
 * TRACE for that, an instance of tracefs):
 *
 *   trace_begin();                   records nothing yet
 *   trace_set("events/mbox/enable", "1");   writes to a file of that folder
 *   trace_load();                    reads what was recorded into events[]
 *   event_find(from, pid, text)      the next of them with this text, or -1
 *   event_tell(i, "the sender wakes it");   tells the class
 *   event_in_interrupt(i)            was it recorded in an interrupt?
 *   trace_end();
 *
 * Only the first process of a demo calls check(); its children tell their
 * findings by exit status, or through the mechanism that is shown. The output
 * is TAP, https://testanything.org, so the test runner reads it as you do.
 */
#ifndef CHECK_H
#define CHECK_H

/* A demo that must show it is pure POSIX defines this one itself. */
#ifndef _POSIX_C_SOURCE
#define _GNU_SOURCE
#endif

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int checks_made, checks_failed;

/* One write for each line, so that lines of several processes do not mix. */
__attribute__((format(printf, 1, 2))) static inline void say(const char *fmt,
							     ...)
{
	char line[1024] = "  ";
	int saved = errno; /* what is said is often followed by its check */
	va_list args;
	size_t len;

	va_start(args, fmt);
	vsnprintf(line + 2, sizeof(line) - 3, fmt, args);
	va_end(args);
	len = strlen(line);
	line[len++] = '\n';
	if (write(STDOUT_FILENO, line, len) < 0)
		_exit(1);
	errno = saved;
}

__attribute__((noreturn)) static inline void
give_up(const char *file, int line, const char *what, const char *why)
{
	fprintf(stderr, "%s:%d: %s: %s\n", file, line, what, why);
	_exit(1);
}

static inline void check_at(const char *file, int line, int holds,
			    const char *what, const char *rows,
			    const char *text)
{
	checks_made++;
	if (!holds)
		checks_failed++;
	printf("%sok %d - %s [%s]\n", holds ? "" : "not ", checks_made, text,
	       rows);
	if (!holds)
		printf("# %s:%d: does not hold: %s\n", file, line, what);
	fflush(stdout);
}

#define check(cond, rows, text) \
	check_at(__FILE__, __LINE__, !!(cond), #cond, rows, text)

static inline long need_at(const char *file, int line, const char *call,
			   long ret)
{
	if (ret == -1)
		give_up(file, line, call, strerror(errno));
	return ret;
}

#define need(call) need_at(__FILE__, __LINE__, #call, (long)(call))

static inline void need0_at(const char *file, int line, const char *call,
			    int ret)
{
	if (ret)
		give_up(file, line, call, strerror(ret));
}

#define need0(call) need0_at(__FILE__, __LINE__, #call, call)

static inline void *need_ptr_at(const char *file, int line, const char *call,
				void *ret)
{
	if (!ret || ret == (void *)-1)
		give_up(file, line, call, strerror(errno));
	return ret;
}

#define need_ptr(call) need_ptr_at(__FILE__, __LINE__, #call, call)

static inline int ended(pid_t pid)
{
	int status;

	need(waitpid(pid, &status, 0));
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) :
				     WEXITSTATUS(status);
}

/* The third field of proc(5) stat; 0 if there is no such process. */
static inline char state_of(pid_t pid)
{
	char path[64], stat[512], *name_end;
	size_t len;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	file = fopen(path, "r");
	if (!file)
		return 0;
	len = fread(stat, 1, sizeof(stat) - 1, file);
	fclose(file);
	stat[len] = 0;
	name_end = strrchr(stat, ')');
	return name_end && name_end[1] ? name_end[2] : 0;
}

/* proc(5) syscall: its number, or "running". */
static inline int asleep_in(pid_t pid, long number)
{
	char path[64];
	long seen = -1;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/syscall", (int)pid);
	file = fopen(path, "r");
	if (!file)
		return 0;
	if (fscanf(file, "%ld", &seen) != 1)
		seen = -1;
	fclose(file);
	return seen == number && state_of(pid) == 'S';
}

static inline int is_realtime(void)
{
	return !access("/sys/kernel/realtime", F_OK);
}

static inline void sleep_ms(long ms)
{
	nanosleep(&(struct timespec){ ms / 1000, ms % 1000 * 1000000 }, NULL);
}

/* CLOCK_MONOTONIC, in seconds. */
static inline double clock_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec + now.tv_nsec / 1e9;
}

#define until(cond)                                                      \
	do {                                                             \
		for (double end_ = clock_s() + 20; !(cond); sleep_ms(1)) \
			if (clock_s() > end_)                            \
				give_up(__FILE__, __LINE__, #cond,       \
					"did not come true in 20 s");    \
	} while (0)

#define TRACE "/sys/kernel/tracing/instances/demo"

static inline void trace_set(const char *file, const char *value)
{
	char path[200];
	int fd;

	snprintf(path, sizeof(path), TRACE "/%s", file);
	fd = need(open(path, O_WRONLY | O_TRUNC));
	need(write(fd, value, strlen(value)));
	need(close(fd));
}

static inline void trace_begin(void)
{
	rmdir(TRACE); /* of a demo that was broken off */
	need(mkdir(TRACE, 0700));
	trace_set("trace_clock", "global");
}

static inline void trace_end(void)
{
	need(rmdir(TRACE));
}

/* A line of the trace: what a process did, on which processor. */
static struct event {
	int pid, cpu;
	char flags[8]; /* with h, H, s, z or Z if in an interrupt */
	double time; /* in seconds */
	char text[200];
} events[500];
static int event_count;

static inline void trace_load(void)
{
	FILE *f = need_ptr(fopen(TRACE "/trace", "r"));
	char line[400];

	event_count = 0;
	while (event_count < 500 && fgets(line, sizeof(line), f)) {
		struct event *e = &events[event_count];

		/* "NAME-PID [CPU] FLAGS TIME: TEXT"; NAME has 16 columns */
		if (line[0] != '#' && strlen(line) > 17 &&
		    sscanf(line + 17, "%d [%d] %7s %lf: %199[^\n]", &e->pid,
			   &e->cpu, e->flags, &e->time, e->text) == 5)
			event_count++;
	}
	fclose(f);
}

/* By this process, or by any (0), and not before events[from]. */
static inline int event_find(int from, pid_t pid, const char *text)
{
	for (int i = from; from >= 0 && i < event_count; i++)
		if ((!pid || events[i].pid == pid) &&
		    strstr(events[i].text, text))
			return i;
	return -1;
}

static inline void event_tell(int i, const char *what)
{
	if (i >= 0)
		say("%8.3f ms  CPU %d  %-15.*s %s",
		    (events[i].time - events[0].time) * 1000, events[i].cpu,
		    (int)strcspn(events[i].text, ":("), events[i].text, what);
}

static inline int event_in_interrupt(int i)
{
	return i >= 0 && strpbrk(events[i].flags, is_realtime() ? "hHs" : "hH");
}

static inline int done(void)
{
	printf("1..%d\n", checks_made);
	fflush(stdout);
	return checks_failed || !checks_made;
}

#endif /* CHECK_H */

// SPDX-License-Identifier: GPL-2.0-only
/*
 * watch_bridge: one kernel serves all processes, so it can carry messages.
 *
 * Notes: S40 (001:51-52)
 * Watch: two processes that know a mailbox and not each other, and which
 *        functions of the kernel's module each of them runs.
 * See:   the receiver sleeps inside the module; the sender, inside the same
 *        module, finds it there and wakes it. Both run the same functions.
 */
#include "../check.h"
#include <fcntl.h>
#include <mbox.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#define TRACE "/sys/kernel/tracing/instances/watch_bridge"
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

/* How many functions of the module are on the stack of a sleeping process. */
static int stack_in_module(pid_t pid)
{
	char path[64], line[200];
	int n = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stack", pid);
	f = need_ptr(fopen(path, "r"));
	say("the receiver, %d, sleeps in the kernel, here:", pid);
	while (fgets(line, sizeof(line), f)) {
		say("    %.*s", (int)strcspn(line, "\n"), line);
		n += strstr(line, "[mbox]") != NULL;
	}
	fclose(f);
	return n;
}

/* How many functions of the module both have run. */
static int common_functions(pid_t one, pid_t other)
{
	char names[400] = "", name[64];
	int n = 0;

	for (int i = 0; i < count; i++) {
		/* "CALLED <-CALLER" */
		if (events[i].pid != one || !strstr(events[i].text, " <-"))
			continue;
		snprintf(name, sizeof(name), " %.*s <-",
			 (int)strcspn(events[i].text, " "), events[i].text);
		if (find(0, other, name + 1) < 0)
			continue;
		name[strlen(name) - 2] = 0; /* " NAME " */
		if (!strstr(names, name) &&
		    strlen(names) + strlen(name) < sizeof(names)) {
			strcat(names, name);
			n++;
		}
	}
	say("%d and %d both ran %d functions:%.40s...", one, other, n, names);
	return n;
}

int main(void)
{
	struct mbox *box =
		need_ptr(mbox_create("watch_bridge", MBOX_EXCL, 0600, NULL));
	pid_t receiver, sender;
	int on_stack, wait, wake;
	char byte, woken[32];

	rmdir(TRACE);
	need(mkdir(TRACE, 0700));
	set("trace_clock", "global");
	set("set_ftrace_filter", "mbx_*");
	set("current_tracer", "function");
	set("events/mbox/enable", "1");

	receiver = need(fork());
	if (!receiver)
		_exit(mbox_recv(mbox_open("watch_bridge", MBOX_RECV), &byte,
				1) != 1);
	until(asleep_in(receiver, SYS_ioctl));
	on_stack = stack_in_module(receiver);
	sender = need(fork());
	if (!sender)
		_exit(mbox_send(mbox_open("watch_bridge", MBOX_SEND), "m", 1));
	need0(ended(sender));
	need0(ended(receiver));
	load();
	need(rmdir(TRACE));
	mbox_close(box);

	snprintf(woken, sizeof(woken), "pid=%d ", receiver);
	wait = find(0, receiver, "mbox_wait:");
	wake = find(wait, sender, woken);
	if (wait >= 0)
		say("%d did %s", receiver, events[wait].text);
	if (wake >= 0)
		say("%d did %s", sender, events[wake].text);
	check(on_stack > 0, "S40",
	      "a receiver that waits is inside the kernel, in the module");
	check(wake >= 0 && strstr(events[wake].text, "mbox_wake:"), "S40",
	      "the sender, inside the kernel, found the receiver and woke it");
	check(common_functions(receiver, sender) > 0, "S40",
	      "both processes ran the same functions of the same kernel");
	return done();
}

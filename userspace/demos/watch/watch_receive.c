// SPDX-License-Identifier: GPL-2.0-only
/*
 * watch_receive: who waits for a message gives the processor to another.
 *
 * Notes: S29 (001:68-69)
 * Watch: a receiver finds a message in the mailbox, and then waits for a
 *        second one. It counts its own context switches, and the kernel
 *        records what the mailbox does.
 * See:   no switch for the first message. For the second the receiver sleeps
 *        and is switched away; the sender, in its send, wakes it.
 */
#include "../check.h"
#include <fcntl.h>
#include <mbox.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#define TRACE "/sys/kernel/tracing/instances/watch_receive"

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

/* How often this process gave the processor away to wait for something. */
static long switches(void)
{
	struct rusage usage;

	need(getrusage(RUSAGE_SELF, &usage));
	return usage.ru_nvcsw;
}

int main(void)
{
	struct mbox *box =
		need_ptr(mbox_create(NULL, MBOX_SEND | MBOX_RECV, 0, NULL));
	long *waits =
		need_ptr(mmap(NULL, 2 * sizeof(long), PROT_READ | PROT_WRITE,
			      MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	int found, wait, wake, got;
	char byte, woken[32];
	pid_t receiver;

	rmdir(TRACE);
	need(mkdir(TRACE, 0700));
	set("trace_clock", "global");
	set("events/mbox/enable", "1");
	need(mbox_send(box, "1", 1));
	receiver = need(fork());
	if (!receiver) {
		for (int i = 0; i < 2; i++) {
			waits[i] = -switches();
			need(mbox_recv(box, &byte, 1));
			waits[i] += switches();
		}
		_exit(0);
	}
	until(asleep_in(receiver, SYS_ioctl));
	need(mbox_send(box, "2", 1));
	need0(ended(receiver));
	load();
	need(rmdir(TRACE));

	snprintf(woken, sizeof(woken), "pid=%d ", receiver);
	found = find(0, receiver, "mbox_receive:");
	wait = find(found, receiver, "mbox_wait:");
	wake = find(wait, getpid(), "mbox_wake:");
	got = find(wake, receiver, "mbox_receive:");
	tell(found, "the receiver takes the first message");
	tell(wait, "it finds no second one, lines up and sleeps");
	tell(wake, "the sender, in its send, wakes it");
	tell(got, "the receiver takes the second message");
	say("it gave the processor away %ld times for the first message, "
	    "%ld for the second",
	    waits[0], waits[1]);
	check(found >= 0 && waits[0] == 0, "S29",
	      "a receiver that finds a message is not switched away");
	check(wait >= 0 && waits[1] > 0, "S29",
	      "a receiver that waits sleeps, and is switched away");
	check(got >= 0 && strstr(events[wake].text, woken), "S29",
	      "the sender wakes it, and only then it receives");
	return done();
}

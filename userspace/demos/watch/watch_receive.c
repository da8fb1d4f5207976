// SPDX-License-Identifier: GPL-2.0-only
/*
 * watch_receive: who waits for a message gives the processor to another.
 *
 * Notes: S29 (001:68-69)
 * Watch: the kernel's own record (tracefs) of a receiver that finds a message
 *        in the mailbox, and then waits for a second one.
 * See:   no context switch for the first. For the second the receiver is
 *        switched away as a sleeper, and the sender's call wakes it.
 */
#include "../check.h"
#include <fcntl.h>
#include <mbox.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#define TRACE "/sys/kernel/tracing/instances/watch_receive"
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
	struct mbox *box =
		need_ptr(mbox_create(NULL, MBOX_SEND | MBOX_RECV, 0, NULL));
	int found, wait, away, wake, back, got, go[2];
	char next[32], byte;
	pid_t receiver;

	need(pipe(go));
	need(mbox_send(box, "1", 1));
	receiver = need(fork());
	if (!receiver) {
		need(read(go[0], &byte, 1));
		for (int i = 0; i < 2; i++)
			need(mbox_recv(box, &byte, 1));
		_exit(0);
	}
	until(asleep_in(receiver, SYS_read));

	rmdir(TRACE);
	need(mkdir(TRACE, 0700));
	set("trace_clock", "global");
	set("events/sched/sched_switch/filter", "prev_pid==%d || next_pid==%d",
	    receiver, receiver);
	set("events/sched/sched_waking/filter", "pid==%d", receiver);
	set("events/sched/sched_switch/enable", "1");
	set("events/sched/sched_waking/enable", "1");
	set("events/mbox/enable", "1");
	need(write(go[1], "g", 1));
	until(asleep_in(receiver, SYS_ioctl));
	need(mbox_send(box, "2", 1));
	need0(ended(receiver));
	load();
	need(rmdir(TRACE));

	snprintf(next, sizeof(next), "next_pid=%d ", receiver);
	found = find(0, receiver, "mbox_receive:");
	wait = find(found, receiver, "mbox_wait:");
	away = find(wait, receiver, "prev_state=S ");
	wake = find(away, getpid(), "sched_waking:");
	back = find(wake, 0, next);
	got = find(back, receiver, "mbox_receive:");
	tell(found, "the receiver takes the first message");
	tell(wait, "it finds no second one, and lines up");
	tell(away, "it is switched away, asleep (prev_state=S)");
	tell(wake, "the sender, in its send, wakes it");
	tell(back, "it is switched to");
	tell(got, "and takes the second message");
	check(away >= 0, "S29",
	      "a receiver that waits is switched away, as a sleeper");
	check(got >= 0, "S29",
	      "the sender wakes it, and it is switched to before it receives");
	/* Being switched away by the scheduler (prev_state=R) is no wait. */
	check(found >= 0 && find(0, receiver, "prev_state=S ") > found, "S29",
	      "a receiver that finds a message does not wait");
	return done();
}

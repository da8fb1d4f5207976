// SPDX-License-Identifier: GPL-2.0-only
/*
 * signal_from_interrupt: an interrupt's service routine can send a signal.
 *
 * Notes: S107 (001:208)
 * Watch: a child gets SIGUSR1 by kill(), SIGALRM by its timer, and SIGINT by
 *        Ctrl-C, written into its (pseudo) terminal. The kernel traces where it
 *        sends them.
 * See:   SIGALRM is sent by the timer's interrupt: in the third letter behind
 *        [CPU], h is a hardware interrupt (on a real-time kernel it is s: a
 *        thread does the interrupt's work). The process named in front is no
 *        sender, it is who happened to be interrupted. For Ctrl-C the terminal
 *        hands the work on: a thread of the kernel (kworker) sends SIGINT.
 */
#include "../check.h"
#include <signal.h>
#include <sys/time.h>

static int report[2];

static void handler(int number)
{
	unsigned char byte = number;

	if (write(report[1], &byte, 1) != 1)
		_exit(1);
}

/* The terminal becomes that of a new session, so Ctrl-C is for the child. */
static void receiver(const char *terminal)
{
	const struct itimerval soon = { .it_value.tv_usec = 10000 };
	struct sigaction action = { .sa_handler = handler };

	need(setsid());
	need(open(terminal, O_RDWR));
	need(sigaction(SIGUSR1, &action, NULL));
	need(sigaction(SIGINT, &action, NULL));
	need(sigaction(SIGALRM, &action, NULL));
	need(write(report[1], "r", 1));
	need(setitimer(ITIMER_REAL, &soon, NULL));
	for (;;)
		pause();
}

/* The event that this signal was sent to pid, with who ran then; or -1. */
static int find_sending(int number, pid_t pid)
{
	char sent[64], to[32];
	int i;

	snprintf(sent, sizeof(sent), "signal_generate: sig=%d ", number);
	snprintf(to, sizeof(to), " pid=%d ", pid);
	i = event_find(0, 0, sent);
	while (i >= 0 && !strstr(events[i].text, to))
		i = event_find(i + 1, 0, sent);
	if (i < 0)
		return -1;
	say("SIG%-6s  %8d  [%03d] %s", sigabbrev_np(number), events[i].pid,
	    events[i].cpu, events[i].flags);
	return i;
}

/* Sent by somebody's own code, not in an interrupt of any kind. */
static int is_call(int i)
{
	return i >= 0 && !strpbrk(events[i].flags, "hHsZz");
}

/* The fourth field of proc(5) stat. */
static pid_t parent_of(pid_t pid)
{
	char path[64];
	int parent = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	file = need_ptr(fopen(path, "r"));
	if (fscanf(file, "%*d (%*[^)]) %*c %d", &parent) != 1)
		parent = 0;
	fclose(file);
	return parent;
}

static void wait_for(unsigned char expected)
{
	unsigned char byte;

	need(read(report[0], &byte, 1));
	if (byte != expected)
		give_up(__FILE__, __LINE__, "handler", "another signal came");
}

int main(void)
{
	pid_t child;
	int by_call, by_timer, by_thread;
	int terminal;

	need(pipe(report));
	terminal = need(posix_openpt(O_RDWR | O_NOCTTY));
	need(grantpt(terminal));
	need(unlockpt(terminal));
	trace_begin();
	trace_set("events/signal/signal_generate/enable", "1");

	child = need(fork());
	if (!child)
		receiver(ptsname(terminal));
	wait_for('r');
	wait_for(SIGALRM);
	need(write(terminal, "\003", 1));
	wait_for(SIGINT);
	need(kill(child, SIGUSR1));
	wait_for(SIGUSR1);

	trace_load();
	say("signal     who runs    CPU  context");
	by_call = find_sending(SIGUSR1, child);
	by_timer = find_sending(SIGALRM, child);
	by_thread = find_sending(SIGINT, child);
	trace_end();
	need(kill(child, SIGKILL));
	ended(child);

	check(is_call(by_call) && events[by_call].pid == getpid(), "S107",
	      "kill(): this process sent the signal, by a system call");
	check(event_in_interrupt(by_timer), "S107",
	      "SIGALRM: the service routine of an interrupt sent it");
	/* Threads of the kernel are children of kthreadd, process 2. */
	check(is_call(by_thread) && parent_of(events[by_thread].pid) == 2,
	      "S107", "Ctrl-C: a thread of the kernel sent it, not a process");
	return done();
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * signal_from_interrupt: an interrupt's service routine can send a signal.
 *
 * Notes: S107 (001:208)
 * Watch: a child gets SIGUSR1 by kill(), SIGALRM by its timer, and SIGINT by
 *        Ctrl-C, written into its (pseudo) terminal. The kernel traces where it
 *        sends them.
 * See:   SIGALRM is sent by the timer's interrupt: in the third letter behind
 *        [CPU], h is a hardware interrupt. The process named in front is no
 *        sender, it is who happened to be interrupted. For Ctrl-C the terminal
 *        hands the work on: a thread of the kernel (kworker) sends SIGINT.
 */
#include "../check.h"
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/time.h>

#define TRACE "/sys/kernel/tracing/instances/signal_from_interrupt"

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

static void set(const char *file, const char *value)
{
	int fd = need(open(file, O_WRONLY | O_TRUNC));

	need(write(fd, value, strlen(value)));
	close(fd);
}

/* Finds who ran when this signal was sent to pid, and the context's letter. */
static char context_of(int number, pid_t pid, pid_t *who)
{
	char line[512], name[64], sig[32], to[32], *cpu, *dash, found = 0;
	FILE *file = need_ptr(fopen(TRACE "/trace", "r"));

	snprintf(sig, sizeof(sig), " sig=%d ", number);
	snprintf(to, sizeof(to), " pid=%d ", pid);
	while (fgets(line, sizeof(line), file)) {
		cpu = strstr(line, "] ");
		if (line[0] == '#' || !cpu || !strstr(line, sig) ||
		    !strstr(line, to))
			continue;
		say("SIG%-6s%.38s", sigabbrev_np(number), line);
		dash = sscanf(line, " %63s", name) == 1 ? strrchr(name, '-') :
							  NULL;
		*who = dash ? atoi(dash + 1) : -1;
		found = cpu[4];
	}
	fclose(file);
	return found;
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
	pid_t child, by_kill = -1, by_key = -1, interrupted;
	char kill_in, timer_in, key_in;
	int terminal;

	need(pipe(report));
	terminal = need(posix_openpt(O_RDWR | O_NOCTTY));
	need(grantpt(terminal));
	need(unlockpt(terminal));
	rmdir(TRACE); /* of a run that was broken off */
	need(mkdir(TRACE, 0700));
	set(TRACE "/events/signal/signal_generate/enable", "1");

	child = need(fork());
	if (!child)
		receiver(ptsname(terminal));
	wait_for('r');
	wait_for(SIGALRM);
	need(write(terminal, "\003", 1));
	wait_for(SIGINT);
	need(kill(child, SIGUSR1));
	wait_for(SIGUSR1);

	say("signal           who runs           CPU  context");
	kill_in = context_of(SIGUSR1, child, &by_kill);
	timer_in = context_of(SIGALRM, child, &interrupted);
	key_in = context_of(SIGINT, child, &by_key);
	set(TRACE "/events/signal/signal_generate/enable", "0");
	need(rmdir(TRACE));
	need(kill(child, SIGKILL));
	ended(child);

	check(kill_in == '.' && by_kill == getpid(), "S107",
	      "kill(): this process sent the signal, by a system call");
	check(timer_in == 'h' || timer_in == 'H', "S107",
	      "SIGALRM: the service routine of an interrupt sent it");
	/* Threads of the kernel are children of kthreadd, process 2. */
	check(key_in == '.' && parent_of(by_key) == 2, "S107",
	      "Ctrl-C: a thread of the kernel sent it, not a process");
	return done();
}

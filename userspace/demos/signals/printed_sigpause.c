// SPDX-License-Identifier: GPL-2.0-only
/*
 * printed_sigpause: the notes' signal program as printed, when it has luck.
 *
 * Notes: S218 (001:272), S322 (001:303)
 * Watch: the program runs as it is, which takes 3 s. sigpause() is declared
 *        for X/Open programs only, so the compiler warns, and the linker takes
 *        the old one of BSD, which wants a set of signals. While we look at the
 *        child, ptrace() holds the parent before its sleep(3).
 * See:   SIGUSR1 is 10, binary 1010: while the child waits it holds signals 2
 *        and 4. By accident it does not hold SIGUSR1, and so the program works.
 */
#include "../check.h"
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>

/* Runs the program, to be traced; its output comes from *out. */
static pid_t start(int *out)
{
	int fd[2];
	pid_t pid;

	need(pipe(fd));
	pid = need(fork());
	if (!pid) {
		need(dup2(fd[1], STDOUT_FILENO));
		close(fd[0]);
		close(fd[1]);
		signal(SIGINT, SIG_DFL); /* shells may ignore it */
		need(ptrace(PTRACE_TRACEME, 0, 0, 0));
		need(execlp("printed_sig_usr1", "printed_sig_usr1", NULL));
	}
	close(fd[1]);
	*out = fd[0];
	return pid;
}

/* Lets the program run until it is about to sleep. */
static void run_until_sleep(pid_t pid)
{
	struct __ptrace_syscall_info info;
	int status;

	need(waitpid(pid, &status, 0));
	need(ptrace(PTRACE_SETOPTIONS, pid, 0,
		    PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL));
	do {
		need(ptrace(PTRACE_SYSCALL, pid, 0, 0));
		need(waitpid(pid, &status, 0));
		if (!WIFSTOPPED(status))
			give_up(__FILE__, __LINE__, "waitpid", "it ended");
		need(ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof(info), &info));
	} while (info.op != PTRACE_SYSCALL_INFO_ENTRY ||
		 info.entry.nr != SYS_clock_nanosleep);
}

static pid_t child_of(pid_t pid)
{
	char path[64];
	int child = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", pid, pid);
	file = need_ptr(fopen(path, "r"));
	if (fscanf(file, "%d", &child) != 1)
		child = 0;
	fclose(file);
	return child;
}

/* The signals that a process holds. */
static unsigned long long held_by(pid_t pid)
{
	unsigned long long set = 0;
	char path[64], line[256];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	file = need_ptr(fopen(path, "r"));
	while (fgets(line, sizeof(line), file))
		sscanf(line, "SigBlk: %llx", &set);
	fclose(file);
	return set;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

int main(void)
{
	const unsigned long long two_and_four = 1 << (2 - 1) | 1 << (4 - 1);
	unsigned long long held;
	double began, took;
	char text[100] = "";
	pid_t pid, child;
	int out, status;
	ssize_t len;

	pid = start(&out);
	run_until_sleep(pid);
	child = child_of(pid);
	until(asleep_in(child, SYS_rt_sigsuspend));
	held = held_by(child);
	say("the child waits in sigpause(%d) and holds signals %#llx: %s and %s",
	    SIGUSR1, held, sigabbrev_np(2), sigabbrev_np(4));
	check(held == two_and_four, "S322",
	      "sigpause(SIGUSR1) took the number 10 for the set of 2 and 4");
	need(kill(child, SIGINT));
	say("Ctrl-C would not end it: SIGINT was sent, its state is %c",
	    state_of(child));
	check(asleep_in(child, SYS_rt_sigsuspend), "S322",
	      "so it holds SIGINT, which nobody wanted to be held");

	began = now();
	need(ptrace(PTRACE_DETACH, pid, 0, 0));
	status = ended(pid);
	took = now() - began;
	len = need(read(out, text, sizeof(text)));
	say("it printed \"%.*s\", after %.1f s", (int)len - 1, text, took);
	check(status == 0 && len == 15 && !memcmp(text, "signal handler\n", 15),
	      "S218 S322",
	      "SIGUSR1 was let in, by accident: the program works");
	check(took >= 3, "S218", "it takes three seconds, for its sleep(3)");
	return done();
}

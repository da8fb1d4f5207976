// SPDX-License-Identifier: GPL-2.0-only
/*
 * printed_race: the notes' signal program as printed, when it has no luck.
 *
 * Notes: S323 (001:303), S325 (001:295)
 * Watch: the program runs, with its child held back by ptrace() until the
 *        signal has been sent. A signal to the parent cuts its sleep(3) short.
 * See:   the signal is handled before the child waits for it: both processes
 *        sleep for ever. And the parent has the child's handler too. The
 *        program notes/sig_usr1.c has the cure.
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
		need(ptrace(PTRACE_TRACEME, 0, 0, 0));
		need(execlp("printed_sig_usr1", "printed_sig_usr1", NULL));
	}
	close(fd[1]);
	*out = fd[0];
	return pid;
}

/* A set of signals in the status of a process, such as SigBlk. */
static unsigned long long set_of(pid_t pid, const char *which)
{
	unsigned long long set = 0;
	char path[64], line[256];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	file = fopen(path, "r");
	if (!file)
		return 0; /* it has ended */
	while (fgets(line, sizeof(line), file))
		if (!strncmp(line, which, strlen(which)))
			set = strtoull(strchr(line, ':') + 1, NULL, 16);
	fclose(file);
	return set;
}

/*
 * Holds the program's child before its first instruction, and the parent where
 * it begins to sleep; returns the child's id.
 */
static pid_t hold_both(pid_t pid)
{
	struct __ptrace_syscall_info info;
	unsigned long child = 0;
	int status;

	need(waitpid(pid, &status, 0));
	need(ptrace(PTRACE_SETOPTIONS, pid, 0,
		    PTRACE_O_TRACEFORK | PTRACE_O_TRACESYSGOOD |
			    PTRACE_O_EXITKILL));
	do {
		need(ptrace(PTRACE_SYSCALL, pid, 0, 0));
		need(waitpid(pid, &status, 0));
		if (!WIFSTOPPED(status))
			give_up(__FILE__, __LINE__, "waitpid", "it ended");
		if (status >> 8 == (SIGTRAP | PTRACE_EVENT_FORK << 8)) {
			need(ptrace(PTRACE_GETEVENTMSG, pid, 0, &child));
			need(waitpid((pid_t)child, &status, __WALL));
		}
		need(ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof(info), &info));
	} while (info.op != PTRACE_SYSCALL_INFO_ENTRY ||
		 info.entry.nr != SYS_clock_nanosleep);
	return (pid_t)child;
}

int main(void)
{
	const unsigned long long usr1 = 1ULL << (SIGUSR1 - 1);
	char text[100] = "";
	int out, status;
	pid_t pid, child;
	ssize_t len;

	pid = start(&out);
	child = hold_both(pid);
	say("the child is held back, its parent is about to sleep");
	say("  the parent has handlers for the signals %#llx",
	    set_of(pid, "SigCgt"));
	need(kill(pid, SIGUSR1));
	need(ptrace(PTRACE_DETACH, pid, 0, 0));
	len = need(read(out, text, sizeof(text)));
	say("SIGUSR1 to the parent: it prints \"%.*s\"", (int)len - 1, text);
	check(set_of(pid, "SigCgt") == usr1 && len == 15 &&
		      !memcmp(text, "signal handler\n", 15),
	      "S325", "the parent has the handler that is for the child");

	until(asleep_in(pid, SYS_wait4) || state_of(pid) == 'Z');
	say("the parent has sent SIGUSR1: the child has %#llx pending",
	    set_of(child, "ShdPnd"));
	need(ptrace(PTRACE_DETACH, child, 0, 0));
	len = need(read(out, text, sizeof(text)));
	until(asleep_in(child, SYS_rt_sigsuspend) || state_of(pid) == 'Z');
	say("the child goes on, prints \"%.*s\", and only then waits",
	    (int)len - 1, text);
	say("child: state %c, pending %#llx; parent: state %c, pending %#llx",
	    state_of(child), set_of(child, "ShdPnd"), state_of(pid),
	    set_of(pid, "ShdPnd"));
	check(asleep_in(child, SYS_rt_sigsuspend) && !set_of(child, "ShdPnd") &&
		      !set_of(child, "SigPnd"),
	      "S323", "the child waits for a signal that it has handled");
	check(asleep_in(pid, SYS_wait4) && !set_of(pid, "ShdPnd"), "S323",
	      "its parent waits for it: both sleep for ever");

	need(kill(child, SIGKILL));
	status = ended(pid);
	say("the child is killed; the program's status is %d", status);
	check(status == 0, "S325",
	      "nobody looks how the child ended: failure passes for success");
	return done();
}

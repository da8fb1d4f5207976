// SPDX-License-Identifier: GPL-2.0-only
/*
 * kill_or_signal: signal() does not send a signal; kill() and others do.
 *
 * Notes: S210 (001:132)
 * Watch: a child calls signal(), sigaction(), kill(), raise(), sigqueue(), and
 *        its parent traces the system calls, as strace does.
 * See:   signal() names no receiver: it installs the caller's own handler,
 *        by the system call rt_sigaction. The calls that send name two: the
 *        receiver and the signal (SIGUSR1 is 10).
 */
#include "../check.h"
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>

static volatile sig_atomic_t runs;

static void handler(int number)
{
	(void)number;
	runs++;
}

/* The exit status: runs of the handler after the first two calls, and in all. */
static void traced(void)
{
	struct sigaction action = { .sa_handler = handler };
	int after_install;

	need(ptrace(PTRACE_TRACEME, 0, 0, 0));
	need(raise(SIGSTOP));
	signal(SIGUSR1, handler);
	need(sigaction(SIGUSR1, &action, NULL));
	after_install = runs;
	need(kill(getpid(), SIGUSR1));
	need(raise(SIGUSR1));
	need(sigqueue(getpid(), SIGUSR1, (union sigval){ 0 }));
	_exit(after_install * 10 + runs);
}

/* The calls that are about signals, in the order seen. */
struct call {
	unsigned long long number, args[3];
};

static int trace(pid_t child, struct call calls[16], int *exit_status)
{
	struct __ptrace_syscall_info info;
	int status, signal_to_pass = 0, count = 0;

	need(waitpid(child, &status, 0));
	need(ptrace(PTRACE_SETOPTIONS, child, 0,
		    PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL));
	for (;;) {
		need(ptrace(PTRACE_SYSCALL, child, 0, signal_to_pass));
		need(waitpid(child, &status, 0));
		if (WIFEXITED(status)) {
			*exit_status = WEXITSTATUS(status);
			return count;
		}
		signal_to_pass = WSTOPSIG(status);
		if (signal_to_pass != (SIGTRAP | 0x80))
			continue;
		signal_to_pass = 0;
		need(ptrace(PTRACE_GET_SYSCALL_INFO, child, sizeof(info),
			    &info));
		if (info.op != PTRACE_SYSCALL_INFO_ENTRY || count == 16)
			continue;
		switch (info.entry.nr) {
		case SYS_rt_sigaction:
		case SYS_kill:
		case SYS_tgkill:
		case SYS_rt_sigqueueinfo:
			calls[count].number = info.entry.nr;
			memcpy(calls[count++].args, info.entry.args,
			       sizeof(calls->args));
		}
	}
}

static int is(const struct call *call, long number, long arg0, long arg1)
{
	return call->number == (unsigned long long)number &&
	       call->args[0] == (unsigned long long)arg0 &&
	       (arg1 < 0 || call->args[1] == (unsigned long long)arg1);
}

static void show(const char *wrote, const struct call *call)
{
	const unsigned long long *arg = call->args;

	switch (call->number) {
	case SYS_rt_sigaction:
		say("%-27s -> rt_sigaction(%llu, ...)", wrote, arg[0]);
		break;
	case SYS_kill:
		say("%-27s -> kill(%llu, %llu)", wrote, arg[0], arg[1]);
		break;
	case SYS_tgkill:
		say("%-27s -> tgkill(%llu, %llu, %llu)", wrote, arg[0], arg[1],
		    arg[2]);
		break;
	default:
		say("%-27s -> rt_sigqueueinfo(%llu, %llu, ...)", wrote, arg[0],
		    arg[1]);
	}
}

int main(void)
{
	static const char *const wrote[] = { "signal(SIGUSR1, handler)",
					     "sigaction(SIGUSR1, ...)",
					     "kill(pid, SIGUSR1)",
					     "raise(SIGUSR1)",
					     "sigqueue(pid, SIGUSR1, ...)" };
	struct call calls[16] = { 0 };
	pid_t child = need(fork());
	int count, status;

	if (!child)
		traced();
	count = trace(child, calls, &status);
	say("%-27s -> %s", "written by the child", "its system call");
	for (int i = 0; i < 5 && i < count; i++)
		show(wrote[i], &calls[i]);
	say("the handler ran %d times after the first two, %d times in all",
	    status / 10, status % 10);
	check(is(&calls[0], SYS_rt_sigaction, SIGUSR1, -1) &&
		      is(&calls[1], SYS_rt_sigaction, SIGUSR1, -1),
	      "S210",
	      "signal() and sigaction() install, they name no receiver");
	check(count == 5 && status == 3, "S210",
	      "the handler ran for no signal(), but for each call that sends");
	check(is(&calls[2], SYS_kill, child, SIGUSR1), "S210",
	      "kill() is the call with a receiver and a signal");
	check(is(&calls[3], SYS_tgkill, child, child) &&
		      calls[3].args[2] == SIGUSR1 &&
		      is(&calls[4], SYS_rt_sigqueueinfo, child, SIGUSR1),
	      "S210", "raise() and sigqueue() send too, by calls of their own");
	return done();
}

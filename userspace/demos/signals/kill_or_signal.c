// SPDX-License-Identifier: GPL-2.0-only
/*
 * kill_or_signal: signal() does not send a signal; kill() and others do.
 *
 * Notes: S210 (001:132)
 * Watch: a child calls signal(), sigaction(), kill(), raise(), sigqueue(), and
 *        its parent traces the system calls, as strace does.
 * See:   signal() names no receiver: it installs the caller's own handler,
 *        by the system call rt_sigaction. The sending calls have two names: of
 *        the receiver and of the signal.
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

/* The exit status tells how often the handler had run after each step. */
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

static int trace(pid_t child, struct call calls[16])
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
			say("the child says: handler ran %d times after the "
			    "first two calls, %d in all",
			    WEXITSTATUS(status) / 10, WEXITSTATUS(status) % 10);
			return WEXITSTATUS(status) == 3 ? count : -1;
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

static const char *name_of(const struct call *call)
{
	switch (call->number) {
	case SYS_rt_sigaction:
		return "rt_sigaction";
	case SYS_kill:
		return "kill";
	case SYS_tgkill:
		return "tgkill";
	default:
		return "rt_sigqueueinfo";
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
	int count;

	if (!child)
		traced();
	count = trace(child, calls);
	for (int i = 0; i < 5 && i < count; i++) {
		if (calls[i].number == SYS_rt_sigaction)
			say("%-28s is the system call %s(%lld, ...)", wrote[i],
			    name_of(&calls[i]), calls[i].args[0]);
		else
			say("%-28s is the system call %s(%lld, %lld, ...)",
			    wrote[i], name_of(&calls[i]), calls[i].args[0],
			    calls[i].args[1]);
	}
	check(is(&calls[0], SYS_rt_sigaction, SIGUSR1, -1) &&
		      is(&calls[1], SYS_rt_sigaction, SIGUSR1, -1),
	      "S210",
	      "signal() and sigaction() install, they name no receiver");
	check(count == 5, "S210",
	      "the handler ran for no signal(), and for "
	      "each call that sends");
	check(is(&calls[2], SYS_kill, child, SIGUSR1), "S210",
	      "kill() is the call with a receiver and a signal");
	check(is(&calls[3], SYS_tgkill, child, child) &&
		      is(&calls[4], SYS_rt_sigqueueinfo, child, SIGUSR1),
	      "S210", "raise() and sigqueue() send too, by calls of their own");
	return done();
}

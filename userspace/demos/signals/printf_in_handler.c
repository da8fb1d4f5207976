// SPDX-License-Identifier: GPL-2.0-only
/*
 * printf_in_handler: printf() in a handler can block its own process for ever.
 *
 * Notes: S216 (001:281), S324 (001:283)
 * Watch: a child with the handler of the notes' program calls malloc(). Its
 *        parent sends the signal while malloc() asks the kernel for memory,
 *        and so has locked its lists.
 * See:   the printf() of the handler calls malloc() for its buffer. It waits
 *        for a lock that the interrupted malloc() holds, so nobody can ever
 *        give it back. With write() the same child goes on.
 */
#include "../check.h"
#include <pthread.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>

/* SignalHandlerChild() as printed: wrong, it calls printf() and fflush(). */
#define main printed_main
#include "../notes/sig_usr1.printed"
#undef main

/* Right: write() is among the functions that a handler may call. */
static void right_handler(int number)
{
	int saved = errno;

	(void)number;
	if (write(STDOUT_FILENO, "signal handler\n", 15) != 15)
		_exit(1);
	errno = saved;
}

static void *other_thread(void *unused)
{
	pause();
	return unused;
}

/* malloc() takes its lock only if there are threads; so there are two. */
static void receiver(void (*handler)(int), int out)
{
	struct sigaction action = { .sa_handler = handler };
	sigset_t usr1;
	pthread_t thread;

	sigemptyset(&usr1);
	sigaddset(&usr1, SIGUSR1);
	need(sigprocmask(SIG_BLOCK, &usr1, NULL));
	need0(pthread_create(&thread, NULL, other_thread, NULL));
	need(sigprocmask(SIG_UNBLOCK, &usr1, NULL));
	need(sigaction(SIGUSR1, &action, NULL));
	need(dup2(out, STDOUT_FILENO));
	need(ptrace(PTRACE_TRACEME, 0, 0, 0));
	need(raise(SIGSTOP));
	for (int i = 0; i < 1000; i++)
		need_ptr(malloc(10000));
	_exit(7);
}

/* Lets the child run until it enters this system call. */
static void run_until(pid_t child, unsigned long long number)
{
	struct __ptrace_syscall_info info;
	int status;

	need(waitpid(child, &status, 0));
	need(ptrace(PTRACE_SETOPTIONS, child, 0,
		    PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL));
	do {
		need(ptrace(PTRACE_SYSCALL, child, 0, 0));
		need(waitpid(child, &status, 0));
		if (!WIFSTOPPED(status))
			give_up(__FILE__, __LINE__, "run_until", "it ended");
		need(ptrace(PTRACE_GET_SYSCALL_INFO, child, sizeof(info),
			    &info));
	} while (info.op != PTRACE_SYSCALL_INFO_ENTRY ||
		 info.entry.nr != number);
}

/* A signal is held while its handler runs. */
static int is_in_handler(pid_t pid)
{
	unsigned long long held = 0;
	char path[64], line[256];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	file = need_ptr(fopen(path, "r"));
	while (fgets(line, sizeof(line), file))
		sscanf(line, "SigBlk: %llx", &held);
	fclose(file);
	return held >> (SIGUSR1 - 1) & 1;
}

/* Returns the child when it has ended, or sleeps for a lock. */
static pid_t try(const char *name, void (*handler)(int), int *out)
{
	pid_t child;

	need(pipe(out));
	child = need(fork());
	if (!child)
		receiver(handler, out[1]);
	close(out[1]);
	run_until(child, SYS_brk);
	need(kill(child, SIGUSR1));
	need(ptrace(PTRACE_DETACH, child, 0, 0));
	until(asleep_in(child, SYS_futex) || state_of(child) == 'Z');
	say("handler with %-9s state %c, in its handler: %s", name,
	    state_of(child), is_in_handler(child) ? "yes" : "no");
	return child;
}

int main(void)
{
	int out[2], stuck, status;
	char text[100];
	ssize_t len;
	pid_t child;

	/* First, while no stdout of ours has a buffer to inherit. */
	child = try("printf():", SignalHandlerChild, out);
	stuck = asleep_in(child, SYS_futex) && is_in_handler(child);
	need(kill(child, SIGKILL));
	status = ended(child);
	len = need(read(out[0], text, sizeof(text)));
	say("  it wrote %zd bytes until it was killed (%d)", len, status);
	check(stuck, "S216 S324",
	      "printf() in the handler waits for a lock of its own process");
	check(len == 0 && status == 128 + SIGKILL, "S216 S324",
	      "it never gets it: nothing is printed, only SIGKILL helps");

	child = try("write():", right_handler, out);
	status = ended(child);
	len = need(read(out[0], text, sizeof(text)));
	say("  it wrote %zd bytes and ended with %d", len, status);
	check(status == 7 && len == 15 && !memcmp(text, "signal handler\n", 15),
	      "S216 S324", "with write() the handler and the program go on");
	return done();
}

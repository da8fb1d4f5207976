// SPDX-License-Identifier: GPL-2.0-only
/*
 * pipe_sigpipe: who writes to a pipe without a reader gets SIGPIPE.
 *
 * Notes: S161 (000:302)
 * Watch: a child that writes after the last end to read was closed; one that
 *        ignores SIGPIPE; and one that forgot its own copy of fd[0].
 * See:   the first is killed, the second gets EPIPE. The third writes to no
 *        one and does not learn of it.
 */
#include "../check.h"
#include <signal.h>

/* Returns the error of the write, or 0. */
static int writer(int fd[2], int keeps_read_end, void (*action)(int))
{
	signal(SIGPIPE, action);
	if (!keeps_read_end)
		need(close(fd[0]));
	return write(fd[1], "hello", 5) == 5 ? 0 : errno;
}

/* Runs a writer after the parent has closed its end to read. */
static int run(int keeps_read_end, void (*action)(int))
{
	int fd[2], go[2];
	char byte;
	pid_t pid;

	need(pipe(fd));
	need(pipe(go));
	pid = need(fork());
	if (!pid) {
		need(read(go[0], &byte, 1));
		_exit(writer(fd, keeps_read_end, action));
	}
	need(close(fd[0]));
	need(write(go[1], "!", 1));
	return ended(pid);
}

int main(void)
{
	int status;

	status = run(0, SIG_DFL);
	say("by default the writer ends with status %d = 128 + SIGPIPE",
	    status);
	check(status == 128 + SIGPIPE, "S161",
	      "a writer without a reader is killed by SIGPIPE");

	status = run(0, SIG_IGN);
	say("with SIGPIPE ignored write() fails: %s", strerror(status));
	check(status == EPIPE, "S161",
	      "if it ignores the signal, its write fails with EPIPE");

	status = run(1, SIG_DFL);
	say("a writer that forgot to close fd[0] ends with status %d", status);
	check(status == 0, "S161",
	      "WRONG: a writer that holds the end to read is not told");
	return done();
}

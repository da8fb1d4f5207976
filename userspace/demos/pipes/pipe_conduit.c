// SPDX-License-Identifier: GPL-2.0-only
/*
 * pipe_conduit: a pipe is a conduit from one process to another.
 *
 * Notes: S150 (000:257), S151 (001:102), S158 (000:275), S159 (000:277)
 * Watch: the parent makes a pipe, then a child, and writes its pid to fd[1].
 * See:   the child reads it from fd[0]: it was born with both descriptors.
 */
#include "../check.h"
#include <fcntl.h>

/* Returns 0 if it got what its own parent wrote. */
static int child(int fd[2])
{
	char text[100] = "", wanted[100];

	need(read(fd[0], text, sizeof(text) - 1));
	say("child %d read \"%s\" from fd[0]", getpid(), text);
	snprintf(wanted, sizeof(wanted), "Greetings from %d", getppid());
	return strcmp(text, wanted) != 0;
}

int main(void)
{
	int fd[2];
	pid_t pid;

	need(pipe(fd));
	say("pipe(fd) gave fd[0] = %d and fd[1] = %d", fd[0], fd[1]);
	check((fcntl(fd[0], F_GETFL) & O_ACCMODE) == O_RDONLY, "S159",
	      "fd[0] is the end to read, and only to read");
	check((fcntl(fd[1], F_GETFL) & O_ACCMODE) == O_WRONLY, "S159",
	      "fd[1] is the end to write, and only to write");

	pid = need(fork());
	if (!pid)
		_exit(child(fd));
	need(close(fd[0]));
	say("parent %d writes to fd[1]", getpid());
	need(dprintf(fd[1], "Greetings from %d", getpid()));
	check(ended(pid) == 0, "S150 S151 S158",
	      "the child reads what the parent that made the pipe wrote");
	return done();
}

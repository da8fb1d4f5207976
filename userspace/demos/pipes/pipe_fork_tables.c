// SPDX-License-Identifier: GPL-2.0-only
/*
 * pipe_fork_tables: which process holds which end of a pipe, after fork().
 *
 * Notes: S175 (001:258)
 * Watch: the descriptor tables of parent and child, read from /proc/PID/fd.
 * See:   after fork() both hold both ends; after the two close() calls the
 *        parent holds the end to write and the child the end to read.
 */
#include "../check.h"
#include <signal.h>
#include <sys/syscall.h>

enum { READ_END = 1, WRITE_END = 2 };

/* Which ends of the pipe are in the table of the process. */
static int ends_of(const char *who, pid_t pid, const int fd[2])
{
	char path[64], file[64];
	int ends = 0;
	ssize_t len;

	for (int i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "/proc/%d/fd/%d", pid, fd[i]);
		len = readlink(path, file, sizeof(file) - 1);
		file[len < 0 ? 0 : len] = 0;
		say("  %-6s fd[%d] = %d -> %s", who, i, fd[i],
		    len < 0 ? "closed" : file);
		if (!strncmp(file, "pipe:", 5))
			ends |= i == 0 ? READ_END : WRITE_END;
	}
	return ends;
}

/* Returns 0 if the number it reads is its own pid. */
static int child(int fd[2])
{
	char text[20] = "";

	raise(SIGSTOP); /* so that the class can look */
	need(close(fd[1]));
	need(read(fd[0], text, sizeof(text) - 1));
	return atoi(text) != getpid();
}

int main(void)
{
	int fd[2], ours, its;
	pid_t pid;

	need(pipe(fd));
	pid = need(fork());
	if (pid == 0)
		_exit(child(fd));

	until(state_of(pid) == 'T');
	say("after fork():");
	ours = ends_of("parent", getpid(), fd);
	its = ends_of("child", pid, fd);
	check(ours == (READ_END | WRITE_END) && its == ours, "S175",
	      "after fork() both processes hold both ends");

	need(close(fd[0]));
	need(kill(pid, SIGCONT));
	until(asleep_in(pid, SYS_read));
	say("after close(fd[0]) in the parent, close(fd[1]) in the child:");
	ours = ends_of("parent", getpid(), fd);
	its = ends_of("child", pid, fd);
	check(ours == WRITE_END && its == READ_END, "S175",
	      "after the two close() calls each holds one end");

	say("fork() returned 0 in the child and %d in the parent", pid);
	need(dprintf(fd[1], "%d", pid));
	check(ended(pid) == 0, "S175",
	      "what fork() returned to the parent is the pid of the child");
	return done();
}

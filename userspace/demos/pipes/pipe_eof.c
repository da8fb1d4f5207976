// SPDX-License-Identifier: GPL-2.0-only
/*
 * pipe_eof: a reader sees the end only when the last end to write is closed.
 *
 * Notes: S161 (000:302)
 * Watch: a reader that closes its own copy of fd[1], and one that forgets it.
 * See:   read() returns 0 to the first when the writer is done. The second
 *        waits for itself for ever.
 */
#include "../check.h"
#include <signal.h>
#include <sys/syscall.h>

/* Reads up to the end; returns 0 if it got all and then the end. */
static int reader(int fd[2], int forgets)
{
	char text[20];
	ssize_t n;
	int sum = 0;

	if (!forgets)
		need(close(fd[1]));
	while ((n = need(read(fd[0], text, sizeof(text)))) > 0)
		sum += n;
	say("reader: got %d bytes, then read() returned 0", sum);
	return sum != 5;
}

/* Starts a reader, writes 5 bytes and closes the last end of the parent. */
static pid_t write_and_close(int forgets)
{
	int fd[2];
	pid_t pid;

	need(pipe(fd));
	pid = need(fork());
	if (!pid)
		_exit(reader(fd, forgets));
	need(close(fd[0]));
	/* Then the reader has closed what it means to close. */
	until(asleep_in(pid, SYS_read));
	need(write(fd[1], "hello", 5));
	/* Then it has read that, and wants more. */
	until(asleep_in(pid, SYS_read));
	need(close(fd[1]));
	return pid;
}

int main(void)
{
	pid_t pid;

	pid = write_and_close(0);
	check(ended(pid) == 0, "S161",
	      "when all ends to write are closed, read() returns 0");

	pid = write_and_close(1);
	say("a reader that forgot to close fd[1] is in state %c",
	    state_of(pid));
	check(asleep_in(pid, SYS_read), "S161",
	      "WRONG: a reader that holds the end to write waits for itself");
	need(kill(pid, SIGKILL));
	check(ended(pid) == 128 + SIGKILL, "S161",
	      "it had not ended by itself: it took a signal");
	return done();
}

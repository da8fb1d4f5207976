// SPDX-License-Identifier: GPL-2.0-only
/*
 * pipe_one_way: a pipe carries bytes one way only.
 *
 * Notes: S111 (000:261), S152 (000:318), S193 (002:19), S335 (000:276)
 * Watch: both ends are used the wrong way round; a consumer tries to answer
 *        on the pipe from which it read.
 * See:   EBADF each time. The notes call a pipe "bidirectional in the form of
 *        producer and consumer": it is not. (Two pipes are: see two_pipes.)
 */
#include "../check.h"

/* Reads a question and, WRONG, answers on the same pipe: returns the error. */
static int consumer(int fd[2])
{
	char text[20] = "";
	int error;

	need(close(fd[1]));
	need(read(fd[0], text, sizeof(text) - 1));
	error = write(fd[0], "an answer", 9) == -1 ? errno : 0;
	say("consumer read \"%s\"; its answer: %s", text, strerror(error));
	return error;
}

int main(void)
{
	int fd[2], saved;
	ssize_t n;
	pid_t pid;
	char byte;

	need(pipe(fd));
	n = write(fd[0], "x", 1);
	saved = errno;
	say("write(fd[0]) returned %zd: %s", n, strerror(saved));
	check(n == -1 && saved == EBADF, "S111 S152 S193",
	      "nothing can be written to the end to read");

	n = read(fd[1], &byte, 1);
	saved = errno;
	say("read(fd[1]) returned %zd: %s", n, strerror(saved));
	check(n == -1 && saved == EBADF, "S111 S152 S193",
	      "nothing can be read from the end to write");

	pid = need(fork());
	if (!pid)
		_exit(consumer(fd));
	need(write(fd[1], "a question", 10));
	check(ended(pid) == EBADF, "S335",
	      "WRONG: a consumer cannot answer on the producer's pipe");
	return done();
}

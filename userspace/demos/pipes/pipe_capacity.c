// SPDX-License-Identifier: GPL-2.0-only
/*
 * pipe_capacity: a pipe holds only so much; then the writer has to wait.
 *
 * Notes: S114 (003:153), S156 (001:109), S164 (003:137)
 * Watch: a pipe is filled without waiting until EAGAIN; a child then writes
 *        with waiting.
 * See:   it takes exactly what F_GETPIPE_SZ says (64 KiB, unless changed). The
 *        child sleeps in write() until someone reads.
 */
#include "../check.h"
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>

#define PIECE 4096

/* Writes until the pipe takes no byte more; returns how many it took. */
static int fill(int fd, int *error)
{
	static const char piece[PIECE];
	int sum = 0;

	need(fcntl(fd, F_SETFL, O_NONBLOCK));
	while (write(fd, piece, PIECE) == PIECE)
		sum += PIECE;
	while (write(fd, piece, 1) == 1)
		sum++;
	*error = errno;
	need(fcntl(fd, F_SETFL, 0));
	return sum;
}

int main(void)
{
	static char piece[PIECE];
	int fd[2], capacity, filled, error, status, held;
	pid_t pid;

	need(pipe(fd));
	capacity = need(fcntl(fd[1], F_GETPIPE_SZ));
	filled = fill(fd[1], &error);
	say("F_GETPIPE_SZ says %d, and it took %d bytes", capacity, filled);
	say("one byte more: %s", strerror(error));
	check(filled == 65536 && filled == capacity && error == EAGAIN,
	      "S114 S156", "a pipe takes 65536 bytes and not one more");

	need(fcntl(fd[1], F_SETPIPE_SZ, 2 * capacity));
	filled += fill(fd[1], &error);
	say("after F_SETPIPE_SZ %d it holds %d", 2 * capacity, filled);
	check(filled == 2 * capacity, "S156",
	      "F_SETPIPE_SZ makes the pipe larger");

	pid = need(fork());
	if (!pid)
		_exit(write(fd[1], piece, PIECE) != PIECE);
	until(asleep_in(pid, SYS_write) || state_of(pid) == 'Z');
	say("a child that writes to the full pipe is in state %c",
	    state_of(pid));
	check(asleep_in(pid, SYS_write), "S114 S156 S164",
	      "a writer sleeps while there is no space");
	need(read(fd[0], piece, PIECE));
	status = ended(pid);
	need(ioctl(fd[0], FIONREAD, &held));
	say("%d bytes were read, and the child wrote its own", PIECE);
	check(status == 0 && held == filled, "S164",
	      "the writer goes on when a reader has made space");

	while (held > 0)
		held -= need(read(fd[0], piece, PIECE));
	need(fcntl(fd[0], F_SETFL, O_NONBLOCK));
	check(read(fd[0], piece, PIECE) == -1 && errno == EAGAIN, "S164",
	      "there is nothing to read when all has been read");
	need(write(fd[1], piece, 5));
	check(read(fd[0], piece, PIECE) == 5, "S164",
	      "what is there can be read");
	return done();
}

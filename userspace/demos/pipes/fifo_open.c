// SPDX-License-Identifier: GPL-2.0-only
/*
 * fifo_open: open() of a FIFO waits until both ends are open.
 *
 * Notes: S182 (000:322)
 * Watch: a reader opens a FIFO that no one writes to, a writer one that no one
 *        reads; then both without waiting.
 * See:   each sleeps in open() until the other comes. With O_NONBLOCK a reader
 *        gets in alone, but a writer without a reader gets ENXIO.
 */
#include "../check.h"
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#define FIFO "fifo_open.fifo"

/* Starts a process that opens the FIFO; waits until it sleeps or has ended. */
static pid_t opener(int how)
{
	pid_t pid = need(fork());

	if (!pid)
		_exit(open(FIFO, how) == -1);
	until(asleep_in(pid, SYS_openat) || state_of(pid) == 'Z');
	return pid;
}

int main(void)
{
	int fd, saved;
	pid_t pid;

	unlink(FIFO);
	need(mkfifo(FIFO, 0600));
	fd = open(FIFO, O_WRONLY | O_NONBLOCK);
	saved = errno;
	say("writer, O_NONBLOCK, no reader: %s", strerror(saved));
	check(fd == -1 && saved == ENXIO, "S182",
	      "a writer that will not wait for a reader gets ENXIO");

	fd = open(FIFO, O_RDONLY | O_NONBLOCK);
	say("reader, O_NONBLOCK, no writer: descriptor %d", fd);
	check(fd >= 0, "S182", "a reader that will not wait gets in alone");
	need(close(fd));

	pid = opener(O_RDONLY);
	say("reader, no writer: state %c", state_of(pid));
	check(asleep_in(pid, SYS_openat), "S182",
	      "a reader sleeps in open() while there is no writer");
	fd = need(open(FIFO, O_WRONLY));
	check(ended(pid) == 0, "S182", "the writer's open() wakes the reader");
	need(close(fd));

	pid = opener(O_WRONLY);
	say("writer, no reader: state %c", state_of(pid));
	check(asleep_in(pid, SYS_openat), "S182",
	      "a writer sleeps in open() while there is no reader");
	fd = need(open(FIFO, O_RDONLY));
	check(ended(pid) == 0, "S182", "the reader's open() wakes the writer");
	need(close(fd));
	need(unlink(FIFO));
	return done();
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * pipe_ring: what happens when the end of the pipe's array is reached.
 *
 * Notes: S114 (003:153)
 * Watch: a pipe of two pages is kept full while 100 pages go through it.
 * See:   the kernel goes on at the start of the array: a ring. Nothing is lost
 *        or overwritten; when the ring is full the writer gets EAGAIN.
 */
#include "../check.h"
#include <fcntl.h>

#define SLOTS 2
#define PAGES 100
#define PAGE 4096

/* Writes a page full of one number; returns whether it fitted. */
static int put(int fd, int number)
{
	char page[PAGE];

	memset(page, number, PAGE);
	return write(fd, page, PAGE) == PAGE;
}

/* Returns whether a page full of this number comes out. */
static int get(int fd, int number)
{
	char page[PAGE], wanted[PAGE];

	memset(wanted, number, PAGE);
	return read(fd, page, PAGE) == PAGE && !memcmp(page, wanted, PAGE);
}

int main(void)
{
	int fd[2], in = 0, out = 0, whole = 0, refused = 0;

	need(pipe2(fd, O_NONBLOCK));
	need(fcntl(fd[1], F_SETPIPE_SZ, SLOTS * PAGE));
	while (put(fd[1], in))
		in++;
	say("the pipe took %d pages, then: %s", in, strerror(errno));
	check(in == SLOTS && errno == EAGAIN, "S114",
	      "when the array is full the writer is refused");

	while (out < PAGES) {
		whole += get(fd[0], out++);
		put(fd[1], in++);
		refused += !put(fd[1], 0) && errno == EAGAIN;
	}
	say("%d pages came out of the %d slots, %d of them as written", out,
	    SLOTS, whole);
	check(whole == PAGES, "S114",
	      "at its end the array goes on at its start, and nothing is lost");
	check(refused == PAGES, "S114",
	      "it was full all the time: no page was overwritten");
	return done();
}

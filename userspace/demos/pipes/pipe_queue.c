// SPDX-License-Identifier: GPL-2.0-only
/*
 * pipe_queue: a pipe is a queue: write() pushes, read() pops.
 *
 * Notes: S167 (002:66)
 * Watch: three letters are pushed and popped one by one; then another process
 *        pops from the empty queue.
 * See:   first in, first out. Who pops from an empty queue sleeps until the
 *        other process pushes.
 */
#include "../check.h"
#include <sys/ioctl.h>
#include <sys/syscall.h>

static int fd[2];

static void push(char item)
{
	need(write(fd[1], &item, 1));
}

static char pop(void)
{
	char item = 0;

	need(read(fd[0], &item, 1));
	return item;
}

static int length(void)
{
	int bytes;

	need(ioctl(fd[0], FIONREAD, &bytes));
	return bytes;
}

int main(void)
{
	int in_order = 1;
	pid_t pid;

	need(pipe(fd));
	for (int c = 'a'; c <= 'c'; c++) {
		push(c);
		say("pushed %c: length %d", c, length());
		in_order = in_order && length() == c - 'a' + 1;
	}
	for (int c = 'a'; c <= 'c'; c++) {
		char item = pop();

		say("popped %c: length %d", item, length());
		in_order = in_order && item == c && length() == 'c' - c;
	}
	check(in_order, "S167", "what is pushed first is popped first");

	pid = need(fork());
	if (!pid)
		_exit(pop());
	until(asleep_in(pid, SYS_read) || state_of(pid) == 'Z');
	say("the queue is empty: the process that pops is in state %c",
	    state_of(pid));
	check(asleep_in(pid, SYS_read), "S167",
	      "a pop from an empty queue sleeps");
	push('z');
	check(ended(pid) == 'z', "S167", "the next push wakes it");
	return done();
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * pipe_siblings: an anonymous pipe joins relatives, here two siblings.
 *
 * Notes: S112 (000:265), S171 (002:70)
 * Watch: the parent makes a pipe and two children; before any of them uses the
 *        pipe, it closes both ends.
 * See:   one child writes its parent's pid to the other, one way; the parent
 *        takes no part in it.
 */
#include "../check.h"
#include <signal.h>

/* Each child closes the end that it does not use, so it is one-way. */
static int elder(int fd[2])
{
	pid_t parent = getppid();

	raise(SIGSTOP); /* until the parent has closed both ends */
	need(close(fd[0]));
	need(write(fd[1], &parent, sizeof(parent)));
	return 0;
}

static int younger(int fd[2])
{
	pid_t parent = 0;

	need(close(fd[1]));
	need(read(fd[0], &parent, sizeof(parent)));
	say("process %d read: my sibling's parent is %d", getpid(), parent);
	return parent != getppid();
}

int main(void)
{
	pid_t first, second;
	int fd[2];

	need(pipe(fd));
	first = need(fork());
	if (!first)
		_exit(elder(fd));
	second = need(fork());
	if (!second)
		_exit(younger(fd));
	until(state_of(first) == 'T');
	need(close(fd[0]));
	need(close(fd[1]));
	say("parent %d made the pipe and has closed both ends", getpid());
	need(kill(first, SIGCONT));
	check(ended(first) == 0 && ended(second) == 0, "S112 S171",
	      "two children talk through the pipe that they inherited");
	return done();
}

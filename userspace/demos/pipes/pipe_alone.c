// SPDX-License-Identifier: GPL-2.0-only
/*
 * pipe_alone: the two ends of a pipe are two descriptors, not two processes.
 *
 * Notes: S343 (004:132)
 * Watch: a process without children writes to its own pipe and reads it.
 * See:   it works: pipe() makes descriptors; who holds them is another matter.
 */
#include "../check.h"

int main(void)
{
	char text[20] = "";
	int fd[2];

	need(pipe(fd));
	say("process %d holds fd[0] = %d and fd[1] = %d", getpid(), fd[0],
	    fd[1]);
	need(write(fd[1], "monologue", 9));
	need(read(fd[0], text, sizeof(text) - 1));
	say("it wrote to %d and read \"%s\" from %d", fd[1], text, fd[0]);
	check(!strcmp(text, "monologue"), "S343",
	      "one process writes and reads one pipe");
	check(wait(NULL) == -1 && errno == ECHILD, "S343",
	      "there was no second process");
	return done();
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * pipe_many: a pipe can have many writers and many readers.
 *
 * Notes: S153 (001:105)
 * Watch: three processes write a byte each; then two processes read one each.
 * See:   all three bytes arrive, and the two readers share what is written.
 *        The notes say that only one process may be at each end: not so.
 */
#include "../check.h"

#define WRITERS 3
#define READERS 2

/* Returns the byte it took out, or 0. */
static int reader(int fd)
{
	char byte = 0;

	need(read(fd, &byte, 1));
	return byte;
}

int main(void)
{
	char text[20] = "";
	pid_t pid[READERS];
	int fd[2], got[READERS];

	need(pipe(fd));
	for (int i = 0; i < WRITERS; i++)
		if (!need(fork()))
			_exit(write(fd[1], &"abc"[i], 1) != 1);
	for (int i = 0; i < WRITERS; i++)
		need(wait(NULL));
	need(read(fd[0], text, sizeof(text) - 1));
	say("three writers; read \"%s\" (the order may differ)", text);
	check(strlen(text) == 3 && strchr(text, 'a') && strchr(text, 'b') &&
		      strchr(text, 'c'),
	      "S153", "not as in the notes: three processes write to one pipe");

	for (int i = 0; i < READERS; i++) {
		pid[i] = need(fork());
		if (!pid[i])
			_exit(reader(fd[0]));
	}
	need(write(fd[1], "XY", 2));
	need(close(fd[1]));
	for (int i = 0; i < READERS; i++)
		got[i] = ended(pid[i]);
	say("two readers; the first took %c, the second took %c", got[0],
	    got[1]);
	check(got[0] + got[1] == 'X' + 'Y' && got[0] != got[1], "S153",
	      "two processes read one pipe: each byte goes to one of them");
	return done();
}

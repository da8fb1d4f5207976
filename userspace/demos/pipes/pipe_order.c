// SPDX-License-Identifier: GPL-2.0-only
/*
 * pipe_order: bytes leave a pipe in the order in which they were written.
 *
 * Notes: S115 (003:154), S154 (001:107)
 * Watch: a child writes the numbers from 0 to 999999, while the parent reads.
 *        The pipe holds 16384 of them, so it is read while it is written.
 * See:   all of them arrive, each one greater than the one before.
 */
#include "../check.h"
#include <stdint.h>

#define NUMBERS 1000000

static void writer(FILE *out)
{
	for (uint32_t i = 0; i < NUMBERS; i++)
		if (fwrite(&i, sizeof(i), 1, out) != 1)
			_exit(1);
	_exit(fclose(out) != 0);
}

int main(void)
{
	uint32_t number, wanted = 0, wrong = 0;
	FILE *in;
	int fd[2];
	pid_t pid;

	need(pipe(fd));
	pid = need(fork());
	if (!pid)
		writer(need_ptr(fdopen(fd[1], "w")));
	need(close(fd[1]));
	in = need_ptr(fdopen(fd[0], "r"));
	while (fread(&number, sizeof(number), 1, in) == 1)
		wrong += number != wanted++;
	say("read %u numbers, %u of them not in order", wanted, wrong);
	check(ended(pid) == 0 && wanted == NUMBERS && wrong == 0, "S115 S154",
	      "a million numbers arrive in order while both are at work");
	return done();
}

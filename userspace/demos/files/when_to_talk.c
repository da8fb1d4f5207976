// SPDX-License-Identifier: GPL-2.0-only
/*
 * when_to_talk: when is communication necessary?
 *
 * Notes: S9 (003:24)
 * Watch: two children add up one half of a range each. First nobody else
 *        needs their results; then the parent wants the total.
 * See:   the first needs no channel at all. The second cannot be done with
 *        variables, since each child has a copy; a pipe does it. So: when a
 *        process needs what another one found out.
 */
#include "../check.h"

#define HALF 10000L

static long result[2]; /* each process has its own two */

static long add_up(int half)
{
	long sum = 0;

	for (long i = half * HALF + 1; i <= (half + 1) * HALF; i++)
		sum += i;
	return sum;
}

/* What a child needs was copied to it by fork(): which half. */
static pid_t start(int half, int to_parent)
{
	pid_t pid = need(fork());

	if (pid)
		return pid;
	result[half] = add_up(half);
	say("child %d: my half is %ld", half, result[half]);
	if (to_parent >= 0)
		need(write(to_parent, &result[half], sizeof(long)));
	/* The sum of an arithmetic series, to see if it is right. */
	_exit(result[half] != HALF * (HALF * (2 * half + 1) + 1) / 2);
}

int main(void)
{
	long total = 2 * HALF * (2 * HALF + 1) / 2, part, sum = 0;
	pid_t child[2];
	int fd[2], wrong;

	child[0] = start(0, -1);
	child[1] = start(1, -1);
	wrong = ended(child[0]) + ended(child[1]);
	check(!wrong, "S9",
	      "children that use their results themselves need no channel");

	say("parent: result[0] + result[1] = %ld, it should be %ld",
	    result[0] + result[1], total);
	check(result[0] + result[1] == 0, "S9",
	      "the parent knows nothing of results in its children's variables");

	need(pipe(fd));
	child[0] = start(0, fd[1]);
	child[1] = start(1, fd[1]);
	for (int i = 0; i < 2; i++) {
		need(read(fd[0], &part, sizeof(part)));
		sum += part;
	}
	wrong = ended(child[0]) + ended(child[1]);
	say("parent: through the pipe came %ld", sum);
	check(!wrong && sum == total, "S9",
	      "a process that needs the results of others must be told them");
	return done();
}

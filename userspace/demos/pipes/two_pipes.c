// SPDX-License-Identifier: GPL-2.0-only
/*
 * two_pipes: for both directions it takes two pipes.
 *
 * Notes: S110 (000:262), S152 (000:318), S335 (000:276)
 * Watch: first one pipe is used for question and answer, then two pipes are.
 * See:   on one pipe nothing keeps the asker from reading its own question;
 *        with two, questions go down one and answers come up the other.
 */
#include "../check.h"

#define QUESTIONS 3

/* Answers with the square of each number. */
static int child(int down[2], int up[2])
{
	int number;

	need(close(down[1]));
	need(close(up[0]));
	while (need(read(down[0], &number, sizeof(number))) > 0) {
		number *= number;
		need(write(up[1], &number, sizeof(number)));
	}
	return 0;
}

int main(void)
{
	int down[2], up[2], right = 0, answer;
	pid_t pid;

	need(pipe(down));
	answer = 7;
	need(write(down[1], &answer, sizeof(answer)));
	need(read(down[0], &answer, sizeof(answer)));
	say("one pipe: asked for 7 x 7, read %d", answer);
	check(answer == 7, "S335",
	      "WRONG: on one pipe the asker reads its own question");

	need(pipe(up));
	pid = need(fork());
	if (!pid)
		_exit(child(down, up));
	need(close(down[0]));
	need(close(up[1]));
	for (int i = 1; i <= QUESTIONS; i++) {
		need(write(down[1], &i, sizeof(i)));
		need(read(up[0], &answer, sizeof(answer)));
		say("two pipes: asked for %d x %d, read %d", i, i, answer);
		right += answer == i * i;
	}
	need(close(down[1]));
	check(ended(pid) == 0 && right == QUESTIONS, "S110 S152 S335",
	      "with a pipe for each direction all answers come back");
	return done();
}

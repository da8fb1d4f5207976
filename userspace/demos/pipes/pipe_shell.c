// SPDX-License-Identifier: GPL-2.0-only
/*
 * pipe_shell: what a shell does for "prog1 | prog2".
 *
 * Notes: S162 (003:131), S163 (003:136)
 * Watch: a line with two programs is taken apart; dup2() makes the pipe the
 *        standard output of the first and the standard input of the second.
 * See:   neither program knows of the pipe; "abc" comes out as "ABC".
 */
#include "../check.h"

#define MAX_WORDS 8

/* Splits a command into words, as execvp() wants them. */
static void split(char *command, char *words[MAX_WORDS + 1])
{
	int n = 0;

	for (char *word = strtok(command, " "); word && n < MAX_WORDS;
	     word = strtok(NULL, " "))
		words[n++] = word;
	words[n] = NULL;
}

/* Starts a command with these descriptors as standard input and output. */
static pid_t start(char *command, int in, int out)
{
	char *words[MAX_WORDS + 1];
	pid_t pid = need(fork());

	if (pid)
		return pid;
	need(dup2(in, STDIN_FILENO));
	need(dup2(out, STDOUT_FILENO));
	for (int fd = 3; fd < 20; fd++)
		close(fd); /* else the second would never see the end */
	split(command, words);
	execvp(words[0], words);
	_exit(127);
}

int main(void)
{
	char line[] = "echo abc | tr a-z A-Z", text[100] = "";
	int between[2], result[2], first_status, second_status;
	pid_t first, second;
	char *bar;

	say("line: %s", line);
	bar = strchr(line, '|');
	*bar = 0;
	need(pipe(between));
	need(pipe(result));
	first = start(line, STDIN_FILENO, between[1]);
	second = start(bar + 1, between[0], result[1]);
	need(close(between[0]));
	need(close(between[1]));
	need(close(result[1]));

	need(read(result[0], text, sizeof(text) - 1));
	first_status = ended(first);
	second_status = ended(second);
	text[strcspn(text, "\n")] = 0;
	say("\"%s\" ended with %d, \"%s\" with %d; result: %s", line,
	    first_status, bar + 1, second_status, text);
	check(!first_status && !second_status && !strcmp(text, "ABC"),
	      "S162 S163",
	      "the output of the first program is the input of the second");
	return done();
}

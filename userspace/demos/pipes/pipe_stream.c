// SPDX-License-Identifier: GPL-2.0-only
/*
 * pipe_stream: a pipe is a stream of bytes, without boundaries.
 *
 * Notes: S160 (000:317), S174 (001:260)
 * Watch: two writes of two bytes each, then one read.
 * See:   the read returns all four bytes; where one write ended is lost.
 */
#include "../check.h"

int main(void)
{
	char text[100];
	int fd[2];
	ssize_t n;

	need(pipe(fd));
	need(write(fd[1], "AA", 2));
	need(write(fd[1], "BB", 2));
	say("wrote \"AA\", then \"BB\"");
	n = need(read(fd[0], text, sizeof(text)));
	say("one read of up to %zu bytes returned %zd: \"%.*s\"", sizeof(text),
	    n, (int)n, text);
	check(n == 4 && !memcmp(text, "AABB", 4), "S160 S174",
	      "what was written in two pieces is read as one");
	return done();
}

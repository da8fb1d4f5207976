// SPDX-License-Identifier: GPL-2.0-only
/*
 * file_wait: a file makes nobody wait; a parent waits with wait().
 *
 * Notes: S196 (002:60)
 * Watch: a child writes a file in two pieces, and stops itself before each.
 *        The parent reads the file at these moments, and after wait().
 * See:   without wait(): nothing, then half of it, and read() never blocks.
 *        After wait(): all of it.
 */
#include "../check.h"

#include <fcntl.h>
#include <signal.h>

static char text[100];

/* Reads the file from its beginning. */
static ssize_t read_all(int fd)
{
	ssize_t n = need(pread(fd, text, sizeof(text) - 1, 0));

	text[n] = 0;
	return n;
}

int main(void)
{
	char name[] = "/tmp/file_wait-XXXXXX";
	int fd, status;
	pid_t child;
	ssize_t n;

	fd = (int)need(mkstemp(name));
	child = need(fork());
	if (!child) {
		raise(SIGSTOP); /* the scheduler could do this at any time */
		need(write(fd, "first half, ", 12));
		raise(SIGSTOP);
		need(write(fd, "second half", 11));
		_exit(0);
	}

	until(state_of(child) == 'T');
	n = read_all(fd);
	say("WRONG, without wait(): read %zd bytes: \"%s\"", n, text);
	check(n == 0, "S196",
	      "without wait() the parent may find an empty file");

	need(kill(child, SIGCONT));
	until(state_of(child) == 'T' && read_all(fd));
	n = read_all(fd);
	say("WRONG, without wait(): read %zd bytes: \"%s\"", n, text);
	check(n == 12, "S196",
	      "without wait() the parent may find half of what is written");

	need(kill(child, SIGCONT));
	status = ended(child);
	n = read_all(fd);
	say("after wait():          read %zd bytes: \"%s\"", n, text);
	check(status == 0 && n == 23 &&
		      !strcmp(text, "first half, second half"),
	      "S196", "after wait() the parent finds all of it");
	need(unlink(name));
	return done();
}

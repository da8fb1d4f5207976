// SPDX-License-Identifier: GPL-2.0-only
/*
 * fd_table: a descriptor is an index into a table of the process.
 *
 * Notes: S254 (003:264-266; 001:267-268)
 * Watch: one file opened twice, one of the descriptors doubled with dup(),
 *        and a child that uses the same numbers for something else.
 * See:   an entry leads to an open file, which has a position. Two opens have
 *        two positions, dup() and fork() share one. And the table itself is
 *        each process's own.
 */
#include "../check.h"

#include <fcntl.h>

static const char path[] = "/tmp/fd_table.text";

/* Position of an open file as the kernel keeps it: proc(5), fdinfo. */
static long position(int fd)
{
	char info[64];
	long pos = -1;
	FILE *file;

	snprintf(info, sizeof(info), "/proc/self/fdinfo/%d", fd);
	file = need_ptr(fopen(info, "r"));
	if (fscanf(file, "pos: %ld", &pos) != 1)
		pos = -1;
	fclose(file);
	return pos;
}

/* Where the entry leads to, as "ls -l /proc/PID/fd" shows it. */
static const char *leads_to(int fd)
{
	static char target[256];
	char link[64];
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, target, sizeof(target) - 1);
	target[n < 0 ? 0 : n] = 0;
	return target;
}

int main(void)
{
	int one, two, doubled, again, status;
	char text[4];
	pid_t child;

	closefrom(3); /* whatever else we were started with */
	one = need(open(path, O_RDWR | O_CREAT | O_TRUNC, 0600));
	need(write(one, "abcdefgh", 8));
	two = need(open(path, O_RDONLY));
	doubled = need(dup(one));
	need(lseek(one, 2, SEEK_SET));
	for (int fd = one; fd <= doubled; fd++)
		say("%d -> %s, position %ld", fd, leads_to(fd), position(fd));
	check(two == one + 1 && doubled == one + 2 &&
		      !strcmp(leads_to(two), path),
	      "S254",
	      "open() and dup() take the next free entry, which leads to a file");
	check(position(one) == 2 && position(two) == 0, "S254",
	      "each open has a position of its own");
	check(position(doubled) == 2, "S254", "dup() shares the position");

	need(read(doubled, text, 4));
	say("read \"%.4s\" from %d: positions %ld, %ld, %ld", text, doubled,
	    position(one), position(two), position(doubled));
	check(!memcmp(text, "cdef", 4) && position(one) == 6 &&
		      position(two) == 0,
	      "S254", "reading moves the position of all who share it");

	child = need(fork());
	if (!child) {
		need(read(one, text, 1)); /* the open file is shared ... */
		close(one); /* ... but the table is the child's */
		again = need(open("/dev/null", O_RDONLY));
		say("child: read a byte, closed %d, opened: %d -> %s", one,
		    again, leads_to(again));
		_exit(again == one ? 0 : 1);
	}
	status = ended(child);
	say("parent: %d -> %s, position %ld", one, leads_to(one),
	    position(one));
	check(status == 0 && !strcmp(leads_to(one), path), "S254",
	      "the same number is another file in another process");
	check(position(one) == 7, "S254",
	      "fork() copies the table; the open files and positions are one");
	need(unlink(path));
	return done();
}

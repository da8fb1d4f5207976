// SPDX-License-Identifier: GPL-2.0-only
/*
 * share_by_file: a file is data that processes share by its name.
 *
 * Notes: S13 (003:29; 002:38,47-60; 002:9)
 * Watch: Alice writes a file and ends. Later Bob, who never met her, opens it
 *        by its name, reads it and adds a line.
 * See:   the data outlives its writer; what one adds another reads, even in
 *        a file that he opened before; and the mode of the file says who may.
 */
#include "../check.h"

#include <fcntl.h>
#include <sys/stat.h>

#define ALICE 1000
#define BOB 1001

/* Runs as a process of that user: adds a line and gives its own errno. */
static int add_line(uid_t user, const char *path, const char *line)
{
	pid_t pid = need(fork());
	int fd;

	if (pid)
		return ended(pid);
	need(setuid(user));
	umask(0);
	fd = open(path, O_WRONLY | O_APPEND | O_CREAT, 0666);
	if (fd == -1)
		_exit(errno);
	need(write(fd, line, strlen(line)));
	_exit(0);
}

int main(void)
{
	char dir[] = "/tmp/share_by_file-XXXXXX", text[100];
	int fd, failed;
	ssize_t n;

	need(chdir(need_ptr(mkdtemp(dir))));
	need(chmod(".", 0777));

	need0(add_line(ALICE, "board", "alice: anybody here?\n"));
	say("alice wrote into the file \"board\", and her process has ended");
	fd = need(open("board", O_RDONLY));
	n = need(read(fd, text, sizeof(text)));
	check(n == 21 && !memcmp(text, "alice: anybody here?\n", 21), "S13",
	      "the name is enough to read what an ended process wrote");

	need0(add_line(BOB, "board", "bob: yes\n"));
	n = need(read(fd, text, sizeof(text)));
	say("bob added a line; who had opened it before reads: %.*s",
	    n ? (int)n - 1 : 0, text);
	check(n == 9 && !memcmp(text, "bob: yes\n", 9), "S13",
	      "what one process adds to a file another one reads in it");

	need(chmod("board", 0600));
	failed = add_line(BOB, "board", "bob: me again\n");
	say("mode 0600, bob tries again: %s", strerror(failed));
	n = need(read(fd, text, sizeof(text)));
	check(failed == EACCES && n == 0, "S13",
	      "the mode of the file says who shares it");
	need(unlink("board"));
	need(rmdir(dir));
	return done();
}

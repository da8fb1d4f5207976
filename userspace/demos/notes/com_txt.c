// SPDX-License-Identifier: GPL-2.0-only
// com_txt.printed, corrected. "was:" and "new:" mark the changes; so does
// fail(), for as printed no call is checked.
#include <fcntl.h> // new, as all of these
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

// new: no call may fail without a word.
static void fail(const char *call)
{
	perror(call);
	exit(1);
}

int main(void)
{
	int fd;
	char buf[5];
	int status; // new

	// was: 'com.txt' and only O_RDWR
	fd = open("com.txt", O_RDWR | O_CREAT | O_TRUNC, 0644);
	if (fd == -1)
		fail("open");
	switch (fork()) { // new: now there is somebody to communicate with
	case -1:
		fail("fork");
		break;
	case 0:
		if (write(fd, "test", 5) != 5)
			fail("write");
		exit(0);
	}
	// new: a file does not make its reader wait, so the parent does it
	if (wait(&status) == -1)
		fail("wait");
	if (status != 0)
		return 1;
	// new: what the child wrote has moved the offset of both
	if (lseek(fd, 0, SEEK_SET) == -1)
		fail("lseek");
	if (read(fd, buf, 5) != 5)
		fail("read");
	printf("%s\n", buf); // new
	close(fd);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-only
// pipe_hello.printed, corrected. "was:" and "new:" mark each change.
#include <stdio.h>
#include <stdlib.h> // new: for exit()
#include <unistd.h>
#include <sys/types.h>
#include <sys/wait.h> // new: for waitpid()
#define MAXLINE 4096

int main(void)
{
	int n, fd[2]; // two file descriptors
	pid_t pid;
	char line[MAXLINE];
	int status; // new

	if (pipe(fd) < 0) { // no pipe was made
		perror("pipe error");
		exit(1); // was: -1, which arrives as 255
	}

	if ((pid = fork()) < 0) { // fork failed
		perror("fork error");
		exit(1); // was: -1
	} else if (pid > 0) { // parent process
		/*parent*/
		close(fd[0]);
		// was: fd[1]. and 14; the 14th byte is the end of the string.
		// new: looks whether it was written
		if (write(fd[1], "hello, world\n", 13) != 13) {
			perror("write error");
			exit(1);
		}
		close(fd[1]); // new
		// new: was in the child, which has no child to wait for
		if (waitpid(pid, &status, 0) < 0 || status != 0)
			exit(1);
	} else { // child process
		/*child*/
		close(fd[1]);
		n = read(fd[0], line, MAXLINE);
		if (n < 0) { // new: -1 is no length to write
			perror("read error");
			exit(1);
		}
		// was: lien; new: looks whether it was written
		if (write(STDOUT_FILENO, line, n) != n) {
			perror("write error");
			exit(1);
		}
	}
	exit(0);
}

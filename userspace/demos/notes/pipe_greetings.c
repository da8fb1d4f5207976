// SPDX-License-Identifier: GPL-2.0-only
// pipe_greetings.printed, corrected. "was:" and "new:" mark the changes; so does
// fail(), for as printed no call is checked.
#include <stdio.h>
#include <stdlib.h> // new
#include <string.h>
#include <unistd.h>
#include <sys/types.h>
#include <sys/wait.h> // new

#define BUFFER_SIZE 25
#define READ_END 0
#define WRITE_END 1

// new: no call may fail without a word.
static void fail(const char *call)
{
	perror(call);
	exit(1);
}

int main(void)
{
	char write_msg[BUFFER_SIZE] = "Greetings";
	char read_msg[BUFFER_SIZE];
	int fd[2]; // size : read 1, write 1
	pid_t pid;
	ssize_t n; // new
	int status; // new

	// create a pipe
	if (pipe(fd) == -1)
		fail("pipe");

	// fork new process
	pid = fork();
	if (pid == -1)
		fail("fork");

	if (pid > 0) { // parent process
		close(fd[READ_END]);
		if (write(fd[WRITE_END], write_msg, strlen(write_msg) + 1) ==
		    -1)
			fail("write");
		close(fd[WRITE_END]);
		// new: the program ends when both have ended
		if (waitpid(pid, &status, 0) == -1)
			fail("waitpid");
		return status ? 1 : 0;
	} else if (pid == 0) { // child process
		close(fd[WRITE_END]);
		n = read(fd[READ_END], read_msg, BUFFER_SIZE);
		if (n == -1)
			fail("read");
		if (n == 0) // new: the parent died before it wrote
			return 1;
		printf("read %s\n", read_msg);
		close(fd[READ_END]);
	}

	return 0;
}

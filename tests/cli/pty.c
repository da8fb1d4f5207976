// SPDX-License-Identifier: GPL-2.0-only
/*
 * pty.c: runs a command on a terminal of its own, so that tests see what a
 * person would see.
 *
 * Usage: pty COMMAND [ARGUMENT]...
 *
 * Owns the terminal: 80 columns, all three standard descriptors.  What the
 * command prints there comes out on standard output; what comes in on standard
 * input is typed there.  Ends with the command's status.  No locks; one
 * thread.  Called by tests/cli/files.sh, commands.sh, json.sh and watch.sh, and by
 * tests/demos/tour.sh.
 */
#include <errno.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct winsize size = { .ws_row = 24, .ws_col = 80 };
	struct pollfd fds[] = { { STDIN_FILENO, POLLIN, 0 },
				{ -1, POLLIN, 0 } };
	int status;
	int master;
	pid_t pid;

	if (argc < 2) {
		fputs("usage: pty COMMAND [ARGUMENT]...\n", stderr);
		return 2;
	}
	pid = forkpty(&master, NULL, NULL, &size);
	if (pid < 0) {
		perror("pty: forkpty");
		return 125;
	}
	if (!pid) {
		/* A shell starts what runs beside it with these ignored. */
		signal(SIGINT, SIG_DFL);
		signal(SIGQUIT, SIG_DFL);
		execvp(argv[1], argv + 1);
		perror(argv[1]);
		_exit(127);
	}
	fds[1].fd = master;
	for (;;) {
		char buf[4096];
		ssize_t n;

		if (poll(fds, 2, -1) < 0)
			continue;
		if (fds[0].revents) {
			n = read(STDIN_FILENO, buf, sizeof(buf));
			/* Nothing more will be typed. */
			if (n <= 0 || write(master, buf, (size_t)n) < 0)
				fds[0].fd = -1;
		}
		if (!fds[1].revents)
			continue;
		n = read(master, buf, sizeof(buf));
		/* EIO: the last process has closed the terminal. */
		if (n <= 0)
			break;
		if (fwrite(buf, 1, (size_t)n, stdout) != (size_t)n ||
		    fflush(stdout))
			return 125;
	}
	if (fflush(stdout))
		return 125;
	if (waitpid(pid, &status, 0) != pid)
		return 125;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * socket_both_ways: one socket is enough for both directions.
 *
 * Notes: S242 (002:76)
 * Watch: parent and child each write before either reads; a pipe beside it.
 * See:   both messages are under way at once in one pair of sockets. A pipe
 *        goes one way: its reading end cannot be written.
 */
#include "../check.h"
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>

int main(void)
{
	int fd[2], pipe_fd[2], status, under_way;
	struct pollfd ends[2];
	char text[16] = "";
	pid_t child;

	need(socketpair(AF_UNIX, SOCK_STREAM, 0, fd));
	child = need(fork());
	if (child == 0) {
		need(write(fd[1], "from child", 11));
		need(raise(SIGSTOP)); /* until the parent has written, too */
		need(read(fd[1], text, sizeof(text)));
		_exit(strcmp(text, "from parent") != 0);
	}
	need(write(fd[0], "from parent", 12));
	need(waitpid(child, &status, WUNTRACED));

	/* Look, without reading: what waits at each end? */
	ends[0] = (struct pollfd){ .fd = fd[0], .events = POLLIN };
	ends[1] = (struct pollfd){ .fd = fd[1], .events = POLLIN };
	under_way = need(poll(ends, 2, 0));
	say("directions in which a message is under way: %d", under_way);
	check(under_way == 2, "S242",
	      "one pair of sockets carries both directions at once");

	need(kill(child, SIGCONT));
	recv(fd[0], text, sizeof(text), MSG_DONTWAIT); /* it is there */
	status = ended(child);
	say("the parent read \"%s\"", text);
	check(!strcmp(text, "from child") && status == 0, "S242",
	      "each end reads what the other wrote, not what it wrote itself");

	need(pipe(pipe_fd));
	check(write(pipe_fd[0], "back", 5) == -1 && errno == EBADF &&
		      write(fd[0], "back", 5) == 5,
	      "S242",
	      "the reading end of a pipe cannot be written, a socket can");
	return done();
}

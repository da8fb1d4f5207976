// SPDX-License-Identifier: GPL-2.0-only
/*
 * unrelated_pipe: must the two processes of a pipe be related? No.
 *
 * Notes: S112 (000:265), S157 (001:112)
 * Watch: a stranger is started before there is a pipe, and its parent ends. It
 *        is given the end to write over a socket; then it opens the pipe itself
 *        in /proc.
 * See:   being a child is the simple way to a descriptor, not the only one.
 */
#include "../check.h"
#include <dirent.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>

#define SOCKET "unrelated_pipe.socket"

static const struct sockaddr_un address = { AF_UNIX, SOCKET };

/* A message of a text and, if fd is not -1, a descriptor. */
static int send_to_stranger(int sock, char *text, int fd)
{
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(fd))];
	struct iovec data = { text, strlen(text) };
	struct msghdr msg = { .msg_name = (void *)&address,
			      .msg_namelen = sizeof(address),
			      .msg_iov = &data,
			      .msg_iovlen = 1 };
	struct cmsghdr *c;

	if (fd != -1) {
		msg.msg_control = control;
		msg.msg_controllen = sizeof(control);
		c = CMSG_FIRSTHDR(&msg);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(fd));
		memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	}
	return sendmsg(sock, &msg, 0) == -1 ? -1 : 0;
}

/* Returns the descriptor that came with the message, or -1. */
static int receive(int sock, char *text, size_t size)
{
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int))];
	struct iovec data = { text, size - 1 };
	struct msghdr msg = { .msg_iov = &data,
			      .msg_iovlen = 1,
			      .msg_control = control,
			      .msg_controllen = sizeof(control) };
	struct cmsghdr *c;
	int fd = -1;

	text[need(recvmsg(sock, &msg, 0))] = 0;
	c = CMSG_FIRSTHDR(&msg);
	if (c)
		memcpy(&fd, CMSG_DATA(c), sizeof(fd));
	return fd;
}

static void stranger(void)
{
	int sock = need(socket(AF_UNIX, SOCK_DGRAM, 0)), fd;
	char path[64];

	need(bind(sock, (void *)&address, sizeof(address)));
	fd = receive(sock, path, sizeof(path));
	need(dprintf(fd, "%d %d", getpid(), getppid()));
	receive(sock, path, sizeof(path));
	fd = need(open(path, O_WRONLY));
	need(write(fd, "through /proc", 13));
	_exit(0);
}

int main(void)
{
	int sock = need(socket(AF_UNIX, SOCK_DGRAM, 0)), fd[2], pid, parent;
	char text[64] = "", path[64];

	unlink(SOCKET);
	pid = need(fork());
	if (!pid) {
		if (!need(fork()))
			stranger();
		_exit(0);
	}
	ended(pid); /* now the stranger has another parent */
	need(pipe(fd));

	until(send_to_stranger(sock, "a pipe for you", fd[1]) == 0);
	need(close(fd[1]));
	need(read(fd[0], text, sizeof(text) - 1));
	need(sscanf(text, "%d %d", &pid, &parent) == 2 ? 0 : -1);
	say("read from stranger %d, whose parent is %d; I am %d, my parent %d",
	    pid, parent, getpid(), getppid());
	check(pid != getppid() && parent != getpid(), "S112 S157",
	      "a process that is no relative got the pipe over a socket");

	snprintf(path, sizeof(path), "/proc/%d/fd/%d", getpid(), fd[0]);
	need(send_to_stranger(sock, path, -1));
	memset(text, 0, sizeof(text));
	need(read(fd[0], text, sizeof(text) - 1));
	say("read \"%s\": it opened %s", text, path);
	check(!strcmp(text, "through /proc"), "S112 S157",
	      "it opened the same pipe through /proc/PID/fd");
	until(!state_of(pid) || state_of(pid) == 'Z');
	need(unlink(SOCKET));
	return done();
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * stream.c: the mechanisms of ipc.h that carry bytes, not messages: pipe, FIFO,
 * UNIX and TCP socket. They differ in how they are opened, and in nothing else.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ipc.h"

static int stream_send(struct ipc *ipc, const void *message)
{
	const char *at = message, *end = at + ipc->size;

	while (at < end) {
		ssize_t n = write(ipc->out, at, end - at);

		if (n < 0)
			return -1;
		at += n;
	}
	return 0;
}

static int stream_receive(struct ipc *ipc, void *message)
{
	char *at = message, *end = at + ipc->size;

	while (at < end) {
		ssize_t n = read(ipc->in, at, end - at);

		if (n == 0)
			errno = EPIPE;
		if (n <= 0)
			return -1;
		at += n;
	}
	return 0;
}

static void stream_close(struct ipc *ipc)
{
	if (ipc->in >= 0)
		close(ipc->in);
	if (ipc->out >= 0)
		close(ipc->out);
}

static int pipe_open(struct ipc *ipc)
{
	int fd[2];

	if (pipe(fd))
		return -1;
	ipc->in = fd[0];
	ipc->out = fd[1];
	return 0;
}

static int fifo_open(struct ipc *ipc)
{
	char name[64];

	snprintf(name, sizeof(name), "/tmp/ipc-fifo-%d", (int)getpid());
	if (mkfifo(name, 0600))
		return -1;
	/* With O_NONBLOCK this end does not wait for the other to be opened. */
	ipc->in = open(name, O_RDONLY | O_NONBLOCK);
	ipc->out = open(name, O_WRONLY);
	unlink(name);
	if (ipc->in < 0 || ipc->out < 0 || fcntl(ipc->in, F_SETFL, 0)) {
		stream_close(ipc);
		return -1;
	}
	return 0;
}

static int unix_open(struct ipc *ipc)
{
	int fd[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fd))
		return -1;
	ipc->in = fd[0];
	ipc->out = fd[1];
	return 0;
}

static int tcp_open(struct ipc *ipc)
{
	struct sockaddr_in addr = { .sin_family = AF_INET,
				    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(addr);
	int listener, one = 1;

	listener = socket(AF_INET, SOCK_STREAM, 0);
	if (listener < 0)
		return -1;
	/* Port 0: the kernel picks a free one, which getsockname() tells. */
	if (bind(listener, (struct sockaddr *)&addr, len) ||
	    listen(listener, 1) ||
	    getsockname(listener, (struct sockaddr *)&addr, &len))
		goto out;
	ipc->out = socket(AF_INET, SOCK_STREAM, 0);
	if (ipc->out < 0 || connect(ipc->out, (struct sockaddr *)&addr, len))
		goto out;
	/* A message is sent when it is sent, not when more has gathered. */
	setsockopt(ipc->out, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	ipc->in = accept(listener, NULL, NULL);
out:
	close(listener);
	if (ipc->in >= 0)
		return 0;
	stream_close(ipc);
	return -1;
}

const struct ipc_ops ipc_pipe = { "pipe", pipe_open, stream_send,
				  stream_receive, stream_close };
const struct ipc_ops ipc_fifo = { "fifo", fifo_open, stream_send,
				  stream_receive, stream_close };
const struct ipc_ops ipc_unix = { "unix", unix_open, stream_send,
				  stream_receive, stream_close };
const struct ipc_ops ipc_tcp = { "tcp", tcp_open, stream_send, stream_receive,
				 stream_close };

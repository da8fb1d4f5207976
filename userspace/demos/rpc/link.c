// SPDX-License-Identifier: GPL-2.0-only
/*
 * link.c: carries messages over a mailbox or a socket. See stubs.h.
 *
 * A mailbox keeps messages apart. The reply goes to the client's own mailbox,
 * "NAME-PID"; the kernel stamps the PID, no sender can forge it. A stream has no
 * messages, so each gets its length in front (RFC 5531, record marking).
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <mbox.h>

#include "stubs.h"

/* A client does not wait for ever. */
enum { PATIENCE_S = 20 };

static const uint32_t last_fragment = 1U << 31;

static socklen_t socket_address(const char *where, struct sockaddr_storage *to)
{
	struct sockaddr_un *local = (void *)to;
	struct sockaddr_in *tcp = (void *)to;
	char ip[16];
	int port;

	memset(to, 0, sizeof(*to));
	if (!strncmp(where, "unix:", 5)) {
		local->sun_family = AF_UNIX;
		strncpy(local->sun_path, where + 5,
			sizeof(local->sun_path) - 1);
		return sizeof(*local);
	}
	if (sscanf(where, "tcp:%15[0-9.]:%d", ip, &port) != 2)
		return 0;
	tcp->sin_family = AF_INET;
	tcp->sin_port = htons(port);
	return inet_aton(ip, &tcp->sin_addr) ? sizeof(*tcp) : 0;
}

static int open_link(struct link *link, const char *where, int is_server)
{
	struct sockaddr_storage to;
	socklen_t len;
	char mine[64];

	memset(link, 0, sizeof(*link));
	link->listener = -1;
	link->fd = -1;
	if (sscanf(where, "mbox:%31s", link->name) == 1) {
		snprintf(mine, sizeof(mine), is_server ? "%s" : "%s-%d",
			 link->name, (int)getpid());
		if (!is_server)
			link->out = mbox_open(link->name, MBOX_SEND);
		if (is_server || link->out)
			link->in = mbox_create(mine, MBOX_RECV, 0666, NULL);
		return link->in ? 0 : -1;
	}
	len = socket_address(where, &to);
	errno = EINVAL;
	if (!len)
		return -1;
	link->fd = socket(to.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (!is_server)
		return connect(link->fd, (void *)&to, len);
	link->listener = link->fd;
	link->fd = -1;
	setsockopt(link->listener, SOL_SOCKET, SO_REUSEADDR, &(int){ 1 },
		   sizeof(int));
	if (bind(link->listener, (void *)&to, len))
		return -1;
	return listen(link->listener, 5);
}

int link_open(struct link *link, const char *where)
{
	if (open_link(link, where, 0))
		return -1;
	if (link->fd < 0)
		return 0;
	return setsockopt(link->fd, SOL_SOCKET, SO_RCVTIMEO,
			  &(struct timeval){ .tv_sec = PATIENCE_S },
			  sizeof(struct timeval));
}

int link_listen(struct link *link, const char *where)
{
	return open_link(link, where, 1);
}

int link_send(struct link *link, const char *msg, size_t len)
{
	char record[4 + MESSAGE_ROOM];
	uint32_t mark = htonl(last_fragment | len), xid;

	if (!len || len > MESSAGE_ROOM) {
		errno = EMSGSIZE;
		return -1;
	}
	if (link->fd >= 0) {
		memcpy(record, &mark, 4);
		memcpy(record + 4, msg, len);
		len += 4;
		return send(link->fd, record, len, MSG_NOSIGNAL) ==
				       (ssize_t)len ?
			       0 :
			       -1;
	}
	/* The transaction is the message's tag as well. */
	memcpy(&xid, msg, sizeof(xid));
	return mbox_send_with(link->out, msg, len,
			      &(struct mbox_send_options){ .tag = ntohl(xid) });
}

/* The next record of a stream; 0 at its end. */
static ssize_t recv_record(int fd, char *msg, size_t room)
{
	uint32_t mark;
	ssize_t n = recv(fd, &mark, sizeof(mark), MSG_WAITALL);

	if (n != sizeof(mark))
		return n < 0 ? -1 : 0;
	mark = ntohl(mark) & ~last_fragment;
	if (mark > room) {
		errno = EMSGSIZE;
		return -1;
	}
	n = recv(fd, msg, mark, MSG_WAITALL);
	return n == (ssize_t)mark ? n : n < 0 ? -1 : 0;
}

static ssize_t serve_record(struct link *link, char *msg, size_t room)
{
	ssize_t n;

	for (;;) {
		if (link->fd < 0)
			link->fd = accept4(link->listener, NULL, NULL,
					   SOCK_CLOEXEC);
		if (link->fd < 0)
			return -1;
		n = recv_record(link->fd, msg, room);
		if (n > 0)
			return n;
		close(link->fd); /* this client has gone; the next */
		link->fd = -1;
	}
}

ssize_t link_recv(struct link *link, char *msg, size_t room)
{
	struct mbox_recv_options patient = { 0 };
	struct mbox_message from;
	char name[64];
	ssize_t n;

	if (link->listener >= 0)
		return serve_record(link, msg, room);
	if (link->fd >= 0) {
		n = recv_record(link->fd, msg, room);
		if (!n)
			errno = ECONNRESET;
		return n ? n : -1;
	}
	if (link->out && !link->peer) { /* a client */
		patient.deadline = mbox_deadline_in(PATIENCE_S * 1000000000ULL);
		return mbox_recv_with(link->in, msg, room, &patient, NULL);
	}
	n = mbox_recv_with(link->in, msg, room, NULL, &from);
	if (n > 0 && from.pid != link->peer) {
		mbox_close(link->out);
		snprintf(name, sizeof(name), "%s-%d", link->name, from.pid);
		link->out = mbox_open(name, MBOX_SEND);
		link->peer = from.pid;
	}
	return n;
}

void link_close(struct link *link)
{
	if (link->listener >= 0)
		close(link->listener);
	if (link->fd >= 0)
		close(link->fd);
	mbox_close(link->in);
	mbox_close(link->out);
	memset(link, 0, sizeof(*link));
	link->listener = -1;
	link->fd = -1;
}

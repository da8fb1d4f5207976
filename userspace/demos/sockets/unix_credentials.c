// SPDX-License-Identifier: GPL-2.0-only
/*
 * unix_credentials: the kernel tells who is at the other end.
 *
 * Notes: S244 (003:256)
 * Watch: a process of alice connects to a server; then it sends a message and
 *        pretends to be root.
 * See:   SO_PEERCRED gives her process and user number, from the kernel; the
 *        lie is refused with EPERM, the truth arrives.
 */
#include "../check.h"
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>

#define ALICE 1000

static struct sockaddr_un name = { .sun_family = AF_UNIX,
				   .sun_path = "unix_credentials" };

/* Sends a byte with credentials; returns 0 or the error. */
static int claim(int fd, struct ucred who)
{
	union {
		struct cmsghdr head;
		char space[CMSG_SPACE(sizeof(who))];
	} control = { .head = { .cmsg_len = CMSG_LEN(sizeof(who)),
				.cmsg_level = SOL_SOCKET,
				.cmsg_type = SCM_CREDENTIALS } };
	struct iovec byte = { .iov_base = "x", .iov_len = 1 };
	struct msghdr message = { .msg_iov = &byte,
				  .msg_iovlen = 1,
				  .msg_control = &control,
				  .msg_controllen = sizeof(control) };

	memcpy(CMSG_DATA(&control.head), &who, sizeof(who));
	return sendmsg(fd, &message, 0) == -1 ? errno : 0;
}

static struct ucred received(int fd)
{
	union {
		struct cmsghdr head;
		char space[CMSG_SPACE(sizeof(struct ucred))];
	} control = { 0 };
	char text;
	struct iovec byte = { .iov_base = &text, .iov_len = 1 };
	struct msghdr message = { .msg_iov = &byte,
				  .msg_iovlen = 1,
				  .msg_control = &control,
				  .msg_controllen = sizeof(control) };
	struct ucred who;

	need(recvmsg(fd, &message, 0));
	memcpy(&who, CMSG_DATA(&control.head), sizeof(who));
	return who;
}

int main(void)
{
	int listening, fd, one = 1, lie;
	struct ucred peer, sent;
	socklen_t len = sizeof(peer);
	pid_t alice;

	/* A name that begins with a 0 byte is no file: nothing to clean up. */
	memmove(name.sun_path + 1, name.sun_path, sizeof("unix_credentials"));
	name.sun_path[0] = 0;
	listening = need(socket(AF_UNIX, SOCK_STREAM, 0));
	need(bind(listening, &name, sizeof(name)));
	need(listen(listening, 1));
	need(setsockopt(listening, SOL_SOCKET, SO_PASSCRED, &one, sizeof(one)));

	alice = need(fork());
	if (alice == 0) {
		struct ucred root = { .pid = getpid() };
		struct ucred truth = { getpid(), ALICE, ALICE };

		need(setgid(ALICE));
		need(setuid(ALICE));
		fd = need(socket(AF_UNIX, SOCK_STREAM, 0));
		need(connect(fd, &name, sizeof(name)));
		lie = claim(fd, root);
		need0(claim(fd, truth));
		_exit(lie);
	}
	fd = need(accept(listening, NULL, NULL));
	need(getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len));
	say("SO_PEERCRED: process %d, user %d", peer.pid, peer.uid);
	check(peer.pid == alice && peer.uid == ALICE, "S244",
	      "a server learns from the kernel who has connected");

	sent = received(fd);
	lie = ended(alice);
	say("\"I am root\": %s; a message came from user %d", strerror(lie),
	    sent.uid);
	check(lie == EPERM, "S244", "a sender cannot pretend to be root");
	check(sent.pid == alice && sent.uid == ALICE, "S244",
	      "credentials that arrive with a message are true");
	return done();
}

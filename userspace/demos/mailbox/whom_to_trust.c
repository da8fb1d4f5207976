// SPDX-License-Identifier: GPL-2.0-only
/*
 * whom_to_trust: "who should you receive a message from?"
 *
 * Notes: S125 (003:326)
 * Watch: bob sends to a mailbox of alice's that is private, to her service
 *        which listens to anyone, and to a socket; he claims to be alice.
 * See:   the first is refused when he opens it. The others he may use, but the
 *        kernel says who he is, whatever he writes.
 */
#include "../check.h"

#include <mbox.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#define ALICE 1000
#define BOB 1001

/* Where the socket listens: an abstract address, no file. */
static const struct sockaddr_un address = { .sun_family = AF_UNIX,
					    .sun_path = "\0alices-socket" };

/* Makes a mailbox that belongs to alice. */
static struct mbox *alices(const char *name, mode_t mode)
{
	struct mbox *mb;

	need(seteuid(ALICE));
	mb = need_ptr(mbox_create(name, MBOX_RECV, mode, NULL));
	need(seteuid(0));
	return mb;
}

/* Bob: ends with the errno of opening the private mailbox, or 0. */
static void be_bob(void)
{
	struct mbox *service, *private;
	int fd, err;

	need(setgid(BOB));
	need(setuid(BOB));
	private = mbox_open("alices-private", MBOX_SEND);
	err = private ? 0 : errno;
	service = need_ptr(mbox_open("alices-service", MBOX_SEND));
	need(mbox_send(service, "I am alice", 10));
	fd = (int)need(socket(AF_UNIX, SOCK_STREAM, 0));
	need(connect(fd, (const struct sockaddr *)&address, sizeof(address)));
	need(write(fd, "I am alice", 10));
	_exit(err);
}

int main(void)
{
	struct mbox *private, *service;
	struct mbox_message message;
	struct mbox_status box;
	struct ucred peer = { 0 };
	int listening, fd, err;
	char text[100];
	ssize_t len;
	pid_t bob;

	umask(0);
	private = alices("alices-private", 0600);
	service = alices("alices-service", 0622);
	listening = (int)need(socket(AF_UNIX, SOCK_STREAM, 0));
	need(bind(listening, (const struct sockaddr *)&address,
		  sizeof(address)));
	need(listen(listening, 1));
	bob = need(fork());
	if (!bob)
		be_bob();

	fd = (int)need(accept(listening, NULL, NULL));
	err = ended(bob);
	need(mbox_status(private, &box));
	say("bob opens the mailbox of mode 0600: %s", strerror(err));
	check(err == EACCES && box.sent == 0, "S125",
	      "a private mailbox: others cannot even open it");

	len = need(mbox_recv_with(service, text, sizeof(text), NULL, &message));
	say("the service receives \"%.*s\" from user %d, process %d", (int)len,
	    text, (int)message.uid, (int)message.pid);
	check(message.uid == BOB && message.pid == bob && len == 10, "S125",
	      "an open service hears anyone, but the kernel stamps who it was");

	len = need(read(fd, text, sizeof(text)));
	need(getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer,
			&(socklen_t){ sizeof(peer) }));
	say("the socket receives \"%.*s\" from user %d, process %d", (int)len,
	    text, (int)peer.uid, (int)peer.pid);
	check(peer.uid == BOB && peer.pid == bob, "S125",
	      "a socket's peer is known too, if the receiver asks");
	close(fd);
	close(listening);
	mbox_close(private);
	mbox_close(service);
	return done();
}

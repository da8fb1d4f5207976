// SPDX-License-Identifier: GPL-2.0-only
/*
 * from_anybody: asymmetric addressing: the sender names the receiver, the
 * receiver names nobody and is told who it was.
 *
 * Notes: S70 (OSC ch.3), S90 (003:184), S98 (003:173)
 * Watch: a server that sleeps in receive(any), and clients of several users that
 *        know its number; one of them says that it is another.
 * See:   whoever sends wakes it, and the kernel says who that was.
 */
#include "../check.h"

#include <mbox.h>
#include <sys/mman.h>
#include <sys/syscall.h>

enum { CLIENTS = 3, ALICE = 1000 };

struct order {
	pid_t from; /* what the client says of itself */
	int number;
};

/* A client; alice's may send to none but alice's, so the server is hers. */
static pid_t start_client(struct mbox *mb, pid_t server, pid_t *clients,
			  int number)
{
	pid_t pid = need(fork());
	struct order order = { .number = number };

	if (pid)
		return pid;
	clients[number] = getpid();
	/* The last one lies. */
	order.from = number == CLIENTS - 1 ? 1 : getpid();
	need(mbox_send_to(mb, server, &order, sizeof(order)));
	_exit(0);
}

/* The server: a bit for each client whose number the kernel gave rightly. */
static int serve(struct mbox *mb, const pid_t *clients)
{
	struct mbox_message message;
	struct order order;
	int known = 0, i;

	for (i = 0; i < CLIENTS; i++) {
		need(mbox_recv_from_with(mb, 0, &order, sizeof(order), NULL,
					 &message));
		say("receive(any): order %d, says %d, is %d of user %d",
		    order.number, (int)order.from, (int)message.pid,
		    (int)message.uid);
		if (message.pid == clients[order.number] &&
		    message.uid == ALICE)
			known |= 1 << order.number;
		if (order.from != message.pid)
			known |= 8;
	}
	return known;
}

int main(void)
{
	pid_t *clients = need_ptr(mmap(NULL, 4096, PROT_READ | PROT_WRITE,
				       MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	struct mbox *mb = need_ptr(mbox_endpoint(0));
	int i, known, slept;
	pid_t server;

	server = need(fork());
	if (!server) {
		need(setresuid(ALICE, ALICE, ALICE));
		_exit(serve(mb, clients));
	}
	until(asleep_in(server, SYS_ioctl));
	slept = asleep_in(server, SYS_ioctl);
	need(seteuid(ALICE));
	for (i = 0; i < CLIENTS; i++)
		ended(start_client(mb, server, clients, i));
	need(seteuid(0));
	known = ended(server);
	check(slept && (known & 7) == 7, "S90 S98 S70",
	      "it waited for anybody, and each of them woke it");
	check(known & 8, "S98",
	      "the number that the kernel gave is right where the sender lied");
	mbox_close(mb);
	return done();
}

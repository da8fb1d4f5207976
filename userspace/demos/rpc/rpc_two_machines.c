// SPDX-License-Identifier: GPL-2.0-only
/*
 * rpc_two_machines: messages go on where shared memory ends.
 *
 * Notes: S33 (003:62), S274 (000:338)
 * Watch: two machines: processes with a network and IPC objects of their own,
 *        joined by a cable (a veth pair). A puts 42 into shared memory, makes a
 *        mailbox, and serves add(). B looks for all three. The stubs are
 *        client_stub.c and server_stub.c, link.c carries the bytes.
 * See:   inside A all three are there. From B memory and mailbox of A are not,
 *        but the call is carried out on A: only messages can be sent along a
 *        cable. The stub is the same as on one machine.
 */
#include "../check.h"

#include <mbox.h>
#include <sched.h>
#include <signal.h>
#include <sys/shm.h>

#include "stubs.h"

#define SERVER "tcp:10.9.8.1:2049"

enum { KEY = 0x5ca1ab1e, SAW_MEMORY = 1, SAW_MAILBOX = 2, CALLED = 4 };

static int real_add(int a, int b)
{
	return a + b;
}

static void serve(struct link *link)
{
	const struct procedures procedures = { .add = real_add };
	char call[MESSAGE_ROOM], reply[MESSAGE_ROOM];
	ssize_t len;

	while ((len = link_recv(link, call, sizeof(call))) > 0) {
		len = answer(&procedures, call, len, reply, sizeof(reply));
		link_send(link, reply, len);
	}
	_exit(1);
}

/* Which of the three can be had from here? */
static int look(void)
{
	struct mbox *mb = mbox_open("two_machines", MBOX_SEND);
	int id = shmget(KEY, 0, 0), saw = 0;

	if (id >= 0)
		saw |= SAW_MEMORY;
	if (mb)
		saw |= SAW_MAILBOX;
	mbox_close(mb);
	if (!bind_stubs(SERVER) && add(40, 2) == 42)
		saw |= CALLED;
	return saw;
}

static void shell(const char *command)
{
	if (system(command))
		give_up(__FILE__, __LINE__, command, "failed");
}

int main(void)
{
	int ready[2], cable[2], saw_a, saw_b, id;
	pid_t server, b;
	struct mbox *mb;
	struct link link;
	char cable_command[80], byte = 0;

	need(pipe(ready));
	need(pipe(cable));
	b = need(fork());
	if (!b) {
		need(unshare(CLONE_NEWNET | CLONE_NEWIPC));
		need(write(ready[1], &byte, 1));
		need(read(cable[0], &byte, 1)); /* A has put it in */
		shell("ip addr add 10.9.8.2/24 dev b0 && ip link set b0 up");
		need(write(ready[1], &byte, 1));
		need(read(cable[0], &byte, 1)); /* A serves */
		_exit(look());
	}
	close(ready[1]);
	need(unshare(CLONE_NEWNET | CLONE_NEWIPC)); /* this process is A */
	need(read(ready[0], &byte, 1));
	shell("modprobe -q veth || :"); /* may be built in */
	/* By its path: busybox has an ip too, which cannot do this. */
	snprintf(cable_command, sizeof(cable_command),
		 "/usr/sbin/ip link add a0 type veth peer name b0 netns %d", b);
	shell(cable_command);
	shell("ip addr add 10.9.8.1/24 dev a0 && ip link set a0 up");
	shell("ip link set lo up");
	need(write(cable[1], &byte, 1));
	need(read(ready[0], &byte, 1)); /* B has put it in as well */

	id = need(shmget(KEY, 4096, IPC_CREAT | 0666));
	mb = need_ptr(mbox_create("two_machines", MBOX_RECV, 0666, NULL));
	need(link_listen(&link, SERVER));
	server = need(fork());
	if (!server)
		serve(&link);
	saw_a = look();
	bind_stubs(NULL); /* hangs up: this server has one client at a time */
	need(write(cable[1], &byte, 1));
	saw_b = ended(b);
	for (int i = 0; i < 2; i++)
		say("machine %c: memory %s, mailbox %s, add(40, 2) %s", "AB"[i],
		    (i ? saw_b : saw_a) & SAW_MEMORY ? "yes" : "no",
		    (i ? saw_b : saw_a) & SAW_MAILBOX ? "yes" : "no",
		    (i ? saw_b : saw_a) & CALLED ? "is 42" : "fails");
	check(saw_a == (SAW_MEMORY | SAW_MAILBOX | CALLED), "S33",
	      "on the machine itself, memory, mailbox and call can be had");
	check(saw_b < 8 && !(saw_b & SAW_MEMORY), "S33",
	      "the other machine does not see the shared memory");
	check(saw_b == CALLED, "S33 S274",
	      "but a function of this machine can be called from there");
	need(kill(server, SIGKILL));
	ended(server);
	link_close(&link);
	mbox_close(mb);
	need(shmctl(id, IPC_RMID, NULL));
	return done();
}

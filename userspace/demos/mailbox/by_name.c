// SPDX-License-Identifier: GPL-2.0-only
/*
 * by_name: indirect communication: send(A, message), receive(A, message).
 *
 * Notes: S71 (000:132), S72 (000:136)
 * Watch: a sender and receivers that know a name, "A" or "B", and nothing of
 *        each other; one of them lives in another network namespace.
 * See:   only who shares the mailbox is linked: A's message reaches A.
 */
#include "../check.h"

#include <mbox.h>
#include <sched.h>

/*
 * A process that opens the mailbox by its name and receives what is there.
 * Ends with the first byte of it, or with the errno.
 */
static int receive_from(const char *name, int in_other_namespace)
{
	pid_t pid = need(fork());
	struct mbox *mb;
	char text[100];
	int ret;

	if (!pid) {
		if (in_other_namespace)
			need(unshare(CLONE_NEWNET));
		mb = mbox_open(name, MBOX_RECV | MBOX_NONBLOCK);
		if (!mb || mbox_recv(mb, text, sizeof(text)) < 0)
			_exit(errno);
		_exit(text[0]);
	}
	ret = ended(pid);
	if (ret >= 'A')
		say("receive(%s): a message for %c", name, ret);
	else
		say("receive(%s)%s: %s", name,
		    in_other_namespace ? " in another namespace" : "",
		    strerror(ret));
	return ret;
}

static int send_to(const char *name)
{
	pid_t pid = need(fork());
	struct mbox *mb;

	if (pid)
		return ended(pid);
	mb = need_ptr(mbox_open(name, MBOX_SEND));
	need(mbox_send(mb, name, strlen(name)));
	say("send(%s): done", name);
	_exit(0);
}

int main(void)
{
	const unsigned int no_rights = 0;
	int sent, from_a, from_b, from_c, elsewhere, again;
	struct mbox *a, *b;

	/* The system keeps both while a handle is open; even one like this. */
	a = need_ptr(mbox_create("A", no_rights, 0600, NULL));
	b = need_ptr(mbox_create("B", no_rights, 0600, NULL));

	sent = send_to("A");
	from_b = receive_from("B", 0);
	from_c = receive_from("C", 0);
	elsewhere = receive_from("A", 1);
	from_a = receive_from("A", 0);
	again = receive_from("A", 0);
	check(sent == 0 && from_a == 'A', "S71",
	      "the two named the mailbox, not each other, and it arrived");
	check(from_b == EAGAIN && from_c == ENOENT, "S72",
	      "who does not share the mailbox receives nothing");
	check(elsewhere == ENOENT, "S72",
	      "the same name in another namespace is another mailbox");
	check(again == EAGAIN, "S71", "what was received is gone from A");
	mbox_close(a);
	mbox_close(b);
	return done();
}

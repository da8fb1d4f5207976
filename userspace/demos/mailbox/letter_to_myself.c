// SPDX-License-Identifier: GPL-2.0-only
/*
 * letter_to_myself: a mailbox holds messages of oneself and of others.
 *
 * Notes: S80 (001:73)
 * Watch: one process sends to a mailbox, a child sends too, and the process
 *        receives from it.
 * See:   both messages; the kernel says who sent which.
 */
#include "../check.h"

#include <mbox.h>

int main(void)
{
	struct mbox_message mine, other;
	char text[2][100];
	struct mbox *mb;
	pid_t child;

	mb = need_ptr(mbox_create(NULL, MBOX_SEND | MBOX_RECV, 0, NULL));
	need(mbox_send(mb, "note to self", 13));
	child = need(fork());
	if (!child)
		_exit(mbox_send(mb, "from your child", 16) ? errno : 0);
	ended(child);

	need(mbox_recv_with(mb, text[0], sizeof(text[0]), NULL, &mine));
	need(mbox_recv_with(mb, text[1], sizeof(text[1]), NULL, &other));
	say("I am process %d", (int)getpid());
	say("from process %d: \"%s\"", (int)mine.pid, text[0]);
	say("from process %d: \"%s\"", (int)other.pid, text[1]);
	check(mine.pid == getpid() && !strcmp(text[0], "note to self"), "S80",
	      "a process receives what it sent itself");
	check(other.pid == child && !strcmp(text[1], "from your child"), "S80",
	      "and what another process sent, from the same buffer");
	mbox_close(mb);
	return done();
}

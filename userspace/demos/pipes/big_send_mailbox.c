// SPDX-License-Identifier: GPL-2.0-only
/*
 * big_send_mailbox: send more than the mailbox holds, with and without waiting.
 *
 * Notes: S97 (004:72)
 * Watch: four messages go into a mailbox of two: by a sender that may sleep,
 *        then by one with MBOX_NOWAIT. (The same with a pipe: big_send.)
 * See:   the first sleeps until a message is taken. The second gets EAGAIN for
 *        the third message; a message is never sent in part.
 */
#include "../check.h"
#include <mbox.h>

#define MESSAGES 4
#define ROOM 2

int main(void)
{
	struct mbox_send_options nowait = { .flags = MBOX_NOWAIT };
	struct mbox_attr attr = { .max_messages = ROOM };
	struct mbox_status status;
	struct mbox *box;
	int sent = 0;
	char text[20];
	pid_t pid;

	box = need_ptr(mbox_create(NULL, MBOX_SEND | MBOX_RECV | MBOX_ADMIN,
				   0600, &attr));
	pid = need(fork());
	if (!pid) {
		for (int i = 0; i < MESSAGES; i++)
			need(mbox_send(box, "message", 7));
		_exit(0);
	}
	until(mbox_status(box, &status) == 0 &&
	      (status.senders_waiting || state_of(pid) == 'Z'));
	say("mailbox holds %d of %d messages, %d sender sleeps",
	    (int)status.messages, MESSAGES, (int)status.senders_waiting);
	check(status.messages == ROOM && status.senders_waiting == 1, "S97",
	      "a blocking send sleeps when the mailbox is full");
	for (int i = 0; i < MESSAGES; i++)
		need(mbox_recv(box, text, sizeof(text)));
	check(ended(pid) == 0, "S97",
	      "it goes on as messages are taken, until all are sent");

	while (sent < MESSAGES &&
	       mbox_send_with(box, "message", 7, &nowait) == 0)
		sent++;
	say("without waiting: %d sent, then %s", sent, strerror(errno));
	check(sent == ROOM && errno == EAGAIN, "S97",
	      "a non-blocking send is refused when the mailbox is full");
	mbox_close(box);
	return done();
}

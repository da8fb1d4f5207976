// SPDX-License-Identifier: GPL-2.0-only
/*
 * not_ready_together: what if the two are not ready at the same time?
 *
 * Notes: S28 (001:67), S99 (003:174)
 * Watch: a sender that has ended before the receiver starts; then the same
 *        with a mailbox that holds nothing.
 * See:   the kernel keeps the message in between. Without a buffer the sender
 *        waits, or gives up at its deadline.
 */
#include "../check.h"

#include <mbox.h>
#include <sys/syscall.h>

static pid_t start_sender(struct mbox *mb, uint64_t patience_ns)
{
	struct mbox_send_options how = { 0 };
	pid_t pid = need(fork());

	if (pid)
		return pid;
	if (patience_ns)
		how.deadline = mbox_deadline_in(patience_ns);
	_exit(mbox_send_with(mb, "hello", 5, &how) ? errno : 0);
}

static pid_t start_receiver(struct mbox *mb)
{
	pid_t pid = need(fork());
	char text[100];

	if (pid)
		return pid;
	_exit(need(mbox_recv(mb, text, sizeof(text))) == 5 &&
			      !memcmp(text, "hello", 5) ?
		      0 :
		      1);
}

int main(void)
{
	const struct mbox_attr none = { .capacity = MBOX_RENDEZVOUS };
	struct mbox *kept, *unbuffered;
	struct mbox_status box;
	int holds_one = 0, ret;
	char line[100];
	FILE *stat;
	pid_t sender;

	kept = need_ptr(mbox_create("kept", MBOX_SEND | MBOX_RECV, 0600, NULL));
	ret = ended(start_sender(kept, 0));
	say("the sender has ended, with status %d; \"mboxctl stat\" says:",
	    ret);
	stat = need_ptr(popen("mboxctl stat kept", "r"));
	while (fgets(line, sizeof(line), stat))
		if (!strncmp(line, "holds:", 6)) {
			say("  %.*s", (int)strcspn(line, "\n"), line);
			holds_one = strstr(line, " 1 message,") != NULL;
		}
	pclose(stat);
	check(ret == 0 && holds_one, "S28",
	      "the kernel holds the message of a process that is gone");
	ret = ended(start_receiver(kept));
	say("a receiver, started only now, ended with status %d", ret);
	check(ret == 0, "S28 S99", "who comes later still receives it");

	unbuffered =
		need_ptr(mbox_create(NULL, MBOX_SEND | MBOX_RECV, 0, &none));
	say("no buffer, and a sender that waits 20 ms at most");
	ret = ended(start_sender(unbuffered, 20 * 1000000));
	need(mbox_status(unbuffered, &box));
	say("it ended with: %s; the mailbox holds %d", strerror(ret),
	    (int)box.messages);
	check(ret == ETIMEDOUT && box.messages == 0, "S99",
	      "without a buffer: it times out, and nothing was sent");

	sender = start_sender(unbuffered, 0);
	until(asleep_in(sender, SYS_ioctl) || state_of(sender) == 'Z');
	say("a sender without a deadline sleeps until the receiver comes");
	ret = ended(start_receiver(unbuffered));
	check(ret == 0 && ended(sender) == 0, "S99",
	      "or it waits: then the two meet");
	mbox_close(kept);
	mbox_close(unbuffered);
	return done();
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * rendezvous_mailbox: both block: a rendezvous.
 *
 * Notes: S88 (003:236)
 * Watch: a mailbox that holds nothing; first the sender comes first, then the
 *        receiver does.
 * See:   whoever comes first sleeps until the other is there; then both go on.
 *        A sender that dies while it waits takes its message along.
 */
#include "../check.h"

#include <mbox.h>
#include <signal.h>
#include <sys/syscall.h>

static pid_t start(struct mbox *mb, int sends)
{
	pid_t pid = need(fork());
	char text[10];

	if (pid)
		return pid;
	if (sends)
		_exit(mbox_send(mb, "hand", 4) ? errno : 0);
	_exit(need(mbox_recv(mb, text, sizeof(text))) == 4 ? 0 : 1);
}

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

int main(void)
{
	const struct mbox_attr nothing = { .capacity = MBOX_RENDEZVOUS };
	const struct mbox_send_options send_now = { .flags = MBOX_NOWAIT };
	const struct mbox_recv_options recv_now = { .flags = MBOX_NOWAIT };
	struct mbox_status box[2];
	int met[2], ret, err;
	pid_t sender;
	struct mbox *mb;
	char text[10];

	mb = need_ptr(mbox_create(NULL, MBOX_SEND | MBOX_RECV | MBOX_ADMIN, 0,
				  &nothing));
	for (int i = 0; i < 2; i++) {
		int sender_first = i == 0;
		double since = now_ms();
		pid_t first = start(mb, sender_first);

		until(asleep_in(first, SYS_ioctl) || state_of(first) == 'Z');
		need(mbox_status(mb, &box[i]));
		ret = ended(start(mb, !sender_first));
		met[i] = ret == 0 && ended(first) == 0;
		say("%s first: it slept until the other came, %.0f ms",
		    sender_first ? "sender" : "receiver", now_ms() - since);
	}
	check(box[0].senders_waiting == 1 && box[0].receivers_waiting == 0 &&
		      met[0],
	      "S88", "sender first: it is blocked until the receiver is ready");
	check(box[1].receivers_waiting == 1 && box[1].senders_waiting == 0 &&
		      met[1],
	      "S88", "receiver first: it is blocked until the sender is ready");

	err = mbox_send_with(mb, "hand", 4, &send_now) ? errno : 0;
	say("a sender that does not want to wait: %s", strerror(err));
	check(err == EAGAIN, "S88", "without waiting there is no rendezvous");

	sender = start(mb, 1);
	until(asleep_in(sender, SYS_ioctl) || state_of(sender) == 'Z');
	need(kill(sender, SIGKILL));
	ended(sender);
	err = mbox_recv_with(mb, text, sizeof(text), &recv_now, NULL) < 0 ?
		      errno :
		      0;
	say("a sender is killed while it waits; is its message there?");
	say("  receive without waiting: %s", strerror(err));
	check(err == EAGAIN, "S88",
	      "there is no buffer: the message stays with its sender");
	mbox_close(mb);
	return done();
}

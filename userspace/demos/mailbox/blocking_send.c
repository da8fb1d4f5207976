// SPDX-License-Identifier: GPL-2.0-only
/*
 * blocking_send: a blocking send waits: for the mailbox, or for the receiver?
 *
 * Notes: S83 (000:142), S345 (000:142)
 * Watch: a plain send, then one with MBOX_SYNC. The receiver of the second is
 *        stopped when it has the message and has not used it yet.
 * See:   plain: until the mailbox has it. MBOX_SYNC: until a receiver has it.
 *        The notes say "until it is consumed": no send waits for that.
 */
#include "../check.h"

#include <fcntl.h>
#include <mbox.h>
#include <signal.h>
#include <sys/syscall.h>

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

/* Sends one message, and writes to the pipe when that was done. */
static pid_t start_sender(struct mbox *mb, unsigned int flags, int out)
{
	const struct mbox_send_options how = { .flags = flags };
	pid_t pid = need(fork());
	uint64_t returned;

	if (pid)
		return pid;
	need(mbox_send_with(mb, "bread", 5, &how));
	returned = now_ns();
	need(write(out, &returned, sizeof(returned)));
	_exit(0);
}

/* Receives, is stopped, and only then consumes; writes how much of it. */
static pid_t start_receiver(struct mbox *mb, int out)
{
	pid_t pid = need(fork());
	uint64_t eaten;
	char text[100];

	if (pid)
		return pid;
	eaten = (uint64_t)need(mbox_recv(mb, text, sizeof(text)));
	raise(SIGSTOP);
	need(write(out, &eaten, sizeof(eaten)));
	_exit(0);
}

int main(void)
{
	uint64_t asked, returned, eaten;
	struct mbox_waiter_entry waiter = { 0 };
	int times[2], meals[2], ret;
	struct mbox_status box;
	pid_t sender, receiver;
	struct mbox *mb;
	char text[100];

	mb = need_ptr(
		mbox_create(NULL, MBOX_SEND | MBOX_RECV | MBOX_ADMIN, 0, NULL));
	need(pipe(times));
	need(pipe2(meals, O_NONBLOCK));

	ret = ended(start_sender(mb, 0, times[1]));
	need(read(times[0], &returned, sizeof(returned)));
	need(mbox_status(mb, &box));
	say("plain send: it has returned; in the mailbox %d, received %d",
	    (int)box.messages, (int)box.received);
	check(ret == 0 && box.messages == 1 && box.received == 0, "S345",
	      "a plain send waits until the mailbox has the message, no more");
	need(mbox_recv(mb, text, sizeof(text)));

	sender = start_sender(mb, MBOX_SYNC, times[1]);
	until(asleep_in(sender, SYS_ioctl) || state_of(sender) == 'Z');
	mbox_waiters(mb, &waiter, 1);
	check(waiter.pid == sender && waiter.what == MBOX_WAIT_RECEIPT, "S83",
	      "a SYNC send sleeps while its message lies in the mailbox");
	asked = now_ns();
	receiver = start_receiver(mb, meals[1]);
	need(read(times[0], &returned, sizeof(returned)));
	say("SYNC send: it returned %.3f ms after we called a receiver",
	    (double)(int64_t)(returned - asked) / 1e6);
	need(mbox_status(mb, &box));
	check(returned >= asked && box.received == 2 && ended(sender) == 0,
	      "S83 S345", "it returns when a receiver has the message");

	until(state_of(receiver) == 'T');
	ret = read(meals[0], &eaten, sizeof(eaten)) < 0 ? errno : 0;
	say("the receiver is stopped, and has consumed nothing");
	check(ret == EAGAIN, "S345", "but it does not wait for consumption");
	need(kill(receiver, SIGCONT));
	ended(receiver);
	need(read(meals[0], &eaten, sizeof(eaten)));
	check(eaten == 5, "S345", "the receiver consumes it later");
	mbox_close(mb);
	return done();
}

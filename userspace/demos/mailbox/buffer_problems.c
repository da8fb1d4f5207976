// SPDX-License-Identifier: GPL-2.0-only
/*
 * buffer_problems: bounded buffers: problems?
 *
 * Notes: S54 (003:81)
 * Watch: two processes with full mailboxes; a printer that is busy, and a disk
 *        that is not, behind one queue; then buffers of 1 and of 64.
 * See:   deadlock; head-of-line blocking: the disk waits though there is work
 *        for it; how far a producer runs ahead is the size of the buffer.
 */
#include "../check.h"

#include <mbox.h>
#include <signal.h>
#include <sys/syscall.h>

static struct mbox *new_box(unsigned int room)
{
	const struct mbox_attr attr = { .max_messages = room };

	return need_ptr(mbox_create(NULL, MBOX_SEND | MBOX_RECV | MBOX_ADMIN, 0,
				    &attr));
}

static struct mbox_status status_of(struct mbox *mb)
{
	struct mbox_status box;

	need(mbox_status(mb, &box));
	return box;
}

/* A process that sends so many to one mailbox, then receives from another. */
static pid_t start(struct mbox *to, int count, struct mbox *from, int expected)
{
	pid_t pid = need(fork());
	char c = 0;

	if (pid)
		return pid;
	while (count--)
		need(mbox_send(to, &c, 1));
	while (expected--)
		need(mbox_recv(from, &c, 1));
	_exit(0);
}

static void two_full_mailboxes(void)
{
	struct mbox *a = new_box(2), *b = new_box(2);
	pid_t pid[2] = { start(a, 3, b, 3), start(b, 3, a, 3) };

	for (int i = 0; i < 2; i++)
		until(asleep_in(pid[i], SYS_ioctl) || state_of(pid[i]) == 'Z');
	say("room for 2, each sends 3 and then receives: they wait, one at "
	    "each mailbox");
	check(status_of(a).senders_waiting == 1 &&
		      status_of(b).senders_waiting == 1,
	      "S54", "two full mailboxes: each waits for the other, for ever");
	for (int i = 0; i < 2; i++) {
		need(kill(pid[i], SIGKILL));
		ended(pid[i]);
	}
	mbox_close(a);
	mbox_close(b);
}

/* Passes on what comes in: 'p' to the printer, 'd' to the disk. */
static void dispatch(struct mbox *in, struct mbox *printer, struct mbox *disk)
{
	char c;

	for (int i = 0; i < 3; i++) {
		need(mbox_recv(in, &c, 1));
		need(mbox_send(c == 'p' ? printer : disk, &c, 1));
	}
	_exit(0);
}

static void head_of_line(void)
{
	struct mbox *in = new_box(16), *printer = new_box(1);
	struct mbox *disk = new_box(1);
	pid_t driver = start(disk, 0, disk, 1), dispatcher;
	const char *jobs = "ppd";
	char c;

	for (int i = 0; jobs[i]; i++)
		need(mbox_send(in, &jobs[i], 1));
	dispatcher = need(fork());
	if (!dispatcher)
		dispatch(in, printer, disk);
	until(asleep_in(dispatcher, SYS_ioctl));
	until(asleep_in(driver, SYS_ioctl));
	say("two jobs for the printer, which is busy; behind them one for the "
	    "disk, which waits");
	check(status_of(in).messages == 1 &&
		      status_of(printer).senders_waiting == 1 &&
		      status_of(disk).receivers_waiting == 1,
	      "S54", "head-of-line blocking: who could work gets no work");
	need(mbox_recv(printer, &c, 1));
	check(ended(dispatcher) == 0 && ended(driver) == 0, "S54",
	      "when the head moves, all behind it move");
	mbox_close(in);
	mbox_close(printer);
	mbox_close(disk);
}

/* How many items a producer is ahead when it has to wait. */
static int runs_ahead(unsigned int room)
{
	struct mbox *mb = new_box(room);
	pid_t producer = start(mb, 100, mb, 0);
	int ahead;
	char c;

	until(asleep_in(producer, SYS_ioctl));
	ahead = (int)status_of(mb).messages;
	say("room for %u: the producer is %d ahead, using %d bytes", room,
	    ahead, (int)status_of(mb).charged);
	for (int i = 0; i < 100; i++)
		need(mbox_recv(mb, &c, 1));
	ended(producer);
	mbox_close(mb);
	return ahead;
}

int main(void)
{
	int small, large;

	two_full_mailboxes();
	head_of_line();
	small = runs_ahead(1);
	large = runs_ahead(64);
	check(small == 1 && large == 64, "S54",
	      "the size decides how far the two drift apart, and its price");
	return done();
}

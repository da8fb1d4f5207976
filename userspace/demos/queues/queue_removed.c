// SPDX-License-Identifier: GPL-2.0-only
/*
 * queue_removed: what becomes of a receiver whose queue is removed?
 *
 * Notes: S78 (000:138; 004:58-61)
 * Watch: a child sleeps in its receive while the queue is removed: System V
 *        with IPC_RMID, POSIX with mq_unlink(), a mailbox with mbox_unlink()
 *        and with mbox_destroy().
 * See:   IPC_RMID and mbox_destroy() wake it with EIDRM. The unlinks take the
 *        name away and no more: it sleeps on and gets its message.
 */
#include "../check.h"
#include <fcntl.h>
#include <mbox.h>
#include <mqueue.h>
#include <sys/msg.h>
#include <sys/syscall.h>

struct typed {
	long type;
	char text;
};

static void remove_sysv(void)
{
	int queue = need(msgget(IPC_PRIVATE, 0600)), err;
	struct typed message = { 1, 'm' };
	pid_t child = need(fork());

	if (!child)
		_exit(msgrcv(queue, &message, 1, 0, 0) == -1 ? errno : 0);
	until(asleep_in(child, SYS_msgrcv));
	need(msgctl(queue, IPC_RMID, NULL));
	err = ended(child);
	say("System V: removed; the receiver woke with: %s", strerror(err));
	check(err == EIDRM && msgsnd(queue, &message, 1, 0) == -1 &&
		      errno == EINVAL,
	      "S78", "System V: IPC_RMID wakes a sleeping receiver with EIDRM");
}

static void unlink_posix(void)
{
	struct mq_attr attr = { .mq_maxmsg = 1, .mq_msgsize = 1 };
	int slept, err, nameless;
	mqd_t queue;
	pid_t child;
	char text;

	mq_unlink("/queue_removed"); /* of a demo that was broken off */
	queue = need(mq_open("/queue_removed", O_RDWR | O_CREAT | O_EXCL, 0600,
			     &attr));
	child = need(fork());
	if (!child)
		_exit(mq_receive(queue, &text, 1, NULL) == -1 ? errno : 0);
	until(asleep_in(child, SYS_mq_timedreceive));
	need(mq_unlink("/queue_removed"));
	nameless = mq_open("/queue_removed", O_RDWR) == -1 && errno == ENOENT;
	slept = asleep_in(child, SYS_mq_timedreceive);
	need(mq_send(queue, "m", 1, 0));
	err = ended(child);
	say("POSIX: unlinked; the receiver %s; a message came: %s",
	    slept ? "sleeps on" : "woke", strerror(err));
	check(nameless && slept && err == 0, "S78",
	      "POSIX: mq_unlink() takes the name, the queue works on");
	mq_close(queue);
}

/* The child waits in a mailbox; returns its pid when it sleeps. */
static pid_t wait_in(struct mbox *box)
{
	pid_t child = need(fork());
	char text;

	if (!child)
		_exit(mbox_recv(box, &text, 1) == -1 ? errno : 0);
	until(asleep_in(child, SYS_ioctl));
	return child;
}

static struct mbox *make_box(void)
{
	return need_ptr(mbox_create(
		"queue_removed", MBOX_SEND | MBOX_RECV | MBOX_ADMIN | MBOX_EXCL,
		0600, NULL));
}

static void unlink_mailbox(void)
{
	struct mbox *box = make_box();
	pid_t child = wait_in(box);
	int slept, err, nameless;

	need(mbox_unlink(box));
	nameless = !mbox_open("queue_removed", MBOX_SEND) && errno == ENOENT;
	slept = asleep_in(child, SYS_ioctl);
	need(mbox_send(box, "m", 1));
	err = ended(child);
	say("mailbox: unlinked; the receiver %s; a message came: %s",
	    slept ? "sleeps on" : "woke", strerror(err));
	check(nameless && slept && err == 0, "S78",
	      "mailbox: mbox_unlink() takes the name, the mailbox works on");
	mbox_close(box);
}

static void destroy_mailbox(void)
{
	struct mbox *box = make_box();
	pid_t child = wait_in(box);
	int err;

	need(mbox_destroy(box));
	err = ended(child);
	say("mailbox: destroyed; the receiver woke with: %s", strerror(err));
	check(err == EIDRM && mbox_send(box, "m", 1) == -1 && errno == EIDRM,
	      "S78", "mailbox: mbox_destroy() wakes a receiver with EIDRM");
	mbox_close(box);
}

int main(void)
{
	remove_sysv();
	unlink_posix();
	unlink_mailbox();
	destroy_mailbox();
	return done();
}

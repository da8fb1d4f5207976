// SPDX-License-Identifier: GPL-2.0-only
/*
 * queue_full: a queue has a fixed size; who sends to a full one waits.
 *
 * Notes: S220 (001:156)
 * Watch: messages are sent without waiting until the queue takes no more,
 *        then one more by a child that does wait; then one is received.
 * See:   POSIX takes 10 messages, System V 16384 bytes, the mailbox what its
 *        creator said. The child sleeps until there is room.
 */
#include "../check.h"
#include <fcntl.h>
#include <mbox.h>
#include <mqueue.h>
#include <sys/msg.h>
#include <sys/syscall.h>

#define SIZE 1024

struct typed {
	long type;
	char text[SIZE];
};

static char text[8192];

/* A child that slept in its send: did it get done? */
static int went_on(pid_t child)
{
	int status = ended(child);

	say("one more: the sender slept; after one receive it ended with %d",
	    status);
	return status == 0;
}

static void fill_posix(void)
{
	mqd_t queue = need(
		mq_open("/queue_full", O_RDWR | O_CREAT | O_EXCL, 0600, NULL));
	struct mq_attr attr, nonblocking = { .mq_flags = O_NONBLOCK };
	int n = 0, err;
	pid_t child;

	need(mq_unlink("/queue_full"));
	need(mq_setattr(queue, &nonblocking, &attr));
	while (!mq_send(queue, text, SIZE, 0))
		n++;
	err = errno;
	say("POSIX: mq_maxmsg %ld; took %d messages, then: %s", attr.mq_maxmsg,
	    n, strerror(err));
	check(n == attr.mq_maxmsg && n == 10 && err == EAGAIN, "S220",
	      "POSIX: takes mq_maxmsg messages, 10 by default, then EAGAIN");
	need(mq_setattr(queue, &attr, NULL)); /* waits from now on */
	child = need(fork());
	if (!child)
		_exit(mq_send(queue, text, SIZE, 0) ? 1 : 0);
	until(asleep_in(child, SYS_mq_timedsend));
	need(mq_receive(queue, text, sizeof(text), NULL));
	check(went_on(child), "S220",
	      "POSIX: who sends one more sleeps until there is room");
	mq_close(queue);
}

static void fill_sysv(void)
{
	int queue = need(msgget(IPC_PRIVATE, 0600)), n = 0, err;
	struct typed message = { .type = 1 };
	struct msqid_ds ds;
	pid_t child;

	need(msgctl(queue, IPC_STAT, &ds));
	while (!msgsnd(queue, &message, SIZE, IPC_NOWAIT))
		n++;
	err = errno;
	say("System V: msg_qbytes %lu; took %d messages of %d bytes, then: %s",
	    ds.msg_qbytes, n, SIZE, strerror(err));
	check(ds.msg_qbytes == 16384 && n * SIZE == 16384 && err == EAGAIN,
	      "S220", "System V: takes msg_qbytes bytes, 16384, then EAGAIN");
	child = need(fork());
	if (!child)
		_exit(msgsnd(queue, &message, SIZE, 0) ? 1 : 0);
	until(asleep_in(child, SYS_msgsnd));
	need(msgrcv(queue, &message, SIZE, 0, 0));
	check(went_on(child), "S220",
	      "System V: who sends one more sleeps until there is room");
	/* The size is fixed only until somebody sets it. */
	ds.msg_qbytes += SIZE;
	need(msgctl(queue, IPC_SET, &ds));
	check(!msgsnd(queue, &message, SIZE, IPC_NOWAIT) &&
		      msgsnd(queue, &message, SIZE, IPC_NOWAIT) == -1,
	      "S220", "System V: IPC_SET makes room for one message more");
	need(msgctl(queue, IPC_RMID, NULL));
}

static void fill_mailbox(void)
{
	struct mbox_attr attr = { .max_messages = 10 };
	struct mbox_send_options now = { .flags = MBOX_NOWAIT };
	struct mbox *box =
		need_ptr(mbox_create(NULL, MBOX_SEND | MBOX_RECV, 0, &attr));
	int n = 0, err;
	pid_t child;

	while (!mbox_send_with(box, text, SIZE, &now))
		n++;
	err = errno;
	say("mailbox: max_messages %d; took %d messages, then: %s",
	    (int)attr.max_messages, n, strerror(err));
	check(n == 10 && err == EAGAIN, "S220",
	      "mailbox: takes max_messages, then EAGAIN");
	child = need(fork());
	if (!child)
		_exit(mbox_send(box, text, SIZE) ? 1 : 0);
	until(asleep_in(child, SYS_ioctl));
	need(mbox_recv(box, text, sizeof(text)));
	check(went_on(child), "S220",
	      "mailbox: who sends one more sleeps until there is room");
	mbox_close(box);
}

int main(void)
{
	fill_posix();
	fill_sysv();
	fill_mailbox();
	return done();
}

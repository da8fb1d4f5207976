// SPDX-License-Identifier: GPL-2.0-only
/*
 * queue_who: nobody is fixed as sender or receiver; who has permission may.
 *
 * Notes: S223 (001:160,162)
 * Watch: root makes three queues with the mode 0622: others may send. Alice
 *        and Bob, of whom the queues know nothing, send; Alice also tries to
 *        receive. Then the mode of two of them becomes 0604.
 * See:   both may send, Alice may not receive; with the new mode she may
 *        receive and not send, where the mode can be changed (System V, POSIX).
 *        The notes say that sender and receiver are fixed beforehand.
 */
#include "../check.h"
#include <fcntl.h>
#include <grp.h>
#include <mbox.h>
#include <mqueue.h>
#include <sys/msg.h>
#include <sys/stat.h>

#define ALICE 1000
#define BOB 1001

struct typed {
	long type;
	char text;
};

static int sysv;

static int sysv_send(void)
{
	struct typed message = { 1, 'm' };

	return msgsnd(sysv, &message, 1, 0);
}

static int sysv_receive(void)
{
	struct typed message;

	return msgrcv(sysv, &message, 1, 0, IPC_NOWAIT);
}

static int posix_send(void)
{
	mqd_t queue = mq_open("/queue_who", O_WRONLY);

	return queue == -1 ? -1 : mq_send(queue, "m", 1, 0);
}

static int posix_receive(void)
{
	return mq_open("/queue_who", O_RDONLY);
}

static int box_send(void)
{
	struct mbox *box = mbox_open("queue_who", MBOX_SEND);

	return box ? mbox_send(box, "m", 1) : -1;
}

static int box_receive(void)
{
	return mbox_open("queue_who", MBOX_RECV) ? 0 : -1;
}

/* Does it in a process of this user; returns its errno, 0 if it was done. */
static int as(uid_t user, int (*act)(void))
{
	pid_t child = need(fork());

	if (!child) {
		need(setgroups(0, NULL));
		need(setgid(user));
		need(setuid(user));
		_exit(act() == -1 ? errno : 0);
	}
	return ended(child);
}

/* Two strangers may send, and one of them may not receive. */
static int open_to_senders(const char *name, int (*send)(void),
			   int (*receive)(void))
{
	int alice = as(ALICE, send), bob = as(BOB, send);
	int receives = as(ALICE, receive);

	say("%s: Alice sends: %s; Bob sends: %s; Alice receives: %s", name,
	    strerror(alice), strerror(bob), strerror(receives));
	return alice == 0 && bob == 0 && receives == EACCES;
}

int main(void)
{
	struct mq_attr attr = { .mq_maxmsg = 10, .mq_msgsize = 1 };
	struct mbox_message from[2];
	struct mbox *box;
	struct msqid_ds ds;
	mqd_t posix;
	char text;
	int err[2];

	umask(0);
	sysv = need(msgget(IPC_PRIVATE, 0622));
	mq_unlink("/queue_who"); /* of a demo that was broken off */
	posix = need(
		mq_open("/queue_who", O_RDWR | O_CREAT | O_EXCL, 0622, &attr));
	box = need_ptr(
		mbox_create("queue_who", MBOX_RECV | MBOX_EXCL, 0622, NULL));
	check(open_to_senders("System V", sysv_send, sysv_receive), "S223",
	      "System V: who has permission may send, none was named before");
	check(open_to_senders("POSIX", posix_send, posix_receive), "S223",
	      "POSIX: who has permission may send, none was named before");
	check(open_to_senders("mailbox", box_send, box_receive), "S223",
	      "mailbox: who has permission may send, none was named before");

	for (int i = 0; i < 2; i++)
		need(mbox_recv_with(box, &text, 1, NULL, &from[i]));
	say("mailbox: the messages say that users %u and %u sent them",
	    from[0].uid, from[1].uid);
	check(from[0].uid == ALICE && from[1].uid == BOB, "S223",
	      "mailbox: not knowing the sender beforehand, one learns it then");

	need(msgctl(sysv, IPC_STAT, &ds));
	ds.msg_perm.mode = 0604;
	need(msgctl(sysv, IPC_SET, &ds));
	need(fchmod(posix, 0604));
	err[0] = as(ALICE, sysv_send);
	err[1] = as(ALICE, posix_send);
	say("mode 0604: Alice sends: System V: %s, POSIX: %s", strerror(err[0]),
	    strerror(err[1]));
	check(err[0] == EACCES && err[1] == EACCES, "S223",
	      "System V, POSIX: who may send changes while the queue is there");
	err[0] = as(ALICE, sysv_receive);
	err[1] = as(ALICE, posix_receive);
	say("mode 0604: Alice receives: System V: %s, POSIX: %s",
	    strerror(err[0]), strerror(err[1]));
	check(!err[0] && !err[1], "S223", "and so does who may receive");
	need(msgctl(sysv, IPC_RMID, NULL));
	need(mq_unlink("/queue_who"));
	mbox_close(box);
	return done();
}

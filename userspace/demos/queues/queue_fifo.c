// SPDX-License-Identifier: GPL-2.0-only
/*
 * queue_fifo: a message queue keeps what was sent, and gives it out in order.
 *
 * Notes: S219 (001:154-159; 004:6), S222 (001:159)
 * Watch: a process sends three words to three kinds of queue and ends; only
 *        then are they received.
 * See:   as with a pipe, the words come in order; but each comes by itself, and
 *        they need nobody who waits for them. (That more than two may take part,
 *        as with shared memory, is shown by queue_many.)
 */
#include "../check.h"
#include <fcntl.h>
#include <mbox.h>
#include <mqueue.h>
#include <sys/msg.h>

/* A System V message begins with its type, a number above 0. */
struct typed {
	long type;
	char text[8];
};

static const char *const words[3] = { "one", "two", "three" };
static int sysv;
static mqd_t posix;
static struct mbox *box;

static void send_all(void)
{
	for (int i = 0; i < 3; i++) {
		struct typed message = { .type = 1 };
		size_t len = strlen(words[i]);

		memcpy(message.text, words[i], len);
		need(msgsnd(sysv, &message, len, 0));
		need(mq_send(posix, words[i], len, 0));
		need(mbox_send(box, words[i], len));
	}
}

/* Tells whether exactly this word has come. */
static int is(const char *queue, int i, const char *text, ssize_t len)
{
	say("%s: received \"%.*s\"", queue, (int)len, text);
	return len == (ssize_t)strlen(words[i]) && !memcmp(text, words[i], len);
}

int main(void)
{
	struct mq_attr attr = { .mq_maxmsg = 10, .mq_msgsize = 8 };
	int sysv_right = 0, posix_right = 0, box_right = 0;
	struct mbox_status status;
	struct msqid_ds ds;
	struct typed message;
	char text[8];
	pid_t sender;

	sysv = need(msgget(IPC_PRIVATE, 0600));
	posix = need(
		mq_open("/queue_fifo", O_RDWR | O_CREAT | O_EXCL, 0600, &attr));
	need(mq_unlink("/queue_fifo")); /* it lasts as long as we have it */
	box = need_ptr(mbox_create(NULL, MBOX_SEND | MBOX_RECV, 0, NULL));

	sender = need(fork());
	if (!sender) {
		send_all();
		_exit(0);
	}
	need0(ended(sender));
	need(msgctl(sysv, IPC_STAT, &ds));
	need(mq_getattr(posix, &attr));
	need(mbox_status(box, &status));
	say("the sender has ended; kept: System V %lu, POSIX %ld, mailbox %lu",
	    ds.msg_qnum, attr.mq_curmsgs, (unsigned long)status.messages);
	check(state_of(sender) == 0 && ds.msg_qnum == 3 &&
		      attr.mq_curmsgs == 3 && status.messages == 3,
	      "S219",
	      "the kernel keeps the messages of a process that is gone");

	for (int i = 0; i < 3; i++)
		sysv_right += is("System V", i, message.text,
				 need(msgrcv(sysv, &message, 8, 0, 0)));
	for (int i = 0; i < 3; i++)
		posix_right += is("POSIX", i, text,
				  need(mq_receive(posix, text, 8, NULL)));
	for (int i = 0; i < 3; i++)
		box_right += is("mailbox", i, text,
				need(mbox_recv(box, text, sizeof(text))));
	check(sysv_right == 3, "S219 S222",
	      "System V: received in the order of sending, one by one");
	check(posix_right == 3, "S219 S222",
	      "POSIX: received in the order of sending, one by one");
	check(box_right == 3, "S219 S222",
	      "mailbox: received in the order of sending, one by one");

	need(msgctl(sysv, IPC_RMID, NULL));
	mq_close(posix);
	mbox_close(box);
	return done();
}

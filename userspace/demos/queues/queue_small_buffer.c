// SPDX-License-Identifier: GPL-2.0-only
/*
 * queue_small_buffer: what if the message is longer than the receiver's room?
 *
 * Notes: S226 (gap)
 * Watch: ten bytes are sent and received into room for four, over System V,
 *        POSIX, a datagram socket and a mailbox; over POSIX also three bytes.
 * See:   the queues and the mailbox refuse and keep the message, POSIX even
 *        the one that would fit; System V and the mailbox cut it off only if
 *        they are told to; a datagram is always cut off, the rest is lost.
 */
#include "../check.h"
#include <fcntl.h>
#include <mbox.h>
#include <mqueue.h>
#include <sys/msg.h>
#include <sys/socket.h>

#define TEXT "0123456789"

struct typed {
	long type;
	char text[sizeof(TEXT)];
};

static void with_sysv(void)
{
	struct typed message = { 1, TEXT }, got = { 0 };
	int queue = need(msgget(IPC_PRIVATE, 0600)), err;
	struct msqid_ds before, after;
	ssize_t refused, cut;

	need(msgsnd(queue, &message, 10, 0));
	refused = msgrcv(queue, &got, 4, 0, 0);
	err = errno;
	need(msgctl(queue, IPC_STAT, &before));
	cut = need(msgrcv(queue, &got, 4, 0, MSG_NOERROR));
	need(msgctl(queue, IPC_STAT, &after));
	say("System V: %zd, %s; with MSG_NOERROR: %zd bytes, \"%.4s\"", refused,
	    strerror(err), cut, got.text);
	check(refused == -1 && err == E2BIG && before.msg_qnum == 1, "S226",
	      "System V: E2BIG, and the message stays");
	check(cut == 4 && !memcmp(got.text, "0123", 5) && after.msg_qnum == 0,
	      "S226", "System V with MSG_NOERROR: cut off, the rest is lost");
	need(msgctl(queue, IPC_RMID, NULL));
}

/* A receiver must have room for mq_msgsize, however short the message is. */
static void with_posix(void)
{
	struct mq_attr attr = { .mq_maxmsg = 10, .mq_msgsize = 10 };
	ssize_t refused[2], whole[2];
	char got[10];
	mqd_t queue;
	int err[2];

	queue = need(mq_open("/queue_small_buffer", O_RDWR | O_CREAT | O_EXCL,
			     0600, &attr));
	need(mq_unlink("/queue_small_buffer"));
	for (int i = 0; i < 2; i++) {
		need(mq_send(queue, TEXT, i ? 3 : 10, 0));
		refused[i] = mq_receive(queue, got, 4, NULL);
		err[i] = errno;
		whole[i] = mq_receive(queue, got, 10, NULL);
	}
	say("POSIX: ten bytes, room for four: %zd, %s; room for ten: %zd",
	    refused[0], strerror(err[0]), whole[0]);
	say("POSIX: three bytes, room for four: %zd, %s; room for ten: %zd",
	    refused[1], strerror(err[1]), whole[1]);
	check(refused[0] == -1 && err[0] == EMSGSIZE && whole[0] == 10, "S226",
	      "POSIX: EMSGSIZE, and the message stays");
	check(refused[1] == -1 && err[1] == EMSGSIZE && whole[1] == 3, "S226",
	      "POSIX: also if it would fit, with less room than mq_msgsize");
	mq_close(queue);
}

static void with_datagram(void)
{
	char got[10];
	ssize_t len, real, more;
	int fd[2];

	need(socketpair(AF_UNIX, SOCK_DGRAM, 0, fd));
	for (int i = 0; i < 2; i++)
		need(send(fd[0], TEXT, 10, 0));
	len = need(recv(fd[1], got, 4, 0));
	real = need(recv(fd[1], got, 4, MSG_TRUNC));
	more = recv(fd[1], got, sizeof(got), MSG_DONTWAIT);
	say("datagram: %zd bytes; MSG_TRUNC tells of %zd; then %s", len, real,
	    more == -1 ? strerror(errno) : "more came");
	check(len == 4 && real == 10 && more == -1 && errno == EAGAIN, "S226",
	      "datagram: cut off without an error, the rest is lost");
	close(fd[0]);
	close(fd[1]);
}

static void with_mailbox(void)
{
	struct mbox_recv_options cut_off = { .flags = MBOX_TRUNCATE };
	struct mbox *box =
		need_ptr(mbox_create(NULL, MBOX_SEND | MBOX_RECV, 0, NULL));
	struct mbox_message refused_message, cut_message;
	struct mbox_status status;
	ssize_t refused, cut;
	char got[10] = "";
	int err;

	need(mbox_send(box, TEXT, 10));
	refused = mbox_recv_with(box, got, 4, NULL, &refused_message);
	err = errno;
	need(mbox_status(box, &status));
	cut = need(mbox_recv_with(box, got, 4, &cut_off, &cut_message));
	say("mailbox: %zd, %s (it has %u bytes); with MBOX_TRUNCATE: %zd of %u "
	    "bytes, \"%.4s\"",
	    refused, strerror(err), refused_message.len, cut, cut_message.len,
	    got);
	check(refused == -1 && err == EMSGSIZE && status.messages == 1 &&
		      refused_message.len == 10,
	      "S226", "mailbox: EMSGSIZE tells the length, the message stays");
	check(cut == 4 && cut_message.len == 10 && !memcmp(got, "0123", 4),
	      "S226", "mailbox with MBOX_TRUNCATE: cut off, and known to be");
	mbox_close(box);
}

int main(void)
{
	with_sysv();
	with_posix();
	with_datagram();
	with_mailbox();
	return done();
}

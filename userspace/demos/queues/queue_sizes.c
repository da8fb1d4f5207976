// SPDX-License-Identifier: GPL-2.0-only
/*
 * queue_sizes: what size of message can a process receive?
 *
 * Notes: S100 (003:175)
 * Watch: messages of no byte, of the most bytes, and of one byte more, over a
 *        mailbox, System V, POSIX and UDP; then as many bytes over a pipe.
 * See:   no byte is a message too, the most goes through, and one more is an
 *        error of the sender, while the receiver has room for the most. A pipe
 *        has no messages and no largest one.
 */
#include "../check.h"
#include <arpa/inet.h>
#include <fcntl.h>
#include <mbox.h>
#include <mqueue.h>
#include <sys/msg.h>
#include <sys/socket.h>

#define ROOM 100000

static struct typed {
	long type;
	char bytes[ROOM];
} message = { .type = 1 }, got;

static int sysv;
static mqd_t posix;
static struct mbox *box;
static int udp[2];

/* Each sends some bytes and returns how many came, or -1. */
static ssize_t over_box(size_t len)
{
	if (mbox_send(box, message.bytes, len))
		return -1;
	return need(mbox_recv(box, got.bytes, ROOM));
}

static ssize_t over_sysv(size_t len)
{
	if (msgsnd(sysv, &message, len, 0))
		return -1;
	return need(msgrcv(sysv, &got, ROOM, 0, 0));
}

static ssize_t over_posix(size_t len)
{
	if (mq_send(posix, message.bytes, len, 0))
		return -1;
	return need(mq_receive(posix, got.bytes, ROOM, NULL));
}

static ssize_t over_udp(size_t len)
{
	if (send(udp[0], message.bytes, len, 0) == -1)
		return -1;
	return need(recv(udp[1], got.bytes, ROOM, 0));
}

/* Returns the errno of one byte too many; 0 if it is not as it should be. */
static int limit(const char *name, size_t most, ssize_t (*over)(size_t))
{
	ssize_t none = over(0), all = over(most), more = over(most + 1);
	int err = errno;

	say("%s: 0 bytes: %zd came; %zu bytes: %zd; %zu bytes: %s", name, none,
	    most, all, most + 1, more == -1 ? strerror(err) : "came");
	return none == 0 && all == (ssize_t)most && more == -1 ? err : 0;
}

static size_t number_in(const char *path)
{
	FILE *file = need_ptr(fopen(path, "r"));
	size_t number = 0;

	if (fscanf(file, "%zu", &number) != 1)
		number = 0;
	fclose(file);
	return number;
}

static void open_udp(void)
{
	struct sockaddr_in addr = { .sin_family = AF_INET };
	socklen_t len = sizeof(addr);

	addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	for (int i = 0; i < 2; i++)
		udp[i] = need(socket(AF_INET, SOCK_DGRAM, 0));
	need(bind(udp[1], (struct sockaddr *)&addr, len));
	need(getsockname(udp[1], (struct sockaddr *)&addr, &len));
	need(connect(udp[0], (struct sockaddr *)&addr, len));
}

/* Any number of bytes goes in, in two writes, and comes out in one read. */
static void over_pipe(void)
{
	size_t half = ROOM / 2;
	ssize_t len;
	int fd[2];

	need(pipe(fd));
	need(fcntl(fd[1], F_SETPIPE_SZ, 2 * ROOM));
	need(write(fd[1], message.bytes, half));
	need(write(fd[1], message.bytes, half));
	len = need(read(fd[0], got.bytes, ROOM));
	say("pipe: wrote 2 times %zu bytes; one read: %zd bytes", half, len);
	check(len == ROOM, "S100", "pipe: a stream has no size of message");
	close(fd[0]);
	close(fd[1]);
}

int main(void)
{
	struct mbox_status status;
	struct mq_attr attr;

	box = need_ptr(mbox_create(NULL, MBOX_SEND | MBOX_RECV, 0, NULL));
	need(mbox_status(box, &status));
	sysv = need(msgget(IPC_PRIVATE, 0600));
	posix = need(
		mq_open("/queue_sizes", O_RDWR | O_CREAT | O_EXCL, 0600, NULL));
	need(mq_unlink("/queue_sizes"));
	need(mq_getattr(posix, &attr));
	open_udp();
	check(limit("mailbox", status.max_size, over_box) == EMSGSIZE, "S100",
	      "mailbox: up to its max_size, one byte more is EMSGSIZE");
	check(limit("System V", number_in("/proc/sys/kernel/msgmax"),
		    over_sysv) == EINVAL,
	      "S100", "System V: up to msgmax, one byte more is EINVAL");
	check(limit("POSIX", attr.mq_msgsize, over_posix) == EMSGSIZE, "S100",
	      "POSIX: up to its mq_msgsize, one byte more is EMSGSIZE");
	check(limit("UDP", 65507, over_udp) == EMSGSIZE, "S100",
	      "UDP: up to 65507 bytes, one byte more is EMSGSIZE");
	over_pipe();
	need(msgctl(sysv, IPC_RMID, NULL));
	return done();
}

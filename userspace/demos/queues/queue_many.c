// SPDX-License-Identifier: GPL-2.0-only
/*
 * queue_many: many processes send to one queue, and many receive from it.
 *
 * Notes: S221 (001:158,164)
 * Watch: three senders put 20 messages each into a queue; two receivers take
 *        30 each. For System V, POSIX and a mailbox.
 * See:   each of the 60 messages comes once, to one of the two. A queue is
 *        not 1:1 like a pipe of the textbook.
 */
#include "../check.h"
#include <fcntl.h>
#include <mbox.h>
#include <mqueue.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/msg.h>

#define SENDERS 3
#define RECEIVERS 2
#define EACH 20 /* messages of a sender */

struct typed {
	long type; /* who sends, counted from 1 */
	int number;
};

/* How often a receiver got this message of this sender. */
struct table {
	atomic_int got[RECEIVERS][SENDERS][EACH];
};

static int sysv;
static mqd_t posix;
static struct mbox *box;

static void sysv_send(const struct typed *message)
{
	need(msgsnd(sysv, message, sizeof(message->number), 0));
}

static void sysv_receive(struct typed *message)
{
	need(msgrcv(sysv, message, sizeof(message->number), 0, 0));
}

static void posix_send(const struct typed *message)
{
	need(mq_send(posix, (const char *)message, sizeof(*message), 0));
}

static void posix_receive(struct typed *message)
{
	need(mq_receive(posix, (char *)message, sizeof(*message), NULL));
}

static void box_send(const struct typed *message)
{
	need(mbox_send(box, message, sizeof(*message)));
}

static void box_receive(struct typed *message)
{
	need(mbox_recv(box, message, sizeof(*message)));
}

/* Returns how many messages came exactly once. */
static int run(const char *name, void (*send)(const struct typed *),
	       void (*receive)(struct typed *))
{
	struct table *table =
		need_ptr(mmap(NULL, sizeof(*table), PROT_READ | PROT_WRITE,
			      MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	int once = 0, from[RECEIVERS][SENDERS] = { 0 };
	struct typed message = { 0 };

	for (int r = 0; r < RECEIVERS; r++) {
		if (need(fork()))
			continue;
		for (int n = 0; n < SENDERS * EACH / RECEIVERS; n++) {
			receive(&message);
			table->got[r][message.type - 1][message.number]++;
		}
		_exit(0);
	}
	for (int s = 0; s < SENDERS; s++) {
		if (need(fork()))
			continue;
		message.type = s + 1;
		for (int n = 0; n < EACH; n++) {
			message.number = n;
			send(&message);
		}
		_exit(0);
	}
	for (int n = 0; n < SENDERS + RECEIVERS; n++)
		if (ended(-1))
			return -1;
	for (int s = 0; s < SENDERS; s++) {
		for (int n = 0; n < EACH; n++) {
			once += table->got[0][s][n] + table->got[1][s][n] == 1;
			from[0][s] += table->got[0][s][n];
			from[1][s] += table->got[1][s][n];
		}
	}
	say("%s: receiver 0 got %d + %d + %d from the senders, "
	    "receiver 1 %d + %d + %d",
	    name, from[0][0], from[0][1], from[0][2], from[1][0], from[1][1],
	    from[1][2]);
	munmap(table, sizeof(*table));
	return once;
}

int main(void)
{
	struct mq_attr attr = { .mq_maxmsg = 10,
				.mq_msgsize = sizeof(struct typed) };

	sysv = need(msgget(IPC_PRIVATE, 0600));
	posix = need(
		mq_open("/queue_many", O_RDWR | O_CREAT | O_EXCL, 0600, &attr));
	need(mq_unlink("/queue_many"));
	box = need_ptr(mbox_create(NULL, MBOX_SEND | MBOX_RECV, 0, NULL));
	check(run("System V", sysv_send, sysv_receive) == 60, "S221",
	      "System V: 3 senders, 2 receivers, each message comes once");
	check(run("POSIX", posix_send, posix_receive) == 60, "S221",
	      "POSIX: 3 senders, 2 receivers, each message comes once");
	check(run("mailbox", box_send, box_receive) == 60, "S221",
	      "mailbox: 3 senders, 2 receivers, each message comes once");
	need(msgctl(sysv, IPC_RMID, NULL));
	mq_close(posix);
	mbox_close(box);
	return done();
}

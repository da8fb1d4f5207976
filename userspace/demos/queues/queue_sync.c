// SPDX-License-Identifier: GPL-2.0-only
/*
 * queue_sync: the kernel serialises the users of a queue; they need no lock.
 *
 * Notes: S225 (001:164-165)
 * Watch: 8 senders and 8 receivers use one queue at once, without any lock of
 *        their own. Each message carries its sender, its number, and a hundred
 *        bytes that belong to it. For System V, POSIX and a mailbox.
 * See:   all come, once each, undamaged, and those of one sender in order.
 *        The notes ask for synchronisation here; the kernel has done it.
 */
#include "../check.h"
#include <fcntl.h>
#include <mbox.h>
#include <mqueue.h>
#include <sys/mman.h>
#include <sys/msg.h>

#define PAIRS 8
#define EACH 150 /* messages of a sender, and of a receiver */

struct message {
	long type; /* of System V: always 1 */
	int sender, number;
	unsigned char bytes[100];
};

/* What a receiver found; each writes to its own. */
struct finding {
	int times[PAIRS][EACH], damaged, disorder;
};

static int sysv;
static mqd_t posix;
static struct mbox *box;

static void sysv_send(const struct message *m)
{
	need(msgsnd(sysv, m, sizeof(*m) - sizeof(long), 0));
}

static void sysv_receive(struct message *m)
{
	need(msgrcv(sysv, m, sizeof(*m) - sizeof(long), 0, 0));
}

static void posix_send(const struct message *m)
{
	need(mq_send(posix, (const char *)m, sizeof(*m), 0));
}

static void posix_receive(struct message *m)
{
	need(mq_receive(posix, (char *)m, sizeof(*m), NULL));
}

static void box_send(const struct message *m)
{
	need(mbox_send(box, m, sizeof(*m)));
}

static void box_receive(struct message *m)
{
	need(mbox_recv(box, m, sizeof(*m)));
}

/* Every byte of a message tells whose it is. */
static unsigned char byte_of(const struct message *m)
{
	return m->sender * EACH + m->number;
}

static void be_sender(int me, void (*send)(const struct message *))
{
	struct message m = { .type = 1, .sender = me };

	for (m.number = 0; m.number < EACH; m.number++) {
		memset(m.bytes, byte_of(&m), sizeof(m.bytes));
		send(&m);
	}
	_exit(0);
}

static void be_receiver(struct finding *found,
			void (*receive)(struct message *))
{
	int last[PAIRS];

	memset(last, -1, sizeof(last));
	for (int i = 0; i < EACH; i++) {
		struct message m;

		receive(&m);
		for (size_t b = 0; b < sizeof(m.bytes); b++)
			found->damaged += m.bytes[b] != byte_of(&m);
		found->times[m.sender][m.number]++;
		found->disorder += m.number <= last[m.sender];
		last[m.sender] = m.number;
	}
	_exit(0);
}

/* Returns whether all came once, undamaged and in the order of their sender. */
static int run(const char *name, void (*send)(const struct message *),
	       void (*receive)(struct message *))
{
	struct finding *found = need_ptr(
		mmap(NULL, PAIRS * sizeof(*found), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	int once = 0, damaged = 0, disorder = 0;

	for (int i = 0; i < PAIRS; i++) {
		if (!need(fork()))
			be_receiver(&found[i], receive);
		if (!need(fork()))
			be_sender(i, send);
	}
	for (int i = 0; i < 2 * PAIRS; i++)
		if (ended(-1))
			return 0;
	for (int i = 0; i < PAIRS * EACH; i++) {
		int times = 0;

		for (int r = 0; r < PAIRS; r++)
			times += found[r].times[i / EACH][i % EACH];
		once += times == 1;
	}
	for (int r = 0; r < PAIRS; r++) {
		damaged += found[r].damaged;
		disorder += found[r].disorder;
	}
	say("%s: %d of %d came once, %d bytes damaged, %d out of order", name,
	    once, PAIRS * EACH, damaged, disorder);
	munmap(found, PAIRS * sizeof(*found));
	return once == PAIRS * EACH && !damaged && !disorder;
}

int main(void)
{
	struct mq_attr attr = { .mq_maxmsg = 10,
				.mq_msgsize = sizeof(struct message) };

	sysv = need(msgget(IPC_PRIVATE, 0600));
	posix = need(
		mq_open("/queue_sync", O_RDWR | O_CREAT | O_EXCL, 0600, &attr));
	need(mq_unlink("/queue_sync"));
	box = need_ptr(mbox_create(NULL, MBOX_SEND | MBOX_RECV, 0, NULL));
	check(run("System V", sysv_send, sysv_receive), "S225",
	      "System V: 8 x 8 processes, nothing lost, damaged or disordered");
	check(run("POSIX", posix_send, posix_receive), "S225",
	      "POSIX: 8 x 8 processes, nothing lost, damaged or disordered");
	check(run("mailbox", box_send, box_receive), "S225",
	      "mailbox: 8 x 8 processes, nothing lost, damaged or disordered");
	need(msgctl(sysv, IPC_RMID, NULL));
	mq_close(posix);
	mbox_close(box);
	return done();
}

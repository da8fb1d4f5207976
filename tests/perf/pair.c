// SPDX-License-Identifier: GPL-2.0-only
/*
 * pair.c: what one send and one receive of 64 bytes cost, in instructions,
 * beside the other message queues of the kernel, in one boot; and what they cost
 * of each message of a batch.
 *
 * Owns: the number that `make perf` checks.  One process, nobody sleeps.  How
 * instructions are counted: count.h.  Takes no locks.
 *
 *	pair [LIMIT]	exit 1 if mbox costs more than LIMIT (1.00) x SysV,
 *			2 if it cannot be measured
 */
#define PROGRAM "pair"
#include "count.h"

#include <fcntl.h>
#include <linux/mbox.h>
#include <mqueue.h>
#include <sys/ioctl.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/socket.h>
#include <sys/stat.h>

enum { LENGTH = 64, PAIRS = 2000, BLOCKS = 11, BATCH = 32 };

static char out[LENGTH], in[LENGTH];

/* -- The mechanisms ------------------------------------------------------------ */

static int box;

static void mbox_setup(void)
{
	struct mbox_open o = { .size = sizeof(o),
			       .flags = MBOX_OPEN_CREATE,
			       .rights = MBOX_RIGHT_SEND | MBOX_RIGHT_RECV };
	int dev = open("/dev/mbox", O_RDWR | O_CLOEXEC);

	need(dev >= 0, "open /dev/mbox (load mbox.ko first)");
	box = ioctl(dev, MBOX_IOC_OPEN, &o);
	need(box >= 0, "MBOX_IOC_OPEN");
}

static void mbox_pair(void)
{
	struct mbox_send s = { .size = sizeof(s),
			       .data = (uintptr_t)out,
			       .len = LENGTH };
	struct mbox_recv r = { .size = sizeof(r),
			       .data = (uintptr_t)in,
			       .len = LENGTH };

	need(ioctl(box, MBOX_IOC_SEND, &s) == 0, "MBOX_IOC_SEND");
	need(ioctl(box, MBOX_IOC_RECV, &r) == 0 && r.msg_len == LENGTH,
	     "MBOX_IOC_RECV");
}

static void mbox_rw_pair(void)
{
	need(write(box, out, LENGTH) == LENGTH, "write to a mailbox");
	need(read(box, in, LENGTH) == LENGTH, "read from a mailbox");
}

static struct mbox_send sends[BATCH];
static struct mbox_recv recvs[BATCH];

static void batch_setup(void)
{
	struct mbox_open o = { .size = sizeof(o),
			       .flags = MBOX_OPEN_CREATE,
			       .rights = MBOX_RIGHT_SEND | MBOX_RIGHT_RECV,
			       .max_messages = BATCH };
	int i;

	box = ioctl(box, MBOX_IOC_OPEN, &o);
	need(box >= 0, "MBOX_IOC_OPEN");
	for (i = 0; i < BATCH; i++) {
		sends[i] = (struct mbox_send){ .size = sizeof(sends[i]),
					       .data = (uintptr_t)out,
					       .len = LENGTH };
		recvs[i] = (struct mbox_recv){ .size = sizeof(recvs[i]),
					       .data = (uintptr_t)in,
					       .len = LENGTH };
	}
}

static void batch_pair(void)
{
	struct mbox_batch s = { .size = sizeof(s),
				.entries = (uintptr_t)sends,
				.count = BATCH,
				.entry_size = sizeof(sends[0]) };
	struct mbox_batch r = { .size = sizeof(r),
				.entries = (uintptr_t)recvs,
				.count = BATCH,
				.entry_size = sizeof(recvs[0]) };

	need(ioctl(box, MBOX_IOC_SENDV, &s) == BATCH, "MBOX_IOC_SENDV");
	need(ioctl(box, MBOX_IOC_RECVV, &r) == BATCH &&
		     recvs[BATCH - 1].msg_len == LENGTH,
	     "MBOX_IOC_RECVV");
}

static int sysv;

static void sysv_setup(void)
{
	sysv = msgget(IPC_PRIVATE, 0600);
	need(sysv >= 0, "msgget");
}

static void sysv_end(void)
{
	msgctl(sysv, IPC_RMID, NULL);
}

static void sysv_pair(void)
{
	static struct {
		long type;
		char text[LENGTH];
	} s = { 1, "" }, r;

	memcpy(s.text, out, LENGTH);
	need(msgsnd(sysv, &s, LENGTH, 0) == 0, "msgsnd");
	need(msgrcv(sysv, &r, LENGTH, 0, 0) == LENGTH, "msgrcv");
	memcpy(in, r.text, LENGTH);
}

static mqd_t posix;

static void posix_setup(void)
{
	struct mq_attr attr = { .mq_maxmsg = 10, .mq_msgsize = LENGTH };

	posix = mq_open("/pair", O_CREAT | O_RDWR, 0600, &attr);
	need(posix != (mqd_t)-1, "mq_open");
}

static void posix_end(void)
{
	mq_unlink("/pair");
}

static void posix_pair(void)
{
	need(mq_send(posix, out, LENGTH, 0) == 0, "mq_send");
	need(mq_receive(posix, in, LENGTH, NULL) == LENGTH, "mq_receive");
}

static int ends[2];

static void pipe_setup(void)
{
	need(pipe(ends) == 0, "pipe");
}

static void pipe_pair(void)
{
	need(write(ends[1], out, LENGTH) == LENGTH, "write to a pipe");
	need(read(ends[0], in, LENGTH) == LENGTH, "read from a pipe");
}

static void seqpacket_setup(void)
{
	need(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) == 0, "socketpair");
}

static void seqpacket_pair(void)
{
	need(send(ends[1], out, LENGTH, 0) == LENGTH, "send");
	need(recv(ends[0], in, LENGTH, 0) == LENGTH, "recv");
}

static void syscall_one(void)
{
	need(syscall(SYS_getppid) >= 0, "getppid");
}

static void ends_close(void)
{
	close(ends[0]);
	close(ends[1]);
}

static struct mechanism {
	const char *name;
	void (*setup)(void);
	void (*pair)(void);
	void (*end)(void);
	bool carries; /* in[] must hold what was in out[] */
	int messages; /* that one pair moves; 0: one */
	int64_t cost;
} all[] = {
	{ "mbox SEND/RECV", mbox_setup, mbox_pair, NULL, true, 0, 0 },
	{ "mbox write/read", NULL, mbox_rw_pair, NULL, true, 0, 0 },
	{ "mbox SENDV/RECVV, 32", batch_setup, batch_pair, NULL, true, BATCH,
	  0 },
	{ "SysV msgsnd/msgrcv", sysv_setup, sysv_pair, sysv_end, true, 0, 0 },
	{ "POSIX mq_send/receive", posix_setup, posix_pair, posix_end, true, 0,
	  0 },
	{ "pipe", pipe_setup, pipe_pair, ends_close, true, 0, 0 },
	{ "UNIX seqpacket", seqpacket_setup, seqpacket_pair, ends_close, true,
	  0, 0 },
	{ "a bare system call", NULL, syscall_one, NULL, false, 0, 0 },
};

enum { MBOX = 0, SYSV = 3, MECHANISMS = sizeof(all) / sizeof(all[0]) };

/* -- Measuring ------------------------------------------------------------------ */

/* The middle one of many blocks: a timer tick in some of them does not show. */
static int64_t measure(void (*pair)(void), int messages)
{
	int64_t block[BLOCKS], start;
	int b, i;

	for (i = 0; i < PAIRS; i += messages)
		pair();
	for (b = 0; b < BLOCKS; b++) {
		start = now_on(CLOCK_MONOTONIC);
		for (i = 0; i < PAIRS; i += messages)
			pair();
		block[b] = now_on(CLOCK_MONOTONIC) - start;
	}
	qsort(block, BLOCKS, sizeof(block[0]), by_value);
	return block[BLOCKS / 2] / i;
}

int main(int argc, char **argv)
{
	double limit = argc > 1 ? atof(argv[1]) : 1.00, ratio;
	int i;

	if (argc > 2 || limit <= 0) {
		printf("usage: pair [LIMIT]\n");
		return 2;
	}
	need_counting();
	for (i = 0; i < LENGTH; i++)
		out[i] = (char)(i * 3 + 1);
	for (i = 0; i < MECHANISMS; i++) {
		struct mechanism *m = &all[i];

		if (m->setup)
			m->setup();
		memset(in, 0, LENGTH);
		m->cost = measure(m->pair, m->messages ? m->messages : 1);
		if (m->carries && memcmp(in, out, LENGTH)) {
			printf("pair: %s: the message came out wrong\n",
			       m->name);
			return 2;
		}
		if (m->end)
			m->end();
	}
	printf("%-24s %12s %8s\n", "64 bytes, nobody sleeps", "instructions",
	       "x SysV");
	for (i = 0; i < MECHANISMS; i++)
		printf("%-24s %12lld %8.2f\n", all[i].name,
		       (long long)all[i].cost,
		       (double)all[i].cost / (double)all[SYSV].cost);
	ratio = (double)all[MBOX].cost / (double)all[SYSV].cost;
	printf("mbox/sysv %.3f\n", ratio);
	if (ratio > limit) {
		printf("pair: mbox costs more than %.2f x SysV\n", limit);
		return 1;
	}
	return 0;
}

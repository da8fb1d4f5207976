// SPDX-License-Identifier: GPL-2.0-only
/*
 * queue_kept: in message passing the kernel keeps order and content intact.
 *
 * Notes: S227 (001:77-84)
 * Watch: 4 senders and 4 receivers share a mailbox for two seconds, or until a
 *        million messages are through; `queue_kept 1000000` runs until then.
 *        Each message has a number and a CRC-32; no process takes a lock.
 * See:   every one arrives once with its CRC right. At each receiver, the
 *        numbers of every sender rise.
 */
#include "../check.h"
#include <mbox.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>

#define SENDERS 4
#define RECEIVERS 4
#define LEAST 500 /* messages of a sender, even if the time is over */
#define MOST 250000

struct record {
	uint32_t crc, sender, number;
	unsigned char bytes[256]; /* 0 to 255 of them are sent */
};

struct table {
	unsigned char come[SENDERS][MOST]; /* how often this one was received */
	uint32_t sent[SENDERS];
	uint32_t received[RECEIVERS], damaged[RECEIVERS], disorder[RECEIVERS];
};

static uint32_t crc_of(const struct record *record, size_t len)
{
	const unsigned char *bytes = (const unsigned char *)record;
	uint32_t crc = ~0U;

	for (size_t i = sizeof(record->crc); i < len; i++) {
		crc ^= bytes[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return ~crc;
}

static void be_sender(struct mbox *box, uint32_t me, struct table *table,
		      uint32_t limit, uint64_t end)
{
	struct record record = { .sender = me };
	uint32_t n;

	for (n = 0; n < limit; n++) {
		size_t len = offsetof(struct record, bytes) + n % 256;

		if (n >= LEAST && mbox_deadline_in(0) > end)
			break;
		record.number = n;
		memset(record.bytes, n * SENDERS + me, sizeof(record.bytes));
		record.crc = crc_of(&record, len);
		need(mbox_send(box, &record, len));
	}
	table->sent[me] = n;
	_exit(0);
}

/* Ends when all senders have closed and the mailbox is empty. */
static void be_receiver(struct mbox *box, int me, struct table *table)
{
	uint32_t next[SENDERS] = { 0 }; /* the least that may come */
	struct record record;
	ssize_t len;

	while ((len = mbox_recv(box, &record, sizeof(record))) >= 0) {
		table->received[me]++;
		if (record.crc != crc_of(&record, len)) {
			table->damaged[me]++;
			continue;
		}
		table->come[record.sender][record.number]++;
		table->disorder[me] += record.number < next[record.sender];
		next[record.sender] = record.number + 1;
	}
	_exit(errno == EPIPE ? 0 : 1);
}

int main(int argc, char **argv)
{
	struct table *t =
		need_ptr(mmap(NULL, sizeof(*t), PROT_READ | PROT_WRITE,
			      MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	uint64_t end = mbox_deadline_in(argc > 1 ? UINT64_MAX : 2000000000);
	uint32_t wanted = argc > 1 ? atoi(argv[1]) / SENDERS : MOST;
	uint32_t limit = wanted < MOST ? wanted : MOST;
	uint32_t least = SENDERS * (limit < LEAST ? limit : LEAST);
	uint32_t sent = 0, received = 0, come = 0, damaged = 0, disorder = 0;
	struct mbox *both, *in, *out;

	if (!limit) {
		fprintf(stderr, "usage: queue_kept [MESSAGES]; %d at least\n",
			SENDERS);
		return 2;
	}
	both = need_ptr(mbox_create(NULL, MBOX_SEND | MBOX_RECV | MBOX_HANGUP,
				    0, NULL));
	in = need_ptr(mbox_copy(both, MBOX_SEND));
	out = need_ptr(mbox_copy(both, MBOX_RECV));
	mbox_close(both);
	for (int i = 0; i < RECEIVERS; i++) {
		if (!need(fork())) {
			mbox_close(in);
			be_receiver(out, i, t);
		}
	}
	for (int i = 0; i < SENDERS; i++)
		if (!need(fork()))
			be_sender(in, i, t, limit, end);
	mbox_close(in);
	for (int i = 0; i < SENDERS + RECEIVERS; i++)
		if (ended(-1))
			return 1;
	mbox_close(out);

	for (int i = 0; i < SENDERS; i++) {
		sent += t->sent[i];
		received += t->received[i];
		damaged += t->damaged[i];
		disorder += t->disorder[i];
		for (uint32_t n = 0; n < t->sent[i]; n++)
			come += t->come[i][n] == 1;
	}
	say("sent %u, received %u; damaged %u, missing %u, out of order %u",
	    sent, received, damaged, sent - come, disorder);
	check(sent >= least && received == sent && come == sent, "S227",
	      "every message of 4 senders came to one of 4 receivers, once");
	check(sent >= least && !damaged, "S227",
	      "the CRC of every message is right");
	check(sent >= least && !disorder, "S227",
	      "the messages of each sender kept their order");
	return done();
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * intact_messages: what synchronisation means: order and content are kept.
 *
 * Notes: S44 (001:77)
 * Watch: two processes send 500 messages each, at the same time, of all
 *        lengths, numbered and with a checksum (CRC-32); the receiver checks.
 * See:   each message whole, each sender's in order. Changed, lost or swapped
 *        on purpose, the same checks find it.
 */
#include "../check.h"

#include <mbox.h>
#include <stdint.h>

#define SENDERS 2
#define EACH 500
#define LONGEST 200

struct item {
	uint32_t crc; /* of all that follows */
	uint32_t sender;
	uint32_t number;
	unsigned char data[LONGEST];
};

#define HEAD offsetof(struct item, data)

static uint32_t crc32_of(const void *data, size_t len)
{
	const unsigned char *byte = data;
	uint32_t crc = ~0U;

	while (len--) {
		crc ^= *byte++;
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return ~crc;
}

/* Makes a message; returns its length. */
static size_t make(struct item *item, uint32_t sender, uint32_t number)
{
	size_t len = HEAD + number % (LONGEST + 1);

	memset(item->data, (int)(sender + number), sizeof(item->data));
	item->sender = sender;
	item->number = number;
	item->crc = crc32_of(&item->sender, len - sizeof(item->crc));
	return len;
}

/* True if it is whole, and the next one of its sender. */
static int intact(const struct item *item, size_t len, uint32_t *next)
{
	return len >= HEAD &&
	       item->crc == crc32_of(&item->sender, len - sizeof(item->crc)) &&
	       item->sender < SENDERS && item->number == next[item->sender]++;
}

static void send_all(struct mbox *mb, uint32_t sender)
{
	struct item item;

	for (uint32_t number = 0; number < EACH; number++) {
		size_t len = make(&item, sender, number);

		need(mbox_send(mb, &item, len));
	}
	_exit(0);
}

int main(void)
{
	uint32_t next[SENDERS] = { 0 };
	int good = 0, found = 0;
	struct mbox *mb;
	struct item item;
	size_t len;

	mb = need_ptr(mbox_create(NULL, MBOX_SEND | MBOX_RECV, 0, NULL));
	for (uint32_t sender = 0; sender < SENDERS; sender++)
		if (!need(fork()))
			send_all(mb, sender);
	for (int i = 0; i < SENDERS * EACH; i++) {
		len = (size_t)need(mbox_recv(mb, &item, sizeof(item)));
		good += intact(&item, len, next);
	}
	while (wait(NULL) > 0)
		;
	say("%d of %d messages were whole and in order", good, SENDERS * EACH);
	check(good == SENDERS * EACH, "S44",
	      "the kernel keeps order and content of all messages");

	/* Would it have been seen? Three kinds of damage, on purpose. */
	next[0] = 7;
	len = make(&item, 0, 7);
	item.data[3] ^= 0x10;
	found += !intact(&item, len, next);
	len = make(&item, 0, 9); /* 8 is missing */
	next[0] = 8;
	found += !intact(&item, len, next);
	len = make(&item, 0, 7); /* 7 after 8 */
	found += !intact(&item, len, next);
	say("a changed bit, a missing message, an old one: %d of 3 found",
	    found);
	check(found == 3, "S44", "damage to order or content would be seen");
	mbox_close(mb);
	return done();
}

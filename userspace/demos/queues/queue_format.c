// SPDX-License-Identifier: GPL-2.0-only
/*
 * queue_format: a queue carries whole messages; what they mean is agreed upon.
 *
 * Notes: S224 (001:161; 001:163)
 * Watch: a program of version 2 sends orders, one of version 1 receives them;
 *        between the two, the members of the structure changed places. Once
 *        the order goes bare, then with a header of version and type.
 * See:   one send is one receive. The bare order is misread, and no error is
 *        seen; the one with a header is refused, as is a message that is no
 *        order.
 */
#include "../check.h"
#include <fcntl.h>
#include <mbox.h>
#include <mqueue.h>
#include <stdint.h>
#include <sys/msg.h>

struct order_v1 {
	uint32_t pieces, price;
};

struct order_v2 {
	uint32_t price, pieces;
};

enum type { ORDER = 1, CANCEL = 2 };

struct message {
	long sysv_type; /* System V wants one: always 1 */
	struct header {
		uint16_t version, type;
	} header;
	struct order_v1 order;
};

/* All but the first member goes over the queue. */
#define LEN (sizeof(struct message) - sizeof(long))

static int sysv;
static mqd_t posix;
static struct mbox *box;

static ssize_t over_sysv(const struct message *in, struct message *out)
{
	need(msgsnd(sysv, in, LEN, 0));
	return need(msgrcv(sysv, out, LEN, 0, 0));
}

static ssize_t over_posix(const struct message *in, struct message *out)
{
	need(mq_send(posix, (const char *)&in->header, LEN, 0));
	return need(mq_receive(posix, (char *)&out->header, LEN, NULL));
}

static ssize_t over_box(const struct message *in, struct message *out)
{
	need(mbox_send(box, &in->header, LEN));
	return need(mbox_recv(box, &out->header, LEN));
}

/* Wrong: a bare structure, and the hope that both sides mean the same. */
static void send_bare(void)
{
	struct order_v2 sent = { .price = 500, .pieces = 3 };
	struct order_v1 got = { 0 };

	need(mbox_send(box, &sent, sizeof(sent)));
	need(mbox_recv(box, &got, sizeof(got)));
	say("bare: sent %u pieces at %u; read %u pieces at %u", sent.pieces,
	    sent.price, got.pieces, got.price);
	check(got.pieces == 500 && got.price == 3, "S224",
	      "wrong: without a format agreed upon, it is misread silently");
}

/* The receiver of version 1: 'o' an order, 'v' wrong version, 't' wrong type */
static char judge(const struct message *message)
{
	if (message->header.version != 1)
		return 'v';
	return message->header.type == ORDER ? 'o' : 't';
}

/* Right: each message says what it is. Returns the three judgements. */
static const char *send_with_header(const char *name,
				    ssize_t (*over)(const struct message *,
						    struct message *))
{
	static const struct message messages[3] = {
		{ 1, { 1, ORDER }, { 3, 500 } },
		{ 1, { 2, ORDER }, { 500, 3 } },
		{ 1, { 1, CANCEL }, { 0, 0 } },
	};
	static char judged[4];

	for (int i = 0; i < 3; i++) {
		struct message got = { 0 };

		judged[i] = '?';
		if (over(&messages[i], &got) == LEN)
			judged[i] = judge(&got);
	}
	say("%s: version 1, version 2, and no order: judged %s", name, judged);
	return judged;
}

/* A message is a unit: what two sends gave, two receives take. */
static void keep_apart(void)
{
	char text[16];
	ssize_t len[2];

	need(mbox_send(box, "AA", 2));
	need(mbox_send(box, "BBB", 3));
	for (int i = 0; i < 2; i++)
		len[i] = need(mbox_recv(box, text, sizeof(text)));
	say("sent 2 and 3 bytes; with room for %zu, received %zd and %zd",
	    sizeof(text), len[0], len[1]);
	check(len[0] == 2 && len[1] == 3, "S224", "the unit is the message");
}

int main(void)
{
	struct mq_attr attr = { .mq_maxmsg = 10, .mq_msgsize = LEN };

	sysv = need(msgget(IPC_PRIVATE, 0600));
	posix = need(mq_open("/queue_format", O_RDWR | O_CREAT | O_EXCL, 0600,
			     &attr));
	need(mq_unlink("/queue_format"));
	box = need_ptr(mbox_create(NULL, MBOX_SEND | MBOX_RECV, 0, NULL));
	keep_apart();
	send_bare();
	say("with a header: o is an order, v a wrong version, t a wrong type");
	check(!strcmp(send_with_header("System V", over_sysv), "ovt"), "S224",
	      "System V: the header tells what is not understood");
	check(!strcmp(send_with_header("POSIX", over_posix), "ovt"), "S224",
	      "POSIX: the header tells what is not understood");
	check(!strcmp(send_with_header("mailbox", over_box), "ovt"), "S224",
	      "mailbox: the header tells what is not understood");
	need(msgctl(sysv, IPC_RMID, NULL));
	mq_close(posix);
	mbox_close(box);
	return done();
}

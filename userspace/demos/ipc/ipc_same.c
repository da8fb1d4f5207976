// SPDX-License-Identifier: GPL-2.0-only
/*
 * ipc_same: one program, eight mechanisms, nothing else changed.
 *
 * Notes: S18 (004:38), S39 (001:47), S45 (000:22, 003:66)
 * Watch: produce() and consume() call send and receive of ipc.h, and know of
 *        nothing below them. Names after the command pick mechanisms.
 * See:   every mechanism carries the same messages, in order and whole.
 */
#include "../check.h"

#include "ipc.h"

#define MESSAGES 500
#define SIZE 64

/* Number and a pattern that follows from it. */
static void make_item(char *item, int number)
{
	memset(item, 'a' + number % 26, SIZE);
	memcpy(item, &number, sizeof(number));
}

static int produce(struct ipc *ipc)
{
	char item[SIZE];

	for (int i = 0; i < MESSAGES; i++) {
		make_item(item, i);
		if (ipc->ops->send(ipc, item))
			return 1;
	}
	return 0;
}

/* Returns how many arrived as they were sent. */
static int consume(struct ipc *ipc)
{
	char item[SIZE], expected[SIZE];
	int good = 0;

	for (int i = 0; i < MESSAGES; i++) {
		make_item(expected, i);
		if (ipc->ops->receive(ipc, item))
			return good;
		good += !memcmp(item, expected, SIZE);
	}
	return good;
}

static int try_out(const struct ipc_ops *ops)
{
	struct ipc ipc;
	pid_t child;
	int good;

	need(ipc_open(&ipc, ops, SIZE));
	child = need(fork());
	if (child == 0)
		_exit(produce(&ipc));
	good = consume(&ipc);
	if (ended(child))
		good = -1;
	ops->close(&ipc);
	say("%-8s %d of %d messages arrived in order and whole", ops->name,
	    good, MESSAGES);
	return good == MESSAGES;
}

static int wanted(const char *name, int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (!strcmp(argv[i], name))
			return 1;
	return argc < 2;
}

int main(int argc, char **argv)
{
	int kernel_carries = 0, shared = 0, tried = 0;

	for (size_t i = 0; i < IPC_COUNT; i++) {
		if (!wanted(ipc_all[i]->name, argc, argv))
			continue;
		tried++;
		if (ipc_all[i] == &ipc_ring)
			shared += try_out(ipc_all[i]);
		else
			kernel_carries += try_out(ipc_all[i]);
	}
	check(tried && kernel_carries + shared == tried, "S18 S45",
	      "the same producer and consumer run over each mechanism");
	if (argc < 2)
		check(kernel_carries == IPC_COUNT - 1, "S39",
		      "pipe, FIFO, queue, socket and mailbox pass messages");
	return done();
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * ring_mailbox: many producers and consumers, and the kernel does the rest.
 *
 * Notes: S62 (004:26)
 * Watch: 4 producers and 4 consumers pass 4000 items through a mailbox of ten
 *        messages: what ring_many does, without a lock or an index.
 * See:   each item arrives once; a producer that finds the mailbox full sleeps.
 *        The shared memory is only there to count what has arrived.
 */
#include "../check.h"
#include <mbox.h>
#include <stdatomic.h>
#include <sys/mman.h>

#define WORKERS 4
#define ITEMS 1000 /* of each producer */

static struct mbox *box;
static atomic_int *arrived;

static void produce(int first)
{
	for (int i = first; i < first + ITEMS; i++)
		need(mbox_send(box, &i, sizeof(i)));
	_exit(0);
}

static void consume(void)
{
	for (int i = 0; i < ITEMS; i++) {
		int number = 0;

		need(mbox_recv(box, &number, sizeof(number)));
		arrived[number]++;
	}
	_exit(0);
}

static struct mbox_status look(void)
{
	struct mbox_status status;

	need(mbox_status(box, &status));
	return status;
}

int main(void)
{
	struct mbox_attr attr = { .max_messages = 10 };
	pid_t worker[2 * WORKERS];
	int once = 0, messages;

	arrived = need_ptr(mmap(NULL, WORKERS * ITEMS * sizeof(*arrived),
				PROT_READ | PROT_WRITE,
				MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	box = need_ptr(mbox_create(NULL, MBOX_SEND | MBOX_RECV | MBOX_ADMIN, 0,
				   &attr));
	for (int i = 0; i < WORKERS; i++) {
		worker[i] = need(fork());
		if (!worker[i])
			produce(i * ITEMS);
	}
	until(look().senders_waiting == WORKERS);
	messages = (int)look().messages;
	say("before anybody receives: %d messages, %d producers sleep",
	    messages, WORKERS);
	for (int i = WORKERS; i < 2 * WORKERS; i++) {
		worker[i] = need(fork());
		if (!worker[i])
			consume();
	}
	for (int i = 0; i < 2 * WORKERS; i++)
		ended(worker[i]);
	for (int i = 0; i < WORKERS * ITEMS; i++)
		once += arrived[i] == 1;
	say("%d producers, %d consumers: %d of %d items arrived once", WORKERS,
	    WORKERS, once, WORKERS * ITEMS);
	check(messages == 10 && once == WORKERS * ITEMS, "S62",
	      "a mailbox serves many producers and consumers by itself");
	mbox_close(box);
	return done();
}

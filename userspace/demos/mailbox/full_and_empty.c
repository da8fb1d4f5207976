// SPDX-License-Identifier: GPL-2.0-only
/*
 * full_and_empty: full: the producer waits; empty: the consumer waits.
 *
 * Notes: S51 (000:34), S52 (000:35), S85 (000:144)
 * Watch: a consumer at an empty mailbox, then a producer that wants to send
 *        three messages into a mailbox with room for two.
 * See:   each sleeps (state S) in a function of the module, and goes on when
 *        there is a message, or room.
 */
#include "../check.h"

#include <mbox.h>
#include <sys/syscall.h>

static pid_t start(struct mbox *mb, int produces)
{
	pid_t pid = need(fork());
	char item;

	if (pid)
		return pid;
	for (item = 'a'; produces && item <= 'c'; item++)
		need(mbox_send(mb, &item, 1));
	if (!produces)
		need(mbox_recv(mb, &item, 1));
	_exit(produces ? 0 : item);
}

/* True if it sleeps in the module; tells where. */
static int sleeps_in_module(pid_t pid)
{
	char path[64], line[200], where[200] = "";
	FILE *stack;

	snprintf(path, sizeof(path), "/proc/%d/stack", (int)pid);
	stack = need_ptr(fopen(path, "r"));
	while (fgets(line, sizeof(line), stack))
		if (!where[0] && strstr(line, "[mbox]"))
			sscanf(line, "%*s %199s", where);
	fclose(stack);
	say("process %d: state %c, in %s", (int)pid, state_of(pid), where);
	return state_of(pid) == 'S' && where[0];
}

int main(void)
{
	const struct mbox_attr two = { .max_messages = 2 };
	struct mbox_status box;
	struct mbox *mb;
	pid_t consumer, producer;
	char item[3];

	mb = need_ptr(
		mbox_create(NULL, MBOX_SEND | MBOX_RECV | MBOX_ADMIN, 0, &two));
	say("empty, and a consumer");
	consumer = start(mb, 0);
	until(asleep_in(consumer, SYS_ioctl) || state_of(consumer) == 'Z');
	need(mbox_status(mb, &box));
	check(sleeps_in_module(consumer) && box.receivers_waiting == 1 &&
		      box.messages == 0,
	      "S52 S85", "empty: the consumer sleeps in the kernel");
	need(mbox_send(mb, "x", 1));
	check(ended(consumer) == 'x', "S52 S85",
	      "a message comes, and the consumer goes on with it");

	say("room for two, and a producer of three");
	producer = start(mb, 1);
	until(asleep_in(producer, SYS_ioctl) || state_of(producer) == 'Z');
	need(mbox_status(mb, &box));
	check(sleeps_in_module(producer) && box.senders_waiting == 1 &&
		      box.messages == 2,
	      "S51", "full: the producer sleeps in the kernel");
	need(mbox_recv(mb, &item[0], 1));
	check(ended(producer) == 0, "S51",
	      "one is consumed: there is room, and the producer goes on");
	need(mbox_recv(mb, &item[1], 1));
	need(mbox_recv(mb, &item[2], 1));
	check(!memcmp(item, "abc", 3), "S51",
	      "the message that had to wait came last");
	mbox_close(mb);
	return done();
}

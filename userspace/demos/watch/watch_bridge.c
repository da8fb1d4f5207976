// SPDX-License-Identifier: GPL-2.0-only
/*
 * watch_bridge: one kernel serves all processes, so it can carry messages.
 *
 * Notes: S40 (001:51-52)
 * Watch: a sender and a receiver that know a mailbox by its name, and not
 *        each other. Each is looked at while it sleeps.
 * See:   both sleep in the same function of the kernel's module. The
 *        receiver, inside the module, finds the sender there and wakes it.
 */
#include "../check.h"
#include <mbox.h>
#include <sys/syscall.h>

static int is_in(struct mbox *box, uint32_t what, pid_t pid)
{
	struct mbox_waiter_entry waiter;

	return mbox_waiters(box, &waiter, 1) == 1 && waiter.what == what &&
	       waiter.pid == pid && asleep_in(pid, SYS_ioctl);
}

/* The innermost function on its stack in the kernel; prints the module's. */
static void sleeps_where(const char *who, pid_t pid, char *function)
{
	char path[64], line[200];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stack", pid);
	f = need_ptr(fopen(path, "r"));
	say("the %s, %d, sleeps in the module, here:", who, pid);
	*function = 0;
	while (fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = 0;
		if (strstr(line, "[mbox]"))
			say("    %s", line);
		if (!*function)
			strcpy(function, line);
	}
	fclose(f);
}

int main(void)
{
	struct mbox_attr one = { .max_messages = 1 };
	struct mbox *box = need_ptr(mbox_create(
		"watch_bridge", MBOX_ADMIN | MBOX_EXCL, 0600, &one));
	char in_send[200], in_receive[200], woken[32], byte;
	pid_t sender, receiver;
	int wait, wake;

	trace_begin();
	trace_set("events/mbox/enable", "1");
	sender = need(fork());
	if (!sender) {
		box = need_ptr(mbox_open("watch_bridge", MBOX_SEND));
		need(mbox_send(box, "1", 1));
		need(mbox_send(box, "2", 1)); /* there is room for one */
		_exit(0);
	}
	until(is_in(box, MBOX_WAIT_SEND, sender));
	sleeps_where("sender", sender, in_send);
	receiver = need(fork());
	if (!receiver) {
		box = need_ptr(mbox_open("watch_bridge", MBOX_RECV));
		for (int i = 0; i < 2; i++)
			need(mbox_recv(box, &byte, 1));
		_exit(!(mbox_recv(box, &byte, 1) == -1 && errno == EIDRM));
	}
	need0(ended(sender));
	until(is_in(box, MBOX_WAIT_RECV, receiver));
	sleeps_where("receiver", receiver, in_receive);
	need(mbox_destroy(box));
	need0(ended(receiver));
	trace_load();
	trace_end();
	mbox_close(box);

	snprintf(woken, sizeof(woken), "pid=%d ", sender);
	wait = event_find(0, sender, "mbox_wait:");
	wake = event_find(wait, receiver, "mbox_wake:");
	if (wait >= 0 && wake >= 0) {
		say("process %d did %s", sender, events[wait].text);
		say("process %d did %s", receiver, events[wake].text);
	}
	check(strstr(in_send, "[mbox]") && !strcmp(in_send, in_receive), "S40",
	      "both sleep at the same place in the same kernel");
	check(wake >= 0 && strstr(events[wake].text, woken), "S40",
	      "one, inside the kernel, finds and wakes the other");
	return done();
}

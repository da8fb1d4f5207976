// SPDX-License-Identifier: GPL-2.0-only
/*
 * watch_receive: who waits for a message gives the processor to another.
 *
 * Notes: S29 (001:68-69)
 * Watch: a receiver finds a message in the mailbox, and then waits for a
 *        second one. It counts how often it gives the processor away, and
 *        the kernel records what the mailbox does.
 * See:   it does not for the first message. For the second the receiver sleeps
 *        and is switched away; the sender, in its send, wakes it.
 */
#include "../check.h"
#include <mbox.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>

/* How often this process gave the processor away to wait for something. */
static long switches(void)
{
	struct rusage usage;

	need(getrusage(RUSAGE_SELF, &usage));
	return usage.ru_nvcsw;
}

int main(void)
{
	struct mbox *box =
		need_ptr(mbox_create(NULL, MBOX_SEND | MBOX_RECV, 0, NULL));
	long *waits =
		need_ptr(mmap(NULL, 2 * sizeof(long), PROT_READ | PROT_WRITE,
			      MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	int found, wait, wake, got;
	char byte, woken[32];
	pid_t receiver;

	trace_begin();
	trace_set("events/mbox/enable", "1");
	need(mbox_send(box, "1", 1));
	receiver = need(fork());
	if (!receiver) {
		for (int i = 0; i < 2; i++) {
			waits[i] = -switches();
			need(mbox_recv(box, &byte, 1));
			waits[i] += switches();
		}
		_exit(0);
	}
	until(asleep_in(receiver, SYS_ioctl));
	need(mbox_send(box, "2", 1));
	need0(ended(receiver));
	trace_load();
	trace_end();

	snprintf(woken, sizeof(woken), "pid=%d ", receiver);
	found = event_find(0, receiver, "mbox_receive:");
	wait = event_find(found, receiver, "mbox_wait:");
	wake = event_find(wait, getpid(), "mbox_wake:");
	got = event_find(wake, receiver, "mbox_receive:");
	event_tell(found, "the receiver takes the first message");
	event_tell(wait, "it finds no second one, lines up and sleeps");
	event_tell(wake, "the sender, in its send, wakes it");
	event_tell(got, "the receiver takes the second message");
	say("it gave the processor away %ld times for the first message, "
	    "%ld for the second",
	    waits[0], waits[1]);
	check(found >= 0 && waits[0] == 0, "S29",
	      "a receiver that finds a message does not give the CPU away");
	check(wait >= 0 && waits[1] > 0, "S29",
	      "a receiver that waits sleeps, and is switched away");
	check(got >= 0 && strstr(events[wake].text, woken), "S29",
	      "the sender wakes it, and only then it receives");
	return done();
}

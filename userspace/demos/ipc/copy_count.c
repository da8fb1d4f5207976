// SPDX-License-Identifier: GPL-2.0-only
/*
 * copy_count: how often is a message copied on its way?
 *
 * Notes: S121 (003:329), S298 (003:365), S340 (003:53)
 * Watch: a debug register of the processor on one byte of the sender's
 *        message, another on the same byte of the receiver's buffer; both
 *        count what the kernel, and not the program, reads and writes there.
 * See:   two copies for a pipe, a queue, a socket and a mailbox: one in, one
 *        out. None for shared memory. One if the pipe is given the sender's
 *        page by vmsplice(). The notes list pipes under shared memory: they
 *        are not. System V's queue is left out, as its message must be copied
 *        by the program first.
 */
#include "../check.h"

#include <fcntl.h>
#include <linux/hw_breakpoint.h>
#include <linux/perf_event.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include "ipc.h"

#define SIZE 3000
#define BYTE (SIZE / 2)

static char sent[SIZE], received[SIZE];
static int watched[2];

/* perf_event_open(2): counts what the kernel does with the byte at address. */
static int watch(const char *address)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_BREAKPOINT,
		.size = sizeof(attr),
		.bp_type = HW_BREAKPOINT_RW,
		.bp_addr = (unsigned long)address,
		.bp_len = HW_BREAKPOINT_LEN_1,
		.exclude_user = 1,
		.exclude_hv = 1,
		.disabled = 1,
	};

	return need(syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0));
}

static void start(void)
{
	for (int i = 0; i < 2; i++) {
		need(ioctl(watched[i], PERF_EVENT_IOC_RESET, 0));
		need(ioctl(watched[i], PERF_EVENT_IOC_ENABLE, 0));
	}
}

/* How many copies there were since start(): out of sent, into received. */
static int stop(const char *name)
{
	unsigned long long in, out;

	for (int i = 0; i < 2; i++)
		need(ioctl(watched[i], PERF_EVENT_IOC_DISABLE, 0));
	need(read(watched[0], &in, sizeof(in)));
	need(read(watched[1], &out, sizeof(out)));
	say("  %-16s %llu in, %llu out", name, in, out);
	return in + out;
}

static int carry(const struct ipc_ops *ops)
{
	struct ipc ipc;
	int copies;

	need(ipc_open(&ipc, ops, SIZE));
	sent[BYTE] = 'm';
	received[BYTE] = 0;
	start();
	need(ops->send(&ipc, sent));
	need(ops->receive(&ipc, received));
	copies = stop(ops->name);
	ops->close(&ipc);
	return received[BYTE] == 'm' ? copies : -1;
}

/* The pipe is given the sender's page instead of a copy of it. */
static int carry_page(void)
{
	struct iovec page = { sent, SIZE };
	int fd[2], copies;

	need(pipe(fd));
	received[BYTE] = 0;
	start();
	need(vmsplice(fd[1], &page, 1, 0));
	need(read(fd[0], received, SIZE));
	copies = stop("pipe, vmsplice()");
	close(fd[0]);
	close(fd[1]);
	return received[BYTE] == 'm' ? copies : -1;
}

int main(void)
{
	int pipe_copies = 0, ring_copies = -1, page_copies, two = 0;

	watched[0] = watch(&sent[BYTE]);
	watched[1] = watch(&received[BYTE]);
	say("copies by the kernel, for one message:");
	for (size_t i = 0; i < IPC_COUNT; i++) {
		int copies;

		if (ipc_all[i] == &ipc_sysv)
			continue;
		copies = carry(ipc_all[i]);
		two += copies == 2;
		if (ipc_all[i] == &ipc_pipe)
			pipe_copies = copies;
		if (ipc_all[i] == &ipc_ring)
			ring_copies = copies;
	}
	page_copies = carry_page();
	check(two == IPC_COUNT - 2 && ring_copies == 0, "S121",
	      "what the kernel carries is copied twice, what is shared never");
	check(page_copies == 1, "S298", "vmsplice() saves one of the two");
	check(pipe_copies == 2 && ring_copies == 0, "S340",
	      "a pipe is no shared memory: the kernel copies");
	/*
	 * A second after the last counter has gone the kernel patches its own
	 * code back.  Until then this is still the program that counts.
	 */
	close(watched[0]);
	close(watched[1]);
	nanosleep(&(struct timespec){ .tv_sec = 1, .tv_nsec = 500000000 },
		  NULL);
	return done();
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * protection_domain: a process can touch its own memory only.
 *
 * Notes: S6 (001:17; 004:19)
 * Watch: children that try to change or read their parent's memory: by
 *        address, by an address that only the parent has, by asking the
 *        kernel as another user, and by asking the kernel as root.
 * See:   a copy is changed; SIGSEGV; EPERM; only the last one gets through,
 *        by a system call that the kernel allows.
 */
#include "../check.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/uio.h>

/* Reads *address of process pid through the kernel, as user uid. */
static int ask_kernel(uid_t uid, pid_t pid, int *address)
{
	int seen = 0;
	struct iovec here = { &seen, sizeof(seen) };
	struct iovec there = { address, sizeof(seen) };

	need(setuid(uid));
	if (process_vm_readv(pid, &here, 1, &there, 1, 0) == -1)
		return errno == EPERM ? 100 : 101;
	return seen;
}

int main(void)
{
	pid_t parent = getpid(), child;
	int *heap, *later, fd[2], status;

	heap = need_ptr(malloc(sizeof(*heap)));
	*heap = 42;

	child = need(fork());
	if (!child) {
		*heap = 7;
		_exit(*heap);
	}
	status = ended(child);
	say("the child wrote %d to address %p, the parent has %d there", status,
	    (void *)heap, *heap);
	check(status == 7 && *heap == 42, "S6",
	      "a child that writes to its parent's address changes a copy");

	need(pipe(fd));
	child = need(fork());
	if (!child) {
		need(read(fd[0], &later, sizeof(later)));
		*later = 7;
		_exit(0);
	}
	/* Where the child has nothing: mapped after the fork. */
	later = need_ptr(mmap(NULL, sizeof(*later), PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	*later = 42;
	need(write(fd[1], &later, sizeof(later)));
	status = ended(child);
	say("the child wrote to %p, which only the parent has: %s",
	    (void *)later, status > 128 ? strsignal(status - 128) : "allowed");
	check(status == 128 + SIGSEGV && *later == 42, "S6",
	      "an address that only the parent has is a SIGSEGV for the child");

	child = need(fork());
	if (!child)
		_exit(ask_kernel(1000, parent, later));
	status = ended(child);
	say("process_vm_readv() as alice: %s",
	    status == 100 ? strerror(EPERM) : "no EPERM");
	check(status == 100, "S6",
	      "the kernel does not read it for another user: EPERM");

	child = need(fork());
	if (!child)
		_exit(ask_kernel(0, parent, later));
	status = ended(child);
	say("process_vm_readv() as root: read %d", status);
	check(status == 42, "S6",
	      "root may ask the kernel for it, by a system call");
	free(heap);
	return done();
}

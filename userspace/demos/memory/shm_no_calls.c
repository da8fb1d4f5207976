// SPDX-License-Identifier: GPL-2.0-only
/*
 * shm_no_calls: once it is set up, shared memory needs no system call.
 *
 * Notes: S30 (001:34)
 * Watch: two processes forbid themselves every system call but the one that
 *        ends them, then pass an array back and forth through pointers alone.
 * See:   both come to the end. A third makes one getppid() under the same
 *        rule, and the kernel kills it with SIGSYS.
 */
#include "../check.h"
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#define ROUNDS 20
#define NUMBERS 1000

struct region {
	atomic_int turn;
	long number[NUMBERS];
};

/* From here on exit_group() is the only call that the kernel lets through. */
static void forbid_calls(void)
{
	struct sock_filter rule[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_exit_group, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
	};
	struct sock_fprog filter = { 4, rule };

	need(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	need(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter));
}

/* Adds one to every number whenever it is this process's turn. */
static void play(struct region *region, int me)
{
	forbid_calls();
	for (int round = 0; round < ROUNDS; round++) {
		while (atomic_load(&region->turn) != me)
			; /* yielding would be a call, so it only looks */
		for (int i = 0; i < NUMBERS; i++)
			region->number[i]++;
		atomic_store(&region->turn, !me);
	}
	_exit(0);
}

int main(void)
{
	struct region *region;
	pid_t player[2], caller;
	int end[2], right = 0, caller_end;

	region = need_ptr(mmap(NULL, sizeof(*region), PROT_READ | PROT_WRITE,
			       MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	for (int i = 0; i < 2; i++) {
		player[i] = need(fork());
		if (!player[i])
			play(region, i);
	}
	for (int i = 0; i < 2; i++)
		end[i] = ended(player[i]);
	for (int i = 0; i < NUMBERS; i++)
		right += region->number[i] == 2 * ROUNDS;
	say("%d of %d numbers went %d times from one to the other", right,
	    NUMBERS, 2 * ROUNDS);
	say("the two ended with status %d and %d", end[0], end[1]);
	check(right == NUMBERS && end[0] == 0 && end[1] == 0, "S30",
	      "two processes that may not make any call exchange their data");

	caller = need(fork());
	if (!caller) {
		forbid_calls();
		syscall(SYS_getppid);
		_exit(0);
	}
	caller_end = ended(caller);
	say("one that made a call ended with status %d (128 + SIGSYS is %d)",
	    caller_end, 128 + SIGSYS);
	check(caller_end == 128 + SIGSYS, "S30",
	      "a single call would have been noticed");
	return done();
}

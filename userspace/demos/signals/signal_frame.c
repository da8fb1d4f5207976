// SPDX-License-Identifier: GPL-2.0-only
/*
 * signal_frame: how the kernel gets a handler to run: a frame on the stack.
 *
 * Notes: S202 (001:123), S213 (001:136)
 * Watch: the program loops for ever on one instruction, "spin: jmp spin",
 *        with known values in four registers. A timer sends signals.
 * See:   the handler finds the interrupted registers on the stack. It returns
 *        not to the program but to code that calls sigreturn. It changes the
 *        saved instruction pointer, and so the loop is left.
 */
#include "../check.h"
#include <signal.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <ucontext.h>

/* Places in the assembly code of spin(), which is that of x86-64. */
extern const char spinning[] __attribute__((visibility("hidden")));
extern const char onward[] __attribute__((visibility("hidden")));

static volatile int looping;
static greg_t saved_ip, saved_sp, frame;
static unsigned char return_code[9];

static void handler(int number, siginfo_t *info, void *context)
{
	greg_t *saved = ((ucontext_t *)context)->uc_mcontext.gregs;

	(void)number;
	(void)info;
	if (!looping)
		return; /* too early; the timer comes again */
	looping = 0;
	saved_ip = saved[REG_RIP];
	saved_sp = saved[REG_RSP];
	frame = (greg_t)context;
	memcpy(return_code, __builtin_return_address(0), sizeof(return_code));
	saved[REG_RIP] = (greg_t)onward;
}

/* Counts the registers that are after the loop what they were before. */
__attribute__((noinline, noclone)) static int spin(void)
{
	long a = 11, b = 22, c = 33, d = 44;

	__asm__ volatile("movl $1, %4\n"
			 "spinning: jmp spinning\n"
			 "onward:\n"
			 : "+a"(a), "+b"(b), "+c"(c), "+d"(d), "=m"(looping)
			 :
			 : "memory");
	return (a == 11) + (b == 22) + (c == 33) + (d == 44);
}

int main(void)
{
	/* mov $SYS_rt_sigreturn, %rax; syscall */
	static const unsigned char sigreturn[9] = {
		0x48, 0xc7, 0xc0, SYS_rt_sigreturn, 0, 0, 0, 0x0f, 0x05
	};
	const struct itimerval often = { { 0, 10000 }, { 0, 10000 } };
	const struct itimerval never = { 0 };
	struct sigaction action = { .sa_sigaction = handler,
				    .sa_flags = SA_SIGINFO };
	int unchanged;

	need(sigaction(SIGALRM, &action, NULL));
	say("loop for ever at %p", (void *)spinning);
	need(setitimer(ITIMER_REAL, &often, NULL));
	unchanged = spin();
	need(setitimer(ITIMER_REAL, &never, NULL));
	say("the loop was left; the handler saw:");
	say("  interrupted at instruction %#llx, stack at %#llx", saved_ip,
	    saved_sp);
	say("  frame with the saved registers at %#llx, %lld bytes below",
	    frame, saved_sp - frame);
	check(saved_ip == (greg_t)spinning, "S202 S213",
	      "the handler interrupted the program at its loop");
	check(frame < saved_sp && saved_sp - frame < 65536, "S213",
	      "the kernel saved its registers on the program's own stack");
	check(!memcmp(return_code, sigreturn, sizeof(sigreturn)), "S213",
	      "the handler returns to a call of sigreturn");
	check(unchanged == 4, "S202",
	      "as after an interrupt, all other registers are as before");
	return done();
}

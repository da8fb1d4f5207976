// SPDX-License-Identifier: GPL-2.0-only
/*
 * fault_signals: signals that come from a trap, and one that does not.
 *
 * Notes: S199 (001:119)
 * Watch: the program writes through a null pointer, writes to a page that
 *        is read-only, divides by zero, and sends itself SIGSEGV.
 * See:   the processor's trap becomes a signal. Its siginfo says why and at
 *        which address; the signal of kill() has a sender instead.
 */
#include "../check.h"
#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>

static sigjmp_buf before;
static siginfo_t seen;

static const char *why(void)
{
	if (seen.si_code == SI_USER)
		return "SI_USER";
	if (seen.si_signo == SIGFPE)
		return seen.si_code == FPE_INTDIV ? "FPE_INTDIV" : "?";
	return seen.si_code == SEGV_MAPERR ? "SEGV_MAPERR" :
	       seen.si_code == SEGV_ACCERR ? "SEGV_ACCERR" :
					     "?";
}

/* To return would repeat the instruction that trapped, for ever. */
static void handler(int number, siginfo_t *info, void *context)
{
	(void)number;
	(void)context;
	seen = *info;
	siglongjmp(before, 1);
}

int main(void)
{
	struct sigaction action = { .sa_sigaction = handler,
				    .sa_flags = SA_SIGINFO };
	volatile int *volatile null = NULL;
	volatile int zero = 0, result = 1;
	volatile char *page;

	need(sigaction(SIGSEGV, &action, NULL));
	need(sigaction(SIGFPE, &action, NULL));

	if (!sigsetjmp(before, 1))
		*null = 1; /* NOLINT: wrong, as it shall be */
	say("null pointer:   SIG%s, %s, address %#lx",
	    sigabbrev_np(seen.si_signo), why(), (long)seen.si_addr);
	check(seen.si_signo == SIGSEGV && seen.si_code == SEGV_MAPERR &&
		      !seen.si_addr,
	      "S199", "a null pointer: trap, SIGSEGV, no memory at address 0");

	page = need_ptr(mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS,
			     -1, 0));
	if (!sigsetjmp(before, 1))
		page[5] = 1;
	say("read-only page: SIG%s, %s, address %#lx",
	    sigabbrev_np(seen.si_signo), why(), (long)seen.si_addr);
	check(seen.si_signo == SIGSEGV && seen.si_code == SEGV_ACCERR &&
		      seen.si_addr == page + 5,
	      "S199", "a forbidden write: trap, SIGSEGV with its address");

	if (!sigsetjmp(before, 1))
		result = result / zero; /* NOLINT */
	say("1 / 0:          SIG%s, %s, at instruction %#lx",
	    sigabbrev_np(seen.si_signo), why(), (long)seen.si_addr);
	check(seen.si_signo == SIGFPE && seen.si_code == FPE_INTDIV, "S199",
	      "division by zero: trap, SIGFPE for an integer division");

	if (!sigsetjmp(before, 1))
		need(kill(getpid(), SIGSEGV));
	say("kill():         SIG%s, %s, from process %d",
	    sigabbrev_np(seen.si_signo), why(), seen.si_pid);
	check(seen.si_signo == SIGSEGV && seen.si_code == SI_USER &&
		      seen.si_pid == getpid(),
	      "S199", "without a trap: the same signal, sent by a process");
	return done();
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * busy_or_block: busy waiting takes time slices, blocking takes none.
 *
 * Notes: S169 (002:67,25-28,42)
 * Watch: two processes wait for the same thing. One looks at a shared word
 *        in a loop, the other reads from a pipe. The parent lets them wait
 *        until the busy one has used a quarter of a second of CPU time.
 * See:   the busy one is always running or ready (R), the blocked one always
 *        sleeps (S) and uses 0 ms. Both get what they waited for.
 */
#include "../check.h"

#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#define SAMPLES 50

static double cpu_ms(pid_t pid)
{
	struct timespec used;
	clockid_t clock;

	need0(clock_getcpuclockid(pid, &clock));
	need(clock_gettime(clock, &used));
	return used.tv_sec * 1e3 + used.tv_nsec / 1e6;
}

int main(void)
{
	double busy_ms, blocked_ms, busy_start, blocked_start;
	int fd[2], busy_ran = 0, blocked_slept = 0, status;
	pid_t busy, blocked;
	atomic_int *word;
	char byte;

	word = need_ptr(mmap(NULL, sizeof(*word), PROT_READ | PROT_WRITE,
			     MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	need(pipe(fd));
	blocked = need(fork());
	if (!blocked) {
		need(read(fd[0], &byte, 1));
		_exit(byte);
	}
	busy = need(fork());
	if (!busy) {
		while (!atomic_load(word))
			;
		_exit(atomic_load(word));
	}

	until(asleep_in(blocked, SYS_read));
	blocked_start = cpu_ms(blocked);
	busy_start = cpu_ms(busy);
	until(cpu_ms(busy) - busy_start >= 250);
	for (int i = 0; i < SAMPLES; i++) {
		busy_ran += state_of(busy) == 'R';
		blocked_slept += state_of(blocked) == 'S';
		sleep_ms(1);
	}
	busy_ms = cpu_ms(busy) - busy_start;
	blocked_ms = cpu_ms(blocked) - blocked_start;

	atomic_store(word, 42);
	need(write(fd[1], "*", 1)); /* its code is 42 */
	status = ended(busy) == 42 && ended(blocked) == 42;
	say("seen %d times:  busy: R %d times   blocked: S %d times", SAMPLES,
	    busy_ran, blocked_slept);
	say("CPU time used: busy: %.0f ms      blocked: %.3f ms", busy_ms,
	    blocked_ms);
	check(status, "S169", "both get what they waited for");
	check(busy_ran == SAMPLES && blocked_slept == SAMPLES, "S169",
	      "who waits busily is always running or ready, who blocks sleeps");
	check(busy_ms >= 250 && busy_ms >= 10 * blocked_ms, "S169",
	      "busy waiting uses CPU time, blocking does not");
	return done();
}

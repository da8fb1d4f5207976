/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * count.h: counting instructions, for the programs of this folder. They run in
 * a guest with one processor and "-icount shift=0", where a nanosecond of the
 * clock is one instruction. A program defines PROGRAM, its name, first.
 *
 * Owns nothing and takes no locks.
 */
#ifndef COUNT_H
#define COUNT_H

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static inline void die(const char *what)
{
	printf(PROGRAM ": %s: %s\n", what, strerror(errno));
	exit(2);
}

static inline void need(bool ok, const char *what)
{
	if (!ok)
		die(what);
}

/* The system call: the same cost wherever it stands. */
static inline int64_t now_on(clockid_t clock)
{
	struct timespec ts;

	syscall(SYS_clock_gettime, clock, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

static inline int by_value(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* A loop of two instructions a round: does the clock count them? */
static inline bool counts_instructions(void)
{
	uint64_t n = 5000000;
	int64_t start = now_on(CLOCK_MONOTONIC), took;

	__asm__ volatile("1: dec %0\n\tjnz 1b" : "+r"(n) : : "cc");
	took = now_on(CLOCK_MONOTONIC) - start;
	printf("10000000 instructions took %lld ns\n", (long long)took);
	return took > 9500000 && took < 10500000;
}

static inline void need_counting(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (counts_instructions())
		return;
	printf(PROGRAM
	       ": this clock does not count instructions: run it with \"make perf\", under -icount shift=0\n");
	exit(2);
}

#endif /* COUNT_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * run.h: how a program is run, and what is learnt from it.
 *
 * Owns: the memory that the fuzzer shares with the process of a program, and
 * the coverage.  run.c has the processes and threads, call.c and task.c what
 * each verb does, cover.c KCOV.  What is shared is changed with atomic operations, or by
 * one thread each; no locks.
 *
 * Used by fuzz.c, which is the only one that survives a program.
 */
#ifndef TESTS_FUZZ_RUN_H
#define TESTS_FUZZ_RUN_H

#include "prog.h"

#include <sys/types.h>

/* -- run.c ------------------------------------------------------------------ */

enum { ERRNOS = 192 };

struct shared {
	unsigned int progress; /* calls that came to an end, and 1 */
	/* Of the program that ran last. */
	bool has_begun[MAX_CALLS];
	int result[MAX_CALLS];
	unsigned int count[VERBS][ERRNOS]; /* of all; [0] is success */
	char broken[256]; /* the first thing that must not be */
};

extern struct shared *shared;

enum ending {
	ENDED, /* by itself */
	STUCK, /* killed when it made no progress any more */
	CRASHED, /* killed by something else: see shared->broken */
};

/* Memory, signals, /dev/mbox; false and a reason if it cannot be. */
bool run_init(char *why, size_t size);
/* Runs a program until its processes are gone; kills what stops so long. */
enum ending run_prog(const struct prog *p, unsigned int stall_ms);
/* True when nobody is charged for anything; waits for that at most so long. */
bool run_nothing_is_left(unsigned int ms);
void run_broken(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* -- errnos.c --------------------------------------------------------------- */

/* True if a verb of this row of the errno table may fail so. */
bool errno_is_allowed(const char *row, int err);
/* Prints which cells of it were seen, and which were not. */
void errno_report(void);

/* -- call.c ----------------------------------------------------------------- */

/* One for each thread, and one for a forked child, at its end. */
enum { CALLERS = THREADS + 1 };

/* The last one that this process has forked, and who has forked it; 0: none. */
extern pid_t call_child;
extern pid_t call_parent;

/* Memory, and the delay points if the module has them. */
bool call_prepare(void);
/* Whoever stopped at one goes on, and nobody stops any more. */
void call_release(void);
/* The descriptor that a slot has now, or -1. */
int call_slot(uint64_t slot);

/*
 * One call, on the descriptor that its slot has.  Returns what the system call
 * does: -1 and errno, or 0, or a new descriptor if the verb makes one.
 */
long call_do(unsigned int caller, const struct call *c, int fd);

/* -- task.c ----------------------------------------------------------------- */

/*
 * The failure that this thread has asked for is not for what comes next: where
 * the kernel itself says in its log that it has no memory, as for a fork.
 */
void call_spare(void);
/* SIGALRM interrupts system calls, or with SA_RESTART only for a moment. */
int call_catch(int sa_flags);
/* call_do() for a verb that is neither an ioctl nor moves bytes. */
long task_do(const struct call *c, int fd);

/* -- cover.c ---------------------------------------------------------------- */

enum { EDGES = 1 << 17, EDGE_WORDS = EDGES / 64 };

/* The edges of the program that ran last, one bit each. */
extern uint64_t *cover_edges;

/* False: the kernel has no KCOV, and no edge will ever be seen. */
bool cover_init(void);
void cover_clear(void);
/* Records the calling thread from now on. */
void cover_start(unsigned int caller);
/* Notes what was recorded for a caller since last time. */
void cover_take(unsigned int caller);

#endif /* TESTS_FUZZ_RUN_H */

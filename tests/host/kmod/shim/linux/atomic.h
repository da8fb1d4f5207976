/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel's 64-bit counters: the calls that limits.h and its cases use and
 * no other, on the compiler's own atomics.
 *
 * A few instructions are hardly ever interrupted, and on a busy machine two
 * threads seldom run at once.  So that threads do meet between two calls, some
 * calls give the processor away.
 *
 * Locking: none; that is what they are for.  Used by: tests/host/kmod.
 */
#ifndef SHIM_LINUX_ATOMIC_H
#define SHIM_LINUX_ATOMIC_H

#include <sched.h>

#include "types.h"

#define atomic64_t struct atomic64

struct atomic64 {
	s64 counter;
};

#define ATOMIC64_INIT(value) \
	{                    \
		(value)      \
	}

static inline void shim_let_others_run(void)
{
	static __thread unsigned int calls;

	if (++calls % 509 == 0)
		sched_yield();
}

static inline s64 atomic64_read(const atomic64_t *v)
{
	s64 value = __atomic_load_n(&v->counter, __ATOMIC_RELAXED);

	shim_let_others_run();
	return value;
}

static inline void atomic64_set(atomic64_t *v, s64 value)
{
	__atomic_store_n(&v->counter, value, __ATOMIC_RELAXED);
}

static inline void atomic64_sub(s64 n, atomic64_t *v)
{
	__atomic_fetch_sub(&v->counter, n, __ATOMIC_SEQ_CST);
}

/* If it is *@old, make it @new; else store what it is in *@old. */
static inline bool atomic64_try_cmpxchg(atomic64_t *v, s64 *old, s64 new)
{
	bool done = __atomic_compare_exchange_n(&v->counter, old, new, false,
						__ATOMIC_SEQ_CST,
						__ATOMIC_RELAXED);

	shim_let_others_run();
	return done;
}

#endif /* SHIM_LINUX_ATOMIC_H */

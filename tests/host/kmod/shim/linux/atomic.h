/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel's 64-bit counters: the calls limits.h uses and no other, on the
 * compiler's own atomics.
 *
 * Locking: none; that is what they are for.  Used by: tests/host/kmod.
 */
#ifndef SHIM_LINUX_ATOMIC_H
#define SHIM_LINUX_ATOMIC_H

#include "types.h"

#define atomic64_t struct atomic64

struct atomic64 {
	s64 counter;
};

static inline s64 atomic64_read(const atomic64_t *v)
{
	return __atomic_load_n(&v->counter, __ATOMIC_RELAXED);
}

/* If it is *@old, make it @new; else store what it is in *@old. */
static inline bool atomic64_try_cmpxchg(atomic64_t *v, s64 *old, s64 new)
{
	return __atomic_compare_exchange_n(&v->counter, old, new, false,
					   __ATOMIC_SEQ_CST, __ATOMIC_RELAXED);
}

#endif /* SHIM_LINUX_ATOMIC_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel's short names for types, as the pure files of kmod/ use them.
 *
 * Locking: none.  Used by: tests/host/kmod, only there.
 */
#ifndef SHIM_LINUX_TYPES_H
#define SHIM_LINUX_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The types of user space, for the uapi. */
#include_next <linux/types.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int64_t s64;

#define U32_MAX UINT32_MAX
#define U64_MAX UINT64_MAX
#define S64_MAX INT64_MAX

#define __aligned(x) __attribute__((aligned(x)))
#define likely(x) (x)
#define unlikely(x) (x)

/* The structure that holds @member, which lies at @ptr. */
#define container_of(ptr, type, member)                     \
	({                                                  \
		char *member_ = (void *)(ptr);              \
		(type *)(member_ - offsetof(type, member)); \
	})

#endif /* SHIM_LINUX_TYPES_H */

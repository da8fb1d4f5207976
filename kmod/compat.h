/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What differs between the kernels we build for: 6.1 and later.  Every test
 * of LINUX_VERSION_CODE in the module stands here, with the release that
 * removes it.
 */
#ifndef MBX_COMPAT_H
#define MBX_COMPAT_H

#include <linux/file.h>
#include <linux/gfp.h>
#include <linux/slab.h>
#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 1, 0)
#error "mbox needs Linux 6.1 or later"
#endif

/*
 * All memory that a user causes: charged to its memory cgroup, and failing
 * with ENOMEM.  Without RETRY_MAYFAIL a full cgroup means an OOM kill.
 */
#define MBX_GFP (GFP_KERNEL_ACCOUNT | __GFP_RETRY_MAYFAIL | __GFP_NOWARN)

/* Ask the security module, and install: one argument more since 6.8. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 8, 0)
#define mbx_receive_fd(file, flags) receive_fd(file, flags)
#else
#define mbx_receive_fd(file, flags) receive_fd(file, NULL, flags)
#endif

/*
 * A local variable of the data path that is set before it is read.  Debian's
 * kernels clear all others, which for a line of waiters and a list of
 * wake-ups was a tenth of the instructions of a send and a receive.
 */
#define MBX_UNINIT __attribute__((__uninitialized__))

/* A constructor: of no effect but to keep a cache from being merged. */
static inline void mbx_no_merge(void *object)
{
}

/*
 * A private slab cache for objects of struct @type, which user space never
 * sees.  Debian merges caches of one size.  A constructor keeps this one
 * apart, so that destroying it at unload proves that every object came back.
 * Objects of a cache with a constructor cannot be had zeroed.
 */
#define MBX_CACHE(type)                                           \
	kmem_cache_create(#type, sizeof(struct type),             \
			  __alignof__(struct type), SLAB_ACCOUNT, \
			  mbx_no_merge)

#endif /* MBX_COMPAT_H */

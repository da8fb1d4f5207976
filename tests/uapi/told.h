/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * told.h: signals that say that a message has come, as tests wait for them.
 *
 * Owns: what notify*.c and sigio.c share.  A signal is sent within the call
 * that causes it, so when that has returned it is pending or never will be.
 * Takes no locks.
 */
#ifndef TESTS_UAPI_TOLD_H
#define TESTS_UAPI_TOLD_H

#include "box.h"

#include <signal.h>
#include <time.h>

#define do_notify(fd_, signo_, value_, ...)                             \
	({                                                              \
		struct mbox_notify told_n_ = { .size = sizeof(told_n_), \
					       .signo = (signo_),       \
					       .value = (value_),       \
					       ##__VA_ARGS__ };         \
		box_ioctl(fd_, MBOX_IOC_NOTIFY, &told_n_);              \
	})

/* From now on the signal of this number waits until it is asked for. */
static inline void hold_signal(int sig)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, sig);
	ASSERT_OK(sigprocmask(SIG_BLOCK, &set, NULL));
}

/* Takes the signal, waiting so long for it; false if it does not come. */
static inline bool take_signal(int sig, siginfo_t *info, int64_t ns)
{
	struct timespec limit = { .tv_sec = ns / MBT_SECOND,
				  .tv_nsec = ns % MBT_SECOND };
	siginfo_t unused;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, sig);
	return sigtimedwait(&set, info ? info : &unused, &limit) == sig;
}

/* It is pending now. */
#define expect_signal(sig, info) ASSERT_TRUE(take_signal(sig, info, 0))
#define expect_no_signal(sig) EXPECT_FALSE(take_signal(sig, NULL, 0))
/* Somebody else is about to cause it. */
#define await_signal(sig, info) \
	ASSERT_TRUE(take_signal(sig, info, MBT_PATIENCE))

/* What the value of a signal is, as wide as pointers are here. */
static inline uint64_t value_of(const siginfo_t *info)
{
	return (uintptr_t)info->si_value.sival_ptr;
}

#endif /* TESTS_UAPI_TOLD_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A stand-in for the kernel below libmbox, for tests on the host.
 *
 * The linker sends open(), close(), ioctl() and malloc() of the library here
 * (--wrap).  A test says what they shall answer and looks at what they were
 * asked.  Locking: none; one thread.  Used by every test of this directory.
 */
#ifndef FAKE_H
#define FAKE_H

/* In this order: cmocka.h needs them. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include <linux/mbox.h>
#include <mbox.h>

/* Descriptors of the fake: what open() and OPEN or COPY give. */
#define FAKE_DEVICE 1000
#define FAKE_HANDLE 1001

#define FAKE_CALLS_MAX 16

/* What one ioctl() was asked; the argument as it was on entry. */
struct fake_call {
	int fd;
	unsigned long request;
	union {
		uint32_t size; /* first in every structure */
		struct mbox_info info;
		struct mbox_open open;
		struct mbox_copy copy;
		struct mbox_remove remove;
		struct mbox_send send;
		struct mbox_recv recv;
		struct mbox_filter filter;
		struct mbox_notify notify;
		struct mbox_call call;
		struct mbox_reply reply;
		struct mbox_direct direct;
		struct mbox_endpoint endpoint;
		struct mbox_links links;
		struct mbox_batch batch;
		struct mbox_stat stat;
		struct mbox_list list;
	};
};

struct fake {
	/* what to answer */
	int open_errno; /* 0: open() gives FAKE_DEVICE */
	int ioctl_errno; /* 0: ioctl() succeeds */
	int ioctl_result; /* where it succeeds and makes no descriptor */
	int no_memory; /* malloc() and calloc() fail */
	void (*answer)(void *arg); /* fills in the outputs, may be NULL */

	/* what was asked */
	unsigned int opens;
	const char *open_path;
	int open_flags;
	unsigned int closes;
	int closed[FAKE_CALLS_MAX];
	unsigned int calls;
	struct fake_call call[FAKE_CALLS_MAX];
	char name[MBOX_NAME_SIZE + 1]; /* of the last OPEN */
};

extern struct fake fake;

/* Fresh fake before each test: hand it to cmocka as setup. */
int fake_reset(void **state);

/* The only ioctl() that was made, which must be @request. */
const struct fake_call *fake_only_call(unsigned long request);

/* The library closed @fd once. */
int fake_was_closed(int fd);

/* A handle of the fake, already forgotten by its records. */
struct mbox *fake_handle(void);

/* One for each test: hand these to cmocka as setup and teardown. */
extern struct mbox *mb;
int fake_make_handle(void **state);
int fake_drop_handle(void **state);

/* @call fails with @err: NULL or -1, told apart by the macro's type. */
#define assert_fails(call, err)               \
	do {                                  \
		errno = 0;                    \
		assert_int_equal(call, -1);   \
		assert_int_equal(errno, err); \
	} while (0)
#define assert_fails_null(call, err)          \
	do {                                  \
		errno = 0;                    \
		assert_null(call);            \
		assert_int_equal(errno, err); \
	} while (0)

#define fake_test(name) cmocka_unit_test_setup(name, fake_reset)

#endif /* FAKE_H */

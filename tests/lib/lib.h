/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lib.h: short forms for the tests of libmbox in the guest.
 *
 * Owns: mailboxes that must come into being, threads that block in a call,
 * and the check after every test that all quota was given back.  Takes no
 * locks.  Used by the programs in tests/lib.
 */
#ifndef TESTS_LIB_LIB_H
#define TESTS_LIB_LIB_H

#include "mbox_test.h"

#include <mbox.h>

#define ALL (MBOX_SEND | MBOX_RECV | MBOX_ADMIN)

/* Users of the guest. */
#define ALICE 1000
#define BOB 1001

/* The call returns NULL and errno is err. */
#define EXPECT_NULL(call, err)                                                 \
	({                                                                     \
		void *p_ = (errno = 0, (call));                                \
		mbt_check_errno(__FILE__, __LINE__, #call, p_ ? 0 : -1, errno, \
				err);                                          \
	})
#define ASSERT_NULL(call, err) MBT_OR_EXIT_(EXPECT_NULL(call, err))

/* The call returns a pointer; its value is that. */
#define ASSERT_PTR(call)                                             \
	({                                                           \
		void *p_ = (errno = 0, (call));                      \
		MBT_OR_EXIT_(mbt_check_ok(__FILE__, __LINE__, #call, \
					  p_ ? 0 : -1, errno));      \
		p_;                                                  \
	})

/* A call with some options; the others are 0. */
#define SEND_WITH(mb, data, len, ...) \
	mbox_send_with(mb, data, len, \
		       &(struct mbox_send_options){ __VA_ARGS__ })
#define RECV_WITH(mb, buf, room, message, ...) \
	mbox_recv_with(mb, buf, room,          \
		       &(struct mbox_recv_options){ __VA_ARGS__ }, message)

/* A new mailbox without a name and all rights on it; NULL: default. */
struct mbox *lib_new(const struct mbox_attr *attr);

/* The same with a name that is not taken yet. */
struct mbox *lib_named(const char *name, mode_t mode, unsigned int attr_flags);

/* How the mailbox is now. */
struct mbox_status lib_status(struct mbox *mb);

/* One of the calls below, made by a thread, and what came of it. */
struct lib_call {
	struct mbox *mb;
	const struct mbox_send_options *send_options;
	const struct mbox_recv_options *recv_options;
	const void *data;
	void *buf;
	size_t len;
	struct mbox_message message;
	ssize_t ret;
	int err;
	pid_t tid;
	unsigned long thread;
};

/* Begins mbox_send_with() of .data and .len in a thread. */
void lib_begin_send(struct lib_call *call);
/* Begins mbox_recv_with() into .buf and .len in a thread. */
void lib_begin_recv(struct lib_call *call);
/* The same, and waits until it sleeps in the module. */
void lib_block_send(struct lib_call *call);
void lib_block_recv(struct lib_call *call);
/* Waits for the end of it. */
void lib_finish(struct lib_call *call);

/* Writes to a file that exists; fails the test if it cannot. */
void lib_write(const char *path, const char *text);

#endif /* TESTS_LIB_LIB_H */

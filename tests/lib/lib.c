// SPDX-License-Identifier: GPL-2.0-only
/*
 * Helpers of the libmbox tests: see lib.h.
 *
 * Locking: none; a struct lib_call belongs to its thread until lib_finish().
 */
#include "lib.h"

#include <pthread.h>

struct mbox *lib_new(const struct mbox_attr *attr)
{
	return ASSERT_PTR(mbox_create(NULL, ALL, 0, attr));
}

struct mbox *lib_named(const char *name, mode_t mode, unsigned int attr_flags)
{
	struct mbox_attr attr = { .flags = attr_flags };

	return ASSERT_PTR(mbox_create(name, ALL | MBOX_EXCL, mode, &attr));
}

struct mbox_status lib_status(struct mbox *mb)
{
	struct mbox_status status;

	ASSERT_EQ(mbox_status(mb, &status), 0);
	return status;
}

static void *send_in_thread(void *arg)
{
	struct lib_call *call = arg;

	__atomic_store_n(&call->tid, mbt_gettid(), __ATOMIC_RELEASE);
	call->ret = mbox_send_with(call->mb, call->data, call->len,
				   call->send_options);
	call->err = errno;
	return NULL;
}

static void *recv_in_thread(void *arg)
{
	struct lib_call *call = arg;

	__atomic_store_n(&call->tid, mbt_gettid(), __ATOMIC_RELEASE);
	call->ret = mbox_recv_with(call->mb, call->buf, call->len,
				   call->recv_options, &call->message);
	call->err = errno;
	return NULL;
}

static void begin(struct lib_call *call, void *(*body)(void *))
{
	call->tid = 0;
	ASSERT_EQ(pthread_create(&call->thread, NULL, body, call), 0);
	WAIT_FOR(__atomic_load_n(&call->tid, __ATOMIC_ACQUIRE));
}

void lib_begin_send(struct lib_call *call)
{
	begin(call, send_in_thread);
}

void lib_begin_recv(struct lib_call *call)
{
	begin(call, recv_in_thread);
}

void lib_block_send(struct lib_call *call)
{
	begin(call, send_in_thread);
	wait_until_blocked(call->tid);
}

void lib_block_recv(struct lib_call *call)
{
	begin(call, recv_in_thread);
	wait_until_blocked(call->tid);
}

void lib_finish(struct lib_call *call)
{
	ASSERT_EQ(pthread_join(call->thread, NULL), 0);
}

void lib_write(const char *path, const char *text)
{
	ASSERT_OK(mbt_write_file(path, text));
}

/*
 * Nothing a test did may leave a charge behind.  Charges go back a moment
 * after the last handle, so this waits for them.
 */
bool mbt_after_each(char *why, size_t size)
{
	struct mbox_limits limits = { .abi = 0 };

	for (int i = 0; i < 500; i++) {
		if (mbox_limits(&limits)) {
			if (errno == ENODEV) /* tests of the missing module */
				return true;
			snprintf(why, size, "mbox_limits: %s", strerror(errno));
			return false;
		}
		if (!limits.used_bytes && !limits.used_messages &&
		    !limits.used_mailboxes)
			return true;
		mbt_sleep_ms(10);
	}
	snprintf(why, size,
		 "still charged: %llu bytes, %llu messages, %llu mailboxes",
		 (unsigned long long)limits.used_bytes,
		 (unsigned long long)limits.used_messages,
		 (unsigned long long)limits.used_mailboxes);
	return false;
}

// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Batches: many messages in one system call.
 *
 * The kernel's entries are laid out on the stack, or in memory of their own if
 * there are many.
 *
 * Locking: none.  Called by programs.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>

#include "internal.h"

/* Entries for which the stack has room. */
#define MBOXI_FEW 32

static int batch_from_options(struct mbox_batch *batch, size_t count,
			      const struct mbox_batch_options *options)
{
	if (!count || count > MBOX_BATCH_MAX) {
		errno = EINVAL;
		return -1;
	}
	batch->count = (uint32_t)count;
	if (!options)
		return 0;
	if (!mboxi_is_zero(options->reserved, 4))
		return -1;
	batch->flags = options->flags;
	batch->deadline = options->deadline;
	batch->min = options->min;
	return 0;
}

static int reserved_is_zero(uint32_t reserved32, const uint64_t *reserved)
{
	if (reserved32) {
		errno = EINVAL;
		return 0;
	}
	return mboxi_is_zero(reserved, 2);
}

/* free() that leaves errno alone. */
static void free_quietly(void *memory)
{
	int err = errno;

	free(memory);
	errno = err;
}

ssize_t mbox_sendv(struct mbox *mb, struct mbox_send_entry *entries,
		   size_t count, const struct mbox_batch_options *options)
{
	struct mbox_batch batch = { .size = sizeof(batch),
				    .entry_size = sizeof(struct mbox_send) };
	struct mbox_send few[MBOXI_FEW], *many = NULL, *args = few;
	int sent;

	if (batch_from_options(&batch, count, options))
		return -1;
	if (count > MBOXI_FEW) {
		many = malloc(count * sizeof(*many));
		if (!many)
			return -1;
		args = many;
	}
	for (size_t i = 0; i < count; i++) {
		const struct mbox_send_entry *e = &entries[i];

		if (!reserved_is_zero(e->reserved32, e->reserved)) {
			free_quietly(many);
			return -1;
		}
		args[i] = (struct mbox_send){
			.size = sizeof(args[i]),
			.flags = e->flags,
			.data = (uintptr_t)e->data,
			.tag = e->tag,
			.len = mboxi_room(e->len),
			.priority = e->priority,
		};
	}
	batch.entries = (uintptr_t)args;
	sent = mboxi_ioctl(mboxi_fd(mb), MBOX_IOC_SENDV, &batch);
	if (sent > 0 && (size_t)sent < count)
		entries[sent].error = -args[sent].result;
	free_quietly(many);
	return sent;
}

ssize_t mbox_recvv(struct mbox *mb, struct mbox_recv_entry *entries,
		   size_t count, const struct mbox_batch_options *options)
{
	struct mbox_batch batch = { .size = sizeof(batch),
				    .entry_size = sizeof(struct mbox_recv) };
	struct mbox_recv few[MBOXI_FEW], *many = NULL, *args = few;
	int got, moved;

	if (batch_from_options(&batch, count, options))
		return -1;
	if (count > MBOXI_FEW) {
		many = malloc(count * sizeof(*many));
		if (!many)
			return -1;
		args = many;
	}
	for (size_t i = 0; i < count; i++) {
		const struct mbox_recv_entry *e = &entries[i];

		if (!reserved_is_zero(e->reserved32, e->reserved)) {
			free_quietly(many);
			return -1;
		}
		args[i] = (struct mbox_recv){
			.size = sizeof(args[i]),
			.flags = e->flags,
			.data = (uintptr_t)e->buf,
			.len = mboxi_room(e->room),
			.select = e->select,
			.select_value = e->select_value,
		};
	}
	batch.entries = (uintptr_t)args;
	got = mboxi_ioctl(mboxi_fd(mb), MBOX_IOC_RECVV, &batch);
	moved = got < 0 ? 0 : got;
	for (int i = 0; i < moved; i++)
		mboxi_received(&args[i], 0, &entries[i].message);
	if (got > 0 && (size_t)got < count)
		entries[got].error = -args[got].result;
	if ((size_t)moved < count &&
	    (got < 0 ? errno : entries[moved].error) == EMSGSIZE)
		entries[moved].message.len = args[moved].msg_len;
	free_quietly(many);
	return got;
}

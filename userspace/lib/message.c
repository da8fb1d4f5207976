// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Messages: sent and received, with and without options.
 *
 * The arguments are laid out on the stack and handed to the kernel as they
 * are; the kernel judges them.  Nothing is copied here but the stamps.
 *
 * Locking: none.  Called by programs.
 */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "internal.h"

int mbox_send(struct mbox *mb, const void *data, size_t len)
{
	return mbox_send_with(mb, data, len, NULL);
}

int mbox_send_with(struct mbox *mb, const void *data, size_t len,
		   const struct mbox_send_options *options)
{
	struct mbox_send arg = { .size = sizeof(arg) };

	if (len > UINT32_MAX) {
		errno = EMSGSIZE;
		return -1;
	}
	if (options) {
		if (!mboxi_is_zero(options->reserved, 4))
			return -1;
		arg.flags = options->flags;
		arg.tag = options->tag;
		arg.deadline = options->deadline;
		arg.priority = options->priority;
	}
	arg.data = (uintptr_t)data;
	arg.len = len;
	return mboxi_ioctl(mboxi_fd(mb), MBOX_IOC_SEND, &arg);
}

ssize_t mbox_recv(struct mbox *mb, void *buf, size_t room)
{
	return mbox_recv_with(mb, buf, room, NULL, NULL);
}

/* The kernel's lengths have 32 bits, and the result must fit a ssize_t. */
static uint32_t room_to_kernel(size_t room)
{
	if (room > SSIZE_MAX)
		room = SSIZE_MAX;
	return room < UINT32_MAX ? room : UINT32_MAX;
}

static void message_from_kernel(struct mbox_message *message,
				const struct mbox_recv *arg)
{
	memset(message, 0, sizeof(*message));
	message->id = arg->id;
	message->tag = arg->tag;
	message->start_time = arg->start_time;
	message->sent_time = arg->sent_time;
	message->drops = arg->drops;
	message->len = arg->msg_len;
	message->priority = arg->priority;
	message->pid = arg->pid;
	message->tid = arg->tid;
	message->uid = arg->uid;
	message->gid = arg->gid;
}

ssize_t mbox_recv_with(struct mbox *mb, void *buf, size_t room,
		       const struct mbox_recv_options *options,
		       struct mbox_message *message)
{
	struct mbox_recv arg = { .size = sizeof(arg) };

	if (options) {
		if (options->reserved0) {
			errno = EINVAL;
			return -1;
		}
		if (!mboxi_is_zero(options->reserved, 4))
			return -1;
		arg.flags = options->flags;
		arg.deadline = options->deadline;
	}
	arg.data = (uintptr_t)buf;
	arg.len = room_to_kernel(room);
	if (mboxi_ioctl(mboxi_fd(mb), MBOX_IOC_RECV, &arg)) {
		if (errno == EMSGSIZE && message)
			message->len = arg.msg_len;
		return -1;
	}
	if (message)
		message_from_kernel(message, &arg);
	return arg.msg_len < arg.len ? arg.msg_len : arg.len;
}

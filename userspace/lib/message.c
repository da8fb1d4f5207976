// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Messages: sent and received, with and without options; received also with an
 * answer before.
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

int mboxi_send_arg(struct mbox_send *arg, const void *data, size_t len,
		   const struct mbox_send_options *options)
{
	arg->size = sizeof(*arg);
	if (len > UINT32_MAX) {
		errno = EMSGSIZE;
		return -1;
	}
	if (options) {
		if (options->reserved0) {
			errno = EINVAL;
			return -1;
		}
		if (!mboxi_is_zero(options->reserved, 2))
			return -1;
		arg->flags = options->flags;
		arg->tag = options->tag;
		arg->deadline = options->deadline;
		arg->priority = options->priority;
		arg->fds = (uintptr_t)options->fds;
		arg->nfds = options->nfds;
	}
	arg->data = (uintptr_t)data;
	arg->len = len;
	return 0;
}

int mbox_send_with(struct mbox *mb, const void *data, size_t len,
		   const struct mbox_send_options *options)
{
	struct mbox_send arg = { 0 };

	if (mboxi_send_arg(&arg, data, len, options))
		return -1;
	return mboxi_ioctl(mboxi_fd(mb), MBOX_IOC_SEND, &arg);
}

ssize_t mbox_recv(struct mbox *mb, void *buf, size_t room)
{
	return mbox_recv_with(mb, buf, room, NULL, NULL);
}

uint32_t mboxi_room(size_t room)
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
	message->nfds = arg->msg_fds;
	message->reply_room = arg->reply_room;
	message->token = arg->token;
	message->call_deadline = arg->call_deadline;
}

int mboxi_recv_arg(struct mbox_recv *arg, void *buf, size_t room,
		   const struct mbox_recv_options *options)
{
	arg->size = sizeof(*arg);
	if (options) {
		if (options->reserved0) {
			errno = EINVAL;
			return -1;
		}
		if (!mboxi_is_zero(options->reserved, 1))
			return -1;
		arg->flags = options->flags;
		arg->deadline = options->deadline;
		arg->select = options->select;
		arg->select_value = options->select_value;
		arg->fds = (uintptr_t)options->fds;
		arg->nfds = options->nfds;
	}
	arg->data = (uintptr_t)buf;
	arg->len = mboxi_room(room);
	return 0;
}

ssize_t mboxi_received(const struct mbox_recv *arg, int ret,
		       struct mbox_message *message)
{
	if (ret) {
		if (errno == EMSGSIZE && message) {
			message->len = arg->msg_len;
			message->nfds = arg->msg_fds;
		}
		return -1;
	}
	if (message)
		message_from_kernel(message, arg);
	return arg->msg_len < arg->len ? arg->msg_len : arg->len;
}

/* RECV, or with a reply REPLY_RECV; then its token tells how far it came. */
static ssize_t receive(struct mbox *mb, struct mbox_reply *reply, void *buf,
		       size_t room, const struct mbox_recv_options *options,
		       struct mbox_message *message)
{
	struct mbox_recv arg = { 0 };
	int ret;

	if (mboxi_recv_arg(&arg, buf, room, options))
		return -1;
	if (reply) {
		struct mbox_reply both = *reply;

		both.recv = (uintptr_t)&arg;
		ret = mboxi_ioctl(mboxi_fd(mb), MBOX_IOC_REPLY_RECV, &both);
		reply->token = both.token;
	} else {
		ret = mboxi_ioctl(mboxi_fd(mb), MBOX_IOC_RECV, &arg);
	}
	/* With the answer not out it speaks of that, and not of a message. */
	return mboxi_received(&arg, ret,
			      ret && reply && reply->token ? NULL : message);
}

ssize_t mbox_recv_with(struct mbox *mb, void *buf, size_t room,
		       const struct mbox_recv_options *options,
		       struct mbox_message *message)
{
	return receive(mb, NULL, buf, room, options, message);
}

ssize_t mbox_reply_recv(struct mbox *mb, const void *data, size_t len,
			void *buf, size_t room, struct mbox_message *message)
{
	return mbox_reply_recv_with(mb, data, len, NULL, buf, room, NULL,
				    message);
}

ssize_t mbox_reply_recv_with(struct mbox *mb, const void *data, size_t len,
			     const struct mbox_reply_options *reply_options,
			     void *buf, size_t room,
			     const struct mbox_recv_options *recv_options,
			     struct mbox_message *message)
{
	struct mbox_reply reply = { 0 };
	ssize_t ret;

	if (!message) {
		errno = EFAULT;
		return -1;
	}
	if (mboxi_reply_arg(&reply, message->token, data, len, reply_options))
		return -1;
	ret = receive(mb, &reply, buf, room, recv_options, message);
	if (ret < 0)
		message->token = reply.token;
	return ret;
}

int mbox_filter(struct mbox *mb, unsigned int select, uint64_t value)
{
	struct mbox_filter arg = { .size = sizeof(arg),
				   .select = select,
				   .select_value = value };

	return mboxi_ioctl(mboxi_fd(mb), MBOX_IOC_FILTER, &arg);
}

static void message_from_peek(struct mbox_message *message,
			      const struct mbox_peek *arg)
{
	memset(message, 0, sizeof(*message));
	message->id = arg->id;
	message->tag = arg->tag;
	message->start_time = arg->start_time;
	message->sent_time = arg->sent_time;
	message->drops = arg->drops;
	message->len = arg->msg_len;
	message->priority = arg->place_priority;
	message->pid = arg->pid;
	message->tid = arg->tid;
	message->uid = arg->uid;
	message->gid = arg->gid;
	message->nfds = arg->msg_fds;
}

ssize_t mbox_peek(struct mbox *mb, void *buf, size_t room, unsigned int flags,
		  struct mbox_place *place, struct mbox_message *message)
{
	struct mbox_peek arg = { .size = sizeof(arg), .flags = flags };

	/* Where a walk is, the library says. */
	if (flags & MBOX_BEHIND) {
		errno = EINVAL;
		return -1;
	}
	if (place) {
		if (place->is_set > 1) {
			errno = EINVAL;
			return -1;
		}
		if (!mboxi_is_zero(place->reserved, 2))
			return -1;
		if (place->is_set)
			arg.flags |= MBOX_BEHIND;
		arg.place = place->place;
		arg.place_priority = place->priority;
	}
	arg.data = (uintptr_t)buf;
	arg.len = mboxi_room(room);
	if (mboxi_ioctl(mboxi_fd(mb), MBOX_IOC_PEEK, &arg)) {
		if (errno == EMSGSIZE && message)
			message->len = arg.msg_len;
		return -1;
	}
	if (place) {
		place->place = arg.place;
		place->priority = arg.place_priority;
		place->is_set = 1;
	}
	if (message)
		message_from_peek(message, &arg);
	return arg.msg_len < arg.len ? arg.msg_len : arg.len;
}

int64_t mbox_flush(struct mbox *mb)
{
	struct mbox_flush arg = { .size = sizeof(arg) };

	if (mboxi_ioctl(mboxi_fd(mb), MBOX_IOC_FLUSH, &arg))
		return -1;
	return (int64_t)arg.messages;
}

int mbox_notify(struct mbox *mb, int signo, uint64_t value)
{
	struct mbox_notify arg = {
		.size = sizeof(arg),
		.signo = (uint32_t)signo,
		.value = value,
	};

	return mboxi_ioctl(mboxi_fd(mb), MBOX_IOC_NOTIFY, &arg);
}

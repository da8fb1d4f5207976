// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Requests and answers.  To answer and receive in one call is a receive, and
 * stands in message.c.
 *
 * Locking: none.  Called by programs.
 */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "internal.h"

ssize_t mbox_call(struct mbox *mb, const void *data, size_t len, void *reply,
		  size_t room)
{
	return mbox_call_with(mb, data, len, reply, room, NULL, NULL);
}

static void answer_from_kernel(struct mbox_answer *answer,
			       const struct mbox_call *arg)
{
	memset(answer, 0, sizeof(*answer));
	answer->tag = arg->reply_tag;
	answer->start_time = arg->start_time;
	answer->len = arg->reply_len;
	answer->taken = arg->taken;
	answer->pid = arg->pid;
	answer->tid = arg->tid;
	answer->uid = arg->uid;
	answer->gid = arg->gid;
}

static int call_options_to_kernel(const struct mbox_call_options *options,
				  struct mbox_call *arg)
{
	if (!mboxi_is_zero(options->reserved, 4))
		return -1;
	arg->flags = options->flags;
	arg->tag = options->tag;
	arg->deadline = options->deadline;
	arg->priority = options->priority;
	return 0;
}

ssize_t mbox_call_with(struct mbox *mb, const void *data, size_t len,
		       void *reply, size_t room,
		       const struct mbox_call_options *options,
		       struct mbox_answer *answer)
{
	struct mbox_call arg = { .size = sizeof(arg) };
	int ret = -1;

	if (len > UINT32_MAX) {
		errno = EMSGSIZE;
		goto out;
	}
	if (options && call_options_to_kernel(options, &arg))
		goto out;
	arg.data = (uintptr_t)data;
	arg.len = len;
	arg.reply = (uintptr_t)reply;
	arg.reply_room = mboxi_room(room);
	ret = mboxi_ioctl(mboxi_fd(mb), MBOX_IOC_CALL, &arg);
out:
	if (ret) {
		if (answer)
			answer->taken = arg.taken;
		return -1;
	}
	if (answer)
		answer_from_kernel(answer, &arg);
	return arg.reply_len;
}

int mbox_reply(struct mbox *mb, uint64_t token, const void *data, size_t len)
{
	return mbox_reply_with(mb, token, data, len, NULL);
}

int mboxi_reply_arg(struct mbox_reply *arg, uint64_t token, const void *data,
		    size_t len, const struct mbox_reply_options *options)
{
	if (len > UINT32_MAX) {
		errno = EMSGSIZE;
		return -1;
	}
	if (options) {
		if (!mboxi_is_zero(options->reserved, 4))
			return -1;
		arg->tag = options->tag;
	}
	arg->size = sizeof(*arg);
	arg->token = token;
	arg->data = (uintptr_t)data;
	arg->len = len;
	return 0;
}

int mbox_reply_with(struct mbox *mb, uint64_t token, const void *data,
		    size_t len, const struct mbox_reply_options *options)
{
	struct mbox_reply arg = { 0 };

	if (mboxi_reply_arg(&arg, token, data, len, options))
		return -1;
	return mboxi_ioctl(mboxi_fd(mb), MBOX_IOC_REPLY, &arg);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * box.c: the mechanism of ipc.h that this project is about: a mailbox. It has
 * no name, so children inherit its handle, and it is gone with the last one.
 */
#include <errno.h>
#include <mbox.h>

#include "ipc.h"

static int box_open(struct ipc *ipc)
{
	struct mbox *box = mbox_create(NULL, MBOX_SEND | MBOX_RECV, 0, NULL);

	if (!box)
		return -1;
	ipc->own = box;
	ipc->in = mbox_fd(box);
	ipc->out = ipc->in;
	return 0;
}

static int box_send(struct ipc *ipc, const void *message)
{
	return mbox_send(ipc->own, message, ipc->size);
}

static int box_receive(struct ipc *ipc, void *message)
{
	return mbox_recv(ipc->own, message, ipc->size) < 0 ? -1 : 0;
}

static void box_close(struct ipc *ipc)
{
	mbox_close(ipc->own);
}

const struct ipc_ops ipc_mailbox = { "mailbox", box_open, box_send, box_receive,
				     box_close };

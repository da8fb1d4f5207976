/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ipc.h: one interface over all mechanisms, "send and receive as an abstract
 * data type" (notes 004:38). A program that uses it does not know what carries
 * its messages. Implemented by stream.c, queue.c, ring.c and box.c; used by the
 * other programs of this folder.
 *
 * open() makes a channel for messages of exactly `size` bytes, at most
 * IPC_MAX_SIZE; a process and its children may then send and receive. Both
 * wait as long as it takes. A stream has no boundaries, so it is the agreed
 * size that tells where a message ends. No function prints; -1 and errno, as
 * POSIX.
 */
#ifndef IPC_H
#define IPC_H

#include <stddef.h>

#define IPC_MAX_SIZE 4096
/* Messages of up to 2 KiB that each can hold without a receiver, by default. */
#define IPC_HOLDS 8

struct ipc {
	const struct ipc_ops *ops;
	size_t size;
	int in, out; /* descriptors; the same where one end does both */
	void *own; /* what else the mechanism needs */
};

struct ipc_ops {
	const char *name;
	int (*open)(struct ipc *ipc);
	int (*send)(struct ipc *ipc, const void *message);
	int (*receive)(struct ipc *ipc, void *message);
	void (*close)(struct ipc *ipc);
};

extern const struct ipc_ops ipc_pipe, ipc_fifo, ipc_unix,
	ipc_tcp; /* stream.c */
extern const struct ipc_ops ipc_sysv, ipc_posix; /* queue.c */
extern const struct ipc_ops ipc_ring; /* ring.c */
extern const struct ipc_ops ipc_mailbox; /* box.c */

static const struct ipc_ops *const ipc_all[] = {
	&ipc_pipe, &ipc_fifo, &ipc_sysv, &ipc_posix,
	&ipc_unix, &ipc_tcp,  &ipc_ring, &ipc_mailbox,
};

#define IPC_COUNT (sizeof(ipc_all) / sizeof(ipc_all[0]))

static inline int ipc_open(struct ipc *ipc, const struct ipc_ops *ops,
			   size_t size)
{
	*ipc = (struct ipc){ .ops = ops, .size = size, .in = -1, .out = -1 };
	return ops->open(ipc);
}

#endif /* IPC_H */

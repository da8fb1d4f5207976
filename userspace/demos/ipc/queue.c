// SPDX-License-Identifier: GPL-2.0-only
/*
 * queue.c: the mechanisms of ipc.h that the kernel calls message queues, those
 * of System V and of POSIX. Their limits are small by default, see IPC_HOLDS.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <unistd.h>

#include "ipc.h"

/* msgsnd(2) wants the type in front of the text, so it has to be copied. */
struct sysv_message {
	long type;
	char text[IPC_MAX_SIZE];
};

static int sysv_open(struct ipc *ipc)
{
	ipc->own = malloc(sizeof(struct sysv_message));
	if (!ipc->own)
		return -1;
	ipc->in = msgget(IPC_PRIVATE, 0600);
	ipc->out = ipc->in;
	if (ipc->in < 0)
		free(ipc->own);
	return ipc->in < 0 ? -1 : 0;
}

static int sysv_send(struct ipc *ipc, const void *message)
{
	struct sysv_message *m = ipc->own;

	m->type = 1;
	memcpy(m->text, message, ipc->size);
	return msgsnd(ipc->out, m, ipc->size, 0);
}

static int sysv_receive(struct ipc *ipc, void *message)
{
	struct sysv_message *m = ipc->own;

	if (msgrcv(ipc->in, m, ipc->size, 0, 0) != (ssize_t)ipc->size)
		return -1;
	memcpy(message, m->text, ipc->size);
	return 0;
}

static void sysv_close(struct ipc *ipc)
{
	msgctl(ipc->in, IPC_RMID, NULL);
	free(ipc->own);
}

static int posix_open(struct ipc *ipc)
{
	struct mq_attr attr = { .mq_maxmsg = IPC_HOLDS,
				.mq_msgsize = ipc->size };
	char name[64];

	snprintf(name, sizeof(name), "/ipc-posix-%d", (int)getpid());
	ipc->in = mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, &attr);
	ipc->out = ipc->in;
	mq_unlink(name);
	return ipc->in < 0 ? -1 : 0;
}

static int posix_send(struct ipc *ipc, const void *message)
{
	return mq_send(ipc->out, message, ipc->size, 0);
}

static int posix_receive(struct ipc *ipc, void *message)
{
	return mq_receive(ipc->in, message, ipc->size, NULL) < 0 ? -1 : 0;
}

static void posix_close(struct ipc *ipc)
{
	mq_close(ipc->in);
}

const struct ipc_ops ipc_sysv = { "sysv", sysv_open, sysv_send, sysv_receive,
				  sysv_close };
const struct ipc_ops ipc_posix = { "posix", posix_open, posix_send,
				   posix_receive, posix_close };

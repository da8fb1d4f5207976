// SPDX-License-Identifier: GPL-2.0-only
/*
 * ring.c: the mechanism of ipc.h that is no message passing: a bounded buffer
 * in memory that two processes share. Two semaphores count free and used slots;
 * as long as neither has to wait, the kernel is not asked. One sender, one
 * receiver: nothing guards `head` against a second sender, nor `tail` against
 * a second receiver.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <semaphore.h>
#include <string.h>
#include <sys/mman.h>

#include "ipc.h"

#define SLOTS 64

struct ring {
	sem_t free, used;
	unsigned int head, tail;
	char slots[SLOTS][IPC_MAX_SIZE];
};

static int ring_open(struct ipc *ipc)
{
	struct ring *ring = mmap(NULL, sizeof(*ring), PROT_READ | PROT_WRITE,
				 MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (ring == MAP_FAILED)
		return -1;
	sem_init(&ring->free, 1, SLOTS);
	sem_init(&ring->used, 1, 0);
	ipc->own = ring;
	return 0;
}

static int ring_send(struct ipc *ipc, const void *message)
{
	struct ring *ring = ipc->own;

	if (sem_wait(&ring->free))
		return -1;
	memcpy(ring->slots[ring->head++ % SLOTS], message, ipc->size);
	return sem_post(&ring->used);
}

static int ring_receive(struct ipc *ipc, void *message)
{
	struct ring *ring = ipc->own;

	if (sem_wait(&ring->used))
		return -1;
	memcpy(message, ring->slots[ring->tail++ % SLOTS], ipc->size);
	return sem_post(&ring->free);
}

static void ring_close(struct ipc *ipc)
{
	munmap(ipc->own, sizeof(struct ring));
}

const struct ipc_ops ipc_ring = { "ring", ring_open, ring_send, ring_receive,
				  ring_close };

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The order of messages in a mailbox.  Pure: knows messages, and nothing of
 * mailboxes, tasks, users or memory; it runs in user space in the host tests.
 *
 * Higher priority first; within one priority first in, first out; an urgent
 * message goes to the front of its priority.
 *
 * Locking: the caller holds the lock that guards the queue.
 * Called by: box.c.
 */
#ifndef MBX_QUEUE_H
#define MBX_QUEUE_H

#include <linux/rbtree.h>

#include "msg.h"

/**
 * struct mbx_queue - messages in the order they will be received
 * @levels: the leader of each level present, the highest leftmost
 * @first: leader of the highest level: the next to be received, or NULL
 */
struct mbx_queue {
	struct rb_root levels;
	struct mbx_msg *first;
};

void mbx_queue_init(struct mbx_queue *q);
void mbx_queue_add(struct mbx_queue *q, struct mbx_msg *msg);
unsigned int mbx_queue_return(struct mbx_queue *q, struct mbx_msg *msg);
void mbx_queue_remove(struct mbx_queue *q, struct mbx_msg *msg);

#endif /* MBX_QUEUE_H */

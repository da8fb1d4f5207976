/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One message: its memory, its charge, its sender's stamp, its bytes.
 *
 * DOC: A message's memory
 *
 * The head of a message and its first bytes lie in one object of a private
 * slab cache, of the smallest of three sizes that holds it; what is left
 * over lies in a chain of segments of one page each.  So a small message is
 * one allocation, and no message needs pages that lie side by side.
 *
 * DOC: Who owns a message
 *
 * One at a time: its sender while it is made and while it waits in the line
 * of senders; the mailbox while it is queued; its receiver from when it is
 * taken or handed over.  The owner ends it with mbx_msg_drop(), the only way
 * out, which frees memory and so is never called under a spinlock.
 *
 * Locking: fields marked @lock are protected by the lock of the mailbox.
 * Called by: the verbs (make, fill, copy out), box.c and queue.c (place).
 */
#ifndef MBX_MSG_H
#define MBX_MSG_H

#include <linux/list.h>
#include <linux/rbtree.h>
#include <linux/types.h>

#ifdef __KERNEL__
#include "proc.h"
#endif

struct iov_iter;
struct mbx_purse;
struct mbx_segment;
struct mbx_sender;

/**
 * enum mbx_msg_where - where a message is
 * @MBX_MSG_OUTSIDE: not in a mailbox
 * @MBX_MSG_QUEUED: in its queue
 * @MBX_MSG_TAKEN: with a receiver who has not finished; it keeps its place
 * @MBX_MSG_WITHDRAWN: with such a receiver, but its sender took it back
 */
enum mbx_msg_where {
	MBX_MSG_OUTSIDE,
	MBX_MSG_QUEUED,
	MBX_MSG_TAKEN,
	MBX_MSG_WITHDRAWN,
};

/**
 * struct mbx_msg - a message
 * @link: in the ring of its level (protected by @lock; see queue.c)
 * @level: in the tree of levels (protected by @lock; see queue.c)
 * @id: number in the mailbox (protected by @lock until taken)
 * @receipt: who waits for it to be taken, or NULL (protected by @lock)
 * @tag: the sender's (immutable)
 * @sent_time: ns of CLOCK_MONOTONIC, or 0 (immutable once accepted)
 * @stamp: who sent it (immutable)
 * @purse: whom it is charged to (immutable)
 * @rest: the bytes that do not fit into @data (immutable)
 * @len: bytes (immutable)
 * @charge: bytes of kernel memory (immutable)
 * @priority: higher is received first (immutable)
 * @is_urgent: goes to the front of its priority (immutable)
 * @where: enum mbx_msg_where (protected by @lock)
 * @kind: which cache it comes from (immutable)
 * @data: the first bytes (immutable)
 */
struct mbx_msg {
	struct list_head link;
	struct rb_node level;
	u64 id;
	struct mbx_sender *receipt;
	u64 tag;
	u64 sent_time;
#ifdef __KERNEL__
	struct mbx_stamp stamp;
#endif
	struct mbx_purse *purse;
	struct mbx_segment *rest;
	u32 len;
	u32 charge;
	u16 priority;
	bool is_urgent;
	u8 where;
	u8 kind;
	char data[];
};

#ifdef __KERNEL__
struct mbx_msg *mbx_msg_new(struct mbx_purse *purse, u32 len);
int mbx_msg_fill(struct mbx_msg *msg, const void __user *from);
int mbx_msg_fill_iter(struct mbx_msg *msg, struct iov_iter *from);
int mbx_msg_copy(struct mbx_msg *msg, void __user *to, u32 len);
int mbx_msg_copy_iter(struct mbx_msg *msg, struct iov_iter *to, u32 len);
void mbx_msg_drop(struct mbx_msg *msg);

int mbx_msg_init(void);
void mbx_msg_exit(void);
#endif

#endif /* MBX_MSG_H */

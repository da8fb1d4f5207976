/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One message: its memory, its charge, its sender's stamp, its bytes, its files.
 *
 * DOC: A message's memory
 *
 * The head of a message and its first bytes lie in one object of a private
 * slab cache, of the smallest of three sizes that holds it; what is left
 * over lies in a chain of segments of one page each.  So a small message is
 * one allocation, and a large one needs no large piece of memory.
 *
 * DOC: Who owns a message
 *
 * One at a time: its sender while it is made and while it waits in the line
 * of senders; the mailbox while it is queued; its receiver from when it is
 * taken or handed over.  The owner ends it with mbx_msg_drop(), the only way
 * out, which frees memory and closes files and so is never called under a
 * spinlock.  Who peeks shares the memory for a while, and nothing else.
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
#include <linux/refcount.h>
#include <linux/uaccess.h>

#include "proc.h"
#endif

/*
 * Bytes in a small message: with its head, and the word that the allocator
 * adds, it takes 256.
 */
#define MBX_SMALL 104

struct iov_iter;
struct mbx_files;
struct mbx_purse;
struct mbx_segment;
struct mbx_sender;
struct mbx_sub;

/**
 * enum mbx_msg_where - where a message is
 * @MBX_MSG_OUTSIDE: not in a mailbox
 * @MBX_MSG_QUEUED: in its queue
 * @MBX_MSG_MILESTONE: in its queue, and in the index of places
 * @MBX_MSG_RETURNED: in its queue, put back by a receiver
 * @MBX_MSG_TAKEN: with a receiver who has not finished; it keeps its place
 * @MBX_MSG_WITHDRAWN: with such a receiver, but its sender took it back
 */
enum mbx_msg_where {
	MBX_MSG_OUTSIDE,
	MBX_MSG_QUEUED,
	MBX_MSG_MILESTONE,
	MBX_MSG_RETURNED,
	MBX_MSG_TAKEN,
	MBX_MSG_WITHDRAWN,
};

/**
 * struct mbx_msg - a message
 * @link: in the ring of its level (protected by @lock; see queue.c)
 * @level: in one of the trees, or empty (protected by @lock; see queue.c)
 * @level_is_empty: the word of @level that says so
 * @since: where @level is empty, how far the last milestone is (protected by
 *	@lock; see place.c)
 * @id: number in the mailbox (set under its lock when accepted, immutable from
 *	then on)
 * @receipt: who waits for it to be taken, or NULL (protected by @lock)
 * @standing: in a broadcast mailbox: one of those that stand at it, or NULL
 *	(protected by @lock; see fan.h)
 * @copies: in one with slots: how many it is in (protected by @lock)
 * @tag: the sender's (immutable)
 * @sent_time: ns of CLOCK_MONOTONIC, or 0 (immutable once accepted)
 * @stamp: who sent it (immutable)
 * @purse: whom it is charged to (immutable)
 * @rest: the bytes that do not fit into @data (immutable)
 * @files: what it passes, if @nfds is not 0 (the owner's)
 * @len: bytes (immutable)
 * @priority: higher is received first (immutable)
 * @is_urgent: goes to the front of its priority (immutable)
 * @where: enum mbx_msg_where (protected by @lock)
 * @refs: who knows it, with @is_shared (atomic)
 * @is_shared: not only one (written under @lock, while the message is in the
 *	mailbox; never becomes false again)
 * @is_call: its sender waits for an answer (immutable)
 * @nfds: descriptors it passes (immutable)
 * @data: the first bytes (immutable)
 */
struct mbx_msg {
	struct list_head link;
	union {
		struct rb_node level;
		struct {
			unsigned long level_is_empty;
			u32 since;
		};
	};
	u64 id;
	union {
		struct mbx_sender *receipt;
		struct mbx_sub *standing;
		unsigned long copies;
	};
	u64 tag;
	u64 sent_time;
#ifdef __KERNEL__
	struct mbx_stamp stamp;
#endif
	struct mbx_purse *purse;
	struct mbx_segment *rest;
	struct mbx_files *files;
	u32 len;
	u16 priority;
	bool is_urgent;
	u8 where;
#ifdef __KERNEL__
	refcount_t refs;
#endif
	bool is_shared;
	bool is_call;
	u8 nfds;
	char data[] __aligned(8);
};

#ifdef __KERNEL__
struct mbx_msg *mbx_msg_new(struct mbx_purse *purse, u32 len);
struct mbx_msg *mbx_msg_new_paid(struct mbx_purse *purse, u32 len);
bool mbx_msg_new_some(struct mbx_purse *purse, struct mbx_msg **msgs, u32 n);
u32 mbx_msg_charge_long(u32 len);
int mbx_msg_fill_long(struct mbx_msg *msg, const void __user *from);
int mbx_msg_fill_iter(struct mbx_msg *msg, struct iov_iter *from);
int mbx_msg_copy_long(struct mbx_msg *msg, void __user *to, u32 len);
int mbx_msg_copy_iter(struct mbx_msg *msg, struct iov_iter *to, u32 len);
void mbx_msg_free_paid(struct mbx_msg *msg);
void mbx_msg_attach(struct mbx_msg *msg, struct mbx_files *files);
void mbx_msg_put(struct mbx_msg *msg);
void mbx_msg_drop(struct mbx_msg *msg);
void mbx_msg_drop_some(struct mbx_msg **msgs, u32 n);

int mbx_msg_init(void);
void mbx_msg_exit(void);

/*
 * A small message lies beside its head, in whole words.  Copying it word by
 * word takes a fraction of the instructions of copy_from_user(), which are
 * mostly checks that the bytes lie within one slab object; MBX_SMALL says so
 * here.
 */
#define mbx_get_word(to, from, i, label)                                    \
	unsafe_get_user(((u64 *)(to))[i], (const u64 __user *)(from) + (i), \
			label)
#define mbx_put_word(to, from, i, label)                                    \
	unsafe_put_user(((const u64 *)(from))[i], (u64 __user *)(to) + (i), \
			label)

static __always_inline int mbx_fill_small(char *to, const char __user *from,
					  u32 len)
{
	if (!user_access_begin(from, len))
		return -EFAULT;
	for (; len >= 4 * sizeof(u64); len -= 4 * sizeof(u64)) {
		mbx_get_word(to, from, 0, err_end);
		mbx_get_word(to, from, 1, err_end);
		mbx_get_word(to, from, 2, err_end);
		mbx_get_word(to, from, 3, err_end);
		to += 4 * sizeof(u64);
		from += 4 * sizeof(u64);
	}
	for (; len >= sizeof(u64); len -= sizeof(u64)) {
		mbx_get_word(to, from, 0, err_end);
		to += sizeof(u64);
		from += sizeof(u64);
	}
	for (; len; len--)
		unsafe_get_user(*to++, from++, err_end);
	user_access_end();
	return 0;

err_end:
	user_access_end();
	return -EFAULT;
}

static __always_inline int mbx_copy_small(char __user *to, const char *from,
					  u32 len)
{
	if (!user_access_begin(to, len))
		return -EFAULT;
	for (; len >= 4 * sizeof(u64); len -= 4 * sizeof(u64)) {
		mbx_put_word(to, from, 0, err_end);
		mbx_put_word(to, from, 1, err_end);
		mbx_put_word(to, from, 2, err_end);
		mbx_put_word(to, from, 3, err_end);
		to += 4 * sizeof(u64);
		from += 4 * sizeof(u64);
	}
	unsafe_copy_to_user(to, from, len, err_end);
	user_access_end();
	return 0;

err_end:
	user_access_end();
	return -EFAULT;
}

/**
 * mbx_msg_share() - one more who knows a message
 * @msg: the message, in a mailbox whose lock is held
 *
 * Its owner still calls mbx_msg_drop(), the others mbx_msg_put().
 */
static inline void mbx_msg_share(struct mbx_msg *msg)
{
	if (msg->is_shared) {
		refcount_inc(&msg->refs);
		return;
	}
	refcount_set(&msg->refs, 2);
	msg->is_shared = true;
}

/**
 * mbx_msg_charge() - what a message without files takes of the kernel's memory
 * @len: its bytes
 *
 * Return: bytes.
 */
static inline u32 mbx_msg_charge(u32 len)
{
	if (len <= MBX_SMALL)
		return sizeof(struct mbx_msg) + MBX_SMALL;
	return mbx_msg_charge_long(len);
}

/**
 * mbx_msg_fill() - fetch all bytes of a message
 * @msg: the message
 * @from: where its bytes lie
 *
 * Return: 0 or -EFAULT.
 */
static inline int mbx_msg_fill(struct mbx_msg *msg, const void __user *from)
{
	if (unlikely(!msg->len))
		return 0;
	if (msg->len <= MBX_SMALL)
		return mbx_fill_small(msg->data, from, msg->len);
	return mbx_msg_fill_long(msg, from);
}

/**
 * mbx_msg_copy() - store the first bytes of a message
 * @msg: the message
 * @to: where to
 * @len: how many, at most the message's
 *
 * Return: 0 or -EFAULT.
 */
static inline int mbx_msg_copy(struct mbx_msg *msg, void __user *to, u32 len)
{
	if (unlikely(!len))
		return 0;
	if (len <= MBX_SMALL)
		return mbx_copy_small(to, msg->data, len);
	return mbx_msg_copy_long(msg, to, len);
}
#endif

#endif /* MBX_MSG_H */

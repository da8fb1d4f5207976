/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Purses: what one user has taken of the kernel, and how much it may.
 *
 * A purse counts bytes, messages and mailboxes of one real uid.  Messages and
 * mailboxes are taken from it before they are used, at their real size, and
 * paid back when they are freed.  What comes with a descriptor is limited by
 * the number of descriptors.  All of it, as all memory of the module, is also
 * charged to the memory cgroup.  The arithmetic is pure and also runs in user
 * space, in the host tests.
 *
 * Locking: counters are atomic; the table of purses has a lock in limits.c.
 * Called by: msg.c for messages, box.c for mailboxes; handle.c, send.c, names.c
 * and stat.c to find a purse; line.h for what fits.
 */
#ifndef MBX_LIMITS_H
#define MBX_LIMITS_H

#include <linux/atomic.h>
#include <linux/types.h>

/**
 * mbx_take() - take from a counter unless that passes its limit
 * @used: the counter
 * @n: how much
 * @limit: the most it may reach
 *
 * Exact under contention: a take that fails never shows in the counter, so
 * it cannot make another one fail.
 *
 * Return: true if taken.
 */
static inline bool mbx_take(atomic64_t *used, u64 n, u64 limit)
{
	s64 old = atomic64_read(used);

	do {
		if ((u64)old > limit || n > limit - (u64)old)
			return false;
	} while (!atomic64_try_cmpxchg(used, &old, (s64)((u64)old + n)));
	return true;
}

/**
 * struct mbx_bounds - how much a mailbox holds
 * @max_messages: bound on messages; U64_MAX: none
 * @max_bytes: bound on bytes; U64_MAX: none
 */
struct mbx_bounds {
	u64 max_messages;
	u64 max_bytes;
};

/**
 * mbx_fits() - whether one more message fits
 * @b: the bounds
 * @messages: messages held now
 * @bytes: bytes held now
 * @len: bytes of the next message
 *
 * Return: true if neither bound is passed.
 */
static inline bool mbx_fits(const struct mbx_bounds *b, u64 messages, u64 bytes,
			    u64 len)
{
	return messages < b->max_messages && bytes <= b->max_bytes &&
	       len <= b->max_bytes - bytes;
}

#ifdef __KERNEL__
#include <linux/errno.h>
#include <linux/list.h>
#include <linux/refcount.h>
#include <linux/uidgid.h>

/**
 * struct mbx_purse - what one user has taken
 * @link: in the table of purses (protected by mbx_purses_lock)
 * @refs: handles, mailboxes and messages that point here (atomic)
 * @uid: whose (immutable)
 * @bytes: bytes of kernel memory (atomic)
 * @messages: messages (atomic)
 * @mailboxes: mailboxes (atomic)
 */
struct mbx_purse {
	struct hlist_node link;
	refcount_t refs;
	kuid_t uid;
	atomic64_t bytes;
	atomic64_t messages;
	atomic64_t mailboxes;
};

extern unsigned long mbx_user_bytes;
extern unsigned long mbx_user_messages;
extern unsigned long mbx_user_mailboxes;
extern unsigned long mbx_mailbox_bytes;

struct mbx_purse *mbx_purse_look_up(kuid_t uid);
struct mbx_purse *mbx_purse_get(kuid_t uid);
void mbx_purse_put_last(struct mbx_purse *purse);
int mbx_charge_mailbox(struct mbx_purse *purse, u64 bytes);
void mbx_refund_mailbox(struct mbx_purse *purse, u64 bytes);

int mbx_limits_init(void);
void mbx_limits_exit(void);

/**
 * mbx_purse_put() - give back a reference
 * @purse: the purse
 *
 * Context: Any that may take a spinlock.
 */
static inline void mbx_purse_put(struct mbx_purse *purse)
{
	if (unlikely(!refcount_dec_not_one(&purse->refs)))
		mbx_purse_put_last(purse);
}

/**
 * mbx_charge_message() - take one message from a purse
 * @purse: whose
 * @bytes: of kernel memory it takes
 *
 * The message holds a reference on the purse until it is refunded.
 *
 * Return: 0, or -EDQUOT with nothing taken.
 */
static inline int mbx_charge_message(struct mbx_purse *purse, u64 bytes)
{
	if (!mbx_take(&purse->messages, 1, READ_ONCE(mbx_user_messages)))
		return -EDQUOT;
	if (!mbx_take(&purse->bytes, bytes, READ_ONCE(mbx_user_bytes))) {
		atomic64_dec(&purse->messages);
		return -EDQUOT;
	}
	refcount_inc(&purse->refs);
	return 0;
}

/**
 * mbx_refund_message() - pay one message back
 * @purse: whose
 * @bytes: as charged
 */
static inline void mbx_refund_message(struct mbx_purse *purse, u64 bytes)
{
	atomic64_sub(bytes, &purse->bytes);
	atomic64_dec(&purse->messages);
	mbx_purse_put(purse);
}

#endif

#endif /* MBX_LIMITS_H */

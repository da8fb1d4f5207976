/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Purses: what one user has taken of the kernel, and how much it may.
 *
 * A purse counts bytes, messages, mailboxes and descriptors in flight of one
 * real uid in one user namespace.  They are taken from it before they are used,
 * at their real size, and paid back when they are freed; a mailbox when it ends,
 * whoever still has a handle on it.  What a purse pays is also paid by the purse
 * above it, that of whoever made the namespace, and so on: nobody gets more by
 * making namespaces, nor by the many uids that are mapped there.  What comes
 * with an open descriptor is limited by the number of those.  All of it, as all
 * memory of the module, is also charged to the memory cgroup.
 * The arithmetic is pure and also runs in user space, in the host tests.
 *
 * Locking: counters are atomic; the table of purses has a lock in limits.c.
 * Called by: msg.c for messages, fds.c for files, box.c for mailboxes, endpoint.c
 * for links; handle.c, send.c, names.c and stat.c to find a purse; line.h for
 * what fits.
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
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/list.h>
#include <linux/refcount.h>
#include <linux/uidgid.h>

struct user_namespace;

/**
 * struct mbx_payer - who pays: a user as it is counted
 * @ns: the user namespace it is in, but never one that it has made itself: there
 *	it pays as outside
 * @uid: its real uid
 */
struct mbx_payer {
	struct user_namespace *ns;
	kuid_t uid;
};

/**
 * struct mbx_purse - what one user has taken
 * @link: in the table of purses (protected by mbx_purses_lock)
 * @refs: handles, mailboxes, messages and purses that point here (atomic)
 * @payer: whose (immutable, with a reference on the namespace)
 * @above: of the maker of that namespace, NULL in the initial one (immutable, a
 *	reference)
 * @bytes: bytes of kernel memory (atomic)
 * @messages: messages (atomic)
 * @mailboxes: mailboxes (atomic)
 * @fds: descriptors in flight (atomic)
 * @calls: calls that wait for their answer (atomic)
 */
struct mbx_purse {
	struct hlist_node link;
	refcount_t refs;
	struct mbx_payer payer;
	struct mbx_purse *above;
	atomic64_t bytes;
	atomic64_t messages;
	atomic64_t mailboxes;
	atomic64_t fds;
	atomic64_t calls;
};

extern unsigned long mbx_user_bytes;
extern unsigned long mbx_user_messages;
extern unsigned long mbx_user_mailboxes;
extern unsigned long mbx_user_fds;
extern unsigned long mbx_user_calls;
extern unsigned long mbx_mailbox_bytes;

struct mbx_purse *mbx_purse_look_up(void);
struct mbx_purse *mbx_purse_get(void);
void mbx_purse_put_last(struct mbx_purse *purse);
int mbx_charge_above(struct mbx_purse *purse, u64 messages, u64 mailboxes,
		     u64 bytes);
void mbx_refund_above(struct mbx_purse *purse, u64 messages, u64 mailboxes,
		      u64 bytes);
int mbx_charge_mailbox(struct mbx_purse *purse, u64 bytes);
void mbx_refund_mailbox(struct mbx_purse *purse, u64 bytes);
int mbx_charge_bytes(struct mbx_purse *purse, u64 bytes);
void mbx_refund_bytes(struct mbx_purse *purse, u64 bytes);
int mbx_charge_link(struct mbx_purse *purse, u64 bytes);
void mbx_refund_link(struct mbx_purse *purse, u64 bytes);
int mbx_charge_fds(struct mbx_purse *purse, u64 n, u64 bytes);
void mbx_refund_fds(struct mbx_purse *purse, u64 n, u64 bytes);

int mbx_charge_call(struct mbx_purse *purse, u64 bytes);
void mbx_refund_call(struct mbx_purse *purse, u64 bytes, u64 messages);

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
 * mbx_charge_messages() - take messages from a purse
 * @purse: whose
 * @n: how many
 * @bytes: of kernel memory they take together
 *
 * Each holds a reference on the purse until it is refunded.
 *
 * Return: 0, or -EDQUOT with nothing taken.
 */
static __always_inline int mbx_charge_messages(struct mbx_purse *purse, u32 n,
					       u64 bytes)
{
	if (!mbx_take(&purse->messages, n, READ_ONCE(mbx_user_messages)))
		return -EDQUOT;
	if (!mbx_take(&purse->bytes, bytes, READ_ONCE(mbx_user_bytes))) {
		atomic64_sub(n, &purse->messages);
		return -EDQUOT;
	}
	if (unlikely(purse->above) && mbx_charge_above(purse, n, 0, bytes)) {
		atomic64_sub(bytes, &purse->bytes);
		atomic64_sub(n, &purse->messages);
		return -EDQUOT;
	}
	refcount_add(n, &purse->refs);
	return 0;
}

/* One message: see there. */
static inline int mbx_charge_message(struct mbx_purse *purse, u64 bytes)
{
	return mbx_charge_messages(purse, 1, bytes);
}

/**
 * mbx_refund_message() - pay one message back
 * @purse: whose
 * @bytes: as charged
 */
static inline void mbx_refund_message(struct mbx_purse *purse, u64 bytes)
{
	if (unlikely(purse->above))
		mbx_refund_above(purse, 1, 0, bytes);
	atomic64_sub(bytes, &purse->bytes);
	atomic64_dec(&purse->messages);
	mbx_purse_put(purse);
}

/**
 * mbx_refund_messages() - pay messages back
 * @purse: whose
 * @n: how many, at least 1
 * @each: as charged for each of them
 */
static inline void mbx_refund_messages(struct mbx_purse *purse, u32 n, u64 each)
{
	/* The one that may give back the last reference goes alone. */
	u32 others = n - 1;

	if (unlikely(purse->above))
		mbx_refund_above(purse, others, 0, others * each);
	atomic64_sub(others * each, &purse->bytes);
	atomic64_sub(others, &purse->messages);
	WARN_ON_ONCE(refcount_sub_and_test(others, &purse->refs));
	mbx_refund_message(purse, each);
}

#endif

#endif /* MBX_LIMITS_H */

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Purses: the table of them, and the limits root may change at run time.
 *
 * The kernel's own per-user counters are not open to modules, so there is a
 * table from user to purse.  The data path does not search it: a handle keeps
 * the purse of its opener, who is nearly always the caller.
 *
 * Locking: mbx_purses_lock guards the table; a purse is freed when its last
 * reference goes, under that lock.
 */
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/hash.h>
#include <linux/hashtable.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/user_namespace.h>

#include "compat.h"
#include "limits.h"

unsigned long mbx_user_bytes;
module_param_named(user_bytes, mbx_user_bytes, ulong, 0644);
MODULE_PARM_DESC(user_bytes,
		 "Bytes of kernel memory a user may use (an eighth of RAM)");

unsigned long mbx_user_messages = 1000000;
module_param_named(user_messages, mbx_user_messages, ulong, 0644);
MODULE_PARM_DESC(user_messages, "Messages of a user that may wait (1000000)");

unsigned long mbx_user_mailboxes = 131072;
module_param_named(user_mailboxes, mbx_user_mailboxes, ulong, 0644);
MODULE_PARM_DESC(user_mailboxes, "Mailboxes a user may have (131072)");

unsigned long mbx_user_fds = 16384;
module_param_named(user_fds, mbx_user_fds, ulong, 0644);
MODULE_PARM_DESC(user_fds,
		 "Descriptors of a user that may be in flight (16384)");

unsigned long mbx_user_calls = 128;
module_param_named(user_calls, mbx_user_calls, ulong, 0644);
MODULE_PARM_DESC(user_calls, "Calls of a user that may be pending (128)");

unsigned long mbx_mailbox_bytes = 16UL << 20;
module_param_named(mailbox_bytes, mbx_mailbox_bytes, ulong, 0644);
MODULE_PARM_DESC(mailbox_bytes,
		 "Bytes of messages a mailbox may hold (16777216)");

static DEFINE_HASHTABLE(mbx_purses, 8);
static DEFINE_SPINLOCK(mbx_purses_lock);
static struct kmem_cache *mbx_purse_cache;

/* A user as it is counted: who made a namespace pays there as outside. */
static struct mbx_payer mbx_payer(struct user_namespace *ns, kuid_t uid)
{
	while (ns->parent && uid_eq(ns->owner, uid))
		ns = ns->parent;
	return (struct mbx_payer){ .ns = ns, .uid = uid };
}

static struct mbx_payer mbx_payer_of_current(void)
{
	return mbx_payer(current_user_ns(), current_uid());
}

/* The one that is @n steps above: the maker of its namespace, and so on. */
static struct mbx_payer mbx_payer_above(struct mbx_payer payer, unsigned int n)
{
	while (n--)
		payer = mbx_payer(payer.ns->parent, payer.ns->owner);
	return payer;
}

static u32 mbx_hash_payer(struct mbx_payer payer)
{
	return __kuid_val(payer.uid) ^ hash_ptr(payer.ns, 32);
}

/* A reference on the purse in the table, or NULL. */
static struct mbx_purse *mbx_purse_find(struct mbx_payer payer)
{
	struct mbx_purse *p;

	lockdep_assert_held(&mbx_purses_lock);
	hash_for_each_possible(mbx_purses, p, link, mbx_hash_payer(payer))
		if (p->payer.ns == payer.ns &&
		    uid_eq(p->payer.uid, payer.uid)) {
			refcount_inc(&p->refs);
			return p;
		}
	return NULL;
}

static struct mbx_purse *mbx_purse_look_up_payer(struct mbx_payer payer)
{
	struct mbx_purse *p;

	spin_lock(&mbx_purses_lock);
	p = mbx_purse_find(payer);
	spin_unlock(&mbx_purses_lock);
	return p;
}

/**
 * mbx_purse_look_up() - the purse of the caller, if it has one
 *
 * Return: a reference to give back with mbx_purse_put(), or NULL.
 */
struct mbx_purse *mbx_purse_look_up(void)
{
	return mbx_purse_look_up_payer(mbx_payer_of_current());
}

/*
 * The purse below @above, made if it is not there; a reference.  Takes over
 * the reference on @above, also if it fails, with NULL, without memory.
 */
static struct mbx_purse *mbx_purse_make(struct mbx_payer payer,
					struct mbx_purse *above)
{
	struct mbx_purse *p = mbx_purse_look_up_payer(payer), *new = NULL;

	if (p)
		goto out_put;
	new = kmem_cache_alloc(mbx_purse_cache, MBX_GFP);
	if (!new)
		goto out_put;
	*new = (struct mbx_purse){ .payer = payer, .above = above };
	refcount_set(&new->refs, 1);

	spin_lock(&mbx_purses_lock);
	p = mbx_purse_find(payer);
	if (!p) {
		get_user_ns(payer.ns);
		hash_add(mbx_purses, &new->link, mbx_hash_payer(payer));
	}
	spin_unlock(&mbx_purses_lock);
	if (!p)
		return new;
	kmem_cache_free(mbx_purse_cache, new);

out_put:
	if (above)
		mbx_purse_put(above);
	return p;
}

/**
 * mbx_purse_get() - the purse of the caller, made if it has none
 *
 * Those above it are made first: a purse in the table is complete.
 *
 * Context: May sleep to allocate.
 * Return: a reference to give back with mbx_purse_put(), NULL without memory.
 */
struct mbx_purse *mbx_purse_get(void)
{
	struct mbx_payer payer = mbx_payer_of_current(), top = payer;
	struct mbx_purse *p = mbx_purse_look_up_payer(payer);
	unsigned int n = 0;

	if (p)
		return p;
	for (; top.ns->parent; n++)
		top = mbx_payer_above(top, 1);
	p = mbx_purse_make(top, NULL);
	while (p && n--)
		p = mbx_purse_make(mbx_payer_above(payer, n), p);
	return p;
}

/**
 * mbx_purse_put_last() - mbx_purse_put() where it may be the last
 * @purse: the purse
 *
 * Context: Any that may take a spinlock.
 */
void mbx_purse_put_last(struct mbx_purse *purse)
{
	struct mbx_purse *above;
	bool is_last;

	do {
		spin_lock(&mbx_purses_lock);
		is_last = refcount_dec_and_test(&purse->refs);
		if (is_last)
			hash_del(&purse->link);
		spin_unlock(&mbx_purses_lock);
		if (!is_last)
			return;
		above = purse->above;
		put_user_ns(purse->payer.ns);
		kmem_cache_free(mbx_purse_cache, purse);
		purse = above;
	} while (purse && !refcount_dec_not_one(&purse->refs));
}

/**
 * mbx_charge_above() - take from all purses above one, or from none
 * @purse: the one
 * @messages: how many
 * @mailboxes: how many
 * @bytes: of kernel memory they take
 *
 * Return: 0 or -EDQUOT.
 */
int mbx_charge_above(struct mbx_purse *purse, u64 messages, u64 mailboxes,
		     u64 bytes)
{
	struct mbx_purse *p, *paid;

	for (p = purse->above; p; p = p->above) {
		if (!mbx_take(&p->messages, messages,
			      READ_ONCE(mbx_user_messages)))
			goto err_pay_back;
		if (!mbx_take(&p->mailboxes, mailboxes,
			      READ_ONCE(mbx_user_mailboxes)))
			goto err_messages;
		if (!mbx_take(&p->bytes, bytes, READ_ONCE(mbx_user_bytes)))
			goto err_mailboxes;
	}
	return 0;

err_mailboxes:
	atomic64_sub(mailboxes, &p->mailboxes);
err_messages:
	atomic64_sub(messages, &p->messages);
err_pay_back:
	for (paid = purse->above; paid != p; paid = paid->above) {
		atomic64_sub(bytes, &paid->bytes);
		atomic64_sub(mailboxes, &paid->mailboxes);
		atomic64_sub(messages, &paid->messages);
	}
	return -EDQUOT;
}

/**
 * mbx_refund_above() - pay back to all purses above one
 * @purse: the one
 * @messages: as charged
 * @mailboxes: as charged
 * @bytes: as charged
 */
void mbx_refund_above(struct mbx_purse *purse, u64 messages, u64 mailboxes,
		      u64 bytes)
{
	struct mbx_purse *p;

	for (p = purse->above; p; p = p->above) {
		atomic64_sub(bytes, &p->bytes);
		atomic64_sub(mailboxes, &p->mailboxes);
		atomic64_sub(messages, &p->messages);
	}
}

/**
 * mbx_charge_mailbox() - take one mailbox from a purse
 * @purse: whose
 * @bytes: of kernel memory it takes
 *
 * The mailbox holds a reference on the purse until it is refunded.
 *
 * Return: 0, or -EDQUOT with nothing taken.
 */
int mbx_charge_mailbox(struct mbx_purse *purse, u64 bytes)
{
	if (!mbx_take(&purse->mailboxes, 1, READ_ONCE(mbx_user_mailboxes)))
		return -EDQUOT;
	if (!mbx_take(&purse->bytes, bytes, READ_ONCE(mbx_user_bytes))) {
		atomic64_dec(&purse->mailboxes);
		return -EDQUOT;
	}
	if (purse->above && mbx_charge_above(purse, 0, 1, bytes)) {
		atomic64_sub(bytes, &purse->bytes);
		atomic64_dec(&purse->mailboxes);
		return -EDQUOT;
	}
	refcount_inc(&purse->refs);
	return 0;
}

/**
 * mbx_refund_mailbox() - pay one mailbox back
 * @purse: whose
 * @bytes: as charged
 */
void mbx_refund_mailbox(struct mbx_purse *purse, u64 bytes)
{
	if (purse->above)
		mbx_refund_above(purse, 0, 1, bytes);
	atomic64_sub(bytes, &purse->bytes);
	atomic64_dec(&purse->mailboxes);
	mbx_purse_put(purse);
}

/**
 * mbx_charge_bytes() - take memory from a purse, for neither message nor mailbox
 * @purse: whose; the caller keeps it until it is refunded
 * @bytes: of kernel memory
 *
 * Return: 0, or -EDQUOT with nothing taken.
 */
int mbx_charge_bytes(struct mbx_purse *purse, u64 bytes)
{
	if (!mbx_take(&purse->bytes, bytes, READ_ONCE(mbx_user_bytes)))
		return -EDQUOT;
	if (purse->above && mbx_charge_above(purse, 0, 0, bytes)) {
		atomic64_sub(bytes, &purse->bytes);
		return -EDQUOT;
	}
	return 0;
}

/**
 * mbx_refund_bytes() - pay memory back
 * @purse: whose
 * @bytes: as charged
 */
void mbx_refund_bytes(struct mbx_purse *purse, u64 bytes)
{
	if (purse->above)
		mbx_refund_above(purse, 0, 0, bytes);
	atomic64_sub(bytes, &purse->bytes);
}

/**
 * mbx_charge_link() - take a link from a purse
 * @purse: whose
 * @bytes: of kernel memory it takes
 *
 * There can be as many as pairs of mailboxes, so that the limit on these is none
 * on links: they count by their bytes; and so do threads that take requests, of
 * which each handle can have all.  The link holds a reference on the purse until
 * it is refunded.
 *
 * Return: 0, or -EDQUOT with nothing taken.
 */
int mbx_charge_link(struct mbx_purse *purse, u64 bytes)
{
	int err = mbx_charge_bytes(purse, bytes);

	if (err)
		return err;
	refcount_inc(&purse->refs);
	return 0;
}

/**
 * mbx_refund_link() - pay a link back
 * @purse: whose
 * @bytes: as charged
 */
void mbx_refund_link(struct mbx_purse *purse, u64 bytes)
{
	mbx_refund_bytes(purse, bytes);
	mbx_purse_put(purse);
}

static bool mbx_is_above_rlimit(void)
{
	return capable(CAP_SYS_RESOURCE) || capable(CAP_SYS_ADMIN);
}

/**
 * mbx_charge_fds() - take descriptors in flight from a purse
 * @purse: whose: the caller's, or that of whom it acts for
 * @n: how many
 * @bytes: of kernel memory they take
 *
 * Besides the quota, the caller's RLIMIT_NOFILE bounds them, as with UNIX
 * sockets: they count as if they were still open.  Whoever holds @purse keeps
 * it until they are refunded.
 *
 * Return: 0, or -EDQUOT or -ETOOMANYREFS with nothing taken.
 */
int mbx_charge_fds(struct mbx_purse *purse, u64 n, u64 bytes)
{
	u64 most = READ_ONCE(mbx_user_fds), open = rlimit(RLIMIT_NOFILE);
	struct mbx_purse *p, *paid;

	if (!mbx_take(&purse->fds, n, min(most, open))) {
		if (open < most && !mbx_is_above_rlimit())
			return -ETOOMANYREFS;
		if (!mbx_take(&purse->fds, n, most))
			return -EDQUOT;
	}
	for (p = purse; p; p = p->above) {
		if (p != purse && !mbx_take(&p->fds, n, most))
			goto err_pay_back;
		if (!mbx_take(&p->bytes, bytes, READ_ONCE(mbx_user_bytes)))
			goto err_fds;
	}
	return 0;

err_fds:
	atomic64_sub(n, &p->fds);
err_pay_back:
	for (paid = purse; paid != p; paid = paid->above) {
		atomic64_sub(bytes, &paid->bytes);
		atomic64_sub(n, &paid->fds);
	}
	return -EDQUOT;
}

/**
 * mbx_refund_fds() - pay descriptors back
 * @purse: whose
 * @n: as charged
 * @bytes: as charged
 */
void mbx_refund_fds(struct mbx_purse *purse, u64 n, u64 bytes)
{
	for (; purse; purse = purse->above) {
		atomic64_sub(bytes, &purse->bytes);
		atomic64_sub(n, &purse->fds);
	}
}

static void mbx_pay_back_call(struct mbx_purse *p, u64 bytes, u64 messages)
{
	atomic64_sub(bytes, &p->bytes);
	atomic64_sub(messages, &p->messages);
	atomic64_dec(&p->calls);
}

static int mbx_take_call(struct mbx_purse *p, u64 bytes)
{
	if (!mbx_take(&p->calls, 1, READ_ONCE(mbx_user_calls)))
		return -EDQUOT;
	if (!mbx_take(&p->messages, 1, READ_ONCE(mbx_user_messages)))
		goto err_call;
	if (!mbx_take(&p->bytes, bytes, READ_ONCE(mbx_user_bytes)))
		goto err_message;
	return 0;

err_message:
	atomic64_dec(&p->messages);
err_call:
	atomic64_dec(&p->calls);
	return -EDQUOT;
}

/**
 * mbx_charge_call() - take a call and its answer from a purse
 * @purse: the caller's
 * @bytes: of kernel memory that the answer may take
 *
 * Return: 0, or -EDQUOT with nothing taken.
 */
int mbx_charge_call(struct mbx_purse *purse, u64 bytes)
{
	struct mbx_purse *p, *paid;

	for (p = purse; p; p = p->above)
		if (mbx_take_call(p, bytes))
			break;
	if (!p)
		return 0;
	for (paid = purse; paid != p; paid = paid->above)
		mbx_pay_back_call(paid, bytes, 1);
	return -EDQUOT;
}

/**
 * mbx_refund_call() - pay a call back
 * @purse: whose
 * @bytes: as charged, without those that an answer has taken over
 * @messages: 1, or 0 if there was one
 */
void mbx_refund_call(struct mbx_purse *purse, u64 bytes, u64 messages)
{
	struct mbx_purse *p;

	for (p = purse; p; p = p->above)
		mbx_pay_back_call(p, bytes, messages);
}

/**
 * mbx_limits_init() - make the cache, work out the default limit
 *
 * Return: 0 or -ENOMEM.
 */
int mbx_limits_init(void)
{
	if (!mbx_user_bytes)
		mbx_user_bytes = (totalram_pages() << PAGE_SHIFT) / 8;
	mbx_purse_cache = MBX_CACHE(mbx_purse);
	return mbx_purse_cache ? 0 : -ENOMEM;
}

/**
 * mbx_limits_exit() - give the cache back; no purse is left
 */
void mbx_limits_exit(void)
{
	kmem_cache_destroy(mbx_purse_cache);
}

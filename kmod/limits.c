// SPDX-License-Identifier: GPL-2.0-only
/*
 * Purses: the table of them, and the limits root may change at run time.
 *
 * The kernel's own per-user counters are not open to modules, so there is a
 * table from uid to purse.  The data path does not search it: a handle keeps
 * the purse of its opener, who is nearly always the caller.
 *
 * Locking: mbx_purses_lock guards the table; a purse is freed when its last
 * reference goes, under that lock.
 */
#include <linux/hashtable.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

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

unsigned long mbx_mailbox_bytes = 16UL << 20;
module_param_named(mailbox_bytes, mbx_mailbox_bytes, ulong, 0644);
MODULE_PARM_DESC(mailbox_bytes,
		 "Bytes of messages a mailbox may hold (16777216)");

static DEFINE_HASHTABLE(mbx_purses, 8);
static DEFINE_SPINLOCK(mbx_purses_lock);
static struct kmem_cache *mbx_purse_cache;

static struct mbx_purse *mbx_purse_find(kuid_t uid)
{
	struct mbx_purse *p;

	lockdep_assert_held(&mbx_purses_lock);
	hash_for_each_possible(mbx_purses, p, link, __kuid_val(uid))
		if (uid_eq(p->uid, uid))
			return p;
	return NULL;
}

/**
 * mbx_purse_look_up() - the purse of a user, if it has one
 * @uid: whose
 *
 * Return: a reference to give back with mbx_purse_put(), or NULL.
 */
struct mbx_purse *mbx_purse_look_up(kuid_t uid)
{
	struct mbx_purse *p;

	spin_lock(&mbx_purses_lock);
	p = mbx_purse_find(uid);
	if (p)
		refcount_inc(&p->refs);
	spin_unlock(&mbx_purses_lock);
	return p;
}

/**
 * mbx_purse_get() - the purse of a user, made if it has none
 * @uid: whose
 *
 * Context: May sleep to allocate.
 * Return: a reference to give back with mbx_purse_put(), NULL without memory.
 */
struct mbx_purse *mbx_purse_get(kuid_t uid)
{
	struct mbx_purse *p = mbx_purse_look_up(uid), *new;

	if (p)
		return p;

	new = kmem_cache_alloc(mbx_purse_cache, MBX_GFP);
	if (!new)
		return NULL;
	*new = (struct mbx_purse){ .uid = uid };
	refcount_set(&new->refs, 1);

	spin_lock(&mbx_purses_lock);
	p = mbx_purse_find(uid);
	if (p)
		refcount_inc(&p->refs);
	else
		hash_add(mbx_purses, &new->link, __kuid_val(uid));
	spin_unlock(&mbx_purses_lock);
	if (!p)
		return new;
	kmem_cache_free(mbx_purse_cache, new);
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
	bool is_last;

	spin_lock(&mbx_purses_lock);
	is_last = refcount_dec_and_test(&purse->refs);
	if (is_last)
		hash_del(&purse->link);
	spin_unlock(&mbx_purses_lock);
	if (is_last)
		kmem_cache_free(mbx_purse_cache, purse);
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
	atomic64_sub(bytes, &purse->bytes);
	atomic64_dec(&purse->mailboxes);
	mbx_purse_put(purse);
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

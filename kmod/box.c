// SPDX-License-Identifier: GPL-2.0-only
/*
 * The mailbox as an object: birth, lock, death.
 *
 * Locking: see DOC: Lock order in box.h.  mbx_box_unlock() is where all that
 * a hold of the lock has caused is sent off: wake-ups, news for pollers, and
 * freed room, which is passed on before anybody else can have it.
 */
#include <linux/poll.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "box.h"
#include "compat.h"
#include "line.h"
#include "trace.h"

static struct kmem_cache *mbx_box_cache;
static atomic64_t mbx_box_ids;

/**
 * mbx_box_new() - a mailbox that nobody knows yet
 * @attr: what is fixed; makes sense
 * @purse: whom to charge, or NULL: nobody
 * @name: its name, or NULL
 * @name_len: bytes of @name
 *
 * Return: a reference, -EDQUOT or -ENOMEM.
 */
struct mbx_box *mbx_box_new(const struct mbx_attr *attr,
			    struct mbx_purse *purse, const char *name,
			    u32 name_len)
{
	struct mbx_box *box;
	int err;

	if (purse) {
		err = mbx_charge_mailbox(purse, sizeof(*box));
		if (err)
			return ERR_PTR(err);
	}
	box = kmem_cache_alloc(mbx_box_cache, MBX_GFP);
	if (!box) {
		if (purse)
			mbx_refund_mailbox(purse, sizeof(*box));
		return ERR_PTR(-ENOMEM);
	}
	memset(box, 0, sizeof(*box));
	kref_init(&box->refs);
	box->id = atomic64_inc_return(&mbx_box_ids);
	box->attr = *attr;
	box->purse = purse;
	memcpy(box->name, name, name_len);
	spin_lock_init(&box->lock);
	mbx_queue_init(&box->queue);
	INIT_LIST_HEAD(&box->senders);
	INIT_LIST_HEAD(&box->receipts);
	INIT_LIST_HEAD(&box->receivers);
	INIT_LIST_HEAD(&box->enders);
	INIT_LIST_HEAD(&box->not_yet);
	init_waitqueue_head(&box->readable);
	init_waitqueue_head(&box->writable);
	return box;
}

static void mbx_box_free(struct kref *refs)
{
	struct mbx_box *box = container_of(refs, struct mbx_box, refs);

	if (box->purse)
		mbx_refund_mailbox(box->purse, sizeof(*box));
	kmem_cache_free(mbx_box_cache, box);
}

/**
 * mbx_box_put() - give back a reference
 * @box: the mailbox
 *
 * Nothing is queued in it when the last one goes: it died before, and was
 * buried, or nobody ever had a handle on it.
 */
void mbx_box_put(struct mbx_box *box)
{
	kref_put(&box->refs, mbx_box_free);
}

/*
 * One message, or room for one, is for one of those who poll exclusively; a
 * change is for all of them.
 */
static void mbx_tell(struct wait_queue_head *pollers, __poll_t what,
		     bool is_change)
{
	if (is_change)
		what |= EPOLLHUP | EPOLLERR;
	if (mbx_is_polled(pollers))
		__wake_up(pollers, TASK_INTERRUPTIBLE, is_change ? 0 : 1,
			  poll_to_key(what));
}

static void mbx_tell_pollers(struct mbx_box *box, unsigned int news)
{
	bool is_change = news & MBX_CHANGED;

	if (is_change || (news & MBX_READABLE))
		mbx_tell(&box->readable, EPOLLIN | EPOLLRDNORM, is_change);
	if (is_change || (news & MBX_WRITABLE))
		mbx_tell(&box->writable, EPOLLOUT | EPOLLWRNORM, is_change);
}

/* Pass on what was freed.  Returns true if there is more than fits a hold. */
static bool mbx_box_pass_on(struct mbx_box *box, struct mbx_work *work)
{
	bool is_more;

	if (box->is_dead)
		return false;
	is_more = mbx_box_admit(box, work);
	if (!box->messages && !box->send_handles) {
		work->news |= MBX_CHANGED;
		is_more |= mbx_box_end_some(box, work);
	}
	if (mbx_is_polled(&box->writable) && mbx_box_is_writable(box))
		work->news |= MBX_WRITABLE;
	return is_more;
}

/**
 * mbx_box_unlock_slowly() - mbx_box_unlock() where there is something to do
 * @box: the mailbox; the caller keeps it alive
 * @work: what was collected
 *
 * Context: May sleep.
 */
void mbx_box_unlock_slowly(struct mbx_box *box, struct mbx_work *work)
	__releases(&box->lock)
{
	while ((work->news & MBX_FREED) && mbx_box_pass_on(box, work)) {
		spin_unlock(&box->lock);
		mbx_wakes_send(&work->wakes);
		cond_resched();
		work->steps = 0;
		spin_lock(&box->lock);
	}
	spin_unlock(&box->lock);
	mbx_tell_pollers(box, work->news);
	mbx_wakes_send(&work->wakes);
}

/**
 * mbx_box_notice() - a name or a handle has gone: tell whom it concerns
 * @box: the mailbox
 *
 * Receivers may be at their end; senders, if nobody can ever receive, get
 * EPIPE; and what poll says may have changed.
 *
 * Context: May sleep.
 */
void mbx_box_notice(struct mbx_box *box)
{
	struct mbx_work work;
	bool is_more;

	do {
		mbx_box_lock(box, &work);
		is_more = !box->is_dead && mbx_box_is_unreachable(box) &&
			  mbx_box_turn_out(box, -EPIPE, false, &work);
		work.news |= MBX_FREED | MBX_CHANGED;
		mbx_box_unlock(box, &work);
		cond_resched();
	} while (is_more);
}

/**
 * mbx_box_bury() - what is left to do for a mailbox that has died
 * @box: the mailbox, marked dead
 *
 * Wakes every sleeper with EIDRM, tells pollers, and drops what is queued.
 * Messages that are being copied are dropped by their receivers.
 *
 * Context: May sleep.
 */
void mbx_box_bury(struct mbx_box *box)
{
	struct mbx_queue left;
	struct mbx_work work;
	struct mbx_msg *msg;
	unsigned int n = 0;
	bool is_more;

	do {
		mbx_box_lock(box, &work);
		is_more = mbx_box_turn_out(box, -EIDRM, true, &work);
		work.news |= MBX_CHANGED;
		mbx_box_unlock(box, &work);
		cond_resched();
	} while (is_more);

	spin_lock(&box->lock);
	mbx_queue_move(&left, &box->queue);
	spin_unlock(&box->lock);

	while ((msg = mbx_queue_first(&left))) {
		mbx_queue_remove(&left, msg);
		trace_mbox_drop(box, msg);
		mbx_msg_drop(msg);
		if (!(++n % MBX_STEPS))
			cond_resched();
	}
}

/**
 * mbx_box_init() - make the cache
 *
 * Return: 0 or -ENOMEM.
 */
int mbx_box_init(void)
{
	mbx_box_cache = MBX_CACHE(mbx_box);
	return mbx_box_cache ? 0 : -ENOMEM;
}

/**
 * mbx_box_exit() - give the cache back; no mailbox is left
 */
void mbx_box_exit(void)
{
	kmem_cache_destroy(mbx_box_cache);
}

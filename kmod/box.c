// SPDX-License-Identifier: GPL-2.0-only
/*
 * The mailbox as an object: birth, lock, death.
 *
 * Locking: see DOC: Lock order in box.h.  mbx_box_unlock() is where all that
 * a hold of the lock has caused is sent off: wake-ups, signals, news for
 * pollers, and freed room, which is passed on before anybody else can have it.
 */
#include <linux/pid.h>
#include <linux/poll.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "box.h"
#include "call.h"
#include "compat.h"
#include "fan.h"
#include "line.h"
#include "trace.h"

static struct kmem_cache *mbx_box_cache;
static struct kmem_cache *mbx_owner_cache;
static struct kmem_cache *mbx_times_cache;
static atomic64_t mbx_box_ids;

/* What a mailbox takes of the kernel's memory, without its messages. */
static u64 mbx_box_size(const struct mbx_attr *attr)
{
	u64 size = sizeof(struct mbx_box);

	if (attr->lifetime == MBOX_LIFETIME_OWNER)
		size += sizeof(struct mbx_owner);
	if (attr->attrs & MBOX_ATTR_TIMES)
		size += sizeof(struct mbx_times);
	return size;
}

static void mbx_box_dealloc(struct mbx_box *box)
{
	if (box->owner) {
		put_pid(box->owner->pid);
		kmem_cache_free(mbx_owner_cache, box->owner);
	}
	if (box->times)
		kmem_cache_free(mbx_times_cache, box->times);
	kmem_cache_free(mbx_box_cache, box);
}

static struct mbx_box *mbx_box_alloc(const struct mbx_attr *attr)
{
	struct mbx_box *box = kmem_cache_alloc(mbx_box_cache, MBX_GFP);

	if (!box)
		return NULL;
	memset(box, 0, sizeof(*box));
	if (attr->lifetime == MBOX_LIFETIME_OWNER) {
		box->owner = kmem_cache_alloc(mbx_owner_cache, MBX_GFP);
		if (!box->owner)
			goto err_dealloc;
		memset(box->owner, 0, sizeof(*box->owner));
		mbx_death_init(&box->owner->death);
		box->owner->pid = get_pid(task_tgid(current));
	}
	if (attr->attrs & MBOX_ATTR_TIMES) {
		box->times = kmem_cache_alloc(mbx_times_cache, MBX_GFP);
		if (!box->times)
			goto err_dealloc;
		memset(box->times, 0, sizeof(*box->times));
	}
	return box;

err_dealloc:
	mbx_box_dealloc(box);
	return NULL;
}

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
		err = mbx_charge_mailbox(purse, mbx_box_size(attr));
		if (err)
			return ERR_PTR(err);
	}
	box = mbx_box_alloc(attr);
	if (!box) {
		if (purse)
			mbx_refund_mailbox(purse, mbx_box_size(attr));
		return ERR_PTR(-ENOMEM);
	}
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
	box->choosers = RB_ROOT;
	INIT_LIST_HEAD(&box->enders);
	INIT_LIST_HEAD(&box->not_yet);
	INIT_LIST_HEAD(&box->with_files);
	INIT_LIST_HEAD(&box->fan.subs);
	INIT_LIST_HEAD(&box->fan.sleeping);
	INIT_LIST_HEAD(&box->callers);
	INIT_LIST_HEAD(&box->servers);
	init_waitqueue_head(&box->readable);
	init_waitqueue_head(&box->writable);
	mbx_told_init(&box->told, &box->readable, &box->writable);
	return box;
}

static void mbx_box_refund(struct mbx_box *box)
{
	if (box->purse)
		mbx_refund_mailbox(box->purse, mbx_box_size(&box->attr));
	box->purse = NULL;
}

static void mbx_box_free(struct kref *refs)
{
	struct mbx_box *box = container_of(refs, struct mbx_box, refs);

	mbx_box_refund(box);
	mbx_box_dealloc(box);
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
 * change is for all of them, and a message is, where there are filters: who is
 * told first may not want it; and in a broadcast mailbox.
 */
static void mbx_tell(struct wait_queue_head *pollers, __poll_t what,
		     bool is_for_all)
{
	if (mbx_is_polled(pollers))
		__wake_up(pollers, TASK_INTERRUPTIBLE, is_for_all ? 0 : 1,
			  poll_to_key(what));
}

static void mbx_tell_pollers(struct mbx_box *box, unsigned int news)
{
	__poll_t change = news & MBX_CHANGED ? EPOLLHUP | EPOLLERR : 0;
	bool is_for_all = change || (news & MBX_MANY);

	if (change || (news & MBX_READABLE))
		mbx_tell(&box->readable, EPOLLIN | EPOLLRDNORM | change,
			 is_for_all || mbx_box_broadcasts(box) ||
				 READ_ONCE(box->filters));
	if (change || (news & MBX_WRITABLE))
		mbx_tell(&box->writable, EPOLLOUT | EPOLLWRNORM | change,
			 is_for_all);
}

/*
 * SIGIO tells of every arrival, also where the message went to a receiver that
 * slept.  At its end, or where SEND would fail, a mailbox is like one that has
 * something, or room: the call that looks does not wait.
 */
static void mbx_tell_files(struct mbx_box *box, unsigned int news)
{
	bool is_dead = READ_ONCE(box->is_dead);

	if (news & (MBX_CHANGED | MBX_READABLE | MBX_HANDED))
		mbx_async_tell(&box->told.in, is_dead ? POLL_HUP : POLL_IN);
	if (news & (MBX_CHANGED | MBX_WRITABLE))
		mbx_async_tell(&box->told.out, is_dead ? POLL_HUP : POLL_OUT);
}

/* There may be another one in the next hold of the lock. */
static void mbx_tell_registered(struct mbx_work *work)
{
	if (!(work->news & MBX_SIGNAL))
		return;
	work->news &= ~MBX_SIGNAL;
	mbx_signal_send(&work->signal);
}

/* Pass on what was freed.  Returns true if there is more than fits a hold. */
static bool mbx_box_pass_on(struct mbx_box *box, struct mbx_work *work)
{
	bool is_more;

	if (box->is_dead)
		return false;
	if (mbx_box_broadcasts(box) && mbx_fan_trim(box, work))
		return true;
	is_more = mbx_box_admit(box, work);
	if (mbx_box_broadcasts(box))
		is_more |= mbx_fan_tell(box, work);
	if (!box->messages && !box->send_handles) {
		work->news |= MBX_CHANGED;
		is_more |= mbx_box_end_some(box, work);
	}
	if ((work->news & MBX_FREED) && mbx_is_polled(&box->writable) &&
	    mbx_box_is_writable(box))
		work->news |= MBX_WRITABLE;
	return is_more;
}

static void mbx_free_dropped(struct mbx_work *work)
{
	struct mbx_msg *msg, *next;

	if (!(work->news & MBX_DROPPED))
		return;
	list_for_each_entry_safe(msg, next, &work->dropped, link)
		mbx_msg_drop(msg);
	work->news &= ~MBX_DROPPED;
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
	/* One that others have made way for was not alone before. */
	if ((work->news & (MBX_READABLE | MBX_DROPPED)) == MBX_READABLE)
		mbx_box_notify(box, work);
	while ((work->news & (MBX_FREED | MBX_FAN)) &&
	       mbx_box_pass_on(box, work)) {
		spin_unlock(&box->lock);
		mbx_tell_registered(work);
		mbx_wakes_send(&work->wakes);
		mbx_free_dropped(work);
		cond_resched();
		work->steps = 0;
		spin_lock(&box->lock);
	}
	spin_unlock(&box->lock);
	mbx_tell_pollers(box, work->news);
	mbx_tell_files(box, work->news);
	mbx_tell_registered(work);
	mbx_wakes_send(&work->wakes);
	mbx_free_dropped(work);
}

/**
 * mbx_box_notice() - a name or a handle has gone: tell whom it concerns
 * @box: the mailbox
 *
 * Receivers may be at their end; senders, if nobody can ever receive, get
 * EPIPE; messages with descriptors go with the last RECV handle, and whoever
 * opens one meanwhile has those that are left; and what poll says may have
 * changed.
 *
 * Context: May sleep.
 */
void mbx_box_notice(struct mbx_box *box)
{
	struct mbx_work work;
	bool is_more;

	do {
		mbx_box_lock(box, &work);
		is_more = false;
		if (!box->is_dead && mbx_box_is_unreachable(box))
			is_more = mbx_box_turn_out(box, -EPIPE, false, &work);
		if (!box->is_dead)
			is_more |= mbx_box_close_some(box, &work);
		work.news |= MBX_FREED | MBX_CHANGED;
		mbx_box_unlock(box, &work);
		cond_resched();
	} while (is_more);
}

/**
 * mbx_box_bury() - what is left to do for a mailbox that has died
 * @box: the mailbox, marked dead
 *
 * Wakes every sleeper with EIDRM, tells pollers, drops what is queued, does not
 * wait for its owner's death any more, and pays the mailbox back.  Messages that
 * are being copied are dropped by their receivers.
 *
 * Context: May sleep.
 */
void mbx_box_bury(struct mbx_box *box)
{
	struct mbx_queue left;
	struct mbx_work work;
	struct pid *thread;
	struct mbx_msg *msg;
	unsigned int n = 0;
	bool is_more;

	do {
		mbx_box_lock(box, &work);
		is_more = mbx_box_turn_out(box, -EIDRM, true, &work) ||
			  mbx_box_end_some_calls(box, -EIDRM, &work);
		work.news |= MBX_CHANGED;
		mbx_box_unlock(box, &work);
		cond_resched();
	} while (is_more);

	spin_lock(&box->lock);
	mbx_queue_move(&left, &box->queue);
	thread = mbx_told_forget(&box->told);
	spin_unlock(&box->lock);
	put_pid(thread);

	while ((msg = mbx_queue_first(&left))) {
		mbx_queue_remove(&left, msg);
		if (msg->nfds) {
			spin_lock(&box->lock);
			list_del_init(&msg->files->link);
			spin_unlock(&box->lock);
		}
		trace_mbox_drop(box, msg);
		mbx_msg_drop(msg);
		if (!(++n % MBX_STEPS))
			cond_resched();
	}
	if (box->owner)
		mbx_death_unwatch(&box->owner->death);
	/*
	 * Whoever has a handle keeps the memory.  That is bounded by his own
	 * descriptors, and must not be by the quota of another.
	 */
	mbx_box_refund(box);
}

/**
 * mbx_box_init() - make the caches
 *
 * Return: 0 or -ENOMEM.
 */
int mbx_box_init(void)
{
	mbx_box_cache = MBX_CACHE(mbx_box);
	mbx_owner_cache = MBX_CACHE(mbx_owner);
	mbx_times_cache = MBX_CACHE(mbx_times);
	if (mbx_box_cache && mbx_owner_cache && mbx_times_cache)
		return 0;
	mbx_box_exit();
	return -ENOMEM;
}

/**
 * mbx_box_exit() - give the caches back; no mailbox is left
 */
void mbx_box_exit(void)
{
	kmem_cache_destroy(mbx_times_cache);
	kmem_cache_destroy(mbx_owner_cache);
	kmem_cache_destroy(mbx_box_cache);
}

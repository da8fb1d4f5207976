// SPDX-License-Identifier: GPL-2.0-only
/*
 * Broadcast mailboxes: the log, where subscriptions stand in it, sending to
 * all of them.  Why it is right is argued in fan.h; receiving is in readers.c.
 *
 * Locking: mbx_box.lock; what is not static says in fan.h whether it takes it.
 */
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "compat.h"
#include "fan.h"
#include "line.h"

static struct kmem_cache *mbx_sub_cache;

/* -- Rings of those that stand at one place ----------------------------------- */

static void mbx_stand(struct mbx_sub **ring, struct mbx_sub *sub)
{
	INIT_LIST_HEAD(&sub->ring);
	if (*ring)
		list_add_tail(&sub->ring, &(*ring)->ring);
	else
		*ring = sub;
}

static void mbx_unstand(struct mbx_sub **ring, struct mbx_sub *sub)
{
	if (*ring == sub)
		*ring = list_empty(&sub->ring) ? NULL :
						 list_next_entry(sub, ring);
	list_del_init(&sub->ring);
}

/* All of @from stand where @to do. */
static void mbx_join(struct mbx_sub **to, struct mbx_sub **from)
{
	if (!*from)
		return;
	if (*to) {
		/* Those beside it, and then itself. */
		list_splice_tail(&(*from)->ring, &(*to)->ring);
		list_add_tail(&(*from)->ring, &(*to)->ring);
	} else {
		*to = *from;
	}
	*from = NULL;
}

/* The ring of a message, or of those behind the last. */
static struct mbx_sub **mbx_ring_at(struct mbx_box *box, struct mbx_msg *msg)
{
	return msg ? &msg->standing : &box->fan.behind;
}

/* -- Places ------------------------------------------------------------------- */

/* Where a subscription without slots stands; NULL: behind the last message. */
static struct mbx_msg *mbx_sub_place(struct mbx_box *box, struct mbx_sub *sub)
{
	struct mbx_msg *head = mbx_queue_first(&box->queue);
	struct mbx_place before = { .id = sub->next_id - 1 };

	if (!head || sub->next_id > box->last_id)
		return NULL;
	if (head->id >= sub->next_id)
		return head;
	if (!sub->at)
		sub->at = mbx_queue_next(&box->queue, &before);
	return sub->at;
}

static struct mbx_msg **mbx_slot(struct mbx_box *box, struct mbx_sub *sub,
				 u32 n)
{
	u32 i = sub->first + n;
	u32 size = box->attr.bounds.max_messages;

	return &sub->slots[i < size ? i : i - size];
}

/**
 * mbx_sub_first() - the next message for a subscription
 * @box: the mailbox, not dead
 * @sub: the subscription
 *
 * Return: the message, still in the log, or NULL.
 */
struct mbx_msg *mbx_sub_first(struct mbx_box *box, struct mbx_sub *sub)
{
	lockdep_assert_held(&box->lock);
	if (!sub->slots)
		return mbx_sub_place(box, sub);
	return sub->used ? *mbx_slot(box, sub, 0) : NULL;
}

/**
 * mbx_sub_behind() - the next message for a subscription behind a place
 * @box: the mailbox, not dead
 * @sub: the subscription
 * @place: the place, or NULL: the beginning
 *
 * Return: the message, still in the log, or NULL.
 */
struct mbx_msg *mbx_sub_behind(struct mbx_box *box, struct mbx_sub *sub,
			       const struct mbx_place *place)
{
	struct mbx_msg *first = mbx_sub_first(box, sub);
	u32 from = 0, to = sub->used, mid;

	/* Of another priority, or urgent: that is before all there is. */
	if (!first || !place || place->priority || place->is_urgent ||
	    place->came_back || first->id > place->id)
		return first;
	if (!sub->slots)
		return mbx_queue_next(&box->queue, place);
	while (from < to) {
		mid = from + (to - from) / 2;
		if ((*mbx_slot(box, sub, mid))->id > place->id)
			to = mid;
		else
			from = mid + 1;
	}
	return from < sub->used ? *mbx_slot(box, sub, from) : NULL;
}

/**
 * mbx_sub_pending() - how many messages wait for a subscription
 * @box: the mailbox, not dead
 * @sub: the subscription
 *
 * Return: messages.
 */
u64 mbx_sub_pending(struct mbx_box *box, struct mbx_sub *sub)
{
	struct mbx_msg *place;

	lockdep_assert_held(&box->lock);
	if (sub->slots)
		return sub->used;
	place = mbx_sub_place(box, sub);
	return place ? box->last_id - place->id + 1 : 0;
}

/**
 * mbx_sub_missed() - how many messages a subscription did not get
 * @box: the mailbox, not dead
 * @sub: the subscription
 *
 * Return: messages, up to the next it gets.
 */
u64 mbx_sub_missed(struct mbx_box *box, struct mbx_sub *sub)
{
	struct mbx_msg *place;

	lockdep_assert_held(&box->lock);
	if (sub->slots)
		return sub->missed;
	place = mbx_sub_place(box, sub);
	return sub->missed + (place ? place->id : box->last_id + 1) -
	       sub->next_id;
}

/**
 * mbx_fan_slowest() - a subscription that is the furthest behind
 * @box: the mailbox, not dead
 *
 * Return: the subscription; NULL: no message waits for any, or the policy is
 * DROP_NEWEST, where none holds the others back.
 */
struct mbx_sub *mbx_fan_slowest(struct mbx_box *box)
{
	struct mbx_msg *head = mbx_queue_first(&box->queue);

	lockdep_assert_held(&box->lock);
	return head && !mbx_fan_has_slots(&box->attr) ? head->standing : NULL;
}

/* -- Moving ------------------------------------------------------------------- */

/* A message leaves the log: all have had it, or will not. */
static void mbx_fan_done(struct mbx_box *box, struct mbx_msg *msg,
			 struct mbx_work *work)
{
	mbx_box_discard(box, msg, work);
	mbx_box_uncount(box, msg, work);
	box->received++;
	if (msg->sent_time)
		mbx_box_tell_received(box, msg, NULL, work);
}

/**
 * mbx_fan_trim() - the first messages leave, if nobody stands at them
 * @box: the mailbox, not dead
 * @work: collects
 *
 * Return: true if the lock must be dropped before going on.
 */
bool mbx_fan_trim(struct mbx_box *box, struct mbx_work *work)
{
	struct mbx_msg *head;

	lockdep_assert_held(&box->lock);
	if (mbx_fan_has_slots(&box->attr))
		return false;
	while ((head = mbx_queue_first(&box->queue)) && !head->standing) {
		if (mbx_work_is_full(work))
			return true;
		work->steps++;
		mbx_fan_done(box, head, work);
	}
	return false;
}

/* The first message is out of the slots. */
static void mbx_sub_pop(struct mbx_box *box, struct mbx_sub *sub,
			struct mbx_work *work)
{
	struct mbx_msg *msg = *mbx_slot(box, sub, 0);

	if (++sub->first == box->attr.bounds.max_messages)
		sub->first = 0;
	sub->used--;
	sub->bytes -= msg->len;
	if (!--msg->copies)
		mbx_fan_done(box, msg, work);
}

/**
 * mbx_sub_move() - a subscription has had a message, and all before it
 * @box: the mailbox, not dead
 * @sub: the subscription; its position is not behind the message
 * @msg: the message, which may have left the log
 * @work: collects
 */
void mbx_sub_move(struct mbx_box *box, struct mbx_sub *sub, struct mbx_msg *msg,
		  struct mbx_work *work)
{
	struct mbx_msg *place;

	lockdep_assert_held(&box->lock);
	work->news |= MBX_FAN;
	if (sub->slots) {
		sub->next_id = msg->id + 1;
		mbx_sub_pop(box, sub, work);
		return;
	}
	place = mbx_sub_place(box, sub);
	mbx_unstand(mbx_ring_at(box, place), sub);
	sub->missed += msg->id - sub->next_id;
	sub->next_id = msg->id + 1;
	sub->at = NULL;
	if (place == msg && !list_is_last(&msg->link, &box->queue.plain))
		sub->at = list_next_entry(msg, link);
	place = mbx_sub_place(box, sub);
	mbx_stand(mbx_ring_at(box, place), sub);
}

/**
 * mbx_sub_skip() - a subscription has had all that waits for it
 * @box: the mailbox, not dead
 * @sub: the subscription
 * @work: collects
 */
void mbx_sub_skip(struct mbx_box *box, struct mbx_sub *sub,
		  struct mbx_work *work)
{
	lockdep_assert_held(&box->lock);
	work->news |= MBX_FAN;
	if (sub->slots) {
		/* At most MBX_FAN_MOST. */
		work->steps += sub->used;
		while (sub->used)
			mbx_sub_pop(box, sub, work);
	} else {
		sub->missed = mbx_sub_missed(box, sub);
		mbx_unstand(mbx_ring_at(box, mbx_sub_place(box, sub)), sub);
		sub->at = NULL;
		mbx_stand(&box->fan.behind, sub);
	}
	sub->next_id = box->last_id + 1;
}

/**
 * mbx_fan_overtake() - the policy drops the first message of the log
 * @box: the mailbox
 * @msg: the message, still there
 */
void mbx_fan_overtake(struct mbx_box *box, struct mbx_msg *msg)
{
	struct mbx_msg *next = NULL;

	lockdep_assert_held(&box->lock);
	if (!list_is_last(&msg->link, &box->queue.plain))
		next = list_next_entry(msg, link);
	mbx_join(mbx_ring_at(box, next), &msg->standing);
}

/* -- Subscribing -------------------------------------------------------------- */

static size_t mbx_slots_size(const struct mbx_box *box)
{
	return box->attr.bounds.max_messages * sizeof(struct mbx_msg *);
}

/**
 * mbx_sub_new() - a subscription that has not begun
 * @box: the mailbox
 * @purse: whom to charge for slots; the handle keeps it
 * @end: of the handle
 * @process: who opens the handle, which keeps it
 *
 * Return: the subscription, -EDQUOT or -ENOMEM.
 */
struct mbx_sub *mbx_sub_new(const struct mbx_box *box, struct mbx_purse *purse,
			    struct mbx_end *end, struct pid *process)
{
	struct mbx_sub *sub;
	int err;

	sub = kmem_cache_alloc(mbx_sub_cache, MBX_GFP);
	if (!sub)
		return ERR_PTR(-ENOMEM);
	memset(sub, 0, sizeof(*sub));
	sub->end = end;
	sub->process = process;
	sub->purse = purse;
	INIT_LIST_HEAD(&sub->ring);
	INIT_LIST_HEAD(&sub->line);
	INIT_LIST_HEAD(&sub->sleeping);
	if (!mbx_fan_has_slots(&box->attr))
		return sub;

	err = mbx_charge_bytes(purse, mbx_slots_size(box));
	if (err)
		goto err_free;
	err = -ENOMEM;
	sub->slots = kvzalloc(mbx_slots_size(box), MBX_GFP);
	if (!sub->slots)
		goto err_refund;
	return sub;

err_refund:
	mbx_refund_bytes(purse, mbx_slots_size(box));
err_free:
	kmem_cache_free(mbx_sub_cache, sub);
	return ERR_PTR(err);
}

/**
 * mbx_sub_free() - a subscription that has ended, or has not begun
 * @sub: the subscription, or NULL
 * @box: the mailbox
 *
 * Context: May sleep.
 */
void mbx_sub_free(struct mbx_sub *sub, const struct mbx_box *box)
{
	if (!sub)
		return;
	if (sub->slots) {
		kvfree(sub->slots);
		mbx_refund_bytes(sub->purse, mbx_slots_size(box));
	}
	kmem_cache_free(mbx_sub_cache, sub);
}

/**
 * mbx_fan_subscribe() - a subscription begins
 * @box: the mailbox, not dead
 * @sub: the subscription; it gets what is sent from now on
 *
 * The lock is held.
 *
 * Return: 0, or -EUSERS: there are too many that have slots.
 */
int mbx_fan_subscribe(struct mbx_box *box, struct mbx_sub *sub)
{
	lockdep_assert_held(&box->lock);
	if (sub->slots &&
	    (box->fan.subs_n == MBX_FAN_MOST ||
	     (box->fan.subs_n + 1) * box->attr.bounds.max_messages >
		     MBX_FAN_SLOTS))
		return -EUSERS;
	sub->next_id = box->last_id + 1;
	list_add_tail(&sub->link, &box->fan.subs);
	box->fan.subs_n++;
	if (!sub->slots)
		mbx_stand(&box->fan.behind, sub);
	return 0;
}

/**
 * mbx_fan_unsubscribe() - a subscription ends
 * @box: the mailbox
 * @sub: the subscription; nobody receives by it any more
 *
 * What waited for it alone goes; who waits for that room comes in.  If the
 * mailbox is dead, so is what the subscription points to.
 *
 * Takes the lock.
 *
 * Context: May sleep.
 */
void mbx_fan_unsubscribe(struct mbx_box *box, struct mbx_sub *sub)
{
	struct mbx_work work;

	mbx_box_lock(box, &work);
	list_del(&sub->link);
	box->fan.subs_n--;
	if (box->fan.registered == sub)
		box->fan.registered = NULL;
	if (!box->is_dead) {
		mbx_sub_skip(box, sub, &work);
		if (!sub->slots)
			mbx_unstand(&box->fan.behind, sub);
		work.news |= MBX_FREED;
	}
	mbx_box_unlock(box, &work);
}

/* -- Sending ------------------------------------------------------------------ */

/* Into the slots of all that have room: how many. */
static unsigned long mbx_fan_fill(struct mbx_box *box, struct mbx_msg *msg)
{
	/* Those who do not read hold back neither the sender nor each other. */
	bool is_over = mbx_box_is_over(box, msg->len);
	unsigned long copies = 0;
	struct mbx_sub *sub;

	list_for_each_entry(sub, &box->fan.subs, link) {
		if (is_over || !mbx_fits(&box->attr.bounds, sub->used,
					 sub->bytes, msg->len)) {
			sub->missed++;
			continue;
		}
		*mbx_slot(box, sub, sub->used++) = msg;
		sub->bytes += msg->len;
		copies++;
	}
	return copies;
}

/**
 * mbx_fan_accept() - accept a message for all that have subscribed
 * @box: the mailbox
 * @msg: the message, the mailbox's from now on
 * @work: collects; if nobody gets it, also the message
 */
void mbx_fan_accept(struct mbx_box *box, struct mbx_msg *msg,
		    struct mbx_work *work)
{
	bool has_slots = mbx_fan_has_slots(&box->attr);
	unsigned long readers;

	lockdep_assert_held(&box->lock);
	readers = box->fan.subs_n;
	if (has_slots) {
		work->steps += readers;
		readers = mbx_fan_fill(box, msg);
	}
	if (!readers) {
		mbx_box_drop_new(box, msg);
		mbx_work_drop(work, msg);
		return;
	}
	mbx_box_accept(box, msg, NULL, NULL, work);
	if (has_slots) {
		msg->copies = readers;
	} else {
		msg->standing = box->fan.behind;
		box->fan.behind = NULL;
	}
	mbx_fan_notify(box, msg, work);
	work->news |= MBX_FAN;
}

/*
 * Make room by the policy, in holds of the lock.  What was dropped in an earlier
 * one is no effect of an error: see mbx_post_dropping() in send.c.
 */
static int mbx_fan_make_room(struct mbx_box *box, const struct mbx_msg *msg,
			     struct mbx_work *work) __must_hold(&box->lock)
{
	int err = 0;

	while (!err && !mbx_box_has_room(box, msg->len)) {
		err = mbx_box_make_room(box, msg, work);
		if (err != -EAGAIN)
			break;
		mbx_box_unlock(box, work);
		mbx_box_lock(box, work);
		err = mbx_box_accepts(box);
	}
	return err;
}

/**
 * mbx_fan_post() - accept a message, line it up, or refuse it
 * @box: the mailbox
 * @s: the sender, with its message
 * @nowait: refuse it rather than line it up
 *
 * Takes the lock.
 *
 * Return: 0 if it is accepted; -EINPROGRESS if @s stands in line now; or an
 * error of SEND.
 */
int mbx_fan_post(struct mbx_box *box, struct mbx_sender *s, bool nowait)
{
	struct mbx_msg *msg = s->msg;
	struct mbx_work work;
	int err;

	mbx_box_lock(box, &work);
	err = mbx_box_accepts(box);
	if (err)
		goto out_unlock;
	if (!mbx_box_drops(box) && !mbx_box_has_turn(box, msg->len)) {
		err = -EAGAIN;
		if (!nowait) {
			mbx_waiter_init(&s->waiter, MBOX_WAIT_SEND, box->id);
			mbx_box_line_up_sender(box, s);
			err = -EINPROGRESS;
		}
		goto out_unlock;
	}
	if (!mbx_fan_has_slots(&box->attr)) {
		err = mbx_box_is_over(box, msg->len) ?
			      -EDQUOT :
			      mbx_fan_make_room(box, msg, &work);
		if (err)
			goto out_unlock;
	}
	s->msg = NULL;
	mbx_fan_accept(box, msg, &work);
out_unlock:
	mbx_box_unlock(box, &work);
	return err;
}

/**
 * mbx_fan_init() - make the cache
 *
 * Return: 0 or -ENOMEM.
 */
int mbx_fan_init(void)
{
	mbx_sub_cache = MBX_CACHE(mbx_sub);
	return mbx_sub_cache ? 0 : -ENOMEM;
}

/**
 * mbx_fan_exit() - give the cache back; no subscription is left
 */
void mbx_fan_exit(void)
{
	kmem_cache_destroy(mbx_sub_cache);
}

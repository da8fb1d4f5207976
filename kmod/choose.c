// SPDX-License-Identifier: GPL-2.0-only
/*
 * FILTER, and how a receiver that chooses finds its message in the queue.
 *
 * A search looks at MBX_STEPS messages under one hold of the lock, and goes on
 * from there in the next (select.h).  What it knows belongs to the call; if only
 * the filter chooses, it belongs to the handle, so that each message is looked
 * at once, however often the handle is polled or received from.
 *
 * Locking: mbx_box.lock.  A filter is never changed, but replaced.
 * Called by: chardev.c (the verb), recv.c, handle.c.
 */
#include <linux/err.h>
#include <linux/pid_namespace.h>
#include <linux/slab.h>

#include "args.h"
#include "choose.h"
#include "compat.h"
#include "handle.h"
#include "line.h"
#include "verbs.h"

static struct kmem_cache *mbx_filter_cache;

/**
 * mbx_check_selection() - whether a selection makes sense
 * @kind: MBOX_SELECT_*, or what user space gave as such
 * @value: its value
 * @is_filter: it is for a handle
 *
 * A filter says which messages fit, and not in which order: so it is not the
 * lowest tag of all.
 *
 * Return: 0 or -EINVAL.
 */
int mbx_check_selection(u32 kind, u64 value, bool is_filter)
{
	switch (kind) {
	case MBOX_SELECT_ANY:
		return value ? -EINVAL : 0;
	case MBOX_SELECT_TAG:
	case MBOX_SELECT_NOT_TAG:
		return 0;
	case MBOX_SELECT_LOWEST_TAG:
		return is_filter ? -EINVAL : 0;
	case MBOX_SELECT_PID:
		return value && value <= S32_MAX ? 0 : -EINVAL;
	default:
		return -EINVAL;
	}
}

static struct pid_namespace *mbx_current_pid_ns(void)
{
	return ns_of_pid(task_pid(current));
}

/**
 * mbx_chooser_init() - what a receiver wants
 * @c: the receiver's choice
 * @h: its handle
 * @from: who is wanted alone, or NULL
 * @kind: of the selection its call asks for, checked
 * @value: likewise
 *
 * The lock of the mailbox is held.  Give @c->filter back with
 * mbx_filter_put().
 */
void mbx_chooser_init(struct mbx_chooser *c, const struct mbx_handle *h,
		      const struct mbx_from *from, u32 kind, u64 value)
{
	lockdep_assert_held(&h->box->lock);
	c->choice.call.kind = kind;
	c->choice.call.value = value;
	/* The task keeps it, as long as it is in the call. */
	c->choice.call.ns = mbx_current_pid_ns();
	c->from = from;
	/* An endpoint's own handle, which RECV_FROM uses, has no filter. */
	c->filter = h->filter;
	if (from) {
		c->choice.filter.kind = MBX_SELECT_PROCESS;
		c->choice.filter.process = from->process;
	} else if (c->filter) {
		refcount_inc(&c->filter->refs);
		c->choice.filter = c->filter->selection;
	} else {
		c->choice.filter.kind = MBOX_SELECT_ANY;
	}
	mbx_looked_init(&c->own);
	c->looked = c->filter && kind == MBOX_SELECT_ANY ? &c->filter->looked :
							   &c->own;
	c->has_best = false;
	c->value = value;
}

/*
 * The message of the lowest tag: after each that is found only a lower one is
 * wanted, until there is none.  If the lowest has gone meanwhile, all is looked
 * at again.
 */
static struct mbx_msg *mbx_choose_lowest(struct mbx_box *box,
					 struct mbx_chooser *c,
					 unsigned int *steps)
{
	struct mbx_msg *msg;

	while (*steps) {
		msg = mbx_search(&box->queue, &c->choice, c->looked,
				 box->last_id, steps);
		if (msg && !msg->tag)
			return msg;
		if (msg) {
			c->best = mbx_place_of(msg);
			c->has_best = true;
			c->choice.call.value = msg->tag - 1;
			continue;
		}
		if (!*steps || !c->has_best)
			return NULL;
		msg = mbx_queue_at(&box->queue, &c->best);
		if (msg)
			return msg;
		c->has_best = false;
		c->choice.call.value = c->value;
		mbx_looked_init(c->looked);
	}
	return NULL;
}

/**
 * mbx_choose() - take a message that is wanted, if there is one
 * @box: the mailbox
 * @r: the receiver, in no line
 * @c: what it wants
 *
 * Return: as mbx_box_take(); -EINPROGRESS: drop the lock, and come again.
 */
int mbx_choose(struct mbx_box *box, struct mbx_receiver *r,
	       struct mbx_chooser *c)
{
	unsigned int steps = MBX_STEPS;
	struct mbx_msg *msg;

	lockdep_assert_held(&box->lock);
	if (box->is_dead)
		return -EIDRM;
	if (c->choice.call.kind == MBOX_SELECT_LOWEST_TAG)
		msg = mbx_choose_lowest(box, c, &steps);
	else
		msg = mbx_search(&box->queue, &c->choice, c->looked,
				 box->last_id, &steps);
	box->steps += MBX_STEPS - steps;
	if (msg)
		return mbx_box_take_this(box, r, msg);
	if (!steps)
		return -EINPROGRESS;
	return c->from && *c->from->is_gone ? -ESRCH :
					      mbx_box_has_nothing(box, r);
}

/**
 * mbx_filter_is_readable() - mbx_box_is_readable() for a handle with a filter
 * @box: the mailbox
 * @f: the filter
 *
 * Return: 1 or 0; -EINPROGRESS: drop the lock, and come again.
 */
int mbx_filter_is_readable(struct mbx_box *box, struct mbx_filter *f)
{
	struct mbx_choice choice = { .filter = f->selection };
	unsigned int steps = MBX_STEPS;
	bool is_found;

	lockdep_assert_held(&box->lock);
	is_found = mbx_search(&box->queue, &choice, &f->looked, box->last_id,
			      &steps);
	box->steps += MBX_STEPS - steps;
	if (is_found)
		return 1;
	return steps ? 0 : -EINPROGRESS;
}

static struct mbx_filter *mbx_filter_new(u32 kind, u64 value)
{
	struct mbx_filter *f = kmem_cache_alloc(mbx_filter_cache, MBX_GFP);

	if (!f)
		return NULL;
	refcount_set(&f->refs, 1);
	f->selection.kind = kind;
	f->selection.value = value;
	f->selection.ns = get_pid_ns(mbx_current_pid_ns());
	mbx_looked_init(&f->looked);
	return f;
}

/**
 * mbx_filter_put() - give back a reference
 * @f: the filter, or NULL
 *
 * Context: May sleep.
 */
void mbx_filter_put(struct mbx_filter *f)
{
	if (!f || !refcount_dec_and_test(&f->refs))
		return;
	put_pid_ns(f->selection.ns);
	kmem_cache_free(mbx_filter_cache, f);
}

/**
 * mbx_set_filter() - MBOX_IOC_FILTER
 * @h: the handle
 * @file: its file
 * @args: struct mbox_filter
 *
 * Who polls the handle is told to look again.
 *
 * Return: 0 or the errors of FILTER.
 */
long mbx_set_filter(struct mbx_handle *h, struct file *file,
		    struct mbx_args *args)
{
	const struct mbox_filter *a = &args->filter;
	struct mbx_filter *f = NULL, *old = NULL;
	struct mbx_box *box = h->box;
	struct mbx_work work;
	int err = mbx_handle_may_receive(h);

	if (err)
		return err;
	if (a->flags || a->__reserved)
		return -EINVAL;
	err = mbx_check_selection(a->select, a->select_value, true);
	if (err)
		return err;
	if (a->select != MBOX_SELECT_ANY) {
		if (mbx_box_broadcasts(box))
			return -EOPNOTSUPP;
		f = mbx_filter_new(a->select, a->select_value);
		if (!f)
			return -ENOMEM;
	}

	mbx_box_lock(box, &work);
	if (box->is_dead) {
		old = f;
		err = -EIDRM;
	} else {
		old = h->filter;
		h->filter = f;
		h->is_special = f || h->end.sub || h->process;
		WRITE_ONCE(box->filters, box->filters + !!f - !!old);
		work.news |= MBX_CHANGED;
	}
	mbx_box_unlock(box, &work);
	mbx_filter_put(old);
	return err;
}

/**
 * mbx_choose_init() - make the cache
 *
 * Return: 0 or -ENOMEM.
 */
int mbx_choose_init(void)
{
	mbx_filter_cache = MBX_CACHE(mbx_filter);
	return mbx_filter_cache ? 0 : -ENOMEM;
}

/**
 * mbx_choose_exit() - give the cache back; no filter is left
 */
void mbx_choose_exit(void)
{
	kmem_cache_destroy(mbx_filter_cache);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * INFO, STAT and LIST: looking, without changing anything.
 *
 * Locking: mbx_box.lock, for a picture of one moment; mbx_table.lock around it
 * for LIST.
 * Called by: chardev.c.
 */
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "args.h"
#include "call.h"
#include "compat.h"
#include "fan.h"
#include "handle.h"
#include "names.h"
#include "table.h"
#include "verbs.h"

/**
 * mbx_info() - MBOX_IOC_INFO
 * @h: any handle
 * @file: its file
 * @args: struct mbox_info
 *
 * Return: 0 or the errors of INFO.
 */
long mbx_info(struct mbx_handle *h, struct file *file, struct mbx_args *args)
{
	struct mbox_info *i = &args->info;
	struct mbx_purse *purse;

	if (i->flags)
		return -EINVAL;
	memset(i, 0, sizeof(*i));
	i->size = sizeof(*i);
	i->abi = MBOX_ABI;
	i->name_max = MBOX_NAME_MAX;
	i->priority_max = MBOX_PRIORITY_MAX;
	i->default_size = MBOX_DEFAULT_SIZE;
	i->default_messages = MBOX_DEFAULT_MESSAGES;
	i->features = MBOX_FEATURE_SYNC | MBOX_FEATURE_RENDEZVOUS |
		      MBOX_FEATURE_DROP | MBOX_FEATURE_PEEK |
		      MBOX_FEATURE_SELECT | MBOX_FEATURE_BROADCAST |
		      MBOX_FEATURE_FDS | MBOX_FEATURE_CALL |
		      MBOX_FEATURE_DIRECT | MBOX_FEATURE_NOTIFY |
		      MBOX_FEATURE_BATCH | MBOX_FEATURE_OWNER;
	i->open_flags = MBX_OPEN_FLAGS;
	i->send_flags = MBX_SEND_FLAGS;
	i->recv_flags = MBX_RECV_FLAGS;
	i->attrs = MBX_ATTRS;
	i->mailbox_bytes = READ_ONCE(mbx_mailbox_bytes);
	i->user_bytes = READ_ONCE(mbx_user_bytes);
	i->user_messages = READ_ONCE(mbx_user_messages);
	i->user_mailboxes = READ_ONCE(mbx_user_mailboxes);
	i->user_calls = READ_ONCE(mbx_user_calls);
	i->user_fds = READ_ONCE(mbx_user_fds);

	purse = mbx_purse_look_up();
	if (purse) {
		i->used_bytes = atomic64_read(&purse->bytes);
		i->used_messages = atomic64_read(&purse->messages);
		i->used_mailboxes = atomic64_read(&purse->mailboxes);
		i->used_calls = atomic64_read(&purse->calls);
		i->used_fds = atomic64_read(&purse->fds);
		mbx_purse_put(purse);
	}
	return mbx_args_put_members(args, info, abi, used_fds);
}

/**
 * struct mbx_seen - a waiter as it was seen under the lock
 * @process: its process, a reference
 * @thread: its thread, a reference
 * @what: MBOX_WAIT_*
 * @len: bytes of its message, or of its room
 */
struct mbx_seen {
	struct pid *process;
	struct pid *thread;
	u32 what;
	u32 len;
};

static void mbx_see(struct mbx_seen *seen, const struct mbx_waiter *w, u32 len)
{
	seen->process = get_pid(task_tgid(w->task));
	seen->thread = get_pid(task_pid(w->task));
	seen->what = w->what;
	seen->len = len;
}

static u32 mbx_see_subscribers(const struct mbx_box *box, struct mbx_seen *seen,
			       u32 room)
{
	const struct mbx_receiver *r;
	const struct mbx_sub *sub;
	u32 n = 0;

	list_for_each_entry(sub, &box->fan.sleeping, sleeping) {
		list_for_each_entry(r, &sub->line, waiter.link) {
			if (n == room)
				return n;
			mbx_see(&seen[n++], &r->waiter, r->args->len);
		}
	}
	return n;
}

static u32 mbx_see_waiters(const struct mbx_box *box, struct mbx_seen *seen,
			   u32 room)
{
	struct rb_node *node = rb_first(&box->choosers);
	const struct mbx_receiver *r, *chooser;
	const struct mbx_call *c;
	const struct mbx_sender *s;
	u32 n = 0;

	lockdep_assert_held(&box->lock);
	list_for_each_entry(s, &box->senders, waiter.link) {
		if (n == room)
			return n;
		mbx_see(&seen[n++], &s->waiter, s->msg->len);
	}
	list_for_each_entry(s, &box->receipts, waiter.link) {
		if (n == room)
			return n;
		mbx_see(&seen[n++], &s->waiter, s->msg->len);
	}
	list_for_each_entry(c, &box->callers, link) {
		if (n == room)
			return n;
		mbx_see(&seen[n++], &c->sender.waiter, c->room);
	}
	r = list_first_entry(&box->receivers, struct mbx_receiver, waiter.link);
	while (n < room) {
		bool is_end =
			list_entry_is_head(r, &box->receivers, waiter.link);

		/* Those that choose stand apart, by their turn. */
		chooser = rb_entry_safe(node, struct mbx_receiver, chooser);
		if (chooser && (is_end || chooser->turn < r->turn)) {
			mbx_see(&seen[n++], &chooser->waiter,
				chooser->args->len);
			node = rb_next(node);
		} else if (!is_end) {
			mbx_see(&seen[n++], &r->waiter, r->args->len);
			r = list_next_entry(r, waiter.link);
		} else {
			break;
		}
	}
	return n + mbx_see_subscribers(box, seen + n, room - n);
}

static int mbx_put_waiters(struct mbox_waiter __user *to,
			   const struct mbx_seen *seen, u32 n)
{
	u32 i;

	for (i = 0; i < n; i++) {
		struct mbox_waiter w = {
			.pid = mbx_pid_shown(seen[i].process),
			.tid = mbx_pid_shown(seen[i].thread),
			.what = seen[i].what,
			.len = seen[i].len,
		};

		if (copy_to_user(&to[i], &w, sizeof(w)))
			return -EFAULT;
	}
	return 0;
}

static void mbx_describe_box(struct mbox_stat *a, const struct mbx_box *box,
			     bool is_admin)
{
	const struct mbx_attr *attr = &box->attr;
	bool is_bounded = attr->capacity == MBOX_CAPACITY_BOUNDED;

	lockdep_assert_held(&box->lock);
	a->id = box->id;
	if (box->is_named)
		memcpy(a->name, box->name, sizeof(a->name));
	a->uid = mbx_uid_shown(attr->uid);
	a->gid = mbx_gid_shown(attr->gid);
	a->mode = attr->mode;
	a->lifetime = attr->lifetime;
	a->capacity = attr->capacity;
	a->attrs = attr->attrs;
	a->max_size = attr->max_size;
	if (is_bounded && attr->bounds.max_messages != U64_MAX)
		a->max_messages = attr->bounds.max_messages;
	if (is_bounded && attr->bounds.max_bytes != U64_MAX)
		a->max_bytes = attr->bounds.max_bytes;
	a->handles = box->handles;
	a->senders = box->send_handles;
	a->receivers = box->recv_handles;
	a->senders_waiting =
		is_admin ? box->senders_waiting + box->callers_waiting :
			   MBOX_HIDDEN;
	a->receivers_waiting = is_admin ? box->receivers_waiting : MBOX_HIDDEN;
	a->messages = box->messages;
	a->bytes = box->bytes;
	a->peak_messages = box->peak;
	a->charged = box->charged;
	a->sent = box->sent;
	a->received = box->received;
	a->dropped = box->dropped;
	a->search_steps = box->steps;
	a->policy = attr->policy;
	if (box->times)
		memcpy(a->times, box->times->count, sizeof(a->times));
	a->expired = box->expired;
}

/*
 * In a broadcast mailbox: the handle's own subscription, and for ADMIN the one
 * that is the furthest behind.  Returns who opened that, a reference, or NULL.
 */
static struct pid *mbx_describe_subs(struct mbox_stat *a,
				     const struct mbx_handle *h, bool is_admin)
{
	struct mbx_sub *own = h->end.sub, *slowest;
	struct mbx_box *box = h->box;

	if (!mbx_box_broadcasts(box) || box->is_dead)
		return NULL;
	if (own) {
		a->pending = mbx_sub_pending(box, own);
		a->missed = mbx_sub_missed(box, own);
	}
	slowest = is_admin ? mbx_fan_slowest(box) : NULL;
	if (!slowest)
		return NULL;
	a->slowest_pending = mbx_sub_pending(box, slowest);
	/* Its number may be another's by now. */
	if (mbx_has_died(slowest->process))
		return NULL;
	return get_pid(slowest->process);
}

/**
 * mbx_stat() - MBOX_IOC_STAT
 * @h: the handle
 * @file: its file
 * @args: struct mbox_stat
 *
 * Return: 0 or the errors of STAT.
 */
long mbx_stat(struct mbx_handle *h, struct file *file, struct mbx_args *args)
{
	struct mbox_waiter __user *to = u64_to_user_ptr(args->stat.waiters);
	u32 room = min_t(u32, args->stat.nwaiters, MBOX_BATCH_MAX), n, i;
	u32 rights = READ_ONCE(h->rights);
	bool is_admin = rights & MBOX_RIGHT_ADMIN;
	struct mbox_stat *a = &args->stat;
	struct mbx_seen *seen = NULL;
	struct mbx_box *box = h->box;
	struct pid *slowest;
	int err = 0;

	if (a->flags || (!to && room))
		return -EINVAL;
	if (room && !is_admin)
		return -EPERM;
	if (room) {
		seen = kvcalloc(room, sizeof(*seen), MBX_GFP);
		if (!seen)
			return -ENOMEM;
	}

	memset_after(a, 0, waiters);
	spin_lock(&box->lock);
	n = mbx_see_waiters(box, seen, room);
	mbx_describe_box(a, box, is_admin);
	slowest = mbx_describe_subs(a, h, is_admin);
	if (box->is_dead)
		err = -EIDRM;
	spin_unlock(&box->lock);
	a->nwaiters = n;
	a->rights = rights;
	if (is_admin && box->owner)
		a->owner_pid = mbx_pid_shown(box->owner->pid);
	a->slowest_pid = mbx_pid_shown(slowest);
	put_pid(slowest);

	if (!err)
		err = mbx_put_waiters(to, seen, n);
	for (i = 0; i < n; i++) {
		put_pid(seen[i].process);
		put_pid(seen[i].thread);
	}
	kvfree(seen);
	if (err)
		return err;
	return mbx_args_put_members(args, stat, nwaiters, slowest_pending);
}

#define MBX_LIST_PAGE 32

/* What LIST shows of one mailbox; false if the caller could not open it. */
static bool mbx_list_one(struct mbox_list_entry *e, struct mbx_box *box,
			 bool has_cap)
{
	e->rights = mbx_rights_of(box, has_cap);
	if (!e->rights)
		return false;
	memcpy(e->name, box->name, sizeof(e->name));
	e->id = box->id;
	e->uid = mbx_uid_shown(box->attr.uid);
	e->gid = mbx_gid_shown(box->attr.gid);
	e->mode = box->attr.mode;
	spin_lock(&box->lock);
	e->messages = box->messages;
	e->bytes = box->bytes;
	spin_unlock(&box->lock);
	return true;
}

/*
 * Fill up to @n entries that come after @after, and move it on.  Returns how
 * many, or -ENXIO; sets @is_end where there are no more names.
 */
static int mbx_list_page(struct mbx_table *table, struct mbox_list_entry *page,
			 u32 n, char *after, bool has_cap, bool *is_end)
{
	unsigned int steps, filled = 0;
	struct mbx_box *box = NULL;
	int err = 0;

	mutex_lock(&table->lock);
	if (table->is_dead)
		err = -ENXIO;
	for (steps = 0; !err && filled < n && steps < MBX_STEPS; steps++) {
		box = mbx_table_after(table, after);
		if (!box)
			break;
		strscpy(after, box->name, MBOX_NAME_SIZE);
		if (mbx_list_one(&page[filled], box, has_cap))
			filled++;
	}
	*is_end = !box;
	mutex_unlock(&table->lock);
	return err ?: filled;
}

/**
 * mbx_list() - MBOX_IOC_LIST
 * @h: any handle: its table of names counts
 * @file: its file
 * @args: struct mbox_list
 *
 * Return: 0 or the errors of LIST.
 */
long mbx_list(struct mbx_handle *h, struct file *file, struct mbx_args *args)
{
	struct mbox_list *a = &args->list;
	char __user *to = u64_to_user_ptr(a->entries);
	u32 room = min_t(u32, a->count, MBOX_BATCH_MAX), done = 0;
	/* Whoever just looks is not to be audited for what it lacks. */
	bool has_cap = ns_capable_noaudit(h->table->user_ns, CAP_IPC_OWNER);
	bool is_end = false;
	struct mbox_list_entry *page;
	int n = 0;

	if (a->flags || a->after[MBOX_NAME_SIZE - 1] ||
	    a->entry_size < sizeof(*page) || a->entry_size > MBX_STRUCT_MAX)
		return -EINVAL;
	page = kcalloc(MBX_LIST_PAGE, sizeof(*page), MBX_GFP);
	if (!page)
		return -ENOMEM;
	while (n >= 0 && done < room && !is_end) {
		n = mbx_list_page(h->table, page,
				  min_t(u32, room - done, MBX_LIST_PAGE),
				  a->after, has_cap, &is_end);
		if (n > 0 &&
		    mbx_put_entries(to, a->entry_size, page, sizeof(*page), n))
			n = -EFAULT;
		if (n > 0) {
			done += n;
			to += (size_t)n * a->entry_size;
		}
		if (mbx_is_killed())
			n = -EINTR;
		cond_resched();
	}
	kfree(page);
	if (n < 0)
		return n;
	a->count = done;
	return mbx_args_put_members(args, list, count, count);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Handles: birth, being counted by the mailbox, poll, fdinfo, release.
 *
 * Locking: mbx_box.lock for the counts; mbx_table.lock around it where the
 * last handle may take the name with it.
 */
#include <linux/cred.h>
#include <linux/mutex.h>
#include <linux/poll.h>
#include <linux/sched/signal.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/user_namespace.h>

#include "call.h"
#include "choose.h"
#include "compat.h"
#include "fan.h"
#include "handle.h"
#include "line.h"
#include "table.h"

static struct kmem_cache *mbx_handle_cache;

/**
 * mbx_handle_new() - a handle that its mailbox does not count yet
 * @box: the mailbox; takes a reference
 * @table: the names it sees; takes a reference
 * @rights: set of MBOX_RIGHT_*
 * @hangup: it can come to its end
 *
 * Return: the handle, -EDQUOT or -ENOMEM.
 */
struct mbx_handle *mbx_handle_new(struct mbx_box *box, struct mbx_table *table,
				  u32 rights, bool hangup)
{
	struct mbx_handle *h;
	struct mbx_sub *sub;
	int err = -ENOMEM;

	h = kmem_cache_alloc(mbx_handle_cache, MBX_GFP);
	if (!h)
		return ERR_PTR(err);
	memset(h, 0, sizeof(*h));
	h->purse = mbx_purse_get();
	if (!h->purse)
		goto err_free;
	if ((rights & MBOX_RIGHT_RECV) && mbx_box_broadcasts(box)) {
		sub = mbx_sub_new(box, h->purse, &h->end, task_tgid(current));
		if (IS_ERR(sub)) {
			err = PTR_ERR(sub);
			goto err_put_purse;
		}
		h->end.sub = sub;
		h->is_special = true;
	}
	h->user_ns = get_user_ns(current_user_ns());
	kref_get(&box->refs);
	h->box = box;
	kref_get(&table->refs);
	h->table = table;
	mbx_stamp_current(&h->opener);
	h->rights = rights;
	h->end.is_wanted = hangup;
	return h;

err_put_purse:
	mbx_purse_put(h->purse);
err_free:
	kmem_cache_free(mbx_handle_cache, h);
	return ERR_PTR(err);
}

static void mbx_count_rights(struct mbx_box *box, u32 rights)
{
	lockdep_assert_held(&box->lock);
	if (rights & MBOX_RIGHT_SEND) {
		box->send_handles++;
		box->send_opens++;
		mbx_box_may_end(box);
	}
	if (rights & MBOX_RIGHT_RECV)
		box->recv_handles++;
}

/**
 * mbx_handle_attach() - make the mailbox count a handle
 * @h: the handle
 * @by_name: the mailbox was found by its name, which it must still have: who
 *	was told that nobody can ever receive must not be wrong
 *
 * Return: 0; -ESTALE if the name has gone; -EIDRM if the mailbox has died;
 * -EUSERS if it takes no more subscriptions.
 */
int mbx_handle_attach(struct mbx_handle *h, bool by_name)
{
	struct mbx_box *box = h->box;
	int err = 0;

	spin_lock(&box->lock);
	if (by_name && !box->is_named)
		err = -ESTALE;
	else if (box->is_dead)
		err = -EIDRM;
	else if (h->end.sub)
		err = mbx_fan_subscribe(box, h->end.sub);
	if (!err) {
		h->is_counted = true;
		h->end.has_seen = box->send_handles;
		h->end.opens = box->send_opens;
		box->handles++;
		mbx_count_rights(box, h->rights);
	}
	spin_unlock(&box->lock);
	return err;
}

/**
 * mbx_handle_use() - a read, write or poll begins
 * @h: the handle
 *
 * An O_RDWR descriptor of /dev/mbox gets its rights now, so that a program
 * which opened it for its ioctls is no sender.
 */
void mbx_handle_use(struct mbx_handle *h)
{
	struct mbx_box *box = h->box;

	/* Pairs with the release below: who sees no @later sees the @rights. */
	if (likely(!smp_load_acquire(&h->later)))
		return;
	spin_lock(&box->lock);
	/* Another one may have been here first: they are written once. */
	if (h->later) {
		mbx_count_rights(box, h->later);
		WRITE_ONCE(h->rights, h->rights | h->later);
		/* Pairs with the acquire above. */
		smp_store_release(&h->later, 0);
	}
	spin_unlock(&box->lock);
}

/**
 * mbx_handle_is_sender() - whether a handle may travel in a message
 * @h: the handle
 *
 * Return: true if its only right is SEND, and no other can come.
 */
bool mbx_handle_is_sender(const struct mbx_handle *h)
{
	/* Pairs with the release in mbx_handle_use(). */
	return !smp_load_acquire(&h->later) &&
	       READ_ONCE(h->rights) == MBOX_RIGHT_SEND;
}

/* The mailbox counts @h no more.  Its last handle may be its end. */
static void mbx_handle_detach(struct mbx_handle *h)
{
	bool is_gone, has_lost_name = false, is_last;
	struct mbx_table *table = NULL;
	struct mbx_box *box = h->box;
	struct pid *thread = NULL;

	/* A name is never gained: if there is none now, there will be none. */
	if (READ_ONCE(box->is_named)) {
		table = h->table;
		mutex_lock(&table->lock);
	}
	spin_lock(&box->lock);
	if (box->told.handle == h)
		thread = mbx_told_forget(&box->told);
	box->handles--;
	if (h->filter)
		WRITE_ONCE(box->filters, box->filters - 1);
	if (h->rights & MBOX_RIGHT_SEND)
		box->send_handles--;
	if (h->rights & MBOX_RIGHT_RECV)
		box->recv_handles--;
	is_gone = !box->handles && !box->is_dead &&
		  (!box->is_named ||
		   box->attr.lifetime == MBOX_LIFETIME_DESCRIPTOR);
	if (is_gone && box->is_named) {
		mbx_table_remove_locked(table, box);
		has_lost_name = true;
	}
	if (is_gone)
		mbx_box_die(box);
	is_last = ((h->rights & MBOX_RIGHT_SEND) && !box->send_handles) ||
		  ((h->rights & MBOX_RIGHT_RECV) && !box->recv_handles);
	spin_unlock(&box->lock);
	if (table)
		mutex_unlock(&table->lock);
	put_pid(thread);

	if (is_gone)
		mbx_box_bury(box);
	if (has_lost_name)
		mbx_box_put(box);
	if (is_last && !is_gone)
		mbx_box_notice(box);
}

/**
 * mbx_handle_close() - the current process closes a descriptor of a handle
 * @h: the handle; it may have other descriptors
 * @files: the table of descriptors it is closed in
 *
 * Requests that it has taken through @h will not be answered (C27).
 *
 * Context: May sleep.
 */
void mbx_handle_close(struct mbx_handle *h, fl_owner_t files)
{
	spin_lock(&h->box->lock);
	h->was_closed = true;
	spin_unlock(&h->box->lock);
	mbx_service_leave(h, MBX_LEAVE_PROCESS, files);
}

/**
 * mbx_handle_free() - the last descriptor of a handle was closed
 * @h: the handle
 *
 * Context: May sleep.
 */
void mbx_handle_free(struct mbx_handle *h)
{
	mbx_service_free(h);
	if (h->is_counted && h->end.sub)
		mbx_fan_unsubscribe(h->box, h->end.sub);
	if (h->is_counted)
		mbx_handle_detach(h);
	mbx_sub_free(h->end.sub, h->box);
	mbx_filter_put(h->filter);
	mbx_stamp_put(&h->opener);
	put_pid(h->process);
	put_user_ns(h->user_ns);
	mbx_purse_put(h->purse);
	mbx_table_put(h->table);
	mbx_box_put(h->box);
	kmem_cache_free(mbx_handle_cache, h);
}

/* Whether a RECV on @h would find something; -EINPROGRESS: come again. */
static int mbx_handle_is_readable(struct mbx_handle *h)
{
	if (unlikely(h->filter))
		return mbx_filter_is_readable(h->box, h->filter);
	if (h->end.sub)
		return !!mbx_sub_first(h->box, h->end.sub);
	return mbx_box_is_readable(h->box);
}

/**
 * mbx_handle_may_receive() - whether the caller may receive on a handle
 * @h: the handle
 *
 * Return: 0; -EBADF without the right; -EACCES if it is the endpoint of another
 * process.
 */
int mbx_handle_may_receive(const struct mbx_handle *h)
{
	if (!(READ_ONCE(h->rights) & MBOX_RIGHT_RECV))
		return -EBADF;
	return !h->process || h->process == task_tgid(current) ? 0 : -EACCES;
}

/* Whether nobody can send any more.  To an endpoint anybody may at any time. */
static bool mbx_handle_is_alone(const struct mbx_handle *h)
{
	return !h->process && !h->box->is_named && !h->box->send_handles;
}

/**
 * mbx_handle_poll() - what could be done now
 * @h: the handle
 * @file: its file
 * @pt: to be told of changes
 *
 * Return: set of EPOLL*, see poll in mbox(4).
 */
__poll_t mbx_handle_poll(struct mbx_handle *h, struct file *file,
			 poll_table *pt)
{
	struct mbx_box *box = h->box;
	__poll_t can = 0;
	int is_readable;

	mbx_handle_use(h);
	/* Who cannot send is not told of room; changes are told on both. */
	if ((h->rights & MBOX_RIGHT_RECV) || !(h->rights & MBOX_RIGHT_SEND))
		poll_wait(file, &box->readable, pt);
	if (h->rights & MBOX_RIGHT_SEND)
		poll_wait(file, &box->writable, pt);
	/* Another process may poll it in an epoll that it shares with its own. */
	if (mbx_handle_may_receive(h) == -EACCES)
		return EPOLLERR;

again:
	spin_lock(&box->lock);
	if (box->is_dead) {
		can = EPOLLHUP | EPOLLERR;
		goto out_unlock;
	}
	if (h->rights & MBOX_RIGHT_RECV) {
		is_readable = mbx_handle_is_readable(h);
		if (is_readable < 0) {
			spin_unlock(&box->lock);
			cond_resched();
			if (mbx_is_killed())
				return 0;
			goto again;
		}
		if (is_readable)
			can |= EPOLLIN | EPOLLRDNORM;
		if (h->end.is_wanted ? mbx_box_is_at_end(box, &h->end) :
				       mbx_handle_is_alone(h))
			can |= EPOLLHUP;
	}
	if (h->rights & MBOX_RIGHT_SEND) {
		if (mbx_box_is_unreachable(box))
			can |= EPOLLERR;
		else if (mbx_box_is_writable(box))
			can |= EPOLLOUT | EPOLLWRNORM;
	}
out_unlock:
	spin_unlock(&box->lock);
	return can;
}

/**
 * mbx_handle_show() - the lines of /proc/PID/fdinfo
 * @m: where to
 * @h: the handle
 */
void mbx_handle_show(struct seq_file *m, const struct mbx_handle *h)
{
	struct mbx_box *box = h->box;
	u64 messages, bytes, pending = 0, missed = 0;
	struct mbx_sub *sub = h->end.sub;
	u32 rights;
	bool is_named;

	spin_lock(&box->lock);
	if (sub && !box->is_dead) {
		pending = mbx_sub_pending(box, sub);
		missed = mbx_sub_missed(box, sub);
	}
	messages = box->messages;
	bytes = box->bytes;
	rights = h->rights;
	is_named = box->is_named;
	spin_unlock(&box->lock);

	seq_printf(m, "mbox-id:\t%llu\n", box->id);
	seq_printf(m, "mbox-name:\t%s\n", is_named ? box->name : "-");
	seq_printf(m, "mbox-rights:\t%s%s%s%s\n",
		   rights & MBOX_RIGHT_SEND ? "s" : "",
		   rights & MBOX_RIGHT_RECV ? "r" : "",
		   rights & MBOX_RIGHT_ADMIN ? "a" : "", rights ? "" : "-");
	seq_printf(m, "mbox-messages:\t%llu\n", messages);
	seq_printf(m, "mbox-bytes:\t%llu\n", bytes);
	if (!sub)
		return;
	seq_printf(m, "mbox-pending:\t%llu\n", pending);
	seq_printf(m, "mbox-missed:\t%llu\n", missed);
}

/**
 * mbx_handle_init() - make the cache
 *
 * Return: 0 or -ENOMEM.
 */
int mbx_handle_init(void)
{
	mbx_handle_cache = MBX_CACHE(mbx_handle);
	return mbx_handle_cache ? 0 : -ENOMEM;
}

/**
 * mbx_handle_exit() - give the cache back; no handle is left
 */
void mbx_handle_exit(void)
{
	kmem_cache_destroy(mbx_handle_cache);
}

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
#include <linux/seq_file.h>
#include <linux/slab.h>

#include "compat.h"
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
 * Return: the handle or -ENOMEM.
 */
struct mbx_handle *mbx_handle_new(struct mbx_box *box, struct mbx_table *table,
				  u32 rights, bool hangup)
{
	struct mbx_handle *h;

	h = kmem_cache_alloc(mbx_handle_cache, MBX_GFP);
	if (!h)
		return ERR_PTR(-ENOMEM);
	memset(h, 0, sizeof(*h));
	h->purse = mbx_purse_get(current_uid());
	if (!h->purse) {
		kmem_cache_free(mbx_handle_cache, h);
		return ERR_PTR(-ENOMEM);
	}
	kref_get(&box->refs);
	h->box = box;
	kref_get(&table->refs);
	h->table = table;
	mbx_stamp_current(&h->opener);
	h->rights = rights;
	h->end.is_wanted = hangup;
	return h;
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
 * Return: 0; -ESTALE if the name has gone; -EIDRM if the mailbox has died.
 */
int mbx_handle_attach(struct mbx_handle *h, bool by_name)
{
	struct mbx_box *box = h->box;
	int err = 0;

	spin_lock(&box->lock);
	if (by_name && !box->is_named) {
		err = -ESTALE;
	} else if (box->is_dead) {
		err = -EIDRM;
	} else {
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
	mbx_count_rights(box, h->later);
	WRITE_ONCE(h->rights, h->rights | h->later);
	/* Pairs with the acquire above. */
	smp_store_release(&h->later, 0);
	spin_unlock(&box->lock);
}

/* The mailbox counts @h no more.  Its last handle may be its end. */
static void mbx_handle_detach(struct mbx_handle *h)
{
	bool is_gone, has_lost_name = false, is_last;
	struct mbx_table *table = NULL;
	struct mbx_box *box = h->box;

	/* A name is never gained: if there is none now, there will be none. */
	if (READ_ONCE(box->is_named)) {
		table = h->table;
		mutex_lock(&table->lock);
	}
	spin_lock(&box->lock);
	box->handles--;
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
	box->is_dead |= is_gone;
	is_last = ((h->rights & MBOX_RIGHT_SEND) && !box->send_handles) ||
		  ((h->rights & MBOX_RIGHT_RECV) && !box->recv_handles);
	spin_unlock(&box->lock);
	if (table)
		mutex_unlock(&table->lock);

	if (is_gone)
		mbx_box_bury(box);
	if (has_lost_name)
		mbx_box_put(box);
	if (is_last && !is_gone)
		mbx_box_notice(box);
}

/**
 * mbx_handle_free() - the last descriptor of a handle was closed
 * @h: the handle
 *
 * Context: May sleep.
 */
void mbx_handle_free(struct mbx_handle *h)
{
	if (h->is_counted)
		mbx_handle_detach(h);
	mbx_stamp_put(&h->opener);
	mbx_purse_put(h->purse);
	mbx_table_put(h->table);
	mbx_box_put(h->box);
	kmem_cache_free(mbx_handle_cache, h);
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

	mbx_handle_use(h);
	/* Who cannot send is not told of room; changes are told on both. */
	if ((h->rights & MBOX_RIGHT_RECV) || !(h->rights & MBOX_RIGHT_SEND))
		poll_wait(file, &box->readable, pt);
	if (h->rights & MBOX_RIGHT_SEND)
		poll_wait(file, &box->writable, pt);

	spin_lock(&box->lock);
	if (box->is_dead) {
		can = EPOLLHUP | EPOLLERR;
		goto out_unlock;
	}
	if (h->rights & MBOX_RIGHT_RECV) {
		if (mbx_box_is_readable(box))
			can |= EPOLLIN | EPOLLRDNORM;
		if (h->end.is_wanted ? mbx_box_is_at_end(box, &h->end) :
				       !box->is_named && !box->send_handles)
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
	u64 messages, bytes;
	u32 rights;
	bool is_named;

	spin_lock(&box->lock);
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

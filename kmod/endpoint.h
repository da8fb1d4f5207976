/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Endpoints and links: direct addressing, from process to process.
 *
 * DOC: Endpoints
 *
 * A process has one endpoint: a mailbox without a name, which no process has a
 * descriptor of unless its own asks for one.  It comes into being with the first
 * message to that process, or the first RECV_FROM of its own, and ends with the
 * process: then the mailbox dies, with what the process has not received.  It
 * hangs on the kernel's struct pid, which is never used again for another
 * process, as a number is.
 *
 * DOC: Links
 *
 * Two processes between which a message has gone are linked, once, whoever sent
 * first.  What is kept of a link is also what a receiver needs that waits for
 * one process: it is there from the first SEND_TO or RECV_FROM, and counts as a
 * link, and is shown as one, from the first message.  It ends with either
 * process.  What the dead one has sent is in the mailbox of the other, and stays
 * there.
 *
 * DOC: Who keeps whom
 *
 * An endpoint is kept by the watch for its process's death, by its links and by
 * whoever uses it; a link by its two endpoints as one, and by whoever uses it.
 * When a process dies, or the module goes, the endpoint leaves the table and its
 * links theirs; what is left is freed by who lets go last, after a grace period,
 * for they are found without a lock.
 *
 * Locking: mbx_direct_lock (mutex), taken before mbx_box.lock: which endpoints
 * and links there are.  mbx_link.lock, a leaf.  Looking up takes RCU alone.
 * Called by: direct.c.
 */
#ifndef MBX_ENDPOINT_H
#define MBX_ENDPOINT_H

#include <linux/list.h>
#include <linux/rbtree.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/rhashtable-types.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include "proc.h"

struct mbx_box;
struct mbx_handle;
struct mbx_link;
struct mbx_purse;
struct mbx_table;

/**
 * struct mbx_endpoint - where a process is sent to
 * @node: in the table of endpoints (protected by mbx_direct_lock, read under
 *	RCU)
 * @by_age: in the list of all (protected by mbx_direct_lock)
 * @refs: see DOC: Who keeps whom (atomic)
 * @process: whose, and the key in the table (immutable, a reference)
 * @handle: of the process on its mailbox (immutable)
 * @links: its struct mbx_link_end (protected by mbx_direct_lock)
 * @death: ends with @process
 * @is_ended: nobody finds it any more (protected by mbx_direct_lock)
 * @rcu: for freeing
 */
struct mbx_endpoint {
	struct rhash_head node;
	struct list_head by_age;
	refcount_t refs;
	struct pid *process;
	struct mbx_handle *handle;
	struct list_head links;
	struct mbx_death death;
	bool is_ended;
	struct rcu_head rcu;
};

/**
 * struct mbx_link_end - one end of a link
 * @node: in its endpoint's @links (protected by mbx_direct_lock)
 * @link: of which it is an end (immutable)
 * @endpoint: the process that it is (immutable, a reference)
 * @sent: messages it has sent to the other end, or is sending (protected by
 *	mbx_link.lock)
 * @one_way: of these: with ONEWAY; if there is one, the other end may not send
 *	(protected by mbx_link.lock)
 * @is_gone: it has died (protected by the lock of the other end's mailbox)
 */
struct mbx_link_end {
	struct list_head node;
	struct mbx_link *link;
	struct mbx_endpoint *endpoint;
	u64 sent;
	u64 one_way;
	bool is_gone;
};

/**
 * struct mbx_link - two processes that know each other
 * @node: in the table of pairs (protected by mbx_direct_lock, read under RCU)
 * @by_id: in the tree of all (protected by mbx_direct_lock)
 * @refs: see DOC: Who keeps whom (atomic)
 * @purse: whom it is charged to: who made it (immutable, a reference)
 * @pair: the key in the table: the endpoints of @end (immutable)
 * @id: number, unique while the module is loaded (immutable)
 * @lock: a leaf
 * @end: the one whose endpoint comes first in memory is the first; a process
 *	that sends to itself is both
 * @rcu: for freeing
 */
struct mbx_link {
	struct rhash_head node;
	struct rb_node by_id;
	refcount_t refs;
	struct mbx_purse *purse;
	struct mbx_endpoint *pair[2];
	u64 id;
	spinlock_t lock; /* a leaf: what was sent, and who may send */
	struct mbx_link_end end[2];
	struct rcu_head rcu;
};

/* To be locked for a walk over all links. */
extern struct mutex mbx_direct_lock;

struct mbx_endpoint *mbx_endpoint_get(struct pid *process,
				      struct mbx_table *table);
void mbx_endpoint_put(struct mbx_endpoint *endpoint);
struct mbx_link *mbx_link_get(struct mbx_endpoint *a, struct mbx_endpoint *b);
struct mbx_link *mbx_link_after(u64 id);
void mbx_link_put(struct mbx_link *link);

int mbx_link_begin(struct mbx_link *link, struct mbx_link_end *from,
		   bool is_one_way);
void mbx_link_undo(struct mbx_link *link, struct mbx_link_end *from,
		   bool is_one_way);

int mbx_endpoint_init(void);
void mbx_endpoint_exit(void);

/**
 * mbx_link_end_of() - the end of a link that is a process
 * @link: the link
 * @process: the process, one of its two
 *
 * Return: the end.
 */
static inline struct mbx_link_end *mbx_link_end_of(struct mbx_link *link,
						   const struct pid *process)
{
	return &link->end[link->end[0].endpoint->process != process];
}

/**
 * mbx_link_other_end() - the other end
 * @link: the link
 * @end: one end
 *
 * Return: the other.
 */
static inline struct mbx_link_end *
mbx_link_other_end(struct mbx_link *link, const struct mbx_link_end *end)
{
	return &link->end[end == &link->end[0]];
}

#endif /* MBX_ENDPOINT_H */

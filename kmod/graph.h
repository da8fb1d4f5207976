/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who waits for whom: the search for a deadlock before a CALL.
 *
 * DOC: The graph
 *
 * A thread that is blocked in CALL waits for the thread that took its request;
 * or, while the request is queued, for any of those that have received requests
 * from that mailbox through handles that are still open.  CALL follows these
 * edges from its mailbox.  If they lead to nobody but the caller itself and
 * other blocked callers, then nobody is left who could answer any of them.
 *
 * Nobody waits for a thread that never received a request, so such a thread
 * closes no circle: it needs no search, and is not in the graph.  The others
 * are: an actor is one thread, wherever it has received.  The step to "blocked"
 * and the search are one hold of mbx_graph_lock, so of several threads that
 * would close a circle together the last one finds the others there.
 *
 * The search gives up without an error after MBX_GRAPH_EDGES edges, at a mailbox
 * that nobody has received from, or where somebody sleeps who takes anything,
 * and at the first thread that is not blocked: that one may receive, or give up.
 *
 * Locking: mbx_graph_lock, a leaf: it is taken under mbx_box.lock.  Looking up
 * an actor takes RCU alone.
 * Called by: call.c, callers.c, server.c.
 */
#ifndef MBX_GRAPH_H
#define MBX_GRAPH_H

#include <linux/list.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/types.h>

#define MBX_GRAPH_EDGES 256

struct mbx_box;
struct mbx_server;
struct pid;

/**
 * struct mbx_actor - a thread that has received requests
 * @node: in the table of actors (protected by mbx_graph_lock, read under RCU)
 * @refs: its servers, and the thread itself during a CALL (atomic)
 * @thread: which (immutable, a reference)
 * @box: the mailbox its CALL waits at while it is queued, or NULL (protected by
 *	mbx_graph_lock)
 * @taker: who took its request, or NULL (protected by mbx_graph_lock, not a
 *	reference: cleared before the taker can go)
 * @seen: number of the search that has been here (protected by mbx_graph_lock)
 * @rcu: for freeing
 */
struct mbx_actor {
	struct hlist_node node;
	refcount_t refs;
	struct pid *thread;
	struct mbx_box *box;
	struct mbx_actor *taker;
	u64 seen;
	struct rcu_head rcu;
};

struct mbx_actor *mbx_actor_of_current(void);
struct mbx_actor *mbx_actor_make(void);
void mbx_actor_put(struct mbx_actor *actor);

void mbx_graph_add(struct mbx_box *box, struct mbx_server *server);
void mbx_graph_remove(struct mbx_server *server);
int mbx_graph_block(struct mbx_actor *actor, struct mbx_box *box, bool check);
void mbx_graph_taken(struct mbx_actor *actor, struct mbx_actor *taker);
void mbx_graph_unblock(struct mbx_actor *actor);

int mbx_graph_init(void);
void mbx_graph_exit(void);

#endif /* MBX_GRAPH_H */

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who waits for whom.  The graph is told in graph.h.
 *
 * Locking: mbx_graph_lock; it is a leaf.
 */
#include <linux/hash.h>
#include <linux/hashtable.h>
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "box.h"
#include "call.h"
#include "compat.h"
#include "graph.h"

static DEFINE_SPINLOCK(mbx_graph_lock);
static DEFINE_HASHTABLE(mbx_actors, 8);
static struct kmem_cache *mbx_actor_cache;

/* Of searches; an actor that was met has the number of the last. */
static u64 mbx_search_number;
/* Blocked callers that a search has still to follow. */
static struct mbx_actor *mbx_to_follow[MBX_GRAPH_EDGES];

static struct mbx_actor *mbx_actor_find(struct pid *thread)
{
	struct mbx_actor *actor;

	hash_for_each_possible_rcu(mbx_actors, actor, node,
				   (unsigned long)thread)
		if (actor->thread == thread)
			return actor;
	return NULL;
}

/**
 * mbx_actor_of_current() - the actor that the current thread is
 *
 * Return: a reference, or NULL if it has never received a request.
 */
struct mbx_actor *mbx_actor_of_current(void)
{
	struct mbx_actor *actor;

	rcu_read_lock();
	actor = mbx_actor_find(task_pid(current));
	if (actor && !refcount_inc_not_zero(&actor->refs))
		actor = NULL;
	rcu_read_unlock();
	return actor;
}

/**
 * mbx_actor_make() - make the current thread an actor, if it is none
 *
 * Nobody else makes it one, or looks for it to keep it.
 *
 * Return: a reference, or NULL without memory.
 */
struct mbx_actor *mbx_actor_make(void)
{
	struct mbx_actor *actor = mbx_actor_of_current();

	if (actor)
		return actor;
	actor = kmem_cache_alloc(mbx_actor_cache, MBX_GFP);
	if (!actor)
		return NULL;
	memset(actor, 0, sizeof(*actor));
	refcount_set(&actor->refs, 1);
	actor->thread = get_pid(task_pid(current));
	spin_lock(&mbx_graph_lock);
	hash_add_rcu(mbx_actors, &actor->node, (unsigned long)actor->thread);
	spin_unlock(&mbx_graph_lock);
	return actor;
}

static void mbx_actor_free(struct rcu_head *rcu)
{
	kmem_cache_free(mbx_actor_cache,
			container_of(rcu, struct mbx_actor, rcu));
}

/**
 * mbx_actor_put() - give back a reference
 * @actor: the actor
 */
void mbx_actor_put(struct mbx_actor *actor)
{
	if (!refcount_dec_and_test(&actor->refs))
		return;
	spin_lock(&mbx_graph_lock);
	hash_del_rcu(&actor->node);
	spin_unlock(&mbx_graph_lock);
	put_pid(actor->thread);
	call_rcu(&actor->rcu, mbx_actor_free);
}

/**
 * mbx_graph_add() - a thread has received a request from a mailbox
 * @box: the mailbox
 * @server: the thread, as a handle on @box knows it
 */
void mbx_graph_add(struct mbx_box *box, struct mbx_server *server)
{
	spin_lock(&mbx_graph_lock);
	list_add(&server->graph_link, &box->servers);
	spin_unlock(&mbx_graph_lock);
}

/**
 * mbx_graph_remove() - its handle is closed
 * @server: the thread, as that handle knew it
 */
void mbx_graph_remove(struct mbx_server *server)
{
	spin_lock(&mbx_graph_lock);
	list_del(&server->graph_link);
	spin_unlock(&mbx_graph_lock);
}

static bool mbx_is_blocked(const struct mbx_actor *actor)
{
	return actor->box || actor->taker;
}

/* How a search goes on. */
struct mbx_quest {
	u64 number;
	unsigned int edges;
	unsigned int n; /* in mbx_to_follow */
};

/* Follow an edge; true if the search ends here: somebody may answer. */
static bool mbx_meets_free(struct mbx_quest *q, struct mbx_actor *actor)
{
	if (++q->edges > MBX_GRAPH_EDGES)
		return true;
	if (actor->seen == q->number)
		return false;
	if (!mbx_is_blocked(actor))
		return true;
	actor->seen = q->number;
	mbx_to_follow[q->n++] = actor;
	return false;
}

static bool mbx_has_ended(const struct mbx_actor *actor)
{
	return !pid_task(actor->thread, PIDTYPE_PID);
}

/* The same for each of those who may take what is queued in a mailbox. */
static bool mbx_box_meets_free(struct mbx_quest *q, struct mbx_box *box)
{
	struct mbx_server *server;
	bool is_served = false;

	/* Many may wait at one mailbox, for the same servers. */
	if (box->searched == q->number)
		return false;
	box->searched = q->number;
	/*
	 * Who sleeps in RECV and takes anything will take it, also one who has
	 * had no request yet.  The lock of the mailbox is not held: to find
	 * somebody who has gone by now is to search no further.
	 */
	if (!list_empty(&box->receivers))
		return true;
	list_for_each_entry(server, &box->servers, graph_link) {
		if (mbx_has_ended(server->actor)) {
			if (++q->edges > MBX_GRAPH_EDGES)
				return true;
			continue;
		}
		is_served = true;
		if (mbx_meets_free(q, server->actor))
			return true;
	}
	return !is_served;
}

static bool mbx_is_deadlock(struct mbx_actor *self)
{
	struct mbx_quest q = { .number = ++mbx_search_number };
	bool is_free;

	lockdep_assert_held(&mbx_graph_lock);
	self->seen = q.number;
	rcu_read_lock();
	is_free = mbx_box_meets_free(&q, self->box);
	while (!is_free && q.n) {
		struct mbx_actor *actor = mbx_to_follow[--q.n];

		is_free = actor->taker ? mbx_meets_free(&q, actor->taker) :
					 mbx_box_meets_free(&q, actor->box);
	}
	rcu_read_unlock();
	return !is_free;
}

/**
 * mbx_graph_block() - a thread is about to wait for an answer
 * @actor: the thread, which is the current one
 * @box: the mailbox it waits at
 * @check: fail if nobody is left who could answer
 *
 * Return: 0; -EDEADLK, and nothing has changed.
 */
int mbx_graph_block(struct mbx_actor *actor, struct mbx_box *box, bool check)
{
	int err = 0;

	spin_lock(&mbx_graph_lock);
	actor->box = box;
	if (check && mbx_is_deadlock(actor)) {
		actor->box = NULL;
		err = -EDEADLK;
	}
	spin_unlock(&mbx_graph_lock);
	return err;
}

/**
 * mbx_graph_taken() - a blocked caller's request was taken, or ended
 * @actor: the caller
 * @taker: who has it now, or NULL: the caller is blocked no longer
 */
void mbx_graph_taken(struct mbx_actor *actor, struct mbx_actor *taker)
{
	spin_lock(&mbx_graph_lock);
	actor->box = NULL;
	actor->taker = taker;
	spin_unlock(&mbx_graph_lock);
}

/**
 * mbx_graph_unblock() - a thread does not wait for an answer any more
 * @actor: the thread, which is the current one
 */
void mbx_graph_unblock(struct mbx_actor *actor)
{
	mbx_graph_taken(actor, NULL);
}

/**
 * mbx_graph_init() - make the cache
 *
 * Return: 0 or -ENOMEM.
 */
int mbx_graph_init(void)
{
	mbx_actor_cache = MBX_CACHE(mbx_actor);
	return mbx_actor_cache ? 0 : -ENOMEM;
}

/**
 * mbx_graph_exit() - give the cache back; no actor is left
 */
void mbx_graph_exit(void)
{
	/* Those that were put may not be freed yet. */
	rcu_barrier();
	kmem_cache_destroy(mbx_actor_cache);
}

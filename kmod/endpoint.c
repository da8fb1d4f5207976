// SPDX-License-Identifier: GPL-2.0-only
/*
 * Endpoints and links: how they come and go.  What they are stands in
 * endpoint.h.
 *
 * Locking: see there.
 */
#include <linux/err.h>
#include <linux/mutex.h>
#include <linux/rhashtable.h>
#include <linux/slab.h>

#include "compat.h"
#include "delay.h"
#include "endpoint.h"
#include "handle.h"
#include "limits.h"
#include "line.h"

/* Which endpoints and links there are. */
DEFINE_MUTEX(mbx_direct_lock);

static const struct rhashtable_params mbx_endpoint_params = {
	.head_offset = offsetof(struct mbx_endpoint, node),
	.key_offset = offsetof(struct mbx_endpoint, process),
	.key_len = sizeof_field(struct mbx_endpoint, process),
	.automatic_shrinking = true,
};

static const struct rhashtable_params mbx_pair_params = {
	.head_offset = offsetof(struct mbx_link, node),
	.key_offset = offsetof(struct mbx_link, pair),
	.key_len = sizeof_field(struct mbx_link, pair),
	.automatic_shrinking = true,
};

static struct rhashtable mbx_endpoints;
static LIST_HEAD(mbx_all_endpoints);
static struct rhashtable mbx_pairs;
static struct rb_root mbx_links = RB_ROOT;
static u64 mbx_link_ids;
static struct kmem_cache *mbx_endpoint_cache;
static struct kmem_cache *mbx_link_cache;

/* -- Endpoints -------------------------------------------------------------- */

/* A reference on the endpoint of a process, or NULL. */
static struct mbx_endpoint *mbx_endpoint_find(const struct pid *process)
{
	struct mbx_endpoint *e;

	rcu_read_lock();
	e = rhashtable_lookup(&mbx_endpoints, &process, mbx_endpoint_params);
	if (e && !refcount_inc_not_zero(&e->refs))
		e = NULL;
	rcu_read_unlock();
	return e;
}

static void mbx_endpoint_free_rcu(struct rcu_head *rcu)
{
	kmem_cache_free(mbx_endpoint_cache,
			container_of(rcu, struct mbx_endpoint, rcu));
}

/**
 * mbx_endpoint_put() - give back a reference
 * @endpoint: the endpoint
 *
 * Context: May sleep.
 */
void mbx_endpoint_put(struct mbx_endpoint *endpoint)
{
	if (!refcount_dec_and_test(&endpoint->refs))
		return;
	mbx_handle_free(endpoint->handle);
	put_pid(endpoint->process);
	call_rcu(&endpoint->rcu, mbx_endpoint_free_rcu);
}

static void mbx_link_remove(struct mbx_link *link);

/* Whoever waits in @box for messages of @process alone waits for nothing. */
static void mbx_box_sender_has_died(struct mbx_box *box, bool *is_gone,
				    const struct pid *process)
{
	struct mbx_work work;
	bool is_more;
	u64 turn = 0;

	do {
		mbx_box_lock(box, &work);
		*is_gone = true;
		is_more = mbx_box_turn_out_from(box, process, &turn, &work);
		mbx_box_unlock(box, &work);
		cond_resched();
	} while (is_more);
}

/* Its process has died, or the module goes: nobody finds it any more. */
static void mbx_endpoint_end(struct mbx_death *death, bool has_died)
{
	struct mbx_endpoint *e =
		container_of(death, struct mbx_endpoint, death);
	struct mbx_box *box = e->handle->box;
	struct mbx_link_end *end, *other;

	mutex_lock(&mbx_direct_lock);
	/* It is not there if somebody else made one for the process. */
	rhashtable_remove_fast(&mbx_endpoints, &e->node, mbx_endpoint_params);
	list_del_init(&e->by_age);
	e->is_ended = true;
	spin_lock(&box->lock);
	mbx_box_die(box);
	spin_unlock(&box->lock);
	while (!list_empty(&e->links)) {
		end = list_first_entry(&e->links, struct mbx_link_end, node);
		other = mbx_link_other_end(end->link, end);
		mbx_box_sender_has_died(other->endpoint->handle->box,
					&end->is_gone, e->process);
		mbx_link_remove(end->link);
	}
	mutex_unlock(&mbx_direct_lock);
	mbx_delay(MBX_DELAY_WHILE_ENDING);
	mbx_box_bury(box);
	mbx_endpoint_put(e);
}

/* Who a process is: that is whose its mailbox is, whoever makes it. */
static void mbx_endpoint_owner(struct pid *process, struct mbx_attr *attr)
{
	const struct cred *cred = current_cred();
	struct task_struct *task;

	rcu_read_lock();
	task = pid_task(process, PIDTYPE_TGID);
	if (task)
		cred = __task_cred(task);
	attr->uid = cred->euid;
	attr->gid = cred->egid;
	rcu_read_unlock();
}

/* The handle of a process on its own mailbox, which is new. */
static struct mbx_handle *mbx_endpoint_handle(struct pid *process,
					      struct mbx_table *table)
{
	struct mbx_attr attr = {
		.bounds.max_messages = MBOX_DEFAULT_MESSAGES,
		.bounds.max_bytes = U64_MAX,
		.max_size = MBOX_DEFAULT_SIZE,
		.capacity = MBOX_CAPACITY_BOUNDED,
		.lifetime = MBOX_LIFETIME_DESCRIPTOR,
		.policy = MBOX_POLICY_BLOCK,
	};
	struct mbx_purse *purse = mbx_purse_get();
	struct mbx_handle *h;
	struct mbx_box *box;

	if (!purse)
		return ERR_PTR(-ENOMEM);
	mbx_endpoint_owner(process, &attr);
	box = mbx_box_new(&attr, purse, NULL, 0);
	mbx_purse_put(purse);
	if (IS_ERR(box))
		return ERR_CAST(box);
	h = mbx_handle_new(box, table, MBOX_RIGHT_RECV, false);
	if (!IS_ERR(h))
		mbx_handle_attach(h, false);
	mbx_box_put(box);
	return h;
}

static struct mbx_endpoint *mbx_endpoint_new(struct pid *process,
					     struct mbx_table *table)
{
	struct mbx_endpoint *e;

	e = kmem_cache_alloc(mbx_endpoint_cache, MBX_GFP);
	if (!e)
		return ERR_PTR(-ENOMEM);
	memset(e, 0, sizeof(*e));
	e->handle = mbx_endpoint_handle(process, table);
	if (IS_ERR(e->handle)) {
		struct mbx_endpoint *err = ERR_CAST(e->handle);

		kmem_cache_free(mbx_endpoint_cache, e);
		return err;
	}
	/* Of the table, until it ends; and of the caller. */
	refcount_set(&e->refs, 2);
	e->process = get_pid(process);
	INIT_LIST_HEAD(&e->by_age);
	INIT_LIST_HEAD(&e->links);
	mbx_death_init(&e->death);
	e->death.end = mbx_endpoint_end;
	return e;
}

/*
 * Make an endpoint known, unless it has ended, or another one is there: that
 * one, which is a reference.
 */
static struct mbx_endpoint *mbx_endpoint_add(struct mbx_endpoint *e)
{
	struct mbx_endpoint *other;
	int err = 0;

	mutex_lock(&mbx_direct_lock);
	other = mbx_endpoint_find(e->process);
	if (!other && !e->is_ended) {
		err = rhashtable_insert_fast(&mbx_endpoints, &e->node,
					     mbx_endpoint_params);
		if (!err)
			list_add_tail(&e->by_age, &mbx_all_endpoints);
	}
	mutex_unlock(&mbx_direct_lock);
	return err ? ERR_PTR(-ENOMEM) : other ?: e;
}

/**
 * mbx_endpoint_get() - the endpoint of a process, made if it has none
 * @process: the process
 * @table: the names that the caller sees
 *
 * Context: May sleep.
 * Return: a reference, -ENOMEM or -EDQUOT.
 */
struct mbx_endpoint *mbx_endpoint_get(struct pid *process,
				      struct mbx_table *table)
{
	struct mbx_endpoint *e = mbx_endpoint_find(process), *new;
	int err;

	if (e)
		return e;
	new = mbx_endpoint_new(process, table);
	if (IS_ERR(new))
		return new;
	/* From here on it may end, and is then not found by anybody. */
	err = mbx_death_watch(&new->death, process);
	if (err) {
		mbx_endpoint_put(new);
		mbx_endpoint_put(new);
		return ERR_PTR(err);
	}
	e = mbx_endpoint_add(new);
	if (e == new)
		return new;
	mbx_death_unwatch(&new->death);
	mbx_endpoint_put(new);
	return e;
}

/* -- Links ------------------------------------------------------------------ */

static void mbx_link_free_rcu(struct rcu_head *rcu)
{
	kmem_cache_free(mbx_link_cache,
			container_of(rcu, struct mbx_link, rcu));
}

/**
 * mbx_link_put() - give back a reference
 * @link: the link
 *
 * Context: May sleep.
 */
void mbx_link_put(struct mbx_link *link)
{
	if (!refcount_dec_and_test(&link->refs))
		return;
	mbx_refund_link(link->purse, sizeof(*link));
	mbx_endpoint_put(link->end[0].endpoint);
	mbx_endpoint_put(link->end[1].endpoint);
	call_rcu(&link->rcu, mbx_link_free_rcu);
}

/* A reference on the link of a pair, in its order, or NULL. */
static struct mbx_link *mbx_link_find(struct mbx_endpoint *a,
				      struct mbx_endpoint *b)
{
	struct mbx_endpoint *pair[] = { a, b };
	struct mbx_link *link;

	rcu_read_lock();
	link = rhashtable_lookup(&mbx_pairs, pair, mbx_pair_params);
	if (link && !refcount_inc_not_zero(&link->refs))
		link = NULL;
	rcu_read_unlock();
	return link;
}

/* Memory for a link, charged to the caller, one of its ends. */
static struct mbx_link *mbx_link_alloc(void)
{
	struct mbx_purse *purse = mbx_purse_get();
	struct mbx_link *link;
	int err;

	if (!purse)
		return ERR_PTR(-ENOMEM);
	err = mbx_charge_link(purse, sizeof(*link));
	mbx_purse_put(purse);
	if (err)
		return ERR_PTR(err);
	link = kmem_cache_alloc(mbx_link_cache, MBX_GFP);
	if (!link) {
		mbx_refund_link(purse, sizeof(*link));
		return ERR_PTR(-ENOMEM);
	}
	memset(link, 0, sizeof(*link));
	link->purse = purse;
	return link;
}

static struct mbx_link *mbx_link_new(struct mbx_endpoint *a,
				     struct mbx_endpoint *b)
{
	struct mbx_link *link = mbx_link_alloc();
	unsigned int i;

	if (IS_ERR(link))
		return link;
	/* Of its endpoints, and of the caller. */
	refcount_set(&link->refs, 2);
	spin_lock_init(&link->lock);
	link->pair[0] = a;
	link->pair[1] = b;
	for (i = 0; i < ARRAY_SIZE(link->end); i++) {
		INIT_LIST_HEAD(&link->end[i].node);
		link->end[i].link = link;
		link->end[i].endpoint = link->pair[i];
		refcount_inc(&link->pair[i]->refs);
	}
	return link;
}

/* The newest has the highest id. */
static void mbx_link_add_last(struct mbx_link *link)
{
	struct rb_node **at = &mbx_links.rb_node, *parent = NULL;

	while (*at) {
		parent = *at;
		at = &parent->rb_right;
	}
	rb_link_node(&link->by_id, parent, at);
	rb_insert_color(&link->by_id, &mbx_links);
}

/**
 * mbx_link_after() - the link whose id comes next
 * @id: the id before it
 *
 * Return: the link, there while mbx_direct_lock is held, or NULL.
 */
struct mbx_link *mbx_link_after(u64 id)
{
	struct rb_node *node = mbx_links.rb_node;
	struct mbx_link *next = NULL;

	lockdep_assert_held(&mbx_direct_lock);
	while (node) {
		struct mbx_link *link = rb_entry(node, struct mbx_link, by_id);

		if (link->id > id) {
			next = link;
			node = node->rb_left;
		} else {
			node = node->rb_right;
		}
	}
	return next;
}

/* Make a link known, unless an end has ended, or another one is there. */
static struct mbx_link *mbx_link_add(struct mbx_link *link)
{
	struct mbx_endpoint *a = link->end[0].endpoint;
	struct mbx_endpoint *b = link->end[1].endpoint;
	struct mbx_link *other;

	lockdep_assert_held(&mbx_direct_lock);
	if (a->is_ended || b->is_ended)
		return ERR_PTR(-ESRCH);
	other = mbx_link_find(a, b);
	if (other)
		return other;
	/* From the next line on, others may find it. */
	link->id = ++mbx_link_ids;
	if (rhashtable_insert_fast(&mbx_pairs, &link->node, mbx_pair_params))
		return ERR_PTR(-ENOMEM);
	mbx_link_add_last(link);
	list_add_tail(&link->end[0].node, &a->links);
	list_add_tail(&link->end[1].node, &b->links);
	return link;
}

/**
 * mbx_link_get() - the link of two processes, made if there is none
 * @a: the endpoint of one
 * @b: of the other
 *
 * Context: May sleep.
 * Return: a reference; -ESRCH if one of them has died; -EDQUOT; -ENOMEM.
 */
struct mbx_link *mbx_link_get(struct mbx_endpoint *a, struct mbx_endpoint *b)
{
	struct mbx_link *link, *new;

	if (a > b)
		swap(a, b);
	link = mbx_link_find(a, b);
	if (link)
		return link;
	new = mbx_link_new(a, b);
	if (IS_ERR(new))
		return new;
	mutex_lock(&mbx_direct_lock);
	link = mbx_link_add(new);
	mutex_unlock(&mbx_direct_lock);
	if (link != new) {
		mbx_link_put(new);
		mbx_link_put(new);
	}
	return link;
}

/* Nobody finds it any more.  A link to oneself has both ends in one list. */
static void mbx_link_remove(struct mbx_link *link)
{
	lockdep_assert_held(&mbx_direct_lock);
	rhashtable_remove_fast(&mbx_pairs, &link->node, mbx_pair_params);
	rb_erase(&link->by_id, &mbx_links);
	list_del_init(&link->end[0].node);
	list_del_init(&link->end[1].node);
	mbx_link_put(link);
}

/**
 * mbx_link_begin() - a message is about to be sent over a link
 * @link: the link
 * @from: the end that sends
 * @is_one_way: the other end shall not send
 *
 * Return: 0; -EACCES if @from may not; -EEXIST if the link is there already and
 * carries both ways.
 */
int mbx_link_begin(struct mbx_link *link, struct mbx_link_end *from,
		   bool is_one_way)
{
	struct mbx_link_end *to = mbx_link_other_end(link, from);
	int err = 0;

	spin_lock(&link->lock);
	if (to->one_way)
		err = -EACCES;
	else if (is_one_way && !from->one_way && (from->sent || to->sent))
		err = -EEXIST;
	if (!err) {
		from->one_way += is_one_way;
		from->sent++;
	}
	spin_unlock(&link->lock);
	return err;
}

/**
 * mbx_link_undo() - it was not sent
 * @link: the link
 * @from: the end that did not send
 * @is_one_way: as it began
 *
 * A link over which no message went is as it was before the first.
 */
void mbx_link_undo(struct mbx_link *link, struct mbx_link_end *from,
		   bool is_one_way)
{
	spin_lock(&link->lock);
	from->sent--;
	from->one_way -= is_one_way;
	spin_unlock(&link->lock);
}

/**
 * mbx_endpoint_init() - make the tables and the caches
 *
 * Return: 0 or -ENOMEM.
 */
int mbx_endpoint_init(void)
{
	int err;

	err = rhashtable_init(&mbx_endpoints, &mbx_endpoint_params);
	if (err)
		return err;
	err = rhashtable_init(&mbx_pairs, &mbx_pair_params);
	if (err)
		goto err_endpoints;
	err = -ENOMEM;
	mbx_endpoint_cache = MBX_CACHE(mbx_endpoint);
	if (!mbx_endpoint_cache)
		goto err_pairs;
	mbx_link_cache = MBX_CACHE(mbx_link);
	if (!mbx_link_cache)
		goto err_endpoint_cache;
	return 0;

err_endpoint_cache:
	kmem_cache_destroy(mbx_endpoint_cache);
err_pairs:
	rhashtable_destroy(&mbx_pairs);
err_endpoints:
	rhashtable_destroy(&mbx_endpoints);
	return err;
}

/* A reference on one that is in the table, or NULL. */
static struct mbx_endpoint *mbx_endpoint_any(void)
{
	struct mbx_endpoint *e;

	mutex_lock(&mbx_direct_lock);
	e = list_first_entry_or_null(&mbx_all_endpoints, struct mbx_endpoint,
				     by_age);
	if (e)
		refcount_inc(&e->refs);
	mutex_unlock(&mbx_direct_lock);
	return e;
}

/**
 * mbx_endpoint_exit() - end all endpoints, give back tables and caches
 *
 * Their processes live on.  That of one that dies at this moment ends it
 * itself, and may still be at it when it is in no table any more.  No file of
 * ours is open.
 */
void mbx_endpoint_exit(void)
{
	struct mbx_endpoint *e;

	while ((e = mbx_endpoint_any())) {
		mbx_death_unwatch(&e->death);
		mbx_death_flush();
		mbx_endpoint_put(e);
	}
	mbx_death_flush();
	/* What was found without a lock may not be freed yet. */
	rcu_barrier();
	kmem_cache_destroy(mbx_link_cache);
	kmem_cache_destroy(mbx_endpoint_cache);
	rhashtable_destroy(&mbx_pairs);
	rhashtable_destroy(&mbx_endpoints);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of names, and the mailbox "default" in each.
 *
 * Locking: mbx_table.lock, then mbx_box.lock for mbx_box.is_named.
 */
#include <linux/err.h>
#include <linux/moduleparam.h>
#include <linux/nsproxy.h>
#include <linux/sched.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/user_namespace.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "box.h"
#include "compat.h"
#include "line.h"
#include "proc.h"
#include "table.h"
#include "trace.h"

#define MBX_DEFAULT_NAME "default"
#define MBX_DEFAULT_SIZE SZ_1M

static ushort mbx_default_mode = 0666;
module_param_named(default_mode, mbx_default_mode, ushort, 0644);
MODULE_PARM_DESC(default_mode,
		 "Mode of the mailbox 'default' where it is made next (0666)");

static unsigned int mbx_net_id;
static struct kmem_cache *mbx_table_cache;

/**
 * struct mbx_net - our share of a network namespace
 * @table: its names (immutable while the namespace lives)
 */
struct mbx_net {
	struct mbx_table *table;
};

/**
 * mbx_table_of_current() - the table of the current network namespace
 *
 * Return: a reference to give back with mbx_table_put().
 */
struct mbx_table *mbx_table_of_current(void)
{
	struct mbx_net *n = net_generic(current->nsproxy->net_ns, mbx_net_id);

	kref_get(&n->table->refs);
	return n->table;
}

static void mbx_table_free(struct kref *refs)
{
	struct mbx_table *table = container_of(refs, struct mbx_table, refs);

	put_user_ns(table->user_ns);
	mutex_destroy(&table->lock);
	kmem_cache_free(mbx_table_cache, table);
}

/**
 * mbx_table_put() - give back a reference
 * @table: the table
 */
void mbx_table_put(struct mbx_table *table)
{
	kref_put(&table->refs, mbx_table_free);
}

static struct mbx_box *mbx_table_look_up(struct mbx_table *table,
					 const char *name)
{
	struct rb_node *node = table->names.rb_node;

	lockdep_assert_held(&table->lock);
	while (node) {
		struct mbx_box *box = rb_entry(node, struct mbx_box, name_node);
		int cmp = strcmp(name, box->name);

		if (!cmp)
			return box;
		node = cmp < 0 ? node->rb_left : node->rb_right;
	}
	return NULL;
}

static void mbx_table_insert(struct mbx_table *table, struct mbx_box *box)
{
	struct rb_node **link = &table->names.rb_node, *parent = NULL;

	lockdep_assert_held(&table->lock);
	while (*link) {
		parent = *link;
		link = strcmp(box->name,
			      rb_entry(parent, struct mbx_box, name_node)
				      ->name) < 0 ?
			       &parent->rb_left :
			       &parent->rb_right;
	}
	kref_get(&box->refs);
	spin_lock(&box->lock);
	WRITE_ONCE(box->is_named, true);
	spin_unlock(&box->lock);
	rb_link_node(&box->name_node, parent, link);
	rb_insert_color(&box->name_node, &table->names);
}

/**
 * mbx_table_remove_locked() - take a mailbox's name
 * @table: the table
 * @box: the mailbox, in it; the caller gives back the name's reference
 *
 * Context: @table->lock and @box->lock are held.
 */
void mbx_table_remove_locked(struct mbx_table *table, struct mbx_box *box)
{
	lockdep_assert_held(&table->lock);
	lockdep_assert_held(&box->lock);
	rb_erase(&box->name_node, &table->names);
	WRITE_ONCE(box->is_named, false);
}

/* The id of root where the namespace was made, or of the initial one. */
static void mbx_set_owner(struct mbx_attr *attr, struct user_namespace *ns)
{
	attr->uid = make_kuid(ns, 0);
	if (!uid_valid(attr->uid))
		attr->uid = GLOBAL_ROOT_UID;
	attr->gid = make_kgid(ns, 0);
	if (!gid_valid(attr->gid))
		attr->gid = GLOBAL_ROOT_GID;
}

/**
 * mbx_table_default() - the mailbox "default", made if it is not there
 * @table: the table
 *
 * Return: a reference, -ENXIO or -ENOMEM.
 */
struct mbx_box *mbx_table_default(struct mbx_table *table)
{
	struct mbx_attr attr = {
		.bounds.max_messages = MBOX_DEFAULT_MESSAGES,
		.bounds.max_bytes = U64_MAX,
		.max_size = MBX_DEFAULT_SIZE,
		.capacity = MBOX_CAPACITY_BOUNDED,
		.lifetime = MBOX_LIFETIME_PERSISTENT,
		.policy = MBOX_POLICY_BLOCK,
		.mode = READ_ONCE(mbx_default_mode) & 0666,
	};
	struct mbx_box *box;

	mutex_lock(&table->lock);
	box = mbx_table_look_up(table, MBX_DEFAULT_NAME);
	if (box) {
		kref_get(&box->refs);
	} else if (table->is_dead) {
		box = ERR_PTR(-ENXIO);
	} else {
		mbx_set_owner(&attr, table->user_ns);
		box = mbx_box_new(&attr, NULL, MBX_DEFAULT_NAME,
				  strlen(MBX_DEFAULT_NAME));
		if (!IS_ERR(box))
			mbx_table_insert(table, box);
		else
			box = ERR_PTR(-ENOMEM);
	}
	mutex_unlock(&table->lock);
	return box;
}

/**
 * mbx_table_find() - the mailbox of a name
 * @table: the table
 * @name: the name
 *
 * Return: a reference, -ENOENT, -ENXIO, or -ENOMEM for "default".
 */
struct mbx_box *mbx_table_find(struct mbx_table *table, const char *name)
{
	struct mbx_box *box;

	if (!strcmp(name, MBX_DEFAULT_NAME))
		return mbx_table_default(table);
	mutex_lock(&table->lock);
	box = mbx_table_look_up(table, name);
	if (box)
		kref_get(&box->refs);
	else
		box = ERR_PTR(table->is_dead ? -ENXIO : -ENOENT);
	mutex_unlock(&table->lock);
	return box;
}

/**
 * mbx_table_add() - give a mailbox its name
 * @table: the table
 * @box: the mailbox, complete
 *
 * From now on others see it.
 *
 * Return: 0, -EEXIST or -ENXIO.
 */
int mbx_table_add(struct mbx_table *table, struct mbx_box *box)
{
	int err = 0;

	mutex_lock(&table->lock);
	if (table->is_dead)
		err = -ENXIO;
	else if (mbx_table_look_up(table, box->name))
		err = -EEXIST;
	else
		mbx_table_insert(table, box);
	mutex_unlock(&table->lock);
	return err;
}

/**
 * mbx_table_destroy() - end a mailbox, and its name, for everybody
 * @table: where its name is, if it has one
 * @box: the mailbox
 *
 * Context: Sleeps.
 * Return: 0, or -EIDRM if it had died before.
 */
int mbx_table_destroy(struct mbx_table *table, struct mbx_box *box)
{
	bool had_name = false;
	int err = 0;

	mutex_lock(&table->lock);
	spin_lock(&box->lock);
	if (box->is_dead) {
		err = -EIDRM;
	} else {
		had_name = box->is_named;
		if (had_name)
			mbx_table_remove_locked(table, box);
		mbx_box_die(box);
		trace_mbox_destroy(box);
	}
	spin_unlock(&box->lock);
	mutex_unlock(&table->lock);
	if (err)
		return err;

	mbx_box_bury(box);
	if (had_name)
		mbx_box_put(box);
	return 0;
}

/**
 * mbx_table_after() - the mailbox whose name comes next
 * @table: the table, locked
 * @name: the name before it; empty: the first of all
 *
 * Return: the mailbox, alive while the lock is held, or NULL.
 */
struct mbx_box *mbx_table_after(struct mbx_table *table, const char *name)
{
	struct rb_node *node = table->names.rb_node;
	struct mbx_box *next = NULL;

	lockdep_assert_held(&table->lock);
	while (node) {
		struct mbx_box *box = rb_entry(node, struct mbx_box, name_node);

		if (strcmp(name, box->name) < 0) {
			next = box;
			node = node->rb_left;
		} else {
			node = node->rb_right;
		}
	}
	return next;
}

static int __net_init mbx_net_init(struct net *net)
{
	struct mbx_net *n = net_generic(net, mbx_net_id);
	struct mbx_table *table;

	table = kmem_cache_alloc(mbx_table_cache, MBX_GFP);
	if (!table)
		return -ENOMEM;
	memset(table, 0, sizeof(*table));
	kref_init(&table->refs);
	mutex_init(&table->lock);
	table->names = RB_ROOT;
	table->user_ns = get_user_ns(net->user_ns);
	n->table = table;
	return 0;
}

/* Take one name.  A mailbox that nobody else holds goes with it. */
static bool mbx_net_remove_first(struct mbx_table *table)
{
	struct rb_node *node;
	struct mbx_box *box;
	bool is_gone;

	mutex_lock(&table->lock);
	node = rb_first(&table->names);
	if (!node) {
		mutex_unlock(&table->lock);
		return false;
	}
	box = rb_entry(node, struct mbx_box, name_node);
	spin_lock(&box->lock);
	mbx_table_remove_locked(table, box);
	is_gone = !box->handles;
	if (is_gone)
		mbx_box_die(box);
	spin_unlock(&box->lock);
	mutex_unlock(&table->lock);

	if (is_gone)
		mbx_box_bury(box);
	else
		mbx_box_notice(box);
	mbx_box_put(box);
	return true;
}

static void __net_exit mbx_net_exit(struct net *net)
{
	struct mbx_net *n = net_generic(net, mbx_net_id);
	struct mbx_table *table = n->table;

	mutex_lock(&table->lock);
	table->is_dead = true;
	mutex_unlock(&table->lock);
	while (mbx_net_remove_first(table))
		cond_resched();
	mbx_table_put(table);
}

static struct pernet_operations mbx_net_ops = {
	.init = mbx_net_init,
	.exit = mbx_net_exit,
	.id = &mbx_net_id,
	.size = sizeof(struct mbx_net),
};

/**
 * mbx_table_init() - make a table for each network namespace
 *
 * Return: 0 or -ENOMEM.
 */
int mbx_table_init(void)
{
	int err;

	mbx_table_cache = MBX_CACHE(mbx_table);
	if (!mbx_table_cache)
		return -ENOMEM;
	err = register_pernet_subsys(&mbx_net_ops);
	if (err)
		kmem_cache_destroy(mbx_table_cache);
	return err;
}

/**
 * mbx_table_exit() - end all tables; no handle is left
 */
void mbx_table_exit(void)
{
	unregister_pernet_subsys(&mbx_net_ops);
	/* A work that ends a mailbox holds its table. */
	mbx_death_flush();
	kmem_cache_destroy(mbx_table_cache);
}

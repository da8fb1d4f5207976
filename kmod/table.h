/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The table of names: one for each network namespace, as for abstract UNIX
 * addresses.  A descriptor of /dev/mbox holds the table, and so the user
 * namespace that owns it, but never the network namespace.
 *
 * Locking: mbx_table.lock guards the tree and @is_dead; see box.h for order.
 * Called by: names.c (the verbs), handle.c (open, release), owner.c.
 */
#ifndef MBX_TABLE_H
#define MBX_TABLE_H

#include <linux/kref.h>
#include <linux/mutex.h>
#include <linux/rbtree.h>
#include <linux/types.h>

struct mbx_box;
struct user_namespace;

/**
 * struct mbx_table - the names in a network namespace
 * @refs: the namespace, and handles (atomic)
 * @lock: see DOC: Lock order in box.h
 * @names: mailboxes by name; each holds a reference (protected by @lock)
 * @is_dead: the namespace has ended (protected by @lock)
 * @user_ns: owner of the network namespace (immutable, a reference)
 */
struct mbx_table {
	struct kref refs;
	struct mutex lock; /* see DOC: Lock order in box.h */
	struct rb_root names;
	bool is_dead;
	struct user_namespace *user_ns;
};

struct mbx_table *mbx_table_of_current(void);
void mbx_table_put(struct mbx_table *table);
struct mbx_box *mbx_table_find(struct mbx_table *table, const char *name);
struct mbx_box *mbx_table_default(struct mbx_table *table);
int mbx_table_add(struct mbx_table *table, struct mbx_box *box);
void mbx_table_remove_locked(struct mbx_table *table, struct mbx_box *box);
int mbx_table_destroy(struct mbx_table *table, struct mbx_box *box);
struct mbx_box *mbx_table_after(struct mbx_table *table, const char *name);

int mbx_table_init(void);
void mbx_table_exit(void);

#endif /* MBX_TABLE_H */

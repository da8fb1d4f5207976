/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A search tree behind the rbtree calls that queue.c and its cases use, and no
 * other.
 *
 * It is a plain tree that nobody balances: rb_insert_color() does nothing.
 * What queue.c owes the tree (where to link, whom to replace, when to erase)
 * is the same; how the kernel keeps its tree flat is not ours to test.
 *
 * Locking: none.  Used by: tests/host/kmod, only there.
 */
#ifndef SHIM_LINUX_RBTREE_H
#define SHIM_LINUX_RBTREE_H

#include "types.h"

struct rb_node {
	struct rb_node *parent;
	struct rb_node *rb_left;
	struct rb_node *rb_right;
};

struct rb_root {
	struct rb_node *rb_node;
};

#define RB_ROOT ((struct rb_root){ NULL })
#define rb_parent(node) ((node)->parent)
#define rb_entry(node, type, member) container_of(node, type, member)

/* A node in no tree is its own parent. */
#define RB_EMPTY_NODE(node) ((node)->parent == (node))
#define RB_CLEAR_NODE(node) ((node)->parent = (node))

static inline void rb_link_node(struct rb_node *node, struct rb_node *parent,
				struct rb_node **link)
{
	node->parent = parent;
	node->rb_left = NULL;
	node->rb_right = NULL;
	*link = node;
}

static inline void rb_insert_color(struct rb_node *node, struct rb_root *root)
{
	(void)node;
	(void)root;
}

/* Hang @new, or nothing, where @old hangs. */
static inline void rb_shim_hang(struct rb_node *old, struct rb_node *new,
				struct rb_root *root)
{
	if (!old->parent)
		root->rb_node = new;
	else if (old->parent->rb_left == old)
		old->parent->rb_left = new;
	else
		old->parent->rb_right = new;
	if (new)
		new->parent = old->parent;
}

static inline void rb_replace_node(struct rb_node *old, struct rb_node *new,
				   struct rb_root *root)
{
	rb_shim_hang(old, new, root);
	new->rb_left = old->rb_left;
	new->rb_right = old->rb_right;
	if (new->rb_left)
		new->rb_left->parent = new;
	if (new->rb_right)
		new->rb_right->parent = new;
}

static inline struct rb_node *rb_next(const struct rb_node *node)
{
	struct rb_node *next = node->rb_right;

	if (next) {
		while (next->rb_left)
			next = next->rb_left;
		return next;
	}
	while (node->parent && node->parent->rb_right == node)
		node = node->parent;
	return node->parent;
}

static inline struct rb_node *rb_prev(const struct rb_node *node)
{
	struct rb_node *prev = node->rb_left;

	if (prev) {
		while (prev->rb_right)
			prev = prev->rb_right;
		return prev;
	}
	while (node->parent && node->parent->rb_left == node)
		node = node->parent;
	return node->parent;
}

static inline struct rb_node *rb_last(const struct rb_root *root)
{
	struct rb_node *last = root->rb_node;

	while (last && last->rb_right)
		last = last->rb_right;
	return last;
}

static inline void rb_erase(struct rb_node *node, struct rb_root *root)
{
	struct rb_node *next;

	if (!node->rb_left) {
		rb_shim_hang(node, node->rb_right, root);
		return;
	}
	if (!node->rb_right) {
		rb_shim_hang(node, node->rb_left, root);
		return;
	}
	/* The next one has no left child: it can be taken out, and replace. */
	next = rb_next(node);
	rb_shim_hang(next, next->rb_right, root);
	rb_replace_node(node, next, root);
}

#endif /* SHIM_LINUX_RBTREE_H */

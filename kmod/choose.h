/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Receivers that choose: what their call asks for, and the filter of their
 * handle.
 *
 * Locking: mbx_box.lock.
 * Called by: recv.c and handle.c.
 */
#ifndef MBX_CHOOSE_H
#define MBX_CHOOSE_H

#include <linux/refcount.h>

#include "box.h"
#include "select.h"

struct mbx_handle;

/**
 * struct mbx_filter - what a handle lets through
 * @refs: the handle, and receivers under way (atomic)
 * @selection: which messages (immutable, with a reference on its namespace)
 * @looked: what was looked at for nothing but this (protected by mbx_box.lock)
 */
struct mbx_filter {
	refcount_t refs;
	struct mbx_selection selection;
	struct mbx_looked looked;
};

/**
 * struct mbx_from - what RECV_FROM wants
 * @process: whose messages (the caller's reference)
 * @is_gone: it has died: nothing comes any more (protected by mbx_box.lock)
 */
struct mbx_from {
	const struct pid *process;
	const bool *is_gone;
};

/**
 * struct mbx_chooser - a receiver that chooses, on its stack
 * @choice: what it wants now; with LOWEST_TAG less and less (protected by
 *	mbx_box.lock)
 * @filter: its handle's when it began (a reference), or NULL
 * @from: who is wanted alone, or NULL
 * @looked: what it has looked at, or @own is used (protected likewise)
 * @own: see @looked
 * @best: with LOWEST_TAG: where the lowest so far stands (protected likewise)
 * @has_best: there is one (protected likewise)
 * @value: what the call asked for
 */
struct mbx_chooser {
	struct mbx_choice choice;
	struct mbx_filter *filter;
	const struct mbx_from *from;
	struct mbx_looked *looked;
	struct mbx_looked own;
	struct mbx_place best;
	bool has_best;
	u64 value;
};

int mbx_check_selection(u32 kind, u64 value, bool is_filter);
void mbx_chooser_init(struct mbx_chooser *c, const struct mbx_handle *h,
		      const struct mbx_from *from, u32 kind, u64 value);
int mbx_choose(struct mbx_box *box, struct mbx_receiver *r,
	       struct mbx_chooser *c);
int mbx_filter_is_readable(struct mbx_box *box, struct mbx_filter *f);
void mbx_filter_put(struct mbx_filter *f);

int mbx_choose_init(void);
void mbx_choose_exit(void);

#endif /* MBX_CHOOSE_H */

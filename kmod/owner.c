// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owner lifetime: a mailbox that ends with the process that made it (C4).
 *
 * DOC: Two ends
 *
 * Such a mailbox dies as any other: by DESTROY, with its last handle if it has
 * no name, when UNLINK or the end of its namespace takes the name and it has
 * no handle.  Then mbx_box_bury() unwatches its owner.  Or its owner dies:
 * then a work does what DESTROY does.  Both may come at the same moment.
 * mbx_box.is_dead, under the mailbox lock, says who was first, and the other
 * one does nothing; the watch is taken from its list once (see proc.c), and
 * whoever took it gives back what was held for it.  So each of the two can
 * find that the other has just been there, and neither waits for the other.
 *
 * Held for it are the mailbox, whose memory the watch is part of, and the
 * table that its name is in.  A watched mailbox holds neither the module nor
 * the namespace: when one of these ends, so does the name, and a mailbox that
 * has no name is held by handles.
 *
 * Locking: none held; mbx_table.lock and mbx_box.lock are taken by what is
 * called.
 * Called by: names.c (OPEN); proc.c calls back.
 */
#include "box.h"
#include "owner.h"
#include "table.h"

static void mbx_owner_end(struct mbx_death *death, bool has_died)
{
	struct mbx_owner *owner = container_of(death, struct mbx_owner, death);
	struct mbx_table *table = owner->table;
	struct mbx_box *box = owner->box;

	/* Somebody may have been here first: -EIDRM. */
	if (has_died)
		mbx_table_destroy(table, box);
	mbx_table_put(table);
	/* The owner's memory goes with the mailbox. */
	mbx_box_put(box);
}

/**
 * mbx_owner_watch() - from now on a mailbox ends with its owner
 * @box: the mailbox, of owner lifetime; nobody else knows it, and the
 *	caller's handle is attached, so that whatever fails later buries it
 * @table: where its name will be, if it has one
 *
 * Context: May sleep to allocate.
 * Return: 0 or -ENOMEM.
 */
int mbx_owner_watch(struct mbx_box *box, struct mbx_table *table)
{
	struct mbx_owner *owner = box->owner;
	int err;

	kref_get(&box->refs);
	owner->box = box;
	kref_get(&table->refs);
	owner->table = table;
	owner->death.end = mbx_owner_end;
	err = mbx_death_watch(&owner->death, owner->pid);
	if (err) {
		mbx_table_put(table);
		mbx_box_put(box);
	}
	return err;
}

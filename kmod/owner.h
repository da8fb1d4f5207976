/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owner lifetime: a mailbox that ends with the process that made it.
 *
 * Called by: names.c (OPEN).
 */
#ifndef MBX_OWNER_H
#define MBX_OWNER_H

struct mbx_box;
struct mbx_table;

int mbx_owner_watch(struct mbx_box *box, struct mbx_table *table);

#endif /* MBX_OWNER_H */

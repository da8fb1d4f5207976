/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who may do what with a mailbox: asked by OPEN, LIST and plain open(); and one
 * more descriptor.
 *
 * Locking: none; owner, group and mode do not change.
 * Called by: names.c, stat.c, direct.c.
 */
#ifndef MBX_NAMES_H
#define MBX_NAMES_H

#include <linux/types.h>

struct mbx_box;
struct mbx_handle;
struct mbx_table;
struct pid;

long mbx_copy_handle(struct mbx_handle *h, struct mbx_table *table, u32 rights,
		     u32 flags, struct pid *process);
u32 mbx_rights_of(const struct mbx_box *box, bool has_cap);

#endif /* MBX_NAMES_H */

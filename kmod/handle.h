/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What an open descriptor is: a handle on one mailbox, with rights.
 *
 * Every open file of ours has one, those of open("/dev/mbox") too: these are
 * handles on the mailbox "default".  A handle never changes its mailbox.
 *
 * Locking: fields that change are protected by the mailbox lock.
 * Called by: chardev.c (file operations), the verbs.
 */
#ifndef MBX_HANDLE_H
#define MBX_HANDLE_H

#include <linux/poll.h>
#include <linux/types.h>

#include "box.h"
#include "proc.h"

struct file;
struct mbx_table;
struct seq_file;

/**
 * struct mbx_handle - an open descriptor
 * @box: its mailbox (immutable, a reference)
 * @table: the names it sees (immutable, a reference)
 * @purse: of the user who opened it (immutable, a reference)
 * @opener: who opened it; what write() sends is stamped so (immutable)
 * @rights: MBOX_RIGHT_* (protected by mbx_box.lock; a reader without it sees
 *	them grow once, at most)
 * @later: rights that come with the first read, write or poll (likewise)
 * @is_counted: the mailbox counts it (protected by mbx_box.lock)
 * @end: HANGUP (see there)
 */
struct mbx_handle {
	struct mbx_box *box;
	struct mbx_table *table;
	struct mbx_purse *purse;
	struct mbx_stamp opener;
	u32 rights;
	u32 later;
	bool is_counted;
	struct mbx_end end;
};

struct mbx_handle *mbx_handle_new(struct mbx_box *box, struct mbx_table *table,
				  u32 rights, bool hangup);
int mbx_handle_attach(struct mbx_handle *h, bool by_name);
void mbx_handle_use(struct mbx_handle *h);
void mbx_handle_free(struct mbx_handle *h);
__poll_t mbx_handle_poll(struct mbx_handle *h, struct file *file,
			 poll_table *pt);
void mbx_handle_show(struct seq_file *m, const struct mbx_handle *h);

int mbx_handle_init(void);
void mbx_handle_exit(void);

#endif /* MBX_HANDLE_H */

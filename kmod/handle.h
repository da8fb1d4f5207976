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

#include <linux/fs.h>
#include <linux/poll.h>
#include <linux/types.h>

#include "box.h"
#include "proc.h"

struct mbx_filter;
struct mbx_service;
struct mbx_table;
struct seq_file;
struct user_namespace;

/**
 * struct mbx_handle - an open descriptor
 * @box: its mailbox (immutable, a reference)
 * @table: the names it sees (immutable, a reference)
 * @purse: of the user who opened it (immutable, a reference)
 * @user_ns: where that user was (immutable, a reference)
 * @opener: who opened it; what write() sends is stamped so (immutable)
 * @process: who alone may receive on it, or NULL: whoever has it (immutable, a
 *	reference)
 * @rights: MBOX_RIGHT_* (protected by mbx_box.lock; a reader without it sees
 *	them grow once, at most)
 * @later: rights that come with the first read, write or poll (likewise)
 * @is_counted: the mailbox counts it (protected by mbx_box.lock)
 * @filter: what it lets through, or NULL: all (protected by mbx_box.lock, a
 *	reference)
 * @is_special: it has a filter or a subscription, or is for one process: its
 *	receivers do not just take what comes (protected by mbx_box.lock)
 * @service: requests that were received through it, or NULL: none (protected
 *	by mbx_box.lock; set once; without the lock, by an acquire)
 * @was_closed: a descriptor of it was closed (protected by mbx_box.lock)
 * @end: HANGUP, and its subscription (see there)
 */
struct mbx_handle {
	struct mbx_box *box;
	struct mbx_table *table;
	struct mbx_purse *purse;
	struct user_namespace *user_ns;
	struct mbx_stamp opener;
	struct pid *process;
	u32 rights;
	u32 later;
	bool is_counted;
	struct mbx_filter *filter;
	bool is_special;
	struct mbx_service *service;
	bool was_closed;
	struct mbx_end end;
};

struct mbx_handle *mbx_handle_new(struct mbx_box *box, struct mbx_table *table,
				  u32 rights, bool hangup);
int mbx_handle_attach(struct mbx_handle *h, bool by_name);
void mbx_handle_use(struct mbx_handle *h);
int mbx_handle_may_receive(const struct mbx_handle *h);
void mbx_handle_close(struct mbx_handle *h, fl_owner_t files);
void mbx_handle_free(struct mbx_handle *h);
bool mbx_handle_is_sender(const struct mbx_handle *h);
__poll_t mbx_handle_poll(struct mbx_handle *h, struct file *file,
			 poll_table *pt);
void mbx_handle_show(struct seq_file *m, const struct mbx_handle *h);

/**
 * mbx_is_nonblocking() - whether calls on a file must not wait
 * @file: the file, whose flags fcntl() may change meanwhile
 *
 * Return: true if O_NONBLOCK is set.
 */
static inline bool mbx_is_nonblocking(const struct file *file)
{
	return READ_ONCE(file->f_flags) & O_NONBLOCK;
}

int mbx_handle_init(void);
void mbx_handle_exit(void);

#endif /* MBX_HANDLE_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Descriptors in flight: the open files that a message passes.
 *
 * Sending takes a reference on each file and asks whether it may travel;
 * receiving makes new descriptors of them; whatever ends the message gives the
 * references back.  Which files may travel, and why a message with files
 * cannot keep itself alive, is argued in fds.c.
 *
 * Locking: fields marked @lock are protected by the lock of the mailbox; the
 * others belong to the owner of the message (msg.h).
 * Called by: send.c (make), msg.c (drop), recv.c (install), line.h (find).
 */
#ifndef MBX_FDS_H
#define MBX_FDS_H

#include <linux/fs.h>
#include <linux/list.h>
#include <linux/types.h>
#include <uapi/linux/mbox.h>

struct mbx_msg;
struct mbx_purse;
struct mbx_sender;

/**
 * struct mbx_files - the open files of one message
 * @link: in the mailbox's @with_files, or empty (protected by @lock)
 * @msg: the message (immutable once it is complete)
 * @sender: who waits in line with it, or NULL: it is accepted (protected by
 *	@lock)
 * @purse: whom they are charged to; the message holds it (immutable)
 * @n: how many (immutable)
 * @installed: how many of them the receiver has descriptors of
 * @file: the files, a reference on each (immutable)
 * @fd: the receiver's descriptors
 */
struct mbx_files {
	struct list_head link;
	struct mbx_msg *msg;
	struct mbx_sender *sender;
	struct mbx_purse *purse;
	u32 n;
	u32 installed;
	struct file *file[MBOX_FDS_MAX];
	int fd[MBOX_FDS_MAX];
};

/* Whether a file is a mailbox handle that may travel: its only right is SEND. */
typedef bool mbx_is_sender_t(const struct file *file);

struct mbx_files *mbx_files_new(struct mbx_purse *purse, const s32 __user *from,
				u32 n, mbx_is_sender_t *is_sender);
int mbx_files_install(struct mbx_files *files, s32 __user *to, u32 n);
void mbx_files_uninstall(struct mbx_files *files);
void mbx_files_drop(struct mbx_files *files);

int mbx_files_init(void);
void mbx_files_exit(void);

#endif /* MBX_FDS_H */

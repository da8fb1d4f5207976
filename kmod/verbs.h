/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What chardev.c can ask for: one function for each verb.
 *
 * Every one is given a handle that stays open, and an argument that has been
 * fetched and whose size is right.  Each returns what the ioctl returns; the
 * errors are those of the table in uapi/linux/mbox.h.  All may sleep.
 */
#ifndef MBX_VERBS_H
#define MBX_VERBS_H

#include <linux/types.h>

struct file;
struct iov_iter;
struct mbx_args;
struct mbx_handle;
struct mbox_recv;
struct mbox_send;

/* The flags each verb knows; INFO shows them. */
#define MBX_OPEN_FLAGS                                            \
	(MBOX_OPEN_CREATE | MBOX_OPEN_EXCL | MBOX_OPEN_NONBLOCK | \
	 MBOX_OPEN_HANGUP | MBOX_OPEN_OWNED)
#define MBX_SEND_FLAGS (MBOX_NOWAIT | MBOX_REALTIME | MBOX_SYNC | MBOX_URGENT)
#define MBX_RECV_FLAGS (MBOX_NOWAIT | MBOX_REALTIME | MBOX_TRUNCATE)
#define MBX_RIGHTS (MBOX_RIGHT_SEND | MBOX_RIGHT_RECV | MBOX_RIGHT_ADMIN)
#define MBX_ATTRS (MBOX_ATTR_FIXED | MBOX_ATTR_TIMES)

/* names.c */
long mbx_open(struct mbx_handle *h, struct file *file, struct mbx_args *args);
struct mbx_handle *mbx_open_default(fmode_t mode);
long mbx_copy(struct mbx_handle *h, struct file *file, struct mbx_args *args);
long mbx_unlink(struct mbx_handle *h, struct file *file, struct mbx_args *args);
long mbx_destroy(struct mbx_handle *h, struct file *file,
		 struct mbx_args *args);

/* send.c */
long mbx_send(struct mbx_handle *h, const struct mbox_send *args, bool nowait);
ssize_t mbx_write(struct mbx_handle *h, struct iov_iter *from, bool nowait);

/* recv.c */
long mbx_recv(struct mbx_handle *h, const struct mbox_recv *args,
	      struct mbox_recv __user *out, bool nowait);
ssize_t mbx_read(struct mbx_handle *h, struct iov_iter *to, bool nowait);

/* stat.c */
long mbx_info(struct mbx_handle *h, struct file *file, struct mbx_args *args);
long mbx_list(struct mbx_handle *h, struct file *file, struct mbx_args *args);
long mbx_stat(struct mbx_handle *h, struct file *file, struct mbx_args *args);

#endif /* MBX_VERBS_H */

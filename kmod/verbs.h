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
struct mbx_box;
struct mbx_call;
struct mbx_deadline;
struct mbx_from;
struct mbx_handle;
struct mbx_msg;
struct mbx_receiver;
struct mbox_direct;
struct mbox_recv;
struct mbox_reply;
struct mbox_send;

/* The flags each verb knows; INFO shows them. */
#define MBX_OPEN_FLAGS                                            \
	(MBOX_OPEN_CREATE | MBOX_OPEN_EXCL | MBOX_OPEN_NONBLOCK | \
	 MBOX_OPEN_HANGUP | MBOX_OPEN_OWNED)
#define MBX_SEND_FLAGS (MBOX_NOWAIT | MBOX_REALTIME | MBOX_SYNC | MBOX_URGENT)
#define MBX_RECV_FLAGS (MBOX_NOWAIT | MBOX_REALTIME | MBOX_TRUNCATE)
#define MBX_BATCH_FLAGS (MBOX_NOWAIT | MBOX_REALTIME)
#define MBX_SENDV_FLAGS (MBOX_SYNC | MBOX_URGENT)
#define MBX_RECVV_FLAGS MBOX_TRUNCATE
#define MBX_PEEK_FLAGS (MBOX_TRUNCATE | MBOX_BEHIND)
#define MBX_CALL_FLAGS \
	(MBOX_NOWAIT | MBOX_REALTIME | MBOX_URGENT | MBOX_NOCHECK)
#define MBX_RIGHTS (MBOX_RIGHT_SEND | MBOX_RIGHT_RECV | MBOX_RIGHT_ADMIN)
#define MBX_ATTRS                                            \
	(MBOX_ATTR_FIXED | MBOX_ATTR_TIMES | MBOX_ATTR_FDS | \
	 MBOX_ATTR_BROADCAST)

/* names.c */
long mbx_open(struct mbx_handle *h, struct file *file, struct mbx_args *args);
struct mbx_handle *mbx_open_default(fmode_t mode);
long mbx_copy(struct mbx_handle *h, struct file *file, struct mbx_args *args);
long mbx_unlink(struct mbx_handle *h, struct file *file, struct mbx_args *args);
long mbx_destroy(struct mbx_handle *h, struct file *file,
		 struct mbx_args *args);

/* send.c */
long mbx_send(struct mbx_handle *h, const struct mbox_send *args, bool nowait);
long mbx_send_files(struct mbx_handle *h, const struct mbox_send *args,
		    u32 nfds, bool nowait);
int mbx_check_direct(const struct mbox_send *a);
bool mbx_send_stock(struct mbx_handle *h, struct mbx_msg **msgs, u32 n);
struct mbx_msg *mbx_send_make(struct mbx_handle *h, const struct mbox_send *a,
			      struct mbx_msg *spare);
int mbx_send_made(struct mbx_box *box, struct mbx_msg *msg,
		  const struct mbx_deadline *deadline, bool nowait);
int mbx_send_via(struct mbx_handle *h, const struct mbox_send *args,
		 bool nowait);
ssize_t mbx_write(struct mbx_handle *h, struct iov_iter *from, bool nowait);

/* recv.c */
int mbx_check_recv(const struct mbox_recv *args);
int mbx_copy_out(struct mbx_msg *msg, u64 drops, void __user *to, u32 room,
		 struct mbox_recv __user *out);
int mbx_settle_failed(struct mbx_box *box, struct mbx_receiver *r, int err);
int mbx_recv_chosen(struct mbx_handle *h, const struct mbox_recv *args,
		    struct mbox_recv __user *out, const struct mbx_from *from,
		    bool nowait);
long mbx_recv(struct mbx_handle *h, const struct mbox_recv *args,
	      struct mbox_recv __user *out, bool nowait);
ssize_t mbx_read(struct mbx_handle *h, struct iov_iter *to, bool nowait);

/* batch.c */
long mbx_sendv(struct mbx_handle *h, struct file *file, struct mbx_args *args);
long mbx_recvv(struct mbx_handle *h, struct file *file, struct mbx_args *args);

/* call.c */
long mbx_call(struct mbx_handle *h, struct file *file, struct mbx_args *args);
int mbx_check_reply(struct mbx_handle *h, const struct mbox_reply *a);
int mbx_answer(struct mbx_handle *h, const struct mbox_reply *a);
long mbx_reply(struct mbx_handle *h, struct file *file, struct mbx_args *args);
int mbx_make_request(struct mbx_handle *h, const struct mbox_send *a,
		     struct mbx_call *call);
int mbx_place_call(struct mbx_handle *h, struct mbx_call *call, bool nowait);

/* direct.c */
long mbx_send_to(struct mbx_handle *h, const struct mbox_direct *d,
		 const struct mbox_send *a, bool nowait);
long mbx_recv_from(struct mbx_handle *h, const struct mbox_direct *d,
		   const struct mbox_recv *a, struct mbox_recv __user *out,
		   bool nowait);
long mbx_open_endpoint(struct mbx_handle *h, struct file *file,
		       struct mbx_args *args);
long mbx_list_links(struct mbx_handle *h, struct file *file,
		    struct mbx_args *args);

/* choose.c */
long mbx_set_filter(struct mbx_handle *h, struct file *file,
		    struct mbx_args *args);

/* peek.c */
long mbx_peek(struct mbx_handle *h, struct file *file, struct mbx_args *args);
long mbx_flush(struct mbx_handle *h, struct file *file, struct mbx_args *args);

/* async.c */
long mbx_notify(struct mbx_handle *h, struct file *file, struct mbx_args *args);
void mbx_closing(struct mbx_handle *h);
int mbx_set_async(struct mbx_handle *h, int fd, struct file *file, int on);

/* stat.c */
long mbx_info(struct mbx_handle *h, struct file *file, struct mbx_args *args);
long mbx_list(struct mbx_handle *h, struct file *file, struct mbx_args *args);
long mbx_stat(struct mbx_handle *h, struct file *file, struct mbx_args *args);

#endif /* MBX_VERBS_H */

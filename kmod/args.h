/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The argument of an ioctl: the kernel's one copy of it, and the way back.
 *
 * Locking: none; it lies on the caller's stack.  mbx_args_put() may sleep.
 * Called by: chardev.c fills it, the verbs read it and put results.
 */
#ifndef MBX_ARGS_H
#define MBX_ARGS_H

#include <linux/minmax.h>
#include <linux/stddef.h>
#include <linux/uaccess.h>
#include <uapi/linux/mbox.h>

/* A structure that is longer is from no future. */
#define MBX_STRUCT_MAX 4096

/**
 * struct mbx_args - a structure as user space gave it
 * @user: where it came from
 * @usize: how long it is there
 * @size: the first two fields of all of them
 * @flags: likewise
 * @bytes: all of it; STAT has the longest
 * @info: MBOX_IOC_INFO
 * @stat: MBOX_IOC_STAT
 * @list: MBOX_IOC_LIST
 * @open: MBOX_IOC_OPEN
 * @copy: MBOX_IOC_COPY
 * @remove: MBOX_IOC_UNLINK and MBOX_IOC_DESTROY
 * @peek: MBOX_IOC_PEEK
 * @flush: MBOX_IOC_FLUSH
 * @filter: MBOX_IOC_FILTER
 * @direct: MBOX_IOC_SEND_TO and MBOX_IOC_RECV_FROM
 * @endpoint: MBOX_IOC_ENDPOINT
 * @links: MBOX_IOC_LINKS
 * @call: MBOX_IOC_CALL
 * @reply: MBOX_IOC_REPLY and MBOX_IOC_REPLY_RECV
 * @notify: MBOX_IOC_NOTIFY
 * @batch: MBOX_IOC_SENDV and MBOX_IOC_RECVV
 */
struct mbx_args {
	void __user *user;
	u32 usize;
	union {
		struct {
			u32 size;
			u32 flags;
		};
		char bytes[sizeof(struct mbox_stat)];
		struct mbox_info info;
		struct mbox_stat stat;
		struct mbox_list list;
		struct mbox_open open;
		struct mbox_copy copy;
		struct mbox_remove remove;
		struct mbox_peek peek;
		struct mbox_flush flush;
		struct mbox_filter filter;
		struct mbox_direct direct;
		struct mbox_endpoint endpoint;
		struct mbox_links links;
		struct mbox_call call;
		struct mbox_reply reply;
		struct mbox_notify notify;
		struct mbox_batch batch;
	};
};

/**
 * mbx_args_put() - give part of the structure back to user space
 * @args: the structure
 * @from: offset of the first byte
 * @to: offset behind the last byte; what user space has no room for is left
 *	out
 *
 * Return: 0 or -EFAULT.
 */
static inline int mbx_args_put(const struct mbx_args *args, u32 from, u32 to)
{
	to = min(to, args->usize);
	if (to <= from)
		return 0;
	if (copy_to_user(args->user + from, args->bytes + from, to - from))
		return -EFAULT;
	return 0;
}

/**
 * mbx_put_entries() - store entries of a list in user space
 * @to: where to
 * @entry_size: how far apart they lie there, at least @known
 * @from: the entries
 * @known: bytes in one of ours; the rest is cleared
 * @n: how many
 *
 * Return: 0 or -EFAULT.
 */
static inline int mbx_put_entries(char __user *to, u32 entry_size,
				  const void *from, u32 known, u32 n)
{
	for (; n--; to += entry_size, from += known)
		if (copy_to_user(to, from, known) ||
		    clear_user(to + known, entry_size - known))
			return -EFAULT;
	return 0;
}

/* Give back members @first to @last of the structure @member. */
#define mbx_args_put_members(args, member, first, last)             \
	mbx_args_put(args, offsetof(typeof((args)->member), first), \
		     offsetofend(typeof((args)->member), last))

#endif /* MBX_ARGS_H */

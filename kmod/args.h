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

/* Give back members @first to @last of the structure @member. */
#define mbx_args_put_members(args, member, first, last)             \
	mbx_args_put(args, offsetof(typeof((args)->member), first), \
		     offsetofend(typeof((args)->member), last))

#endif /* MBX_ARGS_H */

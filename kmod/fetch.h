/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Fetching structures from user space: their sizes, and those of the data path.
 *
 * Locking: none.
 * Called by: chardev.c, and batch.c for entries.
 */
#ifndef MBX_FETCH_H
#define MBX_FETCH_H

#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/uaccess.h>
#include <uapi/linux/mbox.h>

#include "args.h"

/* A size that is not the one we know: from an older or a newer program. */
static noinline int mbx_check_odd_size(u32 usize, u32 first, u32 known,
				       const void __user *user)
{
	int zeroed;

	if (usize < first)
		return -EINVAL;
	if (usize <= known)
		return 0;
	if (usize > MBX_STRUCT_MAX)
		return -E2BIG;
	zeroed = check_zeroed_user(user + known, usize - known);
	if (zeroed <= 0)
		return zeroed ?: -E2BIG;
	return 0;
}

static inline int mbx_check_size(u32 usize, u32 first, u32 known,
				 const void __user *user)
{
	if (likely(usize == known))
		return 0;
	return mbx_check_odd_size(usize, first, known, user);
}

/*
 * The data path fetches its arguments field by field: a copy of so few bytes
 * would cost several times as much in checks and calls as in bytes.  What only
 * some callers look at again is left out of @a: @size, and @nfds.
 */
static __always_inline int mbx_fetch_send(struct mbox_send *a, u32 *size,
					  u32 *nfds,
					  const struct mbox_send __user *user)
{
	if (!user_access_begin(user, sizeof(*user)))
		return -EFAULT;
	unsafe_get_user(*size, &user->size, err_end);
	if (unlikely(*size < sizeof(*a)))
		goto err_size;
	unsafe_get_user(a->flags, &user->flags, err_end);
	unsafe_get_user(a->data, &user->data, err_end);
	unsafe_get_user(a->tag, &user->tag, err_end);
	unsafe_get_user(a->deadline, &user->deadline, err_end);
	unsafe_get_user(a->len, &user->len, err_end);
	unsafe_get_user(a->priority, &user->priority, err_end);
	unsafe_get_user(a->fds, &user->fds, err_end);
	unsafe_get_user(*nfds, &user->nfds, err_end);
	unsafe_get_user(a->result, &user->result, err_end);
	user_access_end();
	return mbx_check_size(*size, sizeof(*a), sizeof(*a), user);

err_size:
	user_access_end();
	return -EINVAL;
err_end:
	user_access_end();
	return -EFAULT;
}

static __always_inline int mbx_fetch_recv(struct mbox_recv *a, u32 *size,
					  const struct mbox_recv __user *user)
{
	if (!user_access_begin(user, sizeof(*user)))
		return -EFAULT;
	unsafe_get_user(*size, &user->size, err_end);
	if (unlikely(*size < sizeof(*a)))
		goto err_size;
	unsafe_get_user(a->flags, &user->flags, err_end);
	unsafe_get_user(a->data, &user->data, err_end);
	unsafe_get_user(a->deadline, &user->deadline, err_end);
	unsafe_get_user(a->len, &user->len, err_end);
	unsafe_get_user(a->select, &user->select, err_end);
	unsafe_get_user(a->select_value, &user->select_value, err_end);
	unsafe_get_user(a->fds, &user->fds, err_end);
	unsafe_get_user(a->nfds, &user->nfds, err_end);
	unsafe_get_user(a->result, &user->result, err_end);
	user_access_end();
	return mbx_check_size(*size, sizeof(*a), sizeof(*a), user);

err_size:
	user_access_end();
	return -EINVAL;
err_end:
	user_access_end();
	return -EFAULT;
}

#endif /* MBX_FETCH_H */

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Asking to be told: NOTIFY, O_ASYNC, and what ends a registration.
 *
 * Locking: mbx_box.lock around the registration.
 * Called by: chardev.c.
 */
#include <linux/compat.h>
#include <linux/pid.h>
#include <linux/signal.h>

#include "args.h"
#include "handle.h"
#include "verbs.h"

static int mbx_check_notify(const struct mbox_notify *a)
{
	if (a->flags || a->__reserved || !valid_signal(a->signo))
		return -EINVAL;
	if (!a->signo && a->value)
		return -EINVAL;
	/* What does not fit into a pointer of the caller's would be cut off. */
	if (a->value != (unsigned long)a->value ||
	    (in_compat_syscall() && a->value != (u32)a->value))
		return -EINVAL;
	return 0;
}

/**
 * mbx_notify() - MBOX_IOC_NOTIFY
 * @h: the handle
 * @file: its file
 * @args: struct mbox_notify
 *
 * Return: 0 or the errors of NOTIFY.
 */
long mbx_notify(struct mbx_handle *h, struct file *file, struct mbx_args *args)
{
	const struct mbox_notify *a = &args->notify;
	struct mbx_box *box = h->box;
	struct pid *old = NULL;
	int err = mbx_handle_may_receive(h);

	if (err)
		return err;
	err = mbx_check_notify(a);
	if (err)
		return err;
	spin_lock(&box->lock);
	if (box->is_dead)
		err = -EIDRM;
	else if (a->signo)
		err = mbx_told_register(&box->told, h, a->signo, a->value,
					&old);
	else
		old = mbx_told_forget_own(&box->told);
	if (a->signo && !err)
		box->fan.registered = h->end.sub;
	spin_unlock(&box->lock);
	put_pid(old);
	return err;
}

/**
 * mbx_closing() - a process closes a descriptor, also by exec or by ending
 * @h: its handle
 *
 * Others may have descriptors of the handle, and so may the process itself.  A
 * registration that is not seen here without the lock is not older than the
 * close: it is left for the end of the handle.
 */
void mbx_closing(struct mbx_handle *h)
{
	struct mbx_box *box = h->box;
	struct pid *old;

	if (likely(!READ_ONCE(box->told.thread)))
		return;
	spin_lock(&box->lock);
	old = mbx_told_forget_process(&box->told, h);
	spin_unlock(&box->lock);
	put_pid(old);
}

/**
 * mbx_set_async() - fcntl(F_SETFL) turns O_ASYNC on or off; close turns it off
 * @h: the handle
 * @fd: number of its descriptor, or -1
 * @file: its file
 * @on: which of the two
 *
 * To ask for SIGIO is a kind of poll, so that an O_RDWR descriptor of /dev/mbox
 * gets its rights now.
 *
 * Return: 0 or more; -EBADF if the handle has neither RECV nor SEND; -EACCES if
 * it is the endpoint of another process; -EDQUOT if too many ask for it; -ENOMEM.
 */
int mbx_set_async(struct mbx_handle *h, int fd, struct file *file, int on)
{
	u32 rights;

	if (on)
		mbx_handle_use(h);
	rights = READ_ONCE(h->rights);
	if (on && !(rights & (MBOX_RIGHT_RECV | MBOX_RIGHT_SEND)))
		return -EBADF;
	if (on && mbx_handle_may_receive(h) == -EACCES)
		return -EACCES;
	return mbx_async_set(rights & MBOX_RIGHT_RECV ? &h->box->told.in :
							&h->box->told.out,
			     fd, file, on);
}

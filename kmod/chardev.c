// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/mbox: THE ioctl table, the file operations, and copying structures
 * in.  No policy: what a verb means stands in its own file.
 *
 * Locking: none.
 * Called by: the VFS.
 */
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/nospec.h>
#include <linux/poll.h>
#include <linux/uaccess.h>
#include <linux/uio.h>

#include "args.h"
#include "chardev.h"
#include "compat.h"
#include "handle.h"
#include "verbs.h"

/**
 * struct mbx_verb - one line of the ioctl table
 * @run: what to do
 * @first: size of the structure in its first version: the least accepted
 * @known: size of the structure as we know it
 * @in: how much of it is input; the rest is not fetched
 */
struct mbx_verb {
	long (*run)(struct mbx_handle *h, struct file *file,
		    struct mbx_args *args);
	u16 first;
	u16 known;
	u16 in;
};

#define MBX_VERB(nr, _run, type, _in)                   \
	[_IOC_NR(nr)] = { .run = _run,                  \
			  .first = sizeof(struct type), \
			  .known = sizeof(struct type), \
			  .in = _in }
#define MBX_ALL(type) sizeof(struct type)
#define MBX_BEFORE(type, member) offsetof(struct type, member)

static_assert(sizeof_field(struct mbx_args, bytes) ==
	      sizeof(struct mbx_args) - offsetof(struct mbx_args, bytes));

/* All verbs but the two that carry messages, which mbx_ioctl() calls. */
static const struct mbx_verb mbx_verbs[] = {
	MBX_VERB(MBOX_IOC_INFO, mbx_info, mbox_info,
		 MBX_BEFORE(mbox_info, abi)),
	MBX_VERB(MBOX_IOC_STAT, mbx_stat, mbox_stat,
		 MBX_BEFORE(mbox_stat, rights)),
	MBX_VERB(MBOX_IOC_LIST, mbx_list, mbox_list, MBX_ALL(mbox_list)),
	MBX_VERB(MBOX_IOC_OPEN, mbx_open, mbox_open, MBX_ALL(mbox_open)),
	MBX_VERB(MBOX_IOC_COPY, mbx_copy, mbox_copy, MBX_ALL(mbox_copy)),
	MBX_VERB(MBOX_IOC_UNLINK, mbx_unlink, mbox_remove,
		 MBX_ALL(mbox_remove)),
	MBX_VERB(MBOX_IOC_DESTROY, mbx_destroy, mbox_remove,
		 MBX_ALL(mbox_remove)),
};

/* A size that is not the one we know: from an older or a newer program. */
static int mbx_check_odd_size(u32 usize, u32 first, u32 known,
			      const void __user *user)
{
	int zeroed;

	if (usize < first)
		return -EINVAL;
	if (usize <= known)
		return 0;
	/* A structure longer than a page is from no future. */
	if (usize > PAGE_SIZE)
		return -E2BIG;
	zeroed = check_zeroed_user(user + known, usize - known);
	if (zeroed <= 0)
		return zeroed ?: -E2BIG;
	return 0;
}

static int mbx_check_size(u32 usize, u32 first, u32 known,
			  const void __user *user)
{
	if (likely(usize == known))
		return 0;
	return mbx_check_odd_size(usize, first, known, user);
}

/*
 * Fetch an argument: each byte of it once.  Its size is that of the one copy,
 * so nobody can change it behind our back.
 */
static int mbx_fetch_args(struct mbx_args *args, const struct mbx_verb *verb,
			  void __user *user)
{
	u32 in;
	int err;

	if (get_user(args->size, (u32 __user *)user))
		return -EFAULT;
	args->user = user;
	args->usize = args->size;
	err = mbx_check_size(args->usize, verb->first, verb->known, user);
	if (err)
		return err;
	in = min_t(u32, verb->in, args->usize);
	if (copy_from_user(args->bytes + sizeof(u32), user + sizeof(u32),
			   in - sizeof(u32)))
		return -EFAULT;
	memset(args->bytes + in, 0, verb->in - in);
	return 0;
}

static long mbx_ioctl_by_table(struct file *file, unsigned int cmd,
			       void __user *user)
{
	unsigned int nr = _IOC_NR(cmd);
	const struct mbx_verb *verb;
	struct mbx_args args;
	int err;

	if (nr >= ARRAY_SIZE(mbx_verbs) || cmd != _IO(MBOX_IOC_TYPE, nr))
		return -ENOTTY;
	verb = &mbx_verbs[array_index_nospec(nr, ARRAY_SIZE(mbx_verbs))];
	if (!verb->run)
		return -ENOTTY;
	err = mbx_fetch_args(&args, verb, user);
	if (err)
		return err;
	return verb->run(file->private_data, file, &args);
}

/*
 * The data path fetches its arguments field by field: a copy of so few bytes
 * would cost several times as much in checks and calls as in bytes.
 */
static long mbx_ioctl_send(struct file *file, struct mbox_send __user *user)
{
	struct mbox_send a MBX_UNINIT;
	int err;

	if (!user_access_begin(user, sizeof(*user)))
		return -EFAULT;
	unsafe_get_user(a.size, &user->size, err_end);
	if (unlikely(a.size < sizeof(a)))
		goto err_size;
	unsafe_get_user(a.flags, &user->flags, err_end);
	unsafe_get_user(a.data, &user->data, err_end);
	unsafe_get_user(a.tag, &user->tag, err_end);
	unsafe_get_user(a.deadline, &user->deadline, err_end);
	unsafe_get_user(a.len, &user->len, err_end);
	unsafe_get_user(a.priority, &user->priority, err_end);
	unsafe_get_user(a.__reserved, &user->__reserved, err_end);
	user_access_end();

	err = mbx_check_size(a.size, sizeof(a), sizeof(a), user);
	if (unlikely(err))
		return err;
	return mbx_send(file->private_data, &a, file->f_flags & O_NONBLOCK);

err_size:
	user_access_end();
	return -EINVAL;
err_end:
	user_access_end();
	return -EFAULT;
}

static long mbx_ioctl_recv(struct file *file, struct mbox_recv __user *user)
{
	struct mbox_recv a MBX_UNINIT;
	int err;

	if (!user_access_begin(user, sizeof(*user)))
		return -EFAULT;
	unsafe_get_user(a.size, &user->size, err_end);
	if (unlikely(a.size < sizeof(a)))
		goto err_size;
	unsafe_get_user(a.flags, &user->flags, err_end);
	unsafe_get_user(a.data, &user->data, err_end);
	unsafe_get_user(a.deadline, &user->deadline, err_end);
	unsafe_get_user(a.len, &user->len, err_end);
	unsafe_get_user(a.__reserved0, &user->__reserved0, err_end);
	unsafe_get_user(a.__reserved[0], &user->__reserved[0], err_end);
	unsafe_get_user(a.__reserved[1], &user->__reserved[1], err_end);
	unsafe_get_user(a.__reserved[2], &user->__reserved[2], err_end);
	unsafe_get_user(a.__reserved[3], &user->__reserved[3], err_end);
	user_access_end();

	err = mbx_check_size(a.size, sizeof(a), sizeof(a), user);
	if (unlikely(err))
		return err;
	return mbx_recv(file->private_data, &a, user,
			file->f_flags & O_NONBLOCK);

err_size:
	user_access_end();
	return -EINVAL;
err_end:
	user_access_end();
	return -EFAULT;
}

static long mbx_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	void __user *user = (void __user *)arg;

	switch (cmd) {
	case MBOX_IOC_SEND:
		return mbx_ioctl_send(file, user);
	case MBOX_IOC_RECV:
		return mbx_ioctl_recv(file, user);
	default:
		return mbx_ioctl_by_table(file, cmd, user);
	}
}

static bool mbx_is_nowait(const struct kiocb *iocb)
{
	return (iocb->ki_flags & IOCB_NOWAIT) ||
	       (iocb->ki_filp->f_flags & O_NONBLOCK);
}

static ssize_t mbx_read_iter(struct kiocb *iocb, struct iov_iter *to)
{
	return mbx_read(iocb->ki_filp->private_data, to, mbx_is_nowait(iocb));
}

static ssize_t mbx_write_iter(struct kiocb *iocb, struct iov_iter *from)
{
	return mbx_write(iocb->ki_filp->private_data, from,
			 mbx_is_nowait(iocb));
}

static __poll_t mbx_poll(struct file *file, poll_table *pt)
{
	return mbx_handle_poll(file->private_data, file, pt);
}

static int mbx_open_device(struct inode *inode, struct file *file)
{
	struct mbx_handle *h = mbx_open_default(file->f_mode);

	if (IS_ERR(h))
		return PTR_ERR(h);
	file->private_data = h;
	return stream_open(inode, file);
}

static int mbx_release(struct inode *inode, struct file *file)
{
	mbx_handle_free(file->private_data);
	return 0;
}

static void mbx_show_fdinfo(struct seq_file *m, struct file *file)
{
	mbx_handle_show(m, file->private_data);
}

const struct file_operations mbx_fops = {
	.owner = THIS_MODULE,
	.open = mbx_open_device,
	.release = mbx_release,
	.read_iter = mbx_read_iter,
	.write_iter = mbx_write_iter,
	.poll = mbx_poll,
	.unlocked_ioctl = mbx_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.show_fdinfo = mbx_show_fdinfo,
};

static struct miscdevice mbx_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "mbox",
	.fops = &mbx_fops,
	.mode = 0666,
};

/**
 * mbx_chardev_init() - make /dev/mbox; users may come from now on
 *
 * Return: 0 or a negative errno.
 */
int mbx_chardev_init(void)
{
	return misc_register(&mbx_device);
}

/**
 * mbx_chardev_exit() - remove /dev/mbox; no file of ours is open
 */
void mbx_chardev_exit(void)
{
	misc_deregister(&mbx_device);
}

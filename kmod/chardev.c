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
#include "fetch.h"
#include "handle.h"
#include "verbs.h"

static long mbx_ioctl_send(struct file *file, struct mbox_send __user *user)
{
	struct mbox_send a MBX_UNINIT;
	u32 size, nfds;
	int err;

	err = mbx_fetch_send(&a, &size, &nfds, user);
	if (unlikely(err))
		return err;
	if (unlikely(nfds))
		return mbx_send_files(file->private_data, &a, nfds,
				      mbx_is_nonblocking(file));
	return mbx_send(file->private_data, &a, mbx_is_nonblocking(file));
}

static long mbx_ioctl_recv(struct file *file, struct mbox_recv __user *user)
{
	struct mbox_recv a MBX_UNINIT;
	u32 size;
	int err;

	err = mbx_fetch_recv(&a, &size, user);
	if (unlikely(err))
		return err;
	return mbx_recv(file->private_data, &a, user, mbx_is_nonblocking(file));
}

/*
 * REPLY, and then RECV.  Both are checked before the first begins.  The token
 * becomes 0 in between, so a call that is made again only receives.
 */
static long mbx_reply_recv(struct mbx_handle *h, struct file *file,
			   struct mbx_args *args)
{
	struct mbox_recv __user *user = u64_to_user_ptr(args->reply.recv);
	struct mbox_recv a;
	u32 size;
	long err;

	err = mbx_fetch_recv(&a, &size, user);
	err = err ?: mbx_check_recv(&a);
	err = err ?: mbx_check_reply(h, &args->reply);
	if (err)
		return err;
	if (args->reply.token) {
		/* There must be a place for the 0, before anything is done. */
		if (mbx_args_put_members(args, reply, token, token))
			return -EFAULT;
		err = mbx_answer(h, &args->reply);
		if (err)
			return err;
		args->reply.token = 0;
		if (mbx_args_put_members(args, reply, token, token))
			return -EFAULT;
	}
	return mbx_recv(h, &a, user, mbx_is_nonblocking(file));
}

/* SEND_TO and RECV_FROM: a SEND or a RECV, and who the other one is. */
static long mbx_direct_send(struct mbx_handle *h, struct file *file,
			    struct mbx_args *args)
{
	struct mbox_send a;
	u32 size;
	int err;

	err = mbx_fetch_send(&a, &size, &a.nfds,
			     u64_to_user_ptr(args->direct.args));
	if (err)
		return err;
	return mbx_send_to(h, &args->direct, &a, mbx_is_nonblocking(file));
}

static long mbx_direct_recv(struct mbx_handle *h, struct file *file,
			    struct mbx_args *args)
{
	struct mbox_recv __user *user = u64_to_user_ptr(args->direct.args);
	struct mbox_recv a;
	u32 size;
	int err;

	err = mbx_fetch_recv(&a, &size, user);
	if (err)
		return err;
	return mbx_recv_from(h, &args->direct, &a, user,
			     mbx_is_nonblocking(file));
}

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

#define MBX_VERB(nr, _run, type, _in) \
	MBX_VERB_GROWN(nr, _run, type, sizeof(struct type), _in)
#define MBX_VERB_GROWN(nr, _run, type, _first, _in)     \
	[_IOC_NR(nr)] = { .run = _run,                  \
			  .first = _first,              \
			  .known = sizeof(struct type), \
			  .in = _in }
#define MBX_ALL(type) sizeof(struct type)
#define MBX_BEFORE(type, member) offsetof(struct type, member)

static_assert(sizeof_field(struct mbx_args, bytes) ==
	      sizeof(struct mbx_args) - offsetof(struct mbx_args, bytes));

/* All verbs but the two that carry messages, which mbx_ioctl() calls. */
static const struct mbx_verb mbx_verbs[] = {
	MBX_VERB_GROWN(MBOX_IOC_INFO, mbx_info, mbox_info,
		       MBX_BEFORE(mbox_info, user_calls),
		       MBX_BEFORE(mbox_info, abi)),
	MBX_VERB_GROWN(MBOX_IOC_STAT, mbx_stat, mbox_stat,
		       MBX_BEFORE(mbox_stat, policy),
		       MBX_BEFORE(mbox_stat, rights)),
	MBX_VERB(MBOX_IOC_LIST, mbx_list, mbox_list, MBX_ALL(mbox_list)),
	MBX_VERB(MBOX_IOC_OPEN, mbx_open, mbox_open, MBX_ALL(mbox_open)),
	MBX_VERB(MBOX_IOC_COPY, mbx_copy, mbox_copy, MBX_ALL(mbox_copy)),
	MBX_VERB(MBOX_IOC_UNLINK, mbx_unlink, mbox_remove,
		 MBX_ALL(mbox_remove)),
	MBX_VERB(MBOX_IOC_DESTROY, mbx_destroy, mbox_remove,
		 MBX_ALL(mbox_remove)),
	MBX_VERB(MBOX_IOC_PEEK, mbx_peek, mbox_peek, MBX_BEFORE(mbox_peek, id)),
	MBX_VERB(MBOX_IOC_FLUSH, mbx_flush, mbox_flush,
		 MBX_BEFORE(mbox_flush, messages)),
	MBX_VERB(MBOX_IOC_FILTER, mbx_set_filter, mbox_filter,
		 MBX_ALL(mbox_filter)),
	MBX_VERB(MBOX_IOC_LINKS, mbx_list_links, mbox_links,
		 MBX_ALL(mbox_links)),
	MBX_VERB(MBOX_IOC_ENDPOINT, mbx_open_endpoint, mbox_endpoint,
		 MBX_ALL(mbox_endpoint)),
	MBX_VERB(MBOX_IOC_SEND_TO, mbx_direct_send, mbox_direct,
		 MBX_ALL(mbox_direct)),
	MBX_VERB(MBOX_IOC_RECV_FROM, mbx_direct_recv, mbox_direct,
		 MBX_ALL(mbox_direct)),
	MBX_VERB(MBOX_IOC_CALL, mbx_call, mbox_call,
		 MBX_BEFORE(mbox_call, taken)),
	MBX_VERB(MBOX_IOC_REPLY, mbx_reply, mbox_reply, MBX_ALL(mbox_reply)),
	MBX_VERB(MBOX_IOC_REPLY_RECV, mbx_reply_recv, mbox_reply,
		 MBX_ALL(mbox_reply)),
	MBX_VERB(MBOX_IOC_NOTIFY, mbx_notify, mbox_notify,
		 MBX_ALL(mbox_notify)),
	MBX_VERB(MBOX_IOC_SENDV, mbx_sendv, mbox_batch, MBX_ALL(mbox_batch)),
	MBX_VERB(MBOX_IOC_RECVV, mbx_recvv, mbox_batch, MBX_ALL(mbox_batch)),
};

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
	       mbx_is_nonblocking(iocb->ki_filp);
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

static int mbx_fasync(int fd, struct file *file, int on)
{
	return mbx_set_async(file->private_data, fd, file, on);
}

static int mbx_flush_file(struct file *file, fl_owner_t owner)
{
	mbx_handle_close(file->private_data, owner);
	mbx_closing(file->private_data);
	return 0;
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
	.flush = mbx_flush_file,
	.release = mbx_release,
	.read_iter = mbx_read_iter,
	.write_iter = mbx_write_iter,
	.poll = mbx_poll,
	.fasync = mbx_fasync,
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

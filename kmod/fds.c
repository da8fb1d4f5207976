// SPDX-License-Identifier: GPL-2.0-only
/*
 * Descriptors in flight: THE list of what may travel, and the way in and out.
 *
 * DOC: Why no message can keep itself alive
 *
 * A file in a message is open without anybody having a descriptor of it.  If
 * such a file could hold, by whatever way, the handle through which its own
 * message would be received, both would stay for ever when the last
 * descriptor has been closed: UNIX sockets need a garbage collector for that.
 * Here two rules take its place.
 *
 *  1. A message with files is in a mailbox only while a handle with RECV on
 *     that mailbox is open.  When the last one is closed, the messages are
 *     dropped (mbx_box_close_some()).  The mailbox of an endpoint, whose handle
 *     is open as long as its process lives, takes none (mbx_check_direct()).
 *  2. What may travel holds no handle with RECV: not itself, and not through
 *     anything that a user can put into it (mbx_may_travel()).
 *
 * Say that a file is held by messages only.  Each of these lies in a mailbox
 * that, by rule 1, has an open handle with RECV; that handle is held by
 * somebody, and by rule 2 by no file in a message, so by a process or by
 * something else outside all mailboxes.  When that one lets go, the message is
 * dropped, and with it the file.  So there is nothing to search: the files of
 * all messages hang from handles that do not travel, in one step, however
 * mailboxes are passed to each other.  For the same reason dropping a message
 * with files never drops another one with files, and there is no recursion:
 * what it closes is no handle with RECV.
 *
 * The kinds that may travel, and what each of them can hold:
 *
 *  - Regular files hold their inode and their mount.  A user cannot put a
 *    descriptor into either.  An inode of a file system that nobody can mount
 *    (pidfs, secretmem, and in newer kernels every anonymous inode: epoll,
 *    io_uring, signalfd, a handle of ours) can look regular and be anything, so
 *    these are refused, but for memfd, which is memory; and so is a namespace,
 *    which can be mounted upon.  Root can mount a file system that keeps a
 *    descriptor (9p with trans=fd) as it can keep any file open; that is no
 *    cycle a user makes.
 *  - Pipes and FIFOs hold pages.
 *  - Eventfds hold a number.
 *  - A handle whose only right is SEND holds its mailbox, but no handle on it:
 *    what lies there lies by rule 1.  A handle of an O_RDWR open of /dev/mbox
 *    has no right until its first use, and then perhaps RECV: it is refused
 *    for what it may become.  Other handles never gain a right.
 *
 * Sockets hold what was sent to them, io_uring what was registered, and a
 * device, a directory or a file opened with O_PATH is not known to hold
 * nothing: refused.
 *
 * DOC: Installing
 *
 * A descriptor must pass the security module of the receiver, and the only way
 * for a module to ask it is receive_fd(), which asks and installs in one.  So
 * descriptors are installed before it is certain that the message is received
 * and, if it is not, closed again: last of all that can fail, after the bytes
 * and the structure, right before the mailbox is asked whether the message is
 * still to be had.  Another thread of the receiver can see them for that long.
 *
 * Locking: none is taken.
 * Context: everything here may sleep; fput() may do anything a close does, so
 * nothing here is called under a spinlock.
 */
#include <linux/err.h>
#include <linux/eventfd.h>
#include <linux/fdtable.h>
#include <linux/file.h>
#include <linux/magic.h>
#include <linux/slab.h>
#include <linux/stat.h>
#include <linux/uaccess.h>

#include "compat.h"
#include "fds.h"
#include "limits.h"

static struct kmem_cache *mbx_files_cache;

static bool mbx_is_eventfd(struct file *file)
{
	struct eventfd_ctx *ctx = eventfd_ctx_fileget(file);

	if (IS_ERR(ctx))
		return false;
	eventfd_ctx_put(ctx);
	return true;
}

/* A file of a file system that can be mounted, or memory: see above. */
static bool mbx_is_regular(const struct inode *inode)
{
	const struct super_block *sb = inode->i_sb;

	if (!S_ISREG(inode->i_mode) || sb->s_magic == NSFS_MAGIC)
		return false;
	return !(sb->s_flags & SB_NOUSER) || sb->s_magic == TMPFS_MAGIC;
}

/* THE list.  Why it is safe, and what each kind can hold, is argued above. */
static bool mbx_may_travel(struct file *file, mbx_is_sender_t *is_sender)
{
	const struct inode *inode = file_inode(file);

	if (file->f_mode & FMODE_PATH)
		return false;
	return mbx_is_regular(inode) || S_ISFIFO(inode->i_mode) ||
	       is_sender(file) || mbx_is_eventfd(file);
}

/* Fetch files until all are there; @files->n counts them. */
static int mbx_files_fetch(struct mbx_files *files, const int *fds, u32 n,
			   mbx_is_sender_t *is_sender)
{
	while (files->n < n) {
		/* Those of O_PATH are open, too: they are refused, not missed. */
		struct file *file = fget_raw(fds[files->n]);

		if (!file)
			return -EBADFD;
		files->file[files->n++] = file;
		if (!mbx_may_travel(file, is_sender))
			return -EPERM;
	}
	return 0;
}

static void mbx_files_put(struct mbx_files *files)
{
	while (files->n)
		fput(files->file[--files->n]);
	kmem_cache_free(mbx_files_cache, files);
}

/**
 * mbx_files_new() - the files of descriptors of the caller
 * @purse: whom to charge; stays until mbx_files_drop()
 * @from: the descriptors
 * @n: how many, at most MBOX_FDS_MAX
 * @is_sender: tells handles that may travel
 *
 * Return: the files, -EFAULT, -EBADFD, -EPERM, -ETOOMANYREFS, -EDQUOT or
 * -ENOMEM.
 */
struct mbx_files *mbx_files_new(struct mbx_purse *purse, const s32 __user *from,
				u32 n, mbx_is_sender_t *is_sender)
{
	int fds[MBOX_FDS_MAX], err;
	struct mbx_files *files;

	if (copy_from_user(fds, from, n * sizeof(*fds)))
		return ERR_PTR(-EFAULT);
	err = mbx_charge_fds(purse, n, sizeof(*files));
	if (err)
		return ERR_PTR(err);
	files = kmem_cache_alloc(mbx_files_cache, MBX_GFP);
	if (!files) {
		err = -ENOMEM;
		goto err_refund;
	}
	INIT_LIST_HEAD(&files->link);
	files->msg = NULL;
	files->sender = NULL;
	files->purse = purse;
	files->n = 0;
	files->installed = 0;
	err = mbx_files_fetch(files, fds, n, is_sender);
	if (err)
		goto err_put;
	return files;

err_put:
	mbx_files_put(files);
err_refund:
	mbx_refund_fds(purse, n, sizeof(*files));
	return ERR_PTR(err);
}

/* A security module may answer with any errno; ours is one. */
static int mbx_receive_error(int err)
{
	return err == -EMFILE || err == -ENOMEM ? err : -EACCES;
}

/**
 * mbx_files_install() - give the caller descriptors of the first files
 * @files: the files
 * @to: where their numbers go
 * @n: how many
 *
 * All of them or, with an error, none.
 *
 * Return: 0, -EMFILE, -EACCES, -ENOMEM or -EFAULT.
 */
int mbx_files_install(struct mbx_files *files, s32 __user *to, u32 n)
{
	int fd, err;

	while (files->installed < n) {
		u32 i = files->installed;

		fd = mbx_receive_fd(files->file[i], O_CLOEXEC);
		if (fd < 0) {
			err = mbx_receive_error(fd);
			goto err_uninstall;
		}
		files->fd[i] = fd;
		files->installed++;
		if (put_user(fd, &to[i])) {
			err = -EFAULT;
			goto err_uninstall;
		}
	}
	return 0;

err_uninstall:
	mbx_files_uninstall(files);
	return err;
}

/**
 * mbx_files_uninstall() - close the descriptors again: nothing was received
 * @files: the files
 *
 * A thread that knows nothing of them and has closed one meanwhile, and opened
 * another file of that number, loses this.
 */
void mbx_files_uninstall(struct mbx_files *files)
{
	while (files->installed)
		close_fd(files->fd[--files->installed]);
}

/**
 * mbx_files_drop() - the files are in flight no more
 * @files: the files of a message that is about to be dropped
 *
 * Who received them has references of his own.  The last close of a file is
 * left to the return to user space, or to a worker.
 */
void mbx_files_drop(struct mbx_files *files)
{
	struct mbx_purse *purse = files->purse;
	u32 n = files->n;

	mbx_files_put(files);
	mbx_refund_fds(purse, n, sizeof(*files));
}

/**
 * mbx_files_init() - make the cache
 *
 * Return: 0 or -ENOMEM.
 */
int mbx_files_init(void)
{
	mbx_files_cache = MBX_CACHE(mbx_files);
	return mbx_files_cache ? 0 : -ENOMEM;
}

/**
 * mbx_files_exit() - give the cache back; no message is left
 */
void mbx_files_exit(void)
{
	kmem_cache_destroy(mbx_files_cache);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * OPEN, COPY, UNLINK, DESTROY: who gets a handle on which mailbox, and
 * what ends a name or a mailbox.
 *
 * Locking: mbx_table.lock and mbx_box.lock, in this order.
 * Called by: chardev.c.
 */
#include <linux/anon_inodes.h>
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/fs_struct.h>
#include <linux/sched.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "args.h"
#include "chardev.h"
#include "compat.h"
#include "delay.h"
#include "fan.h"
#include "handle.h"
#include "line.h"
#include "names.h"
#include "owner.h"
#include "table.h"
#include "verbs.h"

/* A message and its overhead must be countable in 32 bits. */
#define MBX_MAX_SIZE SZ_1G

/**
 * struct mbx_opening - an OPEN, checked and fetched
 * @name: its name; empty: none
 * @name_len: bytes of it
 * @flags: MBOX_OPEN_*
 * @rights: MBOX_RIGHT_*
 * @owner: the owner to expect, with MBOX_OPEN_OWNED
 * @attr: of a new mailbox
 */
struct mbx_opening {
	char name[MBOX_NAME_SIZE];
	u32 name_len;
	u32 flags;
	u32 rights;
	kuid_t owner;
	struct mbx_attr attr;
};

/**
 * mbx_rights_of() - what the caller may do with a mailbox
 * @box: the mailbox
 * @has_cap: it has CAP_IPC_OWNER over the namespace
 *
 * Return: set of MBOX_RIGHT_*.
 */
u32 mbx_rights_of(const struct mbx_box *box, bool has_cap)
{
	umode_t mode = box->attr.mode;
	u32 rights = 0;

	if (has_cap)
		return MBX_RIGHTS;
	if (uid_eq(current_euid(), box->attr.uid)) {
		mode >>= 6;
		rights |= MBOX_RIGHT_ADMIN;
	} else if (in_egroup_p(box->attr.gid)) {
		mode >>= 3;
	}
	if (mode & 04)
		rights |= MBOX_RIGHT_RECV;
	if (mode & 02)
		rights |= MBOX_RIGHT_SEND;
	return rights;
}

static bool mbx_has_cap(const struct mbx_table *table)
{
	return ns_capable(table->user_ns, CAP_IPC_OWNER);
}

/* A capability is asked for only where nothing else helps: it is audited. */
static int mbx_check_rights(const struct mbx_box *box,
			    const struct mbx_table *table, u32 rights)
{
	u32 allowed = mbx_rights_of(box, false);
	u32 missing = rights & ~allowed;

	if (allowed && !missing)
		return 0;
	if (mbx_has_cap(table))
		return 0;
	return missing == MBOX_RIGHT_ADMIN ? -EPERM : -EACCES;
}

static bool mbx_is_name(const char *name, u32 len)
{
	u32 i;

	if (name[0] == '.')
		return false;
	for (i = 0; i < len; i++) {
		char c = name[i];

		if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
		      (c >= '0' && c <= '9') || c == '.' || c == '_' ||
		      c == '-'))
			return false;
	}
	return true;
}

static int mbx_fetch_name(struct mbx_opening *o, const struct mbox_open *a)
{
	memset(o->name, 0, sizeof(o->name));
	o->name_len = a->name_len;
	if (!a->name && !a->name_len)
		return a->flags & MBOX_OPEN_CREATE ? 0 : -EINVAL;
	if (!a->name || !a->name_len)
		return -EINVAL;
	if (a->name_len > MBOX_NAME_MAX)
		return -ENAMETOOLONG;
	if (copy_from_user(o->name, u64_to_user_ptr(a->name), a->name_len))
		return -EFAULT;
	return mbx_is_name(o->name, a->name_len) ? 0 : -EINVAL;
}

/* What becomes of a message for which there is no room, if CREATE does not say. */
static u32 mbx_policy_of(const struct mbox_open *a)
{
	if (a->policy)
		return a->policy;
	return a->attrs & MBOX_ATTR_BROADCAST ? MBOX_POLICY_DROP_OLDEST :
						MBOX_POLICY_BLOCK;
}

/* Combinations of attributes that have no meaning are refused (C12). */
static int mbx_check_attr(struct mbx_attr *attr, const struct mbox_open *a)
{
	u64 most = min_t(u64, READ_ONCE(mbx_mailbox_bytes), MBX_MAX_SIZE);
	u32 max_size = a->max_size;

	if ((a->mode & ~0666) || (a->attrs & ~MBX_ATTRS) ||
	    a->lifetime > MBOX_LIFETIME_OWNER ||
	    a->capacity > MBOX_CAPACITY_UNBOUNDED ||
	    a->policy > MBOX_POLICY_DROP_OLDEST)
		return -EINVAL;
	if (a->capacity == MBOX_CAPACITY_ZERO &&
	    (a->policy > MBOX_POLICY_BLOCK || (a->attrs & MBOX_ATTR_BROADCAST)))
		return -EINVAL;
	/* Whoever receives a descriptor has it alone. */
	if ((a->attrs & MBOX_ATTR_BROADCAST) && (a->attrs & MBOX_ATTR_FDS))
		return -EINVAL;
	if (a->capacity != MBOX_CAPACITY_BOUNDED &&
	    (a->max_messages || a->max_bytes))
		return -EINVAL;
	if (a->lifetime == MBOX_LIFETIME_PERSISTENT && !a->name)
		return -EINVAL;
	if ((a->attrs & MBOX_ATTR_FIXED) && !max_size)
		return -EINVAL;
	if (!max_size) {
		max_size = MBOX_DEFAULT_SIZE;
		if (a->max_bytes)
			max_size = min_t(u64, max_size, a->max_bytes);
	}
	if (max_size > most || (a->max_bytes && a->max_bytes < max_size))
		return -EINVAL;

	attr->bounds.max_messages = a->max_messages ?: U64_MAX;
	attr->bounds.max_bytes = a->max_bytes ?: U64_MAX;
	if (!a->max_messages && !a->max_bytes)
		attr->bounds.max_messages = MBOX_DEFAULT_MESSAGES;
	attr->max_size = max_size;
	attr->capacity = a->capacity;
	attr->lifetime = a->lifetime;
	attr->policy = mbx_policy_of(a);
	attr->attrs = a->attrs;
	attr->mode = a->mode & ~current_umask();
	attr->uid = current_euid();
	attr->gid = current_egid();
	if (mbx_fan_has_slots(attr) && attr->bounds.max_messages > MBX_FAN_MOST)
		return -EINVAL;
	return 0;
}

static int mbx_check_open(struct mbx_opening *o, const struct mbox_open *a)
{
	if ((a->flags & ~MBX_OPEN_FLAGS) || (a->rights & ~MBX_RIGHTS))
		return -EINVAL;
	o->flags = a->flags;
	o->rights = a->rights;
	/* An id that nobody has here is an owner that nobody is. */
	o->owner = make_kuid(current_user_ns(), a->uid);
	if (a->flags & MBOX_OPEN_CREATE)
		return mbx_check_attr(&o->attr, a);
	if ((a->flags & MBOX_OPEN_EXCL) || a->mode || a->lifetime ||
	    a->capacity || a->attrs || a->max_messages || a->max_bytes ||
	    a->max_size || a->policy)
		return -EINVAL;
	return 0;
}

static bool mbx_is_expected(const struct mbx_opening *o, kuid_t owner)
{
	return !(o->flags & MBOX_OPEN_OWNED) || uid_eq(o->owner, owner);
}

static struct mbx_box *mbx_create(const struct mbx_opening *o)
{
	struct mbx_purse *purse;
	struct mbx_box *box;

	if (!mbx_is_expected(o, o->attr.uid))
		return ERR_PTR(-EACCES);
	purse = mbx_purse_get();
	if (!purse)
		return ERR_PTR(-ENOMEM);
	box = mbx_box_new(&o->attr, purse, o->name, o->name_len);
	mbx_purse_put(purse);
	return box;
}

/*
 * The mailbox to open: an existing one that grants what is asked for, or a
 * new one that nobody sees yet (@is_new).
 */
static struct mbx_box *mbx_find_or_create(const struct mbx_opening *o,
					  struct mbx_table *table, bool *is_new)
{
	struct mbx_box *box;
	int err;

	box = o->name_len ? mbx_table_find(table, o->name) : ERR_PTR(-ENOENT);
	*is_new = box == ERR_PTR(-ENOENT) && (o->flags & MBOX_OPEN_CREATE);
	if (*is_new)
		return mbx_create(o);
	if (IS_ERR(box))
		return box;

	if (o->flags & MBOX_OPEN_EXCL)
		err = -EEXIST;
	else if (!mbx_is_expected(o, box->attr.uid))
		err = -EACCES;
	else
		err = mbx_check_rights(box, table, o->rights);
	if (!err)
		return box;
	mbx_box_put(box);
	return ERR_PTR(err);
}

/* A file for a handle; takes the handle over, also if it fails. */
static struct file *mbx_file_new(struct mbx_handle *h, u32 flags)
{
	struct file *file;
	int mode;

	switch (h->rights & (MBOX_RIGHT_SEND | MBOX_RIGHT_RECV)) {
	case MBOX_RIGHT_SEND | MBOX_RIGHT_RECV:
		mode = O_RDWR;
		break;
	case MBOX_RIGHT_SEND:
		mode = O_WRONLY;
		break;
	default:
		mode = O_RDONLY;
	}
	if (flags & MBOX_OPEN_NONBLOCK)
		mode |= O_NONBLOCK;
	file = anon_inode_getfile("[mbox]", &mbx_fops, h, mode | O_CLOEXEC);
	if (IS_ERR(file))
		mbx_handle_free(h);
	else
		stream_open(file_inode(file), file);
	return file;
}

/*
 * One try: the file of a new handle, counted, or an error.  -ESTALE: the
 * mailbox died, or another one got the name, between finding and opening.
 */
static struct file *mbx_try_open(const struct mbx_opening *o,
				 struct mbx_table *table, struct mbx_args *args)
{
	struct mbx_handle *h;
	struct mbx_box *box;
	struct file *file;
	bool is_new;
	int err;

	box = mbx_find_or_create(o, table, &is_new);
	if (IS_ERR(box))
		return ERR_CAST(box);
	h = mbx_handle_new(box, table, o->rights, o->flags & MBOX_OPEN_HANGUP);
	mbx_box_put(box);
	if (IS_ERR(h))
		return ERR_CAST(h);
	file = mbx_file_new(h, o->flags);
	if (IS_ERR(file))
		return file;

	args->open.uid = mbx_uid_shown(box->attr.uid);
	args->open.gid = mbx_gid_shown(box->attr.gid);
	err = mbx_args_put_members(args, open, uid, gid);
	if (err)
		goto err_put;

	mbx_delay(MBX_DELAY_BEFORE_ATTACH);
	err = mbx_handle_attach(h, o->name_len && !is_new);
	if (err)
		goto err_put;
	if (is_new && box->owner) {
		err = mbx_owner_watch(box, table);
		if (err)
			goto err_put;
	}
	if (is_new && o->name_len) {
		mbx_delay(MBX_DELAY_BEFORE_PUBLISH);
		err = mbx_table_add(table, box);
		if (err == -EEXIST && !(o->flags & MBOX_OPEN_EXCL))
			err = -ESTALE;
		if (err)
			goto err_put;
	}
	return file;

err_put:
	fput(file);
	return ERR_PTR(err);
}

/**
 * mbx_open() - MBOX_IOC_OPEN
 * @h: any handle: its table of names counts
 * @file: its file
 * @args: struct mbox_open
 *
 * Return: the descriptor or the errors of OPEN.
 */
long mbx_open(struct mbx_handle *h, struct file *file, struct mbx_args *args)
{
	struct mbx_opening o;
	struct file *new;
	int fd, err;

	err = mbx_check_open(&o, &args->open);
	if (!err)
		err = mbx_fetch_name(&o, &args->open);
	if (err)
		return err;

	fd = get_unused_fd_flags(O_CLOEXEC);
	if (fd < 0)
		return fd;
	do {
		new = mbx_try_open(&o, h->table, args);
		cond_resched();
	} while (new == ERR_PTR(-ESTALE) && !mbx_is_killed());
	if (IS_ERR(new)) {
		put_unused_fd(fd);
		return PTR_ERR(new);
	}
	fd_install(fd, new);
	return fd;
}

static struct mbx_handle *mbx_try_default(struct mbx_table *table, fmode_t mode)
{
	struct mbx_handle *h;
	struct mbx_box *box;
	u32 wanted = 0, granted;
	int err;

	box = mbx_table_default(table);
	if (IS_ERR(box))
		return ERR_CAST(box);
	if (mode & FMODE_READ)
		wanted |= MBOX_RIGHT_RECV;
	if (mode & FMODE_WRITE)
		wanted |= MBOX_RIGHT_SEND;
	granted = wanted & mbx_rights_of(box, false);
	if (granted != wanted && mbx_has_cap(table))
		granted = wanted;

	err = -EACCES;
	if (granted != wanted && wanted != (MBOX_RIGHT_RECV | MBOX_RIGHT_SEND))
		goto err_put_box;
	h = mbx_handle_new(box, table, 0, true);
	if (IS_ERR(h)) {
		err = PTR_ERR(h);
		goto err_put_box;
	}
	mbx_box_put(box);
	if (wanted == (MBOX_RIGHT_RECV | MBOX_RIGHT_SEND))
		h->later = granted;
	else
		h->rights = granted;
	err = mbx_handle_attach(h, true);
	if (err) {
		mbx_handle_free(h);
		return ERR_PTR(err);
	}
	return h;

err_put_box:
	mbx_box_put(box);
	return ERR_PTR(err);
}

/**
 * mbx_open_default() - plain open(): a handle on "default", with HANGUP (C6)
 * @mode: FMODE_READ and FMODE_WRITE
 *
 * What the mailbox's mode grants is found out now.  If both were asked for,
 * the handle gets it with the first read, write or poll.
 *
 * Return: the handle, -EACCES or -ENOMEM.
 */
struct mbx_handle *mbx_open_default(fmode_t mode)
{
	struct mbx_table *table = mbx_table_of_current();
	struct mbx_handle *h;

	do {
		h = mbx_try_default(table, mode);
	} while (h == ERR_PTR(-ESTALE));
	mbx_table_put(table);
	return h;
}

/**
 * mbx_copy_handle() - a new descriptor with rights of a handle
 * @h: the handle
 * @table: the names it sees
 * @rights: which
 * @flags: MBOX_OPEN_NONBLOCK or 0
 * @process: who alone may receive on it, or NULL
 *
 * Return: the descriptor or the errors of COPY.
 */
long mbx_copy_handle(struct mbx_handle *h, struct mbx_table *table, u32 rights,
		     u32 flags, struct pid *process)
{
	struct mbx_handle *copy;
	struct file *new;
	int fd, err;

	fd = get_unused_fd_flags(O_CLOEXEC);
	if (fd < 0)
		return fd;
	copy = mbx_handle_new(h->box, table, rights, h->end.is_wanted);
	if (IS_ERR(copy)) {
		err = PTR_ERR(copy);
		goto err_put_fd;
	}
	copy->process = get_pid(process);
	copy->is_special |= !!process;
	new = mbx_file_new(copy, flags);
	if (IS_ERR(new)) {
		err = PTR_ERR(new);
		goto err_put_fd;
	}
	err = mbx_handle_attach(copy, false);
	if (err)
		goto err_put_file;
	fd_install(fd, new);
	return fd;

err_put_file:
	fput(new);
err_put_fd:
	put_unused_fd(fd);
	return err;
}

/**
 * mbx_copy() - MBOX_IOC_COPY
 * @h: the handle to copy
 * @file: its file
 * @args: struct mbox_copy
 *
 * Return: the descriptor or the errors of COPY.
 */
long mbx_copy(struct mbx_handle *h, struct file *file, struct mbx_args *args)
{
	const struct mbox_copy *a = &args->copy;

	if ((a->flags & ~MBOX_OPEN_NONBLOCK) || (a->rights & ~MBX_RIGHTS) ||
	    a->__reserved)
		return -EINVAL;
	if (a->rights & ~READ_ONCE(h->rights))
		return -EACCES;
	return mbx_copy_handle(h, h->table, a->rights, a->flags, h->process);
}

static int mbx_check_remove(const struct mbx_handle *h,
			    const struct mbx_args *args)
{
	if (args->remove.flags)
		return -EINVAL;
	return READ_ONCE(h->rights) & MBOX_RIGHT_ADMIN ? 0 : -EPERM;
}

/**
 * mbx_unlink() - MBOX_IOC_UNLINK
 * @h: the handle
 * @file: its file
 * @args: struct mbox_remove
 *
 * Return: 0 or the errors of UNLINK.
 */
long mbx_unlink(struct mbx_handle *h, struct file *file, struct mbx_args *args)
{
	struct mbx_table *table = h->table;
	struct mbx_box *box = h->box;
	int err;

	err = mbx_check_remove(h, args);
	if (err)
		return err;

	mutex_lock(&table->lock);
	spin_lock(&box->lock);
	if (box->is_dead)
		err = -EIDRM;
	else if (!box->is_named)
		err = -ENOENT;
	else
		mbx_table_remove_locked(table, box);
	spin_unlock(&box->lock);
	mutex_unlock(&table->lock);
	if (err)
		return err;

	mbx_box_notice(box);
	mbx_box_put(box);
	return 0;
}

/**
 * mbx_destroy() - MBOX_IOC_DESTROY
 * @h: the handle
 * @file: its file
 * @args: struct mbox_remove
 *
 * Return: 0 or the errors of DESTROY.
 */
long mbx_destroy(struct mbx_handle *h, struct file *file, struct mbx_args *args)
{
	int err = mbx_check_remove(h, args);

	return err ?: mbx_table_destroy(h->table, h->box);
}

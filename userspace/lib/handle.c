// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Handles: made, copied and given up; and the end of a mailbox.
 *
 * A handle is allocated before the kernel is asked, so that nothing can fail
 * once a mailbox has been made.
 *
 * Locking: none; a handle never changes.  Called by programs.
 */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

static_assert(MBOX_SEND == MBOX_RIGHT_SEND, "rights are passed as they are");
static_assert(MBOX_RECV == MBOX_RIGHT_RECV, "rights are passed as they are");
static_assert(MBOX_ADMIN == MBOX_RIGHT_ADMIN, "rights are passed as they are");
static_assert(MBOX_BOUNDED == MBOX_CAPACITY_BOUNDED, "passed as it is");
static_assert(MBOX_RENDEZVOUS == MBOX_CAPACITY_ZERO, "passed as it is");
static_assert(MBOX_UNBOUNDED == MBOX_CAPACITY_UNBOUNDED, "passed as it is");

/* Each library flag and what it is in the kernel's interface. */
static const struct flag_pair {
	uint32_t lib;
	uint32_t kernel;
} open_flags[] = {
	{ MBOX_EXCL, MBOX_OPEN_EXCL },
	{ MBOX_NONBLOCK, MBOX_OPEN_NONBLOCK },
	{ MBOX_HANGUP, MBOX_OPEN_HANGUP },
};

static uint32_t open_flags_to_kernel(unsigned int flags)
{
	uint32_t kernel = 0;

	for (size_t i = 0; i < sizeof(open_flags) / sizeof(*open_flags); i++) {
		if (flags & open_flags[i].lib)
			kernel |= open_flags[i].kernel;
	}
	return kernel;
}

/* Nonzero if @flags has none but @known ones; else 0 with errno EINVAL. */
static int flags_are_known(unsigned int flags, unsigned int known)
{
	if (flags & ~known) {
		errno = EINVAL;
		return 0;
	}
	return 1;
}

static int attr_to_kernel(const struct mbox_attr *attr, struct mbox_open *arg)
{
	if (!flags_are_known(attr->flags, MBOX_PERSISTENT | MBOX_FIXED |
						  MBOX_TIMES | MBOX_FDS |
						  MBOX_OWNER | MBOX_BROADCAST))
		return -1;
	if (!mboxi_is_zero(attr->reserved, 4))
		return -1;

	switch (attr->flags & (MBOX_PERSISTENT | MBOX_OWNER)) {
	case MBOX_PERSISTENT:
		arg->lifetime = MBOX_LIFETIME_PERSISTENT;
		break;
	case MBOX_OWNER:
		arg->lifetime = MBOX_LIFETIME_OWNER;
		break;
	case MBOX_PERSISTENT | MBOX_OWNER:
		errno = EINVAL;
		return -1;
	}
	if (attr->flags & MBOX_FIXED)
		arg->attrs |= MBOX_ATTR_FIXED;
	if (attr->flags & MBOX_TIMES)
		arg->attrs |= MBOX_ATTR_TIMES;
	if (attr->flags & MBOX_FDS)
		arg->attrs |= MBOX_ATTR_FDS;
	if (attr->flags & MBOX_BROADCAST)
		arg->attrs |= MBOX_ATTR_BROADCAST;
	arg->capacity = attr->capacity;
	arg->max_messages = attr->max_messages;
	arg->max_bytes = attr->max_bytes;
	arg->max_size = attr->max_size;
	arg->policy = attr->policy;
	return 0;
}

uint32_t mboxi_attr_flags(uint32_t lifetime, uint32_t attrs)
{
	uint32_t flags = 0;

	if (lifetime == MBOX_LIFETIME_PERSISTENT)
		flags |= MBOX_PERSISTENT;
	if (lifetime == MBOX_LIFETIME_OWNER)
		flags |= MBOX_OWNER;
	if (attrs & MBOX_ATTR_FIXED)
		flags |= MBOX_FIXED;
	if (attrs & MBOX_ATTR_TIMES)
		flags |= MBOX_TIMES;
	if (attrs & MBOX_ATTR_FDS)
		flags |= MBOX_FDS;
	if (attrs & MBOX_ATTR_BROADCAST)
		flags |= MBOX_BROADCAST;
	return flags;
}

static void set_name(struct mbox_open *arg, const char *name)
{
	if (!name)
		return;
	/* One byte more than may be is enough for ENAMETOOLONG. */
	arg->name = (uintptr_t)name;
	arg->name_len = strnlen(name, MBOX_NAME_SIZE);
}

struct mbox *mboxi_handle_from(int fd, unsigned long request, void *arg)
{
	struct mbox *mb = malloc(sizeof(*mb));

	if (!mb)
		return NULL;
	mb->fd = mboxi_ioctl(fd, request, arg);
	if (mb->fd < 0) {
		free(mb);
		return NULL;
	}
	return mb;
}

static struct mbox *handle_open(struct mbox_open *arg)
{
	struct mbox *mb;
	int device;

	device = mboxi_device_open();
	if (device < 0)
		return NULL;
	mb = mboxi_handle_from(device, MBOX_IOC_OPEN, arg);
	mboxi_close(device);
	return mb;
}

struct mbox *mbox_create(const char *name, unsigned int flags, mode_t mode,
			 const struct mbox_attr *attr)
{
	struct mbox_open arg = { .size = sizeof(arg) };

	if (!flags_are_known(flags, MBOXI_RIGHTS | MBOX_EXCL | MBOX_NONBLOCK |
					    MBOX_HANGUP))
		return NULL;
	if (attr && attr_to_kernel(attr, &arg))
		return NULL;
	arg.flags = MBOX_OPEN_CREATE | open_flags_to_kernel(flags);
	arg.rights = flags & MBOXI_RIGHTS;
	arg.mode = mode;
	set_name(&arg, name);
	return handle_open(&arg);
}

struct mbox *mbox_open(const char *name, unsigned int flags)
{
	struct mbox_open arg = { .size = sizeof(arg) };

	if (!flags_are_known(flags, MBOXI_RIGHTS | MBOX_NONBLOCK | MBOX_HANGUP))
		return NULL;
	arg.flags = open_flags_to_kernel(flags);
	arg.rights = flags & MBOXI_RIGHTS;
	set_name(&arg, name);
	return handle_open(&arg);
}

struct mbox *mbox_open_owned(const char *name, unsigned int flags, uid_t owner)
{
	struct mbox_open arg = { .size = sizeof(arg) };

	if (!flags_are_known(flags, MBOXI_RIGHTS | MBOX_NONBLOCK | MBOX_HANGUP))
		return NULL;
	arg.flags = MBOX_OPEN_OWNED | open_flags_to_kernel(flags);
	arg.rights = flags & MBOXI_RIGHTS;
	arg.uid = owner;
	set_name(&arg, name);
	return handle_open(&arg);
}

struct mbox *mbox_adopt(int fd)
{
	struct mbox_info info = { .size = sizeof(info) };
	struct mbox *mb;

	if (mboxi_ioctl(fd, MBOX_IOC_INFO, &info)) {
		/* Sockets and others have errnos of their own for this. */
		if (errno != EBADF)
			errno = ENOTTY;
		return NULL;
	}
	if (!info.abi) {
		errno = ENOTTY;
		return NULL;
	}
	mb = malloc(sizeof(*mb));
	if (mb)
		mb->fd = fd;
	return mb;
}

struct mbox *mbox_copy(struct mbox *mb, unsigned int flags)
{
	struct mbox_copy arg = { .size = sizeof(arg) };

	if (!flags_are_known(flags, MBOXI_RIGHTS | MBOX_NONBLOCK))
		return NULL;
	arg.flags = open_flags_to_kernel(flags);
	arg.rights = flags & MBOXI_RIGHTS;
	return mboxi_handle_from(mboxi_fd(mb), MBOX_IOC_COPY, &arg);
}

int mbox_fd(const struct mbox *mb)
{
	if (!mb)
		errno = EBADF;
	return mboxi_fd(mb);
}

void mbox_close(struct mbox *mb)
{
	int saved = errno;

	if (!mb)
		return;
	mboxi_close(mb->fd);
	free(mb);
	errno = saved;
}

int mbox_unlink(struct mbox *mb)
{
	struct mbox_remove arg = { .size = sizeof(arg) };

	return mboxi_ioctl(mboxi_fd(mb), MBOX_IOC_UNLINK, &arg);
}

int mbox_destroy(struct mbox *mb)
{
	struct mbox_remove arg = { .size = sizeof(arg) };

	return mboxi_ioctl(mboxi_fd(mb), MBOX_IOC_DESTROY, &arg);
}

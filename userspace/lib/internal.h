/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Inside libmbox: what a handle is, and the two ways to the kernel.
 *
 * Including both public headers here also proves that they do not clash:
 * constants with the same name must have the same value to compile.
 *
 * Locking: none.  Included by every file of the library and by nobody else.
 */
#ifndef MBOX_INTERNAL_H
#define MBOX_INTERNAL_H

#include <linux/mbox.h>

#include "mbox.h"

#define MBOXI_DEVICE "/dev/mbox"
#define MBOXI_RIGHTS (MBOX_SEND | MBOX_RECV | MBOX_ADMIN)

struct mbox {
	int fd; /* immutable */
};

/* A NULL handle is a closed descriptor: the kernel then says EBADF. */
static inline int mboxi_fd(const struct mbox *mb)
{
	return mb ? mb->fd : -1;
}

/* All of @reserved is zero, or 0 with errno EINVAL. */
int mboxi_is_zero(const uint64_t *reserved, size_t count);

/*
 * A new descriptor of /dev/mbox, or -1 with errno.  Not kept between calls:
 * opening fixes the network namespace, and the caller may change its own.
 */
int mboxi_device_open(void);

/* Closes @fd and leaves errno alone. */
void mboxi_close(int fd);

/* The only call of ioctl(): 0 or a descriptor, or -1 with errno. */
int mboxi_ioctl(int fd, unsigned long request, void *arg);

/* MBOX_PERSISTENT and so on, from what the kernel says. */
uint32_t mboxi_attr_flags(uint32_t lifetime, uint32_t attrs);

#endif /* MBOX_INTERNAL_H */

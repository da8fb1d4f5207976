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

/* The only call of ioctl(): 0, a descriptor or a number, or -1 with errno. */
int mboxi_ioctl(int fd, unsigned long request, void *arg);

/* A handle on what ioctl(@fd, @request, @arg) gives, or NULL with errno. */
struct mbox *mboxi_handle_from(int fd, unsigned long request, void *arg);

/* Fills a zeroed @arg; 0, or -1 with errno. */
int mboxi_send_arg(struct mbox_send *arg, const void *data, size_t len,
		   const struct mbox_send_options *options);
int mboxi_recv_arg(struct mbox_recv *arg, void *buf, size_t room,
		   const struct mbox_recv_options *options);

/* What a receive returns, when the kernel has returned @ret and filled @arg. */
ssize_t mboxi_received(const struct mbox_recv *arg, int ret,
		       struct mbox_message *message);

/* The kernel's lengths have 32 bits, and a result must fit a ssize_t. */
uint32_t mboxi_room(size_t room);

/* Fills a zeroed @arg; 0, or -1 with errno. */
int mboxi_reply_arg(struct mbox_reply *arg, uint64_t token, const void *data,
		    size_t len, const struct mbox_reply_options *options);

/* MBOX_PERSISTENT and so on, from what the kernel says. */
uint32_t mboxi_attr_flags(uint32_t lifetime, uint32_t attrs);

#endif /* MBOX_INTERNAL_H */

// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The way to the kernel: opening /dev/mbox, and the one call of ioctl().
 *
 * Locking: none.  Called by every other file of the library.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "internal.h"

int mboxi_device_open(void)
{
	int fd = open(MBOXI_DEVICE, O_RDWR | O_CLOEXEC);

	/*
	 * Without the module there is no node, or a stale one with nothing
	 * behind it.  ENOENT must go on to mean that a mailbox is missing,
	 * and ENXIO that a namespace has ended.
	 */
	if (fd < 0 && (errno == ENOENT || errno == ENXIO))
		errno = ENODEV;
	return fd;
}

void mboxi_close(int fd)
{
	int saved = errno;

	close(fd);
	errno = saved;
}

/* Whether a device of ours may give this answer, which is more than 0. */
static int is_answer(unsigned long request, const void *arg, int ret)
{
	switch (request) {
	case MBOX_IOC_OPEN:
	case MBOX_IOC_COPY:
	case MBOX_IOC_ENDPOINT:
		return 1;
	case MBOX_IOC_SENDV:
	case MBOX_IOC_RECVV:
		return (uint32_t)ret <= ((const struct mbox_batch *)arg)->count;
	default:
		return 0;
	}
}

int mboxi_ioctl(int fd, unsigned long request, void *arg)
{
	int ret = ioctl(fd, request, arg);

	/* A foreign device may know our number and answer what it likes. */
	if (ret > 0 && !is_answer(request, arg, ret)) {
		errno = ENOTTY;
		return -1;
	}
	return ret;
}

int mboxi_is_zero(const uint64_t *reserved, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (reserved[i]) {
			errno = EINVAL;
			return 0;
		}
	}
	return 1;
}

// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * From process to process: messages by process id, one's own endpoint, and the
 * walk over links, a page at a time.
 *
 * Locking: none; a walk belongs to one thread at a time.  Called by programs.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

#define PAGE_ENTRIES 32

struct mbox *mbox_endpoint(unsigned int flags)
{
	struct mbox_endpoint arg = { .size = sizeof(arg) };
	struct mbox *mb;
	int device;

	if (flags & ~(unsigned int)MBOX_NONBLOCK) {
		errno = EINVAL;
		return NULL;
	}
	if (flags & MBOX_NONBLOCK)
		arg.flags = MBOX_OPEN_NONBLOCK;
	device = mboxi_device_open();
	if (device < 0)
		return NULL;
	mb = mboxi_handle_from(device, MBOX_IOC_ENDPOINT, &arg);
	mboxi_close(device);
	return mb;
}

int mbox_send_to(struct mbox *mb, pid_t pid, const void *data, size_t len)
{
	return mbox_send_to_with(mb, pid, data, len, NULL);
}

int mbox_send_to_with(struct mbox *mb, pid_t pid, const void *data, size_t len,
		      const struct mbox_send_options *options)
{
	struct mbox_send arg = { 0 };
	struct mbox_direct direct = {
		.size = sizeof(direct),
		.pid = pid,
		.args = (uintptr_t)&arg,
	};

	if (mboxi_send_arg(&arg, data, len, options))
		return -1;
	/* It is a word about the link, not about the message. */
	direct.flags = arg.flags & MBOX_ONEWAY;
	arg.flags &= ~(uint32_t)MBOX_ONEWAY;
	return mboxi_ioctl(mboxi_fd(mb), MBOX_IOC_SEND_TO, &direct);
}

ssize_t mbox_recv_from(struct mbox *mb, pid_t pid, void *buf, size_t room)
{
	return mbox_recv_from_with(mb, pid, buf, room, NULL, NULL);
}

ssize_t mbox_recv_from_with(struct mbox *mb, pid_t pid, void *buf, size_t room,
			    const struct mbox_recv_options *options,
			    struct mbox_message *message)
{
	struct mbox_recv arg = { 0 };
	struct mbox_direct direct = {
		.size = sizeof(direct),
		.pid = pid,
		.args = (uintptr_t)&arg,
	};
	int ret;

	if (mboxi_recv_arg(&arg, buf, room, options))
		return -1;
	ret = mboxi_ioctl(mboxi_fd(mb), MBOX_IOC_RECV_FROM, &direct);
	return mboxi_received(&arg, ret, message);
}

/* -- Links ------------------------------------------------------------------ */

struct mbox_link_listing {
	int device;
	pid_t pid;
	int at_end;
	uint32_t count; /* entries in page */
	uint32_t next; /* the first of them not yet given out */
	uint64_t after; /* as far as the kernel has come */
	struct mbox_link_entry page[PAGE_ENTRIES];
};

struct mbox_link_listing *mbox_links_open(pid_t pid)
{
	struct mbox_link_listing *listing;

	if (pid < 0) {
		errno = EINVAL;
		return NULL;
	}
	listing = calloc(1, sizeof(*listing));
	if (!listing)
		return NULL;
	listing->pid = pid;
	listing->device = mboxi_device_open();
	if (listing->device < 0) {
		free(listing);
		return NULL;
	}
	return listing;
}

/* 1 with a page of at least one entry, 0 at the end, or -1 with errno. */
static int next_page(struct mbox_link_listing *listing)
{
	struct mbox_links arg = {
		.size = sizeof(arg),
		.entries = (uintptr_t)listing->page,
		.count = PAGE_ENTRIES,
		.entry_size = sizeof(listing->page[0]),
		.after = listing->after,
		.pid = listing->pid,
	};

	if (listing->at_end)
		return 0;
	if (mboxi_ioctl(listing->device, MBOX_IOC_LINKS, &arg))
		return -1;
	listing->count = arg.count;
	listing->next = 0;
	listing->after = arg.after;
	/* A link made later must not go on with a walk that has ended. */
	listing->at_end = !arg.count;
	return !listing->at_end;
}

int mbox_links_next(struct mbox_link_listing *listing, struct mbox_link *link)
{
	const struct mbox_link_entry *from;

	if (!listing || !link) {
		errno = listing ? EFAULT : EBADF;
		return -1;
	}
	if (listing->next == listing->count) {
		int ret = next_page(listing);

		if (ret <= 0)
			return ret;
	}

	from = &listing->page[listing->next++];
	memset(link, 0, sizeof(*link));
	link->id = from->id;
	link->sent = from->sent;
	link->peer_sent = from->peer_sent;
	link->pid = from->pid;
	link->peer = from->peer;
	link->flags = from->flags;
	return 1;
}

void mbox_links_close(struct mbox_link_listing *listing)
{
	int saved = errno;

	if (!listing)
		return;
	mboxi_close(listing->device);
	free(listing);
	errno = saved;
}

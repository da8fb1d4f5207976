// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The walk over the named mailboxes, a page at a time.
 *
 * The listing keeps the descriptor it began with, so that the walk stays in
 * one network namespace.
 *
 * Locking: none; a listing belongs to one thread at a time.  Called by
 * programs.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

#define PAGE_ENTRIES 32

struct mbox_listing {
	int device;
	int at_end;
	uint32_t count; /* entries in page */
	uint32_t next; /* the first of them not yet given out */
	char after[MBOX_NAME_SIZE]; /* the last name of the pages so far */
	struct mbox_list_entry page[PAGE_ENTRIES];
};

struct mbox_listing *mbox_list_open(void)
{
	struct mbox_listing *listing = calloc(1, sizeof(*listing));

	if (!listing)
		return NULL;
	listing->device = mboxi_device_open();
	if (listing->device < 0) {
		free(listing);
		return NULL;
	}
	return listing;
}

/* 1 with a page of at least one entry, 0 at the end, or -1 with errno. */
static int next_page(struct mbox_listing *listing)
{
	struct mbox_list arg = {
		.size = sizeof(arg),
		.entries = (uintptr_t)listing->page,
		.count = PAGE_ENTRIES,
		.entry_size = sizeof(listing->page[0]),
	};

	if (listing->at_end)
		return 0;
	memcpy(arg.after, listing->after, sizeof(arg.after));
	if (mboxi_ioctl(listing->device, MBOX_IOC_LIST, &arg))
		return -1;
	listing->count = arg.count;
	listing->next = 0;
	if (!arg.count) {
		/* A name made later must not begin the walk anew. */
		listing->at_end = 1;
		return 0;
	}
	memcpy(listing->after, listing->page[arg.count - 1].name,
	       sizeof(listing->after));
	return 1;
}

int mbox_list_next(struct mbox_listing *listing, struct mbox_name_entry *entry)
{
	const struct mbox_list_entry *from;

	if (!listing || !entry) {
		errno = listing ? EFAULT : EBADF;
		return -1;
	}
	if (listing->next == listing->count) {
		int ret = next_page(listing);

		if (ret <= 0)
			return ret;
	}

	from = &listing->page[listing->next++];
	memset(entry, 0, sizeof(*entry));
	entry->id = from->id;
	memcpy(entry->name, from->name, sizeof(entry->name));
	entry->uid = from->uid;
	entry->gid = from->gid;
	entry->mode = from->mode;
	entry->rights = from->rights;
	entry->messages = from->messages;
	entry->bytes = from->bytes;
	return 1;
}

void mbox_list_close(struct mbox_listing *listing)
{
	int saved = errno;

	if (!listing)
		return;
	mboxi_close(listing->device);
	free(listing);
	errno = saved;
}

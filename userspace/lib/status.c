// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Looking: a mailbox, who sleeps in it, and what the kernel offers.
 *
 * Locking: none.  Called by programs.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

int mbox_status(struct mbox *mb, struct mbox_status *status)
{
	struct mbox_stat arg = { .size = sizeof(arg) };

	if (!status) {
		errno = EFAULT;
		return -1;
	}
	if (mboxi_ioctl(mboxi_fd(mb), MBOX_IOC_STAT, &arg))
		return -1;

	memset(status, 0, sizeof(*status));
	status->id = arg.id;
	memcpy(status->name, arg.name, sizeof(status->name));
	status->uid = arg.uid;
	status->gid = arg.gid;
	status->mode = arg.mode;
	status->rights = arg.rights;
	status->capacity = arg.capacity;
	status->attr_flags = mboxi_attr_flags(arg.lifetime, arg.attrs);
	status->max_messages = arg.max_messages;
	status->max_bytes = arg.max_bytes;
	status->max_size = arg.max_size;
	status->handles = arg.handles;
	status->senders = arg.senders;
	status->receivers = arg.receivers;
	status->senders_waiting = arg.senders_waiting;
	status->receivers_waiting = arg.receivers_waiting;
	status->messages = arg.messages;
	status->bytes = arg.bytes;
	status->peak_messages = arg.peak_messages;
	status->charged = arg.charged;
	status->sent = arg.sent;
	status->received = arg.received;
	status->dropped = arg.dropped;
	status->search_steps = arg.search_steps;
	status->expired = arg.expired;
	status->policy = arg.policy;
	status->owner_pid = arg.owner_pid;
	status->slowest_pid = arg.slowest_pid;
	status->pending = arg.pending;
	status->missed = arg.missed;
	status->slowest_pending = arg.slowest_pending;
	return 0;
}

ssize_t mbox_waiters(struct mbox *mb, struct mbox_waiter_entry *waiters,
		     size_t room)
{
	struct mbox_stat arg = { .size = sizeof(arg) };
	struct mbox_waiter *page;
	size_t asked, count;
	ssize_t ret = -1;

	if (!waiters && room) {
		errno = EFAULT;
		return -1;
	}
	/*
	 * The kernel asks for ADMIN only where there is room.  Here the answer
	 * shall not depend on that, so at least one is asked for.
	 */
	asked = room ? room : 1;
	if (asked > MBOX_BATCH_MAX)
		asked = MBOX_BATCH_MAX;
	page = calloc(asked, sizeof(*page));
	if (!page)
		return -1;
	arg.waiters = (uintptr_t)page;
	arg.nwaiters = (uint32_t)asked;
	if (mboxi_ioctl(mboxi_fd(mb), MBOX_IOC_STAT, &arg))
		goto out;

	count = arg.nwaiters < room ? arg.nwaiters : room;
	for (size_t i = 0; i < count; i++) {
		memset(&waiters[i], 0, sizeof(waiters[i]));
		waiters[i].pid = page[i].pid;
		waiters[i].tid = page[i].tid;
		waiters[i].what = page[i].what;
		waiters[i].len = page[i].len;
	}
	ret = (ssize_t)count;
out:
	free(page);
	return ret;
}

/* Where a bucket ends, in ns. */
static uint64_t time_end(size_t bucket)
{
	if (bucket == MBOX_TIMES_BUCKETS - 1)
		return UINT64_MAX;
	return UINT64_C(1) << (MBOX_TIMES_SHIFT + bucket);
}

ssize_t mbox_times(struct mbox *mb, struct mbox_time_entry *times, size_t room)
{
	struct mbox_stat arg = { .size = sizeof(arg) };
	size_t count;

	if (!times && room) {
		errno = EFAULT;
		return -1;
	}
	if (mboxi_ioctl(mboxi_fd(mb), MBOX_IOC_STAT, &arg))
		return -1;
	if (!(arg.attrs & MBOX_ATTR_TIMES))
		return 0;

	count = room < MBOX_TIMES_BUCKETS ? room : MBOX_TIMES_BUCKETS;
	for (size_t i = 0; i < count; i++) {
		memset(&times[i], 0, sizeof(times[i]));
		times[i].from = i ? time_end(i - 1) : 0;
		times[i].to = time_end(i);
		times[i].messages = arg.times[i];
	}
	return (ssize_t)count;
}

int mbox_limits(struct mbox_limits *limits)
{
	struct mbox_info arg = { .size = sizeof(arg) };
	int device, ret;

	if (!limits) {
		errno = EFAULT;
		return -1;
	}
	device = mboxi_device_open();
	if (device < 0)
		return -1;
	ret = mboxi_ioctl(device, MBOX_IOC_INFO, &arg);
	mboxi_close(device);
	if (ret)
		return -1;

	memset(limits, 0, sizeof(*limits));
	limits->abi = arg.abi;
	limits->priority_max = arg.priority_max;
	limits->features = arg.features;
	limits->mailbox_bytes = arg.mailbox_bytes;
	limits->user_bytes = arg.user_bytes;
	limits->user_messages = arg.user_messages;
	limits->user_mailboxes = arg.user_mailboxes;
	limits->used_bytes = arg.used_bytes;
	limits->used_messages = arg.used_messages;
	limits->used_mailboxes = arg.used_mailboxes;
	limits->user_fds = arg.user_fds;
	limits->used_fds = arg.used_fds;
	limits->user_calls = arg.user_calls;
	limits->used_calls = arg.used_calls;
	return 0;
}

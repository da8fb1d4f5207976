// SPDX-License-Identifier: GPL-2.0-only
/*
 * The mailbox at work: messages that pass descriptors.
 *
 * They stand in a list beside the queue, mbx_box.with_files: those that are
 * accepted and not received, be they with a receiver that copies, and those of
 * senders in line.  Why they must go with the last RECV handle is argued in
 * fds.c, and that none of them is with a receiver then, in box.h.
 *
 * Locking: every function here is called with mbx_box.lock held, and neither
 * sleeps nor allocates, copies or frees.
 * Called by: send.c, recv.c, box.c, and line.c and line.h.
 */
#include "line.h"

/**
 * mbx_box_count_files() - a message with descriptors is accepted
 * @box: the mailbox
 * @files: its files
 */
void mbx_box_count_files(struct mbx_box *box, struct mbx_files *files)
{
	lockdep_assert_held(&box->lock);
	box->charged += sizeof(*files);
	files->sender = NULL;
	list_add_tail(&files->link, &box->with_files);
}

/**
 * mbx_box_discount_files() - a message with descriptors leaves
 * @box: the mailbox
 * @files: its files
 */
void mbx_box_discount_files(struct mbx_box *box, struct mbx_files *files)
{
	lockdep_assert_held(&box->lock);
	box->charged -= sizeof(*files);
	list_del_init(&files->link);
}

/**
 * mbx_box_take_files() - take a message that is queued and has descriptors
 * @box: the mailbox
 * @r: the receiver, in no line
 * @msg: the message
 *
 * Return: MBX_WITH_FILES, or -EMSGSIZE.
 */
int mbx_box_take_files(struct mbx_box *box, struct mbx_receiver *r,
		       struct mbx_msg *msg)
{
	lockdep_assert_held(&box->lock);
	if (!mbx_fits_receiver(r, msg->len, msg->nfds)) {
		mbx_tell_needed(r, msg);
		return -EMSGSIZE;
	}
	mbx_queue_remove(&box->queue, msg);
	mbx_box_give(box, r, msg);
	return MBX_WITH_FILES;
}

/**
 * mbx_box_close_some() - no RECV handle is left: end messages with descriptors
 * @box: the mailbox, not dead
 * @work: collects: what is dropped, and the room
 *
 * Those that were sent are dropped.  A sender that still waits, for room or for
 * its receipt, has its message back, with EPIPE.
 *
 * Return: true if the lock must be dropped before going on.
 */
bool mbx_box_close_some(struct mbx_box *box, struct mbx_work *work)
{
	struct mbx_files *files;
	struct mbx_sender *s;

	lockdep_assert_held(&box->lock);
	while (!box->recv_handles && !list_empty(&box->with_files)) {
		if (mbx_work_is_full(work))
			return true;
		work->steps++;
		files = list_first_entry(&box->with_files, struct mbx_files,
					 link);
		s = files->sender ?: files->msg->receipt;
		if (s) {
			mbx_box_give_up_sender(box, s, work);
			mbx_wait_finish(&s->waiter, -EPIPE, &work->wakes);
		} else {
			mbx_box_drop(box, files->msg, work);
			work->news |= MBX_FREED;
		}
	}
	return false;
}

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The mailbox: what it holds, who waits at it, and how a message gets from
 * one to the other.
 *
 * DOC: Lock order
 *
 *   mbx_table.lock          (mutex; table.c: which name is whose)
 *     mbx_box.lock          (spinlock; everything that moves in a mailbox)
 *   mbx_purses_lock         (spinlock, limits.c; alone)
 *
 * Under mbx_box.lock nothing is allocated, copied or freed, and at most
 * MBX_STEPS waiters or messages are handled at a time: what may take more
 * stops, and its caller drops the lock and comes again.
 *
 * DOC: Two lines and a queue
 *
 * A mailbox has a queue of messages it has accepted, a line of senders whose
 * message it has not (there is no room), and a line of receivers.
 *
 *  - Receivers stand in line only while the queue is empty: a message that
 *    is accepted goes to the first of them whose room it fits (hand-off), and
 *    into the queue only if there is none.
 *  - Senders stand in line only while the first of them does not fit: room
 *    that becomes free is theirs before anybody else's.
 *  - A sender who wants to know that its message was taken (SYNC, and every
 *    send to a mailbox of capacity 0) stands in a third line, of receipts,
 *    from when its message is accepted.
 *
 * DOC: Taking a message, in two steps
 *
 * A receiver takes a message under the lock (it is out of the queue, but
 * keeps its place: it still counts), copies it without, and finishes under
 * the lock.  Only then are receipt and room passed on.  If the copy fails,
 * the message is given back.  Meanwhile its sender may have withdrawn it,
 * or the mailbox may be destroyed; then the receiver drops what it copied.
 *
 * DOC: Life
 *
 * A mailbox is a kref: each handle and its name hold it.  It is live until
 * it dies, once, under its lock: by DESTROY, when its last handle goes and no
 * name keeps it, or when its name goes and it has no handle.  A dead one
 * accepts nothing, and its memory goes with the last reference.
 *
 * Called by: the verbs and handle.c; line.h has what is done with a mailbox.
 */
#ifndef MBX_BOX_H
#define MBX_BOX_H

#include <linux/kref.h>
#include <linux/list.h>
#include <linux/rbtree.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <uapi/linux/mbox.h>

#include "limits.h"
#include "msg.h"
#include "queue.h"
#include "wait.h"

/* Most waiters or messages handled under one hold of a lock (C36). */
#define MBX_STEPS 1024

/**
 * struct mbx_attr - what is fixed when a mailbox is created
 * @bounds: how much it holds, if bounded
 * @max_size: bytes in the largest message
 * @capacity: MBOX_CAPACITY_*
 * @lifetime: MBOX_LIFETIME_*
 * @attrs: MBOX_ATTR_*
 * @mode: permission bits
 * @uid: owner
 * @gid: group
 */
struct mbx_attr {
	struct mbx_bounds bounds;
	u32 max_size;
	u32 capacity;
	u32 lifetime;
	u32 attrs;
	umode_t mode;
	kuid_t uid;
	kgid_t gid;
};

/**
 * struct mbx_end - what a handle knows of coming to its end (HANGUP)
 * @is_wanted: the handle has HANGUP (immutable)
 * @has_seen: it has received something, or a sender was there when it was
 *	opened (protected by mbx_box.lock)
 * @opens: the mailbox's send_opens when it was opened (immutable)
 */
struct mbx_end {
	bool is_wanted;
	bool has_seen;
	u64 opens;
};

/**
 * struct mbx_sender - a sender that waits, on its stack
 * @waiter: how it sleeps; result 0: the message was accepted (taken, with
 *	@wants_receipt), else it is @msg again
 * @msg: its message, while it is the sender's to drop (protected by
 *	mbx_box.lock until READY)
 * @wants_receipt: wait until a receiver has taken it (immutable)
 */
struct mbx_sender {
	struct mbx_waiter waiter;
	struct mbx_msg *msg;
	bool wants_receipt;
};

/**
 * struct mbx_receiver - a receiver, on its stack
 * @waiter: how it sleeps; result 0: @msg was handed over
 * @end_link: in the mailbox's @enders or @not_yet, with HANGUP (protected by
 *	mbx_box.lock)
 * @msg: the message it has taken (protected by mbx_box.lock until READY)
 * @end: of its handle
 * @room: bytes of room (immutable)
 * @truncates: takes what fits (immutable)
 * @needed: with -EMSGSIZE: bytes of the message that did not fit (protected
 *	by mbx_box.lock until READY)
 * @drops: drop count when the message was taken
 */
struct mbx_receiver {
	struct mbx_waiter waiter;
	struct list_head end_link;
	struct mbx_msg *msg;
	struct mbx_end *end;
	u32 room;
	bool truncates;
	u32 needed;
	u64 drops;
};

/**
 * struct mbx_box - a mailbox
 * @refs: handles, and the name (atomic)
 * @id: number, unique while the module is loaded (immutable)
 * @attr: (immutable)
 * @purse: whom it is charged to, NULL: the module's own (immutable)
 * @name: with a terminating zero; empty if it never had one (immutable)
 * @name_node: in the table of names (protected by mbx_table.lock)
 *
 * @lock: see DOC: Lock order
 * @is_named: it is in the table (protected by @lock and mbx_table.lock: either
 *	to read, both to write; never becomes true again)
 * @is_dead: (protected by @lock; never becomes false again)
 * @queue: messages accepted, in the order to receive (protected by @lock)
 * @senders: line of struct mbx_sender: not accepted (protected by @lock)
 * @receipts: line of struct mbx_sender: accepted, not taken (protected by
 *	@lock)
 * @receivers: line of struct mbx_receiver (protected by @lock)
 * @enders: those of @receivers that have HANGUP and may be at their end, by
 *	end_link (protected by @lock)
 * @not_yet: those that have HANGUP and are not, until a sender comes or their
 *	handle receives something (protected by @lock)
 * @messages: accepted and not received, so also those being copied (protected
 *	by @lock)
 * @bytes: of @messages (protected by @lock)
 * @charged: kernel memory of @messages (protected by @lock)
 * @peak: most @messages ever (protected by @lock)
 * @last_id: id of the last message accepted (protected by @lock)
 * @sent: messages accepted, without those withdrawn (protected by @lock)
 * @received: messages received (protected by @lock)
 * @dropped: messages lost; no policy drops any yet (protected by @lock)
 * @steps: messages and waiters passed over in searches (protected by @lock)
 * @send_opens: how many SEND handles there ever were (protected by @lock)
 * @handles: open handles (protected by @lock)
 * @send_handles: those with SEND (protected by @lock)
 * @recv_handles: those with RECV (protected by @lock)
 * @senders_waiting: length of @senders and @receipts (protected by @lock)
 * @receivers_waiting: length of @receivers (protected by @lock)
 *
 * @readable: pollers of EPOLLIN; lives as long as the files that poll it
 * @writable: pollers of EPOLLOUT; likewise
 */
struct mbx_box {
	struct kref refs;
	u64 id;
	struct mbx_attr attr;
	struct mbx_purse *purse;
	struct rb_node name_node;
	char name[MBOX_NAME_SIZE];

	spinlock_t lock ____cacheline_aligned_in_smp;
	bool is_named;
	bool is_dead;
	struct mbx_queue queue;
	struct list_head senders;
	struct list_head receipts;
	struct list_head receivers;
	struct list_head enders;
	struct list_head not_yet;
	u64 messages;
	u64 bytes;
	u64 charged;
	u64 peak;
	u64 last_id;
	u64 sent;
	u64 received;
	u64 dropped;
	u64 steps;
	u64 send_opens;
	u32 handles;
	u32 send_handles;
	u32 recv_handles;
	u32 senders_waiting;
	u32 receivers_waiting;

	wait_queue_head_t readable;
	wait_queue_head_t writable;
};

/* What one hold of the lock has caused: struct mbx_work.news */
#define MBX_FREED 0x1 /* there may be room for a sender, or the end is near */
#define MBX_READABLE 0x2 /* tell the pollers of EPOLLIN */
#define MBX_WRITABLE 0x4 /* tell the pollers of EPOLLOUT */
#define MBX_CHANGED 0x8 /* tell all pollers: of hang-up or destruction */

/**
 * struct mbx_work - what is to be done when the lock is dropped
 * @news: set of MBX_FREED and so on
 * @steps: waiters and messages handled so far; MBX_STEPS is the most
 * @wakes: tasks to wake
 */
struct mbx_work {
	unsigned int news;
	unsigned int steps;
	struct mbx_wakes wakes;
};

/* Life, and the lock (box.c) */
struct mbx_box *mbx_box_new(const struct mbx_attr *attr,
			    struct mbx_purse *purse, const char *name,
			    u32 name_len);
void mbx_box_put(struct mbx_box *box);
void mbx_box_unlock_slowly(struct mbx_box *box, struct mbx_work *work)
	__releases(&box->lock);
void mbx_box_bury(struct mbx_box *box);
void mbx_box_notice(struct mbx_box *box);

int mbx_box_init(void);
void mbx_box_exit(void);

/**
 * mbx_work_is_full() - whether a hold of the lock has done enough
 * @work: what it has caused so far
 *
 * One more step may finish three waiters: a receiver without room for the
 * message of a sender that is let in, the one behind it, which gets it, and
 * the sender.
 *
 * Return: true if the lock must be dropped before going on.
 */
static inline bool mbx_work_is_full(const struct mbx_work *work)
{
	return work->steps >= MBX_STEPS || work->wakes.n > MBX_WAKES - 3;
}

/**
 * mbx_box_lock() - take the lock
 * @box: the mailbox
 * @work: collects what must be done when the lock is dropped
 */
static inline void mbx_box_lock(struct mbx_box *box, struct mbx_work *work)
	__acquires(&box->lock)
{
	work->news = 0;
	work->steps = 0;
	work->wakes.n = 0;
	spin_lock(&box->lock);
}

/**
 * mbx_is_polled() - whether anyone has to be told
 * @pollers: one of the two lists of a mailbox
 *
 * Between a change and this look at the list there must be a barrier.  It is
 * the mailbox lock: a poller enters the list and then takes the lock to look
 * at the mailbox, so if it did not see our change, our hold of the lock came
 * later, and we see it in the list.
 *
 * Return: true if someone may be in the list.
 */
static inline bool mbx_is_polled(struct wait_queue_head *pollers)
{
	/* The barrier is explained above. */
	return waitqueue_active(pollers);
}

/**
 * mbx_box_unlock() - drop the lock and do what was collected
 * @box: the mailbox; the caller keeps it alive
 * @work: what was collected
 *
 * Room that was freed goes to waiting senders first.  If that takes more than
 * one hold of the lock, it is dropped and taken again meanwhile.
 *
 * Context: May sleep.
 */
static inline void mbx_box_unlock(struct mbx_box *box, struct mbx_work *work)
	__releases(&box->lock)
{
	bool is_quiet = !work->wakes.n;

	/* A message in or out, and nobody waits for that: most of the time. */
	if (work->news == MBX_READABLE)
		is_quiet &= !mbx_is_polled(&box->readable);
	else if (work->news == MBX_FREED)
		is_quiet &= list_empty(&box->senders) &&
			    !mbx_is_polled(&box->writable) &&
			    (box->messages || box->send_handles);
	else
		is_quiet &= !work->news;
	if (likely(is_quiet))
		spin_unlock(&box->lock);
	else
		mbx_box_unlock_slowly(box, work);
}

#endif /* MBX_BOX_H */

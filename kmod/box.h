/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The mailbox: what it holds, who waits at it, and how a message gets from
 * one to the other.
 *
 * DOC: Lock order
 *
 *   mbx_table.lock          (mutex; table.c: which name is whose)
 *     mbx_box.lock          (spinlock; everything that moves in a mailbox)
 *       wait queue locks    (of poll, taken by the kernel)
 *       mbx_purses_lock     (spinlock, limits.c; innermost)
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
 * Called by: the verbs and handle.c.
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
 * @dropped: messages lost (protected by @lock)
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

/**
 * struct mbx_work - what one hold of the lock has caused; see mbx_box_unlock()
 * @wakes: tasks to wake
 * @steps: waiters and messages handled so far; MBX_STEPS is the most
 * @has_freed: there may be room for a waiting sender, or the end is reached
 * @is_readable: tell the pollers of EPOLLIN
 * @is_writable: tell the pollers of EPOLLOUT
 * @is_changed: tell all pollers: of hang-up, destruction, a new sender
 */
struct mbx_work {
	struct mbx_wakes wakes;
	unsigned int steps;
	bool has_freed;
	bool is_readable;
	bool is_writable;
	bool is_changed;
};

/* Life, and the lock (box.c) */
struct mbx_box *mbx_box_new(const struct mbx_attr *attr,
			    struct mbx_purse *purse, const char *name,
			    u32 name_len);
void mbx_box_put(struct mbx_box *box);
void mbx_box_lock(struct mbx_box *box, struct mbx_work *work);
void mbx_box_unlock(struct mbx_box *box, struct mbx_work *work);
void mbx_box_bury(struct mbx_box *box);
void mbx_box_orphan(struct mbx_box *box);
void mbx_box_hang_up(struct mbx_box *box);

/* Sending (line.c); the lock is held */
int mbx_box_accepts(const struct mbx_box *box);
bool mbx_box_has_turn(const struct mbx_box *box, u32 len);
bool mbx_box_is_over(const struct mbx_box *box, u32 len);
bool mbx_box_has_taker(struct mbx_box *box, u32 len);
bool mbx_box_refuse_small(struct mbx_box *box, u32 len, struct mbx_work *work);
void mbx_box_accept(struct mbx_box *box, struct mbx_msg *msg,
		    struct mbx_sender *receipt, struct mbx_work *work);
void mbx_box_line_up_sender(struct mbx_box *box, struct mbx_sender *s);
void mbx_box_give_up_sender(struct mbx_box *box, struct mbx_sender *s,
			    struct mbx_work *work);
bool mbx_box_admit(struct mbx_box *box, struct mbx_work *work);

/* Receiving (line.c); the lock is held */
int mbx_box_take(struct mbx_box *box, struct mbx_receiver *r);
void mbx_box_line_up_receiver(struct mbx_box *box, struct mbx_receiver *r,
			      struct mbx_work *work);
void mbx_box_give_up_receiver(struct mbx_box *box, struct mbx_receiver *r);
void mbx_box_finish(struct mbx_box *box, struct mbx_receiver *r,
		    struct mbx_work *work);
bool mbx_box_give_back(struct mbx_box *box, struct mbx_msg *msg,
		       struct mbx_work *work);
void mbx_box_may_end(struct mbx_box *box);
bool mbx_box_end_some(struct mbx_box *box, struct mbx_work *work);
bool mbx_box_turn_out(struct mbx_box *box, int err, bool receivers,
		      struct mbx_work *work);

/* What poll may say (line.c); the lock is held */
bool mbx_box_is_readable(const struct mbx_box *box);
bool mbx_box_is_writable(const struct mbx_box *box);
bool mbx_box_is_at_end(const struct mbx_box *box, const struct mbx_end *end);
bool mbx_box_is_unreachable(const struct mbx_box *box);

int mbx_box_init(void);
void mbx_box_exit(void);

#endif /* MBX_BOX_H */

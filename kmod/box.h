/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The mailbox: what it holds, who waits at it, and how a message gets from
 * one to the other.
 *
 * DOC: Lock order
 *
 *   mbx_table.lock          (mutex; table.c: which name is whose)
 *   mbx_direct_lock         (mutex; endpoint.c: which links there are)
 *     mbx_box.lock          (spinlock; everything that moves in a mailbox)
 *       mbx_graph_lock      (spinlock, graph.c; who waits for an answer)
 *       lock of mbx_box.readable  (notify.c: who is told by a signal)
 *     mbx_purses_lock       (spinlock, limits.c; none below it)
 *
 * What mbx_link.lock and mbx_processes_lock are held around stands where they
 * are: endpoint.h and proc.c.
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
 *  - Receivers stand in line only while nothing they want is queued: a message
 *    that is accepted goes to the first of them who wants it and whose room it
 *    fits (hand-off), and into the queue only if there is none.
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
 * DOC: Policies that drop
 *
 * In a mailbox whose policy drops nobody stands in the line of senders.  A
 * message that a receiver has taken takes no room any more: otherwise a
 * mailbox for the latest value would have to drop the new one while the old
 * one is being copied.  If it comes back, the mailbox holds more than its
 * bounds say until the next message comes.
 *
 * DOC: Broadcast
 *
 * In a broadcast mailbox every message is for every RECV handle.  It has a queue
 * and a line of senders as any other; receivers, and who has had what, are told
 * of in fan.h.
 *
 * DOC: Messages with descriptors
 *
 * They are there only while a RECV handle is open (fds.c says why).  All that
 * are accepted, and all that are with senders in line, stand in a list beside
 * the queue, so that those that must go when the last RECV handle is closed
 * are found without a walk.  None of them is with a receiver then: who
 * receives has the file of its handle open until it has finished.
 *
 * DOC: Life
 *
 * A mailbox is a kref: each handle and its name hold it.  It is live until
 * it dies, once, under its lock: by DESTROY, when its last handle goes and no
 * name keeps it, when its name goes and it has no handle, or with its owner
 * (owner.c; being watched holds it too).  A dead one
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

#include "fds.h"
#include "limits.h"
#include "msg.h"
#include "notify.h"
#include "proc.h"
#include "queue.h"
#include "wait.h"

struct mbx_table;

/* Most waiters or messages handled under one hold of a lock (C36). */
#define MBX_STEPS 1024

/**
 * struct mbx_attr - what is fixed when a mailbox is created
 * @bounds: how much it holds, if bounded
 * @max_size: bytes in the largest message
 * @capacity: MBOX_CAPACITY_*
 * @lifetime: MBOX_LIFETIME_*
 * @policy: MBOX_POLICY_*, never DEFAULT
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
	u32 policy;
	u32 attrs;
	umode_t mode;
	kuid_t uid;
	kgid_t gid;
};

/**
 * struct mbx_end - what a handle knows of coming to its end (HANGUP)
 * @sub: its subscription, in a broadcast mailbox, or NULL (immutable)
 * @is_wanted: the handle has HANGUP (immutable)
 * @has_seen: it has received something, or a sender was there when it was
 *	opened (protected by mbx_box.lock)
 * @opens: the mailbox's send_opens when it was opened (immutable)
 */
struct mbx_end {
	struct mbx_sub *sub;
	bool is_wanted;
	bool has_seen;
	u64 opens;
};

/**
 * struct mbx_ask - a message is offered to the receivers in line
 * @taker: who gets it, or NULL: nobody who waits (good for one hold of the
 *	mailbox lock)
 * @turn: the choosers up to this turn do not want it
 */
struct mbx_ask {
	struct mbx_receiver *taker;
	u64 turn;
};

/**
 * struct mbx_sender - a sender that waits, on its stack
 * @waiter: how it sleeps; result 0: the message was accepted (taken, with
 *	@wants_receipt), else it is @msg again
 * @msg: its message, while it is the sender's to drop (protected by
 *	mbx_box.lock until READY)
 * @ask: whom its message was offered to, when room was there for it (protected
 *	by mbx_box.lock until READY)
 * @call: the call it is part of, or NULL (immutable)
 * @wants_receipt: wait until a receiver has taken it (immutable)
 */
struct mbx_sender {
	struct mbx_waiter waiter;
	struct mbx_msg *msg;
	struct mbx_ask ask;
	struct mbx_call *call;
	bool wants_receipt;
};

/**
 * struct mbx_receiver - a receiver, on its stack
 * @waiter: how it sleeps; result 0: @msg was handed over
 * @chooser: in the mailbox's @choosers, with @choice, and then not in
 *	@receivers (protected by mbx_box.lock)
 * @turn: its number in line (protected by mbx_box.lock)
 * @end_link: in the mailbox's @enders or @not_yet, with HANGUP (protected by
 *	mbx_box.lock)
 * @msg: the message it has taken (protected by mbx_box.lock until READY)
 * @end: of its handle
 * @choice: what it wants, or NULL: whatever comes (immutable while it waits)
 * @args: what it asks for: the kernel's copy, on its stack (immutable)
 * @was_woken: in a broadcast mailbox: and has taken nothing yet; the receiver's
 *	own
 * @needed: with -EMSGSIZE: bytes of the message that did not fit (protected
 *	by mbx_box.lock until READY)
 * @needed_fds: with -EMSGSIZE: descriptors of that message (likewise)
 * @drops: drop count when the message was taken
 * @server: with a request: who answers it, or NULL: nobody can
 * @token: with @server: what to answer it with
 */
struct mbx_receiver {
	struct mbx_waiter waiter;
	struct rb_node chooser;
	u64 turn;
	struct list_head end_link;
	struct mbx_msg *msg;
	struct mbx_end *end;
	const struct mbx_choice *choice;
	const struct mbox_recv *args;
	bool was_woken;
	u32 needed;
	u32 needed_fds;
	u64 drops;
	struct mbx_server *server;
	u64 token;
};

/**
 * struct mbx_owner - the process that a mailbox of owner lifetime ends with
 * @death: the watch on it; what it holds see owner.c
 * @pid: the process (immutable, a reference)
 * @box: the mailbox (immutable while watched, a reference)
 * @table: where its name is (likewise)
 */
struct mbx_owner {
	struct mbx_death death;
	struct pid *pid;
	struct mbx_box *box;
	struct mbx_table *table;
};

/**
 * struct mbx_times - how long the messages that were received had lain there
 * @count: messages, by mbx_times_bucket() (protected by mbx_box.lock)
 */
struct mbx_times {
	u64 count[MBOX_TIMES_BUCKETS];
};

/**
 * struct mbx_fan - what a broadcast mailbox has besides (see fan.h)
 * @subs: its subscriptions, by @link (protected by mbx_box.lock)
 * @subs_n: how many (protected by mbx_box.lock)
 * @behind: one of those that stand behind the last message, or NULL (protected
 *	by mbx_box.lock)
 * @sleeping: those whose receivers wait, by @sleeping; told least of first
 *	(protected by mbx_box.lock)
 * @registered: the one through whose handle a thread has registered, while
 *	somebody is (see notify.h); or old, or NULL (protected by mbx_box.lock)
 */
struct mbx_fan {
	struct list_head subs;
	u32 subs_n;
	struct mbx_sub *behind;
	struct list_head sleeping;
	struct mbx_sub *registered;
};

/**
 * struct mbx_box - a mailbox
 * @refs: handles, and the name (atomic)
 * @id: number, unique while the module is loaded (immutable)
 * @attr: (immutable)
 * @purse: whom it is charged to, NULL: the module's own, or one that is buried
 *	(immutable until mbx_box_bury(), which alone looks at it then)
 * @owner: the process it ends with, or NULL (immutable)
 * @times: how long messages lay, with MBOX_ATTR_TIMES, or NULL (immutable)
 * @name: with a terminating zero; empty if it never had one (immutable)
 * @name_node: in the table of names (protected by mbx_table.lock)
 *
 * @lock: see DOC: Lock order
 * @is_named: it is in the table (protected by @lock and mbx_table.lock: either
 *	to read, both to write; becomes true once at most, before anybody else
 *	has a handle, so that whoever goes reads a false without a lock)
 * @is_dead: (protected by @lock; never becomes false again; who tells pollers
 *	reads it without)
 * @queue: messages accepted, in the order to receive (protected by @lock)
 * @senders: line of struct mbx_sender: not accepted (protected by @lock)
 * @receipts: line of struct mbx_sender: accepted, not taken (protected by
 *	@lock)
 * @receivers: line of struct mbx_receiver that take what comes (protected by
 *	@lock; the search for a deadlock looks without whether there is one)
 * @choosers: those that choose, by their turn (protected by @lock)
 * @enders: those of both that have HANGUP and may be at their end, by
 *	end_link (protected by @lock)
 * @not_yet: those that have HANGUP and are not, until a sender comes or their
 *	handle receives something (protected by @lock)
 * @with_files: struct mbx_files of messages accepted and not received, and of
 *	messages of @senders (protected by @lock)
 * @callers: struct mbx_call: their requests are taken, and not answered
 *	(protected by @lock)
 * @servers: struct mbx_server: who has received requests (protected by
 *	mbx_graph_lock)
 * @searched: number of the last search for a deadlock that has been here
 *	(protected by mbx_graph_lock)
 * @messages: accepted and not received, so also those being copied (protected
 *	by @lock)
 * @bytes: of @messages (protected by @lock)
 * @charged: kernel memory of @messages (protected by @lock)
 * @peak: most @messages ever (protected by @lock)
 * @last_id: id of the last message accepted (protected by @lock)
 * @sent: messages accepted, without those withdrawn (protected by @lock)
 * @received: messages received (protected by @lock)
 * @dropped: messages dropped by the policy, or with descriptors and without a
 *	receiver (protected by @lock)
 * @expired: calls whose deadline passed before their request was received
 *	(protected by @lock)
 * @taken: messages being copied that take no room, because the policy drops
 *	(protected by @lock)
 * @taken_bytes: of @taken (protected by @lock)
 * @steps: messages and waiters passed over in searches (protected by @lock)
 * @send_opens: how many SEND handles there ever were (protected by @lock)
 * @handles: open handles (protected by @lock)
 * @send_handles: those with SEND (protected by @lock)
 * @recv_handles: those with RECV (protected by @lock)
 * @senders_waiting: length of @senders and @receipts (protected by @lock)
 * @receivers_waiting: how many are in @receivers and @choosers (protected by
 *	@lock)
 * @callers_waiting: length of @callers (protected by @lock)
 * @turns: turns given to receivers so far (protected by @lock)
 * @filters: handles that have a filter (protected by @lock; who tells pollers
 *	reads it without: who sets a filter tells them itself, afterwards)
 * @fan: with MBOX_ATTR_BROADCAST (see there)
 *
 * @readable: pollers of EPOLLIN; lives as long as the files that poll it
 * @writable: pollers of EPOLLOUT; likewise
 * @told: who is told by a signal (see there)
 */
struct mbx_box {
	struct kref refs;
	u64 id;
	struct mbx_attr attr;
	struct mbx_purse *purse;
	struct mbx_owner *owner;
	struct mbx_times *times;
	struct rb_node name_node;
	char name[MBOX_NAME_SIZE];

	spinlock_t lock ____cacheline_aligned_in_smp;
	bool is_named;
	bool is_dead;
	struct mbx_queue queue;
	struct list_head senders;
	struct list_head receipts;
	struct list_head receivers;
	struct rb_root choosers;
	struct list_head enders;
	struct list_head not_yet;
	struct list_head with_files;
	struct list_head callers;
	struct list_head servers;
	u64 searched;
	u64 messages;
	u64 bytes;
	u64 charged;
	u64 peak;
	u64 last_id;
	u64 sent;
	u64 received;
	u64 dropped;
	u64 expired;
	u64 taken;
	u64 taken_bytes;
	u64 steps;
	u64 send_opens;
	u32 handles;
	u32 send_handles;
	u32 recv_handles;
	u32 senders_waiting;
	u32 receivers_waiting;
	u32 callers_waiting;
	u64 turns;
	u32 filters;
	struct mbx_fan fan;

	wait_queue_head_t readable;
	wait_queue_head_t writable;
	struct mbx_told told;
};

/* What one hold of the lock has caused: struct mbx_work.news */
#define MBX_FREED 0x1 /* there may be room for a sender, or the end is near */
#define MBX_READABLE 0x2 /* tell the pollers of EPOLLIN */
#define MBX_WRITABLE 0x4 /* tell the pollers of EPOLLOUT */
#define MBX_CHANGED 0x8 /* tell all pollers: of hang-up or destruction */
#define MBX_DROPPED 0x10 /* free what the policy has dropped */
#define MBX_HANDED 0x20 /* one went to a receiver who slept: SIGIO tells */
#define MBX_SIGNAL 0x40 /* send the signal of a registration */
#define MBX_FAN 0x80 /* subscriptions have moved, or are to be told */
#define MBX_MANY 0x100 /* more than one message, or room: tell all pollers */

/**
 * struct mbx_work - what is to be done when the lock is dropped
 * @news: set of MBX_FREED and so on
 * @steps: waiters and messages handled so far; MBX_STEPS is the most
 * @dropped: messages to free, with MBX_DROPPED
 * @wakes: tasks to wake
 * @signal: signal to send, with MBX_SIGNAL
 */
struct mbx_work {
	unsigned int news;
	unsigned int steps;
	struct list_head dropped;
	struct mbx_wakes wakes;
	struct mbx_signal signal;
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
 * mbx_box_broadcasts() - whether it is a broadcast mailbox
 * @box: the mailbox
 *
 * Return: true if so.
 */
static inline bool mbx_box_broadcasts(const struct mbx_box *box)
{
	return box->attr.attrs & MBOX_ATTR_BROADCAST;
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
 * mbx_box_die() - from now on, it is of no use to anybody
 * @box: the mailbox; mbx_box_bury() is what follows
 *
 * Context: The mailbox lock is held.
 */
static inline void mbx_box_die(struct mbx_box *box)
{
	lockdep_assert_held(&box->lock);
	/* Who tells pollers has dropped the lock. */
	WRITE_ONCE(box->is_dead, true);
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

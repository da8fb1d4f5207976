// SPDX-License-Identifier: GPL-2.0-only
/*
 * SENDV and RECVV: many messages in one system call.
 *
 * A batch is what as many SENDs or RECVs would be, one after the other, but it
 * goes in chunks: the messages of a chunk are made, or copied, without the
 * lock, and accepted, taken or finished under one hold of it.  What is not like
 * most messages goes alone, as SEND and RECV have it.
 *
 * What stops a chunk before its end is no error yet: the entry where it stopped
 * is the first of the next chunk, and fails there if it must.  So each is judged
 * when all before it have been sent or received.
 *
 * Locking: mbx_box.lock, by mbx_box_lock().
 * Called by: chardev.c.
 */
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sizes.h>
#include <linux/uaccess.h>

#include "args.h"
#include "choose.h"
#include "compat.h"
#include "delay.h"
#include "fetch.h"
#include "handle.h"
#include "line.h"
#include "verbs.h"

/* Messages in a chunk, and bytes after which it takes no more. */
#define MBX_CHUNK 32
#define MBX_CHUNK_BYTES SZ_64K

/**
 * struct mbx_batch - a batch, and how far it is
 * @h: the handle
 * @entries: where the entries lie
 * @entry_size: how far apart
 * @count: how many
 * @done: how many messages were sent or received
 * @min: for how many to wait
 * @flags: MBOX_REALTIME, for an entry that goes alone
 * @at: the deadline, likewise
 * @deadline: the same, in the kernel's own clock
 * @nowait: do not wait at all
 * @goes_singly: each message goes alone, whatever it is: into a mailbox without
 *	room or a broadcast mailbox, or out of a subscription, where it stays
 */
struct mbx_batch {
	struct mbx_handle *h;
	char __user *entries;
	u32 entry_size;
	u32 count;
	u32 done;
	u32 min;
	u32 flags;
	u64 at;
	struct mbx_deadline deadline;
	bool nowait;
	bool goes_singly;
};

/* @known is the size of an entry as we know it. */
static int mbx_batch_init(struct mbx_batch *b, struct mbx_handle *h,
			  const struct file *file, const struct mbox_batch *a,
			  u32 known)
{
	if ((a->flags & ~MBX_BATCH_FLAGS) || a->__reserved || !a->count ||
	    a->count > MBOX_BATCH_MAX || a->min > a->count ||
	    a->entry_size < known || a->entry_size > MBX_STRUCT_MAX ||
	    a->entry_size % sizeof(u64))
		return -EINVAL;
	b->h = h;
	b->entries = u64_to_user_ptr(a->entries);
	b->entry_size = a->entry_size;
	b->count = a->count;
	b->done = 0;
	b->min = a->min ?: 1;
	b->flags = a->flags & MBOX_REALTIME;
	b->at = a->deadline;
	b->nowait = mbx_is_nonblocking(file) || (a->flags & MBOX_NOWAIT);
	return mbx_deadline_set(&b->deadline, a->deadline, b->flags);
}

static void __user *mbx_batch_entry(const struct mbx_batch *b, u32 n)
{
	return b->entries + (size_t)n * b->entry_size;
}

/* Between two chunks.  Returns false if the batch is at its end. */
static bool mbx_batch_goes_on(const struct mbx_batch *b, int *err)
{
	if (*err || b->done == b->count)
		return false;
	cond_resched();
	if (mbx_is_killed())
		*err = -EINTR;
	return !*err;
}

/*
 * What the system call returns.  After the first message that is their number,
 * whatever ended the batch; the reason is written where the entry has its
 * result.  Where that cannot be written, the number says enough.
 */
static long mbx_batch_end(const struct mbx_batch *b, int err, size_t result)
{
	if (!b->done)
		return err;
	if (err == -ERESTARTSYS)
		err = -EINTR;
	if (err && b->done < b->count)
		put_user(err,
			 (s32 __user *)(mbx_batch_entry(b, b->done) + result));
	return b->done;
}

/* -- SENDV --------------------------------------------------------------- */

static __always_inline int mbx_fetch_send_entry(const struct mbx_batch *b,
						u32 n, struct mbox_send *a,
						u32 *nfds)
{
	u32 size;
	int err = mbx_fetch_send(a, &size, nfds, mbx_batch_entry(b, n));

	if (unlikely(err))
		return err;
	if (size > b->entry_size || (a->flags & ~MBX_SENDV_FLAGS) ||
	    a->deadline)
		return -EINVAL;
	/* Here it is an output. */
	a->result = 0;
	return 0;
}

/* Whether a message is waited for until a receiver has it, or passes files. */
static bool mbx_is_sent_alone(const struct mbx_batch *b,
			      const struct mbox_send *a, u32 nfds)
{
	return (a->flags & MBOX_SYNC) || nfds || b->goes_singly;
}

static int mbx_send_alone(struct mbx_batch *b, struct mbox_send *a, u32 nfds)
{
	int err;

	a->flags |= b->flags;
	a->deadline = b->at;
	if (nfds)
		err = mbx_send_files(b->h, a, nfds, b->nowait);
	else
		err = mbx_send_via(b->h, a, b->nowait);
	b->done += !err;
	return err;
}

/*
 * Accept the messages of a chunk, as many as need not wait.  Returns how many;
 * if not all, @err says why: -EAGAIN if the next one has to wait, or be dropped.
 */
static u32 mbx_accept_some(struct mbx_box *box, struct mbx_msg *const *made,
			   u32 n, int *err)
{
	struct mbx_ask ask = {};
	struct mbx_work work MBX_UNINIT;
	u32 i = 0, first;

	do {
		mbx_box_lock(box, &work);
		*err = mbx_box_accepts(box);
		for (first = i; !*err && i < n; i++) {
			struct mbx_msg *msg = made[i];

			if (!mbx_box_has_turn(box, msg->len)) {
				*err = -EAGAIN;
				break;
			}
			if (unlikely(mbx_box_is_over(box, msg->len))) {
				*err = -EDQUOT;
				break;
			}
			if (mbx_work_is_full(&work) ||
			    !mbx_box_find_taker(box, msg, &ask, &work))
				break;
			mbx_box_accept(box, msg, NULL, ask.taker, &work);
			ask.turn = 0;
			/* The next one makes that it is not alone there. */
			if (!ask.taker && unlikely(box->told.thread))
				mbx_box_notify(box, &work);
		}
		if (i - first > 1 && mbx_is_polled(&box->readable))
			work.news |= MBX_MANY;
		mbx_box_unlock(box, &work);
	} while (!*err && i < n);
	return i;
}

/*
 * Make a chunk of messages: their number, or 0 with @err or one that was sent.
 * When the first small one comes, memory for all that may follow is asked for
 * at once; @stocked is how far @made has some.
 */
static u32 mbx_make_some(struct mbx_batch *b, struct mbx_msg **made, int *err)
{
	u32 n = 0, bytes = 0, stocked = 0, nfds;
	u32 most = min_t(u32, b->count - b->done, MBX_CHUNK);
	struct mbox_send a MBX_UNINIT;
	bool may_stock = true;

	do {
		*err = mbx_fetch_send_entry(b, b->done + n, &a, &nfds);
		if (unlikely(*err))
			break;
		if (unlikely(mbx_is_sent_alone(b, &a, nfds))) {
			if (!n)
				*err = mbx_send_alone(b, &a, nfds);
			break;
		}
		if (unlikely(may_stock) && a.len <= MBX_SMALL) {
			may_stock = false;
			if (mbx_send_stock(b->h, made + n, most - n))
				stocked = most;
		}
		made[n] = mbx_send_make(b->h, &a, n < stocked ? made[n] : NULL);
		if (IS_ERR(made[n])) {
			*err = PTR_ERR(made[n]);
			if (n < stocked)
				made[n] = made[--stocked];
			break;
		}
		bytes += a.len;
		n++;
	} while (n < most && bytes < MBX_CHUNK_BYTES);
	if (unlikely(n < stocked))
		mbx_msg_drop_some(made + n, stocked - n);
	return n;
}

static int mbx_send_some(struct mbx_batch *b)
{
	struct mbx_msg *made[MBX_CHUNK] MBX_UNINIT;
	struct mbx_box *box = b->h->box;
	u32 n, next, accepted;
	int err;

	n = mbx_make_some(b, made, &err);
	if (unlikely(!n))
		return err;
	mbx_delay(MBX_DELAY_BEFORE_LOCK_SEND);
	for (next = 0, err = 0; !err && next < n;) {
		accepted = mbx_accept_some(box, made + next, n - next, &err);
		b->done += accepted;
		next += accepted;
		if (err == -EAGAIN) {
			err = mbx_send_made(box, made[next++], &b->deadline,
					    b->nowait);
			b->done += !err;
		}
	}
	if (unlikely(next < n))
		mbx_msg_drop_some(made + next, n - next);
	return err;
}

/**
 * mbx_sendv() - MBOX_IOC_SENDV
 * @h: the handle
 * @file: its file
 * @args: struct mbox_batch
 *
 * Return: how many messages were sent; or, if none, the errors of SEND.
 */
long mbx_sendv(struct mbx_handle *h, struct file *file, struct mbx_args *args)
{
	const struct mbox_batch *a = &args->batch;
	struct mbx_batch b MBX_UNINIT;
	int err;

	if (!(READ_ONCE(h->rights) & MBOX_RIGHT_SEND))
		return -EBADF;
	if (a->min)
		return -EINVAL;
	err = mbx_batch_init(&b, h, file, a, sizeof(struct mbox_send));
	if (err)
		return err;
	b.goes_singly = h->box->attr.capacity == MBOX_CAPACITY_ZERO ||
			mbx_box_broadcasts(h->box);
	do
		err = mbx_send_some(&b);
	while (mbx_batch_goes_on(&b, &err));
	return mbx_batch_end(&b, err, offsetof(struct mbox_send, result));
}

/* -- RECVV --------------------------------------------------------------- */

/**
 * struct mbx_chunk_slot - an entry of RECVV
 * @to: where the bytes go
 * @room: how many there may be
 * @flags: of the entry
 */
struct mbx_chunk_slot {
	void __user *to;
	u32 room;
	u32 flags;
};

/**
 * struct mbx_chunk - a chunk of RECVV
 * @msg: the messages it has taken
 * @slot: its entries
 */
struct mbx_chunk {
	struct mbx_msg *msg[MBX_CHUNK];
	struct mbx_chunk_slot slot[MBX_CHUNK];
};

static int mbx_fetch_recv_entry(const struct mbx_batch *b, u32 n,
				struct mbox_recv *a)
{
	u32 size;
	int err = mbx_fetch_recv(a, &size, mbx_batch_entry(b, n));

	if (err)
		return err;
	if (size > b->entry_size || (a->flags & ~MBX_RECVV_FLAGS) ||
	    a->deadline)
		return -EINVAL;
	if (a->select | a->select_value)
		return mbx_check_selection(a->select, a->select_value, false);
	return 0;
}

static int mbx_recv_alone(struct mbx_batch *b, struct mbox_recv *a, bool nowait)
{
	int err;

	a->flags |= b->flags;
	a->deadline = b->at;
	err = mbx_recv_chosen(b->h, a, mbx_batch_entry(b, b->done), NULL,
			      nowait);
	b->done += !err;
	return err;
}

/* mbx_recv_alone() for the first entry of a chunk, which is as most are. */
static noinline int mbx_recv_first(struct mbx_batch *b,
				   const struct mbx_chunk *c, bool nowait)
{
	struct mbox_recv a = {
		.data = (uintptr_t)c->slot[0].to,
		.len = c->slot[0].room,
		.flags = c->slot[0].flags,
	};

	return mbx_recv_alone(b, &a, nowait);
}

/*
 * Fetch entries that are as most are, up to the first that is not: of the size
 * we know, with nothing to choose and no descriptors.  Returns how many.
 */
static u32 mbx_fetch_plain(const struct mbx_batch *b, struct mbx_chunk *c,
			   u32 most)
{
	const struct mbox_recv __user *e = mbx_batch_entry(b, b->done);
	/* Not by its index: no check of that may be called in here. */
	struct mbx_chunk_slot *slot = c->slot;
	u32 n = 0;

	if (!user_access_begin(e, (size_t)most * b->entry_size))
		return 0;
	for (; n < most; n++, slot++) {
		u64 to, deadline, value;
		u32 size, select, nfds;

		unsafe_get_user(size, &e->size, err_end);
		unsafe_get_user(slot->flags, &e->flags, err_end);
		unsafe_get_user(to, &e->data, err_end);
		unsafe_get_user(deadline, &e->deadline, err_end);
		unsafe_get_user(slot->room, &e->len, err_end);
		unsafe_get_user(select, &e->select, err_end);
		unsafe_get_user(value, &e->select_value, err_end);
		unsafe_get_user(nfds, &e->nfds, err_end);
		if (size != sizeof(*e) || select || nfds ||
		    (slot->flags & ~MBX_RECVV_FLAGS) || (deadline | value))
			break;
		slot->to = u64_to_user_ptr(to);
		e = (const void __user *)e + b->entry_size;
	}
err_end:
	user_access_end();
	return n;
}

/* Fetch a chunk of entries: their number, or 0 with @err or one received. */
static u32 mbx_fetch_slots(struct mbx_batch *b, struct mbx_chunk *c,
			   bool nowait, int *err)
{
	struct mbox_recv a;
	u32 n = 0;

	if (likely(!b->goes_singly))
		n = mbx_fetch_plain(b, c,
				    min_t(u32, b->count - b->done, MBX_CHUNK));
	if (likely(n))
		return n;
	*err = mbx_fetch_recv_entry(b, b->done, &a);
	if (*err)
		return 0;
	if (a.select || a.nfds || b->goes_singly) {
		*err = mbx_recv_alone(b, &a, nowait);
		return 0;
	}
	c->slot[0].to = u64_to_user_ptr(a.data);
	c->slot[0].room = a.len;
	c->slot[0].flags = a.flags;
	return 1;
}

/*
 * Take a message for each slot, as many as are there.  Returns how many.  If
 * there is none, @err says why: -EINPROGRESS if the first has to go alone.
 */
static u32 mbx_take_some(struct mbx_handle *h, struct mbx_chunk *c, u32 n,
			 struct mbx_receiver *r, int *err)
{
	struct mbx_box *box = h->box;
	struct mbox_recv args MBX_UNINIT;
	u32 i;

	r->args = &args;
	args.nfds = 0;
	spin_lock(&box->lock);
	*err = unlikely(box->is_dead) ? -EIDRM : 0;
	/* Who chooses looks at each message, perhaps at many. */
	if (unlikely(h->is_special))
		*err = -EINPROGRESS;
	for (i = 0; !*err && i < n; i++) {
		struct mbx_msg *msg = mbx_queue_first(&box->queue);

		if (!msg) {
			*err = mbx_box_has_nothing(box, r);
			break;
		}
		/*
		 * Its sender may withdraw it, while others are copied; and files
		 * are installed last of all.
		 */
		if (unlikely(msg->receipt || msg->nfds)) {
			*err = -EINPROGRESS;
			break;
		}
		args.len = c->slot[i].room;
		args.flags = c->slot[i].flags;
		*err = mbx_box_take_this(box, r, msg);
		if (*err)
			break;
		c->msg[i] = msg;
	}
	spin_unlock(&box->lock);
	return i;
}

/* Copy a chunk of messages.  Returns how many; if not all, with @err. */
static u32 mbx_copy_some(const struct mbx_batch *b, const struct mbx_chunk *c,
			 u32 n, u64 drops, int *err)
{
	u32 i;

	for (i = 0; i < n; i++) {
		mbx_delay(MBX_DELAY_WHILE_COPYING);
		*err = mbx_copy_out(c->msg[i], drops, c->slot[i].to,
				    c->slot[i].room,
				    mbx_batch_entry(b, b->done + i));
		if (unlikely(*err))
			break;
	}
	/* As with RECV, who is killed has received what it has taken. */
	return *err && mbx_is_killed() ? n : i;
}

/* Finish a chunk of messages that were copied.  Returns 0 or -EIDRM. */
static int mbx_finish_some(struct mbx_box *box, struct mbx_chunk *c, u32 n,
			   struct mbx_receiver *r)
{
	struct mbx_work work MBX_UNINIT;
	int err = 0;
	u32 i;

	mbx_box_lock(box, &work);
	if (unlikely(box->is_dead))
		err = -EIDRM;
	for (i = 0; i < n; i++) {
		r->msg = c->msg[i];
		if (unlikely(err))
			mbx_box_forsake(box, r, &work);
		else
			mbx_box_finish(box, r, &work);
	}
	if (n > 1 && mbx_is_polled(&box->writable))
		work.news |= MBX_MANY;
	mbx_box_unlock(box, &work);
	mbx_msg_drop_some(c->msg, n);
	return err;
}

/* What there is to a message that did not fit; it passes no files. */
static int mbx_put_needed(struct mbox_recv __user *out, u32 len)
{
	if (put_user(len, &out->msg_len) || put_user(0, &out->msg_fds))
		return -EFAULT;
	return -EMSGSIZE;
}

static int mbx_recv_some(struct mbx_batch *b)
{
	struct mbx_chunk c MBX_UNINIT;
	struct mbx_receiver r MBX_UNINIT;
	bool nowait = b->nowait || b->done >= b->min;
	struct mbx_box *box = b->h->box;
	u32 n, copied, i;
	int err, end;

	n = mbx_fetch_slots(b, &c, nowait, &err);
	if (unlikely(!n))
		return err;
	r.end = &b->h->end;
	r.choice = NULL;
	n = mbx_take_some(b->h, &c, n, &r, &err);
	if (!n) {
		if (err == -EINPROGRESS || (err == -EAGAIN && !nowait))
			return mbx_recv_first(b, &c, nowait);
		if (err == -EMSGSIZE)
			err = mbx_put_needed(mbx_batch_entry(b, b->done),
					     r.needed);
		return err;
	}
	err = 0;
	copied = mbx_copy_some(b, &c, n, r.drops, &err);
	end = copied ? mbx_finish_some(box, &c, copied, &r) : 0;
	if (!end)
		b->done += copied;
	for (i = copied; i < n; i++) {
		r.msg = c.msg[i];
		err = mbx_settle_failed(box, &r, err);
	}
	return end ?: err;
}

/**
 * mbx_recvv() - MBOX_IOC_RECVV
 * @h: the handle
 * @file: its file
 * @args: struct mbox_batch
 *
 * Return: how many messages were received; or, if none, the errors of RECV.
 */
long mbx_recvv(struct mbx_handle *h, struct file *file, struct mbx_args *args)
{
	struct mbx_batch b MBX_UNINIT;
	int err;

	if (!(READ_ONCE(h->rights) & MBOX_RIGHT_RECV))
		return -EBADF;
	err = mbx_batch_init(&b, h, file, &args->batch,
			     sizeof(struct mbox_recv));
	if (err)
		return err;
	b.goes_singly = h->end.sub;
	do
		err = mbx_recv_some(&b);
	while (mbx_batch_goes_on(&b, &err));
	return mbx_batch_end(&b, err, offsetof(struct mbox_recv, result));
}

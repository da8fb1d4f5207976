// SPDX-License-Identifier: GPL-2.0-only
/*
 * One message: memory, bytes in, bytes out, and the only way out.
 *
 * Locking: none is taken; a message has one owner at a time (msg.h).
 * Context: everything here may sleep, and is called without a spinlock.
 */
#include <linux/err.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/uio.h>

#include "compat.h"
#include "fds.h"
#include "limits.h"
#include "msg.h"

/**
 * struct mbx_segment - one page of a long message, with the allocator's word
 * @next: the segment after it, or NULL
 * @data: bytes
 */
struct mbx_segment {
	struct mbx_segment *next;
	char data[PAGE_SIZE - 2 * sizeof(void *)];
};

#define MBX_SEGMENT_BYTES sizeof_field(struct mbx_segment, data)

/* The sizes a message comes in: how many bytes fit beside its head. */
static const struct {
	const char *name;
	u32 room;
} mbx_msg_kinds[] = {
	{ "mbx_msg_small", MBX_SMALL },
	{ "mbx_msg_1k", 1024 },
	{ "mbx_msg_4k", 4096 },
};

#define MBX_MSG_KINDS ARRAY_SIZE(mbx_msg_kinds)

static_assert(sizeof(struct mbx_msg) + MBX_SMALL + sizeof(void *) == 256);

#ifdef MBX_TEST
#define MBX_MSG_CTOR NULL
#else
#define MBX_MSG_CTOR mbx_no_merge
#endif

static struct kmem_cache *mbx_msg_caches[MBX_MSG_KINDS];
static struct kmem_cache *mbx_segment_cache;

static unsigned int mbx_msg_kind(u32 len)
{
	unsigned int kind = 0;

	while (kind < MBX_MSG_KINDS - 1 && len > mbx_msg_kinds[kind].room)
		kind++;
	return kind;
}

static __always_inline void mbx_msg_free(struct mbx_msg *msg)
{
	struct mbx_segment *s = msg->rest;
	unsigned int n = 0;

	while (s) {
		struct mbx_segment *next = s->next;

		kmem_cache_free(mbx_segment_cache, s);
		s = next;
		if (!(++n % 1024))
			cond_resched();
	}
	kmem_cache_free(mbx_msg_caches[mbx_msg_kind(msg->len)], msg);
}

static int mbx_msg_add_segments(struct mbx_msg *msg, u32 len)
{
	struct mbx_segment **end = &msg->rest;

	while (len) {
		struct mbx_segment *s;

		s = kmem_cache_alloc(mbx_segment_cache, MBX_GFP);
		if (!s)
			return -ENOMEM;
		s->next = NULL;
		*end = s;
		end = &s->next;
		len -= min_t(u32, len, MBX_SEGMENT_BYTES);
	}
	return 0;
}

/**
 * mbx_msg_charge_long() - mbx_msg_charge() for all but small messages
 * @len: its bytes
 *
 * Return: bytes.
 */
u32 mbx_msg_charge_long(u32 len)
{
	u32 room = mbx_msg_kinds[mbx_msg_kind(len)].room;

	return sizeof(struct mbx_msg) + room +
	       DIV_ROUND_UP(len - min(len, room), MBX_SEGMENT_BYTES) *
		       PAGE_SIZE;
}

/* What is so of every new message. */
static __always_inline void mbx_msg_prepare(struct mbx_msg *msg,
					    struct mbx_purse *purse, u32 len)
{
	msg->rest = NULL;
	msg->len = len;
	msg->sent_time = 0;
	msg->is_shared = false;
	msg->is_call = false;
	msg->nfds = 0;
	msg->purse = purse;
}

/* Memory for a message, which somebody has paid; NULL without memory. */
static __always_inline struct mbx_msg *mbx_msg_alloc(struct mbx_purse *purse,
						     u32 len)
{
	unsigned int kind = mbx_msg_kind(len);
	struct mbx_msg *msg;

	msg = kmem_cache_alloc(mbx_msg_caches[kind], MBX_GFP);
	if (!msg)
		return NULL;
	mbx_msg_prepare(msg, purse, len);
	if (unlikely(len > mbx_msg_kinds[kind].room) &&
	    mbx_msg_add_segments(msg, len - mbx_msg_kinds[kind].room)) {
		mbx_msg_free(msg);
		return NULL;
	}
	return msg;
}

/**
 * mbx_msg_new() - memory for a message, charged to a purse
 * @purse: whom to charge
 * @len: bytes
 *
 * The caller owns it, stamps it, and fills it; where it is and who waits for
 * it is set when a mailbox accepts it.
 *
 * Return: the message, -EDQUOT or -ENOMEM.
 */
struct mbx_msg *mbx_msg_new(struct mbx_purse *purse, u32 len)
{
	u32 charge = mbx_msg_charge(len);
	struct mbx_msg *msg;
	int err;

	err = mbx_charge_message(purse, charge);
	if (unlikely(err))
		return ERR_PTR(err);
	msg = mbx_msg_alloc(purse, len);
	if (unlikely(!msg)) {
		mbx_refund_message(purse, charge);
		return ERR_PTR(-ENOMEM);
	}
	return msg;
}

/**
 * mbx_msg_new_some() - memory for small messages, charged to a purse
 * @purse: whom to charge
 * @msgs: where to put them
 * @n: how many, all or none
 *
 * They are empty, and have the stamp of the current thread.  Their owner may set
 * @len to up to MBX_SMALL.
 *
 * Return: true; or false: that is more than there is of quota or memory.
 */
bool mbx_msg_new_some(struct mbx_purse *purse, struct mbx_msg **msgs, u32 n)
{
	u32 charge = mbx_msg_charge(0), i;
	struct mbx_stamp stamp;

	if (mbx_charge_messages(purse, n, (u64)n * charge))
		return false;
	if (!kmem_cache_alloc_bulk(mbx_msg_caches[0], MBX_GFP, n,
				   (void **)msgs)) {
		mbx_refund_messages(purse, n, charge);
		return false;
	}
	mbx_stamp_current(&stamp);
	mbx_stamp_pin_more(&stamp, n - 1);
	for (i = 0; i < n; i++) {
		mbx_msg_prepare(msgs[i], purse, 0);
		msgs[i]->stamp = stamp;
	}
	return true;
}

/**
 * mbx_msg_new_paid() - memory for an answer, which the caller has paid
 * @purse: whom that was charged to; its reference is the message's
 * @len: bytes, at most those that were paid
 *
 * It belongs to whoever makes it until the caller has it; ended before that
 * with mbx_msg_free_paid(), it pays nothing back.
 *
 * Return: the message or -ENOMEM.
 */
struct mbx_msg *mbx_msg_new_paid(struct mbx_purse *purse, u32 len)
{
	return mbx_msg_alloc(purse, len) ?: ERR_PTR(-ENOMEM);
}

/*
 * Walk over the bytes of a message piece by piece: @piece is where the next
 * @n bytes lie, for all of its first @todo bytes.
 */
#define mbx_msg_for_each_piece(msg, s, piece, n, todo)                         \
	for (s = (msg)->rest, piece = (msg)->data,                             \
	    n = min((todo), mbx_msg_kinds[mbx_msg_kind((msg)->len)].room);     \
	     n; piece = s ? s->data : NULL, s = s ? s->next : NULL, todo -= n, \
	    n = min_t(u32, todo, MBX_SEGMENT_BYTES))

/**
 * mbx_msg_fill_long() - mbx_msg_fill() for all but small messages
 * @msg: the message
 * @from: where its bytes lie
 *
 * Return: 0 or -EFAULT.
 */
int mbx_msg_fill_long(struct mbx_msg *msg, const void __user *from)
{
	u32 todo = msg->len, n;
	struct mbx_segment *s;
	char *piece;

	mbx_msg_for_each_piece(msg, s, piece, n, todo) {
		if (copy_from_user(piece, from, n))
			return -EFAULT;
		from += n;
	}
	return 0;
}

/**
 * mbx_msg_fill_iter() - fetch all bytes of a message
 * @msg: the message
 * @from: where its bytes lie
 *
 * Return: 0 or -EFAULT.
 */
int mbx_msg_fill_iter(struct mbx_msg *msg, struct iov_iter *from)
{
	u32 todo = msg->len, n;
	struct mbx_segment *s;
	char *piece;

	mbx_msg_for_each_piece(msg, s, piece, n, todo)
		if (copy_from_iter(piece, n, from) != n)
			return -EFAULT;
	return 0;
}

/**
 * mbx_msg_copy_long() - mbx_msg_copy() for more than a small message
 * @msg: the message
 * @to: where to
 * @len: how many, at most the message's
 *
 * Return: 0 or -EFAULT.
 */
int mbx_msg_copy_long(struct mbx_msg *msg, void __user *to, u32 len)
{
	struct mbx_segment *s;
	u32 n;
	char *piece;

	mbx_msg_for_each_piece(msg, s, piece, n, len) {
		if (copy_to_user(to, piece, n))
			return -EFAULT;
		to += n;
	}
	return 0;
}

/**
 * mbx_msg_copy_iter() - store the first bytes of a message
 * @msg: the message
 * @to: where to
 * @len: how many, at most the message's
 *
 * Return: 0 or -EFAULT.
 */
int mbx_msg_copy_iter(struct mbx_msg *msg, struct iov_iter *to, u32 len)
{
	struct mbx_segment *s;
	u32 n;
	char *piece;

	mbx_msg_for_each_piece(msg, s, piece, n, len)
		if (copy_to_iter(piece, n, to) != n)
			return -EFAULT;
	return 0;
}

/**
 * mbx_msg_free_paid() - end an answer that the caller did not get
 * @msg: the answer; its reference on its purse is the caller's of this again
 */
void mbx_msg_free_paid(struct mbx_msg *msg)
{
	mbx_stamp_put(&msg->stamp);
	mbx_msg_free(msg);
}

static void mbx_msg_free_last(struct mbx_msg *msg)
{
	struct mbx_purse *purse = msg->purse;
	u32 charge = mbx_msg_charge(msg->len);

	mbx_stamp_put(&msg->stamp);
	mbx_msg_free(msg);
	mbx_refund_message(purse, charge);
}

/**
 * mbx_msg_attach() - make a message pass files
 * @msg: the message, which its sender is making
 * @files: the files, the message's from now on
 */
void mbx_msg_attach(struct mbx_msg *msg, struct mbx_files *files)
{
	files->msg = msg;
	msg->files = files;
	msg->nfds = files->n;
}

/**
 * mbx_msg_put() - know a message no more, for one who shares it
 * @msg: the message
 *
 * The last one pays back its charge, gives back its stamp and frees its memory.
 */
void mbx_msg_put(struct mbx_msg *msg)
{
	if (unlikely(msg->is_shared) && !refcount_dec_and_test(&msg->refs))
		return;
	mbx_msg_free_last(msg);
}

/* How many of them are small, of one sender, without files, and not shared. */
static u32 mbx_msg_alike(struct mbx_msg *const *msgs, u32 n)
{
	const struct mbx_msg *first = msgs[0];
	u32 i;

	for (i = 0; i < n; i++)
		if (msgs[i]->len > MBX_SMALL || msgs[i]->is_shared ||
		    msgs[i]->nfds || msgs[i]->purse != first->purse ||
		    !mbx_stamp_is_same(&msgs[i]->stamp, &first->stamp))
			break;
	return i;
}

/**
 * mbx_msg_drop_some() - mbx_msg_drop() for many
 * @msgs: the messages
 * @n: how many
 */
void mbx_msg_drop_some(struct mbx_msg **msgs, u32 n)
{
	while (n) {
		struct mbx_purse *purse = msgs[0]->purse;
		u32 alike = mbx_msg_alike(msgs, n);

		if (alike) {
			mbx_stamp_put_some(&msgs[0]->stamp, alike);
			kmem_cache_free_bulk(mbx_msg_caches[0], alike,
					     (void **)msgs);
			mbx_refund_messages(purse, alike, mbx_msg_charge(0));
		} else {
			mbx_msg_drop(msgs[0]);
			alike = 1;
		}
		msgs += alike;
		n -= alike;
	}
}

/**
 * mbx_msg_drop() - end a message, for its owner
 * @msg: the message; if it was in a mailbox, it was taken out under the lock, so
 *	that nobody new can know it
 *
 * Its files are in flight no more.  The rest is as with mbx_msg_put().
 */
void mbx_msg_drop(struct mbx_msg *msg)
{
	if (unlikely(msg->nfds))
		mbx_files_drop(msg->files);
	mbx_msg_put(msg);
}

/**
 * mbx_msg_init() - make the caches
 *
 * Bytes of messages are copied from and to user space, so each cache has a
 * window for just them, which also keeps it from being merged.  In the module
 * that users load, a constructor keeps the allocator from clearing each object
 * first: all bytes that are ever copied out have been copied in.  (It keeps
 * init_on_free and the poison of slub_debug away, too; the test build goes
 * without it, so that these can speak.)
 *
 * Return: 0 or -ENOMEM.
 */
int mbx_msg_init(void)
{
	unsigned int i;

	for (i = 0; i < MBX_MSG_KINDS; i++) {
		u32 room = mbx_msg_kinds[i].room;

		mbx_msg_caches[i] = kmem_cache_create_usercopy(
			mbx_msg_kinds[i].name, sizeof(struct mbx_msg) + room, 0,
			SLAB_ACCOUNT, offsetof(struct mbx_msg, data), room,
			MBX_MSG_CTOR);
		if (!mbx_msg_caches[i])
			goto err_destroy;
	}
	mbx_segment_cache = kmem_cache_create_usercopy(
		"mbx_segment", sizeof(struct mbx_segment), 0, SLAB_ACCOUNT,
		offsetof(struct mbx_segment, data), MBX_SEGMENT_BYTES,
		MBX_MSG_CTOR);
	if (!mbx_segment_cache)
		goto err_destroy;
	return 0;

err_destroy:
	mbx_msg_exit();
	return -ENOMEM;
}

/**
 * mbx_msg_exit() - give the caches back; no message is left
 */
void mbx_msg_exit(void)
{
	unsigned int i;

	kmem_cache_destroy(mbx_segment_cache);
	for (i = 0; i < MBX_MSG_KINDS; i++)
		kmem_cache_destroy(mbx_msg_caches[i]);
}

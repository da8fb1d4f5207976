/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libmbox, the part for many messages at once.  Included by <mbox.h>, whose
 * rules hold here too; programs include that.
 */
#ifndef MBOX_BATCH_H
#define MBOX_BATCH_H

#ifndef MBOX_H
#error "include <mbox.h>"
#endif

/* Most messages of one call. */
#define MBOX_BATCH_MAX 1024

/* struct mbox_send_entry - one message of a batch, for mbox_sendv() */
struct mbox_send_entry {
	const void *data; /* the bytes; not looked at if len is 0 */
	size_t len; /* how many; 0 is a message too */
	uint64_t tag; /* any value; travels with the message */
	uint32_t priority; /* 0 to MBOX_PRIORITY_MAX; higher comes first */
	uint32_t flags; /* set of MBOX_SYNC, MBOX_URGENT */
	int error; /* out: why it was not sent; see mbox_sendv() */
	uint32_t reserved32; /* must be 0 */
	uint64_t reserved[2]; /* must be 0 */
};

/* struct mbox_recv_entry - room for one message of a batch, for mbox_recvv() */
struct mbox_recv_entry {
	void *buf; /* room for the message; not looked at if nothing is stored */
	size_t room; /* bytes of room */
	uint32_t flags; /* MBOX_TRUNCATE or 0 */
	uint32_t select; /* MBOX_SELECT_...: which messages */
	uint64_t select_value; /* the tag or process id; 0 with _ANY */
	int error; /* out: why nothing was received; see mbox_recvv() */
	uint32_t reserved32; /* must be 0 */
	uint64_t reserved[2]; /* must be 0 */
	struct mbox_message message; /* out: what is known of the message */
};

/* struct mbox_batch_options - for all messages of a batch */
struct mbox_batch_options {
	uint64_t deadline; /* absolute ns when not to wait any more, 0: none */
	uint32_t flags; /* set of MBOX_NOWAIT, MBOX_REALTIME */
	uint32_t min; /* mbox_recvv(): for how many to wait, 0: one */
	uint64_t reserved[4]; /* must be 0 */
};

/**
 * mbox_sendv() - send many messages in one system call
 * @mb: a handle with MBOX_SEND
 * @entries: the messages
 * @count: how many, 1 to MBOX_BATCH_MAX
 * @options: deadline and flags, or NULL: all zero
 *
 * As so many mbox_send_with(), one after the other, that have one deadline.
 * It ends with the first that fails.
 *
 * Context: sleeps as mbox_send() does, for each message; never with
 * MBOX_NOWAIT; no longer than the deadline.
 *
 * Return: how many messages have arrived: the first so many of @entries.  If
 * these are not all, @error of the entry behind them is the errno that says
 * why; in all other entries it is left alone.  -1 with errno if none has arrived:
 * those of mbox_send_with(), and
 *   EINVAL  a bad count or flag, or a reserved member is not 0
 *   ENOMEM  no memory, also here in the process
 */
MBOX_API ssize_t mbox_sendv(struct mbox *mb, struct mbox_send_entry *entries,
			    size_t count,
			    const struct mbox_batch_options *options);

/**
 * mbox_recvv() - receive many messages in one system call
 * @mb: a handle with MBOX_RECV
 * @entries: room for the messages
 * @count: for how many, 1 to MBOX_BATCH_MAX
 * @options: deadline, flags and min, or NULL: all zero
 *
 * Waits until @options->min messages have come, and receives each as it comes;
 * then takes what is there, up to @count.
 *
 * Context: sleeps while fewer than @options->min messages have come; never with
 * MBOX_NOWAIT; no longer than the deadline.
 *
 * Return: how many messages were received, into the first so many of @entries;
 * each has its length in @message.len, which with MBOX_TRUNCATE may be more than
 * its room.  If these are not all, @error of the entry behind them is the errno
 * that says why: EAGAIN if no more was there; in all other entries it is left
 * alone.  With EMSGSIZE @message.len of that entry says how long the message is.
 * -1 with errno if none was received: those of mbox_recv_with(), and
 *   EINVAL  a bad count, min or flag, or a reserved member is not 0
 *   ENOMEM  no memory, also here in the process; nothing was received
 */
MBOX_API ssize_t mbox_recvv(struct mbox *mb, struct mbox_recv_entry *entries,
			    size_t count,
			    const struct mbox_batch_options *options);

#endif /* MBOX_BATCH_H */

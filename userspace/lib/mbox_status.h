/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libmbox, the part that looks: messages, a mailbox and who sleeps in it, the
 * names there are, and the limits.  Included by <mbox.h>, whose rules hold here
 * too; programs include that.
 */
#ifndef MBOX_STATUS_H
#define MBOX_STATUS_H

#ifndef MBOX_H
#error "include <mbox.h>"
#endif

/* mbox_waiter_entry.what. */
#define MBOX_WAIT_SEND 1 /* a sender waits for room */
#define MBOX_WAIT_RECEIPT 2 /* a sender waits for its message to be taken */
#define MBOX_WAIT_RECV 3 /* a receiver waits for a message */
#define MBOX_WAIT_CALL 4 /* a caller waits for its request to be taken */
#define MBOX_WAIT_REPLY 5 /* a caller waits for the answer */

/* mbox_status.senders_waiting and receivers_waiting without MBOX_ADMIN. */
#define MBOX_HIDDEN 0xffffffffU

/* struct mbox_listing - a walk over the names; made by mbox_list_open(). */
struct mbox_listing;

/*
 * struct mbox_place - how far a walk with mbox_peek() has come
 *
 * All zeroes is the beginning.  What else is in it is only to be passed on.
 */
struct mbox_place {
	uint64_t place;
	uint32_t priority;
	uint32_t is_set;
	uint64_t reserved[2]; /* must be 0 */
};

/*
 * struct mbox_status - a mailbox at one moment, from mbox_status()
 *
 * At every moment sent = received + dropped + messages.  In a mailbox that is
 * MBOX_BROADCAST a message counts once, as received when no handle has still to
 * receive it.  slowest_pid opened a handle that is the furthest behind; with
 * MBOX_POLICY_BLOCK it holds all others back.  It is 0 if none is behind, if it
 * has ended or cannot be seen from here, and with MBOX_POLICY_DROP_NEWEST.
 */
struct mbox_status {
	uint64_t id; /* its number, unique while the module is loaded */
	char name[MBOX_NAME_SIZE]; /* its name; empty if it has none */
	uid_t uid; /* owner */
	gid_t gid; /* group */
	uint32_t mode; /* permission bits, r = receive, w = send */
	uint32_t rights; /* this handle's: MBOX_SEND, MBOX_RECV, MBOX_ADMIN */
	uint32_t capacity; /* MBOX_BOUNDED, MBOX_RENDEZVOUS or MBOX_UNBOUNDED */
	uint32_t attr_flags; /* of MBOX_PERSISTENT, _OWNER, _FIXED, _TIMES... */
	uint64_t max_messages; /* bound on messages, 0: none */
	uint64_t max_bytes; /* bound on bytes of messages, 0: none */
	uint32_t max_size; /* bytes in the largest message */
	uint32_t handles; /* open handles */
	uint32_t senders; /* open handles that may send */
	uint32_t receivers; /* open handles that may receive */
	uint32_t senders_waiting; /* senders, callers that sleep, or MBOX_HIDDEN */
	uint32_t receivers_waiting; /* receivers that sleep, or MBOX_HIDDEN */
	uint64_t messages; /* messages it holds */
	uint64_t bytes; /* bytes of messages it holds */
	uint64_t peak_messages; /* most messages it ever held */
	uint64_t charged; /* bytes of kernel memory they are charged for */
	uint64_t sent; /* messages accepted so far */
	uint64_t received; /* messages received so far */
	uint64_t dropped; /* messages accepted and lost, never received */
	uint64_t search_steps; /* messages and waiters passed over so far */
	uint32_t policy; /* MBOX_POLICY_..., never MBOX_POLICY_DEFAULT */
	pid_t owner_pid; /* MBOX_OWNER: its process; else, or not seen, 0 */
	pid_t slowest_pid; /* MBOX_BROADCAST, with MBOX_ADMIN: who is behind */
	uint64_t pending; /* MBOX_BROADCAST: messages this handle has not had */
	uint64_t missed; /* MBOX_BROADCAST: messages it was too slow for */
	uint64_t slowest_pending; /* messages that this handle has not had */
	uint64_t expired; /* calls whose deadline came before their server */
	uint64_t reserved[2]; /* 0 */
};

/* struct mbox_waiter_entry - one sleeping task, from mbox_waiters() */
struct mbox_waiter_entry {
	pid_t pid; /* its process, 0 if it cannot be seen from here */
	pid_t tid; /* its thread, likewise */
	uint32_t what; /* MBOX_WAIT_... */
	uint32_t len; /* bytes of the message it sends, or of the room it has */
	uint64_t reserved[2]; /* 0 */
};

/*
 * struct mbox_time_entry - messages that lay about as long, from mbox_times()
 *
 * They lay at least @from nanoseconds and less than @to, from when the mailbox
 * accepted them until their receiver had them.
 */
struct mbox_time_entry {
	uint64_t from; /* ns */
	uint64_t to; /* ns; UINT64_MAX: however long */
	uint64_t messages; /* how many */
	uint64_t reserved; /* 0 */
};

/* struct mbox_name_entry - one named mailbox, from mbox_list_next() */
struct mbox_name_entry {
	uint64_t id; /* the mailbox's number, as in struct mbox_status */
	char name[MBOX_NAME_SIZE]; /* its name */
	uid_t uid; /* owner */
	gid_t gid; /* group */
	uint32_t mode; /* permission bits */
	uint32_t rights; /* MBOX_SEND... that mbox_open() could get now */
	uint64_t messages; /* messages it holds */
	uint64_t bytes; /* bytes of messages it holds */
	uint64_t reserved[4]; /* 0 */
};

/* struct mbox_limits - what the kernel offers, from mbox_limits() */
struct mbox_limits {
	uint32_t abi; /* version of the kernel's interface */
	uint32_t priority_max; /* highest priority */
	uint64_t features; /* set of features, as in <linux/mbox.h> */
	uint64_t mailbox_bytes; /* most bytes one mailbox or message may have */
	uint64_t user_bytes; /* most kernel memory one user may have charged */
	uint64_t user_messages; /* most messages of one user that may wait */
	uint64_t user_mailboxes; /* most mailboxes that one user may have */
	uint64_t used_bytes; /* bytes charged to the caller's user now */
	uint64_t used_messages; /* messages charged to that user now */
	uint64_t used_mailboxes; /* mailboxes charged to that user now */
	uint64_t user_fds; /* most descriptors of one user in flight */
	uint64_t used_fds; /* descriptors in flight of that user now */
	uint64_t user_calls; /* most calls of one user that may be pending */
	uint64_t used_calls; /* calls of that user pending now */
	uint64_t reserved[4]; /* 0 */
};

/**
 * mbox_peek() - look at a message and leave it in the mailbox
 * @mb: a handle with MBOX_RECV
 * @buf: room for the message; not looked at if nothing is stored
 * @room: bytes of room
 * @flags: MBOX_TRUNCATE or 0
 * @place: how far a walk has come, which is moved on; NULL: no walk, the message
 *	that would be received next
 * @message: where to store what is known of the message, or NULL: not wanted
 *
 * A walk sees every message that was there all the time, once, in the order in
 * which they would be received; the message that was seen last may have gone.
 * Never waits, takes nothing, and gives no sender its receipt.
 *
 * Return: the bytes stored at @buf, which with MBOX_TRUNCATE may be fewer
 * than @message->len; or -1 with errno, and @place stays where it is
 *   EBADF      @mb is NULL, its descriptor was closed, or it lacks MBOX_RECV
 *   EMSGSIZE   the message is longer than @room; only @message->len is
 *              stored and tells how long
 *   EACCES     it is the endpoint of another process
 *   EINVAL     a bad flag, or a reserved member is not 0
 *   EAGAIN     there is no message, or none behind the place
 *   EIDRM      the mailbox was destroyed
 *   EFAULT     @buf points nowhere
 */
MBOX_API ssize_t mbox_peek(struct mbox *mb, void *buf, size_t room,
			   unsigned int flags, struct mbox_place *place,
			   struct mbox_message *message);

/**
 * mbox_status() - a mailbox at this moment
 * @mb: any handle; without MBOX_ADMIN the numbers of waiters are MBOX_HIDDEN
 *	and the process of MBOX_OWNER is 0
 * @status: where to store it
 *
 * Return: 0, or -1 with errno
 *   EBADF   @mb is NULL or its descriptor was closed
 *   EFAULT  @status is NULL
 *   EIDRM   the mailbox was destroyed
 */
MBOX_API int mbox_status(struct mbox *mb, struct mbox_status *status);

/**
 * mbox_waiters() - who sleeps in a mailbox
 * @mb: a handle with MBOX_ADMIN
 * @waiters: room for the entries
 * @room: number of entries there is room for; at most 1024 are stored
 *
 * Senders come first, then callers whose request was taken, then receivers,
 * each in their order.
 *
 * Return: the number of entries stored, or -1 with errno
 *   EBADF   @mb is NULL or its descriptor was closed
 *   EPERM   @mb lacks MBOX_ADMIN
 *   EFAULT  @waiters is NULL and @room is not 0
 *   EIDRM   the mailbox was destroyed
 *   ENOMEM  no memory
 */
MBOX_API ssize_t mbox_waiters(struct mbox *mb,
			      struct mbox_waiter_entry *waiters, size_t room);

/**
 * mbox_times() - how long messages lay in a mailbox until they were received
 * @mb: any handle
 * @times: room for the entries
 * @room: number of entries there is room for; 64 is always enough
 *
 * Counts all messages received so far, if the mailbox has MBOX_TIMES.  The
 * entries go from the shortest time on; each begins where the one before it
 * ends, and reaches to twice its time, but the last has no end.
 *
 * Return: the number of entries stored, 0 for a mailbox without MBOX_TIMES; or
 * -1 with errno
 *   EBADF   @mb is NULL or its descriptor was closed
 *   EFAULT  @times is NULL and @room is not 0
 *   EIDRM   the mailbox was destroyed
 */
MBOX_API ssize_t mbox_times(struct mbox *mb, struct mbox_time_entry *times,
			    size_t room);

/**
 * mbox_list_open() - begin a walk over the named mailboxes
 *
 * The walk shows those that the caller could open, sorted by name (bytewise).
 * A name that is there all the time is shown once.
 *
 * Return: a listing, to be ended by the caller with mbox_list_close(), or
 * NULL with an errno of every function that opens /dev/mbox.
 */
MBOX_API MBOX_MUST_CHECK struct mbox_listing *mbox_list_open(void);

/**
 * mbox_list_next() - the next named mailbox
 * @listing: the walk; not used by two threads at once
 * @entry: where to store it
 *
 * Return: 1 with *@entry stored, 0 at the end, or -1 with errno; then the
 * walk stands where it stood
 *   EBADF   @listing is NULL
 *   EFAULT  @entry is NULL
 *   ENOMEM  no memory
 *   ENXIO   the network namespace has ended
 */
MBOX_API int mbox_list_next(struct mbox_listing *listing,
			    struct mbox_name_entry *entry);

/**
 * mbox_list_close() - end a walk
 * @listing: the walk, or NULL: nothing happens
 *
 * Leaves errno alone.
 */
MBOX_API void mbox_list_close(struct mbox_listing *listing);

/**
 * mbox_limits() - what the kernel offers, and what the caller's user has used
 * @limits: where to store it
 *
 * Return: 0, or -1 with errno
 *   EFAULT  @limits is NULL
 * and those of every function that opens /dev/mbox.
 */
MBOX_API int mbox_limits(struct mbox_limits *limits);

#endif /* MBOX_STATUS_H */

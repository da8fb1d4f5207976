/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libmbox: mailboxes for programs, over the device /dev/mbox.
 *
 * This is the whole library: include it and link with -lmbox.  It takes no
 * locks and keeps no state of its own; a struct mbox is a descriptor and
 * nothing else.  It stands on its own: a C or C++ program may include
 * <linux/mbox.h> beside it, before or after, but never needs to.
 *
 * Rules that hold for every function
 *
 * - Errors: a function that returns a pointer returns NULL, one that returns
 *   a number returns -1, and errno says why.  A call that fails has done
 *   nothing.  mbox_explain() turns errno into a sentence.
 * - Threads: every function may be called by any number of threads at once,
 *   also with the same struct mbox, but mbox_close() must be the last call on
 *   it, and a struct mbox_listing belongs to one thread at a time.
 * - Sleeping: only mbox_send(), mbox_send_with(), mbox_recv() and
 *   mbox_recv_with() wait for others.  A signal ends the wait with EINTR, or
 *   is hidden by a restart if its handler was installed with SA_RESTART.
 * - A NULL struct mbox counts as a closed descriptor: EBADF.
 * - The bytes of a message are read and written by the kernel, so a pointer
 *   to them that points nowhere is EFAULT.  Names and structures are read and
 *   written by the library: NULL is answered as documented, any other pointer
 *   must be good.
 * - Times are absolute nanoseconds; see mbox_deadline_in().
 * - What is here has been here since 0.1, unless it says otherwise.
 * - Structures that the caller fills start as all zeroes, for instance
 *   ``struct mbox_attr attr = { .max_messages = 4 };``.  Zero is the default
 *   everywhere.  The reserved members must be zero.
 */
#ifndef MBOX_H
#define MBOX_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define MBOX_API __attribute__((visibility("default")))
#define MBOX_MUST_CHECK __attribute__((warn_unused_result))
#else
#define MBOX_API
#define MBOX_MUST_CHECK
#endif

/* Version of this header: text, and 0x00MMmmpp for #if. */
#define MBOX_VERSION "0.1.0"
#define MBOX_VERSION_NUMBER 0x000100

/*
 * Limits of the interface.  These have the same names and values in
 * <linux/mbox.h>, as do all constants below that are found in both.
 */
/* Longest name in bytes, without a terminating zero. */
#define MBOX_NAME_MAX 63
/* Room for the longest name and a terminating zero. */
#define MBOX_NAME_SIZE 64
/* Highest priority. */
#define MBOX_PRIORITY_MAX 32767
/* Bound and largest message of a mailbox where mbox_attr does not say. */
#define MBOX_DEFAULT_MESSAGES 16
#define MBOX_DEFAULT_SIZE 65536

/* Flags of mbox_create(), mbox_open(), mbox_open_owned(), mbox_copy(). */
#define MBOX_SEND 0x0001 /* right to send */
#define MBOX_RECV 0x0002 /* right to receive */
#define MBOX_ADMIN 0x0004 /* right to unlink, destroy and see waiters */
#define MBOX_EXCL 0x0010 /* mbox_create(): fail if the name is taken */
#define MBOX_NONBLOCK 0x0020 /* the descriptor has O_NONBLOCK */
#define MBOX_HANGUP 0x0040 /* report the end of all senders, as a pipe does */

/* mbox_attr.capacity: how much a mailbox holds before a sender must wait. */
#define MBOX_BOUNDED 0 /* max_messages and/or max_bytes */
#define MBOX_RENDEZVOUS 1 /* nothing: a send meets its receiver */
#define MBOX_UNBOUNDED 2 /* as much as the quotas allow */

/* mbox_attr.flags and mbox_status.attr_flags. */
#define MBOX_PERSISTENT 0x1 /* stays without handles, until removed */
#define MBOX_FIXED 0x2 /* every message is exactly max_size long */
#define MBOX_TIMES 0x4 /* messages carry the time they were sent */

/* mbox_send_options.flags and mbox_recv_options.flags. */
#define MBOX_NOWAIT 0x01 /* EAGAIN rather than wait; beats a deadline */
#define MBOX_REALTIME 0x02 /* the deadline is on CLOCK_REALTIME */
#define MBOX_SYNC 0x04 /* send: return when a receiver has taken it */
#define MBOX_URGENT 0x08 /* send: to the front of its priority */
#define MBOX_TRUNCATE 0x10 /* receive: take what fits, drop the rest */

/* mbox_waiter_entry.what. */
#define MBOX_WAIT_SEND 1 /* a sender waits for room */
#define MBOX_WAIT_RECEIPT 2 /* a sender waits for its message to be taken */
#define MBOX_WAIT_RECV 3 /* a receiver waits for a message */

/* mbox_status.senders_waiting and receivers_waiting without MBOX_ADMIN. */
#define MBOX_HIDDEN 0xffffffffU

/* struct mbox - a handle on a mailbox; made by mbox_create() and others. */
struct mbox;

/* struct mbox_listing - a walk over the names; made by mbox_list_open(). */
struct mbox_listing;

/*
 * struct mbox_attr - how a new mailbox shall be, for mbox_create()
 *
 * Bounded with max_messages and max_bytes 0 is MBOX_DEFAULT_MESSAGES.
 * max_size 0 is MBOX_DEFAULT_SIZE, or max_bytes where that is less.
 */
struct mbox_attr {
	uint32_t capacity; /* MBOX_BOUNDED, MBOX_RENDEZVOUS or MBOX_UNBOUNDED */
	uint32_t flags; /* set of MBOX_PERSISTENT, MBOX_FIXED, MBOX_TIMES */
	uint64_t max_messages; /* bound on messages, 0: none, if bounded */
	uint64_t max_bytes; /* bound on their bytes, 0: none, if bounded */
	uint32_t max_size; /* bytes in the largest message, or 0 */
	uint32_t reserved0; /* must be 0 */
	uint64_t reserved[4]; /* must be 0 */
};

/* struct mbox_send_options - how to send, for mbox_send_with() */
struct mbox_send_options {
	uint64_t tag; /* any value; travels with the message */
	uint64_t deadline; /* absolute ns when not to wait any more, 0: none */
	uint32_t priority; /* 0 to MBOX_PRIORITY_MAX; higher comes first */
	uint32_t flags; /* of MBOX_NOWAIT, _REALTIME, _SYNC, _URGENT */
	uint64_t reserved[4]; /* must be 0 */
};

/* struct mbox_recv_options - how to receive, for mbox_recv_with() */
struct mbox_recv_options {
	uint64_t deadline; /* absolute ns when not to wait any more, 0: none */
	uint32_t flags; /* set of MBOX_NOWAIT, MBOX_REALTIME, MBOX_TRUNCATE */
	uint32_t reserved0; /* must be 0 */
	uint64_t reserved[4]; /* must be 0 */
};

/*
 * struct mbox_message - what is known of a message, from mbox_recv_with()
 *
 * All but tag, len and priority is stamped by the kernel, and no sender can
 * forge it.  pid with start_time names a process for good.
 */
struct mbox_message {
	uint64_t id; /* the message's number in its mailbox, counted from 1 */
	uint64_t tag; /* the sender's tag */
	uint64_t start_time; /* when its process started, CLOCK_BOOTTIME */
	uint64_t sent_time; /* with MBOX_TIMES: when sent, CLOCK_MONOTONIC */
	uint64_t drops; /* messages this mailbox has dropped so far */
	uint32_t len; /* bytes, also those that MBOX_TRUNCATE cut off */
	uint32_t priority; /* its priority */
	pid_t pid; /* the sender's process, 0 if it cannot be seen from here */
	pid_t tid; /* the sender's thread, likewise */
	uid_t uid; /* the sender's effective user */
	gid_t gid; /* the sender's effective group */
	uint64_t reserved[4]; /* 0 */
};

/*
 * struct mbox_status - a mailbox at one moment, from mbox_status()
 *
 * At every moment sent = received + dropped + messages.
 */
struct mbox_status {
	uint64_t id; /* its number, unique while the module is loaded */
	char name[MBOX_NAME_SIZE]; /* its name; empty if it has none */
	uid_t uid; /* owner */
	gid_t gid; /* group */
	uint32_t mode; /* permission bits, r = receive, w = send */
	uint32_t rights; /* this handle's: MBOX_SEND, MBOX_RECV, MBOX_ADMIN */
	uint32_t capacity; /* MBOX_BOUNDED, MBOX_RENDEZVOUS or MBOX_UNBOUNDED */
	uint32_t attr_flags; /* MBOX_PERSISTENT, MBOX_FIXED, MBOX_TIMES */
	uint64_t max_messages; /* bound on messages, 0: none */
	uint64_t max_bytes; /* bound on bytes of messages, 0: none */
	uint32_t max_size; /* bytes in the largest message */
	uint32_t handles; /* open handles */
	uint32_t senders; /* open handles that may send */
	uint32_t receivers; /* open handles that may receive */
	uint32_t senders_waiting; /* senders that sleep, or MBOX_HIDDEN */
	uint32_t receivers_waiting; /* receivers that sleep, or MBOX_HIDDEN */
	uint64_t messages; /* messages it holds */
	uint64_t bytes; /* bytes of messages it holds */
	uint64_t peak_messages; /* most messages it ever held */
	uint64_t charged; /* bytes of kernel memory they are charged for */
	uint64_t sent; /* messages accepted so far */
	uint64_t received; /* messages received so far */
	uint64_t dropped; /* messages accepted and lost, never received */
	uint64_t search_steps; /* messages and waiters passed over so far */
	uint64_t reserved[8]; /* 0 */
};

/* struct mbox_waiter_entry - one sleeping task, from mbox_waiters() */
struct mbox_waiter_entry {
	pid_t pid; /* its process, 0 if it cannot be seen from here */
	pid_t tid; /* its thread, likewise */
	uint32_t what; /* MBOX_WAIT_SEND, MBOX_WAIT_RECEIPT or MBOX_WAIT_RECV */
	uint32_t len; /* bytes of the message it sends, or of the room it has */
	uint64_t reserved[2]; /* 0 */
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
	uint64_t reserved[8]; /* 0 */
};

/*
 * Errors of every function that opens /dev/mbox, which are mbox_create(),
 * mbox_open(), mbox_open_owned(), mbox_list_open() and mbox_limits():
 *
 *   ENODEV   the module is not loaded (there is no /dev/mbox, or nothing
 *            behind it); never ENOENT, which speaks of mailboxes
 *   EACCES   the permissions of /dev/mbox forbid it
 *   ENOTTY   /dev/mbox is something else, or its module is older than this
 *            library
 *   E2BIG    the module is older than this library and lacks what was asked
 *   EMFILE, ENFILE, ENOMEM   no descriptor or no memory left
 */

/**
 * mbox_create() - make a mailbox, or open it if it is there
 * @name: 1 to MBOX_NAME_MAX letters, digits and ``._-``, not starting with a
 *	dot; or NULL: a new mailbox that is reached by its handles alone
 * @flags: rights of the handle (MBOX_SEND, MBOX_RECV, MBOX_ADMIN; may be
 *	none), and MBOX_EXCL, MBOX_NONBLOCK, MBOX_HANGUP
 * @mode: permission bits for others to open it, at most 0666: r = receive,
 *	w = send; the umask is taken off.  No effect without a name
 * @attr: what it shall be like, or NULL: room for MBOX_DEFAULT_MESSAGES
 *	messages of up to MBOX_DEFAULT_SIZE bytes, gone with its last handle
 *
 * If the name is taken, that mailbox is opened as by mbox_open() and @mode
 * and @attr have no effect, unless MBOX_EXCL is given.  ``default`` is always
 * there.  Names are those of the caller's network namespace.
 *
 * Return: a handle, to be closed by the caller with mbox_close(); its
 * descriptor is close-on-exec.  NULL with errno
 *   EINVAL        a bad name, flag, mode or attribute, or attributes that
 *                 make no sense together
 *   ENAMETOOLONG  the name is longer than MBOX_NAME_MAX
 *   EEXIST        MBOX_EXCL, and the name is taken
 *   EACCES        the name is taken, and its mode does not grant the rights
 *   EPERM         the name is taken, and MBOX_ADMIN is its owner's
 *   EDQUOT        the user's quota of mailboxes or bytes is used up
 *   ENXIO         the network namespace has ended
 * and those of every function that opens /dev/mbox.
 */
MBOX_API MBOX_MUST_CHECK struct mbox *mbox_create(const char *name,
						  unsigned int flags,
						  mode_t mode,
						  const struct mbox_attr *attr);

/**
 * mbox_open() - a handle on a mailbox that is there
 * @name: its name
 * @flags: rights of the handle (MBOX_SEND, MBOX_RECV, MBOX_ADMIN; may be
 *	none), and MBOX_NONBLOCK, MBOX_HANGUP
 *
 * A handle without any right can be asked for mbox_status().
 *
 * Return: a handle, to be closed by the caller with mbox_close(); its
 * descriptor is close-on-exec.  NULL with errno
 *   EINVAL        a bad name or flag, or @name is NULL
 *   ENAMETOOLONG  the name is longer than MBOX_NAME_MAX
 *   ENOENT        no mailbox has this name
 *   EACCES        its mode does not grant these rights
 *   EPERM         MBOX_ADMIN is for its owner
 *   ENXIO         the network namespace has ended
 * and those of every function that opens /dev/mbox.
 */
MBOX_API MBOX_MUST_CHECK struct mbox *mbox_open(const char *name,
						unsigned int flags);

/**
 * mbox_open_owned() - as mbox_open(), if the mailbox is that user's
 * @name: its name
 * @flags: as for mbox_open()
 * @owner: the user it must belong to
 *
 * A name can be taken by anyone, an owner cannot be feigned.  Use this where
 * it matters who receives.
 *
 * Return: as mbox_open(); NULL with EACCES also if the owner is another.
 */
MBOX_API MBOX_MUST_CHECK struct mbox *
mbox_open_owned(const char *name, unsigned int flags, uid_t owner);

/**
 * mbox_adopt() - make a handle of a descriptor
 * @fd: a descriptor of /dev/mbox: inherited, received over a socket, or from
 *	open() itself
 *
 * The descriptor is used as it is, not duplicated, and keeps its flags.
 *
 * Return: a handle that owns @fd: mbox_close() closes it.  NULL, and @fd
 * remains the caller's, with errno
 *   EBADF   @fd is not open
 *   ENOTTY  @fd is not a descriptor of /dev/mbox
 *   ENOMEM  no memory
 */
MBOX_API MBOX_MUST_CHECK struct mbox *mbox_adopt(int fd);

/**
 * mbox_copy() - another handle on the same mailbox, with fewer rights
 * @mb: the handle to copy
 * @flags: rights of the new handle, none that @mb lacks, and MBOX_NONBLOCK
 *
 * To hand on the right to send and no more: copy, then pass mbox_fd() of the
 * copy.  The copy has MBOX_HANGUP if @mb has.
 *
 * Return: a handle, to be closed by the caller with mbox_close(); its
 * descriptor is close-on-exec.  NULL with errno
 *   EBADF   @mb is NULL or its descriptor was closed
 *   EINVAL  a bad flag
 *   EACCES  @mb lacks a right that was asked for
 *   EIDRM   the mailbox was destroyed
 *   EMFILE, ENFILE, ENOMEM   no descriptor or no memory left
 */
MBOX_API MBOX_MUST_CHECK struct mbox *mbox_copy(struct mbox *mb,
						unsigned int flags);

/**
 * mbox_fd() - the descriptor of a handle
 * @mb: the handle
 *
 * For poll(), read(), write(), fcntl() and for passing it on.  It is still
 * the handle's: do not close it; dup() it to keep one.
 *
 * Return: the descriptor, or -1 with EBADF if @mb is NULL.
 */
MBOX_API int mbox_fd(const struct mbox *mb);

/**
 * mbox_close() - close the descriptor and free the handle
 * @mb: the handle, or NULL: nothing happens
 *
 * Not while another thread uses @mb.  Leaves errno alone, so it can stand in
 * an error path.
 */
MBOX_API void mbox_close(struct mbox *mb);

/**
 * mbox_unlink() - take the mailbox's name
 * @mb: a handle with MBOX_ADMIN
 *
 * Handles go on; the mailbox is gone with the last of them.
 *
 * Return: 0, or -1 with errno
 *   EBADF   @mb is NULL or its descriptor was closed
 *   EPERM   @mb lacks MBOX_ADMIN
 *   ENOENT  the mailbox has no name, or no longer
 *   EIDRM   the mailbox was destroyed
 */
MBOX_API int mbox_unlink(struct mbox *mb);

/**
 * mbox_destroy() - end the mailbox for everybody
 * @mb: a handle with MBOX_ADMIN
 *
 * Takes the name, drops what is queued, and wakes all who sleep with EIDRM.
 * Later use of any handle on it fails with EIDRM.  @mb must still be closed.
 *
 * Return: 0, or -1 with errno
 *   EBADF  @mb is NULL or its descriptor was closed
 *   EPERM  @mb lacks MBOX_ADMIN
 *   EIDRM  the mailbox was destroyed before
 */
MBOX_API int mbox_destroy(struct mbox *mb);

/**
 * mbox_send() - send one message; wait while the mailbox is full
 * @mb: a handle with MBOX_SEND
 * @data: the bytes; not looked at if @len is 0
 * @len: how many; 0 is a message too
 *
 * As mbox_send_with() without options.
 *
 * Context: sleeps while the mailbox is full, and in a rendezvous mailbox
 * until a receiver has taken the message, unless the descriptor has
 * O_NONBLOCK.
 *
 * Return: 0 if the message has arrived, or -1 with errno as
 * mbox_send_with().
 */
MBOX_API int mbox_send(struct mbox *mb, const void *data, size_t len);

/**
 * mbox_send_with() - send one message, with options
 * @mb: a handle with MBOX_SEND
 * @data: the bytes; not looked at if @len is 0
 * @len: how many; 0 is a message too
 * @options: priority, tag, deadline and flags, or NULL: all zero
 *
 * Context: sleeps as mbox_send(), with MBOX_SYNC also until a receiver has
 * taken the message; never with MBOX_NOWAIT; no longer than the deadline.
 *
 * Return: 0 if the message has arrived, or -1 with errno; then it was not
 * sent, or was withdrawn
 *   EBADF      @mb is NULL, its descriptor was closed, or it lacks MBOX_SEND
 *   EMSGSIZE   the message is longer than the mailbox takes
 *   EINVAL     a bad flag, priority or deadline, a reserved member is not 0,
 *              or the mailbox is MBOX_FIXED and the length is another
 *   EAGAIN     it would have to wait, and must not
 *   ETIMEDOUT  the deadline passed first
 *   EINTR      a signal came first
 *   EPIPE      nobody can ever receive: the mailbox has no name, and no
 *              handle that may receive is left
 *   EIDRM      the mailbox was destroyed
 *   EDQUOT     a quota of the user or the limit of the mailbox is used up
 *   ENOMEM     no memory
 *   EFAULT     @data points nowhere
 */
MBOX_API int mbox_send_with(struct mbox *mb, const void *data, size_t len,
			    const struct mbox_send_options *options);

/**
 * mbox_recv() - receive one message; wait while there is none
 * @mb: a handle with MBOX_RECV
 * @buf: room for the message; not looked at if nothing is stored
 * @room: bytes of room
 *
 * As mbox_recv_with() without options.
 *
 * Context: sleeps while there is no message, unless the descriptor has
 * O_NONBLOCK.
 *
 * Return: the bytes of the message, or -1 with errno as mbox_recv_with().
 */
MBOX_API ssize_t mbox_recv(struct mbox *mb, void *buf, size_t room);

/**
 * mbox_recv_with() - receive one message, with options
 * @mb: a handle with MBOX_RECV
 * @buf: room for the message; not looked at if nothing is stored
 * @room: bytes of room
 * @options: deadline and flags, or NULL: all zero
 * @message: where to store what is known of the message, or NULL: not wanted
 *
 * The message of the highest priority comes first, within one priority the
 * oldest.
 *
 * Context: sleeps while there is no message; never with MBOX_NOWAIT; no
 * longer than the deadline.
 *
 * Return: the bytes stored at @buf, which with MBOX_TRUNCATE may be fewer
 * than @message->len; or -1 with errno, and the mailbox keeps its messages
 *   EBADF      @mb is NULL, its descriptor was closed, or it lacks MBOX_RECV
 *   EMSGSIZE   the message is longer than @room; only @message->len is
 *              stored and tells how long.  The message stays first in line
 *   EINVAL     a bad flag or deadline, or a reserved member is not 0
 *   EAGAIN     it would have to wait, and must not
 *   ETIMEDOUT  the deadline passed first
 *   EINTR      a signal came first
 *   EPIPE      MBOX_HANGUP: it is empty, and the last sender has closed
 *   EIDRM      the mailbox was destroyed
 *   EFAULT     @buf points nowhere
 */
MBOX_API ssize_t mbox_recv_with(struct mbox *mb, void *buf, size_t room,
				const struct mbox_recv_options *options,
				struct mbox_message *message);

/**
 * mbox_status() - a mailbox at this moment
 * @mb: any handle; without MBOX_ADMIN the numbers of waiters are MBOX_HIDDEN
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
 * Senders come first, then receivers, each in their order.
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

/**
 * mbox_deadline_in() - the deadline that lies so far ahead
 * @ns: nanoseconds from now on
 *
 * Deadlines are absolute, so a wait that a signal interrupted goes on with
 * the same one.  For MBOX_REALTIME take clock_gettime(CLOCK_REALTIME).
 *
 * Return: a value for mbox_send_options.deadline or
 * mbox_recv_options.deadline, on CLOCK_MONOTONIC; never 0.  What lies too far
 * ahead to be said is the latest time there is.
 */
MBOX_API uint64_t mbox_deadline_in(uint64_t ns);

/**
 * mbox_explain() - what an errno means, and what to do
 * @verb: what failed: the function's name, with or without ``mbox_``, for
 *	instance "open" or "mbox_send"; NULL if it is not known
 * @err: the errno
 *
 *
 * Return: one or two sentences in English, with full stops and without a
 * newline.  Never NULL.  The text is constant: not to be freed.
 */
MBOX_API const char *mbox_explain(const char *verb, int err);

/**
 * mbox_version() - version of the library that is in use
 *
 * MBOX_VERSION is the version the program was compiled with.
 *
 * Return: text like "0.1.0"; constant, not to be freed.
 */
MBOX_API const char *mbox_version(void);

#ifdef __cplusplus
}
#endif

#endif /* MBOX_H */

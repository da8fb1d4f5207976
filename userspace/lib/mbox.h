/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libmbox: mailboxes for programs, over the device /dev/mbox.
 *
 * This, with mbox_batch.h, mbox_call.h, mbox_direct.h and mbox_status.h, which it
 * includes, is the whole library: include it and link with -lmbox.  It takes no
 * locks and keeps no state of its own; a struct mbox is a descriptor and nothing
 * else.  It stands on its own: a C or C++ program may include <linux/mbox.h>
 * beside it, before or after, but never needs to.
 *
 * Rules that hold for every function
 *
 * - Errors: a function that returns a pointer returns NULL, one that returns
 *   a number returns -1, and errno says why.  A call that fails has done
 *   nothing; mbox_call_with() and mbox_reply_recv_with() tell how far they
 *   came.  mbox_explain() turns errno into a sentence.
 * - Threads: every function may be called by any number of threads at once,
 *   also with the same struct mbox, but mbox_close() must be the last call on
 *   it, and a struct mbox_listing or mbox_link_listing belongs to one thread at a
 *   time.
 * - Sleeping: only mbox_send(), mbox_send_to(), mbox_recv(), mbox_recv_from(),
 *   mbox_call(), mbox_reply_recv(), the same with ``_with``, mbox_sendv() and
 *   mbox_recvv() wait for others.  A signal ends the wait with EINTR, or is
 *   hidden by a restart if its handler was installed with SA_RESTART; but a call
 *   whose request was received, and a batch of which something was moved, are
 *   not restarted.
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
#define MBOX_FDS_MAX 16 /* most descriptors that one message passes */

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

/* mbox_attr.policy: what becomes of a message for which there is no room. */
#define MBOX_POLICY_DEFAULT 0 /* BLOCK; DROP_OLDEST with MBOX_BROADCAST */
#define MBOX_POLICY_BLOCK 1 /* its sender waits */
#define MBOX_POLICY_DROP_NEWEST 2 /* it is dropped */
#define MBOX_POLICY_DROP_OLDEST 3 /* older ones are dropped for it */

/* mbox_attr.flags and mbox_status.attr_flags. */
#define MBOX_PERSISTENT 0x1 /* stays without handles, until removed */
#define MBOX_FIXED 0x2 /* every message is exactly max_size long */
#define MBOX_TIMES 0x4 /* messages carry the time they were sent */
#define MBOX_FDS 0x8 /* messages may pass descriptors */
#define MBOX_OWNER 0x10 /* gone when the process that made it has ended */
#define MBOX_BROADCAST 0x20 /* every handle that receives gets every message */

/* mbox_send_options.flags and mbox_recv_options.flags. */
#define MBOX_NOWAIT 0x01 /* EAGAIN rather than wait; beats a deadline */
#define MBOX_REALTIME 0x02 /* the deadline is on CLOCK_REALTIME */
#define MBOX_SYNC 0x04 /* send: return when a receiver has taken it */
#define MBOX_URGENT 0x08 /* send: to the front of its priority */
#define MBOX_TRUNCATE 0x10 /* receive, peek: what fits, without the rest */

/* mbox_recv_options.select and mbox_filter(): which messages. */
#define MBOX_SELECT_ANY 0
#define MBOX_SELECT_TAG 1 /* those with this tag */
#define MBOX_SELECT_NOT_TAG 2 /* those with another tag */
#define MBOX_SELECT_LOWEST_TAG 3 /* receive: the lowest tag up to this */
#define MBOX_SELECT_PID 4 /* those of the process with this id */

/* struct mbox - a handle on a mailbox; made by mbox_create() and others. */
struct mbox;

/*
 * struct mbox_attr - how a new mailbox shall be, for mbox_create()
 *
 * Bounded with max_messages and max_bytes 0 is MBOX_DEFAULT_MESSAGES.
 * max_size 0 is MBOX_DEFAULT_SIZE, or max_bytes where that is less.
 *
 * With MBOX_BROADCAST, bounds and policy are for each handle with MBOX_RECV: it
 * gets what is sent after it was opened, and misses what it was too slow for.
 *
 * A mailbox with MBOX_OWNER ends as by mbox_destroy() when the process that
 * made it ends, with all its threads; exec is no end.  Until then, with a name,
 * it stays without handles.
 */
struct mbox_attr {
	uint32_t capacity; /* MBOX_BOUNDED, MBOX_RENDEZVOUS or MBOX_UNBOUNDED */
	uint32_t flags; /* set of MBOX_PERSISTENT or MBOX_OWNER, MBOX_FIXED... */
	uint64_t max_messages; /* bound on messages, 0: none, if bounded */
	uint64_t max_bytes; /* bound on their bytes, 0: none, if bounded */
	uint32_t max_size; /* bytes in the largest message, or 0 */
	uint32_t policy; /* MBOX_POLICY_...; to drop, not MBOX_RENDEZVOUS */
	uint64_t reserved[4]; /* must be 0 */
};

/*
 * struct mbox_send_options - how to send, for mbox_send_with()
 *
 * Descriptors stay open in the message, whatever becomes of the sender's own.
 * Regular files, pipes, FIFOs, eventfds and handles with MBOX_SEND alone travel.
 */
struct mbox_send_options {
	uint64_t tag; /* any value; travels with the message */
	uint64_t deadline; /* absolute ns when not to wait any more, 0: none */
	uint32_t priority; /* 0 to MBOX_PRIORITY_MAX; higher comes first */
	uint32_t flags; /* of MBOX_NOWAIT, _REALTIME, _SYNC, _URGENT */
	const int *fds; /* descriptors to pass; not looked at if nfds is 0 */
	uint32_t nfds; /* how many, at most MBOX_FDS_MAX; needs MBOX_FDS */
	uint32_t reserved0; /* must be 0 */
	uint64_t reserved[2]; /* must be 0 */
};

/*
 * struct mbox_recv_options - how to receive, for mbox_recv_with()
 *
 * Descriptors that are received are close-on-exec, and the caller's to close.
 */
struct mbox_recv_options {
	uint64_t deadline; /* absolute ns when not to wait any more, 0: none */
	uint32_t flags; /* set of MBOX_NOWAIT, MBOX_REALTIME, MBOX_TRUNCATE */
	uint32_t select; /* MBOX_SELECT_...: which messages */
	uint64_t select_value; /* the tag or process id; 0 with _ANY */
	int *fds; /* room for descriptors; not looked at if none is stored */
	uint32_t nfds; /* for so many; 0: not wanted, they are closed */
	uint32_t reserved0; /* must be 0 */
	uint64_t reserved[1]; /* must be 0 */
};

/*
 * struct mbox_message - what is known of a message, from mbox_recv_with()
 *
 * All but tag, len and priority is stamped by the kernel, and no sender can
 * forge it.  pid with start_time names a process for good.  call_deadline is on
 * CLOCK_MONOTONIC.
 */
struct mbox_message {
	uint64_t id; /* the message's number in its mailbox, counted from 1 */
	uint64_t tag; /* the sender's tag */
	uint64_t start_time; /* when its process started, CLOCK_BOOTTIME */
	uint64_t sent_time; /* with MBOX_TIMES: when sent, CLOCK_MONOTONIC */
	uint64_t drops; /* dropped before it was taken; missed, if broadcast */
	uint32_t len; /* bytes, also those that MBOX_TRUNCATE cut off */
	uint32_t priority; /* its priority */
	pid_t pid; /* the sender's process, 0 if it cannot be seen from here */
	pid_t tid; /* the sender's thread, likewise */
	uid_t uid; /* the sender's effective user */
	gid_t gid; /* the sender's effective group */
	uint32_t nfds; /* descriptors it passes, also those not received */
	uint32_t reply_room; /* with a token: bytes that the answer may have */
	uint64_t token; /* 0, or the sender waits for an answer; mbox_reply() */
	uint64_t call_deadline; /* with a token: until when, or 0: for ever */
	uint64_t reserved[1]; /* 0 */
};

/*
 * Errors of every function that opens /dev/mbox, which are mbox_create(),
 * mbox_open(), mbox_open_owned(), mbox_endpoint(), mbox_list_open(),
 * mbox_links_open() and mbox_limits():
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
 *   EUSERS        the name is taken by a broadcast mailbox with
 *                 MBOX_POLICY_DROP_NEWEST that takes no more receivers
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
 *   EDQUOT        the user's quota of bytes is used up (MBOX_BROADCAST)
 *   EUSERS        it takes no more receivers (MBOX_BROADCAST with
 *                 MBOX_POLICY_DROP_NEWEST)
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
 *   EDQUOT  the user's quota of bytes is used up (MBOX_BROADCAST)
 *   EUSERS  it takes no more receivers (MBOX_BROADCAST with
 *           MBOX_POLICY_DROP_NEWEST)
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
 * Return: 0 if it has arrived; or -1 with errno, and it was not sent, or withdrawn
 *   EBADF      @mb is NULL, its descriptor was closed, or it lacks MBOX_SEND
 *   EMSGSIZE   the message is longer than the mailbox takes
 *   EINVAL     a bad flag, priority or deadline, a reserved member is not 0,
 *              or the mailbox is MBOX_FIXED and the length is another
 *   EOPNOTSUPP  MBOX_SYNC, and it drops messages; MBOX_SYNC, MBOX_URGENT or a
 *              priority, and it is MBOX_BROADCAST; descriptors without MBOX_FDS
 *   EBADFD     a descriptor to pass is not open
 *   EPERM      a descriptor to pass is of a kind that may not be passed
 *   ETOOMANYREFS  more descriptors in flight than RLIMIT_NOFILE allows
 *   EAGAIN     it would have to wait, and must not
 *   ETIMEDOUT  the deadline passed first
 *   EINTR      a signal came first
 *   EPIPE      nobody could receive: no handle that may is left, and the mailbox
 *              has no name, or the message passes descriptors
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
 * oldest; of those that @options->select, and the handle's filter, let through.
 * MBOX_SELECT_LOWEST_TAG is the first of those with the lowest tag, if that is
 * not above the value.  A process id means whoever had it when sending.
 *
 * From a mailbox that is MBOX_BROADCAST comes the oldest that this handle has
 * not had; other handles get it as well, and there is no selection.
 *
 * Context: sleeps while there is no such message; never with MBOX_NOWAIT; no
 * longer than the deadline.
 *
 * Return: the bytes stored at @buf, which with MBOX_TRUNCATE may be fewer
 * than @message->len; or -1 with errno, and the mailbox keeps its messages
 *   EBADF      @mb is NULL, its descriptor was closed, or it lacks MBOX_RECV
 *   EMSGSIZE   it is longer than @room, or passes more descriptors than wanted;
 *              only @message->len and ->nfds are stored.  It stays first in line
 *   EINVAL     a bad flag, deadline or selection, or a reserved member is not 0
 *   EOPNOTSUPP  a selection, and it is MBOX_BROADCAST
 *   EAGAIN     it would have to wait, and must not
 *   ETIMEDOUT  the deadline passed first
 *   EINTR      a signal came first
 *   EPIPE      MBOX_HANGUP: it is empty, and the last sender has closed
 *   EIDRM      the mailbox was destroyed
 *   EACCES     a security module forbids it, or another process's endpoint
 *   EMFILE, ENOMEM   no descriptor left for what it passes, or no memory
 *   EDQUOT     it is a request, and the user's quota of bytes is used up
 *   EFAULT     @buf points nowhere
 */
MBOX_API ssize_t mbox_recv_with(struct mbox *mb, void *buf, size_t room,
				const struct mbox_recv_options *options,
				struct mbox_message *message);

/**
 * mbox_filter() - which messages a handle lets through
 * @mb: a handle with MBOX_RECV
 * @select: MBOX_SELECT_ANY (all: takes a filter away), _TAG, _NOT_TAG or _PID
 * @value: the tag or the process id; 0 with MBOX_SELECT_ANY
 *
 * From now on only such messages are received through the handle, and poll
 * tells of no others.  The filter belongs to the handle: dup() and fork() share
 * it, mbox_copy() makes a handle without.  Who waits already goes on with what
 * it began with.  mbox_peek() and mbox_flush() see all messages.  What nobody
 * takes stays in the mailbox, and takes room there.
 *
 * Return: 0, or -1 with errno
 *   EBADF      @mb is NULL, its descriptor was closed, or it lacks MBOX_RECV
 *   EACCES     it is the endpoint of another process
 *   EINVAL     a bad selection or value
 *   EOPNOTSUPP  a selection, and it is MBOX_BROADCAST
 *   ENOMEM     no memory left
 *   EIDRM      the mailbox was destroyed
 */
MBOX_API int mbox_filter(struct mbox *mb, unsigned int select, uint64_t value);

/**
 * mbox_flush() - receive all messages there are, and drop them
 * @mb: a handle with MBOX_RECV
 *
 * The mailbox goes on.  Senders that wait for room have it; those that wait
 * until their message is taken return as if it had been received.  If it is
 * MBOX_BROADCAST, other handles keep their messages.
 *
 * Return: how many messages it was, or -1 with errno
 *   EBADF      @mb is NULL, its descriptor was closed, or it lacks MBOX_RECV
 *   EACCES     it is the endpoint of another process
 *   EIDRM      the mailbox was destroyed
 */
MBOX_API int64_t mbox_flush(struct mbox *mb);

/**
 * mbox_notify() - ask for one signal when a message comes
 * @mb: a handle with MBOX_RECV
 * @signo: the signal, or 0: none any more
 * @value: comes with it, in si_value; has to fit into a pointer.  0 if @signo
 *	is 0
 *
 * The calling thread gets the signal when a message comes where no other waits
 * and no receiver sleeps who can have it; si_code is SI_MESGQ, si_pid and
 * si_uid are of the sender.  That happens once.  What is there already causes
 * no signal: register first, then receive until EAGAIN.
 *
 * The registration ends with the thread, with exec, when the process closes a
 * descriptor of the handle, and with the handle and the mailbox.  A thread that
 * registers again changes its mind; one that has not registered ends nothing.
 *
 * Return: 0, or -1 with errno
 *   EBADF      @mb is NULL, its descriptor was closed, or it lacks MBOX_RECV
 *   EACCES     it is the endpoint of another process
 *   EINVAL     there is no such signal, or @value does not fit
 *   EBUSY      another thread has registered with the mailbox
 *   EIDRM      the mailbox was destroyed
 */
MBOX_API int mbox_notify(struct mbox *mb, int signo, uint64_t value);

/**
 * mbox_deadline_in() - the deadline that lies so far ahead
 * @ns: nanoseconds from now on
 *
 * Deadlines are absolute, so a wait that a signal interrupted goes on with
 * the same one.  For MBOX_REALTIME take clock_gettime(CLOCK_REALTIME).
 *
 * Return: a value for the deadline of mbox_send_options, mbox_recv_options or
 * mbox_call_options, on CLOCK_MONOTONIC; never 0.  What lies too far ahead to
 * be said is the latest time there is.
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

#include "mbox_batch.h"
#include "mbox_call.h"
#include "mbox_direct.h"
#include "mbox_status.h"

#ifdef __cplusplus
}
#endif

#endif /* MBOX_H */

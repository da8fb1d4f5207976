/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libmbox, the part that goes from process to process: no mailbox is made, and
 * none has a name.  Included by <mbox.h>, whose rules hold here too; programs
 * include that.
 *
 * Every process has one endpoint, for all its threads, with room for
 * MBOX_DEFAULT_MESSAGES messages of up to MBOX_DEFAULT_SIZE bytes.  It is there
 * when it is needed, stays over exec, is not inherited by fork, and ends with the
 * process.  Who may send to a process is who may send it a signal (kill(2)).
 * Between two processes there is one link, from the first message on, until one
 * of them ends.
 */
#ifndef MBOX_DIRECT_H
#define MBOX_DIRECT_H

#ifndef MBOX_H
#error "include <mbox.h>"
#endif

/* mbox_send_options.flags, of mbox_send_to_with() alone. */
#define MBOX_ONEWAY 0x80 /* the other process shall not send back */

/* mbox_link.flags */
#define MBOX_LINK_MUTE 0x1 /* pid may not send to peer */
#define MBOX_LINK_PEER_MUTE 0x2 /* peer may not send to pid */

/* struct mbox_link_listing - a walk over links; made by mbox_links_open() */
struct mbox_link_listing;

/* struct mbox_link - one link, as mbox_links_next() tells it */
struct mbox_link {
	uint64_t id; /* its number, counted from 1 */
	uint64_t sent; /* messages that pid has sent to peer */
	uint64_t peer_sent; /* messages that peer has sent to pid */
	pid_t pid; /* one end, 0 if it cannot be seen from here */
	pid_t peer; /* the other end, likewise */
	uint32_t flags; /* set of MBOX_LINK_... */
	uint32_t reserved0; /* 0 */
	uint64_t reserved[4]; /* 0 */
};

/**
 * mbox_endpoint() - a handle on the calling process's own endpoint
 * @flags: MBOX_NONBLOCK or 0
 *
 * The handle has MBOX_RECV: to poll, receive, peek and filter.  It serves for
 * mbox_send_to() and mbox_recv_from() as well, as any handle does.  Only for
 * this process: in a child of fork, or where it was passed to, receiving from it
 * is EACCES and poll() says POLLERR.
 *
 * Return: a handle, to be closed by the caller with mbox_close(); its
 * descriptor is close-on-exec.  What waits in the endpoint stays there.  NULL
 * with errno
 *   EINVAL  a bad flag
 *   EDQUOT  the user's quota of mailboxes or bytes is used up
 * and those of every function that opens /dev/mbox.
 */
MBOX_API MBOX_MUST_CHECK struct mbox *mbox_endpoint(unsigned int flags);

/**
 * mbox_send_to() - send one message to a process; wait while it has no room
 * @mb: any handle
 * @pid: the process
 * @data: the bytes; not looked at if @len is 0
 * @len: how many; 0 is a message too
 *
 * As mbox_send_to_with() without options.
 *
 * Return: 0, or -1 with errno as mbox_send_to_with().
 */
MBOX_API int mbox_send_to(struct mbox *mb, pid_t pid, const void *data,
			  size_t len);

/**
 * mbox_send_to_with() - send one message to a process, and say how
 * @mb: any handle
 * @pid: the process, as the caller's pid namespace shows it
 * @data: the bytes; not looked at if @len is 0
 * @len: how many; 0 is a message too
 * @options: as for mbox_send_with(), or NULL; @options->flags also MBOX_ONEWAY
 *
 * The process need not have asked for messages: they wait, at the sender's
 * charge, and die with it.  The first message between two processes links them;
 * with MBOX_ONEWAY the link carries only the messages of the one that made it.
 * With MBOX_SYNC it returns when the process has received the message.
 *
 * Context: sleeps while the process holds as many messages as it can; never with
 * MBOX_NOWAIT; no longer than the deadline.
 *
 * Return: 0, or -1 with errno
 *   EBADF      @mb is NULL or its descriptor was closed
 *   ESRCH      no process has this number here, or it has ended
 *   EPERM      the caller may not send that process a signal
 *   EACCES     that process has made the link one-way
 *   EEXIST     MBOX_ONEWAY, and there is a link that carries both ways
 *   EMSGSIZE   longer than MBOX_DEFAULT_SIZE
 *   EOPNOTSUPP  descriptors: no process is sent any
 *   EINVAL     a bad flag, priority or deadline, or a reserved member is not 0
 *   EAGAIN     it would have to wait, and must not
 *   ETIMEDOUT  the deadline passed first
 *   EINTR      a signal came first
 *   EDQUOT     the user's quota of messages, bytes or mailboxes is used up
 *   ENOMEM     no memory
 *   EFAULT     @data points nowhere
 */
MBOX_API int mbox_send_to_with(struct mbox *mb, pid_t pid, const void *data,
			       size_t len,
			       const struct mbox_send_options *options);

/**
 * mbox_recv_from() - receive one message of a process; wait for it
 * @mb: any handle
 * @pid: the process, or 0: any
 * @buf: room for the bytes
 * @room: how many
 *
 * As mbox_recv_from_with() without options.
 *
 * Return: the bytes stored, or -1 with errno as mbox_recv_from_with().
 */
MBOX_API ssize_t mbox_recv_from(struct mbox *mb, pid_t pid, void *buf,
				size_t room);

/**
 * mbox_recv_from_with() - receive one message of a process, and say how
 * @mb: any handle; the message is one that was sent to the calling process
 * @pid: the process, as the caller's pid namespace shows it, or 0: any
 * @buf: room for the bytes
 * @room: how many
 * @options: as for mbox_recv_with(), or NULL
 * @message: where to store what is known of the message, or NULL
 *
 * What a process sent before it ended is received first; then, and for who waits
 * when it ends, the error is ESRCH.  A number means the process that has it now,
 * or else the last one that had it and whose message waits.
 *
 * Context: sleeps while there is no such message; never with MBOX_NOWAIT; no
 * longer than the deadline.
 *
 * Return: the bytes stored at @buf, which with MBOX_TRUNCATE may be fewer than
 * @message->len; or -1 with errno
 *   EBADF      @mb is NULL or its descriptor was closed
 *   ESRCH      no process has this number here, or it has ended, and no message
 *              of it waits
 *   EMSGSIZE   the message is longer than @room; only @message->len tells how
 *              long, and ->nfds that it passes none.  It stays first in line
 *   EINVAL     a bad flag, deadline or selection, or a reserved member is not 0
 *   EAGAIN     it would have to wait, and must not
 *   ETIMEDOUT  the deadline passed first
 *   EINTR      a signal came first
 *   EDQUOT     the user's quota of mailboxes or bytes is used up
 *   ENOMEM     no memory
 *   EFAULT     @buf points nowhere
 */
MBOX_API ssize_t mbox_recv_from_with(struct mbox *mb, pid_t pid, void *buf,
				     size_t room,
				     const struct mbox_recv_options *options,
				     struct mbox_message *message);

/**
 * mbox_links_open() - begin a walk over the links between processes
 * @pid: those of this process, which is then mbox_link.pid; or 0: all that the
 *	caller can see: its own, and those of which it may signal an end
 *
 * Return: a walk, to be ended by the caller with mbox_links_close(); NULL with
 * errno
 *   EINVAL  @pid is negative
 * and those of every function that opens /dev/mbox.
 */
MBOX_API MBOX_MUST_CHECK struct mbox_link_listing *mbox_links_open(pid_t pid);

/**
 * mbox_links_next() - the next link of a walk
 * @listing: the walk
 * @link: where to store it
 *
 * The oldest comes first.  A link that is there all the time is told once.
 *
 * Return: 1 with @link stored; 0 at the end; -1 with errno
 *   EBADF   @listing is NULL
 *   EFAULT  @link is NULL
 */
MBOX_API int mbox_links_next(struct mbox_link_listing *listing,
			     struct mbox_link *link);

/**
 * mbox_links_close() - end a walk
 * @listing: the walk, or NULL: nothing happens
 *
 * Leaves errno alone.
 */
MBOX_API void mbox_links_close(struct mbox_link_listing *listing);

#endif /* MBOX_DIRECT_H */

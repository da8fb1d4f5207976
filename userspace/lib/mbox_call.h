/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libmbox, the part that asks and answers: a request whose sender waits for the
 * answer, in one system call on either side.  Included by <mbox.h>, whose rules
 * hold here too; programs include that.
 *
 * The server receives a request as any message.  Its mbox_message.token is not
 * 0, and is what the answer goes to.  A token is good once, for the handle that
 * received the request, and for the process that did, in any of its threads.
 * If that process ends, or closes a descriptor of the handle, the caller's wait
 * ends with EPIPE.
 */
#ifndef MBOX_CALL_H
#define MBOX_CALL_H

#ifndef MBOX_H
#error "include <mbox.h>"
#endif

/* mbox_call_options.flags, beside MBOX_NOWAIT, _REALTIME and _URGENT. */
#define MBOX_NOCHECK 0x40 /* call: do not look for a deadlock */

/* struct mbox_call_options - how to call, for mbox_call_with() */
struct mbox_call_options {
	uint64_t tag; /* any value; travels with the request */
	uint64_t deadline; /* absolute ns when not to wait any more, 0: none */
	uint32_t priority; /* 0 to MBOX_PRIORITY_MAX; higher comes first */
	uint32_t flags; /* of MBOX_NOWAIT, _REALTIME, _URGENT, _NOCHECK */
	uint64_t reserved[4]; /* must be 0 */
};

/*
 * struct mbox_answer - what is known of an answer, from mbox_call_with()
 *
 * All but tag and len is stamped by the kernel, and no server can forge it.
 */
struct mbox_answer {
	uint64_t tag; /* the server's tag */
	uint64_t start_time; /* when its process started, CLOCK_BOOTTIME */
	uint32_t len; /* bytes */
	uint32_t taken; /* 1: a server has received the request */
	pid_t pid; /* the server's process, 0 if it cannot be seen from here */
	pid_t tid; /* the server's thread, likewise */
	uid_t uid; /* the server's effective user */
	gid_t gid; /* the server's effective group */
	uint64_t reserved[4]; /* 0 */
};

/* struct mbox_reply_options - how to answer, for mbox_reply_with() */
struct mbox_reply_options {
	uint64_t tag; /* any value; travels with the answer */
	uint64_t reserved[4]; /* must be 0 */
};

/**
 * mbox_call() - send a request and wait for its answer
 * @mb: a handle with MBOX_SEND
 * @data: the bytes of the request; not looked at if @len is 0
 * @len: how many; 0 is a request too
 * @reply: room for the answer; not looked at if nothing is stored
 * @room: bytes of room; the server is told, and can answer no more, nor more
 *	than the mailbox's largest message has
 *
 * As mbox_call_with() without options.
 *
 * Context: sleeps until the answer is there.
 *
 * Return: the bytes of the answer, or -1 with errno as mbox_call_with().
 */
MBOX_API ssize_t mbox_call(struct mbox *mb, const void *data, size_t len,
			   void *reply, size_t room);

/**
 * mbox_call_with() - send a request and wait for its answer, with options
 * @mb: a handle with MBOX_SEND
 * @data: the bytes of the request; not looked at if @len is 0
 * @len: how many; 0 is a request too
 * @reply: room for the answer; not looked at if nothing is stored
 * @room: bytes of room; the server is told, and can answer no more, nor more
 *	than the mailbox's largest message has
 * @options: priority, tag, deadline and flags, or NULL: all zero
 * @answer: where to store what is known of the answer, or NULL: not wanted
 *
 * Room for the answer is charged to the caller's quota meanwhile, as far as
 * the mailbox's largest message.  The deadline holds for request and answer;
 * the server is told, and a request whose deadline has passed is not received
 * any more.  MBOX_NOWAIT is for the room that the request needs, not for the
 * answer.
 *
 * This may fail and have done something, as mbox_reply_recv() may.  If it fails,
 * only @answer->taken is stored.  With 0 no server has received the request, and
 * none will: calling again is safe.  With 1 a server has, and may have carried
 * it out; such a call is not restarted after a signal either.
 *
 * Context: sleeps until the answer is there; no longer than the deadline.
 *
 * Return: the bytes of the answer, which may be 0; or -1 with errno
 *   EBADF      @mb is NULL, its descriptor was closed, or it lacks MBOX_SEND
 *   EMSGSIZE   the request is longer than the mailbox takes
 *   EINVAL     a bad flag, priority or deadline, a reserved member is not 0,
 *              or the mailbox is MBOX_FIXED and the length is another
 *   EOPNOTSUPP  the mailbox drops messages when it is full, or is broadcast
 *   EAGAIN     the request would have to wait for room, and must not
 *   ETIMEDOUT  the deadline passed first
 *   EINTR      a signal came first
 *   EPIPE      nobody will answer: no one can ever receive, or who received
 *              the request has ended, closed the handle, or dropped it
 *   EIDRM      the mailbox was destroyed
 *   EDEADLK    all who could answer wait for an answer themselves
 *   EDQUOT     a quota of the user or the limit of the mailbox is used up
 *   ENOMEM     no memory
 *   EFAULT     @data or @reply points nowhere
 */
MBOX_API ssize_t mbox_call_with(struct mbox *mb, const void *data, size_t len,
				void *reply, size_t room,
				const struct mbox_call_options *options,
				struct mbox_answer *answer);

/**
 * mbox_reply() - answer a request
 * @mb: the handle that received the request
 * @token: mbox_message.token of the request
 * @data: the bytes of the answer; not looked at if @len is 0
 * @len: how many, at most mbox_message.reply_room of the request; 0 is an
 *	answer too
 *
 * As mbox_reply_with() without options.
 *
 * Context: does not wait for others.
 *
 * Return: 0 if the caller has the answer, or -1 with errno as
 * mbox_reply_with().
 */
MBOX_API int mbox_reply(struct mbox *mb, uint64_t token, const void *data,
			size_t len);

/**
 * mbox_reply_with() - answer a request, with options
 * @mb: the handle that received the request
 * @token: mbox_message.token of the request
 * @data: the bytes of the answer; not looked at if @len is 0
 * @len: how many, at most mbox_message.reply_room of the request; 0 is an
 *	answer too
 * @options: tag, or NULL: 0
 *
 * Context: does not wait for others.
 *
 * Return: 0 if the caller has the answer, or -1 with errno; with EMSGSIZE the
 * token is still good
 *   EBADF      @mb is NULL, its descriptor was closed, or it lacks MBOX_RECV
 *   EINVAL     a reserved member is not 0
 *   ESTALE     the token is not of this handle and process, was used, another
 *              thread answers it, or its caller has ended or given up
 *   EMSGSIZE   the answer is longer than the caller's room
 *   EIDRM      the mailbox was destroyed
 *   ENOMEM     no memory
 *   EFAULT     @data points nowhere
 */
MBOX_API int mbox_reply_with(struct mbox *mb, uint64_t token, const void *data,
			     size_t len,
			     const struct mbox_reply_options *options);

/**
 * mbox_reply_recv() - answer a request and receive the next
 * @mb: a handle with MBOX_RECV
 * @data: the bytes of the answer; not looked at if @len is 0
 * @len: how many
 * @buf: room for the next message; not looked at if nothing is stored
 * @room: bytes of room
 * @message: on entry its token is whom to answer, 0: nobody; then where to
 *	store what is known of the next message
 *
 * As mbox_reply_recv_with() without options.
 *
 * Context: sleeps while there is no message, unless the descriptor has
 * O_NONBLOCK.
 *
 * Return: the bytes of the message, or -1 with errno as
 * mbox_reply_recv_with().
 */
MBOX_API ssize_t mbox_reply_recv(struct mbox *mb, const void *data, size_t len,
				 void *buf, size_t room,
				 struct mbox_message *message);

/**
 * mbox_reply_recv_with() - answer a request and receive the next, with options
 * @mb: a handle with MBOX_RECV
 * @data: the bytes of the answer; not looked at if @len is 0
 * @len: how many
 * @reply_options: as for mbox_reply_with(), or NULL
 * @buf: room for the next message; not looked at if nothing is stored
 * @room: bytes of room
 * @recv_options: as for mbox_recv_with(), or NULL
 * @message: on entry its token is whom to answer, 0: nobody; then where to
 *	store what is known of the next message
 *
 * One system call for what mbox_reply_with() and then mbox_recv_with() do: the
 * loop of a server, which begins with a @message that is all zeroes.  @data and
 * @buf may be the same.
 *
 * If it fails, @message->token tells how far it came.  If it is what it was,
 * nothing has been done.  If it is 0, the answer is out, and calling again only
 * receives.
 *
 * Context: sleeps while there is no message; never with MBOX_NOWAIT; no
 * longer than the deadline.
 *
 * Return: the bytes stored at @buf, as mbox_recv_with(); or -1 with errno
 *   ESTALE     the token is not of this handle and process, was used, another
 *              thread answers it, or its caller has ended or given up
 *   EMSGSIZE   token not 0: the answer is longer than the caller's room; token
 *              0: the message is longer than @room, and @message->len tells
 *   EIDRM      the mailbox was destroyed
 *   ENOMEM     no memory
 *   EFAULT     @data or @buf points nowhere, or @message is NULL
 * and the others of mbox_recv_with().
 */
MBOX_API ssize_t
mbox_reply_recv_with(struct mbox *mb, const void *data, size_t len,
		     const struct mbox_reply_options *reply_options, void *buf,
		     size_t room, const struct mbox_recv_options *recv_options,
		     struct mbox_message *message);

#endif /* MBOX_CALL_H */

/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * mbox: the mailbox of the operating-systems textbook, as a Linux device.
 *
 * This file is the whole contract between the kernel and user space: the
 * ioctls of /dev/mbox, their structures, their flags and their errors.  Both
 * sides include it and nothing else is shared.  It must compile as C90, C11,
 * C17 and C++17, for 64-bit, 32-bit and x32 programs, with the same layout.
 *
 * Long file: an interface of the kernel is one header.
 */
#ifndef _UAPI_LINUX_MBOX_H
#define _UAPI_LINUX_MBOX_H

#include <linux/ioctl.h>
#include <linux/types.h>

/**
 * DOC: General form of the ioctls
 *
 * Every structure begins with ``size`` and ``flags``.  The caller stores the
 * size of the structure it was compiled with.  A kernel that knows a longer
 * one takes the missing tail as zero; a kernel that knows a shorter one
 * refuses a tail that is not zero with E2BIG, and so it does any size above
 * 4096.  Because structures grow, the ioctl numbers carry no size.  A size below that of the first version, an
 * unknown flag and a reserved field that is not zero are EINVAL; an ioctl
 * number the kernel does not know is ENOTTY.
 *
 * The kernel reads a caller's structure once.  Fields marked *out* are
 * ignored on input, and are written only for as much as ``size`` covers.
 * Structures have no holes and hold only fixed-width fields; pointers are
 * 64 bits wide in every ABI.
 *
 * An error has no effect, but for two: of CALL when @taken is 1, and of REPLY_RECV
 * when @token is 0, whose answer is out.  What a failed call may have written is memory that
 * it would have written had it not failed, and what its error speaks of, for
 * instance @msg_len with EMSGSIZE.
 *
 * Times are absolute nanoseconds on CLOCK_MONOTONIC, or on CLOCK_REALTIME
 * where a flag asks for it, as the caller's time namespace shows them.  That flag
 * without a time is EINVAL.
 */

/**
 * DOC: Handles
 *
 * Opening /dev/mbox fixes the network namespace whose names are seen.  Any
 * descriptor of /dev/mbox answers INFO, OPEN and LIST.  OPEN returns a new
 * descriptor, close-on-exec: a handle on one mailbox, with some of the rights
 * SEND, RECV and ADMIN.  Who could have any of them can have a handle with
 * none, which can be asked for STAT, and which no one waits for.
 *
 * A plain open() of /dev/mbox is a handle too, on the mailbox ``default`` of
 * the namespace: O_RDONLY has RECV, O_WRONLY has SEND, O_RDWR has no right
 * until its first read, write, poll or O_ASYNC, which then gives it both, as
 * far as the mailbox's mode allowed its opener.
 */

/**
 * DOC: Signals
 *
 * A descriptor with O_ASYNC (see fcntl(2) for F_SETOWN and F_SETSIG) causes a
 * signal for every message that comes, also for one that goes to a receiver
 * who slept, and for one that comes back because it could not be copied.  That
 * is so where the handle has RECV; one that has SEND and not RECV is told
 * instead when there is room for a largest message.  Both are told when what
 * poll says may have changed otherwise; messages of one SENDV, and room that one
 * RECVV makes, may cause one signal for several.  si_band says POLL_IN for the first,
 * POLL_OUT for the second, and POLL_HUP once the mailbox was destroyed.  There
 * may be more signals than messages: who is told receives until EAGAIN.
 *
 * F_SETFL fails with EBADF where the handle has neither right, with EACCES where
 * it is that of another process's endpoint, and with EDQUOT where 1024
 * descriptors of that side of the mailbox have O_ASYNC; what NOTIFY has asked
 * for counts as one.
 *
 * NOTIFY asks for one signal, for one thread, as mq_notify() does.
 */

/**
 * DOC: Errors
 *
 * One errno has one meaning per verb.  The table is read by the tests; a line
 * is verb, errno, meaning.  ANY stands for every ioctl.
 *
 *   ANY      ENOTTY        the kernel does not know this ioctl number
 *   ANY      EFAULT        the structure, or memory it points to, cannot be read or written
 *   ANY      EINVAL        size too small, unknown flag or reserved field, or a value out of range
 *   ANY      E2BIG         the structure is longer than the kernel knows, and its tail is not zero
 *   OPEN     ENAMETOOLONG  the name is longer than MBOX_NAME_MAX bytes
 *   OPEN     ENOENT        no mailbox has this name, and CREATE was not asked for
 *   OPEN     EEXIST        CREATE and EXCL, and the name is taken
 *   OPEN     EACCES        the mode does not grant these rights, or the owner is not the expected one
 *   OPEN     EPERM         ADMIN was asked for by one who is neither owner nor has CAP_IPC_OWNER
 *   OPEN     EDQUOT        the quota of mailboxes or bytes is used up, the caller's or that of who made its user namespace
 *   OPEN     ENOMEM        no memory, or the memory cgroup is full
 *   OPEN     EMFILE        the process has no descriptor left
 *   OPEN     ENFILE        the system has no open file left
 *   OPEN     ENXIO         the network namespace of this descriptor has ended
 *   OPEN     EUSERS        a broadcast mailbox that drops the newest has no room for another subscription
 *   COPY     EACCES        the handle to copy lacks a right that was asked for
 *   COPY     EIDRM         the mailbox was destroyed
 *   COPY     ENOMEM        no memory, or the memory cgroup is full
 *   COPY     EMFILE        the process has no descriptor left
 *   COPY     ENFILE        the system has no open file left
 *   COPY     EDQUOT        the quota of bytes is used up, the caller's or that of who made its user namespace
 *   COPY     EUSERS        a broadcast mailbox that drops the newest has no room for another subscription
 *   UNLINK   EPERM         the handle lacks ADMIN
 *   UNLINK   ENOENT        the mailbox has no name, or no longer
 *   UNLINK   EIDRM         the mailbox was destroyed
 *   DESTROY  EPERM         the handle lacks ADMIN
 *   DESTROY  EIDRM         the mailbox was destroyed before
 *   SEND     EBADF         the handle lacks SEND
 *   SEND     EMSGSIZE      the message is longer than the mailbox takes
 *   SEND     EOPNOTSUPP    what was asked for is not for this mailbox: SYNC, and it drops messages when it is full; SYNC, URGENT or a priority, and it broadcasts; or descriptors, and it lacks MBOX_ATTR_FDS
 *   SEND     EAGAIN        it would have to wait, and must not
 *   SEND     ETIMEDOUT     the deadline passed first
 *   SEND     EINTR         a signal came first
 *   SEND     EPIPE         nobody is there who could receive: no name, and no handle with RECV is left; a message with descriptors needs such a handle even where there is a name
 *   SEND     EIDRM         the mailbox was destroyed
 *   SEND     EDQUOT        the quota of messages, bytes or descriptors is used up, the caller's or that of who made its user namespace, or the mailbox's limit
 *   SEND     ENOMEM        no memory, or the memory cgroup is full
 *   SEND     EBADFD        a descriptor to be passed is not open
 *   SEND     EPERM         a descriptor to be passed is of a kind that may not be
 *   SEND     ETOOMANYREFS  more descriptors in flight than the caller's RLIMIT_NOFILE allows
 *   RECV     EBADF         the handle lacks RECV
 *   RECV     EMSGSIZE      the message, or what it passes, needs more room than there is; msg_len and msg_fds tell how much
 *   RECV     EOPNOTSUPP    a selection in a broadcast mailbox
 *   RECV     EAGAIN        it would have to wait, and must not
 *   RECV     ETIMEDOUT     the deadline passed first
 *   RECV     EINTR         a signal came first
 *   RECV     EPIPE         the handle has HANGUP and is at its end
 *   RECV     EIDRM         the mailbox was destroyed
 *   RECV     EMFILE        the process has no descriptor left for what the message passes
 *   RECV     EACCES        it is not for this process: a security module forbids it what the message passes, or the handle is that of another process's endpoint
 *   RECV     EDQUOT        a request, and the quota of bytes is used up, the caller's or that of who made its user namespace
 *   RECV     ENOMEM        no memory, or the memory cgroup is full
 *   CALL     EBADF         the handle lacks SEND
 *   CALL     EMSGSIZE      the request is longer than the mailbox takes
 *   CALL     EOPNOTSUPP    the mailbox drops messages when it is full, or is a broadcast mailbox
 *   CALL     EAGAIN        the request would have to wait for room, and must not
 *   CALL     ETIMEDOUT     the deadline passed first
 *   CALL     EINTR         a signal came first
 *   CALL     EPIPE         nobody will answer: no one can ever receive, or who received the request has closed its handle, ended, or dropped it
 *   CALL     EIDRM         the mailbox was destroyed
 *   CALL     EDEADLK       all who could answer wait for an answer themselves
 *   CALL     EDQUOT        the quota of messages, bytes or pending calls is used up, the caller's or that of who made its user namespace, or the mailbox's limit
 *   CALL     ENOMEM        no memory, or the memory cgroup is full
 *   SEND_TO  ESRCH         no process has this number here, or it has ended
 *   SEND_TO  EPERM         the caller may not send that process a signal, and so no message either
 *   SEND_TO  EACCES        the link was made one-way by the other process
 *   SEND_TO  EEXIST        ONEWAY, and the link is there and carries both ways
 *   SEND_TO  EMSGSIZE      the message is longer than MBOX_DEFAULT_SIZE
 *   SEND_TO  EOPNOTSUPP    descriptors: no endpoint takes any
 *   SEND_TO  EAGAIN        it would have to wait, and must not
 *   SEND_TO  ETIMEDOUT     the deadline passed first
 *   SEND_TO  EINTR         a signal came first
 *   SEND_TO  EDQUOT        the quota of messages, bytes or mailboxes is used up, the caller's or that of who made its user namespace, or the mailbox's limit
 *   SEND_TO  ENOMEM        no memory, or the memory cgroup is full
 *   RECV_FROM ESRCH        no process has this number here, or it has ended, and no message of one that had it waits
 *   RECV_FROM EMSGSIZE     the message is longer than the room for it; msg_len tells how long
 *   RECV_FROM EAGAIN       it would have to wait, and must not
 *   RECV_FROM ETIMEDOUT    the deadline passed first
 *   RECV_FROM EINTR        a signal came first
 *   RECV_FROM EDQUOT       the quota of mailboxes or bytes is used up, the caller's or that of who made its user namespace
 *   RECV_FROM ENOMEM       no memory, or the memory cgroup is full
 *   ENDPOINT EDQUOT        the quota of mailboxes or bytes is used up, the caller's or that of who made its user namespace
 *   ENDPOINT ENOMEM        no memory, or the memory cgroup is full
 *   ENDPOINT EMFILE        the process has no descriptor left
 *   ENDPOINT ENFILE        the system has no open file left
 *   NOTIFY   EACCES        the handle is that of another process's endpoint
 *   PEEK     EACCES        the handle is that of another process's endpoint
 *   FILTER   EACCES        the handle is that of another process's endpoint
 *   FLUSH    EACCES        the handle is that of another process's endpoint
 *   REPLY    EBADF         the handle lacks RECV
 *   REPLY    ESTALE        the token is not of this handle and process, another thread answers it, or its call has ended
 *   REPLY    EMSGSIZE      the answer is longer than the caller's room, which reply_room told
 *   REPLY    EIDRM         the mailbox was destroyed
 *   REPLY    ENOMEM        no memory, or the memory cgroup is full
 *   PEEK     EBADF         the handle lacks RECV
 *   PEEK     EMSGSIZE      the message is longer than the room for it; msg_len tells how long
 *   PEEK     EAGAIN        no message is there, or none behind the place
 *   PEEK     EIDRM         the mailbox was destroyed
 *   FILTER   EBADF         the handle lacks RECV
 *   FILTER   EOPNOTSUPP    a selection in a broadcast mailbox
 *   FILTER   EIDRM         the mailbox was destroyed
 *   FILTER   ENOMEM        no memory, or the memory cgroup is full
 *   FLUSH    EBADF         the handle lacks RECV
 *   FLUSH    EIDRM         the mailbox was destroyed
 *   NOTIFY   EBADF         the handle lacks RECV
 *   NOTIFY   EBUSY         another thread has registered
 *   NOTIFY   EIDRM         the mailbox was destroyed
 *   STAT     EPERM         waiters were asked for, and the handle lacks ADMIN
 *   STAT     EIDRM         the mailbox was destroyed
 *   STAT     ENOMEM        no memory, or the memory cgroup is full
 *   LIST     ENOMEM        no memory, or the memory cgroup is full
 *   LIST     ENXIO         the network namespace of this descriptor has ended
 *
 * REPLY_RECV gives those of REPLY, until its token is 0, and then those of RECV.
 * SENDV gives those of SEND, and RECVV those of RECV: as the result of the call
 * if its first entry fails, and else in the entry that did.
 *
 * write() gives the errors of SEND and read() those of RECV, for the same
 * reasons, but where RECV gives EPIPE, read() returns 0.  open() of /dev/mbox
 * gives EACCES where the mode of ``default`` does not grant the right, and
 * ENOMEM.
 */

/* The version of this interface; INFO reports the kernel's. */
#define MBOX_ABI 1

/* Longest name in bytes, without a terminating zero. */
#define MBOX_NAME_MAX 63
/* Room for the longest name and a terminating zero. */
#define MBOX_NAME_SIZE 64
/* Highest priority, as in POSIX message queues on Linux. */
#define MBOX_PRIORITY_MAX 32767
/* Capacity and size of a message where CREATE does not say. */
#define MBOX_DEFAULT_MESSAGES 16
#define MBOX_DEFAULT_SIZE 65536
/* Most entries of one call: that STAT and LIST fill, that SENDV and RECVV move. */
#define MBOX_BATCH_MAX 1024
/* Most descriptors that one message passes. */
#define MBOX_FDS_MAX 16

/* What a handle may do: mbox_open.rights, mbox_copy.rights. */
#define MBOX_RIGHT_SEND 0x1
#define MBOX_RIGHT_RECV 0x2
#define MBOX_RIGHT_ADMIN 0x4

/* mbox_open.flags; NONBLOCK also in mbox_copy.flags. */
#define MBOX_OPEN_CREATE 0x01 /* create the mailbox if it is not there */
#define MBOX_OPEN_EXCL 0x02 /* with CREATE: fail if it is there */
#define MBOX_OPEN_NONBLOCK 0x04 /* the new descriptor has O_NONBLOCK */
#define MBOX_OPEN_HANGUP 0x08 /* the handle can come to its end (RECV) */
#define MBOX_OPEN_OWNED 0x10 /* fail unless mbox_open.uid is the owner */

/* mbox_open.lifetime */
#define MBOX_LIFETIME_DESCRIPTOR 0 /* gone with its last handle */
#define MBOX_LIFETIME_PERSISTENT 1 /* until removed; needs a name */
#define MBOX_LIFETIME_OWNER 2 /* at most until the process that made it ends */

/* mbox_open.capacity: how much a mailbox holds before a sender must wait. */
#define MBOX_CAPACITY_BOUNDED 0 /* max_messages and/or max_bytes */
#define MBOX_CAPACITY_ZERO 1 /* rendezvous: a send meets its receiver */
#define MBOX_CAPACITY_UNBOUNDED 2 /* only quotas */

/* mbox_open.policy: what becomes of a message for which there is no room. */
#define MBOX_POLICY_DEFAULT 0 /* BLOCK; DROP_OLDEST with BROADCAST */
#define MBOX_POLICY_BLOCK 1 /* its sender waits */
#define MBOX_POLICY_DROP_NEWEST 2 /* it is dropped */
#define MBOX_POLICY_DROP_OLDEST 3 /* older ones are dropped for it */

/* mbox_open.attrs */
#define MBOX_ATTR_FIXED 0x1 /* every message has max_size bytes; needs it */
#define MBOX_ATTR_TIMES 0x2 /* messages carry the time they were sent */
#define MBOX_ATTR_FDS 0x4 /* messages may pass descriptors */
#define MBOX_ATTR_BROADCAST 0x8 /* every RECV handle gets every message */

/* Most subscriptions and messages with MBOX_ATTR_BROADCAST and DROP_NEWEST. */
#define MBOX_BROADCAST_MAX 1024
/* And most of them together: subscriptions times mbox_open.max_messages. */
#define MBOX_BROADCAST_SLOTS 16384

/* mbox_stat.times: how many there are; the first ends at 2^MBOX_TIMES_SHIFT ns */
#define MBOX_TIMES_BUCKETS 32
#define MBOX_TIMES_SHIFT 10

/* mbox_send.flags and mbox_recv.flags */
#define MBOX_NOWAIT 0x01 /* EAGAIN rather than wait; beats a deadline */
#define MBOX_REALTIME 0x02 /* the deadline is on CLOCK_REALTIME */
#define MBOX_SYNC 0x04 /* SEND: return when a receiver has taken it */
#define MBOX_URGENT 0x08 /* SEND: to the front of its priority */
#define MBOX_TRUNCATE 0x10 /* RECV, PEEK: what fits, without the rest */
#define MBOX_ONEWAY 0x80 /* SEND_TO: the other process shall not answer */
#define MBOX_NOCHECK 0x40 /* CALL: do not look for a deadlock */
#define MBOX_BEHIND 0x20 /* PEEK: not the first, but what is behind a place */

/* mbox_recv.select and mbox_filter.select: which messages */
#define MBOX_SELECT_ANY 0
#define MBOX_SELECT_TAG 1 /* those with this tag */
#define MBOX_SELECT_NOT_TAG 2 /* those with another tag */
#define MBOX_SELECT_LOWEST_TAG 3 /* RECV: the lowest tag, if not above this */
#define MBOX_SELECT_PID 4 /* those of the process with this id */

/* mbox_link_entry.flags */
#define MBOX_LINK_MUTE 0x1 /* pid may not send to peer */
#define MBOX_LINK_PEER_MUTE 0x2 /* peer may not send to pid */

/* mbox_waiter.what */
#define MBOX_WAIT_SEND 1 /* a sender waits for room */
#define MBOX_WAIT_RECEIPT 2 /* a sender waits for its message to be taken */
#define MBOX_WAIT_RECV 3 /* a receiver waits for a message */
#define MBOX_WAIT_CALL 4 /* a caller waits for its request to be taken */
#define MBOX_WAIT_REPLY 5 /* a caller waits for the answer */

/* mbox_stat.senders_waiting where the handle lacks ADMIN */
#define MBOX_HIDDEN 0xffffffffU

/* mbox_info.features: parts of the contract this kernel serves */
#define MBOX_FEATURE_SYNC 0x1
#define MBOX_FEATURE_RENDEZVOUS 0x2
#define MBOX_FEATURE_DROP 0x4
#define MBOX_FEATURE_PEEK 0x8
#define MBOX_FEATURE_SELECT 0x10
#define MBOX_FEATURE_BROADCAST 0x20
#define MBOX_FEATURE_FDS 0x40
#define MBOX_FEATURE_CALL 0x80
#define MBOX_FEATURE_DIRECT 0x100
#define MBOX_FEATURE_NOTIFY 0x200
#define MBOX_FEATURE_BATCH 0x400
#define MBOX_FEATURE_OWNER 0x800

/**
 * struct mbox_info - ioctl(MBOX_IOC_INFO): what this kernel can do
 * @size: sizeof(struct mbox_info)
 * @flags: must be 0
 * @abi: out: MBOX_ABI of the kernel
 * @name_max: out: longest name in bytes
 * @priority_max: out: highest priority
 * @default_size: out: bytes in the largest message where CREATE does not say
 * @default_messages: out: messages in a bounded mailbox where CREATE does
 *	not say
 * @features: out: set of MBOX_FEATURE_*
 * @open_flags: out: flags OPEN knows
 * @send_flags: out: flags SEND knows
 * @recv_flags: out: flags RECV knows
 * @attrs: out: attributes CREATE knows
 * @mailbox_bytes: out: most bytes of messages that one mailbox may hold,
 *	whatever its capacity; also the limit of max_size, up to 1 GiB
 * @user_bytes: out: most bytes of kernel memory one user may have charged
 * @user_messages: out: most messages of one user that may wait
 * @user_mailboxes: out: most mailboxes one user may have
 * @used_bytes: out: bytes charged to the caller's real uid now
 * @used_messages: out: messages charged to the caller's real uid now
 * @used_mailboxes: out: mailboxes charged to the caller's real uid now
 * @user_calls: out: most calls of one user that may be pending
 * @used_calls: out: calls charged to the caller's real uid now
 * @user_fds: out: most descriptors of one user that may be in flight: passed by
 *	messages that nobody has received
 * @used_fds: out: descriptors in flight of the caller's real uid now
 *
 * What the users of a user namespace have is charged to its maker too, and so
 * on outwards; their own share may have room, and still be refused for that.
 * Who made a namespace is charged inside as outside.
 *
 * Works on any descriptor of /dev/mbox, never sleeps for long, changes
 * nothing.
 *
 * Since ABI 1.
 */
struct mbox_info {
	__u32 size;
	__u32 flags;
	__u32 abi;
	__u32 name_max;
	__u32 priority_max;
	__u32 default_size;
	__aligned_u64 default_messages;
	__aligned_u64 features;
	__u32 open_flags;
	__u32 send_flags;
	__u32 recv_flags;
	__u32 attrs;
	__aligned_u64 mailbox_bytes;
	__aligned_u64 user_bytes;
	__aligned_u64 user_messages;
	__aligned_u64 user_mailboxes;
	__aligned_u64 used_bytes;
	__aligned_u64 used_messages;
	__aligned_u64 used_mailboxes;
	__aligned_u64 user_calls;
	__aligned_u64 used_calls;
	__aligned_u64 user_fds;
	__aligned_u64 used_fds;
};

/**
 * struct mbox_open - ioctl(MBOX_IOC_OPEN): a new handle on a mailbox
 * @size: sizeof(struct mbox_open)
 * @flags: set of MBOX_OPEN_*
 * @name: pointer to the name, without a terminating zero, or 0: a new mailbox
 *	that is reached by descriptor alone (needs CREATE)
 * @name_len: bytes in @name, 1 to MBOX_NAME_MAX; letters, digits and ``._-``,
 *	not starting with a dot.  0 where @name is 0
 * @rights: set of MBOX_RIGHT_* the handle shall have; may be 0
 * @uid: in, with MBOX_OPEN_OWNED: the owner to expect, else ignored;
 *	out: the owner
 * @gid: out: the group
 * @mode: CREATE: permission bits, r = receive, w = send, at most 0666; the
 *	umask is taken off.  Without a name it has no effect
 * @lifetime: CREATE: MBOX_LIFETIME_*
 * @capacity: CREATE: MBOX_CAPACITY_*
 * @attrs: CREATE: set of MBOX_ATTR_*
 * @max_messages: CREATE, bounded: messages it holds, or 0: no such bound.
 *	If @max_bytes is 0 too, MBOX_DEFAULT_MESSAGES
 * @max_bytes: CREATE, bounded: bytes of messages it holds, or 0: no such
 *	bound
 * @max_size: CREATE: bytes in the largest message, or 0: MBOX_DEFAULT_SIZE,
 *	or @max_bytes where that is less
 * @policy: CREATE: MBOX_POLICY_*; one that drops is for a mailbox that has
 *	room, not for MBOX_CAPACITY_ZERO
 *
 * With MBOX_ATTR_BROADCAST, which is not for MBOX_CAPACITY_ZERO or with
 * MBOX_ATTR_FDS, every handle that has RECV is a subscription: it gets every
 * message that is sent after it was opened, in the order of sending.  dup and
 * fork share it, COPY makes a new one.  Each message is stored once, until every
 * subscription has had it.  The bounds and the policy are for each subscription:
 * the first that is full drops its oldest (the default); or misses what is new,
 * which needs bounds of at most MBOX_BROADCAST_MAX messages; or with
 * MBOX_POLICY_BLOCK holds the senders, and so the others, back.  There are no
 * priorities, no receipts and no selection.
 *
 * Returns the new descriptor, close-on-exec.  It can be read if it has RECV
 * and written if it has SEND.  Rights are checked now and stay with the
 * handle: the creator has what it asked for; ADMIN is for the owner;
 * CAP_IPC_OWNER in the user namespace that owns the network namespace passes
 * all checks.  A mailbox is seen by others only when it is complete.
 *
 * Without CREATE all fields marked CREATE must be 0.  With CREATE they must
 * make sense together, even if the mailbox is there already and they have no
 * effect.  The name ``default`` is always there: CREATE opens it, and with
 * EXCL is EEXIST.
 *
 * A mailbox of MBOX_LIFETIME_OWNER ends, as by DESTROY, when the process that
 * made it ends: with the last of its threads, whichever of them called.  It
 * need not have been waited for.  exec is no end, and a child is another
 * process.  With a name it stays until then without handles, but UNLINK ends
 * it if it has none.  Without a name it is gone with its last handle.
 *
 * Since ABI 1.
 */
struct mbox_open {
	__u32 size;
	__u32 flags;
	__aligned_u64 name;
	__u32 name_len;
	__u32 rights;
	__u32 uid;
	__u32 gid;
	__u32 mode;
	__u32 lifetime;
	__u32 capacity;
	__u32 attrs;
	__aligned_u64 max_messages;
	__aligned_u64 max_bytes;
	__u32 max_size;
	__u32 policy;
};

/**
 * struct mbox_copy - ioctl(MBOX_IOC_COPY): a handle with fewer rights
 * @size: sizeof(struct mbox_copy)
 * @flags: MBOX_OPEN_NONBLOCK or 0
 * @rights: rights of the new handle, none that this one lacks
 * @__reserved: must be 0
 *
 * Returns the new descriptor, close-on-exec.  It has HANGUP if this one has.
 *
 * Since ABI 1.
 */
struct mbox_copy {
	__u32 size;
	__u32 flags;
	__u32 rights;
	__u32 __reserved;
};

/**
 * struct mbox_remove - ioctl(MBOX_IOC_UNLINK), ioctl(MBOX_IOC_DESTROY)
 * @size: sizeof(struct mbox_remove)
 * @flags: must be 0
 *
 * UNLINK takes the mailbox's name.  Handles go on; without handles it is
 * gone.  DESTROY takes the name, drops all messages and wakes all sleepers
 * with EIDRM; whatever is tried on its handles later gives EIDRM.  Both need
 * ADMIN and return 0.
 *
 * Since ABI 1.
 */
struct mbox_remove {
	__u32 size;
	__u32 flags;
};

/**
 * struct mbox_send - ioctl(MBOX_IOC_SEND): send one message
 * @size: sizeof(struct mbox_send)
 * @flags: set of MBOX_NOWAIT, MBOX_REALTIME, MBOX_SYNC, MBOX_URGENT
 * @data: pointer to the bytes of the message; not looked at if @len is 0
 * @tag: any value; travels with the message
 * @deadline: absolute time in ns after which not to wait any more, or 0:
 *	none; at most the largest signed value
 * @len: bytes of the message; 0 is a message too
 * @priority: 0 to MBOX_PRIORITY_MAX, higher is received first
 * @fds: pointer to the descriptors to pass, an array of __s32; not looked at
 *	if @nfds is 0
 * @nfds: how many, at most MBOX_FDS_MAX; more than 0 needs a mailbox with
 *	MBOX_ATTR_FDS
 * @result: must be 0; in an entry of SENDV: out: why it was not sent (struct
 *	mbox_batch)
 *
 * Returns 0.  Sleeps while the mailbox is full, or with MBOX_SYNC until a
 * receiver has taken the message; in a mailbox of capacity 0 every send is
 * like that.  A sleep ended by a deadline or a signal withdraws the message.
 * Only a message that arrived gives 0.
 *
 * A mailbox with a policy that drops is never full for its senders: they do
 * not sleep.  With MBOX_POLICY_DROP_NEWEST the message is dropped if there is
 * no room for it.  With MBOX_POLICY_DROP_OLDEST the oldest message of the
 * lowest priority that waits is dropped, and again, until there is room; or
 * this one, when its own priority is lower than all that is left.
 *
 * In a broadcast mailbox it is for all that have subscribed, or with an error
 * for none.  If there is none, it is dropped.
 *
 * Descriptors that are passed stay open in the message, whatever the sender
 * does with its own.  May be passed: regular files, pipes and FIFOs, eventfds,
 * and handles whose only right is SEND.  A message with descriptors is there
 * only as long as a handle with RECV on the mailbox is open: when the last one
 * is closed it is dropped, and if its sender still waits he gets EPIPE.
 *
 * Since ABI 1.
 */
struct mbox_send {
	__u32 size;
	__u32 flags;
	__aligned_u64 data;
	__aligned_u64 tag;
	__aligned_u64 deadline;
	__u32 len;
	__u32 priority;
	__aligned_u64 fds;
	__u32 nfds;
	__s32 result;
};

/**
 * struct mbox_recv - ioctl(MBOX_IOC_RECV): receive one message
 * @size: sizeof(struct mbox_recv)
 * @flags: set of MBOX_NOWAIT, MBOX_REALTIME, MBOX_TRUNCATE
 * @data: pointer to room for the message; not looked at if nothing is stored
 * @deadline: absolute time in ns after which not to wait any more, or 0:
 *	none; at most the largest signed value
 * @len: bytes of room at @data
 * @select: MBOX_SELECT_*: which messages to receive
 * @select_value: the tag, or the process id, 1 to the largest signed value, as
 *	the caller's pid namespace shows it; 0 with MBOX_SELECT_ANY
 * @fds: pointer to room for descriptors, an array of __s32; not looked at if
 *	nothing is stored
 * @nfds: descriptors there is room for; 0: they are not asked for, and those of
 *	the message are closed
 * @result: must be 0; in an entry of RECVV: out: why nothing was received
 *	(struct mbox_batch)
 * @id: out: the message's number in its mailbox, counted from 1
 * @tag: out: the sender's tag
 * @start_time: out: when the sender's process started: ns of CLOCK_BOOTTIME;
 *	with @pid it names a process for good
 * @sent_time: out: when it was sent: ns of CLOCK_MONOTONIC; 0 unless the
 *	mailbox has MBOX_ATTR_TIMES
 * @drops: out: messages the mailbox had dropped when this one was taken (see
 *	struct mbox_stat); in a broadcast mailbox, those that this subscription
 *	missed
 * @token: out: 0, or the sender waits for an answer, and this is for
 *	struct mbox_reply
 * @call_deadline: out: with @token: until when it waits, in ns of
 *	CLOCK_MONOTONIC, or 0: for ever
 * @msg_len: out: bytes of the message, also those MBOX_TRUNCATE cut off;
 *	also written with EMSGSIZE
 * @priority: out: its priority
 * @pid: out: the sender's process id in the receiver's pid namespace, 0 if it
 *	cannot be seen there
 * @tid: out: the sender's thread id, likewise
 * @uid: out: the sender's effective user id in the receiver's user namespace
 * @gid: out: the sender's effective group id, likewise
 * @reply_room: out: with @token: how many bytes the answer may have
 * @msg_fds: out: descriptors the message passes, also those that were not
 *	asked for and those MBOX_TRUNCATE cut off; also written with EMSGSIZE
 *
 * Returns 0.  The message of the highest priority comes first, within one
 * priority the oldest; of those that @select, and the filter of the handle
 * (struct mbox_filter), let through.  With MBOX_SELECT_LOWEST_TAG it is the
 * first of those with the lowest tag.  A process id means whoever had it when
 * sending; mbox_recv.start_time tells one from another.  It leaves the mailbox only when its bytes and this
 * structure have been written.  Bytes at @data may have been written by a
 * call that fails.
 *
 * From a broadcast mailbox comes the oldest message that this subscription has
 * not had; it leaves the mailbox when all have had it.
 *
 * Descriptors are new ones of the caller, close-on-exec, in the order in which
 * they were passed.  If one cannot be had, none is, and the message stays.
 * Where there is room for some and not for all it is EMSGSIZE; MBOX_TRUNCATE
 * takes the first ones, and closes the rest.
 *
 * Since ABI 1.
 */
struct mbox_recv {
	__u32 size;
	__u32 flags;
	__aligned_u64 data;
	__aligned_u64 deadline;
	__u32 len;
	__u32 select;
	__aligned_u64 select_value;
	__aligned_u64 fds;
	__u32 nfds;
	__s32 result;
	__aligned_u64 id;
	__aligned_u64 tag;
	__aligned_u64 start_time;
	__aligned_u64 sent_time;
	__aligned_u64 drops;
	__aligned_u64 token;
	__aligned_u64 call_deadline;
	__u32 msg_len;
	__u32 priority;
	__s32 pid;
	__s32 tid;
	__u32 uid;
	__u32 gid;
	__u32 reply_room;
	__u32 msg_fds;
};

/**
 * struct mbox_batch - ioctl(MBOX_IOC_SENDV), ioctl(MBOX_IOC_RECVV)
 * @size: sizeof(struct mbox_batch)
 * @flags: set of MBOX_NOWAIT, MBOX_REALTIME
 * @entries: pointer to the entries: SENDV: struct mbox_send, with no other flags
 *	than MBOX_SYNC and MBOX_URGENT; RECVV: struct mbox_recv, with no other
 *	flags than MBOX_TRUNCATE.  Their deadline must be 0
 * @count: how many, 1 to MBOX_BATCH_MAX
 * @entry_size: how far apart they lie: a multiple of 8, at least the size of the
 *	structure, at most 4096; the size that an entry itself tells is not more
 * @deadline: for all of them, absolute time in ns after which not to wait any
 *	more, or 0: none; at most the largest signed value
 * @min: RECVV: for how many messages to wait, at most @count; 0: for one.
 *	SENDV: must be 0
 * @__reserved: must be 0
 *
 * Returns how many messages were sent or received: the first so many entries,
 * in their order, as if each had been a SEND or RECV of its own.  If that is
 * less than @count, the result of the entry behind them is the reason, as a
 * negative errno: for instance -EAGAIN if no more was there, or -EINTR if a
 * signal came.  In other entries the result is not written, and it is ignored
 * in all of them on input.  If the first entry fails, the call fails, and
 * nothing has happened.  A batch is not one message: others may send or receive
 * in between.
 *
 * SENDV waits for room for each message.  RECVV waits until @min messages have
 * come, and receives each as it comes; then it takes what is there.  If the wait
 * ends before, what was received stays received.  Messages that are received
 * together keep their place, and their room, until all of them have been
 * written.
 *
 * Since ABI 1.
 */
struct mbox_batch {
	__u32 size;
	__u32 flags;
	__aligned_u64 entries;
	__u32 count;
	__u32 entry_size;
	__aligned_u64 deadline;
	__u32 min;
	__u32 __reserved;
};

/**
 * struct mbox_peek - ioctl(MBOX_IOC_PEEK): look at a message and leave it there
 * @size: sizeof(struct mbox_peek)
 * @flags: set of MBOX_TRUNCATE, MBOX_BEHIND
 * @data: pointer to room for the message; not looked at if nothing is stored
 * @len: bytes of room at @data
 * @place_priority: with MBOX_BEHIND: part of the place, else 0, at most
 *	MBOX_PRIORITY_MAX; out: priority of the message
 * @place: with MBOX_BEHIND: the rest of it, else 0; out: that of the message
 * @__reserved: must be 0
 * @id: out: as in struct mbox_recv, and so are all that follow
 * @tag: out: see there
 * @start_time: out: see there
 * @sent_time: out: see there
 * @drops: out: messages the mailbox has dropped so far, or in a broadcast
 *	mailbox, that this subscription missed
 * @msg_len: out: see there; also written with EMSGSIZE
 * @pid: out: see there
 * @tid: out: see there
 * @uid: out: see there
 * @gid: out: see there
 * @msg_fds: out: how many descriptors the message passes; none is given
 *
 * Returns 0.  Shows the message that would be received first, or with
 * MBOX_BEHIND the one that would be received next after that at the place,
 * which need not be there any more.  A walk that passes each answer's place
 * on sees every message that was there all the time, once.  Never waits,
 * takes nothing, gives no receipt.  @place is a number to be passed on, with
 * no other meaning.
 *
 * Since ABI 1.
 */
struct mbox_peek {
	__u32 size;
	__u32 flags;
	__aligned_u64 data;
	__u32 len;
	__u32 place_priority;
	__aligned_u64 place;
	__aligned_u64 __reserved[2];
	__aligned_u64 id;
	__aligned_u64 tag;
	__aligned_u64 start_time;
	__aligned_u64 sent_time;
	__aligned_u64 drops;
	__u32 msg_len;
	__s32 pid;
	__s32 tid;
	__u32 uid;
	__u32 gid;
	__u32 msg_fds;
};

/**
 * struct mbox_flush - ioctl(MBOX_IOC_FLUSH): receive all there is, and drop it
 * @size: sizeof(struct mbox_flush)
 * @flags: must be 0
 * @messages: out: how many there were
 *
 * Returns 0.  The mailbox and those who wait in it go on: senders have room,
 * and those who wait for a receipt have it, as if each message had been
 * received.  A message that somebody else is receiving is left to him.
 *
 * In a broadcast mailbox it is what waits for this subscription, and nothing is
 * taken from the others.
 *
 * Since ABI 1.
 */
struct mbox_flush {
	__u32 size;
	__u32 flags;
	__aligned_u64 messages;
};

/**
 * struct mbox_call - ioctl(MBOX_IOC_CALL): send a request, wait for its answer
 * @size: sizeof(struct mbox_call)
 * @flags: set of MBOX_NOWAIT, MBOX_REALTIME, MBOX_URGENT, MBOX_NOCHECK
 * @data: pointer to the bytes of the request; not looked at if @len is 0
 * @tag: any value; travels with the request
 * @deadline: absolute time in ns after which not to wait any more, or 0:
 *	none; at most the largest signed value.  The server is told
 * @len: bytes of the request
 * @priority: as in struct mbox_send
 * @reply: pointer to room for the answer; not looked at if nothing is stored
 * @reply_room: bytes of room at @reply.  They are charged to the caller
 *	meanwhile, as far as the mailbox's max_size; of an answer that is being
 *	made when the call ends, its bytes until that has ended, too
 * @taken: out: 1 if a server has received the request, else 0
 * @reply_tag: out: the answer's tag
 * @start_time: out: when the process of who answered started, as in struct
 *	mbox_recv
 * @reply_len: out: bytes of the answer
 * @pid: out: the process of who answered, as in struct mbox_recv
 * @tid: out: its thread, likewise
 * @uid: out: its effective user id, likewise
 * @gid: out: its effective group id, likewise
 * @__reserved: out: 0
 *
 * Returns 0 with the answer.  With an error and @taken 0 the request was
 * withdrawn, or never sent: nothing has happened, and after a signal the call
 * is restarted as SA_RESTART has it.  With an error and @taken 1 the request
 * may have been executed; such a call is never restarted, and fails with EINTR
 * also where something else ends its sleep: a stop, a tracer, the freezer.
 *
 * MBOX_NOWAIT is for the room that the request needs, not for the answer.  A
 * deadline in the past fails at once.  A request whose deadline has passed is
 * not delivered any more.
 *
 * A thread that has received requests itself gets EDEADLK if everybody who
 * could answer waits for an answer, too, and so on.  MBOX_NOCHECK is for who
 * knows better: another thread, which has had no request yet, is about to
 * receive.
 *
 * Since ABI 1.
 */
struct mbox_call {
	__u32 size;
	__u32 flags;
	__aligned_u64 data;
	__aligned_u64 tag;
	__aligned_u64 deadline;
	__u32 len;
	__u32 priority;
	__aligned_u64 reply;
	__u32 reply_room;
	__u32 taken;
	__aligned_u64 reply_tag;
	__aligned_u64 start_time;
	__u32 reply_len;
	__s32 pid;
	__s32 tid;
	__u32 uid;
	__u32 gid;
	__u32 __reserved;
};

/**
 * struct mbox_reply - ioctl(MBOX_IOC_REPLY), ioctl(MBOX_IOC_REPLY_RECV)
 * @size: sizeof(struct mbox_reply)
 * @flags: must be 0
 * @token: whom to answer: mbox_recv.token of the request; REPLY_RECV: 0:
 *	nobody; out, REPLY_RECV: 0 when the answer is out
 * @data: pointer to the bytes of the answer; not looked at if @len is 0
 * @tag: any value; travels with the answer
 * @len: bytes of the answer, at most mbox_recv.reply_room of the request
 * @__reserved: must be 0
 * @recv: REPLY: must be 0; REPLY_RECV: pointer to a struct mbox_recv
 *
 * Answers a call, and returns 0.  A token is good once, for the handle that
 * received the request, and for the process that did, in any of its threads; not
 * for a child of fork, nor for the program it execs.
 *
 * REPLY_RECV then receives, as RECV does, in the same call.  What would be
 * refused is refused before anything is done.  If it fails afterwards, @token is
 * 0, so that calling again, as it is, only receives.
 *
 * Never waits for the caller.  Who received a request and does not answer it
 * makes the caller wait: until that process, or another with the same table of
 * descriptors, closes a descriptor of the handle, or until it ends.  exec closes
 * those that are close-on-exec.  If it keeps one open, the token is worthless at
 * once, but the caller waits on, until the new program receives a request
 * through the handle, tries to answer one, closes a descriptor of it, or ends.
 *
 * Since ABI 1.
 */
struct mbox_reply {
	__u32 size;
	__u32 flags;
	__aligned_u64 token;
	__aligned_u64 data;
	__aligned_u64 tag;
	__u32 len;
	__u32 __reserved;
	__aligned_u64 recv;
};

/**
 * struct mbox_direct - ioctl(MBOX_IOC_SEND_TO), ioctl(MBOX_IOC_RECV_FROM)
 * @size: sizeof(struct mbox_direct)
 * @flags: SEND_TO: MBOX_ONEWAY or 0; RECV_FROM: must be 0
 * @pid: the other process, as the caller's pid namespace shows it; RECV_FROM:
 *	0: any
 * @__reserved: must be 0
 * @args: pointer to a struct mbox_send or a struct mbox_recv, as for SEND and
 *	RECV
 *
 * Sends a message to a process, or receives one that was sent to the calling
 * process, and returns 0.  Any descriptor of /dev/mbox serves.
 *
 * Every process has one endpoint, for all its threads: a mailbox of
 * MBOX_DEFAULT_MESSAGES messages of up to MBOX_DEFAULT_SIZE bytes.  It is there
 * when it is needed, stays over exec, is not inherited by fork, and ends with
 * the process, with what that has not received.  Who may send is who may send
 * signal 0 (kill(2)).  That a process has not asked for messages is no matter:
 * they wait, at the sender's charge.  An endpoint counts as a mailbox of whoever
 * caused it, also if that call then failed; a link takes bytes of whoever caused
 * it.
 *
 * The first message between two processes links them.  With MBOX_ONEWAY the link
 * carries only messages of who made it.  It ends with either process.
 *
 * What a process has sent outlives it: RECV_FROM gives it, and then ESRCH.  Who
 * waits for a process that ends gets ESRCH at once.  If a number was used again,
 * it means the process that lives, or the last one of which a message waits.
 *
 * Since ABI 1.
 */
struct mbox_direct {
	__u32 size;
	__u32 flags;
	__s32 pid;
	__u32 __reserved;
	__aligned_u64 args;
};

/**
 * struct mbox_endpoint - ioctl(MBOX_IOC_ENDPOINT): one's endpoint as a descriptor
 * @size: sizeof(struct mbox_endpoint)
 * @flags: MBOX_OPEN_NONBLOCK or 0
 *
 * Returns a new descriptor, close-on-exec: a handle with RECV on the mailbox of
 * the calling process's endpoint, to poll, read, peek and filter.  It is of use
 * to this process alone: another one that has it gets EACCES, and EPOLLERR.
 *
 * Since ABI 1.
 */
struct mbox_endpoint {
	__u32 size;
	__u32 flags;
};

/**
 * struct mbox_link_entry - one link, as LINKS shows it
 * @id: its number, unique while the module is loaded
 * @pid: one end, as the caller's pid namespace shows it, 0 if it cannot be seen
 * @peer: the other end, likewise
 * @sent: messages @pid has sent to @peer, those included that wait for room
 * @peer_sent: messages @peer has sent to @pid, likewise
 * @flags: set of MBOX_LINK_*
 * @__reserved: 0
 *
 * Since ABI 1.
 */
struct mbox_link_entry {
	__aligned_u64 id;
	__s32 pid;
	__s32 peer;
	__aligned_u64 sent;
	__aligned_u64 peer_sent;
	__u32 flags;
	__u32 __reserved;
};

/**
 * struct mbox_links - ioctl(MBOX_IOC_LINKS): links between processes
 * @size: sizeof(struct mbox_links)
 * @flags: must be 0
 * @entries: pointer to room for @count entries
 * @count: in: room at @entries, at most MBOX_BATCH_MAX are filled; out: how
 *	many were.  0 means the end
 * @entry_size: sizeof(struct mbox_link_entry); entries lie that far apart
 * @after: in: list the links whose id is higher, all of them if it is 0; out:
 *	where to go on
 * @pid: only those of this process, which is then mbox_link_entry.pid; 0: all
 * @__reserved: must be 0
 *
 * Returns 0.  Shows the links of which the caller is an end, or can see one in
 * its pid namespace and its ids would let it send a signal there.
 *
 * Since ABI 1.
 */
struct mbox_links {
	__u32 size;
	__u32 flags;
	__aligned_u64 entries;
	__u32 count;
	__u32 entry_size;
	__aligned_u64 after;
	__s32 pid;
	__u32 __reserved;
};

/**
 * struct mbox_filter - ioctl(MBOX_IOC_FILTER): what a handle lets through
 * @size: sizeof(struct mbox_filter)
 * @flags: must be 0
 * @select: MBOX_SELECT_*, but not MBOX_SELECT_LOWEST_TAG; MBOX_SELECT_ANY
 *	takes the filter away
 * @__reserved: must be 0
 * @select_value: the tag, or the process id, as in struct mbox_recv; it stays
 *	that of the caller's pid namespace
 *
 * Returns 0.  From now on RECV and read() on this handle receive only such
 * messages, and poll tells of no others.  It belongs to the handle, shared by
 * dup and fork like a file position, and is not copied by COPY.  Receivers
 * that wait go on with what they began with.  PEEK and FLUSH see all messages.
 * What others do not take, a filter leaves in the mailbox, where it takes
 * room; and the handle is at its end (HANGUP) only when the mailbox is empty.
 *
 * Since ABI 1.
 */
struct mbox_filter {
	__u32 size;
	__u32 flags;
	__u32 select;
	__u32 __reserved;
	__aligned_u64 select_value;
};

/**
 * struct mbox_notify - ioctl(MBOX_IOC_NOTIFY): one signal when a message comes
 * @size: sizeof(struct mbox_notify)
 * @flags: must be 0
 * @signo: the signal, or 0: none any more
 * @__reserved: must be 0
 * @value: comes with the signal, in si_value.  0 if @signo is 0; has to fit
 *	into a pointer of the caller's
 *
 * Returns 0.  Registers the calling thread for one signal, which is sent to it
 * when a message comes into the mailbox where no other waits, and no receiver
 * sleeps who can have it.  The registration ends with that.  Messages that
 * are there already cause no signal: register first, then receive until EAGAIN.
 * A message that comes back because it could not be copied has come too.  In a
 * broadcast mailbox all this is said of the handle's subscription.
 *
 * The signal has si_code SI_MESGQ, @value in si_value, and in si_pid and si_uid
 * what mbox_recv.pid and mbox_recv.uid will say of the message (si_pid is 0
 * also if the sender is seen but not the one through whose call the message
 * came).  A real-time signal that passes RLIMIT_SIGPENDING is lost; another one
 * comes, without what it should say.
 *
 * One thread can be registered with a mailbox.  It can register again, and so
 * change its mind; @signo 0 ends its own registration, and does nothing if
 * there is none.  A registration also ends when its thread ends or calls
 * exec(), when its process closes any descriptor of the handle through which
 * it was made, when that handle ends, and with the mailbox, without a signal.
 *
 * Since ABI 1.
 */
struct mbox_notify {
	__u32 size;
	__u32 flags;
	__u32 signo;
	__u32 __reserved;
	__aligned_u64 value;
};

/**
 * struct mbox_waiter - one sleeping task, as STAT shows it
 * @pid: its process id in the caller's pid namespace, 0 if not seen there
 * @tid: its thread id, likewise
 * @what: MBOX_WAIT_*
 * @len: bytes of the message it sends, or of the room it has
 *
 * Since ABI 1.
 */
struct mbox_waiter {
	__s32 pid;
	__s32 tid;
	__u32 what;
	__u32 len;
};

/**
 * struct mbox_stat - ioctl(MBOX_IOC_STAT): a mailbox at this moment
 * @size: sizeof(struct mbox_stat)
 * @flags: must be 0
 * @waiters: pointer to room for @nwaiters entries of struct mbox_waiter.
 *	Senders come first, then callers whose request was taken, then
 *	receivers, each in their order; in a broadcast mailbox receivers of one
 *	subscription after those of the other
 * @nwaiters: in: room at @waiters, at most MBOX_BATCH_MAX are filled; other
 *	than 0 needs ADMIN; out: how many were
 * @rights: out: rights of this handle
 * @id: out: the mailbox's number, unique while the module is loaded; tracing
 *	and fdinfo name it so
 * @name: out: its name with a terminating zero; empty if it has none
 * @uid: out: owner, in the caller's user namespace
 * @gid: out: group, likewise
 * @mode: out: permission bits
 * @lifetime: out: MBOX_LIFETIME_*
 * @capacity: out: MBOX_CAPACITY_*
 * @attrs: out: set of MBOX_ATTR_*
 * @max_size: out: bytes in the largest message
 * @handles: out: open handles
 * @senders: out: open handles that have SEND
 * @receivers: out: open handles that have RECV
 * @senders_waiting: out: senders and callers that sleep, or MBOX_HIDDEN without ADMIN
 * @receivers_waiting: out: receivers that sleep, or MBOX_HIDDEN without ADMIN
 * @max_messages: out: bound on messages, 0: none
 * @max_bytes: out: bound on bytes of messages, 0: none
 * @messages: out: messages it holds; where the policy drops, one that is being
 *	copied to its receiver takes no room from others, so that it can be
 *	more than @max_messages
 * @bytes: out: bytes of messages it holds
 * @peak_messages: out: most messages it ever held; one that is being handed
 *	over counts, also where nothing is buffered
 * @charged: out: bytes of kernel memory its messages are charged for
 * @sent: out: messages accepted so far
 * @received: out: messages received so far; in a broadcast mailbox, those that
 *	every subscription has had, or will not have because it was closed
 * @dropped: out: messages that were accepted and lost without being received:
 *	those its policy has dropped, those with descriptors that nobody was left
 *	to receive, and in a broadcast mailbox those that nobody had subscribed
 *	for; one that its sender withdrew counts as never sent
 * @search_steps: out: messages and waiters passed over in searches so far
 * @policy: out: MBOX_POLICY_*, never MBOX_POLICY_DEFAULT
 * @owner_pid: out: with MBOX_LIFETIME_OWNER the process that it ends with, in
 *	the caller's pid namespace; 0 if that cannot be seen there, without
 *	ADMIN, and with any other lifetime
 * @times: out: with MBOX_ATTR_TIMES, else all 0: the messages received so far,
 *	by how long each had lain there, from when the mailbox accepted it until
 *	its receiver had it; in a broadcast mailbox, until @received counts it.
 *	times[0] counts those that lay less than 2^10 ns, about a microsecond;
 *	times[i] those that lay at least 2^(i + 9) ns and less than 2^(i + 10) ns;
 *	the last one has no end
 * @expired: out: calls so far whose deadline passed before anybody received
 *	their request
 * @slowest_pid: out: BROADCAST, with ADMIN: who opened a subscription that is
 *	the furthest behind, and with MBOX_POLICY_BLOCK holds the others back:
 *	its process id in the caller's pid namespace.  0: not seen there, or it
 *	has ended, or none is behind, or the policy is MBOX_POLICY_DROP_NEWEST
 * @__reserved: out: 0
 * @pending: out: BROADCAST: messages that wait for this handle's subscription;
 *	without RECV it has none
 * @missed: out: BROADCAST: messages that it did not get
 * @slowest_pending: out: messages that wait for that subscription
 *
 * Returns 0.  At every moment sent = received + dropped + messages; and with
 * MBOX_ATTR_TIMES received is the sum of all times.
 *
 * Since ABI 1.
 */
struct mbox_stat {
	__u32 size;
	__u32 flags;
	__aligned_u64 waiters;
	__u32 nwaiters;
	__u32 rights;
	__aligned_u64 id;
	char name[MBOX_NAME_SIZE];
	__u32 uid;
	__u32 gid;
	__u32 mode;
	__u32 lifetime;
	__u32 capacity;
	__u32 attrs;
	__u32 max_size;
	__u32 handles;
	__u32 senders;
	__u32 receivers;
	__u32 senders_waiting;
	__u32 receivers_waiting;
	__aligned_u64 max_messages;
	__aligned_u64 max_bytes;
	__aligned_u64 messages;
	__aligned_u64 bytes;
	__aligned_u64 peak_messages;
	__aligned_u64 charged;
	__aligned_u64 sent;
	__aligned_u64 received;
	__aligned_u64 dropped;
	__aligned_u64 search_steps;
	__u32 policy;
	__s32 owner_pid;
	__aligned_u64 times[MBOX_TIMES_BUCKETS];
	__aligned_u64 expired;
	__s32 slowest_pid;
	__u32 __reserved;
	__aligned_u64 pending;
	__aligned_u64 missed;
	__aligned_u64 slowest_pending;
};

/**
 * struct mbox_list_entry - one mailbox, as LIST shows it
 * @name: its name with a terminating zero
 * @id: the mailbox's number, as in STAT
 * @uid: owner, in the caller's user namespace
 * @gid: group, likewise
 * @mode: permission bits
 * @rights: rights an OPEN by the caller could get now
 * @messages: messages it holds
 * @bytes: bytes of messages it holds
 *
 * Since ABI 1.
 */
struct mbox_list_entry {
	char name[MBOX_NAME_SIZE];
	__aligned_u64 id;
	__u32 uid;
	__u32 gid;
	__u32 mode;
	__u32 rights;
	__aligned_u64 messages;
	__aligned_u64 bytes;
};

/**
 * struct mbox_list - ioctl(MBOX_IOC_LIST): names in the namespace
 * @size: sizeof(struct mbox_list)
 * @flags: must be 0
 * @entries: pointer to room for @count entries
 * @count: in: room at @entries, at most MBOX_BATCH_MAX are filled; out: how
 *	many were.  0 means the end
 * @entry_size: sizeof(struct mbox_list_entry); entries lie that far apart
 * @after: in: list the names that sort after this one (bytewise), all of them
 *	if it is empty; must end in a zero byte
 *
 * Returns 0.  Shows the named mailboxes the caller could open, sorted by
 * name.  A walk that passes the last name of one page as @after of the next
 * shows every name that was there all the time, once.
 *
 * Since ABI 1.
 */
struct mbox_list {
	__u32 size;
	__u32 flags;
	__aligned_u64 entries;
	__u32 count;
	__u32 entry_size;
	char after[MBOX_NAME_SIZE];
};

/*
 * Numbers in blocks of 16, so that a seccomp or SELinux rule can allow the
 * verbs that only look (0x00), those that make and remove mailboxes (0x10),
 * those that carry messages (0x20) and those from process to process (0x30)
 * apart from each other.
 */
#define MBOX_IOC_TYPE 0xd7
#define MBOX_IOC_INFO _IO(MBOX_IOC_TYPE, 0x00)
#define MBOX_IOC_STAT _IO(MBOX_IOC_TYPE, 0x01)
#define MBOX_IOC_LIST _IO(MBOX_IOC_TYPE, 0x02)
#define MBOX_IOC_LINKS _IO(MBOX_IOC_TYPE, 0x03)
#define MBOX_IOC_OPEN _IO(MBOX_IOC_TYPE, 0x10)
#define MBOX_IOC_COPY _IO(MBOX_IOC_TYPE, 0x11)
#define MBOX_IOC_UNLINK _IO(MBOX_IOC_TYPE, 0x12)
#define MBOX_IOC_DESTROY _IO(MBOX_IOC_TYPE, 0x13)
#define MBOX_IOC_ENDPOINT _IO(MBOX_IOC_TYPE, 0x14)
#define MBOX_IOC_SEND _IO(MBOX_IOC_TYPE, 0x20)
#define MBOX_IOC_RECV _IO(MBOX_IOC_TYPE, 0x21)
#define MBOX_IOC_PEEK _IO(MBOX_IOC_TYPE, 0x22)
#define MBOX_IOC_FLUSH _IO(MBOX_IOC_TYPE, 0x23)
#define MBOX_IOC_FILTER _IO(MBOX_IOC_TYPE, 0x24)
#define MBOX_IOC_CALL _IO(MBOX_IOC_TYPE, 0x25)
#define MBOX_IOC_REPLY _IO(MBOX_IOC_TYPE, 0x26)
#define MBOX_IOC_REPLY_RECV _IO(MBOX_IOC_TYPE, 0x27)
#define MBOX_IOC_NOTIFY _IO(MBOX_IOC_TYPE, 0x28)
#define MBOX_IOC_SENDV _IO(MBOX_IOC_TYPE, 0x29)
#define MBOX_IOC_RECVV _IO(MBOX_IOC_TYPE, 0x2a)
#define MBOX_IOC_SEND_TO _IO(MBOX_IOC_TYPE, 0x30)
#define MBOX_IOC_RECV_FROM _IO(MBOX_IOC_TYPE, 0x31)

#endif /* _UAPI_LINUX_MBOX_H */

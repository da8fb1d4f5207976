/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * mbox: the mailbox of the operating-systems textbook, as a Linux device.
 *
 * This file is the whole contract between the kernel and user space: the
 * ioctls of /dev/mbox, their structures, their flags and their errors.  Both
 * sides include it and nothing else is shared.  It must compile as C90, C11,
 * C17 and C++17, for 64-bit, 32-bit and x32 programs, with the same layout.
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
 * An error has no effect.  What a failed call may have written is memory that
 * it would have written had it not failed, and what its error speaks of, for
 * instance @msg_len with EMSGSIZE.
 *
 * Times are absolute nanoseconds on CLOCK_MONOTONIC, or on CLOCK_REALTIME
 * where a flag asks for it, as the caller's time namespace shows them.
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
 * until its first read, write or poll, which then gives it both, as far as
 * the mailbox's mode allowed its opener.
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
 *   OPEN     EDQUOT        the caller's quota of mailboxes or bytes is used up
 *   OPEN     ENOMEM        no memory, or the memory cgroup is full
 *   OPEN     EMFILE        the process has no descriptor left
 *   OPEN     ENFILE        the system has no open file left
 *   OPEN     ENXIO         the network namespace of this descriptor has ended
 *   COPY     EACCES        the handle to copy lacks a right that was asked for
 *   COPY     EIDRM         the mailbox was destroyed
 *   COPY     ENOMEM        no memory, or the memory cgroup is full
 *   COPY     EMFILE        the process has no descriptor left
 *   COPY     ENFILE        the system has no open file left
 *   UNLINK   EPERM         the handle lacks ADMIN
 *   UNLINK   ENOENT        the mailbox has no name, or no longer
 *   UNLINK   EIDRM         the mailbox was destroyed
 *   DESTROY  EPERM         the handle lacks ADMIN
 *   DESTROY  EIDRM         the mailbox was destroyed before
 *   SEND     EBADF         the handle lacks SEND
 *   SEND     EMSGSIZE      the message is longer than the mailbox takes
 *   SEND     EAGAIN        it would have to wait, and must not
 *   SEND     ETIMEDOUT     the deadline passed first
 *   SEND     EINTR         a signal came first
 *   SEND     EPIPE         nobody can ever receive: no name, and no handle with RECV is left
 *   SEND     EIDRM         the mailbox was destroyed
 *   SEND     EDQUOT        the caller's quota of messages or bytes, or the mailbox's limit, is used up
 *   SEND     ENOMEM        no memory, or the memory cgroup is full
 *   RECV     EBADF         the handle lacks RECV
 *   RECV     EMSGSIZE      the message is longer than the room for it; msg_len tells how long
 *   RECV     EAGAIN        it would have to wait, and must not
 *   RECV     ETIMEDOUT     the deadline passed first
 *   RECV     EINTR         a signal came first
 *   RECV     EPIPE         the handle has HANGUP and is at its end
 *   RECV     EIDRM         the mailbox was destroyed
 *   STAT     EPERM         waiters were asked for, and the handle lacks ADMIN
 *   STAT     EIDRM         the mailbox was destroyed
 *   STAT     ENOMEM        no memory, or the memory cgroup is full
 *   LIST     ENOMEM        no memory, or the memory cgroup is full
 *   LIST     ENXIO         the network namespace of this descriptor has ended
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
/* Most entries that STAT and LIST fill in one call. */
#define MBOX_BATCH_MAX 1024

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

/* mbox_open.capacity: how much a mailbox holds before a sender must wait. */
#define MBOX_CAPACITY_BOUNDED 0 /* max_messages and/or max_bytes */
#define MBOX_CAPACITY_ZERO 1 /* rendezvous: a send meets its receiver */
#define MBOX_CAPACITY_UNBOUNDED 2 /* only quotas */

/* mbox_open.attrs */
#define MBOX_ATTR_FIXED 0x1 /* every message has max_size bytes; needs it */
#define MBOX_ATTR_TIMES 0x2 /* messages carry the time they were sent */

/* mbox_send.flags and mbox_recv.flags */
#define MBOX_NOWAIT 0x01 /* EAGAIN rather than wait; beats a deadline */
#define MBOX_REALTIME 0x02 /* the deadline is on CLOCK_REALTIME */
#define MBOX_SYNC 0x04 /* SEND: return when a receiver has taken it */
#define MBOX_URGENT 0x08 /* SEND: to the front of its priority */
#define MBOX_TRUNCATE 0x10 /* RECV: take what fits, drop the rest */

/* mbox_waiter.what */
#define MBOX_WAIT_SEND 1 /* a sender waits for room */
#define MBOX_WAIT_RECEIPT 2 /* a sender waits for its message to be taken */
#define MBOX_WAIT_RECV 3 /* a receiver waits for a message */

/* mbox_stat.senders_waiting where the handle lacks ADMIN */
#define MBOX_HIDDEN 0xffffffffU

/* mbox_info.features: parts of the contract this kernel serves */
#define MBOX_FEATURE_SYNC 0x1
#define MBOX_FEATURE_RENDEZVOUS 0x2

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
 * @__reserved: must be 0
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
	__u32 __reserved;
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
 * @__reserved: must be 0
 *
 * Returns 0.  Sleeps while the mailbox is full, or with MBOX_SYNC until a
 * receiver has taken the message; in a mailbox of capacity 0 every send is
 * like that.  A sleep ended by a deadline or a signal withdraws the message.
 * Only a message that arrived gives 0.
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
	__aligned_u64 __reserved;
};

/**
 * struct mbox_recv - ioctl(MBOX_IOC_RECV): receive one message
 * @size: sizeof(struct mbox_recv)
 * @flags: set of MBOX_NOWAIT, MBOX_REALTIME, MBOX_TRUNCATE
 * @data: pointer to room for the message; not looked at if nothing is stored
 * @deadline: absolute time in ns after which not to wait any more, or 0:
 *	none; at most the largest signed value
 * @len: bytes of room at @data
 * @__reserved0: must be 0
 * @__reserved: must be 0
 * @id: out: the message's number in its mailbox, counted from 1
 * @tag: out: the sender's tag
 * @start_time: out: when the sender's process started: ns of CLOCK_BOOTTIME;
 *	with @pid it names a process for good
 * @sent_time: out: when it was sent: ns of CLOCK_MONOTONIC; 0 unless the
 *	mailbox has MBOX_ATTR_TIMES
 * @drops: out: messages this mailbox has dropped so far
 * @msg_len: out: bytes of the message, also those MBOX_TRUNCATE cut off;
 *	also written with EMSGSIZE
 * @priority: out: its priority
 * @pid: out: the sender's process id in the receiver's pid namespace, 0 if it
 *	cannot be seen there
 * @tid: out: the sender's thread id, likewise
 * @uid: out: the sender's effective user id in the receiver's user namespace
 * @gid: out: the sender's effective group id, likewise
 *
 * Returns 0.  The message of the highest priority comes first, within one
 * priority the oldest.  It leaves the mailbox only when its bytes and this
 * structure have been written.  Bytes at @data may have been written by a
 * call that fails.
 *
 * Since ABI 1.
 */
struct mbox_recv {
	__u32 size;
	__u32 flags;
	__aligned_u64 data;
	__aligned_u64 deadline;
	__u32 len;
	__u32 __reserved0;
	__aligned_u64 __reserved[4];
	__aligned_u64 id;
	__aligned_u64 tag;
	__aligned_u64 start_time;
	__aligned_u64 sent_time;
	__aligned_u64 drops;
	__u32 msg_len;
	__u32 priority;
	__s32 pid;
	__s32 tid;
	__u32 uid;
	__u32 gid;
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
 *	Senders come first, then receivers, each in their order
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
 * @senders_waiting: out: senders that sleep, or MBOX_HIDDEN without ADMIN
 * @receivers_waiting: out: receivers that sleep, or MBOX_HIDDEN without ADMIN
 * @max_messages: out: bound on messages, 0: none
 * @max_bytes: out: bound on bytes of messages, 0: none
 * @messages: out: messages it holds
 * @bytes: out: bytes of messages it holds
 * @peak_messages: out: most messages it ever held; one that is being handed
 *	over counts, also where nothing is buffered
 * @charged: out: bytes of kernel memory its messages are charged for
 * @sent: out: messages accepted so far
 * @received: out: messages received so far
 * @dropped: out: messages that were accepted and lost without being received;
 *	one that its sender withdrew counts as never sent
 * @search_steps: out: messages and waiters passed over in searches so far
 *
 * Returns 0.  At every moment sent = received + dropped + messages.
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
 * verbs that only look (0x00), those that make and remove mailboxes (0x10)
 * and those that carry messages (0x20) apart from each other.
 */
#define MBOX_IOC_TYPE 0xd7
#define MBOX_IOC_INFO _IO(MBOX_IOC_TYPE, 0x00)
#define MBOX_IOC_STAT _IO(MBOX_IOC_TYPE, 0x01)
#define MBOX_IOC_LIST _IO(MBOX_IOC_TYPE, 0x02)
#define MBOX_IOC_OPEN _IO(MBOX_IOC_TYPE, 0x10)
#define MBOX_IOC_COPY _IO(MBOX_IOC_TYPE, 0x11)
#define MBOX_IOC_UNLINK _IO(MBOX_IOC_TYPE, 0x12)
#define MBOX_IOC_DESTROY _IO(MBOX_IOC_TYPE, 0x13)
#define MBOX_IOC_SEND _IO(MBOX_IOC_TYPE, 0x20)
#define MBOX_IOC_RECV _IO(MBOX_IOC_TYPE, 0x21)

#endif /* _UAPI_LINUX_MBOX_H */

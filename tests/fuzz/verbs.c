// SPDX-License-Identifier: GPL-2.0-only
/*
 * verbs.c: the table of what a program can do.
 *
 * Owns: each verb's name, how often it is chosen, and its fields: what values
 * they have, and where in the structure of uapi/linux/mbox.h they stand.  Out
 * members are not in the table; call.c fills them with rubbish, since the
 * kernel must ignore it.  Takes no locks.  Read by text.c, mutate.c, call.c.
 */
#include "prog.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>

#include <linux/mbox.h>

static const struct word open_flags[] = {
	{ "CREATE", MBOX_OPEN_CREATE },	    { "EXCL", MBOX_OPEN_EXCL },
	{ "NONBLOCK", MBOX_OPEN_NONBLOCK }, { "HANGUP", MBOX_OPEN_HANGUP },
	{ "OWNED", MBOX_OPEN_OWNED },	    { NULL, 0 },
};

/* SEND and RECV share the numbers; what one does not know is EINVAL. */
static const struct word message_flags[] = {
	{ "NOWAIT", MBOX_NOWAIT },     { "REALTIME", MBOX_REALTIME },
	{ "SYNC", MBOX_SYNC },	       { "URGENT", MBOX_URGENT },
	{ "TRUNCATE", MBOX_TRUNCATE }, { NULL, 0 },
};

static const struct word peek_flags[] = {
	{ "TRUNCATE", MBOX_TRUNCATE },
	{ "BEHIND", MBOX_BEHIND },
	{ NULL, 0 },
};

static const struct word call_flags[] = {
	{ "NOWAIT", MBOX_NOWAIT },
	{ "REALTIME", MBOX_REALTIME },
	{ "URGENT", MBOX_URGENT },
	{ "NOCHECK", MBOX_NOCHECK },
	{ NULL, 0 },
};

/* Whom SEND_TO and RECV_FROM mean; call.c makes numbers of them. */
static const struct word people[] = {
	{ "none", WHO_NONE },	  { "self", WHO_SELF },
	{ "child", WHO_CHILD },	  { "parent", WHO_PARENT },
	{ "thread", WHO_THREAD }, { NULL, 0 },
};

static const struct word direct_flags[] = {
	{ "ONEWAY", MBOX_ONEWAY },
	{ NULL, 0 },
};

static const struct word batch_flags[] = {
	{ "NOWAIT", MBOX_NOWAIT },
	{ "REALTIME", MBOX_REALTIME },
	{ NULL, 0 },
};

static const struct word no_flags[] = { { NULL, 0 } };

static const struct word rights[] = {
	{ "SEND", MBOX_RIGHT_SEND },
	{ "RECV", MBOX_RIGHT_RECV },
	{ "ADMIN", MBOX_RIGHT_ADMIN },
	{ NULL, 0 },
};

static const struct word attrs[] = {
	{ "FIXED", MBOX_ATTR_FIXED },
	{ "TIMES", MBOX_ATTR_TIMES },
	{ "FDS", MBOX_ATTR_FDS },
	{ "BROADCAST", MBOX_ATTR_BROADCAST },
	{ NULL, 0 },
};

static const struct word lifetimes[] = {
	{ "DESCRIPTOR", MBOX_LIFETIME_DESCRIPTOR },
	{ "PERSISTENT", MBOX_LIFETIME_PERSISTENT },
	{ "OWNER", MBOX_LIFETIME_OWNER },
	{ NULL, 0 },
};

static const struct word capacities[] = {
	{ "BOUNDED", MBOX_CAPACITY_BOUNDED },
	{ "ZERO", MBOX_CAPACITY_ZERO },
	{ "UNBOUNDED", MBOX_CAPACITY_UNBOUNDED },
	{ NULL, 0 },
};

static const struct word policies[] = {
	{ "BLOCK", MBOX_POLICY_BLOCK },
	{ "DROP_NEWEST", MBOX_POLICY_DROP_NEWEST },
	{ "DROP_OLDEST", MBOX_POLICY_DROP_OLDEST },
	{ NULL, 0 },
};

static const struct word selections[] = {
	{ "ANY", MBOX_SELECT_ANY },
	{ "TAG", MBOX_SELECT_TAG },
	{ "NOT_TAG", MBOX_SELECT_NOT_TAG },
	{ "LOWEST_TAG", MBOX_SELECT_LOWEST_TAG },
	{ "PID", MBOX_SELECT_PID },
	{ NULL, 0 },
};

static const struct word events[] = {
	{ "IN", POLLIN },  { "OUT", POLLOUT }, { "PRI", POLLPRI },
	{ "ET", EPOLLET }, { NULL, 0 },
};

static const struct word places[] = {
	{ "mem", AT_MEM }, /* memory like any other */
	{ "edge", AT_EDGE }, /* its last byte is the last of a mapping */
	{ "over", AT_OVER }, /* its second half is behind that */
	{ "ro", AT_RO }, /* can be read only */
	{ "null", AT_NULL }, { "kernel", AT_KERNEL },
	{ "wild", AT_WILD }, /* no address at all */
	{ NULL, 0 },
};

static const struct word times[] = {
	{ "none", T_NONE },   { "past", T_PAST },
	{ "now", T_NOW },     { "soon", T_SOON }, /* in a millisecond */
	{ "later", T_LATER }, /* in ten */
	{ "far", T_FAR },     { "max", T_MAX }, /* the last that is allowed */
	{ "over", T_OVER },   { NULL, 0 },
};

/* In "n*" the star becomes a number, another one each time. */
const struct word fuzz_names[] = {
	{ "none", NAME_NONE },
	{ "a", 1 },
	{ "b", 2 },
	{ "n*", 3 },
	{ "default", 4 },
	{ "", 5 },
	{ ".dot", 6 },
	{ "sla/sh", 7 },
	{ "of-63-bytes._which_is_the_longest_that_a_name_of_ours_may_be-01",
	  8 },
	{ "of-64-bytes._which_is_one_more_than_a_name_of_ours_may_have-0123",
	  9 },
	{ NULL, 0 },
};

static const struct word users[] = {
	{ "root", USER_ROOT },
	{ "alice", USER_ALICE },
	{ NULL, 0 },
};

static const struct word namespaces[] = {
	{ "same", NS_SAME },
	{ "net", NS_NET }, /* a network namespace of its own */
	{ "user", NS_USER }, /* and one of users around it */
	{ NULL, 0 },
};

static const struct word quotas[] = {
	{ "normal", 0 },
	{ "small", 1 },
	{ NULL, 0 },
};

/* Places in the module where the next task stops, in its test build. */
const struct word fuzz_points[POINTS + 1] = {
	{ "before-lock-send", 0 }, { "before-sleep", 1 },
	{ "after-sleep", 2 },	   { "before-wake", 3 },
	{ "while-copying", 4 },	   { "before-publish", 5 },
	{ "before-attach", 6 },	   { "while-peeking", 7 },
	{ "while-searching", 8 },  { "before-signal", 9 },
	{ "before-end", 10 },	   { "before-reply", 11 },
	{ "while-serving", 12 },   { "while-ending", 13 },
	{ "before-serving", 14 },  { NULL, 0 },
};

/* What may travel in a message, and what may not. */
static const struct word fuzz_kinds[] = {
	{ "pipe", KIND_PIPE },
	{ "eventfd", KIND_EVENTFD },
	{ "memory", KIND_MEMORY },
	{ "file", KIND_FILE },
	{ "socket", KIND_SOCKET },
	{ "null", KIND_NULL },
	{ "folder", KIND_FOLDER },
	{ "path", KIND_PATH },
	{ NULL, 0 },
};

/* Signals that end nothing; call.c makes one of them of any other. */
static const struct word signals[] = {
	{ "none", 0 },	 { "ALRM", SIGALRM }, { "URG", SIGURG },
	{ "bad", NSIG }, { NULL, 0 },
};

static const struct word device_modes[] = {
	{ "RDONLY", O_RDONLY },
	{ "WRONLY", O_WRONLY },
	{ "RDWR", O_RDWR },
	{ NULL, 0 },
};

/* A field that stands in no structure. */
#define PLAIN(name_, kind_, words_, normal_, top_)            \
	{                                                     \
		name_, kind_, words_, normal_, top_, -1, 0, 0 \
	}
#define NUMBER(name_, normal_, top_) PLAIN(name_, NUM, NULL, normal_, top_)
#define FD PLAIN("fd", SLOT, NULL, 0, 0)
#define WHERE(name_) PLAIN(name_, PLACE, places, AT_MEM, 0)
#define MEMBER(type, member, kind_, words_, normal_, top_, unit_)    \
	{                                                            \
#member, kind_, words_, normal_, top_,               \
			offsetof(struct type, member),               \
			sizeof(((struct type *)NULL)->member), unit_ \
	}
#define COUNT(type, member, normal_, top_) \
	MEMBER(type, member, NUM, NULL, normal_, top_, 0)
#define ONE_OF(type, member, words_) MEMBER(type, member, WORD, words_, 0, 0, 0)
#define SET(type, member, words_) MEMBER(type, member, FLAGS, words_, 0, 0, 0)
/* What every ioctl has: see enum ARG_FD. */
#define HEAD(type, flags_)                                                   \
	[ARG_FD] = FD, [ARG_AT] = WHERE("at"),                               \
	[ARG_TAIL] = NUMBER("tail", 0, 255),                                 \
	[ARG_SIZE] =                                                         \
		COUNT(type, size, sizeof(struct type), sizeof(struct type)), \
	[ARG_FLAGS] = SET(type, flags, flags_)
/* See enum ARG_WHO. */
#define INNER(len_)                                                   \
	[ARG_WHO] = PLAIN("who", WORD, people, WHO_SELF, 0),          \
	[ARG_INNER_AT] = WHERE("args"),                               \
	[ARG_INNER_FLAGS] = PLAIN("how", FLAGS, message_flags, 0, 0), \
	[ARG_DATA_AT] = WHERE("data"),                                \
	[ARG_LEN] = NUMBER("len", len_, 64 * KIB),                    \
	[ARG_DEADLINE] = PLAIN("deadline", TIME, times, T_NONE, 0)
#define IOCTL(row_, type) \
	.row = #row_, .cmd = MBOX_IOC_##row_, .size = sizeof(struct type)

#define KIB 1024ULL

/* What each entry is; "odd" is the number of one that is bad, 0: none. */
#define BATCH(type)                                                           \
	[ARG_FLAGS + 1] = MEMBER(mbox_batch, entries, PLACE, places, AT_MEM,  \
				 0, sizeof(struct type)),                     \
		     COUNT(mbox_batch, count, 4, MBOX_BATCH_MAX),             \
		     COUNT(mbox_batch, entry_size, sizeof(struct type),       \
			   4 * KIB),                                          \
		     MEMBER(mbox_batch, deadline, TIME, times, T_NONE, 0, 0), \
		     COUNT(mbox_batch, min, 0, MBOX_BATCH_MAX),               \
		     COUNT(mbox_batch, __reserved, 0, 0), WHERE("data"),      \
		     NUMBER("len", 8, 64 * KIB),                              \
		     PLAIN("each", FLAGS, message_flags, 0, 0),               \
		     NUMBER("odd", 0, MBOX_BATCH_MAX)

const struct verb verbs[VERBS] = {
	[V_PROGRAM] = { "program",
			.field = { PLAIN("user", WORD, users, USER_ROOT, 0),
				   PLAIN("ns", WORD, namespaces, NS_SAME, 0),
				   PLAIN("quota", WORD, quotas, 0, 0),
				   NUMBER("wake", 0, 1) } },
	[V_INFO] = { "info", IOCTL(INFO, mbox_info), .weight = 1,
		     .field = { HEAD(mbox_info, no_flags) } },
	[V_STAT] = { "stat", IOCTL(STAT, mbox_stat), .weight = 3,
		     .field = { HEAD(mbox_stat, no_flags),
				MEMBER(mbox_stat, waiters, PLACE, places,
				       AT_MEM, 0, sizeof(struct mbox_waiter)),
				COUNT(mbox_stat, nwaiters, 0,
				      MBOX_BATCH_MAX) } },
	[V_LIST] = { "list", IOCTL(LIST, mbox_list), .weight = 2,
		     .field = { HEAD(mbox_list, no_flags),
				MEMBER(mbox_list, entries, PLACE, places, AT_MEM,
				       0, sizeof(struct mbox_list_entry)),
				COUNT(mbox_list, count, 0, MBOX_BATCH_MAX),
				COUNT(mbox_list, entry_size,
				      sizeof(struct mbox_list_entry), 4 * KIB),
				MEMBER(mbox_list, after, NAME, fuzz_names,
				       NAME_NONE, 0, 0) } },
	[V_OPEN] = { "open", IOCTL(OPEN, mbox_open), .weight = 10,
		     .makes = true,
		     .field = { HEAD(mbox_open, open_flags),
				MEMBER(mbox_open, name, NAME, fuzz_names,
				       NAME_NONE, 0, 0),
				COUNT(mbox_open, name_len, AUTO, MBOX_NAME_MAX),
				WHERE("name_at"),
				SET(mbox_open, rights, rights),
				COUNT(mbox_open, uid, 0, 1000),
				MEMBER(mbox_open, mode, OCTAL, NULL, 0, 0666, 0),
				ONE_OF(mbox_open, lifetime, lifetimes),
				ONE_OF(mbox_open, capacity, capacities),
				SET(mbox_open, attrs, attrs),
				COUNT(mbox_open, max_messages, 0, 16),
				COUNT(mbox_open, max_bytes, 0, 16 * KIB * KIB),
				COUNT(mbox_open, max_size, 0, 64 * KIB),
				ONE_OF(mbox_open, policy, policies) } },
	[V_COPY] = { "copy", IOCTL(COPY, mbox_copy), .weight = 3, .makes = true,
		     .field = { HEAD(mbox_copy, open_flags),
				SET(mbox_copy, rights, rights),
				COUNT(mbox_copy, __reserved, 0, 0) } },
	[V_UNLINK] = { "unlink", IOCTL(UNLINK, mbox_remove), .weight = 2,
		       .field = { HEAD(mbox_remove, no_flags) } },
	[V_DESTROY] = { "destroy", IOCTL(DESTROY, mbox_remove), .weight = 4,
			.field = { HEAD(mbox_remove, no_flags) } },
	[V_SEND] = { "send", IOCTL(SEND, mbox_send), .weight = 14,
		     .field = { HEAD(mbox_send, message_flags),
				MEMBER(mbox_send, data, PLACE, places, AT_MEM,
				       0, 1),
				COUNT(mbox_send, len, 8, 64 * KIB),
				COUNT(mbox_send, tag, 0, 3),
				MEMBER(mbox_send, deadline, TIME, times, T_NONE,
				       0, 0),
				COUNT(mbox_send, priority, 0, MBOX_PRIORITY_MAX),
				NUMBER("pass", 0, SLOTS - 1),
				MEMBER(mbox_send, fds, PLACE, places, AT_MEM, 0,
				       sizeof(int)),
				COUNT(mbox_send, nfds, 0, MBOX_FDS_MAX + 1),
				COUNT(mbox_send, result, 0, 0) } },
	[V_RECV] = { "recv", IOCTL(RECV, mbox_recv), .weight = 14,
		     .field = { HEAD(mbox_recv, message_flags),
				MEMBER(mbox_recv, data, PLACE, places, AT_MEM,
				       0, 1),
				COUNT(mbox_recv, len, 64, 64 * KIB),
				MEMBER(mbox_recv, deadline, TIME, times, T_NONE,
				       0, 0),
				ONE_OF(mbox_recv, select, selections),
				COUNT(mbox_recv, select_value, 0, 3),
				MEMBER(mbox_recv, fds, PLACE, places, AT_MEM, 0,
				       sizeof(int)),
				COUNT(mbox_recv, nfds, 0, MBOX_FDS_MAX + 1),
				COUNT(mbox_recv, result, 0, 0) } },
	[V_PEEK] = { "peek", IOCTL(PEEK, mbox_peek), .weight = 4,
		     .field = { HEAD(mbox_peek, peek_flags),
				MEMBER(mbox_peek, data, PLACE, places, AT_MEM,
				       0, 1),
				COUNT(mbox_peek, len, 64, 64 * KIB),
				COUNT(mbox_peek, place_priority, 0,
				      MBOX_PRIORITY_MAX),
				COUNT(mbox_peek, place, 0, 64),
				COUNT(mbox_peek, __reserved, 0, 0) } },
	[V_FLUSH] = { "flush", IOCTL(FLUSH, mbox_flush), .weight = 2,
		      .field = { HEAD(mbox_flush, no_flags) } },
	[V_FILTER] = { "filter", IOCTL(FILTER, mbox_filter), .weight = 3,
		       .field = { HEAD(mbox_filter, no_flags),
				  ONE_OF(mbox_filter, select, selections),
				  COUNT(mbox_filter, __reserved, 0, 0),
				  COUNT(mbox_filter, select_value, 0, 3) } },
	[V_NOTIFY] = { "notify", IOCTL(NOTIFY, mbox_notify), .weight = 4,
		       .field = { HEAD(mbox_notify, no_flags),
				  MEMBER(mbox_notify, signo, WORD, signals,
					 SIGALRM, 0, 0),
				  COUNT(mbox_notify, __reserved, 0, 0),
				  COUNT(mbox_notify, value, 0, 0) } },
	[V_CALL] = { "call", IOCTL(CALL, mbox_call), .weight = 8,
		     .field = { HEAD(mbox_call, call_flags),
				MEMBER(mbox_call, data, PLACE, places, AT_MEM,
				       0, 1),
				COUNT(mbox_call, len, 8, 64 * KIB),
				COUNT(mbox_call, tag, 0, 0),
				MEMBER(mbox_call, deadline, TIME, times, T_NONE,
				       0, 0),
				COUNT(mbox_call, priority, 0, MBOX_PRIORITY_MAX),
				MEMBER(mbox_call, reply, PLACE,
				       places, AT_MEM, 0, 1),
				COUNT(mbox_call, reply_room, 64, 64 * KIB) } },
	[V_REPLY] = { "reply", IOCTL(REPLY, mbox_reply), .weight = 6,
		      .field = { HEAD(mbox_reply, no_flags),
				 COUNT(mbox_reply, token, 0, TOKENS),
				 MEMBER(mbox_reply, data, PLACE, places, AT_MEM,
					0, 1),
				 COUNT(mbox_reply, len, 8, 64 * KIB),
				 COUNT(mbox_reply, tag, 0, 0),
				 COUNT(mbox_reply, __reserved, 0, 0),
				 COUNT(mbox_reply, recv, 0, 0) } },
	[V_REPLY_RECV] = { "reply_recv", IOCTL(REPLY_RECV, mbox_reply),
			   .weight = 6,
			   .field = { HEAD(mbox_reply, no_flags),
				      COUNT(mbox_reply, token, 0, TOKENS),
				      MEMBER(mbox_reply, data, PLACE, places,
					     AT_MEM, 0, 1),
				      COUNT(mbox_reply, len, 8, 64 * KIB),
				      COUNT(mbox_reply, tag, 0, 0),
				      COUNT(mbox_reply, __reserved, 0, 0),
				      WHERE("recv_at"),
				      PLAIN("recv_flags", FLAGS, message_flags,
					    0, 0),
				      NUMBER("room", 64, 64 * KIB),
				      PLAIN("until", TIME, times, T_NONE, 0) } },
	[V_SEND_TO] = { "send_to", IOCTL(SEND_TO, mbox_direct), .weight = 5,
			.field = { HEAD(mbox_direct, direct_flags), INNER(8),
				   NUMBER("tag", 0, 3),
				   NUMBER("priority", 0, MBOX_PRIORITY_MAX),
				   NUMBER("nfds", 0, MBOX_FDS_MAX + 1),
				   COUNT(mbox_direct, __reserved, 0, 0) } },
	[V_RECV_FROM] = { "recv_from", IOCTL(RECV_FROM, mbox_direct),
			  .weight = 5,
			  .field = { HEAD(mbox_direct, direct_flags), INNER(64),
				     PLAIN("select", WORD, selections, 0, 0),
				     NUMBER("select_value", 0, 3),
				     NUMBER("nfds", 0, MBOX_FDS_MAX + 1),
				     COUNT(mbox_direct, __reserved, 0, 0) } },
	[V_ENDPOINT] = { "endpoint", IOCTL(ENDPOINT, mbox_endpoint),
			 .weight = 2, .makes = true,
			 .field = { HEAD(mbox_endpoint, open_flags) } },
	[V_LINKS] = { "links", IOCTL(LINKS, mbox_links), .weight = 2,
		      .field = { HEAD(mbox_links, no_flags),
				 MEMBER(mbox_links, entries, PLACE, places,
					AT_MEM, 0,
					sizeof(struct mbox_link_entry)),
				 COUNT(mbox_links, count, 0, MBOX_BATCH_MAX),
				 COUNT(mbox_links, entry_size,
				       sizeof(struct mbox_link_entry), 4 * KIB),
				 COUNT(mbox_links, after, 0, 64),
				 COUNT(mbox_links, pid, 0, 300),
				 COUNT(mbox_links, __reserved, 0, 0) } },
	[V_SENDV] = { "sendv", .row = "SEND", .cmd = MBOX_IOC_SENDV,
		      .size = sizeof(struct mbox_batch), .weight = 8,
		      .field = { HEAD(mbox_batch, batch_flags),
				 BATCH(mbox_send) } },
	[V_RECVV] = { "recvv", .row = "RECV", .cmd = MBOX_IOC_RECVV,
		      .size = sizeof(struct mbox_batch), .weight = 8,
		      .field = { HEAD(mbox_batch, batch_flags),
				 BATCH(mbox_recv) } },
	[V_IOCTL] = { "ioctl", .weight = 1,
		      .field = { FD, WHERE("at"), NUMBER("tail", 0, 255),
				 NUMBER("size", 64, 4 * KIB),
				 NUMBER("cmd", 0xd7ff, 0xd7ff) } },
	[V_DEVICE] = { "device", .weight = 3, .makes = true,
		       .field = { PLAIN("mode", WORD, device_modes, O_RDWR,
					0) } },
	[V_FILE] = { "file", .weight = 2, .makes = true,
		     .field = { PLAIN("kind", WORD, fuzz_kinds, 0, 0) } },
	[V_READ] = { "read", .row = "RECV", .weight = 3,
		     .field = { FD, WHERE("at"), NUMBER("len", 64, 64 * KIB),
				NUMBER("parts", 1, 8) } },
	[V_WRITE] = { "write", .row = "SEND", .weight = 3,
		      .field = { FD, WHERE("at"), NUMBER("len", 8, 64 * KIB),
				 NUMBER("parts", 1, 8) } },
	[V_POLL] = { "poll", .weight = 3,
		     .field = { FD, PLAIN("events", FLAGS, events, 0, 0),
				NUMBER("ms", 0, 10) } },
	[V_EPOLL] = { "epoll", .weight = 1, .makes = true,
		      .field = { FD, PLAIN("events", FLAGS, events, 0, 0) } },
	[V_DUP] = { "dup", .weight = 1, .makes = true, .field = { FD } },
	[V_CLOSE] = { "close", .weight = 4, .field = { FD } },
	[V_MMAP] = { "mmap", .weight = 1,
		     .field = { FD, NUMBER("len", 4 * KIB, 4 * KIB) } },
	[V_NONBLOCK] = { "nonblock", .weight = 1,
			 .field = { FD, NUMBER("on", 1, 1) } },
	[V_ASYNC] = { "async", .weight = 2,
		      .field = { FD, NUMBER("on", 1, 1),
				 PLAIN("signo", WORD, signals, SIGALRM, 0) } },
	[V_FDINFO] = { "fdinfo", .weight = 1, .field = { FD } },
	[V_FORK] = { "fork", .weight = 2,
		     .field = { NUMBER("calls", 1, 4),
				NUMBER("kill", 0, 3000) } },
	[V_SLEEP] = { "sleep", .weight = 2,
		      .field = { NUMBER("us", 1000, 20000) } },
	[V_ALARM] = { "alarm", .weight = 2,
		      .field = { NUMBER("us", 1000, 20000),
				 NUMBER("every", 0, 20000),
				 NUMBER("restart", 0, 1) } },
	[V_BECOME] = { "become", .weight = 1,
		       .field = { PLAIN("user", WORD, users, USER_ALICE, 0) } },
	[V_UNSHARE] = { "unshare", .weight = 1 },
	[V_FILES] = { "files", .weight = 1,
		      .field = { NUMBER("most", 64, 64) } },
	[V_STOP] = { "stop", .weight = 3,
		     .field = { PLAIN("point", WORD, fuzz_points, 0, 0) } },
	[V_GO] = { "go", .weight = 2,
		   .field = { PLAIN("point", WORD, fuzz_points, 0, 0) } },
	[V_FAIL] = { "fail", .weight = 2, .field = { NUMBER("nth", 1, 16) } },
};

unsigned int verb_fields(const struct verb *v)
{
	unsigned int n = 0;

	while (n < MAX_ARGS && v->field[n].name)
		n++;
	return n;
}

void call_init(struct call *c, unsigned int verb)
{
	unsigned int i, n = verb_fields(&verbs[verb]);

	memset(c, 0, sizeof(*c));
	c->verb = verb;
	c->slot = -1;
	c->want = ANY_RESULT;
	c->times = 1;
	for (i = 0; i < n; i++)
		c->arg[i] = verbs[verb].field[i].normal;
}

unsigned int prog_threads(const struct prog *p)
{
	unsigned int i, n = 1;

	for (i = 0; i < p->n; i++)
		if (p->call[i].thread >= n)
			n = p->call[i].thread + 1;
	return n;
}

static bool value_is_sound(const struct field *f, uint64_t value)
{
	unsigned int n = 0;

	switch (f->kind) {
	case SLOT:
		return value < SLOTS;
	case PLACE:
	case TIME:
	case NAME:
		while (f->words[n].name)
			n++;
		return value < n;
	default:
		return f->bytes != 4 || value <= UINT32_MAX || value == AUTO;
	}
}

static bool call_is_sound(const struct call *c)
{
	const struct verb *v;
	unsigned int i, n;

	if (c->verb >= VERBS || c->thread >= THREADS || c->slot >= SLOTS ||
	    c->times < 1 || c->times > MAX_TIMES)
		return false;
	v = &verbs[c->verb];
	if (v->makes ? c->slot < 0 : c->slot != -1)
		return false;
	n = verb_fields(v);
	for (i = 0; i < n; i++)
		if (!value_is_sound(&v->field[i], c->arg[i]))
			return false;
	return true;
}

bool prog_is_sound(const struct prog *p)
{
	unsigned int i;

	if (p->n < 1 || p->n > MAX_CALLS || p->call[0].verb != V_PROGRAM)
		return false;
	for (i = 0; i < p->n; i++)
		if (!call_is_sound(&p->call[i]) ||
		    (i && p->call[i].verb == V_PROGRAM))
			return false;
	return true;
}

static bool call_equal(const struct call *a, const struct call *b)
{
	return a->verb == b->verb && a->thread == b->thread &&
	       a->slot == b->slot && a->want == b->want &&
	       a->times == b->times &&
	       !memcmp(a->arg, b->arg,
		       verb_fields(&verbs[a->verb]) * sizeof(a->arg[0]));
}

bool prog_equal(const struct prog *a, const struct prog *b)
{
	unsigned int i;

	for (i = 0; i < a->n && i < b->n; i++)
		if (!call_equal(&a->call[i], &b->call[i]))
			return false;
	return a->n == b->n;
}

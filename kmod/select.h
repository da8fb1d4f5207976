/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which messages a receiver wants, and the search for them.  Pure: knows
 * messages and queues, and nothing of mailboxes; it runs in user space in the
 * host tests.
 *
 * DOC: Looking once
 *
 * A search goes through the queue in the order of receiving, stops where a
 * message is wanted or when it has looked at enough of them, and remembers
 * that: "up to this place, what was sent up to that message has been looked
 * at, and is not wanted".  A search that begins at the front again passes over
 * all of it, level by level, and looks only at what is newer or lies behind.
 *
 * It begins there only when something is new.  One that had looked at enough
 * goes on from its place, whatever has come meanwhile: so it comes to an end,
 * however many levels there are.  What it has found then counts if nothing was
 * new since it began; else it begins again.
 *
 * One such remark is not enough: behind a place that was reached lately lies
 * what an earlier search has looked at, which went further.  So there is a
 * stack of them: each goes further than the one above it, and knows less of
 * what is new.  A new remark replaces those that do not go further.  When the
 * stack is full, the two that are on top become one, and what lies between is
 * looked at again; that takes more levels than anybody uses at a time.
 *
 * What came back after it was taken is looked at each time a search begins: it
 * is older than its place tells.
 *
 * Locking: the caller holds the lock that guards the queue and the remarks.
 * Called by: choose.c (search), receivers.c (is a message wanted).
 */
#ifndef MBX_SELECT_H
#define MBX_SELECT_H

#include <uapi/linux/mbox.h>

#include "queue.h"

struct pid;
struct pid_namespace;

/**
 * struct mbx_selection - which messages are wanted
 * @kind: MBOX_SELECT_*, or MBX_SELECT_PROCESS
 * @value: the tag, or the process id
 * @ns: where that process id counts; kept by whoever asks
 * @process: with MBX_SELECT_PROCESS: the one that sent it; kept likewise
 */
struct mbx_selection {
	u32 kind;
	u64 value;
	union {
		struct pid_namespace *ns;
		const struct pid *process;
	};
};

/* By a process itself, and not its number: what RECV_FROM selects. */
#define MBX_SELECT_PROCESS U32_MAX

/**
 * struct mbx_choice - what one receiver wants
 * @call: what its call asks for
 * @filter: and what its handle lets through
 */
struct mbx_choice {
	struct mbx_selection call;
	struct mbx_selection filter;
};

#define MBX_LOOKS 8

/**
 * struct mbx_look - one remark of a search
 * @place: as far as this, that message included,
 * @id: what was sent up to this one is not wanted
 */
struct mbx_look {
	struct mbx_place place;
	u64 id;
};

/**
 * struct mbx_looked - what searches with one choice have looked at
 * @n: how many remarks
 * @at: the remarks, the newest last
 * @is_under_way: the search has not come to an end, nor to a message
 * @has_from: it goes on behind @from; else from the front
 * @from: how far it has come
 * @last_id: the newest message when it began
 * @returns: how many had come back when it began
 */
struct mbx_looked {
	unsigned int n;
	struct mbx_look at[MBX_LOOKS];
	bool is_under_way;
	bool has_from;
	struct mbx_place from;
	u64 last_id;
	u64 returns;
};

struct mbx_msg *mbx_search(struct mbx_queue *q, const struct mbx_choice *c,
			   struct mbx_looked *l, u64 last_id,
			   unsigned int *steps);

/**
 * mbx_looked_init() - nothing was looked at
 * @l: the remarks
 */
static inline void mbx_looked_init(struct mbx_looked *l)
{
	l->n = 0;
	l->is_under_way = false;
	/* Anything is new to it: no message has this id. */
	l->last_id = U64_MAX;
	l->returns = 0;
}

/**
 * mbx_selects() - whether a message is wanted
 * @s: the selection
 * @msg: the message
 *
 * Return: true if so.
 */
static inline bool mbx_selects(const struct mbx_selection *s,
			       const struct mbx_msg *msg)
{
	switch (s->kind) {
	case MBOX_SELECT_TAG:
		return msg->tag == s->value;
	case MBOX_SELECT_NOT_TAG:
		return msg->tag != s->value;
	case MBOX_SELECT_LOWEST_TAG:
		return msg->tag <= s->value;
#ifdef __KERNEL__
	case MBOX_SELECT_PID:
		return pid_nr_ns(msg->stamp.process, s->ns) == s->value;
	case MBX_SELECT_PROCESS:
		return msg->stamp.process == s->process;
#endif
	default:
		return true;
	}
}

/**
 * mbx_chooses() - whether a receiver wants a message
 * @c: what it wants
 * @msg: the message
 *
 * Return: true if so.
 */
static inline bool mbx_chooses(const struct mbx_choice *c,
			       const struct mbx_msg *msg)
{
	return mbx_selects(&c->call, msg) && mbx_selects(&c->filter, msg);
}

#endif /* MBX_SELECT_H */

// SPDX-License-Identifier: GPL-2.0-only
/*
 * The search for a message that is wanted.  How it works is told in select.h.
 *
 * Locking: the caller holds the lock that guards the queue and the remarks.
 */
#include "select.h"

/* Behind all messages. */
static const struct mbx_place mbx_end = { .id = U64_MAX };

/* How far a search has come: all in one, for its functions. */
struct mbx_progress {
	struct mbx_looked *looked;
	unsigned int depth; /* the remark that counts here, from the bottom */
	struct mbx_place done;
	bool has_done; /* it has passed something: @done is a place */
};

static const struct mbx_look *mbx_look_here(const struct mbx_progress *p)
{
	return p->depth ? &p->looked->at[p->depth - 1] : NULL;
}

/* Remember that all is done as far as @place. */
static void mbx_remark(struct mbx_looked *l, const struct mbx_place *place,
		       u64 last_id)
{
	while (l->n && !mbx_place_is_before(place, &l->at[l->n - 1].place))
		l->n--;
	if (l->n == MBX_LOOKS)
		l->n--;
	l->at[l->n++] = (struct mbx_look){ .place = *place, .id = last_id };
}

/* Whether @msg was looked at, as the remark that counts here has it. */
static bool mbx_was_seen(const struct mbx_look *look, const struct mbx_msg *msg)
{
	return look && msg->id <= look->id && msg->where != MBX_MSG_RETURNED;
}

/* The place behind all of @msg's level that @look has seen. */
static struct mbx_place mbx_behind_seen(const struct mbx_look *look,
					const struct mbx_msg *msg)
{
	struct mbx_place to = mbx_place_of(msg);

	/* What comes later in the level is newer; of the urgent it is older. */
	to.id = msg->is_urgent ? 0 : look->id;
	return mbx_place_is_before(&look->place, &to) ? look->place : to;
}

/* The message after @msg, which was looked at, and is passed. */
static struct mbx_msg *mbx_pass(struct mbx_queue *q, struct mbx_progress *p,
				struct mbx_msg *msg)
{
	const struct mbx_look *look = mbx_look_here(p);

	p->has_done = true;
	if (mbx_was_seen(look, msg)) {
		p->done = mbx_behind_seen(look, msg);
		return mbx_queue_next(q, &p->done);
	}
	p->done = mbx_place_of(msg);
	return mbx_queue_after(q, msg);
}

/* Whether anything has come, or come back, since the search began. */
static bool mbx_has_news(const struct mbx_queue *q, const struct mbx_looked *l,
			 u64 last_id)
{
	return l->last_id != last_id || l->returns != q->returns;
}

/* Begin at the front. */
static void mbx_begin(const struct mbx_queue *q, struct mbx_looked *l,
		      u64 last_id)
{
	l->last_id = last_id;
	l->returns = q->returns;
	l->has_from = false;
}

/* From where the search stopped to the first that is wanted, or the end. */
static struct mbx_msg *mbx_go_on(struct mbx_queue *q,
				 const struct mbx_choice *c,
				 struct mbx_looked *l, unsigned int *steps)
{
	struct mbx_progress p = { .looked = l, .depth = l->n };
	struct mbx_msg *msg, *found = NULL;

	msg = mbx_queue_next(q, l->has_from ? &l->from : NULL);
	while (msg && *steps && !found) {
		const struct mbx_look *look = mbx_look_here(&p);
		struct mbx_place here = mbx_place_of(msg);

		if (look && mbx_place_is_before(&look->place, &here)) {
			p.depth--;
			continue;
		}
		--*steps;
		if (!mbx_was_seen(look, msg) && mbx_chooses(c, msg))
			found = msg;
		else
			msg = mbx_pass(q, &p, msg);
	}
	if (!msg) {
		p.done = mbx_end;
		p.has_done = true;
	}
	if (p.has_done) {
		mbx_remark(l, &p.done, l->last_id);
		l->from = p.done;
		l->has_from = true;
	}
	return found;
}

/**
 * mbx_search() - the first message that is wanted and was not looked at
 * @q: the queue
 * @c: what is wanted: the same in all searches with @l, or less each time
 * @l: what was looked at; updated
 * @last_id: of the newest message that was ever in the queue
 * @steps: how many messages to look at, at most; counts down
 *
 * Return: the message, still in the queue and not passed; or NULL if there is
 * none, unless @steps is 0: then there may be one, and another search goes on.
 */
struct mbx_msg *mbx_search(struct mbx_queue *q, const struct mbx_choice *c,
			   struct mbx_looked *l, u64 last_id,
			   unsigned int *steps)
{
	struct mbx_msg *found;

	do {
		if (!l->is_under_way && mbx_has_news(q, l, last_id))
			mbx_begin(q, l, last_id);
		l->is_under_way = true;
		found = mbx_go_on(q, c, l, steps);
		if (!found && !*steps)
			return NULL;
		l->is_under_way = false;
	} while (mbx_has_news(q, l, last_id));
	return found;
}

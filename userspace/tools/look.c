// SPDX-License-Identifier: GPL-2.0-only
/*
 * look.c: looking at mailboxes; see look.h.
 *
 * Owns the samples and the rates between two of them.  A mailbox is known by
 * its id, since a name can be given away and taken again.  No locks; one
 * thread.
 */
#include "look.h"

#include <errno.h>
#include <stdlib.h>

#include "errors.h"

/* What a rate is computed from. */
struct counters {
	uint64_t id;
	uint64_t when; /* ns of CLOCK_MONOTONIC */
	uint64_t sent;
	uint64_t received;
	uint64_t dropped;
};

struct mbox *open_to_look(const char *name)
{
	struct mbox *mb = mbox_open(name, MBOX_ADMIN);

	if (!mb && errno == EPERM)
		mb = mbox_open(name, 0);
	return mb;
}

static int compare_ids(const void *a, const void *b)
{
	const struct counters *x = a;
	const struct counters *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

/* A sender that withdraws its message takes it out of the number sent. */
static double rate(uint64_t now, uint64_t before, double seconds)
{
	return now > before ? (double)(now - before) / seconds : 0;
}

static struct rates rates_since(const struct sample *s,
				const struct counters *now)
{
	const struct counters *before = NULL;
	struct rates rates = { 0 };

	if (s->nbefore)
		before = bsearch(now, s->before, s->nbefore, sizeof(*before),
				 compare_ids);
	if (!before)
		return rates;
	rates.known = true;
	/* A clock that has not moved must not divide by zero. */
	rates.interval = (double)(now->when > before->when ?
					  now->when - before->when :
					  1) /
			 1e9;
	rates.sent = rate(now->sent, before->sent, rates.interval);
	rates.received = rate(now->received, before->received, rates.interval);
	rates.dropped = rate(now->dropped, before->dropped, rates.interval);
	return rates;
}

/* The sample that is being taken. */
struct taking {
	const struct sample *before;
	struct sampled *boxes;
	struct counters *counters;
	size_t n;
	size_t room;
};

static bool make_room(struct taking *t)
{
	size_t room = t->room ? 2 * t->room : 16;
	void *larger;

	if (t->n < t->room)
		return true;
	larger = reallocarray(t->boxes, room, sizeof(*t->boxes));
	if (!larger)
		return false;
	t->boxes = larger;
	larger = reallocarray(t->counters, room, sizeof(*t->counters));
	if (!larger)
		return false;
	t->counters = larger;
	t->room = room;
	return true;
}

/* Whether a mailbox that was there a moment ago is gone, or given away. */
static bool is_gone(int err)
{
	return err == ENOENT || err == EIDRM || err == EACCES || err == EPERM;
}

/* Closes the handle; nothing is added for a mailbox that is gone. */
static int add(struct taking *t, const char *name, struct mbox *mb)
{
	const bool must_be = !t->before->taken;
	const struct subject subject = { .name = name, .mb = mb };
	struct counters *now;
	struct sampled *box;
	int code = EXIT_OK;

	if (!mb)
		return is_gone(errno) && !must_be ?
			       EXIT_OK :
			       explain(VERB_OPEN, errno, &subject);
	if (!make_room(t)) {
		code = explain(VERB_STAT, ENOMEM, &subject);
		goto out_close;
	}
	box = &t->boxes[t->n];
	now = &t->counters[t->n];
	if (mbox_status(mb, &box->status)) {
		if (!is_gone(errno))
			code = explain(VERB_STAT, errno, &subject);
		goto out_close;
	}
	*now = (struct counters){
		.id = box->status.id,
		.when = now_ns(),
		.sent = box->status.sent,
		.received = box->status.received,
		.dropped = box->status.dropped,
	};
	box->rates = rates_since(t->before, now);
	t->n++;
out_close:
	mbox_close(mb);
	return code;
}

static int add_all(struct taking *t)
{
	const struct subject subject = { 0 };
	struct mbox_listing *listing = mbox_list_open();
	struct mbox_name_entry entry;
	int code = EXIT_OK;
	int more;

	if (!listing)
		return explain(VERB_LIST, errno, &subject);
	while (!code && (more = mbox_list_next(listing, &entry)) != 0) {
		struct mbox *mb;

		if (more < 0) {
			code = explain(VERB_LIST, errno, &subject);
			break;
		}
		mb = mbox_open(entry.name, entry.rights & MBOX_ADMIN);
		/* Even in the first sample it may just have gone. */
		if (mb || !is_gone(errno))
			code = add(t, entry.name, mb);
	}
	mbox_list_close(listing);
	return code;
}

int sample_take(struct sample *s, char *const *names)
{
	struct taking t = { .before = s };
	int code = EXIT_OK;

	if (!*names)
		code = add_all(&t);
	for (; !code && *names; names++)
		code = add(&t, *names, open_to_look(*names));
	if (code) {
		free(t.boxes);
		free(t.counters);
		return code;
	}
	if (t.n)
		qsort(t.counters, t.n, sizeof(*t.counters), compare_ids);
	sample_free(s);
	s->boxes = t.boxes;
	s->n = t.n;
	s->before = t.counters;
	s->nbefore = t.n;
	s->taken++;
	return EXIT_OK;
}

void sample_free(struct sample *s)
{
	free(s->boxes);
	free(s->before);
	s->boxes = NULL;
	s->before = NULL;
	s->n = 0;
	s->nbefore = 0;
}

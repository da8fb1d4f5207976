// SPDX-License-Identifier: GPL-2.0-only
/*
 * mutate.c: programs out of nothing, out of other programs, and smaller ones.
 *
 * Owns: chance.  A generator is seeded with the seed of the run and the number
 * of the program, so that each program can be made again without those before
 * it.  Whatever goes in sound comes out sound: descriptors are slots, so a
 * call that is moved, doubled or taken away leaves no dangling reference.
 *
 * Takes no locks.  Called by fuzz.c.
 */
#include "prog.h"

#include <string.h>

#include <linux/mbox.h>

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

/* splitmix64: one multiplication more than it takes, and no bad seeds. */
uint64_t rng_next(struct rng *r)
{
	uint64_t z = r->state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return z ^ (z >> 31);
}

void rng_seed(struct rng *r, uint64_t seed, uint64_t index)
{
	r->state = seed;
	r->state = rng_next(r) + index;
	r->state = rng_next(r);
}

unsigned int rng_below(struct rng *r, unsigned int n)
{
	return (unsigned int)(rng_next(r) % n);
}

static bool one_in(struct rng *r, unsigned int n)
{
	return rng_below(r, n) == 0;
}

/* -- Values ------------------------------------------------------------------ */

static uint64_t random_number(struct rng *r, const struct field *f)
{
	static const uint64_t edges[] = {
		0,	    1,	       7,	   8,	     63,
		64,	    65,	       4095,	   4096,     4097,
		65535,	    65536,     65537,	   1 << 20,  (1 << 20) + 1,
		1 << 24,    1 << 30,   INT32_MAX,  1U << 31, UINT32_MAX,
		1ULL << 32, INT64_MAX, UINT64_MAX,
	};
	uint64_t value;

	switch (rng_below(r, 4)) {
	case 0:
		value = f->top - 1 + rng_below(r, 3);
		break;
	case 1:
		value = edges[rng_below(r, ARRAY_LEN(edges))];
		break;
	default:
		value = rng_below(r,
				  f->top < 16 ? (unsigned int)f->top + 1 : 17);
		break;
	}
	return f->bytes == 4 ? (uint32_t)value : value;
}

static unsigned int count_words(const struct word *w)
{
	unsigned int n = 0;

	while (w[n].name)
		n++;
	return n;
}

static uint64_t random_flags(struct rng *r, const struct word *w)
{
	unsigned int n = count_words(w);
	uint64_t value = 0;

	if (one_in(r, 16))
		value = 1ULL << rng_below(r, 32);
	while (n && !one_in(r, 3))
		value |= w[rng_below(r, n)].value;
	return (uint32_t)value;
}

/* A slot that @p fills, or now and then any. */
static uint64_t random_slot(struct rng *r, const struct prog *p)
{
	unsigned int i, n = 0;
	uint64_t slot = rng_below(r, SLOTS);

	if (one_in(r, 20))
		return slot;
	for (i = 0; i < p->n; i++)
		if (p->call[i].slot >= 0 && one_in(r, ++n))
			slot = (uint64_t)p->call[i].slot;
	return slot;
}

static uint64_t random_value(struct rng *r, const struct prog *p,
			     const struct field *f)
{
	unsigned int n;

	switch (f->kind) {
	case SLOT:
		return random_slot(r, p);
	case NUM:
	case OCTAL:
		return random_number(r, f);
	case FLAGS:
		return random_flags(r, f->words);
	default:
		n = count_words(f->words);
		/* One more than there are, where the kernel sees the value. */
		if (f->kind == WORD && f->offset >= 0 && one_in(r, 8))
			return n;
		return f->words[rng_below(r, n)].value;
	}
}

/* -- Calls ------------------------------------------------------------------- */

/* Where a field stands in a verb, by name: only for what make_usual() wants. */
static uint64_t *arg_of(struct call *c, const char *name)
{
	const struct verb *v = &verbs[c->verb];
	unsigned int i, n = verb_fields(v);

	for (i = 0; i < n; i++)
		if (!strcmp(v->field[i].name, name))
			return &c->arg[i];
	return NULL;
}

/* A mailbox of any kind, most of the time with all rights on it. */
static void make_usual_open(struct rng *r, struct call *c)
{
	if (!one_in(r, 4)) {
		c->arg[ARG_FLAGS] |= MBOX_OPEN_CREATE;
		*arg_of(c, "mode") = 0666;
		*arg_of(c, "capacity") = rng_below(r, 3);
		if (*arg_of(c, "capacity") == MBOX_CAPACITY_BOUNDED)
			*arg_of(c, "max_messages") = rng_below(r, 4);
	}
	if (!one_in(r, 4))
		*arg_of(c, "rights") = MBOX_RIGHT_SEND | MBOX_RIGHT_RECV |
				       MBOX_RIGHT_ADMIN;
	if (one_in(r, 3))
		*arg_of(c, "name") = fuzz_names[1 + rng_below(r, 3)].value;
}

/* Most calls shall do something: those that are only wrong end early. */
static void make_usual(struct rng *r, struct call *c)
{
	switch (c->verb) {
	case V_OPEN:
		make_usual_open(r, c);
		break;
	case V_COPY:
		*arg_of(c, "rights") = rng_below(r, 4);
		break;
	case V_SEND:
	case V_RECV:
	case V_CALL:
		/* Who sleeps for ever costs the time of many programs. */
		if (!one_in(r, 3))
			c->arg[ARG_FLAGS] |= MBOX_NOWAIT;
		else if (!one_in(r, 3))
			*arg_of(c, "deadline") = T_SOON;
		break;
	case V_REPLY_RECV:
		if (!one_in(r, 3))
			*arg_of(c, "recv_flags") |= MBOX_NOWAIT;
		else if (!one_in(r, 3))
			*arg_of(c, "until") = T_SOON;
		break;
	case V_LIST:
		*arg_of(c, "count") = 1 + rng_below(r, 100);
		break;
	case V_POLL:
		*arg_of(c, "events") =
			random_flags(r, verbs[V_POLL].field[1].words);
		break;
	case V_STOP:
	case V_GO:
		c->arg[0] = rng_below(r, POINTS);
		break;
	default:
		break;
	}
}

static unsigned int random_verb(struct rng *r)
{
	unsigned int verb, total = 0, at;

	for (verb = 0; verb < VERBS; verb++)
		total += verbs[verb].weight;
	at = rng_below(r, total);
	for (verb = 0; at >= verbs[verb].weight; verb++)
		at -= verbs[verb].weight;
	return verb;
}

static void change_field(struct rng *r, const struct prog *p, struct call *c)
{
	const struct verb *v = &verbs[c->verb];
	unsigned int i, n = verb_fields(v);

	if (!n)
		return;
	/* What makes a structure wrong ends a call before it does anything. */
	i = v->size && !one_in(r, 4) ? ARG_FLAGS : 0;
	i += rng_below(r, n - i);
	c->arg[i] = one_in(r, 4) ? v->field[i].normal :
				   random_value(r, p, &v->field[i]);
}

static void random_call(struct rng *r, const struct prog *p, struct call *c)
{
	static const unsigned int often[] = { 2, 3, 17, 40, 100, MAX_TIMES };
	const struct verb *v;
	unsigned int i;

	call_init(c, random_verb(r));
	v = &verbs[c->verb];
	if (v->makes)
		c->slot = (int)rng_below(r, SLOTS);
	for (i = 0; i < verb_fields(v); i++)
		if (v->field[i].kind == SLOT)
			c->arg[i] = random_slot(r, p);
	make_usual(r, c);
	for (i = rng_below(r, 4); i; i--)
		change_field(r, p, c);
	c->thread = rng_below(r, prog_threads(p));
	if (one_in(r, 16))
		c->times = often[rng_below(r, ARRAY_LEN(often))];
}

/* -- Programs ---------------------------------------------------------------- */

static void insert(struct prog *p, unsigned int at, const struct call *c)
{
	if (p->n == MAX_CALLS)
		return;
	memmove(&p->call[at + 1], &p->call[at],
		(p->n - at) * sizeof(p->call[0]));
	p->call[at] = *c;
	p->n++;
}

static void drop(struct prog *p, unsigned int at)
{
	memmove(&p->call[at], &p->call[at + 1],
		(p->n - at - 1) * sizeof(p->call[0]));
	p->n--;
}

static void random_surroundings(struct rng *r, struct call *c)
{
	c->arg[PROG_USER] = one_in(r, 2) ? USER_ALICE : USER_ROOT;
	/* A namespace takes the kernel long to make and longer to end. */
	c->arg[PROG_NS] = one_in(r, 16) ? NS_NET + rng_below(r, 2) : NS_SAME;
	c->arg[PROG_QUOTA] = one_in(r, 16);
	c->arg[PROG_WAKE] = rng_below(r, 2);
}

void prog_generate(struct rng *r, struct prog *p)
{
	unsigned int threads = one_in(r, 2) ? 1 : 1 + rng_below(r, THREADS);
	unsigned int n = 2 + rng_below(r, 10), i;
	struct call c;

	p->n = 1;
	call_init(&p->call[0], V_PROGRAM);
	random_surroundings(r, &p->call[0]);
	call_init(&c, V_DEVICE);
	c.slot = 0;
	insert(p, p->n, &c);
	call_init(&c, V_OPEN);
	c.slot = 1;
	make_usual(r, &c);
	for (i = rng_below(r, 3); i; i--)
		change_field(r, p, &c);
	insert(p, p->n, &c);
	for (i = 0; i < n; i++) {
		random_call(r, p, &c);
		c.thread = rng_below(r, threads);
		insert(p, p->n, &c);
	}
}

/* The beginning of @p and the end of @other. */
static void splice(struct rng *r, struct prog *p, const struct prog *other)
{
	unsigned int i;

	p->n = 1 + rng_below(r, p->n);
	for (i = 1 + rng_below(r, other->n); i < other->n; i++)
		insert(p, p->n, &other->call[i]);
}

static void mutate_once(struct rng *r, struct prog *p, const struct prog *other)
{
	unsigned int at = p->n > 1 ? 1 + rng_below(r, p->n - 1) : 0;
	struct call c;

	switch (rng_below(r, at ? 16 : 3)) {
	case 0:
		splice(r, p, other);
		break;
	case 1:
	case 2:
	case 3:
	case 4:
	case 5:
		random_call(r, p, &c);
		insert(p, 1 + rng_below(r, p->n), &c);
		break;
	case 6:
		drop(p, at);
		break;
	case 7:
		c = p->call[at];
		c.thread = rng_below(r, THREADS);
		insert(p, at, &c);
		break;
	case 8:
		c = p->call[at];
		drop(p, at);
		insert(p, 1 + rng_below(r, p->n), &c);
		break;
	case 9:
		p->call[at].thread = rng_below(r, THREADS);
		break;
	default:
		change_field(r, p, &p->call[at]);
		break;
	}
}

void prog_mutate(struct rng *r, struct prog *p, const struct prog *other)
{
	unsigned int i;

	if (one_in(r, 2))
		random_surroundings(r, &p->call[0]);
	for (i = 1 + rng_below(r, 4); i; i--)
		mutate_once(r, p, other);
	for (i = 0; i < p->n; i++)
		p->call[i].want = ANY_RESULT;
}

void prog_minimise(struct prog *p, bool (*keeps)(const struct prog *, void *),
		   void *context)
{
	struct prog less;
	unsigned int at;

	/* From the end: what a call needs stands before it. */
	for (at = p->n - 1; at >= 1; at--) {
		less = *p;
		drop(&less, at);
		if (keeps(&less, context))
			*p = less;
	}
}

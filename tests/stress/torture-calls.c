// SPDX-License-Identifier: GPL-2.0-only
/*
 * torture-calls.c: CALL, REPLY and REPLY_RECV, each at random.
 *
 * Owns: the tokens of requests that were received, and what must be true of an
 * answer: it is to this request, and of who says so.  Takes no locks.  Called by
 * the worker in torture-work.c, through call_acts[], and by who receives.
 */
#include "torture.h"

void keep_token(struct me *me, int fd, const struct mbox_recv *r,
		const struct letter *l)
{
	unsigned int i = me->nr_tokens;

	if (!l)
		return;
	hold(l->number, me->pid);
	/* Sometimes nobody answers: the caller waits for the handle's end. */
	if (once_in(me, 20))
		return;
	if (i < TOKENS)
		me->nr_tokens++;
	else
		i = (unsigned int)(rnd(me) % TOKENS);
	me->token[i] = (struct token){ .fd = fd,
				       .room = r->reply_room,
				       .token = r->token,
				       .number = l->number,
				       .box = l->box };
}

/* In me->in, with room for as much as there was. */
static void check_answer(struct me *me, const struct mbox_call *c,
			 const struct letter *request)
{
	const struct letter *l = (const struct letter *)me->in;

	happened(N_ANSWERS);
	if (c->reply_tag != ~request->number)
		broken("call %llu: an answer with the tag %llx",
		       (unsigned long long)request->number,
		       (unsigned long long)c->reply_tag);
	/* Too little room for a letter: the server sends nothing. */
	if (!c->reply_len && c->reply_room < sizeof(*l))
		return;
	if (!letter_is_good(l, c->reply_room, c->reply_len) ||
	    !(l->flags & L_ANSWER))
		broken("call %llu: an answer of %u bytes that is none",
		       (unsigned long long)request->number, c->reply_len);
	else if (l->number != request->number || l->box != request->box)
		broken("call %llu at %llu: the answer to %llu at %llu",
		       (unsigned long long)request->number,
		       (unsigned long long)request->box,
		       (unsigned long long)l->number,
		       (unsigned long long)l->box);
	else if (c->pid != l->pid || c->tid != l->tid || c->uid != l->uid)
		broken("call %llu: the answer of %d/%d is said to be of %d/%d",
		       (unsigned long long)request->number, l->pid, l->tid,
		       c->pid, c->tid);
}

/* One that takes calls, most times. */
static struct handle *pick_for_call(struct me *me)
{
	struct handle *h;
	int tries;

	for (tries = 0; tries < 5; tries++) {
		h = pick(me, R_SEND);
		if (h && h->policy == MBOX_POLICY_BLOCK &&
		    !(h->attrs & (MBOX_ATTR_BROADCAST | MBOX_ATTR_FIXED)))
			break;
	}
	return h;
}

static void act_call(struct me *me)
{
	struct handle *h = pick_for_call(me);
	struct mbox_call c = { .size = sizeof(c),
			       .data = PTR(me->out),
			       .reply = PTR(me->in),
			       .reply_room = 4096 };
	struct letter l = { 0 };
	bool bad = false;
	int ret;

	if (!h)
		return;
	choose_wait(me, &c.flags, &c.deadline);
	/* The answer may be long in coming, but not for ever. */
	if (c.flags & MBOX_NOWAIT || (c.deadline && !once_in(me, 4))) {
		c.flags &= ~(uint32_t)MBOX_REALTIME;
		c.deadline = mbt_in_ms((int)(rnd(me) % 300));
	}
	c.len = sizeof(l) + (uint32_t)(rnd(me) % 100);
	l.box = h->id;
	c.tag = rnd(me) % 4;
	l.tag = c.tag;
	if (h->family != F_MANY)
		c.priority = (uint32_t)(rnd(me) % 3);
	l.priority = c.priority;
	if (once_in(me, 4))
		c.reply_room = (uint32_t)(rnd(me) % 300);
	if (once_in(me, 10))
		c.flags |= MBOX_NOCHECK;
	if (!is_kept(h) && once_in(me, 10))
		c.flags |= MBOX_URGENT;
	if (once_in(me, 50)) {
		bad = true;
		c.reply = 8;
	}
	compose(me, me->out, c.len, h->family, &l);
	__atomic_store_n(&seats[me->seat].calling, l.number, __ATOMIC_SEQ_CST);
	ret = verb_do(V_CALL, h->fd, &c);
	__atomic_store_n(&seats[me->seat].calling, 0, __ATOMIC_SEQ_CST);
	number_end(l.number, !ret || c.taken);
	if (!ret && !c.taken)
		broken("a call was answered that nobody took");
	if (!ret && bad && c.reply_len)
		broken("an answer was written to nowhere");
	if (!ret && !bad)
		check_answer(me, &c, &l);
}

/* An answer to a token: its length. */
static uint32_t write_answer(struct me *me, const struct token *t)
{
	struct letter *l = (struct letter *)me->out;
	uint32_t len = sizeof(*l) + (uint32_t)(rnd(me) % 300);

	if (len > t->room && !once_in(me, 20))
		len = t->room;
	if (len < sizeof(*l))
		return 0;
	memset(me->out, (int)t->number, len);
	*l = (struct letter){ .box = t->box,
			      .number = t->number,
			      .seat = me->seat,
			      .pid = me->pid,
			      .tid = me->tid,
			      .uid = me->uid,
			      .flags = L_ANSWER };
	seal(l, len);
	return len;
}

/* A token is good once, and here alone. */
static void forget_token(struct me *me, uint64_t token, bool used)
{
	unsigned int i;

	for (i = 0; i < me->nr_tokens && me->token[i].token != token; i++)
		;
	if (i == me->nr_tokens)
		return;
	if (used && me->token[i].foreign)
		broken("the token of another process was good");
	me->token[i] = me->token[--me->nr_tokens];
}

static void act_reply(struct me *me)
{
	struct mbox_reply p = { .size = sizeof(p), .data = PTR(me->out) };
	struct token t;
	int ret;

	if (!me->nr_tokens)
		return;
	t = me->token[rnd(me) % me->nr_tokens];
	p.token = t.token;
	p.tag = ~t.number;
	p.len = write_answer(me, &t);
	ret = verb_do(V_REPLY, t.fd, &p);
	if (!ret || (errno != EMSGSIZE && errno != ENOMEM))
		forget_token(me, t.token, !ret);
}

static void act_reply_recv(struct me *me)
{
	struct mbox_reply p = { .size = sizeof(p), .data = PTR(me->out) };
	struct handle *h = pick(me, R_RECV), was;
	struct token t = { 0 };
	struct mbox_recv r;
	unsigned int i;
	int fds[4], ret;

	if (!h)
		return;
	was = *h;
	for (i = 0; i < me->nr_tokens; i++)
		if (me->token[i].fd == was.fd)
			t = me->token[i];
	prepare(me, &was, &r, fds);
	p.recv = PTR(&r);
	if (t.token) {
		p.token = t.token;
		p.tag = ~t.number;
		p.len = write_answer(me, &t);
	}
	begin_take(me, &was, 1);
	ret = verb_do(V_REPLY_RECV, was.fd, &p);
	if (t.token && (!p.token || errno == ESTALE))
		forget_token(me, t.token, !p.token);
	if (!ret)
		finish(me, &was, &r, fds);
	end_take(me);
}

const struct act call_acts[] = {
	{ act_reply, 12 }, /* first: also done between other acts */
	{ act_call, 16 },
	{ act_reply_recv, 12 },
	{ NULL, 0 },
};

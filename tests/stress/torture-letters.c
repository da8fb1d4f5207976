// SPDX-License-Identifier: GPL-2.0-only
/*
 * torture-letters.c: the verbs that carry messages, each at random.
 *
 * Owns: what is asked of SEND and RECV, as ioctls, as write() and read(), in
 * batches and from process to process, and of PEEK; and what must be true of
 * what comes.  Takes no locks.  Called
 * by the worker in torture-work.c, through letter_acts[].
 */
#include "torture.h"

#include <sys/stat.h>

enum { BATCH = 8, BATCH_OUT = 512, BATCH_IN = 4096 };

/* What a letter says of a descriptor that it passes. */
enum kind { K_FILE = 1, K_PIPE, K_EVENT, K_BOX, K_BAD };

/* -- Writing ------------------------------------------------------------------ */

static size_t choose_len(struct me *me, const struct handle *h)
{
	size_t most = h->max_size < 65536 ? h->max_size : 65536;
	size_t len = sizeof(struct letter) + rnd(me) % 200;

	if (h->attrs & MBOX_ATTR_FIXED && !once_in(me, 20))
		return most;
	if (once_in(me, 30))
		return most;
	if (!is_kept(h) && once_in(me, 30))
		return rnd(me) % 16;
	if (!is_kept(h) && once_in(me, 50))
		return most + 1;
	return len < most ? len : most;
}

/* The caller has filled in what is special; returns the number, 0: no letter. */
uint64_t compose(struct me *me, void *at, size_t len, uint32_t family,
		 struct letter *l)
{
	if (len < sizeof(*l)) {
		memset(at, 0, len);
		return 0;
	}
	l->number = number_begin(family);
	l->seat = me->seat;
	l->pid = me->pid;
	l->tid = me->tid;
	l->uid = me->uid;
	l->time = (uint64_t)mbt_now();
	memcpy(at, l, sizeof(*l));
	memset((char *)at + sizeof(*l), (int)l->number, len - sizeof(*l));
	seal(at, len);
	return l->number;
}

/* Descriptors to be passed; true if one of them must be refused. */
static bool attach(struct me *me, struct letter *l, int *fds)
{
	bool bad = false;
	struct handle *h;
	unsigned int i;

	l->nfds = 1 + rnd(me) % 4;
	for (i = 0; i < l->nfds; i++) {
		l->fd[i].kind = 1 + rnd(me) % (once_in(me, 20) ? K_BAD : K_BOX);
		l->fd[i].value = me->file_size;
		switch (l->fd[i].kind) {
		case K_FILE:
			fds[i] = me->file;
			break;
		case K_PIPE:
			fds[i] = me->pipe[rnd(me) % 2];
			break;
		case K_EVENT:
			fds[i] = me->event;
			break;
		case K_BOX:
			h = pick(me, R_SEND);
			if (h && h->rights == R_SEND) {
				fds[i] = h->fd;
				l->fd[i].value = h->id;
				break;
			}
			l->fd[i].kind = K_FILE;
			fds[i] = me->file;
			break;
		default:
			bad = true;
			fds[i] = once_in(me, 2) ? POST_OUT : me->epoll;
			break;
		}
	}
	return bad;
}

static void act_send(struct me *me)
{
	struct handle *h = pick(me, R_SEND);
	struct mbox_send s = { .size = sizeof(s), .data = PTR(me->out) };
	struct letter l = { 0 };
	bool bad = false;
	int fds[4], ret;

	if (!h)
		return;
	choose_wait(me, &s.flags, &s.deadline);
	s.len = (uint32_t)choose_len(me, h);
	l.box = h->id;
	s.tag = rnd(me) % 4;
	l.tag = s.tag;
	if (h->family != F_MANY || once_in(me, 100))
		s.priority = (uint32_t)(rnd(me) % 3);
	l.priority = s.priority;
	if (once_in(me, 8))
		s.flags |= MBOX_SYNC;
	if (!is_kept(h) && once_in(me, 8))
		s.flags |= MBOX_URGENT;
	if (!is_kept(h) && once_in(me, 100))
		s.data = 8;
	if (s.len >= sizeof(l) && !is_kept(h) &&
	    once_in(me, h->attrs & MBOX_ATTR_FDS ? 2 : 100)) {
		bad = attach(me, &l, fds);
		s.fds = PTR(fds);
		s.nfds = l.nfds;
	}
	compose(me, me->out, s.len, h->family, &l);
	ret = verb_do(V_SEND, h->fd, &s);
	if (!ret && bad)
		broken("a descriptor was passed that may not be");
	if (l.number)
		number_end(l.number, !ret);
	if (ret && errno == EIDRM)
		let_go(me, h);
}

static void act_write(struct me *me)
{
	struct handle *h = pick(me, R_SEND);
	struct letter l = { .flags = L_WRITTEN };
	size_t len;
	long ret;

	if (!h)
		return;
	len = choose_len(me, h);
	l.box = h->id;
	compose(me, me->out, len, h->family, &l);
	ret = verb_done(V_WRITE, write(h->fd, me->out, len));
	if (ret >= 0 && (size_t)ret != len)
		broken("write() of %zu bytes returned %ld", len, ret);
	if (l.number)
		number_end(l.number, ret >= 0);
}

static void act_sendv(struct me *me)
{
	struct handle *h = pick(me, R_SEND);
	struct mbox_batch b = { .size = sizeof(b) };
	struct mbox_send s[BATCH] = { { 0 } };
	uint64_t number[BATCH];
	unsigned int i;
	int ret;

	if (!h)
		return;
	choose_wait(me, &b.flags, &b.deadline);
	b.count = 1 + (uint32_t)(rnd(me) % BATCH);
	b.entries = PTR(s);
	b.entry_size = sizeof(s[0]);
	for (i = 0; i < b.count; i++) {
		char *at = me->out + i * BATCH_OUT;
		struct letter l = { .box = h->id };
		size_t len = sizeof(l) + rnd(me) % (BATCH_OUT - sizeof(l));

		s[i].size = sizeof(s[i]);
		s[i].data = PTR(at);
		s[i].len = (uint32_t)len;
		s[i].tag = rnd(me) % 4;
		l.tag = s[i].tag;
		if (h->family != F_MANY)
			s[i].priority = (uint32_t)(rnd(me) % 3);
		l.priority = s[i].priority;
		if (!is_kept(h) && once_in(me, 20))
			s[i].flags = MBOX_URGENT;
		if (once_in(me, 20))
			s[i].flags |= MBOX_SYNC;
		number[i] = compose(me, at, len, h->family, &l);
	}
	ret = verb_do(V_SENDV, h->fd, &b);
	for (i = 0; i < b.count; i++)
		number_end(number[i], (int)i < ret);
	if (ret >= 0 && (unsigned int)ret < b.count &&
	    (s[ret].result >= 0 || !verb_may_fail(V_SENDV, -s[ret].result)))
		broken("SENDV: %d of %u, because of %d", ret, b.count,
		       s[ret].result);
}

static void act_send_to(struct me *me)
{
	pid_t pid = some_process(me);
	struct mbox_send s = { .size = sizeof(s), .data = PTR(me->out) };
	struct mbox_direct d = { .size = sizeof(d),
				 .pid = pid,
				 .args = PTR(&s) };
	struct letter l = { .box = DIRECT | (uint64_t)pid };

	choose_wait(me, &s.flags, &s.deadline);
	s.len = sizeof(l) + (uint32_t)(rnd(me) % 300);
	s.tag = rnd(me) % 4;
	l.tag = s.tag;
	s.priority = (uint32_t)(rnd(me) % 3);
	l.priority = s.priority;
	if (once_in(me, 8))
		s.flags |= MBOX_SYNC;
	if (s.flags & MBOX_NOWAIT || s.deadline)
		l.flags = L_SOON;
	if (once_in(me, 50))
		d.flags |= MBOX_ONEWAY;
	compose(me, me->out, s.len, F_OTHER, &l);
	number_end(l.number, !verb_do(V_SEND_TO, me->dev, &d));
}

/* -- Reading ------------------------------------------------------------------ */

void prepare(struct me *me, const struct handle *h, struct mbox_recv *r,
	     int *fds)
{
	*r = (struct mbox_recv){ .size = sizeof(*r),
				 .data = PTR(me->in),
				 .len = IN_ROOM };
	choose_wait(me, &r->flags, &r->deadline);
	if (once_in(me, 12))
		r->len = (uint32_t)(rnd(me) % 300);
	if (once_in(me, 8)) {
		r->flags |= MBOX_TRUNCATE;
		if (is_kept(h) && r->len < sizeof(struct letter))
			r->len = sizeof(struct letter);
	}
	if (once_in(me, 2)) {
		r->nfds = (uint32_t)(rnd(me) % 5);
		r->fds = PTR(fds);
	}
	/* What follows changes the order, in which the others must come. */
	if (h && h->family != F_OTHER)
		return;
	if (once_in(me, 6)) {
		r->select = (uint32_t)(rnd(me) % 5);
		if (r->select == MBOX_SELECT_PID)
			r->select_value = (uint64_t)some_process(me);
		else if (r->select != MBOX_SELECT_ANY)
			r->select_value = rnd(me) % 4;
	}
	if (once_in(me, 100))
		r->data = 8;
}

static bool is_chosen(const struct mbox_recv *r)
{
	switch (r->select) {
	case MBOX_SELECT_TAG:
		return r->tag == r->select_value;
	case MBOX_SELECT_NOT_TAG:
		return r->tag != r->select_value;
	case MBOX_SELECT_LOWEST_TAG:
		return r->tag <= r->select_value;
	case MBOX_SELECT_PID:
		return (uint64_t)r->pid == r->select_value;
	default:
		return true;
	}
}

static bool is_eventfd(int fd)
{
	char path[64], text[64];
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	n = readlink(path, text, sizeof(text) - 1);
	text[n < 0 ? 0 : n] = 0;
	return !strcmp(text, "anon_inode:[eventfd]");
}

/* A descriptor that came is of the kind that was sent, and then let go. */
static void check_passed(struct me *me, uint32_t kind, uint64_t value, int fd)
{
	struct handle *h;
	struct stat st;

	happened(N_PASSED);
	if (kind == K_BOX) {
		h = keep(me, fd);
		if (h && (h->id != value || h->rights != R_SEND))
			broken("a handle on %llu came as one on %llu with rights %#x",
			       (unsigned long long)value,
			       (unsigned long long)h->id, h->rights);
		return;
	}
	if (fstat(fd, &st))
		broken("descriptor %d is not there: %s", fd,
		       mbt_errno_name(errno));
	else if (kind == K_FILE &&
		 (!S_ISREG(st.st_mode) || (uint64_t)st.st_size != value))
		broken("a file of size %llu came with mode %o and size %llu",
		       (unsigned long long)value, st.st_mode,
		       (unsigned long long)st.st_size);
	else if (kind == K_PIPE && !S_ISFIFO(st.st_mode))
		broken("a pipe came with mode %o", st.st_mode);
	else if (kind == K_EVENT && !is_eventfd(fd))
		broken("an eventfd came as something else");
	close(fd);
}

void finish(struct me *me, const struct handle *h, const struct mbox_recv *r,
	    const int *fds)
{
	const struct letter *l = arrived(
		me, &(struct arrival){ h, me->in, r->len, r->msg_len, r });
	unsigned int i;

	if (!is_chosen(r))
		broken("tag %llu of process %d came for selection %u, %llu",
		       (unsigned long long)r->tag, r->pid, r->select,
		       (unsigned long long)r->select_value);
	/* Descriptors come in every room, letters only where there is enough. */
	for (i = 0; i < r->nfds && i < r->msg_fds; i++)
		check_passed(me, l ? l->fd[i].kind : 0, l ? l->fd[i].value : 0,
			     fds[i]);
	if (r->token && !h)
		broken("a token came with a direct message");
	if (r->token && h)
		keep_token(me, h->fd, r, l);
}

static void act_recv(struct me *me)
{
	struct handle *h = pick(me, R_RECV), was;
	struct mbox_recv r;
	int fds[4];

	if (!h)
		return;
	/* What comes may move the table. */
	was = *h;
	prepare(me, h, &r, fds);
	begin_take(me, h, 1);
	if (!verb_do(V_RECV, h->fd, &r))
		finish(me, &was, &r, fds);
	else if (errno == EIDRM)
		let_go(me, h);
	end_take(me);
}

static void act_read(struct me *me)
{
	struct handle *h = pick(me, R_RECV);
	size_t room = IN_ROOM;
	long n;

	if (!h)
		return;
	if (once_in(me, 12))
		room = rnd(me) % 300;
	begin_take(me, h, 1);
	n = verb_done(V_READ, read(h->fd, me->in, room));
	if (n > 0)
		arrived(me,
			&(struct arrival){ h, me->in, room, (size_t)n, NULL });
	end_take(me);
}

static void act_recvv(struct me *me)
{
	struct handle *h = pick(me, R_RECV), was;
	struct mbox_batch b = { .size = sizeof(b) };
	struct mbox_recv r[BATCH] = { { 0 } };
	int i, ret;

	if (!h)
		return;
	was = *h;
	choose_wait(me, &b.flags, &b.deadline);
	b.count = 1 + (uint32_t)(rnd(me) % BATCH);
	b.min = (uint32_t)(rnd(me) % (b.count + 1));
	b.entries = PTR(r);
	b.entry_size = sizeof(r[0]);
	for (i = 0; i < (int)b.count; i++) {
		r[i].size = sizeof(r[i]);
		r[i].data = PTR(me->in + i * BATCH_IN);
		r[i].len = BATCH_IN;
		if (once_in(me, 10))
			r[i].flags = MBOX_TRUNCATE;
		if (h->family == F_OTHER && once_in(me, 10)) {
			r[i].select = MBOX_SELECT_TAG;
			r[i].select_value = rnd(me) % 4;
		}
	}
	begin_take(me, h, b.count);
	ret = verb_do(V_RECVV, h->fd, &b);
	for (i = 0; i < ret; i++) {
		const struct letter *l = arrived(
			me, &(struct arrival){ &was, me->in + i * BATCH_IN,
					       BATCH_IN, r[i].msg_len, &r[i] });

		if (!is_chosen(&r[i]))
			broken("tag %llu came in a batch for tag %llu",
			       (unsigned long long)r[i].tag,
			       (unsigned long long)r[i].select_value);
		if (r[i].token)
			keep_token(me, was.fd, &r[i], l);
	}
	end_take(me);
	if (ret >= 0 && (unsigned int)ret < b.count &&
	    (r[ret].result >= 0 || !verb_may_fail(V_RECVV, -r[ret].result)))
		broken("RECVV: %d of %u, because of %d", ret, b.count,
		       r[ret].result);
}

static void act_recv_from(struct me *me)
{
	struct mbox_recv r;
	struct mbox_direct d = { .size = sizeof(d), .args = PTR(&r) };
	int fds[4], ret;

	if (once_in(me, 2))
		d.pid = some_process(me);
	prepare(me, NULL, &r, fds);
	if (!(r.flags & MBOX_NOWAIT) && !r.deadline)
		__atomic_store_n(&seats[me->seat].from, (uint64_t)d.pid,
				 __ATOMIC_SEQ_CST);
	ret = verb_do(V_RECV_FROM, me->dev, &d);
	__atomic_store_n(&seats[me->seat].from, 0, __ATOMIC_SEQ_CST);
	if (ret)
		return;
	finish(me, NULL, &r, fds);
	if (d.pid && r.pid != d.pid)
		broken("a message of %d came for %d", r.pid, d.pid);
}

static void act_peek(struct me *me)
{
	struct handle *h = pick(me, R_RECV);
	struct mbox_peek p = { .size = sizeof(p), .data = PTR(me->in) };
	unsigned int i;

	if (!h)
		return;
	p.len = once_in(me, 4) ? (uint32_t)(rnd(me) % 300) : IN_ROOM;
	if (once_in(me, 4))
		p.flags = MBOX_TRUNCATE;
	for (i = 0; i < 4 && !verb_do(V_PEEK, h->fd, &p); i++) {
		looked_at(h, me->in, p.len, p.msg_len);
		p.flags |= MBOX_BEHIND;
	}
}

const struct act letter_acts[] = {
	{ act_send, 30 },    { act_recv, 30 },	    { act_write, 8 },
	{ act_read, 8 },     { act_sendv, 6 },	    { act_recvv, 8 },
	{ act_send_to, 10 }, { act_recv_from, 10 }, { act_peek, 6 },
	{ NULL, 0 },
};

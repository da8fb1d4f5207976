// SPDX-License-Identifier: GPL-2.0-only
/*
 * torture-verbs.c: the verbs that make, remove and look, each at random.
 *
 * Owns: which mailboxes come and go, and what must be true of what STAT, COPY,
 * LIST and INFO say at every moment.  The kept mailboxes are looked at and
 * nothing else: they are not removed, emptied or filtered.  Takes no locks.
 * Called by the worker in torture-work.c, through verb_acts[].
 */
#include "torture.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>

/* -- Making and removing ------------------------------------------------------ */

/* What a new mailbox is like; some of it makes no sense together. */
static void choose_attributes(struct me *me, struct mbox_open *o)
{
	static const uint32_t sizes[] = { 256, 512, 1024, 4096, 60000, 65535 };

	o->mode = once_in(me, 4) ? 0600 : 0666;
	o->max_size = sizes[rnd(me) % 6];
	o->lifetime = (uint32_t)(rnd(me) % 3);
	if (!o->name && o->lifetime == MBOX_LIFETIME_PERSISTENT)
		o->lifetime = MBOX_LIFETIME_DESCRIPTOR;
	switch (rnd(me) % 8) {
	case 0:
	case 1:
		o->capacity = MBOX_CAPACITY_ZERO;
		break;
	case 2:
		o->capacity = MBOX_CAPACITY_UNBOUNDED;
		break;
	case 3:
		o->max_bytes = 3 * o->max_size;
		break;
	case 4:
		o->max_messages = 1;
		break;
	default:
		o->max_messages = 1 + rnd(me) % 8;
		break;
	}
	if (once_in(me, 3))
		o->policy = (uint32_t)(rnd(me) % 4);
	if (once_in(me, 3))
		o->attrs |= MBOX_ATTR_TIMES;
	if (once_in(me, 2))
		o->attrs |= MBOX_ATTR_FDS;
	if (once_in(me, 12))
		o->attrs |= MBOX_ATTR_FIXED;
	if (once_in(me, 4))
		o->attrs |= MBOX_ATTR_BROADCAST;
	if (o->attrs & MBOX_ATTR_BROADCAST && !once_in(me, 10)) {
		o->attrs &= ~(uint32_t)MBOX_ATTR_FDS;
		if (o->capacity == MBOX_CAPACITY_ZERO)
			o->capacity = MBOX_CAPACITY_BOUNDED;
	}
}

static void act_open(struct me *me)
{
	struct mbox_open o = { .size = sizeof(o) };
	char name[MBOX_NAME_SIZE];
	int fd;

	o.rights = once_in(me, 2) ? R_ALL : (uint32_t)(rnd(me) % 8);
	if (once_in(me, 3))
		snprintf(name, sizeof(name), "kept-%u",
			 (unsigned int)(rnd(me) % KEPT));
	else
		snprintf(name, sizeof(name), "box-%u",
			 (unsigned int)(rnd(me) % NAMES));
	if (!once_in(me, 6) || name[0] == 'k') {
		o.name = PTR(name);
		o.name_len = (uint32_t)strlen(name);
	}
	if (once_in(me, 6))
		o.flags |= MBOX_OPEN_HANGUP;
	if (once_in(me, 6))
		o.flags |= MBOX_OPEN_NONBLOCK;
	if (once_in(me, 20)) {
		o.flags |= MBOX_OPEN_OWNED;
		o.uid = once_in(me, 2) ? 0 : ALICE;
	}
	if (name[0] != 'k' && (!o.name || once_in(me, 2))) {
		o.flags |= MBOX_OPEN_CREATE;
		if (once_in(me, 4))
			o.flags |= MBOX_OPEN_EXCL;
		choose_attributes(me, &o);
	}
	fd = verb_do(V_OPEN, me->dev, &o);
	if (fd >= 0)
		keep_new(me, fd);
}

/* A handle on default: no ioctl, but a way in like OPEN. */
static void act_plain_open(struct me *me)
{
	static const int modes[] = { O_RDONLY, O_WRONLY, O_RDWR };
	int mode = modes[rnd(me) % 3] | (once_in(me, 2) ? O_NONBLOCK : 0);
	int fd = open(DEV, mode | O_CLOEXEC);
	struct handle *h;

	if (fd < 0)
		return;
	h = keep(me, fd);
	/* It will have them: from its first read or write on. */
	if (h && (mode & O_ACCMODE) == O_RDWR)
		h->rights = R_SEND | R_RECV;
}

static void act_copy(struct me *me)
{
	static const uint32_t wanted[] = { R_SEND,	    R_SEND, R_RECV,
					   R_SEND | R_RECV, 0,	    R_ALL };
	struct handle *h = pick(me, once_in(me, 2) ? R_SEND : 0), *copy;
	struct mbox_copy c = { .size = sizeof(c) };
	struct handle was;
	int fd;

	if (!h)
		return;
	was = *h;
	c.rights = wanted[rnd(me) % 6];
	if (!once_in(me, 20))
		c.rights &= was.rights;
	if (once_in(me, 4))
		c.flags = MBOX_OPEN_NONBLOCK;
	fd = verb_do(V_COPY, was.fd, &c);
	if (fd < 0)
		return;
	if (c.rights & ~was.rights && !was.is_default)
		broken("a copy with rights %#x of a handle with %#x", c.rights,
		       was.rights);
	copy = keep_new(me, fd);
	if (copy && (copy->id != was.id || copy->rights != c.rights))
		broken("a copy of a handle on %llu with %#x is one on %llu with %#x",
		       (unsigned long long)was.id, c.rights,
		       (unsigned long long)copy->id, copy->rights);
}

static void act_endpoint(struct me *me)
{
	struct mbox_endpoint e = { .size = sizeof(e),
				   .flags = once_in(me, 2) ?
						    MBOX_OPEN_NONBLOCK :
						    0 };
	int fd = verb_do(V_ENDPOINT, me->dev, &e);

	if (fd >= 0)
		keep(me, fd);
}

static void remove_one(struct me *me, enum verb v)
{
	struct mbox_remove r = { .size = sizeof(r) };
	struct handle *h = pick(me, R_ADMIN);

	if (!h || is_kept(h) || h->is_default)
		return;
	verb_do(v, h->fd, &r);
	if (v == V_DESTROY || once_in(me, 2))
		let_go(me, h);
}

static void act_unlink(struct me *me)
{
	remove_one(me, V_UNLINK);
}

static void act_destroy(struct me *me)
{
	remove_one(me, V_DESTROY);
}

static void act_flush(struct me *me)
{
	struct mbox_flush f = { .size = sizeof(f) };
	struct handle *h = pick(me, R_RECV);

	if (h && !is_kept(h))
		verb_do(V_FLUSH, h->fd, &f);
}

/* -- Looking ------------------------------------------------------------------ */

void check_stat(const struct mbox_stat *st, uint32_t room)
{
	uint64_t times = 0;
	unsigned int i;

	if (st->sent != st->received + st->dropped + st->messages)
		broken("mailbox %llu: %llu sent, %llu received, %llu dropped, %llu left",
		       (unsigned long long)st->id, (unsigned long long)st->sent,
		       (unsigned long long)st->received,
		       (unsigned long long)st->dropped,
		       (unsigned long long)st->messages);
	for (i = 0; i < MBOX_TIMES_BUCKETS; i++)
		times += st->times[i];
	if (times != (st->attrs & MBOX_ATTR_TIMES ? st->received : 0))
		broken("mailbox %llu: %llu received, %llu with a time",
		       (unsigned long long)st->id,
		       (unsigned long long)st->received,
		       (unsigned long long)times);
	if (st->messages > st->peak_messages || (st->bytes && !st->messages) ||
	    st->bytes > st->messages * st->max_size)
		broken("mailbox %llu: %llu messages of %llu bytes, at most %llu",
		       (unsigned long long)st->id,
		       (unsigned long long)st->messages,
		       (unsigned long long)st->bytes,
		       (unsigned long long)st->peak_messages);
	if (room && st->nwaiters < room &&
	    st->nwaiters != st->senders_waiting + st->receivers_waiting)
		broken("mailbox %llu: %u waiters, but %u senders and %u receivers",
		       (unsigned long long)st->id, st->nwaiters,
		       st->senders_waiting, st->receivers_waiting);
	happened(N_LOOKS);
}

static void act_stat(struct me *me)
{
	struct mbox_waiter waiters[64];
	struct mbox_stat st = { .size = sizeof(st), .waiters = PTR(waiters) };
	struct handle *h = pick(me, once_in(me, 2) ? R_ADMIN : 0);
	uint32_t room;

	if (!h)
		return;
	if (h->rights & R_ADMIN || once_in(me, 20))
		st.nwaiters = once_in(me, 2) ? 64 : 1;
	room = st.nwaiters;
	if (verb_do(V_STAT, h->fd, &st)) {
		if (errno == EIDRM)
			let_go(me, h);
		return;
	}
	check_stat(&st, room);
	if (st.id != h->id)
		broken("a handle on %llu is one on %llu",
		       (unsigned long long)h->id, (unsigned long long)st.id);
}

static void act_list(struct me *me)
{
	struct mbox_list_entry e[4] = { { .id = 0 } };
	struct mbox_list l = { .size = sizeof(l),
			       .entries = PTR(e),
			       .entry_size = sizeof(e[0]) };
	unsigned int i;

	do {
		l.count = 1 + (uint32_t)(rnd(me) % 4);
		if (verb_do(V_LIST, me->dev, &l))
			return;
		for (i = 0; i < l.count; i++) {
			if (strncmp(e[i].name, l.after, MBOX_NAME_SIZE) <= 0)
				broken("LIST shows \"%.63s\" after \"%.63s\"",
				       e[i].name, l.after);
			memcpy(l.after, e[i].name, MBOX_NAME_SIZE);
		}
	} while (l.count);
}

static void act_links(struct me *me)
{
	struct mbox_link_entry e[8] = { { 0 } };
	struct mbox_links l = { .size = sizeof(l),
				.entries = PTR(e),
				.entry_size = sizeof(e[0]),
				.pid = once_in(me, 2) ? some_process(me) : 0 };
	uint64_t last = 0;
	unsigned int i;

	do {
		l.count = 8;
		if (verb_do(V_LINKS, me->dev, &l))
			return;
		for (i = 0; i < l.count; i++) {
			if (e[i].id <= last)
				broken("LINKS shows %llu after %llu",
				       (unsigned long long)e[i].id,
				       (unsigned long long)last);
			last = e[i].id;
		}
	} while (l.count);
}

static void act_info(struct me *me)
{
	struct mbox_info i = { .size = sizeof(i) };

	if (verb_do(V_INFO, me->dev, &i))
		return;
	if (i.used_bytes > i.user_bytes || i.used_messages > i.user_messages ||
	    i.used_mailboxes > i.user_mailboxes ||
	    i.used_calls > i.user_calls || i.used_fds > i.user_fds)
		broken("more is used than may be: %llu bytes %llu messages %llu mailboxes %llu calls %llu descriptors",
		       (unsigned long long)i.used_bytes,
		       (unsigned long long)i.used_messages,
		       (unsigned long long)i.used_mailboxes,
		       (unsigned long long)i.used_calls,
		       (unsigned long long)i.used_fds);
}

static void act_fdinfo(struct me *me)
{
	struct handle *h = pick(me, 0);
	char path[64], text[1024];

	if (!h)
		return;
	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", h->fd);
	mbt_read_file(path, text, sizeof(text));
}

/* -- Being told --------------------------------------------------------------- */

static void act_filter(struct me *me)
{
	struct mbox_filter f = { .size = sizeof(f) };
	struct handle *h = pick(me, R_RECV);

	if (!h || is_kept(h))
		return;
	/* More often none: what a filter keeps out fills the mailbox. */
	if (once_in(me, 3))
		f.select = (uint32_t)(rnd(me) % 5);
	if (f.select == MBOX_SELECT_PID)
		f.select_value = (uint64_t)some_process(me);
	else if (f.select != MBOX_SELECT_ANY)
		f.select_value = rnd(me) % 4;
	verb_do(V_FILTER, h->fd, &f);
}

static void act_notify(struct me *me)
{
	struct mbox_notify n = { .size = sizeof(n) };
	struct handle *h = pick(me, R_RECV);

	if (!h)
		return;
	if (!once_in(me, 4)) {
		n.signo = once_in(me, 2) ? SIGUSR1 : (uint32_t)SIGRTMIN;
		n.value = rnd(me);
	}
	verb_do(V_NOTIFY, h->fd, &n);
}

static void act_async(struct me *me)
{
	struct handle *h = pick(me, 0);

	if (!h)
		return;
	fcntl(h->fd, F_SETOWN, me->pid);
	fcntl(h->fd, F_SETSIG, once_in(me, 2) ? SIGRTMIN : 0);
	fcntl(h->fd, F_SETFL,
	      (once_in(me, 2) ? O_ASYNC : 0) |
		      (once_in(me, 2) ? O_NONBLOCK : 0));
}

static void act_poll(struct me *me)
{
	struct pollfd p[3];
	unsigned int n;

	for (n = 0; n < 3; n++) {
		struct handle *h = pick(me, 0);

		if (!h)
			break;
		p[n].fd = h->fd;
		p[n].events = (short)(rnd(me) % 8);
	}
	poll(p, n, (int)(rnd(me) % 4));
}

static void act_epoll(struct me *me)
{
	struct epoll_event e = { .events = EPOLLIN | EPOLLOUT }, got[4];
	struct handle *h = pick(me, 0);

	if (!h)
		return;
	if (once_in(me, 2))
		e.events |= EPOLLET;
	if (once_in(me, 4))
		e.events |= EPOLLONESHOT;
	epoll_ctl(me->epoll, once_in(me, 4) ? EPOLL_CTL_DEL : EPOLL_CTL_ADD,
		  h->fd, &e);
	epoll_wait(me->epoll, got, 4, (int)(rnd(me) % 3));
}

const struct act verb_acts[] = {
	{ act_open, 24 },  { act_plain_open, 3 }, { act_copy, 10 },
	{ act_unlink, 2 }, { act_destroy, 3 },	  { act_endpoint, 2 },
	{ act_flush, 2 },  { act_stat, 8 },	  { act_list, 2 },
	{ act_links, 2 },  { act_info, 2 },	  { act_fdinfo, 2 },
	{ act_filter, 4 }, { act_notify, 4 },	  { act_async, 3 },
	{ act_poll, 4 },   { act_epoll, 4 },	  { NULL, 0 },
};

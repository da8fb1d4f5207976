// SPDX-License-Identifier: GPL-2.0-only
/*
 * torture-work.c: what a worker has: chance, handles, signals and limits.
 *
 * Owns: the table of handles, and what happens to it by other ways than the
 * module's: dup, close, and sockets that pass descriptors.  Takes no locks: each
 * thread has its own.  Called by the acts of all files, through work_acts[].
 */
#include "torture.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>

enum { HELPER_HANDLES = 4, SQUEEZED = 24 };

static bool is_squeezed;
static uint32_t serials;

/* -- Chance ------------------------------------------------------------------- */

uint64_t rnd(struct me *me)
{
	/* xorshift64*: the low bits of the product are the weaker ones. */
	me->rng ^= me->rng >> 12;
	me->rng ^= me->rng << 25;
	me->rng ^= me->rng >> 27;
	return (me->rng * 0x2545f4914f6cdd1dULL) >> 20;
}

bool once_in(struct me *me, unsigned int n)
{
	return rnd(me) % n == 0;
}

void sow(struct me *me, uint64_t seed)
{
	me->rng = seed * 0x9e3779b97f4a7c15ULL | 1;
	rnd(me);
}

void choose_wait(struct me *me, uint32_t *flags, __u64 *deadline)
{
	unsigned int n = rnd(me) % 64;

	if (n < 26) {
		*flags |= MBOX_NOWAIT;
	} else if (n < 28) {
		*deadline = 1;
	} else if (n < 32) {
		*flags |= MBOX_REALTIME;
		*deadline = mbt_real_in_ms((int)(rnd(me) % 4));
	} else if (n < 63) {
		*deadline = (uint64_t)mbt_now() + rnd(me) % 4000000;
	}
	/* Else for ever: until a signal, a kill or an end of the mailbox. */
}

pid_t some_process(struct me *me)
{
	pid_t pid = run->recent[rnd(me) % RECENT];

	return pid ? pid : me->pid;
}

/* -- Places and handles ------------------------------------------------------- */

void sit_down(struct me *me)
{
	me->seat = (uint32_t)add(&run->next_seat, 1);
	if (me->seat >= run->seats_room) {
		broken("the %llu seats are used up",
		       (unsigned long long)run->seats_room);
		_exit(0);
	}
	me->pid = getpid();
	me->tid = mbt_gettid();
	seats[me->seat].tid = me->tid;
	me->uid = geteuid();
}

struct handle *pick(struct me *me, uint32_t rights)
{
	struct handle *h;
	int tries;

	if (!me->nr_handles)
		return NULL;
	for (tries = 0; tries < 6; tries++) {
		h = &me->handle[rnd(me) % me->nr_handles];
		if ((h->rights & rights) == rights)
			return h;
	}
	/* What is refused is worth a try, too, but seldom. */
	return once_in(me, 10) ? h : NULL;
}

uint32_t new_serial(void)
{
	return __atomic_add_fetch(&serials, 1, __ATOMIC_SEQ_CST);
}

static uint32_t family_of(uint64_t id, uint32_t attrs)
{
	uint32_t i;

	for (i = 0; i < KEPT; i++)
		if (run->kept_id[i] == id)
			return F_KEPT + i;
	return attrs & MBOX_ATTR_BROADCAST ? F_MANY : F_OTHER;
}

struct handle *keep(struct me *me, int fd)
{
	unsigned int most = me->is_helper ? HELPER_HANDLES : HANDLES;
	struct mbox_stat st = { .size = sizeof(st) };
	struct handle *h;

	if (verb_do(V_STAT, fd, &st)) {
		close(fd);
		return NULL;
	}
	/* Not the helper's first one, which may be closed under it. */
	while (me->nr_handles >= most)
		let_go(me, &me->handle[1 + rnd(me) % (me->nr_handles - 1)]);
	h = &me->handle[me->nr_handles++];
	*h = (struct handle){ .fd = fd,
			      .rights = st.rights,
			      .attrs = st.attrs,
			      .policy = st.policy,
			      .capacity = st.capacity,
			      .max_size = st.max_size,
			      .id = st.id,
			      .family = family_of(st.id, st.attrs),
			      .is_default = !strcmp(st.name, "default") };
	h->serial = new_serial();
	return h;
}

struct handle *keep_new(struct me *me, int fd)
{
	struct handle *h = keep(me, fd);

	if (h)
		h->share = (uint32_t)add(&run->next_share, 1);
	return h;
}

void let_go(struct me *me, struct handle *h)
{
	unsigned int i = 0, n = 0;
	uint64_t lost[TOKENS];

	while (i < me->nr_tokens)
		if (me->token[i].fd == h->fd) {
			if (!me->token[i].foreign)
				lost[n++] = me->token[i].number;
			me->token[i] = me->token[--me->nr_tokens];
		} else {
			i++;
		}
	close(h->fd);
	while (n)
		hold(lost[--n], DROPPED);
	happened(N_CLOSES);
	*h = me->handle[--me->nr_handles];
}

static void act_close(struct me *me)
{
	if (me->nr_handles > 3)
		let_go(me, &me->handle[rnd(me) % me->nr_handles]);
}

static void act_dup(struct me *me)
{
	struct handle *h = pick(me, 0), *copy;
	uint32_t share;
	int fd;

	if (!h)
		return;
	share = h->share;
	fd = fcntl(h->fd, F_DUPFD_CLOEXEC, 3);
	if (fd < 0)
		return;
	happened(N_DUPS);
	copy = keep(me, fd);
	if (copy)
		copy->share = share;
}

/* -- Handles by another way than the module ----------------------------------- */

union rights {
	char room[CMSG_SPACE(sizeof(int))];
	struct cmsghdr align;
};

static void act_post(struct me *me)
{
	union rights control = { .room = { 0 } };
	struct iovec iov = { .iov_base = "x", .iov_len = 1 };
	struct msghdr m = { .msg_iov = &iov,
			    .msg_iovlen = 1,
			    .msg_control = &control,
			    .msg_controllen = sizeof(control) };
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);
	struct handle *h = pick(me, 0);

	if (!h)
		return;
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &h->fd, sizeof(int));
	if (sendmsg(POST_OUT, &m, MSG_DONTWAIT | MSG_NOSIGNAL) == 1)
		happened(N_POSTED);
}

static void act_fetch(struct me *me)
{
	union rights control;
	char byte;
	struct iovec iov = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr m = { .msg_iov = &iov,
			    .msg_iovlen = 1,
			    .msg_control = &control,
			    .msg_controllen = sizeof(control) };
	struct cmsghdr *c;
	int fd;

	if (recvmsg(POST_IN, &m, MSG_DONTWAIT | MSG_CMSG_CLOEXEC) != 1)
		return;
	c = CMSG_FIRSTHDR(&m);
	if (!c || c->cmsg_type != SCM_RIGHTS)
		return;
	memcpy(&fd, CMSG_DATA(c), sizeof(int));
	happened(N_FETCHED);
	keep(me, fd);
}

/* -- Signals and limits ------------------------------------------------------- */

static void on_signal(int sig)
{
	(void)sig;
	happened(N_CAUGHT);
}

static const int caught[] = { SIGUSR1, SIGIO, SIGUSR2 };

static void take_signals(sigset_t *set)
{
	size_t i;

	sigemptyset(set);
	for (i = 0; i < sizeof(caught) / sizeof(caught[0]); i++)
		sigaddset(set, caught[i]);
	sigaddset(set, SIGRTMIN);
}

void catch_signals(bool restart)
{
	struct sigaction sa = { .sa_handler = on_signal };
	sigset_t set;

	sigemptyset(&sa.sa_mask);
	sigaction(SIGUSR2, &sa, NULL);
	sa.sa_flags = restart ? SA_RESTART : 0;
	sigaction(SIGUSR1, &sa, NULL);
	sigaction(SIGIO, &sa, NULL);
	sigaction(SIGRTMIN, &sa, NULL);
	take_signals(&set);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}

void hold_signals(void)
{
	sigset_t set;

	take_signals(&set);
	sigprocmask(SIG_BLOCK, &set, NULL);
}

static void act_signals(struct me *me)
{
	catch_signals(once_in(me, 2));
}

void squeeze(bool on)
{
	struct rlimit r;

	getrlimit(RLIMIT_NOFILE, &r);
	r.rlim_cur = on ? SQUEEZED : r.rlim_max < 1024 ? r.rlim_max : 1024;
	setrlimit(RLIMIT_NOFILE, &r);
	is_squeezed = on;
}

/* Now and then there is no descriptor left, for a while. */
static void act_squeeze(struct me *me)
{
	if (is_squeezed || once_in(me, 4))
		squeeze(!is_squeezed);
}

const struct act work_acts[] = {
	{ act_squeeze, 2 }, { act_signals, 2 }, { act_post, 3 },
	{ act_fetch, 4 },   { act_dup, 4 },	{ act_close, 8 },
	{ NULL, 0 },
};

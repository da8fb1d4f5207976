// SPDX-License-Identifier: GPL-2.0-only
/*
 * torture-books.c: what is written down of each message, and what is checked
 * of it and of each error.
 *
 * Owns: the shared memory, the letter in each message, the attempts and the
 * receipts.  An attempt is written down before it is made, so that a kill does
 * not make it look as if it had never been; before a message is taken it is
 * written down that one may be, so that a receiver's death explains one that is
 * missing.  Atomic operations; no locks.  Called by the parent and the workers.
 */
#include "torture.h"

#include "errnos.h"

#include <stdarg.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

struct run *run;
struct seat *seats;
uint64_t born;
unsigned char *attempts, *receipts;

/* How long a system call may be under way that does not wait, in ns. */
#define LATE (5 * MBT_SECOND)

/* -- Memory ------------------------------------------------------------------- */

static size_t run_start(void)
{
	return (sizeof(struct run) + 4095) & ~4095UL;
}

static bool run_map(uint64_t size)
{
	char *mem =
		mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, RUN_FD, 0);

	if (mem == MAP_FAILED)
		return false;
	run = (struct run *)mem;
	seats = (struct seat *)(mem + run_start());
	return true;
}

static void run_lay_out(void)
{
	attempts = (unsigned char *)(seats + run->seats_room);
	receipts = attempts + run->room;
}

bool run_make(uint64_t room, uint64_t seats_room)
{
	uint64_t size =
		run_start() + seats_room * sizeof(struct seat) + 2 * room;
	int fd = memfd_create("torture", 0);

	if (fd < 0 || dup2(fd, RUN_FD) < 0 || close(fd) ||
	    ftruncate(RUN_FD, (off_t)size) || !run_map(size))
		return false;
	run->size = size;
	run->room = room;
	run->seats_room = seats_room;
	run_lay_out();
	crc_init();
	return true;
}

bool run_find(void)
{
	uint64_t size;

	if (!run_map(run_start()))
		return false;
	size = run->size;
	munmap(run, run_start());
	if (!run_map(size))
		return false;
	run_lay_out();
	crc_init();
	return true;
}

void broken(const char *fmt, ...)
{
	uint64_t n = add(&run->broken, 1);
	va_list args;

	if (n > TEXTS)
		return;
	va_start(args, fmt);
	vsnprintf(run->text[n - 1], sizeof(run->text[0]), fmt, args);
	va_end(args);
}

void happened(enum event e)
{
	add(&run->event[e], 1);
}

bool is_over(void)
{
	while (load(&run->pause) && !load(&run->stop))
		mbt_sleep_ms(3);
	return load(&run->stop);
}

/* -- Attempts and receipts ---------------------------------------------------- */

uint64_t number_begin(uint32_t family)
{
	uint64_t number = add(&run->next_number, 1);

	if (number >= run->room) {
		/* The run ends early, and says so. */
		broken("the %llu numbers are used up; fewer seconds, or more room",
		       (unsigned long long)run->room);
		_exit(0);
	}
	__atomic_store_n(&attempts[number], TRYING | family << 2,
			 __ATOMIC_SEQ_CST);
	return number;
}

void number_end(uint64_t number, bool sent)
{
	unsigned char was = attempts[number];

	__atomic_store_n(&attempts[number], (was & ~3) | (sent ? SENT : FAILED),
			 __ATOMIC_SEQ_CST);
}

void begin_take(struct me *me, const struct handle *h, unsigned int n)
{
	struct seat *seat = &seats[me->seat];

	seat->family = (uint16_t)(h ? h->family : F_OTHER);
	__atomic_store_n(&seat->taking, (uint16_t)n, __ATOMIC_SEQ_CST);
}

void end_take(struct me *me)
{
	__atomic_store_n(&seats[me->seat].taking, 0, __ATOMIC_SEQ_CST);
}

void hold(uint64_t number, pid_t pid)
{
	struct holder *h = &run->holder[number % HOLDERS];

	/* An older one has been forgotten: the place is another's. */
	if (pid == DROPPED && load(&h->number) != number)
		return;
	__atomic_store_n(&h->number, 0, __ATOMIC_SEQ_CST);
	__atomic_store_n(&h->pid, pid, __ATOMIC_SEQ_CST);
	__atomic_store_n(&h->number, number, __ATOMIC_SEQ_CST);
}

/* -- Letters ------------------------------------------------------------------ */

static uint32_t letter_crc(const struct letter *l, size_t len)
{
	return crc_of((const char *)l + sizeof(l->crc), len - sizeof(l->crc));
}

void seal(struct letter *l, size_t len)
{
	l->len = (uint32_t)len;
	l->crc = letter_crc(l, len);
}

bool letter_is_good(const struct letter *l, size_t room, size_t len)
{
	if (len < sizeof(*l) || l->len != len)
		return false;
	/* Of one that was cut off nothing more can be said. */
	return room < len || l->crc == letter_crc(l, len);
}

/* Messages of one sender and priority come in the order they were sent. */
static void check_order(struct me *me, const struct handle *h,
			const struct letter *l)
{
	uint64_t key;
	unsigned int i;

	/* In one to many each handle has an order of its own. */
	if (h->family == F_MANY)
		key = 1ULL << 63 | (uint64_t)h->serial << 24;
	else
		key = (h->id & 0xffff) << 40 | (uint64_t)l->priority << 24;
	key |= l->seat & 0xffffff;
	i = (unsigned int)((key * 0x9e3779b97f4a7c15ULL) >> 55) % SEEN;
	if (me->seen[i].key == key && me->seen[i].number >= l->number)
		broken("mailbox %llu: number %llu of sender %u came after %llu",
		       (unsigned long long)h->id, (unsigned long long)l->number,
		       l->seat, (unsigned long long)me->seen[i].number);
	me->seen[i].key = key;
	me->seen[i].number = l->number;
}

/* Whoever shares a subscription: one of them has each message. */
static void check_once(const struct handle *h, const struct letter *l)
{
	uint64_t key = (uint64_t)h->share << 40 | l->number;
	uint64_t i = (key * 0x9e3779b97f4a7c15ULL >> 40) % HAD;

	if (h->share &&
	    __atomic_exchange_n(&run->had[i], key, __ATOMIC_SEQ_CST) == key)
		broken("number %llu was received twice by one subscription",
		       (unsigned long long)l->number);
}

static void check_stamps(const struct letter *l, const struct mbox_recv *r)
{
	if (r->tag != l->tag || r->priority != l->priority)
		broken("number %llu: tag %llu priority %u became %llu, %u",
		       (unsigned long long)l->number,
		       (unsigned long long)l->tag, l->priority,
		       (unsigned long long)r->tag, r->priority);
	if (r->msg_fds != l->nfds)
		broken("number %llu: %u descriptors became %u",
		       (unsigned long long)l->number, l->nfds, r->msg_fds);
	/* A descriptor may have been opened by another one. */
	if (l->flags & L_WRITTEN)
		return;
	if (r->pid != l->pid || r->tid != l->tid || r->uid != l->uid)
		broken("number %llu of process %d thread %d user %u is said to be of %d, %d, %u",
		       (unsigned long long)l->number, l->pid, l->tid, l->uid,
		       r->pid, r->tid, r->uid);
}

/* Only endpoints have this size: the others are made with another one. */
static bool is_endpoint(const struct handle *h)
{
	return !h || h->max_size == MBOX_DEFAULT_SIZE;
}

static uint64_t address_of(const struct handle *h)
{
	return is_endpoint(h) ? DIRECT | (uint64_t)getpid() : h->id;
}

/* A few bytes, without a letter, are sent as well; but not everywhere. */
static const struct letter *letter_at(const struct handle *h, const void *data,
				      size_t room, size_t len)
{
	const struct letter *l = data;

	if (len < sizeof(*l) || room < sizeof(*l)) {
		if (is_kept(h) && len < sizeof(*l))
			broken("a message of %zu bytes in a kept mailbox", len);
		return NULL;
	}
	if (!letter_is_good(l, room, len)) {
		broken("a message of %zu bytes, room %zu, with a wrong checksum",
		       len, room);
		return NULL;
	}
	if (l->flags & L_ANSWER) {
		broken("an answer came as a message");
		return NULL;
	}
	return l;
}

const struct letter *looked_at(const struct handle *h, const void *data,
			       size_t room, size_t len)
{
	const struct letter *l = letter_at(h, data, room, len);

	if (l && is_endpoint(h) && l->flags & L_SOON &&
	    l->time + (uint64_t)(mbt_slow() * LATE) < born)
		broken("number %llu is for one who had this process id before",
		       (unsigned long long)l->number);
	if (l && l->box != address_of(h))
		broken("number %llu for %#llx was seen in %#llx",
		       (unsigned long long)l->number,
		       (unsigned long long)l->box,
		       (unsigned long long)address_of(h));
	return l;
}

const struct letter *arrived(struct me *me, const struct arrival *a)
{
	const struct letter *l = looked_at(a->h, a->data, a->room, a->len);
	unsigned char times;

	if (!l)
		return NULL;
	if (a->r)
		check_stamps(l, a->r);
	if (l->number >= run->room) {
		broken("number %llu", (unsigned long long)l->number);
		return NULL;
	}
	if (a->h && a->h->family == F_MANY) {
		check_order(me, a->h, l);
		check_once(a->h, l);
		return l;
	}
	times = __atomic_add_fetch(&receipts[l->number], 1, __ATOMIC_SEQ_CST);
	if (times > 1)
		broken("number %llu was received %u times",
		       (unsigned long long)l->number, times);
	if (a->h && a->h->family != F_OTHER)
		check_order(me, a->h, l);
	return l;
}

/* -- Errors ------------------------------------------------------------------- */

static const struct {
	const char *name;
	const char *row; /* of the errno table */
	unsigned int cmd;
} verbs[VERBS] = {
	[V_INFO] = { "INFO", "INFO", MBOX_IOC_INFO },
	[V_STAT] = { "STAT", "STAT", MBOX_IOC_STAT },
	[V_LIST] = { "LIST", "LIST", MBOX_IOC_LIST },
	[V_LINKS] = { "LINKS", "LINKS", MBOX_IOC_LINKS },
	[V_OPEN] = { "OPEN", "OPEN", MBOX_IOC_OPEN },
	[V_COPY] = { "COPY", "COPY", MBOX_IOC_COPY },
	[V_UNLINK] = { "UNLINK", "UNLINK", MBOX_IOC_UNLINK },
	[V_DESTROY] = { "DESTROY", "DESTROY", MBOX_IOC_DESTROY },
	[V_ENDPOINT] = { "ENDPOINT", "ENDPOINT", MBOX_IOC_ENDPOINT },
	[V_SEND] = { "SEND", "SEND", MBOX_IOC_SEND },
	[V_RECV] = { "RECV", "RECV", MBOX_IOC_RECV },
	[V_PEEK] = { "PEEK", "PEEK", MBOX_IOC_PEEK },
	[V_FLUSH] = { "FLUSH", "FLUSH", MBOX_IOC_FLUSH },
	[V_FILTER] = { "FILTER", "FILTER", MBOX_IOC_FILTER },
	[V_CALL] = { "CALL", "CALL", MBOX_IOC_CALL },
	[V_REPLY] = { "REPLY", "REPLY", MBOX_IOC_REPLY },
	[V_REPLY_RECV] = { "REPLY_RECV", "REPLY_RECV", MBOX_IOC_REPLY_RECV },
	[V_NOTIFY] = { "NOTIFY", "NOTIFY", MBOX_IOC_NOTIFY },
	[V_SENDV] = { "SENDV", "SEND", MBOX_IOC_SENDV },
	[V_RECVV] = { "RECVV", "RECV", MBOX_IOC_RECVV },
	[V_SEND_TO] = { "SEND_TO", "SEND_TO", MBOX_IOC_SEND_TO },
	[V_RECV_FROM] = { "RECV_FROM", "RECV_FROM", MBOX_IOC_RECV_FROM },
	[V_READ] = { "READ", "RECV", 0 },
	[V_WRITE] = { "WRITE", "SEND", 0 },
};

const char *verb_name(enum verb v)
{
	return verbs[v].name;
}

bool verb_may_fail(enum verb v, int err)
{
	/* Of what is no descriptor the kernel says so before it asks us. */
	return err == EBADF || errno_in_table(verbs[v].row, err);
}

long verb_done(enum verb v, long ret)
{
	int err = ret < 0 ? errno : 0;

	if (err >= ERRNOS || (err && !verb_may_fail(v, err)))
		broken("%s gave %s, which the errno table does not know",
		       verbs[v].name, mbt_errno_name(err));
	if (err < ERRNOS)
		add(&run->count[v][err], 1);
	errno = err;
	return ret;
}

int verb_do(enum verb v, int fd, const void *arg)
{
	return (int)verb_done(v, ioctl(fd, verbs[v].cmd, arg));
}

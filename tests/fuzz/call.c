// SPDX-License-Identifier: GPL-2.0-only
/*
 * call.c: what the verbs do that are given memory; task.c has the others.
 *
 * Owns: the memory that calls point to.  A structure is built here from the
 * table of verbs.c and then laid where the call wants it, which may be half
 * behind the end of a mapping, or nowhere.  Out members are rubbish on input.
 *
 * Takes no locks: each caller has structures of its own, and the data are
 * shared on purpose.  Called by run.c in the process of a program.
 */
#include "run.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include <linux/mbox.h>

enum { PAGE = 4096, STRUCT_ROOM = 2 * PAGE, DATA_ROOM = 256 * PAGE };

enum { PARTS = 8 };

/* Entries of a batch that are laid out; what follows is what is there. */
enum { MAX_ENTRIES = 64 };

/* Memory with a hole behind its end. */
struct area {
	char *start;
	size_t size;
};

static struct area structs[CALLERS], inner[CALLERS], names[CALLERS];
static struct area lists[CALLERS], data, read_only;

pid_t call_child;
pid_t call_parent;

static int delays; /* the delay points, or -1 */

static bool write_point(const char *sign, uint64_t point)
{
	char text[32];
	int len;

	if (delays < 0) {
		errno = ENOENT;
		return false;
	}
	len = snprintf(text, sizeof(text), "%s%s", sign,
		       fuzz_points[point].name);
	return write(delays, text, (size_t)len) == len;
}

void call_release(void)
{
	unsigned int i;

	for (i = 0; i < POINTS; i++)
		write_point("-", i);
}

static bool make_area(struct area *a, size_t size, int prot)
{
	a->size = size;
	a->start = mmap(NULL, size + PAGE, prot, MAP_PRIVATE | MAP_ANONYMOUS,
			-1, 0);
	return a->start != MAP_FAILED &&
	       mprotect(a->start + size, PAGE, PROT_NONE) == 0;
}

bool call_prepare(void)
{
	unsigned int i;

	/* The first use patches the module's code: now, while nobody is in. */
	delays = open("/sys/kernel/debug/mbox/delay", O_WRONLY | O_CLOEXEC);
	call_release();
	for (i = 0; i < CALLERS; i++)
		if (!make_area(&structs[i], STRUCT_ROOM,
			       PROT_READ | PROT_WRITE) ||
		    !make_area(&inner[i], PAGE, PROT_READ | PROT_WRITE) ||
		    !make_area(&names[i], PAGE, PROT_READ | PROT_WRITE) ||
		    !make_area(&lists[i], PAGE, PROT_READ | PROT_WRITE))
			return false;
	return make_area(&data, DATA_ROOM, PROT_READ | PROT_WRITE) &&
	       make_area(&read_only, DATA_ROOM, PROT_READ);
}

static uint64_t address(const void *at)
{
	return (uint64_t)(uintptr_t)at;
}

/* The address for @len bytes in an area, or in none. */
static uint64_t place(const struct area *a, uint64_t where, uint64_t len)
{
	if (len > a->size)
		len = a->size;
	switch (where) {
	case AT_EDGE:
		return address(a->start + a->size - len);
	case AT_OVER:
		return address(a->start + a->size - len / 2);
	case AT_RO:
		return address(read_only.start + read_only.size - len);
	case AT_NULL:
		return 0;
	case AT_KERNEL:
		return 0xffff888000000000ULL;
	case AT_WILD:
		return 1ULL << 63;
	default:
		return address(a->start);
	}
}

/* Copies to where place() says, as much of it as there is. */
static void lay(const struct area *a, uint64_t at, const void *bytes,
		size_t len)
{
	uint64_t start = address(a->start), end = start + a->size;

	if (at >= start && at < end)
		memcpy(a->start + (at - start), bytes,
		       len < end - at ? len : end - at);
}

/* -- Structures ------------------------------------------------------------- */

static uint64_t deadline(uint64_t when, bool is_real)
{
	static const uint64_t later_ns[] = {
		[T_NOW] = 0,
		[T_SOON] = 1000000,
		[T_LATER] = 10000000,
		[T_FAR] = 3600 * 1000000000ULL,
	};
	struct timespec now;

	switch (when) {
	case T_NONE:
	case T_PAST:
		return when;
	case T_MAX:
		return INT64_MAX;
	case T_OVER:
		return 1ULL << 63;
	default:
		clock_gettime(is_real ? CLOCK_REALTIME : CLOCK_MONOTONIC, &now);
		return (uint64_t)now.tv_sec * 1000000000 +
		       (uint64_t)now.tv_nsec + later_ns[when];
	}
}

static void make_name(char *text, size_t size, uint64_t which)
{
	static unsigned int number;

	if (which == NAME_NONE)
		*text = '\0';
	else if (strchr(fuzz_names[which].name, '*'))
		snprintf(text, size, "n%u",
			 __atomic_fetch_add(&number, 1, __ATOMIC_RELAXED));
	else
		snprintf(text, size, "%s", fuzz_names[which].name);
}

/* The name of an OPEN; what follows it in the table is length and place. */
static uint64_t lay_name(const struct area *a, const uint64_t *arg,
			 const char *text)
{
	size_t len = strlen(text);
	uint64_t at = place(a, arg[2], len);

	if (arg[0] == NAME_NONE)
		return 0;
	lay(a, at, text, len);
	return at;
}

/* Where a list of descriptors is; SEND's has the same one again and again. */
static uint64_t place_list(const struct area *a, const struct call *c,
			   unsigned int i)
{
	uint64_t n = c->arg[i + 1], at = place(a, c->arg[i], n * sizeof(int));
	int list[MBOX_FDS_MAX + 1];
	unsigned int k;

	for (k = 0; k <= MBOX_FDS_MAX; k++)
		list[k] = call_slot(c->arg[SEND_PASS]);
	if (c->verb == V_SEND && n <= MBOX_FDS_MAX + 1)
		lay(a, at, list, n * sizeof(int));
	return at;
}

/* Tokens that were received, the last at @newest; any thread's. */
static uint64_t tokens[TOKENS];
static unsigned int newest;

static void remember_token(uint64_t token)
{
	unsigned int at;

	if (!token)
		return;
	at = __atomic_add_fetch(&newest, 1, __ATOMIC_RELAXED);
	__atomic_store_n(&tokens[at % TOKENS], token, __ATOMIC_RELAXED);
}

static uint64_t token(uint64_t which)
{
	unsigned int at = __atomic_load_n(&newest, __ATOMIC_RELAXED);

	if (which >= TOKENS)
		return which;
	at += TOKENS - (unsigned int)which;
	return __atomic_load_n(&tokens[at % TOKENS], __ATOMIC_RELAXED);
}

/* What REPLY_RECV receives into, built beside the structure. */
static struct mbox_recv second_half(const struct call *c)
{
	const uint64_t *arg = &c->arg[verb_fields(&verbs[c->verb]) - 3];
	struct mbox_recv r = {
		.size = sizeof(r),
		.flags = (uint32_t)arg[0],
		.data = place(&data, AT_MEM, arg[1]),
		.deadline = deadline(arg[2], arg[0] & MBOX_REALTIME),
		.len = (uint32_t)arg[1],
	};

	return r;
}

static void fill_reply(unsigned int caller, const struct call *c, char *bytes)
{
	struct mbox_reply *p = (void *)bytes;
	struct mbox_recv r;

	p->token = token(p->token);
	if (c->verb != V_REPLY_RECV)
		return;
	r = second_half(c);
	p->recv = place(&names[caller],
			c->arg[verb_fields(&verbs[c->verb]) - 4], sizeof(r));
	lay(&names[caller], p->recv, &r, sizeof(r));
}

/* The token that came, if the structure is where it can be read. */
static void keep_token(unsigned int caller, const struct call *c,
		       const char *at)
{
	const char *recv = c->verb == V_REPLY_RECV ? names[caller].start : at;
	unsigned int from = c->verb == V_REPLY_RECV ?
				    verb_fields(&verbs[c->verb]) - 4 :
				    ARG_AT;
	struct mbox_recv r;

	if (c->arg[from] != AT_MEM)
		return;
	memcpy(&r, recv, sizeof(r));
	remember_token(r.token);
}

static void fill(unsigned int caller, const struct call *c, char *bytes)
{
	bool is_real = c->arg[ARG_FLAGS] & MBOX_REALTIME;
	char name[2 * MBOX_NAME_SIZE] = "";
	const struct verb *v = &verbs[c->verb];
	unsigned int i, n = verb_fields(v);

	for (i = 0; i < n; i++) {
		const struct field *f = &v->field[i];
		uint64_t value = c->arg[i];

		if (f->offset < 0)
			continue;
		if (f->kind == PLACE && f->unit == sizeof(int))
			value = place_list(&lists[caller], c, i);
		else if (f->kind == PLACE)
			value = place(&data, value, c->arg[i + 1] * f->unit);
		else if (f->kind == TIME)
			value = deadline(value, is_real);
		else if (f->kind == NAME)
			make_name(name, sizeof(name), value);
		else if (f->normal == AUTO && value == AUTO)
			value = strlen(name);

		memset(bytes + f->offset, 0, f->bytes);
		if (f->kind == NAME && f->bytes == MBOX_NAME_SIZE) {
			/* One of 64 has no zero at its end: not allowed. */
			memcpy(bytes + f->offset, name, MBOX_NAME_SIZE);
			continue;
		}
		if (f->kind == NAME)
			value = lay_name(&names[caller], &c->arg[i], name);
		/* Of an array, such as reserved words, it is the last. */
		if (f->bytes == 4)
			memcpy(bytes + f->offset, &value, 4);
		else
			memcpy(bytes + f->offset + f->bytes - 8, &value, 8);
	}
	if (c->verb == V_REPLY || c->verb == V_REPLY_RECV)
		fill_reply(caller, c, bytes);
}

/* The first entries of a batch, where it says that they are. */
static void lay_entries(const struct call *c)
{
	enum {
		PLACE_ = ARG_FLAGS + 1,
		COUNT_,
		APART,
		DATA = APART + 4,
		LEN,
		EACH,
		ODD
	};
	uint64_t apart = c->arg[APART], count = c->arg[COUNT_], i;
	size_t size = c->verb == V_SENDV ? sizeof(struct mbox_send) :
					   sizeof(struct mbox_recv);
	uint64_t at = place(&data, c->arg[PLACE_], count * size);
	uint64_t bytes = place(&data, c->arg[DATA], c->arg[LEN]);
	uint32_t flags = (uint32_t)c->arg[EACH], len = (uint32_t)c->arg[LEN];

	for (i = 0; i < count && i < MAX_ENTRIES; i++, at += apart) {
		bool is_odd = i && i == c->arg[ODD];
		struct mbox_send s = { .size = is_odd ? 0 : sizeof(s),
				       .flags = flags,
				       .data = bytes,
				       .len = len };
		struct mbox_recv r = { .size = is_odd ? 0 : sizeof(r),
				       .flags = flags,
				       .data = bytes,
				       .len = len };

		if (c->verb == V_SENDV)
			lay(&data, at, &s, sizeof(s));
		else
			lay(&data, at, &r, sizeof(r));
	}
}

/* One that nobody handles would end the program, which is no news. */
static uint32_t harmless(uint32_t signo)
{
	return signo == 0 || signo == SIGURG || signo >= NSIG ? signo : SIGALRM;
}

/*
 * The process that is meant.  A parent is the one that has forked, alive or not:
 * who adopts its orphans is the fuzzer, which would have what it is sent for
 * ever.
 */
static int32_t number_of(uint64_t who)
{
	switch (who) {
	case WHO_NONE:
		return 0;
	case WHO_SELF:
		return getpid();
	case WHO_CHILD:
		return call_child ? call_child : getpid();
	case WHO_PARENT:
		return call_parent ? call_parent : getpid();
	case WHO_THREAD:
		return gettid();
	default:
		return INT32_MAX;
	}
}

/* What the structure of SEND_TO or RECV_FROM points to. */
static void fill_direct(unsigned int caller, const struct call *c,
			struct mbox_direct *d)
{
	uint32_t flags = (uint32_t)c->arg[ARG_INNER_FLAGS];
	uint32_t len = (uint32_t)c->arg[ARG_LEN];
	uint64_t at = place(&data, c->arg[ARG_DATA_AT], len);
	uint64_t when = deadline(c->arg[ARG_DEADLINE], flags & MBOX_REALTIME);
	struct mbox_send send = {
		.size = sizeof(send),
		.flags = flags,
		.data = at,
		.len = len,
		.deadline = when,
		.tag = c->arg[ARG_TAG],
		.priority = (uint32_t)c->arg[ARG_VALUE],
		.nfds = (uint32_t)c->arg[ARG_NFDS],
	};
	struct mbox_recv recv = {
		.size = sizeof(recv),
		.flags = flags,
		.data = at,
		.len = len,
		.deadline = when,
		.select = (uint32_t)c->arg[ARG_TAG],
		.select_value = c->arg[ARG_VALUE],
		.nfds = (uint32_t)c->arg[ARG_NFDS],
		.id = 0x5a5a,
		.pid = 0x5a5a,
	};
	size_t size = c->verb == V_SEND_TO ? sizeof(send) : sizeof(recv);

	d->pid = number_of(c->arg[ARG_WHO]);
	d->args = place(&inner[caller], c->arg[ARG_INNER_AT], size);
	lay(&inner[caller], d->args,
	    c->verb == V_SEND_TO ? (void *)&send : (void *)&recv, size);
}

static long do_ioctl(unsigned int caller, const struct call *c, int fd)
{
	const struct verb *v = &verbs[c->verb];
	const struct area *a = &structs[caller];
	unsigned int cmd = v->cmd ? v->cmd : (unsigned int)c->arg[4];
	uint64_t size = c->arg[ARG_SIZE], at;
	char bytes[STRUCT_ROOM] __attribute__((aligned(8)));
	bool is_ro = c->arg[ARG_AT] == AT_RO;
	long ret;
	int err;

	if (size < v->size)
		size = v->size;
	if (size > sizeof(bytes))
		size = sizeof(bytes);
	memset(bytes, (int)c->arg[ARG_TAIL], sizeof(bytes));
	memset(bytes, 0x5a, v->size);
	if (v->size)
		fill(caller, c, bytes);
	else
		memcpy(bytes, &c->arg[ARG_SIZE], sizeof(uint32_t));
	if (c->verb == V_SEND_TO || c->verb == V_RECV_FROM)
		fill_direct(caller, c, (struct mbox_direct *)bytes);
	if (c->verb == V_NOTIFY) {
		struct mbox_notify *notify = (struct mbox_notify *)bytes;

		notify->signo = harmless(notify->signo);
	}

	if (c->verb == V_SENDV || c->verb == V_RECVV)
		lay_entries(c);

	at = place(a, is_ro ? AT_MEM : c->arg[ARG_AT], size);
	lay(a, at, bytes, size);
	if (is_ro)
		mprotect(a->start, a->size, PROT_READ);
	ret = ioctl(fd, cmd, at);
	err = errno;
	if (is_ro)
		mprotect(a->start, a->size, PROT_READ | PROT_WRITE);
	if (ret == 0 && (c->verb == V_RECV || c->verb == V_REPLY_RECV))
		keep_token(caller, c, a->start);
	errno = err;
	return ret;
}

/* -- Other verbs ------------------------------------------------------------ */

static long do_transfer(const struct call *c, int fd)
{
	uint64_t where = c->arg[1], len = c->arg[2], parts = c->arg[3] % 9, i;
	char *at = (char *)(uintptr_t)place(&data, where, len);
	struct iovec part[PARTS];

	if (parts == 1)
		return c->verb == V_READ ? read(fd, at, len) :
					   write(fd, at, len);
	for (i = 0; i < parts; i++) {
		part[i].iov_base = at + i * (len / parts);
		part[i].iov_len = len / parts;
	}
	return c->verb == V_READ ? readv(fd, part, (int)parts) :
				   writev(fd, part, (int)parts);
}

static long do_async(const struct call *c, int fd)
{
	int signo = (int)harmless((uint32_t)c->arg[2]);

	/* None would be SIGIO. */
	if (fcntl(fd, F_SETSIG, signo ? signo : SIGALRM) ||
	    fcntl(fd, F_SETOWN, getpid()))
		return -1;
	return fcntl(fd, F_SETFL, c->arg[1] ? O_ASYNC : 0);
}

long call_do(unsigned int caller, const struct call *c, int fd)
{
	switch (c->verb) {
	case V_READ:
	case V_WRITE:
		return do_transfer(c, fd);
	case V_ASYNC:
		return do_async(c, fd);
	case V_STOP:
		return write_point("", c->arg[0] % POINTS) ? 0 : -1;
	case V_GO:
		return write_point("-", c->arg[0] % POINTS) ? 0 : -1;
	case V_IOCTL:
		return do_ioctl(caller, c, fd);
	default:
		return verbs[c->verb].cmd ? do_ioctl(caller, c, fd) :
					    task_do(c, fd);
	}
}

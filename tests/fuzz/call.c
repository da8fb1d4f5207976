// SPDX-License-Identifier: GPL-2.0-only
/*
 * call.c: what each verb does.
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
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include <linux/mbox.h>

enum { PAGE = 4096, STRUCT_ROOM = 2 * PAGE, DATA_ROOM = 256 * PAGE };

enum { PARTS = 8, MAX_POLL_MS = 20, MAX_FILES = 64, ALICE = 1000 };

/* How long alarms and sleeps may be. */
enum { MIN_US = 500, MAX_US = 20000 };

/* Memory with a hole behind its end. */
struct area {
	char *start;
	size_t size;
};

static struct area structs[CALLERS], names[CALLERS], data, read_only;

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
		    !make_area(&names[i], PAGE, PROT_READ | PROT_WRITE))
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
		if (f->kind == PLACE)
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
}

static long do_ioctl(unsigned int caller, const struct call *c, int fd)
{
	const struct verb *v = &verbs[c->verb];
	const struct area *a = &structs[caller];
	unsigned int cmd = v->cmd ? v->cmd : (unsigned int)c->arg[4];
	uint64_t size = c->arg[ARG_SIZE], at;
	char bytes[STRUCT_ROOM];
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

	at = place(a, is_ro ? AT_MEM : c->arg[ARG_AT], size);
	lay(a, at, bytes, size);
	if (is_ro)
		mprotect(a->start, a->size, PROT_READ);
	ret = ioctl(fd, cmd, at);
	err = errno;
	if (is_ro)
		mprotect(a->start, a->size, PROT_READ | PROT_WRITE);
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

static long do_poll(const struct call *c, int fd)
{
	struct pollfd p = { fd, (short)c->arg[1], 0 };

	return poll(&p, 1, (int)(c->arg[2] % MAX_POLL_MS));
}

static long do_epoll(const struct call *c, int fd)
{
	struct epoll_event e = { .events = (uint32_t)c->arg[1] };
	int epoll = epoll_create1(EPOLL_CLOEXEC), err;

	if (epoll < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &e) == 0)
		return epoll;
	err = errno;
	close(epoll);
	errno = err;
	return -1;
}

static long do_mmap(const struct call *c, int fd)
{
	void *at = mmap(NULL, c->arg[1], PROT_READ, MAP_SHARED, fd, 0);

	return at == MAP_FAILED ? -1 : munmap(at, c->arg[1]);
}

static long do_fdinfo(int fd)
{
	char path[64], text[512];
	ssize_t n;
	int info;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	info = open(path, O_RDONLY | O_CLOEXEC);
	if (info < 0)
		return -1;
	n = read(info, text, sizeof(text));
	close(info);
	return n;
}

static void on_alarm(int sig)
{
	(void)sig;
}

/* Not so often that nothing else gets to run. */
static long microseconds(uint64_t us)
{
	return us && us < MIN_US ? MIN_US : (long)(us % (MAX_US + 1));
}

int call_catch(int sa_flags)
{
	struct sigaction a = { .sa_handler = on_alarm, .sa_flags = sa_flags };

	return sigaction(SIGALRM, &a, NULL);
}

static long do_alarm(const struct call *c)
{
	struct itimerval t = {
		.it_value.tv_usec = microseconds(c->arg[0]),
		.it_interval.tv_usec = microseconds(c->arg[1]),
	};

	if (call_catch(c->arg[2] ? SA_RESTART : 0))
		return -1;
	return setitimer(ITIMER_REAL, &t, NULL);
}

static long do_files(const struct call *c)
{
	struct rlimit limit = { c->arg[0] % (MAX_FILES + 1), MAX_FILES };

	return setrlimit(RLIMIT_NOFILE, &limit);
}

/* Where this thread asks for failures; a fork has a thread of its own. */
static __thread struct {
	pid_t tid;
	int fd;
} failing;

/* The nth allocation of this thread from now on fails, in kernels that can. */
static long do_fail(const struct call *c)
{
	char text[24];
	int len;

	if (failing.tid != gettid()) {
		failing.fd = open("/proc/thread-self/fail-nth",
				  O_WRONLY | O_CLOEXEC);
		failing.tid = failing.fd < 0 ? 0 : gettid();
	}
	len = snprintf(text, sizeof(text), "%u", (unsigned int)c->arg[0] % 64);
	return write(failing.fd, text, (size_t)len) == len ? 0 : -1;
}

void call_spare(void)
{
	/* To write it is a copy, which may be the one that fails. */
	if (failing.tid == gettid() && write(failing.fd, "0", 1) < 0 &&
	    write(failing.fd, "0", 1) < 0)
		return;
}

static long do_become(const struct call *c)
{
	uid_t uid = c->arg[0] == USER_ALICE ? ALICE : 0;

	/* The system call is for one thread; the C library's is for all. */
	return syscall(SYS_setresuid, uid, uid, -1);
}

long call_do(unsigned int caller, const struct call *c, int fd)
{
	switch (c->verb) {
	case V_DEVICE:
		return open("/dev/mbox",
			    (int)(c->arg[0] & O_ACCMODE) | O_CLOEXEC);
	case V_READ:
	case V_WRITE:
		return do_transfer(c, fd);
	case V_POLL:
		return do_poll(c, fd);
	case V_EPOLL:
		return do_epoll(c, fd);
	case V_DUP:
		return fcntl(fd, F_DUPFD_CLOEXEC, 0);
	case V_CLOSE:
		return close(fd);
	case V_MMAP:
		return do_mmap(c, fd);
	case V_NONBLOCK:
		return fcntl(fd, F_SETFL, c->arg[1] ? O_NONBLOCK : 0);
	case V_FDINFO:
		return do_fdinfo(fd);
	case V_SLEEP:
		return usleep((unsigned int)(c->arg[0] % (MAX_US + 1)));
	case V_ALARM:
		return do_alarm(c);
	case V_BECOME:
		return do_become(c);
	case V_UNSHARE:
		call_spare();
		return syscall(SYS_unshare, CLONE_NEWNET);
	case V_FILES:
		return do_files(c);
	case V_FAIL:
		return do_fail(c);
	case V_STOP:
		return write_point("", c->arg[0] % POINTS) ? 0 : -1;
	case V_GO:
		return write_point("-", c->arg[0] % POINTS) ? 0 : -1;
	default:
		return do_ioctl(caller, c, fd);
	}
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * task.c: what the verbs do that the module is given no memory by: descriptors,
 * signals, limits, and failures on demand.
 *
 * Takes no locks: each thread has failures of its own.  Called by call.c in the
 * process of a program.
 */
#include "run.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

enum { MAX_POLL_MS = 20, MAX_FILES = 64, ALICE = 1000 };

/* How long alarms and sleeps may be. */
enum { MIN_US = 500, MAX_US = 20000 };

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

static long do_file(const struct call *c)
{
	int pair[2];

	switch (c->arg[0]) {
	case KIND_PIPE:
		if (pipe2(pair, O_CLOEXEC | O_NONBLOCK))
			return -1;
		close(pair[0]);
		return pair[1];
	case KIND_EVENTFD:
		return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	case KIND_MEMORY:
		return memfd_create("fuzz", MFD_CLOEXEC);
	case KIND_FILE:
		return open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	case KIND_SOCKET:
		return socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	case KIND_NULL:
		return open("/dev/null", O_RDWR | O_CLOEXEC);
	case KIND_FOLDER:
		return open("/", O_RDONLY | O_CLOEXEC);
	default:
		return open("/", O_PATH | O_CLOEXEC);
	}
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

long task_do(const struct call *c, int fd)
{
	switch (c->verb) {
	case V_DEVICE:
		return open("/dev/mbox",
			    (int)(c->arg[0] & O_ACCMODE) | O_CLOEXEC);
	case V_FILE:
		return do_file(c);
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
	default:
		return do_fail(c);
	}
}

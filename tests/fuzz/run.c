// SPDX-License-Identifier: GPL-2.0-only
/*
 * run.c: a program in a process of its own, its threads and its end.
 *
 * Owns: who runs which call, where results go, and what must hold after each
 * call and each program: errors are in the table of uapi/linux/mbox.h, and
 * sent = received + dropped + messages.  Whatever sleeps for ever is killed,
 * which is a test as well, or first woken by a signal ("wake=1"); then all
 * names are removed again.
 *
 * Takes no locks: the process of a program shares counters with the fuzzer
 * (struct shared), and its threads share the slots.  Called by fuzz.c.
 */
#include "run.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <linux/mbox.h>

enum { ALICE = 1000, PATIENCE = 10, RELEASE_MS = 20 };

struct shared *shared;

static int device;

/* Of the process of a program. */
static const struct prog *prog;
static int slots[SLOTS];
static bool done[MAX_CALLS];
static bool go;
static unsigned int patience_ms; /* one thread waits so long for another */

void run_broken(const char *fmt, ...)
{
	va_list args;

	if (shared->broken[0])
		return;
	va_start(args, fmt);
	vsnprintf(shared->broken, sizeof(shared->broken), fmt, args);
	va_end(args);
}

/* -- Calls ------------------------------------------------------------------ */

/* A pipe, a socket, a folder ...: its errors are in no table of ours. */
static bool is_of_others(int fd)
{
	struct stat st, mbox;

	return fd >= 0 && !fstat(fd, &st) && !fstat(device, &mbox) &&
	       st.st_rdev != mbox.st_rdev;
}

static void note(unsigned int i, int fd, int err)
{
	const struct verb *v = &verbs[prog->call[i].verb];

	shared->result[i] = err;
	if (err >= 0 && err < ERRNOS)
		__atomic_fetch_add(&shared->count[prog->call[i].verb][err], 1,
				   __ATOMIC_RELAXED);
	if (err < 0 || err >= ERRNOS ||
	    (!errno_is_allowed(v->row, err) && !is_of_others(fd)))
		run_broken("%s gave %s, which is not in the table", v->name,
			   result_name(err));
	__atomic_fetch_add(&shared->progress, 1, __ATOMIC_RELAXED);
}

/* True if an earlier call of another thread may still fill the slot. */
static bool is_awaited(unsigned int i, uint64_t slot)
{
	while (i--)
		if (prog->call[i].slot == (int)slot &&
		    !__atomic_load_n(&done[i], __ATOMIC_ACQUIRE))
			return !call_parent;
	return false;
}

int call_slot(uint64_t slot)
{
	return __atomic_load_n(&slots[slot % SLOTS], __ATOMIC_SEQ_CST);
}

static int take_slot(unsigned int i)
{
	const struct call *c = &prog->call[i];
	uint64_t slot = c->arg[ARG_FD];
	unsigned int ms;

	if (verbs[c->verb].field[0].kind != SLOT)
		return -1;
	for (ms = 0; ms < patience_ms && is_awaited(i, slot); ms++)
		usleep(1000);
	if (c->verb == V_CLOSE)
		return __atomic_exchange_n(&slots[slot], -1, __ATOMIC_SEQ_CST);
	return __atomic_load_n(&slots[slot], __ATOMIC_SEQ_CST);
}

static void run_call(unsigned int caller, unsigned int i)
{
	const struct call *c = &prog->call[i];
	int fd = take_slot(i);
	unsigned int times;
	long ret;

	__atomic_store_n(&shared->has_begun[i], true, __ATOMIC_SEQ_CST);
	for (times = 0; times < c->times; times++) {
		shared->result[i] = KILLED;
		ret = call_do(caller, c, fd);
		note(i, fd, ret < 0 ? errno : 0);
		cover_take(caller);
		if (c->slot >= 0 && ret >= 0)
			__atomic_store_n(&slots[c->slot], (int)ret,
					 __ATOMIC_SEQ_CST);
	}
	__atomic_store_n(&done[i], true, __ATOMIC_RELEASE);
}

static void run_calls(unsigned int caller, unsigned int thread,
		      unsigned int from, uint64_t most);

/* Kills a child when it is in the last of its calls, or will never be. */
static void kill_in_sleep(pid_t pid, unsigned int last, uint64_t us)
{
	unsigned int ms;

	for (ms = 0; ms < patience_ms; ms++) {
		if (__atomic_load_n(&shared->has_begun[last],
				    __ATOMIC_SEQ_CST) ||
		    waitpid(pid, NULL, WNOHANG))
			break;
		usleep(1000);
	}
	usleep((unsigned int)(us % 10000));
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/*
 * The next calls of this thread in a child.  Returns how many those are.  The
 * child lives on by itself, or is killed after a while.
 */
static uint64_t run_fork(unsigned int thread, unsigned int i)
{
	const struct call *c = &prog->call[i];
	unsigned int last = i, left = (unsigned int)(c->arg[0] % MAX_CALLS);
	pid_t parent = getpid(), pid;

	call_spare();
	pid = fork();
	if (pid == 0) {
		call_parent = parent;
		cover_start(THREADS);
		run_calls(THREADS, thread, i + 1, c->arg[0] % MAX_CALLS);
		_exit(0);
	}
	if (pid > 0)
		__atomic_store_n(&call_child, pid, __ATOMIC_RELAXED);
	while (left && ++last < prog->n)
		left -= prog->call[last].thread == thread;
	if (pid > 0 && c->arg[1] && last < prog->n)
		kill_in_sleep(pid, last, c->arg[1]);
	note(i, -1, pid < 0 ? errno : 0);
	return pid < 0 ? 0 : c->arg[0] % MAX_CALLS;
}

static void run_calls(unsigned int caller, unsigned int thread,
		      unsigned int from, uint64_t most)
{
	uint64_t skip = 0;
	unsigned int i;

	for (i = from; i < prog->n; i++) {
		if (prog->call[i].thread != thread)
			continue;
		if (!most--)
			return;
		if (skip) {
			/* The child's business: nobody waits for it here. */
			skip--;
			__atomic_store_n(&done[i], true, __ATOMIC_RELEASE);
		} else if (prog->call[i].verb == V_FORK) {
			skip = run_fork(thread, i);
		} else {
			run_call(caller, i);
		}
	}
}

/* -- The process of a program ------------------------------------------------ */

/* To a file that need not be there. */
static void write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return;
	n = write(fd, text, strlen(text));
	(void)n;
	close(fd);
}

/* There may be too many for the moment: they end later than their programs. */
static void leave_namespaces(int flags)
{
	if (unshare(flags) && errno != ENOSPC && errno != ENOMEM)
		run_broken("no namespaces: %s", strerror(errno));
}

static void surround(const struct call *c)
{
	struct rlimit no_core = { 0, 0 };
	bool is_alice = c->arg[PROG_USER] == USER_ALICE;

	setrlimit(RLIMIT_CORE, &no_core);
	call_catch(0);
	/* A pipe has it; a mailbox has not. */
	signal(SIGPIPE, SIG_IGN);
	umask(0);
	if (c->arg[PROG_NS] == NS_NET)
		leave_namespaces(CLONE_NEWNET);
	if (is_alice && (setgroups(0, NULL) || setresgid(ALICE, ALICE, ALICE) ||
			 setresuid(ALICE, ALICE, ALICE)))
		run_broken("not alice: %s", strerror(errno));
	/* Who has changed its user does not own its /proc files any more. */
	prctl(PR_SET_DUMPABLE, 1);
	if (c->arg[PROG_NS] == NS_USER) {
		leave_namespaces(CLONE_NEWUSER | CLONE_NEWNET);
		write_text("/proc/self/uid_map",
			   is_alice ? "0 1000 1\n" : "0 0 1\n");
	}
}

static void *thread_main(void *arg)
{
	unsigned int thread = (unsigned int)(uintptr_t)arg;

	cover_start(thread);
	while (!__atomic_load_n(&go, __ATOMIC_ACQUIRE))
		sched_yield();
	run_calls(thread, thread, 1, MAX_CALLS);
	return NULL;
}

/* What is sent was received, or was dropped, or is still there. */
static void check_counters(void)
{
	struct mbox_stat st;
	unsigned int i;

	for (i = 0; i < SLOTS; i++) {
		memset(&st, 0, sizeof(st));
		st.size = sizeof(st);
		if (slots[i] < 0 || ioctl(slots[i], MBOX_IOC_STAT, &st))
			continue;
		if (st.sent != st.received + st.dropped + st.messages)
			run_broken(
				"sent %llu, received %llu, dropped %llu, left %llu",
				(unsigned long long)st.sent,
				(unsigned long long)st.received,
				(unsigned long long)st.dropped,
				(unsigned long long)st.messages);
	}
}

static void __attribute__((noreturn)) be_program(const struct prog *p)
{
	unsigned int threads = prog_threads(p), i;
	pthread_t thread[THREADS];
	bool runs[THREADS] = { false };
	sigset_t alarm;

	prog = p;
	surround(&p->call[0]);
	/* Last: a change of the user takes it away. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	memset(slots, -1, sizeof(slots));
	for (i = 1; i < threads; i++)
		runs[i] = !pthread_create(&thread[i], NULL, thread_main,
					  (void *)(uintptr_t)i);
	__atomic_fetch_add(&shared->progress, 1, __ATOMIC_RELAXED);
	__atomic_store_n(&go, true, __ATOMIC_RELEASE);
	thread_main(NULL);
	/* From now on it is for those that are still at work. */
	sigemptyset(&alarm);
	sigaddset(&alarm, SIGALRM);
	pthread_sigmask(SIG_BLOCK, &alarm, NULL);
	for (i = 1; i < threads; i++)
		if (runs[i])
			pthread_join(thread[i], NULL);
	check_counters();
	_exit(0);
}

/* -- The fuzzer's side ------------------------------------------------------- */

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

/*
 * A failure that was asked for can hit a page fault, or the frame of a signal
 * handler: then the kernel sends SIGSEGV, which is no news.
 */
static bool may_crash(const struct prog *p)
{
	unsigned int i;

	for (i = 0; i < p->n; i++)
		if (p->call[i].verb == V_FAIL)
			return true;
	return false;
}

/* Until no process of the group is left.  We are their parent in the end. */
static enum ending reap(pid_t group, const struct prog *p,
			unsigned int stall_ms)
{
	struct timespec pause = { .tv_nsec = 5000000 };
	int64_t started = now_ms(), moved = started, now;
	enum ending ending = ENDED;
	unsigned int seen = 0;
	sigset_t child;
	int status;
	pid_t pid;

	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	for (;;) {
		while ((pid = waitpid(-group, &status, WNOHANG)) > 0)
			if (status && status != SIGKILL &&
			    !(status == SIGSEGV && may_crash(p))) {
				run_broken("a process ended with status %#x",
					   (unsigned int)status);
				ending = CRASHED;
			}
		if (pid < 0)
			return ending;
		sigtimedwait(&child, NULL, &pause);
		now = now_ms();
		if (seen != shared->progress)
			moved = now;
		seen = shared->progress;
		/* When nothing else moves, what was stopped may, or all. */
		if (seen && now - moved >= RELEASE_MS)
			call_release();
		if (seen && now - moved >= RELEASE_MS &&
		    p->call[0].arg[PROG_WAKE])
			kill(-group, SIGALRM);
		/* To make a namespace takes longer than any call. */
		if (now - moved < (int64_t)stall_ms * (seen ? 1 : PATIENCE) &&
		    now - started < (int64_t)stall_ms * PATIENCE)
			continue;
		kill(-group, SIGKILL);
		if (ending == ENDED)
			ending = STUCK;
	}
}

static long open_named(const char *name, unsigned int rights)
{
	struct mbox_open o = {
		.size = sizeof(o),
		.name = (uintptr_t)name,
		.name_len = (unsigned int)strlen(name),
		.rights = rights,
	};

	return ioctl(device, MBOX_IOC_OPEN, &o);
}

/* No name is left for the next program, nor what lies in its mailbox. */
static void sweep(void)
{
	struct mbox_remove all = { .size = sizeof(all) };
	struct mbox_list_entry entry[32];
	struct mbox_list list = {
		.size = sizeof(list),
		.entries = (uintptr_t)entry,
		.entry_size = sizeof(entry[0]),
	};
	unsigned int i;
	long fd;

	for (;;) {
		list.count = 32;
		if (ioctl(device, MBOX_IOC_LIST, &list) || !list.count)
			return;
		for (i = 0; i < list.count; i++) {
			fd = open_named(entry[i].name, MBOX_RIGHT_ADMIN);
			if (fd < 0)
				continue;
			ioctl((int)fd, MBOX_IOC_DESTROY, &all);
			close((int)fd);
		}
	}
}

static void set_quota(bool is_small)
{
	static char normal[2][32];
	static const char *const path[] = {
		"/sys/module/mbox/parameters/user_bytes",
		"/sys/module/mbox/parameters/user_mailboxes",
	};
	FILE *f;
	int i;

	for (i = 0; i < 2; i++) {
		f = normal[i][0] ? NULL : fopen(path[i], "re");
		if (f && !fgets(normal[i], sizeof(normal[i]), f))
			normal[i][0] = '\0';
		if (f)
			fclose(f);
		write_text(path[i], !is_small ? normal[i] :
				    i	      ? "4\n" :
						"100000\n");
	}
}

enum ending run_prog(const struct prog *p, unsigned int stall_ms)
{
	bool is_small = p->call[0].arg[PROG_QUOTA];
	enum ending ending;
	unsigned int i;
	pid_t pid;

	cover_clear();
	shared->progress = 0;
	memset(shared->has_begun, 0, sizeof(shared->has_begun));
	for (i = 0; i < MAX_CALLS; i++)
		shared->result[i] = KILLED;
	patience_ms = stall_ms / 2;
	if (is_small)
		set_quota(true);
	pid = fork();
	if (pid == 0) {
		setpgid(0, 0);
		be_program(p);
	}
	setpgid(pid, pid);
	ending = pid < 0 ? CRASHED : reap(pid, p, stall_ms);
	/* What those were doing that were killed. */
	for (i = 0; i < CALLERS; i++)
		cover_take(i);
	if (is_small)
		set_quota(false);
	call_release();
	sweep();
	return ending;
}

/* What a user is charged for; it is the real user that counts. */
static bool is_charged(uid_t uid, struct mbox_info *info)
{
	int err;

	memset(info, 0, sizeof(*info));
	info->size = sizeof(*info);
	if (setresuid(uid, 0, 0))
		return true;
	err = ioctl(device, MBOX_IOC_INFO, info);
	return setresuid(0, 0, 0) || err || info->used_bytes ||
	       info->used_messages || info->used_mailboxes || info->used_fds;
}

bool run_nothing_is_left(unsigned int ms)
{
	int64_t end = now_ms() + ms;
	struct mbox_info info;

	/* A network namespace ends some time after its last process. */
	while (is_charged(0, &info) || is_charged(ALICE, &info)) {
		if (now_ms() > end) {
			printf("# left: %llu bytes, %llu messages, %llu mailboxes, %llu descriptors\n",
			       (unsigned long long)info.used_bytes,
			       (unsigned long long)info.used_messages,
			       (unsigned long long)info.used_mailboxes,
			       (unsigned long long)info.used_fds);
			return false;
		}
		usleep(10000);
	}
	return true;
}

bool run_init(char *why, size_t size)
{
	sigset_t child;

	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	device = open("/dev/mbox", O_RDWR | O_CLOEXEC);
	if (device < 0 || geteuid() != 0) {
		snprintf(why, size, "needs the module, and root: %s",
			 strerror(errno));
		return false;
	}
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	/* Orphans of a program become our children: nothing gets away. */
	if (shared == MAP_FAILED || !call_prepare() ||
	    prctl(PR_SET_CHILD_SUBREAPER, 1) ||
	    sigprocmask(SIG_BLOCK, &child, NULL)) {
		snprintf(why, size, "%s", strerror(errno));
		return false;
	}
	/* With fault injection: our allocations too, and nothing in the log. */
	write_text("/sys/kernel/debug/failslab/verbose", "0\n");
	write_text("/sys/kernel/debug/failslab/ignore-gfp-wait", "N\n");
	write_text("/sys/kernel/debug/fail_page_alloc/verbose", "0\n");
	write_text("/sys/kernel/debug/fail_page_alloc/ignore-gfp-wait", "N\n");
	write_text("/sys/kernel/debug/fail_usercopy/verbose", "0\n");
	write_text("/sys/kernel/debug/fail_futex/verbose", "0\n");
	return true;
}

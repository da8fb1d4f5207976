// SPDX-License-Identifier: GPL-2.0-only
/*
 * mbox_proc.c: time, files, processes and delay points for tests.
 *
 * Owns: what tests need of the system; see mbox_test.h.  Takes no locks.
 * Called by tests and, through mbox_run.h, by the runner in mbox_test.c.
 */
#include "mbox_run.h"
#include "mbox_test.h"

#include <dirent.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#define DELAY_FILE "/sys/kernel/debug/mbox/delay"

static int last_status;

/* -- Time ---------------------------------------------------------------- */

int mbt_slow(void)
{
	const char *text = getenv("MBOX_TEST_SLOW");
	int factor = text ? atoi(text) : 1;

	return factor > 0 ? factor : 1;
}

static int64_t clock_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (int64_t)ts.tv_sec * MBT_SECOND + ts.tv_nsec;
}

int64_t mbt_now(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

int64_t mbt_now_real(void)
{
	return clock_ns(CLOCK_REALTIME);
}

uint64_t mbt_in_ms(int ms)
{
	return (uint64_t)(mbt_now() + ms * MBT_MS);
}

uint64_t mbt_real_in_ms(int ms)
{
	return (uint64_t)(mbt_now_real() + ms * MBT_MS);
}

void mbt_sleep_ms(int ms)
{
	struct timespec ts = { ms / 1000, (ms % 1000) * 1000000L };

	while (nanosleep(&ts, &ts) && errno == EINTR)
		;
}

/* -- Files --------------------------------------------------------------- */

ssize_t mbt_read_file(const char *path, char *buf, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t len = 0;
	ssize_t n = 0;

	buf[0] = 0;
	if (fd < 0)
		return -1;
	while (len < size - 1) {
		n = read(fd, buf + len, size - 1 - len);
		if (n <= 0)
			break;
		len += (size_t)n;
	}
	buf[len] = 0;
	close(fd);
	return n < 0 ? -1 : (ssize_t)len;
}

int mbt_write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t len = (ssize_t)strlen(text);
	int err;

	if (fd < 0)
		return -1;
	errno = 0;
	if (write(fd, text, (size_t)len) != len) {
		err = errno ? errno : EIO;
		close(fd);
		errno = err;
		return -1;
	}
	close(fd);
	return 0;
}

/* -- Processes ----------------------------------------------------------- */

pid_t mbt_gettid(void)
{
	return (pid_t)syscall(SYS_gettid);
}

/* What fork() gave; its child dies with this process, @parent. */
static pid_t forked(pid_t parent, pid_t pid)
{
	if (pid < 0) {
		FAIL("fork: %s", mbt_errno_name(errno));
		_exit(1);
	}
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		/*
		 * In a pid namespace of its own the child sees parent 0; else
		 * a parent that is gone already would never be noticed.
		 */
		if (getppid() != parent && getppid() != 0)
			_exit(1);
	}
	return pid;
}

pid_t mbt_fork(void)
{
	pid_t parent = getpid();

	return forked(parent, fork());
}

pid_t mbt_fork_with_files(void)
{
	pid_t parent = getpid();

	return forked(parent,
		      (pid_t)syscall(SYS_clone,
				     (unsigned long)(CLONE_FILES | SIGCHLD),
				     0UL, 0UL, 0UL, 0UL));
}

void mbt_child_exit(void)
{
	_exit(0);
}

int mbt_last_status(void)
{
	return last_status;
}

int mbt_reap(const char *file, int line, pid_t pid)
{
	int64_t end = mbt_now() + 2 * MBT_PATIENCE;
	int status;
	pid_t got;

	last_status = -1;
	for (;;) {
		got = waitpid(pid, &status, WNOHANG);
		if (got == pid) {
			last_status = status;
			return status;
		}
		if (got < 0 && errno != EINTR) {
			mbt_fail(file, line, "waitpid(%d): %s", (int)pid,
				 mbt_errno_name(errno));
			return -1;
		}
		if (mbt_now() > end) {
			mbt_fail(file, line, "child %d did not end in 20 s",
				 (int)pid);
			mbt_show_tasks(pid);
			kill(pid, SIGKILL);
			return -1;
		}
		mbt_sleep_ms(1);
	}
}

void mbt_become(uid_t uid, gid_t gid)
{
	if (setgroups(0, NULL) || setresgid(gid, gid, gid) ||
	    setresuid(uid, uid, uid)) {
		FAIL("cannot become user %d group %d: %s", (int)uid, (int)gid,
		     mbt_errno_name(errno));
		_exit(1);
	}
}

/* The letter after the command name in stat, or 0 if the task is gone. */
static char task_state(pid_t tid)
{
	char path[64], buf[512], *p;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/stat", (int)tid,
		 (int)tid);
	if (mbt_read_file(path, buf, sizeof(buf)) <= 0)
		return 0;
	p = strrchr(buf, ')');
	return p && p[1] == ' ' ? p[2] : 0;
}

static bool sleeps_in(pid_t tid, const char *where)
{
	char path[64], stack[4096];

	if (task_state(tid) != 'S')
		return false;
	snprintf(path, sizeof(path), "/proc/%d/task/%d/stack", (int)tid,
		 (int)tid);
	if (mbt_read_file(path, stack, sizeof(stack)) < 0)
		return false;
	return strstr(stack, where) && task_state(tid) == 'S';
}

/* As its system call is shown: not before it has left the processor. */
static bool has_left(pid_t tid)
{
	char path[64], text[256];

	snprintf(path, sizeof(path), "/proc/%d/syscall", (int)tid);
	ASSERT_GT(mbt_read_file(path, text, sizeof(text)), 0);
	return strncmp(text, "running", 7) != 0;
}

long mbt_sleeps(pid_t tid)
{
	char path[64], text[4096], *p;

	WAIT_FOR(has_left(tid));
	snprintf(path, sizeof(path), "/proc/%d/status", (int)tid);
	ASSERT_GT(mbt_read_file(path, text, sizeof(text)), 0);
	p = strstr(text, "\nvoluntary_ctxt_switches:");
	ASSERT_TRUE(p);
	return strtol(p + 25, NULL, 10);
}

bool mbt_is_blocked(pid_t tid)
{
	return sleeps_in(tid, "mbx_");
}

void mbt_wait_sleeping(const char *file, int line, pid_t tid, const char *where)
{
	int64_t end = mbt_now() + MBT_PATIENCE;

	mbt_checked();
	while (!sleeps_in(tid, where)) {
		char state = task_state(tid);

		if (state == 0 || state == 'Z') {
			mbt_fail(file, line,
				 "task %d ended instead of sleeping in \"%s\"",
				 (int)tid, where);
			_exit(1);
		}
		if (mbt_now() > end) {
			mbt_fail(file, line,
				 "task %d does not sleep in \"%s\" after 10 s",
				 (int)tid, where);
			mbt_show_tasks(tid);
			_exit(1);
		}
		mbt_sleep_ms(1);
	}
}

static void show_file(pid_t pid, const char *tid, const char *name)
{
	char path[96], buf[4096], *line, *save;

	snprintf(path, sizeof(path), "/proc/%d/task/%s/%s", (int)pid, tid,
		 name);
	if (mbt_read_file(path, buf, sizeof(buf)) <= 0)
		return;
	for (line = strtok_r(buf, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save))
		mbt_note("    %s: %s", name, line);
}

void mbt_show_tasks(pid_t pid)
{
	static const char *const files[] = { "comm", "wchan", "syscall",
					     "stack" };
	char path[64];
	struct dirent *d;
	DIR *dir;
	size_t i;

	snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
	dir = opendir(path);
	if (!dir)
		return;
	while ((d = readdir(dir))) {
		if (d->d_name[0] == '.')
			continue;
		mbt_note("  task %s of process %d, state %c", d->d_name,
			 (int)pid, task_state((pid_t)atoi(d->d_name)));
		for (i = 0; i < sizeof(files) / sizeof(files[0]); i++)
			show_file(pid, d->d_name, files[i]);
	}
	closedir(dir);
}

static bool descends(pid_t pid, pid_t ancestor)
{
	char path[64], buf[512], *p;
	int depth, ppid;

	for (depth = 0; pid > 1 && depth < 64; depth++) {
		snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
		if (mbt_read_file(path, buf, sizeof(buf)) <= 0)
			return false;
		p = strrchr(buf, ')');
		if (!p || sscanf(p + 2, "%*c %d", &ppid) != 1)
			return false;
		if (ppid == ancestor)
			return true;
		pid = ppid;
	}
	return false;
}

/* Calls fn for every process that descends from this one. */
void mbt_each_descendant(void (*fn)(pid_t))
{
	DIR *dir = opendir("/proc");
	struct dirent *d;

	if (!dir)
		return;
	while ((d = readdir(dir))) {
		pid_t pid = (pid_t)atoi(d->d_name);

		if (pid > 0 && descends(pid, getpid()))
			fn(pid);
	}
	closedir(dir);
}

/* -- Delay points -------------------------------------------------------- */

bool mbt_has_delays(void)
{
	return access(DELAY_FILE, W_OK) == 0;
}

static void delay_write(const char *sign, const char *point)
{
	char text[80];

	snprintf(text, sizeof(text), "%s%s", sign, point);
	mbt_checked();
	if (mbt_write_file(DELAY_FILE, text)) {
		FAIL("writing \"%s\" to " DELAY_FILE ": %s", text,
		     mbt_errno_name(errno));
		_exit(1);
	}
}

void mbt_delay_arm(const char *point)
{
	delay_write("", point);
}

void mbt_delay_release(const char *point)
{
	delay_write("-", point);
}

int mbt_delay_stopped(const char *point)
{
	char buf[4096], name[64], state[16], *line, *save;
	int n;

	if (mbt_read_file(DELAY_FILE, buf, sizeof(buf)) < 0) {
		FAIL("cannot read " DELAY_FILE ": %s", mbt_errno_name(errno));
		_exit(1);
	}
	for (line = strtok_r(buf, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save))
		if (sscanf(line, "%63s %15s %d", name, state, &n) == 3 &&
		    strcmp(name, point) == 0)
			return n;
	FAIL("this module has no delay point \"%s\"", point);
	_exit(1);
}

void mbt_delay_wait(const char *point)
{
	int64_t end = mbt_now() + MBT_PATIENCE;

	mbt_checked();
	while (mbt_delay_stopped(point) < 1) {
		if (mbt_now() > end) {
			FAIL("no task reached the delay point \"%s\" in 10 s",
			     point);
			_exit(1);
		}
		mbt_sleep_ms(1);
	}
}

/* A point left armed would stop the next test. */
void mbt_disarm_all(void)
{
	char buf[4096], name[64], *line, *save;

	if (!mbt_has_delays() ||
	    mbt_read_file(DELAY_FILE, buf, sizeof(buf)) < 0)
		return;
	for (line = strtok_r(buf, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save))
		if (sscanf(line, "%63s", name) == 1)
			delay_write("-", name);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * box.c: what the uapi tests share; see box.h.
 *
 * Owns: the record of errors seen (shared memory, atomic bits), the saved
 * module parameters, the checks after each test.  Called by the tests and,
 * for the hooks, by the harness.  Takes no locks.
 */
#include "box.h"

#include "errnos.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>

#define PARAMS "/sys/module/mbox/parameters/"
#define ERRNO_MAX 256

static const struct {
	const char *name;
	unsigned int cmd;
} verbs[] = {
	{ "INFO", MBOX_IOC_INFO },	 { "STAT", MBOX_IOC_STAT },
	{ "LIST", MBOX_IOC_LIST },	 { "OPEN", MBOX_IOC_OPEN },
	{ "COPY", MBOX_IOC_COPY },	 { "UNLINK", MBOX_IOC_UNLINK },
	{ "DESTROY", MBOX_IOC_DESTROY }, { "SEND", MBOX_IOC_SEND },
	{ "RECV", MBOX_IOC_RECV },	 { "PEEK", MBOX_IOC_PEEK },
	{ "FLUSH", MBOX_IOC_FLUSH },	 { "FILTER", MBOX_IOC_FILTER },
	{ "CALL", MBOX_IOC_CALL },	 { "REPLY", MBOX_IOC_REPLY },
	{ "SEND_TO", MBOX_IOC_SEND_TO }, { "RECV_FROM", MBOX_IOC_RECV_FROM },
	{ "LINKS", MBOX_IOC_LINKS },	 { "ENDPOINT", MBOX_IOC_ENDPOINT },
	{ "NOTIFY", MBOX_IOC_NOTIFY },	 { "ANY", 0 },
};

#define VERBS (sizeof(verbs) / sizeof(verbs[0]))
#define ANY (VERBS - 1)

static const char *const params[] = { "user_bytes",	"user_messages",
				      "user_mailboxes", "user_calls",
				      "user_fds",	"mailbox_bytes" };
#define PARAMS_N (sizeof(params) / sizeof(params[0]))

struct shared_state {
	unsigned char seen[VERBS][ERRNO_MAX];
};

static struct shared_state *state;

static unsigned long long params_before[PARAMS_N];
static struct mbox_info usage_before;
static int kmsg = -1;
static int dev = -1;
volatile int signals_caught;

int box_ioctl(int fd, unsigned int cmd, const void *arg)
{
	int ret = ioctl(fd, cmd, arg);
	size_t v;

	if (ret >= 0)
		return ret;
	/* Its errors are those of its halves; all but one are RECV's too. */
	if (cmd == MBOX_IOC_REPLY_RECV)
		cmd = errno == ESTALE ? MBOX_IOC_REPLY : MBOX_IOC_RECV;
	/* And those of a batch are those of what it is many of. */
	if (cmd == MBOX_IOC_SENDV)
		cmd = MBOX_IOC_SEND;
	if (cmd == MBOX_IOC_RECVV)
		cmd = MBOX_IOC_RECV;
	for (v = 0; v < ANY && verbs[v].cmd != cmd; v++)
		;
	if (errno < ERRNO_MAX)
		state->seen[v][errno] = 1;
	return ret;
}

int box_dev_here(void)
{
	int fd = open(DEV, O_RDWR | O_CLOEXEC);

	if (fd < 0) {
		FAIL("open " DEV ": %s", mbt_errno_name(errno));
		_exit(1);
	}
	return fd;
}

int box_dev_of(pid_t pid)
{
	int home = ASSERT_OK(open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC));
	char path[64];
	int there, fd;

	snprintf(path, sizeof(path), "/proc/%d/ns/net", (int)pid);
	there = ASSERT_OK(open(path, O_RDONLY | O_CLOEXEC));
	ASSERT_OK(setns(there, CLONE_NEWNET));
	fd = box_dev_here();
	ASSERT_OK(setns(home, CLONE_NEWNET));
	close(there);
	close(home);
	return fd;
}

int box_dev(void)
{
	return dev;
}

int do_unlink(int fd)
{
	struct mbox_remove r = { .size = sizeof(r) };

	return box_ioctl(fd, MBOX_IOC_UNLINK, &r);
}

int do_destroy(int fd)
{
	struct mbox_remove r = { .size = sizeof(r) };

	return box_ioctl(fd, MBOX_IOC_DESTROY, &r);
}

int do_stat(int fd, struct mbox_stat *st)
{
	memset(st, 0, sizeof(*st));
	st->size = sizeof(*st);
	return box_ioctl(fd, MBOX_IOC_STAT, st);
}

int do_info(int fd, struct mbox_info *info)
{
	memset(info, 0, sizeof(*info));
	info->size = sizeof(*info);
	return box_ioctl(fd, MBOX_IOC_INFO, info);
}

int do_flush(int fd, uint64_t *messages)
{
	struct mbox_flush f = { .size = sizeof(f) };
	int ret = box_ioctl(fd, MBOX_IOC_FLUSH, &f);

	*messages = f.messages;
	return ret;
}

struct mbox_stat stat_of(int fd)
{
	struct mbox_stat st;

	ASSERT_OK(do_stat(fd, &st));
	return st;
}

struct mbox_info info_of(void)
{
	struct mbox_info info;

	ASSERT_OK(do_info(box_dev(), &info));
	return info;
}

void mbt_put(const char *file, int line, int fd, const char *text)
{
	int ret = do_send(fd, text, strlen(text), .flags = MBOX_NOWAIT);

	if (!mbt_check_ok(file, line, "send of a text", ret, errno))
		_exit(1);
}

bool mbt_expect_next(const char *file, int line, int fd, const char *text)
{
	static char buf[66000];
	struct mbox_recv r = { 0 };
	int ret = do_recv(fd, &r, buf, sizeof(buf) - 1, .flags = MBOX_NOWAIT);

	if (!mbt_check_ok(file, line, "receive of the next message", ret,
			  errno))
		return false;
	buf[r.msg_len < sizeof(buf) ? r.msg_len : sizeof(buf) - 1] = 0;
	return mbt_check_str(file, line, "next message", buf, text);
}

bool mbt_expect_empty(const char *file, int line, int fd)
{
	struct mbox_recv r;
	char buf[64];
	int ret = do_recv(fd, &r, buf, sizeof(buf), .flags = MBOX_NOWAIT);

	return mbt_check_errno(file, line, "receive from an empty mailbox", ret,
			       errno, EAGAIN);
}

void box_state_get(int fd, struct box_state *s)
{
	s->stat = stat_of(fd);
	s->info = info_of();
}

bool box_state_same(const char *file, int line, int fd,
		    const struct box_state *before)
{
	struct box_state now;
	bool same = true;

	box_state_get(fd, &now);
#define SAME(part, field)                                                  \
	(same &= mbt_compare(file, line, "after the error, " #field,       \
			     (long long)now.part.field, "==", "before it", \
			     (long long)before->part.field,                \
			     now.part.field == before->part.field))
	SAME(stat, rights);
	SAME(stat, id);
	SAME(stat, mode);
	SAME(stat, handles);
	SAME(stat, senders);
	SAME(stat, receivers);
	SAME(stat, senders_waiting);
	SAME(stat, receivers_waiting);
	SAME(stat, messages);
	SAME(stat, bytes);
	SAME(stat, charged);
	SAME(stat, sent);
	SAME(stat, received);
	SAME(stat, dropped);
	SAME(info, used_bytes);
	SAME(info, used_messages);
	SAME(info, used_mailboxes);
	SAME(info, used_calls);
	SAME(info, used_fds);
#undef SAME
	same &= mbt_check_str(file, line, "after the error, name",
			      now.stat.name, before->stat.name);
	return same;
}

int ready(int fd, int events)
{
	struct pollfd p = { .fd = fd, .events = (short)events };

	ASSERT_OK(poll(&p, 1, 0));
	return p.revents;
}

static void on_signal(int sig)
{
	(void)sig;
	signals_caught++;
}

void catch_signal(int sig, int sa_flags)
{
	struct sigaction sa = { .sa_handler = on_signal, .sa_flags = sa_flags };

	sigemptyset(&sa.sa_mask);
	ASSERT_OK(sigaction(sig, &sa, NULL));
}

static bool param_read(const char *name, unsigned long long *value)
{
	char path[128], text[64];

	snprintf(path, sizeof(path), PARAMS "%s", name);
	if (mbt_read_file(path, text, sizeof(text)) <= 0)
		return false;
	*value = strtoull(text, NULL, 0);
	return true;
}

unsigned long long param_get(const char *name)
{
	unsigned long long value = 0;

	ASSERT_TRUE(param_read(name, &value));
	return value;
}

static int param_write(const char *name, unsigned long long value)
{
	char path[128], text[32];

	snprintf(path, sizeof(path), PARAMS "%s", name);
	snprintf(text, sizeof(text), "%llu", value);
	return mbt_write_file(path, text);
}

void param_set(const char *name, unsigned long long value)
{
	ASSERT_OK(param_write(name, value));
}

size_t page_size(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

void *nowhere(void)
{
	return (void *)8;
}

void *pages_before_hole(size_t n)
{
	size_t page = page_size();
	char *mem = mmap(NULL, (n + 1) * page, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	ASSERT_TRUE(mem != MAP_FAILED);
	ASSERT_OK(munmap(mem + n * page, page));
	return mem;
}

void enter_user_ns(int flags, int id)
{
	uid_t uid = geteuid();
	gid_t gid = getegid();
	char text[64];

	ASSERT_OK(unshare(CLONE_NEWUSER | flags));
	/* After a change of ids /proc/self would belong to root. */
	ASSERT_OK(prctl(PR_SET_DUMPABLE, 1));
	if (mbt_write_file("/proc/self/setgroups", "deny"))
		FAIL("setgroups: %s", mbt_errno_name(errno));
	snprintf(text, sizeof(text), "%d %d 1", id, (int)uid);
	ASSERT_OK(mbt_write_file("/proc/self/uid_map", text));
	snprintf(text, sizeof(text), "%d %d 1", id, (int)gid);
	ASSERT_OK(mbt_write_file("/proc/self/gid_map", text));
}

void expect_unloaded(void)
{
	static char caches[65536];

	ASSERT_GT(mbt_read_file("/proc/slabinfo", caches, sizeof(caches)), 0);
	EXPECT_FALSE(strstr(caches, "\nmbx_"));
	EXPECT_ERRNO(open(DEV, O_RDWR), ENOENT);
	EXPECT_ERRNO(access("/sys/module/mbox", F_OK), ENOENT);
}

/* -- Hooks ---------------------------------------------------------------- */

/* A program that loads the module itself defines this. */
extern const bool box_loads_module __attribute__((weak));

static bool has_module(void)
{
	return !&box_loads_module;
}

bool mbt_before_all(char *why, size_t size)
{
	state = mbt_shared(sizeof(*state));
	kmsg = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (kmsg < 0) {
		snprintf(why, size, "cannot open /dev/kmsg: %s; run as root",
			 strerror(errno));
		return false;
	}
	lseek(kmsg, 0, SEEK_END);
	if (!has_module())
		return true;
	dev = open(DEV, O_RDWR | O_CLOEXEC);
	if (dev < 0) {
		snprintf(why, size,
			 "cannot open " DEV ": %s; load mbox.ko first",
			 strerror(errno));
		return false;
	}
	return true;
}

void mbt_before_each(void)
{
	size_t i;

	if (!has_module())
		return;
	for (i = 0; i < PARAMS_N; i++)
		param_read(params[i], &params_before[i]);
	do_info(dev, &usage_before);
}

/* Destroys what a failed test left under a name; true if there was any. */
static bool remove_left(char *names, size_t size)
{
	struct mbox_list_entry e[64] = { 0 };
	struct mbox_list l = { .size = sizeof(l),
			       .entries = PTR(e),
			       .count = 64,
			       .entry_size = sizeof(e[0]) };
	bool any = false;
	unsigned int i;
	int fd;

	names[0] = 0;
	if (ioctl(dev, MBOX_IOC_LIST, &l))
		return false;
	for (i = 0; i < l.count; i++) {
		struct mbox_open o = { .size = sizeof(o),
				       .rights = R_ADMIN,
				       NAMED(e[i].name) };

		if (strcmp(e[i].name, "default") == 0)
			continue;
		any = true;
		snprintf(names + strlen(names), size - strlen(names), " %s",
			 e[i].name);
		fd = ioctl(dev, MBOX_IOC_OPEN, &o);
		if (fd >= 0) {
			do_destroy(fd);
			close(fd);
		}
	}
	return any;
}

static bool empty_default(void)
{
	char buf[16];
	struct mbox_recv r = { .size = sizeof(r),
			       .flags = MBOX_NOWAIT | MBOX_TRUNCATE,
			       .data = PTR(buf),
			       .len = sizeof(buf) };
	int fd = open(DEV, O_RDONLY | O_CLOEXEC);
	bool any = false;

	while (fd >= 0 && ioctl(fd, MBOX_IOC_RECV, &r) == 0)
		any = true;
	close(fd);
	return any;
}

static bool usage_same(char *why, size_t size)
{
	int64_t end = mbt_now() + mbt_slow() * 5 * MBT_SECOND;
	struct mbox_info now;

	for (;;) {
		do_info(dev, &now);
		if (now.used_bytes == usage_before.used_bytes &&
		    now.used_messages == usage_before.used_messages &&
		    now.used_mailboxes == usage_before.used_mailboxes &&
		    now.used_calls == usage_before.used_calls &&
		    now.used_fds == usage_before.used_fds)
			return true;
		if (mbt_now() > end)
			break;
		mbt_sleep_ms(2);
	}
	snprintf(
		why, size,
		"root's charge did not come back: before %llu bytes %llu messages %llu mailboxes %llu calls %llu descriptors, now %llu, %llu, %llu, %llu, %llu",
		(unsigned long long)usage_before.used_bytes,
		(unsigned long long)usage_before.used_messages,
		(unsigned long long)usage_before.used_mailboxes,
		(unsigned long long)usage_before.used_calls,
		(unsigned long long)usage_before.used_fds,
		(unsigned long long)now.used_bytes,
		(unsigned long long)now.used_messages,
		(unsigned long long)now.used_mailboxes,
		(unsigned long long)now.used_calls,
		(unsigned long long)now.used_fds);
	return false;
}

static bool log_clean(char *why, size_t size)
{
	static const char *const bad[] = { "mbox",	    "mbx_",
					   "WARNING",	    "BUG",
					   "Oops",	    "Call Trace",
					   "oom",	    "rcu",
					   "Out of memory", "page allocation" };
	char record[8192], *text;
	bool is_clean = true;
	ssize_t n;
	size_t i;

	/* To its end: the rest of a report is no fault of the next test. */
	for (;;) {
		n = read(kmsg, record, sizeof(record) - 1);
		if (n < 0 && errno == EPIPE)
			continue;
		if (n <= 0)
			return is_clean;
		record[n] = 0;
		text = strchr(record, ';');
		text = text ? text + 1 : record;
		text[strcspn(text, "\n")] = 0;
		/* Any module that is not the kernel's own is told this once. */
		if (strstr(text, "out-of-tree module taints kernel") ||
		    strstr(text, "module verification failed"))
			continue;
		for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
			if (is_clean && strstr(text, bad[i])) {
				snprintf(why, size, "in the kernel log: %.200s",
					 text);
				is_clean = false;
			}
	}
}

bool mbt_after_each(char *why, size_t size)
{
	char names[300];
	bool ok = true;
	size_t v, i;
	int e;

	if (!has_module())
		return log_clean(why, size);
	for (i = 0; i < PARAMS_N; i++)
		param_write(params[i], params_before[i]);
	if (remove_left(names, sizeof(names))) {
		snprintf(why, size, "mailboxes were left:%s", names);
		ok = false;
	}
	if (empty_default()) {
		snprintf(why, size, "messages were left in default");
		ok = false;
	}
	if (!usage_same(names, sizeof(names)) && ok) {
		snprintf(why, size, "%s", names);
		ok = false;
	}
	for (v = 0; v < VERBS; v++)
		for (e = 1; e < ERRNO_MAX; e++) {
			if (!state->seen[v][e])
				continue;
			state->seen[v][e] = 0;
			if (!errno_in_table(verbs[v].name, e) && ok) {
				snprintf(
					why, size,
					"%s gave %s, which the errno table does not know",
					verbs[v].name, mbt_errno_name(e));
				ok = false;
			}
		}
	if (!log_clean(names, sizeof(names)) && ok) {
		snprintf(why, size, "%s", names);
		ok = false;
	}
	return ok;
}

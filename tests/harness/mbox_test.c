// SPDX-License-Identifier: GPL-2.0-only
/*
 * mbox_test.c: the test harness; see mbox_test.h.
 *
 * Owns main() of every test program.  The runner forks one child per test,
 * watches the clock, kills what is left, and prints KTAP.  What tests and
 * their children share with the runner lies in one shared page, changed with
 * atomic operations only; there are no locks.
 */
#include "mbox_run.h"
#include "mbox_test.h"

#include <signal.h>
#include <stdarg.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>

struct shared {
	unsigned int checks;
	unsigned int failures;
	unsigned int skipped;
	char reason[256];
};

static struct mbt_case *first;
static struct mbt_case **last = &first;
static struct shared *shared;

void mbt_register(struct mbt_case *c)
{
	*last = c;
	last = &c->next;
}

void *mbt_shared(size_t size)
{
	void *mem = mmap(NULL, size, PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (mem == MAP_FAILED) {
		perror("mmap of shared memory");
		_exit(2);
	}
	return mem;
}

/* -- Output -------------------------------------------------------------- */

/* One write per text: lines of several processes never mix. */
static void put(const char *text)
{
	size_t len = strlen(text);

	while (len) {
		ssize_t n = write(STDOUT_FILENO, text, len);

		if (n < 0) {
			if (errno == EINTR)
				continue;
			_exit(2);
		}
		text += n;
		len -= (size_t)n;
	}
}

__attribute__((format(printf, 1, 2))) static void putf(const char *fmt, ...)
{
	char line[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	put(line);
}

void mbt_note(const char *fmt, ...)
{
	int err = errno;
	char line[1024] = "# ";
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line + 2, sizeof(line) - 3, fmt, ap);
	va_end(ap);
	strcat(line, "\n");
	put(line);
	errno = err;
}

static void fail_text(const char *file, int line, const char *text)
{
	const char *base = strrchr(file, '/');

	__atomic_fetch_add(&shared->failures, 1, __ATOMIC_SEQ_CST);
	mbt_note("%s:%d: %s", base ? base + 1 : file, line, text);
}

void mbt_fail(const char *file, int line, const char *fmt, ...)
{
	char text[900];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	fail_text(file, line, text);
}

void mbt_checked(void)
{
	__atomic_fetch_add(&shared->checks, 1, __ATOMIC_SEQ_CST);
}

void mbt_skip(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(shared->reason, sizeof(shared->reason), fmt, ap);
	va_end(ap);
	__atomic_store_n(&shared->skipped, 1, __ATOMIC_SEQ_CST);
	_exit(0);
}

const char *mbt_errno_name(int err)
{
	const char *name = strerrorname_np(err);

	return name ? name : "no errno";
}

/* Small numbers in decimal, large ones also in hexadecimal. */
static void number(char *buf, size_t size, long long v)
{
	if (v > 0xffff || v < -0xffff)
		snprintf(buf, size, "%lld (%#llx)", v, v);
	else
		snprintf(buf, size, "%lld", v);
}

bool mbt_compare(const char *file, int line, const char *what, long long saw,
		 const char *op, const char *expr, long long expected,
		 bool holds)
{
	char a[64], b[64];
	bool literal;

	mbt_checked();
	if (holds)
		return true;
	if (strcmp(op, "==") == 0)
		op = "";
	number(a, sizeof(a), saw);
	number(b, sizeof(b), expected);
	literal = strcmp(expr, b) == 0;
	mbt_fail(file, line, "%s: saw %s, expected %s%s%s%s%s", what, a, op,
		 op[0] ? " " : "", b, literal ? "" : " = ",
		 literal ? "" : expr);
	return false;
}

bool mbt_check_errno(const char *file, int line, const char *what,
		     long long ret, int seen, int expected)
{
	mbt_checked();
	if (ret == -1 && seen == expected)
		return true;
	if (ret == -1)
		mbt_fail(file, line, "%s: saw %s, expected %s", what,
			 mbt_errno_name(seen), mbt_errno_name(expected));
	else
		mbt_fail(file, line, "%s: saw success (%lld), expected %s",
			 what, ret, mbt_errno_name(expected));
	return false;
}

bool mbt_check_ok(const char *file, int line, const char *what, long long ret,
		  int seen)
{
	mbt_checked();
	if (ret >= 0)
		return true;
	mbt_fail(file, line, "%s: saw %lld %s, expected success", what, ret,
		 mbt_errno_name(seen));
	return false;
}

bool mbt_check_mem(const char *file, int line, const char *what,
		   const void *saw, const void *expected, size_t len)
{
	const unsigned char *a = saw, *b = expected;
	size_t i;

	mbt_checked();
	for (i = 0; i < len && a[i] == b[i]; i++)
		;
	if (i == len)
		return true;
	mbt_fail(file, line,
		 "%s: differs at byte %zu of %zu: saw %#x, expected %#x", what,
		 i, len, a[i], b[i]);
	return false;
}

bool mbt_check_str(const char *file, int line, const char *what,
		   const char *saw, const char *expected)
{
	mbt_checked();
	if (strcmp(saw, expected) == 0)
		return true;
	mbt_fail(file, line, "%s: saw \"%s\", expected \"%s\"", what, saw,
		 expected);
	return false;
}

static void kill_one(pid_t pid)
{
	kill(pid, SIGKILL);
}

/* -- The runner ---------------------------------------------------------- */

static void run_child(struct mbt_case *c)
{
	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	c->fn();
	_exit(0);
}

/* Returns the wait status, or -1 after a timeout. */
static int watch(struct mbt_case *c, pid_t pid)
{
	int64_t end = mbt_now() + mbt_slow() * c->seconds * MBT_SECOND;
	int status;
	pid_t got;

	for (;;) {
		while ((got = waitpid(-1, &status, WNOHANG)) > 0)
			if (got == pid)
				return status;
		if (mbt_now() > end) {
			__atomic_fetch_add(&shared->failures, 1,
					   __ATOMIC_SEQ_CST);
			mbt_note("timed out after %u s, blocked in:",
				 mbt_slow() * c->seconds);
			mbt_each_descendant(mbt_show_tasks);
			return -1;
		}
		mbt_sleep_ms(1);
	}
}

/* As a subreaper the runner gets every process the test left behind. */
static void clean_up(void)
{
	int64_t end = mbt_now() + MBT_PATIENCE;

	mbt_disarm_all();
	for (;;) {
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
		if (waitpid(-1, NULL, WNOHANG) < 0)
			return;
		mbt_each_descendant(kill_one);
		if (mbt_now() > end) {
			shared->failures++;
			mbt_note("these processes do not die:");
			mbt_each_descendant(mbt_show_tasks);
			return;
		}
		mbt_sleep_ms(1);
	}
}

static void sentence(const char *name, char *out, size_t size)
{
	size_t i;

	for (i = 0; i < size - 1 && name[i]; i++)
		out[i] = name[i] == '_' ? ' ' : name[i];
	out[i] = 0;
}

static bool run_one(struct mbt_case *c, unsigned int number_)
{
	char name[256], claims[512] = "", why[512] = "unknown";
	int status;
	pid_t pid;
	bool ok;

	memset(shared, 0, sizeof(*shared));
	if (mbt_before_each)
		mbt_before_each();
	sentence(c->name, name, sizeof(name));
	if (c->claims[0])
		snprintf(claims, sizeof(claims), " [%s]", c->claims);
	pid = fork();
	if (pid < 0) {
		putf("not ok %u - %s%s # fork: %s\n", number_, name, claims,
		     mbt_errno_name(errno));
		return false;
	}
	if (pid == 0)
		run_child(c);
	status = watch(c, pid);
	clean_up();

	if (status > 0 && WIFSIGNALED(status)) {
		mbt_note("the test was killed by signal %d (%s)",
			 WTERMSIG(status), strsignal(WTERMSIG(status)));
	} else if (status > 0 && !shared->failures) {
		mbt_note("the test ended with status %d", WEXITSTATUS(status));
	}
	ok = status == 0 && !shared->failures;
	if (ok && !shared->skipped && !shared->checks) {
		mbt_note("the test made no check");
		ok = false;
	}
	if (mbt_after_each && !mbt_after_each(why, sizeof(why))) {
		mbt_note("afterwards: %s", why);
		ok = false;
	}
	if (ok && shared->skipped)
		putf("ok %u - %s%s # SKIP %s\n", number_, name, claims,
		     shared->reason);
	else
		putf("%s %u - %s%s\n", ok ? "ok" : "not ok", number_, name,
		     claims);
	return ok;
}

static bool chosen(struct mbt_case *c, int argc, char **argv)
{
	int i;

	if (argc < 2)
		return true;
	for (i = 1; i < argc; i++)
		if (strstr(c->name, argv[i]))
			return true;
	return false;
}

int main(int argc, char **argv)
{
	unsigned int n = 0, failed = 0;
	char why[512] = "unknown";
	struct mbt_case *c;

	while (argc > 1 && strchr(argv[1], '=')) {
		putenv(argv[1]);
		argv[1] = argv[0];
		argv++;
		argc--;
	}
	if (argc == 2 && strcmp(argv[1], "--list") == 0) {
		for (c = first; c; c = c->next)
			putf("%s [%s]\n", c->name, c->claims);
		return 0;
	}
	shared = mbt_shared(sizeof(*shared));
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	signal(SIGPIPE, SIG_DFL);
	for (c = first; c; c = c->next)
		n += chosen(c, argc, argv);
	putf("KTAP version 1\n1..%u\n", n);
	if (!n) {
		putf("Bail out! no test has such a name; see --list\n");
		return 2;
	}
	if (mbt_before_all && !mbt_before_all(why, sizeof(why))) {
		putf("Bail out! %s\n", why);
		return 2;
	}
	n = 0;
	for (c = first; c; c = c->next) {
		if (!chosen(c, argc, argv))
			continue;
		if (!run_one(c, ++n)) {
			failed++;
			mbt_note("again: %s %s", argv[0], c->name);
		}
	}
	return failed ? 1 : 0;
}

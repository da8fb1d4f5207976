// SPDX-License-Identifier: GPL-2.0-only
/*
 * default_actions: what a signal does to a process that has no handler.
 *
 * Notes: S206 (001:127)
 * Watch: for each signal a new child, without any handler, sends it to
 *        itself; its parent looks at what has become of the child.
 * See:   the notes say that the child dies. By most signals it does, by some
 *        with a dump of its memory ("core"); but by some it is stopped, and
 *        by some nothing happens to it.
 */
#include "../check.h"
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>

#define CORE_PATTERN "/proc/sys/kernel/core_pattern"

static const char kinds[] = "TCSIK";
static const char *const names[] = { "dies", "dies, core", "stopped",
				     "lives on", "is continued" };

struct result {
	char action[66]; /* a letter of kinds for each signal, from 1 on */
	int how[65]; /* its child's status */
};

/* A stopped child; does this signal set it going? */
static int continues(int number)
{
	pid_t child = need(fork()), seen;
	int status;

	if (!child) {
		raise(SIGSTOP);
		/* To end now could be faster than its parent looks. */
		for (;;)
			pause();
	}
	need(waitpid(child, &status, WUNTRACED));
	need(kill(child, number));
	seen = need(waitpid(child, &status, WCONTINUED | WNOHANG));
	need(kill(child, SIGKILL));
	ended(child);
	return seen == child;
}

/* One letter for what happens: Term, Core, Stop, Ignore, "K"eeps going. */
static char action_of(int number, int *how)
{
	pid_t child = need(fork());
	int status;

	if (!child) {
		/*
		 * A group of its own, led from another group: in a group that
		 * nobody could continue, the terminal's stops are ignored.
		 */
		need(setpgid(0, 0));
		/* A shell's background jobs ignore some, and so would we. */
		signal(number, SIG_DFL);
		raise(number);
		_exit(0);
	}
	need(waitpid(child, &status, WUNTRACED));
	*how = status;
	if (WIFSTOPPED(status)) {
		need(kill(child, SIGKILL));
		ended(child);
		return 'S';
	}
	if (WIFSIGNALED(status))
		return WCOREDUMP(status) ? 'C' : 'T';
	return continues(number) ? 'K' : 'I';
}

/* Cores of some KiB, in this directory; returns the system's own pattern. */
static void let_dump(char *pattern, size_t size)
{
	ssize_t len;
	int fd;

	need(setrlimit(RLIMIT_CORE,
		       &(struct rlimit){ RLIM_INFINITY, RLIM_INFINITY }));
	fd = need(open("/proc/self/coredump_filter", O_WRONLY));
	need(write(fd, "0", 1));
	close(fd);
	fd = need(open(CORE_PATTERN, O_RDWR));
	len = need(read(fd, pattern, size - 1));
	pattern[len] = 0;
	need(pwrite(fd, "core\n", 5, 0));
	close(fd);
}

static void restore(const char *pattern)
{
	int fd = need(open(CORE_PATTERN, O_WRONLY));

	need(write(fd, pattern, strlen(pattern)));
	close(fd);
}

static void try_all(struct result *r)
{
	for (int n = 1; n < 32; n++)
		r->action[n - 1] = action_of(n, &r->how[n]);
	for (int n = SIGRTMIN; n <= SIGRTMAX; n++)
		r->action[n - 1] = action_of(n, &r->how[n]);
	_exit(0);
}

int main(void)
{
	/* signal(7), signals 1 to 31 */
	static const char manual[] = "TTCCCCCCTTCTTTTTIKSSSSICCTTITTC";
	char dir[] = "/tmp/default_actions_XXXXXX", pattern[256], line[256];
	struct result *result;
	const char *action;
	pid_t child;
	int usr1, status;

	result = need_ptr(mmap(NULL, sizeof(*result), PROT_READ | PROT_WRITE,
			       MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	need_ptr(mkdtemp(dir));
	need(chdir(dir));
	let_dump(pattern, sizeof(pattern));
	/* In a process of its own: whatever becomes of it, we restore. */
	child = need(fork());
	if (!child)
		try_all(result);
	status = ended(child);
	restore(pattern);
	unlink("core");
	need(rmdir(dir));
	if (status)
		return 1;

	action = result->action;
	usr1 = result->how[SIGUSR1];
	for (int i = 0; kinds[i]; i++) {
		snprintf(line, sizeof(line), "%-12s", names[i]);
		for (int n = 1; n < 32; n++)
			if (action[n - 1] == kinds[i])
				snprintf(line + strlen(line),
					 sizeof(line) - strlen(line), " %s",
					 sigabbrev_np(n));
		say("%s", line);
	}
	say("%d to %d, the real-time signals: %ld die", SIGRTMIN, SIGRTMAX,
	    (long)strspn(action + SIGRTMIN - 1, "T"));

	check(WIFSIGNALED(usr1) && WTERMSIG(usr1) == SIGUSR1, "S206",
	      "SIGUSR1 without a handler: the process dies of it");
	check(action[SIGCHLD - 1] == 'I' && action[SIGURG - 1] == 'I' &&
		      action[SIGWINCH - 1] == 'I' && action[SIGCONT - 1] == 'K',
	      "S206", "without a handler for CHLD, URG, WINCH, CONT: it lives");
	check(action[SIGTSTP - 1] == 'S' && action[SIGTTIN - 1] == 'S', "S206",
	      "without a handler for TSTP or TTIN: it is stopped");
	check(!strncmp(action, manual, 31), "S206",
	      "all 31 default actions are as signal(7) has them");
	check(strspn(action + SIGRTMIN - 1, "T") == SIGRTMAX - SIGRTMIN + 1U,
	      "S206", "each real-time signal without a handler: it dies");
	return done();
}

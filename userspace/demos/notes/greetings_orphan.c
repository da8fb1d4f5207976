// SPDX-License-Identifier: GPL-2.0-only
/*
 * greetings_orphan: how the notes' program "Greetings" fails, and the corrected
 * one does not.
 *
 * Notes: S176 (000:279-313), S315 (000:289-313)
 * Watch: pipe_greetings.printed and pipe_greetings.c, both started by a process
 *        that waits for them, as a shell does. First their output is blocked;
 *        then there is no descriptor for a pipe, or no process for a child.
 * See:   the parent of the first ends and leaves its child behind, an orphan,
 *        whose output comes later; and it calls each failure a success.
 */
#include "../check.h"
#include <fcntl.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#define PRINTED "printed_greetings"
#define CORRECTED "pipe_greetings"
#define NO_LIMIT (-1)

static pid_t start(const char *program, int out, int limit, rlim_t most)
{
	pid_t pid = need(fork());

	if (pid)
		return pid;
	need(dup2(need(open("/dev/null", O_RDONLY)), STDIN_FILENO));
	need(dup2(out, STDOUT_FILENO));
	need(dup2(out, STDERR_FILENO));
	need(syscall(SYS_close_range, 3, ~0U, 0));
	if (limit != NO_LIMIT)
		need(setrlimit(limit, &(struct rlimit){ most, most }));
	if (limit == RLIMIT_NPROC)
		need(setuid(1000)); /* root may have more */
	execlp(program, program, NULL);
	_exit(127);
}

/* Its first child; 0 if it has none. */
static pid_t child_of(pid_t pid)
{
	char path[64];
	int child = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)pid,
		 (int)pid);
	file = fopen(path, "r");
	if (!file)
		return 0;
	if (fscanf(file, "%d", &child) != 1)
		child = 0;
	fclose(file);
	return child;
}

/*
 * Runs it with an output that takes nothing, until no process of it can go on;
 * then lets the output flow. Returns whether the parent ended before that.
 */
static bool ends_early(const char *program, int *status, char *text, int size)
{
	static char fill[4096];
	pid_t pid, child;
	ssize_t len;
	bool early;
	int fd[2];

	need(pipe(fd));
	need(fcntl(fd[1], F_SETPIPE_SZ, (int)sizeof(fill)));
	need(write(fd[1], fill, sizeof(fill)));
	pid = start(program, fd[1], NO_LIMIT, 0);
	need(close(fd[1]));
	until(state_of(pid) == 'Z' || asleep_in(pid, SYS_wait4));
	early = state_of(pid) == 'Z';
	if (early)
		*status = ended(pid);
	child = child_of(early ? getpid() : pid);
	until(asleep_in(child, SYS_write));
	if (early)
		say("%s has ended with %d; its child %d, now mine, has "
		    "still to print",
		    program, *status, child);
	else
		say("%s waits for its child %d, which has still to print",
		    program, child);

	need(read(fd[0], fill, sizeof(fill)));
	len = need(read(fd[0], text, size - 1));
	text[len] = 0;
	text[strcspn(text, "\n")] = 0;
	need(close(fd[0]));
	if (early)
		ended(child);
	else
		*status = ended(pid);
	say("then it prints: %s", text);
	return early;
}

/* Runs it with a limit; returns its status, and its output in text. */
static int run_with(const char *program, int limit, rlim_t most, char *text,
		    int size)
{
	ssize_t n, len = 0;
	int fd[2], status;
	pid_t pid;

	need(pipe(fd));
	pid = start(program, fd[1], limit, most);
	need(close(fd[1]));
	while ((n = need(read(fd[0], text + len, size - 1 - len))) > 0)
		len += n;
	text[len] = 0;
	text[strcspn(text, "\n")] = 0;
	need(close(fd[0]));
	status = ended(pid);
	while (wait(NULL) > 0)
		; /* orphans */
	return status;
}

int main(void)
{
	char text[4096], corrected[4096];
	int status, good;
	bool early;

	need(prctl(PR_SET_CHILD_SUBREAPER, 1)); /* orphans become mine */
	early = ends_early(PRINTED, &status, text, sizeof(text));
	check(early && status == 0, "S315",
	      "as printed it ends before its child, which is an orphan then");
	check(!strcmp(text, "read Greetings"), "S176 S315",
	      "what the child prints comes after the end, behind the prompt");
	early = ends_early(CORRECTED, &status, text, sizeof(text));
	check(!early && status == 0 && !strcmp(text, "read Greetings"),
	      "S176 S315", "corrected it ends when its child has printed");

	status = run_with(PRINTED, RLIMIT_NOFILE, 4, text, sizeof(text));
	good = run_with(CORRECTED, RLIMIT_NOFILE, 4, corrected, 4096);
	say("no descriptor is left: status %d; corrected: \"%s\", status %d",
	    status, corrected, good);
	check(status == 0 && strcmp(text, "read Greetings"), "S315",
	      "pipe() fails, nothing arrives, and it calls that a success");
	check(good == 1 && !strncmp(corrected, "pipe: ", 6), "S176 S315",
	      "corrected it says that pipe() failed");

	status = run_with(PRINTED, RLIMIT_NPROC, 1, text, sizeof(text));
	good = run_with(CORRECTED, RLIMIT_NPROC, 1, corrected, 4096);
	say("no process is left: \"%s\", status %d; corrected: \"%s\", status %d",
	    text, status, corrected, good);
	check(status == 0 && !text[0], "S315",
	      "fork() fails: nothing is printed, and that is no failure");
	check(good == 1 && !strncmp(corrected, "fork: ", 6), "S176 S315",
	      "corrected it says that fork() failed");
	return done();
}

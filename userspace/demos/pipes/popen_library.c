// SPDX-License-Identifier: GPL-2.0-only
/*
 * popen_library: popen() is one call of the C library for a pipe and a child.
 *
 * Notes: S163 (003:136), S331 (003:136)
 * Watch: a command is started with popen() and read like a file; then the
 *        kernel's list of symbols is searched for the calls.
 * See:   behind the FILE is a pipe, at its other end a child. The kernel has
 *        system calls pipe and dup (section 2 of the manual), but no popen:
 *        it is in libc (section 3). The notes call it popen(2): that is wrong.
 */
#include "../check.h"
#include <dlfcn.h>
#include <sys/stat.h>

/* Does the kernel have the system call? Its functions are called ..._sys_X. */
static int kernel_has(const char *name)
{
	char line[512], wanted[64];
	int found = 0;
	FILE *file;

	snprintf(wanted, sizeof(wanted), "__x64_sys_%s\n", name);
	file = need_ptr(fopen("/proc/kallsyms", "r"));
	while (!found && fgets(line, sizeof(line), file)) {
		char *symbol = strstr(line, "__x64_sys_");

		found = symbol && !strcmp(symbol, wanted);
	}
	fclose(file);
	say("system call %-6s %s", name, found ? "yes" : "no");
	return found;
}

int main(void)
{
	char text[100] = "", parent[20];
	struct stat inode;
	Dl_info where;
	FILE *stream;
	int status;

	stream = need_ptr(popen("echo $PPID; exit 3", "r"));
	need(fstat(fileno(stream), &inode));
	need_ptr(fgets(text, sizeof(text), stream));
	status = pclose(stream);
	text[strcspn(text, "\n")] = 0;
	snprintf(parent, sizeof(parent), "%d", getpid());
	say("the command wrote its parent's pid, %s, and ended with %d", text,
	    WEXITSTATUS(status));
	check(S_ISFIFO(inode.st_mode), "S163",
	      "the stream that popen() returns is a pipe");
	check(!strcmp(text, parent) && WEXITSTATUS(status) == 3, "S163",
	      "at its other end is a child; pclose() waits for it");

	check(kernel_has("pipe") && kernel_has("dup") && !kernel_has("popen"),
	      "S163 S331", "pipe and dup are system calls, popen is not");
	need(dladdr(dlsym(RTLD_DEFAULT, "popen"), &where) ? 0 : -1);
	say("popen() is in %s", where.dli_fname);
	check(strstr(where.dli_fname, "libc.so"), "S331",
	      "popen() is a function of the C library: popen(3)");
	return done();
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * fd_calls: open() returns a number, and read, write and close take it.
 *
 * Notes: S253 (003:261-263,267)
 * Watch: a child that uses a file, and a parent that stops it at each system
 *        call and looks at it, as strace does.
 * See:   open returns a small integer. That number, and no name, is the first
 *        argument of all other calls. After close() it stands for nothing.
 */
#include "../check.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>

static const char path[] = "/tmp/fd_calls.text";

static void use_file(void)
{
	char text[10];
	int fd;

	fd = need(open(path, O_RDWR | O_CREAT, 0600));
	need(write(fd, "hello", 5));
	need(lseek(fd, 0, SEEK_SET));
	need(read(fd, text, sizeof(text)));
	need(close(fd));
	read(fd, text, sizeof(text)); /* WRONG: it is closed */
	_exit(memcmp(text, "hello", 5) != 0);
}

static const char *name_of(unsigned long number)
{
	return number == SYS_openat ? "openat" :
	       number == SYS_write  ? "write" :
	       number == SYS_lseek  ? "lseek" :
	       number == SYS_read   ? "read" :
	       number == SYS_close  ? "close" :
				      NULL;
}

int main(void)
{
	long fd = -1, with_fd = 0, bytes = 0, after_close = 0;
	struct __ptrace_syscall_info out, in = { .entry.nr = -1UL };
	int closed = 0, status;
	pid_t child;

	child = need(fork());
	if (!child) {
		need(ptrace(PTRACE_TRACEME, 0, 0, 0));
		raise(SIGSTOP);
		use_file();
	}
	need(waitpid(child, &status, 0));
	need(ptrace(PTRACE_SETOPTIONS, child, 0, PTRACE_O_TRACESYSGOOD));
	/* Each call stops the child twice: on the way in and on the way out. */
	for (;;) {
		need(ptrace(PTRACE_SYSCALL, child, 0, 0));
		need(waitpid(child, &status, 0));
		if (!WIFSTOPPED(status))
			break;
		need(ptrace(PTRACE_GET_SYSCALL_INFO, child, sizeof(out), &out));
		if (out.op == PTRACE_SYSCALL_INFO_ENTRY) {
			in = out;
			continue;
		}
		if (!name_of(in.entry.nr))
			continue; /* one of the C library's own calls */
		say("%s(%d, ...) = %ld", name_of(in.entry.nr),
		    (int)in.entry.args[0], (long)out.exit.rval);
		if (in.entry.nr == SYS_openat) {
			fd = out.exit.rval;
			continue;
		}
		if (closed) {
			after_close = out.exit.rval;
			continue;
		}
		with_fd += (int)in.entry.args[0] == fd;
		if (in.entry.nr == SYS_write || in.entry.nr == SYS_read)
			bytes += out.exit.rval;
		closed = in.entry.nr == SYS_close;
	}
	check(fd > 2, "S253", "open() returns a small integer: a descriptor");
	check(with_fd == 4 && bytes == 10 && status == 0, "S253",
	      "read, write, lseek and close are passed this descriptor");
	check(closed && after_close == -EBADF, "S253",
	      "after close() the number stands for nothing: EBADF");
	need(unlink(path));
	return done();
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * watch_one_write: a program is simple because a system call hides the rest.
 *
 * Notes: S118 (004:103-104)
 * Watch: one line of a program sends a message with write(), and the kernel
 *        records which of its functions that line runs: of those for files,
 *        memory, mailboxes and waking. (To record all takes long to begin.)
 * See:   many for one line, and more if a receiver sleeps and has to be woken.
 *        The numbers vary with the kernel.
 */
#include "../check.h"
#include <fcntl.h>
#include <mbox.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#define TRACE "/sys/kernel/tracing/instances/watch_one_write"
#define WATCHED "mbx_* ksys_* vfs_* kmem_cache_* *wake_up* ttwu_* enqueue_*"

/* What one write() did: system calls, and functions of the kernel. */
struct work {
	int calls, functions, in_module, wakes;
	char names[200];
};

/* Writes to a file of our instance of tracefs. */
#define set(file, ...)                                                    \
	do {                                                              \
		int fd_ = need(open(TRACE "/" file, O_WRONLY | O_TRUNC)); \
		need(dprintf(fd_, __VA_ARGS__));                          \
		need(close(fd_));                                         \
	} while (0)

/*
 * Counts what this process did between beginning and end of its write(). An
 * interrupt that came just then (h, H, s in FLAGS) is no work of it.
 */
static void count(struct work *work)
{
	FILE *f = need_ptr(fopen(TRACE "/trace", "r"));
	char line[400], text[200], flags[10];
	int pid, inside = 0;

	memset(work, 0, sizeof(*work));
	while (fgets(line, sizeof(line), f)) {
		/* "NAME-PID [CPU] FLAGS TIME: TEXT"; NAME has 16 columns */
		if (line[0] == '#' || strlen(line) < 18 ||
		    sscanf(line + 17, "%d %*s %9s %*s %199[^\n]", &pid, flags,
			   text) != 3 ||
		    pid != getpid() || strpbrk(flags, "hHs"))
			continue;
		if (strstr(text, "sys_write -> 0x5"))
			break;
		if (strstr(text, "sys_write(")) {
			work->calls++;
			inside = 1;
		} else if (inside) {
			*strchrnul(text, ' ') = 0; /* "CALLED <-CALLER" */
			work->functions++;
			work->in_module += !strncmp(text, "mbx_", 4);
			work->wakes += !strcmp(text, "try_to_wake_up");
			if (strlen(work->names) + strlen(text) < 60)
				strcat(strcat(work->names, " "), text);
		}
	}
	fclose(f);
}

/* The program's part is the one line with write(). */
static struct work watch_write(int fd)
{
	struct work work;

	set("trace", " ");
	set("tracing_on", "1");
	need(write(fd, "hello", 5));
	set("tracing_on", "0");
	count(&work);
	return work;
}

int main(void)
{
	struct mbox *box =
		need_ptr(mbox_create(NULL, MBOX_SEND | MBOX_RECV, 0, NULL));
	struct work alone, waking;
	pid_t receiver;
	char text[8];

	rmdir(TRACE);
	need(mkdir(TRACE, 0700));
	set("trace_clock", "global");
	set("tracing_on", "0");
	set("set_ftrace_filter", WATCHED);
	set("set_ftrace_pid", "%d", getpid());
	set("events/syscalls/sys_enter_write/filter", "fd==%d", mbox_fd(box));
	set("events/syscalls/sys_exit_write/filter", "common_pid==%d",
	    getpid());
	set("events/syscalls/sys_enter_write/enable", "1");
	set("events/syscalls/sys_exit_write/enable", "1");
	set("current_tracer", "function");

	alone = watch_write(mbox_fd(box));
	need(read(mbox_fd(box), text, sizeof(text)));
	receiver = need(fork());
	if (!receiver)
		_exit(read(mbox_fd(box), text, sizeof(text)) != 5);
	until(asleep_in(receiver, SYS_read));
	waking = watch_write(mbox_fd(box));
	need0(ended(receiver));
	need(rmdir(TRACE));

	say("one line: write(fd, \"hello\", 5);");
	say("nobody waits:      %d system call, %d functions, %d of the module",
	    alone.calls, alone.functions, alone.in_module);
	say("  %s ...", alone.names);
	say("a receiver sleeps: %d system call, %d functions, %d of the module",
	    waking.calls, waking.functions, waking.in_module);
	check(alone.calls == 1 && alone.functions >= 6 && alone.in_module >= 3,
	      "S118",
	      "one line, one system call, many functions of the kernel");
	check(waking.calls == 1 && waking.wakes &&
		      waking.in_module > alone.in_module,
	      "S118", "waking a receiver is more work, and the same one line");
	return done();
}

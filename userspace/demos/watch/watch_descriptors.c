// SPDX-License-Identifier: GPL-2.0-only
/*
 * watch_descriptors: the kernel keeps the descriptors with the process.
 *
 * Notes: S255 (003:268)
 * Watch: a thread and a child process look at the descriptors of their
 *        parent, open and close some; kcmp() compares the pointers that the
 *        kernel has in its record of each (the process control block).
 * See:   a thread has the same table, a child a copy of it that goes its own
 *        way. Both copies point to the same open file. The table is gone with
 *        its process: the end of a pipe that only it had is closed then.
 */
#include "../check.h"
#include <fcntl.h>
#include <linux/kcmp.h>
#include <pthread.h>
#include <sys/stat.h>
#include <sys/syscall.h>

static pthread_barrier_t barrier;
static pid_t thread_id;
static int opened;

/* A thread: opens a file, and stays until it has been looked at. */
static void *be_thread(void *arg)
{
	thread_id = syscall(SYS_gettid);
	opened = need(open("/dev/zero", O_RDONLY));
	pthread_barrier_wait(&barrier);
	pthread_barrier_wait(&barrier);
	return arg;
}

/* Is it the same thing in the kernel? Files: the table, file: what fd is. */
static int same(pid_t one, pid_t other, int what, int fd)
{
	return need(syscall(SYS_kcmp, one, other, what, fd, fd)) == 0;
}

/* What the table of a process has under this number; "" if nothing. */
static const char *file_of(pid_t pid, int fd)
{
	static char name[64];
	char path[64];
	ssize_t len;

	snprintf(path, sizeof(path), "/proc/%d/fd/%d", pid, fd);
	len = readlink(path, name, sizeof(name) - 1);
	name[len < 0 ? 0 : len] = 0;
	return name;
}

static void with_thread(void)
{
	int table, me = getpid();
	pthread_t thread;
	char byte = 'x';

	need0(pthread_barrier_init(&barrier, NULL, 2));
	need0(pthread_create(&thread, NULL, be_thread, NULL));
	pthread_barrier_wait(&barrier);
	table = same(me, thread_id, KCMP_FILES, 0);
	say("thread %d opened %d: here it is %s; one table: %s", thread_id,
	    opened, file_of(me, opened), table ? "yes" : "no");
	check(table && read(opened, &byte, 1) == 1 && byte == 0, "S255",
	      "the threads of a process have one table");
	pthread_barrier_wait(&barrier);
	need0(pthread_join(thread, NULL));
	close(opened);
}

static void with_child(void)
{
	int table, file, kept, other, me = getpid();
	int fd = need(open("/dev/null", O_RDONLY)), go[2], only[2];
	pid_t child;
	char byte, theirs[64];
	ssize_t before, after;

	need(pipe(go));
	need(pipe2(only, O_NONBLOCK));
	child = need(fork());
	if (!child) {
		need(dup(only[1]));
		need(read(go[0], &byte, 1));
		close(fd);
		/* The lowest number that is free, so it takes that of fd. */
		need(open("/dev/zero", O_RDONLY));
		need(read(go[0], &byte, 1));
		_exit(0);
	}
	until(asleep_in(child, SYS_read));
	table = same(me, child, KCMP_FILES, 0);
	file = same(me, child, KCMP_FILE, fd);
	say("child %d: descriptor %d is %s; one table: %s, one open file: %s",
	    child, fd, file_of(child, fd), table ? "yes" : "no",
	    file ? "yes" : "no");
	check(!table && file, "S255",
	      "a child has a table of its own, with the same open files");

	need(write(go[1], "g", 1));
	until(!strcmp(file_of(child, fd), "/dev/zero") &&
	      asleep_in(child, SYS_read));
	other = !same(me, child, KCMP_FILE, fd);
	kept = !strcmp(file_of(me, fd), "/dev/null");
	strcpy(theirs, file_of(child, fd));
	say("the child reused %d: %s there, %s here", fd, theirs,
	    file_of(me, fd));
	check(other && kept, "S255",
	      "one number means different files in two processes");
	close(only[1]); /* now no table but the child's has this end */
	before = read(only[0], &byte, 1) == -1 ? -errno : 0;
	need(write(go[1], "g", 1));
	need0(ended(child));
	after = read(only[0], &byte, 1) == -1 ? -errno : 0;
	say("a pipe that only the child could write to: %s while it lived, "
	    "%s after it",
	    before == -EAGAIN ? "open" : "at its end",
	    after == 0 ? "at its end" : "open");
	check(before == -EAGAIN && after == 0, "S255",
	      "the table is gone with its process");
}

int main(void)
{
	with_thread();
	with_child();
	return done();
}

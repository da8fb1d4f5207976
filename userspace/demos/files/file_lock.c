// SPDX-License-Identifier: GPL-2.0-only
/*
 * file_lock: the system has locks for files; flock() is one.
 *
 * Notes: S197 (not in the notes), S341 (002:60)
 * Watch: two processes add 1 to the number in a file. The first is stopped
 *        between reading and writing. Once without a lock, once with flock().
 * See:   without the lock 0 + 1 + 1 = 1. With it the second sleeps in flock()
 *        until the first has written, and the file holds 2.
 */
#include "../check.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/syscall.h>

static const char path[] = "/tmp/file_lock.number";

/* Each has opened the file itself: flock() is between open files. */
static pid_t add_one(int use_lock, int stop)
{
	pid_t pid = need(fork());
	int fd, number;

	if (pid)
		return pid;
	fd = need(open(path, O_RDWR));
	if (use_lock)
		need(flock(fd, LOCK_EX));
	need(pread(fd, &number, sizeof(number), 0));
	if (stop)
		raise(SIGSTOP); /* the scheduler could do this at any time */
	number++;
	need(pwrite(fd, &number, sizeof(number), 0));
	_exit(0); /* closes the file, and with it goes the lock */
}

/* The number when both have added 1; *slept: the second had to wait. */
static int both_add_one(int use_lock, int *slept)
{
	int fd = need(open(path, O_RDWR | O_CREAT, 0600)), number = 0;
	pid_t first, second;

	need(pwrite(fd, &number, sizeof(number), 0));
	first = add_one(use_lock, 1);
	until(state_of(first) == 'T');
	second = add_one(use_lock, 0);
	until(state_of(second) == 'Z' || asleep_in(second, SYS_flock));
	*slept = asleep_in(second, SYS_flock);
	need(kill(first, SIGCONT));
	need0(ended(first));
	need0(ended(second));
	need(pread(fd, &number, sizeof(number), 0));
	close(fd);
	return number;
}

int main(void)
{
	int sum, slept;

	sum = both_add_one(0, &slept);
	say("without a lock: the second %s, the file holds %d",
	    slept ? "waited" : "did not wait", sum);
	check(!slept && sum == 1, "S197",
	      "WRONG: without a lock one of the two updates is lost");
	sum = both_add_one(1, &slept);
	say("with flock():   the second %s, the file holds %d",
	    slept ? "slept in flock()" : "did not wait", sum);
	check(slept && sum == 2, "S197 S341",
	      "with flock() the second waits, and no update is lost");
	need(unlink(path));
	return done();
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * thread_or_fork: threads share global variables and files, processes do not.
 *
 * Notes: S14 (003:30; 002:8), S184 (002:36-41)
 * Watch: the same function sets the global variable R to 42 and opens a file,
 *        first as a thread, then as a process made by fork().
 * See:   the thread's R and file are there for all. After fork() R is still 0
 *        in the parent: the notes' program would wait for ever. A word in
 *        memory that was mapped MAP_SHARED before fork() does change.
 */
#include "../check.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>

static int R; /* the notes' global variable */
static int file = -1;
static int *shared;

static void *work(void *unused)
{
	R = 42;
	file = need(open("/proc/self/exe", O_RDONLY));
	*shared = 42;
	return unused;
}

/* Is there a file behind this number, in this process? */
static int is_open(int fd)
{
	return fcntl(fd, F_GETFD) != -1;
}

int main(void)
{
	pthread_t thread;
	pid_t child;
	int next;

	shared = need_ptr(mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
			       MAP_SHARED | MAP_ANONYMOUS, -1, 0));

	need0(pthread_create(&thread, NULL, work, NULL));
	need0(pthread_join(thread, NULL));
	say("after the thread: R = %d, descriptor %d is %s", R, file,
	    is_open(file) ? "open" : "not open");
	check(R == 42, "S14 S184",
	      "a global variable that one thread sets all threads see");
	check(is_open(file), "S14", "a file that one thread opens all can use");

	next = file; /* the lowest free number, so the child gets it again */
	close(file);
	file = -1;
	R = 0;
	*shared = 0;
	child = need(fork());
	if (!child) {
		work(NULL);
		say("in the child:     R = %d, descriptor %d is %s", R, file,
		    is_open(file) ? "open" : "not open");
		_exit(R == 42 && file == next ? 0 : 1);
	}
	need0(ended(child));
	say("after the child:  R = %d, descriptor %d is %s, shared word = %d",
	    R, next, is_open(next) ? "open" : "not open", *shared);
	check(R == 0, "S14 S184",
	      "after fork() a global variable is a copy: the notes are wrong");
	check(!is_open(next), "S14",
	      "a file that the child opens is not open in the parent");
	check(*shared == 42, "S184",
	      "a word in shared memory is what the notes' R would have to be");
	return done();
}

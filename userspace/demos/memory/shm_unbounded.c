// SPDX-License-Identifier: GPL-2.0-only
/*
 * shm_unbounded: a buffer without bound, until the memory is used up.
 *
 * Notes: S53 (003:77)
 * Watch: the object grows whenever the producer needs room. A producer puts
 *        100000 items while nobody takes one; then the consumer takes them and
 *        waits for more; then a producer never stops, where /dev/shm has 1 MiB.
 * See:   the producer never waits, the consumer does. "Realistic?" ask the
 *        notes: the bound is there, it is the size of the memory (ENOSPC).
 */
#include "../check.h"
#include <fcntl.h>
#include <sched.h>
#include <semaphore.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#define NAME "/shm_unbounded"
#define MOST (1L << 26) /* addresses, not memory: they cost nothing */
#define STEP 65536
#define ITEMS 100000

static struct buffer {
	sem_t items;
	long in, out; /* they only grow */
	long size;
	int item[];
} * buffer;
static int object;

static void make_buffer(void)
{
	object = need(shm_open(NAME, O_CREAT | O_EXCL | O_RDWR, 0600));
	need0(posix_fallocate(object, 0, STEP));
	buffer = need_ptr(mmap(NULL, MOST, PROT_READ | PROT_WRITE, MAP_SHARED,
			       object, 0));
	need(sem_init(&buffer->items, 1, 0));
	buffer->size = STEP;
}

/* Never waits. Returns 0, or why the object cannot grow. */
static int put(int number)
{
	int error;

	if ((char *)&buffer->item[buffer->in + 1] >
	    (char *)buffer + buffer->size) {
		error = posix_fallocate(object, buffer->size, STEP);
		if (error)
			return error;
		buffer->size += STEP;
	}
	buffer->item[buffer->in++] = number;
	need(sem_post(&buffer->items));
	return 0;
}

static int take(void)
{
	need(sem_wait(&buffer->items));
	return buffer->item[buffer->out++];
}

/* In a mount namespace of its own, so that only this child is short. */
static int produce_for_ever(void)
{
	int error, n = 0;

	need(unshare(CLONE_NEWNS));
	need(mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL));
	need(mount("tmpfs", "/dev/shm", "tmpfs", 0, "size=1m"));
	make_buffer();
	while (buffer->size < MOST && !(error = put(n)))
		n++;
	say("/dev/shm of 1 MiB: %d items, then: %s", n, strerror(error));
	return error;
}

int main(void)
{
	int right = 0, asleep, woken, at_end;
	struct stat status;
	pid_t child;

	make_buffer();
	child = need(fork());
	if (!child) {
		for (int i = 0; i < ITEMS; i++)
			need0(put(i));
		_exit(0);
	}
	need0(ended(child));
	need(fstat(object, &status));
	say("%ld items put, none taken; the object has grown to %ld bytes",
	    buffer->in, (long)status.st_size);
	check(buffer->in == ITEMS && buffer->out == 0 &&
		      status.st_size > (long)(ITEMS * sizeof(int)),
	      "S53", "the producer of an unbounded buffer never waits");

	child = need(fork());
	if (!child) {
		for (int i = 0; i < ITEMS; i++)
			right += take() == i;
		_exit(right == ITEMS && take() == -1 ? 0 : 1);
	}
	until(state_of(child) == 'Z' ||
	      (buffer->out == ITEMS && asleep_in(child, SYS_futex)));
	asleep = asleep_in(child, SYS_futex);
	need0(put(-1));
	woken = ended(child);
	say("the consumer took them all, then slept: %s",
	    asleep ? "yes" : "no");
	check(asleep && woken == 0, "S53",
	      "its consumer may have to wait for new items");
	need(shm_unlink(NAME));

	child = need(fork());
	if (!child)
		_exit(produce_for_ever());
	at_end = ended(child);
	check(at_end == ENOSPC, "S53",
	      "it is bounded after all: by the memory, with ENOSPC");
	return done();
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * shm_reader_first: a reader that comes before the writer.
 *
 * Notes: S137 (000:237)
 * Watch: the reader runs first and tells at each step what it finds.
 * See:   no object (ENOENT), then an object of size 0, then memory with nothing
 *        in it, then the text. "The same name opens the same region", but a
 *        reader has to wait three times before it may trust it.
 */
#include "../check.h"
#include <fcntl.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/stat.h>

#define NAME "/shm_reader_first"

struct region {
	atomic_int ready;
	char text[32];
};

static int report_to;

static void tell(long value)
{
	need(write(report_to, &value, sizeof(value)));
}

static long told(int from)
{
	long value = -1;

	need(read(from, &value, sizeof(value)));
	return value;
}

static void reader(void)
{
	struct region *region;
	struct stat status;
	int fd;

	fd = shm_open(NAME, O_RDONLY, 0);
	tell(fd == -1 ? errno : 0);
	while (fd == -1) {
		sleep_ms(1);
		fd = shm_open(NAME, O_RDONLY, 0);
	}
	need(fstat(fd, &status));
	tell(status.st_ino);
	tell(status.st_size);
	while (status.st_size == 0) {
		sleep_ms(1);
		need(fstat(fd, &status));
	}
	region = need_ptr(
		mmap(NULL, sizeof(*region), PROT_READ, MAP_SHARED, fd, 0));
	tell(atomic_load(&region->ready));
	while (!atomic_load(&region->ready))
		sleep_ms(1);
	_exit(strcmp(region->text, "worth waiting for") ? 1 : 0);
}

int main(void)
{
	long error, inode, size, ready;
	struct region *region;
	struct stat status;
	int report[2], fd;
	pid_t child;

	need(pipe(report));
	report_to = report[1];
	child = need(fork());
	if (!child)
		reader();
	error = told(report[0]);
	say("reader, before there is a writer: %s", strerror(error));
	check(error == ENOENT, "S137", "a reader that is first gets ENOENT");

	fd = need(shm_open(NAME, O_CREAT | O_RDWR, 0600));
	need(fstat(fd, &status));
	inode = told(report[0]);
	size = told(report[0]);
	say("it tried again: inode %ld (the writer's is %lu), size %ld", inode,
	    (unsigned long)status.st_ino, size);
	check(inode == (long)status.st_ino && size == 0, "S137",
	      "the same name opens the same object, which may be empty yet");

	need(ftruncate(fd, sizeof(*region)));
	region = need_ptr(mmap(NULL, sizeof(*region), PROT_READ | PROT_WRITE,
			       MAP_SHARED, fd, 0));
	ready = told(report[0]);
	strcpy(region->text, "worth waiting for");
	atomic_store(&region->ready, 1);
	say("it waited for a size, then saw ready = %ld, and waited for 1",
	    ready);
	check(ready == 0 && ended(child) == 0, "S137",
	      "with retries and a flag it gets the whole text");
	need(shm_unlink(NAME));
	return done();
}

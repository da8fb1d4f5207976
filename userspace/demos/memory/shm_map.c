// SPDX-License-Identifier: GPL-2.0-only
/*
 * shm_map: mmap() shows an object at an address, each process has its own.
 *
 * Notes: S132 (000:175)
 * Watch: parent and child map one object each for itself and store to it; then
 *        the flag MAP_PRIVATE, the argument offset and the protection.
 * See:   two addresses, one contents. So pointers into the region must not be
 *        stored in it: to the other process they point somewhere else.
 */
#include "../check.h"
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>

#define NAME "/shm_map"

struct page {
	char text[64];
	struct page *address_in_child;
};

static struct page *map(int fd, int prot, int flags, off_t offset)
{
	return need_ptr(mmap(NULL, 4096, prot, flags, fd, offset));
}

int main(void)
{
	int fd = need(shm_open(NAME, O_CREAT | O_RDWR, 0600)), status;
	struct page *mine, *private, *second, *readable;
	pid_t child;

	need(ftruncate(fd, 2 * 4096));
	mine = map(fd, PROT_READ | PROT_WRITE, MAP_SHARED, 0);
	child = need(fork());
	if (!child) {
		/* The inherited one is still there, so this is elsewhere. */
		struct page *page =
			map(fd, PROT_READ | PROT_WRITE, MAP_SHARED, 0);

		need(munmap(mine, 4096));
		strcpy(page->text, "stored by the child");
		page->address_in_child = page;
		_exit(0);
	}
	status = ended(child);
	say("parent: \"%s\" at %p", mine->text, (void *)mine);
	say("child:  stored it at %p", (void *)mine->address_in_child);
	check(status == 0 && mine->address_in_child != mine &&
		      !strcmp(mine->text, "stored by the child"),
	      "S132", "two processes, two addresses, the same contents");

	private = map(fd, PROT_READ | PROT_WRITE, MAP_PRIVATE, 0);
	strcpy(private->text, "for me alone");
	say("MAP_PRIVATE: \"%s\", the object: \"%s\"", private->text,
	    mine->text);
	check(!strcmp(private->text, "for me alone") &&
		      !strcmp(mine->text, "stored by the child"),
	      "S132", "a store to a MAP_PRIVATE mapping is not shared");

	need(pwrite(fd, "page two", 9, 4096));
	second = map(fd, PROT_READ, MAP_SHARED, 4096);
	say("from offset 4096 on: \"%s\"", second->text);
	check(!strcmp(second->text, "page two"), "S132",
	      "offset says where in the object the mapping begins");

	readable = map(fd, PROT_READ, MAP_SHARED, 0);
	child = need(fork());
	if (!child) {
		strcpy(readable->text, "not allowed");
		_exit(0);
	}
	status = ended(child);
	say("a store to a PROT_READ mapping: status %d (128 + SIGSEGV is %d)",
	    status, 128 + SIGSEGV);
	check(status == 128 + SIGSEGV, "S132",
	      "prot says what may be done with the mapping");
	need(shm_unlink(NAME));
	return done();
}

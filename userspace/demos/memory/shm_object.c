// SPDX-License-Identifier: GPL-2.0-only
/*
 * shm_object: what is mapped is the object, and it is mapped into the address
 * space.
 *
 * Notes: S339 (000:176)
 * Watch: /proc/self/maps before mmap(), after it and after munmap().
 * See:   the notes say "map the memory-mapped file into shared memory". There
 *        is no such second thing: the object is the shared memory, mmap() gives
 *        it a place in this process's addresses, munmap() takes the place away.
 */
#include "../check.h"
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#define NAME "/shm_object"

/* The address at which the object with this inode is mapped, or 0. */
static unsigned long address_of(ino_t inode, char *line, int size)
{
	FILE *maps = need_ptr(fopen("/proc/self/maps", "r"));
	unsigned long address, number, found = 0;

	while (!found && fgets(line, size, maps))
		if (strstr(line, "/dev/shm" NAME) &&
		    sscanf(line, "%lx-%*x %*s %*x %*s %lu", &address,
			   &number) == 2 &&
		    number == inode)
			found = address;
	fclose(maps);
	if (!found)
		strcpy(line, "not there");
	line[strcspn(line, "\n")] = 0;
	return found;
}

int main(void)
{
	int fd = need(shm_open(NAME, O_CREAT | O_RDWR, 0600));
	unsigned long before, mapped, after;
	char line[256], text[6] = "";
	struct stat status;
	char *place;

	need(ftruncate(fd, 4096));
	need(fstat(fd, &status));
	before = address_of(status.st_ino, line, sizeof(line));
	say("before:  %s", line);
	place = need_ptr(
		mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
	mapped = address_of(status.st_ino, line, sizeof(line));
	say("mapped:  %s", line);
	check(before == 0 && mapped == (unsigned long)place, "S339",
	      "mmap() gives the object a place in the address space");

	strcpy(place, "hello");
	need(pread(fd, text, 5, 0));
	say("stored through the pointer, read from the object: \"%s\"", text);
	check(!strcmp(text, "hello"), "S339",
	      "the mapping is the object itself, not a copy of it");

	need(munmap(place, 4096));
	after = address_of(status.st_ino, line, sizeof(line));
	say("after:   %s", line);
	memset(text, 0, sizeof(text));
	need(pread(fd, text, 5, 0));
	check(after == 0 && !strcmp(text, "hello"), "S339",
	      "munmap() takes the place away and leaves the object");
	need(shm_unlink(NAME));
	return done();
}

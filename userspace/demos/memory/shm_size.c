// SPDX-License-Identifier: GPL-2.0-only
/*
 * shm_size: ftruncate() gives an object its size, and nothing more.
 *
 * Notes: S131 (000:167), S338 (000:168)
 * Watch: a store into a new object; ftruncate(); the store again. Then stores
 *        and writes of 1, 2, 8 and 3 bytes, at odd places.
 * See:   a new object has size 0, a store into it is SIGBUS. The size is no
 *        "chunk unit" of reading and writing, as the notes say: any width goes.
 */
#include "../check.h"
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/stat.h>

#define NAME "/shm_size"

static long size_of(int fd)
{
	struct stat status;

	need(fstat(fd, &status));
	return status.st_size;
}

/* In a child, for it may be the last thing it does. */
static int try_store(volatile char *at)
{
	pid_t child = need(fork());

	if (!child) {
		*at = 'x';
		_exit(0);
	}
	return ended(child);
}

int main(void)
{
	int fd = need(shm_open(NAME, O_CREAT | O_RDWR, 0600));
	long size, before, after;
	unsigned char read_back[14];
	unsigned char *map;
	uint16_t two = 0x0202;
	uint64_t eight = 0x0808080808080808;
	int wide;

	map = need_ptr(
		mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
	size = size_of(fd);
	before = try_store((char *)map);
	say("size %ld: a store ended the process with %ld (128 + SIGBUS is %d)",
	    size, before, 128 + SIGBUS);
	check(size == 0 && before == 128 + SIGBUS, "S131",
	      "without ftruncate() a store gives SIGBUS");

	need(ftruncate(fd, 4096));
	size = size_of(fd);
	before = try_store((char *)map);
	after = try_store((char *)map + 4096);
	say("size %ld: a store in the first page %ld, behind it %ld", size,
	    before, after);
	check(size == 4096 && before == 0 && after == 128 + SIGBUS, "S131",
	      "with ftruncate() there is memory, as much as was asked for");

	map[0] = 0x01;
	memcpy(map + 1, &two, sizeof(two));
	memcpy(map + 3, &eight, sizeof(eight));
	need(pwrite(fd, "\x03\x03\x03", 3, 11));
	wide = need(pread(fd, read_back, sizeof(read_back), 0));
	say("1 + 2 + 8 bytes stored, 3 written, %d read in one piece", wide);
	check(wide == 14 && !memcmp(read_back,
				    "\1\2\2\10\10\10\10\10\10\10\10\3\3\3", 14),
	      "S338", "accesses of any width and at any place work");

	need(ftruncate(fd, 5));
	size = size_of(fd);
	need(ftruncate(fd, 8192));
	after = try_store((char *)map + 8191);
	say("sizes 5 and 8192 are as good; what was cut off is %d now", map[5]);
	check(size == 5 && size_of(fd) == 8192 && after == 0 && map[4] == 8 &&
		      map[5] == 0,
	      "S131 S338", "the size may be any number and may change");
	need(shm_unlink(NAME));
	return done();
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * shm_tmpfs: POSIX shared memory is a file that lives in memory.
 *
 * Notes: S128 (000:157)
 * Watch: stat() of /dev/shm/shm_tmpfs before and after shm_open(), and after a
 *        store through the mapping; then a plain open() and read() of it.
 * See:   an ordinary file of a file system that has no disk (tmpfs). Memory is
 *        taken page by page, when something is stored.
 */
#include "../check.h"
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>

#define NAME "/shm_tmpfs"
#define FILE_NAME "/dev/shm" NAME
#define SIZE (1 << 20)

int main(void)
{
	struct stat before, after, stored;
	int fd, file, missing;
	struct statfs fs;
	char text[6] = "";
	char *map;

	missing = stat(FILE_NAME, &before) == -1 && errno == ENOENT;
	fd = need(shm_open(NAME, O_CREAT | O_RDWR, 0600));
	need(ftruncate(fd, SIZE));
	need(stat(FILE_NAME, &after));
	say("before: %s; after: %s, %ld bytes, %ld in memory",
	    missing ? "no such file" : "it was there",
	    S_ISREG(after.st_mode) ? "a regular file" : "something else",
	    (long)after.st_size, (long)after.st_blocks * 512);
	check(missing && S_ISREG(after.st_mode) && after.st_size == SIZE,
	      "S128", "shm_open() makes a file in /dev/shm");

	need(fstatfs(fd, &fs));
	say("file system type %#lx (tmpfs is %#x), device %u:%u", fs.f_type,
	    TMPFS_MAGIC, major(after.st_dev), minor(after.st_dev));
	check(fs.f_type == TMPFS_MAGIC && major(after.st_dev) == 0, "S128",
	      "its file system is tmpfs, with no disk behind it");

	map = need_ptr(
		mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
	for (int page = 0; page < 10; page++)
		strcpy(map + page * 4096, "hello");
	need(stat(FILE_NAME, &stored));
	say("after stores to 10 pages: %ld bytes in memory",
	    (long)stored.st_blocks * 512);
	check(after.st_blocks == 0 && stored.st_blocks * 512 == 10 * 4096,
	      "S128", "a page takes memory when something is stored in it");

	file = need(open(FILE_NAME, O_RDONLY));
	need(lseek(file, 9 * 4096, SEEK_SET));
	need(read(file, text, 5));
	say("open() and read(), as of any file: \"%s\"", text);
	check(!strcmp(text, "hello"), "S128",
	      "what was stored is read from the file: it is mapped");
	need(shm_unlink(NAME));
	return done();
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * shm_by_hand: open, map, unmap, close: what is done by hand gets forgotten.
 *
 * Notes: S134 (000:250)
 * Watch: the same small task twice, ten calls each. By hand every way out needs
 *        its munmap() and close(), and one way lacks them. The other version
 *        has the compiler call them at the end of the scope (GNU C).
 * See:   ten descriptors and ten mappings are left behind by the first, none by
 *        the second, which is also shorter.
 */
#include "../check.h"
#include <dirent.h>
#include <fcntl.h>
#include <sys/mman.h>

#define NAME "/shm_by_hand"

static int *map(int fd)
{
	return need_ptr(
		mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
}

/* WRONG: one way out forgets both. */
static const int by_hand_begins = __LINE__;
static int add_by_hand(int n)
{
	int fd = need(shm_open(NAME, O_RDWR, 0));
	int *count = map(fd);
	int total;

	if (n == 0)
		return -1;
	if (n > 1000) {
		munmap(count, 4096);
		close(fd);
		return -1;
	}
	total = *count += n;
	munmap(count, 4096);
	close(fd);
	return total;
}
static const int by_hand_ends = __LINE__;

/* Written once, for all users of descriptors and pages. */
static void close_it(int *fd)
{
	close(*fd);
}

static void unmap_it(int **page)
{
	munmap(*page, 4096);
}

#define AT_END(function) __attribute__((cleanup(function)))

static const int with_help_begins = __LINE__;
static int add_with_help(int n)
{
	AT_END(close_it) int fd = need(shm_open(NAME, O_RDWR, 0));
	AT_END(unmap_it) int *count = map(fd);

	if (n == 0 || n > 1000)
		return -1;
	return *count += n;
}
static const int with_help_ends = __LINE__;

static int open_descriptors(void)
{
	DIR *dir = need_ptr(opendir("/proc/self/fd"));
	int n = 0;

	while (readdir(dir))
		n++;
	closedir(dir);
	return n;
}

static int mappings(void)
{
	FILE *maps = need_ptr(fopen("/proc/self/maps", "r"));
	char line[512];
	int n = 0;

	while (fgets(line, sizeof(line), maps))
		n += strstr(line, "/dev/shm" NAME) != NULL;
	fclose(maps);
	return n;
}

int main(void)
{
	int fds[3], maps[3], fd, total;

	fd = need(shm_open(NAME, O_CREAT | O_RDWR, 0600));
	need(ftruncate(fd, 4096));
	fds[0] = open_descriptors();
	maps[0] = mappings();
	for (int i = 0; i < 10; i++)
		add_by_hand(0);
	fds[1] = open_descriptors();
	maps[1] = mappings();
	for (int i = 0; i < 10; i++)
		add_with_help(0);
	total = add_with_help(7);
	fds[2] = open_descriptors();
	maps[2] = mappings();

	say("by hand, %d lines: left %d descriptors and %d mappings",
	    by_hand_ends - by_hand_begins - 1, fds[1] - fds[0],
	    maps[1] - maps[0]);
	check(fds[1] - fds[0] == 10 && maps[1] - maps[0] == 10, "S134",
	      "by hand: what one way out forgets stays until the process ends");
	say("with help, %d lines: left %d descriptors and %d mappings",
	    with_help_ends - with_help_begins - 1, fds[2] - fds[1],
	    maps[2] - maps[1]);
	check(fds[2] == fds[1] && maps[2] == maps[1] && total == 7, "S134",
	      "with a helper that cleans up nothing is left on any way out");
	need(shm_unlink(NAME));
	return done();
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * shm_anonymous: shared memory without a name, for relatives.
 *
 * Notes: S24 (000:12)
 * Watch: two pages are mapped before fork(), one MAP_SHARED, one MAP_PRIVATE;
 *        the child stores 7 in both.
 * See:   the parent finds the 7 in the shared page only. There is no name that
 *        another process could open, so only descendants can have the page.
 */
#include "../check.h"
#include <sys/mman.h>

static int *map_page(int flags)
{
	return need_ptr(mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			     flags | MAP_ANONYMOUS, -1, 0));
}

/* What /proc/self/maps has on the mapping that begins here. */
static void find_line(const void *page, char *line, int size)
{
	FILE *maps = need_ptr(fopen("/proc/self/maps", "r"));
	unsigned long begin = 0;

	while (begin != (unsigned long)page && fgets(line, size, maps))
		sscanf(line, "%lx", &begin);
	fclose(maps);
	line[strcspn(line, "\n")] = 0;
}

int main(void)
{
	int *shared = map_page(MAP_SHARED);
	int *private = map_page(MAP_PRIVATE);
	char line[256];
	pid_t child;

	child = need(fork());
	if (!child) {
		*shared = 7;
		*private = 7;
		_exit(0);
	}
	ended(child);
	say("after the child stored 7 in both: shared %d, private %d", *shared,
	    *private);
	check(*shared == 7 && *private == 0, "S24",
	      "a MAP_SHARED page is one page for both, a private one is copied");
	find_line(shared, line, sizeof(line));
	say("%s", line);
	check(strstr(line, "rw-s") && strstr(line, "(deleted)"), "S24",
	      "the shared page is an object that never had a name");
	return done();
}

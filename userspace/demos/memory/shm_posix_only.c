// SPDX-License-Identifier: GPL-2.0-only
/*
 * shm_posix_only: a program that asks for POSIX and gets nothing else.
 *
 * Notes: S127 (000:154)
 * Watch: _POSIX_C_SOURCE is defined before any header, so the headers show the
 *        names of POSIX.1-2008 and hide those that Linux adds.
 * See:   shared memory, a semaphore and fork() are all there; the system says
 *        which edition it follows (as getconf _POSIX_VERSION does) and which
 *        optional parts it has.
 */
#define _POSIX_C_SOURCE 200809L
#include "../check.h"
#include <fcntl.h>
#include <semaphore.h>
#include <sys/mman.h>

#define NAME "/shm_posix_only"

struct region {
	sem_t stored;
	char text[16];
};

/* These two are in the same headers, but not in POSIX.1-2008. */
#if defined(MAP_ANONYMOUS) || defined(O_DIRECT)
static const int linux_names_seen = 1;
#else
static const int linux_names_seen;
#endif

int main(void)
{
	int fd = need(shm_open(NAME, O_CREAT | O_RDWR, 0600)), works;
	long version = sysconf(_SC_VERSION);
	struct region *region;
	pid_t child;

	need(ftruncate(fd, sizeof(*region)));
	region = need_ptr(mmap(NULL, sizeof(*region), PROT_READ | PROT_WRITE,
			       MAP_SHARED, fd, 0));
	need(sem_init(&region->stored, 1, 0));
	child = need(fork());
	if (!child) {
		strcpy(region->text, "portable");
		need(sem_post(&region->stored));
		_exit(0);
	}
	need(sem_wait(&region->stored));
	works = !strcmp(region->text, "portable");
	ended(child);
	need(shm_unlink(NAME));
	say("the other process stored \"%s\"", region->text);
	check(works && !linux_names_seen, "S127",
	      "with the names of POSIX alone it works, Linux's own are hidden");

	say("_POSIX_VERSION of this system: %ld", version);
	check(version == 200809L, "S127",
	      "the system follows the edition of the IEEE standard of 2008");
	say("shared memory objects: %ld, mapped files: %ld, semaphores: %ld",
	    sysconf(_SC_SHARED_MEMORY_OBJECTS), sysconf(_SC_MAPPED_FILES),
	    sysconf(_SC_SEMAPHORES));
	say("typed memory objects, an option of POSIX: %ld (-1: it has none)",
	    sysconf(_SC_TYPED_MEMORY_OBJECTS));
	check(sysconf(_SC_SHARED_MEMORY_OBJECTS) == 200809L &&
		      sysconf(_SC_MAPPED_FILES) == 200809L &&
		      sysconf(_SC_SEMAPHORES) == 200809L,
	      "S127", "what the program uses is there as that edition says");
	return done();
}

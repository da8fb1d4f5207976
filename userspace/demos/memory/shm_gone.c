// SPDX-License-Identifier: GPL-2.0-only
/*
 * shm_gone: shm_unlink() takes the name; the memory stays while it is used.
 *
 * Notes: S133 (000:243)
 * Watch: a parent unlinks the object while its child has it mapped; then a new
 *        object of the same name is made.
 * See:   the name is gone at once, the two go on talking through their mapping,
 *        and the new object is another one.
 */
#include "../check.h"
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>

#define NAME "/shm_gone"

static int in_directory(void)
{
	return access("/dev/shm" NAME, F_OK) == 0;
}

int main(void)
{
	int before, after, error, fd, status;
	struct stat old, new;
	char *map, first;
	pid_t child;

	fd = need(shm_open(NAME, O_CREAT | O_RDWR, 0600));
	need(ftruncate(fd, 4096));
	map = need_ptr(
		mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
	child = need(fork());
	if (!child) {
		raise(SIGSTOP);
		strcpy(map, map[100] == 'q' ? "still here" : "no question");
		_exit(0);
	}
	need(waitpid(child, &status, WUNTRACED));

	before = in_directory();
	need(shm_unlink(NAME));
	after = in_directory();
	error = shm_open(NAME, O_RDWR, 0) == -1 ? errno : 0;
	say("in /dev/shm: %d before, %d after; shm_open(): %s", before, after,
	    strerror(error));
	check(before && !after && error == ENOENT, "S133",
	      "after shm_unlink() the name is gone");

	map[100] = 'q';
	need(kill(child, SIGCONT));
	ended(child);
	say("the child, after that: \"%s\"", map);
	check(!strcmp(map, "still here"), "S133",
	      "mappings that exist keep working");

	need(fstat(fd, &old));
	fd = need(shm_open(NAME, O_CREAT | O_EXCL | O_RDWR, 0600));
	need(ftruncate(fd, 4096));
	need(fstat(fd, &new));
	need(pread(fd, &first, 1, 0));
	say("same name again: inode %lu, the old one was %lu; first byte %d",
	    (unsigned long)new.st_ino, (unsigned long)old.st_ino, first);
	check(old.st_nlink == 0 && first == 0 && new.st_ino != old.st_ino,
	      "S133", "the name then makes a new, empty object");
	need(shm_unlink(NAME));
	return done();
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * shm_open_args: the three arguments of shm_open(), and what it returns.
 *
 * Notes: S130 (000:159)
 * Watch: a descriptor as of any file; the flags O_CREAT and O_EXCL; 0666 with
 *        umask 022; names with and without the slash.
 * See:   the umask is taken off the mode. "OS" of the notes works here; POSIX
 *        promises it only for "/OS", so write the slash.
 */
#include "../check.h"
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#define NAME "/shm_open_args"

static int open_error(const char *name, int flags)
{
	int fd = shm_open(name, flags, 0600);

	if (fd == -1)
		return errno;
	close(fd);
	return 0;
}

int main(void)
{
	int fd, lowest, missing, taken, two_slashes, no_slash;
	struct stat status, same;

	umask(022);
	missing = open_error(NAME, O_RDWR);
	lowest = need(dup(0));
	need(close(lowest));
	fd = need(shm_open(NAME, O_CREAT | O_RDWR, 0666));
	need(fstat(fd, &status));
	say("shm_open() returned %d", fd);
	check(fd >= 3 && fd == lowest && fcntl(fd, F_GETFD) == FD_CLOEXEC,
	      "S130",
	      "it returns a descriptor: the lowest free one, close-on-exec");
	say("mode 0666 with umask 022 is %#o", status.st_mode & 0777);
	check((status.st_mode & 0777) == 0644, "S130",
	      "the umask is taken off the mode");

	taken = open_error(NAME, O_CREAT | O_EXCL | O_RDWR);
	say("without O_CREAT: %s; with O_CREAT and O_EXCL again: %s",
	    strerror(missing), strerror(taken));
	check(missing == ENOENT && taken == EEXIST, "S130",
	      "the flags say whether to create, open or both");

	two_slashes = open_error("/shm/open_args", O_CREAT | O_RDWR);
	no_slash = need(shm_open(NAME + 1, O_RDWR, 0));
	need(fstat(no_slash, &same));
	say("\"/shm/open_args\": %s; \"%s\": inode %lu, as with the slash",
	    strerror(two_slashes), NAME + 1, (unsigned long)same.st_ino);
	check(two_slashes == EINVAL && same.st_ino == status.st_ino, "S130",
	      "a name has one slash, its first byte; glibc also takes none");
	need(shm_unlink(NAME));
	return done();
}

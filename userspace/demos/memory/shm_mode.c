// SPDX-License-Identifier: GPL-2.0-only
/*
 * shm_mode: the last argument of shm_open() says who may open the object.
 *
 * Notes: S135 (000:162)
 * Watch: root makes one object with 0600 and one with 0644; user 1000 opens
 *        both, for reading and for writing.
 * See:   EACCES wherever the mode has no bit for others, and also for a mapping
 *        with PROT_WRITE of what is open for reading only.
 */
#include "../check.h"
#include <fcntl.h>
#include <grp.h>
#include <sys/mman.h>
#include <sys/stat.h>

/* What a child that is user 1000 gets: 0, or the error. */
static int as_alice(const char *name, int flags, int prot)
{
	pid_t child = need(fork());
	int fd;

	if (child)
		return ended(child);
	need(setgroups(0, NULL));
	need(setgid(1000));
	need(setuid(1000));
	fd = shm_open(name, flags, 0);
	if (fd == -1)
		_exit(errno);
	if (mmap(NULL, 4096, prot, MAP_SHARED, fd, 0) == MAP_FAILED)
		_exit(errno);
	_exit(0);
}

static void make(const char *name, mode_t mode)
{
	int fd = need(shm_open(name, O_CREAT | O_EXCL | O_RDWR, mode));

	need(ftruncate(fd, 4096));
	need(close(fd));
}

int main(void)
{
	int read_600, read_644, write_644, map_644;

	umask(022);
	make("/shm_mode_600", 0600);
	make("/shm_mode_644", 0644);
	read_600 = as_alice("/shm_mode_600", O_RDONLY, PROT_READ);
	read_644 = as_alice("/shm_mode_644", O_RDONLY, PROT_READ);
	write_644 = as_alice("/shm_mode_644", O_RDWR, PROT_READ);
	map_644 = as_alice("/shm_mode_644", O_RDONLY, PROT_READ | PROT_WRITE);

	say("0600, another user reads:  %s", strerror(read_600));
	check(read_600 == EACCES, "S135",
	      "mode 0600 keeps other users out: EACCES");
	say("0644, another user reads:  %s", strerror(read_644));
	say("0644, another user writes: %s", strerror(write_644));
	check(read_644 == 0 && write_644 == EACCES, "S135",
	      "mode 0644 lets others read, and not write");
	say("0644, opened to read, mapped to write: %s", strerror(map_644));
	check(map_644 == EACCES, "S135",
	      "a mapping gets no more rights than its descriptor");
	need(shm_unlink("/shm_mode_600"));
	need(shm_unlink("/shm_mode_644"));
	return done();
}

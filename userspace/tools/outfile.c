// SPDX-License-Identifier: GPL-2.0-only
/*
 * outfile.c: writes beside the target and renames at the end; see outfile.h.
 *
 * Owns the only place where mboxctl creates files.  No locks; one thread,
 * and a signal handler that removes the temporary file where it has a name.
 * Called by file_recv.c.
 */
#include "outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libgen.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "transfer.h"

/* What the signal handler removes; NULL: nothing. */
static const char *volatile to_remove;

static const int ending_signals[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM,
				      SIGPIPE };

static void remove_and_end(int sig)
{
	if (to_remove)
		unlink(to_remove);
	/* The handler was one-shot: now the signal does what it always does. */
	raise(sig);
}

static void remove_on_signals(const char *name)
{
	struct sigaction action = { .sa_handler = remove_and_end,
				    .sa_flags = SA_RESETHAND | SA_NODEFER };
	size_t i;

	to_remove = name;
	for (i = 0; i < sizeof(ending_signals) / sizeof(*ending_signals); i++) {
		struct sigaction old;

		/* What was ignored, under nohup for instance, stays so. */
		if (!sigaction(ending_signals[i], NULL, &old) &&
		    old.sa_handler != SIG_IGN)
			sigaction(ending_signals[i], &action, NULL);
	}
}

/* The directory of the target; to be freed by the caller. */
static char *directory_of(const char *path)
{
	char *copy = strdup(path);
	char *dir = copy ? strdup(dirname(copy)) : NULL;

	free(copy);
	return dir;
}

/* Without a name, and able to get one later. */
static int open_nameless(const char *dir)
{
	char self[64];
	int fd = open(dir, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0666);

	if (fd < 0)
		return -1;
	snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	if (!access(self, F_OK))
		return fd;
	close(fd);
	return -1;
}

int outfile_open(struct outfile *out, const char *path)
{
	struct stat st;
	char *dir;
	int err;

	memset(out, 0, sizeof(*out));
	out->fd = -1;
	out->path = path;
	if (!stat(path, &st) && !S_ISREG(st.st_mode)) {
		errno = S_ISDIR(st.st_mode) ? EISDIR : ENOTSUP;
		return -1;
	}
	dir = directory_of(path);
	if (!dir)
		return -1;
	if (asprintf(&out->temp, "%s/.mboxctl-%016" PRIx64, dir,
		     random_number()) < 0) {
		out->temp = NULL;
		free(dir);
		return -1;
	}
	out->fd = open_nameless(dir);
	free(dir);
	if (out->fd >= 0)
		return 0;
	out->fd =
		open(out->temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (out->fd < 0) {
		err = errno;
		free(out->temp);
		out->temp = NULL;
		errno = err;
		return -1;
	}
	out->named = true;
	remove_on_signals(out->temp);
	return 0;
}

int outfile_write(struct outfile *out, const void *data, size_t len)
{
	const char *p = data;

	while (len) {
		ssize_t n = write(out->fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

int outfile_restart(struct outfile *out)
{
	if (ftruncate(out->fd, 0))
		return -1;
	return lseek(out->fd, 0, SEEK_SET) < 0 ? -1 : 0;
}

int outfile_publish(struct outfile *out)
{
	char self[64];

	/* The name must not be there before the bytes are. */
	if (fsync(out->fd) && errno != EINVAL && errno != EROFS)
		return -1;
	if (!out->named) {
		snprintf(self, sizeof(self), "/proc/self/fd/%d", out->fd);
		if (linkat(AT_FDCWD, self, AT_FDCWD, out->temp,
			   AT_SYMLINK_FOLLOW))
			return -1;
		out->named = true;
	}
	if (rename(out->temp, out->path))
		return -1;
	to_remove = NULL;
	out->named = false;
	outfile_discard(out);
	return 0;
}

void outfile_discard(struct outfile *out)
{
	if (out->named)
		unlink(out->temp);
	to_remove = NULL;
	out->named = false;
	if (out->fd >= 0)
		close(out->fd);
	out->fd = -1;
	free(out->temp);
	out->temp = NULL;
}

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * outfile.h: a file that appears whole, or not at all.
 *
 * Owns the temporary file beside the target.  Where the file system can, it
 * has no name until it is complete, so that not even SIGKILL leaves one;
 * elsewhere it has a name of its own, which signals that end the process
 * remove.  No locks; one thread, one such file at a time.  Used by
 * file_recv.c.
 */
#ifndef MBOXCTL_OUTFILE_H
#define MBOXCTL_OUTFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct outfile {
	const char *path; /* the target */
	char *temp; /* name of the temporary file beside it */
	int fd;
	bool named; /* the temporary file can be seen */
};

/* All return 0, or -1 with errno. */
int outfile_open(struct outfile *out, const char *path);
int outfile_write(struct outfile *out, const void *data, size_t len);
/* Forgets what was written. */
int outfile_restart(struct outfile *out);
/* Makes it the target, whatever was there; closes it. */
int outfile_publish(struct outfile *out);
/* Closes it and leaves nothing; nothing happens after outfile_publish(). */
void outfile_discard(struct outfile *out);

#endif /* MBOXCTL_OUTFILE_H */

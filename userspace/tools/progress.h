/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * progress.h: the bar that shows how far a file has come.
 *
 * Owns one line of the terminal at standard error; where that is no terminal
 * nothing is shown.  No colours, so NO_COLOR is honoured.  No locks; one
 * thread.  Used by file_send.c and file_recv.c.
 */
#ifndef MBOXCTL_PROGRESS_H
#define MBOXCTL_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
	const char *what; /* "sending" or "receiving" */
	uint64_t total; /* UINT64_MAX: not known */
	uint64_t start; /* ns of CLOCK_MONOTONIC */
	uint64_t drawn; /* when the bar was drawn last */
	bool shown; /* standard error is a terminal */
};

void progress_start(struct progress *p, const char *what, uint64_t total);
/* Draws at most ten times a second. */
void progress_update(struct progress *p, uint64_t done);
/* Takes the bar away; what is printed next stands at its place. */
void progress_clear(struct progress *p);
/*
 * Clears, and prints two lines on standard output:
 * sent 'vmlinuz': 8123456 bytes in 0.52 s, 15.6 MB/s
 * SHA-256 9f86d0...
 */
void progress_finish(struct progress *p, const char *done, const char *name,
		     uint64_t bytes, const char *digest);

#endif /* MBOXCTL_PROGRESS_H */

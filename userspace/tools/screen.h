/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * screen.h: a table that is shown again and again on standard output.
 *
 * On a terminal each table takes the place of the one before, as far as the
 * window is large enough; elsewhere they come one after the other.  Only the
 * sequences of ECMA-48 that move and erase are used.  No mode of the terminal
 * is changed, so that there is nothing to restore, however the program ends:
 * the cursor stands below the table.  No locks; one thread.  Used by
 * cmd_watch.c.
 */
#ifndef MBOXCTL_SCREEN_H
#define MBOXCTL_SCREEN_H

#include "table.h"

/* Starts as all zeroes. */
struct screen {
	bool live; /* standard output is a terminal that can be redrawn */
	bool drawn; /* there was a table before */
};

/* On a terminal, a change of its size ends screen_wait() from now on. */
void screen_start(struct screen *s);
/* Shows and flushes; false with errno if that fails. */
bool screen_show(struct screen *s, const struct table *t);
/* Sleeps until then, ns of CLOCK_MONOTONIC; false if it is to be shown anew. */
bool screen_wait(uint64_t until);

#endif /* MBOXCTL_SCREEN_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * look.h: looking at mailboxes without being in anybody's way.
 *
 * A handle that may send or receive counts: somebody could wait for its owner,
 * or not come to his end because of it.  So who only looks has one that may do
 * neither, and has it no longer than the look takes: an open handle keeps
 * mailbox and module.  No locks; one thread.  Used by cmd_stat.c and
 * cmd_watch.c.
 */
#ifndef MBOXCTL_LOOK_H
#define MBOXCTL_LOOK_H

#include "common.h"

/*
 * A handle with MBOX_ADMIN, which shows who waits, or where that is for others
 * one without any right; NULL with errno as mbox_open().
 */
struct mbox *open_to_look(const char *name);

/* What changed in a mailbox since the sample before. */
struct rates {
	bool known; /* it was in the sample before */
	double interval; /* seconds since then; never 0 */
	double sent; /* messages in a second, and so on */
	double received;
	double dropped;
};

struct sampled {
	struct mbox_status status;
	struct rates rates;
};

struct counters;

/* Starts as all zeroes; ends with sample_free(). */
struct sample {
	struct sampled *boxes; /* by name, or in the order asked for */
	size_t n;
	uint64_t taken; /* how many samples so far */
	struct counters *before; /* of the sample before, by id */
	size_t nbefore;
};

/*
 * sample_take() - look at mailboxes again
 * @s: the sample before, which becomes the new one
 * @names: which mailboxes, ended by NULL; none: all the caller could open
 *
 * In the first sample each of @names must be there.  Later one that is gone is
 * left out, and one that is there again is another mailbox with another id.
 *
 * Return: EXIT_OK, or an exit code with the reason explained; then @s can only
 * be freed.
 */
int sample_take(struct sample *s, char *const *names);
void sample_free(struct sample *s);

#endif /* MBOXCTL_LOOK_H */

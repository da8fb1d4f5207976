/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pairs.h: what pairs.c runs beside each other.
 *
 * Owns: the verbs of pairs-verbs.c, and what they share besides the mailbox they
 * are given.  Takes no locks.
 */
#ifndef TESTS_STRESS_PAIRS_H
#define TESTS_STRESS_PAIRS_H

#include "../uapi/box.h"

struct pair_verb {
	const char *name;
	void (*act)(int fd);
};

extern const struct pair_verb pair_verbs[];
extern const unsigned int pair_verbs_n;

/* One to many; one for messages with descriptors, and what they pass. */
extern int pair_fan, pair_passes, pair_sender;

#endif /* TESTS_STRESS_PAIRS_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * mbox_run.h: what the runner in mbox_test.c needs of mbox_proc.c and tests
 * do not.
 *
 * Takes no locks.
 */
#ifndef MBOX_RUN_H
#define MBOX_RUN_H

#include <sys/types.h>

/* A delay point left armed would stop the next test. */
void mbt_disarm_all(void);

#endif /* MBOX_RUN_H */

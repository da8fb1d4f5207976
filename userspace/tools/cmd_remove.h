/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cmd_remove.h: the common part of mboxctl rm and mboxctl destroy.
 *
 * Both open each NAME with ADMIN and do one thing to it.  No locks; one
 * thread.  Included by cmd_rm.c, which owns the function, and cmd_destroy.c.
 */
#ifndef MBOXCTL_CMD_REMOVE_H
#define MBOXCTL_CMD_REMOVE_H

#include "errors.h"

/* Goes on after a failure; returns the first exit code that is not 0. */
int remove_each(const struct command *cmd, int argc, char **argv,
		enum verb verb, int (*remove_one)(struct mbox *mb));

#endif /* MBOXCTL_CMD_REMOVE_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * serve.h: what mboxctl serve tells mboxctl call with the tag of an answer.
 */
#ifndef MBOXCTL_SERVE_H
#define MBOXCTL_SERVE_H

/*
 * The lower 8 bits are the status of the command as the shell has it: its exit
 * status, or 128 and the signal that ended it.  All else is 0, but for this:
 * the answer was longer than the caller's room.
 */
#define SERVE_CUT 0x100
#define SERVE_STATUS 0xff /* those lower 8 bits */

#endif /* MBOXCTL_SERVE_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * transfer.h: sending and receiving files as messages.
 *
 * Owns the rules that both sides keep: one file at a time goes into a
 * mailbox and one out of it, each side holding a lock; and how long one side
 * waits before it looks whether the other still lives.  The format is in
 * frame.h.  Also what cmd_pub.c has of cmd_send.c.  Used by cmd_send.c, cmd_recv.c
 * and cmd_pub.c.
 */
#ifndef MBOXCTL_TRANSFER_H
#define MBOXCTL_TRANSFER_H

#include "common.h"

/* What the command line asked for. */
struct transfer {
	const char *name; /* the mailbox */
	const char *path; /* the file; "-" is standard input */
	const char *timeout; /* the text of --timeout, or NULL */
	uint64_t timeout_ns; /* how long one message may take */
	uint32_t priority; /* send */
	bool sync; /* send: wait until the receiver has verified it */
	bool nowait; /* fail unless it can begin at once */
};

/*
 * send_messages() - each text is one message
 * @t: names the mailbox and says how long to wait
 * @to: the process that they go to instead, or 0
 * @how: how to send
 * @texts: ends with NULL.  If it is empty, standard input is sent
 * @whole: standard input is one message, not one a line
 *
 * Return: the exit code; an error has been explained.
 */
int send_messages(const struct transfer *t, pid_t to,
		  const struct mbox_send_options *how, char **texts,
		  bool whole);

/* Return exit codes, and have explained themselves. */
int file_send(const struct transfer *t);
int file_recv(const struct transfer *t);

/* Which line at the mailbox is waited in. */
enum side {
	SIDE_SEND = 0,
	SIDE_RECV = 1,
};

/*
 * transfer_lock() - wait until no other file goes this way
 * @t: names the mailbox and says how long to wait
 * @mailbox: its number, from mbox_status()
 * @side: into the mailbox, or out of it
 *
 * Return: EXIT_OK with the lock held until this process ends, else the exit
 * code.
 */
int transfer_lock(const struct transfer *t, uint64_t mailbox, enum side side);

/* The time until which to wait, 0 for ever. */
uint64_t transfer_limit(const struct transfer *t);
/* The next moment to look around: soon, but not after the limit. */
uint64_t transfer_slice(uint64_t limit);

/* 64 random bits. */
uint64_t random_number(void);

#endif /* MBOXCTL_TRANSFER_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * errors.h: from an errno to a sentence and an exit code.
 *
 * Owns the list of things that can fail and what must be known to explain
 * it.  No locks; one thread.  Used by every subcommand.
 */
#ifndef MBOXCTL_ERRORS_H
#define MBOXCTL_ERRORS_H

#include "common.h"

/* What failed; the verbs of the errno table in uapi/linux/mbox.h. */
enum verb {
	VERB_OPEN,
	VERB_CREATE, /* OPEN with CREATE */
	VERB_UNLINK,
	VERB_DESTROY,
	VERB_SEND,
	VERB_RECV,
	VERB_CALL,
	VERB_REPLY,
	VERB_STAT,
	VERB_LIST,
	VERB_INFO,
	VERB_SEND_TO,
	VERB_RECV_FROM,
	VERB_LINKS,
};

/* What it was tried on; members that say nothing are zero. */
struct subject {
	const char *name; /* the mailbox */
	pid_t pid; /* SEND_TO, RECV_FROM, LINKS: the process, or 0: any */
	uint32_t rights; /* OPEN: what was asked for */
	uint64_t len; /* SEND, CALL: bytes of the message; RECV: needed room */
	uint64_t room; /* RECV: room there was; CALL: for the answer */
	uint32_t priority; /* SEND, CALL */
	bool taken; /* CALL: a server has received the request */
	const char *timeout; /* the value of --timeout */
	struct mbox *mb; /* the handle, to look at what it allows */
	const struct mbox_attr *attr; /* CREATE */
};

/* Whether this handle is on a broadcast mailbox. */
bool is_broadcast(struct mbox *mb);

/* Longest sentence; names are at most 63 bytes. */
#define SENTENCE_SIZE 1024

/*
 * error_sentence() - what was wrong, with which value, and what to do
 *
 * Looks at the mailbox, the limits and the device where that tells more.
 *
 * Return: the exit code that goes with it; the sentence is in @buf.
 */
int error_sentence(char buf[SENTENCE_SIZE], enum verb verb, int err,
		   const struct subject *subject);

/* Prints the sentence on standard error; returns the exit code. */
int explain(enum verb verb, int err, const struct subject *subject);

#endif /* MBOXCTL_ERRORS_H */

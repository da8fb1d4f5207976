/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * errors_direct.h: the errors of messages from process to process.  No locks;
 * one thread.  Used by errors.c.
 */
#ifndef MBOXCTL_ERRORS_DIRECT_H
#define MBOXCTL_ERRORS_DIRECT_H

#include "errors.h"

/*
 * error_sentence() for VERB_SEND_TO and VERB_RECV_FROM: the exit code, or -1
 * where the sentence is that of any mailbox.
 */
int direct_sentence(char buf[SENTENCE_SIZE], enum verb verb, int err,
		    const struct subject *subject);

#endif /* MBOXCTL_ERRORS_DIRECT_H */

// SPDX-License-Identifier: GPL-2.0-only
/*
 * errors_direct.c: what can fail only where a process is addressed.
 *
 * Owns the wording for SEND_TO and RECV_FROM where it is not that of mailboxes.
 * No locks; one thread.  Called by errors.c.
 */
#include "errors_direct.h"

#include <errno.h>

static int no_such_process(char *buf, enum verb verb, pid_t pid)
{
	if (verb == VERB_SEND_TO)
		snprintf(
			buf, SENTENCE_SIZE,
			"there is no process %d here, or it has ended before it had the message. 'ps' shows those there are; a thread's number is none.",
			(int)pid);
	else
		snprintf(
			buf, SENTENCE_SIZE,
			"there is no process %d here, or it has ended, and no message of it is left.",
			(int)pid);
	return EXIT_AT_END;
}

static int too_long(char *buf, enum verb verb, const struct subject *s)
{
	if (verb == VERB_RECV_FROM)
		return -1;
	snprintf(
		buf, SENTENCE_SIZE,
		"the message has %llu bytes, and a process is sent at most %d. Send it in parts, or through a mailbox that both can open.",
		(unsigned long long)s->len, MBOX_DEFAULT_SIZE);
	return EXIT_FAILED;
}

static int would_wait(char *buf, enum verb verb, const struct subject *s)
{
	if (verb == VERB_SEND_TO)
		snprintf(
			buf, SENTENCE_SIZE,
			"process %d has not received what it was sent before, and --nowait forbids waiting. Wait for it, or leave --nowait out.",
			(int)s->pid);
	else
		snprintf(
			buf, SENTENCE_SIZE,
			"no message has come, and --nowait forbids waiting. Send one to this process, or leave --nowait out.");
	return EXIT_WOULD_WAIT;
}

static int timed_out(char *buf, enum verb verb, const struct subject *s)
{
	const char *timeout = s->timeout ? s->timeout : "the given time";

	if (verb == VERB_SEND_TO)
		snprintf(
			buf, SENTENCE_SIZE,
			"process %d has not received it, or made room for it, within %s. It was not sent.",
			(int)s->pid, timeout);
	else
		snprintf(buf, SENTENCE_SIZE,
			 "no message came to this process within %s.", timeout);
	return EXIT_TIMED_OUT;
}

int direct_sentence(char buf[SENTENCE_SIZE], enum verb verb, int err,
		    const struct subject *s)
{
	switch (err) {
	case ESRCH:
		return no_such_process(buf, verb, s->pid);
	case EPERM:
		snprintf(
			buf, SENTENCE_SIZE,
			"process %d is another user's: who may not send it a signal may not send it a message. Act as that user, or as root.",
			(int)s->pid);
		return EXIT_NO_RIGHT;
	case EACCES:
		snprintf(
			buf, SENTENCE_SIZE,
			"process %d has made the link one-way: it sends, and takes nothing. Do not answer it.",
			(int)s->pid);
		return EXIT_NO_RIGHT;
	case EEXIST:
		snprintf(
			buf, SENTENCE_SIZE,
			"there is a link to process %d, which carries both ways. Send without making it one-way.",
			(int)s->pid);
		return EXIT_FAILED;
	case EMSGSIZE:
		return too_long(buf, verb, s);
	case EOPNOTSUPP:
		snprintf(
			buf, SENTENCE_SIZE,
			"process %d was sent descriptors, which no process can be. Pass them through a mailbox that was created with --fds.",
			(int)s->pid);
		return EXIT_FAILED;
	case EAGAIN:
		return would_wait(buf, verb, s);
	case ETIMEDOUT:
		return timed_out(buf, verb, s);
	default:
		return -1;
	}
}

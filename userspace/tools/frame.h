/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * frame.h: how a file lies in messages.
 *
 * Owns the format; knows neither files nor mailboxes, so that it can be
 * tested alone.  No locks.  Used by file_send.c and file_recv.c.
 *
 * A file is one message BEGIN, any number of messages DATA, one message END,
 * in this order and of the same priority.  The tag of each names the
 * transfer and the kind:
 *
 *	bits 48-63	0x6d66, "mf"
 *	bits 2-47	number of the transfer, chosen at random by the sender
 *	bits 0-1	kind
 *
 * BEGIN is text, each line a word, a blank and a value:
 *
 *	mbox-file 1		the version of this format
 *	size 8123456		bytes of the file, or - if not known yet
 *	chunk 65536		bytes in each message DATA but the last
 *	reply mboxctl.4f...	mailbox for the receiver's answer, or -
 *	name vmlinuz		what the file was called; only to be shown
 *
 * DATA is bytes of the file and nothing else.  END is text:
 *
 *	size 8123456		bytes sent
 *	sha256 9f86d0...	their digest
 *
 * or one line "abort REASON".  The answer of the receiver is a message with
 * the tag of END, "ok" or "failed REASON".  In a mailbox of fixed size each
 * message is filled up with zero bytes.
 */
#ifndef MBOXCTL_FRAME_H
#define MBOXCTL_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mbox.h"

#define FRAME_BEGIN 0
#define FRAME_DATA 1
#define FRAME_END 2

/* The size of a file that comes from a pipe. */
#define FRAME_SIZE_UNKNOWN UINT64_MAX
/* A mailbox must take messages this long to carry files. */
#define FRAME_ROOM 256
/* Longest name and reason that is carried, with a terminating zero. */
#define FRAME_TEXT 64
/* 64 digits and a terminating zero. */
#define FRAME_DIGEST 65

struct frame_begin {
	uint64_t size;
	uint32_t chunk;
	char reply[MBOX_NAME_SIZE]; /* empty: no answer is wanted */
	char name[FRAME_TEXT];
};

struct frame_end {
	uint64_t size;
	char digest[FRAME_DIGEST];
	char abort[FRAME_TEXT]; /* not empty: the sender gave up */
};

uint64_t frame_tag(uint64_t transfer, unsigned int kind);
bool frame_is(uint64_t tag);
uint64_t frame_transfer(uint64_t tag);
unsigned int frame_kind(uint64_t tag);

/* Store the text in buf; return its length, at most FRAME_ROOM. */
size_t frame_put_begin(char buf[FRAME_ROOM], const struct frame_begin *begin);
size_t frame_put_end(char buf[FRAME_ROOM], const struct frame_end *end);
size_t frame_put_answer(char buf[FRAME_ROOM], const char *failure);

/* False where the text is not of this format; *out is complete if true. */
bool frame_get_begin(const void *data, size_t len, struct frame_begin *out);
bool frame_get_end(const void *data, size_t len, struct frame_end *out);
/* failure is empty if the answer is "ok". */
bool frame_get_answer(const void *data, size_t len, char failure[FRAME_TEXT]);

#endif /* MBOXCTL_FRAME_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * print.h: messages and answers on standard output, as mboxctl recv, peek and
 * call show them.  No locks; one thread.
 */
#ifndef MBOXCTL_PRINT_H
#define MBOXCTL_PRINT_H

#include "common.h"

/* How a message is shown. */
struct print_options {
	bool verbose; /* what the kernel stamped on it, too */
	bool raw; /* the bytes as they are, without a newline */
	bool escape; /* standard output is a terminal */
	bool json; /* an object a line, with all that is known */
};

/* Room for a message; starts as all zeroes, ends with free(bytes). */
struct print_buffer {
	unsigned char *bytes;
	size_t room;
};

/* Room for so many bytes at least; false without memory. */
bool print_buffer_grow(struct print_buffer *buffer, size_t room);

/* Prints a message and flushes; false with errno if that fails. */
bool show_message(const struct mbox_message *message, const void *bytes,
		  const struct print_options *options);
/* The same with an answer. */
bool show_answer(const struct mbox_answer *answer, const void *bytes,
		 const struct print_options *options);

#endif /* MBOXCTL_PRINT_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * input.h: a message from standard input, as mboxctl send and mboxctl call
 * take it.  No locks; one thread.
 */
#ifndef MBOXCTL_INPUT_H
#define MBOXCTL_INPUT_H

#include "print.h"

/*
 * read_whole() - all of standard input into the buffer
 * @buffer: starts as all zeroes, ends with free(bytes)
 * @len: where to store how many bytes it was
 *
 * Return: EXIT_OK, or another exit code; then it has complained.
 */
int read_whole(struct print_buffer *buffer, size_t *len);

#endif /* MBOXCTL_INPUT_H */

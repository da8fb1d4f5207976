// SPDX-License-Identifier: GPL-2.0-only
/*
 * input.c: a message from standard input; see input.h.
 *
 * No locks; one thread.  Called by cmd_send.c and cmd_call.c.
 */
#include "input.h"

#include <errno.h>
#include <string.h>

int read_whole(struct print_buffer *buffer, size_t *len)
{
	*len = 0;
	do {
		if (*len == buffer->room &&
		    !print_buffer_grow(buffer, *len ? 2 * *len : 65536)) {
			complain(
				"no memory for a message of more than %zu bytes.",
				*len);
			return EXIT_NO_ROOM;
		}
		*len += fread(buffer->bytes + *len, 1, buffer->room - *len,
			      stdin);
	} while (!feof(stdin) && !ferror(stdin));
	if (!ferror(stdin))
		return EXIT_OK;
	complain("standard input could not be read: %s.", strerror(errno));
	return EXIT_FAILED;
}

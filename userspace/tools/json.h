/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * json.h: a writer of JSON (RFC 8259), one document a line.
 *
 * It only writes, and as it goes.  The libraries for JSON build a tree first, and
 * a message that has left its mailbox must not be lost for want of memory; the
 * hard part, telling text from bytes, would be ours with them too.
 *
 * No locks; one thread.  Used by every subcommand with --json; what its objects
 * hold is in json_mbox.c.
 */
#ifndef MBOXCTL_JSON_H
#define MBOXCTL_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* How deep objects and arrays may lie in each other. */
#define JSON_DEPTH 8

/* Starts as all zeroes but for out. */
struct json {
	FILE *out; /* its error flag says whether all was written */
	unsigned int depth; /* how many objects and arrays are open */
	bool more; /* a comma belongs before the next value */
	char close[JSON_DEPTH]; /* how each of them ends */
};

/*
 * All write one value.  @name is that of the member if the innermost open
 * thing is an object, and NULL in an array and at the top; it is not escaped.
 */
void json_object(struct json *j, const char *name);
void json_array(struct json *j, const char *name);
/* Ends the innermost object or array; after the last one comes a newline. */
void json_end(struct json *j);

void json_null(struct json *j, const char *name);
void json_bool(struct json *j, const char *name, bool value);
/* All digits, also above 2^53, where some readers begin to round. */
void json_number(struct json *j, const char *name, uint64_t value);
/* With so many digits behind the point; the value is finite. */
void json_decimal(struct json *j, const char *name, double value, int digits);
/* What is no UTF-8 in it becomes U+FFFD; NULL becomes null. */
void json_string(struct json *j, const char *name, const char *text);
/*
 * Bytes that are UTF-8 are the string @name, any others the string
 * @name_base64 (RFC 4648, with padding), so none is lost.
 */
void json_bytes(struct json *j, const char *name, const void *bytes,
		size_t len);

#endif /* MBOXCTL_JSON_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * json_mbox.h: what mboxctl --json says of messages, mailboxes and limits.
 *
 * The members of an object have the names that they have in <linux/mbox.h>,
 * and their values too: numbers as the kernel gives them, but words where the
 * number is a constant, an array of words where it is a set of flags, and null
 * where the kernel does not tell the caller.  Who adds a member to a structure
 * of libmbox adds a line in json_mbox.c and one to the section JSON of
 * mboxctl(1); tests/host/cli/json.c compares all three.
 *
 * Each function writes the members into the object that is open, so that the
 * caller can add its own.  No locks; one thread.
 */
#ifndef MBOXCTL_JSON_MBOX_H
#define MBOXCTL_JSON_MBOX_H

#include "common.h"
#include "json.h"

/* @bytes are those of the message, as many as it has. */
void json_message(struct json *j, const struct mbox_message *message,
		  const void *bytes);
/* @bytes are those of the answer. */
void json_answer(struct json *j, const struct mbox_answer *answer,
		 const void *bytes);
void json_name_entry(struct json *j, const struct mbox_name_entry *entry);
void json_status(struct json *j, const struct mbox_status *status);
/* @comm is what its process is called, or NULL. */
void json_waiter(struct json *j, const struct mbox_waiter_entry *waiter,
		 const char *comm);
void json_time(struct json *j, const struct mbox_time_entry *entry);
void json_link(struct json *j, const struct mbox_link *link);
void json_limits(struct json *j, const struct mbox_limits *limits);

#endif /* MBOXCTL_JSON_MBOX_H */

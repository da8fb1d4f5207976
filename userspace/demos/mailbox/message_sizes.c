// SPDX-License-Identifier: GPL-2.0-only
/*
 * message_sizes: messages of fixed and of variable size.
 *
 * Notes: S19 (003:39)
 * Watch: two mailboxes, both for messages of 8 bytes: one up to, one exactly.
 * See:   the first takes 0, 3 and 8 bytes as they are, the second 8 only;
 *        9 are too many for both.
 */
#include "../check.h"

#include <mbox.h>

/* Sends so many bytes; returns how many arrive, or what error it is. */
static int try_size(struct mbox *mb, size_t size)
{
	char text[100];
	int ret;

	if (mbox_send(mb, "0123456789", size))
		ret = -errno;
	else
		ret = (int)need(mbox_recv(mb, text, sizeof(text)));
	if (ret < 0)
		say("%zu bytes: %s", size, strerror(-ret));
	else
		say("%zu bytes: sent, and %d received", size, ret);
	return ret;
}

int main(void)
{
	struct mbox_attr up_to = { .max_size = 8 };
	struct mbox_attr exactly = { .max_size = 8, .flags = MBOX_FIXED };
	const unsigned int flags = MBOX_SEND | MBOX_RECV | MBOX_NONBLOCK;
	struct mbox *variable, *fixed;
	int got[4];

	variable = need_ptr(mbox_create(NULL, flags, 0, &up_to));
	fixed = need_ptr(mbox_create(NULL, flags, 0, &exactly));

	say("variable size, at most 8:");
	got[0] = try_size(variable, 0);
	got[1] = try_size(variable, 3);
	got[2] = try_size(variable, 8);
	got[3] = try_size(variable, 9);
	check(got[0] == 0 && got[1] == 3 && got[2] == 8, "S19",
	      "variable: each message keeps its own length");
	check(got[3] == -EMSGSIZE, "S19", "but there is a largest one");

	say("fixed size, 8:");
	got[0] = try_size(fixed, 3);
	got[1] = try_size(fixed, 8);
	got[2] = try_size(fixed, 9);
	check(got[0] == -EINVAL && got[1] == 8 && got[2] == -EINVAL, "S19",
	      "fixed: shorter is refused, and so is longer");
	mbox_close(variable);
	mbox_close(fixed);
	return done();
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * buffer_issues: "what are some issues with the buffer?"
 *
 * Notes: S95 (003:211)
 * Watch: one question after the other: how large, how many, whose memory,
 *        whose bytes, in which order, and what if it is deleted?
 * See:   one answer for each.
 */
#include "../check.h"

#include <mbox.h>

#define ALICE 1000

static struct mbox_limits used_by_me(void)
{
	struct mbox_limits limits;

	need(mbox_limits(&limits));
	return limits;
}

int main(void)
{
	const struct mbox_attr attr = { .max_messages = 2, .max_size = 8 };
	const struct mbox_send_options high = { .priority = 9 };
	const unsigned int flags = MBOX_SEND | MBOX_RECV | MBOX_ADMIN |
				   MBOX_NONBLOCK;
	struct mbox_limits before, during;
	int empty, full, large, ret;
	struct mbox_status box;
	char text[8], buffer[8] = "original";
	struct mbox *mb;
	pid_t alice;

	mb = need_ptr(mbox_create(NULL, flags, 0, &attr));
	large = mbox_send(mb, "nine long", 9) ? errno : 0;
	say("how large? 9 bytes where 8 are the most: %s", strerror(large));
	check(large == EMSGSIZE, "S95", "size: a message has a largest size");

	empty = mbox_recv(mb, text, sizeof(text)) < 0 ? errno : 0;
	need(mbox_send(mb, "1", 1));
	need(mbox_send(mb, "2", 1));
	full = mbox_send(mb, "3", 1) ? errno : 0;
	say("how many? from an empty one: %s; to a full one: %s",
	    strerror(empty), strerror(full));
	check(empty == EAGAIN && full == EAGAIN, "S95",
	      "full and empty: someone has to wait, or to come again");
	need(mbox_recv(mb, text, sizeof(text)));
	need(mbox_recv(mb, text, sizeof(text)));

	before = used_by_me();
	alice = need(fork());
	if (!alice) {
		struct mbox_limits mine;

		need(setuid(ALICE));
		need(mbox_send(mb, buffer, sizeof(buffer)));
		mine = used_by_me();
		memset(buffer, '#', sizeof(buffer));
		_exit(mine.used_messages == 1 && mine.used_bytes >= 8 ? 0 : 1);
	}
	ret = ended(alice);
	during = used_by_me();
	need(mbox_status(mb, &box));
	say("whose memory? %d bytes, charged to alice; to root: %d",
	    (int)box.charged, (int)(during.used_bytes - before.used_bytes));
	check(ret == 0 && box.charged > 0 &&
		      during.used_bytes == before.used_bytes,
	      "S95", "memory: the sender pays for it, not the receiver");
	need(mbox_recv(mb, text, sizeof(text)));
	say("whose bytes? she changed hers, and ended; received: \"%.8s\"",
	    text);
	check(!memcmp(text, "original", 8), "S95",
	      "copies: the kernel's copy outlives the sender and its buffer");

	need(mbox_send(mb, "first", 5));
	need(mbox_send_with(mb, "urgent", 6, &high));
	need(mbox_recv(mb, text, sizeof(text)));
	say("which order? sent \"first\", then \"urgent\" of priority 9; "
	    "received: \"%.6s\"",
	    text);
	check(!memcmp(text, "urgent", 6), "S95",
	      "order: by priority, then by time");

	need(mbox_send(mb, "second", 6));
	need(mbox_destroy(mb));
	ret = mbox_recv(mb, text, sizeof(text)) < 0 ? errno : 0;
	during = used_by_me();
	say("deleted with 2 messages in it: %s; root's bytes: %+d",
	    strerror(ret), (int)(during.used_bytes - before.used_bytes));
	check(ret == EIDRM && during.used_messages == before.used_messages &&
		      during.used_bytes <= before.used_bytes,
	      "S95", "deletion: what it held is lost, its memory is free");
	mbox_close(mb);
	return done();
}

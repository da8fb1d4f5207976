// SPDX-License-Identifier: GPL-2.0-only
/*
 * frames.c: a sender of files that does it wrong, to see what mboxctl says.
 *
 * Usage: frames MAILBOX MESSAGE...
 *
 * Each MESSAGE is KIND:TEXT; KIND is 0, 1 or 2 for the kinds of message in
 * userspace/tools/frame.h, with the transfer's number 7, or "o" for a part of
 * another transfer.  In TEXT, \n is a newline.  All are sent by one process.
 * Owns nothing; no locks; one thread.  Called by tests/cli/files.sh.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "mbox.h"

static size_t unescape(char *text)
{
	char *to = text;
	const char *from;

	for (from = text; *from; from++) {
		if (from[0] == '\\' && from[1] == 'n') {
			*to++ = '\n';
			from++;
		} else {
			*to++ = *from;
		}
	}
	return (size_t)(to - text);
}

int main(int argc, char **argv)
{
	struct mbox *mb;
	int i;

	if (argc < 3) {
		fputs("usage: frames MAILBOX KIND:TEXT...\n", stderr);
		return 2;
	}
	mb = mbox_open(argv[1], MBOX_SEND);
	if (!mb) {
		perror(argv[1]);
		return 1;
	}
	for (i = 2; i < argc; i++) {
		struct mbox_send_options how = { 0 };
		char kind = argv[i][0];
		char *text = argv[i] + 2;

		if (!kind || argv[i][1] != ':') {
			fprintf(stderr, "frames: no kind in '%s'\n", argv[i]);
			return 2;
		}
		how.tag = 0x6d66ULL << 48 |
			  (kind == 'o' ? 8 << 2 | 1 : 7 << 2 | (kind - '0'));
		if (mbox_send_with(mb, text, unescape(text), &how)) {
			perror("frames: send");
			return 1;
		}
	}
	mbox_close(mb);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * packet_pipe: an ordinary pipe joins items, a packet pipe keeps them apart.
 *
 * Notes: S166 (003:147)
 * Watch: three words go into an ordinary pipe, then into one made with
 *        O_DIRECT, which keeps each write as a packet.
 * See:   one read of the ordinary pipe returns all words in one piece; from
 *        the packet pipe each read returns exactly one word.
 */
#include "../check.h"
#include <fcntl.h>

static const char *const words[] = { "one", "two", "three" };

/* Returns how many of the words came out complete, a read for each. */
static int complete_items(int flags)
{
	char text[100];
	int fd[2], complete = 0;

	need(pipe2(fd, flags | O_NONBLOCK));
	for (int i = 0; i < 3; i++)
		need(write(fd[1], words[i], strlen(words[i])));
	for (int i = 0; i < 3; i++) {
		ssize_t n = read(fd[0], text, sizeof(text) - 1);

		text[n < 0 ? 0 : n] = 0;
		say("read %d: %s", i + 1, n < 0 ? "nothing" : text);
		complete += !strcmp(text, words[i]);
	}
	return complete;
}

int main(void)
{
	say("an ordinary pipe:");
	check(complete_items(0) == 0, "S166",
	      "a stream does not give the items as they were produced");
	say("a packet pipe:");
	check(complete_items(O_DIRECT) == 3, "S166",
	      "a packet pipe produces and consumes complete items");
	return done();
}

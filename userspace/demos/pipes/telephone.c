// SPDX-License-Identifier: GPL-2.0-only
/*
 * telephone: full duplex: both sides send at the same time, on one channel.
 *
 * Notes: S110 (000:262), S191 (002:17), S192 (002:18), S337 (000:263)
 * Watch: first "several pipes", as the notes explain full duplex; then one
 *        socket pair on which both sides speak before either listens.
 * See:   several pipes the same way are still one way; only with one each way
 *        can both speak, see two_pipes. On the socket pair bytes are under way
 *        in both directions at one moment, and each side uses one descriptor.
 */
#include "../check.h"
#include <sys/ioctl.h>
#include <sys/socket.h>

/* WRONG: has the ends to read of two pipes; how many can it answer on? */
static int listener(int first, int second)
{
	return (write(first, "no", 2) == 2) + (write(second, "no", 2) == 2);
}

/* Says its word, waits until the other side lets it listen. */
static int speaker(int line, int go)
{
	char text[20] = "";

	need(write(line, "to parent", 9));
	need(read(go, text, 1));
	memset(text, 0, sizeof(text));
	need(read(line, text, sizeof(text) - 1));
	return strcmp(text, "to child") != 0;
}

int main(void)
{
	int one[2], two[2], line[2], go[2], down = 0, up = 0;
	char text[20] = "";
	pid_t pid;

	need(pipe(one));
	need(pipe(two));
	pid = need(fork());
	if (!pid)
		_exit(listener(one[0], two[0]));
	down = ended(pid);
	say("with two pipes from parent to child, the child can answer on %d",
	    down);
	check(down == 0, "S337",
	      "WRONG: several pipes at once do not make a channel two-way");

	need(pipe(go));
	need(socketpair(AF_UNIX, SOCK_STREAM, 0, line));
	pid = need(fork());
	if (!pid)
		_exit(speaker(line[1], go[0]));
	need(write(line[0], "to child", 8));
	until(ioctl(line[0], FIONREAD, &up) == 0 && up > 0);
	need(ioctl(line[1], FIONREAD, &down));
	say("under way at this moment: %d bytes to the child, %d to the parent",
	    down, up);
	check(down == 8 && up == 9, "S191 S192 S337",
	      "one socket pair carries both directions at the same time");

	need(write(go[1], "!", 1));
	need(read(line[0], text, sizeof(text) - 1));
	say("parent heard \"%s\"", text);
	check(ended(pid) == 0 && !strcmp(text, "to parent"), "S110 S191",
	      "each side hears the other, not itself");
	return done();
}

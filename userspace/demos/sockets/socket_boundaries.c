// SPDX-License-Identifier: GPL-2.0-only
/*
 * socket_boundaries: a stream of bytes, or messages: that depends on the type.
 *
 * Notes: S243 (003:254), S244 (003:256)
 * Watch: two bytes, then four are sent through each type of UNIX socket; then
 *        a program that reads one byte at a time, as from a stream.
 * See:   the stream delivers six at once; datagram and seqpacket two and four,
 *        and with them the wrong program loses four of six bytes. The notes
 *        say "unstructured stream of bytes" for all.
 */
#include "../check.h"
#include <sys/socket.h>

struct seen {
	ssize_t first, second; /* sizes of the first two reads */
	int bytes; /* what a reader of single bytes gets in all */
};

static struct seen try_type(int type, const char *name)
{
	struct seen seen = { 0 };
	char text[16];
	int fd[2];

	need(socketpair(AF_UNIX, type, 0, fd));
	need(send(fd[0], "AA", 2, 0));
	need(send(fd[0], "BBBB", 4, 0));
	seen.first = need(recv(fd[1], text, sizeof(text), 0));
	seen.second = recv(fd[1], text, sizeof(text), MSG_DONTWAIT);

	/* WRONG for messages: the rest of each is thrown away. */
	need(send(fd[0], "AA", 2, 0));
	need(send(fd[0], "BBBB", 4, 0));
	while (recv(fd[1], text, 1, MSG_DONTWAIT) == 1)
		seen.bytes++;
	say("%-9s reads: %zd, %zd; byte by byte: %d of 6", name, seen.first,
	    seen.second, seen.bytes);
	close(fd[0]);
	close(fd[1]);
	return seen;
}

int main(void)
{
	struct seen stream = try_type(SOCK_STREAM, "stream");
	struct seen dgram = try_type(SOCK_DGRAM, "datagram");
	struct seen seq = try_type(SOCK_SEQPACKET, "seqpacket");
	int fd[2];

	check(stream.first == 6 && stream.second == -1 && stream.bytes == 6,
	      "S243 S244", "a stream is bytes: two and four arrive as six");
	check(dgram.first == 2 && dgram.second == 4, "S243 S244",
	      "datagrams are messages: two and four arrive as two and four");
	check(seq.first == 2 && seq.second == 4, "S243 S244",
	      "so are the messages of a seqpacket socket");
	check(dgram.bytes == 2 && seq.bytes == 2, "S243",
	      "who reads messages like a stream loses the rest of each");

	/* What tells seqpacket and datagram apart: a connection can end. */
	need(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fd));
	close(fd[0]);
	check(recv(fd[1], &(char){ 0 }, 1, MSG_DONTWAIT) == 0, "S244",
	      "seqpacket has messages and a connection: its end is seen");
	return done();
}

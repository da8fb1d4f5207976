// SPDX-License-Identifier: GPL-2.0-only
/*
 * duplex_table: simplex, half duplex and full duplex, tried out.
 *
 * Notes: S191 (002:17), S192 (002:18), S193 (002:19), S336 (001:103)
 * Watch: three channels, each with a side A and a side B that use one
 *        descriptor each: who can send to whom, and can both send at once?
 * See:   a pipe is simplex. The notes call it half duplex, but half duplex
 *        means both ways in turn, as with a FIFO that both sides open to read
 *        and write. A socket pair is full duplex.
 */
#include "../check.h"
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>

#define FIFO "duplex_table.fifo"

struct result {
	int a_to_b, b_to_a, at_once;
};

static int carries(int from, int to)
{
	char byte = 0;

	return write(from, "x", 1) == 1 && read(to, &byte, 1) == 1;
}

/* Both speak before either listens: does each hear the other? */
static int at_once(int a, int b)
{
	char heard_by_a = 0, heard_by_b = 0;

	return write(a, "A", 1) == 1 && write(b, "B", 1) == 1 &&
	       read(a, &heard_by_a, 1) == 1 && read(b, &heard_by_b, 1) == 1 &&
	       heard_by_a == 'B' && heard_by_b == 'A';
}

static struct result try(const char *name, int a, int b)
{
	struct result r;

	need(fcntl(a, F_SETFL, O_NONBLOCK));
	need(fcntl(b, F_SETFL, O_NONBLOCK));
	r.a_to_b = carries(a, b);
	r.b_to_a = carries(b, a);
	r.at_once = at_once(a, b);
	say("%-12s %-8s %-8s %s", name, r.a_to_b ? "yes" : "no",
	    r.b_to_a ? "yes" : "no", r.at_once ? "yes" : "no");
	return r;
}

int main(void)
{
	struct result pipe_result, fifo_result, pair_result;
	int fd[2];

	say("%-12s %-8s %-8s %s", "channel", "A to B", "B to A",
	    "both at once");
	need(pipe(fd));
	pipe_result = try("pipe", fd[1], fd[0]);

	unlink(FIFO);
	need(mkfifo(FIFO, 0600));
	fd[0] = need(open(FIFO, O_RDWR));
	fd[1] = need(open(FIFO, O_RDWR));
	need(unlink(FIFO));
	fifo_result = try("shared FIFO", fd[1], fd[0]);

	need(socketpair(AF_UNIX, SOCK_STREAM, 0, fd));
	pair_result = try("socket pair", fd[1], fd[0]);

	check(pipe_result.a_to_b && !pipe_result.b_to_a, "S193 S336",
	      "a pipe is simplex: never B to A, not even in turn");
	check(fifo_result.a_to_b && fifo_result.b_to_a && !fifo_result.at_once,
	      "S192 S336",
	      "one stream for both sides is half duplex: in turn only");
	check(pair_result.a_to_b && pair_result.b_to_a && pair_result.at_once,
	      "S191 S336", "a socket pair is full duplex: both at once");
	return done();
}

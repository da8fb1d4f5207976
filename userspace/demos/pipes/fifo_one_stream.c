// SPDX-License-Identifier: GPL-2.0-only
/*
 * fifo_one_stream: a named pipe is one stream too, not a two-way channel.
 *
 * Notes: S181 (002:71)
 * Watch: a FIFO is opened to write, to read, and to read and write; then two
 *        FIFOs are used, one for each direction.
 * See:   a writer cannot read (EBADF), and who opens it for both reads its own
 *        bytes. The notes call it two-way: that takes two FIFOs.
 */
#include "../check.h"
#include <fcntl.h>
#include <sys/stat.h>

#define DOWN "fifo_one_stream.down"
#define UP "fifo_one_stream.up"

/* Answers what it reads from DOWN, with a letter more, through UP. */
static int child(void)
{
	int in = need(open(DOWN, O_RDONLY)), out = need(open(UP, O_WRONLY));
	char text[20] = "";

	need(read(in, text, sizeof(text) - 2));
	strcat(text, "!");
	need(write(out, text, strlen(text)));
	return 0;
}

int main(void)
{
	int reader, writer, both, saved;
	char text[20] = "";
	ssize_t n;
	pid_t pid;

	unlink(DOWN);
	unlink(UP);
	need(mkfifo(DOWN, 0600));
	need(mkfifo(UP, 0600));

	reader = need(open(DOWN, O_RDONLY | O_NONBLOCK));
	writer = need(open(DOWN, O_WRONLY));
	n = read(writer, text, 1);
	saved = errno;
	say("the writer reads: %s", strerror(saved));
	check(n == -1 && saved == EBADF, "S181",
	      "WRONG: who opened the FIFO to write cannot read");
	need(close(reader));
	need(close(writer));

	both = need(open(DOWN, O_RDWR));
	need(write(both, "my own", 6));
	need(read(both, text, sizeof(text)));
	say("opened to read and write: wrote and read back \"%s\"", text);
	check(!strcmp(text, "my own"), "S181",
	      "WRONG: who opened it for both reads back its own bytes");
	need(close(both));

	pid = need(fork());
	if (!pid)
		_exit(child());
	writer = need(open(DOWN, O_WRONLY));
	reader = need(open(UP, O_RDONLY));
	need(write(writer, "hello", 5));
	memset(text, 0, sizeof(text));
	need(read(reader, text, sizeof(text) - 1));
	say("two FIFOs: sent \"hello\" down, got \"%s\" up", text);
	check(ended(pid) == 0 && !strcmp(text, "hello!"), "S181",
	      "with one FIFO for each direction both sides hear each other");
	need(unlink(DOWN));
	need(unlink(UP));
	return done();
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * who_blocks: which read() waits for data that has not been sent yet?
 *
 * Notes: S189 (002:31)
 * Watch: for each kind of channel a child that reads before anything has been
 *        written. The parent looks at what the child does, then writes.
 * See:   pipe, FIFO, socket and mailbox make the child sleep, and wake it up
 *        with the data; a file says "end of file" at once.
 */
#include "../check.h"

#include <fcntl.h>
#include <mbox.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>

/* Exit status: the byte it read, or 0 if the read returned without one. */
static pid_t start_reader(int fd)
{
	pid_t pid = need(fork());
	char text[16];

	if (pid)
		return pid;
	if (need(read(fd, text, sizeof(text))) == 0)
		_exit(0);
	_exit(text[0]);
}

/* 1: it slept until the byte was written; 0: end of file; -1: an error. */
static int blocks(const char *what, int read_fd, int write_fd, char byte)
{
	pid_t pid = start_reader(read_fd);
	int status;

	until(asleep_in(pid, SYS_read) || state_of(pid) == 'Z');
	if (state_of(pid) == 'Z') {
		status = ended(pid);
		say("%-8s read() returned at once, without data", what);
		return status == 0 ? 0 : -1;
	}
	need(write(write_fd, &byte, 1));
	status = ended(pid);
	say("%-8s read() slept until '%c' was written, and got '%c'", what,
	    byte, status);
	return status == byte ? 1 : -1;
}

int main(void)
{
	char dir[] = "/tmp/who_blocks-XXXXXX";
	int fd[2], it_does;
	struct mbox *box;

	need(chdir(need_ptr(mkdtemp(dir))));

	need(pipe(fd));
	it_does = blocks("pipe:", fd[0], fd[1], 'p');
	check(it_does == 1, "S189", "a pipe makes the receiver wait");

	need(mkfifo("fifo", 0600));
	fd[0] = need(open("fifo", O_RDWR));
	it_does = blocks("FIFO:", fd[0], fd[0], 'f');
	check(it_does == 1, "S189", "a FIFO makes the receiver wait");

	need(socketpair(AF_UNIX, SOCK_STREAM, 0, fd));
	it_does = blocks("socket:", fd[0], fd[1], 's');
	check(it_does == 1, "S189", "a socket makes the receiver wait");

	box = need_ptr(mbox_create(NULL, MBOX_SEND | MBOX_RECV, 0, NULL));
	it_does = blocks("mailbox:", mbox_fd(box), mbox_fd(box), 'm');
	check(it_does == 1, "S189", "a mailbox makes the receiver wait");
	mbox_close(box);

	fd[0] = need(open("file", O_RDWR | O_CREAT, 0600));
	it_does = blocks("file:", fd[0], fd[0], 'x');
	check(it_does == 0, "S189", "a file does not make the receiver wait");

	need(unlink("fifo"));
	need(unlink("file"));
	need(rmdir(dir));
	return done();
}

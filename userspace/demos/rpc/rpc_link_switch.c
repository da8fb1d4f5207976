// SPDX-License-Identifier: GPL-2.0-only
/*
 * rpc_link_switch: a program calls a function, and the linker decides where.
 *
 * Notes: S274 (000:338), S276 (000:341)
 * Watch: caller.c says add(2, 3). Its object is linked with the function
 *        (functions.c: program add_local) and with the stub of the function
 *        (client_stub.c, link.c: program add_remote). Here is the server, with
 *        server_stub.c and the function, on the mailbox "rpc".
 * See:   both print 5. For add_remote another process has computed it; without
 *        a server it cannot.
 */
#include "../check.h"

#include <mbox.h>
#include <sys/mman.h>

#include "stubs.h"

struct board {
	int calls;
	pid_t worker;
};

static struct board *board; /* shared with the server */

static int add_here(int a, int b)
{
	board->calls++;
	board->worker = getpid();
	return a + b;
}

static void serve(struct link *link)
{
	const struct procedures procedures = { .add = add_here };
	char call[MESSAGE_ROOM], reply[MESSAGE_ROOM];
	ssize_t len;

	while ((len = link_recv(link, call, sizeof(call))) > 0) {
		len = answer(&procedures, call, len, reply, sizeof(reply));
		link_send(link, reply, len);
	}
	_exit(1);
}

/* What the program prints. */
static int run(const char *program)
{
	int fd[2], number = 0;
	char text[20] = "";
	pid_t pid;

	need(pipe(fd));
	pid = need(fork());
	if (!pid) {
		dup2(fd[1], STDOUT_FILENO);
		close(fd[0]);
		close(fd[1]);
		execlp(program, program, NULL);
		_exit(127);
	}
	close(fd[1]);
	need(read(fd[0], text, sizeof(text) - 1));
	close(fd[0]);
	ended(pid);
	number = atoi(text);
	say("%s: add(2, 3) = %d; calls served so far: %d", program, number,
	    board->calls);
	return number;
}

int main(void)
{
	struct link link;
	pid_t server;

	board = need_ptr(mmap(NULL, sizeof(*board), PROT_READ | PROT_WRITE,
			      MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	need(setenv("CALC_SERVER", "mbox:rpc", 1));
	check(run("add_local") == 5 && run("add_remote") == -1, "S276",
	      "without a server the local one works, the remote one cannot");

	need(link_listen(&link, "mbox:rpc"));
	server = need(fork());
	if (!server)
		serve(&link);
	check(run("add_local") == 5 && !board->calls, "S276",
	      "linked with the function: 5, and no message is sent");
	check(run("add_remote") == 5 && board->calls == 1, "S276 S274",
	      "the same object linked with the stub: 5, and one call is served");
	say("the server is process %d", server);
	check(board->worker == server, "S274",
	      "the function was called in another process");
	need(kill(server, SIGKILL));
	ended(server);
	link_close(&link);
	return done();
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * rpc_taken: no reply; may the client call again?
 *
 * Notes: S119 (003:345), S294 (gap)
 * Watch: a server counts how often it was asked to. Twice the client gets no
 *        reply: first nobody had its request before its patience was over; then
 *        a server is killed when it has counted. Each time it calls again.
 * See:   the kernel says which of the two it was. Not taken: the request was
 *        withdrawn, no server will ever see it, and calling again is right.
 *        Taken: the client hears at once that the server died, needs no
 *        deadline for that, and knows that it may have been done.
 */
#include "../check.h"

#include <mbox.h>
#include <sys/mman.h>

static struct mbox *mb;
static int *counter; /* memory that outlives the server */

/* One request; the server may die before it replies. */
static pid_t serve_one(int crash)
{
	pid_t pid = need(fork());
	struct mbox_message request;
	int by;

	if (pid)
		return pid;
	need(mbox_recv_with(mb, &by, sizeof(by), NULL, &request));
	*counter += by;
	if (crash)
		kill(getpid(), SIGKILL);
	need(mbox_reply(mb, request.token, counter, sizeof(*counter)));
	_exit(0);
}

/* The error, or 0; what is known of it in *answer. */
static int count(int ms, struct mbox_answer *answer)
{
	struct mbox_call_options how = { 0 };
	int by = 1, value, error = 0;

	if (ms)
		how.deadline = mbox_deadline_in(ms * 1000000ULL);
	if (mbox_call_with(mb, &by, sizeof(by), &value, sizeof(value), &how,
			   answer) < 0)
		error = errno;
	say("%s; taken: %u; counter: %d", error ? strerror(error) : "answered",
	    answer->taken, *counter);
	return error;
}

int main(void)
{
	struct mbox_answer answer = { .taken = 7 };
	pid_t server;
	int error;

	counter = need_ptr(mmap(NULL, sizeof(*counter), PROT_READ | PROT_WRITE,
				MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	mb = need_ptr(mbox_create(NULL, MBOX_SEND | MBOX_RECV, 0, NULL));

	error = count(50, &answer);
	check(error == ETIMEDOUT && !answer.taken, "S119 S294",
	      "no server has had the request: it was withdrawn");
	server = serve_one(0);
	error = count(0, &answer);
	ended(server);
	check(!error && *counter == 1, "S294",
	      "so calling again is right: it is carried out once");

	*counter = 0;
	server = serve_one(1);
	error = count(0, &answer);
	ended(server);
	check(error == EPIPE, "S119",
	      "the client hears of the server's death, without a deadline");
	check(answer.taken == 1 && *counter == 1, "S119 S294",
	      "a server has had the request: it may have been carried out");
	server = serve_one(0);
	count(0, &answer);
	ended(server);
	check(*counter == 2, "S294",
	      "WRONG: who calls again all the same has it carried out twice");
	mbox_close(mb);
	return done();
}

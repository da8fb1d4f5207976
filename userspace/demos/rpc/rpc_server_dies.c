// SPDX-License-Identifier: GPL-2.0-only
/*
 * rpc_server_dies: the remote server crashes in mid-call. Then what?
 *
 * Notes: S119 (003:345)
 * Watch: a server adds 1 to a counter on its disk (memory that outlives it) and
 *        is killed with SIGKILL inside the procedure: before it has added, or
 *        after. The client calls again with the same number, and another server
 *        answers. Then a server dies that owes a reply over a mailbox.
 * See:   the client sees the same in both cases: an error, and not whether the
 *        call was carried out. If it calls again, a server that remembers
 *        replies in its own memory adds twice; one that keeps them beside the
 *        counter does not. Over a mailbox only a deadline ends the wait, unless
 *        the client asks with MBOX_HANGUP to be told of the last sender's end.
 */
#include "../check.h"

#include <mbox.h>
#include <sys/mman.h>
#include <sys/socket.h>

enum crash { NEVER, BEFORE, AFTER };

struct disk {
	int counter;
	int last_xid, last_value; /* the reply, kept beside the counter */
};

static struct disk *disk;

static int in_procedure[2]; /* a pipe: the server says where it is */

static void stop_here(void)
{
	need(write(in_procedure[1], "", 1));
	for (;;)
		pause();
}

/* The procedure. A real server would write both to disk in one transaction. */
static int count(int xid, enum crash crash, int keep)
{
	if (keep && xid == disk->last_xid)
		return disk->last_value;
	if (crash == BEFORE)
		stop_here();
	disk->counter++;
	if (keep) {
		disk->last_xid = xid;
		disk->last_value = disk->counter;
	}
	if (crash == AFTER)
		stop_here();
	return disk->counter;
}

static void server(int fd, enum crash crash, int keep)
{
	int last_xid = 0, last_value = 0, xid;

	while (read(fd, &xid, sizeof(xid)) == sizeof(xid)) {
		if (keep || xid != last_xid)
			last_value = count(xid, crash, keep);
		last_xid = xid; /* without keep it dies with this process */
		need(write(fd, &last_value, sizeof(last_value)));
	}
	_exit(0);
}

/* Call 1 of a new server; what read() gave, and *value. */
static ssize_t call(enum crash crash, int keep, int *value)
{
	int fd[2], xid = 1;
	ssize_t n;
	pid_t pid;
	char byte;

	need(socketpair(AF_UNIX, SOCK_STREAM, 0, fd));
	pid = need(fork());
	if (!pid) {
		close(fd[0]);
		server(fd[1], crash, keep);
	}
	close(fd[1]);
	need(write(fd[0], &xid, sizeof(xid)));
	if (crash != NEVER) {
		need(read(in_procedure[0], &byte, 1));
		need(kill(pid, SIGKILL));
	}
	n = read(fd[0], value, sizeof(*value));
	close(fd[0]);
	ended(pid);
	return n;
}

/* The counter after a call that crashed and one that was answered. */
static int crash_and_retry(enum crash crash, int keep, int *error)
{
	ssize_t n;
	int value;

	*disk = (struct disk){ 0 };
	n = call(crash, keep, &value);
	*error = n == 0; /* end of file: nobody is there any more */
	say("killed %s adding: the client reads %zd bytes; counter on disk: %d",
	    crash == BEFORE ? "before" : "after ", n, disk->counter);
	n = call(NEVER, keep, &value);
	say("  again, replies kept %s: reply %d, counter: %d",
	    keep ? "on disk  " : "in memory", n > 0 ? value : -1,
	    disk->counter);
	return disk->counter;
}

/* A server that dies owing a reply; the error that ends the client's wait. */
static int wait_for_the_dead(unsigned int flag, int patience_ms)
{
	struct mbox *both = need_ptr(
		mbox_create(NULL, MBOX_SEND | MBOX_RECV | flag, 0, NULL));
	struct mbox *replies = need_ptr(mbox_copy(both, MBOX_RECV));
	struct mbox_recv_options wait = { 0 };
	int value, error = 0;
	pid_t pid;
	char byte;

	pid = need(fork());
	if (!pid)
		stop_here();
	mbox_close(both); /* now only the server can send */
	need(read(in_procedure[0], &byte, 1));
	need(kill(pid, SIGKILL));
	ended(pid);
	wait.deadline = mbox_deadline_in(patience_ms * 1000000ULL);
	if (mbox_recv_with(replies, &value, sizeof(value), &wait, NULL) < 0)
		error = errno;
	mbox_close(replies);
	return error;
}

int main(void)
{
	int before, after, kept, error[3], patient, told;

	disk = need_ptr(mmap(NULL, sizeof(*disk), PROT_READ | PROT_WRITE,
			     MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	need(pipe(in_procedure));
	before = crash_and_retry(BEFORE, 0, &error[0]);
	after = crash_and_retry(AFTER, 0, &error[1]);
	kept = crash_and_retry(AFTER, 1, &error[2]);
	check(error[0] && error[1] && error[2], "S119",
	      "the client sees the same error, whenever the server died");
	check(before == 1, "S119", "killed before: calling again is right");
	check(after == 2, "S119",
	      "WRONG: killed after: calling again has carried it out twice");
	check(kept == 1, "S119",
	      "with the replies kept beside the data it is right as well");

	patient = wait_for_the_dead(0, 100);
	told = wait_for_the_dead(MBOX_HANGUP, 20000);
	say("over a mailbox, after 0.1 s:  %s", strerror(patient));
	say("with MBOX_HANGUP, at once:    %s", strerror(told));
	check(patient == ETIMEDOUT, "S119",
	      "over a mailbox the deadline ends the client's wait");
	check(told == EPIPE, "S119",
	      "with MBOX_HANGUP the end of the server ends it");
	return done();
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * run_order: does the parent run before the child? It need not.
 *
 * Notes: S102 (000:316)
 * Watch: 200 forks: who was first? (The numbers vary.) Then the notes'
 *        program twice: once the child reads before the parent writes, once
 *        the parent writes before the child reads.
 * See:   the order is not promised, and does not matter: read() sleeps until
 *        there is data, and the pipe keeps data until it is read.
 */
#include "../check.h"

#include <stdatomic.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#define FORKS 200
#define GREETING "Greetings"

/* The child of the notes; it reads when it has seen the end of the gate. */
static pid_t start_reader(int fd[2], int gate[2])
{
	pid_t pid = need(fork());
	char text[25];
	ssize_t n;

	if (pid)
		return pid;
	close(fd[1]);
	close(gate[1]);
	need(read(gate[0], text, 1));
	n = need(read(fd[0], text, sizeof(text)));
	say("child: read \"%.*s\"", (int)n, text);
	_exit(n != sizeof(GREETING) ||
	      memcmp(text, GREETING, sizeof(GREETING)));
}

int main(void)
{
	int fd[2], gate[2], parent_first = 0, waiting, slept, status;
	atomic_int *turn;
	pid_t child;

	turn = need_ptr(mmap(NULL, sizeof(*turn), PROT_READ | PROT_WRITE,
			     MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	for (int i = 0; i < FORKS; i++) {
		atomic_store(turn, 0);
		child = need(fork());
		status = atomic_fetch_add(turn, 1); /* first comes, gets 0 */
		if (!child)
			_exit(0);
		parent_first += status == 0;
		ended(child);
	}
	say("of %d forks the parent was first in %d, the child in %d", FORKS,
	    parent_first, FORKS - parent_first);

	say("child first:");
	need(pipe(fd));
	need(pipe(gate));
	child = start_reader(fd, gate);
	close(gate[0]);
	close(gate[1]);
	until(asleep_in(child, SYS_read) || state_of(child) == 'Z');
	slept = asleep_in(child, SYS_read);
	need(ioctl(fd[0], FIONREAD, &waiting));
	say("parent: the pipe has %d bytes, the child %s", waiting,
	    slept ? "sleeps in read()" : "does not wait");
	need(write(fd[1], GREETING, sizeof(GREETING)));
	status = ended(child);
	check(slept && waiting == 0 && status == 0, "S102",
	      "a child that runs first sleeps in read() until data comes");

	say("parent first:");
	need(pipe(gate));
	child = start_reader(fd, gate);
	need(write(fd[1], GREETING, sizeof(GREETING)));
	need(ioctl(fd[0], FIONREAD, &waiting));
	say("parent: the pipe keeps %d bytes, the child has not read yet",
	    waiting);
	close(gate[0]);
	close(gate[1]); /* now the child may go on */
	status = ended(child);
	check(waiting == sizeof(GREETING) && status == 0, "S102",
	      "what a parent that runs first writes waits in the pipe");
	return done();
}

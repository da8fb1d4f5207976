// SPDX-License-Identifier: GPL-2.0-only
/*
 * big_send: send more than the buffer holds, with and without waiting.
 *
 * Notes: S97 (004:72)
 * Watch: 4 MiB go into a pipe of 64 KiB: once by a writer that may sleep, once
 *        by one with O_NONBLOCK. (The notes: 4 GB, and a buffer of 2 GB.)
 * See:   the first returns only when all is sent. The second returns at once,
 *        having sent 64 KiB. The notes say that the system will send the rest
 *        for it: nobody does.
 */
#include "../check.h"
#include <fcntl.h>
#include <sys/syscall.h>

#define MIB (1 << 20)
#define ALL (4 * MIB)

static char data[ALL];

int main(void)
{
	int fd[2], capacity, asleep = 0, taken = 0, status;
	ssize_t sent, n;
	pid_t pid;

	need(pipe(fd));
	capacity = need(fcntl(fd[1], F_GETPIPE_SZ));
	pid = need(fork());
	if (!pid)
		_exit(write(fd[1], data, ALL) != ALL);
	for (int i = 0; i < 4; i++) {
		until(asleep_in(pid, SYS_write) || state_of(pid) == 'Z');
		asleep += asleep_in(pid, SYS_write);
		say("%d MiB taken out: the writer is in state %c", taken / MIB,
		    state_of(pid));
		while (taken < (i + 1) * MIB)
			taken += need(read(fd[0], data, (i + 1) * MIB - taken));
	}
	status = ended(pid);
	say("4 MiB taken out: the write has returned");
	check(asleep == 4, "S97",
	      "a blocking send of 4 MiB sleeps as long as it has not sent all");
	check(status == 0, "S97", "when it returns all 4 MiB are sent");

	need(fcntl(fd[1], F_SETFL, O_NONBLOCK));
	sent = need(write(fd[1], data, ALL));
	say("with O_NONBLOCK the write of 4 MiB returned %zd, at once", sent);
	check(sent == capacity, "S97",
	      "a non-blocking send takes what there is room for and goes on");

	need(close(fd[1]));
	taken = 0;
	while ((n = need(read(fd[0], data, ALL))) > 0)
		taken += n;
	say("the reader got %d bytes up to the end of the pipe", taken);
	check(taken == capacity, "S97",
	      "not as in the notes: nobody sends the rest for it");
	return done();
}

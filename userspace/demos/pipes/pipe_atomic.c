// SPDX-License-Identifier: GPL-2.0-only
/*
 * pipe_atomic: several writers at once; up to PIPE_BUF bytes stay together.
 *
 * Notes: S115 (003:154)
 * Watch: four processes write records into a full pipe; the reader takes out
 *        one page at a time, whenever all of them sleep.
 * See:   records of PIPE_BUF bytes arrive whole, all of them. Of those of five
 *        pages each freed page goes to another writer: all arrive in pieces.
 */
#include "../check.h"
#include <fcntl.h>
#include <limits.h>
#include <sys/syscall.h>

#define WRITERS 4
#define SLOTS 2

static void writer(int fd, int id, size_t size, int records)
{
	static char record[5 * PIPE_BUF];

	memset(record, 'A' + id, size);
	for (int i = 0; i < records; i++)
		need(write(fd, record, size));
}

/* Waits until each writer sleeps in write() or has ended. */
static void let_them_write(const pid_t *pid)
{
	for (int i = 0; i < WRITERS; i++)
		until(asleep_in(pid[i], SYS_write) || state_of(pid[i]) == 'Z');
}

/*
 * Returns how many changes from one writer's bytes to those of another were
 * in the middle of a record; -1 if bytes are missing.
 */
static int torn(size_t size, int records)
{
	char page[PIPE_BUF], last = 'Z';
	size_t run = 0, sum = 0;
	int fd[2], changes = 0;
	pid_t pid[WRITERS];
	ssize_t n;

	need(pipe(fd));
	need(fcntl(fd[1], F_SETPIPE_SZ, SLOTS * PIPE_BUF));
	memset(page, 'Z', PIPE_BUF);
	for (int i = 0; i < SLOTS; i++)
		need(write(fd[1], page, PIPE_BUF));
	for (int i = 0; i < WRITERS; i++) {
		pid[i] = need(fork());
		if (!pid[i]) {
			writer(fd[1], i, size, records);
			_exit(0);
		}
	}
	need(close(fd[1]));
	do {
		let_them_write(pid);
		n = need(read(fd[0], page, PIPE_BUF));
		for (ssize_t i = 0; i < n; i++, run++) {
			if (page[i] == last)
				continue;
			changes += last != 'Z' && run % size;
			last = page[i];
			run = 0;
		}
		sum += n;
	} while (n > 0);
	for (int i = 0; i < WRITERS; i++)
		need(waitpid(pid[i], NULL, 0));
	need(close(fd[0]));
	if (sum != SLOTS * PIPE_BUF + WRITERS * records * size)
		return -1;
	return changes;
}

int main(void)
{
	int whole, small, large;

	whole = torn(PIPE_BUF, 50);
	say("4 x 50 records of PIPE_BUF = %d bytes: %d torn", PIPE_BUF, whole);
	check(whole == 0, "S115", "records of PIPE_BUF bytes stay together");

	small = torn(PIPE_BUF / 4 * 3, 20);
	say("4 x 20 records of %d bytes: %d torn", PIPE_BUF / 4 * 3, small);
	check(small == 0, "S115", "smaller records stay together");

	large = torn(5 * PIPE_BUF, 5);
	say("4 x 5 records of %d bytes: torn %d times", 5 * PIPE_BUF, large);
	check(large >= 4 * 5, "S115",
	      "larger records get mixed with those of other writers");
	return done();
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * read_what_is_there: a read from a stream does not wait for all it asked for.
 *
 * Notes: S96 (000:144)
 * Watch: a read of 2 GB from a pipe that holds 5 bytes; then a loop; then a
 *        receive from a message queue.
 * See:   the read returns 5 at once. The notes say it waits for the 2 GB: only
 *        a loop does that. A receive from a message queue gets one whole
 *        message.
 */
#include "../check.h"
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>

#define TWO_GB (1UL << 31)
#define ALL 300000

struct message {
	long type;
	char text[100];
};

/* The right way to get a known number of bytes: until they are all there. */
static size_t read_all(int fd, char *buffer, size_t size, int *calls)
{
	size_t sum = 0;
	ssize_t n;

	do {
		n = need(read(fd, buffer + sum, size - sum));
		sum += n;
		++*calls;
	} while (n > 0 && sum < size);
	return sum;
}

int main(void)
{
	struct message message = { 1, "hello" };
	int fd[2], calls = 0, queue;
	char *buffer;
	ssize_t n;
	size_t sum;
	pid_t pid;

	/* Pages that nobody touches need no memory. */
	buffer = need_ptr(mmap(NULL, TWO_GB, PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1,
			       0));
	need(pipe(fd));
	need(write(fd[1], "hello", 5));
	n = need(read(fd[0], buffer, TWO_GB));
	say("the pipe held 5 bytes; a read of %lu returned %zd", TWO_GB, n);
	check(n == 5, "S96",
	      "a read of 2 GB returns the 5 bytes that are there");

	pid = need(fork());
	if (!pid)
		_exit(write(fd[1], buffer, ALL) != ALL);
	sum = read_all(fd[0], buffer, ALL, &calls);
	say("a loop got all %zu bytes, in %d reads", sum, calls);
	check(ended(pid) == 0 && sum == ALL && calls > 1, "S96",
	      "who wants all bytes of a stream has to read in a loop");

	queue = need(msgget(IPC_PRIVATE, 0600));
	need(msgsnd(queue, &message, 5, 0));
	need(msgsnd(queue, &message, 5, 0));
	n = msgrcv(queue, &message, sizeof(message.text), 0, 0);
	say("a queue held two messages of 5; a receive of up to 100 got %zd",
	    n);
	need(msgctl(queue, IPC_RMID, NULL));
	check(n == 5, "S96", "a message queue gives one whole message");
	return done();
}

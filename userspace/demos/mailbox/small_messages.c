// SPDX-License-Identifier: GPL-2.0-only
/*
 * small_messages: messages suit small data, and there is no conflict to avoid.
 *
 * Notes: S32 (003:61)
 * Watch: two processes count in a shared variable, one interrupting the other
 *        at the bad moment; then two send "one more" to a process that counts.
 * See:   one update is lost in the variable, none in the mailbox. A message is
 *        copied twice: a large one costs far more CPU time than a small one.
 */
#include "../check.h"

#include <mbox.h>
#include <sys/mman.h>

#define EACH 1000
#define LARGE (1 << 20)

/* Two processes do "counter = counter + 1"; the one is slow, on purpose. */
static int count_in_memory(void)
{
	volatile int *counter;
	int has_read[2], other_done[2], value;
	char byte;
	pid_t slow;

	counter = need_ptr(mmap(NULL, sizeof(int), PROT_READ | PROT_WRITE,
				MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	need(pipe(has_read));
	need(pipe(other_done));
	slow = need(fork());
	if (!slow) {
		value = *counter;
		need(write(has_read[1], "", 1));
		need(read(other_done[0], &byte, 1));
		*counter = value + 1;
		_exit(0);
	}
	need(read(has_read[0], &byte, 1));
	value = *counter;
	*counter = value + 1;
	need(write(other_done[1], "", 1));
	ended(slow);
	return *counter;
}

/* Two processes send, this one counts what arrives. */
static int count_by_messages(struct mbox *mb)
{
	struct mbox_status box;
	int counter = 0, one;

	for (int i = 0; i < 2; i++)
		if (!need(fork())) {
			one = 1;
			for (int n = 0; n < EACH; n++)
				need(mbox_send(mb, &one, sizeof(one)));
			_exit(0);
		}
	while (counter < 2 * EACH) {
		need(mbox_recv(mb, &one, sizeof(one)));
		counter += one;
	}
	while (wait(NULL) > 0)
		;
	need(mbox_status(mb, &box));
	return counter + (int)box.messages;
}

static double cpu_us(void)
{
	struct timespec t;

	need(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t));
	return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

/*
 * CPU time for a message there and back to this process: the best of 50, for
 * what else the machine does can only make it more.
 */
static double cost(struct mbox *mb, char *data, size_t size)
{
	double start, spent, best = 1e9;

	for (int i = 0; i < 50; i++) {
		start = cpu_us();
		need(mbox_send(mb, data, size));
		need(mbox_recv(mb, data, size));
		spent = cpu_us() - start;
		if (spent < best)
			best = spent;
	}
	return best;
}

int main(void)
{
	const struct mbox_attr attr = { .max_size = LARGE };
	char *data = need_ptr(calloc(1, LARGE));
	double small, large;
	struct mbox *mb;
	int counted;

	mb = need_ptr(mbox_create(NULL, MBOX_SEND | MBOX_RECV, 0, &attr));
	counted = count_in_memory();
	say("shared variable, two updates: counted %d", counted);
	check(counted == 1, "S32",
	      "a variable that two change at once loses an update");
	counted = count_by_messages(mb);
	say("mailbox, two senders of %d each: counted %d", EACH, counted);
	check(counted == 2 * EACH, "S32",
	      "a mailbox needs no lock and loses none");

	small = cost(mb, data, 8);
	large = cost(mb, data, LARGE);
	say("CPU time: %.1f us for 8 bytes, %.1f us for 1 MiB", small, large);
	check(large > 10 * small, "S32",
	      "it suits small data: the copies of large ones cost more");
	mbox_close(mb);
	free(data);
	return done();
}

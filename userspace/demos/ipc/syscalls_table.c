// SPDX-License-Identifier: GPL-2.0-only
/*
 * syscalls_table: how many system calls does a message cost?
 *
 * Notes: S7 (001:19), S12 (003:28), S26 (001:31), S27 (001:66)
 * Watch: strace -c counts the system calls of a process that sends and
 *        receives 2 messages, and of one that does it 12 times; the
 *        difference, divided by 10, is what one message costs.
 * See:   two for whatever the kernel carries, none for the shared ring: there
 *        the kernel was needed to set it up, and a million items later it has
 *        not been asked again.
 */
#include "../check.h"

#include "ipc.h"

#define FEW 2L
#define MORE 12L
#define MILLION 1000000
#define SIZE 64
#define COUNTS "/tmp/syscalls_table.counts"

/* What is counted: send and receive in turns, so that nothing ever waits. */
static int carry(const char *name, int messages)
{
	struct ipc ipc;
	char item[SIZE];

	for (size_t i = 0; i < IPC_COUNT; i++) {
		if (strcmp(ipc_all[i]->name, name))
			continue;
		need(ipc_open(&ipc, ipc_all[i], SIZE));
		while (messages-- > 0) {
			need(ipc.ops->send(&ipc, item));
			need(ipc.ops->receive(&ipc, item));
		}
		ipc.ops->close(&ipc);
		return 0;
	}
	return 2;
}

/*
 * Runs carry() under strace -c and returns the calls in total, or those of one
 * name. A line of the table ends with calls, errors if there were any, name.
 */
static long count(const char *mechanism, long messages, const char *call)
{
	char number[20], line[200], name[64], self[256] = "";
	long calls, found = 0;
	FILE *table;
	pid_t child;

	snprintf(number, sizeof(number), "%ld", messages);
	need(readlink("/proc/self/exe", self, sizeof(self) - 1));
	child = need(fork());
	if (child == 0) {
		execlp("strace", "strace", "-f", "-c", "-o", COUNTS, self,
		       "carry", mechanism, number, NULL);
		_exit(127);
	}
	if (ended(child))
		give_up(__FILE__, __LINE__, "strace", "it failed");
	table = need_ptr(fopen(COUNTS, "r"));
	while (fgets(line, sizeof(line), table)) {
		if (sscanf(line, "%*f %*f %*d %ld %63s", &calls, name) != 2)
			continue;
		/* The word after the calls is the number of errors, or name. */
		if (name[0] >= '0' && name[0] <= '9')
			sscanf(line, "%*f %*f %*d %*d %*d %63s", name);
		if (!strcmp(name, call))
			found = calls;
	}
	fclose(table);
	unlink(COUNTS);
	return found;
}

int main(int argc, char **argv)
{
	int carried = 0, two = 0;
	long few, million, ioctls;

	if (argc == 4 && !strcmp(argv[1], "carry"))
		return carry(argv[2], atoi(argv[3]));
	say("system calls for each message sent and received:");
	for (size_t i = 0; i < IPC_COUNT; i++) {
		const char *name = ipc_all[i]->name;
		long each =
			count(name, MORE, "total") - count(name, FEW, "total");

		say("  %-8s %4.2f", name, (double)each / (MORE - FEW));
		if (ipc_all[i] == &ipc_ring)
			continue;
		carried += each >= MORE - FEW;
		two += each == 2 * (MORE - FEW);
	}
	check(carried == IPC_COUNT - 1, "S7",
	      "every message the kernel carries costs system calls");
	check(two == IPC_COUNT - 1, "S27",
	      "one to send and one to receive, whatever the mechanism");

	few = count("ring", FEW, "total");
	million = count("ring", MILLION, "total");
	say("ring: %ld calls for %ld items, %ld for %d", few, FEW, million,
	    MILLION);
	check(few == million, "S26",
	      "shared memory needs the kernel for its set-up only");

	ioctls = count("mailbox", MORE, "ioctl");
	check(ioctls >= 2 * MORE, "S12",
	      "a mailbox shares data by the system call ioctl");
	return done();
}

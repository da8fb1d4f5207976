// SPDX-License-Identifier: GPL-2.0-only
/*
 * syscalls_table: which system calls does a message cost?
 *
 * Notes: S7 (001:19), S12 (003:28), S26 (001:31), S27 (001:66)
 * Watch: strace -c counts the system calls of a process that makes a channel
 *        and sends and receives 20 messages. Calls that come at least 20
 *        times are the price of the messages.
 * See:   two for whatever the kernel carries, none for the shared ring: there
 *        the kernel was needed to set it up, and a million items later it has
 *        not been asked again.
 */
#include "../check.h"

#include <signal.h>

#include "ipc.h"

#define MESSAGES 20
#define MILLION 1000000
#define SIZE 64
#define COUNTS "/tmp/syscalls_table.counts"

/* What strace has counted: each system call, and last the "total". */
struct table {
	int rows;
	struct {
		char call[32];
		long count;
	} row[40];
};

/* What is counted: send and receive in turns, so that nothing ever waits. */
static void carry(const struct ipc_ops *ops, int messages)
{
	char item[SIZE] = "";
	struct ipc ipc;

	raise(SIGSTOP); /* until strace is there */
	need(ipc_open(&ipc, ops, SIZE));
	while (messages-- > 0) {
		need(ops->send(&ipc, item));
		need(ops->receive(&ipc, item));
	}
	ops->close(&ipc);
	_exit(0);
}

static pid_t tracer_of(pid_t pid)
{
	char path[64], line[256];
	pid_t tracer = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	file = need_ptr(fopen(path, "r"));
	while (fgets(line, sizeof(line), file))
		sscanf(line, "TracerPid: %d", &tracer);
	fclose(file);
	return tracer;
}

/* A line ends with the calls, the errors if there were any, and the name. */
static void read_table(struct table *table)
{
	FILE *file = need_ptr(fopen(COUNTS, "r"));
	char line[200], *name;
	long calls;

	table->rows = 0;
	while (table->rows < 40 && fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = 0;
		name = strrchr(line, ' ');
		if (!name || sscanf(line, "%*f %*f %*d %ld", &calls) != 1)
			continue;
		snprintf(table->row[table->rows].call, 32, "%s", name + 1);
		table->row[table->rows++].count = calls;
	}
	fclose(file);
	unlink(COUNTS);
}

/* Runs carry() under strace -c. */
static void count(const struct ipc_ops *ops, int messages, struct table *table)
{
	pid_t child = need(fork()), strace;
	char number[20];
	int status;

	if (!child)
		carry(ops, messages);
	need(waitpid(child, &status, WUNTRACED));
	snprintf(number, sizeof(number), "%d", child);
	strace = need(fork());
	if (!strace) {
		execlp("strace", "strace", "-q", "-c", "-S", "name", "-o",
		       COUNTS, "-p", number, NULL);
		_exit(127);
	}
	until(tracer_of(child) == strace || state_of(strace) == 'Z');
	need(kill(child, SIGCONT));
	if (ended(child) || ended(strace))
		give_up(__FILE__, __LINE__, ops->name, "not counted");
	read_table(table);
}

static long calls(const struct table *table, const char *name)
{
	for (int i = 0; i < table->rows; i++)
		if (!strcmp(table->row[i].call, name))
			return table->row[i].count;
	return 0;
}

int main(void)
{
	struct table table, ring, million;
	int carried = 0, two = 0;
	long ioctls = 0;

	say("system calls for each message sent and received:");
	for (size_t i = 0; i < IPC_COUNT; i++) {
		char names[200] = "";
		long each = 0;

		count(ipc_all[i], MESSAGES, &table);
		/* The rest of the division belongs to set-up and end. */
		for (int r = 0; r < table.rows - 1; r++)
			if (table.row[r].count >= MESSAGES) {
				each += table.row[r].count / MESSAGES;
				snprintf(names + strlen(names), 40, " %s",
					 table.row[r].call);
			}
		say("  %-8s %ld:%s", ipc_all[i]->name, each,
		    each ? names : " none");
		if (ipc_all[i] == &ipc_mailbox)
			ioctls = calls(&table, "ioctl");
		if (ipc_all[i] == &ipc_ring)
			ring = table;
		carried += each >= 1;
		two += each == 2;
	}
	check(carried == IPC_COUNT - 1, "S7",
	      "every message the kernel carries costs system calls");
	check(two == IPC_COUNT - 1, "S27",
	      "one to send and one to receive, whatever the mechanism");

	count(&ipc_ring, MILLION, &million);
	say("ring: %ld calls in all for %d items, %ld for %d",
	    calls(&ring, "total"), MESSAGES, calls(&million, "total"), MILLION);
	check(calls(&million, "total") > 0 &&
		      calls(&million, "total") == calls(&ring, "total"),
	      "S26", "shared memory needs the kernel for its set-up only");
	check(ioctls >= 2 * MESSAGES, "S12",
	      "a mailbox shares data by the system call ioctl");
	return done();
}

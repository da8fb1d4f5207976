// SPDX-License-Identifier: GPL-2.0-only
/*
 * ipc_objects: how is the link realised? A table, made by trying.
 *
 * Notes: S21 (003:46), S302 (002:81)
 * Watch: for each mechanism the kernel object behind it, from /proc; whether
 *        two messages stay two for a receiver with room for both; whether the
 *        receiver's end can send an answer; whether a receiver that sleeps is
 *        woken (the notes' "synchronisation").
 * See:   pipes and streams lose boundaries, queues and the mailbox keep them;
 *        pipes go one way; all wake the receiver, the ring by its semaphores.
 *        Only the ring is nothing but memory of the process.
 */
#include "../check.h"

#include <sys/ioctl.h>
#include <sys/syscall.h>

#include "ipc.h"

#define SIZE 32

/* What we expect of the mechanisms, in the order of ipc_all. */
static const struct expected {
	int is_stream, both_ways;
	long sleeps_in;
	const char *object;
} expected[IPC_COUNT] = {
	{ 1, 0, SYS_read, "pipe:[" },
	{ 1, 0, SYS_read, "/tmp/ipc-fifo" },
	{ 0, 1, SYS_msgrcv, "/proc/sysvipc/msg: msqid" },
	{ 0, 1, SYS_mq_timedreceive, "/ipc-posix" },
	{ 1, 1, SYS_read, "socket:[" },
	{ 1, 1, SYS_read, "socket:[" },
	{ 0, 1, SYS_futex, "/proc/self/maps: rw-s" },
	{ 0, 1, SYS_ioctl, "[mbox]" },
};

/* The line of a file of /proc that is about this mechanism. */
static void find_object(struct ipc *ipc, char *object, size_t room)
{
	int is_ring = ipc->ops == &ipc_ring, id;
	char link[64], line[512], may[5];
	unsigned long from;
	FILE *file;

	snprintf(object, room, "nothing");
	if (!is_ring && ipc->ops != &ipc_sysv) {
		/* proc(5): a descriptor is a link to its object. */
		snprintf(link, sizeof(link), "/proc/self/fd/%d", ipc->in);
		object[need(readlink(link, object, room - 1))] = 0;
		return;
	}
	file = need_ptr(
		fopen(is_ring ? "/proc/self/maps" : "/proc/sysvipc/msg", "r"));
	while (fgets(line, sizeof(line), file))
		if (is_ring && sscanf(line, "%lx-%*x %4s", &from, may) == 2 &&
		    from == (unsigned long)ipc->own)
			snprintf(object, room, "/proc/self/maps: %s at %#lx",
				 may, from);
		else if (!is_ring && sscanf(line, "%*d %d", &id) == 1 &&
			 id == ipc->in)
			snprintf(object, room, "/proc/sysvipc/msg: msqid %d",
				 id);
	fclose(file);
}

static int bytes_waiting(int fd)
{
	int n = 0;

	need(ioctl(fd, FIONREAD, &n));
	return n;
}

/* Two messages, and one receive with room for both: is there one left? */
static int keeps_boundaries(struct ipc *ipc, int is_stream)
{
	char first[SIZE], second[SIZE], got[2 * SIZE] = "";

	memset(first, '1', SIZE);
	memset(second, '2', SIZE);
	need(ipc->ops->send(ipc, first));
	need(ipc->ops->send(ipc, second));
	if (is_stream) {
		until(bytes_waiting(ipc->in) == 2 * SIZE);
		need(read(ipc->in, got, 2 * SIZE));
	} else {
		ipc->size = 2 * SIZE;
		/* Fails where the length is not as agreed. */
		ipc->ops->receive(ipc, got);
		ipc->size = SIZE;
	}
	if (!memcmp(got + SIZE, second, SIZE))
		return 0;
	need(ipc->ops->receive(ipc, got));
	return !memcmp(got, second, SIZE);
}

/* The receiver's end sends; does it arrive at the sender's end? */
static int both_ways(const struct ipc *ipc)
{
	char answer[SIZE] = "answer", got[SIZE] = "";
	struct ipc back = *ipc;

	back.in = ipc->out;
	back.out = ipc->in;
	return !back.ops->send(&back, answer) &&
	       !back.ops->receive(&back, got) && !memcmp(got, answer, SIZE);
}

static int wakes_receiver(struct ipc *ipc, long sleeps_in)
{
	char message[SIZE] = "wake up", got[SIZE] = "";
	pid_t child = need(fork());

	if (!child)
		_exit(ipc->ops->receive(ipc, got) ||
		      memcmp(got, message, SIZE));
	until(asleep_in(child, sleeps_in) || state_of(child) == 'Z');
	need(ipc->ops->send(ipc, message));
	until(state_of(child) == 'Z');
	return ended(child) == 0;
}

int main(void)
{
	int objects = 0, boundaries = 0, ways = 0, woken = 0;

	say("         keeps  both   wakes the");
	say("         two    ways   receiver   kernel object");
	for (size_t i = 0; i < IPC_COUNT; i++) {
		const struct expected *e = &expected[i];
		int keeps, both, wakes;
		char object[300];
		struct ipc ipc;

		need(ipc_open(&ipc, ipc_all[i], SIZE));
		find_object(&ipc, object, sizeof(object));
		keeps = keeps_boundaries(&ipc, e->is_stream);
		both = both_ways(&ipc);
		wakes = wakes_receiver(&ipc, e->sleeps_in);
		ipc.ops->close(&ipc);
		say("%-8s %-6s %-6s %-10s %s", ipc_all[i]->name,
		    keeps ? "yes" : "no", both ? "yes" : "no",
		    wakes ? "yes" : "no", object);
		objects += strstr(object, e->object) != NULL;
		boundaries += keeps == !e->is_stream;
		ways += both == e->both_ways;
		woken += wakes;
	}
	check(objects == IPC_COUNT, "S21",
	      "behind every link there is an object that /proc shows");
	check(boundaries == IPC_COUNT, "S302",
	      "pipes and streams lose boundaries, queues keep them");
	check(ways == IPC_COUNT, "S302",
	      "pipes go one way, all others can carry an answer");
	check(woken == IPC_COUNT, "S302",
	      "a receiver sleeps until a message wakes it");
	return done();
}

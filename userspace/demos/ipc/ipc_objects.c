// SPDX-License-Identifier: GPL-2.0-only
/*
 * ipc_objects: how is the link realised? A table, made by trying.
 *
 * Notes: S21 (003:46), S302 (002:81)
 * Watch: for each mechanism the kernel object behind it, from /proc; whether
 *        two messages stay two for a receiver with room for both; whether the
 *        receiver's end can send as well.
 * See:   pipes and streams lose boundaries, queues and the mailbox keep them;
 *        pipes go one way; only the ring is nothing but memory of the process.
 */
#include "../check.h"

#include <fcntl.h>

#include "ipc.h"

#define SIZE 32

/* proc(5): a descriptor is a link to its object. */
static void descriptor_object(int fd, char *object, size_t room)
{
	char link[64];
	ssize_t len;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	len = need(readlink(link, object, room - 1));
	object[len] = 0;
}

/* The first line of a file of /proc in which the text is found. */
static void line_with(const char *path, const char *text, char *object,
		      size_t room)
{
	char line[512], found[40] = "";
	FILE *file = need_ptr(fopen(path, "r"));

	while (fgets(line, sizeof(line), file))
		if (!found[0] && strstr(line, text))
			snprintf(found, sizeof(found), "%s", text);
	fclose(file);
	snprintf(object, room, "%s %s", found[0] ? found : "nothing", path);
}

static void find_object(struct ipc *ipc, char *object, size_t room)
{
	char text[32];

	if (ipc->ops == &ipc_ring) {
		snprintf(text, sizeof(text), "%lx-", (unsigned long)ipc->own);
		line_with("/proc/self/maps", text, object, room);
	} else if (ipc->ops == &ipc_sysv) {
		snprintf(text, sizeof(text), " %d ", ipc->in);
		line_with("/proc/sysvipc/msg", text, object, room);
	} else {
		descriptor_object(ipc->in, object, room);
	}
}

/* Two messages, one receiver with room for both: does it get both at once? */
static int keeps_boundaries(struct ipc *ipc)
{
	char first[SIZE], second[SIZE], got[2 * SIZE] = "";

	memset(first, '1', SIZE);
	memset(second, '2', SIZE);
	need(ipc->ops->send(ipc, first));
	need(ipc->ops->send(ipc, second));
	ipc->size = sizeof(got);
	/* Fails where the queue finds that the length is not as agreed. */
	ipc->ops->receive(ipc, got);
	ipc->size = SIZE;
	return memcmp(got + SIZE, second, SIZE) != 0;
}

static int both_ways(const struct ipc *ipc)
{
	/* Writing nothing changes nothing, but asks for permission. */
	return ipc->ops == &ipc_sysv || ipc->ops == &ipc_ring ||
	       (fcntl(ipc->in, F_GETFL) & O_ACCMODE) == O_RDWR;
}

int main(void)
{
	const char *expected[IPC_COUNT] = {
		"pipe:[",   "/tmp/ipc-fifo", " ", "/ipc-posix",
		"socket:[", "socket:[",	     "-", "mbox",
	};
	int objects = 0, whole = 0, streams = 0, one_way = 0;

	say("%-8s %-5s %-9s %s", "", "keeps", "one end", "kernel object");
	say("%-8s %-5s %-9s", "", "both", "does both");
	for (size_t i = 0; i < IPC_COUNT; i++) {
		char object[300];
		struct ipc ipc;
		int keeps, both;

		need(ipc_open(&ipc, ipc_all[i], SIZE));
		find_object(&ipc, object, sizeof(object));
		both = both_ways(&ipc);
		keeps = keeps_boundaries(&ipc);
		ipc.ops->close(&ipc);
		say("%-8s %-5s %-9s %s", ipc_all[i]->name, keeps ? "yes" : "no",
		    both ? "yes" : "no", object);
		objects += strstr(object, expected[i]) &&
			   strncmp(object, "nothing", 7);
		one_way += !both;
		if (i < 2 || ipc_all[i] == &ipc_unix || ipc_all[i] == &ipc_tcp)
			streams += !keeps;
		else
			whole += keeps;
	}
	check(objects == IPC_COUNT, "S21",
	      "behind every link there is an object that /proc shows");
	check(streams == 4 && whole == 4 && one_way == 2, "S302",
	      "streams lose boundaries, queues keep them; pipes go one way");
	return done();
}

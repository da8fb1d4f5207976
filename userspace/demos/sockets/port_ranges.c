// SPDX-License-Identifier: GPL-2.0-only
/*
 * port_ranges: the three ranges of the notes, and the one that Linux uses.
 *
 * Notes: S240 (001:198)
 * Watch: the kernel chooses 1000 ports, with its own range and with IANA's.
 * See:   well known 0-1023, registered 1024-49151, dynamic 49152-65535 is a
 *        list of IANA. Linux chooses from 32768-60999 until told otherwise.
 */
#include "../check.h"
#include <netinet/in.h>
#include <sched.h>
#include <sys/socket.h>

#define DYNAMIC 49152 /* where IANA's dynamic ports begin */

static const char setting[] = "/proc/sys/net/ipv4/ip_local_port_range";

/* bind() with port 0: the kernel chooses. */
static int any_port(void)
{
	struct sockaddr_in name = { .sin_family = AF_INET };
	int fd = need(socket(AF_INET, SOCK_DGRAM, 0));
	socklen_t len = sizeof(name);

	need(bind(fd, &name, sizeof(name)));
	need(getsockname(fd, &name, &len));
	close(fd);
	return ntohs(name.sin_port);
}

static void choose(int *lowest, int *highest)
{
	*lowest = 65536;
	*highest = -1;
	for (int i = 0; i < 1000; i++) {
		int port = any_port();

		if (port < *lowest)
			*lowest = port;
		if (port > *highest)
			*highest = port;
	}
	say("1000 ports chosen by the kernel: from %d to %d", *lowest,
	    *highest);
}

int main(void)
{
	int first = 0, last = 0, lowest, highest;
	FILE *file;

	need(unshare(CLONE_NEWNET));
	file = need_ptr(fopen(setting, "r+"));
	need(fscanf(file, "%d %d", &first, &last));
	say("ip_local_port_range: %d to %d", first, last);
	check(first == 32768 && last == 60999, "S240",
	      "Linux chooses dynamic ports from 32768 to 60999");
	choose(&lowest, &highest);
	check(lowest >= first && highest <= last, "S240",
	      "and these it does choose");
	check(lowest < DYNAMIC && highest >= DYNAMIC, "S240",
	      "many of them are in IANA's registered range, below 49152");

	rewind(file);
	need(fprintf(file, "%d 65535\n", DYNAMIC));
	need(fflush(file));
	say("ip_local_port_range is now %d to 65535", DYNAMIC);
	choose(&lowest, &highest);
	check(lowest >= DYNAMIC && highest > last, "S240",
	      "after setting it, they are IANA's 49152 to 65535");
	return done();
}

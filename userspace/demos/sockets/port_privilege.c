// SPDX-License-Identifier: GPL-2.0-only
/*
 * port_privilege: which ports may a process use?
 *
 * Notes: S124 (003:325)
 * Watch: root and alice bind ports on both sides of the limit 1024.
 * See:   alice gets EACCES below it; the limit is a setting of the kernel.
 */
#include "../check.h"
#include <netinet/in.h>
#include <sched.h>
#include <sys/socket.h>

#define ALICE 1000

static const char setting[] = "/proc/sys/net/ipv4/ip_unprivileged_port_start";

/* As this user: 0, or the error of bind(). */
static int try_bind(uid_t uid, int port)
{
	struct sockaddr_in name = { .sin_family = AF_INET,
				    .sin_port = htons(port) };
	pid_t pid = need(fork());
	int error, fd;

	if (pid == 0) {
		fd = need(socket(AF_INET, SOCK_STREAM, 0));
		if (uid)
			need(setuid(uid));
		_exit(bind(fd, &name, sizeof(name)) ? errno : 0);
	}
	error = ended(pid);
	say("%-5s binds port %4d: %s", uid ? "alice" : "root", port,
	    error ? strerror(error) : "done");
	return error;
}

int main(void)
{
	int start = 0;
	FILE *file;

	need(unshare(CLONE_NEWNET));
	file = need_ptr(fopen(setting, "r+"));
	need(fscanf(file, "%d", &start));
	say("ip_unprivileged_port_start is %d", start);
	check(try_bind(0, 80) == 0, "S124", "root may use port 80");
	check(try_bind(ALICE, 80) == EACCES, "S124",
	      "a plain user may not: EACCES");
	check(start == 1024 && try_bind(ALICE, start - 1) == EACCES &&
		      try_bind(ALICE, start) == 0,
	      "S124", "1023 is the last port she may not use, 1024 the first");

	/* This network namespace is ours, so its settings are, too. */
	rewind(file);
	need(fprintf(file, "80\n"));
	need(fflush(file));
	say("ip_unprivileged_port_start is now 80");
	check(try_bind(ALICE, 80) == 0 && try_bind(ALICE, 79) == EACCES, "S124",
	      "the limit is a setting: with 80, she may use port 80");
	return done();
}

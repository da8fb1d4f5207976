// SPDX-License-Identifier: GPL-2.0-only
/*
 * unix_local: a UNIX socket connects processes of one computer, by a file.
 *
 * Notes: S244 (003:256)
 * Watch: a server at /tmp/unix_local.sock on a computer without any network;
 *        root and alice connect.
 * See:   no network is needed. Its name is a file of type socket, and the
 *        file's mode says who may connect.
 */
#include "../check.h"
#include <netinet/in.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#define ALICE 1000

static const struct sockaddr_un name = { .sun_family = AF_UNIX,
					 .sun_path = "/tmp/unix_local.sock" };

/* As this user: 0, or the error of connect(). */
static int try_connect(uid_t uid)
{
	pid_t pid = need(fork());
	int error, fd;

	if (pid == 0) {
		fd = need(socket(AF_UNIX, SOCK_STREAM, 0));
		if (uid)
			need(setuid(uid));
		_exit(connect(fd, &name, sizeof(name)) ? errno : 0);
	}
	error = ended(pid);
	say("%s connects: %s", uid ? "alice" : "root",
	    error ? strerror(error) : "done");
	return error;
}

int main(void)
{
	struct sockaddr_in port = { .sin_family = AF_INET,
				    .sin_port = htons(7000) };
	int listening, client, connection, tcp, error;
	char text[8] = "";
	struct stat st;

	need(unshare(CLONE_NEWNET)); /* even its lo is down */
	listening = need(socket(AF_UNIX, SOCK_STREAM, 0));
	need(bind(listening, &name, sizeof(name)));
	need(chmod(name.sun_path, 0600));
	need(listen(listening, 8));
	need(stat(name.sun_path, &st));
	check(S_ISSOCK(st.st_mode), "S244",
	      "the name of a UNIX socket is a file of type socket");

	port.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	tcp = need(socket(AF_INET, SOCK_STREAM, 0));
	error = connect(tcp, &port, sizeof(port)) ? errno : 0;
	say("TCP to this computer: %s", strerror(error));
	client = need(socket(AF_UNIX, SOCK_STREAM, 0));
	need(connect(client, &name, sizeof(name)));
	connection = need(accept(listening, NULL, NULL));
	need(write(client, "hello", 6));
	need(read(connection, text, sizeof(text)));
	say("UNIX socket: \"%s\"", text);
	check(error == ENETUNREACH && !strcmp(text, "hello"), "S244",
	      "it needs no network: it stays within the computer");

	check(try_connect(0) == 0 && try_connect(ALICE) == EACCES, "S244",
	      "the mode of the file keeps alice out");
	need(chmod(name.sun_path, 0666));
	check(try_connect(ALICE) == 0, "S244",
	      "with mode 0666, she may connect");

	/* Closing the socket leaves the file behind. */
	close(listening);
	error = try_connect(0);
	check(error == ECONNREFUSED && stat(name.sun_path, &st) == 0, "S244",
	      "the file outlives its server and must be unlinked");
	need(unlink(name.sun_path));
	return done();
}

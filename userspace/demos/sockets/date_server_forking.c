// SPDX-License-Identifier: GPL-2.0-only
/*
 * date_server_forking: a date server with a process for each client.
 *
 * Notes: S249 (003:301)
 * Watch: a slow client connects and says nothing, a quick one comes after it.
 * See:   the quick one gets the date while the slow one is still silent; each
 *        answer comes from another process, none from the server itself.
 */
#include "../check.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#define CLIENTS 2

static struct sockaddr_in name = { .sin_family = AF_INET };

struct answer {
	pid_t pid;
	char date[32];
};

static void serve(int client)
{
	struct answer answer = { .pid = getpid() };
	char request[16];
	time_t now;

	need(read(client, request, sizeof(request)));
	time(&now);
	ctime_r(&now, answer.date);
	need(write(client, &answer, sizeof(answer)));
	_exit(0);
}

/* A real server goes on for ever; this one ends after two clients. */
static void server(int listening)
{
	for (int i = 0; i < CLIENTS; i++) {
		int client = need(accept(listening, NULL, NULL));

		if (need(fork()) == 0)
			serve(client);
		close(client);
	}
	while (wait(NULL) > 0)
		continue;
	_exit(0);
}

static int connected(void)
{
	int fd = need(socket(AF_INET, SOCK_STREAM, 0));

	need(connect(fd, &name, sizeof(name)));
	return fd;
}

static struct answer receive(int fd, const char *who)
{
	struct answer answer = { 0 };

	need(recv(fd, &answer, sizeof(answer), MSG_WAITALL));
	say("process %d to the %s client: %.24s", answer.pid, who, answer.date);
	return answer;
}

int main(void)
{
	struct answer to_quick = { 0 }, to_slow;
	struct pollfd quick, slow;
	int listening, silent;
	pid_t pid;

	need(unshare(CLONE_NEWNET));
	need0(system("/usr/sbin/ip link set lo up"));
	name.sin_port = htons(6013);
	name.sin_addr.s_addr = inet_addr("127.0.0.1");
	listening = need(socket(AF_INET, SOCK_STREAM, 0));
	need(bind(listening, &name, sizeof(name)));
	need(listen(listening, 8));
	pid = need(fork());
	if (pid == 0)
		server(listening);
	say("the server is process %d", pid);

	slow = (struct pollfd){ .fd = connected(), .events = POLLIN };
	quick = (struct pollfd){ .fd = connected(), .events = POLLIN };
	need(write(quick.fd, "date\n", 5));
	/* The server itself must not wait for a request. */
	until(poll(&quick, 1, 0) == 1 || asleep_in(pid, SYS_read));
	if (poll(&quick, 1, 0) == 1)
		to_quick = receive(quick.fd, "quick");
	silent = need(poll(&slow, 1, 0)) == 0;
	check(to_quick.date[0] && silent, "S249",
	      "in a forking server, a slow client makes nobody wait");
	need(write(slow.fd, "date\n", 5));
	to_slow = receive(slow.fd, "slow");
	check(to_slow.date[0] && to_slow.pid != pid && to_quick.pid != pid &&
		      to_slow.pid != to_quick.pid,
	      "S249", "each client is served by a process of its own");
	ended(pid);
	return done();
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * date_server_iterative: a date server that serves one client after another.
 *
 * Notes: S249 (003:301)
 * Watch: the date server and client of the notes in C; a slow client connects
 *        and says nothing, a quick one comes after it.
 * See:   the server waits for the slow client, so the quick one waits, too.
 *        When the slow one asks at last, both get the date.
 */
#include "../check.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>

static struct sockaddr_in name = { .sin_family = AF_INET };

/* The server: receives connections, one at a time. */
static void server(int listening)
{
	char request[16];

	for (;;) {
		int client = need(accept(listening, NULL, NULL));
		time_t now;

		need(read(client, request, sizeof(request)));
		time(&now);
		dprintf(client, "%s", ctime(&now));
		close(client);
	}
}

/* The client: establishes a connection ... */
static int connected(void)
{
	int fd = need(socket(AF_INET, SOCK_STREAM, 0));

	need(connect(fd, &name, sizeof(name)));
	return fd;
}

/* ... and reads a line; is that the date of now? */
static int date_arrives(int fd, const char *who)
{
	time_t before = time(NULL) - 60, date;
	struct tm tm = { 0 };
	char line[64] = "";

	need(recv(fd, line, sizeof(line) - 1, MSG_WAITALL));
	line[strcspn(line, "\n")] = 0;
	say("the %s client got \"%s\"", who, line);
	if (!strptime(line, "%a %b %d %H:%M:%S %Y", &tm))
		return 0;
	tm.tm_isdst = -1;
	date = mktime(&tm);
	return date > before && date <= time(NULL);
}

int main(void)
{
	int listening, slow, quick, waits;
	struct pollfd answer;
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

	slow = connected();
	until(asleep_in(pid, SYS_read)); /* for the request of slow */
	quick = connected();
	need(write(quick, "date\n", 5));
	answer = (struct pollfd){ .fd = quick, .events = POLLIN };
	waits = need(poll(&answer, 1, 0)) == 0 && asleep_in(pid, SYS_read);
	say("the quick client has asked, the server %s",
	    waits ? "waits for the slow one" : "has answered");
	check(waits, "S249",
	      "in an iterative server, one slow client makes all wait");
	need(write(slow, "date\n", 5));
	check(date_arrives(slow, "slow") && date_arrives(quick, "quick"),
	      "S249",
	      "the server receives connections, clients establish them");
	kill(pid, SIGKILL);
	ended(pid);
	return done();
}

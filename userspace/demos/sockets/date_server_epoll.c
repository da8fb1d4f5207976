// SPDX-License-Identifier: GPL-2.0-only
/*
 * date_server_epoll: a date server that waits for all clients at once.
 *
 * Notes: S249 (003:301)
 * Watch: ten slow clients connect and say nothing, then a quick one comes.
 * See:   one process, one thread; it sleeps in epoll_wait() and serves
 *        whoever has asked. The quick client does not wait.
 */
#include "../check.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#define SLOW 10

static struct sockaddr_in name = { .sin_family = AF_INET };

struct answer {
	pid_t pid;
	char date[32];
};

static void watch(int epoll, int fd)
{
	struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };

	need(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event));
}

static void serve(int client)
{
	struct answer answer = { .pid = getpid() };
	char request[16];
	time_t now;

	need(read(client, request, sizeof(request)));
	time(&now);
	ctime_r(&now, answer.date);
	need(write(client, &answer, sizeof(answer)));
	close(client);
}

static void server(int listening)
{
	int epoll = need(epoll_create1(0));
	struct epoll_event event;

	watch(epoll, listening);
	for (;;) {
		need(epoll_wait(epoll, &event, 1, -1));
		if (event.data.fd == listening)
			watch(epoll, need(accept(listening, NULL, NULL)));
		else
			serve(event.data.fd);
	}
}

static int connected(void)
{
	int fd = need(socket(AF_INET, SOCK_STREAM, 0));

	need(connect(fd, &name, sizeof(name)));
	return fd;
}

/* Until the server has answered, or waits for another client's request. */
static struct answer ask(int fd, pid_t server)
{
	struct pollfd answered = { .fd = fd, .events = POLLIN };
	struct answer answer = { 0 };

	need(write(fd, "date\n", 5));
	until(poll(&answered, 1, 0) == 1 || asleep_in(server, SYS_read));
	if (poll(&answered, 1, 0) == 1)
		need(recv(fd, &answer, sizeof(answer), MSG_WAITALL));
	return answer;
}

int main(void)
{
	int listening, slow[SLOW], right = 0;
	struct answer answer;
	pid_t pid;

	need(unshare(CLONE_NEWNET));
	need0(system("/usr/sbin/ip link set lo up"));
	name.sin_port = htons(6013);
	name.sin_addr.s_addr = inet_addr("127.0.0.1");
	listening = need(socket(AF_INET, SOCK_STREAM, 0));
	need(bind(listening, &name, sizeof(name)));
	need(listen(listening, SLOW + 1));
	pid = need(fork());
	if (pid == 0)
		server(listening);

	for (int i = 0; i < SLOW; i++)
		slow[i] = connected();
	answer = ask(connected(), pid);
	say("process %d to the quick client: %.24s", answer.pid, answer.date);
	check(answer.date[0] && answer.pid == pid, "S249",
	      "an epoll server answers while ten slow clients are silent");
	for (int i = 0; i < SLOW; i++) {
		answer = ask(slow[i], pid);
		right += answer.date[0] && answer.pid == pid;
	}
	say("process %d to %d slow clients: %.24s", answer.pid, right,
	    answer.date);
	check(right == SLOW, "S249",
	      "one process serves all clients, whoever asks first");
	kill(pid, SIGKILL);
	ended(pid);
	return done();
}

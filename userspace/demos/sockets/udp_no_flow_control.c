// SPDX-License-Identifier: GPL-2.0-only
/*
 * udp_no_flow_control: who sends too fast by UDP, loses; by TCP, waits.
 *
 * Notes: S250 (003:310)
 * Watch: the receiver has a small buffer and reads only when all is sent.
 * See:   no send by UDP fails or waits, and what did not fit is gone, counted
 *        by the kernel. TCP stops the sender and loses nothing.
 */
#include "../check.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/socket.h>

#define DATAGRAMS 100

static struct sockaddr_in name = { .sin_family = AF_INET };
static char text[1000];

static int small_receiver(int type)
{
	int fd = need(socket(AF_INET, type, 0)), size = 4096;

	need(setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size)));
	need(bind(fd, &name, sizeof(name)));
	return fd;
}

/* netstat(8) "receive buffer errors", of this network namespace. */
static int thrown_away(void)
{
	FILE *file = need_ptr(fopen("/proc/self/net/snmp", "r"));
	char line[1024];
	int count = 0;

	/* The second line that begins with "Udp:" has the numbers. */
	while (fgets(line, sizeof(line), file))
		sscanf(line, "Udp: %*d %*d %*d %*d %d", &count);
	fclose(file);
	return count;
}

int main(void)
{
	int receiver, sender, listening, sent = 0, got = 0;
	long written = 0, received = 0;
	ssize_t n;

	need(unshare(CLONE_NEWNET));
	need0(system("/usr/sbin/ip link set lo up"));
	name.sin_port = htons(7000);
	name.sin_addr.s_addr = inet_addr("127.0.0.1");

	receiver = small_receiver(SOCK_DGRAM);
	sender = need(socket(AF_INET, SOCK_DGRAM, 0));
	need(connect(sender, &name, sizeof(name)));
	for (int i = 0; i < DATAGRAMS; i++)
		sent += send(sender, text, sizeof(text), MSG_DONTWAIT) ==
			sizeof(text);
	/* Each is in the buffer, or counted as thrown away. */
	until((got += recv(receiver, text, sizeof(text), MSG_DONTWAIT) > 0) +
		      thrown_away() >=
	      sent);
	say("UDP: %d sent without waiting, %d received, %d thrown away", sent,
	    got, thrown_away());
	check(sent == DATAGRAMS && got < sent && got + thrown_away() == sent,
	      "S250", "UDP has no flow control: a slow receiver loses");

	listening = small_receiver(SOCK_STREAM);
	need(listen(listening, 1));
	sender = need(socket(AF_INET, SOCK_STREAM, 0));
	need(connect(sender, &name, sizeof(name)));
	receiver = need(accept(listening, NULL, NULL));
	while ((n = send(sender, text, sizeof(text), MSG_DONTWAIT)) > 0)
		written += n;
	say("TCP: after %ld bytes: %s", written, strerror(errno));
	check(n == -1 && errno == EAGAIN && written > 0, "S250",
	      "TCP has flow control: it stops a sender that is too fast");
	need(shutdown(sender, SHUT_WR));
	while ((n = need(read(receiver, text, sizeof(text)))) > 0)
		received += n;
	say("TCP: %ld bytes written, %ld received", written, received);
	check(received == written, "S250", "and loses nothing");
	return done();
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * lossy_network: on a bad network, TCP delivers all, UDP does not.
 *
 * Notes: S238 (001:185), S250 (003:310), S252 (003:314)
 * Watch: tc(8) drops every fifth packet at random; 200 datagrams, then
 *        numbers through a TCP connection.
 * See:   about 40 datagrams are lost and the sender is not told; one that
 *        comes after a lost one can be used at once, as streaming media do.
 *        TCP sends again what was lost: every number arrives, in order.
 */
#include "../check.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <sys/socket.h>

#define DATAGRAMS 200
#define NUMBERS 1000 /* in each round of TCP */

static struct sockaddr_in name = { .sin_family = AF_INET };
static int last; /* the number in the last datagram that came */

/* How many packets tc has dropped so far. */
static int dropped(void)
{
	FILE *file = need_ptr(popen("/usr/sbin/tc -s qdisc show dev lo", "r"));
	char line[256], *found;
	int count = 0;

	while (fgets(line, sizeof(line), file)) {
		found = strstr(line, "(dropped ");
		if (found)
			count = atoi(found + strlen("(dropped "));
	}
	pclose(file);
	return count;
}

/* How many datagrams have come since the last call. */
static int arrived(int fd)
{
	int count = 0;

	while (recv(fd, &last, sizeof(last), MSG_DONTWAIT) == sizeof(last))
		count++;
	return count;
}

static unsigned int sent_again(int fd)
{
	struct tcp_info info;
	socklen_t len = sizeof(info);

	need(getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len));
	return info.tcpi_total_retrans;
}

int main(void)
{
	int udp, listening, client, connection, lost, got = 0, sent = 0;
	int out[NUMBERS], in[NUMBERS], rounds, right = 0;

	need(unshare(CLONE_NEWNET));
	need0(system("/usr/sbin/ip link set lo mtu 1500 up"));
	name.sin_port = htons(7000);
	name.sin_addr.s_addr = inet_addr("127.0.0.1");
	listening = need(socket(AF_INET, SOCK_STREAM, 0));
	need(bind(listening, &name, sizeof(name)));
	need(listen(listening, 1));
	client = need(socket(AF_INET, SOCK_STREAM, 0));
	need(connect(client, &name, sizeof(name)));
	connection = need(accept(listening, NULL, NULL));
	udp = need(socket(AF_INET, SOCK_DGRAM, 0));
	need(bind(udp, &name, sizeof(name)));
	need(connect(udp, &name, sizeof(name))); /* it sends to itself */
	need0(system("/usr/sbin/tc qdisc add dev lo root netem loss 20%"));

	for (int i = 0; i < DATAGRAMS; i++)
		sent += send(udp, &i, sizeof(i), 0) == sizeof(i);
	/* Each one has come, or tc says that it dropped it. */
	until((got += arrived(udp)) + (lost = dropped()) >= DATAGRAMS);
	say("UDP: %d sent without error, %d came, %d lost; the last to come "
	    "was number %d",
	    sent, got, lost, last);
	check(sent == DATAGRAMS && lost > 0 && got == sent - lost, "S238 S250",
	      "UDP loses datagrams, and tells nobody");
	check(lost > 0 && last >= got, "S252",
	      "a lost datagram does not hold up later ones: good for streaming");

	/* Until TCP has met loss; this takes a few rounds. */
	for (rounds = 0; rounds < 1000 && sent_again(client) < 3; rounds++) {
		for (int i = 0; i < NUMBERS; i++)
			out[i] = rounds * NUMBERS + i;
		need(send(client, out, sizeof(out), 0));
		need(recv(connection, in, sizeof(in), MSG_WAITALL));
		right += !memcmp(in, out, sizeof(in));
	}
	say("TCP: %d numbers sent, %u packets sent again, %d numbers right",
	    rounds * NUMBERS, sent_again(client), right * NUMBERS);
	check(right == rounds && sent_again(client) > 0, "S238",
	      "TCP sends again what is lost: everything arrives in order");
	return done();
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * raw_ping: a raw socket reaches below the ports, to layer 3.
 *
 * Notes: S247 (003:297)
 * Watch: a ping, made by hand: an ICMP echo request, and what comes back.
 * See:   the program gets whole IP packets, header and all, and no port is in
 *        them. Only root may have such a socket; alice gets EPERM.
 */
#include "../check.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <sched.h>
#include <sys/socket.h>

#define ALICE 1000

struct ping {
	struct icmphdr head;
	char text[8];
};

/* RFC 1071: the sum of all 16 bit words, with the carry added, inverted. */
static unsigned short checksum(const struct ping *ping)
{
	unsigned short words[sizeof(*ping) / 2];
	unsigned int sum = 0;

	memcpy(words, ping, sizeof(*ping));
	for (size_t i = 0; i < sizeof(*ping) / 2; i++)
		sum += words[i];
	sum = (sum & 0xffff) + (sum >> 16);
	return ~(sum + (sum >> 16));
}

int main(void)
{
	struct sockaddr_in name = { .sin_family = AF_INET,
				    .sin_addr.s_addr = inet_addr("127.0.0.1") };
	struct ping ping = { .head = { .type = ICMP_ECHO,
				       .un.echo = { .id = 1, .sequence = 1 } },
			     .text = "mailbox" };
	struct {
		struct iphdr ip;
		struct ping ping;
	} packet = { 0 };
	struct timeval patience = { .tv_sec = 10 };
	int fd, error;
	pid_t alice;
	ssize_t n;

	need(unshare(CLONE_NEWNET));
	need0(system("/usr/sbin/ip link set lo up"));
	fd = need(socket(AF_INET, SOCK_RAW, IPPROTO_ICMP));
	need(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience,
			sizeof(patience)));
	ping.head.checksum = checksum(&ping);
	need(sendto(fd, &ping, sizeof(ping), 0, &name, sizeof(name)));
	do /* the request passes by, too */
		n = recv(fd, &packet, sizeof(packet), 0);
	while (n > 0 && packet.ping.head.type == ICMP_ECHO);
	say("%zd bytes came: IP version %d, protocol %d, from %s; ICMP type %d,"
	    " \"%.8s\"",
	    n, packet.ip.version, packet.ip.protocol,
	    inet_ntoa((struct in_addr){ packet.ip.saddr }),
	    packet.ping.head.type, packet.ping.text);
	check(n == sizeof(packet) && packet.ip.version == 4 &&
		      packet.ip.protocol == IPPROTO_ICMP,
	      "S247", "a raw socket receives whole IP packets (layer 3)");
	check(n == sizeof(packet) && packet.ping.head.type == ICMP_ECHOREPLY &&
		      !strcmp(packet.ping.text, "mailbox"),
	      "S247", "a hand-made ICMP echo request is answered: a ping");

	alice = need(fork());
	if (alice == 0) {
		need(setuid(ALICE));
		fd = socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);
		_exit(fd == -1 ? errno : 0);
	}
	error = ended(alice);
	say("alice: %s", strerror(error));
	check(error == EPERM, "S247", "a plain user may have no raw socket");
	return done();
}

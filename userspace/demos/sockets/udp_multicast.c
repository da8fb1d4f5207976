// SPDX-License-Identifier: GPL-2.0-only
/*
 * udp_multicast: one datagram, for all members of a group.
 *
 * Notes: S248 (003:295), S266 (000:358)
 * Watch: three sockets at one port; 0 and 1 are members of the group
 *        239.1.2.3. A is sent; 2 joins; B; 0 leaves; C; 0 joins again; D.
 * See:   each letter is sent once, and reaches those who are members at that
 *        time: ABD, ABCD, BCD. Java: MulticastSocket.
 */
#include "../check.h"
#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/socket.h>

#define RECEIVERS 3

static struct ip_mreqn group;
static int receiver[RECEIVERS], sender, last;
static char got[RECEIVERS][16];

static struct sockaddr_in name_of(const char *ip, int port)
{
	return (struct sockaddr_in){ .sin_family = AF_INET,
				     .sin_port = htons(port),
				     .sin_addr.s_addr = inet_addr(ip) };
}

static int bound(const char *ip, int port)
{
	int fd = need(socket(AF_INET, SOCK_DGRAM, 0)), one = 1, zero = 0;
	struct sockaddr_in name = name_of(ip, port);

	need(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)));
	/* Linux otherwise gives it what other sockets have joined. */
	need(setsockopt(fd, IPPROTO_IP, IP_MULTICAST_ALL, &zero, sizeof(zero)));
	need(bind(fd, &name, sizeof(name)));
	return fd;
}

static void join(int fd)
{
	need(setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &group,
			sizeof(group)));
}

static void leave(int fd)
{
	need(setsockopt(fd, IPPROTO_IP, IP_DROP_MEMBERSHIP, &group,
			sizeof(group)));
}

static void send_to(struct sockaddr_in name, char letter)
{
	need(sendto(sender, &letter, 1, 0, &name, sizeof(name)));
}

/* Sends the letter once, and looks who has got it. */
static void send_to_group(char letter)
{
	char *end;

	send_to(name_of("239.1.2.3", 7000), letter);
	/* One CPU keeps the order: when this one is here, so is the letter. */
	send_to(name_of("127.0.0.1", 7001), letter);
	need(recv(last, &letter, 1, 0));
	for (int i = 0; i < RECEIVERS; i++) {
		end = got[i] + strlen(got[i]);
		recv(receiver[i], end, 1, MSG_DONTWAIT);
	}
}

int main(void)
{
	cpu_set_t one_cpu;

	CPU_ZERO(&one_cpu);
	CPU_SET(sched_getcpu(), &one_cpu);
	need(sched_setaffinity(0, sizeof(one_cpu), &one_cpu));
	need(unshare(CLONE_NEWNET));
	need0(system("/usr/sbin/ip link set lo up"));
	group.imr_multiaddr.s_addr = inet_addr("239.1.2.3");
	group.imr_ifindex = if_nametoindex("lo");
	for (int i = 0; i < RECEIVERS; i++)
		receiver[i] = bound("0.0.0.0", 7000);
	last = bound("127.0.0.1", 7001);
	sender = need(socket(AF_INET, SOCK_DGRAM, 0));
	need(setsockopt(sender, IPPROTO_IP, IP_MULTICAST_IF, &group,
			sizeof(group)));

	join(receiver[0]);
	join(receiver[1]);
	send_to_group('A');
	join(receiver[2]);
	send_to_group('B');
	leave(receiver[0]);
	send_to_group('C');
	join(receiver[0]);
	send_to_group('D');

	for (int i = 0; i < RECEIVERS; i++)
		say("socket %d received %s", i, got[i]);
	check(!strcmp(got[1], "ABCD"), "S248 S266",
	      "each datagram reaches a member of the group");
	check(strchr(got[0], 'A') && strchr(got[1], 'A'), "S248 S266",
	      "one datagram reaches several receivers");
	check(!strcmp(got[2], "BCD"), "S248 S266",
	      "who has not yet joined the group does not get it");
	check(!strcmp(got[0], "ABD"), "S266",
	      "nor does who has left it, until joining again");
	return done();
}

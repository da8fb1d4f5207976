// SPDX-License-Identifier: GPL-2.0-only
/*
 * datagram_overtake: UDP may deliver datagrams in another order than sent.
 *
 * Notes: S155 (001:108)
 * Watch: six numbered datagrams go over a network that delays all but every
 *        third one; it is a loopback device in a namespace of its own. Then
 *        six numbered messages go through a mailbox.
 * See:   datagrams overtake each other, the messages do not.
 */
#include "../check.h"
#include <arpa/inet.h>
#include <mbox.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#define COUNT 6

/* A host of our own, with a network that is slow for most. */
static void make_network(void)
{
	struct ifreq lo = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int fd;

	need(unshare(CLONE_NEWNET));
	fd = need(socket(AF_INET, SOCK_DGRAM, 0));
	need(ioctl(fd, SIOCSIFFLAGS, &lo));
	close(fd);
	need0(system("modprobe sch_netem"));
	need0(system("/usr/sbin/tc qdisc add dev lo root netem delay 200ms "
		     "reorder 100% gap 3"));
}

/* Puts the numbers in the order in which they came. */
static void over_udp(char *came)
{
	struct sockaddr_in addr = { .sin_family = AF_INET };
	socklen_t len = sizeof(addr);
	int from = need(socket(AF_INET, SOCK_DGRAM, 0));
	int to = need(socket(AF_INET, SOCK_DGRAM, 0));

	addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	need(bind(to, (struct sockaddr *)&addr, len));
	need(getsockname(to, (struct sockaddr *)&addr, &len));
	need(connect(from, (struct sockaddr *)&addr, len));
	for (int i = 0; i < COUNT; i++)
		need(send(from, &"123456"[i], 1, 0));
	for (int i = 0; i < COUNT; i++)
		need(recv(to, &came[i], 1, 0));
	close(from);
	close(to);
}

static void over_mailbox(char *came)
{
	struct mbox *box =
		need_ptr(mbox_create(NULL, MBOX_SEND | MBOX_RECV, 0, NULL));

	for (int i = 0; i < COUNT; i++)
		need(mbox_send(box, &"123456"[i], 1));
	for (int i = 0; i < COUNT; i++)
		need(mbox_recv(box, &came[i], 1));
	mbox_close(box);
}

static int all_there(const char *came)
{
	for (int i = 0; i < COUNT; i++)
		if (!strchr(came, "123456"[i]))
			return 0;
	return 1;
}

int main(void)
{
	char udp[COUNT + 1] = "", box[COUNT + 1] = "";
	int tries = 0;

	make_network();
	/* A sender that is stopped for 200 ms between two sends spoils it. */
	do {
		over_udp(udp);
		tries++;
	} while (!strcmp(udp, "123456") && tries < 10);
	say("UDP: sent 123456, came %s (try %d of 10)", udp, tries);
	check(all_there(udp) && strcmp(udp, "123456"), "S155",
	      "UDP: all datagrams came, but not in the order of sending");
	over_mailbox(box);
	say("mailbox: sent 123456, came %s", box);
	check(!strcmp(box, "123456"), "S155",
	      "mailbox: equal messages come in the order of sending");
	return done();
}

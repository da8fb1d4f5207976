// SPDX-License-Identifier: GPL-2.0-only
/*
 * netlink_links: a netlink socket connects a user process and the kernel.
 *
 * Notes: S246 (003:258)
 * Watch: a process asks the kernel by messages which network devices there
 *        are, and to switch one on; a second socket only listens.
 * See:   the kernel (address 0) answers, obeys, and tells the listener of the
 *        change without being asked. It refuses the same from alice.
 */
#include "../check.h"
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sched.h>
#include <sys/socket.h>

#define ALICE 1000

static int netlink(unsigned int groups)
{
	struct sockaddr_nl name = { .nl_family = AF_NETLINK,
				    .nl_groups = groups };
	int fd = need(socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE));

	need(bind(fd, (struct sockaddr *)&name, sizeof(name)));
	return fd;
}

/* RTM_GETLINK asks for lo; RTM_NEWLINK changes it. */
static void send_request(int fd, int type, int flags, unsigned int change)
{
	struct {
		struct nlmsghdr head;
		struct ifinfomsg link;
	} request = { .head = { .nlmsg_len = sizeof(request),
				.nlmsg_type = type,
				.nlmsg_flags = NLM_F_REQUEST | flags },
		      .link = { .ifi_index = 1,
				.ifi_flags = change,
				.ifi_change = change } };

	need(send(fd, &request, sizeof(request), 0));
}

struct answer {
	int type, error, up;
	unsigned int sender;
	char device[IF_NAMESIZE];
};

static struct answer receive(int fd, int flags)
{
	union {
		struct nlmsghdr head;
		char space[8192];
	} message;
	struct sockaddr_nl from = { 0 };
	socklen_t len = sizeof(from);
	struct answer answer = { 0 };
	struct ifinfomsg *link = NLMSG_DATA(&message.head);
	struct nlmsgerr *error = NLMSG_DATA(&message.head);

	if (recvfrom(fd, &message, sizeof(message), flags,
		     (struct sockaddr *)&from, &len) == -1)
		return answer;
	answer.type = message.head.nlmsg_type;
	answer.sender = from.nl_pid;
	if (answer.type == NLMSG_ERROR) {
		answer.error = -error->error;
	} else if (answer.type == RTM_NEWLINK) {
		answer.up = !!(link->ifi_flags & IFF_UP);
		if_indextoname(link->ifi_index, answer.device);
	}
	return answer;
}

int main(void)
{
	struct answer before, obeyed, told, after;
	int fd, listener, refused;
	pid_t alice;

	need(unshare(CLONE_NEWNET));
	fd = netlink(0);
	listener = netlink(RTMGRP_LINK);

	send_request(fd, RTM_GETLINK, 0, 0);
	before = receive(fd, 0);
	say("asked for device 1; address %u answered: %s, %s", before.sender,
	    before.device, before.up ? "up" : "down");
	check(before.type == RTM_NEWLINK && before.sender == 0 &&
		      !strcmp(before.device, "lo") && !before.up,
	      "S246", "a process asks, and the kernel answers");

	alice = need(fork());
	if (alice == 0) {
		need(setuid(ALICE));
		fd = netlink(0);
		send_request(fd, RTM_NEWLINK, NLM_F_ACK, IFF_UP);
		_exit(receive(fd, 0).error);
	}
	refused = ended(alice);
	say("alice asks to switch it on: %s", strerror(refused));
	told = receive(listener, MSG_DONTWAIT);
	check(refused == EPERM && told.type == 0, "S246",
	      "the kernel refuses what the sender may not do");

	send_request(fd, RTM_NEWLINK, NLM_F_ACK, IFF_UP);
	obeyed = receive(fd, 0);
	send_request(fd, RTM_GETLINK, 0, 0);
	after = receive(fd, 0);
	say("root asks the same: lo is %s", after.up ? "up" : "down");
	check(obeyed.type == NLMSG_ERROR && obeyed.error == 0 && after.up,
	      "S246", "a message to the kernel can be an order");
	told = receive(listener, MSG_DONTWAIT);
	check(told.type == RTM_NEWLINK && told.up && told.sender == 0, "S246",
	      "the kernel tells of the change to whoever listens");
	return done();
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * no_guarantee: "non-blocking send: the system guarantees the sending": no.
 *
 * Notes: S344 (004:75)
 * Watch: three sends that succeed: to a mailbox that is deleted, to a UDP port
 *        where nobody is, and to a pipe that has not enough room.
 * See:   the message is lost, the datagram is lost, the pipe took a part. Who
 *        must know asks for a receipt: MBOX_SYNC reports the loss.
 */
#include "../check.h"

#include <fcntl.h>
#include <mbox.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

static void mailbox_deleted(void)
{
	const struct mbox_send_options sync = { .flags = MBOX_SYNC };
	const unsigned int flags = MBOX_SEND | MBOX_RECV | MBOX_ADMIN;
	struct mbox *mb = need_ptr(mbox_create(NULL, flags, 0, NULL));
	int sent, err;
	pid_t careful;
	char text[10];

	sent = mbox_send(mb, "hello", 5);
	careful = need(fork());
	if (!careful)
		_exit(mbox_send_with(mb, "hello", 5, &sync) ? errno : 0);
	until(asleep_in(careful, SYS_ioctl));
	need(mbox_destroy(mb));
	err = mbox_recv(mb, text, sizeof(text)) < 0 ? errno : 0;
	say("mailbox: sent; then it was deleted; the receiver gets: %s",
	    strerror(err));
	check(sent == 0 && err == EIDRM, "S344",
	      "a message that was sent is lost with its mailbox");
	err = ended(careful);
	say("mailbox: the sender that wanted a receipt gets: %s",
	    strerror(err));
	check(err == EIDRM, "S344",
	      "the synchronous sender learns that it did not arrive");
	mbox_close(mb);
}

/* Datagrams that this network threw away since nobody had the port. */
static int udp_no_ports(void)
{
	FILE *file = need_ptr(fopen("/proc/net/snmp", "r"));
	char line[512];
	int n = -1;

	/* "Udp: InDatagrams NoPorts ...", and below that the numbers. */
	while (n < 0 && fgets(line, sizeof(line), file))
		sscanf(line, "Udp: %*d %d", &n);
	fclose(file);
	return n;
}

static void udp_without_receiver(void)
{
	struct sockaddr_in to = {
		.sin_family = AF_INET,
		.sin_port = htons(2000),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	struct ifreq lo = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	ssize_t sent, received;
	int out, in, err;
	char text[10];

	need(unshare(CLONE_NEWNET)); /* a network of our own */
	out = (int)need(socket(AF_INET, SOCK_DGRAM, 0));
	in = (int)need(socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0));
	need(ioctl(out, SIOCSIFFLAGS, &lo));
	sent = sendto(out, "hello", 5, 0, (struct sockaddr *)&to, sizeof(to));
	until(udp_no_ports() > 0); /* it has come to the port */
	need(bind(in, (struct sockaddr *)&to, sizeof(to)));
	received = recv(in, text, sizeof(text), 0);
	err = received < 0 ? errno : 0;
	say("UDP: sent %zd bytes; who comes to the port later gets: %s", sent,
	    strerror(err));
	check(sent == 5 && err == EAGAIN, "S344",
	      "a datagram that was sent is lost if nobody was there");
	close(out);
	close(in);
}

static void pipe_takes_a_part(void)
{
	static char data[1 << 20];
	ssize_t taken;
	int fd[2];

	need(pipe2(fd, O_NONBLOCK));
	taken = need(write(fd[1], data, sizeof(data)));
	say("pipe: of %zu bytes, write() took %zd", sizeof(data), taken);
	check(taken > 0 && taken < (ssize_t)sizeof(data), "S344",
	      "a non-blocking write may send a part: the rest is our business");
	close(fd[0]);
	close(fd[1]);
}

int main(void)
{
	mailbox_deleted();
	udp_without_receiver();
	pipe_takes_a_part();
	return done();
}

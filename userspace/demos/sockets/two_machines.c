// SPDX-License-Identifier: GPL-2.0-only
/*
 * two_machines: only the socket leaves the computer.
 *
 * Notes: S229 (001:171), S245 (003:257), S300 (003:367)
 * Watch: a second machine (own network, own name, own /tmp) on a cable; a FIFO
 *        and a socket on each; the same client asks here and there.
 * See:   the FIFO of the same name does not connect the two; TCP and UDP do,
 *        and local or remote is nothing but another address.
 */
#include "../check.h"
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#define FIFO "/tmp/two_machines.fifo"

static struct sockaddr_in name_of(const char *ip)
{
	return (struct sockaddr_in){ .sin_family = AF_INET,
				     .sin_port = htons(1625),
				     .sin_addr.s_addr = inet_addr(ip) };
}

/* Tells the name of its machine, once for each type; then opens the FIFO. */
static void server(void)
{
	struct sockaddr_in any = name_of("0.0.0.0"), from;
	int tcp = need(socket(AF_INET, SOCK_STREAM, 0)), fd;
	int udp = need(socket(AF_INET, SOCK_DGRAM, 0));
	socklen_t len = sizeof(from);
	char host[16];

	need(gethostname(host, sizeof(host)));
	need(bind(tcp, &any, sizeof(any)));
	need(listen(tcp, 1));
	need(bind(udp, &any, sizeof(any)));
	need(mkfifo(FIFO, 0600));
	need(raise(SIGSTOP)); /* ready */
	fd = need(accept(tcp, NULL, NULL));
	need(write(fd, host, sizeof(host)));
	need(recvfrom(udp, NULL, 0, 0, &from, &len));
	need(sendto(udp, host, sizeof(host), 0, &from, len));
	need(open(FIFO, O_RDONLY)); /* waits for a writer */
	_exit(0);
}

/* Who answers at this address? The same code for local and remote. */
static const char *ask(const char *ip, int type)
{
	struct sockaddr_in name = name_of(ip);
	int fd = need(socket(AF_INET, type, 0));
	static char host[4][16];
	static int turn;

	need(connect(fd, &name, sizeof(name)));
	if (type == SOCK_DGRAM)
		need(send(fd, "?", 1, 0));
	need(recv(fd, host[turn], sizeof(host[0]), 0));
	close(fd);
	say("%s, %s: \"%s\" answers", ip, type == SOCK_STREAM ? "TCP" : "UDP",
	    host[turn]);
	return host[turn++];
}

/* A machine: a network, a name and a disk of its own. */
static void new_machine(const char *name)
{
	need(unshare(CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWUTS));
	need(mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL));
	need(mount("none", "/tmp", "tmpfs", 0, NULL));
	need(sethostname(name, strlen(name)));
	need0(system("/usr/sbin/ip link set lo up"));
}

int main(void)
{
	const char *by_tcp, *by_udp;
	char command[128];
	pid_t here, there;
	int status, fd;

	new_machine("here");
	here = need(fork());
	if (here == 0)
		server();
	there = need(fork());
	if (there == 0) {
		new_machine("there");
		need(raise(SIGSTOP)); /* until the cable is plugged in */
		need0(system("/usr/sbin/ip addr add 10.0.0.2/24 dev eth0"));
		need0(system("/usr/sbin/ip link set eth0 up"));
		server();
	}
	need(waitpid(there, &status, WUNTRACED));
	snprintf(command, sizeof(command),
		 "/usr/sbin/ip link add eth0 type veth peer name eth0 netns %d",
		 there);
	need0(system(command));
	need0(system("/usr/sbin/ip addr add 10.0.0.1/24 dev eth0"));
	need0(system("/usr/sbin/ip link set eth0 up"));
	need(kill(there, SIGCONT));
	need(waitpid(there, &status, WUNTRACED));
	need(waitpid(here, &status, WUNTRACED));
	need(kill(there, SIGCONT));
	need(kill(here, SIGCONT));

	by_tcp = ask("127.0.0.1", SOCK_STREAM);
	by_udp = ask("127.0.0.1", SOCK_DGRAM);
	check(!strcmp(by_tcp, "here") && !strcmp(by_udp, "here"), "S300",
	      "a client talks with a local server");
	by_tcp = ask("10.0.0.2", SOCK_STREAM);
	by_udp = ask("10.0.0.2", SOCK_DGRAM);
	check(!strcmp(by_tcp, "there") && !strcmp(by_udp, "there"), "S245 S300",
	      "and with a remote one, by TCP and UDP: only the address differs");

	/* Both readers wait at a FIFO of this name, one on each machine. */
	until(asleep_in(here, SYS_openat) && asleep_in(there, SYS_openat));
	fd = need(open(FIFO, O_WRONLY));
	ended(here);
	close(fd);
	fd = open(FIFO, O_WRONLY | O_NONBLOCK);
	say("FIFO: a writer woke the reader here; the next writer finds %s",
	    fd == -1 ? "no reader" : "a reader");
	check(fd == -1 && errno == ENXIO && asleep_in(there, SYS_openat),
	      "S229", "a FIFO reaches the reader here, but not the one there");
	need(kill(there, SIGKILL));
	ended(there);
	return done();
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * find_address: how a name becomes an IP address: /etc/hosts, then DNS.
 *
 * Notes: S122 (003:322), S252 (003:315)
 * Watch: a machine with its own /etc asks for two names; a DNS server of
 *        thirty lines listens on port 53.
 * See:   vm-peer is found in the file; www.example is found only when the
 *        server answers, and question and answer are one datagram each.
 */
#include "../check.h"
#include <arpa/inet.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/socket.h>

static void write_file(const char *path, const char *text)
{
	int fd = need(open(path, O_WRONLY | O_CREAT, 0644));

	need(write(fd, text, strlen(text)));
	close(fd);
}

/* Puts the address into ip; returns 0 if the name is known. */
static int find(const char *name, char *ip)
{
	struct addrinfo hints = { .ai_family = AF_INET }, *found;
	int error = getaddrinfo(name, NULL, &hints, &found);
	struct sockaddr_in *address;

	strcpy(ip, "?");
	if (error == 0) {
		address = (struct sockaddr_in *)found->ai_addr;
		inet_ntop(AF_INET, &address->sin_addr, ip, INET_ADDRSTRLEN);
		freeaddrinfo(found);
	}
	say("%s: %s", name, error ? gai_strerror(error) : ip);
	return error;
}

/* Knows one name. RFC 1035: a header of 12 bytes, then the question. */
static void dns_server(int fd)
{
	static const char question[] = "\3www\7example\0\0\1\0\1";
	static const char answer[] = "\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\12\0\0\3";
	struct sockaddr_in from;
	socklen_t len = sizeof(from);
	char text[512];
	ssize_t n;

	while ((n = recvfrom(fd, text, 400, 0, &from, &len)) >= 12) {
		int known = n >= 12 + (ssize_t)sizeof(question) - 1 &&
			    !memcmp(text + 12, question, sizeof(question) - 1);

		text[2] = '\x81'; /* an answer; 3: there is no such name */
		text[3] = known ? '\x80' : '\x83';
		text[7] = known; /* how many answers follow */
		if (known) {
			memcpy(text + n, answer, sizeof(answer) - 1);
			n += sizeof(answer) - 1;
		}
		need(sendto(fd, text, n, 0, &from, len));
	}
}

int main(void)
{
	struct sockaddr_in port53 = { .sin_family = AF_INET,
				      .sin_port = htons(53),
				      .sin_addr.s_addr =
					      inet_addr("127.0.0.1") };
	char ip[INET_ADDRSTRLEN];
	int fd, missing, found;
	pid_t pid;

	/* A machine of its own: no network yet, nothing in /etc. */
	need(unshare(CLONE_NEWNET | CLONE_NEWNS));
	need(mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL));
	need0(system("/usr/sbin/ip link set lo up"));
	need(mount("none", "/etc", "tmpfs", 0, NULL));
	write_file("/etc/nsswitch.conf", "hosts: files dns\n");
	write_file("/etc/resolv.conf", "nameserver 127.0.0.1\n");

	missing = find("vm-peer", ip);
	write_file("/etc/hosts", "10.0.0.2 vm-peer\n");
	found = find("vm-peer", ip);
	check(missing != 0 && found == 0 && !strcmp(ip, "10.0.0.2"), "S122",
	      "a name gets its IP address from /etc/hosts");

	missing = find("www.example", ip);
	fd = need(socket(AF_INET, SOCK_DGRAM, 0));
	need(bind(fd, &port53, sizeof(port53)));
	pid = need(fork());
	if (pid == 0)
		dns_server(fd);
	found = find("www.example", ip);
	check(missing != 0 && found == 0 && !strcmp(ip, "10.0.0.3"),
	      "S122 S252",
	      "other names are found by asking DNS, by a datagram to port 53");
	check(find("nobody.example", ip) != 0, "S122",
	      "a name that nobody knows has no address");
	kill(pid, SIGKILL);
	ended(pid);
	return done();
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * well_known_ports: services have agreed ports; /etc/services lists them.
 *
 * Notes: S123 (003:323), S241 (001:204), S252 (003:278)
 * Watch: the table that the notes had as a figure; then a server and a client
 *        that both know nothing but the name "daytime".
 * See:   all of the services are below 1024; server and client meet.
 */
#include "../check.h"
#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <sys/socket.h>

/* The port of the service, or -1: the table has no such name. */
static int port_of(const char *service, const char *protocol)
{
	struct servent *entry = getservbyname(service, protocol);

	return entry ? ntohs(entry->s_port) : -1;
}

static struct sockaddr_in local_service(const char *service)
{
	return (struct sockaddr_in){ .sin_family = AF_INET,
				     .sin_port = htons(port_of(service, "tcp")),
				     .sin_addr.s_addr =
					     inet_addr("127.0.0.1") };
}

int main(void)
{
	/* What the notes name: web, SSL, mail, ssh, telnet. */
	static const char *streams[] = { "ssh",	 "telnet", "smtp", "http",
					 "pop3", "imap2",  "https" };
	int low = 0, count = sizeof(streams) / sizeof(streams[0]), fd, port;
	struct sockaddr_in server, client;
	char answer[8] = "";
	pid_t pid;

	need(unshare(CLONE_NEWNET));
	need0(system("/usr/sbin/ip link set lo up"));
	for (int i = 0; i < count; i++) {
		port = port_of(streams[i], "tcp");
		say("%5d  %s", port, streams[i]);
		low += port > 0 && port < 1024;
	}
	say("%5d  domain (DNS), also as datagrams", port_of("domain", "udp"));
	check(low == count, "S241",
	      "the services of the notes are well known: ports below 1024");
	check(low == count && port_of("domain", "udp") == 53, "S252",
	      "ssh, telnet, mail and web are streams; DNS uses datagrams");

	/* Server and client look up the port, each for itself. */
	server = local_service("daytime");
	fd = need(socket(AF_INET, SOCK_STREAM, 0));
	need(bind(fd, &server, sizeof(server)));
	need(listen(fd, 1));
	pid = need(fork());
	if (pid == 0) {
		fd = need(accept(fd, NULL, NULL));
		need(write(fd, "hello", 6));
		_exit(0);
	}
	close(fd);
	client = local_service("daytime");
	fd = need(socket(AF_INET, SOCK_STREAM, 0));
	if (connect(fd, &client, sizeof(client)) == 0)
		need(read(fd, answer, sizeof(answer)));
	say("connected to \"daytime\", which is port %d: \"%s\"",
	    ntohs(client.sin_port), answer);
	check(ntohs(client.sin_port) == 13 && !strcmp(answer, "hello"), "S123",
	      "by the service's name, client and server agree on a port");
	check(port_of("mailbox-of-this-class", "tcp") == -1, "S123",
	      "a service that is not in the table has no known port");
	kill(pid, SIGKILL);
	ended(pid);
	return done();
}

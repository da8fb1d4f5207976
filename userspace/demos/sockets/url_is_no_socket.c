// SPDX-License-Identifier: GPL-2.0-only
/*
 * url_is_no_socket: https://www.google.com:80 is a URL, and a wrong one.
 *
 * Notes: S334 (000:334)
 * Watch: which ports http and https have; what names a socket; two clients of
 *        one server (in this network, an address of our own has that name).
 * See:   https is 443. "Address and port" names three sockets of the server
 *        at once; both addresses and both ports together name one.
 */
#include "../check.h"
#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/socket.h>

static int find(const char *host, const char *service, struct sockaddr_in *name)
{
	struct addrinfo hints = { .ai_family = AF_INET,
				  .ai_socktype = SOCK_STREAM };
	struct addrinfo *found;
	int error = getaddrinfo(host, service, &hints, &found);

	if (error) {
		say("%s: %s", host, gai_strerror(error));
		return error;
	}
	memcpy(name, found->ai_addr, sizeof(*name));
	freeaddrinfo(found);
	say("%s, %s: %s:%d", host, service, inet_ntoa(name->sin_addr),
	    ntohs(name->sin_port));
	return 0;
}

static struct sockaddr_in own_name(int fd)
{
	struct sockaddr_in name;
	socklen_t len = sizeof(name);

	need(getsockname(fd, &name, &len));
	return name;
}

static struct sockaddr_in peer_name(int fd)
{
	struct sockaddr_in name;
	socklen_t len = sizeof(name);

	need(getpeername(fd, &name, &len));
	return name;
}

static int same(struct sockaddr_in a, struct sockaddr_in b)
{
	return a.sin_port == b.sin_port &&
	       a.sin_addr.s_addr == b.sin_addr.s_addr;
}

int main(void)
{
	char path[] = "/tmp/url_is_no_socket.XXXXXX";
	static const char hosts[] = "10.0.0.80 www.google.com\n";
	struct sockaddr_in http = { 0 }, https = { 0 }, peer[2];
	int fd, listening, client[2], accepted[2], error;

	/* A network and a table of hosts of our own. */
	need(unshare(CLONE_NEWNET | CLONE_NEWNS));
	need(mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL));
	need0(system("/usr/sbin/ip link set lo up"));
	need0(system("/usr/sbin/ip addr add 10.0.0.80/32 dev lo"));
	fd = need(mkstemp(path));
	need(write(fd, hosts, sizeof(hosts) - 1));
	close(fd);
	need(mount(path, "/etc/hosts", NULL, MS_BIND, NULL));
	need(unlink(path));

	error = find("https://www.google.com:80", NULL, &http);
	need0(find("www.google.com", "http", &http));
	need0(find("www.google.com", "https", &https));
	/* EAI_NONAME: this can be nobody's name, so nobody is asked. */
	check(error == EAI_NONAME &&
		      http.sin_addr.s_addr == inet_addr("10.0.0.80"),
	      "S334", "a URL is not an address; the host in it has one");
	check(ntohs(https.sin_port) == 443 && ntohs(http.sin_port) == 80,
	      "S334", "https has port 443; port 80 is that of http");

	listening = need(socket(AF_INET, SOCK_STREAM, 0));
	need(bind(listening, &https, sizeof(https)));
	need(listen(listening, 2));
	for (int i = 0; i < 2; i++) {
		client[i] = need(socket(AF_INET, SOCK_STREAM, 0));
		need(connect(client[i], &https, sizeof(https)));
		accepted[i] = need(accept(listening, NULL, NULL));
		peer[i] = peer_name(accepted[i]);
		say("a socket: 10.0.0.80:%d, connected to %s:%d",
		    ntohs(own_name(accepted[i]).sin_port),
		    inet_ntoa(peer[i].sin_addr), ntohs(peer[i].sin_port));
	}
	check(same(own_name(listening), https) &&
		      same(own_name(accepted[0]), https) &&
		      same(own_name(accepted[1]), https),
	      "S334", "address and port alone fit three sockets of the server");
	check(!same(peer[0], peer[1]) && same(peer[0], own_name(client[0])) &&
		      same(peer[1], own_name(client[1])),
	      "S334", "two addresses and two ports name one connection");
	return done();
}

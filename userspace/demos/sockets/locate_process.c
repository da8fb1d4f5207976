// SPDX-License-Identifier: GPL-2.0-only
/*
 * locate_process: first find the computer, then the process on it.
 *
 * Notes: S235 (000:332), S263 (002:79)
 * Watch: two machines, each with a "daytime" and an "echo" server; the client
 *        knows only names: of the computer and of the service.
 * See:   the name of the computer becomes an address, that of the service a
 *        port; both together lead to one of four processes.
 */
#include "../check.h"
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/socket.h>

static const char hosts[] = "10.0.0.1 vm-here\n10.0.0.2 vm-peer\n";

/* A server that says which process it is. */
static pid_t start_server(const char *service)
{
	int listening = need(socket(AF_INET, SOCK_STREAM, 0)), fd;
	struct servent *entry = need_ptr(getservbyname(service, "tcp"));
	struct sockaddr_in any = { .sin_family = AF_INET,
				   .sin_port = entry->s_port };
	pid_t pid;

	need(bind(listening, &any, sizeof(any)));
	need(listen(listening, 1));
	pid = need(fork());
	if (pid == 0) {
		pid = getpid();
		fd = need(accept(listening, NULL, NULL));
		need(write(fd, &pid, sizeof(pid)));
		_exit(0);
	}
	close(listening);
	return pid;
}

/* Returns the process that answers. */
static pid_t ask(const char *computer, const char *service)
{
	struct addrinfo hints = { .ai_family = AF_INET,
				  .ai_socktype = SOCK_STREAM };
	char ip[64], port[16];
	struct addrinfo *found;
	pid_t pid = 0;
	int fd;

	if (getaddrinfo(computer, service, &hints, &found)) {
		say("%s, %s: not found", computer, service);
		return 0;
	}
	need0(getnameinfo(found->ai_addr, found->ai_addrlen, ip, sizeof(ip),
			  port, sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV));
	fd = need(socket(AF_INET, SOCK_STREAM, 0));
	need(connect(fd, found->ai_addr, found->ai_addrlen));
	freeaddrinfo(found);
	need(recv(fd, &pid, sizeof(pid), MSG_WAITALL));
	close(fd);
	say("%s, %s: address %s, port %s, process %d", computer, service, ip,
	    port, pid);
	return pid;
}

int main(void)
{
	pid_t peer, here[2], there[2] = { 0 };
	char path[] = "/tmp/locate_process.XXXXXX";
	char command[128];
	int fds[2], fd, status;

	/* Our own network, and our own table of computers. */
	need(unshare(CLONE_NEWNET | CLONE_NEWNS));
	need(mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL));
	fd = need(mkstemp(path));
	need(write(fd, hosts, sizeof(hosts) - 1));
	close(fd);
	need(mount(path, "/etc/hosts", NULL, MS_BIND, NULL));
	need(unlink(path));

	need(pipe(fds));
	peer = need(fork());
	if (peer == 0) {
		need(unshare(CLONE_NEWNET));
		need(raise(SIGSTOP)); /* until the cable is plugged in */
		need0(system("/usr/sbin/ip addr add 10.0.0.2/24 dev eth0"));
		need0(system("/usr/sbin/ip link set eth0 up"));
		there[0] = start_server("daytime");
		there[1] = start_server("echo");
		need(write(fds[1], there, sizeof(there)));
		_exit(ended(there[0]) + ended(there[1]));
	}
	close(fds[1]);
	need(waitpid(peer, &status, WUNTRACED));
	snprintf(command, sizeof(command),
		 "/usr/sbin/ip link add eth0 type veth peer name eth0 netns %d",
		 peer);
	need0(system(command));
	need0(system("/usr/sbin/ip addr add 10.0.0.1/24 dev eth0"));
	need0(system("/usr/sbin/ip link set eth0 up"));
	need0(system("/usr/sbin/ip link set lo up"));
	here[0] = start_server("daytime");
	here[1] = start_server("echo");
	need(kill(peer, SIGCONT));
	need0(read(fds[0], there, sizeof(there)) != sizeof(there));

	check(ask("vm-nowhere", "echo") == 0, "S263",
	      "without the computer's location, there is no process to reach");
	check(ask("vm-peer", "echo") == there[1] &&
		      ask("vm-here", "echo") == here[1],
	      "S235 S263",
	      "the computer's name gives an address, and this the machine");
	check(ask("vm-peer", "daytime") == there[0] &&
		      ask("vm-here", "daytime") == here[0],
	      "S235 S263",
	      "the service's name gives a port, and this a process there");
	for (int i = 0; i < 2; i++) {
		kill(here[i], SIGKILL);
		kill(there[i], SIGKILL); /* a child of peer */
		ended(here[i]);
	}
	ended(peer);
	return done();
}

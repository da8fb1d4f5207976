// SPDX-License-Identifier: GPL-2.0-only
/*
 * web_server: a web server produces HTML, a browser consumes it.
 *
 * Notes: S47 (000:25), S233 (001:179), S252 (003:278)
 * Watch: a web server of one page at port 80; wget is the browser and knows
 *        only http://127.0.0.1/, no port.
 * See:   wget goes to port 80 and gets the page that was made for it.
 */
#include "../check.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/socket.h>

/* Takes one request and produces the page. */
static void serve(int listening)
{
	int fd = need(accept(listening, NULL, NULL)), method_len;
	struct sockaddr_in own;
	socklen_t len = sizeof(own);
	char request[2048], page[512], head[128];
	size_t have = 0;
	ssize_t n;

	/* The head of a request ends with an empty line. */
	request[0] = 0;
	while (!strstr(request, "\r\n\r\n")) {
		n = need(read(fd, request + have, sizeof(request) - 1 - have));
		if (n == 0)
			_exit(1);
		have += n;
		request[have] = 0;
	}
	need(getsockname(fd, &own, &len));
	method_len = strcspn(request, " ");
	snprintf(page, sizeof(page),
		 "<html><p>process %d, port %d, method %.*s</p></html>\n",
		 getpid(), ntohs(own.sin_port), method_len, request);
	snprintf(head, sizeof(head),
		 "HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n"
		 "Content-Length: %zu\r\n\r\n",
		 strlen(page));
	need(write(fd, head, strlen(head)));
	need(write(fd, page, strlen(page)));
	_exit(0);
}

int main(void)
{
	struct sockaddr_in name = { .sin_family = AF_INET,
				    .sin_port = htons(80) };
	char page[512] = "", method[16] = "";
	int listening, pid = 0, port = 0;
	pid_t server;
	FILE *browser;
	size_t n;

	need(unshare(CLONE_NEWNET));
	need0(system("/usr/sbin/ip link set lo up"));
	listening = need(socket(AF_INET, SOCK_STREAM, 0));
	need(bind(listening, &name, sizeof(name)));
	need(listen(listening, 1));
	server = need(fork());
	if (server == 0)
		serve(listening);
	close(listening);

	browser = need_ptr(popen("wget -q -O - http://127.0.0.1/", "r"));
	n = fread(page, 1, sizeof(page) - 1, browser);
	page[n] = 0;
	pclose(browser);
	page[strcspn(page, "\n")] = 0;
	say("the browser has: %s", page);
	sscanf(page, "<html><p>process %d, port %d, method %15[A-Z]", &pid,
	       &port, method);
	check(pid == server && strstr(page, "</html>"), "S47",
	      "HTML from the web server's process arrives in the browser");
	check(pid == server && port == 80, "S233",
	      "a browser finds the web server at port 80");
	check(pid == server && !strcmp(method, "GET"), "S252",
	      "a web browser's request comes through a stream socket");
	if (pid == server)
		ended(server);
	return done();
}

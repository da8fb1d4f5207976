// SPDX-License-Identifier: GPL-2.0-only
/*
 * same_loop: one loop of read() and write() serves every kind of channel.
 *
 * Notes: S256 (003:270-277)
 * Watch: file, pipe, FIFO, TCP connection and mailbox are open at once. One
 *        function, which knows descriptors only, copies through each.
 * See:   the same bytes come out of each, and of none what was put into
 *        another: the descriptor says which channel is meant.
 */
#include "../check.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <mbox.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>

struct channel {
	const char *name;
	int in, out;
};

/* The heart of cat(1). */
static ssize_t copy(int from, int to, size_t most)
{
	char buf[4096];
	size_t sum = 0;
	ssize_t n;

	while (sum < most && (n = need(read(from, buf, sizeof(buf)))) > 0)
		sum += (size_t)need(write(to, buf, (size_t)n));
	return (ssize_t)sum;
}

/* A network of our own, with nothing in it but this machine. */
static void connect_tcp(struct channel *tcp)
{
	struct sockaddr_in addr = { .sin_family = AF_INET,
				    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct ifreq lo = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	socklen_t len = sizeof(addr);
	int server;

	need(unshare(CLONE_NEWNET));
	server = need(socket(AF_INET, SOCK_STREAM, 0));
	need(ioctl(server, SIOCSIFFLAGS, &lo));
	need(bind(server, (struct sockaddr *)&addr, len));
	need(listen(server, 1));
	need(getsockname(server, (struct sockaddr *)&addr, &len));
	tcp->out = need(socket(AF_INET, SOCK_STREAM, 0));
	need(connect(tcp->out, (struct sockaddr *)&addr, len));
	tcp->in = need(accept(server, NULL, NULL));
	close(server);
}

int main(void)
{
	enum { REGULAR, PIPE, FIFO, TCP, MBOX, COUNT };
	struct channel channel[COUNT] = { { .name = "file" },
					  { .name = "pipe" },
					  { .name = "FIFO" },
					  { .name = "socket" },
					  { .name = "mailbox" } };
	char dir[] = "/tmp/same_loop-XXXXXX", want[100], got[100];
	int fd[2], right = 0, from, to;
	struct mbox *box;
	size_t len;

	need(chdir(need_ptr(mkdtemp(dir))));
	channel[REGULAR].out = need(open("file", O_WRONLY | O_CREAT, 0600));
	channel[REGULAR].in = need(open("file", O_RDONLY));
	need(pipe(fd));
	channel[PIPE].in = fd[0];
	channel[PIPE].out = fd[1];
	need(mkfifo("fifo", 0600));
	channel[FIFO].in = need(open("fifo", O_RDONLY | O_NONBLOCK));
	channel[FIFO].out = need(open("fifo", O_WRONLY));
	need(fcntl(channel[FIFO].in, F_SETFL, 0));
	connect_tcp(&channel[TCP]);
	box = need_ptr(mbox_create(NULL, MBOX_SEND | MBOX_RECV, 0, NULL));
	channel[MBOX].in = channel[MBOX].out = mbox_fd(box);

	from = need(open("from", O_RDWR | O_CREAT, 0600));
	to = need(open("to", O_RDWR | O_CREAT, 0600));
	for (int i = 0; i < COUNT; i++) {
		len = (size_t)snprintf(want, sizeof(want), "this is for the %s",
				       channel[i].name);
		need(pwrite(from, want, len, 0));
		need(ftruncate(from, (off_t)len));
		need(lseek(from, 0, SEEK_SET));
		copy(from, channel[i].out, len);
	}
	for (int i = 0; i < COUNT; i++) {
		len = (size_t)snprintf(want, sizeof(want), "this is for the %s",
				       channel[i].name);
		need(ftruncate(to, 0));
		need(lseek(to, 0, SEEK_SET));
		copy(channel[i].in, to, len);
		memset(got, 0, sizeof(got));
		need(pread(to, got, sizeof(got) - 1, 0));
		say("%-7s descriptor %2d: \"%s\"", channel[i].name,
		    channel[i].in, got);
		right += !strcmp(got, want);
	}
	check(right == COUNT, "S256",
	      "read() and write() move bytes through files and channels alike");
	mbox_close(box);
	need(unlink("file"));
	need(unlink("fifo"));
	need(unlink("from"));
	need(unlink("to"));
	need(rmdir(dir));
	return done();
}

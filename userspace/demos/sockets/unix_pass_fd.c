// SPDX-License-Identifier: GPL-2.0-only
/*
 * unix_pass_fd: a UNIX socket carries descriptors from process to process.
 *
 * Notes: S244 (003:256)
 * Watch: root opens a file that alice may not open, and sends her the open
 *        descriptor; she reads half of the file.
 * See:   she reads it without the right to open it. It is the same open file:
 *        root's position has moved, too. A process without it has EBADF.
 */
#include "../check.h"
#include <fcntl.h>
#include <sys/socket.h>

#define ALICE 1000

union control {
	struct cmsghdr head;
	char space[CMSG_SPACE(sizeof(int))];
};

static void send_fd(int to, int fd)
{
	union control control = { .head = { .cmsg_len = CMSG_LEN(sizeof(fd)),
					    .cmsg_level = SOL_SOCKET,
					    .cmsg_type = SCM_RIGHTS } };
	struct iovec byte = { .iov_base = "x", .iov_len = 1 };
	struct msghdr message = { .msg_iov = &byte,
				  .msg_iovlen = 1,
				  .msg_control = &control,
				  .msg_controllen = sizeof(control) };

	memcpy(CMSG_DATA(&control.head), &fd, sizeof(fd));
	need(sendmsg(to, &message, 0));
}

static int receive_fd(int from)
{
	union control control = { 0 };
	char text;
	struct iovec byte = { .iov_base = &text, .iov_len = 1 };
	struct msghdr message = { .msg_iov = &byte,
				  .msg_iovlen = 1,
				  .msg_control = &control,
				  .msg_controllen = sizeof(control) };
	int fd;

	need(recvmsg(from, &message, 0));
	memcpy(&fd, CMSG_DATA(&control.head), sizeof(fd));
	return fd;
}

/* What alice's process tells afterwards. */
struct report {
	int open_error, number_alone_error, fd;
	char text[8];
};

static void be_alice(int peer, const char *path, int number)
{
	struct report report = { 0 };

	need(setuid(ALICE));
	report.open_error = open(path, O_RDONLY) == -1 ? errno : 0;
	report.fd = receive_fd(peer);
	/* The number that it has at root, who has it open by now. */
	if (read(number, report.text, 6) == -1)
		report.number_alone_error = errno;
	need(read(report.fd, report.text, 6));
	need(write(peer, &report, sizeof(report)));
	_exit(0);
}

int main(void)
{
	char path[] = "/tmp/unix_pass_fd.XXXXXX";
	int fd[2], file, secret = 100; /* a number that alice does not use */
	struct report report;
	pid_t alice;

	file = need(mkostemp(path, O_CLOEXEC)); /* its mode is 0600 */
	need(write(file, "SECRETsecret", 12));
	need(socketpair(AF_UNIX, SOCK_STREAM, 0, fd));
	alice = need(fork());
	if (alice == 0) {
		close(file);
		be_alice(fd[1], path, secret);
	}
	close(fd[1]);
	secret = need(dup2(file, secret));
	need(lseek(secret, 0, SEEK_SET));
	send_fd(fd[0], secret);
	need(recv(fd[0], &report, sizeof(report), MSG_WAITALL));
	ended(alice);
	need(unlink(path));

	say("alice opens it: %s; descriptor %d as a mere number: %s",
	    strerror(report.open_error), secret,
	    strerror(report.number_alone_error));
	check(report.open_error == EACCES && report.number_alone_error == EBADF,
	      "S244", "neither the file's name nor the number gives access");
	say("passed, it is her descriptor %d; she reads \"%.6s\"", report.fd,
	    report.text);
	check(!memcmp(report.text, "SECRET", 6), "S244",
	      "a descriptor that is passed through a UNIX socket does");
	check(lseek(secret, 0, SEEK_CUR) == 6, "S244",
	      "it is the same open file: the sender's position moved");
	return done();
}

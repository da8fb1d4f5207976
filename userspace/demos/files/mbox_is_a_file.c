// SPDX-License-Identifier: GPL-2.0-only
/*
 * mbox_is_a_file: a mailbox is a file descriptor too.
 *
 * Notes: S257 (003:271)
 * Watch: echo, cat and dd, which have never heard of mailboxes, and poll(),
 *        all on /dev/mbox.
 * See:   echo sends, cat receives and sleeps while there is nothing, poll()
 *        waits for several descriptors and tells which one has something.
 */
#include "../check.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/syscall.h>

/* Runs a shell command and gives what it printed. */
static const char *shell(const char *command)
{
	static char printed[100];
	FILE *pipe;
	size_t n;

	say("$ %s", command);
	pipe = need_ptr(popen(command, "r"));
	n = fread(printed, 1, sizeof(printed) - 1, pipe);
	printed[n] = 0;
	need0(pclose(pipe));
	printed[strcspn(printed, "\n")] = 0;
	if (*printed)
		say("%s", printed);
	return printed;
}

int main(void)
{
	struct pollfd polled[2] = { { .events = POLLIN },
				    { .events = POLLIN } };
	int before, after, box, fd[2];
	const char *printed;
	struct stat is;
	char text[10];
	pid_t cat, echo;

	box = need(open("/dev/mbox", O_RDONLY));
	need(fstat(box, &is));
	check(S_ISCHR(is.st_mode), "S257",
	      "open(\"/dev/mbox\") returns the descriptor of a device file");

	need(pipe(fd));
	polled[0].fd = fd[0];
	polled[1].fd = box;
	before = need(poll(polled, 2, 0));
	echo = need(fork());
	if (!echo) {
		until(asleep_in(getppid(), SYS_poll));
		shell("echo hi >/dev/mbox");
		_exit(0);
	}
	after = need(poll(polled, 2, 30000)); /* sleeps until echo has sent */
	need0(ended(echo));
	say("poll: before %d of 2 ready, after %d, the mailbox: %s", before,
	    after, polled[1].revents & POLLIN ? "POLLIN" : "no POLLIN");
	check(before == 0 && after == 1 && polled[1].revents & POLLIN &&
		      !polled[0].revents,
	      "S257", "poll() sleeps on a pipe and a mailbox, and tells which");
	printed = shell("cat /dev/mbox");
	check(!strcmp(printed, "hi"), "S257",
	      "echo sends to a mailbox, and cat receives");
	shell("echo tar | dd bs=9 of=/dev/mbox 2>/dev/null");
	printed = shell("dd bs=9 count=1 if=/dev/mbox 2>/dev/null");
	check(!strcmp(printed, "tar"), "S257", "dd can do it as well");

	cat = need(fork());
	if (!cat) {
		need(dup2(fd[1], STDOUT_FILENO));
		need(execlp("cat", "cat", "/dev/mbox", NULL));
	}
	until(asleep_in(cat, SYS_read));
	say("$ cat /dev/mbox &     (sleeps)");
	shell("echo woken >/dev/mbox");
	need(read(fd[0], text, sizeof(text)));
	need0(ended(cat));
	check(!memcmp(text, "woken\n", 6), "S257",
	      "cat sleeps on an empty mailbox until a message comes");
	return done();
}

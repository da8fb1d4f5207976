// SPDX-License-Identifier: GPL-2.0-only
/*
 * file_notify: the system tells when a file has changed; see inotify(7).
 *
 * Notes: S197 (not in the notes), S341 (002:60)
 * Watch: a child asks to be told when the file has been closed by a writer.
 *        The parent writes the file in two pieces, then closes it.
 * See:   the child sleeps, also between the pieces, and uses no CPU time.
 *        It wakes up once, and finds the whole text.
 */
#include "../check.h"

#include <fcntl.h>
#include <sys/inotify.h>
#include <sys/syscall.h>

static const char path[] = "/tmp/file_notify.text";

static double cpu_ms(pid_t pid)
{
	struct timespec used;
	clockid_t clock;

	need0(clock_getcpuclockid(pid, &clock));
	need(clock_gettime(clock, &used));
	return used.tv_sec * 1e3 + used.tv_nsec / 1e6;
}

static int be_reader(void)
{
	int notify = need(inotify_init1(0)), fd;
	struct inotify_event event;
	char text[100];
	ssize_t n;

	need(inotify_add_watch(notify, path, IN_CLOSE_WRITE));
	need(read(notify, &event, sizeof(event)));
	fd = need(open(path, O_RDONLY));
	n = need(read(fd, text, sizeof(text)));
	say("child: woken up by %s, read \"%.*s\"",
	    event.mask & IN_CLOSE_WRITE ? "IN_CLOSE_WRITE" : "something else",
	    (int)n, text);
	if (!(event.mask & IN_CLOSE_WRITE))
		return 1;
	return n != 23 || memcmp(text, "first half, second half", 23);
}

int main(void)
{
	int fd = need(open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600));
	double start, used;
	int slept, status;
	pid_t child;

	child = need(fork());
	if (!child) {
		close(fd);
		_exit(be_reader());
	}
	until(asleep_in(child, SYS_read));
	start = cpu_ms(child);
	say("child: asleep");
	need(write(fd, "first half, ", 12));
	slept = asleep_in(child, SYS_read);
	say("parent: wrote the first half; the child is %s",
	    slept ? "asleep" : "awake");
	need(write(fd, "second half", 11));
	used = cpu_ms(child) - start;
	say("parent: wrote the second half; the child has used %.3f ms", used);
	need(close(fd));
	status = ended(child);
	check(slept && used == 0, "S197 S341",
	      "a reader can sleep until the file is ready, without polling");
	check(status == 0, "S197 S341",
	      "it is told when the writer is done, and finds the whole text");
	need(unlink(path));
	return done();
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * watch_one_write: a program is simple because a system call hides the rest.
 *
 * Notes: S118 (004:103-104)
 * Watch: one line of a program sends a message with write(). When the mailbox
 *        takes the message, and when it wakes a receiver, the kernel records
 *        which of its functions have called each other up to there.
 * See:   one line above, a chain of functions below, and it goes on elsewhere
 *        if there is a receiver to be woken. (All that these functions called
 *        and that has returned is not even counted.) The numbers vary with
 *        the kernel.
 */
#include "../check.h"
#include <mbox.h>
#include <sys/syscall.h>

/* The functions that one write() was inside of when the kernel recorded. */
struct work {
	int functions, in_module, wakes;
	char names[2000];
};

/* Counts the functions that this process left in the trace, on its stacks. */
static void count(struct work *work)
{
	FILE *f = need_ptr(fopen(TRACE "/trace", "r"));
	char line[400], name[80], known[2002];
	int pid, ours = 0;

	name[0] = ' ';
	memset(work, 0, sizeof(*work));
	while (fgets(line, sizeof(line), f)) {
		/* "NAME-PID [CPU] FLAGS TIME: TEXT"; NAME has 16 columns */
		if (strlen(line) > 17 && sscanf(line + 17, "%d [", &pid) == 1) {
			ours = pid == getpid();
			work->wakes += ours && strstr(line, "mbox_wake:");
		}
		/* " => FUNCTION" */
		if (!ours || sscanf(line, " => %77s", name + 1) != 1)
			continue;
		strcat(name, " ");
		snprintf(known, sizeof(known), " %s", work->names);
		if (!strncmp(name, " trace_", 7) || strstr(known, name) ||
		    strlen(known) + strlen(name) >= sizeof(work->names))
			continue;
		strcat(work->names, name + 1);
		work->functions++;
		work->in_module += !strncmp(name, " mbx_", 5);
	}
	fclose(f);
}

/* The program's part is the line with write(). */
static void watch_write(int fd, struct work *work)
{
	trace_set("trace", " ");
	need(write(fd, "hello", 5));
	count(work);
}

static void show(const char *when, const struct work *work)
{
	const char *from = work->names;

	say("%s: inside %d functions of the kernel, %d of them the module's:",
	    when, work->functions, work->in_module);
	while (*from) {
		size_t len = strlen(from) < 80 ? strlen(from) : 80;

		while (from[len - 1] != ' ') /* no name is that long */
			len--;
		say("    %.*s", (int)len, from);
		from += len;
	}
}

int main(void)
{
	struct mbox *box =
		need_ptr(mbox_create(NULL, MBOX_SEND | MBOX_RECV, 0, NULL));
	static struct work alone, waking;
	pid_t receiver;
	char text[8];

	trace_begin();
	trace_set("events/mbox/mbox_send/enable", "1");
	trace_set("events/mbox/mbox_wake/enable", "1");
	trace_set("options/stacktrace", "1");
	watch_write(mbox_fd(box), &alone);
	need(read(mbox_fd(box), text, sizeof(text)));
	receiver = need(fork());
	if (!receiver)
		_exit(read(mbox_fd(box), text, sizeof(text)) != 5);
	until(asleep_in(receiver, SYS_read));
	watch_write(mbox_fd(box), &waking);
	need0(ended(receiver));
	trace_end();

	say("one line of the program: write(fd, \"hello\", 5);");
	show("nobody waits", &alone);
	show("a receiver sleeps", &waking);
	check(alone.functions >= 5 && alone.in_module && !alone.wakes, "S118",
	      "one line, and a chain of functions of the kernel behind it");
	check(waking.wakes && waking.functions > alone.functions, "S118",
	      "with a receiver to wake it goes on elsewhere, in the same line");
	return done();
}

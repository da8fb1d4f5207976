// SPDX-License-Identifier: GPL-2.0-only
/*
 * opened_for_me: pass the descriptor: who may open, opens for who may not.
 *
 * Notes: S253 (003:261)
 * Watch: a file that only root may open; bob asks root's service for it, and
 *        says where to send the answer by passing a handle to his mailbox.
 * See:   what bob gets is no name and no copy but the open file itself: he may
 *        read it, and only read, since that is how it was opened.
 */
#include "../check.h"

#include <mbox.h>

#define BOB 1001
#define SECRET "/tmp/opened-for-me"

static const struct mbox_attr passes = { .flags = MBOX_FDS };

/* Sends a text and one descriptor. */
static void pass(struct mbox *mb, const char *text, int fd)
{
	const struct mbox_send_options with = { .fds = &fd, .nfds = 1 };

	need(mbox_send_with(mb, text, strlen(text), &with));
}

/* Receives a text and one descriptor, which is what it returns. */
static int get(struct mbox *mb, char *text, size_t size)
{
	int fd = -1;
	const struct mbox_recv_options room = { .fds = &fd, .nfds = 1 };
	ssize_t len = need(mbox_recv_with(mb, text, size - 1, &room, NULL));

	text[len] = 0;
	return fd;
}

/* Bob: ends with a bit for each thing that was as it should be. */
static void be_bob(struct mbox *service)
{
	struct mbox *mine, *reply;
	char text[100] = "";
	int fd, status = 0;

	need(setgid(BOB));
	need(setuid(BOB));
	if (open(SECRET, O_RDONLY) < 0 && errno == EACCES)
		status |= 1;
	say("bob opens the file: %s", strerror(errno));

	mine = need_ptr(mbox_create(NULL, MBOX_SEND | MBOX_RECV, 0, &passes));
	reply = need_ptr(mbox_copy(mine, MBOX_SEND));
	pass(service, SECRET, mbox_fd(reply));
	fd = get(mine, text, sizeof(text));
	text[need(read(fd, text, sizeof(text) - 1))] = 0;
	if (!strcmp(text, "secret"))
		status |= 2;
	say("bob reads what was opened for him: %s", text);
	if (write(fd, "forged", 6) < 0 && errno == EBADF)
		status |= 4;
	say("bob writes to it: %s", strerror(errno));
	_exit(status);
}

int main(void)
{
	struct mbox *service, *answer;
	char name[100];
	int file, seen;
	pid_t bob;

	file = (int)need(open(SECRET, O_WRONLY | O_CREAT | O_TRUNC, 0600));
	need(write(file, "secret", 6));
	close(file);
	service =
		need_ptr(mbox_create(NULL, MBOX_SEND | MBOX_RECV, 0, &passes));
	bob = need(fork());
	if (!bob)
		be_bob(service);

	answer = need_ptr(mbox_adopt(get(service, name, sizeof(name))));
	say("the service is asked for %s", name);
	file = (int)need(open(name, O_RDONLY));
	pass(answer, "here it is", file);
	close(file);
	mbox_close(answer);

	seen = ended(bob);
	check(seen & 1, "S253", "by its name bob cannot open the file");
	check(seen & 2, "S253",
	      "the descriptor that was passed is open for him");
	check(seen & 4, "S253",
	      "it allows what it was opened for, and no more");
	unlink(SECRET);
	mbox_close(service);
	return done();
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * pairs-verbs.c: what is done beside each other; see pairs.c.
 *
 * Owns: the verbs, each of which leaves as many handles as there were, and so
 * few messages that neither a full mailbox nor an empty one is all that the
 * other sees.  What they return does not matter.  Takes no locks.
 */
#include "pairs.h"
#include "../uapi/batch.h"
#include "../uapi/call.h"
#include "../uapi/direct.h"
#include "../uapi/told.h"

#include <fcntl.h>
#include <poll.h>

int pair_fan, pair_passes, pair_sender;

static uint64_t soon(void)
{
	return (uint64_t)mbt_now() + 100000;
}

static int try_send(int fd)
{
	return do_send(fd, "one", 3, .flags = MBOX_NOWAIT);
}

static int try_receive(int fd)
{
	struct mbox_recv r;
	char buf[8];

	return do_recv(fd, &r, buf, sizeof(buf), .flags = MBOX_NOWAIT);
}

/* Full and empty mailboxes change nothing: make it the other one's turn. */
static void send_one(int fd)
{
	if (try_send(fd))
		try_receive(fd);
}

static void receive_one(int fd)
{
	if (try_receive(fd))
		try_send(fd);
}

static void write_one(int fd)
{
	if (write(fd, "one", 3) < 0)
		try_receive(fd);
}

static void read_one(int fd)
{
	char buf[8];

	if (read(fd, buf, sizeof(buf)) < 0)
		try_send(fd);
}

static void send_and_wait(int fd)
{
	do_send(fd, "one", 3, .flags = MBOX_SYNC, .deadline = soon());
}

static void wait_for_one(int fd)
{
	struct mbox_recv r;
	char buf[8];

	do_recv(fd, &r, buf, sizeof(buf), .deadline = soon());
}

static void poll_it(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLL_ALL };

	poll(&p, 1, 0);
}

static void look_at_it(int fd)
{
	struct mbox_waiter waiters[2];
	struct mbox_stat st = { .size = sizeof(st),
				.waiters = PTR(waiters),
				.nwaiters = 2 };

	box_ioctl(fd, MBOX_IOC_STAT, &st);
}

static void look_at_the_handle(int fd)
{
	char path[64], text[512];

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	mbt_read_file(path, text, sizeof(text));
}

static void list_names(int fd)
{
	struct mbox_list_entry entries[4];
	struct mbox_list list = { .size = sizeof(list),
				  .entries = PTR(entries),
				  .entry_size = sizeof(entries[0]),
				  .count = 4 };

	box_ioctl(fd, MBOX_IOC_LIST, &list);
}

static void ask_what_is_used(int fd)
{
	struct mbox_info info;

	do_info(fd, &info);
}

static void copy_the_handle(int fd)
{
	int copy = do_copy(fd, R_SEND);

	if (copy >= 0)
		close(copy);
}

static void open_it(int fd)
{
	int other = box_open_at(fd, .rights = R_ALL, NAMED("pair"));

	if (other >= 0)
		close(other);
}

static void open_default(int fd)
{
	int plain = open(DEV, O_RDWR | O_NONBLOCK | O_CLOEXEC);

	(void)fd;
	if (plain < 0)
		return;
	write_one(plain);
	read_one(plain);
	close(plain);
}

/* One that the other side may have, too. */
static int create(int fd)
{
	return box_open_at(fd, .flags = MBOX_OPEN_CREATE, .rights = R_ALL,
			   .mode = 0600, NAMED("comes-and-goes"));
}

static void create_and_destroy(int fd)
{
	int other = create(fd);

	if (other < 0)
		return;
	send_one(other);
	do_destroy(other);
	close(other);
}

static void create_and_unlink(int fd)
{
	int other = create(fd);

	if (other < 0)
		return;
	do_unlink(other);
	receive_one(other);
	close(other);
}

/* Those that are there have the tag 0; others are waited for. */
static void choose_one(int fd)
{
	struct mbox_recv r;
	char buf[8];
	int err;

	err = do_recv(fd, &r, buf, sizeof(buf), .flags = MBOX_NOWAIT,
		      .select = MBOX_SELECT_LOWEST_TAG);
	if (err)
		try_send(fd);
	do_recv(fd, &r, buf, sizeof(buf), .deadline = soon(),
		.select = MBOX_SELECT_TAG, .select_value = 1);
}

/* On a handle of its own: the others shall find what is there. */
static void filter_a_copy(int fd)
{
	struct mbox_filter f = { .size = sizeof(f), .select = MBOX_SELECT_TAG };
	int copy = do_copy(fd, R_RECV);

	if (copy < 0)
		return;
	box_ioctl(copy, MBOX_IOC_FILTER, &f);
	poll_it(copy);
	try_receive(copy);
	close(copy);
}

static void peek_at_it(int fd)
{
	struct mbox_peek p;
	char buf[8];
	int err;

	err = do_peek(fd, &p, buf, sizeof(buf), .flags = MBOX_NOWAIT);
	if (err)
		try_send(fd);
}

static void flush_it(int fd)
{
	uint64_t messages;

	do_flush(fd, &messages);
	try_send(fd);
}

static void send_a_batch(int fd)
{
	struct mbox_send s[3];
	int i;

	for (i = 0; i < 3; i++)
		s[i] = (struct mbox_send){ .size = sizeof(s[0]),
					   .data = PTR("one"),
					   .len = 3 };
	if (do_batch(fd, MBOX_IOC_SENDV, s, 3, NOWAIT) < 0)
		try_receive(fd);
}

static void receive_a_batch(int fd)
{
	struct mbox_recv r[3];
	char buf[3][8];
	int i;

	for (i = 0; i < 3; i++)
		r[i] = (struct mbox_recv){ .size = sizeof(r[0]),
					   .data = PTR(buf[i]),
					   .len = sizeof(buf[i]) };
	if (do_batch(fd, MBOX_IOC_RECVV, r, 3, NOWAIT) < 0)
		try_send(fd);
}

static void call_and_wait(int fd)
{
	struct mbox_call c;
	char buf[8];

	do_call(fd, &c, "one", buf, sizeof(buf), .deadline = soon());
}

static void answer_one(int fd)
{
	struct mbox_recv r = {};
	char buf[8];
	int err;

	err = do_recv(fd, &r, buf, sizeof(buf), .flags = MBOX_NOWAIT);
	if (err)
		try_send(fd);
	else if (r.token)
		do_reply(fd, r.token, "two");
}

static void register_and_forget(int fd)
{
	do_notify(fd, SIGURG, 1);
	try_send(fd);
	do_notify(fd, 0, 0);
}

static void ask_for_signals(int fd)
{
	int copy = do_copy(fd, R_RECV);

	if (copy < 0)
		return;
	fcntl(copy, F_SETOWN, getpid());
	fcntl(copy, F_SETSIG, SIGURG);
	fcntl(copy, F_SETFL, O_ASYNC | O_NONBLOCK);
	try_send(fd);
	close(copy);
}

static void send_to_itself(int fd)
{
	(void)fd;
	if (send_to(getpid(), "one", NOWAIT))
		try_from(0, NOWAIT);
}

static void receive_from_itself(int fd)
{
	(void)fd;
	if (try_from(getpid(), NOWAIT))
		send_to(getpid(), "one", NOWAIT);
}

static void list_links(int fd)
{
	(void)fd;
	count_links(0);
}

static void publish(int fd)
{
	(void)fd;
	try_send(pair_fan);
}

static void subscribe_for_one(int fd)
{
	int sub = box_open_at(fd, .rights = R_RECV, NAMED("fan"));

	if (sub < 0)
		return;
	try_send(pair_fan);
	try_receive(sub);
	close(sub);
}

static void pass_one(int fd)
{
	struct mbox_recv r = {};
	char buf[8];
	int passed, err;

	(void)fd;
	do_send(pair_passes, "one", 3, .flags = MBOX_NOWAIT, .nfds = 1,
		.fds = PTR(&pair_sender));
	err = do_recv(pair_passes, &r, buf, sizeof(buf), .flags = MBOX_NOWAIT,
		      .nfds = 1, .fds = PTR(&passed));
	if (!err && r.msg_fds)
		close(passed);
}

static void change_a_limit(int fd)
{
	(void)fd;
	mbt_write_file("/sys/module/mbox/parameters/user_messages", "1000000");
}

/* Of a flag that means nothing to a mailbox. */
static void change_flags(int fd)
{
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) ^ O_APPEND);
}

const struct pair_verb pair_verbs[] = {
	{ "send", send_one },
	{ "sync", send_and_wait },
	{ "write", write_one },
	{ "recv", receive_one },
	{ "wait", wait_for_one },
	{ "read", read_one },
	{ "choose", choose_one },
	{ "filter", filter_a_copy },
	{ "poll", poll_it },
	{ "stat", look_at_it },
	{ "fdinfo", look_at_the_handle },
	{ "list", list_names },
	{ "info", ask_what_is_used },
	{ "copy", copy_the_handle },
	{ "open", open_it },
	{ "default", open_default },
	{ "destroy", create_and_destroy },
	{ "unlink", create_and_unlink },
	{ "limit", change_a_limit },
	{ "peek", peek_at_it },
	{ "flush", flush_it },
	{ "sendv", send_a_batch },
	{ "recvv", receive_a_batch },
	{ "call", call_and_wait },
	{ "reply", answer_one },
	{ "notify", register_and_forget },
	{ "async", ask_for_signals },
	{ "send_to", send_to_itself },
	{ "recv_from", receive_from_itself },
	{ "links", list_links },
	{ "publish", publish },
	{ "subscribe", subscribe_for_one },
	{ "pass", pass_one },
	{ "flags", change_flags },
};

const unsigned int pair_verbs_n = sizeof(pair_verbs) / sizeof(pair_verbs[0]);

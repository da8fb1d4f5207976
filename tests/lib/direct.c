// SPDX-License-Identifier: GPL-2.0-only
/*
 * From process to process through libmbox in the guest: who is told what, and
 * how a link comes and goes.
 *
 * Locking: none.  Run by the vm tier.
 */
#include "lib.h"

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>

#define SEND_TO_WITH(mb, pid, text, ...)               \
	mbox_send_to_with(mb, pid, text, strlen(text), \
			  &(struct mbox_send_options){ __VA_ARGS__ })
#define RECV_FROM_WITH(mb, pid, buf, room, message, ...)                \
	mbox_recv_from_with(mb, pid, buf, room,                         \
			    &(struct mbox_recv_options){ __VA_ARGS__ }, \
			    message)

/* The next message of a process, or of any with 0, is this text. */
static void expect_from(struct mbox *mb, pid_t pid, const char *text)
{
	char buf[64];
	ssize_t len = mbox_recv_from(mb, pid, buf, sizeof(buf));

	ASSERT_EQ(len, strlen(text));
	EXPECT_MEM(buf, text, len);
}

static pid_t idler(void)
{
	pid_t pid;

	CHILD(pid)
	{
		for (;;)
			pause();
	}
	return pid;
}

TEST(two_processes_talk_without_a_mailbox, "C23.1 C23.3 C23.4")
{
	struct mbox *mb = ASSERT_PTR(mbox_endpoint(0));
	pid_t parent = getpid(), child;

	CHILD(child)
	{
		/* The parent's handle serves, though it is not for receiving. */
		expect_from(mb, parent, "question");
		ASSERT_OK(mbox_send_to(mb, parent, "answer", 6));
		EXPECT_ERRNO(mbox_recv(mb, NULL, 0), EACCES);
	}
	ASSERT_OK(mbox_send_to(mb, child, "question", 8));
	expect_from(mb, child, "answer");
	EXPECT_CHILD_OK(child);
	mbox_close(mb);
}

TEST(any_handle_serves_for_sending_to_a_process, "C23.3")
{
	struct mbox *mb = lib_new(NULL), *own = ASSERT_PTR(mbox_endpoint(0));

	ASSERT_OK(mbox_send_to(mb, getpid(), "x", 1));
	EXPECT_EQ(lib_status(mb).messages, 0);
	EXPECT_EQ(lib_status(own).messages, 1);
	expect_from(mb, getpid(), "x");
	mbox_close(mb);
	mbox_close(own);
}

TEST(a_message_from_a_process_tells_who_sent_it, "C23.3 C8.5")
{
	struct mbox *mb = ASSERT_PTR(mbox_endpoint(MBOX_NONBLOCK));
	struct mbox_message message;
	pid_t parent = getpid(), child;
	char buf[8];

	CHILD(child)
	ASSERT_EQ(SEND_TO_WITH(mb, parent, "words", .tag = 7, .priority = 3),
		  0);
	EXPECT_CHILD_OK(child);
	EXPECT_ERRNO(RECV_FROM_WITH(mb, child, buf, 2, &message, 0), EMSGSIZE);
	EXPECT_EQ(message.len, 5);
	ASSERT_EQ(RECV_FROM_WITH(mb, child, buf, 2, &message,
				 .flags = MBOX_TRUNCATE,
				 .select = MBOX_SELECT_TAG, .select_value = 7),
		  2);
	EXPECT_EQ(message.pid, child);
	EXPECT_EQ(message.tag, 7);
	EXPECT_EQ(message.priority, 3);
	EXPECT_EQ(message.len, 5);
	EXPECT_ERRNO(mbox_recv_from(mb, child, buf, 8), ESRCH);
	EXPECT_ERRNO(mbox_recv_from(mb, 0, buf, 8), EAGAIN);
	mbox_close(mb);
}

TEST(the_endpoint_can_be_polled_and_received_from, "C20.1 C23.1")
{
	struct mbox *mb = ASSERT_PTR(mbox_endpoint(MBOX_NONBLOCK));
	struct pollfd p = { .fd = mbox_fd(mb), .events = POLLIN };
	char buf[8];

	EXPECT_EQ(poll(&p, 1, 0), 0);
	ASSERT_OK(mbox_send_to(mb, getpid(), "note", 4));
	EXPECT_EQ(poll(&p, 1, 0), 1);
	EXPECT_EQ(p.revents, POLLIN);
	EXPECT_EQ(mbox_peek(mb, buf, sizeof(buf), 0, NULL, NULL), 4);
	EXPECT_EQ(mbox_recv(mb, buf, sizeof(buf)), 4);
	EXPECT_ERRNO(mbox_recv(mb, buf, sizeof(buf)), EAGAIN);
	mbox_close(mb);
}

TEST(who_cannot_be_sent_to_is_told_why, "C24.1 C24.2 C23.5 C10.1 C16.1 C16.4")
{
	struct mbox *mb = ASSERT_PTR(mbox_endpoint(0));
	static char big[MBOX_DEFAULT_SIZE + 1];
	pid_t root = getpid(), child = idler(), alice;
	int i;

	EXPECT_ERRNO(mbox_send_to(mb, 0, "x", 1), ESRCH);
	EXPECT_ERRNO(mbox_send_to(mb, -1, "x", 1), ESRCH);
	EXPECT_ERRNO(mbox_send_to(mb, child, big, sizeof(big)), EMSGSIZE);
	EXPECT_ERRNO(SEND_TO_WITH(mb, child, "x", .flags = MBOX_TRUNCATE),
		     EINVAL);
	EXPECT_ERRNO(mbox_send_to(mb, child, NULL, 1), EFAULT);
	EXPECT_ERRNO(SEND_TO_WITH(mb, child, "x", .nfds = 1), EOPNOTSUPP);
	CHILD(alice)
	{
		mbt_become(ALICE, ALICE);
		EXPECT_ERRNO(mbox_send_to(mb, root, "x", 1), EPERM);
	}
	EXPECT_CHILD_OK(alice);
	for (i = 0; i < MBOX_DEFAULT_MESSAGES; i++)
		ASSERT_OK(mbox_send_to(mb, child, "x", 1));
	EXPECT_ERRNO(SEND_TO_WITH(mb, child, "x", .flags = MBOX_NOWAIT),
		     EAGAIN);
	EXPECT_ERRNO(SEND_TO_WITH(mb, child, "x",
				  .deadline = mbox_deadline_in(20000000)),
		     ETIMEDOUT);
	EXPECT_ERRNO(SEND_TO_WITH(mb, child, "x", .flags = MBOX_ONEWAY),
		     EEXIST);
	mbox_close(mb);
}

TEST(a_one_way_link_carries_no_answer, "C23.5")
{
	struct mbox *mb = ASSERT_PTR(mbox_endpoint(0));
	pid_t parent = getpid(), child;

	CHILD(child)
	{
		expect_from(mb, parent, "news");
		EXPECT_ERRNO(mbox_send_to(mb, parent, "but", 3), EACCES);
	}
	ASSERT_EQ(SEND_TO_WITH(mb, child, "news", .flags = MBOX_ONEWAY), 0);
	EXPECT_CHILD_OK(child);
	mbox_close(mb);
}

/* How many links a walk finds; the last one is stored. */
static unsigned int links_of(pid_t pid, struct mbox_link *link)
{
	struct mbox_link_listing *listing = ASSERT_PTR(mbox_links_open(pid));
	unsigned int n = 0;
	int more;

	while ((more = mbox_links_next(listing, link)) == 1)
		n++;
	EXPECT_EQ(more, 0);
	mbox_links_close(listing);
	return n;
}

TEST(a_walk_over_links_finds_each_once, "C23.6")
{
	/* More than a page. */
	enum { MANY = 40 };
	struct mbox *mb = ASSERT_PTR(mbox_endpoint(0));
	struct mbox_link link;
	pid_t pids[MANY];
	int i;

	for (i = 0; i < MANY; i++) {
		pids[i] = idler();
		ASSERT_OK(mbox_send_to(mb, pids[i], "x", 1));
	}
	EXPECT_EQ(links_of(0, &link), MANY);
	EXPECT_EQ(links_of(getpid(), &link), MANY);
	EXPECT_EQ(link.pid, getpid());
	EXPECT_EQ(link.peer, pids[MANY - 1]);
	EXPECT_EQ(link.sent, 1);
	EXPECT_EQ(link.peer_sent, 0);
	EXPECT_EQ(link.flags, 0);
	EXPECT_EQ(links_of(pids[3], &link), 1);
	EXPECT_EQ(link.pid, pids[3]);
	EXPECT_EQ(link.peer_sent, 1);
	ASSERT_OK(kill(pids[3], SIGKILL));
	EXPECT_CHILD_KILLED(pids[3], SIGKILL);
	WAIT_FOR(links_of(0, &link) == MANY - 1);
	mbox_close(mb);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * queue_overtake: unlike a pipe, a queue can give the second message first.
 *
 * Notes: S155 (001:108), S222 (001:159)
 * Watch: "first" is sent, then "second", and one message is received: by its
 *        type (System V), or by its priority (POSIX, mailbox).
 * See:   "second" comes first, in all three.
 */
#include "../check.h"
#include <fcntl.h>
#include <mbox.h>
#include <mqueue.h>
#include <sys/msg.h>

struct typed {
	long type;
	char text[8];
};

static void by_type(void)
{
	struct typed first = { 1, "first" }, second = { 2, "second" };
	struct typed got[2] = { 0 };
	int queue = need(msgget(IPC_PRIVATE, 0600));

	need(msgsnd(queue, &first, sizeof(first.text), 0));
	need(msgsnd(queue, &second, sizeof(second.text), 0));
	need(msgrcv(queue, &got[0], sizeof(got[0].text), 2, 0));
	need(msgrcv(queue, &got[1], sizeof(got[1].text), 0, 0));
	say("System V: asked for type 2, got \"%s\"; then \"%s\"", got[0].text,
	    got[1].text);
	check(!strcmp(got[0].text, "second") && !strcmp(got[1].text, "first"),
	      "S155 S222", "System V: the type asked for overtakes the others");
	need(msgctl(queue, IPC_RMID, NULL));
}

static void by_priority(void)
{
	struct mq_attr attr = { .mq_maxmsg = 10, .mq_msgsize = 8 };
	char got[2][8] = { "", "" };
	unsigned int priority[2];
	mqd_t queue;

	queue = need(mq_open("/queue_overtake", O_RDWR | O_CREAT | O_EXCL, 0600,
			     &attr));
	need(mq_unlink("/queue_overtake"));
	need(mq_send(queue, "first", 6, 0));
	need(mq_send(queue, "second", 7, 9));
	need(mq_receive(queue, got[0], 8, &priority[0]));
	need(mq_receive(queue, got[1], 8, &priority[1]));
	say("POSIX: got \"%s\" of priority %u, then \"%s\" of priority %u",
	    got[0], priority[0], got[1], priority[1]);
	check(!strcmp(got[0], "second") && !strcmp(got[1], "first") &&
		      priority[0] == 9 && priority[1] == 0,
	      "S155 S222", "POSIX: the higher priority overtakes the lower");
	mq_close(queue);
}

static void in_mailbox(void)
{
	struct mbox_send_options high = { .priority = 9 };
	struct mbox_send_options urgent = { .flags = MBOX_URGENT };
	struct mbox *box =
		need_ptr(mbox_create(NULL, MBOX_SEND | MBOX_RECV, 0, NULL));
	char got[3][8] = { "", "", "" };

	need(mbox_send(box, "first", 6));
	need(mbox_send_with(box, "second", 7, &high));
	need(mbox_send_with(box, "third", 6, &urgent));
	for (int i = 0; i < 3; i++)
		need(mbox_recv(box, got[i], sizeof(got[i])));
	say("mailbox: sent \"first\", \"second\" (priority 9) and \"third\" "
	    "(urgent)");
	say("mailbox: got \"%s\", \"%s\", \"%s\"", got[0], got[1], got[2]);
	check(!strcmp(got[0], "second") && !strcmp(got[2], "first"),
	      "S155 S222", "mailbox: the higher priority overtakes the lower");
	check(!strcmp(got[1], "third"), "S155 S222",
	      "mailbox: an urgent message goes to the front of its priority");
	mbox_close(box);
}

int main(void)
{
	by_type();
	by_priority();
	in_mailbox();
	return done();
}

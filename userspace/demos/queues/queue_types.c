// SPDX-License-Identifier: GPL-2.0-only
/*
 * queue_types: the receiver of a System V queue chooses messages by type.
 *
 * Notes: S222 (001:159)
 * Watch: messages of the types 3, 1, 2, 1 lie in one queue. They are received
 *        by type, by least type, and by "any type but". Then a receiver waits
 *        for type 5 while a message of type 4 comes.
 * See:   each way finds another message; what does not fit is left in the
 *        queue, and wakes nobody. With mailboxes, each type has its own.
 */
#include "../check.h"
#include <mbox.h>
#include <sys/msg.h>
#include <sys/syscall.h>

struct typed {
	long type;
	char name;
};

static int queue;

static void put(long type, char name)
{
	struct typed message = { type, name };

	need(msgsnd(queue, &message, 1, 0));
}

/* The name of the message that fits, or '-' if none does. */
static char get(long type, int flags)
{
	struct typed message;

	if (msgrcv(queue, &message, 1, type, flags | IPC_NOWAIT) == 1)
		return message.name;
	return errno == ENOMSG ? '-' : '?';
}

static void choose(void)
{
	char by_type, least, except, oldest, last, none;

	put(3, 'a');
	put(1, 'b');
	put(2, 'c');
	put(1, 'd');
	say("sent a (type 3), b (type 1), c (type 2), d (type 1)");
	by_type = get(2, 0);
	except = get(3, MSG_EXCEPT);
	least = get(-3, 0);
	none = get(-2, 0);
	put(1, 'e');
	oldest = get(0, 0);
	last = get(0, 0);
	say("type 2: %c; any type but 3: %c; least type up to 3: %c;", by_type,
	    except, least);
	say("least type up to 2: %c (there is none); sent e (type 1);", none);
	say("any type: %c, then %c", oldest, last);
	check(by_type == 'c', "S222", "a type above 0: the first of this type");
	check(except == 'b', "S222", "MSG_EXCEPT: the first of another type");
	check(least == 'd' && none == '-', "S222",
	      "a type below 0: the least type up to this number");
	check(oldest == 'a' && last == 'e', "S222",
	      "type 0: the oldest that is there");
}

static void wait_for_type(void)
{
	pid_t receiver = need(fork());
	struct msqid_ds ds;

	if (!receiver) {
		struct typed message;

		need(msgrcv(queue, &message, 1, 5, 0));
		_exit(message.name);
	}
	until(asleep_in(receiver, SYS_msgrcv));
	put(4, 'e');
	need(msgctl(queue, IPC_STAT, &ds));
	say("a receiver waits for type 5; sent type 4: %lu left in the queue",
	    ds.msg_qnum);
	check(ds.msg_qnum == 1 && asleep_in(receiver, SYS_msgrcv), "S222",
	      "a receiver sleeps on while its type is not there");
	put(5, 'f');
	check(ended(receiver) == 'f' && get(4, 0) == 'e', "S222",
	      "the message of its type passes the older one and wakes it");
}

/* A mailbox has no types: give each kind of message its own mailbox. */
static void use_mailboxes(void)
{
	struct mbox *box[2];
	char name = 0;

	for (int i = 0; i < 2; i++)
		box[i] = need_ptr(
			mbox_create(NULL, MBOX_SEND | MBOX_RECV, 0, NULL));
	need(mbox_send(box[0], "a", 1));
	need(mbox_send(box[1], "b", 1));
	need(mbox_recv(box[1], &name, 1));
	say("mailboxes: sent a to the first and b to the second; got %c", name);
	check(name == 'b', "S222",
	      "with a mailbox for each type, the receiver finds its own");
	mbox_close(box[0]);
	mbox_close(box[1]);
}

int main(void)
{
	queue = need(msgget(IPC_PRIVATE, 0600));
	choose();
	wait_for_type();
	use_mailboxes();
	need(msgctl(queue, IPC_RMID, NULL));
	return done();
}

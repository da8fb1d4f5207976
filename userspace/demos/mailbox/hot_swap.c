// SPDX-License-Identifier: GPL-2.0-only
/*
 * hot_swap: a reason to cooperate: parts can be replaced one by one.
 *
 * Notes: S5 (003:21)
 * Watch: a producer sends numbers to a mailbox. The consumer is "mboxctl recv";
 *        it ends, and another program takes its place.
 * See:   the producer never notices; no number is lost, none comes twice.
 */
#include "../check.h"

#include <mbox.h>
#include <sys/syscall.h>

#define OLD_ONES "20"
#define ITEMS 60

/* The new consumer: it knows the name of the mailbox and nothing else. */
static int new_consumer(void)
{
	struct mbox *mb = need_ptr(mbox_open("numbers", MBOX_RECV));
	char text[20];
	int number = 0;

	while (number < ITEMS) {
		ssize_t len = need(mbox_recv(mb, text, sizeof(text) - 1));

		text[len] = 0;
		number = atoi(text);
		printf("%d\n", number);
	}
	return 0;
}

static void produce(struct mbox *mb)
{
	for (int i = 1; i <= ITEMS; i++) {
		char text[20];
		int len = snprintf(text, sizeof(text), "%d", i);

		need(mbox_send(mb, text, (size_t)len));
	}
	_exit(0);
}

/*
 * Runs one consumer to its end; it must print each number once and in order.
 * Returns the number that is next, or -1 if one was lost or came twice.
 */
static int run(const char *command, int expected)
{
	FILE *consumer = need_ptr(popen(command, "r"));
	int number, wrong = 0;

	while (fscanf(consumer, "%d", &number) == 1)
		wrong += number != expected++;
	return pclose(consumer) == 0 && !wrong ? expected : -1;
}

int main(int argc, char **argv)
{
	struct mbox_status box;
	int after_old, after_new;
	struct mbox *mb;
	pid_t producer;

	if (argc > 1)
		return new_consumer();
	mb = need_ptr(
		mbox_create("numbers", MBOX_SEND | MBOX_RECV, 0600, NULL));
	producer = need(fork());
	if (!producer)
		produce(mb);

	say("consumer: mboxctl recv");
	after_old = run("mboxctl recv --count " OLD_ONES " numbers", 1);
	say("it is gone, having received 1 to %d", after_old - 1);
	check(after_old == 21, "S5",
	      "the old consumer did its part, and ended");

	until(asleep_in(producer, SYS_ioctl));
	need(mbox_status(mb, &box));
	say("producer %d: it waits for room, %d messages wait for a consumer",
	    (int)producer, (int)box.messages);
	check(waitpid(producer, NULL, WNOHANG) == 0 && box.messages == 16, "S5",
	      "without a consumer the producer lives, and waits");

	say("consumer: %s new", argv[0]);
	setenv("SELF", argv[0], 1);
	after_new = run("\"$SELF\" new", after_old);
	say("it received %d to %d", after_old, after_new - 1);
	check(after_new == ITEMS + 1, "S5",
	      "another program goes on where the first one stopped");
	check(ended(producer) == 0, "S5", "the producer ran all the time");
	mbox_close(mb);
	return done();
}

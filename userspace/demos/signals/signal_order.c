// SPDX-License-Identifier: GPL-2.0-only
/*
 * signal_order: in what order do signals that wait arrive? Not as sent.
 *
 * Notes: S105 (001:140), S346 (001:141)
 * Watch: signals 12 10 36 35 35 15 10 are sent while all are held; then they
 *        are taken one by one, or let in on handlers.
 * See:   the lowest number comes first; so a lower number is a higher
 *        priority. Only those of one real-time number stay in their order.
 *        Handlers that may interrupt each other even run the other way round:
 *        the frame that was put on the stack last runs first.
 */
#include "../check.h"
#include <signal.h>

#define KINDS 5
#define SENT 7

static const int kinds[KINDS] = { 10, 12, 15, 35, 36 };
static const int sent[SENT] = { 12, 10, 36, 35, 35, 15, 10 };
static const int by_number[] = { 10, 12, 15, 35, 35, 36 };
static const int from_the_top[] = { 36, 35, 35, 15, 12, 10 };

static int order[16], values[16], count;
static sigset_t all;

static void note(int number, int value)
{
	order[count] = number;
	values[count++] = value;
}

static void handler(int number, siginfo_t *info, void *context)
{
	(void)context;
	note(number, info->si_value.sival_int);
}

/* The n-th signal carries the number n. */
static void send_all(void)
{
	count = 0;
	for (int n = 0; n < SENT; n++)
		need(sigqueue(getpid(), sent[n], (union sigval){ n }));
}

static void show(const char *how)
{
	char line[100] = "";

	for (int i = 0; i < count; i++)
		snprintf(line + strlen(line), sizeof(line) - strlen(line),
			 " %d", order[i]);
	say("%s%s", how, line);
}

static int is_order(const int expected[6])
{
	return count == 6 && !memcmp(order, expected, 6 * sizeof(int));
}

static void let_in_on_handlers(const sigset_t *mask)
{
	struct sigaction action = { .sa_sigaction = handler,
				    .sa_flags = SA_SIGINFO,
				    .sa_mask = *mask };

	for (int k = 0; k < KINDS; k++)
		need(sigaction(kinds[k], &action, NULL));
	send_all();
	need(sigprocmask(SIG_UNBLOCK, &all, NULL));
	need(sigprocmask(SIG_BLOCK, &all, NULL));
}

int main(void)
{
	siginfo_t info;
	sigset_t none;

	sigemptyset(&none);
	sigemptyset(&all);
	for (int k = 0; k < KINDS; k++)
		sigaddset(&all, kinds[k]);
	need(sigprocmask(SIG_BLOCK, &all, NULL));
	say("sent, in this order:            12 10 36 35 35 15 10");

	send_all();
	while (sigtimedwait(&all, &info, &(struct timespec){ 0, 0 }) > 0)
		note(info.si_signo, info.si_value.sival_int);
	show("taken one by one:              ");
	check(is_order(by_number), "S105",
	      "signals have a priority: the lowest number comes first");
	check(count == 6 && order[0] != sent[0], "S346",
	      "signals are not delivered first come, first served");
	check(order[3] == 35 && order[4] == 35 && values[3] == 3 &&
		      values[4] == 4,
	      "S105 S346", "only equal real-time signals stay in order");

	let_in_on_handlers(&all);
	show("handlers that hold the others: ");
	check(is_order(by_number), "S105 S346",
	      "handlers that hold the others run from the lowest number up");

	let_in_on_handlers(&none);
	show("handlers that hold nothing:    ");
	check(is_order(from_the_top), "S105 S346",
	      "handlers that hold nothing run from the highest number down");
	return done();
}

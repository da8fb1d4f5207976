// SPDX-License-Identifier: GPL-2.0-only
/*
 * signal_not_data: signals tell that something happened; data go elsewhere.
 *
 * Notes: S209 (001:131)
 * Watch: a child sends numbers and a text to its parent, by signals that
 *        carry a number each, and ends; then the parent looks what it got.
 * See:   an ordinary signal loses all but the first. A real-time signal
 *        carries one int, so a short text takes four; and few may wait.
 */
#include "../check.h"
#include <signal.h>
#include <sys/resource.h>

static const char text[16] = "hello, world\n";

/* Takes a held signal, if there is one: 1, and what it carried. */
static int take(int number, siginfo_t *info)
{
	sigset_t one;

	sigemptyset(&one);
	sigaddset(&one, number);
	return sigtimedwait(&one, info, &(struct timespec){ 0, 0 }) == number;
}

static void sender(pid_t receiver)
{
	union sigval value = { 0 };

	for (int i = 1; i <= 3; i++) {
		value.sival_int = 100 * i;
		need(sigqueue(receiver, SIGUSR1, value));
	}
	for (size_t i = 0; i < sizeof(text); i += sizeof(int)) {
		memcpy(&value.sival_int, text + i, sizeof(int));
		need(sigqueue(receiver, SIGRTMIN, value));
	}
	_exit(0);
}

int main(void)
{
	int arrived = 0, first = 0, parts = 0, sent = 0, error = 0;
	char got[32] = "";
	siginfo_t info;
	sigset_t hold;
	pid_t child;

	sigemptyset(&hold);
	sigaddset(&hold, SIGUSR1);
	sigaddset(&hold, SIGRTMIN);
	need(sigprocmask(SIG_BLOCK, &hold, NULL));
	child = need(fork());
	if (!child)
		sender(getppid());
	if (ended(child) != 0)
		return 1;

	while (take(SIGUSR1, &info))
		if (!arrived++)
			first = info.si_value.sival_int;
	say("sent 100, 200, 300 by SIGUSR1: %d arrived, it says %d", arrived,
	    first);
	check(arrived == 1 && first == 100, "S209",
	      "SIGUSR1 says that something happened; further data are lost");

	while (parts < 8 && take(SIGRTMIN, &info)) {
		memcpy(got + parts * sizeof(int), &info.si_value, sizeof(int));
		parts++;
	}
	say("sent a text by SIGRTMIN: %d arrived, together \"%.12s\"", parts,
	    got);
	check(parts == 4 && !strcmp(got, text), "S209",
	      "a real-time signal carries an int: 13 bytes take 4 signals");

	need(setrlimit(RLIMIT_SIGPENDING, &(struct rlimit){ 8, 8 }));
	while (sent < 100 && !error) {
		if (sigqueue(getpid(), SIGRTMIN, (union sigval){ 0 }) < 0)
			error = errno;
		else
			sent++;
	}
	say("limit of 8: sent %d, then: %s", sent, strerror(error));
	check(error == EAGAIN && sent <= 8, "S209",
	      "only so many may wait: RLIMIT_SIGPENDING, EAGAIN");
	return done();
}

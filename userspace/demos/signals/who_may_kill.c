// SPDX-License-Identifier: GPL-2.0-only
/*
 * who_may_kill: whom a process may kill, and that nobody can defend itself.
 *
 * Notes: S108 (001:211)
 * Watch: alice, root without the right CAP_KILL, bob, and root try to kill a
 *        process of bob's.
 * See:   EPERM, EPERM, dead, dead. A user is safe from other users, but not
 *        from programs that run under his own name: these can kill maliciously.
 */
#include "../check.h"
#include <linux/capability.h>
#include <signal.h>
#include <sys/syscall.h>

enum { root, alice = 1000, bob = 1001 };

/* The victim: bob's, and as deaf as a process can be. */
static pid_t start_victim(void)
{
	int ready[2];
	pid_t child;
	char byte;

	need(pipe(ready));
	child = need(fork());
	if (!child) {
		sigset_t all;

		sigfillset(&all);
		need(sigprocmask(SIG_BLOCK, &all, NULL));
		need(setuid(bob));
		need(write(ready[1], "r", 1));
		for (;;)
			pause();
	}
	need(read(ready[0], &byte, 1));
	close(ready[0]);
	close(ready[1]);
	return child;
}

static void drop_cap_kill(void)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3
	};
	struct __user_cap_data_struct data[2];

	need(syscall(SYS_capget, &head, data));
	data[CAP_KILL / 32].effective &= ~(1U << CAP_KILL);
	need(syscall(SYS_capset, &head, data));
}

/* Sends SIGKILL as another user; returns 0 or the error. */
static int kill_as(uid_t user, int with_cap_kill, pid_t victim)
{
	pid_t child = need(fork());

	if (!child) {
		if (!with_cap_kill)
			drop_cap_kill();
		need(setuid(user));
		_exit(kill(victim, SIGKILL) ? errno : 0);
	}
	return ended(child);
}

int main(void)
{
	pid_t victim = start_victim();
	int error, alive;

	error = kill_as(alice, 1, victim);
	alive = state_of(victim) != 'Z';
	say("alice kills bob's process:      %s", strerror(error));
	check(error == EPERM && alive, "S108",
	      "another user's process cannot be killed");

	error = kill_as(root, 0, victim);
	alive = state_of(victim) != 'Z';
	say("root, without CAP_KILL:         %s", strerror(error));
	check(error == EPERM && alive, "S108",
	      "nor by root, if it is without the capability CAP_KILL");

	error = kill_as(bob, 1, victim);
	say("bob kills bob's process:        %s", strerror(error));
	check(!error && ended(victim) == 128 + SIGKILL, "S108",
	      "any program of the same user can kill it, willing or not");

	victim = start_victim();
	error = kill_as(root, 1, victim);
	say("root, with CAP_KILL:            %s", strerror(error));
	check(!error && ended(victim) == 128 + SIGKILL, "S108",
	      "and so can a process that has CAP_KILL");
	check(signal(SIGKILL, SIG_IGN) == SIG_ERR && errno == EINVAL, "S108",
	      "the victim has no means against SIGKILL");
	return done();
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * pipe_inject: a third process can reach a pipe, if its user is the same.
 *
 * Notes: S157 (001:112)
 * Watch: a process of alice holds the end to write of a pipe. Bob, and then
 *        another process of alice, open it through /proc/PID/fd.
 * See:   bob gets EACCES, but alice's other process writes into the pipe. The
 *        notes say that no third process can get at it: that is true of other
 *        users only.
 */
#include "../check.h"
#include <fcntl.h>
#include <grp.h>
#include <sys/prctl.h>
#include <signal.h>

enum { ALICE = 1000, BOB = 1001 };

static void become(uid_t uid)
{
	need(setgroups(0, NULL));
	need(setgid(uid));
	need(setuid(uid));
	/* setuid() cleared this; a program that the user starts has it set. */
	need(prctl(PR_SET_DUMPABLE, 1));
}

static void owner(int fd)
{
	become(ALICE);
	need(write(fd, "1st", 3));
	pause();
}

/* Returns 0, or why it could not open the other process's descriptor. */
static int intruder(uid_t uid, pid_t pid, int number)
{
	char path[64];
	int fd;

	become(uid);
	snprintf(path, sizeof(path), "/proc/%d/fd/%d", pid, number);
	fd = open(path, O_WRONLY);
	if (fd == -1)
		return errno;
	need(write(fd, "3rd", 3));
	return 0;
}

/* Starts an intruder that has inherited neither end. */
static int try_as(uid_t uid, pid_t pid, int fd[2])
{
	pid_t third = need(fork());

	if (!third) {
		need(close(fd[0]));
		need(close(fd[1]));
		_exit(intruder(uid, pid, fd[1]));
	}
	return ended(third);
}

int main(void)
{
	char text[20] = "";
	int fd[2], bob, alice;
	pid_t pid;

	need(seteuid(ALICE)); /* whose pipe it shall be */
	need(pipe(fd));
	need(seteuid(0));
	pid = need(fork());
	if (!pid)
		owner(fd[1]);
	need(read(fd[0], text, 3));
	say("read \"%s\" from the process that holds the other end", text);

	bob = try_as(BOB, pid, fd);
	say("bob opens /proc/%d/fd/%d: %s", pid, fd[1], strerror(bob));
	check(bob == EACCES, "S157",
	      "a process of another user cannot open the pipe");

	alice = try_as(ALICE, pid, fd);
	say("alice opens /proc/%d/fd/%d: %s", pid, fd[1], strerror(alice));
	need(fcntl(fd[0], F_SETFL, O_NONBLOCK));
	check(alice == 0 && read(fd[0], text, 3) == 3 && !strcmp(text, "3rd"),
	      "S157",
	      "not as in the notes: a third process writes into the pipe");
	need(kill(pid, SIGKILL));
	ended(pid);
	return done();
}

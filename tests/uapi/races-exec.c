// SPDX-License-Identifier: GPL-2.0-only
/*
 * races-exec.c: races of a program that comes after exec and serves, forced at
 * delay points.
 *
 * Owns: claims of C27 where threads of one process find at once what the program
 * before has left; part of the program uapi-races.  What exec leaves is this
 * program, run again with SERVE_AFTER_EXEC in its environment.  Takes no locks;
 * run by the guest runner.
 */
#include "call.h"
#include "races.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* Its second thread: at the signal, it tries a token that nobody has. */
static void *try_no_token(void *arg)
{
	struct mbox_reply p = { .size = sizeof(p), .token = 1 };
	int fd = *(int *)arg, sig;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigwait(&set, &sig);
	if (ioctl(fd, MBOX_IOC_REPLY, &p) != -1 || errno != ESTALE ||
	    do_send(fd, "done", 4))
		_exit(1);
	return NULL;
}

/* The program after exec: its first thread receives one request, and answers. */
__attribute__((constructor)) static void after_exec(void)
{
	const char *what = getenv("SERVE_AFTER_EXEC");
	struct mbox_recv r;
	pthread_t thread;
	sigset_t set;
	char buf[64];
	int fd;

	if (!what)
		return;
	fd = atoi(what);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	if (pthread_create(&thread, NULL, try_no_token, &fd) ||
	    do_recv(fd, &r, buf, sizeof(buf)) ||
	    do_reply(fd, r.token, "answer"))
		_exit(1);
	pthread_join(thread, NULL);
	_exit(0);
}

/* -- before-serving: looked for, and not found under the lock any more ---------- */

TEST(what_a_program_before_exec_has_left_is_not_looked_at_without_the_lock,
     "C27.1 C26.5 C36.1 CALL:EPIPE")
{
	int fd = box_new();
	pid_t first, second, server;

	need_delays();
	first = failing_caller(fd, EPIPE, 1);
	CHILD(server)
	{
		char what[16];

		take_call(fd);
		ASSERT_OK(fcntl(fd, F_SETFD, 0));
		snprintf(what, sizeof(what), "%d", fd);
		ASSERT_OK(setenv("SERVE_AFTER_EXEC", what, 1));
		execl("/proc/self/exe", "races", NULL);
		FAIL("exec: %s", mbt_errno_name(errno));
	}
	WAIT_FOR(stat_of(fd).received == 1);
	mbt_delay_arm("before-serving");
	second = caller(fd, "question", "answer");
	mbt_delay_wait("before-serving");
	/* The other thread ends what was left: it is freed. */
	ASSERT_OK(kill(server, SIGUSR1));
	EXPECT_CHILD_OK(first);
	WAIT_FOR(stat_of(fd).sent == 3);
	mbt_delay_release("before-serving");
	EXPECT_CHILD_OK(second);
	EXPECT_CHILD_OK(server);
}

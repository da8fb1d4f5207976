// SPDX-License-Identifier: GPL-2.0-only
/*
 * nonblocking_not_busy: who must not block need not wait busily.
 *
 * Notes: S190 (002:32)
 * Watch: three processes with non-blocking pipes. One reads in a loop, as the
 *        notes say it must; one asks epoll for news; one takes SIGIO.
 * See:   the loop reads thousands of times in vain and burns CPU time. The
 *        other two read twice, once in vain, and use 0 ms while they wait:
 *        the kernel tells them.
 */
#include "../check.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/syscall.h>

enum { LOOP, EPOLL, SIGNAL, WAYS };
static const char *const name[WAYS] = { "loop:", "epoll:", "SIGIO:" };

static sigset_t sigio;
static long *reads; /* how often each has called read(), in shared memory */

static void wait_for_news(int way, int fd)
{
	struct epoll_event event = { .events = EPOLLIN };
	int epoll;

	if (way == EPOLL) {
		epoll = need(epoll_create1(0));
		need(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event));
		need(epoll_pwait(epoll, &event, 1, -1, NULL));
	} else if (way == SIGNAL) {
		need(sigwaitinfo(&sigio, NULL));
	}
}

static void receive(int way, int fd)
{
	char byte;

	need(fcntl(fd, F_SETFL, O_NONBLOCK));
	if (way == SIGNAL) { /* before the first read, or news gets lost */
		need(sigprocmask(SIG_BLOCK, &sigio, NULL));
		need(fcntl(fd, F_SETOWN, getpid()));
		need(fcntl(fd, F_SETFL, O_NONBLOCK | O_ASYNC));
	}
	/* Count each read; -1 with EAGAIN: there is nothing yet. */
	while (reads[way]++, read(fd, &byte, 1) == -1) {
		if (errno != EAGAIN)
			_exit(0);
		wait_for_news(way, fd);
	}
	_exit(byte);
}

static double cpu_ms(pid_t pid)
{
	struct timespec used;
	clockid_t clock;

	need0(clock_getcpuclockid(pid, &clock));
	need(clock_gettime(clock, &used));
	return used.tv_sec * 1e3 + used.tv_nsec / 1e6;
}

int main(void)
{
	double start[WAYS], used[WAYS];
	int fd[WAYS][2], received = 0;
	pid_t pid[WAYS];

	sigemptyset(&sigio);
	sigaddset(&sigio, SIGIO);
	reads = need_ptr(mmap(NULL, WAYS * sizeof(*reads),
			      PROT_READ | PROT_WRITE,
			      MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	for (int way = 0; way < WAYS; way++) {
		need(pipe(fd[way]));
		pid[way] = need(fork());
		if (!pid[way])
			receive(way, fd[way][0]);
	}
	until(asleep_in(pid[EPOLL], SYS_epoll_pwait));
	until(asleep_in(pid[SIGNAL], SYS_rt_sigtimedwait));
	for (int way = 0; way < WAYS; way++)
		start[way] = cpu_ms(pid[way]);
	until(cpu_ms(pid[LOOP]) - start[LOOP] >= 200);
	for (int way = 0; way < WAYS; way++)
		used[way] = cpu_ms(pid[way]) - start[way];
	for (int way = 0; way < WAYS; way++) {
		need(write(fd[way][1], "*", 1));
		received += ended(pid[way]) == '*';
		say("%-6s %7ld reads, %7.3f ms of CPU time for waiting",
		    name[way], reads[way], used[way]);
	}
	check(received == WAYS, "S190", "all three receive without blocking");
	check(reads[LOOP] > 100 && used[LOOP] >= 200, "S190",
	      "a loop of non-blocking reads is busy waiting");
	check(reads[EPOLL] == 2 && used[LOOP] >= 10 * used[EPOLL], "S190",
	      "with epoll there is no polling at all, and no CPU time used");
	check(reads[SIGNAL] == 2 && used[LOOP] >= 10 * used[SIGNAL], "S190",
	      "with SIGIO there is no polling at all, and no CPU time used");
	return done();
}

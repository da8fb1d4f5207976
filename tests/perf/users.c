// SPDX-License-Identifier: GPL-2.0-only
/*
 * users.c: what a message costs user B, in instructions, alone and while user A
 * fails at its quota without end.
 *
 * Owns: the second number that `make perf` checks: nobody may make another's
 * messages dearer (docs/security.md). A and B are processes on one processor;
 * only the processor time of B is counted (count.h).  Takes no locks.
 *
 *	users [LIMIT]	exit 1 if B pays more than LIMIT (1.10) x what it
 *			pays alone, 2 if it cannot be measured
 */
#define PROGRAM "users"
#include "count.h"

#include <fcntl.h>
#include <linux/mbox.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#define QUOTA "/sys/module/mbox/parameters/user_messages"

enum { LENGTH = 64, MESSAGES = 2000, BLOCKS = 11, ALICE = 1000, BOB = 1001 };

struct shared {
	volatile uint64_t refused; /* how often A was */
	volatile int64_t cost; /* of a message of B */
};

static struct shared *shared;

static int new_box(void)
{
	struct mbox_open o = { .size = sizeof(o),
			       .flags = MBOX_OPEN_CREATE,
			       .rights = MBOX_RIGHT_SEND | MBOX_RIGHT_RECV,
			       .capacity = MBOX_CAPACITY_UNBOUNDED };
	int dev = open("/dev/mbox", O_RDWR | O_CLOEXEC), box;

	need(dev >= 0, "open /dev/mbox (load mbox.ko first)");
	box = ioctl(dev, MBOX_IOC_OPEN, &o);
	need(box >= 0, "MBOX_IOC_OPEN");
	return box;
}

static int send_one(int box)
{
	static char data[LENGTH];
	struct mbox_send s = { .size = sizeof(s),
			       .data = (uintptr_t)data,
			       .len = LENGTH };

	return ioctl(box, MBOX_IOC_SEND, &s);
}

static pid_t start(uid_t user, void (*run)(void))
{
	pid_t pid = fork();

	need(pid >= 0, "fork");
	if (pid)
		return pid;
	need(!prctl(PR_SET_PDEATHSIG, SIGKILL), "prctl");
	need(!setgid(user) && !setuid(user), "setuid");
	run();
	exit(0);
}

/* Sends until its quota is full, and then goes on trying. */
static void be_alice(void)
{
	int box = new_box();

	for (;;) {
		if (!send_one(box))
			continue;
		need(errno == EDQUOT, "a send of A");
		shared->refused++;
	}
}

static void be_bob(void)
{
	char data[LENGTH];
	struct mbox_recv r = { .size = sizeof(r),
			       .data = (uintptr_t)data,
			       .len = LENGTH };
	int box = new_box(), b, i;
	int64_t block[BLOCKS], begin;

	for (b = 0; b < BLOCKS; b++) {
		begin = now_on(CLOCK_PROCESS_CPUTIME_ID);
		for (i = 0; i < MESSAGES; i++) {
			need(!send_one(box), "a send of B");
			need(!ioctl(box, MBOX_IOC_RECV, &r), "a receive of B");
		}
		block[b] = now_on(CLOCK_PROCESS_CPUTIME_ID) - begin;
	}
	qsort(block, BLOCKS, sizeof(block[0]), by_value);
	shared->cost = block[BLOCKS / 2] / MESSAGES;
}

static int64_t cost_of_bob(void)
{
	int status;
	pid_t bob = start(BOB, be_bob);

	need(waitpid(bob, &status, 0) == bob && !status, "B");
	return shared->cost;
}

int main(int argc, char **argv)
{
	double limit = argc > 1 ? atof(argv[1]) : 1.10, ratio;
	int64_t alone, beside;
	uint64_t before;
	pid_t alice;
	int fd;

	if (argc > 2 || limit <= 0) {
		printf("usage: users [LIMIT]\n");
		return 2;
	}
	need_counting();
	fd = open(QUOTA, O_WRONLY);
	need(fd >= 0 && write(fd, "1000", 4) == 4, QUOTA);
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	need(shared != MAP_FAILED, "mmap");

	alone = cost_of_bob();
	alice = start(ALICE, be_alice);
	while (!shared->refused)
		usleep(1000);
	before = shared->refused;
	beside = cost_of_bob();
	need(shared->refused > before + 1000, "A was not refused meanwhile");
	kill(alice, SIGKILL);
	waitpid(alice, NULL, 0);

	ratio = (double)beside / (double)alone;
	printf("B, alone: %lld instructions a message; while A is refused (%llu times): %lld\n",
	       (long long)alone, (unsigned long long)(shared->refused - before),
	       (long long)beside);
	printf("beside/alone %.3f\n", ratio);
	if (ratio > limit) {
		printf("users: a message of B costs more than %.2f x what it costs alone\n",
		       limit);
		return 1;
	}
	return 0;
}

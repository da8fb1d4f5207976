// SPDX-License-Identifier: GPL-2.0-only
/*
 * signal_in_pcb: sending a signal sets a mark in the receiver's PCB.
 *
 * Notes: S211 (001:134)
 * Watch: a child holds (blocks) SIGUSR1 and SIGUSR2 and sleeps. Its parent
 *        sends one to the process and one to its only thread.
 * See:   the Sig lines of /proc/PID/status before, after, and when the child
 *        has taken them. Bit 9 (200) is signal 10, bit 11 (800) is signal 12.
 */
#include "../check.h"
#include <signal.h>
#include <sys/syscall.h>

struct marks {
	unsigned long long thread, process, held;
};

static struct marks look(pid_t pid, const char *when)
{
	struct marks m = { 0 };
	char path[64], line[256];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	file = need_ptr(fopen(path, "r"));
	while (fgets(line, sizeof(line), file)) {
		sscanf(line, "SigPnd: %llx", &m.thread);
		sscanf(line, "ShdPnd: %llx", &m.process);
		sscanf(line, "SigBlk: %llx", &m.held);
	}
	fclose(file);
	say("%s  SigPnd %3llx  ShdPnd %3llx  SigBlk %3llx", when, m.thread,
	    m.process, m.held);
	return m;
}

static void receiver(int orders, int report, const sigset_t *both)
{
	int number;
	char byte;

	need(write(report, "r", 1));
	need(read(orders, &byte, 1));
	for (int i = 0; i < 2; i++)
		need0(sigwait(both, &number));
	need(write(report, "t", 1));
	need(read(orders, &byte, 1));
	_exit(0);
}

int main(void)
{
	const unsigned long long usr1 = 1ULL << (SIGUSR1 - 1);
	const unsigned long long usr2 = 1ULL << (SIGUSR2 - 1);
	struct marks before, after, taken;
	int orders[2], report[2];
	sigset_t both;
	pid_t child;
	char byte;

	sigemptyset(&both);
	sigaddset(&both, SIGUSR1);
	sigaddset(&both, SIGUSR2);
	need(sigprocmask(SIG_BLOCK, &both, NULL));
	need(pipe(orders));
	need(pipe(report));
	child = need(fork());
	if (!child)
		receiver(orders[0], report[1], &both);

	need(read(report[0], &byte, 1));
	until(asleep_in(child, SYS_read));
	before = look(child, "before:");
	check(!before.thread && !before.process && before.held == (usr1 | usr2),
	      "S211", "before, the receiver's PCB has no mark");

	need(kill(child, SIGUSR1));
	need(syscall(SYS_tgkill, child, child, SIGUSR2));
	after = look(child, "sent:  ");
	check(after.process == usr1 && after.thread == usr2, "S211",
	      "the kernel marked both signals, for process and for thread");
	check(asleep_in(child, SYS_read), "S211",
	      "a mark is all there is so far: the receiver sleeps on");

	need(write(orders[1], "t", 1));
	need(read(report[0], &byte, 1));
	taken = look(child, "taken: ");
	check(!taken.thread && !taken.process, "S211",
	      "the marks are gone when the receiver has taken the signals");
	need(write(orders[1], "e", 1));
	ended(child);
	return done();
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * watch_soft_interrupts: not every interrupt comes from a device.
 *
 * Notes: S347 (001:141,144)
 * Watch: a program that enters the kernel by a trap; one that makes
 *        the kernel raise software interrupts; and one that makes a processor
 *        interrupt another. The kernel counts the last two in /proc.
 * See:   no device takes part, and the counters rise with what the program
 *        does. The last needs two processors.
 */
#include "../check.h"
#include <arpa/inet.h>
#include <linux/membarrier.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#define TIMES 100

static volatile sig_atomic_t trapped, from_kernel;
static atomic_int spinning, stop;

static void handle(int signal, siginfo_t *info, void *context)
{
	(void)context;
	trapped = signal;
	from_kernel = info->si_code == SI_KERNEL; /* no process sent it */
}

/* The sum over all processors of one row of /proc/softirqs or interrupts. */
static unsigned long counter(const char *path, const char *row)
{
	FILE *f = need_ptr(fopen(path, "r"));
	unsigned long sum = 0, n;
	char line[4096], *at;
	int used;

	while (fgets(line, sizeof(line), f)) {
		at = line + strspn(line, " ");
		if (strncmp(at, row, strlen(row)) != 0)
			continue;
		for (at += strlen(row); sscanf(at, "%lu%n", &n, &used) == 1;
		     at += used)
			sum += n;
	}
	fclose(f);
	return sum;
}

/* Over the network of this machine itself: no device, one softirq each. */
static void send_to_self(void)
{
	struct sockaddr_in addr = { .sin_family = AF_INET };
	int fd = need(socket(AF_INET, SOCK_DGRAM, 0));
	socklen_t len = sizeof(addr);
	char byte;

	addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	need(bind(fd, (struct sockaddr *)&addr, len));
	need(getsockname(fd, (struct sockaddr *)&addr, &len));
	need(connect(fd, (struct sockaddr *)&addr, len));
	for (int i = 0; i < TIMES; i++) {
		need(send(fd, "m", 1, 0));
		need(recv(fd, &byte, 1, 0));
	}
	close(fd);
}

static void run_on(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	need(sched_setaffinity(0, sizeof(set), &set));
}

static void *spin(void *arg)
{
	struct sched_param first = { .sched_priority = 1 };

	/* A real-time thread: no other takes its place. */
	run_on(1);
	need(sched_setscheduler(0, SCHED_FIFO, &first));
	spinning = 1;
	while (!stop)
		;
	return arg;
}

/*
 * Each call interrupts the processors that run a thread of this process. Again
 * if the kernel took the place of the thread. Returns the interrupts.
 */
static unsigned long interrupt_other(int cpus)
{
	unsigned long before, after;
	pthread_t thread;
	int tries = 0;

	run_on(0);
	/*
	 * With a second thread it would wait for a grace period of RCU, which a
	 * kernel with PREEMPT_RT ends in threads that spin() keeps away.
	 */
	need(syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED,
		     0, 0));
	if (cpus > 1) {
		need0(pthread_create(&thread, NULL, spin, NULL));
		until(spinning);
	}
	do {
		sleep_ms(tries);
		before = counter("/proc/interrupts", "CAL:");
		for (int i = 0; i < TIMES; i++)
			need(syscall(SYS_membarrier,
				     MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0));
		after = counter("/proc/interrupts", "CAL:");
	} while (cpus > 1 && after - before < TIMES && ++tries < 50);
	stop = 1;
	if (cpus > 1)
		need0(pthread_join(thread, NULL));
	return after - before;
}

int main(void)
{
	struct sigaction action = { .sa_sigaction = handle,
				    .sa_flags = SA_SIGINFO };
	int cpus = need(sysconf(_SC_NPROCESSORS_ONLN));
	unsigned long before, after, others;

	need(sigaction(SIGTRAP, &action, NULL));
	__asm__ volatile("int3");
	say("the instruction int3 led into the kernel, which sent: %s",
	    strsignal(trapped));
	check(trapped == SIGTRAP && from_kernel, "S347",
	      "an instruction enters the kernel as an interrupt does: a trap");

	before = counter("/proc/softirqs", "NET_RX:");
	send_to_self();
	after = counter("/proc/softirqs", "NET_RX:");
	say("%d datagrams to itself: %lu software interrupts NET_RX", TIMES,
	    after - before);
	check(after - before >= TIMES / 2, "S347",
	      "the kernel raises software interrupts for a program");

	others = interrupt_other(cpus);
	say("%d calls of membarrier() on %d processors: %lu interrupts", TIMES,
	    cpus, others);
	check(cpus > 1 ? others >= TIMES : others == 0, "S347",
	      "where there are several, a processor interrupts another");
	return done();
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * shm_limits: "no limit on the number of processes" has limits all the same.
 *
 * Notes: S349 (001:150)
 * Watch: in an IPC namespace of its own a child lowers kernel.shmmni to 3 and
 *        shmmax to 8192; another, as user 1000, may have 10 processes and lets
 *        as many as it can attach one segment.
 * See:   the fourth segment is ENOSPC, one of 8193 bytes EINVAL; and the user
 *        gets no eleventh process to share with: EAGAIN.
 */
#include "../check.h"
#include <sched.h>
#include <signal.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/shm.h>

#define PROCESSES 10

static struct report {
	int segments, error_of_next, error_of_large;
	int sharers, error_of_fork;
} * report;

static void set(const char *path, const char *value)
{
	FILE *file = need_ptr(fopen(path, "w"));

	fputs(value, file);
	if (fclose(file))
		give_up(__FILE__, __LINE__, path, strerror(errno));
}

/* The segments go with the namespace, when this child ends. */
static void limits_of_namespace(void)
{
	int id;

	need(unshare(CLONE_NEWIPC));
	set("/proc/sys/kernel/shmmni", "3");
	set("/proc/sys/kernel/shmmax", "8192");
	if (shmget(IPC_PRIVATE, 8193, 0600) == -1)
		report->error_of_large = errno;
	do {
		id = shmget(IPC_PRIVATE, 8192, 0600);
		report->segments += id != -1;
	} while (id != -1 && report->segments < 100);
	report->error_of_next = errno;
	_exit(0);
}

static void limit_of_user(int id)
{
	struct rlimit limit = { PROCESSES, PROCESSES };
	struct shmid_ds status;
	pid_t child[100];
	int n = 0;

	need(setuid(1000));
	need(setrlimit(RLIMIT_NPROC, &limit));
	need_ptr(shmat(id, NULL, 0));
	while (n < 100) {
		child[n] = fork(); /* the attached segment is inherited */
		if (!child[n])
			pause();
		if (child[n] == -1)
			break;
		n++;
	}
	report->error_of_fork = errno;
	need(shmctl(id, IPC_STAT, &status));
	report->sharers = (int)status.shm_nattch;
	while (n-- > 0) {
		need(kill(child[n], SIGKILL));
		ended(child[n]);
	}
	_exit(0);
}

int main(void)
{
	int id = need(shmget(IPC_PRIVATE, 4096, 0666));
	pid_t child;

	report = need_ptr(mmap(NULL, sizeof(*report), PROT_READ | PROT_WRITE,
			       MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	child = need(fork());
	if (!child)
		limits_of_namespace();
	need0(ended(child));
	say("shmmni 3: %d segments, then: %s", report->segments,
	    strerror(report->error_of_next));
	check(report->segments == 3 && report->error_of_next == ENOSPC, "S349",
	      "the number of segments is limited (SHMMNI): ENOSPC");
	say("shmmax 8192, 8193 asked for: %s",
	    strerror(report->error_of_large));
	check(report->error_of_large == EINVAL, "S349",
	      "the size of a segment is limited (SHMMAX): EINVAL");

	child = need(fork());
	if (!child)
		limit_of_user(id);
	need0(ended(child));
	say("RLIMIT_NPROC %d: nattch %d, then: %s", PROCESSES, report->sharers,
	    strerror(report->error_of_fork));
	check(report->sharers <= PROCESSES && report->sharers > 1 &&
		      report->error_of_fork == EAGAIN,
	      "S349", "so is the number of processes that can share it");
	need(shmctl(id, IPC_RMID, NULL));
	return done();
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * worker_pool: a reason to cooperate: several processes compute faster.
 *
 * Notes: S4 (003:20)
 * Watch: the same sum by one worker, then by four. Jobs come to the workers
 *        through one mailbox, results come back through another.
 * See:   the same sum; T(1)/T(4) is at most about the number of CPUs, so 1 on
 *        one CPU; less, or anything, if the machine is busy with other work.
 */
#include "../check.h"

#include <mbox.h>
#include <stdint.h>
#include <sys/resource.h>

#define WORKERS 4
#define JOBS 64
#define JOB_SIZE 1500000

struct result {
	int worker;
	uint64_t sum;
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

/* An empty message is the end of the work. */
static void work(int worker, struct mbox *jobs, struct mbox *results)
{
	uint64_t first;

	while (need(mbox_recv(jobs, &first, sizeof(first)))) {
		struct result result = { .worker = worker };
		volatile uint64_t sum = 0; /* so that it really adds */

		for (uint64_t i = first; i < first + JOB_SIZE; i++)
			sum += i;
		result.sum = sum;
		need(mbox_send(results, &result, sizeof(result)));
	}
	_exit(0);
}

/* Returns the sum; done_by[] gets the jobs of each worker. */
static uint64_t pool(int workers, int *done_by, double *seconds,
		     double *cpu_seconds)
{
	/* Bounded, both could be full, and each side wait for the other. */
	const struct mbox_attr attr = { .capacity = MBOX_UNBOUNDED };
	const unsigned int flags = MBOX_SEND | MBOX_RECV | MBOX_ADMIN;
	struct mbox *jobs = need_ptr(mbox_create(NULL, flags, 0, &attr));
	struct mbox *results = need_ptr(mbox_create(NULL, flags, 0, &attr));
	double started = now(), ready;
	struct mbox_status box;
	struct result result;
	uint64_t sum = 0;

	for (int i = 0; i < workers; i++)
		if (!need(fork()))
			work(i, jobs, results);
	/* All in line: each of them gets one of the first jobs. */
	until(mbox_status(jobs, &box) == 0 &&
	      box.receivers_waiting == (unsigned int)workers);
	ready = now();
	for (uint64_t i = 0; i < JOBS; i++) {
		uint64_t first = i * JOB_SIZE;

		need(mbox_send(jobs, &first, sizeof(first)));
	}
	for (int i = 0; i < JOBS; i++) {
		need(mbox_recv(results, &result, sizeof(result)));
		done_by[result.worker]++;
		sum += result.sum;
	}
	*seconds = now() - ready;
	*cpu_seconds = 0;
	for (int i = 0; i < workers; i++)
		need(mbox_send(jobs, NULL, 0));
	for (int i = 0; i < workers; i++) {
		struct rusage used;

		need(wait4(-1, NULL, 0, &used));
		*cpu_seconds += used.ru_utime.tv_sec + used.ru_stime.tv_sec +
				used.ru_utime.tv_usec / 1e6 +
				used.ru_stime.tv_usec / 1e6;
	}
	*cpu_seconds /= now() - started;
	mbox_close(jobs);
	mbox_close(results);
	return sum;
}

int main(void)
{
	const uint64_t n = (uint64_t)JOBS * JOB_SIZE;
	int alone[WORKERS] = { 0 }, jobs_of[WORKERS] = { 0 }, took_part = 0;
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	double t1, tn, busy1, busyn;
	uint64_t sum1, sumn;

	sum1 = pool(1, alone, &t1, &busy1);
	sumn = pool(WORKERS, jobs_of, &tn, &busyn);
	for (int i = 0; i < WORKERS; i++) {
		say("worker %d did %d of %d jobs", i, jobs_of[i], JOBS);
		took_part += jobs_of[i] > 0;
	}
	check(sum1 == n * (n - 1) / 2 && sumn == sum1, "S4",
	      "one worker and four come to the same, right sum");
	check(alone[0] == JOBS && took_part == WORKERS, "S4",
	      "the work was shared: every worker did some of the jobs");
	say("T(1) = %.3f s, T(%d) = %.3f s: %.2f times as fast, on %ld CPU%s",
	    t1, WORKERS, tn, t1 / tn, cpus, cpus == 1 ? "" : "s");
	say("workers at work at the same time, on average: %.2f", busyn);
	check(busyn < cpus + 0.5, "S4",
	      "never more workers at once than CPUs: the speed-up ends there");
	return done();
}

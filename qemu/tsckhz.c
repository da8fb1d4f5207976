// SPDX-License-Identifier: GPL-2.0-only
/*
 * Prints the rate of the host's time stamp counter in kHz. qemu/run.sh hands
 * it to the guest kernel, which then need not calibrate: calibration under
 * load is where boots hang.
 */
#include <stdint.h>
#include <stdio.h>
#include <time.h>
#include <x86intrin.h>

struct sample {
	int64_t ns;
	uint64_t tsc;
};

static int64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC_RAW, &ts);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

/* The tightest of many pairs, so that being preempted does not count. */
static struct sample sample(void)
{
	struct sample best = { 0, 0 };
	int64_t best_width = INT64_MAX;
	int i;

	for (i = 0; i < 100; i++) {
		int64_t before = now_ns();
		uint64_t tsc = __rdtsc();
		int64_t after = now_ns();

		if (after - before < best_width) {
			best_width = after - before;
			best.ns = before + (after - before) / 2;
			best.tsc = tsc;
		}
	}
	return best;
}

int main(void)
{
	struct timespec pause = { 0, 100000000 };
	struct sample first = sample(), last;

	nanosleep(&pause, NULL);
	last = sample();
	printf("%llu\n",
	       (unsigned long long)((last.tsc - first.tsc) * 1000000.0 /
				    (last.ns - first.ns)));
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * watch_signal_late: a signal is handled only when its process is scheduled.
 *
 * Notes: S208 (001:129-130)
 * Watch: A and B share one processor, and A goes first. A sends B a signal and
 *        works on; then A sleeps.
 * See:   while A works, B is ready, and the signal is not handled. It is
 *        delivered when the scheduler lets B run, not before.
 */
#include "../check.h"
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>

static volatile struct shared {
	int b_runs, handled;
} * shared;

static void handle(int signal)
{
	shared->handled = signal;
}

/* How often the scheduler has let a process run. */
static unsigned long times_run(pid_t pid)
{
	unsigned long times = 0;
	char path[64];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/schedstat", pid);
	f = need_ptr(fopen(path, "r"));
	need(fscanf(f, "%*s %*s %lu", &times) == 1 ? 0 : -1);
	fclose(f);
	return times;
}

int main(void)
{
	struct sched_param first = { .sched_priority = 1 };
	int sent, worked, delivered, early, ready, marker, a = getpid();
	unsigned long before, working, after;
	int tries = 0;
	double took;
	cpu_set_t set = { { 1 } }; /* CPU 0 */
	pid_t b;

	shared = need_ptr(mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
			       MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	need(sched_setaffinity(0, sizeof(set), &set));
	signal(SIGUSR1, handle);
	trace_begin();
	marker = need(open(TRACE "/trace_marker", O_WRONLY));
	trace_set("events/signal/enable", "1");
	b = need(fork());
	if (!b)
		need(prctl(PR_SET_PDEATHSIG, SIGKILL));
	while (!b) /* NOLINT(bugprone-infinite-loop): B runs until it is killed */
		shared->b_runs = 1;
	/* A real-time process: B runs only while A sleeps. */
	need(sched_setscheduler(0, SCHED_FIFO, &first));
	until(shared->b_runs);

	/*
	 * Who is first for nearly a second has to let others in. That is long
	 * for this, but not where the processor itself stood still: again then.
	 */
	do {
		trace_set("trace", " ");
		shared->handled = 0;
		before = times_run(b);
		took = -clock_s();
		need(kill(b, SIGUSR1));
		for (volatile int i = 0; i < 1000000; i++)
			;
		early = shared->handled;
		ready = state_of(b) == 'R';
		need(write(marker, "A works on", 10)); /* becomes an event */
		working = times_run(b);
		took += clock_s();
		until(shared->handled); /* sleeps, and B can run */
		after = times_run(b);
		trace_load();
	} while ((took > 0.3 || working != before) && ++tries < 20);
	need(kill(b, SIGKILL));
	ended(b);
	close(marker);
	trace_end();

	sent = event_find(0, a, "signal_generate: sig=10");
	worked = event_find(sent, a, "A works on");
	delivered = event_find(sent, b, "signal_deliver: sig=10");
	event_tell(sent, "A sends the signal");
	event_tell(worked, "A works on");
	event_tell(delivered, "A sleeps: the signal is delivered to B");
	say("B was let run: %lu times meanwhile, %lu times when A slept",
	    working - before, after - working);
	check(!early && ready && working == before, "S208",
	      "sent, not handled: the receiver is ready, and does not run");
	check(worked >= 0 && delivered > worked, "S208",
	      "the sender does not wait for the receiver");
	check(delivered >= 0 && after > working, "S208",
	      "it is delivered and handled when the receiver is scheduled");
	return done();
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * shm_hundred: a hundred processes share one segment.
 *
 * Notes: S146 (001:150)
 * Watch: a hundred children attach the same segment, and each adds one to a
 *        number in it.
 * See:   nattch is 100, and so is the number. shmat() itself has no limit on
 *        how many attach; what does set limits is shown by shm_limits.
 */
#include "../check.h"
#include <signal.h>
#include <stdatomic.h>
#include <sys/ipc.h>
#include <sys/shm.h>

#define CHILDREN 100

static int attached(int id)
{
	struct shmid_ds status;

	need(shmctl(id, IPC_STAT, &status));
	return (int)status.shm_nattch;
}

int main(void)
{
	int id = need(shmget(IPC_PRIVATE, 4096, 0600)), peak, last;
	pid_t child[CHILDREN];
	atomic_int *count;

	for (int i = 0; i < CHILDREN; i++) {
		child[i] = need(fork());
		if (!child[i]) {
			count = need_ptr(shmat(id, NULL, 0));
			atomic_fetch_add(count, 1);
			raise(SIGSTOP);
			_exit(0);
		}
	}
	for (int i = 0; i < CHILDREN; i++)
		need(waitpid(child[i], NULL, WUNTRACED));
	peak = attached(id);
	count = need_ptr(shmat(id, NULL, 0));
	say("nattch %d, counted by the children themselves: %d", peak, *count);
	check(peak == 100 && *count == 100, "S146",
	      "a hundred processes attach one segment and all use it");

	for (int i = 0; i < CHILDREN; i++) {
		need(kill(child[i], SIGCONT));
		ended(child[i]);
	}
	last = attached(id);
	say("nattch %d when they have ended", last);
	check(last == 1, "S146", "each of them was one that was attached");
	need(shmctl(id, IPC_RMID, NULL));
	return done();
}

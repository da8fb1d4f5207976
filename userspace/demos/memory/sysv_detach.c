// SPDX-License-Identifier: GPL-2.0-only
/*
 * sysv_detach: shmdt() and shmctl(), and when a segment is really gone.
 *
 * Notes: S144 (003:128)
 * Watch: IPC_STAT and IPC_SET; IPC_RMID while the segment is attached; shmdt().
 * See:   a removed segment is only marked "dest" and works on, its key is free
 *        at once, and it goes with the last detach. One that nobody removes
 *        outlives all processes: look for leaks with ipcs -m.
 */
#include "../check.h"
#include <sys/ipc.h>
#include <sys/shm.h>

#define KEY 0x5ea3

static struct shmid_ds look(int id)
{
	struct shmid_ds status;

	need(shmctl(id, IPC_STAT, &status));
	return status;
}

/* As ipcs -m would tell. */
static int in_table(int id)
{
	FILE *table = need_ptr(fopen("/proc/sysvipc/shm", "r"));
	int found = 0, seen;
	char line[512];

	while (fgets(line, sizeof(line), table))
		found |= sscanf(line, "%*d %d", &seen) == 1 && seen == id;
	fclose(table);
	return found;
}

int main(void)
{
	int id, detached, still_there, by_key, gone, marked;
	struct shmid_ds before, after;
	char *place;
	pid_t child;

	/* A child makes the segment and ends. */
	child = need(fork());
	if (!child) {
		id = need(shmget(KEY, 4096, IPC_CREAT | IPC_EXCL | 0600));
		place = need_ptr(shmat(id, NULL, 0));
		strcpy(place, "left behind");
		_exit(0);
	}
	ended(child);
	id = need(shmget(KEY, 0, 0));
	place = need_ptr(shmat(id, NULL, 0));
	before = look(id);
	say("its maker has ended; segment %d still holds \"%s\"", id, place);
	check(in_table(id) && before.shm_cpid == child &&
		      !strcmp(place, "left behind"),
	      "S144", "a segment outlives its maker until it is removed");

	before.shm_perm.mode = 0640;
	need(shmctl(id, IPC_SET, &before));
	after = look(id);
	say("IPC_SET: mode %o; IPC_STAT: nattch %lu", after.shm_perm.mode,
	    (unsigned long)after.shm_nattch);
	check((after.shm_perm.mode & 0777) == 0640 && after.shm_nattch == 1,
	      "S144", "IPC_STAT tells and IPC_SET changes what it is like");

	need(shmctl(id, IPC_RMID, NULL));
	after = look(id);
	marked = (after.shm_perm.mode & SHM_DEST) != 0;
	by_key = shmget(KEY, 0, 0) == -1 ? errno : 0;
	strcpy(place, "still works");
	still_there = in_table(id);
	say("IPC_RMID while attached: marked %d, by key: %s, \"%s\"", marked,
	    strerror(by_key), place);
	check(marked && by_key == ENOENT && still_there &&
		      !strcmp(place, "still works"),
	      "S144", "a removed segment is marked, and stays while attached");

	detached = shmdt(place);
	gone = !in_table(id);
	say("shmdt(): %d; in the kernel's table: %s", detached,
	    gone ? "no" : "yes");
	check(detached == 0 && gone, "S144",
	      "with the last detach it is gone, nothing is leaked");
	return done();
}

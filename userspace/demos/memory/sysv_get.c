// SPDX-License-Identifier: GPL-2.0-only
/*
 * sysv_get: shmget() makes a segment and returns an identifier.
 *
 * Notes: S141 (003:120)
 * Watch: ten bytes are asked for; then the kernel's own table, which is what
 *        ipcs -m prints; then the other arguments, key and permission.
 * See:   shm_segsz is 10, and yet byte 4095 can be stored to, for memory comes
 *        in pages. The identifier is a number for everybody, no descriptor.
 */
#include "../check.h"
#include <sys/ipc.h>
#include <sys/shm.h>

#define KEY 0x5ea1

/* Size and mode of the segment in /proc/sysvipc/shm; 0 if it is not there. */
static int in_table(int id, long *size, unsigned int *mode)
{
	FILE *table = need_ptr(fopen("/proc/sysvipc/shm", "r"));
	int found = 0, seen;
	char line[512];

	while (!found && fgets(line, sizeof(line), table))
		found = sscanf(line, "%*d %d %o %ld", &seen, mode, size) == 3 &&
			seen == id;
	fclose(table);
	return found;
}

static int error_of(int id)
{
	return id == -1 ? errno : 0;
}

int main(void)
{
	int id, again, listed, taken, too_large, missing, by_other;
	struct shmid_ds status;
	unsigned int mode = 0;
	long size = 0;
	char *here, *there;
	pid_t child;

	missing = error_of(shmget(KEY, 10, 0));
	id = need(shmget(KEY, 10, IPC_CREAT | IPC_EXCL | 0600));
	again = need(shmget(KEY, 0, 0));
	need(shmctl(id, IPC_STAT, &status));
	say("shmget() of 10 bytes returned %d, and %d when asked again", id,
	    again);
	check(again == id && status.shm_segsz == 10, "S141",
	      "shmget() returns an identifier, the same for the same key");

	here = need_ptr(shmat(id, NULL, 0));
	there = need_ptr(shmat(id, NULL, 0));
	here[4095] = 'x';
	say("stored 'x' at 4095, read '%c' there", there[4095]);
	check(there[4095] == 'x' && status.shm_segsz < 4095, "S141",
	      "memory comes in pages: byte 4095 of 10 can be used");

	listed = in_table(id, &size, &mode);
	say("the kernel's table: identifier %d, size %ld, mode %o", id, size,
	    mode);
	check(listed && size == 10 && mode == 0600, "S141",
	      "the kernel lists the segment, as ipcs -m prints it");

	taken = error_of(shmget(KEY, 10, IPC_CREAT | IPC_EXCL | 0600));
	too_large = error_of(shmget(KEY, 11, 0));
	child = need(fork());
	if (!child) {
		need(setuid(1000));
		_exit(error_of(shmget(KEY, 0, 0600)));
	}
	by_other = ended(child);
	say("before it was made: %s", strerror(missing));
	say("IPC_EXCL: %s; 11 bytes: %s; another user: %s", strerror(taken),
	    strerror(too_large), strerror(by_other));
	check(missing == ENOENT && taken == EEXIST && too_large == EINVAL &&
		      by_other == EACCES,
	      "S141", "key, size and permission are what shmget() looks at");
	need(shmctl(id, IPC_RMID, NULL));
	return done();
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * sysv_attach: shmat() puts a segment into the address space.
 *
 * Notes: S142 (003:124), S143 (003:117)
 * Watch: one process attaches a segment twice, once at an address of its own
 *        choice; then for reading only; then another process attaches.
 * See:   two addresses, the same data; SIGSEGV for a store that SHM_RDONLY
 *        forbids; and the segment counts who has it: nattch.
 */
#include "../check.h"
#include <signal.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/shm.h>

static int attached(int id)
{
	struct shmid_ds status;

	need(shmctl(id, IPC_STAT, &status));
	return (int)status.shm_nattch;
}

int main(void)
{
	int id, key = 0x5ea2, end, status, alone, together, afterwards;
	char *first, *second, *readable;
	void *chosen;
	pid_t child;

	id = need(shmget(key, 4096, IPC_CREAT | IPC_EXCL | 0666));
	/* A free place: mapped to find it, unmapped to have it free. */
	chosen = need_ptr(mmap(NULL, 4096, PROT_NONE,
			       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	first = need_ptr(shmat(id, NULL, 0));
	need(munmap(chosen, 4096));
	second = need_ptr(shmat(id, chosen, 0));
	strcpy(first, "the same");
	say("stored \"%s\" at %p, read \"%s\" at %p", first, (void *)first,
	    second, (void *)second);
	check(first != second && !strcmp(second, "the same"), "S142",
	      "two attaches at two addresses see the same data");
	check(second == chosen, "S142",
	      "the second argument chooses the location");
	need(shmdt(second));

	readable = need_ptr(shmat(id, NULL, SHM_RDONLY));
	child = need(fork());
	if (!child) {
		if (strcmp(readable, "the same"))
			_exit(1);
		readable[0] = 'T';
		_exit(0);
	}
	end = ended(child);
	say("SHM_RDONLY: a store ended the process with %d (128 + SIGSEGV is "
	    "%d)",
	    end, 128 + SIGSEGV);
	check(end == 128 + SIGSEGV, "S142",
	      "attached with SHM_RDONLY it can be read, not written");
	need(shmdt(readable));

	/* The other process comes by the key, and as another user. */
	need(shmdt(first));
	child = need(fork());
	if (!child) {
		raise(SIGSTOP);
		need(setuid(1000));
		first = need_ptr(shmat(need(shmget(key, 0, 0666)), NULL, 0));
		first[0] = 'T';
		raise(SIGSTOP);
		_exit(0);
	}
	need(waitpid(child, &status, WUNTRACED));
	first = need_ptr(shmat(id, NULL, 0));
	alone = attached(id);
	need(kill(child, SIGCONT));
	need(waitpid(child, &status, WUNTRACED));
	together = attached(id);
	say("nattch: %d for one process, %d with another", alone, together);
	check(alone == 1 && together == 2 && !strcmp(first, "The same"), "S143",
	      "set up by one, a region can be attached by who is permitted");

	need(kill(child, SIGCONT));
	ended(child);
	afterwards = attached(id);
	say("nattch: %d when the other has ended", afterwards);
	check(afterwards == 1, "S143", "the end of a process detaches it");
	need(shmctl(id, IPC_RMID, NULL));
	return done();
}

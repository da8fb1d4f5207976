// SPDX-License-Identifier: GPL-2.0-only
// shm_read.printed, corrected. "was:" and "new:" mark the changes; so does
// fail(), for as printed no call is checked.
#include <stdio.h> // new, as all of these
#include <stdlib.h>
#include <fcntl.h>
#include <semaphore.h>
#include <sys/stat.h>
#include <sys/mman.h>
#include <unistd.h>

// new: no call may fail without a word.
static void fail(const char *call)
{
	perror(call);
	exit(1);
}

// Read Code
int main(void)
{
	const int SIZE = 4096;
	const char *name = "/OS"; // was: "OS"

	int shm_fd; // file descriptor of shared memory
	char *ptr; // pointer to shared memory
	sem_t *written; // new: counts the messages that are ready

	// new: waits until the writer has written all. Each message lets one
	// reader through: from here on the object is its own, to remove it.
	written = sem_open(name, O_CREAT, 0666, 0);
	if (written == SEM_FAILED)
		fail("sem_open");
	if (sem_wait(written) == -1)
		fail("sem_wait");
	sem_close(written);

	// The same name as in the writer opens the same shared memory.
	shm_fd = shm_open(name, O_RDONLY, 0666); // was: O_RDDONLY
	if (shm_fd == -1)
		fail("shm_open");
	// was: PROT_READ | PROT_WRITE
	ptr = (char *)mmap(0, SIZE, PROT_READ, MAP_SHARED, shm_fd, 0);
	if (ptr == MAP_FAILED)
		fail("mmap");
	close(shm_fd); // new
	// Now it can be printed.
	printf("%s", (char *)ptr); // was: str
	munmap(ptr, SIZE); // new
	// remove the shared memory; not the semaphore, which others may wait at
	if (shm_unlink(name) == -1)
		fail("shm_unlink");

	return 0;
}

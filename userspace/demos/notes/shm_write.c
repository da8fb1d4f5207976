// SPDX-License-Identifier: GPL-2.0-only
// shm_write.printed, corrected. "was:" and "new:" mark the changes; so does
// fail(), for as printed no call is checked.
#include <stdio.h>
#include <stdlib.h>
#include <string.h> // was: sstring.h
#include <fcntl.h>
#include <semaphore.h> // new: tells the reader when to read
#include <sys/stat.h>
#include <sys/mman.h>
#include <unistd.h> // was: sys/shm.h, which is System V's

// new: no call may fail without a word.
static void fail(const char *call)
{
	perror(call);
	exit(1);
}

// Write Code
int main(void)
{
	const int SIZE = 4096;
	const char *name = "/OS"; // was: "OS"
	const char *message_0 = "Hello, ";
	const char *message_1 = "Shared Memory!\n";

	int shm_fd; // file descriptor of shared memory
	char *start, *ptr; // pointers to shared memory; new: start
	sem_t *written; // new: counts the messages that are ready

	// new: the reader may come first, so both may create it.
	written = sem_open(name, O_CREAT, 0666, 0);
	if (written == SEM_FAILED)
		fail("sem_open");

	// create the shared memory object; new: one that is still there has a
	// message for somebody.
	shm_fd = shm_open(name, O_CREAT | O_EXCL | O_RDWR, 0666); // was: ORDWR
	if (shm_fd == -1)
		fail("shm_open");

	// configure the size of the shared memory
	if (ftruncate(shm_fd, SIZE) == -1)
		fail("ftruncate");

	// map the shared memory object
	start = (char *)mmap(0, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED,
			     shm_fd, 0);
	if (start == MAP_FAILED)
		fail("mmap");
	close(shm_fd); // new

	// write to the shared memory
	// moves ptr on by the length of the message; was: sprintf()
	ptr = start;
	ptr += snprintf(ptr, SIZE, "%s", message_0);
	if (ptr < start + SIZE)
		ptr += snprintf(ptr, start + SIZE - ptr, "%s", message_1);
	if (ptr >= start + SIZE) {
		fprintf(stderr, "the message does not fit\n");
		shm_unlink(name);
		return 1;
	}
	munmap(start, SIZE); // new
	if (sem_post(written) == -1) // new: only now it may be read
		fail("sem_post");
	sem_close(written);

	return 0;
}

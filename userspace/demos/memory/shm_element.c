// SPDX-License-Identifier: GPL-2.0-only
/*
 * shm_element: change element 500000 of a million, in place.
 *
 * Notes: S148 (001:149)
 * Watch: one process stores into the middle of a shared array; another looks
 *        at that element. Then the same array goes through a pipe, where all
 *        before the element has to be carried too.
 * See:   of the four million bytes the kernel has given two pages; a hundred
 *        changes in place take far less CPU time than one pass of the pipe.
 */
#include "../check.h"
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#define NAME "/shm_element"
#define ELEMENTS 1000000
#define SIZE (ELEMENTS * sizeof(int))

static double cpu_ms(void)
{
	struct timespec t;

	need(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t));
	return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

/* Reads up to the element, as one must if the data is a stream. */
static void pass_through_pipe(const int *array)
{
	char piece[4096];
	int fd[2];

	need(pipe(fd));
	for (size_t at = 0; at < SIZE / 2; at += sizeof(piece)) {
		need(write(fd[1], (char *)array + at, sizeof(piece)));
		need(read(fd[0], piece, sizeof(piece)));
	}
	close(fd[0]);
	close(fd[1]);
}

int main(void)
{
	int fd = need(shm_open(NAME, O_CREAT | O_RDWR, 0600)), *array, seen;
	double start, spent, in_place = 0, by_pipe;
	struct stat status;
	pid_t child;

	need(ftruncate(fd, SIZE));
	array = need_ptr(
		mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
	child = need(fork());
	if (!child) {
		array[500000] = 42;
		array[999999] = 43;
		_exit(0);
	}
	ended(child);
	seen = array[500000];
	need(fstat(fd, &status));
	say("element 500000 is %d, its neighbours %d and %d", seen,
	    array[499999], array[500001]);
	check(seen == 42 && !array[499999] && !array[500001], "S148",
	      "any element can be changed in place, the others stay");
	say("size %ld bytes, in memory %ld", (long)status.st_size,
	    (long)status.st_blocks * 512);
	check(status.st_size == SIZE && status.st_blocks * 512 == 2 * 4096,
	      "S148", "only the two pages that were stored to take memory");

	for (int attempt = 0; attempt < 10; attempt++) {
		start = cpu_ms();
		for (int i = 0; i < 100; i++)
			((volatile int *)array)[500000] = i;
		spent = cpu_ms() - start;
		if (attempt == 0 || spent < in_place)
			in_place = spent;
	}
	start = cpu_ms();
	pass_through_pipe(array);
	by_pipe = cpu_ms() - start;
	say("CPU time of 100 changes in place (best of 10): %.4f ms", in_place);
	say("CPU time of one pass through a pipe: %.4f ms", by_pipe);
	check(in_place * 10 < by_pipe, "S148",
	      "to change in place is at least 1000 times cheaper");
	need(shm_unlink(NAME));
	return done();
}

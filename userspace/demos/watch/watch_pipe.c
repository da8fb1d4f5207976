// SPDX-License-Identifier: GPL-2.0-only
/*
 * watch_pipe: a reader waits until the writer writes; the write releases it.
 *
 * Notes: S168 (002:66)
 * Watch: a read from an empty pipe, and a write that comes later. Both
 *        processes note when they begin and end it.
 * See:   the read begins first, and ends after the write has begun. In between
 *        the reader sleeps, and the processor is given to others: the two are
 *        synchronised.
 */
#include "../check.h"
#include <stdint.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>

/* When it was, and how often the process had slept by then. */
struct moment {
	int64_t ns;
	long sleeps;
};

static void note(struct moment *moment)
{
	struct rusage usage;
	struct timespec now;

	need(clock_gettime(CLOCK_MONOTONIC, &now));
	need(getrusage(RUSAGE_SELF, &usage));
	moment->ns = now.tv_sec * 1000000000LL + now.tv_nsec;
	moment->sleeps = usage.ru_nvcsw;
}

enum { READ_BEGINS, READ_ENDS, WRITE_BEGINS, WRITE_ENDS, MOMENTS };

static void tell(const struct moment *at, int which, const char *what)
{
	say("%9.3f ms  %s", (at[which].ns - at[READ_BEGINS].ns) / 1e6, what);
}

int main(void)
{
	struct moment *at = need_ptr(mmap(NULL, MOMENTS * sizeof(*at),
					  PROT_READ | PROT_WRITE,
					  MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	struct moment look;
	char text[8] = "";
	long sleeps;
	pid_t reader;
	int fd[2];

	need(pipe(fd));
	reader = need(fork());
	if (!reader) {
		note(&at[READ_BEGINS]);
		need(read(fd[0], text, sizeof(text)));
		note(&at[READ_ENDS]);
		_exit(strcmp(text, "hello") != 0);
	}
	until(asleep_in(reader, SYS_read));
	note(&look);
	note(&at[WRITE_BEGINS]);
	need(write(fd[1], "hello", 5));
	note(&at[WRITE_ENDS]);
	need0(ended(reader));

	sleeps = at[READ_ENDS].sleeps - at[READ_BEGINS].sleeps;
	tell(at, READ_BEGINS, "the reader calls read()");
	say("%9.3f ms  the reader is seen asleep in it",
	    (look.ns - at[READ_BEGINS].ns) / 1e6);
	tell(at, WRITE_BEGINS, "the writer calls write()");
	tell(at, WRITE_ENDS, "the write() has returned");
	tell(at, READ_ENDS, "the read() has returned (before or after that)");
	say("in its read() the reader gave the processor away %ld times",
	    sleeps);
	check(sleeps > 0, "S168", "a reader of an empty pipe sleeps");
	check(at[READ_BEGINS].ns < at[WRITE_BEGINS].ns &&
		      at[READ_ENDS].ns > at[WRITE_BEGINS].ns,
	      "S168", "its read ends after the write begins: released by it");
	return done();
}

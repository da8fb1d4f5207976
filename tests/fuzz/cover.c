// SPDX-License-Identifier: GPL-2.0-only
/*
 * cover.c: which code of the module a program reached, by KCOV.
 *
 * Owns: one KCOV descriptor and buffer for each caller.  A kernel built with
 * it writes the address of each basic block that a thread runs into the
 * buffer of the thread; word 0 counts them.  An edge is a pair of blocks that
 * follow each other within one call, hashed to a bit.  Blocks outside the
 * module are skipped: they say nothing about mbox and much about chance.
 *
 * Takes no locks.  Called by run.c and fuzz.c.
 */
#include "run.h"

#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/ioctl.h>

/* As Documentation/dev-tools/kcov.rst has them; there may be no header. */
#define KCOV_INIT_TRACE _IOR('c', 1, unsigned long)
#define KCOV_ENABLE _IO('c', 100)
#define KCOV_TRACE_PC 0

/* Of one call; each page more makes each fork() slower. */
enum { BUFFER_WORDS = 1 << 13 };

static struct {
	int fd;
	unsigned long *words;
} buffers[CALLERS];

static unsigned long module_start, module_end;

uint64_t *cover_edges;

/* Where the module lies; root is told true addresses. */
static bool find_module(void)
{
	FILE *f = fopen("/proc/modules", "re");
	unsigned long size, start;
	char line[512], name[64];

	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%63s %lu %*s %*s %*s %lx", name, &size,
			   &start) != 3 ||
		    strcmp(name, "mbox"))
			continue;
		module_start = start;
		module_end = start + size;
	}
	if (f)
		fclose(f);
	return module_start;
}

static bool open_buffer(unsigned int i)
{
	buffers[i].fd = open("/sys/kernel/debug/kcov", O_RDWR | O_CLOEXEC);
	if (buffers[i].fd < 0 ||
	    ioctl(buffers[i].fd, KCOV_INIT_TRACE, BUFFER_WORDS))
		return false;
	buffers[i].words =
		mmap(NULL, BUFFER_WORDS * sizeof(buffers[i].words[0]),
		     PROT_READ | PROT_WRITE, MAP_SHARED, buffers[i].fd, 0);
	if (buffers[i].words == MAP_FAILED)
		buffers[i].words = NULL;
	return buffers[i].words;
}

bool cover_init(void)
{
	unsigned int i;

	cover_edges = mmap(NULL, EDGES / 8, PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	for (i = 0; i < CALLERS; i++)
		if (!open_buffer(i))
			return false;
	return find_module();
}

void cover_clear(void)
{
	unsigned int i;

	memset(cover_edges, 0, EDGES / 8);
	for (i = 0; i < CALLERS; i++)
		if (buffers[i].words)
			buffers[i].words[0] = 0;
}

void cover_start(unsigned int caller)
{
	/* The second forked child at a time finds it taken: not recorded. */
	if (buffers[caller].words)
		ioctl(buffers[caller].fd, KCOV_ENABLE, KCOV_TRACE_PC);
}

void cover_take(unsigned int caller)
{
	unsigned long *words = buffers[caller].words, n, i;
	uint64_t edge, block, last = 0;

	if (!words)
		return;
	n = __atomic_load_n(&words[0], __ATOMIC_RELAXED);
	for (i = 1; i <= n && i < BUFFER_WORDS; i++) {
		if (words[i] < module_start || words[i] >= module_end)
			continue;
		/* Where the module lies is chance; this is not. */
		block = words[i] - module_start;
		edge = (last * 31 + block) * 0x9e3779b97f4a7c15ULL >> 47;
		last = block;
		__atomic_fetch_or(&cover_edges[edge / 64], 1ULL << edge % 64,
				  __ATOMIC_RELAXED);
	}
	__atomic_store_n(&words[0], 0, __ATOMIC_RELAXED);
}

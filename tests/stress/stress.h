/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * stress.h: settings, checksums and shared counters.
 *
 * Owns: what stress.c, long.c and torture*.c share.  Counters lie in memory of
 * several processes and are changed with atomic operations; no locks.
 */
#ifndef TESTS_STRESS_STRESS_H
#define TESTS_STRESS_STRESS_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* NAME=VALUE on the command line or in the environment, or another value. */
static inline unsigned long long setting(const char *name,
					 unsigned long long other)
{
	const char *text = getenv(name);

	return text ? strtoull(text, NULL, 0) : other;
}

static inline uint64_t load(const uint64_t *p)
{
	return __atomic_load_n(p, __ATOMIC_SEQ_CST);
}

static inline uint64_t add(uint64_t *p, uint64_t n)
{
	return __atomic_add_fetch(p, n, __ATOMIC_SEQ_CST);
}

static uint32_t crc_table[256];

static inline void crc_init(void)
{
	uint32_t i, c;
	int k;

	for (i = 0; i < 256; i++) {
		for (c = i, k = 0; k < 8; k++)
			c = c & 1 ? 0xedb88320U ^ (c >> 1) : c >> 1;
		crc_table[i] = c;
	}
}

static inline uint32_t crc_of(const void *data, size_t len)
{
	const unsigned char *p = data;
	const unsigned char *end = p + len;
	uint32_t c = ~0U;

	while (p < end)
		c = crc_table[(c ^ *p++) & 0xff] ^ (c >> 8);
	return ~c;
}

#endif /* TESTS_STRESS_STRESS_H */

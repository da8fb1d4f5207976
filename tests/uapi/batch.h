/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * batch.h: batches of short texts that are numbers, and what came of them.
 *
 * Owns: what the program uapi-batch shares, one batch to send and one to
 * receive.  Takes no locks.
 */
#ifndef TESTS_UAPI_BATCH_H
#define TESTS_UAPI_BATCH_H

#include "races.h"

/* A result that the kernel never writes. */
#define UNTOUCHED 77

static struct mbox_send out[MBOX_BATCH_MAX + 1];
static struct mbox_recv in[MBOX_BATCH_MAX + 1];
static char out_text[MBOX_BATCH_MAX + 1][8], in_text[MBOX_BATCH_MAX + 1][8];

#define do_batch(fd_, cmd_, entries_, count_, ...)                          \
	({                                                                  \
		struct mbox_batch batch_b_ = { .size = sizeof(batch_b_),    \
					       .entries = PTR(entries_),    \
					       .count = (uint32_t)(count_), \
					       .entry_size =                \
						       sizeof(*(entries_)), \
					       ##__VA_ARGS__ };             \
		box_ioctl(fd_, cmd_, &batch_b_);                            \
	})
/* The first n of out, or into the first n of in. */
#define do_sendv(fd_, n_, ...) \
	do_batch(fd_, MBOX_IOC_SENDV, out, n_, ##__VA_ARGS__)
#define do_recvv(fd_, n_, ...) \
	do_batch(fd_, MBOX_IOC_RECVV, in, n_, ##__VA_ARGS__)

/* Lays n messages: the texts "0", "1", ..., with these numbers as tags. */
static inline void lay_out(int n)
{
	int i;

	for (i = 0; i < n; i++) {
		int len = snprintf(out_text[i], sizeof(out_text[i]), "%d", i);

		out[i] = (struct mbox_send){ .size = sizeof(out[i]),
					     .data = PTR(out_text[i]),
					     .len = (uint32_t)len,
					     .tag = (uint64_t)i,
					     .result = UNTOUCHED };
	}
}

/* Lays room for n messages. */
static inline void lay_in(int n)
{
	int i;

	memset(in_text, 0, sizeof(in_text));
	for (i = 0; i < n; i++)
		in[i] = (struct mbox_recv){ .size = sizeof(in[i]),
					    .data = PTR(in_text[i]),
					    .len = sizeof(in_text[i]) - 1,
					    .result = UNTOUCHED };
}

/* Sends "0" to n - 1, without waiting. */
static inline void put_numbers(int fd, int n)
{
	lay_out(n);
	ASSERT_EQ(do_sendv(fd, n, .flags = MBOX_NOWAIT), n);
}

/* in[0] and so on are n messages: the numbers from first on. */
#define expect_numbers(first, n) check_numbers(__FILE__, __LINE__, first, n)
static inline void check_numbers(const char *file, int line, int first, int n)
{
	char text[16];
	int i;

	for (i = 0; i < n; i++) {
		snprintf(text, sizeof(text), "%d", first + i);
		if (!mbt_check_str(file, line, "a message of the batch",
				   in_text[i], text) ||
		    !mbt_compare(file, line, "its result", in[i].result,
				 "==", "UNTOUCHED", UNTOUCHED,
				 in[i].result == UNTOUCHED))
			return;
	}
}

/* The reason that a batch of in or out ended is in its entry n, alone. */
#define expect_reason(entries, n, reason)                                  \
	do {                                                               \
		const int at_ = (n);                                       \
		EXPECT_EQ((entries)[at_].result, -(reason));               \
		EXPECT_EQ((entries)[at_ ? at_ - 1 : 1].result, UNTOUCHED); \
		EXPECT_EQ((entries)[at_ + 1].result, UNTOUCHED);           \
	} while (0)

#endif /* TESTS_UAPI_BATCH_H */

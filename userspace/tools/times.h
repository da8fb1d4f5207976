/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * times.h: how long messages lay, as bars of text.  No locks; one thread.
 */
#ifndef MBOXCTL_TIMES_H
#define MBOXCTL_TIMES_H

#include "common.h"

/* Most entries that mbox_times() stores. */
#define TIMES_MAX 64

/* A line for each entry from the first to the last that has messages. */
void print_times(const struct mbox_time_entry *times, size_t n);
/* "1.02 us": a duration in three digits; returns buf. */
const char *format_duration(char buf[TEXT_SIZE], uint64_t ns);

#endif /* MBOXCTL_TIMES_H */

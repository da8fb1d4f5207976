// SPDX-License-Identifier: GPL-2.0-only
/*
 * times.c: how long messages lay, as bars of text; see times.h.
 *
 * No locks; one thread.  Called by cmd_stat.c.
 */
#include "times.h"

#include <inttypes.h>

/* The longest bar. */
#define BAR_MAX 40

const char *format_duration(char buf[TEXT_SIZE], uint64_t ns)
{
	static const char *const units[] = { "ns", "us", "ms", "s" };
	double value = (double)ns;
	size_t unit = 0;

	while (unit < 3 && value >= 999.5) {
		value /= 1000;
		unit++;
	}
	snprintf(buf, TEXT_SIZE, "%.3g %s", value, units[unit]);
	return buf;
}

/* In proportion to the most; what is there at all is seen. */
static int bar_length(uint64_t messages, uint64_t most)
{
	double part = (double)messages / (double)most * BAR_MAX;

	return part > 1 ? (int)part : messages > 0;
}

void print_times(const struct mbox_time_entry *times, size_t n)
{
	char from[TEXT_SIZE];
	char to[TEXT_SIZE];
	uint64_t most = 0;
	size_t first = n;
	size_t last = 0;
	size_t i;

	for (i = 0; i < n; i++) {
		if (!times[i].messages)
			continue;
		if (first == n)
			first = i;
		last = i;
		if (times[i].messages > most)
			most = times[i].messages;
	}
	for (i = first; i < n && i <= last; i++) {
		int length = bar_length(times[i].messages, most);

		format_duration(from, times[i].from);
		if (times[i].to == UINT64_MAX)
			snprintf(to, sizeof(to), "longer");
		else
			format_duration(to, times[i].to);
		printf("  %8s to %-8s %10" PRIu64, from, to, times[i].messages);
		if (length)
			printf(" %.*s", length,
			       "########################################");
		putchar('\n');
	}
}

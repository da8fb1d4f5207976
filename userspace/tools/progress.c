// SPDX-License-Identifier: GPL-2.0-only
/*
 * progress.c: draws the bar and the line at the end; see progress.h.
 *
 * Owns the layout.  No locks; one thread.  Called by file_send.c and
 * file_recv.c for each message, so it looks at the clock first.
 */
#include "progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "common.h"

#define REDRAW_NS 100000000
#define BAR_MAX 40
/* What stands on the line beside the bar. */
#define BESIDE_BAR 54

static double seconds_since(uint64_t start)
{
	uint64_t ns = now_ns() - start;

	/* A clock that has not moved must not divide by zero. */
	return (double)(ns ? ns : 1) / 1e9;
}

void progress_start(struct progress *p, const char *what, uint64_t total)
{
	p->what = what;
	p->total = total;
	p->start = now_ns();
	p->drawn = 0;
	p->shown = isatty(STDERR_FILENO);
}

/* Characters of the bar itself, as far as the window is wide enough. */
static int bar_width(void)
{
	struct winsize win;
	int columns = 80;

	if (!ioctl(STDERR_FILENO, TIOCGWINSZ, &win) && win.ws_col)
		columns = win.ws_col;
	if (columns < BESIDE_BAR + 5)
		return 0;
	return columns - BESIDE_BAR > BAR_MAX ? BAR_MAX : columns - BESIDE_BAR;
}

void progress_update(struct progress *p, uint64_t done)
{
	char bar[BAR_MAX + 3] = "";
	uint64_t now = now_ns();
	double rate;

	if (!p->shown || (p->drawn && now - p->drawn < REDRAW_NS))
		return;
	p->drawn = now;
	rate = (double)done / seconds_since(p->start);
	if (p->total != UINT64_MAX) {
		double part = p->total ? (double)done / (double)p->total : 1;
		int width = bar_width();
		int full = (int)(part * width);

		if (full > width)
			full = width;
		if (width) {
			memset(bar, '.', (size_t)width + 2);
			memset(bar + 1, '#', (size_t)full);
			bar[0] = '[';
			bar[width + 1] = ']';
		}
		fprintf(stderr, "\r%s %s %3.0f %%  %.1f of %.1f MB  %.1f MB/s",
			p->what, bar, 100 * part, (double)done / 1e6,
			(double)p->total / 1e6, rate / 1e6);
	} else {
		fprintf(stderr, "\r%s  %.1f MB  %.1f MB/s", p->what,
			(double)done / 1e6, rate / 1e6);
	}
	/* To the end of the line: the text before may have been longer. */
	fputs("\033[K", stderr);
	fflush(stderr);
}

void progress_clear(struct progress *p)
{
	if (p->shown && p->drawn)
		fputs("\r\033[K", stderr);
	fflush(stderr);
	p->drawn = 0;
}

void progress_finish(struct progress *p, const char *done, const char *name,
		     uint64_t bytes, const char *digest)
{
	double seconds = seconds_since(p->start);

	progress_clear(p);
	printf("%s '", done);
	put_text(stdout, name, strlen(name), true);
	printf("': %" PRIu64 " bytes in %.2f s, %.1f MB/s\nSHA-256 %s\n", bytes,
	       seconds, (double)bytes / seconds / 1e6, digest);
}

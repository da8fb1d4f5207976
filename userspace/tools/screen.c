// SPDX-License-Identifier: GPL-2.0-only
/*
 * screen.c: a table that is shown again and again; see screen.h.
 *
 * Owns the escape sequences.  No locks; one thread.
 */
#include "screen.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#define ERASE_SCREEN "\033[2J"
#define ERASE_BELOW "\033[J"
#define ERASE_LINE "\033[K"
#define HOME "\033[H"

static void on_winch(int sig)
{
	/* That it came ends the sleep. */
	(void)sig;
}

void screen_start(struct screen *s)
{
	struct sigaction action = { .sa_handler = on_winch };
	const char *term = getenv("TERM");

	s->live = isatty(STDOUT_FILENO) && (!term || strcmp(term, "dumb"));
	if (!s->live)
		return;
	sigemptyset(&action.sa_mask);
	sigaction(SIGWINCH, &action, NULL);
}

/*
 * From the upper left corner, line by line over what stands there: that is
 * right whatever was typed meanwhile and however the window has changed.  The
 * last line and the last column stay free, since what is printed there scrolls
 * or is printed twice on some terminals.
 */
static void redraw(struct screen *s, const struct table *t)
{
	struct winsize win;
	size_t lines = 24;
	size_t columns = 80;
	size_t rows;

	if (!ioctl(STDOUT_FILENO, TIOCGWINSZ, &win) && win.ws_row &&
	    win.ws_col) {
		lines = win.ws_row;
		columns = win.ws_col;
	}
	/* Beside the head and the free line; and one more to say what lacks. */
	rows = lines > 2 ? lines - 2 : 0;
	if (rows && t->nrows > rows)
		rows--;
	fputs(s->drawn ? HOME : HOME ERASE_SCREEN, stdout);
	table_print(t, stdout, rows, columns - 1, ERASE_LINE);
	if (rows && t->nrows > rows)
		printf(ERASE_LINE "%.*s\n", (int)columns - 1,
		       "... and more than the window can hold");
	fputs(ERASE_BELOW, stdout);
}

bool screen_show(struct screen *s, const struct table *t)
{
	if (s->live) {
		redraw(s, t);
	} else {
		if (s->drawn)
			putchar('\n');
		table_print(t, stdout, SIZE_MAX, SIZE_MAX, "");
	}
	s->drawn = true;
	return !fflush(stdout) && !ferror(stdout);
}

bool screen_wait(uint64_t until)
{
	const struct timespec ts = {
		.tv_sec = (time_t)(until / 1000000000),
		.tv_nsec = (long)(until % 1000000000),
	};

	return clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL) !=
	       EINTR;
}

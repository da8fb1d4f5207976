/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * common.h: what the subcommands of mboxctl share.
 *
 * Owns the exit codes, the description of a subcommand and its options, and
 * the small parsers of values on the command line.  No locks; one thread.
 * Included by every file of mboxctl.  mboxctl talks to the kernel through
 * libmbox alone.
 */
#ifndef MBOXCTL_COMMON_H
#define MBOXCTL_COMMON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "mbox.h"

/* What mboxctl ends with; the man page and --help show the same list. */
enum exit_code {
	EXIT_OK = 0,
	EXIT_FAILED = 1, /* what no other code says */
	EXIT_USAGE = 2, /* the command line is wrong; nothing was done */
	EXIT_NO_MAILBOX = 3, /* no mailbox has this name */
	EXIT_NO_RIGHT = 4, /* the caller may not do this */
	EXIT_WOULD_WAIT = 5, /* --nowait, and it would have to wait */
	EXIT_TIMED_OUT = 6, /* --timeout passed first */
	EXIT_AT_END = 7, /* the other side has gone for good */
	EXIT_DESTROYED = 8, /* the mailbox was destroyed meanwhile */
	EXIT_TAKEN = 9, /* create --exclusive, and the name is taken */
	EXIT_NO_ROOM = 10, /* a quota or memory is used up */
	EXIT_BAD_FILE = 11, /* a file did not arrive whole */
	EXIT_NO_MODULE = 12, /* the module is not loaded */
	EXIT_MAYBE_DONE = 13, /* call: taken, and no answer came */
	EXIT_REFUSED = 14, /* call: the answer says that it failed */
};

/* One option of a subcommand; the parser and --help read the same table. */
struct option_help {
	char key; /* short form, and what next_option() returns */
	const char *name; /* long form, without the dashes */
	/*
	 * What the value is called, NULL if there is none.  The completion of
	 * packaging/completion reads it: FILE is a file, NAME a mailbox, and
	 * words with '|' between them are what can be given.
	 */
	const char *value;
	const char *text;
};

/* One subcommand; commands.c has the table of them. */
struct command {
	const char *name;
	const char *arguments; /* as in a synopsis; the completion reads NAME */
	const char *summary; /* one line, for the list of subcommands */
	const char *details; /* paragraphs for its own --help */
	const struct option_help *options; /* ends with key 0 */
	int (*run)(int argc, char **argv);
};

/* All of them in the order of --help, and NULL. */
extern const struct command *const commands[];

/* What next_option() returns beside the keys of the options. */
#define OPTION_END (-1)
#define OPTION_HELP (-2) /* help was asked for and printed: end with 0 */
#define OPTION_WRONG (-3) /* complained about: end with EXIT_USAGE */

int next_option(const struct command *cmd, int argc, char **argv,
		const char **value);
void print_command_help(const struct command *cmd);

/* Prints "mboxctl CMD: TEXT" and where help is; returns EXIT_USAGE. */
int usage_error(const struct command *cmd, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* Prints "mboxctl: TEXT" on standard error. */
void complain(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Flushes standard output; a full disk must not look like success. */
int finish_output(int code);

/*
 * Parsers: true and *out, or false where the text is not exactly such a
 * value.  A size is a number with K, M or G for powers of 1024; a duration a
 * number, possibly with a fraction, with ns, us, ms, s (default), m or h.
 */
bool parse_number(const char *text, uint64_t max, uint64_t *out);
bool parse_size(const char *text, uint64_t max, uint64_t *out);
bool parse_duration(const char *text, uint64_t *ns);
bool parse_mode(const char *text, mode_t *mode);

/*
 * The value of --@option where several commands have such a one: true and
 * *out, or false where the text is none, which was complained about.
 */
bool take_count(const struct command *cmd, const char *option, const char *text,
		uint64_t *out);
bool take_tag(const struct command *cmd, const char *option, const char *text,
	      uint64_t *out);
bool take_time(const struct command *cmd, const char *option, const char *text,
	       uint64_t *ns);

/* Room for what format_bytes() and name_problem() store. */
#define TEXT_SIZE 160
/* "8123456 bytes (7.7 MiB)"; returns buf. */
const char *format_bytes(char buf[TEXT_SIZE], uint64_t bytes);
/* "message" where n is 1, else "messages"; one of a few words. */
const char *plural(uint64_t n, const char *word);
/* Why this cannot be a mailbox's name, or NULL; uses buf for the sentence. */
const char *name_problem(char buf[TEXT_SIZE], const char *name);
/* User or group as a name, or as a number where it has none; returns buf. */
const char *user_name(char buf[TEXT_SIZE], uid_t uid);
const char *group_name(char buf[TEXT_SIZE], gid_t gid);
/* "send, recv, admin", or "none"; returns buf. */
const char *rights_text(char buf[TEXT_SIZE], uint32_t rights);
/* What an MBOX_POLICY_ is called on the command line, or NULL: not known. */
const char *policy_word(uint32_t policy);

/* CLOCK_MONOTONIC. */
uint64_t now_ns(void);

/* Bytes of the UTF-8 sequence that begins at p, or 0: it is none. */
size_t utf8_sequence(const unsigned char *p, size_t left);
/*
 * How many bytes at the beginning of a text, of which there is one at least, can
 * be shown together and cannot steer a terminal that takes UTF-8; 0: the first
 * one could.
 */
size_t harmless_bytes(const void *text, size_t len);
/*
 * Writes text from somewhere else.  What could steer a terminal comes out as
 * \xNN if escape is true, so that a message cannot.
 */
void put_text(FILE *out, const void *data, size_t len, bool escape);

#endif /* MBOXCTL_COMMON_H */

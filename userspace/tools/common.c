// SPDX-License-Identifier: GPL-2.0-only
/*
 * common.c: options, values and names on the command line of mboxctl.
 *
 * Owns the parsing and the printing that more than one subcommand needs.
 * Knows nothing of the kernel.  No locks; one thread.  Called by every
 * cmd_*.c; the parsers are tested on the host by tests/host/cli.
 */
#include "common.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <grp.h>
#include <inttypes.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* More options than any subcommand has. */
#define OPTIONS_MAX 24
/* Where the text of an option stands in --help. */
#define HELP_COLUMN 24

void complain(const char *fmt, ...)
{
	va_list args;

	fflush(stdout);
	fputs("mboxctl: ", stderr);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
}

int usage_error(const struct command *cmd, const char *fmt, ...)
{
	va_list args;

	fflush(stdout);
	fprintf(stderr, "mboxctl %s: ", cmd->name);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fprintf(stderr, "\n'mboxctl %s --help' shows how to use it.\n",
		cmd->name);
	return EXIT_USAGE;
}

int finish_output(int code)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return code;
	complain("the output could not be written: %s.", strerror(errno));
	return code ? code : EXIT_FAILED;
}

/* -- Options -------------------------------------------------------------- */

void print_command_help(const struct command *cmd)
{
	const struct option_help *o;

	printf("Usage: mboxctl %s [OPTION]...%s%s\n\n%c%s.\n", cmd->name,
	       *cmd->arguments ? " " : "", cmd->arguments,
	       toupper((unsigned char)cmd->summary[0]), cmd->summary + 1);
	if (*cmd->details)
		printf("\n%s\n", cmd->details);
	printf("\nOptions:\n");
	for (o = cmd->options; o->key; o++) {
		char left[64];

		snprintf(left, sizeof(left), "-%c, --%s%s%s", o->key, o->name,
			 o->value ? " " : "", o->value ? o->value : "");
		/* The completion takes a value to end before two blanks. */
		if (strlen(left) >= HELP_COLUMN)
			printf("  %s\n  %-*s %s\n", left, HELP_COLUMN, "",
			       o->text);
		else
			printf("  %-*s %s\n", HELP_COLUMN, left, o->text);
	}
	printf("  %-*s %s\n", HELP_COLUMN, "-h, --help", "show this text");
}

int next_option(const struct command *cmd, int argc, char **argv,
		const char **value)
{
	struct option table[OPTIONS_MAX + 2];
	char keys[2 * OPTIONS_MAX + 3];
	size_t n = 0;
	size_t k = 0;
	int at = optind ? optind : 1;
	int key;

	memset(table, 0, sizeof(table));
	keys[k++] = ':';
	keys[k++] = 'h';
	for (; n < OPTIONS_MAX && cmd->options[n].key; n++) {
		const struct option_help *o = &cmd->options[n];

		table[n].name = o->name;
		table[n].has_arg = o->value ? required_argument : no_argument;
		table[n].val = (unsigned char)o->key;
		keys[k++] = o->key;
		if (o->value)
			keys[k++] = ':';
	}
	keys[k] = '\0';
	table[n].name = "help";
	table[n].val = 'h';

	opterr = 0;
	key = getopt_long(argc, argv, keys, table, NULL);
	*value = optarg;
	if (key == -1)
		return OPTION_END;
	if (key == 'h') {
		print_command_help(cmd);
		return OPTION_HELP;
	}
	if (key == ':') {
		usage_error(cmd, "the option '%s' needs a value.",
			    argv[optind - 1]);
		return OPTION_WRONG;
	}
	if (key == '?') {
		/* A long option has been passed over, a short one maybe not. */
		const char *word = argv[optind > at ? optind - 1 : at];

		if (optopt && optopt != 'h' && word[1] == '-')
			usage_error(cmd, "the option '%s' takes no value.",
				    word);
		else if (optopt && word[1] != '-')
			usage_error(cmd, "there is no option '-%c'.", optopt);
		else
			usage_error(cmd, "there is no option '%s'.", word);
		return OPTION_WRONG;
	}
	return key;
}

/* -- Values --------------------------------------------------------------- */

/* Digits only: strtoull() would take blanks, signs and more. */
static bool take_digits(const char **text, uint64_t *out)
{
	const char *p = *text;
	uint64_t n = 0;

	if (!isdigit((unsigned char)*p))
		return false;
	for (; isdigit((unsigned char)*p); p++) {
		if (__builtin_mul_overflow(n, 10, &n) ||
		    __builtin_add_overflow(n, (uint64_t)(*p - '0'), &n))
			return false;
	}
	*text = p;
	*out = n;
	return true;
}

bool parse_number(const char *text, uint64_t max, uint64_t *out)
{
	char *end;

	if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X') &&
	    isxdigit((unsigned char)text[2])) {
		errno = 0;
		*out = strtoull(text, &end, 16);
		return !errno && !*end && *out <= max;
	}
	return take_digits(&text, out) && !*text && *out <= max;
}

bool parse_size(const char *text, uint64_t max, uint64_t *out)
{
	static const char units[] = "KMG";
	const char *unit;
	uint64_t factor = 1;

	if (!take_digits(&text, out))
		return false;
	if (*text) {
		unit = strchr(units, toupper((unsigned char)*text));
		if (unit) {
			factor <<= 10 * (unit - units + 1);
			text++;
			if (!strcmp(text, "iB"))
				text += 2;
		}
	}
	if (*text || __builtin_mul_overflow(*out, factor, out))
		return false;
	return *out <= max;
}

bool parse_duration(const char *text, uint64_t *ns)
{
	static const struct {
		const char *name;
		uint64_t ns;
	} units[] = {
		{ "", 1000000000 },
		{ "s", 1000000000 },
		{ "ms", 1000000 },
		{ "us", 1000 },
		{ "ns", 1 },
		{ "m", 60 * 1000000000ULL },
		{ "min", 60 * 1000000000ULL },
		{ "h", 3600 * 1000000000ULL },
	};
	uint64_t whole;
	uint64_t parts = 0;
	uint64_t scale = 1;
	size_t i;

	if (!take_digits(&text, &whole))
		return false;
	if (*text == '.') {
		text++;
		if (!isdigit((unsigned char)*text))
			return false;
		for (; isdigit((unsigned char)*text); text++) {
			/* Nine digits of a fraction are all that can count. */
			if (scale >= 1000000000)
				continue;
			parts = 10 * parts + (uint64_t)(*text - '0');
			scale *= 10;
		}
	}
	for (i = 0; i < sizeof(units) / sizeof(*units); i++) {
		uint64_t unit = units[i].ns;
		uint64_t rest;

		if (strcmp(text, units[i].name))
			continue;
		/* In two steps, since parts * unit may not fit. */
		rest = unit / scale * parts + unit % scale * parts / scale;
		return !__builtin_mul_overflow(whole, unit, ns) &&
		       !__builtin_add_overflow(*ns, rest, ns);
	}
	return false;
}

bool take_count(const struct command *cmd, const char *option, const char *text,
		uint64_t *out)
{
	if (parse_number(text, UINT64_MAX, out) && *out)
		return true;
	usage_error(cmd, "--%s '%s' is not a number from 1 on.", option, text);
	return false;
}

bool take_tag(const struct command *cmd, const char *option, const char *text,
	      uint64_t *out)
{
	if (parse_number(text, UINT64_MAX, out))
		return true;
	usage_error(
		cmd,
		"--%s '%s' is not a number of at most 64 bits, such as 7 or 0x7f.",
		option, text);
	return false;
}

bool take_time(const struct command *cmd, const char *option, const char *text,
	       uint64_t *ns)
{
	if (parse_duration(text, ns))
		return true;
	usage_error(cmd, "--%s '%s' is not a time, such as 500ms or 2s.",
		    option, text);
	return false;
}

bool parse_mode(const char *text, mode_t *mode)
{
	unsigned int n = 0;
	size_t i;

	for (i = 0; text[i]; i++) {
		if (i >= 4 || text[i] < '0' || text[i] > '7')
			return false;
		n = n * 8 + (unsigned int)(text[i] - '0');
	}
	if (!i || n & ~0666U)
		return false;
	*mode = n;
	return true;
}

/* -- Text ----------------------------------------------------------------- */

const char *format_bytes(char buf[TEXT_SIZE], uint64_t bytes)
{
	static const char *const units[] = { "KiB", "MiB", "GiB", "TiB" };
	double value = (double)bytes / 1024;
	size_t i = 0;

	if (bytes < 1024) {
		snprintf(buf, TEXT_SIZE, "%" PRIu64 " %s", bytes,
			 bytes == 1 ? "byte" : "bytes");
		return buf;
	}
	for (; value >= 1024 && i < 3; i++)
		value /= 1024;
	snprintf(buf, TEXT_SIZE, "%" PRIu64 " bytes (%.1f %s)", bytes, value,
		 units[i]);
	return buf;
}

const char *plural(uint64_t n, const char *word)
{
	static const char *const words[] = { "messages", "bytes", "senders",
					     "receivers" };
	size_t i;

	for (i = 0; n != 1 && i < sizeof(words) / sizeof(*words); i++)
		if (!strncmp(words[i], word, strlen(word)))
			return words[i];
	return word;
}

const char *name_problem(char buf[TEXT_SIZE], const char *name)
{
	size_t len = strlen(name);
	size_t i;

	if (!len)
		return "A name has at least one character.";
	if (len > MBOX_NAME_MAX) {
		snprintf(buf, TEXT_SIZE,
			 "It has %zu characters, and %d are the most.", len,
			 MBOX_NAME_MAX);
		return buf;
	}
	if (name[0] == '.')
		return "A name does not begin with a dot.";
	for (i = 0; i < len; i++) {
		unsigned char c = (unsigned char)name[i];

		if ((c < 0x80 && isalnum(c)) || strchr("._-", c))
			continue;
		if (isprint(c))
			snprintf(
				buf, TEXT_SIZE,
				"'%c' cannot be in a name: letters, digits, '.', '_' and '-' can.",
				c);
		else
			snprintf(
				buf, TEXT_SIZE,
				"The byte 0x%02x cannot be in a name: letters, digits, '.', '_' and '-' can.",
				c);
		return buf;
	}
	return NULL;
}

const char *user_name(char buf[TEXT_SIZE], uid_t uid)
{
	const struct passwd *pw = getpwuid(uid);

	if (pw)
		snprintf(buf, TEXT_SIZE, "%s", pw->pw_name);
	else
		snprintf(buf, TEXT_SIZE, "%u", uid);
	return buf;
}

const char *group_name(char buf[TEXT_SIZE], gid_t gid)
{
	const struct group *gr = getgrgid(gid);

	if (gr)
		snprintf(buf, TEXT_SIZE, "%s", gr->gr_name);
	else
		snprintf(buf, TEXT_SIZE, "%u", gid);
	return buf;
}

const char *rights_text(char buf[TEXT_SIZE], uint32_t rights)
{
	snprintf(buf, TEXT_SIZE, "%s%s%s", rights & MBOX_SEND ? ", send" : "",
		 rights & MBOX_RECV ? ", recv" : "",
		 rights & MBOX_ADMIN ? ", admin" : "");
	if (!*buf)
		return "none";
	memmove(buf, buf + 2, strlen(buf) - 1);
	return buf;
}

const char *policy_word(uint32_t policy)
{
	static const char *const words[] = {
		[MBOX_POLICY_BLOCK] = "block",
		[MBOX_POLICY_DROP_NEWEST] = "drop-newest",
		[MBOX_POLICY_DROP_OLDEST] = "drop-oldest",
	};

	return policy < sizeof(words) / sizeof(*words) ? words[policy] : NULL;
}

uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

size_t utf8_sequence(const unsigned char *p, size_t left)
{
	unsigned char low = 0x80;
	unsigned char high = 0xbf;
	size_t len;
	size_t i;

	if (p[0] < 0x80)
		return 1;
	if (p[0] < 0xc2 || p[0] > 0xf4)
		return 0;
	len = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	if (left < len)
		return 0;
	/* Neither longer than needed, nor a surrogate, nor above U+10FFFF. */
	if (p[0] == 0xe0)
		low = 0xa0;
	if (p[0] == 0xed)
		high = 0x9f;
	if (p[0] == 0xf0)
		low = 0x90;
	if (p[0] == 0xf4)
		high = 0x8f;
	if (p[1] < low || p[1] > high)
		return 0;
	for (i = 2; i < len; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	return len;
}

size_t harmless_bytes(const void *text, size_t len)
{
	const unsigned char *p = text;
	size_t n = utf8_sequence(p, len);

	if (n == 1)
		return (*p >= 0x20 && *p != 0x7f) || *p == '\n' || *p == '\t';
	/* A C1 control as UTF-8 writes it (c2 80 to c2 9f): its tail is alone. */
	if (n == 2 && p[0] == 0xc2 && p[1] < 0xa0)
		return 1;
	/* What is no UTF-8 is a letter of Latin-1 or the like, or a C1 control. */
	return n ? n : *p >= 0xa0;
}

void put_text(FILE *out, const void *data, size_t len, bool escape)
{
	const unsigned char *p = data;
	size_t i;
	size_t n;

	if (!escape) {
		fwrite(data, 1, len, out);
		return;
	}
	for (i = 0; i < len; i += n ? n : 1) {
		n = harmless_bytes(p + i, len - i);
		if (n)
			fwrite(p + i, 1, n, out);
		else
			fprintf(out, "\\x%02x", p[i]);
	}
}

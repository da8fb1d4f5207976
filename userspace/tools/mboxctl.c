// SPDX-License-Identifier: GPL-2.0-only
/*
 * mboxctl.c: the command mboxctl.
 *
 * Owns main(), the overall help and the version.  No locks; one thread.
 * Each subcommand is one file, cmd_NAME.c, and is called through the table in
 * commands.c.
 */
#include "common.h"

#include <getopt.h>
#include <locale.h>
#include <string.h>

static const char exit_help[] =
	"Exit status:\n"
	"   0  done\n"
	"   1  failed for a reason that has no number of its own\n"
	"   2  the command line is wrong; nothing was done\n"
	"   3  no mailbox has this name\n"
	"   4  permission denied\n"
	"   5  --nowait, and it would have to wait\n"
	"   6  --timeout passed first\n"
	"   7  at its end: the other side has gone for good\n"
	"   8  the mailbox was destroyed\n"
	"   9  create --exclusive, and the name is taken\n"
	"  10  a quota or memory is used up\n"
	"  11  a file did not arrive whole\n"
	"  12  the module is not loaded, or is another version\n"
	"  13  call: a server has the request, no answer came: it may have been done\n"
	"  14  call: the answer says that the request failed\n";

static void print_help(FILE *out)
{
	size_t i;

	fprintf(out, "Usage: mboxctl COMMAND [OPTION]... [ARGUMENT]...\n\n"
		     "Makes, uses and shows the mailboxes of /dev/mbox.\n\n"
		     "Commands:\n");
	for (i = 0; commands[i]; i++)
		fprintf(out, "  %-8s  %s\n", commands[i]->name,
			commands[i]->summary);
	fprintf(out,
		"\n'mboxctl COMMAND --help' tells more of one; 'mboxctl --version' the version.\n\n%s",
		exit_help);
}

static const struct command *find(const char *name)
{
	size_t i;

	for (i = 0; commands[i]; i++)
		if (!strcmp(commands[i]->name, name))
			return commands[i];
	return NULL;
}

static int help(const char *name)
{
	const struct command *cmd;

	if (!name) {
		print_help(stdout);
		return EXIT_OK;
	}
	cmd = find(name);
	if (!cmd) {
		complain(
			"there is no command '%s'. 'mboxctl --help' lists them.",
			name);
		return EXIT_USAGE;
	}
	print_command_help(cmd);
	return EXIT_OK;
}

int main(int argc, char **argv)
{
	const struct command *cmd;

	if (argc < 2) {
		print_help(stderr);
		return EXIT_USAGE;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") ||
	    !strcmp(argv[1], "help"))
		return finish_output(help(argv[2]));
	if (!strcmp(argv[1], "--version") || !strcmp(argv[1], "-V")) {
		printf("mboxctl %s (libmbox %s)\n", MBOX_VERSION,
		       mbox_version());
		return finish_output(EXIT_OK);
	}
	cmd = find(argv[1]);
	if (!cmd) {
		complain(
			"there is no %s '%s'. 'mboxctl --help' lists what there is.",
			argv[1][0] == '-' ? "option" : "command", argv[1]);
		return EXIT_USAGE;
	}
	return finish_output(cmd->run(argc - 1, argv + 1));
}

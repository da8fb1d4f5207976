// SPDX-License-Identifier: GPL-2.0-only
/*
 * commands.c: the table of the subcommands of mboxctl.
 *
 * A new one is a file cmd_NAME.c, its two lines here, and its section in
 * mboxctl(1); help, completion and tests find it by this table.  No locks; one
 * thread.  Read by mboxctl.c and by tests/host/cli.
 */
#include "common.h"

extern const struct command cmd_create;
extern const struct command cmd_ls;
extern const struct command cmd_stat;
extern const struct command cmd_watch;
extern const struct command cmd_send;
extern const struct command cmd_recv;
extern const struct command cmd_call;
extern const struct command cmd_serve;
extern const struct command cmd_peek;
extern const struct command cmd_flush;
extern const struct command cmd_sub;
extern const struct command cmd_pub;
extern const struct command cmd_links;
extern const struct command cmd_rm;
extern const struct command cmd_destroy;
extern const struct command cmd_info;

const struct command *const commands[] = {
	&cmd_create, &cmd_ls,	 &cmd_stat,    &cmd_watch, &cmd_send, &cmd_recv,
	&cmd_call,   &cmd_serve, &cmd_peek,    &cmd_flush, &cmd_sub,  &cmd_pub,
	&cmd_links,  &cmd_rm,	 &cmd_destroy, &cmd_info,  NULL,
};

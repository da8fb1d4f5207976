// SPDX-License-Identifier: GPL-2.0-only
/*
 * two_operations: send(message) and receive(message) are all that it takes.
 *
 * Notes: S17 (000:97)
 * Watch: the library and the command do the same two things: mbox_send() and
 *        "mboxctl send", mbox_recv() and "mboxctl recv".
 * See:   what one sends, the other receives, both ways.
 */
#include "../check.h"

#include <mbox.h>

int main(void)
{
	struct mbox *letters;
	char by_call[100], by_command[100] = "";
	FILE *command;
	ssize_t len;

	letters = need_ptr(
		mbox_create("letters", MBOX_SEND | MBOX_RECV, 0600, NULL));

	say("mbox_send(): \"from C\"");
	need(mbox_send(letters, "from C", 6));
	command = need_ptr(popen("mboxctl recv --nowait letters", "r"));
	if (!fgets(by_command, sizeof(by_command), command))
		say("it printed nothing");
	say("mboxctl recv: \"%.*s\"", (int)strcspn(by_command, "\n"),
	    by_command);
	check(pclose(command) == 0 && !strcmp(by_command, "from C\n"), "S17",
	      "the command receives what the library sent");

	say("mboxctl send letters \"from the shell\"");
	need0(system("mboxctl send letters 'from the shell'"));
	len = need(mbox_recv(letters, by_call, sizeof(by_call)));
	say("mbox_recv(): \"%.*s\"", (int)len, by_call);
	check(len == 14 && !memcmp(by_call, "from the shell", 14), "S17",
	      "the library receives what the command sent");
	mbox_close(letters);
	return done();
}

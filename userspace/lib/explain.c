// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What an errno of a verb means, and what to do about it, in plain words.
 *
 * The table has a line for each line of the errno table in <linux/mbox.h>; a
 * test holds the two together.
 *
 * Locking: none; all text is constant.  Called by programs.
 */
#include <errno.h>
#include <string.h>
#include <strings.h>

#include "internal.h"

/* One meaning.  A NULL verb stands for every verb that has no line of its own. */
static const struct meaning {
	const char *verb;
	int err;
	const char *text;
} meanings[] = {
	{ "create", EINVAL,
	  "The name, the mode or the attributes are not valid, or make no sense "
	  "together. Use 1 to 63 letters, digits, '.', '_' or '-' with no dot "
	  "in front, a mode of at most 0666, and bounds that hold at least one "
	  "largest message." },
	{ "create", EEXIST,
	  "A mailbox with this name exists already. Choose another name, or "
	  "open the one that is there." },
	{ "create", EACCES,
	  "A mailbox with this name exists already and its mode does not grant "
	  "you the rights asked for, or you may not open /dev/mbox. Choose "
	  "another name, or ask its owner." },
	{ "create", EPERM,
	  "A mailbox with this name exists already and you are not its owner, "
	  "so you cannot have ADMIN. Choose another name, or do not ask for "
	  "ADMIN." },

	{ "open", EINVAL,
	  "The name or a flag is not valid. A name is 1 to 63 letters, digits, "
	  "'.', '_' or '-' with no dot in front." },
	{ "open", ENOENT,
	  "No mailbox has this name here. Create it first, and check that you "
	  "are in the same network namespace." },
	{ "open", EEXIST,
	  "A mailbox with this name exists already. Choose another name, or "
	  "open the one that is there." },
	{ "open", EACCES,
	  "The mailbox's mode does not grant you these rights, its owner is "
	  "not the one you expect, or you may not open /dev/mbox. Ask for "
	  "fewer rights, or ask its owner." },
	{ "open", EPERM,
	  "ADMIN is for the mailbox's owner and for CAP_IPC_OWNER. Do it as "
	  "the owner." },

	{ "copy", EACCES,
	  "The handle lacks a right that the copy should have. Ask for no "
	  "more rights than it has." },

	{ "adopt", EBADF, "The descriptor is not open. Pass one that is." },
	{ "adopt", ENOTTY,
	  "The descriptor is open, but it is not one of /dev/mbox. Pass a "
	  "handle." },

	{ "unlink", EPERM,
	  "The handle lacks ADMIN. Open the mailbox with ADMIN, as its "
	  "owner." },
	{ "unlink", ENOENT,
	  "The mailbox has no name, or no longer. There is nothing to "
	  "remove." },

	{ "destroy", EPERM,
	  "The handle lacks ADMIN. Open the mailbox with ADMIN, as its "
	  "owner." },
	{ "destroy", EIDRM,
	  "The mailbox was destroyed before. Close the handle." },

	{ "send", EBADF,
	  "The handle is closed, or it lacks the right to send. Open the "
	  "mailbox for sending." },
	{ "send", EINVAL,
	  "A flag, the priority or the deadline is not valid, or the mailbox "
	  "takes messages of one length only and this is another. Priorities "
	  "go from 0 to 32767." },
	{ "send", EMSGSIZE,
	  "The message is longer than this mailbox takes. Send it in parts, or "
	  "create a mailbox for larger messages." },
	{ "send", EAGAIN,
	  "The mailbox is full, or nobody is ready to take the message, and "
	  "the send was not to wait. Try again later, or wait with poll." },
	{ "send", ETIMEDOUT,
	  "The deadline passed before the message could be delivered, and it "
	  "was withdrawn. Check that someone receives, or wait longer." },
	{ "send", EINTR,
	  "A signal came before the message could be delivered, and it was "
	  "withdrawn. Send it again if it is still wanted." },
	{ "send", EPIPE,
	  "Nobody can ever receive this message: the mailbox has no name and "
	  "no receiver is left. Close the handle." },
	{ "send", EDQUOT,
	  "A quota of messages or bytes is used up. Receive what is waiting, "
	  "send less, or let root raise the limit." },
	{ "send", EFAULT,
	  "The message lies in memory that cannot be read. Pass a valid "
	  "pointer and length." },

	{ "recv", EBADF,
	  "The handle is closed, or it lacks the right to receive. Open the "
	  "mailbox for receiving." },
	{ "recv", EMSGSIZE,
	  "The message is longer than the room for it, and stays in the "
	  "mailbox. Offer more room, or allow it to be truncated." },
	{ "recv", EAGAIN,
	  "There is no message, and the receive was not to wait. Try again "
	  "later, or wait with poll." },
	{ "recv", ETIMEDOUT,
	  "The deadline passed before a message came. Check that someone "
	  "sends, or wait longer." },
	{ "recv", EINTR,
	  "A signal came before a message did. Receive again if it is still "
	  "wanted." },
	{ "recv", EPIPE,
	  "The mailbox is empty and the last sender has closed. This is the "
	  "end of what was sent." },
	{ "recv", EFAULT,
	  "The room for the message is memory that cannot be written. Pass a "
	  "valid pointer and size." },

	{ "status", EPERM,
	  "Only a handle with ADMIN can see who waits. Open the mailbox with "
	  "ADMIN, as its owner." },

	{ NULL, ENODEV,
	  "The module mbox is not loaded. Load it as root with 'modprobe mbox' "
	  "or 'insmod mbox.ko'." },
	{ NULL, ENOTTY,
	  "The kernel does not know this request: /dev/mbox is something else, "
	  "or the module is older than this program. Load the module that "
	  "belongs to this program." },
	{ NULL, E2BIG,
	  "The module is older than this program and lacks what was asked for. "
	  "Load a newer module, or ask for less." },
	{ NULL, EFAULT,
	  "A pointer does not point to memory that can be used. Pass a valid "
	  "one." },
	{ NULL, EINVAL,
	  "An argument is not valid: an unknown flag, a reserved member that "
	  "is not zero, or a value out of range. Check it against the manual "
	  "page." },
	{ NULL, EBADF, "The handle is closed. Open the mailbox again." },
	{ NULL, EIDRM,
	  "The mailbox was destroyed. Close the handle; create or open the "
	  "mailbox anew if it is still needed." },
	{ NULL, ENAMETOOLONG,
	  "The name is longer than 63 bytes. Choose a shorter one." },
	{ NULL, ENXIO,
	  "The network namespace that held the mailboxes has ended. Start "
	  "again in one that is alive." },
	{ NULL, EDQUOT,
	  "Your quota of mailboxes or bytes is used up. Remove mailboxes you "
	  "no longer need, or let root raise the limit." },
	{ NULL, ENOMEM,
	  "There is no memory left, or the memory cgroup is full. Free some, "
	  "or raise the cgroup's limit." },
	{ NULL, EMFILE,
	  "This process has no descriptor left. Close some, or raise 'ulimit "
	  "-n'." },
	{ NULL, ENFILE,
	  "The system has no open file left. Close some, or let root raise "
	  "fs.file-max." },
	{ NULL, EACCES,
	  "You have no permission. Check the permissions of /dev/mbox and the "
	  "mailbox's mode." },
	{ NULL, EPERM,
	  "You are not allowed to do this. Do it as the owner of the "
	  "mailbox." },
	{ NULL, EINTR,
	  "A signal came first. Try again if it is still wanted." },
	{ NULL, 0, "Nothing failed. There is nothing to do." },
};

static const char *const not_listed =
	"This error is not one that mailboxes give. Look up its number in "
	"errno(3).";

/* Other words for the verbs: of the device, the shell and long names. */
static const struct alias {
	const char *word;
	const char *verb;
} aliases[] = {
	{ "open_owned", "open" }, { "send_with", "send" },
	{ "write", "send" },	  { "recv_with", "recv" },
	{ "receive", "recv" },	  { "read", "recv" },
	{ "stat", "status" },	  { "waiters", "status" },
	{ "remove", "unlink" },
};

static const char *verb_of(const char *word)
{
	if (!word)
		return NULL;
	if (!strncasecmp(word, "mbox_", 5))
		word += 5;
	for (size_t i = 0; i < sizeof(aliases) / sizeof(*aliases); i++) {
		if (!strcasecmp(word, aliases[i].word))
			return aliases[i].verb;
	}
	return word;
}

const char *mbox_explain(const char *verb, int err)
{
	const char *general = not_listed;
	const char *wanted = verb_of(verb);

	for (size_t i = 0; i < sizeof(meanings) / sizeof(*meanings); i++) {
		const struct meaning *m = &meanings[i];

		if (m->err != err)
			continue;
		if (!m->verb)
			general = m->text;
		else if (wanted && !strcasecmp(m->verb, wanted))
			return m->text;
	}
	return general;
}

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
	{ "send", EOPNOTSUPP,
	  "This mailbox drops messages when it is full, or it is a broadcast "
	  "mailbox: nobody can wait until one is taken, and a broadcast "
	  "mailbox has no priorities; or it was not made for descriptors. "
	  "Send without, or create another mailbox." },
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
	  "Nobody is there to receive this message: the mailbox has no name "
	  "and no receiver is left, or no receiver has it open and the "
	  "message passes descriptors. Close the handle, or wait for a "
	  "receiver." },
	{ "send", EDQUOT,
	  "A quota of messages, bytes or descriptors is used up. Receive what "
	  "is waiting, send less, or let root raise the limit." },
	{ "send", EBADFD,
	  "A descriptor to pass is not open. Pass those that are." },
	{ "send", EPERM,
	  "A descriptor is of a kind that cannot be passed. Pass regular "
	  "files, pipes, eventfds, and handles that may send and nothing "
	  "else." },
	{ "send", ETOOMANYREFS,
	  "More descriptors wait in messages than you may have open. Wait "
	  "until some are received, or raise the limit of open files." },
	{ "send", EFAULT,
	  "The message lies in memory that cannot be read. Pass a valid "
	  "pointer and length." },

	{ "recv", EBADF,
	  "The handle is closed, or it lacks the right to receive. Open the "
	  "mailbox for receiving." },
	{ "recv", EMSGSIZE,
	  "The message is longer than the room for it, or passes more "
	  "descriptors, and stays in the mailbox. Offer more room, or allow "
	  "it to be truncated." },
	{ "recv", EOPNOTSUPP,
	  "A broadcast mailbox gives every receiver every message, so that "
	  "there is nothing to select. Receive without a selection." },
	{ "recv", EDQUOT,
	  "The message is a request, and to keep in mind who answers it would "
	  "exceed your quota of bytes. Let root raise user_bytes." },
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
	{ "recv", EMFILE,
	  "There is no descriptor left for those that the message passes, and "
	  "it stays in the mailbox. Close some, or raise the limit of open "
	  "files." },
	{ "recv", EACCES,
	  "A security module does not let this process have a descriptor that "
	  "the message passes, or the handle is that of another process's "
	  "endpoint. Receive without asking for descriptors, or ask for your "
	  "own endpoint." },
	{ "recv", EFAULT,
	  "The room for the message is memory that cannot be written. Pass a "
	  "valid pointer and size." },

	{ "filter", EBADF,
	  "The handle is closed, or it lacks the right to receive. Open the "
	  "mailbox for receiving." },
	{ "filter", EOPNOTSUPP,
	  "A broadcast mailbox gives every receiver every message, so that "
	  "there is nothing to let through. Receive without a filter." },
	{ "call", EBADF,
	  "The handle is closed, or it lacks the right to send. Open the "
	  "mailbox for sending." },
	{ "call", EINVAL,
	  "A flag, the priority or the deadline is not valid, or the mailbox "
	  "takes messages of one length only and this is another. Priorities "
	  "go from 0 to 32767." },
	{ "call", EMSGSIZE,
	  "The request is longer than this mailbox takes. Create a mailbox for "
	  "larger messages." },
	{ "call", EOPNOTSUPP,
	  "This mailbox drops messages when it is full, or it is a broadcast "
	  "mailbox: nobody can wait for an answer. Create a mailbox that is "
	  "neither." },
	{ "call", EAGAIN,
	  "The mailbox is full, or nobody is ready to take the request, and "
	  "the call was not to wait for that. Try again later." },
	{ "call", ETIMEDOUT,
	  "The deadline passed before the answer came. If the request was "
	  "taken, it may have been carried out; else it was withdrawn. Check "
	  "that a server runs, or wait longer." },
	{ "call", EINTR,
	  "A signal came before the answer did. If the request was taken, it "
	  "may have been carried out; else it was withdrawn. Call again if "
	  "that does no harm." },
	{ "call", EPIPE,
	  "Nobody will answer: no one can ever receive the request, or who "
	  "received it has ended, closed the mailbox or dropped it. Start a "
	  "server, and call again if the request does no harm twice." },
	{ "call", EIDRM,
	  "The mailbox was destroyed. If the request was taken, it may have "
	  "been carried out. Close the handle." },
	{ "call", EDEADLK,
	  "All who could answer wait for an answer themselves, so none would "
	  "ever come. Answer what you have received first, or have another "
	  "thread serve." },
	{ "call", EDQUOT,
	  "A quota of messages, bytes or pending calls is used up. Offer less "
	  "room for the answer, have fewer calls at once, or let root raise "
	  "the limit." },
	{ "call", EFAULT,
	  "The request lies in memory that cannot be read, or the room for the "
	  "answer cannot be written. Pass valid pointers and lengths." },

	{ "reply", EBADF,
	  "The handle is closed, or it lacks the right to receive. Answer with "
	  "the handle that received the request." },
	{ "reply", ESTALE,
	  "This token answers nothing: it was used, another thread answers it, "
	  "its caller has ended or given up, or another handle or process has "
	  "received the request. "
	  "Drop the answer and go on." },
	{ "reply", EMSGSIZE,
	  "The answer is longer than the caller's room, and the caller still "
	  "waits. Answer with no more bytes than the request's reply_room." },
	{ "reply", EFAULT,
	  "The answer lies in memory that cannot be read. Pass a valid pointer "
	  "and length." },

	{ "reply_recv", EBADF,
	  "The handle is closed, or it lacks the right to receive. Answer with "
	  "the handle that received the request." },
	{ "reply_recv", ESTALE,
	  "This token answers nothing: it was used, another thread answers it, "
	  "its caller has ended or given up, or another handle or process has "
	  "received the request. "
	  "Set it to 0 and go on." },
	{ "reply_recv", EMSGSIZE,
	  "If the token is not 0, the answer is longer than the caller's room: "
	  "answer with fewer bytes. If it is 0, the answer is out, and the next "
	  "message is longer than the room for it: offer more." },
	{ "reply_recv", EAGAIN,
	  "The answer is out, there is no further message, and the receive was "
	  "not to wait. Try again later, or wait with poll." },
	{ "reply_recv", ETIMEDOUT,
	  "The answer is out, and the deadline passed before a message came. "
	  "Call again to receive." },
	{ "reply_recv", EINTR,
	  "The answer is out, and a signal came before a message did. Call "
	  "again to receive." },
	{ "reply_recv", EPIPE,
	  "The answer is out, the mailbox is empty and the last sender has "
	  "closed. This is the end of what was sent." },

	{ "peek", EBADF,
	  "The handle is closed, or it lacks the right to receive. Open the "
	  "mailbox for receiving." },
	{ "peek", EMSGSIZE,
	  "The message is longer than the room for it. Offer more room, or "
	  "allow it to be truncated." },
	{ "peek", EAGAIN,
	  "There is no message, or none behind the place that the walk has "
	  "come to. Wait with poll for one." },
	{ "peek", EFAULT,
	  "The room for the message is memory that cannot be written. Pass a "
	  "valid pointer and size." },

	{ "flush", EBADF,
	  "The handle is closed, or it lacks the right to receive. Open the "
	  "mailbox for receiving." },

	{ "notify", EBADF,
	  "The handle is closed, or it lacks the right to receive. Open the "
	  "mailbox for receiving." },
	{ "notify", EINVAL,
	  "There is no signal of this number, or the value is wider than a "
	  "pointer. Signals go from 1 to 64; 0 ends a registration, without a "
	  "value." },
	{ "notify", EBUSY,
	  "Another thread is to be told by a signal already, and only one can "
	  "be. Wait with poll, or let that one end its registration." },

	{ "status", EPERM,
	  "Only a handle with ADMIN can see who waits. Open the mailbox with "
	  "ADMIN, as its owner." },

	{ "send_to", ESRCH,
	  "No process has this number here, or it has ended. Check the number: "
	  "that of a thread is none, and in another pid namespace it is "
	  "another." },
	{ "send_to", EPERM,
	  "Who may not send a process a signal may not send it a message "
	  "either. Act as its user, or as root." },
	{ "send_to", EACCES,
	  "The process has made the link one-way: it sends, and takes nothing "
	  "from here. Do not answer it." },
	{ "send_to", EEXIST,
	  "The two processes are linked, and the link carries both ways. Send "
	  "without making it one-way." },
	{ "send_to", EMSGSIZE,
	  "The message is longer than 65536 bytes, the most that a process is "
	  "sent at once. Send it in parts, or through a mailbox." },
	{ "send_to", EOPNOTSUPP,
	  "No process is sent descriptors. Pass them through a mailbox that was "
	  "created to allow it." },
	{ "send_to", EAGAIN,
	  "The process has as many messages as it can hold, or does not wait for "
	  "one, and the call was not to wait. Try again later." },
	{ "send_to", ETIMEDOUT,
	  "The deadline passed before the process had room for the message, or "
	  "had received it. Nothing was sent; wait longer, or look what it "
	  "does." },
	{ "send_to", EDQUOT,
	  "A quota of messages, bytes or mailboxes is used up: an endpoint "
	  "counts as a mailbox. Receive or remove something, or let root raise "
	  "the limit." },
	{ "send_to", EFAULT,
	  "The message lies in memory that cannot be read. Pass a valid pointer "
	  "and length." },

	{ "recv_from", ESRCH,
	  "No process has this number here, or it has ended, and all that it "
	  "sent was received. Nothing more comes from it." },
	{ "recv_from", EMSGSIZE,
	  "The message is longer than the room for it, and stays. Offer more "
	  "room, or allow it to be truncated." },
	{ "recv_from", EAGAIN,
	  "No such message has come, and the receive was not to wait. Try again "
	  "later, or wait with poll on the endpoint's descriptor." },
	{ "recv_from", ETIMEDOUT,
	  "The deadline passed before a message came. Check that the other "
	  "process sends, or wait longer." },
	{ "recv_from", EFAULT,
	  "The room for the message is memory that cannot be written. Pass a "
	  "valid pointer and size." },

	{ "peek", EACCES,
	  "The handle is that of another process's endpoint. Only that process "
	  "can look into it; ask for your own." },
	{ "filter", EACCES,
	  "The handle is that of another process's endpoint. Only that process "
	  "can set its filter; ask for your own." },
	{ "flush", EACCES,
	  "The handle is that of another process's endpoint. Only that process "
	  "can empty it; ask for your own." },
	{ "notify", EACCES,
	  "The handle is that of another process's endpoint. Only that process "
	  "can be told of its messages; ask for your own." },

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
	{ NULL, ESRCH,
	  "No process has this number here, or it has ended. Check the number." },
	{ NULL, EACCES,
	  "You have no permission. Check the permissions of /dev/mbox and the "
	  "mailbox's mode." },
	{ NULL, EPERM,
	  "You are not allowed to do this. Do it as the owner of the "
	  "mailbox." },
	{ NULL, ENOENT,
	  "There is no mailbox of this name, or it has none any more. Check the "
	  "name, or create it." },
	{ NULL, EEXIST,
	  "It is there already: a mailbox of this name, or a link. Choose "
	  "another, or use that one." },
	{ NULL, EMSGSIZE,
	  "A message is longer than what it has to fit into. Send it in parts, or "
	  "give more room." },
	{ NULL, EAGAIN,
	  "It would have to wait, and was not to. Try again later, or wait." },
	{ NULL, ETIMEDOUT,
	  "The deadline passed first. Try again, or give it more time." },
	{ NULL, EPIPE,
	  "Nobody is left on the other side. Open or create the mailbox anew." },
	{ NULL, EOPNOTSUPP,
	  "This mailbox was not made for what was asked of it. Create one with "
	  "other attributes." },
	{ NULL, EBUSY,
	  "Another thread has registered to be told. Wait until it no longer "
	  "has." },
	{ NULL, EDEADLK,
	  "All who could answer wait for an answer themselves. Start another "
	  "server." },
	{ NULL, ESTALE,
	  "The request that this answers is over. Go on with the next." },
	{ NULL, EBADFD,
	  "A descriptor to pass is not open. Check the descriptors." },
	{ NULL, ETOOMANYREFS,
	  "Too many descriptors of yours are under way. Wait until some were "
	  "received." },
	{ NULL, EINTR,
	  "A signal came first. Try again if it is still wanted." },
	{ NULL, EUSERS,
	  "This broadcast mailbox drops what is new for who is slow, and takes "
	  "no more receivers. Close one of them, or create it with "
	  "another policy." },
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
	{ "open_owned", "open" },
	{ "send_with", "send" },
	{ "sendv", "send" },
	{ "write", "send" },
	{ "recv_with", "recv" },
	{ "recvv", "recv" },
	{ "receive", "recv" },
	{ "read", "recv" },
	{ "call_with", "call" },
	{ "send_to_with", "send_to" },
	{ "recv_from_with", "recv_from" },
	{ "links_next", "links" },
	{ "links_open", "links" },
	{ "reply_with", "reply" },
	{ "reply_recv_with", "reply_recv" },
	{ "stat", "status" },
	{ "waiters", "status" },
	{ "times", "status" },
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
	const char *general = not_listed, *received = NULL;
	const char *wanted = verb_of(verb);

	for (size_t i = 0; i < sizeof(meanings) / sizeof(*meanings); i++) {
		const struct meaning *m = &meanings[i];

		if (m->err != err)
			continue;
		if (!m->verb)
			general = m->text;
		else if (wanted && !strcasecmp(m->verb, wanted))
			return m->text;
		/* What it has no words of its own for, its receiving gave. */
		else if (wanted && !strcasecmp(wanted, "reply_recv") &&
			 !strcmp(m->verb, "recv"))
			received = m->text;
	}
	return received ? received : general;
}

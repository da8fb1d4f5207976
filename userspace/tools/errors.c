// SPDX-License-Identifier: GPL-2.0-only
/*
 * errors.c: every errno of uapi/linux/mbox.h as a sentence.
 *
 * Owns the wording: what was wrong, with which value, and what to do next.
 * Looks at the mailbox and the limits again to name the values, so a
 * sentence may be a moment younger than the error.  No locks; one thread.
 * Called by every subcommand; tests/host/cli asks for each verb and errno.
 */
#include "errors_direct.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define DEVICE "/dev/mbox"

__attribute__((format(printf, 2, 3))) static void say(char *buf,
						      const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(buf, SENTENCE_SIZE, fmt, args);
	va_end(args);
}

/* The mailbox as messages name it. */
static const char *named(char buf[TEXT_SIZE], const struct subject *s)
{
	if (s->pid) {
		snprintf(buf, TEXT_SIZE, "the mailbox of process %d",
			 (int)s->pid);
		return buf;
	}
	if (!s->name)
		return "the mailbox";
	snprintf(buf, TEXT_SIZE, "mailbox '%.*s'", MBOX_NAME_MAX, s->name);
	return buf;
}

/* Whether it puts a message into the mailbox. */
static bool is_sending(enum verb verb)
{
	return verb == VERB_SEND || verb == VERB_SEND_TO || verb == VERB_CALL;
}

static int no_right_to_open(char *buf, const struct subject *s)
{
	char box[TEXT_SIZE];
	char user[TEXT_SIZE];
	char want[TEXT_SIZE];
	struct mbox_status st = { 0 };
	struct mbox *mb = NULL;
	bool known = false;

	if (access(DEVICE, R_OK) && errno == EACCES) {
		say(buf, DEVICE
		    " may not be opened by this user. Root can allow it: chmod 0666 " DEVICE
		    ".");
		return EXIT_NO_RIGHT;
	}
	/* Who has any right may have a handle without one, which tells more. */
	if (s->name)
		mb = mbox_open(s->name, 0);
	if (mb) {
		known = !mbox_status(mb, &st);
		mbox_close(mb);
	}
	if (known)
		say(buf,
		    "%s grants you less than was asked for (%s): it belongs to %s and has mode %04o. Ask its owner, or act as root.",
		    named(box, s), rights_text(want, s->rights),
		    user_name(user, st.uid), st.mode);
	else
		say(buf,
		    "%s is not for you: its mode grants you no right, not even to look at it. Ask its owner, or act as root.",
		    named(box, s));
	return EXIT_NO_RIGHT;
}

bool is_broadcast(struct mbox *mb)
{
	struct mbox_status st;

	return !mbox_status(mb, &st) && st.attr_flags & MBOX_BROADCAST;
}

/* EDQUOT: which of the quotas it was. */
static int no_quota(char *buf, enum verb verb, const struct subject *s)
{
	char box[TEXT_SIZE];
	struct mbox_limits lim;
	struct mbox_status st;

	if (mbox_limits(&lim)) {
		say(buf,
		    "a quota of your user is used up. 'mboxctl info' shows the quotas; receive or remove what is no longer needed.");
		return EXIT_NO_ROOM;
	}
	if (is_sending(verb) && s->mb && !mbox_status(s->mb, &st) &&
	    st.bytes + s->len > lim.mailbox_bytes) {
		say(buf,
		    "%s holds %" PRIu64 " bytes, and %" PRIu64
		    " more would exceed what one mailbox may hold, %" PRIu64
		    " bytes. Receive from it, or let root raise /sys/module/mbox/parameters/mailbox_bytes.",
		    named(box, s), st.bytes, s->len, lim.mailbox_bytes);
		return EXIT_NO_ROOM;
	}
	if (!is_sending(verb) && lim.used_mailboxes >= lim.user_mailboxes) {
		say(buf,
		    "the limit of mailboxes of your user is reached: %" PRIu64
		    " of %" PRIu64
		    ". Remove one with 'mboxctl rm', or let root raise /sys/module/mbox/parameters/user_mailboxes.",
		    lim.used_mailboxes, lim.user_mailboxes);
		return EXIT_NO_ROOM;
	}
	if (is_sending(verb) && lim.used_messages >= lim.user_messages) {
		say(buf,
		    "the limit of waiting messages of your user is reached: %" PRIu64
		    " of %" PRIu64
		    ". Receive some, or let root raise /sys/module/mbox/parameters/user_messages.",
		    lim.used_messages, lim.user_messages);
		return EXIT_NO_ROOM;
	}
	if (verb == VERB_CALL) {
		say(buf,
		    "your user has too many requests that wait for their answer, "
		    "or no room for %" PRIu64
		    " bytes of this one's. Give less with --room, have fewer calls at once, or let root raise user_calls or user_bytes in /sys/module/mbox/parameters.",
		    s->room);
		return EXIT_NO_ROOM;
	}
	if (lim.used_bytes + s->len < lim.user_bytes / 2) {
		say(buf,
		    "your user has room left, but the user who made this user namespace has not: what is in it counts for both. Receive or remove something there.");
		return EXIT_NO_ROOM;
	}
	say(buf,
	    "it does not fit into what your user may use in the kernel: %" PRIu64
	    " of %" PRIu64
	    " bytes are used. Receive or remove something, or let root raise /sys/module/mbox/parameters/user_bytes.",
	    lim.used_bytes, lim.user_bytes);
	return EXIT_NO_ROOM;
}

/* EINVAL of OPEN with CREATE: the combinations that have no meaning. */
static int bad_attributes(char *buf, const struct subject *s)
{
	const struct mbox_attr *a = s->attr;
	struct mbox_limits lim;
	char text[TEXT_SIZE];

	if (a && a->max_bytes && a->max_size > a->max_bytes) {
		say(buf,
		    "a mailbox of %" PRIu64
		    " bytes could never hold one message of %u bytes. Raise --bytes or lower --max-size.",
		    a->max_bytes, a->max_size);
		return EXIT_USAGE;
	}
	if (a && !mbox_limits(&lim) && a->max_size > lim.mailbox_bytes) {
		say(buf,
		    "messages of %u bytes are longer than a mailbox may be: %s. Lower --max-size, or let root raise /sys/module/mbox/parameters/mailbox_bytes.",
		    a->max_size, format_bytes(text, lim.mailbox_bytes));
		return EXIT_USAGE;
	}
	if (a && a->flags & MBOX_BROADCAST &&
	    a->policy == MBOX_POLICY_DROP_NEWEST) {
		say(buf,
		    "a broadcast mailbox that drops the newest needs a bound of at most 1024 messages. Give --messages.");
		return EXIT_USAGE;
	}
	say(buf,
	    "the kernel does not take these attributes together. 'mboxctl create --help' says what goes with what.");
	return EXIT_USAGE;
}

static int invalid(char *buf, enum verb verb, const struct subject *s)
{
	char text[TEXT_SIZE];
	struct mbox_status st;
	const char *problem = NULL;

	if (verb == VERB_OPEN || verb == VERB_CREATE) {
		problem = s->name ? name_problem(text, s->name) : NULL;
		if (problem) {
			say(buf, "'%.*s' cannot be the name of a mailbox. %s",
			    2 * MBOX_NAME_MAX, s->name, problem);
			return EXIT_USAGE;
		}
		if (verb == VERB_CREATE)
			return bad_attributes(buf, s);
	}
	if (is_sending(verb) && s->priority > MBOX_PRIORITY_MAX) {
		say(buf, "the priority %u is too high. Take one from 0 to %d.",
		    s->priority, MBOX_PRIORITY_MAX);
		return EXIT_USAGE;
	}
	if (is_sending(verb) && s->mb && !mbox_status(s->mb, &st) &&
	    st.attr_flags & MBOX_FIXED && s->len != st.max_size) {
		say(buf,
		    "%s takes messages of exactly %u bytes, and this one has %" PRIu64
		    ". Send that many.",
		    named(text, s), st.max_size, s->len);
		return EXIT_FAILED;
	}
	say(buf,
	    "the kernel refused a value as out of range. Is mboxctl older or newer than the module? Compare with 'mboxctl info'.");
	return EXIT_FAILED;
}

static int too_long(char *buf, enum verb verb, const struct subject *s)
{
	char box[TEXT_SIZE];
	struct mbox_status st;

	if (verb == VERB_RECV || verb == VERB_RECV_FROM)
		say(buf,
		    "the next message in %s has %" PRIu64
		    " bytes, and there is room for %" PRIu64
		    ". It stays in the mailbox.",
		    named(box, s), s->len, s->room);
	else if (verb == VERB_REPLY)
		say(buf,
		    "the answer is longer than the caller of %s has room for.",
		    named(box, s));
	else if (verb == VERB_CALL)
		say(buf,
		    "the request has %" PRIu64
		    " bytes, more than %s takes. Make it shorter, or create a mailbox with a larger --max-size.",
		    s->len, named(box, s));
	else if (s->mb && !mbox_status(s->mb, &st))
		say(buf,
		    "the message has %" PRIu64
		    " bytes, and %s takes at most %u. Send it in parts, send it with --file, or create a mailbox with a larger --max-size.",
		    s->len, named(box, s), st.max_size);
	else
		say(buf,
		    "the message has %" PRIu64
		    " bytes, more than %s takes. Send it in parts, or create a mailbox with a larger --max-size.",
		    s->len, named(box, s));
	return EXIT_FAILED;
}

static int would_wait(char *buf, enum verb verb, const struct subject *s)
{
	char box[TEXT_SIZE];
	struct mbox_status st;

	if (verb == VERB_RECV)
		say(buf,
		    "%s is empty, and --nowait forbids waiting. Send something, or leave --nowait out.",
		    named(box, s));
	else if (verb == VERB_CALL)
		say(buf,
		    "%s is full, or no server waits in it, and --nowait forbids waiting for room. Start a server, or leave --nowait out.",
		    named(box, s));
	else if (s->mb && !mbox_status(s->mb, &st) &&
		 st.capacity == MBOX_RENDEZVOUS)
		say(buf,
		    "no receiver waits in %s, and --nowait forbids waiting for one. Start one, or leave --nowait out.",
		    named(box, s));
	else
		say(buf,
		    "%s is full, or nobody waits for a --sync message, and --nowait forbids waiting. Receive from it, or leave --nowait out.",
		    named(box, s));
	return EXIT_WOULD_WAIT;
}

static int timed_out(char *buf, enum verb verb, const struct subject *s)
{
	const char *timeout = s->timeout ? s->timeout : "the given time";
	char box[TEXT_SIZE];

	if (verb == VERB_RECV)
		say(buf, "nothing came to %s within %s.", named(box, s),
		    timeout);
	else if (verb == VERB_CALL)
		say(buf,
		    "no server took the request from %s within %s, and it was withdrawn. 'mboxctl stat' shows who receives there.",
		    named(box, s), timeout);
	else
		say(buf,
		    "nobody made room in %s, or took the message, within %s. It was not sent.",
		    named(box, s), timeout);
	return EXIT_TIMED_OUT;
}

static int at_end(char *buf, enum verb verb, const struct subject *s)
{
	char box[TEXT_SIZE];

	if (verb == VERB_RECV)
		say(buf,
		    "%s is at its end: it is empty, and the last sender has closed it.",
		    named(box, s));
	else
		say(buf,
		    "nobody can ever receive from %s: its name was removed, and the last receiver has closed it. Create it anew.",
		    named(box, s));
	return EXIT_AT_END;
}

/* CALL after a server has received the request: it may have been done. */
static int maybe_done(char *buf, int err, const struct subject *s)
{
	const char *timeout = s->timeout ? s->timeout : "the given time";
	char box[TEXT_SIZE];

	named(box, s);
	switch (err) {
	case ETIMEDOUT:
		say(buf,
		    "a server took the request from %s, and its answer did not come within %s. It may have been carried out.",
		    box, timeout);
		break;
	case EPIPE:
		say(buf,
		    "the server that took the request from %s has ended, or dropped it, without an answer. It may have been carried out.",
		    box);
		break;
	case EIDRM:
		say(buf,
		    "%s was destroyed by its owner after a server had taken the request. It may have been carried out.",
		    box);
		break;
	default:
		say(buf,
		    "a server took the request from %s, and the wait for its answer ended: %s. It may have been carried out.",
		    box, strerror(err));
	}
	return EXIT_MAYBE_DONE;
}

static int no_descriptor(char *buf)
{
	struct rlimit limit = { 0 };

	getrlimit(RLIMIT_NOFILE, &limit);
	say(buf,
	    "this process may not open another file; its limit is %" PRIu64
	    ". Raise it with 'ulimit -n'.",
	    (uint64_t)limit.rlim_cur);
	return EXIT_NO_ROOM;
}

/* What a broadcast mailbox has not, and how to do without. */
static const char no_choice[] =
	"every receiver gets every message: nothing can be chosen. Receive without a selection.";
static const char no_call[] =
	"nobody can answer for all. Call one that was created without --broadcast.";
static const char no_priority[] =
	"there are neither priorities nor receipts. Send without --priority, --urgent and --sync.";

int error_sentence(char buf[SENTENCE_SIZE], enum verb verb, int err,
		   const struct subject *s)
{
	char box[TEXT_SIZE];
	char want[TEXT_SIZE];
	int code = -1;

	if (verb == VERB_CALL && s->taken)
		return maybe_done(buf, err, s);
	if (verb == VERB_SEND_TO || verb == VERB_RECV_FROM)
		code = direct_sentence(buf, verb, err, s);
	if (code >= 0)
		return code;
	switch (err) {
	case ENODEV:
		say(buf,
		    "the module mbox is not loaded: nothing answers at " DEVICE
		    ". Load it as root with 'modprobe mbox', or with 'insmod mbox.ko' from where it was built.");
		return EXIT_NO_MODULE;
	case ENOTTY:
		say(buf, DEVICE
		    " does not know this request: it is another device, or its module is older than this mboxctl. Load the module that belongs to it.");
		return EXIT_NO_MODULE;
	case E2BIG:
		say(buf,
		    "the loaded module is older than this mboxctl and lacks what was asked for. Load the module that belongs to it.");
		return EXIT_NO_MODULE;
	case ENOENT:
		if (verb == VERB_UNLINK)
			say(buf, "%s has lost its name already.",
			    named(box, s));
		else
			say(buf,
			    "there is no %s. 'mboxctl ls' shows those there are; 'mboxctl create %.*s' makes it.",
			    named(box, s), MBOX_NAME_MAX,
			    s->name ? s->name : "NAME");
		return EXIT_NO_MAILBOX;
	case ENAMETOOLONG:
		return invalid(buf, VERB_OPEN, s);
	case EINVAL:
		return invalid(buf, verb, s);
	case EEXIST:
		say(buf,
		    "%s is there already, and %s. Choose another name, or remove it with 'mboxctl rm'.",
		    named(box, s),
		    s->attr && s->attr->flags & MBOX_OWNER ?
			    "COMMAND needs one of its own" :
			    "--exclusive was given");
		return EXIT_TAKEN;
	case EACCES:
		return no_right_to_open(buf, s);
	case EPERM:
		if (verb == VERB_OPEN || verb == VERB_CREATE ||
		    verb == VERB_UNLINK || verb == VERB_DESTROY)
			say(buf,
			    "%s can be removed, destroyed and seen into by its owner alone, and by root.",
			    named(box, s));
		else
			say(buf,
			    "who waits in %s is shown to its owner alone, and to root.",
			    named(box, s));
		return EXIT_NO_RIGHT;
	case EBADF:
		say(buf,
		    "this handle on %s does not have the right to %s. Open it with that right.",
		    named(box, s),
		    verb == VERB_RECV || verb == VERB_REPLY ? "receive" :
		    is_sending(verb)			    ? "send" :
				       rights_text(want, s->rights));
		return EXIT_NO_RIGHT;
	/* Of passing descriptors, which mboxctl never does. */
	case EBADFD:
	case ETOOMANYREFS:
		say(buf,
		    "the kernel says of %s what is true of messages that pass descriptors alone: %s. This is an error in mboxctl; please report it.",
		    named(box, s), strerrorname_np(err));
		return EXIT_FAILED;
	case EDQUOT:
		return no_quota(buf, verb, s);
	case ENOMEM:
		say(buf,
		    "the kernel has no memory for it, or the memory cgroup of this process is full. Receive waiting messages, or raise the cgroup's memory.max.");
		return EXIT_NO_ROOM;
	case EMFILE:
		return no_descriptor(buf);
	case ENFILE:
		say(buf,
		    "the system has no open file left. Close something, or let root raise /proc/sys/fs/file-max.");
		return EXIT_NO_ROOM;
	case ENXIO:
		say(buf,
		    "the network namespace that holds the names has ended, and its mailboxes with it. Run mboxctl in a living one.");
		return EXIT_NO_MAILBOX;
	case EMSGSIZE:
		return too_long(buf, verb, s);
	case EUSERS:
		say(buf,
		    "%s drops what is new for who is slow, and has as many receivers as it takes. End one of them.",
		    named(box, s));
		return EXIT_NO_ROOM;
	case EOPNOTSUPP:
		if (s->mb && is_broadcast(s->mb)) {
			say(buf, "%s is a broadcast mailbox: %s", named(box, s),
			    verb == VERB_RECV ? no_choice :
			    verb == VERB_CALL ? no_call :
						no_priority);
			return EXIT_FAILED;
		}
		say(buf,
		    "%s drops messages when it is full, so nobody can wait %s a mailbox with --policy block.",
		    named(box, s),
		    verb == VERB_CALL ?
			    "for an answer. Create" :
			    "until one is taken. Send without --sync, or create");
		return EXIT_FAILED;
	case EDEADLK:
		say(buf,
		    "all who could answer the request to %s wait for an answer themselves. Start another server.",
		    named(box, s));
		return EXIT_FAILED;
	case ESTALE:
		say(buf,
		    "the request in %s that this would answer has been answered, or its caller has gone.",
		    named(box, s));
		return EXIT_FAILED;
	case EAGAIN:
		return would_wait(buf, verb, s);
	case ETIMEDOUT:
		return timed_out(buf, verb, s);
	case EINTR:
		say(buf,
		    "a signal came before it was done; nothing was %s. Try again.",
		    is_sending(verb) ? "sent" : "received");
		return EXIT_FAILED;
	case EPIPE:
		return at_end(buf, verb, s);
	case EIDRM:
		say(buf,
		    "%s was destroyed by its owner, and all messages in it are lost. Create it anew if it is still needed.",
		    named(box, s));
		return EXIT_DESTROYED;
	case EFAULT:
		say(buf,
		    "the kernel could not read or write the memory of mboxctl. This is an error in mboxctl; please report it.");
		return EXIT_FAILED;
	default:
		say(buf, "%s: unexpected error %d (%s). Please report it.",
		    named(box, s), err, strerror(err));
		return EXIT_FAILED;
	}
}

int explain(enum verb verb, int err, const struct subject *subject)
{
	char text[SENTENCE_SIZE];
	int code = error_sentence(text, verb, err, subject);

	complain("%s", text);
	return code;
}

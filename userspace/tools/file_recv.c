// SPDX-License-Identifier: GPL-2.0-only
/*
 * file_recv.c: mboxctl recv --file, the receiving side of a transfer.
 *
 * Owns one transfer: waits for BEGIN, takes DATA until END, compares length
 * and digest, gives the file its name and tells the sender (frame.h).  What
 * arrives is believed only if the kernel's stamps say that it comes from the
 * process that sent BEGIN.  Locks: the one of transfer.c.  Called by
 * cmd_recv.c.
 */
#include "transfer.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <sha2.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <unistd.h>

#include "errors.h"
#include "frame.h"
#include "outfile.h"
#include "progress.h"

struct incoming {
	const struct transfer *t;
	struct mbox *mb;
	struct mbox *reply; /* where the sender waits for the answer */
	struct mbox_status st;
	struct outfile out;
	struct progress progress;
	SHA2_CTX sha;
	bool begun; /* the next members say with what */
	struct frame_begin begin;
	struct mbox_message first; /* what the kernel stamped on BEGIN */
	uint64_t have; /* bytes of the file so far */
	uint64_t skipped; /* messages of files without a beginning */
	int sender; /* pidfd, or -1 */
	bool sender_gone;
	char *buf;
	size_t room;
	struct mbox_message message; /* in buf */
};

/* -- Ends ------------------------------------------------------------------ */

/* Tells the sender; where it does not listen any more, nothing is lost. */
static void answer(struct incoming *in, const char *failure)
{
	const struct mbox_send_options options = {
		.tag = frame_tag(frame_transfer(in->first.tag), FRAME_END),
		.flags = MBOX_NOWAIT,
	};
	char text[FRAME_ROOM];

	if (in->reply)
		mbox_send_with(in->reply, text, frame_put_answer(text, failure),
			       &options);
}

/* The file is not to be had: says so on both sides. */
__attribute__((format(printf, 4, 5))) static int
fail(struct incoming *in, int code, const char *to_sender, const char *fmt, ...)
{
	char text[SENTENCE_SIZE];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	progress_clear(&in->progress);
	complain("%s", text);
	answer(in, to_sender);
	return code;
}

static int sender_ended(struct incoming *in)
{
	if (in->begin.size == FRAME_SIZE_UNKNOWN)
		return fail(
			in, EXIT_BAD_FILE, "the sender had ended",
			"the sender of '%s' (process %d) ended after %" PRIu64
			" bytes, before the file was complete. Nothing was stored; let it be sent again.",
			in->begin.name, in->first.pid, in->have);
	return fail(in, EXIT_BAD_FILE, "the sender had ended",
		    "the sender of '%s' (process %d) ended after %" PRIu64
		    " of %" PRIu64
		    " bytes. Nothing was stored; let it be sent again.",
		    in->begin.name, in->first.pid, in->have, in->begin.size);
}

static int not_stored(struct incoming *in)
{
	const char *reason = strerror(errno);

	return fail(in, EXIT_FAILED, reason, "'%s' could not be written: %s.",
		    in->t->path, reason);
}

/* -- Messages -------------------------------------------------------------- */

static int open_mailbox(struct incoming *in)
{
	const struct subject subject = { .name = in->t->name,
					 .rights = MBOX_RECV };

	mbox_close(in->mb);
	in->mb = mbox_open(in->t->name, MBOX_RECV | MBOX_HANGUP);
	return in->mb ? EXIT_OK : explain(VERB_OPEN, errno, &subject);
}

/*
 * The pidfd tells of the end of a sender that has the mailbox open through
 * someone else too, so that the mailbox is not at its end.
 */
static bool sender_has_gone(struct incoming *in)
{
	struct pollfd pfd = { .fd = in->sender, .events = POLLIN };

	return in->sender_gone || (in->sender >= 0 && poll(&pfd, 1, 0) > 0);
}

/* Stores the next message in buf, or explains why there is none. */
static int next_message(struct incoming *in)
{
	const uint64_t limit = transfer_limit(in->t);
	struct subject subject = { .name = in->t->name,
				   .mb = in->mb,
				   .timeout = in->t->timeout };
	struct mbox_recv_options options = { 0 };
	bool last_look = false;
	int code;

	if (!in->begun && in->t->nowait)
		options.flags = MBOX_NOWAIT;
	for (;;) {
		char *larger;
		int err;

		options.deadline = in->begun ? transfer_slice(limit) : limit;
		if (mbox_recv_with(in->mb, in->buf, in->room, &options,
				   &in->message) >= 0)
			return EXIT_OK;
		err = errno;
		switch (err) {
		case EINTR:
			break;
		case EMSGSIZE:
			larger = realloc(in->buf, in->message.len);
			if (!larger)
				return fail(
					in, EXIT_NO_ROOM,
					"the receiver has no memory",
					"no memory for a message of %u bytes.",
					in->message.len);
			in->buf = larger;
			in->room = in->message.len;
			break;
		case EPIPE:
			if (in->begun)
				return sender_ended(in);
			/* Others came and went; the file is yet to come. */
			code = open_mailbox(in);
			if (code)
				return code;
			subject.mb = in->mb;
			break;
		case ETIMEDOUT:
			/* What a sender left is taken before it is given up. */
			if (in->begun && last_look)
				return sender_ended(in);
			last_look = in->begun && sender_has_gone(in);
			if (!limit || now_ns() < limit)
				break;
			/* fall through */
		default:
			progress_clear(&in->progress);
			code = explain(VERB_RECV, err, &subject);
			answer(in, "the receiver gave up");
			return code;
		}
	}
}

static int foreign(struct incoming *in)
{
	return fail(
		in, EXIT_BAD_FILE, "another message came in between",
		"message %" PRIu64
		" in mailbox '%s' (%u bytes, from process %d of user %u) does not belong to %s, and is now lost. Use a mailbox for files only.",
		in->message.id, in->t->name, in->message.len, in->message.pid,
		in->message.uid, in->begun ? "the file" : "a file");
}

/* -- The three kinds ------------------------------------------------------- */

static int take_begin(struct incoming *in)
{
	/* Its sender holds the lock, so the one before has ended. */
	if (in->begun) {
		progress_clear(&in->progress);
		complain("the sender of '%s' (process %d) ended after %" PRIu64
			 " bytes; receiving the next file instead.",
			 in->begin.name, in->first.pid, in->have);
		answer(in, "another file began before this one was complete");
		if (outfile_restart(&in->out))
			return not_stored(in);
	}
	if (in->skipped)
		complain(
			"%" PRIu64
			" messages of a file whose beginning is missing were skipped.",
			in->skipped);
	in->skipped = 0;
	mbox_close(in->reply);
	in->reply = NULL;
	if (in->sender >= 0)
		close(in->sender);
	in->sender = -1;
	in->begun = false;
	if (!frame_get_begin(in->buf, in->message.len, &in->begin))
		return foreign(in);
	in->begun = true;
	in->first = in->message;
	in->have = 0;
	SHA256Init(&in->sha);
	if (*in->begin.reply)
		in->reply = mbox_open_owned(in->begin.reply, MBOX_SEND,
					    in->first.uid);
	/* A process that cannot be seen from here is 0. */
	if (in->first.pid > 0)
		in->sender = pidfd_open(in->first.pid, 0);
	in->sender_gone = in->first.pid > 0 && in->sender < 0 && errno == ESRCH;
	progress_start(&in->progress, "receiving", in->begin.size);
	return EXIT_OK;
}

static int take_data(struct incoming *in)
{
	size_t len = in->message.len;

	/* In a mailbox of fixed size the last one is filled up. */
	if (in->begin.size != FRAME_SIZE_UNKNOWN) {
		uint64_t left = in->begin.size - in->have;
		uint64_t expected = left < in->begin.chunk ? left :
							     in->begin.chunk;

		if (in->st.attr_flags & MBOX_FIXED && len > expected)
			len = (size_t)expected;
		if (len != expected)
			return fail(
				in, EXIT_BAD_FILE, "wrong length",
				"a part of '%s' has %zu bytes, and %" PRIu64
				" were to come. Nothing was stored; let it be sent again.",
				in->begin.name, len, expected);
	}
	SHA256Update(&in->sha, (const uint8_t *)in->buf, len);
	if (outfile_write(&in->out, in->buf, len))
		return not_stored(in);
	in->have += len;
	progress_update(&in->progress, in->have);
	return EXIT_OK;
}

static int take_end(struct incoming *in)
{
	char digest[FRAME_DIGEST];
	struct frame_end end;

	if (!frame_get_end(in->buf, in->message.len, &end))
		return foreign(in);
	if (*end.abort)
		return fail(
			in, EXIT_BAD_FILE, "it had given up",
			"the sender of '%s' gave up: %s. Nothing was stored.",
			in->begin.name, end.abort);
	SHA256End(&in->sha, digest);
	if (end.size != in->have || (in->begin.size != FRAME_SIZE_UNKNOWN &&
				     in->begin.size != in->have))
		return fail(
			in, EXIT_BAD_FILE, "wrong length",
			"'%s' came with %" PRIu64 " bytes, and %" PRIu64
			" were sent. Nothing was stored; let it be sent again.",
			in->begin.name, in->have, end.size);
	if (strcmp(digest, end.digest))
		return fail(
			in, EXIT_BAD_FILE, "wrong SHA-256",
			"'%s' was damaged on its way: its SHA-256 is %s, and should be %s. Nothing was stored; let it be sent again.",
			in->begin.name, digest, end.digest);
	if (outfile_publish(&in->out))
		return not_stored(in);
	answer(in, NULL);
	progress_finish(&in->progress, "received", in->t->path, in->have,
			digest);
	return EXIT_OK;
}

/* Whether the message in buf comes from who sent BEGIN, in this transfer. */
static bool belongs(const struct incoming *in)
{
	const struct mbox_message *m = &in->message;

	return frame_transfer(m->tag) == frame_transfer(in->first.tag) &&
	       m->pid == in->first.pid && m->uid == in->first.uid &&
	       m->start_time == in->first.start_time;
}

static int receive(struct incoming *in)
{
	for (;;) {
		unsigned int kind;
		int code = next_message(in);

		if (code)
			return code;
		if (!frame_is(in->message.tag))
			return foreign(in);
		kind = frame_kind(in->message.tag);
		if (kind != FRAME_BEGIN && !in->begun) {
			in->skipped++;
			continue;
		}
		if (kind != FRAME_BEGIN && !belongs(in))
			return foreign(in);
		if (kind == FRAME_END)
			return take_end(in);
		code = kind == FRAME_BEGIN ? take_begin(in) : take_data(in);
		if (code)
			return code;
	}
}

/* -- Before it begins ------------------------------------------------------ */

/* Without a right: receivers that wait for the lock are not seen as such. */
static int look_at_mailbox(struct incoming *in)
{
	struct subject subject = { .name = in->t->name };
	struct mbox *mb = mbox_open(in->t->name, 0);
	int code = EXIT_OK;

	if (!mb)
		return explain(VERB_OPEN, errno, &subject);
	subject.mb = mb;
	if (mbox_status(mb, &in->st))
		code = explain(VERB_STAT, errno, &subject);
	mbox_close(mb);
	return code;
}

static int open_target(struct incoming *in)
{
	if (!outfile_open(&in->out, in->t->path))
		return EXIT_OK;
	if (errno == EISDIR)
		complain("'%s' is a directory. Name a file in it.",
			 in->t->path);
	else if (errno == ENOTSUP)
		complain(
			"'%s' is not a regular file, and only such a one can be kept back until it is verified. Name another.",
			in->t->path);
	else
		complain("no file can be made for '%s': %s.", in->t->path,
			 strerror(errno));
	return EXIT_FAILED;
}

int file_recv(const struct transfer *t)
{
	struct incoming in = { .t = t, .sender = -1, .out.fd = -1 };
	int code;

	code = open_target(&in);
	if (!code)
		code = look_at_mailbox(&in);
	if (!code)
		code = transfer_lock(t, in.st.id, SIDE_RECV);
	if (!code)
		code = open_mailbox(&in);
	if (!code)
		code = receive(&in);
	outfile_discard(&in.out);
	mbox_close(in.mb);
	mbox_close(in.reply);
	if (in.sender >= 0)
		close(in.sender);
	free(in.buf);
	return code;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * file_send.c: mboxctl send --file, the sending side of a transfer.
 *
 * Owns one transfer: BEGIN, DATA..., END into the mailbox (frame.h), and a
 * mailbox of its own in which the receiver says how it went.  That mailbox
 * ends with this process, and is at its end when the receiver has gone, so
 * neither side waits for a dead one.  Locks: the one of transfer.c.  Called
 * by cmd_send.c.
 */
#include "transfer.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sha2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "errors.h"
#include "frame.h"
#include "progress.h"

/* Larger messages gain nothing and take long to copy in one piece. */
#define CHUNK_MAX (128 * 1024)
/* Where a quota is full there is no line to wait in. */
#define RETRY_NS 5000000
/* How long to wait for room for the news that nothing more comes. */
#define GIVE_UP_NS 1000000000

struct outgoing {
	const struct transfer *t;
	struct mbox *mb; /* the mailbox */
	struct mbox *reply; /* where the receiver's answer comes */
	struct mbox_status st; /* of the mailbox, before the transfer */
	struct frame_begin begin;
	struct progress progress;
	uint64_t number; /* of the transfer */
	unsigned char *buf; /* max_size bytes in a fixed mailbox, else chunk */
	int fd; /* the file */
};

/* -- The receiver's answer ------------------------------------------------- */

/*
 * Looks for an answer until the deadline, or not at all long if it is 0.
 * EXIT_OK: it has the file.  -1: no answer yet.  Else an exit code, explained.
 */
static int take_answer(struct outgoing *o, uint64_t deadline)
{
	const struct mbox_recv_options options = {
		.deadline = deadline,
		.flags = MBOX_TRUNCATE | (deadline ? 0 : MBOX_NOWAIT),
	};
	struct mbox_message message;
	char failure[FRAME_TEXT];
	char text[FRAME_ROOM];
	ssize_t n;

	n = mbox_recv_with(o->reply, text, sizeof(text), &options, &message);
	if (n < 0 && errno == EPIPE) {
		progress_clear(&o->progress);
		complain(
			"the receiver ended before it had the whole file '%s'. Send it again.",
			o->begin.name);
		return EXIT_BAD_FILE;
	}
	if (n < 0)
		return -1;
	/* The number of the transfer is known to the receiver alone. */
	if (message.tag != frame_tag(o->number, FRAME_END) ||
	    !frame_get_answer(text, (size_t)n, failure))
		return -1;
	if (!*failure)
		return EXIT_OK;
	progress_clear(&o->progress);
	complain("the receiver could not take the file '%s': %s.",
		 o->begin.name, failure);
	return EXIT_BAD_FILE;
}

/* After END: is somebody there who will answer, and what is it? */
static int wait_for_answer(struct outgoing *o)
{
	const struct subject subject = { .name = o->t->name,
					 .timeout = o->t->timeout };
	const uint64_t limit = transfer_limit(o->t);
	struct mbox_status st;

	for (;;) {
		int code = take_answer(o, 0);

		if (code >= 0)
			return code;
		if (!o->t->sync &&
		    (mbox_status(o->reply, &st) || !st.senders)) {
			complain(
				"the file lies in mailbox '%s'; no receiver has reported yet.",
				o->t->name);
			return EXIT_OK;
		}
		code = take_answer(o, transfer_slice(limit));
		if (code >= 0)
			return code;
		if (limit && now_ns() >= limit)
			return explain(VERB_RECV, ETIMEDOUT, &subject);
	}
}

/* -- Messages -------------------------------------------------------------- */

/* A quota that is full of this mailbox's own messages will empty again. */
static bool will_have_room(struct outgoing *o)
{
	struct mbox_status st;

	return !mbox_status(o->mb, &st) && st.messages;
}

/* Fills up where all messages have one length; returns the length. */
static size_t fill_up(struct outgoing *o, size_t len)
{
	if (!(o->st.attr_flags & MBOX_FIXED))
		return len;
	memset(o->buf + len, 0, o->st.max_size - len);
	return o->st.max_size;
}

/* Sends what lies in buf. */
static int put(struct outgoing *o, unsigned int kind, size_t len)
{
	const struct timespec pause = { .tv_nsec = RETRY_NS };
	const uint64_t limit = transfer_limit(o->t);
	struct subject subject = { .name = o->t->name,
				   .mb = o->mb,
				   .priority = o->t->priority,
				   .timeout = o->t->timeout };
	struct mbox_send_options options = {
		.tag = frame_tag(o->number, kind),
		.priority = o->t->priority,
	};
	int code;

	len = fill_up(o, len);
	subject.len = len;
	if (kind == FRAME_BEGIN && o->t->nowait)
		options.flags = MBOX_NOWAIT;
	for (;;) {
		int err;

		options.deadline = transfer_slice(limit);
		if (!mbox_send_with(o->mb, o->buf, len, &options))
			return EXIT_OK;
		err = errno;
		if (err == EDQUOT && !options.flags && will_have_room(o)) {
			nanosleep(&pause, NULL);
			err = ETIMEDOUT;
		}
		if (err != ETIMEDOUT && err != EINTR) {
			progress_clear(&o->progress);
			return explain(VERB_SEND, err, &subject);
		}
		/* A slice has passed: does the receiver still live? */
		code = take_answer(o, 0);
		if (code > 0)
			return code;
		if (limit && now_ns() >= limit) {
			progress_clear(&o->progress);
			return explain(VERB_SEND, ETIMEDOUT, &subject);
		}
	}
}

/* Tells the receiver why the rest does not come, if there is room for it. */
static void give_up(struct outgoing *o, const char *reason)
{
	const struct mbox_send_options options = {
		.tag = frame_tag(o->number, FRAME_END),
		.deadline = mbox_deadline_in(GIVE_UP_NS),
		.priority = o->t->priority,
	};
	struct frame_end end = { 0 };
	char text[FRAME_ROOM];
	size_t len;

	snprintf(end.abort, sizeof(end.abort), "%s", reason);
	len = frame_put_end(text, &end);
	memcpy(o->buf, text, len);
	mbox_send_with(o->mb, o->buf, fill_up(o, len), &options);
}

/* A whole chunk, unless the file ends: pipes give less at a time. */
static ssize_t read_chunk(int fd, unsigned char *buf, size_t size)
{
	size_t have = 0;

	while (have < size) {
		ssize_t n = read(fd, buf + have, size - have);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (!n)
			break;
		have += (size_t)n;
	}
	return (ssize_t)have;
}

static int send_text(struct outgoing *o, unsigned int kind, const char *text,
		     size_t len)
{
	memcpy(o->buf, text, len);
	return put(o, kind, len);
}

static int send_data(struct outgoing *o, struct frame_end *end)
{
	SHA2_CTX sha;
	ssize_t n;
	int code;

	SHA256Init(&sha);
	for (;;) {
		progress_update(&o->progress, end->size);
		n = read_chunk(o->fd, o->buf, o->begin.chunk);
		if (n < 0) {
			const char *reason = strerror(errno);

			progress_clear(&o->progress);
			complain("'%s' could not be read: %s.", o->t->path,
				 reason);
			give_up(o, reason);
			return EXIT_FAILED;
		}
		if (!n)
			break;
		SHA256Update(&sha, o->buf, (size_t)n);
		end->size += (uint64_t)n;
		if (end->size > o->begin.size)
			break;
		code = put(o, FRAME_DATA, (size_t)n);
		if (code) {
			give_up(o, "the sender gave up");
			return code;
		}
	}
	if (o->begin.size != FRAME_SIZE_UNKNOWN && end->size != o->begin.size) {
		progress_clear(&o->progress);
		complain("'%s' changed while it was sent: it had %" PRIu64
			 " bytes. Send it again when it is complete.",
			 o->t->path, o->begin.size);
		give_up(o, "the file changed while it was sent");
		return EXIT_FAILED;
	}
	SHA256End(&sha, end->digest);
	return EXIT_OK;
}

static int send_all(struct outgoing *o)
{
	struct frame_end end = { 0 };
	char text[FRAME_ROOM];
	int code;

	progress_start(&o->progress, "sending", o->begin.size);
	code = send_text(o, FRAME_BEGIN, text,
			 frame_put_begin(text, &o->begin));
	if (!code)
		code = send_data(o, &end);
	if (code)
		return code;
	code = send_text(o, FRAME_END, text, frame_put_end(text, &end));
	if (code)
		return code;
	progress_update(&o->progress, end.size);
	code = wait_for_answer(o);
	if (!code)
		progress_finish(&o->progress, "sent", o->begin.name, end.size,
				end.digest);
	return code;
}

/* -- Before it begins ------------------------------------------------------ */

static int open_file(struct outgoing *o)
{
	const char *path = o->t->path;
	const char *slash = strrchr(path, '/');
	struct stat st;

	if (!strcmp(path, "-"))
		o->fd = STDIN_FILENO;
	else
		o->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (o->fd < 0 || fstat(o->fd, &st)) {
		complain("'%s' could not be opened: %s.", path,
			 strerror(errno));
		return EXIT_FAILED;
	}
	if (S_ISDIR(st.st_mode)) {
		complain(
			"'%s' is a directory. Pack it first, with tar for instance, and send what tar prints with '--file -'.",
			path);
		return EXIT_FAILED;
	}
	o->begin.size = FRAME_SIZE_UNKNOWN;
	if (S_ISREG(st.st_mode)) {
		off_t at = lseek(o->fd, 0, SEEK_CUR);

		o->begin.size = at < st.st_size ? (uint64_t)(st.st_size - at) :
						  0;
	}
	snprintf(o->begin.name, sizeof(o->begin.name), "%s",
		 o->fd == STDIN_FILENO ? "standard input" :
		 slash && slash[1]     ? slash + 1 :
					 path);
	return EXIT_OK;
}

/* Opened before the lock, without a right: no sender is seen there yet. */
static int look_at_mailbox(struct outgoing *o)
{
	struct subject subject = { .name = o->t->name };
	struct mbox *mb = mbox_open(o->t->name, 0);
	int code = EXIT_OK;

	if (!mb)
		return explain(VERB_OPEN, errno, &subject);
	subject.mb = mb;
	if (mbox_status(mb, &o->st))
		code = explain(VERB_STAT, errno, &subject);
	mbox_close(mb);
	if (code)
		return code;
	if (o->st.max_size < FRAME_ROOM) {
		complain(
			"mailbox '%s' takes messages of at most %u bytes, and files need %d. Create one with a larger --max-size.",
			o->t->name, o->st.max_size, FRAME_ROOM);
		return EXIT_FAILED;
	}
	if (o->st.policy != MBOX_POLICY_BLOCK) {
		complain(
			"mailbox '%s' drops messages when it is full, and a file must arrive as a whole. Create one with --policy block.",
			o->t->name);
		return EXIT_FAILED;
	}
	if (o->st.attr_flags & MBOX_FIXED &&
	    o->begin.size == FRAME_SIZE_UNKNOWN) {
		complain(
			"mailbox '%s' has messages of one length only, so the size of the file must be known, and '%s' does not tell it. Store it in a file first.",
			o->t->name, o->t->path);
		return EXIT_FAILED;
	}
	/* Files of /proc say that they are empty, whatever is in them. */
	if (!o->begin.size && !(o->st.attr_flags & MBOX_FIXED))
		o->begin.size = FRAME_SIZE_UNKNOWN;
	o->begin.chunk = o->st.max_size < CHUNK_MAX ? o->st.max_size :
						      CHUNK_MAX;
	if (o->st.attr_flags & MBOX_FIXED)
		o->begin.chunk = o->st.max_size;
	o->buf = malloc(o->begin.chunk);
	if (!o->buf) {
		complain("no memory for messages of %u bytes.", o->begin.chunk);
		return EXIT_NO_ROOM;
	}
	return EXIT_OK;
}

/*
 * Nobody receives from it but this process.  Who may receive from the mailbox
 * must be able to send to it; that may be anybody, since an answer that does
 * not know the number of the transfer counts for nothing.
 */
static int make_reply(struct outgoing *o)
{
	const struct mbox_attr attr = { .max_messages = 4,
					.max_size = FRAME_ROOM };
	const struct subject subject = { .name = o->begin.reply,
					 .attr = &attr };
	bool mine = o->st.uid == geteuid() && !(o->st.mode & 0044);
	mode_t mode = mine ? 0200 : 0222;
	mode_t mask = umask(0);
	int err;

	snprintf(o->begin.reply, sizeof(o->begin.reply), "mboxctl.%016" PRIx64,
		 random_number());
	o->reply = mbox_create(o->begin.reply,
			       MBOX_RECV | MBOX_HANGUP | MBOX_EXCL, mode,
			       &attr);
	err = errno;
	umask(mask);
	return o->reply ? EXIT_OK : explain(VERB_CREATE, err, &subject);
}

static int open_mailbox(struct outgoing *o)
{
	const struct subject subject = { .name = o->t->name,
					 .rights = MBOX_SEND };

	o->mb = mbox_open(o->t->name, MBOX_SEND);
	return o->mb ? EXIT_OK : explain(VERB_OPEN, errno, &subject);
}

int file_send(const struct transfer *t)
{
	struct outgoing o = { .t = t, .fd = -1, .number = random_number() };
	int code;

	code = open_file(&o);
	if (!code)
		code = look_at_mailbox(&o);
	if (!code)
		code = transfer_lock(t, o.st.id, SIDE_SEND);
	if (!code)
		code = open_mailbox(&o);
	if (!code)
		code = make_reply(&o);
	if (!code)
		code = send_all(&o);
	mbox_close(o.mb);
	mbox_close(o.reply);
	free(o.buf);
	if (o.fd > STDIN_FILENO)
		close(o.fd);
	return code;
}

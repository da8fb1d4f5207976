// SPDX-License-Identifier: GPL-2.0-only
/*
 * transfer.c: the lock that keeps files apart, and the clock of both sides.
 *
 * A receiver cannot choose among messages by transfer, so files must lie in
 * a mailbox one after the other: each side takes a lock.  It is a lock of
 * the kernel on one byte of /dev/mbox, which no data lies in; the byte is
 * twice the number of the mailbox, plus the side.  It ends with the process,
 * however that ends.  Programs that do not take it cannot do harm: the
 * transfer and the sender of each message are checked, and the digest.
 *
 * Called by file_send.c and file_recv.c.
 */
#include "transfer.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "errors.h"

#define DEVICE "/dev/mbox"
/* How often to look whether the other side still lives. */
#define SLICE_NS 200000000
/* How often to try for the lock when there is a deadline. */
#define RETRY_NS 20000000

uint64_t transfer_limit(const struct transfer *t)
{
	return t->timeout ? mbox_deadline_in(t->timeout_ns) : 0;
}

uint64_t transfer_slice(uint64_t limit)
{
	uint64_t soon = mbox_deadline_in(SLICE_NS);

	return limit && limit < soon ? limit : soon;
}

uint64_t random_number(void)
{
	uint64_t number = 0;

	if (getrandom(&number, sizeof(number), 0) != sizeof(number))
		number = now_ns() ^ (uint64_t)getpid() << 40;
	return number;
}

static int lock_failed(const struct transfer *t, int fd, enum side side,
		       int err)
{
	close(fd);
	if (err == EAGAIN || err == EACCES) {
		complain(
			"another file is being %s mailbox '%s'%s%s. Wait for it, or use another mailbox.",
			side == SIDE_SEND ? "sent to" : "received from",
			t->name,
			t->nowait ? "" : ", and was not through within ",
			t->nowait ? "" : t->timeout);
		return t->nowait ? EXIT_WOULD_WAIT : EXIT_TIMED_OUT;
	}
	complain("the lock for files in mailbox '%s' could not be taken: %s.",
		 t->name, strerror(err));
	return EXIT_FAILED;
}

int transfer_lock(const struct transfer *t, uint64_t mailbox, enum side side)
{
	const struct subject subject = { .name = t->name,
					 .rights = MBOX_SEND | MBOX_RECV };
	const struct timespec pause = { .tv_nsec = RETRY_NS };
	const uint64_t limit = transfer_limit(t);
	/* A device opened for both ways is not used until it is read. */
	int fd = open(DEVICE, O_RDWR | O_CLOEXEC);
	struct flock lock = {
		.l_type = F_WRLCK,
		.l_whence = SEEK_SET,
		.l_start = (off_t)(2 * mailbox + side),
		.l_len = 1,
	};

	if (fd < 0)
		return explain(VERB_OPEN, errno == ENOENT ? ENODEV : errno,
			       &subject);
	if (!fcntl(fd, F_OFD_SETLK, &lock))
		return EXIT_OK;
	if ((errno != EAGAIN && errno != EACCES) || t->nowait)
		return lock_failed(t, fd, side, errno);
	complain("another file is being %s mailbox '%s'; waiting for it.",
		 side == SIDE_SEND ? "sent to" : "received from", t->name);
	if (!limit) {
		while (fcntl(fd, F_OFD_SETLKW, &lock))
			if (errno != EINTR)
				return lock_failed(t, fd, side, errno);
		return EXIT_OK;
	}
	/* There is no lock with a deadline. */
	while (fcntl(fd, F_OFD_SETLK, &lock)) {
		if (now_ns() >= limit)
			return lock_failed(t, fd, side, errno);
		nanosleep(&pause, NULL);
	}
	return EXIT_OK;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * abi.c: the boundary: structures, sizes, pointers, flags, ioctl numbers.
 *
 * Owns: the claims of C34 and the cells ANY:* of the errno table.  Every
 * rule is tried on every ioctl.  Takes no locks; run by the guest runner.
 *
 * opts: timeout=180
 */
#include "box.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

/* -- One valid call of each ioctl -------------------------------------------- */

union any {
	__u32 word[2];
	struct mbox_info info;
	struct mbox_stat stat;
	struct mbox_list list;
	struct mbox_open open;
	struct mbox_copy copy;
	struct mbox_remove remove;
	struct mbox_send send;
	struct mbox_recv recv;
	struct mbox_peek peek;
	struct mbox_flush flush;
	struct mbox_filter filter;
	struct mbox_notify notify;
	struct mbox_batch batch;
};

struct verb {
	const char *name;
	unsigned int cmd;
	unsigned int size;
	unsigned int flags; /* known ones */
	bool writes; /* has out fields */
};

#define OPEN_FLAGS                                                \
	(MBOX_OPEN_CREATE | MBOX_OPEN_EXCL | MBOX_OPEN_NONBLOCK | \
	 MBOX_OPEN_HANGUP | MBOX_OPEN_OWNED)
#define SEND_FLAGS (MBOX_NOWAIT | MBOX_REALTIME | MBOX_SYNC | MBOX_URGENT)
#define RECV_FLAGS (MBOX_NOWAIT | MBOX_REALTIME | MBOX_TRUNCATE)

static const struct verb verbs[] = {
	{ "INFO", MBOX_IOC_INFO, sizeof(struct mbox_info), 0, true },
	{ "STAT", MBOX_IOC_STAT, sizeof(struct mbox_stat), 0, true },
	{ "LIST", MBOX_IOC_LIST, sizeof(struct mbox_list), 0, true },
	{ "OPEN", MBOX_IOC_OPEN, sizeof(struct mbox_open), OPEN_FLAGS, true },
	{ "COPY", MBOX_IOC_COPY, sizeof(struct mbox_copy), MBOX_OPEN_NONBLOCK,
	  false },
	{ "UNLINK", MBOX_IOC_UNLINK, sizeof(struct mbox_remove), 0, false },
	{ "DESTROY", MBOX_IOC_DESTROY, sizeof(struct mbox_remove), 0, false },
	{ "SEND", MBOX_IOC_SEND, sizeof(struct mbox_send), SEND_FLAGS, false },
	{ "RECV", MBOX_IOC_RECV, sizeof(struct mbox_recv), RECV_FLAGS, true },
	{ "PEEK", MBOX_IOC_PEEK, sizeof(struct mbox_peek),
	  MBOX_TRUNCATE | MBOX_BEHIND, true },
	{ "FLUSH", MBOX_IOC_FLUSH, sizeof(struct mbox_flush), 0, true },
	{ "FILTER", MBOX_IOC_FILTER, sizeof(struct mbox_filter), 0, false },
	{ "NOTIFY", MBOX_IOC_NOTIFY, sizeof(struct mbox_notify), 0, false },
	{ "SENDV", MBOX_IOC_SENDV, sizeof(struct mbox_batch),
	  MBOX_NOWAIT | MBOX_REALTIME, false },
	{ "RECVV", MBOX_IOC_RECVV, sizeof(struct mbox_batch),
	  MBOX_NOWAIT | MBOX_REALTIME, false },
};

#define VERBS (sizeof(verbs) / sizeof(verbs[0]))

/* These have grown since. */
static unsigned int first_size(const struct verb *v)
{
	switch (v->cmd) {
	case MBOX_IOC_INFO:
		return offsetof(struct mbox_info, user_calls);
	case MBOX_IOC_STAT:
		return offsetof(struct mbox_stat, policy);
	default:
		return v->size;
	}
}

static struct mbox_list_entry entries[8];
static char text[16] = "0123456789abcde";
static char room[64];
static struct mbox_send sends[1];
static struct mbox_recv recvs[1];

/* Fills in a call of the verb that would succeed on a handle of victim(). */
static void valid(const struct verb *v, union any *a)
{
	memset(a, 0, sizeof(*a));
	a->word[0] = v->size;
	switch (v->cmd) {
	case MBOX_IOC_LIST:
		a->list.entries = PTR(entries);
		a->list.count = 8;
		a->list.entry_size = sizeof(entries[0]);
		break;
	case MBOX_IOC_OPEN:
		a->open.flags = MBOX_OPEN_CREATE;
		a->open.rights = R_ALL;
		break;
	case MBOX_IOC_COPY:
		a->copy.rights = R_SEND;
		break;
	case MBOX_IOC_SEND:
		a->send.flags = MBOX_NOWAIT;
		a->send.data = PTR(text);
		a->send.len = sizeof(text);
		break;
	case MBOX_IOC_RECV:
		a->recv.flags = MBOX_NOWAIT;
		a->recv.data = PTR(room);
		a->recv.len = sizeof(room);
		break;
	case MBOX_IOC_PEEK:
		a->peek.data = PTR(room);
		a->peek.len = sizeof(room);
		break;
	case MBOX_IOC_SENDV:
		sends[0] = (struct mbox_send){ .size = sizeof(sends[0]) };
		a->batch.entries = PTR(sends);
		a->batch.count = 1;
		a->batch.entry_size = sizeof(sends[0]);
		break;
	case MBOX_IOC_RECVV:
		recvs[0] = (struct mbox_recv){ .size = sizeof(recvs[0]),
					       .data = PTR(room),
					       .len = sizeof(room) };
		a->batch.entries = PTR(recvs);
		a->batch.count = 1;
		a->batch.entry_size = sizeof(recvs[0]);
		break;
	case MBOX_IOC_FILTER:
		a->filter.select = MBOX_SELECT_NOT_TAG;
		a->filter.select_value = 7;
		break;
	default:
		break;
	}
}

/* A named mailbox with one message: every verb would do something to it. */
static int victim(void)
{
	int fd = box_named("victim");

	put(fd, "message");
	return fd;
}

/* Makes the call and takes back what it did; 0, or -1 and errno. */
static int call(int fd, const struct verb *v, const void *arg)
{
	int ret = box_ioctl(fd, v->cmd, arg);

	/* Of a batch it is the number of messages. */
	if (ret > 0 && v->cmd != MBOX_IOC_SENDV && v->cmd != MBOX_IOC_RECVV)
		close(ret);
	return ret > 0 ? 0 : ret;
}

/* The same, and it must succeed; the mailbox is made anew where it went. */
static void must_work(int *fd, const struct verb *v, const void *arg)
{
	EXPECT_OK(call(*fd, v, arg));
	close(*fd);
	*fd = victim();
}

/* The call must fail and leave everything as it was. */
static void must_fail(int fd, const struct verb *v, const void *arg, int err,
		      const char *what)
{
	if (!expect_refused(fd, call(fd, v, arg), err))
		mbt_note("  that was %s: %s", v->name, what);
}

TEST(a_structure_that_is_too_small_is_refused, "C34.4 ANY:EINVAL")
{
	int fd = victim();
	union any a;
	size_t i;
	__u32 size;

	for (i = 0; i < VERBS; i++)
		for (size = 0; size < first_size(&verbs[i]);
		     size += size < 16 ? 1 : 7) {
			valid(&verbs[i], &a);
			a.word[0] = size;
			must_fail(fd, &verbs[i], &a, EINVAL, "size too small");
		}
}

/* A program from before the structure grew has other things behind it. */
TEST(a_structure_of_the_first_version_works, "C34.4")
{
	unsigned int i, size, j;
	int fd = victim();
	union {
		union any any;
		char byte[sizeof(union any)];
	} a;

	for (i = 0; i < VERBS; i++)
		for (size = first_size(&verbs[i]); size <= verbs[i].size;
		     size++) {
			memset(&a, 0xa5, sizeof(a));
			valid(&verbs[i], &a.any);
			memset(a.byte + size, 0xa5, sizeof(a) - size);
			a.any.word[0] = size;
			must_work(&fd, &verbs[i], &a);
			for (j = size; j < sizeof(a); j++)
				ASSERT_EQ(a.byte[j], (char)0xa5);
		}
}

TEST(a_longer_structure_with_a_zero_tail_works, "C34.4 C34.5")
{
	char buf[4096];
	int fd = victim();
	size_t i, j;
	__u32 extra[] = { 0, 1, 4, 8, 64, 1024 };

	for (i = 0; i < VERBS; i++)
		for (j = 0; j < sizeof(extra) / sizeof(extra[0]); j++) {
			memset(buf, 0, sizeof(buf));
			valid(&verbs[i], (union any *)buf);
			((union any *)buf)->word[0] = verbs[i].size + extra[j];
			must_work(&fd, &verbs[i], buf);
		}
}

TEST(a_longer_structure_with_an_unknown_tail_is_refused, "C34.5 ANY:E2BIG")
{
	char buf[4096];
	int fd = victim();
	size_t i, j;
	__u32 at[] = { 0, 1, 7, 8, 63, 511 };

	for (i = 0; i < VERBS; i++)
		for (j = 0; j < sizeof(at) / sizeof(at[0]); j++) {
			memset(buf, 0, sizeof(buf));
			valid(&verbs[i], (union any *)buf);
			((union any *)buf)->word[0] = verbs[i].size + 512;
			buf[verbs[i].size + at[j]] = 1;
			must_fail(fd, &verbs[i], buf, E2BIG, "tail not zero");
		}
}

TEST(a_structure_of_absurd_size_is_refused, "C34.5 ANY:E2BIG")
{
	static const __u32 sizes[] = { 0xffffffff, 0xfffffff8, 0x80000000,
				       0x7fffffff, 1 << 20 };
	int fd = victim();
	char *page = pages_before_hole(2);
	size_t i, j;

	for (i = 0; i < VERBS; i++)
		for (j = 0; j < sizeof(sizes) / sizeof(sizes[0]); j++) {
			memset(page, 0, 2 * page_size());
			valid(&verbs[i], (union any *)page);
			((union any *)page)->word[0] = sizes[j];
			must_fail(fd, &verbs[i], page, E2BIG, "absurd size");
		}
}

TEST(a_tail_that_cannot_be_read_is_refused, "ANY:EFAULT")
{
	int fd = victim();
	char *page = pages_before_hole(1);
	size_t i;

	for (i = 0; i < VERBS; i++) {
		char *at = page + page_size() - verbs[i].size;
		union any a;

		valid(&verbs[i], &a);
		a.word[0] += 8;
		memcpy(at, &a, verbs[i].size);
		must_fail(fd, &verbs[i], at, EFAULT, "tail is not mapped");
	}
}

TEST(a_structure_at_the_end_of_memory_works, "C34.2")
{
	int fd = victim();
	char *page = pages_before_hole(2);
	size_t i;

	for (i = 0; i < VERBS; i++) {
		/* Up to the last byte, over a page boundary, and unaligned. */
		char *at[] = { page + 2 * page_size() - verbs[i].size,
			       page + page_size() - 4, page + 1, page + 3 };
		size_t j;

		for (j = 0; j < sizeof(at) / sizeof(at[0]); j++) {
			union any a;

			valid(&verbs[i], &a);
			memcpy(at[j], &a, verbs[i].size);
			must_work(&fd, &verbs[i], at[j]);
		}
	}
}

TEST(a_pointer_to_nothing_is_refused, "ANY:EFAULT")
{
	int fd = victim();
	char *hole = (char *)pages_before_hole(1) + page_size();
	size_t i, j;

	for (i = 0; i < VERBS; i++) {
		const void *wild[] = { NULL,
				       (void *)1,
				       (void *)4096,
				       (void *)~(uintptr_t)0,
				       (void *)(~(uintptr_t)0 - 4095),
				       (void *)((uintptr_t)1
						<< (sizeof(long) * 8 - 1)),
				       hole,
				       hole - 4 };

		/* All there is of the last one is its size, which is right. */
		*(__u32 *)(hole - 4) = (__u32)verbs[i].size;
		for (j = 0; j < sizeof(wild) / sizeof(wild[0]); j++)
			must_fail(fd, &verbs[i], wild[j], EFAULT,
				  "pointer to nothing");
	}
}

TEST(a_structure_that_cannot_be_written_is_refused_if_it_must_be, "ANY:EFAULT")
{
	int fd = victim();
	char *page = pages_before_hole(1);
	size_t i;

	for (i = 0; i < VERBS; i++) {
		ASSERT_OK(mprotect(page, page_size(), PROT_READ | PROT_WRITE));
		valid(&verbs[i], (union any *)page);
		ASSERT_OK(mprotect(page, page_size(), PROT_READ));
		if (verbs[i].writes)
			must_fail(fd, &verbs[i], page, EFAULT, "read-only");
		else
			must_work(&fd, &verbs[i], page);
	}
}

TEST(unknown_flags_are_refused, "C34.6 ANY:EINVAL")
{
	int fd = victim();
	union any a;
	size_t i;
	int bit;

	for (i = 0; i < VERBS; i++)
		for (bit = 0; bit < 32; bit++) {
			if (verbs[i].flags & (1U << bit))
				continue;
			valid(&verbs[i], &a);
			a.word[1] |= 1U << bit;
			must_fail(fd, &verbs[i], &a, EINVAL, "unknown flag");
		}
}

/* Offsets of the reserved words of each structure. */
static const struct {
	unsigned int cmd;
	size_t at;
	size_t bytes;
} reserved[] = {
	{ MBOX_IOC_COPY, offsetof(struct mbox_copy, __reserved), 4 },
	{ MBOX_IOC_SEND, offsetof(struct mbox_send, result), 4 },
	{ MBOX_IOC_RECV, offsetof(struct mbox_recv, result), 4 },
	{ MBOX_IOC_PEEK, offsetof(struct mbox_peek, __reserved), 16 },
	{ MBOX_IOC_FILTER, offsetof(struct mbox_filter, __reserved), 4 },
	{ MBOX_IOC_NOTIFY, offsetof(struct mbox_notify, __reserved), 4 },
	{ MBOX_IOC_SENDV, offsetof(struct mbox_batch, __reserved), 4 },
	{ MBOX_IOC_RECVV, offsetof(struct mbox_batch, __reserved), 4 },
};

static const struct verb *verb_of(unsigned int cmd)
{
	size_t i;

	for (i = 0; verbs[i].cmd != cmd; i++)
		;
	return &verbs[i];
}

TEST(reserved_fields_must_be_zero, "C34.6 ANY:EINVAL")
{
	int fd = victim();
	size_t i, at;
	union any a;

	for (i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++)
		for (at = 0; at < reserved[i].bytes; at++) {
			const struct verb *v = verb_of(reserved[i].cmd);

			valid(v, &a);
			((unsigned char *)&a)[reserved[i].at + at] = 0x80;
			must_fail(fd, v, &a, EINVAL, "reserved field");
		}
}

TEST(reserved_bits_of_values_are_refused, "C34.6 ANY:EINVAL")
{
	const struct verb *open_ = verb_of(MBOX_IOC_OPEN);
	const struct verb *copy = verb_of(MBOX_IOC_COPY);
	int fd = victim(), bit;
	union any a;

	for (bit = 0; bit < 32; bit++) {
		__u32 b = 1U << bit;

		if (b & ~(__u32)R_ALL) {
			valid(open_, &a);
			a.open.rights = b;
			must_fail(fd, open_, &a, EINVAL, "unknown right");
			valid(copy, &a);
			a.copy.rights = b;
			must_fail(fd, copy, &a, EINVAL, "unknown right");
		}
		if (b & ~(__u32)(MBOX_ATTR_FIXED | MBOX_ATTR_TIMES |
				 MBOX_ATTR_FDS | MBOX_ATTR_BROADCAST)) {
			valid(open_, &a);
			a.open.attrs = b;
			must_fail(fd, open_, &a, EINVAL, "unknown attribute");
		}
		if (b & ~0666U) {
			valid(open_, &a);
			a.open.mode = b;
			must_fail(fd, open_, &a, EINVAL, "unknown mode bit");
		}
		if (b > MBOX_LIFETIME_OWNER) {
			valid(open_, &a);
			a.open.lifetime = b;
			must_fail(fd, open_, &a, EINVAL, "unknown lifetime");
		}
		if (b > MBOX_CAPACITY_UNBOUNDED) {
			valid(open_, &a);
			a.open.capacity = b;
			must_fail(fd, open_, &a, EINVAL, "unknown capacity");
		}
	}
}

/* Those that are not among verbs: they wait for somebody. */
static const unsigned int others[] = {
	MBOX_IOC_CALL,	  MBOX_IOC_REPLY,     MBOX_IOC_REPLY_RECV,
	MBOX_IOC_SEND_TO, MBOX_IOC_RECV_FROM, MBOX_IOC_ENDPOINT,
	MBOX_IOC_LINKS,
};

#define OTHERS (sizeof(others) / sizeof(others[0]))

static bool is_known(unsigned int cmd)
{
	unsigned int i;

	for (i = 0; i < VERBS; i++)
		if (verbs[i].cmd == cmd)
			return true;
	for (i = 0; i < OTHERS; i++)
		if (others[i] == cmd)
			return true;
	return false;
}

TEST(an_unknown_ioctl_is_refused, "C34.7 ANY:ENOTTY")
{
	int plain[3] = { open(DEV, O_RDONLY), open(DEV, O_WRONLY),
			 open(DEV, O_RDWR) };
	int fd = victim();
	union any a;
	unsigned int nr, i;

	memset(&a, 0, sizeof(a));
	for (nr = 0; nr < 256; nr++) {
		if (is_known(_IO(MBOX_IOC_TYPE, nr)))
			continue;
		expect_refused(fd, box_ioctl(fd, _IO(MBOX_IOC_TYPE, nr), &a),
			       ENOTTY);
		for (i = 0; i < 3; i++)
			EXPECT_ERRNO(box_ioctl(plain[i], _IO(MBOX_IOC_TYPE, nr),
					       &a),
				     ENOTTY);
	}
	/* A size or a direction in the number makes another number of it. */
	for (i = 0; i < VERBS; i++) {
		valid(&verbs[i], &a);
		expect_refused(fd, box_ioctl(fd, verbs[i].cmd | (8 << 16), &a),
			       ENOTTY);
		expect_refused(fd, box_ioctl(fd, verbs[i].cmd | (3U << 30), &a),
			       ENOTTY);
	}
	expect_refused(fd, box_ioctl(fd, 0x5401 /* TCGETS */, &a), ENOTTY);
	expect_refused(fd, box_ioctl(fd, 0x541b /* FIONREAD */, &a), ENOTTY);
	expect_refused(fd, box_ioctl(fd, 0, &a), ENOTTY);
	expect_refused(fd, box_ioctl(fd, 0xffffffff, &a), ENOTTY);
}

TEST(info_tells_version_features_and_limits, "C34.9 C14.11")
{
	struct mbox_info info;
	int any[4] = { open(DEV, O_RDONLY), open(DEV, O_WRONLY),
		       open(DEV, O_RDWR), box_new() };
	int i;

	for (i = 0; i < 4; i++) {
		ASSERT_OK(do_info(any[i], &info));
		EXPECT_EQ(info.abi, MBOX_ABI);
		EXPECT_EQ(info.name_max, MBOX_NAME_MAX);
		EXPECT_EQ(info.priority_max, MBOX_PRIORITY_MAX);
		EXPECT_EQ(info.default_size, MBOX_DEFAULT_SIZE);
		EXPECT_EQ(info.default_messages, MBOX_DEFAULT_MESSAGES);
		EXPECT_EQ(info.features,
			  MBOX_FEATURE_SYNC | MBOX_FEATURE_RENDEZVOUS |
				  MBOX_FEATURE_DROP | MBOX_FEATURE_PEEK |
				  MBOX_FEATURE_SELECT | MBOX_FEATURE_BROADCAST |
				  MBOX_FEATURE_FDS | MBOX_FEATURE_CALL |
				  MBOX_FEATURE_DIRECT | MBOX_FEATURE_NOTIFY |
				  MBOX_FEATURE_BATCH | MBOX_FEATURE_OWNER);
		EXPECT_EQ(info.open_flags, OPEN_FLAGS);
		EXPECT_EQ(info.send_flags, SEND_FLAGS);
		EXPECT_EQ(info.recv_flags, RECV_FLAGS);
		EXPECT_EQ(info.attrs, MBOX_ATTR_FIXED | MBOX_ATTR_TIMES |
					      MBOX_ATTR_FDS |
					      MBOX_ATTR_BROADCAST);
		EXPECT_EQ(info.user_messages, 1000000);
		EXPECT_EQ(info.mailbox_bytes, 16 << 20);
		EXPECT_GT(info.user_mailboxes, 0);
	}
	/* An eighth of RAM, where the kernel's own count may be a bit less. */
	{
		char meminfo[4096];
		unsigned long long kib;

		ASSERT_GT(mbt_read_file("/proc/meminfo", meminfo,
					sizeof(meminfo)),
			  0);
		ASSERT_EQ(sscanf(meminfo, "MemTotal: %llu", &kib), 1);
		EXPECT_GE(info.user_bytes, kib * 1024 / 9);
		EXPECT_LE(info.user_bytes, kib * 1024 / 7);
	}
}

TEST(outputs_go_only_as_far_as_size_covers, "C36.4")
{
	unsigned char buf[1024];
	int fd = victim();
	size_t i, j;

	for (i = 0; i < VERBS; i++) {
		memset(buf, 0x5a, sizeof(buf));
		valid(&verbs[i], (union any *)buf);
		memset(buf + verbs[i].size, 0x5a, 64);
		must_work(&fd, &verbs[i], buf);
		for (j = verbs[i].size; j < (size_t)verbs[i].size + 64; j++)
			if (buf[j] != 0x5a)
				break;
		EXPECT_EQ(j, verbs[i].size + 64);
	}
}

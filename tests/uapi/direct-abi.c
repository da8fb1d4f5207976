// SPDX-License-Identifier: GPL-2.0-only
/*
 * direct-abi.c: the structures of SEND_TO, RECV_FROM, ENDPOINT and LINKS.
 *
 * Owns: what C34 says of them; part of the program uapi-direct.  Takes no locks;
 * run by the guest runner.
 */
#include "direct.h"

#define FIELD(s, f, at, bytes)                                             \
	do {                                                               \
		_Static_assert(offsetof(struct s, f) == (at), #f);         \
		_Static_assert(sizeof(((struct s *)0)->f) == (bytes), #f); \
		EXPECT_EQ(offsetof(struct s, f), sum);                     \
		sum += (bytes);                                            \
	} while (0)

TEST(structures_of_direct_addressing_have_the_same_layout_everywhere,
     "C34.1 C34.2")
{
	size_t sum = 0;

	FIELD(mbox_direct, size, 0, 4);
	FIELD(mbox_direct, flags, 4, 4);
	FIELD(mbox_direct, pid, 8, 4);
	FIELD(mbox_direct, __reserved, 12, 4);
	FIELD(mbox_direct, args, 16, 8);
	EXPECT_EQ(sizeof(struct mbox_direct), sum);

	sum = 0;
	FIELD(mbox_endpoint, size, 0, 4);
	FIELD(mbox_endpoint, flags, 4, 4);
	EXPECT_EQ(sizeof(struct mbox_endpoint), sum);

	sum = 0;
	FIELD(mbox_link_entry, id, 0, 8);
	FIELD(mbox_link_entry, pid, 8, 4);
	FIELD(mbox_link_entry, peer, 12, 4);
	FIELD(mbox_link_entry, sent, 16, 8);
	FIELD(mbox_link_entry, peer_sent, 24, 8);
	FIELD(mbox_link_entry, flags, 32, 4);
	FIELD(mbox_link_entry, __reserved, 36, 4);
	EXPECT_EQ(sizeof(struct mbox_link_entry), sum);

	sum = 0;
	FIELD(mbox_links, size, 0, 4);
	FIELD(mbox_links, flags, 4, 4);
	FIELD(mbox_links, entries, 8, 8);
	FIELD(mbox_links, count, 16, 4);
	FIELD(mbox_links, entry_size, 20, 4);
	FIELD(mbox_links, after, 24, 8);
	FIELD(mbox_links, pid, 32, 4);
	FIELD(mbox_links, __reserved, 36, 4);
	EXPECT_EQ(sizeof(struct mbox_links), sum);
}

union any {
	__u32 word[2];
	struct mbox_direct direct;
	struct mbox_endpoint endpoint;
	struct mbox_links links;
};

static struct mbox_send send_args;
static struct mbox_recv recv_args;

static const struct verb {
	const char *name;
	unsigned int cmd;
	__u32 size;
	__u32 flags; /* known ones */
	bool writes;
} verbs[] = {
	{ "SEND_TO", MBOX_IOC_SEND_TO, sizeof(struct mbox_direct), MBOX_ONEWAY,
	  false },
	{ "RECV_FROM", MBOX_IOC_RECV_FROM, sizeof(struct mbox_direct), 0,
	  false },
	{ "ENDPOINT", MBOX_IOC_ENDPOINT, sizeof(struct mbox_endpoint),
	  MBOX_OPEN_NONBLOCK, false },
	{ "LINKS", MBOX_IOC_LINKS, sizeof(struct mbox_links), 0, true },
};

#define VERBS (sizeof(verbs) / sizeof(verbs[0]))

/* A call that succeeds where one message is there. */
static void valid(const struct verb *v, union any *a)
{
	memset(a, 0, sizeof(*a));
	a->word[0] = v->size;
	send_args = (struct mbox_send){ .size = sizeof(send_args) };
	recv_args = (struct mbox_recv){ .size = sizeof(recv_args),
					.flags = MBOX_NOWAIT };
	if (v->cmd == MBOX_IOC_SEND_TO)
		a->direct.args = PTR(&send_args);
	if (v->cmd == MBOX_IOC_RECV_FROM)
		a->direct.args = PTR(&recv_args);
	if (v->cmd == MBOX_IOC_SEND_TO)
		a->direct.pid = getpid();
	if (v->cmd == MBOX_IOC_LINKS)
		a->links.entry_size = sizeof(struct mbox_link_entry);
}

/* Before each call one message is there, and after it none. */
static void must_work(const struct verb *v, const void *arg)
{
	int ret;

	ASSERT_OK(send_to(getpid(), ""));
	ret = box_ioctl(box_dev(), v->cmd, arg);
	if (ret > 0)
		close(ret);
	if (ret < 0)
		FAIL("%s: %s", v->name, mbt_errno_name(errno));
	while (!try_from(0, NOWAIT))
		;
}

static void must_fail(const struct verb *v, const void *arg, int err,
		      const char *what)
{
	ASSERT_OK(send_to(getpid(), ""));
	if (!EXPECT_ERRNO(box_ioctl(box_dev(), v->cmd, arg), err))
		mbt_note("  that was %s: %s", v->name, what);
	/* It took nothing and sent nothing. */
	EXPECT_OK(try_from(0, NOWAIT));
	EXPECT_ERRNO(try_from(0, NOWAIT), EAGAIN);
}

TEST(sizes_of_direct_addressing_are_checked,
     "C34.4 C34.5 ANY:EINVAL ANY:E2BIG ANY:EFAULT")
{
	char *page = pages_before_hole(2), *hole = page + 2 * page_size();
	size_t i;
	__u32 n;

	for (i = 0; i < VERBS; i++) {
		const struct verb *v = &verbs[i];
		union any *a = (union any *)page;

		for (n = 0; n < v->size; n++) {
			valid(v, a);
			a->word[0] = n;
			must_fail(v, a, EINVAL, "too small");
		}
		for (n = 0; n < 100; n += 11) {
			memset(page, 0, page_size());
			valid(v, a);
			a->word[0] = v->size + n;
			must_work(v, a);
			if (!n)
				continue;
			page[v->size + n - 1] = 1;
			must_fail(v, a, E2BIG, "tail not zero");
		}
		valid(v, a);
		a->word[0] = 1 << 20;
		must_fail(v, a, E2BIG, "absurd size");
		/* Up to the last byte there is, and beyond. */
		valid(v, a);
		memcpy(hole - v->size, a, v->size);
		must_work(v, hole - v->size);
		memcpy(hole - v->size + 4, a, v->size - 4);
		must_fail(v, hole - v->size + 4, EFAULT, "cut off");
		must_fail(v, nowhere(), EFAULT, "nowhere");
		must_fail(v, NULL, EFAULT, "null");
	}
}

TEST(unknown_bits_of_direct_addressing_are_refused, "C34.6 ANY:EINVAL")
{
	union any a;
	size_t i;
	int bit;

	for (i = 0; i < VERBS; i++)
		for (bit = 0; bit < 32; bit++) {
			const struct verb *v = &verbs[i];

			if (!(v->flags & (1U << bit))) {
				valid(v, &a);
				a.word[1] = 1U << bit;
				must_fail(v, &a, EINVAL, "unknown flag");
			}
			valid(v, &a);
			if (v->size == sizeof(a.direct))
				a.direct.__reserved = 1U << bit;
			else if (v->size == sizeof(a.links))
				a.links.__reserved = 1U << bit;
			else
				continue;
			must_fail(v, &a, EINVAL, "reserved");
		}
}

TEST(what_is_pointed_to_is_checked_as_for_send_and_recv,
     "C34.4 C34.5 C34.6 ANY:EINVAL ANY:E2BIG ANY:EFAULT")
{
	union any a;
	size_t i;

	for (i = 0; i < 2; i++) {
		__u32 *size = i ? &recv_args.size : &send_args.size;
		__u32 *flags = i ? &recv_args.flags : &send_args.flags;
		__s32 *reserved = i ? &recv_args.result : &send_args.result;

		valid(&verbs[i], &a);
		*size -= 1;
		must_fail(&verbs[i], &a, EINVAL, "inner size");
		valid(&verbs[i], &a);
		*size = 1 << 20;
		must_fail(&verbs[i], &a, E2BIG, "inner size");
		valid(&verbs[i], &a);
		*flags |= MBOX_ONEWAY;
		must_fail(&verbs[i], &a, EINVAL, "inner flags");
		valid(&verbs[i], &a);
		*reserved = 1;
		must_fail(&verbs[i], &a, EINVAL, "inner reserved");
		valid(&verbs[i], &a);
		a.direct.args = PTR(nowhere());
		must_fail(&verbs[i], &a, EFAULT, "inner pointer");
		a.direct.args = 1ULL << 63;
		must_fail(&verbs[i], &a, EFAULT, "inner pointer");
	}
}

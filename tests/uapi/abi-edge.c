// SPDX-License-Identifier: GPL-2.0-only
/*
 * abi-edge.c: structures at the very end of a mapping, and pointers that must
 * not be looked at.
 *
 * Owns: what the kernel may read of a structure whose size it does not know
 * yet, and names and entries in lists; part of the program uapi-abi.  Takes no
 * locks; run by the guest runner.
 */
#include "box.h"

static struct mbox_list_entry one;

/* Each verb with a call that succeeds on a handle of fresh(). */
static const struct edge_verb {
	const char *name;
	unsigned int cmd;
	__u32 size;
	union {
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
	} arg;
} verbs[] = {
	{ "INFO", MBOX_IOC_INFO, sizeof(struct mbox_info), .arg.info.size = 0 },
	{ "STAT", MBOX_IOC_STAT, sizeof(struct mbox_stat), .arg.stat.size = 0 },
	{ "LIST", MBOX_IOC_LIST, sizeof(struct mbox_list),
	  .arg.list.entry_size = sizeof(one) },
	{ "OPEN", MBOX_IOC_OPEN, sizeof(struct mbox_open),
	  .arg.open.flags = MBOX_OPEN_CREATE },
	{ "COPY", MBOX_IOC_COPY, sizeof(struct mbox_copy), .arg.copy.size = 0 },
	{ "UNLINK", MBOX_IOC_UNLINK, sizeof(struct mbox_remove),
	  .arg.remove.size = 0 },
	{ "DESTROY", MBOX_IOC_DESTROY, sizeof(struct mbox_remove),
	  .arg.remove.size = 0 },
	{ "SEND", MBOX_IOC_SEND, sizeof(struct mbox_send),
	  .arg.send.flags = MBOX_NOWAIT },
	{ "RECV", MBOX_IOC_RECV, sizeof(struct mbox_recv),
	  .arg.recv.flags = MBOX_NOWAIT },
	{ "PEEK", MBOX_IOC_PEEK, sizeof(struct mbox_peek), .arg.peek.size = 0 },
	{ "FLUSH", MBOX_IOC_FLUSH, sizeof(struct mbox_flush),
	  .arg.flush.size = 0 },
	{ "FILTER", MBOX_IOC_FILTER, sizeof(struct mbox_filter),
	  .arg.filter.size = 0 },
	{ "NOTIFY", MBOX_IOC_NOTIFY, sizeof(struct mbox_notify),
	  .arg.notify.size = 0 },
};

#define VERBS (sizeof(verbs) / sizeof(verbs[0]))

/* A named mailbox with an empty message: every verb can do something. */
static int fresh(void)
{
	int fd = box_named("edge");

	put(fd, "");
	return fd;
}

/*
 * Lays the call into memory so that the structure, size bytes of it, ends
 * where the mapping ends; what does not fit is left out, what is more is zero.
 */
static char *at_the_end(char *end, const struct edge_verb *v, __u32 size,
			__u32 says)
{
	char *at = end - size;
	__u32 known = size < v->size ? size : v->size;

	memset(at, 0, size);
	memcpy(at, &v->arg, known);
	memcpy(at, &says, known < 4 ? known : 4);
	return at;
}

static int call(int fd, const struct edge_verb *v, const void *arg)
{
	int ret = box_ioctl(fd, v->cmd, arg);

	if (ret > 0) {
		close(ret);
		ret = 0;
	}
	return ret;
}

TEST(a_size_that_is_too_small_is_einval_also_where_nothing_follows_it,
     "C34.4 ANY:EINVAL")
{
	char *end = (char *)pages_before_hole(1) + page_size();
	static const __u32 sizes[] = { 4, 8, 12, 16 };
	int fd = fresh();
	size_t i, j;

	for (i = 0; i < VERBS; i++) {
		for (j = 0; j < 4; j++) {
			char *at;

			if (sizes[j] >= verbs[i].size)
				continue;
			at = at_the_end(end, &verbs[i], sizes[j], sizes[j]);
			if (!expect_refused(fd, call(fd, &verbs[i], at),
					    EINVAL))
				mbt_note("that was %s with size %u",
					 verbs[i].name, sizes[j]);
		}
		/* A size of 0 in the last word there is. */
		if (!expect_refused(fd,
				    call(fd, &verbs[i],
					 at_the_end(end, &verbs[i], 4, 0)),
				    EINVAL))
			mbt_note("that was %s with size 0", verbs[i].name);
	}
}

TEST(a_structure_that_goes_on_where_nothing_is_mapped_is_efault, "ANY:EFAULT")
{
	char *end = (char *)pages_before_hole(1) + page_size();
	int fd = fresh();
	size_t i;

	for (i = 0; i < VERBS; i++) {
		__u32 size = verbs[i].size;

		/* Less than the word that tells the size. */
		expect_refused(fd,
			       call(fd, &verbs[i],
				    at_the_end(end, &verbs[i], 3, size)),
			       EFAULT);
		/* As long as we know it, but for its last word. */
		expect_refused(fd,
			       call(fd, &verbs[i],
				    at_the_end(end, &verbs[i], size - 4, size)),
			       EFAULT);
		/* Longer than we know it: all but the last byte is there. */
		expect_refused(
			fd,
			call(fd, &verbs[i],
			     at_the_end(end, &verbs[i], size + 9, size + 10)),
			EFAULT);
	}
}

TEST(a_longer_structure_may_end_where_the_mapping_ends, "C34.4 C34.5 ANY:E2BIG")
{
	char *end = (char *)pages_before_hole(2) + 2 * page_size();
	size_t i, j;

	for (i = 0; i < VERBS; i++) {
		const struct edge_verb *v = &verbs[i];
		const __u32 sizes[] = { v->size,     v->size + 1,  v->size + 4,
					v->size + 8, v->size + 63, 4095,
					4096 };

		for (j = 0; j < sizeof(sizes) / sizeof(sizes[0]); j++) {
			int fd = fresh();
			char *at = at_the_end(end, v, sizes[j], sizes[j]);

			if (sizes[j] > v->size) {
				end[-1] = 1;
				expect_refused(fd, call(fd, v, at), E2BIG);
				end[-1] = 0;
			}
			if (!EXPECT_OK(call(fd, v, at)))
				mbt_note("that was %s with size %u", v->name,
					 sizes[j]);
			close(fd);
		}
		/* Longer than any: refused, zeros or not. */
		{
			int fd = fresh();

			expect_refused(
				fd, call(fd, v, at_the_end(end, v, 4097, 4097)),
				E2BIG);
			close(fd);
		}
	}
}

/* -- Pointers to nothing that matters ------------------------------------------- */

TEST(where_there_are_no_bytes_the_pointer_to_them_is_not_looked_at,
     "ANY:EFAULT")
{
	/* Not mapped, not canonical, the kernel's half, the last address. */
	static const __u64 wild[] = {
		0, 8, 1ULL << 47, 0xdeadULL << 48, 0xffff888000000000ULL, ~0ULL
	};
	static char big[65536];
	int fd = box_new();
	struct mbox_recv r = { 0 };
	size_t i;

	for (i = 0; i < sizeof(wild) / sizeof(wild[0]); i++) {
		struct mbox_send s = { .size = sizeof(s), .data = wild[i] };
		int room;

		/* An empty message, in and out, with room and without. */
		for (room = 0; room < 100; room += 99) {
			EXPECT_OK(box_ioctl(fd, MBOX_IOC_SEND, &s));
			EXPECT_OK(do_recv(fd, &r, NULL, room,
					  .flags = MBOX_NOWAIT,
					  .data = wild[i]));
			EXPECT_EQ(r.msg_len, 0);
		}
		/* All of it is cut off, of a short and of a long one. */
		put(fd, "short");
		EXPECT_OK(do_recv(fd, &r, NULL, 0, .data = wild[i],
				  .flags = MBOX_NOWAIT | MBOX_TRUNCATE));
		EXPECT_EQ(r.msg_len, 5);
		ASSERT_OK(do_send(fd, big, sizeof(big)));
		EXPECT_OK(do_recv(fd, &r, NULL, 0, .data = wild[i],
				  .flags = MBOX_NOWAIT | MBOX_TRUNCATE));
		EXPECT_EQ(r.msg_len, sizeof(big));
		/* One byte is looked for. */
		s.len = 1;
		expect_refused(fd, box_ioctl(fd, MBOX_IOC_SEND, &s), EFAULT);
		put(fd, "x");
		expect_refused(fd,
			       do_recv(fd, &r, NULL, 1, .flags = MBOX_NOWAIT,
				       .data = wild[i]),
			       EFAULT);
		expect_next(fd, "x");
	}
	EXPECT_EQ(stat_of(fd).messages, 0);
}

/* Whatever a verb writes must be its own fields, never stale kernel memory. */
TEST(unused_bytes_of_names_are_zero, "C36.4")
{
	static const char zero[MBOX_NAME_SIZE];
	struct mbox_list_entry e[4];
	struct mbox_list l = { .size = sizeof(l),
			       .entries = PTR(e),
			       .count = 4,
			       .entry_size = sizeof(e[0]) };
	struct mbox_stat st;
	int fd = box_named("victim");
	unsigned int i;

	st = stat_of(fd);
	EXPECT_STR(st.name, "victim");
	EXPECT_MEM(st.name + 7, zero, sizeof(st.name) - 7);
	st = stat_of(box_new());
	EXPECT_MEM(st.name, zero, sizeof(st.name));
	memset(e, 0xff, sizeof(e));
	ASSERT_OK(box_ioctl(fd, MBOX_IOC_LIST, &l));
	ASSERT_EQ(l.count, 2);
	for (i = 0; i < l.count; i++) {
		size_t len = strlen(e[i].name);

		EXPECT_MEM(e[i].name + len, zero, sizeof(e[i].name) - len);
	}
}

TEST(entries_of_another_size_are_handled, "C34.4 ANY:EINVAL ANY:E2BIG")
{
	struct wide {
		struct mbox_list_entry e;
		__u64 more[2];
	} wide[4];
	struct mbox_list l = { .size = sizeof(l),
			       .entries = PTR(wide),
			       .count = 4 };
	int fd = box_named("victim");

	put(fd, "message");
	memset(wide, 0xff, sizeof(wide));
	l.entry_size = sizeof(struct wide);
	ASSERT_OK(box_ioctl(fd, MBOX_IOC_LIST, &l));
	ASSERT_EQ(l.count, 2);
	EXPECT_STR(wide[0].e.name, "default");
	EXPECT_STR(wide[1].e.name, "victim");
	EXPECT_EQ(wide[1].e.messages, 1);
	l = (struct mbox_list){ .size = sizeof(l),
				.entries = PTR(wide),
				.count = 4,
				.entry_size = 8 };
	expect_refused(fd, box_ioctl(fd, MBOX_IOC_LIST, &l), EINVAL);
	l.entry_size = 0;
	expect_refused(fd, box_ioctl(fd, MBOX_IOC_LIST, &l), EINVAL);
}

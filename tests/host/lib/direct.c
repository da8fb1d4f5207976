// SPDX-License-Identifier: GPL-2.0-only
/*
 * Process to process in libmbox over a fake kernel: what SEND_TO, RECV_FROM,
 * ENDPOINT and LINKS are asked, and what the program hears of their answers.
 *
 * Locking: none.  Run by the host tier.
 */
#include "fake.h"

/* What the structure of the call pointed to, while it was there. */
static struct mbox_send sent;
static struct mbox_recv asked;

static void look_at_send(void *arg)
{
	const struct mbox_direct *d = arg;

	memcpy(&sent, (void *)(uintptr_t)d->args, sizeof(sent));
}

static void one_message(void *arg)
{
	const struct mbox_direct *d = arg;
	struct mbox_recv *r = (void *)(uintptr_t)d->args;

	asked = *r;
	r->id = 1;
	r->tag = 2;
	r->msg_len = 9;
	r->pid = 3;
	r->tid = 4;
	r->uid = 5;
	r->gid = 6;
}

static void send_to_passes_process_and_message_and_nothing_else(void **state)
{
	const char data[] = "bytes";
	const struct mbox_send expected = { .size = sizeof(expected),
					    .data = (uintptr_t)data,
					    .len = 5 };
	const struct mbox_direct *d = &fake.call[0].direct;

	(void)state;
	fake.answer = look_at_send;
	assert_int_equal(mbox_send_to(mb, 77, data, 5), 0);
	assert_int_equal(fake_only_call(MBOX_IOC_SEND_TO)->fd, FAKE_HANDLE);
	assert_int_equal(d->pid, 77);
	assert_int_equal(d->flags, 0);
	assert_int_equal(d->__reserved, 0);
	assert_memory_equal(&sent, &expected, sizeof(expected));
}

static void
send_to_with_parts_the_flag_of_the_link_from_the_others(void **state)
{
	const struct mbox_send_options options = {
		.tag = UINT64_C(0xfedcba9876543210),
		.deadline = UINT64_MAX,
		.priority = 0xffffffff,
		.flags = 0xffffffff,
	};

	(void)state;
	fake.answer = look_at_send;
	assert_int_equal(mbox_send_to_with(mb, -1, "x", 1, &options), 0);
	assert_int_equal(fake.call[0].direct.flags, MBOX_ONEWAY);
	assert_int_equal(fake.call[0].direct.pid, -1);
	assert_int_equal(sent.flags, ~(uint32_t)MBOX_ONEWAY);
	assert_int_equal(sent.tag, options.tag);
	assert_int_equal(sent.deadline, options.deadline);
	assert_int_equal(sent.priority, options.priority);
}

static void recv_from_passes_process_and_room_and_tells_all(void **state)
{
	static const struct mbox_message expected = { .id = 1,
						      .tag = 2,
						      .len = 9,
						      .pid = 3,
						      .tid = 4,
						      .uid = 5,
						      .gid = 6 };
	const struct mbox_recv_options options = {
		.deadline = 8,
		.flags = MBOX_TRUNCATE,
		.select = MBOX_SELECT_TAG,
		.select_value = 2,
	};
	struct mbox_message message;
	char buf[4];

	(void)state;
	memset(&message, 0x55, sizeof(message));
	fake.answer = one_message;
	assert_int_equal(mbox_recv_from_with(mb, 77, buf, sizeof(buf), &options,
					     &message),
			 4);
	assert_int_equal(fake_only_call(MBOX_IOC_RECV_FROM)->direct.pid, 77);
	assert_int_equal(fake.call[0].direct.flags, 0);
	assert_int_equal(asked.size, sizeof(asked));
	assert_int_equal(asked.data, (uintptr_t)buf);
	assert_int_equal(asked.len, 4);
	assert_int_equal(asked.deadline, 8);
	assert_int_equal(asked.flags, MBOX_TRUNCATE);
	assert_int_equal(asked.select, MBOX_SELECT_TAG);
	assert_int_equal(asked.select_value, 2);
	assert_memory_equal(&message, &expected, sizeof(message));
}

static void a_message_that_is_too_long_tells_its_length_alone(void **state)
{
	struct mbox_message untouched, message;

	(void)state;
	memset(&untouched, 0x55, sizeof(untouched));
	message = untouched;
	fake.answer = one_message;
	fake.ioctl_errno = EMSGSIZE;
	assert_fails(mbox_recv_from_with(mb, 0, NULL, 0, NULL, &message),
		     EMSGSIZE);
	assert_int_equal(message.len, 9);
	assert_int_equal(message.nfds, 0);
	message.len = untouched.len;
	message.nfds = untouched.nfds;
	assert_memory_equal(&message, &untouched, sizeof(message));
}

static void what_is_reserved_is_refused_before_the_kernel_is_asked(void **state)
{
	const struct mbox_send_options send = { .reserved = { 0, 1 } };
	const struct mbox_recv_options recv = { .reserved = { 1 } };

	(void)state;
	assert_fails(mbox_send_to_with(mb, 1, "x", 1, &send), EINVAL);
	assert_fails(mbox_recv_from_with(mb, 1, NULL, 0, &recv, NULL), EINVAL);
	assert_fails_null(mbox_endpoint(MBOX_SEND), EINVAL);
	assert_fails_null(mbox_links_open(-1), EINVAL);
	assert_int_equal(fake.calls, 0);
	assert_int_equal(fake.opens, 0);
}

static void no_handle_is_a_closed_descriptor(void **state)
{
	struct mbox_link link;

	(void)state;
	assert_fails(mbox_send_to(NULL, 1, "x", 1), EBADF);
	assert_fails(mbox_recv_from(NULL, 1, NULL, 0), EBADF);
	assert_fails(mbox_links_next(NULL, &link), EBADF);
	mbox_links_close(NULL);
}

static void endpoint_opens_asks_and_closes_the_device(void **state)
{
	struct mbox *own;

	(void)state;
	own = mbox_endpoint(MBOX_NONBLOCK);
	assert_non_null(own);
	assert_int_equal(fake_only_call(MBOX_IOC_ENDPOINT)->fd, FAKE_DEVICE);
	assert_int_equal(fake.call[0].endpoint.flags, MBOX_OPEN_NONBLOCK);
	assert_true(fake_was_closed(FAKE_DEVICE));
	assert_int_equal(mbox_fd(own), FAKE_HANDLE);
	mbox_close(own);
}

static void endpoint_tells_why_it_could_not(void **state)
{
	(void)state;
	fake.ioctl_errno = EDQUOT;
	assert_fails_null(mbox_endpoint(0), EDQUOT);
	assert_true(fake_was_closed(FAKE_DEVICE));
	fake_reset(NULL);
	fake.open_errno = ENOENT;
	assert_fails_null(mbox_endpoint(0), ENODEV);
	fake_reset(NULL);
	fake.no_memory = 1;
	assert_fails_null(mbox_endpoint(0), ENOMEM);
	assert_true(fake_was_closed(FAKE_DEVICE));
	assert_fails_null(mbox_links_open(0), ENOMEM);
}

/* Two pages: one of two links, and the end. */
static void two_links(void *arg)
{
	struct mbox_links *l = arg;
	struct mbox_link_entry *e = (void *)(uintptr_t)l->entries;

	if (l->after) {
		l->count = 0;
		return;
	}
	assert_true(l->count >= 2);
	e[0] = (struct mbox_link_entry){
		.id = 4, .pid = 1, .peer = 2, .sent = 3, .peer_sent = 4
	};
	e[1] = (struct mbox_link_entry){ .id = 9,
					 .pid = 1,
					 .flags = MBOX_LINK_MUTE };
	l->count = 2;
	l->after = 12;
}

static void a_walk_gives_each_link_and_ends(void **state)
{
	static const struct mbox_link first = {
		.id = 4, .sent = 3, .peer_sent = 4, .pid = 1, .peer = 2
	};
	struct mbox_link_listing *listing;
	struct mbox_link link;

	(void)state;
	fake.answer = two_links;
	listing = mbox_links_open(1);
	assert_non_null(listing);
	memset(&link, 0x55, sizeof(link));
	assert_int_equal(mbox_links_next(listing, &link), 1);
	assert_memory_equal(&link, &first, sizeof(link));
	assert_int_equal(mbox_links_next(listing, &link), 1);
	assert_int_equal(link.id, 9);
	assert_int_equal(link.flags, MBOX_LINK_MUTE);
	assert_int_equal(mbox_links_next(listing, &link), 0);
	assert_int_equal(mbox_links_next(listing, &link), 0);
	/* It went on where the kernel said, and asked no more after the end. */
	assert_int_equal(fake.calls, 2);
	assert_int_equal(fake.call[0].links.pid, 1);
	assert_int_equal(fake.call[1].links.after, 12);
	assert_fails(mbox_links_next(listing, NULL), EFAULT);
	errno = ERANGE;
	mbox_links_close(listing);
	assert_int_equal(errno, ERANGE);
	assert_true(fake_was_closed(FAKE_DEVICE));
}

static void a_walk_that_fails_stands_where_it_stood(void **state)
{
	struct mbox_link_listing *listing = mbox_links_open(0);
	struct mbox_link link;

	(void)state;
	assert_non_null(listing);
	fake.ioctl_errno = EFAULT;
	assert_fails(mbox_links_next(listing, &link), EFAULT);
	fake.ioctl_errno = 0;
	fake.answer = two_links;
	assert_int_equal(mbox_links_next(listing, &link), 1);
	assert_int_equal(link.id, 4);
	mbox_links_close(listing);
}

#define direct_test(name)                                       \
	cmocka_unit_test_setup_teardown(name, fake_make_handle, \
					fake_drop_handle)

int main(void)
{
	const struct CMUnitTest tests[] = {
		direct_test(
			send_to_passes_process_and_message_and_nothing_else),
		direct_test(
			send_to_with_parts_the_flag_of_the_link_from_the_others),
		direct_test(recv_from_passes_process_and_room_and_tells_all),
		direct_test(a_message_that_is_too_long_tells_its_length_alone),
		direct_test(
			what_is_reserved_is_refused_before_the_kernel_is_asked),
		fake_test(no_handle_is_a_closed_descriptor),
		fake_test(endpoint_opens_asks_and_closes_the_device),
		fake_test(endpoint_tells_why_it_could_not),
		fake_test(a_walk_gives_each_link_and_ends),
		fake_test(a_walk_that_fails_stands_where_it_stood),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Handles of libmbox over a fake kernel: what OPEN, COPY, UNLINK, DESTROY and
 * INFO are asked, and what becomes of memory and descriptors when they fail.
 *
 * Locking: none.  Run by the host tier.
 */
#include <fcntl.h>

#include "fake.h"

static void create_passes_every_argument(void **state)
{
	const struct mbox_attr attr = {
		.capacity = MBOX_UNBOUNDED,
		.flags = MBOX_PERSISTENT | MBOX_FIXED | MBOX_TIMES,
		.max_messages = 1,
		.max_bytes = UINT64_C(0x123456789abcdef0),
		.max_size = 3,
		.policy = MBOX_POLICY_DROP_OLDEST,
	};
	const struct mbox_open *open;
	struct mbox *mb;

	(void)state;
	mb = mbox_create("a.name", MBOX_SEND | MBOX_ADMIN | MBOX_EXCL, 0640,
			 &attr);
	assert_non_null(mb);
	assert_int_equal(mbox_fd(mb), FAKE_HANDLE);
	open = &fake_only_call(MBOX_IOC_OPEN)->open;
	assert_int_equal(fake.call[0].fd, FAKE_DEVICE);
	assert_int_equal(open->flags, MBOX_OPEN_CREATE | MBOX_OPEN_EXCL);
	assert_string_equal(fake.name, "a.name");
	assert_int_equal(open->name_len, 6);
	assert_int_equal(open->rights, MBOX_RIGHT_SEND | MBOX_RIGHT_ADMIN);
	assert_int_equal(open->uid, 0);
	assert_int_equal(open->mode, 0640);
	assert_int_equal(open->lifetime, MBOX_LIFETIME_PERSISTENT);
	assert_int_equal(open->capacity, MBOX_CAPACITY_UNBOUNDED);
	assert_int_equal(open->attrs, MBOX_ATTR_FIXED | MBOX_ATTR_TIMES);
	assert_int_equal(open->max_messages, 1);
	assert_int_equal(open->max_bytes, UINT64_C(0x123456789abcdef0));
	assert_int_equal(open->max_size, 3);
	assert_int_equal(open->policy, MBOX_POLICY_DROP_OLDEST);
	mbox_close(mb);
}

static void
create_without_name_or_attributes_asks_for_the_defaults(void **state)
{
	struct mbox_open expected = {
		.size = sizeof(expected),
		.flags = MBOX_OPEN_CREATE,
		.rights = MBOX_RIGHT_RECV,
	};
	struct mbox *mb;

	(void)state;
	mb = mbox_create(NULL, MBOX_RECV, 0, NULL);
	assert_non_null(mb);
	assert_memory_equal(&fake_only_call(MBOX_IOC_OPEN)->open, &expected,
			    sizeof(expected));
	mbox_close(mb);
}

static void each_attribute_flag_goes_to_its_own_place(void **state)
{
	static const struct {
		uint32_t flag, lifetime, attrs;
	} cases[] = {
		{ 0, MBOX_LIFETIME_DESCRIPTOR, 0 },
		{ MBOX_PERSISTENT, MBOX_LIFETIME_PERSISTENT, 0 },
		{ MBOX_OWNER, MBOX_LIFETIME_OWNER, 0 },
		{ MBOX_FIXED, MBOX_LIFETIME_DESCRIPTOR, MBOX_ATTR_FIXED },
		{ MBOX_TIMES, MBOX_LIFETIME_DESCRIPTOR, MBOX_ATTR_TIMES },
		{ MBOX_FDS, MBOX_LIFETIME_DESCRIPTOR, MBOX_ATTR_FDS },
		{ MBOX_BROADCAST, MBOX_LIFETIME_DESCRIPTOR,
		  MBOX_ATTR_BROADCAST },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct mbox_attr attr = { .flags = cases[i].flag };
		struct mbox *mb;

		fake_reset(state);
		mb = mbox_create("x", 0, 0, &attr);
		assert_non_null(mb);
		assert_int_equal(fake.call[0].open.lifetime, cases[i].lifetime);
		assert_int_equal(fake.call[0].open.attrs, cases[i].attrs);
		mbox_close(mb);
	}
}

static void each_open_flag_goes_to_its_own_place(void **state)
{
	static const struct {
		unsigned int flag, flags, rights;
	} cases[] = {
		{ 0, 0, 0 },
		{ MBOX_SEND, 0, MBOX_RIGHT_SEND },
		{ MBOX_RECV, 0, MBOX_RIGHT_RECV },
		{ MBOX_ADMIN, 0, MBOX_RIGHT_ADMIN },
		{ MBOX_NONBLOCK, MBOX_OPEN_NONBLOCK, 0 },
		{ MBOX_HANGUP, MBOX_OPEN_HANGUP, 0 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct mbox_open *open = &fake.call[0].open;
		struct mbox *mb;

		fake_reset(state);
		mb = mbox_open("x", cases[i].flag);
		assert_non_null(mb);
		assert_int_equal(open->flags, cases[i].flags);
		assert_int_equal(open->rights, cases[i].rights);
		mbox_close(mb);

		fake_reset(state);
		mb = mbox_open_owned("x", cases[i].flag, 7);
		assert_non_null(mb);
		assert_int_equal(open->flags, cases[i].flags | MBOX_OPEN_OWNED);
		assert_int_equal(open->rights, cases[i].rights);
		assert_int_equal(open->uid, 7);
		mbox_close(mb);
	}
}

static void unknown_flags_are_refused_before_the_kernel_is_asked(void **state)
{
	static const struct mbox_attr bad_flag = { .flags = 0x40 };
	static const struct mbox_attr both = { .flags = MBOX_PERSISTENT |
							MBOX_OWNER };
	static const struct mbox_attr bad_reserved = { .reserved = { 0, 0, 0,
								     1 } };
	struct mbox *mb = fake_handle();

	(void)state;
	assert_fails_null(mbox_create("x", 0x80, 0, NULL), EINVAL);
	assert_fails_null(mbox_create("x", 0x8, 0, NULL), EINVAL);
	assert_fails_null(mbox_create("x", 0x80000000, 0, NULL), EINVAL);
	assert_fails_null(mbox_create("x", 0, 0, &bad_flag), EINVAL);
	assert_fails_null(mbox_create("x", 0, 0, &bad_reserved), EINVAL);
	assert_fails_null(mbox_create("x", 0, 0, &both), EINVAL);
	assert_fails_null(mbox_open("x", MBOX_EXCL), EINVAL);
	assert_fails_null(mbox_open("x", 0x80), EINVAL);
	assert_fails_null(mbox_open_owned("x", MBOX_EXCL, 0), EINVAL);
	assert_fails_null(mbox_copy(mb, MBOX_EXCL), EINVAL);
	assert_fails_null(mbox_copy(mb, MBOX_HANGUP), EINVAL);
	assert_int_equal(fake.opens, 0);
	assert_int_equal(fake.calls, 0);
	mbox_close(mb);
}

static void each_call_opens_the_device_and_closes_it_again(void **state)
{
	struct mbox *mb;

	(void)state;
	mb = mbox_open("x", MBOX_SEND);
	assert_non_null(mb);
	assert_int_equal(fake.opens, 1);
	assert_string_equal(fake.open_path, "/dev/mbox");
	assert_int_equal(fake.open_flags, O_RDWR | O_CLOEXEC);
	assert_int_equal(fake.closes, 1);
	assert_true(fake_was_closed(FAKE_DEVICE));
	mbox_close(mb);
	assert_true(fake_was_closed(FAKE_HANDLE));
	assert_int_equal(fake.closes, 2);
}

static void a_missing_device_is_ENODEV_and_nothing_else_is(void **state)
{
	static const struct {
		int from, to;
	} cases[] = {
		{ ENOENT, ENODEV }, { ENXIO, ENODEV },	{ ENODEV, ENODEV },
		{ EACCES, EACCES }, { EMFILE, EMFILE }, { ENOMEM, ENOMEM },
	};
	struct mbox_limits limits;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		int expected = cases[i].to;

		fake.open_errno = cases[i].from;
		assert_fails_null(mbox_create(NULL, 0, 0, NULL), expected);
		assert_fails_null(mbox_open("x", 0), expected);
		assert_fails_null(mbox_open_owned("x", 0, 0), expected);
		assert_fails_null(mbox_list_open(), expected);
		assert_fails(mbox_limits(&limits), expected);
	}
	assert_int_equal(fake.calls, 0);
	assert_int_equal(fake.closes, 0);
}

static void errors_of_OPEN_come_through_and_leave_nothing_open(void **state)
{
	static const int errors[] = { ENOENT, EEXIST, EACCES, EPERM,
				      EDQUOT, ENXIO,  ENOTTY, E2BIG };

	for (size_t i = 0; i < sizeof(errors) / sizeof(*errors); i++) {
		fake_reset(state);
		fake.ioctl_errno = errors[i];
		assert_fails_null(mbox_create("x", 0, 0, NULL), errors[i]);
		assert_fails_null(mbox_open("x", 0), errors[i]);
		assert_fails_null(mbox_open_owned("x", 0, 0), errors[i]);
		assert_int_equal(fake.opens, 3);
		assert_int_equal(fake.closes, 3);
	}
}

static void without_memory_the_kernel_is_not_asked(void **state)
{
	struct mbox *mb = fake_handle();

	(void)state;
	fake.no_memory = 1;
	assert_fails_null(mbox_create("x", 0, 0, NULL), ENOMEM);
	assert_fails_null(mbox_open("x", 0), ENOMEM);
	assert_fails_null(mbox_open_owned("x", 0, 0), ENOMEM);
	assert_fails_null(mbox_copy(mb, 0), ENOMEM);
	assert_fails_null(mbox_list_open(), ENOMEM);
	fake.no_memory = 0;
	assert_int_equal(fake.calls, 0);
	assert_int_equal(fake.opens, fake.closes);
	mbox_close(mb);
}

static void names_reach_the_kernel_as_they_are(void **state)
{
	char longest[300];
	struct mbox *mb;

	memset(longest, 'n', sizeof(longest));
	longest[sizeof(longest) - 1] = '\0';

	/* Far too long: one byte too many is told, and no more. */
	mb = mbox_open(longest, 0);
	assert_non_null(mb);
	assert_int_equal(fake.call[0].open.name_len, MBOX_NAME_MAX + 1);
	mbox_close(mb);

	fake_reset(state);
	longest[MBOX_NAME_MAX] = '\0';
	mb = mbox_open(longest, 0);
	assert_non_null(mb);
	assert_int_equal(fake.call[0].open.name_len, MBOX_NAME_MAX);
	mbox_close(mb);

	/* Empty is a name, though a bad one; NULL is none. */
	fake_reset(state);
	mb = mbox_open("", 0);
	assert_non_null(mb);
	assert_int_not_equal(fake.call[0].open.name, 0);
	assert_int_equal(fake.call[0].open.name_len, 0);
	mbox_close(mb);

	fake_reset(state);
	mb = mbox_open(NULL, 0);
	assert_non_null(mb);
	assert_int_equal(fake.call[0].open.name, 0);
	assert_int_equal(fake.call[0].open.name_len, 0);
	mbox_close(mb);
}

static void copy_passes_rights_and_flags(void **state)
{
	struct mbox *mb = fake_handle();
	const struct fake_call *call;
	struct mbox *copy;

	(void)state;
	copy = mbox_copy(mb, MBOX_SEND | MBOX_NONBLOCK);
	assert_non_null(copy);
	call = fake_only_call(MBOX_IOC_COPY);
	assert_int_equal(call->fd, FAKE_HANDLE);
	assert_int_equal(call->copy.flags, MBOX_OPEN_NONBLOCK);
	assert_int_equal(call->copy.rights, MBOX_RIGHT_SEND);
	assert_int_equal(call->copy.__reserved, 0);
	assert_int_equal(fake.opens, 0);
	mbox_close(copy);

	fake_reset(state);
	fake.ioctl_errno = EACCES;
	assert_fails_null(mbox_copy(mb, MBOX_ADMIN), EACCES);
	assert_fails_null(mbox_copy(NULL, 0), EBADF);
	mbox_close(mb);
}

static void say_abi(void *arg)
{
	((struct mbox_info *)arg)->abi = MBOX_ABI;
}

static void adopt_takes_a_descriptor_of_the_device(void **state)
{
	struct mbox *mb;

	(void)state;
	fake.answer = say_abi;
	mb = mbox_adopt(FAKE_HANDLE);
	assert_non_null(mb);
	assert_int_equal(fake_only_call(MBOX_IOC_INFO)->fd, FAKE_HANDLE);
	assert_int_equal(mbox_fd(mb), FAKE_HANDLE);
	assert_int_equal(fake.closes, 0);
	mbox_close(mb);
	assert_true(fake_was_closed(FAKE_HANDLE));
}

static void adopt_refuses_what_is_not_a_handle(void **state)
{
	static const int foreign[] = { ENOTTY, EINVAL, EOPNOTSUPP, EFAULT };

	(void)state;
	assert_fails_null(mbox_adopt(-1), EBADF);
	for (size_t i = 0; i < sizeof(foreign) / sizeof(*foreign); i++) {
		fake.ioctl_errno = foreign[i];
		assert_fails_null(mbox_adopt(FAKE_HANDLE), ENOTTY);
	}
	fake.ioctl_errno = EBADF;
	assert_fails_null(mbox_adopt(FAKE_HANDLE), EBADF);

	/* A foreign device that knows the number and answers something. */
	fake.ioctl_errno = 0;
	assert_fails_null(mbox_adopt(FAKE_HANDLE), ENOTTY);
	fake.ioctl_result = 5;
	fake.answer = say_abi;
	assert_fails_null(mbox_adopt(FAKE_HANDLE), ENOTTY);
	fake.ioctl_result = 0;
	fake.no_memory = 1;
	assert_fails_null(mbox_adopt(FAKE_HANDLE), ENOMEM);
	fake.no_memory = 0;
	/* The descriptor stays the caller's. */
	assert_int_equal(fake.closes, 0);
}

static void unlink_and_destroy_ask_for_just_that(void **state)
{
	struct mbox *mb = fake_handle();

	assert_int_equal(mbox_unlink(mb), 0);
	assert_int_equal(fake_only_call(MBOX_IOC_UNLINK)->fd, FAKE_HANDLE);
	assert_int_equal(fake.call[0].remove.flags, 0);

	fake_reset(state);
	assert_int_equal(mbox_destroy(mb), 0);
	assert_int_equal(fake_only_call(MBOX_IOC_DESTROY)->fd, FAKE_HANDLE);
	assert_int_equal(fake.call[0].remove.flags, 0);

	fake.ioctl_errno = EPERM;
	assert_fails(mbox_unlink(mb), EPERM);
	assert_fails(mbox_destroy(mb), EPERM);
	assert_fails(mbox_unlink(NULL), EBADF);
	assert_fails(mbox_destroy(NULL), EBADF);
	/* The handle still stands. */
	assert_int_equal(fake.closes, 0);
	mbox_close(mb);
}

static void close_takes_NULL_and_leaves_errno_alone(void **state)
{
	struct mbox *mb = fake_handle();

	(void)state;
	errno = 4711;
	mbox_close(NULL);
	assert_int_equal(errno, 4711);
	assert_int_equal(fake.closes, 0);
	mbox_close(mb);
	assert_int_equal(errno, 4711);
	assert_true(fake_was_closed(FAKE_HANDLE));
	assert_fails(mbox_fd(NULL), EBADF);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		fake_test(create_passes_every_argument),
		fake_test(
			create_without_name_or_attributes_asks_for_the_defaults),
		fake_test(each_attribute_flag_goes_to_its_own_place),
		fake_test(each_open_flag_goes_to_its_own_place),
		fake_test(unknown_flags_are_refused_before_the_kernel_is_asked),
		fake_test(each_call_opens_the_device_and_closes_it_again),
		fake_test(a_missing_device_is_ENODEV_and_nothing_else_is),
		fake_test(errors_of_OPEN_come_through_and_leave_nothing_open),
		fake_test(without_memory_the_kernel_is_not_asked),
		fake_test(names_reach_the_kernel_as_they_are),
		fake_test(copy_passes_rights_and_flags),
		fake_test(adopt_takes_a_descriptor_of_the_device),
		fake_test(adopt_refuses_what_is_not_a_handle),
		fake_test(unlink_and_destroy_ask_for_just_that),
		fake_test(close_takes_NULL_and_leaves_errno_alone),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

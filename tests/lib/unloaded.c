// SPDX-License-Identifier: GPL-2.0-only
/*
 * libmbox where the module is not loaded, or where /dev/mbox is not the
 * module's: the error says so, and never looks like a missing mailbox.
 *
 * opts: module=none
 *
 * Locking: none.  Run by the vm tier.
 */
#include "lib.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

/* A node with this major belongs to nobody. */
#define DEAD_MAJOR 240

static void expect_all_fail(int err)
{
	struct mbox_limits limits, untouched;

	memset(&untouched, 0x55, sizeof(untouched));
	limits = untouched;
	EXPECT_NULL(mbox_create(NULL, ALL, 0, NULL), err);
	EXPECT_NULL(mbox_create("x", ALL, 0600, NULL), err);
	EXPECT_NULL(mbox_open("x", MBOX_SEND), err);
	EXPECT_NULL(mbox_open("default", 0), err);
	EXPECT_NULL(mbox_open_owned("x", MBOX_SEND, 0), err);
	EXPECT_ERRNO(mbox_limits(&limits), err);
	EXPECT_MEM(&limits, &untouched, sizeof(limits));
}

TEST(without_the_module_it_is_ENODEV, "")
{
	ASSERT_ERRNO(access("/dev/mbox", F_OK), ENOENT);
	expect_all_fail(ENODEV);
	EXPECT_NULL(mbox_list_open(), ENODEV);
	EXPECT_TRUE(strstr(mbox_explain("open", ENODEV), "not loaded"));
}

TEST(bad_arguments_are_told_even_without_the_module, "")
{
	struct mbox_attr attr = { .flags = 0x100 };

	EXPECT_NULL(mbox_create("x", 0x100, 0600, NULL), EINVAL);
	EXPECT_NULL(mbox_create("x", ALL, 0600, &attr), EINVAL);
	EXPECT_NULL(mbox_open("x", MBOX_EXCL), EINVAL);
	EXPECT_ERRNO(mbox_limits(NULL), EFAULT);
	EXPECT_NULL(mbox_adopt(0), ENOTTY);
	EXPECT_NULL(mbox_adopt(-1), EBADF);
}

TEST(a_node_left_behind_is_ENODEV_too, "")
{
	ASSERT_OK(mknod("/dev/mbox", S_IFCHR | 0666, makedev(DEAD_MAJOR, 7)));
	expect_all_fail(ENODEV);
	EXPECT_NULL(mbox_list_open(), ENODEV);
	ASSERT_OK(unlink("/dev/mbox"));
}

TEST(a_file_in_its_place_is_ENOTTY, "")
{
	struct mbox_listing *listing;
	struct mbox_name_entry entry;
	int fd = ASSERT_OK(open("/dev/mbox", O_CREAT | O_RDWR, 0666));

	ASSERT_OK(close(fd));
	expect_all_fail(ENOTTY);
	listing = ASSERT_PTR(mbox_list_open());
	EXPECT_ERRNO(mbox_list_next(listing, &entry), ENOTTY);
	mbox_list_close(listing);
	ASSERT_OK(unlink("/dev/mbox"));
	EXPECT_TRUE(strstr(mbox_explain("open", ENOTTY), "something else"));
}

/*
 * The harness calls this after each test; here it must leave the device as the
 * next test expects it, also when a test failed.
 */
void mbt_before_each(void)
{
	unlink("/dev/mbox");
}

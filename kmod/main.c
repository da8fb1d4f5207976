// SPDX-License-Identifier: GPL-2.0-only
/*
 * mbox.ko: the mailbox of the operating-systems textbook.
 *
 * This file is the order in which the parts come up and go down: leaves
 * first, the device last, so that users find everything in place.  Where to
 * read on: box.h (what a mailbox is), wait.h (how it sleeps and wakes).
 */
#include <linux/module.h>

#include "box.h"
#include "chardev.h"
#include "delay.h"
#include "handle.h"
#include "limits.h"
#include "msg.h"
#include "table.h"

static int __init mbx_init(void)
{
	int err;

	err = mbx_limits_init();
	if (err)
		return err;
	err = mbx_msg_init();
	if (err)
		goto err_limits;
	err = mbx_box_init();
	if (err)
		goto err_msg;
	err = mbx_handle_init();
	if (err)
		goto err_box;
	err = mbx_table_init();
	if (err)
		goto err_handle;
	mbx_delay_init();
	err = mbx_chardev_init();
	if (err)
		goto err_delay;
	return 0;

err_delay:
	mbx_delay_exit();
	mbx_table_exit();
err_handle:
	mbx_handle_exit();
err_box:
	mbx_box_exit();
err_msg:
	mbx_msg_exit();
err_limits:
	mbx_limits_exit();
	return err;
}

static void __exit mbx_exit(void)
{
	mbx_chardev_exit();
	mbx_delay_exit();
	mbx_table_exit();
	mbx_handle_exit();
	mbx_box_exit();
	mbx_msg_exit();
	mbx_limits_exit();
}

module_init(mbx_init);
module_exit(mbx_exit);

MODULE_DESCRIPTION("Mailboxes: message passing through /dev/mbox");
MODULE_LICENSE("GPL");

// SPDX-License-Identifier: GPL-2.0-only
/*
 * mbox.ko: the mailbox of the operating-systems textbook.
 *
 * This file is the order in which the parts come up and go down: leaves
 * first, the device last, so that users find everything in place.  Where to
 * read on: box.h (what a mailbox is), wait.h (how it sleeps and wakes).
 *
 * Locking: none; nobody is there yet, or any more.
 */
#include <linux/kernel.h>
#include <linux/module.h>

#include "box.h"
#include "call.h"
#include "chardev.h"
#include "choose.h"
#include "delay.h"
#include "endpoint.h"
#include "fan.h"
#include "fds.h"
#include "graph.h"
#include "handle.h"
#include "limits.h"
#include "msg.h"
#include "proc.h"
#include "table.h"

/* Each part needs those before it. */
static const struct mbx_part {
	int (*init)(void);
	void (*exit)(void);
} mbx_parts[] = {
	{ mbx_limits_init, mbx_limits_exit },
	{ mbx_proc_init, mbx_proc_exit },
	{ mbx_files_init, mbx_files_exit },
	{ mbx_msg_init, mbx_msg_exit },
	{ mbx_box_init, mbx_box_exit },
	{ mbx_fan_init, mbx_fan_exit },
	{ mbx_handle_init, mbx_handle_exit },
	{ mbx_choose_init, mbx_choose_exit },
	{ mbx_graph_init, mbx_graph_exit },
	{ mbx_server_init, mbx_server_exit },
	{ mbx_table_init, mbx_table_exit },
	{ mbx_endpoint_init, mbx_endpoint_exit },
	{ mbx_delay_init, mbx_delay_exit },
	{ mbx_chardev_init, mbx_chardev_exit },
};

/* Take down the first @n parts. */
static void mbx_go_down(unsigned int n)
{
	while (n--)
		mbx_parts[n].exit();
}

static int __init mbx_init(void)
{
	unsigned int n;
	int err;

	for (n = 0; n < ARRAY_SIZE(mbx_parts); n++) {
		err = mbx_parts[n].init();
		if (err) {
			mbx_go_down(n);
			return err;
		}
	}
	return 0;
}

static void __exit mbx_exit(void)
{
	mbx_go_down(ARRAY_SIZE(mbx_parts));
}

module_init(mbx_init);
module_exit(mbx_exit);

MODULE_DESCRIPTION("Mailboxes: message passing through /dev/mbox");
MODULE_LICENSE("GPL");

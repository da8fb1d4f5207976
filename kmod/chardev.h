/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * /dev/mbox: the file operations all our files share.
 */
#ifndef MBX_CHARDEV_H
#define MBX_CHARDEV_H

#include <linux/fs.h>

extern const struct file_operations mbx_fops;

int mbx_chardev_init(void);
void mbx_chardev_exit(void);

#endif /* MBX_CHARDEV_H */

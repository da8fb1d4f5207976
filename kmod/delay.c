// SPDX-License-Identifier: GPL-2.0-only
/*
 * Delay points, test build only: /sys/kernel/debug/mbox/delay.
 *
 * Writing "POINT" arms a point: the next task that reaches it stops there.
 * Writing "-POINT" lets it go on, or disarms.  Reading gives one line a
 * point: its name, "armed" or "idle", and how many tasks are stopped there.
 *
 * Locking: mbx_delay_lock guards every field of every point.
 * Called by: mbx_delay() and debugfs.
 */
#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/wait.h>

#include "delay.h"

/**
 * struct mbx_delay_state - one point
 * @name: as tests write it (immutable)
 * @armed: the next task stops (protected by mbx_delay_lock)
 * @hold: whoever stopped stays (protected by mbx_delay_lock)
 * @stopped: tasks that are stopped (protected by mbx_delay_lock)
 */
struct mbx_delay_state {
	const char *name;
	bool armed;
	bool hold;
	unsigned int stopped;
};

static struct mbx_delay_state mbx_delays[MBX_DELAY_POINTS] = {
	[MBX_DELAY_BEFORE_LOCK_SEND] = { .name = "before-lock-send" },
	[MBX_DELAY_BEFORE_SLEEP] = { .name = "before-sleep" },
	[MBX_DELAY_AFTER_SLEEP] = { .name = "after-sleep" },
	[MBX_DELAY_BEFORE_WAKE] = { .name = "before-wake" },
	[MBX_DELAY_BEFORE_SIGNAL] = { .name = "before-signal" },
	[MBX_DELAY_WHILE_COPYING] = { .name = "while-copying" },
	[MBX_DELAY_WHILE_PEEKING] = { .name = "while-peeking" },
	[MBX_DELAY_BEFORE_SERVING] = { .name = "before-serving" },
	[MBX_DELAY_WHILE_SERVING] = { .name = "while-serving" },
	[MBX_DELAY_BEFORE_REPLY] = { .name = "before-reply" },
	[MBX_DELAY_WHILE_ENDING] = { .name = "while-ending" },
	[MBX_DELAY_WHILE_SEARCHING] = { .name = "while-searching" },
	[MBX_DELAY_BEFORE_PUBLISH] = { .name = "before-publish" },
	[MBX_DELAY_BEFORE_ATTACH] = { .name = "before-attach" },
	[MBX_DELAY_BEFORE_END] = { .name = "before-end" },
};

DEFINE_STATIC_KEY_FALSE(mbx_delay_armed);
static DEFINE_SPINLOCK(mbx_delay_lock);
static DECLARE_WAIT_QUEUE_HEAD(mbx_delay_wait);
static struct dentry *mbx_delay_dir;

/**
 * mbx_delay_stop() - the slow half of mbx_delay()
 * @point: which one
 *
 * Context: Sleeps until the point is released or the task is killed.
 */
void mbx_delay_stop(enum mbx_delay_point point)
{
	struct mbx_delay_state *d = &mbx_delays[point];
	bool stop;

	spin_lock(&mbx_delay_lock);
	stop = d->armed;
	d->armed = false;
	d->stopped += stop;
	spin_unlock(&mbx_delay_lock);
	if (!stop)
		return;
	wait_event_killable(mbx_delay_wait, !READ_ONCE(d->hold));
	spin_lock(&mbx_delay_lock);
	d->stopped--;
	spin_unlock(&mbx_delay_lock);
}

static ssize_t mbx_delay_write(struct file *file, const char __user *ubuf,
			       size_t count, loff_t *ppos)
{
	char buf[32];
	char *name;
	bool arm;
	int i;

	if (count >= sizeof(buf))
		return -EINVAL;
	if (copy_from_user(buf, ubuf, count))
		return -EFAULT;
	buf[count] = '\0';
	name = strim(buf);
	arm = *name != '-';
	if (!arm)
		name++;

	for (i = 0; i < MBX_DELAY_POINTS; i++)
		if (!strcmp(name, mbx_delays[i].name))
			break;
	if (i == MBX_DELAY_POINTS)
		return -EINVAL;

	/* Stays on until unload: a point that is not armed does nothing. */
	static_branch_enable(&mbx_delay_armed);
	spin_lock(&mbx_delay_lock);
	mbx_delays[i].armed = arm;
	WRITE_ONCE(mbx_delays[i].hold, arm);
	spin_unlock(&mbx_delay_lock);
	wake_up_all(&mbx_delay_wait);
	return count;
}

static int mbx_delay_show(struct seq_file *m, void *unused)
{
	int i;

	spin_lock(&mbx_delay_lock);
	for (i = 0; i < MBX_DELAY_POINTS; i++)
		seq_printf(m, "%s %s %u\n", mbx_delays[i].name,
			   mbx_delays[i].armed ? "armed" : "idle",
			   mbx_delays[i].stopped);
	spin_unlock(&mbx_delay_lock);
	return 0;
}

static int mbx_delay_open(struct inode *inode, struct file *file)
{
	return single_open(file, mbx_delay_show, NULL);
}

static const struct file_operations mbx_delay_fops = {
	.owner = THIS_MODULE,
	.open = mbx_delay_open,
	.read = seq_read,
	.write = mbx_delay_write,
	.llseek = seq_lseek,
	.release = single_release,
};

/**
 * mbx_delay_init() - make the debugfs file
 *
 * A kernel without debugfs is no error: tests will say so.
 *
 * Return: 0.
 */
int mbx_delay_init(void)
{
	mbx_delay_dir = debugfs_create_dir("mbox", NULL);
	debugfs_create_file("delay", 0600, mbx_delay_dir, NULL,
			    &mbx_delay_fops);
	return 0;
}

/**
 * mbx_delay_exit() - remove it, and let go of whatever was stopped
 *
 * That can only be a work, which unload is going to wait for.
 */
void mbx_delay_exit(void)
{
	int i;

	debugfs_remove_recursive(mbx_delay_dir);
	spin_lock(&mbx_delay_lock);
	for (i = 0; i < MBX_DELAY_POINTS; i++) {
		mbx_delays[i].armed = false;
		WRITE_ONCE(mbx_delays[i].hold, false);
	}
	spin_unlock(&mbx_delay_lock);
	wake_up_all(&mbx_delay_wait);
}

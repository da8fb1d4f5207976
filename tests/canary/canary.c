// SPDX-License-Identifier: GPL-2.0-only
/*
 * canary.ko: one known bug for each detector of the strict and the race kernel.
 *
 * "insmod canary.ko bug=NAME" does what must not be done, once, and then fails
 * to load with ECANCELED, so that nothing has to be unloaded. A detector that
 * says nothing about its bug would say nothing about one of ours either.
 *
 * Locking: wrong, on purpose.
 * Called by: tests/canary/canary.sh, in the guest and nowhere else.
 */
#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/kthread.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/timer.h>
#include <linux/uaccess.h>

static char *bug = "";
module_param(bug, charp, 0);
MODULE_PARM_DESC(bug, "Which one");

/* The compiler must not see through any of these. */
static char *volatile object;
static volatile int number;

static void use_after_free(void)
{
	object = kmalloc(64, GFP_KERNEL);
	kfree(object);
	number = object[8];
}

static void out_of_bounds(void)
{
	object = kmalloc(40, GFP_KERNEL);
	object[40 + number] = 1;
	kfree(object);
}

static void double_free(void)
{
	object = kmalloc(64, GFP_KERNEL);
	kfree(object);
	kfree(object);
}

static DEFINE_MUTEX(first_lock);
static DEFINE_MUTEX(second_lock);

/* Two orders need not meet in two tasks to be seen. */
static void lock_inversion(void)
{
	mutex_lock(&first_lock);
	mutex_lock(&second_lock);
	mutex_unlock(&second_lock);
	mutex_unlock(&first_lock);
	mutex_lock(&second_lock);
	mutex_lock(&first_lock);
	mutex_unlock(&first_lock);
	mutex_unlock(&second_lock);
}

static DEFINE_SPINLOCK(spin);

static void sleep_under_spinlock(void)
{
	spin_lock(&spin);
	object = kmalloc(64, GFP_KERNEL);
	spin_unlock(&spin);
	kfree(object);
}

static void not_held(void)
{
	lockdep_assert_held(&spin);
}

static void no_rcu_lock(void)
{
	static char __rcu *pointer;

	object = rcu_dereference(pointer);
}

static void leak(void)
{
	int i;

	for (i = 0; i < 8; i++)
		object = kmalloc(96, GFP_KERNEL);
	object = NULL;
}

static void ring(struct timer_list *timer)
{
}

static void free_armed_timer(void)
{
	struct timer_list *timer = kmalloc(sizeof(*timer), GFP_KERNEL);

	timer_setup(timer, ring, 0);
	mod_timer(timer, jiffies + 3600 * HZ);
	kfree(timer);
}

static void list_twice(void)
{
	static LIST_HEAD(list);
	static struct list_head entry;

	list_add(&entry, &list);
	list_add(&entry, &list);
}

static void shift_too_far(void)
{
	number = 40;
	number = 1 << number;
	number = 0;
}

static void count_from_zero(void)
{
	refcount_t count = REFCOUNT_INIT(0);

	refcount_inc(&count);
}

/* More than the object has goes to user space: the kernel stops at once. */
static void copy_too_much(void)
{
	size_t size = 4096 + number;

	object = kmalloc(64, GFP_KERNEL);
	number = copy_to_user(NULL, object, size);
	kfree(object);
}

static int counter;

static int count_without_lock(void *stop_at)
{
	while (time_before(jiffies, (unsigned long)stop_at)) {
		counter++;
		/* Each time in memory, and not once at the end. */
		barrier();
	}
	return 0;
}

static void two_count(void)
{
	void *stop_at = (void *)(jiffies + 3 * HZ);
	struct task_struct *task[2];
	int i;

	for (i = 0; i < 2; i++) {
		task[i] = kthread_create(count_without_lock, stop_at, "canary");
		if (IS_ERR(task[i]))
			return;
		kthread_bind(task[i], i);
		get_task_struct(task[i]);
		wake_up_process(task[i]);
	}
	for (i = 0; i < 2; i++) {
		while (READ_ONCE(task[i]->__state) != TASK_DEAD)
			msleep(20);
		put_task_struct(task[i]);
	}
}

static const struct {
	const char *name;
	void (*commit)(void);
} bugs[] = {
	{ "use-after-free", use_after_free },
	{ "out-of-bounds", out_of_bounds },
	{ "double-free", double_free },
	{ "lock-inversion", lock_inversion },
	{ "sleep-under-spinlock", sleep_under_spinlock },
	{ "not-held", not_held },
	{ "no-rcu-lock", no_rcu_lock },
	{ "leak", leak },
	{ "free-armed-timer", free_armed_timer },
	{ "list-twice", list_twice },
	{ "shift-too-far", shift_too_far },
	{ "count-from-zero", count_from_zero },
	{ "copy-too-much", copy_too_much },
	{ "data-race", two_count },
};

static int __init canary_init(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bugs); i++) {
		if (strcmp(bugs[i].name, bug))
			continue;
		bugs[i].commit();
		return -ECANCELED;
	}
	return -EINVAL;
}

module_init(canary_init);

MODULE_DESCRIPTION("One known bug for each detector");
MODULE_LICENSE("GPL");

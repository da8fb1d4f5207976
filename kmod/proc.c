// SPDX-License-Identifier: GPL-2.0-only
/*
 * A process and its death: who wants to be told of it is told, once.
 *
 * Modules have no hook at the end of a process.  What they have is the wait
 * queue that pidfds are polled through, pid->wait_pidfd: it is woken when a
 * process has ended.
 *
 * DOC: What the wait queue tells
 *
 * Its entries are called with interrupts off, under locks of the kernel, so
 * ours does nothing but queue a work, which looks for itself.  It is also
 * called at other times (a thread has ended and others go on; twice for one
 * end), so the work believes only what it sees: the process has ended if no
 * task has its number, or if its leader is a zombie and the last of its
 * threads.  Between the two there is nothing: a thread that calls exec takes
 * the number over before the old leader lets go of it.  Whoever enters the
 * queue looks once by himself: a process that ended before was woken before.
 *
 * DOC: One entry for a process
 *
 * However much ends with a process, it has one entry in the queue, one
 * struct mbx_process, and what ends is a list there.  So what is done with
 * interrupts off does not grow with it.
 *
 * DOC: Who is told
 *
 * A struct mbx_death is in the list of its process from mbx_death_watch() until
 * somebody takes it out, under mbx_processes_lock: the work, when the process
 * has died, or mbx_death_unwatch().  Whoever did calls its @end, without the
 * lock; so it is called once, whatever comes at the same moment.  It is where
 * the reference goes that keeps what holds the struct mbx_death alive.  When
 * mbx_death_unwatch() returns, the work may still be in @end: nobody waits for
 * it, and so whoever is called from there may unwatch.
 *
 * DOC: Life of a struct mbx_process
 *
 * It is freed by its own work and nobody else.  Who empties the list queues
 * the work, under the lock.  The work finds the list empty under the lock, and
 * takes the process out of the table, so that nobody adds to the list or
 * empties it again, and out of the wait queue.  From then on nobody queues it.
 * If it has been queued meanwhile, that run is the one that frees it.  What
 * still runs when the module goes is waited for by mbx_death_flush().
 *
 * Locking: mbx_processes_lock, see above.  It is held around the lock of the
 * wait queue, which is taken below locks of the kernel, never the other way.
 */
#include <linux/hash.h>
#include <linux/hashtable.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "compat.h"
#include "delay.h"
#include "proc.h"

/**
 * struct mbx_process - a process that something ends with
 * @link: in the table of processes (protected by mbx_processes_lock)
 * @pid: which (immutable, a reference)
 * @deaths: struct mbx_death, in the order in which they were made (protected by
 *	mbx_processes_lock)
 * @wait: in the wait queue of @pid while it is in the table
 * @work: looks whether it has died, and who is to be told
 */
struct mbx_process {
	struct hlist_node link;
	struct pid *pid;
	struct list_head deaths;
	struct wait_queue_entry wait;
	struct work_struct work;
};

static DEFINE_HASHTABLE(mbx_processes, 10);
static DEFINE_SPINLOCK(mbx_processes_lock);
static struct kmem_cache *mbx_process_cache;
static struct workqueue_struct *mbx_process_works;

/**
 * mbx_has_died() - whether a process has ended
 * @pid: the process
 *
 * Return: true if all its threads have ended, though it may be a zombie; also
 * if @pid is that of a thread that leads no process.
 */
bool mbx_has_died(struct pid *pid)
{
	struct task_struct *leader;
	bool has_died;

	rcu_read_lock();
	leader = pid_task(pid, PIDTYPE_TGID);
	has_died = !leader;
	if (leader && READ_ONCE(leader->exit_state)) {
		/* Once all are gone no more come; and of that end one is told. */
		has_died = data_race(thread_group_empty(leader));
	}
	rcu_read_unlock();
	return has_died;
}

static void mbx_process_free(struct mbx_process *p)
{
	put_pid(p->pid);
	kmem_cache_free(mbx_process_cache, p);
}

/* Tell all who are in the list.  The lock is dropped around each. */
static void mbx_process_tell(struct mbx_process *p)
	__must_hold(&mbx_processes_lock)
{
	struct mbx_death *death;

	lockdep_assert_held(&mbx_processes_lock);
	while (!list_empty(&p->deaths)) {
		death = list_first_entry(&p->deaths, struct mbx_death, link);
		list_del_init(&death->link);
		spin_unlock(&mbx_processes_lock);
		mbx_delay(MBX_DELAY_BEFORE_END);
		death->end(death, true);
		cond_resched();
		spin_lock(&mbx_processes_lock);
	}
}

static void mbx_process_work(struct work_struct *work)
{
	struct mbx_process *p = container_of(work, struct mbx_process, work);
	bool is_over, is_waiting;

	spin_lock(&mbx_processes_lock);
	if (mbx_has_died(p->pid))
		mbx_process_tell(p);
	is_over = list_empty(&p->deaths);
	is_waiting = hash_hashed(&p->link);
	if (is_over)
		hash_del(&p->link);
	spin_unlock(&mbx_processes_lock);

	if (!is_over)
		return;
	if (is_waiting)
		remove_wait_queue(&p->pid->wait_pidfd, &p->wait);
	if (!work_pending(&p->work))
		mbx_process_free(p);
}

/* Called with interrupts off, under locks of the kernel. */
static int mbx_process_wake(struct wait_queue_entry *wait, unsigned int mode,
			    int sync, void *key)
{
	struct mbx_process *p = container_of(wait, struct mbx_process, wait);

	queue_work(mbx_process_works, &p->work);
	return 0;
}

static struct mbx_process *mbx_process_new(struct pid *pid)
{
	struct mbx_process *p = kmem_cache_alloc(mbx_process_cache, MBX_GFP);

	if (!p)
		return NULL;
	INIT_HLIST_NODE(&p->link);
	p->pid = get_pid(pid);
	INIT_LIST_HEAD(&p->deaths);
	init_waitqueue_func_entry(&p->wait, mbx_process_wake);
	INIT_WORK(&p->work, mbx_process_work);
	return p;
}

static struct mbx_process *mbx_process_find(struct pid *pid)
{
	struct mbx_process *p;

	lockdep_assert_held(&mbx_processes_lock);
	hash_for_each_possible(mbx_processes, p, link, hash_ptr(pid, 32))
		if (p->pid == pid)
			return p;
	return NULL;
}

static void mbx_process_add(struct mbx_process *p)
{
	lockdep_assert_held(&mbx_processes_lock);
	hash_add(mbx_processes, &p->link, hash_ptr(p->pid, 32));
	add_wait_queue(&p->pid->wait_pidfd, &p->wait);
	/* The queue's lock lies between: who died before it is seen dead. */
	if (mbx_has_died(p->pid))
		queue_work(mbx_process_works, &p->work);
}

/**
 * mbx_death_watch() - be told when a process has died
 * @death: what ends with it, from mbx_death_init(), watched for the first time
 * @pid: the process: what task_tgid() gives
 *
 * Its @end is called once from now on.  It may be before this returns, if the
 * process has died already.
 *
 * Context: May sleep to allocate.
 * Return: 0 or -ENOMEM.
 */
int mbx_death_watch(struct mbx_death *death, struct pid *pid)
{
	struct mbx_process *p, *new = NULL;

	spin_lock(&mbx_processes_lock);
	p = mbx_process_find(pid);
	if (!p) {
		spin_unlock(&mbx_processes_lock);
		new = mbx_process_new(pid);
		if (!new)
			return -ENOMEM;
		spin_lock(&mbx_processes_lock);
		p = mbx_process_find(pid);
	}
	if (!p) {
		mbx_process_add(new);
		p = new;
		new = NULL;
	}
	death->process = p;
	list_add_tail(&death->link, &p->deaths);
	spin_unlock(&mbx_processes_lock);

	if (new)
		mbx_process_free(new);
	return 0;
}

/**
 * mbx_death_unwatch() - it has ended without its process
 * @death: what ended; also if it was never watched, or its @end was called
 *
 * If nobody has called @end, this does, and says that the process lives.
 * If the work did, it may not have returned yet.
 *
 * Context: That of @end; may be called from an @end.
 */
void mbx_death_unwatch(struct mbx_death *death)
{
	bool is_ours;

	spin_lock(&mbx_processes_lock);
	is_ours = !list_empty(&death->link);
	if (is_ours) {
		list_del_init(&death->link);
		if (list_empty(&death->process->deaths))
			queue_work(mbx_process_works, &death->process->work);
	}
	spin_unlock(&mbx_processes_lock);
	if (is_ours)
		death->end(death, false);
}

/**
 * mbx_death_flush() - wait until nobody is being told
 *
 * Nothing is watched any more, and nothing will be.
 *
 * Context: Sleeps; no lock is held that an @end takes.
 */
void mbx_death_flush(void)
{
	flush_workqueue(mbx_process_works);
}

/**
 * mbx_proc_init() - make the cache and the workqueue
 *
 * The workqueue is our own, so that unload can wait for it, and unbound: what
 * ends may have a million messages.
 *
 * Return: 0 or -ENOMEM.
 */
int mbx_proc_init(void)
{
	mbx_process_works = alloc_workqueue("mbox", WQ_UNBOUND, 0);
	if (!mbx_process_works)
		return -ENOMEM;
	mbx_process_cache = MBX_CACHE(mbx_process);
	if (!mbx_process_cache) {
		destroy_workqueue(mbx_process_works);
		return -ENOMEM;
	}
	return 0;
}

/**
 * mbx_proc_exit() - give them back; nothing is watched
 */
void mbx_proc_exit(void)
{
	destroy_workqueue(mbx_process_works);
	kmem_cache_destroy(mbx_process_cache);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * SEND_TO and RECV_FROM: direct addressing, from process to process; LINKS and
 * ENDPOINT.
 *
 * A message to a process is a SEND to the mailbox of its endpoint; to receive
 * from one is a RECV from one's own that chooses by sender.  So there is nothing
 * about waiting, deadlines and order here: it is that of mailboxes.
 *
 * Locking: see endpoint.h.
 * Called by: chardev.c.
 */
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/mutex.h>
#include <linux/pid.h>
#include <linux/sched/signal.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "args.h"
#include "choose.h"
#include "endpoint.h"
#include "handle.h"
#include "line.h"
#include "names.h"
#include "verbs.h"

/* The process that has this number here and lives: a reference, or NULL. */
static struct pid *mbx_find_process(s32 nr)
{
	struct pid *process = nr > 0 ? find_get_pid(nr) : NULL;

	/* A thread that leads none is no process. */
	if (process && mbx_has_died(process)) {
		put_pid(process);
		return NULL;
	}
	return process;
}

/* By their user ids, as kill(2) has it. */
static bool mbx_is_same_user(const struct cred *theirs)
{
	const struct cred *cred = current_cred();

	return uid_eq(cred->euid, theirs->suid) ||
	       uid_eq(cred->euid, theirs->uid) ||
	       uid_eq(cred->uid, theirs->suid) ||
	       uid_eq(cred->uid, theirs->uid);
}

/*
 * Whether the caller may signal a process (C24): 0, -EPERM, or -ESRCH.  kill(2)
 * decides itself, of signal 0, which is sent to nobody; and so do the security
 * modules, some of which are less strict with it than with others.
 */
static int mbx_may_signal(struct pid *process)
{
	int err = process == task_tgid(current) ? 0 : kill_pid(process, 0, 0);

	return err && err != -ESRCH ? -EPERM : err;
}

/*
 * Whether its links are shown to the caller: by the ids alone, as who only looks
 * has done nothing that is worth a line in the audit log.
 */
static bool mbx_may_look(struct pid *process)
{
	const struct cred *theirs;
	struct task_struct *task;
	bool may = false;

	if (process == task_tgid(current))
		return true;
	rcu_read_lock();
	task = pid_task(process, PIDTYPE_TGID);
	if (task) {
		theirs = __task_cred(task);
		may = mbx_is_same_user(theirs) ||
		      ns_capable_noaudit(theirs->user_ns, CAP_KILL);
	}
	rcu_read_unlock();
	return may;
}

static int mbx_no_such_process(int err)
{
	/* The only end of an endpoint is that of its process. */
	return err == -EIDRM ? -ESRCH : err;
}

/* The caller's own endpoint, and its link to @process; or an error. */
static struct mbx_link *mbx_link_to(struct pid *process,
				    struct mbx_endpoint *own,
				    struct mbx_table *table)
{
	struct mbx_endpoint *other = mbx_endpoint_get(process, table);
	struct mbx_link *link;

	if (IS_ERR(other))
		return ERR_CAST(other);
	link = mbx_link_get(own, other);
	mbx_endpoint_put(other);
	return link;
}

static int mbx_send_over(struct mbx_link *link, const struct mbox_direct *d,
			 const struct mbox_send *a, bool nowait)
{
	struct mbx_link_end *from = mbx_link_end_of(link, task_tgid(current));
	struct mbx_link_end *to = mbx_link_other_end(link, from);
	bool is_one_way = d->flags & MBOX_ONEWAY;
	int err;

	err = mbx_link_begin(link, from, is_one_way);
	if (err)
		return err;
	err = mbx_send_via(to->endpoint->handle, a, nowait);
	if (err)
		mbx_link_undo(link, from, is_one_way);
	return mbx_no_such_process(err);
}

/**
 * mbx_send_to() - MBOX_IOC_SEND_TO
 * @h: any handle
 * @d: to whom
 * @a: what is sent
 * @nowait: the file is non-blocking
 *
 * Return: 0 or the errors of SEND_TO.
 */
long mbx_send_to(struct mbx_handle *h, const struct mbox_direct *d,
		 const struct mbox_send *a, bool nowait)
{
	struct mbx_endpoint *own;
	struct mbx_link *link;
	struct pid *process;
	int err;

	if ((d->flags & ~MBOX_ONEWAY) || d->__reserved)
		return -EINVAL;
	err = mbx_check_direct(a);
	if (err)
		return err;
	process = mbx_find_process(d->pid);
	if (!process)
		return -ESRCH;
	err = mbx_may_signal(process);
	if (err)
		goto out_put_pid;
	own = mbx_endpoint_get(task_tgid(current), h->table);
	err = PTR_ERR_OR_ZERO(own);
	if (err)
		goto out_put_pid;
	link = mbx_link_to(process, own, h->table);
	err = PTR_ERR_OR_ZERO(link);
	if (!err) {
		err = mbx_send_over(link, d, a, nowait);
		mbx_link_put(link);
	}
	mbx_endpoint_put(own);
out_put_pid:
	put_pid(process);
	return err;
}

/*
 * The process whose messages wait in @box and that had the number @nr here; of
 * several the one that started last.  A reference, or NULL.
 */
static struct pid *mbx_find_dead_sender(struct mbx_box *box, s32 nr)
{
	const struct mbx_stamp *last = NULL;
	struct pid *found = NULL;
	struct mbx_msg *msg;

	/* An endpoint never holds more than one hold of the lock may look at. */
	static_assert(MBOX_DEFAULT_MESSAGES <= MBX_STEPS);
	if (nr <= 0)
		return NULL;
	spin_lock(&box->lock);
	for (msg = mbx_queue_first(&box->queue); msg;
	     msg = mbx_queue_after(&box->queue, msg)) {
		box->steps++;
		if (mbx_pid_shown(msg->stamp.process) == nr &&
		    (!last || msg->stamp.start_time > last->start_time))
			last = &msg->stamp;
	}
	if (last)
		found = get_pid(last->process);
	spin_unlock(&box->lock);
	return found;
}

/* Receive from one process, living or dead. */
static int mbx_recv_from_process(struct mbx_endpoint *own, struct pid *process,
				 struct mbx_table *table,
				 const struct mbox_recv *a,
				 struct mbox_recv __user *out, bool nowait)
{
	static const bool is_gone = true;
	struct mbx_from from = { .process = process, .is_gone = &is_gone };
	struct mbx_link *link = mbx_link_to(process, own, table);
	struct mbx_link_end *end;
	int err;

	if (!IS_ERR(link)) {
		end = mbx_link_end_of(link, process);
		from.is_gone = &end->is_gone;
	} else if (link != ERR_PTR(-ESRCH)) {
		return PTR_ERR(link);
	}
	err = mbx_recv_chosen(own->handle, a, out, &from, nowait);
	if (!IS_ERR(link))
		mbx_link_put(link);
	return err;
}

/**
 * mbx_recv_from() - MBOX_IOC_RECV_FROM
 * @h: any handle
 * @d: from whom, or 0: from anybody
 * @a: what is asked for
 * @out: where results go
 * @nowait: the file is non-blocking
 *
 * Return: 0 or the errors of RECV_FROM.
 */
long mbx_recv_from(struct mbx_handle *h, const struct mbox_direct *d,
		   const struct mbox_recv *a, struct mbox_recv __user *out,
		   bool nowait)
{
	struct pid *process = NULL;
	struct mbx_endpoint *own;
	int err;

	if (d->flags || d->__reserved)
		return -EINVAL;
	err = mbx_check_recv(a);
	if (err)
		return err;
	own = mbx_endpoint_get(task_tgid(current), h->table);
	if (IS_ERR(own))
		return PTR_ERR(own);
	if (!d->pid) {
		err = mbx_recv_chosen(own->handle, a, out, NULL, nowait);
	} else {
		process =
			mbx_find_process(d->pid) ?:
				mbx_find_dead_sender(own->handle->box, d->pid);
		err = process ? mbx_recv_from_process(own, process, h->table, a,
						      out, nowait) :
				-ESRCH;
	}
	put_pid(process);
	mbx_endpoint_put(own);
	return err;
}

/**
 * mbx_open_endpoint() - MBOX_IOC_ENDPOINT
 * @h: any handle
 * @file: its file
 * @args: struct mbox_endpoint
 *
 * Return: the descriptor or the errors of ENDPOINT.
 */
long mbx_open_endpoint(struct mbx_handle *h, struct file *file,
		       struct mbx_args *args)
{
	struct mbx_endpoint *own;
	long fd;

	if (args->endpoint.flags & ~MBOX_OPEN_NONBLOCK)
		return -EINVAL;
	own = mbx_endpoint_get(task_tgid(current), h->table);
	if (IS_ERR(own))
		return PTR_ERR(own);
	/* It sees the caller's names, whoever has made the endpoint. */
	fd = mbx_copy_handle(own->handle, h->table, MBOX_RIGHT_RECV,
			     args->endpoint.flags, own->process);
	mbx_endpoint_put(own);
	return fd;
}

/* -- LINKS ------------------------------------------------------------------ */

/* What fits beside the rest on a stack. */
#define MBX_LINKS_PAGE 8

/* What LINKS shows of a link, @first first; false if it is none yet. */
static bool mbx_show_link(struct mbox_link_entry *e, struct mbx_link *link,
			  struct mbx_link_end *first)
{
	struct mbx_link_end *second = mbx_link_other_end(link, first);

	memset(e, 0, sizeof(*e));
	e->id = link->id;
	e->pid = mbx_pid_shown(first->endpoint->process);
	e->peer = mbx_pid_shown(second->endpoint->process);
	spin_lock(&link->lock);
	e->sent = first->sent;
	e->peer_sent = second->sent;
	if (second->one_way)
		e->flags |= MBOX_LINK_MUTE;
	if (first->one_way)
		e->flags |= MBOX_LINK_PEER_MUTE;
	spin_unlock(&link->lock);
	return e->sent || e->peer_sent;
}

/* Whether the caller can name the process at an end, and may look at it. */
static bool mbx_end_is_shown(const struct mbx_link_end *end)
{
	struct pid *process = end->endpoint->process;

	return mbx_pid_shown(process) && mbx_may_look(process);
}

/* The end to be shown first, or NULL: the caller is not to see the link. */
static struct mbx_link_end *mbx_link_shown(struct mbx_link *link, s32 nr)
{
	struct mbx_link_end *end, *first = NULL;
	bool is_shown = false;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(link->end) && !(first && is_shown); i++) {
		end = &link->end[i];
		if (!nr || mbx_pid_shown(end->endpoint->process) == nr)
			first = first ?: end;
		is_shown |= mbx_end_is_shown(end);
	}
	return is_shown ? first : NULL;
}

/* Fill up to @n entries behind @after, and move it on; how many. */
static u32 mbx_links_page(struct mbox_link_entry *page, u32 n, u64 *after,
			  s32 nr, bool *is_end)
{
	struct mbx_link *link = NULL;
	struct mbx_link_end *end;
	unsigned int steps;
	u32 filled = 0;

	mutex_lock(&mbx_direct_lock);
	for (steps = 0; filled < n && steps < MBX_STEPS; steps++) {
		link = mbx_link_after(*after);
		if (!link)
			break;
		*after = link->id;
		end = mbx_link_shown(link, nr);
		if (end && mbx_show_link(&page[filled], link, end))
			filled++;
	}
	*is_end = !link;
	mutex_unlock(&mbx_direct_lock);
	return filled;
}

/**
 * mbx_list_links() - MBOX_IOC_LINKS
 * @h: any handle
 * @file: its file
 * @args: struct mbox_links
 *
 * Return: 0 or the errors of LINKS.
 */
long mbx_list_links(struct mbx_handle *h, struct file *file,
		    struct mbx_args *args)
{
	struct mbox_links *a = &args->links;
	char __user *to = u64_to_user_ptr(a->entries);
	u32 room = min_t(u32, a->count, MBOX_BATCH_MAX), done = 0, n;
	struct mbox_link_entry page[MBX_LINKS_PAGE];
	bool is_end = false;

	if (a->flags || a->__reserved || a->pid < 0 ||
	    a->entry_size < sizeof(page[0]) || a->entry_size > MBX_STRUCT_MAX)
		return -EINVAL;
	while (done < room && !is_end) {
		n = mbx_links_page(page,
				   min_t(u32, room - done, MBX_LINKS_PAGE),
				   &a->after, a->pid, &is_end);
		if (mbx_put_entries(to, a->entry_size, page, sizeof(page[0]),
				    n))
			return -EFAULT;
		done += n;
		to += (size_t)n * a->entry_size;
		if (mbx_is_killed())
			return -EINTR;
		cond_resched();
	}
	a->count = done;
	return mbx_args_put_members(args, links, count, after);
}

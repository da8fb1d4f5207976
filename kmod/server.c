// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who has received requests through a handle.  What a server is stands in
 * call.h.
 *
 * Locking: mbx_box.lock.
 * Called by: recv.c (a request comes), call.c (an answer goes), handle.c (a
 * descriptor is closed); proc.c calls back.
 */
#include <linux/err.h>
#include <linux/fdtable.h>
#include <linux/fs.h>
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>

#include "call.h"
#include "compat.h"
#include "delay.h"
#include "graph.h"
#include "handle.h"
#include "line.h"

#define mbx_server_of(rb) rb_entry(rb, struct mbx_server, node)

static struct kmem_cache *mbx_service_cache;
static struct kmem_cache *mbx_server_cache;
static atomic64_t mbx_tokens;

static struct mbx_server *mbx_server_find(const struct mbx_service *service,
					  const struct mbx_actor *actor)
{
	struct rb_node *node = service->servers.rb_node;

	while (node) {
		struct mbx_server *server = mbx_server_of(node);

		if (server->actor == actor)
			return server;
		node = actor < server->actor ? node->rb_left : node->rb_right;
	}
	return NULL;
}

static void mbx_server_add(struct mbx_service *service,
			   struct mbx_server *server)
{
	struct rb_node **link = &service->servers.rb_node, *parent = NULL;

	while (*link) {
		parent = *link;
		link = server->actor < mbx_server_of(parent)->actor ?
			       &parent->rb_left :
			       &parent->rb_right;
	}
	server->service = service;
	rb_link_node(&server->node, parent, link);
	rb_insert_color(&server->node, &service->servers);
}

static void mbx_server_put(struct mbx_server *server)
{
	if (!refcount_dec_and_test(&server->refs))
		return;
	mbx_actor_put(server->actor);
	put_pid(server->process);
	mbx_refund_link(server->purse, sizeof(*server));
	mbx_box_put(server->box);
	kmem_cache_free(mbx_server_cache, server);
}

/* It is in no service any more. */
static void mbx_server_free(struct mbx_server *server)
{
	mbx_death_unwatch(&server->death);
	mbx_server_put(server);
}

static struct mbx_service *mbx_service_new(void)
{
	struct mbx_service *service;

	service = kmem_cache_alloc(mbx_service_cache, MBX_GFP);
	if (service) {
		service->tokens = RB_ROOT;
		service->servers = RB_ROOT;
		service->swept = NULL;
	}
	return service;
}

/**
 * mbx_is_server_current() - whether the caller may use a server's tokens
 * @server: the server
 *
 * Return: true if it is of the current process, and of the program it runs.
 */
bool mbx_is_server_current(const struct mbx_server *server)
{
	return server->process == task_tgid(current) &&
	       server->exec_id == current->self_exec_id;
}

/**
 * struct mbx_leaving - which servers go
 * @which: of which kind
 * @files: MBX_LEAVE_PROCESS: the table a descriptor is being closed in
 * @one: MBX_LEAVE_ONE: that one
 */
struct mbx_leaving {
	enum mbx_leave which;
	fl_owner_t files;
	const struct mbx_server *one;
};

/* Whether a server is one of those. */
static bool mbx_is_meant(const struct mbx_server *server,
			 const struct mbx_leaving *l)
{
	switch (l->which) {
	case MBX_LEAVE_OLD_PROGRAM:
		return server->process == task_tgid(current) &&
		       server->exec_id != current->self_exec_id;
	case MBX_LEAVE_PROCESS:
		return server->process == task_tgid(current) ||
		       server->files == l->files;
	case MBX_LEAVE_ONE:
		return server == l->one;
	default:
		return true;
	}
}

/* End their calls; true if the lock must be dropped before going on. */
static bool mbx_end_calls(struct mbx_box *box, struct mbx_service *service,
			  const struct mbx_leaving *l, u64 *token,
			  struct mbx_work *work)
{
	struct mbx_call *call;

	lockdep_assert_held(&box->lock);
	while ((call = mbx_call_from(service, *token))) {
		if (mbx_work_is_full(work))
			return true;
		work->steps++;
		*token = call->token + 1;
		if (mbx_is_meant(call->server, l))
			mbx_box_end_call(box, call, -EPIPE, work);
	}
	return false;
}

/*
 * The process of a server has died, or nobody watches it any more.  As long as
 * the server is in a service, that is there.
 */
static void mbx_server_end(struct mbx_death *death, bool has_died)
{
	struct mbx_server *server =
		container_of(death, struct mbx_server, death);
	const struct mbx_leaving l = { MBX_LEAVE_ONE, .one = server };
	struct mbx_work work;
	bool is_more = has_died;
	u64 token = 0;

	while (is_more) {
		mbx_box_lock(server->box, &work);
		is_more = server->calls && !RB_EMPTY_NODE(&server->node) &&
			  mbx_end_calls(server->box, server->service, &l,
					&token, &work);
		mbx_box_unlock(server->box, &work);
		cond_resched();
	}
	mbx_server_put(server);
}

/* Memory for a server, charged to the caller, for there can be many. */
static struct mbx_server *mbx_server_alloc(void)
{
	struct mbx_purse *purse = mbx_purse_get();
	struct mbx_server *server;
	int err;

	if (!purse)
		return ERR_PTR(-ENOMEM);
	err = mbx_charge_link(purse, sizeof(*server));
	mbx_purse_put(purse);
	if (err)
		return ERR_PTR(err);
	server = kmem_cache_alloc(mbx_server_cache, MBX_GFP);
	if (!server) {
		mbx_refund_link(purse, sizeof(*server));
		return ERR_PTR(-ENOMEM);
	}
	memset(server, 0, sizeof(*server));
	server->purse = purse;
	return server;
}

static struct mbx_server *mbx_server_new(struct mbx_box *box)
{
	struct mbx_server *server = mbx_server_alloc();

	if (IS_ERR(server))
		return server;
	server->actor = mbx_actor_make();
	if (!server->actor) {
		mbx_refund_link(server->purse, sizeof(*server));
		kmem_cache_free(mbx_server_cache, server);
		return ERR_PTR(-ENOMEM);
	}
	kref_get(&box->refs);
	server->box = box;
	RB_CLEAR_NODE(&server->node);
	server->process = get_pid(task_tgid(current));
	server->exec_id = current->self_exec_id;
	server->files = current->files;
	mbx_death_init(&server->death);
	server->death.end = mbx_server_end;
	/* One for whoever makes it, one for its being watched. */
	refcount_set(&server->refs, 2);
	if (mbx_death_watch(&server->death, server->process)) {
		mbx_server_put(server);
		mbx_server_put(server);
		return ERR_PTR(-ENOMEM);
	}
	return server;
}

/* Whether nobody can have a use for a server any more. */
static bool mbx_is_idle(const struct mbx_server *server)
{
	bool has_ended;

	rcu_read_lock();
	has_ended = !pid_task(server->actor->thread, PIDTYPE_PID);
	rcu_read_unlock();
	return has_ended && !server->calls;
}

/* Take servers out, to be freed when the lock is dropped: by their graph_link. */
static void mbx_take_out(struct mbx_service *service, struct mbx_server *server,
			 struct list_head *gone)
{
	rb_erase(&server->node, &service->servers);
	/* What mbx_server_end() goes by. */
	RB_CLEAR_NODE(&server->node);
	mbx_graph_remove(server);
	list_add(&server->graph_link, gone);
}

static void mbx_servers_free(struct list_head *gone)
{
	struct mbx_server *server, *next;

	list_for_each_entry_safe(server, next, gone, graph_link)
		mbx_server_free(server);
}

/* Let go of servers that @l means, the next few; true if there are more. */
static bool mbx_leave_some(struct mbx_service *service,
			   const struct mbx_leaving *l,
			   const struct mbx_actor **last,
			   struct list_head *gone)
{
	struct rb_node *node = service->servers.rb_node, *next = NULL;
	unsigned int n;

	while (node) {
		if (mbx_server_of(node)->actor > *last) {
			next = node;
			node = node->rb_left;
		} else {
			node = node->rb_right;
		}
	}
	for (n = 0; next && n < MBX_STEPS; n++) {
		struct mbx_server *server = mbx_server_of(next);

		next = rb_next(next);
		*last = server->actor;
		if (l->which == MBX_LEAVE_IDLE ? !mbx_is_idle(server) :
						 !mbx_is_meant(server, l))
			continue;
		if (l->which == MBX_LEAVE_PROCESS)
			WRITE_ONCE(server->has_closed, true);
		else
			mbx_take_out(service, server, gone);
	}
	return next;
}

static void mbx_leave_calls(struct mbx_handle *h, const struct mbx_leaving *l)
{
	struct mbx_work work;
	bool is_more;
	u64 token = 0;

	do {
		mbx_box_lock(h->box, &work);
		is_more = mbx_end_calls(h->box, h->service, l, &token, &work);
		mbx_box_unlock(h->box, &work);
		cond_resched();
	} while (is_more);
}

static void mbx_leave_servers(struct mbx_handle *h, const struct mbx_leaving *l)
{
	const struct mbx_actor *last = NULL;
	LIST_HEAD(gone);
	bool is_more;

	do {
		spin_lock(&h->box->lock);
		is_more = mbx_leave_some(h->service, l, &last, &gone);
		spin_unlock(&h->box->lock);
		cond_resched();
	} while (is_more);
	mbx_servers_free(&gone);
}

/**
 * mbx_service_leave() - servers go: their callers get EPIPE
 * @h: the handle
 * @which: which of its servers
 * @files: with MBX_LEAVE_PROCESS: the table of descriptors one of which is
 *	being closed; else NULL
 *
 * Context: May sleep.
 */
void mbx_service_leave(struct mbx_handle *h, enum mbx_leave which,
		       fl_owner_t files)
{
	const struct mbx_leaving l = { which, files };

	/* Pairs with the release in mbx_server_get(). */
	if (likely(!smp_load_acquire(&h->service)))
		return;
	/* Those that are receiving first, then what they have received. */
	if (which == MBX_LEAVE_PROCESS)
		mbx_leave_servers(h, &l);
	mbx_leave_calls(h, &l);
	if (which != MBX_LEAVE_PROCESS)
		mbx_leave_servers(h, &l);
}

/**
 * mbx_service_free() - the last descriptor of a handle was closed
 * @h: the handle
 */
void mbx_service_free(struct mbx_handle *h)
{
	if (!h->service)
		return;
	mbx_service_leave(h, MBX_LEAVE_ALL, NULL);
	kmem_cache_free(mbx_service_cache, h->service);
}

/*
 * The server that the current thread is, or NULL.  It needs no reference as long
 * as the thread is in the system call: it is of the program that the thread runs,
 * the thread has not ended, and the file is open.  One of a program before may
 * go as soon as the lock is dropped.
 */
static struct mbx_server *mbx_server_of_current(struct mbx_handle *h)
{
	struct mbx_actor *actor = mbx_actor_of_current();
	struct mbx_server *server = NULL;

	if (!actor)
		return NULL;
	spin_lock(&h->box->lock);
	if (h->service)
		server = mbx_server_find(h->service, actor);
	if (server && server->exec_id != current->self_exec_id)
		server = NULL;
	if (server && server->files != current->files) {
		/* Nobody has told of what was closed in this one. */
		server->files = current->files;
		WRITE_ONCE(server->has_closed, true);
	}
	spin_unlock(&h->box->lock);
	mbx_actor_put(actor);
	mbx_delay(MBX_DELAY_BEFORE_SERVING);
	return server;
}

/* The server that the current thread is; made if it is none. */
static struct mbx_server *mbx_server_get(struct mbx_handle *h)
{
	struct mbx_service *service = NULL;
	struct mbx_server *server = mbx_server_of_current(h);
	struct mbx_box *box = h->box;
	const struct mbx_leaving idle = { MBX_LEAVE_IDLE };
	LIST_HEAD(gone);

	if (server)
		return server;
	/* Another of its threads may have served; this one is what is left. */
	mbx_service_leave(h, MBX_LEAVE_OLD_PROGRAM, NULL);

	server = mbx_server_new(box);
	if (IS_ERR(server))
		return server;
	service = mbx_service_new();
	if (!service) {
		mbx_server_free(server);
		return ERR_PTR(-ENOMEM);
	}
	spin_lock(&box->lock);
	if (!h->service) {
		/* Pairs with the acquire in mbx_service_leave(). */
		smp_store_release(&h->service, service);
		service = NULL;
	}
	/* Threads that come and go do not pile up. */
	if (!mbx_leave_some(h->service, &idle, &h->service->swept, &gone))
		h->service->swept = NULL;
	server->has_closed = h->was_closed;
	mbx_server_add(h->service, server);
	mbx_graph_add(box, server);
	spin_unlock(&box->lock);
	if (service)
		kmem_cache_free(mbx_service_cache, service);
	mbx_servers_free(&gone);
	return server;
}

static int mbx_is_file_of(const void *h, struct file *file, unsigned int fd)
{
	return file->private_data == h;
}

/*
 * Whether the current thread's process has a descriptor to answer at.  From now
 * on, mbx_box_call_taken() sees if it closes one.
 */
static bool mbx_can_answer(const struct mbx_handle *h,
			   struct mbx_server *server)
{
	/* What was closed before mbx_server_get() had the lock is seen. */
	if (likely(!READ_ONCE(server->has_closed)))
		return true;
	spin_lock(&h->box->lock);
	WRITE_ONCE(server->has_closed, false);
	spin_unlock(&h->box->lock);
	if (iterate_fd(current->files, 0, mbx_is_file_of, h))
		return true;
	/* The same system call may receive another one. */
	spin_lock(&h->box->lock);
	WRITE_ONCE(server->has_closed, true);
	spin_unlock(&h->box->lock);
	return false;
}

/* What the server is told of the call; false if there is nobody to answer. */
static bool mbx_describe_call(struct mbx_box *box, struct mbx_msg *msg,
			      struct mbx_request *q, struct mbx_work *work)
{
	struct mbx_call *call;

	lockdep_assert_held(&box->lock);
	if (box->is_dead || msg->where == MBX_MSG_WITHDRAWN)
		return false;
	call = msg->receipt->call;
	if (mbx_deadline_has_passed(&call->deadline)) {
		mbx_box_expire(box, call, work);
		return false;
	}
	q->room = call->room;
	q->deadline =
		mbx_monotonic_shown(mbx_deadline_monotonic(&call->deadline));
	return true;
}

/**
 * mbx_serve() - a request is being received
 * @h: the handle
 * @r: the receiver, which has it
 * @q: what to tell of it, or NULL: there is no way to answer
 *
 * If it turns out to be withdrawn, or has expired, what is told does not
 * matter: the receiver will find that out, and go on with the next.
 *
 * Context: May sleep.
 * Return: 0, -EDQUOT or -ENOMEM.
 */
int mbx_serve(struct mbx_handle *h, struct mbx_receiver *r,
	      struct mbx_request *q)
{
	struct mbx_request ignored;
	struct mbx_server *server;
	struct mbx_work work;

	r->server = NULL;
	if (q) {
		server = mbx_server_get(h);
		if (IS_ERR(server))
			return PTR_ERR(server);
		if (likely(mbx_can_answer(h, server)))
			r->server = server;
		r->token = atomic64_inc_return(&mbx_tokens);
		q->token = r->token;
		q->room = 0;
		q->deadline = 0;
	}
	mbx_box_lock(h->box, &work);
	mbx_describe_call(h->box, r->msg, q ?: &ignored, &work);
	mbx_box_unlock(h->box, &work);
	return 0;
}

/**
 * mbx_server_init() - make the caches
 *
 * Return: 0 or -ENOMEM.
 */
int mbx_server_init(void)
{
	mbx_service_cache = MBX_CACHE(mbx_service);
	if (!mbx_service_cache)
		return -ENOMEM;
	mbx_server_cache = MBX_CACHE(mbx_server);
	if (mbx_server_cache)
		return 0;
	kmem_cache_destroy(mbx_service_cache);
	return -ENOMEM;
}

/**
 * mbx_server_exit() - give the caches back; no handle is left
 */
void mbx_server_exit(void)
{
	mbx_death_flush();
	kmem_cache_destroy(mbx_server_cache);
	kmem_cache_destroy(mbx_service_cache);
}

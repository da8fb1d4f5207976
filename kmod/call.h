/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Calls: a request whose sender waits for its answer, and those who answer.
 *
 * DOC: A call
 *
 * A call lies on the stack of its caller, and is three things one after the
 * other, each under the lock of the mailbox: a sender in line, if there is no
 * room; a sender that waits for its receipt, while the request is queued; and
 * when a server has taken the request, one of the mailbox's callers, found by
 * the token that went to the server.  It is finished once, as any waiter is: by
 * the answer, or with an error.
 *
 *   QUEUED --taken--> TAKEN --answered--> finished, 0
 *     |                 |---server closes, exits: finished, -EPIPE
 *     |                 |---DESTROY: finished, -EIDRM
 *     |                 `---deadline, signal: the caller leaves
 *     |---received without a token (read, FLUSH): finished, -EPIPE
 *     |---DESTROY, no receiver left, deadline found by a receiver: finished
 *     `---deadline, signal: the caller withdraws the request: no effect
 *
 * A token is a number that is given once.  It is good for the handle that
 * received the request, and for the process that did, until that execs.  Nothing
 * tells a module of an exec that closes no descriptor: its callers wait until the
 * new program receives a request, or tries to answer one.
 *
 * Whoever closes a descriptor does so in a table of descriptors, which processes
 * can share (CLONE_FILES): what was received through that table ends.  Where
 * a process ends and its table does not, no descriptor is closed: that it has
 * ended is told by proc.h.
 *
 * A descriptor may be closed while a request is being received through it, and
 * then nobody may be left to answer.  So each server knows whether its process
 * has closed one since it began: then the request is received, and the caller
 * finished, all the same.  Who begins after that looks for a descriptor first.
 *
 * DOC: Servers
 *
 * A thread that has received a request through a handle is kept in mind there
 * (struct mbx_server), until the handle is closed or the thread is gone when
 * the next one comes: for the process that tokens belong to, and for the search
 * for deadlocks (graph.h).
 *
 * Locking: mbx_box.lock.
 * Called by: call.c (the verbs), recv.c, line.c, handle.c.
 */
#ifndef MBX_CALL_H
#define MBX_CALL_H

#include <linux/fs.h>
#include <linux/rbtree.h>
#include <linux/refcount.h>
#include <linux/types.h>

#include "box.h"
#include "proc.h"

struct mbx_actor;
struct mbx_handle;
struct pid;

/**
 * struct mbx_call - a call, on its caller's stack
 * @sender: how it waits; result 0: @reply was handed over
 * @link: in the mailbox's @callers, once taken (protected by mbx_box.lock)
 * @node: in @service's tokens, once taken (protected by mbx_box.lock)
 * @service: of the handle that received it, NULL until taken (protected by
 *	mbx_box.lock)
 * @server: who received it (protected by mbx_box.lock)
 * @token: its number, once taken (protected by mbx_box.lock)
 * @reply: the answer (protected by mbx_box.lock until READY)
 * @purse: whom the answer is charged to (immutable)
 * @actor: its caller, if that has received requests itself (immutable)
 * @deadline: until when to wait (immutable)
 * @room: bytes of room for the answer (immutable)
 * @answering: what the answer costs that a server makes, or has handed over: it
 *	is that answer's now, and of what the caller has paid the rest is left;
 *	0: there is none (protected by mbx_box.lock until the call has left the
 *	callers)
 * @is_taken: a server has the request (protected by mbx_box.lock until READY)
 */
struct mbx_call {
	struct mbx_sender sender;
	struct list_head link;
	struct rb_node node;
	struct mbx_service *service;
	struct mbx_server *server;
	u64 token;
	struct mbx_msg *reply;
	struct mbx_purse *purse;
	struct mbx_actor *actor;
	struct mbx_deadline deadline;
	u32 room;
	u32 answering;
	bool is_taken;
};

/**
 * enum mbx_leave - which servers of a handle
 * @MBX_LEAVE_PROCESS: those of the current process, or that use its descriptors;
 *	only their calls end, and those that they are receiving
 * @MBX_LEAVE_OLD_PROGRAM: those of the program it ran before it execed
 * @MBX_LEAVE_ONE: one, whose process has died; only its calls end
 * @MBX_LEAVE_IDLE: threads that have ended, and have nothing to answer
 * @MBX_LEAVE_ALL: all
 */
enum mbx_leave {
	MBX_LEAVE_PROCESS,
	MBX_LEAVE_OLD_PROGRAM,
	MBX_LEAVE_ONE,
	MBX_LEAVE_IDLE,
	MBX_LEAVE_ALL,
};

/**
 * struct mbx_server - a thread that has received requests through a handle
 * @refs: being in @service, and being watched (atomic)
 * @node: in the service's @servers, or empty (protected by mbx_box.lock)
 * @service: that; not to be followed once it has left (protected by
 *	mbx_box.lock; set once, when it enters)
 * @box: the mailbox (immutable, a reference)
 * @purse: who pays for it: that of the thread (immutable, a reference)
 * @death: that of @process
 * @graph_link: in the mailbox's @servers (protected by mbx_graph_lock); once it
 *	is out, in a list of whoever frees it
 * @actor: the thread (immutable, a reference)
 * @process: its process (immutable, a reference)
 * @exec_id: which program that runs (immutable)
 * @calls: requests it has taken and not answered (protected by mbx_box.lock)
 * @files: the table of descriptors that it last received with, which may be
 *	gone: only compared (protected by mbx_box.lock)
 * @has_closed: its process has closed a descriptor of the handle since it last
 *	began to serve (written under mbx_box.lock; the server reads it without)
 */
struct mbx_server {
	refcount_t refs;
	struct rb_node node;
	struct mbx_service *service;
	struct mbx_box *box;
	struct mbx_purse *purse;
	struct mbx_death death;
	struct list_head graph_link;
	struct mbx_actor *actor;
	struct pid *process;
	u64 exec_id;
	u32 calls;
	fl_owner_t files;
	bool has_closed;
};

/**
 * struct mbx_service - what a handle keeps of requests
 * @tokens: calls that were taken through it, by token (protected by
 *	mbx_box.lock)
 * @servers: who took them, by actor (protected by mbx_box.lock)
 * @swept: how far those were looked at for some that have gone: an actor, which
 *	may have, too (protected by mbx_box.lock)
 */
struct mbx_service {
	struct rb_root tokens;
	struct rb_root servers;
	const struct mbx_actor *swept;
};

/**
 * struct mbx_request - what a server is told with a request
 * @token: to answer it
 * @deadline: of the caller, as the server's clock shows it, or 0
 * @room: bytes of room for the answer
 */
struct mbx_request {
	u64 token;
	u64 deadline;
	u32 room;
};

/* Callers (callers.c); the lock is held */
void mbx_box_call_taken(struct mbx_box *box, struct mbx_call *call,
			const struct mbx_receiver *r, struct mbx_work *work);
void mbx_box_leave_callers(struct mbx_box *box, struct mbx_call *call);
void mbx_box_end_call(struct mbx_box *box, struct mbx_call *call, int err,
		      struct mbx_work *work);
bool mbx_box_end_some_calls(struct mbx_box *box, int err,
			    struct mbx_work *work);
struct mbx_call *mbx_call_from(const struct mbx_service *service, u64 token);

/* Services (server.c) */
int mbx_serve(struct mbx_handle *h, struct mbx_receiver *r,
	      struct mbx_request *q);
bool mbx_is_server_current(const struct mbx_server *server);
void mbx_service_leave(struct mbx_handle *h, enum mbx_leave which,
		       fl_owner_t files);
void mbx_service_free(struct mbx_handle *h);

int mbx_server_init(void);
void mbx_server_exit(void);

#endif /* MBX_CALL_H */

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Callers whose request a server has: under way from taken to finished.  What a
 * call is stands in call.h.
 *
 * Locking: every function here is called with mbx_box.lock held, and neither
 * sleeps nor allocates, copies or frees.
 * Called by: line.c, call.c, server.c.
 */
#include "call.h"
#include "graph.h"
#include "line.h"

#define mbx_call_of(rb) rb_entry(rb, struct mbx_call, node)

/* The newest token is the highest. */
static void mbx_add_token(struct mbx_service *service, struct mbx_call *call)
{
	struct rb_node **link = &service->tokens.rb_node, *parent = NULL;

	while (*link) {
		parent = *link;
		link = call->token < mbx_call_of(parent)->token ?
			       &parent->rb_left :
			       &parent->rb_right;
	}
	rb_link_node(&call->node, parent, link);
	rb_insert_color(&call->node, &service->tokens);
}

/**
 * mbx_box_call_taken() - a request was received
 * @box: the mailbox
 * @call: the call, which left the line of receipts
 * @r: who received it, with a server to answer, unless that has closed the
 *	handle meanwhile; or NULL: nobody will
 * @work: collects
 */
void mbx_box_call_taken(struct mbx_box *box, struct mbx_call *call,
			const struct mbx_receiver *r, struct mbx_work *work)
{
	struct mbx_waiter *w = &call->sender.waiter;

	lockdep_assert_held(&box->lock);
	call->is_taken = true;
	if (!r || !r->server || r->server->has_closed) {
		if (call->actor)
			mbx_graph_unblock(call->actor);
		mbx_wait_finish(w, -EPIPE, &work->wakes);
		return;
	}
	call->token = r->token;
	call->server = r->server;
	call->service = r->server->service;
	call->server->calls++;
	mbx_add_token(call->service, call);
	list_add_tail(&call->link, &box->callers);
	box->callers_waiting++;
	w->what = MBOX_WAIT_REPLY;
	if (call->actor)
		mbx_graph_taken(call->actor, call->server->actor);
}

/**
 * mbx_box_leave_callers() - the token of a call is good for nothing any more
 * @box: the mailbox
 * @call: the call, taken and not finished
 */
void mbx_box_leave_callers(struct mbx_box *box, struct mbx_call *call)
{
	lockdep_assert_held(&box->lock);
	rb_erase(&call->node, &call->service->tokens);
	list_del(&call->link);
	box->callers_waiting--;
	call->server->calls--;
	if (call->actor)
		mbx_graph_unblock(call->actor);
}

/**
 * mbx_box_end_call() - a call ends without an answer
 * @box: the mailbox
 * @call: the call, taken and not finished
 * @err: why
 * @work: collects
 */
void mbx_box_end_call(struct mbx_box *box, struct mbx_call *call, int err,
		      struct mbx_work *work)
{
	mbx_box_leave_callers(box, call);
	mbx_wait_finish(&call->sender.waiter, err, &work->wakes);
}

/**
 * mbx_box_end_some_calls() - end calls of a mailbox that has died
 * @box: the mailbox
 * @err: why
 * @work: collects
 *
 * Return: true if the lock must be dropped before going on.
 */
bool mbx_box_end_some_calls(struct mbx_box *box, int err, struct mbx_work *work)
{
	lockdep_assert_held(&box->lock);
	while (!list_empty(&box->callers)) {
		if (mbx_work_is_full(work))
			return true;
		work->steps++;
		mbx_box_end_call(box,
				 list_first_entry(&box->callers,
						  struct mbx_call, link),
				 err, work);
	}
	return false;
}

/**
 * mbx_call_from() - the calls of a service, by token
 * @service: the service
 * @token: where to begin
 *
 * Return: the first call whose token is @token or more, or NULL.
 */
struct mbx_call *mbx_call_from(const struct mbx_service *service, u64 token)
{
	struct rb_node *node = service->tokens.rb_node;
	struct mbx_call *found = NULL;

	while (node) {
		if (mbx_call_of(node)->token >= token) {
			found = mbx_call_of(node);
			node = node->rb_left;
		} else {
			node = node->rb_right;
		}
	}
	return found;
}

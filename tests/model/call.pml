/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The model of calls: two callers, up to two servers with a handle each, and what
 * ends a call without an answer.
 *
 * A call is three things one after the other: a sender that waits for its
 * receipt, one of the mailbox's callers, and finished (kmod/call.h).  Every hold
 * of the mailbox lock is one atomic step; loops over calls drop the lock after
 * each.  Between two holds all tasks run as they like.  That a finished waiter
 * then wakes up is shown by wait.pml; lines, room and hand-off by mailbox.pml.
 *
 * Owns: the argument that no caller waits for one who will not answer, that an
 * answer is to its request, that a caller that has left is never touched, and
 * that @taken says what happened.  Called by: run.sh, which says who is there
 * besides (CLOSE: another thread of a server's process, FLUSH, DESTROY), what
 * servers do (STALE: try tokens that are not theirs, FAULT, LEAVE), and which
 * takes guards away, by BREAK_...  A comment that begins with the name of
 * a function says what of it stands here; mapping.awk holds it against kmod/.
 *
 * Long file: a model is one, and its macros do not cross files.
 */

/* Each claim has a name, which spin prints when it does not hold. */
#define CLAIM(name, what) assert((what) || name)
hidden byte a_caller_that_is_finished_is_there;
hidden byte no_call_is_finished_twice;
hidden byte who_leaves_the_callers_is_one;
hidden byte an_answer_is_to_its_request;
hidden byte a_token_is_for_who_received_it;
hidden byte not_taken_means_not_received;
hidden byte taken_means_received;
hidden byte nobody_waits_for_a_server_that_has_left;

#ifndef CALLS
#define CALLS 1 /* of each caller */
#endif
#define CALLERS 2
#ifndef SERVERS
#define SERVERS 2
#endif
#define MSGS (CALLERS * CALLS)
#define NONE 255

#define OK 0
#define EAGAIN 1
#define EIDRM 2
#define EINTR 3
#define EPIPE 4
#define ETIMEDOUT 5

#define ME _pid
#define SELF (_pid - CALLERS) /* of a server */

/* -- what there is -------------------------------------------------------- */

#define OUTSIDE 0
#define QUEUED 1
#define TAKEN 2
#define WITHDRAWN 3

bool is_dead;
byte recv_handles = SERVERS;
byte last_token;
chan queue = [MSGS] of { byte }; /* messages */
chan receipts = [CALLERS] of { byte }; /* callers whose request is queued */
chan callers = [CALLERS] of { byte }; /* callers whose request is taken */

/* A message, by its number. */
byte where[MSGS], receipt[MSGS];
bool is_got[MSGS];

/* A caller, by its number; what lies on its stack is there while it waits. */
bool is_waiting[CALLERS], is_ready[CALLERS], is_taken[CALLERS];
byte result[CALLERS], msg_of[CALLERS], answer_of[CALLERS];
byte token_of[CALLERS], server_of[CALLERS];
bool has_begun[CALLERS];
byte ended; /* callers that make no call any more */

/* A server, by its number. */
byte told[SERVERS]; /* the token of what it receives, or has */
bool has_closed[SERVERS], can_answer[SERVERS];
bool has_descriptor[SERVERS] = true;

/* What one hold of the lock looks at. */
byte c, m, by;

/*
 * A deadline or a signal may end any wait until it is calm.  Who waits then,
 * waits for ever: what is owed to it must come from others.  When nothing can
 * happen any more, all get a signal.
 */
bool is_calm, is_over;
#define IS_ENDED (!is_calm || is_over)

inline forget()
{
	c = 0;
	m = 0;
	by = 0
}

/* -- how a call ends ------------------------------------------------------ */

inline wait_finish(w, why)
{
	CLAIM(a_caller_that_is_finished_is_there, is_waiting[w]);
	CLAIM(no_call_is_finished_twice, !is_ready[w]);
	/* mbx_wait_finish(): w->result = result */
	result[w] = why;
	is_ready[w] = true
}

/* mbx_refuse(): mbx_wait_finish(&s->waiter, err */
inline refuse(w, why)
{
	wait_finish(w, why)
}

inline leave_callers(w)
{
	CLAIM(who_leaves_the_callers_is_one, callers??[eval(w)]);
	/* mbx_box_leave_callers(): rb_erase(&call->node */
	/* mbx_box_leave_callers(): list_del(&call->link) */
	callers??eval(w)
}

inline end_call(w, why)
{
	/* mbx_box_end_call(): mbx_box_leave_callers(box, call) */
	leave_callers(w);
	/* mbx_box_end_call(): mbx_wait_finish(&call->sender.waiter, err */
	wait_finish(w, why)
}

inline withdraw(w)
{
	CLAIM(who_leaves_the_callers_is_one, receipts??[eval(w)]);
	receipts??eval(w);
	m = msg_of[w];
	/* mbx_withdraw(): msg->receipt = NULL */
	receipt[m] = NONE;
	if
	/* mbx_withdraw(): if (msg->where == MBX_MSG_TAKEN) */
	:: where[m] == TAKEN ->
		/* mbx_withdraw(): msg->where = MBX_MSG_WITHDRAWN */
		where[m] = WITHDRAWN
	:: else ->
		/* mbx_withdraw(): mbx_queue_remove(&box->queue, msg) */
		queue??eval(m);
		/* mbx_withdraw(): msg->where = MBX_MSG_OUTSIDE */
		where[m] = OUTSIDE
	fi
}

/* @s is who received it, or NONE. */
inline call_taken(w, s)
{
	/* mbx_box_call_taken(): call->is_taken = true */
	is_taken[w] = true;
	if
#ifdef BREAK_CLOSED_WHILE_RECEIVING
	:: s == NONE || !can_answer[s] ->
#else
	/* mbx_box_call_taken(): if (!r || !r->server || r->server->has_closed) */
	:: s == NONE || !can_answer[s] || has_closed[s] ->
#endif
#ifndef BREAK_DROPPED_WITHOUT_A_WORD
		/* mbx_box_call_taken(): mbx_wait_finish(w, -EPIPE */
		wait_finish(w, EPIPE)
#else
		if
		:: s == NONE -> skip
		:: else -> wait_finish(w, EPIPE)
		fi
#endif
	:: else ->
		/* mbx_box_call_taken(): call->token = r->token */
		token_of[w] = told[s];
		/* mbx_box_call_taken(): call->service = r->server->service */
		server_of[w] = s;
		/* mbx_box_call_taken(): mbx_add_token(call->service, call) */
		/* mbx_box_call_taken(): list_add_tail(&call->link */
		callers!w
	fi
}

inline received(x, s)
{
	CLAIM(not_taken_means_not_received, where[x] != WITHDRAWN);
	/* mbx_box_received(): msg->where = MBX_MSG_OUTSIDE */
	where[x] = OUTSIDE;
	is_got[x] = true;
	c = receipt[x];
	if
	/* mbx_box_received(): mbx_box_tell_received(box, msg, r, work) */
	:: c != NONE ->
		CLAIM(who_leaves_the_callers_is_one, receipts??[eval(c)]);
		/* mbx_box_tell_received(): mbx_leave_senders(box, s) */
		receipts??eval(c);
		/* mbx_box_tell_received(): mbx_box_call_taken(box, s->call, r */
		by = s;
		call_taken(c, by)
	:: else
	fi
}

/* The mailbox has died, and may still have the caller in a line. */
inline forsake(x)
{
	c = receipt[x];
	if
	:: c != NONE ->
		/* mbx_box_forsake(): mbx_withdraw(box, s, work) */
		withdraw(c);
		/* mbx_box_forsake(): mbx_refuse(s, -EIDRM */
		refuse(c, EIDRM)
	:: else
	fi
}

/* Sets c to the caller whom server @s can answer with a token, or NONE. */
#define IS_OF(w, s, t)                                                 \
	(callers??[w] && token_of[w] == (t) && IS_MINE(w, s))
#ifdef BREAK_ANY_SERVICE
#define IS_MINE(w, s) true
#else
#define IS_MINE(w, s) (server_of[w] == (s))
#endif

inline call_of_token(s, t)
{
	c = NONE;
	if
	/* mbx_call_of_token(): if (h->box->is_dead) */
	:: is_dead -> skip
	/* mbx_call_of_token(): mbx_find_call(h, a->token) */
	/* mbx_find_call(): call->token == token */
	:: !is_dead && IS_OF(0, s, t) -> c = 0
	:: !is_dead && !IS_OF(0, s, t) && IS_OF(1, s, t) -> c = 1
	:: else
	fi
}

/* -- a caller ------------------------------------------------------------- */

#define MINE (ME * CALLS + n) /* its message */

active [CALLERS] proctype caller()
{
	byte n, err;

place:
	atomic {
		ME == 0 || has_begun[0];
		has_begun[ME] = true;
		is_taken[ME] = false;
		/* mbx_do_call(): err = mbx_place_call(h, call, nowait) */
		if
		/* mbx_box_accepts(): if (unlikely(box->is_dead)) */
		:: is_dead || recv_handles == 0 -> goto no_more
		:: else
		fi;
		/* mbx_make_request(): s->wants_receipt = true */
		/* mbx_place_call(): err = mbx_post(h->box, s, 0, nowait) */
		is_waiting[ME] = true;
		msg_of[ME] = MINE;
		receipt[MINE] = ME;
		where[MINE] = QUEUED;
		receipts!ME;
		queue!MINE
	}

	/* mbx_await_reply(): mbx_wait_sleep(&s->waiter, &call->deadline) */
	if
	:: atomic {
		is_ready[ME] ->
		/* mbx_await_reply(): if (!err) return s->waiter.result */
		err = result[ME];
		goto returns
	   }
	:: atomic {
		IS_ENDED ->
		/* mbx_await_reply(): mbx_box_lock(box, &work) */
		if
#ifndef BREAK_LEAVES_BLINDLY
		/* mbx_await_reply(): if (mbx_waiter_is_ready(&s->waiter)) */
		:: is_ready[ME] -> err = result[ME]
#endif
#ifndef BREAK_WITHDRAWS_WHAT_WAS_TAKEN
		/* mbx_await_reply(): else if (call->is_taken) */
		:: !is_ready[ME] && is_taken[ME] ->
			/* mbx_await_reply(): mbx_box_leave_callers(box, call) */
			leave_callers(ME);
			/* mbx_await_reply(): err = -EINTR */
			err = EINTR
#endif
		:: else ->
			/* mbx_await_reply(): mbx_box_give_up_sender(box, s */
			withdraw(ME);
			err = ETIMEDOUT
		fi
	   }
	fi;
	atomic {
		true;
returns:
		/* mbx_put_reply(): if (!call->is_taken) return err */
		CLAIM(not_taken_means_not_received,
		      is_taken[ME] || !is_got[MINE]);
		/* mbx_put_reply(): a->taken = 1 */
		CLAIM(taken_means_received, !is_taken[ME] || is_got[MINE]);
		CLAIM(an_answer_is_to_its_request,
		      err != OK || answer_of[ME] == MINE);
		is_waiting[ME] = false;
		is_ready[ME] = false;
		result[ME] = OK;
		answer_of[ME] = NONE;
		token_of[ME] = 0;
		server_of[ME] = NONE;
		forget();
		err = OK;
		n++;
		if
		:: n < CALLS -> goto place
		:: else
		fi
	}
no_more:
	ended++
}

/* -- what a process leaves behind ----------------------------------------- */

/* The next of the calls that a server has taken ends, or c is NONE. */
inline end_next_call(s)
{
	c = NONE;
	if
	/* mbx_end_calls(): call = mbx_call_from(service, *token) */
	/* mbx_end_calls(): mbx_is_meant(call->server, l) */
	/* mbx_is_meant(): return server->process == task_tgid(current) */
	:: callers??[0] && server_of[0] == s -> c = 0
	:: !(callers??[0] && server_of[0] == s) &&
	   callers??[1] && server_of[1] == s -> c = 1
	:: else
	fi;
	if
#ifndef BREAK_CLOSE_WAKES_NOBODY
	/* mbx_end_calls(): mbx_box_end_call(box, call, -EPIPE */
	:: c != NONE -> end_call(c, EPIPE)
#endif
	:: else -> c = NONE
	fi
}

inline end_calls(s)
{
	do
	/* mbx_leave_calls(): is_more = mbx_end_calls(h->box, h->service, l */
	:: atomic {
		end_next_call(s);
		if
		/* mbx_leave_calls(): while (is_more) */
		:: c == NONE -> forget(); break
		:: else -> forget()
		fi
	   }
	od
}

/* Of the current process: mbx_handle_close(). */
inline service_leave(s)
{
#ifdef BREAK_MARKED_AFTER
	end_calls(s);
	has_closed[s] = true
#else
	/* mbx_service_leave(): mbx_leave_servers(h, &l) */
	/* mbx_leave_servers(): mbx_leave_some(h->service, l, */
	/* mbx_leave_some(): WRITE_ONCE(server->has_closed, true) */
	has_closed[s] = true;
	/* mbx_service_leave(): mbx_leave_calls(h, &l) */
	end_calls(s)
#endif
}

/* -- a server -------------------------------------------------------------- */

active [SERVERS] proctype server()
{
	byte x, token, about; /* a message, and what it would answer, to what */
	byte old, old_about; /* what it has had before */
#ifdef FAULT
	bool has_faulted = (SELF == 1);
#else
	bool has_faulted = true;
#endif

fetch:
	atomic {
		/* It needs a descriptor to begin. */
		if
		:: !has_descriptor[SELF] -> goto gone
		:: else
		fi
	}
again:
	/* Within a system call.  mailbox.pml has how it waits. */
	if
	/* It closes its handle, or keeps it. */
	:: atomic { is_dead -> goto leave }
	:: atomic { is_dead -> goto gone }
	:: atomic {
		!is_dead && len(queue) > 0 ->
		queue?x;
		/* mbx_box_give(): msg->where = MBX_MSG_TAKEN */
		where[x] = TAKEN
	   }
	:: atomic { ended == CALLERS || is_over -> goto leave }
#ifdef LEAVE
	:: atomic { !is_calm -> goto leave }
#endif
	fi;

	/* mbx_deliver_call(): err = mbx_serve(h, r, iter ? NULL : &q) */
	/* mbx_serve(): server = mbx_server_get(h) */
#ifdef BREAK_LOOKS_BEFORE_IT_CLEARS
	can_answer[SELF] = has_descriptor[SELF];
	has_closed[SELF] = false;
#else
	atomic {
		can_answer[SELF] = true;
		if
		/* mbx_can_answer(): if (likely(!READ_ONCE(server->has_closed))) */
		:: !has_closed[SELF] -> goto describe
		:: else
		fi;
		/* mbx_can_answer(): WRITE_ONCE(server->has_closed, false) */
		has_closed[SELF] = false
	}
	/* mbx_can_answer(): if (iterate_fd(current->files */
	can_answer[SELF] = has_descriptor[SELF];
#ifndef BREAK_LOOKS_ONCE
	if
	/* mbx_can_answer(): WRITE_ONCE(server->has_closed, true) */
	:: !can_answer[SELF] -> has_closed[SELF] = true
	:: else
	fi;
#endif
#endif
	atomic {
		true;
describe:
#ifdef BREAK_TOKENS_COME_AGAIN
		last_token = 1;
#else
		/* mbx_serve(): r->token = atomic64_inc_return(&mbx_tokens) */
		last_token++;
#endif
		told[SELF] = last_token;
		/* mbx_serve(): mbx_describe_call(h->box, r->msg */
		if
		/* mbx_describe_call(): if (box->is_dead || msg->where == */
		:: is_dead || where[x] == WITHDRAWN -> skip
		:: else ->
			c = receipt[x];
#ifdef BREAK_TAKEN_TOO_EARLY
			is_taken[c] = true;
#endif
			if
			:: true
			/* mbx_describe_call(): mbx_deadline_has_passed( */
			:: !is_calm ->
				/* mbx_describe_call(): mbx_box_expire(box, call */
#ifndef BREAK_EXPIRED_IS_LEFT_THERE
				/* mbx_box_expire(): mbx_withdraw(box */
				withdraw(c);
#endif
				/* mbx_box_expire(): mbx_refuse(&call->sender */
				refuse(c, ETIMEDOUT)
			fi
		fi;
		forget()
	}

	/* mbx_deliver_call(): err = mbx_msg_copy(r->msg */
	atomic {
		if
		:: is_dead ->
			/* mbx_settle(): mbx_box_forsake(box, r, &work) */
			forsake(x);
			where[x] = OUTSIDE;
			forget();
			goto leave
#ifndef BREAK_CALL_WITHDRAWAL_IGNORED
		/* mbx_settle(): r->msg->where == MBX_MSG_WITHDRAWN */
		:: !is_dead && where[x] == WITHDRAWN ->
			where[x] = OUTSIDE;
			forget();
			goto again
		:: !is_dead && where[x] != WITHDRAWN && !has_faulted ->
#else
		:: !is_dead && !has_faulted ->
#endif
			/* mbx_settle_failed(): mbx_box_give_back(box, msg */
			has_faulted = true;
			told[SELF] = 0;
			where[x] = QUEUED;
			queue!x;
			forget();
			goto fetch
#ifndef BREAK_CALL_WITHDRAWAL_IGNORED
		:: !is_dead && where[x] != WITHDRAWN ->
#else
		:: !is_dead ->
#endif
			/* mbx_settle(): mbx_box_finish(box, r, &work) */
			received(x, SELF);
			forget()
		fi
	}

	/* What it does with what it has. */
	if
	:: atomic { !has_descriptor[SELF] -> goto gone }
	:: atomic {
		has_descriptor[SELF] -> token = told[SELF]; about = x
	   }
#ifdef STALE
	/* What was told to the other one, or to it before, must be stale. */
	:: atomic {
		has_descriptor[SELF] && told[1 - SELF] != 0 ->
		token = told[1 - SELF]; about = x
	   }
	:: atomic {
		has_descriptor[SELF] && old != 0 -> token = old; about = old_about
	   }
#endif
	:: goto leave
	fi;
	/* mbx_answer(): msg = mbx_make_answer(h, a) */
	/* mbx_make_answer(): mbx_begin_answer(h, a) */
	/* mbx_begin_answer(): call = mbx_call_of_token(h, a) */
	atomic {
		call_of_token(SELF, token);
		if
		:: c == NONE -> forget(); goto answered
		:: else
		fi;
#ifdef BREAK_NOT_LOOKED_AT_AGAIN
		x = c;
#endif
		forget()
	}
	/* mbx_answer(): mbx_delay(MBX_DELAY_BEFORE_REPLY) */
	atomic {
		/* mbx_answer(): mbx_box_lock(box, &work) */
		/* mbx_answer(): call = mbx_call_of_token(h, a) */
#ifdef BREAK_NOT_LOOKED_AT_AGAIN
		c = x;
		if
		:: callers??[eval(c)] -> leave_callers(c)
		:: else
		fi;
#else
		call_of_token(SELF, token);
		if
		/* mbx_answer(): if (!IS_ERR(call)) */
		:: c == NONE -> forget(); goto answered
		:: else
		fi;
		CLAIM(a_token_is_for_who_received_it, server_of[c] == SELF);
		/* mbx_answer(): mbx_box_leave_callers(box, call) */
		leave_callers(c);
#endif
		/* mbx_answer(): call->reply = msg */
		answer_of[c] = about;
		/* mbx_answer(): mbx_wait_finish(&call->sender.waiter, 0 */
		wait_finish(c, OK);
		forget()
	}
answered:
	/* Those that it has not answered end when it closes or exits. */
	if
	:: atomic {
		!(callers??[0] && server_of[0] == SELF) &&
		!(callers??[1] && server_of[1] == SELF) ->
#ifdef STALE
		old = told[SELF];
		old_about = x;
#endif
		told[SELF] = 0;
		can_answer[SELF] = false;
		token = 0;
		about = 0;
		x = 0;
		goto fetch
	   }
	:: goto leave
	:: atomic { is_dead -> goto gone }
	fi;

leave:
	atomic {
		token = 0;
		about = 0;
		old = 0;
		old_about = 0;
		x = 0;
		if
		/* Its process has no descriptor: nothing is closed. */
		:: !has_descriptor[SELF] -> goto gone
		:: else
		fi
	}
	service_leave(SELF);
	atomic {
		has_descriptor[SELF] = false;
		recv_handles--;
		if
		/* mbx_box_notice(): mbx_box_turn_out(box, -EPIPE, false */
		:: recv_handles == 0 && !is_dead -> goto turn_out
		:: else -> goto gone
		fi
	}
turn_out:
	do
	:: atomic {
		!is_dead && receipts?[c] ->
		receipts?<c>;
		/* mbx_box_turn_out(): mbx_withdraw(box, s, work) */
		withdraw(c);
		/* mbx_box_turn_out(): mbx_refuse(s, err, work) */
		refuse(c, EPIPE);
		forget()
	   }
	:: atomic { is_dead || len(receipts) == 0 -> break }
	od;
gone:
	atomic {
		told[SELF] = 0;
		has_closed[SELF] = false;
		can_answer[SELF] = false
	}
}

/* -- who else is there ----------------------------------------------------- */

#ifdef CLOSE
/* Another thread of a server's process, which closes a descriptor. */
active proctype closer()
{
	byte s = 0;

	/* The last one, or one of several; the handle stays open elsewhere. */
	if
	:: atomic { has_descriptor[s] -> has_descriptor[s] = false }
	:: atomic { has_descriptor[s] -> skip }
	:: goto done
	fi;
	service_leave(s);
done:
	skip
}
#endif

#ifdef FLUSH
active proctype flusher()
{
	if
	:: atomic {
		!is_dead && len(queue) > 0 ->
		/* mbx_box_flush_some(): mbx_box_discard(box, msg, work) */
		queue?m;
		/* mbx_box_flush_some(): mbx_box_received(box, msg, end, NULL */
		received(m, NONE);
		forget()
	   }
	:: true
	fi
}
#endif

#ifdef DESTROY
active proctype destroyer()
{
	if
	:: true
	:: is_calm -> goto done
	fi;
	is_dead = true;
	/* mbx_box_bury(): mbx_box_turn_out(box, -EIDRM, true, &work) */
	do
	:: atomic {
		len(receipts) > 0 ->
		receipts?<c>;
		withdraw(c);
		refuse(c, EIDRM);
		forget()
	   }
	:: atomic { len(receipts) == 0 -> break }
	od;
	/* mbx_box_bury(): mbx_box_end_some_calls(box, -EIDRM, &work) */
	do
#ifndef BREAK_CALLERS_ARE_FORGOTTEN
	:: atomic {
		/* mbx_box_end_some_calls(): while (!list_empty(&box->callers)) */
		len(callers) > 0 ->
		callers?<c>;
		/* mbx_box_end_some_calls(): mbx_box_end_call(box */
		end_call(c, EIDRM);
		forget()
	   }
	:: atomic { len(callers) == 0 -> break }
#else
	:: break
#endif
	od;
done:
	skip
}
#endif

/* A caller that has not ended then sleeps for ever: an invalid end state. */
active proctype end_of_all()
{
	is_calm = true;
	timeout;
	CLAIM(nobody_waits_for_a_server_that_has_left, len(callers) == 0);
	is_over = true
}

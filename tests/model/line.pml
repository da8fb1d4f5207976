/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The mailbox of mailbox.pml at work: lines, hand-off, withdrawal, taking and
 * giving back, passing on what became free, turning out.  One inline here is
 * one function of kmod/line.h, line.c or box.c, and is used, as that is, where
 * the lock is held: in an atomic step.
 *
 * Owns: what is done to the state in box.pml.  Called by: mailbox.pml, which
 * includes it after box.pml.  A comment that begins with the name of a
 * function says what of it stands here; mapping.awk holds it against kmod/.
 */

/* -- lines ---------------------------------------------------------------- */

inline leave_senders(line, w)
{
	CLAIM(who_leaves_a_line_stands_in_it, line??[eval(w)]);
	/* mbx_leave_senders(): list_del(&s->waiter.link) */
	line??eval(w)
}

inline leave_receivers(w)
{
	CLAIM(who_leaves_a_line_stands_in_it, receivers??[eval(w)]);
	/* mbx_box_leave_receivers(): list_del(&r->waiter.link) */
	receivers??eval(w);
	if
	/* mbx_box_leave_receivers(): if (r->end->is_wanted) */
	/* mbx_box_leave_receivers(): list_del(&r->end_link) */
	:: has_hangup[w] -> enders??eval(w)
	:: else
	fi
}

inline line_up_sender(w)
{
	/* mbx_box_line_up_sender(): list_add_tail(&s->waiter.link */
	senders!w
}

inline line_up_receiver(w)
{
	/* mbx_box_line_up_receiver(): list_add_tail(&r->waiter.link */
	receivers!w;
	if
	/* mbx_box_line_up_receiver(): if (r->end->is_wanted) */
	/* mbx_box_line_up_receiver(): list_add_tail(&r->end_link */
	:: has_hangup[w] -> enders!w
	:: else
	fi
}

/* -- counting, and what follows from it ----------------------------------- */

inline uncount(x)
{
	/* mbx_box_discount(): box->messages-- */
	messages--;
	/* mbx_box_discount(): box->bytes -= msg->len */
	units = units - size[x];
#ifndef BREAK_ROOM_NOT_PASSED_ON
	/* mbx_box_uncount(): work->news |= MBX_FREED */
	is_freed = true
#endif
}

inline pass_receipt(w, x)
{
	CLAIM(the_receipt_says_it_was_taken, is_got[x]);
	/* mbx_box_tell_received(): s->msg = NULL */
	msg_of[w] = NONE;
	/* mbx_box_tell_received(): mbx_leave_senders(box, s) */
	leave_senders(receipts, w);
	/* mbx_box_tell_received(): mbx_wait_finish(&s->waiter, 0 */
	wait_finish(w, OK)
}

/* -- a message comes ------------------------------------------------------ */

inline give(w, x)
{
	CLAIM(no_message_is_received_twice, where[x] == QUEUED);
	USE(x);
	CLAIM(the_message_fits, HAS_ROOM_FOR(w, size[x]));
	CLAIM(messages_keep_their_order, !IS_OVERTAKEN(x));
	/* mbx_box_give(): msg->where = MBX_MSG_TAKEN */
	where[x] = TAKEN;
	/* mbx_box_give(): r->msg = msg */
	msg_of[w] = x
#ifdef BREAK_ROOM_BEFORE_COPY
	;
	uncount(x)
#endif
#ifdef BREAK_RECEIPT_BEFORE_COPY
	;
	if
	:: receipt[x] != NONE ->
		s = receipt[x];
		receipt[x] = NONE;
		pass_receipt(s, x)
	:: else
	fi
#endif
}

inline hand_over(x)
{
	/* mbx_box_find_taker(): ask->taker */
	receivers?<r>;
	CLAIM(a_waiter_that_is_finished_is_there, is_waiting[r]);
	CLAIM(nobody_is_finished_twice, !is_ready[r]);
	/* mbx_box_hand_over(): mbx_box_leave_receivers(box, r) */
	leave_receivers(r);
	where[x] = QUEUED;
	/* mbx_box_hand_over(): mbx_box_give(box, r, msg) */
	give(r, x);
	/* mbx_box_hand_over(): mbx_wait_finish(&r->waiter, 0 */
	wait_finish(r, OK)
}

/* Leaves in is_fit whether the hold can go on. */
inline refuse_small(n)
{
	is_fit = true;
	do
	/* mbx_box_find_taker(): likely(!box->receivers_waiting) */
	:: IS_EMPTY(receivers) -> break
	:: !IS_EMPTY(receivers) ->
		/* mbx_box_ask(): mbx_box_next_receiver(box, ask->turn) */
		receivers?<r>;
		if
		/* mbx_box_ask(): if (wants && mbx_fits_receiver(r, msg->len, */
		:: HAS_ROOM_FOR(r, n) -> break
#ifdef BREAK_SMALL_ONES_NOT_REFUSED
		:: else -> break
#else
		/* mbx_box_ask(): if (mbx_work_is_full(work)) */
		:: !HAS_ROOM_FOR(r, n) && IS_FULL -> is_fit = false; break
		:: else ->
			/* mbx_box_ask(): work->steps++ */
			steps++;
			/* mbx_box_ask(): mbx_box_leave_receivers(box, r) */
			leave_receivers(r);
#ifndef BREAK_REFUSED_WITHOUT_A_WORD
			/* mbx_box_ask(): mbx_wait_finish( */
			wait_finish(r, EMSGSIZE)
#endif
#endif
		fi
	od
}

/* @w stands in no line; with NONE nobody waits for the receipt. */
inline accept(x, w)
{
	USE(x);
	CLAIM(nothing_enters_a_dead_mailbox, !is_dead && !IS_UNREACHABLE);
	/* mbx_box_accept(): msg->id = ++box->last_id */
	last_id++;
	id[x] = last_id;
	/* mbx_box_accept(): msg->receipt = receipt */
	receipt[x] = w;
	/* mbx_box_count(): box->messages++ */
	messages++;
	/* mbx_box_count(): box->bytes += msg->len */
	units = units + size[x];
	if
	/* mbx_box_accept(): if (receipt) */
	:: w != NONE ->
		/* mbx_box_line_up_receipt(): : MBOX_WAIT_RECEIPT */
		waits_for_receipt[w] = true;
		/* mbx_box_line_up_receipt(): list_add_tail(&s->waiter.link */
		receipts!w
	:: else
	fi;
	if
	/* mbx_box_accept(): if (unlikely(taker)) */
	:: !IS_EMPTY(receivers) ->
		/* mbx_box_accept(): mbx_box_hand_over(box, msg, taker, work) */
		hand_over(x)
#ifdef BREAK_HANDED_OVER_AND_QUEUED
		;
		queue!!id[x],x
#endif
	:: else ->
		where[x] = QUEUED;
		/* mbx_box_accept(): mbx_queue_add(&box->queue, msg) */
		queue!!id[x],x
	fi
}

/* -- a sender goes -------------------------------------------------------- */

inline withdraw(w)
{
	m = msg_of[w];
	/* mbx_withdraw(): mbx_leave_senders(box, s) */
	leave_senders(receipts, w);
	USE(m);
	/* mbx_withdraw(): mbx_box_uncount(box, msg, work) */
	uncount(m);
	/* mbx_withdraw(): msg->receipt = NULL */
	receipt[m] = NONE;
	if
	/* mbx_withdraw(): if (msg->where == MBX_MSG_TAKEN) */
	:: where[m] == TAKEN ->
#ifdef BREAK_WITHDRAWAL_IGNORES_THE_COPY
		where[m] = OUTSIDE
#else
		/* mbx_withdraw(): msg->where = MBX_MSG_WITHDRAWN */
		where[m] = WITHDRAWN;
		/* mbx_withdraw(): s->msg = NULL */
		msg_of[w] = NONE
#endif
	:: else ->
		/* mbx_withdraw(): mbx_queue_remove(&box->queue, msg) */
		queue??_,eval(m);
		/* mbx_withdraw(): msg->where = MBX_MSG_OUTSIDE */
		where[m] = OUTSIDE
	fi
}

inline give_up_sender(w)
{
	if
	/* mbx_box_give_up_sender(): s->waiter.what != MBOX_WAIT_SEND */
	/* mbx_box_give_up_sender(): mbx_withdraw(box, s, work) */
	:: waits_for_receipt[w] -> withdraw(w)
	/* mbx_box_give_up_sender(): mbx_leave_senders(box, s) */
	:: else -> leave_senders(senders, w)
	fi
#ifndef BREAK_ROOM_OF_WHO_GAVE_UP
	;
	/* mbx_box_give_up_sender(): work->news |= MBX_FREED */
	is_freed = true
#endif
}

inline give_up_receiver(w)
{
	/* mbx_box_give_up_receiver(): mbx_box_leave_receivers(box, r) */
	leave_receivers(w)
}

/* -- a message is taken --------------------------------------------------- */

/* The bytes are in user memory, or the task is being killed. */
inline finish(x)
{
	/* mbx_box_finish(): mbx_box_received(box, r->msg, r->end, r, work) */
	USE(x);
	CLAIM(nothing_is_received_from_a_dead_mailbox, !is_dead);
	CLAIM(an_error_has_no_effect, where[x] != WITHDRAWN);
	CLAIM(no_message_is_received_twice, !is_got[x]);
	is_got[x] = true;
#ifndef BREAK_ROOM_BEFORE_COPY
	/* mbx_box_received(): mbx_box_uncount(box, msg, work) */
	uncount(x);
#endif
	/* mbx_box_received(): msg->where = MBX_MSG_OUTSIDE */
	where[x] = OUTSIDE;
	/* mbx_box_received(): if (unlikely(msg->receipt || msg->sent_time)) */
	s = receipt[x];
	if
	/* mbx_box_received(): mbx_box_tell_received(box, msg, r, work) */
	:: s != NONE -> pass_receipt(s, x)
	:: else
	fi
}

/* Leaves in is_fit whether the message is the mailbox's again. */
inline give_back(x)
{
	USE(x);
	/* mbx_box_give_back(): if (!mbx_box_find_taker( */
	refuse_small(size[x]);
	if
	/* mbx_box_give_back(): return false */
	:: !is_fit
	:: is_fit ->
		if
#ifndef BREAK_GIVEN_BACK_TO_THE_QUEUE
		/* mbx_box_give_back(): if (ask->taker) */
		/* mbx_box_give_back(): mbx_box_hand_over(box, msg, ask->taker, work) */
		:: !IS_EMPTY(receivers) -> hand_over(x)
#endif
		:: else ->
			where[x] = QUEUED;
			/* mbx_box_give_back(): mbx_queue_return( */
#ifdef BREAK_GIVEN_BACK_TO_THE_END
			queue!!last_id + 1,x
#else
			queue!!id[x],x
#endif
		fi
	fi
}

/* The mailbox has died, and may still have the sender in a line. */
inline forsake(x)
{
#ifndef BREAK_RECEIPT_FORSAKEN
	/* mbx_box_forsake(): s = r->msg->receipt */
	s = receipt[x];
	if
	:: s != NONE ->
		/* mbx_box_forsake(): mbx_withdraw(box, s, work) */
		withdraw(s);
		/* mbx_box_forsake(): mbx_refuse(s, -EIDRM */
		wait_finish(s, EIDRM)
	:: else
	fi
#else
	skip
#endif
}

/* -- what is free is passed on, before the lock is dropped ---------------- */

/* Sets is_more if the lock must be dropped before going on. */
inline admit()
{
	do
#ifndef BREAK_THE_DEAD_ADMIT
	/* mbx_box_admit(): if (mbx_box_accepts(box)) */
	:: is_dead || IS_UNREACHABLE -> break
	:: !is_dead && !IS_UNREACHABLE && IS_EMPTY(senders) -> break
#else
	:: IS_EMPTY(senders) -> break
#endif
	:: else ->
		/* mbx_box_admit(): (s = mbx_first_sender(&box->senders)) */
		senders?<s>;
		if
		/* mbx_box_admit(): if (!mbx_box_has_room(box, msg->len)) */
		:: !HAS_ROOM(size[msg_of[s]]) -> break
		:: else
		fi;
		if
		/* mbx_box_admit(): if (mbx_work_is_full(work)) */
		:: IS_FULL -> is_more = true; break
		:: else
		fi;
		/* mbx_box_admit(): !mbx_box_find_taker(box, msg, &s->ask, work) */
		refuse_small(size[msg_of[s]]);
		if
		:: !is_fit -> is_more = true; break
		:: else
		fi;
		/* mbx_box_admit(): work->steps++ */
		steps++;
		/* mbx_box_admit(): mbx_leave_senders(box, s) */
		leave_senders(senders, s);
		m = msg_of[s];
		if
		/* mbx_box_admit(): else if (s->wants_receipt) */
		:: wants_receipt[s] -> asker = s
		/* mbx_box_admit(): s->msg = NULL */
		:: else -> asker = NONE; msg_of[s] = NONE
		fi;
		/* mbx_box_admit(): mbx_box_accept(box, msg, NULL, s->ask.taker, work) */
		accept(m, asker);
		if
		/* mbx_box_admit(): mbx_wait_finish(&s->waiter, 0 */
		:: asker == NONE -> wait_finish(s, OK)
		:: else
		fi
	od
}

inline end_some()
{
	do
	/* mbx_box_end_some(): while (!list_empty(&box->enders)) */
	:: IS_EMPTY(enders) -> break
	/* mbx_box_end_some(): if (mbx_work_is_full(work)) */
	:: !IS_EMPTY(enders) && IS_FULL -> is_more = true; break
	:: !IS_EMPTY(enders) && !IS_FULL ->
		/* mbx_box_end_some(): work->steps++ */
		steps++;
		/* mbx_box_end_some(): list_first_entry(&box->enders */
		enders?<r>;
		CLAIM(the_end_comes_after_the_last_message, messages == 0);
		/* mbx_box_end_some(): mbx_box_leave_line(box, r) */
		leave_receivers(r);
		/* mbx_box_end_some(): mbx_wait_finish(&r->waiter, -EPIPE */
		wait_finish(r, EPIPE)
	od
}

/* Sets is_more if the lock must be dropped before going on. */
inline pass_on()
{
	is_more = false;
	if
#ifndef BREAK_THE_DEAD_ADMIT
	/* mbx_box_pass_on(): if (box->is_dead) */
	:: is_dead || !is_freed -> skip
#endif
	:: else ->
		/* mbx_box_pass_on(): is_more = mbx_box_admit(box, work) */
		admit();
		if
		/* mbx_box_pass_on(): if (!box->messages && !box->send_handles) */
		:: IS_AT_END ->
			/* mbx_box_pass_on(): mbx_box_end_some(box, work) */
			end_some()
		:: else
		fi
	fi
}

/* -- all must go ---------------------------------------------------------- */

#ifdef BREAK_SENDERS_ARE_FORGOTTEN
#define HAS_SENDERS false
#else
#define HAS_SENDERS (!IS_EMPTY(senders))
#endif
#ifdef BREAK_RECEIPTS_ARE_FORGOTTEN
#define HAS_RECEIPTS false
#else
#define HAS_RECEIPTS (!IS_EMPTY(receipts))
#endif
#ifdef BREAK_RECEIVERS_ARE_FORGOTTEN
#define HAS_RECEIVERS false
#else
#define HAS_RECEIVERS (!IS_EMPTY(receivers))
#endif

/* Sets is_more if the lock must be dropped before going on. */
inline turn_out(why, receivers_too)
{
	is_more = true;
	do
	/* mbx_box_turn_out(): for (; !mbx_work_is_full(work); work->steps++) */
	:: IS_FULL -> break
	:: !IS_FULL && HAS_SENDERS ->
		/* mbx_box_turn_out(): s = mbx_first_sender(&box->senders) */
		senders?<s>;
		/* mbx_box_turn_out(): mbx_leave_senders(box, s) */
		leave_senders(senders, s);
		/* mbx_box_turn_out(): mbx_refuse(s, err */
		wait_finish(s, why);
		steps++
	:: !IS_FULL && !HAS_SENDERS && HAS_RECEIPTS ->
		/* mbx_box_turn_out(): s = mbx_first_sender(&box->receipts) */
		receipts?<s>;
		/* mbx_box_turn_out(): mbx_withdraw(box, s, work) */
		withdraw(s);
		/* mbx_box_turn_out(): mbx_refuse(s, err */
		wait_finish(s, why);
		steps++
	/* mbx_box_turn_out(): r = receivers ? mbx_box_next_receiver( */
	/* mbx_box_turn_out(): if (!r) return false */
	:: else -> is_more = false; break
	:: !IS_FULL && !HAS_SENDERS && !HAS_RECEIPTS &&
	   receivers_too && HAS_RECEIVERS ->
		receivers?<r>;
#ifndef BREAK_TURNED_OUT_IN_LINE
		/* mbx_box_turn_out(): mbx_box_leave_line(box, r) */
		leave_receivers(r);
#endif
		/* mbx_box_turn_out(): mbx_wait_finish(&r->waiter, err */
		wait_finish(r, why);
		steps++
	od
}

/* mbx_msg_free_last(): mbx_msg_free(msg) */
inline drop(x)
{
	USE(x);
	is_there[x] = false;
	where[x] = OUTSIDE;
	size[x] = 0;
	id[x] = 0;
	receipt[x] = NONE;
	is_got[x] = is_got[x] && is_in_call[x]
}

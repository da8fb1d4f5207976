/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The model of one mailbox: two senders, up to three receivers, and its end.
 *
 * Every hold of the mailbox lock is one atomic step; it is cut off after STEPS
 * waiters, where the code cuts it off after MBX_STEPS.  Between two holds all
 * tasks run as they like.  (A goto to the label before an atomic step lets the
 * others run first; one to a label within goes on in the same step.)  Tasks of
 * a kind are alike, so that the second begins after the first takes nothing
 * away.
 *
 * Owns: the argument that no message is lost or doubled, nobody overtakes,
 * errors have no effect, and nobody sleeps beside what he waits for.  Called
 * by: run.sh, which says how much the mailbox holds (CAPACITY, in units; 0 is
 * a rendezvous), whether it is destroyed (DESTROY) or ends with its last
 * handle, and the rest below; and which takes guards away, by BREAK_...
 */

#ifndef SENDS
#define SENDS 1 /* messages of each sender: 1 or 2 */
#endif
#ifndef RECEIVERS
#define RECEIVERS 2 /* at most 3 */
#endif
#ifndef RECEIVES
#define RECEIVES 1 /* attempts of each receiver */
#endif
#ifndef LONGEST
#define LONGEST 1 /* units in the longest message */
#endif
#ifndef SMALLEST
#define SMALLEST LONGEST /* units of room of a small receiver */
#endif
#ifndef STEPS
#define STEPS 1
#endif
#ifndef WAKES
#define WAKES 32
#endif

#include "box.pml"
#include "line.pml"

#define DESTROYER WAITERS
#ifdef DESTROY
#define TASKS (WAITERS + 1)
#else
#define TASKS WAITERS
#endif

/* Where a task goes when it has dropped the lock. */
#define TO_RETURN 0
#define TO_POST 1
#define TO_WAIT 2
#define TO_COPY 3
#define TO_DROP 4
#define TO_TURN_OUT 5
#define TO_EMPTY 6
#define TO_EXIT 7

#define COPIED 0
#define FAULTED 1
#define KILLED 2

active [TASKS] proctype task()
{
	byte n, err, then, copy;
	bool is_nowait, is_last;

	if
	:: ME == DESTROYER -> goto destroy
	:: IS_SENDER -> goto post
	:: else -> goto fetch
	fi;

	/* -- a sender -- */

post:
	atomic {
		ME == 0 || has_begun[ME - 1];
		has_begun[ME] = true;
		if
		:: !is_there[MINE] ->
			/* mbx_make_message(): mbx_new_message(h, a->len) */
			is_there[MINE] = true;
			is_in_call[MINE] = true;
			receipt[MINE] = NONE;
			if
			:: size[MINE] = 1
			:: LONGEST > 1 -> size[MINE] = LONGEST
			fi;
			/* mbx_do_send(): s.wants_receipt = */
			if
			:: wants_receipt[ME] = true
			:: CAPACITY != 0 -> wants_receipt[ME] = false
			fi;
			msg_of[ME] = MINE;
			choose(is_nowait)
		:: else
		fi;
		then = TO_RETURN;
		/* mbx_post(): mbx_box_lock(box, &work) */
		begin();
		/* mbx_post(): mbx_box_accepts(box) */
		if
#ifndef BREAK_SEND_TO_THE_DEAD
		/* mbx_box_accepts(): if (unlikely(box->is_dead)) */
		:: is_dead -> err = EIDRM; goto unlock
#endif
		/* mbx_box_accepts(): unlikely(mbx_box_is_unreachable(box)) */
		:: !is_dead && IS_UNREACHABLE -> err = EPIPE; goto unlock
		:: else
		fi;
		if
		/* mbx_post(): if (!mbx_box_has_turn(box, msg->len)) */
#ifdef BREAK_OVERTAKING
		:: !HAS_ROOM(size[MINE]) ->
#else
		/* mbx_box_has_turn(): list_empty(&box->senders) */
		:: !IS_EMPTY(senders) || !HAS_ROOM(size[MINE]) ->
#endif
			if
			/* mbx_post(): err = -EAGAIN */
			:: is_nowait -> err = EAGAIN
			:: else ->
				/* mbx_post(): mbx_waiter_init( */
				waiter_init(ME);
				/* mbx_post(): mbx_box_line_up_sender(box, s) */
				line_up_sender(ME);
				then = TO_WAIT
			fi;
			goto unlock
		:: else
		fi;
		if
		/* mbx_post(): !mbx_box_has_taker_of(box, msg) */
		:: wants_receipt[ME] && is_nowait && !HAS_TAKER(size[MINE]) ->
			err = EAGAIN;
			goto unlock
		:: else
		fi;
		/* mbx_post(): if (!mbx_box_find_taker(box, msg, &s->ask, &work)) */
		refuse_small(size[MINE]);
		if
		/* mbx_post(): goto again */
		:: !is_fit -> then = TO_POST; goto unlock
		:: else
		fi;
		CLAIM(nobody_overtakes, IS_EMPTY(senders));
		if
		/* mbx_post(): if (unlikely(s->wants_receipt && (!nowait || s->call))) */
		:: wants_receipt[ME] && !is_nowait ->
			/* mbx_post(): mbx_waiter_init( */
			waiter_init(ME);
			asker = ME;
			then = TO_WAIT
		:: else ->
			asker = NONE;
			/* mbx_post(): s->msg = NULL */
			msg_of[ME] = NONE
		fi;
		/* mbx_post(): mbx_box_accept(box, msg, receipt, s->ask.taker, &work) */
		accept(MINE, asker);
		/* mbx_post(): mbx_box_unlock(box, &work) */
		goto unlock
	}

send_wait:
	/* send.c mbx_await(): mbx_wait_sleep(&s->waiter, deadline) */
	if
	:: atomic {
		is_ready[ME] ->
		err = result[ME];
		goto send_return
	   }
	:: atomic {
		IS_ENDED ->
		/* send.c mbx_await(): mbx_box_lock(box, &work) */
		begin();
		then = TO_RETURN;
		err = ETIMEDOUT;
		if
#ifdef BREAK_SENDER_GIVES_UP_BLINDLY
		:: is_ready[ME]
#else
		/* send.c mbx_await(): if (mbx_waiter_is_ready(&s->waiter)) */
		:: is_ready[ME] -> err = result[ME]
#endif
		:: else ->
			/* send.c mbx_await(): mbx_box_give_up_sender( */
			give_up_sender(ME)
		fi;
		/* send.c mbx_await(): mbx_box_unlock(box, &work) */
		goto unlock
	   }
	fi;

	atomic {
		true;
send_return:
		waiter_gone(ME);
		if
		:: err == OK ->
			CLAIM(no_message_is_lost, msg_of[ME] == NONE)
		:: else ->
			CLAIM(an_error_has_no_effect, !is_got[MINE] &&
			      !IS_HELD(MINE))
		fi;
		if
		/* mbx_do_send(): mbx_msg_drop(s.msg) */
		:: msg_of[ME] != NONE -> drop(MINE); msg_of[ME] = NONE
		:: else
		fi;
		is_in_call[MINE] = false;
		is_got[MINE] = is_got[MINE] && is_there[MINE];
		wants_receipt[ME] = false;
		waits_for_receipt[ME] = false;
		is_nowait = false;
		err = OK;
		n++;
		if
		:: n < SENDS -> goto post
		:: else -> goto close
		fi
	}

	/* -- a receiver -- */

fetch:
	if
#ifdef IDLE
	/* Keeps its handle, and does not receive. */
	:: idlers++;
	   is_over;
	   goto close
#endif
	:: atomic {
		ME == SENDERS || has_begun[ME - 1];
		has_begun[ME] = true;
		if
		:: room[ME] == 0 ->
			if
			:: room[ME] = LONGEST
			:: SMALLEST < LONGEST -> room[ME] = SMALLEST
			fi;
			choose_hangup()
		:: else
		fi;
		then = TO_RETURN;
		/* mbx_fetch(): spin_lock(&box->lock) */
		begin();
		/* mbx_fetch(): err = mbx_box_take(box, r) */
		if
		/* mbx_box_take(): msg = mbx_queue_first(&box->queue) */
		/* mbx_box_take(): if (unlikely(box->is_dead)) */
		:: is_dead -> err = EIDRM; goto unlock
		:: else
		fi;
		if
		/* mbx_box_take(): if (!msg) */
		:: IS_EMPTY(queue) ->
			if
			/* mbx_box_has_nothing(): mbx_box_is_at_end(box, r->end) */
			:: has_hangup[ME] && IS_AT_END ->
				CLAIM(the_end_comes_after_the_last_message,
				      messages == 0);
				err = EPIPE;
				goto unlock
			:: else
			fi;
			if
			/* mbx_fetch(): if (err == -EAGAIN && !nowait) */
			:: true -> goto line_up
			:: true -> err = EAGAIN; goto unlock
			fi
		:: else
		fi;
		queue?<_,m>;
		if
		/* mbx_box_take_this(): !mbx_fits_receiver(r, msg->len, */
		:: size[m] > room[ME] -> err = EMSGSIZE; goto unlock
		:: else
		fi;
		/* mbx_box_take_this(): mbx_queue_remove(&box->queue, msg) */
		queue?_,_;
		/* mbx_box_take_this(): mbx_box_give(box, r, msg) */
		give(ME, m);
		CLAIM(nobody_overtakes, IS_EMPTY(receivers));
		then = TO_COPY;
		/* mbx_fetch(): spin_unlock(&box->lock) */
		goto unlock;
line_up:
#ifdef BREAK_LINES_UP_LATER
		forget()
	}
	atomic {
#endif
		/* recv.c mbx_await(): mbx_waiter_init( */
		waiter_init(ME);
		/* recv.c mbx_await(): mbx_box_line_up_receiver( */
		line_up_receiver(ME);
		then = TO_WAIT;
		/* recv.c mbx_await(): mbx_box_unlock(box, &work) */
		goto unlock
	   }
	fi;

receive_wait:
	/* recv.c mbx_await(): mbx_wait_sleep(&r->waiter, deadline) */
	if
	:: atomic {
		is_ready[ME] ->
		err = result[ME];
		waiter_gone(ME);
		if
		:: err == OK -> goto settle
		:: else -> goto receive_return
		fi
	   }
	:: atomic {
		IS_ENDED ->
		/* recv.c mbx_await(): mbx_box_lock(box, &work) */
		begin();
		then = TO_RETURN;
		err = ETIMEDOUT;
		if
#ifndef BREAK_RECEIVER_GIVES_UP_BLINDLY
		/* recv.c mbx_await(): if (mbx_waiter_is_ready(&r->waiter)) */
		:: is_ready[ME] ->
			/* recv.c mbx_await(): err = 0 */
			err = result[ME];
			then = (err == OK -> TO_COPY : TO_RETURN)
#endif
		:: else ->
#ifndef BREAK_GIVES_UP_IN_LINE
			/* recv.c mbx_await(): mbx_box_give_up_receiver( */
			give_up_receiver(ME)
#endif
		fi;
		waiter_gone(ME);
		/* recv.c mbx_await(): mbx_box_unlock(box, &work) */
		goto unlock
	   }
	fi;

copying:
	/* mbx_deliver(): mbx_delay(MBX_DELAY_WHILE_COPYING) */
	atomic {
		true;
settle:
		if
		:: true
		:: copy == COPIED -> copy = FAULTED
		/* mbx_settle(): mbx_is_killed() */
		:: copy == COPIED -> copy = KILLED
		fi;
		/* mbx_settle(): mbx_box_lock(box, &work) */
		begin();
		then = TO_DROP;
		err = OK;
		m = msg_of[ME];
		if
#ifndef BREAK_DEATH_IGNORED
		/* mbx_settle(): if (unlikely(box->is_dead)) */
		:: is_dead ->
			/* mbx_settle(): mbx_box_forsake(box, r, &work) */
			forsake(m);
			/* mbx_settle(): err = -EIDRM */
			err = EIDRM;
			goto unlock
#endif
#ifndef BREAK_WITHDRAWAL_IGNORED
		/* mbx_settle(): r->msg->where == MBX_MSG_WITHDRAWN */
		:: !is_dead && where[m] == WITHDRAWN ->
			/* mbx_settle(): err = -EAGAIN */
			err = EAGAIN;
			goto unlock
#endif
		:: else
		fi;
		if
		/* mbx_settle(): else */
		:: copy != FAULTED ->
			/* mbx_settle(): mbx_box_finish(box, r, &work) */
			finish(m);
			goto unlock
		:: else
		fi;
#ifdef BREAK_FAULT_TAKES
		uncount(m);
		goto unlock;
#endif
		/* mbx_settle_failed(): else if (mbx_box_give_back(box, msg, &ask, &work)) */
		give_back(m);
		if
		/* mbx_settle_failed(): msg = NULL */
		:: is_fit -> msg_of[ME] = NONE
		/* mbx_settle_failed(): goto again */
		:: else -> then = TO_COPY
		fi;
		/* mbx_settle(): mbx_box_unlock(box, &work) */
		goto unlock
	}

	atomic {
		true;
receive_drop:
		m = msg_of[ME];
		if
		:: m != NONE ->
			CLAIM(no_message_is_lost, is_dead || is_got[m] ||
			      where[m] == WITHDRAWN);
#ifdef BREAK_WITHDRAWN_NOT_DROPPED
			if
			:: where[m] == WITHDRAWN -> skip
			:: else -> drop(m)
			fi;
#else
			/* mbx_settle(): mbx_msg_drop(r->msg) */
			drop(m);
#endif
			msg_of[ME] = NONE
		:: else
		fi;
		m = 0;
		if
		/* mbx_do_recv(): if (likely(err != -EAGAIN)) */
		:: err == EAGAIN -> err = OK; copy = COPIED; goto fetch
		:: else
		fi;
receive_return:
		n = (copy == KILLED -> RECEIVES : n + 1);
		copy = COPIED;
		err = OK;
		room[ME] = 0;
		if
		:: n < RECEIVES -> goto fetch
		:: else -> goto close
		fi
	}

	/* -- the lock is dropped: mbx_box_unlock_slowly() -- */

	atomic {
		true;
unlock:
		/* mbx_box_unlock(): mbx_box_unlock_slowly(box, work) */
		/* mbx_box_unlock_slowly(): mbx_box_pass_on(box, work) */
		pass_on();
#ifdef BREAK_DOES_NOT_COME_AGAIN
		is_more = false;
#endif
		if
		:: is_more -> forget(); goto relock
		:: else -> forget()
		fi;
		if
		:: then == TO_RETURN && IS_SENDER -> goto send_return
		:: then == TO_RETURN && !IS_SENDER -> goto receive_return
		:: then == TO_POST -> goto post
		:: then == TO_WAIT && IS_SENDER -> goto send_wait
		:: then == TO_WAIT && !IS_SENDER -> goto receive_wait
		:: then == TO_COPY -> goto copying
		:: then == TO_DROP -> goto receive_drop
		:: then == TO_TURN_OUT -> goto turn_all_out
		:: then == TO_EMPTY -> goto empty_queue
		:: then == TO_EXIT -> goto exit
		fi
	}
relock:
	atomic {
#ifdef BREAK_FULL_FOR_EVER
		steps = STEPS;
#else
		/* mbx_box_unlock_slowly(): work->steps = 0 */
		steps = 0;
#endif
		/* mbx_box_unlock_slowly(): spin_lock(&box->lock) */
		is_freed = true;
		goto unlock
	}

	/* -- the end -- */

close:
#ifdef DESTROY
	goto exit;
#else
	atomic {
		if
		/* mbx_handle_detach(): box->send_handles-- */
		:: IS_SENDER -> send_handles--
		/* mbx_handle_detach(): box->recv_handles-- */
		:: else -> recv_handles--
		fi;
		/* mbx_handle_detach(): is_gone = !box->handles */
		/* mbx_handle_detach(): if (is_gone) mbx_box_die(box) */
		is_dead = (send_handles + recv_handles == 0);
		/* mbx_handle_detach(): MBOX_RIGHT_SEND) && !box->send_handles */
		/* mbx_handle_detach(): MBOX_RIGHT_RECV) && !box->recv_handles */
		is_last = (IS_SENDER -> !send_handles : !recv_handles);
		if
		/* mbx_handle_detach(): if (is_gone) mbx_box_bury(box) */
		:: is_dead -> goto turn_all_out
#ifndef BREAK_THE_LAST_GOES_SILENTLY
		/* mbx_handle_detach(): if (is_last && !is_gone) */
		/* mbx_handle_detach(): mbx_box_notice(box) */
		:: !is_dead && is_last -> goto turn_all_out
#endif
		:: else -> goto exit
		fi
	}
#endif

destroy:
	/* mbx_table_destroy(): mbx_box_die(box) */
	/* mbx_box_die(): WRITE_ONCE(box->is_dead, true) */
	is_dead = true;
	/* mbx_table_destroy(): mbx_box_bury(box) */
#ifdef BREAK_QUEUE_EMPTIED_FIRST
	goto empty_queue;
#endif

turn_all_out:
	atomic {
		if
		:: is_dead ->
			/* mbx_box_bury(): mbx_box_lock(box, &work) */
			begin();
			/* mbx_box_bury(): mbx_box_turn_out(box, -EIDRM, true */
			err = EIDRM
		:: else ->
			/* mbx_box_notice(): mbx_box_lock(box, &work) */
			begin();
			err = EPIPE
		fi;
		if
		/* mbx_box_notice(): !box->is_dead && mbx_box_is_unreachable(box) */
		/* mbx_box_notice(): mbx_box_turn_out(box, -EPIPE, false */
		:: is_dead || IS_UNREACHABLE -> turn_out(err, is_dead)
		:: else
		fi;
		err = OK;
		/* mbx_box_notice(): work.news |= MBX_FREED */
		is_freed = true;
		if
		/* mbx_box_notice(): while (is_more) */
		/* mbx_box_bury(): while (is_more) */
		:: is_more -> then = TO_TURN_OUT
		:: else -> then = (is_dead -> TO_EMPTY : TO_EXIT)
		fi;
		goto unlock
	}

empty_queue:
	atomic {
		do
		/* mbx_box_bury(): mbx_queue_move(&left, &box->queue) */
		:: !IS_EMPTY(queue) ->
			/* mbx_box_bury(): mbx_queue_remove(&left, msg) */
			queue?_,m;
			/* mbx_box_bury(): mbx_msg_drop(msg) */
			drop(m)
		:: IS_EMPTY(queue) -> break
		od;
		m = 0
#ifdef BREAK_QUEUE_EMPTIED_FIRST
		;
		if
		:: !is_calm -> is_calm = true; goto turn_all_out
		:: else
		fi
#endif
		;
		is_calm = true
	}
exit:
	skip
}

/* A task that has not ended then sleeps for ever: an invalid end state. */
active proctype end_of_all()
{
#ifndef DESTROY
	is_calm = true;
	timeout;
	nobody_waits_in_vain();
	is_over = true;
#endif
	timeout;
	/* A message of one who sleeps is not what is wrong then. */
	CLAIM(no_memory_is_left, is_waiting[0] || is_waiting[1] ||
	      (!is_there[0] && !is_there[1] &&
	       !is_there[MSGS - 1] && !is_there[MSGS - 2]))
}
